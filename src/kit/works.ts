/**
 * Works of a room, the tasks that it starts: a page of the newest, records that are looked at, kept fresh by the
 * server's events; those begun here are waited for.
 */
import type { IStateDB } from '@jupyterlab/statedb';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { LogChunk, LogQuery, State } from '../contract';
import type { Feed, IChange } from './feed';
import { LogWindow } from './log';
import { ProblemError } from './request';
import { isFinal } from './state';

const PAGE = 50;
/** Milliseconds in which changes of the same works are taken together. */
const GATHER = 150;
/** Milliseconds between two looks at works that go on: how far they are is read, not announced. */
const LOOK = 1000;

/** What every work has. */
export interface IWork {
  readonly id: string;
  readonly state: State;
}

/** The verbs of a room that has works: a summary is what its page has of a work, a record is all of it. */
export interface IWorksClient<Summary extends IWork, Record extends Summary> {
  works(query: { readonly limit: number }): Promise<{
    readonly works: readonly Summary[];
    readonly next: string | null;
  }>;
  showWork(id: string): Promise<Record>;
  workLog(id: string, query: LogQuery, signal: AbortSignal): Promise<LogChunk>;
  stopWork(id: string): Promise<Record>;
  repeatWork(id: string): Promise<Record>;
  removeWork(id: string): Promise<unknown>;
}

/** What works stand on. */
export interface IWorksOptions<Summary extends IWork, Record extends Summary> {
  /** The room whose they are. */
  readonly room: string;
  readonly client: IWorksClient<Summary, Record>;
  readonly feed: Feed;
  readonly state: IStateDB | null;
}

/** The works. */
export class Works<
  Summary extends IWork,
  Record extends Summary
