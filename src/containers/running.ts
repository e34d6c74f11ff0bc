/**
 * The containers, and what they use: asked again and again, and only while somebody looks.
 */
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { Container, Usage } from '../contract';
import type { SelectMode } from '../kit/selection';
import { Selection } from '../kit/selection';
import type { ContainersClient } from './client';

/** Milliseconds between two looks: no engine tells by itself what has begun or ended. */
const LOOK = 3000;

/** The containers. */
export class Running implements IDisposable {
  constructor(client: ContainersClient) {
    this._client = client;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Those that pass the filter: running ones first, then the newest. */
  get list(): readonly Container[] {
    const wanted = this._filter.trim().toLowerCase();
    return wanted
      ? this._list.filter(one =>
          [one.name, one.id, one.image, one.run ?? '', one.state].some(text =>
            text.toLowerCase().includes(wanted)
          )
        )
      : this._list;
  }

  /** How many run, as far as it is known. */
  get count(): number {
    return this._list.filter(one => one.running).length;
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

  get selection(): readonly Container[] {
    return this.list.filter(one => this._selected.has(one.id));
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
    window.clearTimeout(this._timer);
    Signal.clearData(this);
  }

  find(name: string | null): Container | null {
    return this._list.find(one => one.id === name || one.name === name) ?? null;
  }

  /** What a container uses now, where it is known. */
  usage(id: string): Usage | null {
    return this._usages.get(id) ?? null;
  }

  isSelected(id: string): boolean {
    return this._selected.has(id);
  }

  select(id: string, mode: SelectMode = 'only'): void {
    this._selected.select(
      id,
      mode,
      this.list.map(one => one.id)
    );
    this._changed.emit();
  }

  selectAll(): void {
    this._selected.set(this.list.map(one => one.id));
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
    this._filter = filter;
    this._changed.emit();
  }

  /** Looks until the returned function is called. */
  watch(): () => void {
    this._watchers += 1;
    if (this._watchers === 1) {
      void this._look();
    }
    let done = false;
    return () => {
      if (!done) {
        done = true;
        this._watchers -= 1;
        if (!this._watchers) {
          window.clearTimeout(this._timer);
        }
      }
    };
  }

  async refresh(): Promise<void> {
    const turn = (this._turn += 1);
    try {
      const { containers } = await this._client.containers({ all: true });
      if (turn !== this._turn || this._isDisposed) {
        return;
      }
      this._list = [
        ...containers.filter(one => one.running),
        ...containers.filter(one => !one.running)
      ];
      this._selected.keep(new Set(this._list.map(one => one.id)));
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

  private async _look(): Promise<void> {
    window.clearTimeout(this._timer);
    if (document.visibilityState === 'visible') {
      await this.refresh();
      await this._measure();
    }
    if (this._watchers && !this._isDisposed) {
      window.clearTimeout(this._timer);
      this._timer = window.setTimeout(() => void this._look(), LOOK);
    }
  }

  private async _measure(): Promise<void> {
    if (!this.count) {
      this._usages = new Map();
      return;
    }
    try {
      const { usages } = await this._client.usages();
      this._usages = new Map(usages.map(one => [one.container, one]));
    } catch (error) {
      // A container may have ended in the meantime: the list says so itself.
      console.warn('What containers use cannot be read', error);
      this._usages = new Map();
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _client: ContainersClient;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _selected = new Selection();
  private _list: readonly Container[] = [];
  private _usages = new Map<string, Usage>();
  private _filter = '';
  private _error: unknown = null;
  private _ready = false;
  private _watchers = 0;
  private _timer = 0;
  private _turn = 0;
  private _isDisposed = false;
}
