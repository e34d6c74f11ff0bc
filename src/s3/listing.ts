/**
 * What is below one place: pages by token as one scrolls, a filter, an order, a selection.
 *
 * The panel has one, and so has every dialog that lets a person choose.
 */
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { SelectMode } from '../kit/selection';
import { Selection } from '../kit/selection';
import type { S3Client } from './client';
import type { ISort } from './entries';
import { BY_NAME, idOf, inOrder, matching } from './entries';
import { Pages } from './pages';
import { parentOf, same } from './paths';
import type { IEntry, IPlace } from './tokens';

/** Milliseconds after the last letter of the filter before the server is asked. */
const TYPING = 250;

/** Nowhere yet. */
export const START: IPlace = { connection: null, bucket: null, prefix: '' };

/** The listing. */
export class Listing implements IDisposable {
  constructor(client: S3Client) {
    this._client = client;
    this._pages = new Pages(client, START);
    this._ask = new Debouncer(() => this._askNarrow(), TYPING);
  }

  /** Rows, order, filter, selection, or whether it is being read. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get place(): IPlace {
    return this._place;
  }

  get filter(): string {
    return this._filter;
  }

  get sort(): ISort {
    return this._sort;
  }

  /** The rows, filtered and in order. */
  get rows(): readonly IEntry[] {
    this._rows ??= inOrder(
      this._filter
        ? matching(this._pages.entries, this._narrow?.entries, this._filter)
        : this._pages.entries,
      this._sort
    );
    return this._rows;
  }

  /** How many rows are loaded, whether the filter shows them or not. */
  get loaded(): number {
    return this._pages.entries.length;
  }

  /** There is nothing beyond what is loaded. */
  get complete(): boolean {
    return this._pages.complete;
  }

  /** There may be more rows for this filter. */
  get hasMore(): boolean {
    return this._narrow ? !this._narrow.complete : !this._pages.complete;
  }

  get loading(): boolean {
    return this._pages.loading || (this._narrow?.loading ?? false);
  }

  /** The first page has come, or failed to. */
  get ready(): boolean {
    return this._pages.ready;
  }

  /** It is reading on to the end. */
  get readingAll(): boolean {
    return this._all !== null && !this._all.stopped;
  }

  get error(): unknown {
    return this._pages.error ?? this._narrow?.error ?? null;
  }

  /** False when buckets may not be listed and only known ones are shown. */
  get listed(): boolean {
    return this._pages.listed;
  }

  get selection(): readonly IEntry[] {
    return this._selected.size
      ? this.rows.filter(row => this._selected.has(idOf(row)))
      : [];
  }

  /** The row that has the keyboard, or null. */
  get focus(): string | null {
    return this._selected.focus;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._pages.stop();
    this._narrow?.stop();
    this._ask.dispose();
    Signal.clearData(this);
  }

  isSelected(id: string): boolean {
    return this._selected.has(id);
  }

  /** Goes to a place and reads its first page; `keys` are selected when they turn up. */
  async open(place: IPlace, keys: readonly string[] = []): Promise<void> {
    if (!same(place, this._place)) {
      const from = this._place;
      this._place = place;
      this._pages.stop();
      this._pages = new Pages(this._client, place);
      this._clear(from);
    }
    await this._read(this._pages);
    this._take(keys);
    this._emit();
  }

  /** Reads as much as is loaded again, and changes the rows only when it has come. */
  async refresh(): Promise<void> {
    const fresh = new Pages(this._client, this._place);
    const before = this._pages;
    before.stop();
    this._emit();
    await fresh.read(before.entries.length);
    if (this._pages !== before || this._isDisposed) {
      return;
    }
    if (fresh.error !== null && before.entries.length) {
      before.fail(fresh.error);
    } else {
      this._pages = fresh;
      this._selected.keep(new Set(fresh.entries.map(idOf)));
    }
    this._narrow?.stop();
    this._narrow = null;
    await this._askNarrow();
    this._emit();
  }