> implements IDisposable {
  constructor(options: IWorksOptions<Summary, Record>) {
    const { room, client, feed, state } = options;
    this._room = room;
    this._client = client;
    this._state = state;
    this._gather = new Debouncer(() => this._readStale(), GATHER);
    feed.changed.connect(this._onChange, this);
    feed.missed.connect(this._onMissed, this);
    this._timer = window.setInterval(() => this._look(), LOOK);
    void this._recall();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** One that was begun from this browser has ended. */
  get ended(): ISignal<this, Record> {
    return this._ended;
  }

  /** Any has ended: what it made is there now. */
  get made(): ISignal<this, Summary> {
    return this._made;
  }

  /** Newest first. */
  get list(): readonly Summary[] {
    return [...this._known.values()].sort((one, other) =>
      one.id < other.id ? 1 : -1
    );
  }

  get active(): readonly Summary[] {
    return this.list.filter(one => !isFinal(one.state));
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearInterval(this._timer);
    this._gather.dispose();
    Signal.clearData(this);
  }

  find(id: string | null): Summary | null {
    return id === null
      ? null
      : (this._records.get(id) ?? this._known.get(id) ?? null);
  }

  /** The whole record, where it is watched. */
  record(id: string): Record | null {
    return this._records.get(id) ?? null;
  }

  /** Why a record cannot be read, or null. */
  problem(id: string): unknown {
    return this._problems.get(id) ?? null;
  }

  /** Reads a record and keeps it fresh until the returned function is called. */
  watch(id: string): () => void {
    this._watched.set(id, (this._watched.get(id) ?? 0) + 1);
    void this._read(id);
    let done = false;
    return () => {
      if (done) {
        return;
      }
      done = true;
      const left = (this._watched.get(id) ?? 1) - 1;
      if (left > 0) {
        this._watched.set(id, left);
      } else {
        this._watched.delete(id);
        this._records.delete(id);
        this._problems.delete(id);
      }
    };
  }

  async refresh(): Promise<void> {
    try {
      const page = await this._client.works({ limit: PAGE });
      if (this._isDisposed) {
        return;
      }
      const newest = this.list[0]?.id;
      const listed = new Set(page.works.map(one => one.id));
      const oldest = page.next ? page.works[page.works.length - 1]?.id : '';
      for (const id of this._known.keys()) {
        if (id >= (oldest ?? '') && !listed.has(id)) {
          this._known.delete(id);
        }
      }
      page.works.forEach(one =>
        this._accept(one, newest !== undefined && one.id > newest)
      );
    } catch (error) {
      console.warn('The works cannot be listed', error);
    }
    this._changed.emit();
  }

  /** Takes in a work that was begun here, and waits for its end. */
  async begin(asked: Promise<Record>): Promise<Record> {
    const work = await asked;
    this._awaited.add(work.id);
    this._remember();
    this._show(work, true);
    this._changed.emit();
    return work;
  }

  async repeat(id: string): Promise<Record> {
    return this.begin(this._client.repeatWork(id));
  }

  async stop(id: string): Promise<void> {
    // Who stops a work need not be told that it has ended.
    this._awaited.delete(id);
    this._remember();
    this._show(await this._client.stopWork(id), true);
    this._changed.emit();
  }

  async remove(id: string): Promise<void> {
    await this._client.removeWork(id);
    this._forget(id);
    this._changed.emit();
  }

  log(id: string): LogWindow {
    return new LogWindow((query, signal) =>
      this._client.workLog(id, query, signal)
    );
  }

  /** Takes in what is known of a work now, and tells its end; a short one, that is `news`, may have ended already. */
  private _accept(work: Summary, news: boolean): void {
    const before = this._known.get(work.id);
    this._known.set(work.id, work);
    if (!isFinal(work.state)) {
      return;
    }
    if (before ? !isFinal(before.state) : news) {
      this._made.emit(work);
    }
    if (this._awaited.delete(work.id)) {
      this._remember();
      this._client.showWork(work.id).then(
        record => this._ended.emit(record),
        (error: unknown) => console.warn('The work that ended is gone', error)
      );
    }
  }

  private _show(work: Record, news: boolean): void {
    if (this._watched.has(work.id)) {
      this._records.set(work.id, work);
      this._problems.delete(work.id);
    }
    this._accept(work, news);
  }

  private _forget(id: string): void {
    this._known.delete(id);
    this._records.delete(id);
    if (this._watched.has(id)) {
      void this._read(id);
    }
  }

  private async _read(id: string, news = false): Promise<void> {
    try {
      const work = await this._client.showWork(id);
      if (this._isDisposed) {
        return;
      }
      this._show(work, news);
    } catch (error) {
      if (error instanceof ProblemError && error.status === 404) {
        this._known.delete(id);
        this._records.delete(id);
        if (this._awaited.delete(id)) {
          this._remember();
        }
      }
      if (this._watched.has(id)) {
        this._problems.set(id, error);
      }
    }
    this._changed.emit();
  }

  private _onChange(_: Feed, change: IChange): void {
    if (change.room !== this._room) {
      return;
    }
    if (change.change === 'removed') {
      this._forget(change.id);
      this._changed.emit();
      return;
    }
    this._stale.add(change.id);
    void this._gather.invoke();
  }

  private async _readStale(): Promise<void> {
    const ids = [...this._stale];
    this._stale.clear();
    await Promise.all(ids.map(id => this._read(id, true)));
  }

  private _onMissed(): void {
    if (this._known.size) {
      void this.refresh();
    }
    for (const id of new Set([...this._watched.keys(), ...this._awaited])) {
      void this._read(id);
    }
  }

  private _look(): void {
    if (document.visibilityState === 'hidden' || this._looking) {
      return;
    }
    const ids = new Set(this.active.map(one => one.id));
    if (!ids.size) {
      return;
    }
    this._looking = true;
    void Promise.all([...ids].map(id => this._read(id))).finally(() => {
      this._looking = false;
    });
  }

  private async _recall(): Promise<void> {
    const saved = await this._state?.fetch(this._awaitedAt);
    if (Array.isArray(saved)) {
      for (const id of saved) {
        if (typeof id === 'string') {
          this._awaited.add(id);
          void this._read(id);
        }
      }
    }
  }

  private _remember(): void {
    this._state
      ?.save(this._awaitedAt, [...this._awaited])
      .catch((error: unknown) => console.warn('Cannot save the state', error));
  }

  /** Where the works that this person waits for are remembered. */
  private get _awaitedAt(): string {
    return `ellip-lab:${this._room}-awaited`;
  }

  private readonly _room: string;
  private readonly _client: IWorksClient<Summary, Record>;
  private readonly _state: IStateDB | null;
  private readonly _gather: Debouncer<void>;
  private readonly _timer: number;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _ended = new Signal<this, Record>(this);
  private readonly _made = new Signal<this, Summary>(this);
  private readonly _known = new Map<string, Summary>();
  private readonly _records = new Map<string, Record>();
  private readonly _problems = new Map<string, unknown>();
  private readonly _watched = new Map<string, number>();
  private readonly _awaited = new Set<string>();
  private readonly _stale = new Set<string>();
  private _looking = false;
  private _isDisposed = false;
}
