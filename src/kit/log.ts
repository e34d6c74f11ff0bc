/**
 * A window on a log of any size: it is read by byte offset, follows its end by long-poll, and never
 * holds more than a bounded stretch, so that 1 GB opens as fast as 1 kB.
 */
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { LogChunk } from '../contract';
import type { IBlock } from './logblocks';
import { BLOCK_LINES, blocksOf, byteLength, wholeLines } from './logblocks';

/** How to read the log: an offset of null is its end. */
export type ReadLog = (
  query: { offset: number | null; limit: number; wait: number },
  signal: AbortSignal
) => Promise<LogChunk>;

/** Bytes of one read. */
const READ = 65_536;
/** Bytes of one read while searching. */
const SCAN = 1_048_576;
/** The window holds no more text than this. */
const WINDOW_BYTES = 1_500_000;
/** Seconds that one long-poll waits. */
const WAIT = 20;
/** Milliseconds before a failed read is tried again. */
const RETRY = 3000;

/** Where a search has found its words. */
export interface IHit {
  readonly block: number;
  readonly line: number;
}

/** The window. */
export class LogWindow implements IDisposable {
  constructor(read: ReadLog) {
    this._read = read;
  }

  /** The window shows something else now. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get blocks(): readonly IBlock[] {
    return this._blocks;
  }

  /** The size of the log, in bytes. */
  get size(): number {
    return this._size;
  }

  /** Nothing stands before the window. */
  get atStart(): boolean {
    return this._start === 0;
  }

  /** Nothing stands after the window. */
  get atEnd(): boolean {
    return this._end >= this._size;
  }

  /** The task has ended and the window shows its last line. */
  get finished(): boolean {
    return this._finished;
  }

  /** The first answer has come. */
  get ready(): boolean {
    return this._ready;
  }

  /** Why the log cannot be read, or null. */
  get error(): unknown {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._abort.abort();
    Signal.clearData(this);
  }

  /** Shows the end of the log, and what is written from now on. */
  async open(): Promise<void> {
    const signal = this._restart();
    try {
      const chunk = await this._read(
        { offset: null, limit: READ, wait: 0 },
        signal
      );
      this._show(chunk);
      void this._follow(signal);
    } catch (error) {
      this._fail(error, signal);
    }
  }

  /** Shows the stretch around a byte. */
  async jump(offset: number): Promise<void> {
    const signal = this._restart();
    try {
      const from = Math.max(0, offset - READ / 4);
      const chunk = await this._read(
        { offset: from, limit: READ, wait: 0 },
        signal
      );
      this._show(from > 0 ? wholeLines(chunk) : chunk);
      void this._follow(signal);
    } catch (error) {
      this._fail(error, signal);
    }
  }

  /** Shows what stands before the window. */
  async before(): Promise<void> {
    if (this._busy || this.atStart || !this._ready) {
      return;
    }
    this._busy = true;
    const { signal } = this._abort;
    try {
      const from = Math.max(0, this._start - READ);
      const read = await this._read(
        { offset: from, limit: this._start - from, wait: 0 },
        signal
      );
      if (signal.aborted) {
        return;
      }
      const chunk = from > 0 ? wholeLines(read) : read;
      this._blocks = [...blocksOf(chunk.offset, chunk.text), ...this._blocks];
      this._start = chunk.offset;
      this._trim('end');
      this._changed.emit();
    } catch (error) {
      this._fail(error, signal);
    } finally {
      this._busy = false;
    }
  }

  /** Shows what stands after the window; the end is followed without it. */
  async after(): Promise<void> {
    if (this._busy || this.atEnd || !this._ready) {
      return;
    }
    this._busy = true;
    const { signal } = this._abort;
    try {
      const chunk = await this._read(
        { offset: this._end, limit: READ, wait: 0 },
        signal
      );
      if (signal.aborted) {
        return;
      }
      this._append(chunk);
      if (this.atEnd) {
        void this._follow(signal);
      }
    } catch (error) {
      this._fail(error, signal);
    } finally {
      this._busy = false;
    }
  }

  /** The first line of the window, from a place on, that holds the words. */
  find(words: string, from: IHit | null, backward: boolean): IHit | null {
    const wanted = words.toLowerCase();
    const found: IHit[] = [];
    for (const block of this._blocks) {
      block.lines.forEach((line, at) => {
        if (line.toLowerCase().includes(wanted)) {
          found.push({ block: block.offset, line: at });
        }
      });
    }
    if (backward) {
      found.reverse();
    }
    const order = (hit: IHit): number => hit.block * BLOCK_LINES + hit.line;
    const next = from
      ? found.find(hit =>
          backward ? order(hit) < order(from) : order(hit) > order(from)
        )
      : found[0];
    return next ?? null;
  }

