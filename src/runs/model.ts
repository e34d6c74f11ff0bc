/**
 * The one place in the browser that knows the runs: pages of summaries, records that are looked at,
 * kept fresh by the server's events.
 */
import type { IStateDB } from '@jupyterlab/statedb';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer, Throttler } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  Engines,
  Graph,
  RerunRequest,
  Run,
  RunPage,
  RunRequest,
  RunSummary,
  Script,
  ScriptLanguage,
  Used,
  UsedQuery
} from '../contract';
import type { Feed, IChange } from '../kit/feed';
import { LogWindow } from '../kit/log';
import { ProblemError } from '../kit/request';
import { isFinal } from '../kit/state';
import type { RunsClient } from './client';
import { passes, queryOf } from './filter';
import type { IRuns } from './tokens';

const PAGE = 50;
/** Milliseconds in which changes of the same runs are taken together. */
const GATHER = 150;
/** Milliseconds between two readings of a record whose log grows. */
const CALM = 1000;
/** Above this many changes at once the first page is listed instead. */
const MANY = 8;
/** Milliseconds after which a record that is looked at and still runs is read in any case. */
const SAFETY = 10_000;
/** Where the runs that this person waits for are remembered. */
const AWAITED = 'ellip-lab:runs-awaited';

/** The model. */
export class RunsModel implements IRuns, IDisposable {
  constructor(client: RunsClient, feed: Feed, state: IStateDB | null) {
    this._client = client;
    this._state = state;
    this._gather = new Debouncer(() => this._readChanged(), GATHER);
    this._calm = new Throttler(() => this._readChanged(), CALM);
    this._refilter = new Debouncer(() => this.refresh(), 2 * GATHER);
    feed.changed.connect(this._onChange, this);
    feed.missed.connect(this._onMissed, this);
    this._safety = window.setInterval(() => this._onSafety(), SAFETY);
    void this._recall();
  }

  get changed(): ISignal<IRuns, void> {
    return this._changed;
  }

  get ended(): ISignal<IRuns, Run> {
    return this._ended;
  }

  get runs(): readonly RunSummary[] {
    return this._order
      .map(id => this._known.get(id))
      .filter((run): run is RunSummary => !!run && passes(run, this._filter));
  }

  get active(): readonly RunSummary[] {
    return [...this._known.values()].filter(run => !isFinal(run.state));
  }

  get filter(): string {
    return this._filter;
  }

  get error(): unknown {
    return this._error;
  }

  get ready(): boolean {
    return this._ready;
  }

  get hasMore(): boolean {
    return this._next !== null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearInterval(this._safety);
    this._gather.dispose();
    this._calm.dispose();
    this._refilter.dispose();
    Signal.clearData(this);
  }

  setFilter(filter: string): void {
    if (filter === this._filter) {
      return;
    }
    this._filter = filter;
    this._changed.emit();
    void this._refilter.invoke();
  }

  async refresh(): Promise<void> {
    const turn = (this._turn += 1);
    try {
      const page = await this._client.list({
        ...queryOf(this._filter),
        limit: PAGE
      });
      // What runs may be older than the first page.
      const further =
        page.next && !this._filter
          ? await Promise.all(
              (['running', 'queued'] as const).map(state =>
                this._client.list({ state, limit: 500 })
              )
            )
          : [];
      if (turn !== this._turn || this._isDisposed) {
        return;
      }
      this._forgetGone(page);
      [page, ...further].forEach(part => this._learn(part));
      this._order = page.runs.map(run => run.id);
      this._next = page.next;
      this._error = null;
    } catch (error) {
      if (turn !== this._turn || this._isDisposed) {
        return;
      }
      this._error = error;
    }
    this._ready = true;
    this._changed.emit();
  }

  async more(): Promise<void> {
    if (this._loading || !this._next) {
      return;
    }
    this._loading = true;
    const turn = this._turn;
    try {
      const page = await this._client.list({
        ...queryOf(this._filter),
        limit: PAGE,
        before: this._next
      });
      if (turn === this._turn && !this._isDisposed) {
        this._learn(page);
        const have = new Set(this._order);
        this._order = [
          ...this._order,
          ...page.runs.map(run => run.id).filter(id => !have.has(id))
        ];
        this._next = page.next;
        this._changed.emit();
      }
    } catch (error) {
      this._error = error;
      this._changed.emit();
    } finally {
      this._loading = false;
    }
  }

  record(id: string): Run | null {
    return this._records.get(id) ?? null;
  }

  problem(id: string): unknown {
    return this._problems.get(id) ?? null;
  }

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

  touch(id: string): void {
    this._stale.add(id);
    void this._calm.invoke();
  }

  show(id: string): Promise<Run> {
    return this._client.show(id);
  }

  async start(request: RunRequest): Promise<Run> {
    const run = await this._client.start(request);
    this._await(run);
    return run;
  }

  async rerun(id: string, request: RerunRequest): Promise<Run> {
    const run = await this._client.rerun(id, request);
    this._await(run);
    return run;
  }

  async stop(id: string): Promise<void> {
    // Who stops a run need not be told that it has ended.
    this._awaited.delete(id);
    this._remember();
    this._show(await this._client.stop(id));
    this._changed.emit();
  }

