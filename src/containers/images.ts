/**
 * The images of the engine's own store: pages in the order that is asked for, a filter, a selection.
 */
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { Image, ImageSort } from '../contract';
import type { SelectMode } from '../kit/selection';
import { Selection } from '../kit/selection';
import type { ContainersClient } from './client';

const PAGE = 200;
/** Milliseconds after the last letter of the filter before the server is asked. */
const TYPING = 250;

/** An order. */
export interface IOrder {
  readonly by: ImageSort;
  readonly down: boolean;
}

/** Newest first. */
export const NEWEST: IOrder = { by: 'created', down: true };

/** The images. */
export class Images implements IDisposable {
  constructor(client: ContainersClient) {
    this._client = client;
    this._typing = new Debouncer(() => this.refresh(), TYPING);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get list(): readonly Image[] {
    return this._list;
  }

  /** How many there are in all that pass the filter. */
  get total(): number {
    return this._total;
  }

  /** Bytes of all of them. */
  get size(): number {
    return this._size;
  }

  get filter(): string {
    return this._filter;
  }

  get order(): IOrder {
    return this._order;
  }

  get error(): unknown {
    return this._error;
  }

  get loading(): boolean {
    return this._loading > 0;
  }

  /** The first answer has come. */
  get ready(): boolean {
    return this._ready;
  }

  get hasMore(): boolean {
    return this._next !== null;
  }

  get selection(): readonly Image[] {
    return this._list.filter(one => this._selected.has(one.id));
  }

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
    this._typing.dispose();
    Signal.clearData(this);
  }

  isSelected(id: string): boolean {
    return this._selected.has(id);
  }

  select(id: string, mode: SelectMode = 'only'): void {
    this._selected.select(
      id,
      mode,
      this._list.map(one => one.id)
    );
    this._changed.emit();
  }

  selectAll(): void {
    this._selected.set(this._list.map(one => one.id));
    this._changed.emit();
  }

  selectNone(): void {
    this._selected.set([]);
    this._changed.emit();
  }

  setFocus(id: string): void {
    if (id !== this._selected.focus) {
      this._selected.focus = id;
      this._changed.emit();
    }
  }

  setFilter(filter: string): void {
    if (filter !== this._filter) {
      this._filter = filter;
      this._changed.emit();
      void this._typing.invoke();
    }
  }

  setOrder(order: IOrder): void {
    this._order = order;
    this._changed.emit();
    void this.refresh();
  }

  /** What was remembered, before anything has been asked. */
  recall(filter: string, order: IOrder, keys: readonly string[]): void {
    this._filter = filter;
    this._order = order;
    this._selected.set(keys);
    this._changed.emit();
  }

  async refresh(): Promise<void> {
    const turn = (this._turn += 1);
    const wanted = Math.max(PAGE, Math.min(1000, this._list.length));
    await this._ask(async () => {
      const page = await this._page(0, wanted);
      if (turn === this._turn && !this._isDisposed) {
        this._list = page.images;
        this._total = page.total;
        this._size = page.size;
        this._next = page.next;
        this._selected.keep(new Set(this._list.map(one => one.id)));
      }
    }, turn);
  }

  async more(): Promise<void> {
    if (this._next === null || this._loading) {
      return;
    }
    const turn = this._turn;
    const from = this._next;
    await this._ask(async () => {
      const page = await this._page(from, PAGE);
      if (turn === this._turn && !this._isDisposed) {
        const have = new Set(this._list.map(one => one.id));
        this._list = [
          ...this._list,
          ...page.images.filter(one => !have.has(one.id))
        ];
        this._next = page.next;
      }
    }, turn);
  }

  private _page(offset: number, limit: number) {
    return this._client.images({
      text: this._filter.trim() || null,
      sort: this._order.by,
      descending: this._order.down,
      limit,
      offset
    });
  }

  private async _ask(ask: () => Promise<void>, turn: number): Promise<void> {
    this._loading += 1;
    this._changed.emit();
    try {
      await ask();
      if (turn === this._turn) {
        this._error = null;
      }
    } catch (error) {
      if (turn === this._turn) {
        this._error = error;
      }
    } finally {
      this._loading -= 1;
      this._ready = true;
      if (!this._isDisposed) {
        this._changed.emit();
      }
    }
  }

  private readonly _client: ContainersClient;
  private readonly _typing: Debouncer<void>;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _selected = new Selection();
  private _list: readonly Image[] = [];
  private _total = 0;
  private _size = 0;
  private _next: number | null = null;
  private _filter = '';
  private _order = NEWEST;
  private _error: unknown = null;
  private _loading = 0;
  private _ready = false;
  private _turn = 0;
  private _isDisposed = false;
}
