/**
 * What the panel shows: the toolboxes, the catalogue, where packages come from, and work that takes time;
 * remembered over a reload.
 *
 * Nothing is asked before somebody looks.
 */
import type { IStateDB } from '@jupyterlab/statedb';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  CatalogueEntry,
  Channels,
  ToolboxCatalogue,
  Toolboxes,
  ToolboxSummary,
  ToolboxWork,
  ToolboxWorkSummary
} from '../contract';
import type { Feed } from '../kit/feed';
import { Works } from '../kit/works';
import type { ToolboxesClient } from './client';
import type { IRemembered } from './remember';
import { read, STATE } from './remember';
import type { IToolboxes } from './tokens';

/** Milliseconds after a change before it is remembered, or before toolboxes are listed again. */
const CALM = 200;
/** Milliseconds after which what is shown is listed again when somebody comes back to it. */
const OLD = 5000;

/** What the model stands on. */
export interface IModelOptions {
  readonly client: ToolboxesClient;
  readonly feed: Feed;
  readonly state: IStateDB | null;
}

/** The model. */
export class ToolboxesModel implements IToolboxes, IDisposable {
  constructor(options: IModelOptions) {
    const { client, feed, state } = options;
    this.client = client;
    this._state = state;
    this.works = new Works({ room: 'toolboxes', client, feed, state });
    this._save = new Debouncer(() => this._remember(), CALM);
    this._again = new Debouncer(() => this._relist(), CALM);
    this.works.changed.connect(this._onWorks, this);
    this.works.made.connect(() => {
      this.touch();
    }, this);
  }

  readonly client: ToolboxesClient;
  readonly works: Works<ToolboxWorkSummary, ToolboxWork>;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** A toolbox has been made, changed or removed. */
  get touched(): ISignal<this, void> {
    return this._touched;
  }

  /** Everything that is said of the toolboxes; null before it was read. */
  get all(): Toolboxes | null {
    return this._all;
  }

  /** Why the toolboxes cannot be listed, or null. */
  get error(): unknown {
    return this._error;
  }

  get list(): readonly ToolboxSummary[] {
    return this._all?.toolboxes ?? [];
  }

  get usable(): readonly ToolboxSummary[] {
    return this.list.filter(one => one.state === 'ready');
  }

  get names(): ReadonlySet<string> {
    return new Set(this.list.map(one => one.name));
  }

  get catalogue(): ToolboxCatalogue | null {
    return this._catalogue;
  }

  get catalogueError(): unknown {
    return this._catalogueError;
  }

  /** The entries that have the words that are looked for, each word somewhere. */
  get found(): readonly CatalogueEntry[] {
    const words = this._filter.toLowerCase().split(/\s+/).filter(Boolean);
    return (this._catalogue?.entries ?? []).filter(entry => {
      const said = [
        entry.id,
        entry.title,
        entry.description,
        ...entry.packages,
        ...entry.software
      ]
        .join(' ')
        .toLowerCase();
      return words.every(word => said.includes(word));
    });
  }

  get channels(): Channels | null {
    return this._channels;
  }

  get filter(): string {
    return this._filter;
  }

  get showInstalled(): boolean {
    return this._showInstalled;
  }

  get showCatalogue(): boolean {
    return this._showCatalogue;
  }

  get showWorks(): boolean {
    return this._showWorks;
  }

  /** The panel is on screen. */
  get visible(): boolean {
    return this._visible;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._save.dispose();
    this._again.dispose();
    this.works.dispose();
    Signal.clearData(this);
  }

  find(name: string | null): ToolboxSummary | null {
    return this.list.find(one => one.name === name) ?? null;
  }

  entry(id: string | null): CatalogueEntry | null {
    return this._catalogue?.entries.find(one => one.id === id) ?? null;
  }

  /** The work that goes on with a toolbox, or null. */
  workOf(name: string): ToolboxWorkSummary | null {
    return this.works.active.find(one => one.name === name) ?? null;
  }