  /** Looks for the words outside the window and moves it there; false when they are nowhere. */
  async seek(
    words: string,
    backward: boolean,
    signal: AbortSignal,
    progress: (scanned: number) => void
  ): Promise<boolean> {
    const wanted = words.toLowerCase();
    const overlap = byteLength(words) + 1;
    let scanned = 0;
    let at = backward ? this._start : this._end;
    while (!signal.aborted && (backward ? at > 0 : at < this._size)) {
      const from = backward ? Math.max(0, at - SCAN) : at;
      const limit = backward ? at - from : SCAN;
      const chunk = await this._read({ offset: from, limit, wait: 0 }, signal);
      const text = chunk.text.toLowerCase();
      const place = backward ? text.lastIndexOf(wanted) : text.indexOf(wanted);
      if (place >= 0) {
        await this.jump(chunk.offset + byteLength(chunk.text.slice(0, place)));
        return true;
      }
      scanned += limit;
      progress(scanned);
      if (backward) {
        at = from === 0 ? 0 : from + overlap;
      } else {
        if (chunk.next >= chunk.size || chunk.next <= chunk.offset) {
          return false;
        }
        at = Math.max(from + 1, chunk.next - overlap);
      }
    }
    return false;
  }

  private _restart(): AbortSignal {
    this._abort.abort();
    this._abort = new AbortController();
    this._following = false;
    this._busy = false;
    return this._abort.signal;
  }

  private _show(chunk: LogChunk): void {
    if (this._isDisposed) {
      return;
    }
    this._blocks = blocksOf(chunk.offset, chunk.text);
    this._start = chunk.offset;
    this._end = chunk.next;
    this._size = chunk.size;
    this._finished = chunk.finished;
    this._ready = true;
    this._error = null;
    this._changed.emit();
  }

  private _append(chunk: LogChunk): void {
    const last = this._blocks[this._blocks.length - 1];
    if (chunk.text) {
      // The last block may end in an open line, or be small: it is cut anew with what follows.
      if (last && last.lines.length < BLOCK_LINES) {
        const closed =
          last.next - last.offset > byteLength(last.lines.join('\n'));
        const text = last.lines.join('\n') + (closed ? '\n' : '') + chunk.text;
        this._blocks = [
          ...this._blocks.slice(0, -1),
          ...blocksOf(last.offset, text)
        ];
      } else {
        this._blocks = [...this._blocks, ...blocksOf(chunk.offset, chunk.text)];
      }
    }
    this._end = chunk.next;
    this._size = chunk.size;
    this._finished = chunk.finished;
    this._error = null;
    this._trim('start');
    this._changed.emit();
  }

  /** Lets go of blocks on one side until the window is small enough. */
  private _trim(side: 'start' | 'end'): void {
    const blocks = [...this._blocks];
    while (blocks.length > 1 && this._end - this._start > WINDOW_BYTES) {
      if (side === 'start') {
        blocks.shift();
        this._start = blocks[0]?.offset ?? this._end;
      } else {
        blocks.pop();
        this._end = blocks[blocks.length - 1]?.next ?? this._start;
        this._finished = false;
      }
    }
    this._blocks = blocks;
  }

  /** Waits for more, as long as the window stands at the end. */
  private async _follow(signal: AbortSignal): Promise<void> {
    if (this._following) {
      return;
    }
    this._following = true;
    while (!signal.aborted && !this._finished && this.atEnd) {
      try {
        const chunk = await this._read(
          { offset: this._end, limit: READ, wait: WAIT },
          signal
        );
        // The window may have moved on while the server was waiting.
        if (!signal.aborted && chunk.offset === this._end) {
          if (chunk.text || chunk.finished || this._error) {
            this._append(chunk);
          }
        }
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        this._fail(error, signal);
        await new Promise(resolve => window.setTimeout(resolve, RETRY));
      }
    }
    if (!signal.aborted) {
      this._following = false;
    }
  }

  private _fail(error: unknown, signal: AbortSignal): void {
    if (signal.aborted || this._isDisposed) {
      return;
    }
    this._error = error;
    this._ready = true;
    this._changed.emit();
  }

  private readonly _read: ReadLog;
  private readonly _changed = new Signal<this, void>(this);
  private _abort = new AbortController();
  private _blocks: readonly IBlock[] = [];
  private _start = 0;
  private _end = 0;
  private _size = 0;
  private _ready = false;
  private _finished = false;
  private _following = false;
  private _busy = false;
  private _isDisposed = false;
  private _error: unknown = null;
}