  async remove(id: string, outputs: boolean): Promise<void> {
    await this._client.remove(id, outputs);
    this._drop(id);
    this._changed.emit();
  }

  log(id: string, job: string | null): LogWindow {
    return new LogWindow((query, signal) =>
      this._client.log(id, { ...query, job }, signal)
    );
  }

  quicklook(id: string, path: string, size: number): Promise<Blob> {
    return this._client.quicklook(id, path, size);
  }

  script(id: string, language: ScriptLanguage): Promise<Script> {
    return this._client.script(id, language);
  }

  engines(): Promise<Engines> {
    return this._client.engines();
  }

  graph(id: string): Promise<Graph> {
    return this._client.graph(id);
  }

  used(query: UsedQuery): Promise<Used> {
    return this._client.used(query);
  }

  private _learn(page: RunPage): void {
    for (const run of page.runs) {
      this._accept(run);
    }
  }

  /** Takes in what is known of a run now, and tells its end to who waits for it. */
  private _accept(run: RunSummary): void {
    this._known.set(run.id, run);
    if (isFinal(run.state) && this._awaited.delete(run.id)) {
      this._remember();
      this._client.show(run.id).then(
        record => this._ended.emit(record),
        (error: unknown) => console.warn('The run that ended is gone', error)
      );
    }
  }

  /** Forgets what should stand on the first page and does not. */
  private _forgetGone(page: RunPage): void {
    const listed = new Set(page.runs.map(run => run.id));
    const oldest = page.next ? page.runs[page.runs.length - 1]?.id : '';
    for (const [id, run] of this._known) {
      if (
        passes(run, this._filter) &&
        id >= (oldest ?? '') &&
        !listed.has(id)
      ) {
        this._known.delete(id);
      }
    }
  }

  private _await(run: Run): void {
    this._awaited.add(run.id);
    this._remember();
    this._show(run);
    this._changed.emit();
  }

  private _show(run: Run): void {
    if (this._watched.has(run.id)) {
      this._records.set(run.id, run);
      this._problems.delete(run.id);
    }
    this._accept(run);
    if (!this._order.includes(run.id) && passes(run, this._filter)) {
      const oldest = this._order[this._order.length - 1];
      // A run older than what is loaded comes with its own page.
      if (!this._next || !oldest || run.id > oldest) {
        this._order = [...this._order, run.id].sort().reverse();
      }
    }
  }

  private _drop(id: string): void {
    this._known.delete(id);
    this._records.delete(id);
    this._order = this._order.filter(other => other !== id);
    if (this._watched.has(id)) {
      void this._read(id);
    }
  }

  private async _read(id: string): Promise<void> {
    try {
      const run = await this._client.show(id);
      if (this._isDisposed) {
        return;
      }
      this._show(run);
    } catch (error) {
      if (error instanceof ProblemError && error.status === 404) {
        this._known.delete(id);
        this._records.delete(id);
        this._order = this._order.filter(other => other !== id);
      }
      if (this._watched.has(id)) {
        this._problems.set(id, error);
      }
    }
    this._changed.emit();
  }

  private _onChange(_: Feed, change: IChange): void {
    if (change.room !== 'runs') {
      return;
    }
    if (change.change === 'removed') {
      this._drop(change.id);
      this._changed.emit();
      return;
    }
    this._stale.add(change.id);
    void this._gather.invoke();
  }

  private async _readChanged(): Promise<void> {
    const ids = [...this._stale];
    this._stale.clear();
    if (ids.length > MANY) {
      await this.refresh();
      await Promise.all(
        ids.filter(id => this._watched.has(id)).map(id => this._read(id))
      );
    } else {
      await Promise.all(ids.map(id => this._read(id)));
    }
  }

  private _onMissed(): void {
    void this.refresh();
    for (const id of this._watched.keys()) {
      void this._read(id);
    }
  }

  private _onSafety(): void {
    if (document.visibilityState === 'hidden') {
      return;
    }
    for (const id of new Set([...this._watched.keys(), ...this._awaited])) {
      const run = this._records.get(id) ?? this._known.get(id);
      if (!run || !isFinal(run.state)) {
        void this._read(id);
      }
    }
  }

  private async _recall(): Promise<void> {
    const saved = await this._state?.fetch(AWAITED);
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
      ?.save(AWAITED, [...this._awaited])
      .catch((error: unknown) => console.warn('Cannot save the state', error));
  }

  private readonly _client: RunsClient;
  private readonly _state: IStateDB | null;
  private readonly _gather: Debouncer<void>;
  private readonly _calm: Throttler<void>;
  private readonly _refilter: Debouncer<void>;
  private readonly _safety: number;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _ended = new Signal<this, Run>(this);
  private readonly _known = new Map<string, RunSummary>();
  private readonly _records = new Map<string, Run>();
  private readonly _problems = new Map<string, unknown>();
  private readonly _watched = new Map<string, number>();
  private readonly _awaited = new Set<string>();
  private readonly _stale = new Set<string>();
  private _order: readonly string[] = [];
  private _next: string | null = null;
  private _filter = '';
  private _error: unknown = null;
  private _ready = false;
  private _loading = false;
  private _turn = 0;
  private _isDisposed = false;
}