  /** Somebody looks, or looks away. */
  async setVisible(visible: boolean): Promise<void> {
    this._visible = visible;
    this._emit();
    if (!visible) {
      return;
    }
    await this.ready();
    if (Date.now() - this._read > OLD) {
      await this.refresh();
    }
  }

  ready(): Promise<void> {
    this._awake ??= this._wake();
    return this._awake;
  }

  setFilter(filter: string): void {
    this._filter = filter;
    this._emit();
  }

  setShowInstalled(show: boolean): void {
    this._showInstalled = show;
    this._emit();
  }

  setShowCatalogue(show: boolean): void {
    this._showCatalogue = show;
    this._emit();
  }

  setShowWorks(show: boolean): void {
    this._showWorks = show;
    this._emit();
  }

  /** Reads again what is shown. */
  async refresh(): Promise<void> {
    this._read = Date.now();
    await Promise.all([
      this._readToolboxes(),
      this._readCatalogue(),
      this.readChannels().catch((error: unknown) =>
        console.warn('The channels cannot be read', error)
      ),
      this.works.refresh()
    ]);
  }

  async readChannels(): Promise<Channels> {
    const channels = await this.client.channels();
    this.takeChannels(channels);
    return channels;
  }

  /** Takes in where packages come from now. */
  takeChannels(channels: Channels): void {
    this._channels = channels;
    this._emit();
  }

  /** Toolboxes have changed: they are listed again where somebody looks. */
  touch(): void {
    this._touched.emit();
    void this._again.invoke();
  }

  private async _wake(): Promise<void> {
    const saved = read(await this._state?.fetch(STATE));
    if (saved) {
      this._filter = saved.filter;
      this._showInstalled = saved.showInstalled;
      this._showCatalogue = saved.showCatalogue;
      this._showWorks = saved.showWorks;
    }
    this._recalled = true;
    await this.refresh();
  }

  private async _readToolboxes(): Promise<void> {
    try {
      this._all = await this.client.list();
      this._error = null;
    } catch (error) {
      this._error = error;
    }
    this._emit();
  }

  private async _readCatalogue(): Promise<void> {
    try {
      this._catalogue = await this.client.catalogue({});
      this._catalogueError = null;
    } catch (error) {
      this._catalogueError = error;
    }
    this._emit();
  }

  private async _relist(): Promise<void> {
    if (this._awake) {
      await Promise.all([this._readToolboxes(), this._readCatalogue()]);
    }
  }

  /** A work that nobody has listed yet is of a toolbox that nobody has listed yet. */
  private _onWorks(): void {
    const strange = this.works.active.some(
      work => work.name && this.find(work.name)?.work !== work.id
    );
    if (strange && this._all) {
      void this._again.invoke();
    }
    this._emit();
  }

  private _remember(): void {
    const state: IRemembered = {
      filter: this._filter,
      showInstalled: this._showInstalled,
      showCatalogue: this._showCatalogue,
      showWorks: this._showWorks
    };
    this._state
      ?.save(STATE, { ...state })
      .catch((error: unknown) => console.warn('Cannot save the state', error));
  }

  private _emit(): void {
    if (this._isDisposed) {
      return;
    }
    this._changed.emit();
    if (this._recalled) {
      void this._save.invoke();
    }
  }

  private readonly _state: IStateDB | null;
  private readonly _save: Debouncer<void>;
  private readonly _again: Debouncer<void>;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _touched = new Signal<this, void>(this);
  private _all: Toolboxes | null = null;
  private _error: unknown = null;
  private _catalogue: ToolboxCatalogue | null = null;
  private _catalogueError: unknown = null;
  private _channels: Channels | null = null;
  private _filter = '';
  private _showInstalled = true;
  private _showCatalogue = true;
  private _showWorks = true;
  private _visible = false;
  private _awake: Promise<void> | null = null;
  private _recalled = false;
  private _read = 0;
  private _isDisposed = false;
}
