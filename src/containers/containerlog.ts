/**
 * What a container said, as a log that is read by byte: the engine gives it by time, a stretch after the other.
 */
import type { ContainerLog, LogChunk } from '../contract';
import { LogWindow } from '../kit/log';
import type { ContainersClient } from './client';

/** Lines that are asked for first. */
const LINES = 5000;
/** No more bytes than this are held; older ones are let go of. */
const HELD = 8_000_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const LINE = 10;

/** The log of a container. */
export function containerLog(
  client: Pick<ContainersClient, 'containerLog'>,
  container: string
): LogWindow {
  const held = new Held();
  const ask = (
    since: string | null,
    wait: number,
    signal: AbortSignal
  ): Promise<ContainerLog> =>
    client.containerLog({ container, since, lines: LINES, wait }, signal);
  return new LogWindow(async ({ offset, limit, wait }, signal) => {
    if (held.cursor === null) {
      held.take(await ask(null, 0, signal));
    }
    if (offset === null) {
      return held.tail(limit);
    }
    if (offset >= held.end && !held.finished && wait > 0) {
      held.take(await ask(held.cursor, wait, signal));
    }
    return held.read(offset, limit);
  });
}

/** The bytes that are here. */
class Held {
  /** Where to go on; null before the first answer. */
  cursor: string | null = null;
  finished = false;

  get end(): number {
    return this._start + this._bytes.length;
  }

  take(log: ContainerLog): void {
    const more = encoder.encode(log.text);
    const all = new Uint8Array(this._bytes.length + more.length);
    all.set(this._bytes);
    all.set(more, this._bytes.length);
    const cut = Math.max(0, all.length - HELD);
    this._bytes = all.subarray(cut);
    this._start += cut;
    this.cursor = log.next;
    this.finished = log.finished;
  }

  /** The last bytes, from the start of a line. */
  tail(limit: number): LogChunk {
    const from = Math.max(0, this._bytes.length - limit);
    const line = from > 0 ? this._bytes.indexOf(LINE, from) + 1 : 0;
    return this.read(this._start + (line || from), limit);
  }

  read(offset: number, limit: number): LogChunk {
    const from = Math.min(Math.max(offset, this._start), this.end);
    let to = Math.min(from + limit, this.end);
    if (to < this.end) {
      // A character is not cut in two: a stretch ends with a line.
      const line = this._bytes.lastIndexOf(LINE, to - this._start - 1) + 1;
      to = line > from - this._start ? line + this._start : to;
    }
    return {
      offset: from,
      next: to,
      size: this.end,
      text: decoder.decode(
        this._bytes.subarray(from - this._start, to - this._start)
      ),
      finished: this.finished && to >= this.end
    };
  }

  private _bytes: Uint8Array = new Uint8Array();
  private _start = 0;
}