  /** Stops waiting for a store that does not answer; `error` is shown in the place of its rows. */
  giveUp(error: unknown): void {
    (this._narrow ?? this._pages).giveUp(error);
    this._emit();
  }

  /** Reads the next page. */
  async more(): Promise<void> {
    const pages = this._narrow ?? this._pages;
    if (!pages.loading && !pages.complete && pages.error === null) {
      await this._read(pages);
    }
  }

  /** Reads on to the end, or until the place or the filter is another. */
  async all(): Promise<void> {
    const pages = this._narrow ?? this._pages;
    this._all = pages;
    while (!pages.complete && pages.error === null && !pages.stopped) {
      await this._read(pages);
    }
    this._all = null;
    this._emit(false);
  }

  setFilter(filter: string): void {
    if (filter === this._filter) {
      return;
    }
    this._filter = filter;
    this._narrow?.stop();
    this._narrow = null;
    this._emit();
    if (filter && !this._pages.complete) {
      void this._ask.invoke();
    }
  }

  /** Orders by a column; a second time turns it round. */
  setSort(sort: ISort): void {
    this._sort = sort;
    this._emit();
  }

  /** Selects a row and gives it the keyboard. */
  select(id: string, mode: SelectMode = 'only'): void {
    this._selected.select(id, mode, this.rows.map(idOf));
    this._emit(false);
  }

  /** Gives a row the keyboard and leaves the selection. */
  setFocus(id: string): void {
    if (id !== this._selected.focus) {
      this._selected.focus = id;
      this._emit(false);
    }
  }

  selectAll(): void {
    this._selected.set(this.rows.map(idOf));
    this._emit(false);
  }

  selectNone(): void {
    this._selected.set([]);
    this._emit(false);
  }

  /** Selects keys of this place; what is not loaded yet is looked for by its name. */
  private _take(keys: readonly string[]): void {
    const wanted = new Set(keys);
    const found = this.rows.filter(
      row =>
        wanted.has(row.key) || (row.kind === 'bucket' && wanted.has(row.bucket))
    );
    if (found[0]) {
      this._selected.select(idOf(found[0]), 'only', found.map(idOf));
      this._selected.set(found.map(idOf));
    } else if (keys.length === 1 && keys[0] && !this.complete) {
      this.setFilter(keys[0].slice(this._place.prefix.length));
    }
  }

  private _clear(from: IPlace): void {
    this._narrow?.stop();
    this._narrow = null;
    this._filter = '';
    // Who goes up finds the folder from which they came.
    const up =
      from.bucket !== null &&
      (this._place.bucket === null
        ? `bucket ${from.bucket}`
        : from.prefix && parentOf(from.prefix) === this._place.prefix
          ? `folder ${from.prefix}`
          : null);
    this._selected.clear(up || null);
  }

  private async _read(pages: Pages): Promise<void> {
    const done = pages.more();
    this._emit(false);
    await done;
    if (!this._isDisposed && !pages.stopped) {
      this._emit();
    }
  }

  /** Asks the server for the names that begin with the filter, beyond what is loaded. */
  private async _askNarrow(): Promise<void> {
    if (
      !this._filter ||
      this._place.bucket === null ||
      this._pages.complete ||
      this._isDisposed
    ) {
      return;
    }
    this._narrow?.stop();
    const narrow = new Pages(this._client, {
      ...this._place,
      prefix: this._place.prefix + this._filter
    });
    this._narrow = narrow;
    await this._read(narrow);
  }

  private _emit(rows = true): void {
    if (rows) {
      this._rows = null;
    }
    this._changed.emit();
  }

  private readonly _client: S3Client;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _ask: Debouncer<void>;
  private readonly _selected = new Selection();
  private _pages: Pages;
  private _narrow: Pages | null = null;
  private _all: Pages | null = null;
  private _rows: readonly IEntry[] | null = null;
  private _place = START;
  private _filter = '';
  private _sort: ISort = BY_NAME;
  private _isDisposed = false;
}
