/**
 * What the panel shows: the engine, its images, its containers, their registries, and work that takes time;
 * remembered over a reload.
 *
 * Nothing is asked of an engine before somebody looks.
 */
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { Engine, Registries, Registry } from '../contract';
import type { Feed } from '../kit/feed';
import type { ContainersClient } from './client';
import { Images } from './images';
import type { IRemembered, PanelTab } from './remember';
import { read, STATE, written } from './remember';
import { Running } from './running';
import { Works } from './works';

/** Milliseconds after a change before it is remembered, or before images are listed again. */
const CALM = 300;
/** Milliseconds after which what is shown is listed again when somebody comes back to it. */
const OLD = 5000;

/** What the model stands on. */
export interface IModelOptions {
  readonly client: ContainersClient;
  readonly feed: Feed;
  readonly state: IStateDB | null;
}

/** The model. */
export class ContainersModel implements IDisposable {
  constructor(options: IModelOptions) {
    const { client, feed, state } = options;
    this.client = client;
    this._state = state;
    this.images = new Images(client);
    this.running = new Running(client);
    this.works = new Works(client, feed, state);
    this._save = new Debouncer(() => this._remember(), CALM);
    this._again = new Debouncer(() => this._readImages(), CALM);
    this.images.changed.connect(this._emit, this);
    this.running.changed.connect(this._emit, this);
    this.works.changed.connect(this._emit, this);
    this.works.made.connect(() => {
      this.touch();
    }, this);
  }

  readonly client: ContainersClient;
  readonly images: Images;
  readonly running: Running;
  readonly works: Works;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Images have been made, tagged or removed. */
  get touched(): ISignal<this, void> {
    return this._touched;
  }

  get engine(): Engine | null {
    return this._engine;
  }

  /** Why the engine cannot be asked for, or null. */
  get engineError(): unknown {
    return this._engineError;
  }

  get registries(): readonly Registry[] {
    return this._registries?.registries ?? [];
  }

  /** The file that says who is signed in. */
  get auth(): string {
    return this._registries?.auth ?? '';
  }

  get registriesReady(): boolean {
    return this._registries !== null || this._registriesError !== null;
  }

  get registriesError(): unknown {
    return this._registriesError;
  }

  get tab(): PanelTab {
    return this._tab;
  }

  get showWorks(): boolean {
    return this._showWorks;
  }

  get showEngine(): boolean {
    return this._showEngine;
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
    this.images.dispose();
    this.running.dispose();
    this.works.dispose();
    Signal.clearData(this);
  }

  /** Somebody looks, or looks away. */
  async setVisible(visible: boolean): Promise<void> {
    this._visible = visible;
    this._emit();
    if (!visible) {
      return;
    }
    this._awake ??= this._wake();
    await this._awake;
    if (Date.now() - this._read > OLD) {
      await this.refresh();
    }
  }

  setTab(tab: PanelTab): void {
    this._tab = tab;
    this._emit();
    if (this._awake) {
      void this._readTab();
    }
  }

  setShowWorks(show: boolean): void {
    this._showWorks = show;
    this._emit();
  }

  setShowEngine(show: boolean): void {
    this._showEngine = show;
    this._emit();
  }

  /** Reads again what is shown. */
  async refresh(): Promise<void> {
    this._read = Date.now();
    await Promise.all([
      this.readEngine(),
      this._readTab(),
      this.works.refresh()
    ]);
  }

  async readEngine(): Promise<void> {
    try {
      this._engine = await this.client.engine();
      this._engineError = null;
    } catch (error) {
      this._engineError = error;
    }
    this._emit();
  }

  async readRegistries(): Promise<void> {
    try {
      this._registries = await this.client.registries();
      this._registriesError = null;
    } catch (error) {
      this._registriesError = error;
    }
    this._emit();
  }

  /** The registries; read when they have not been yet. */
  async listRegistries(): Promise<readonly Registry[]> {
    if (this._registries === null) {
      await this.readRegistries();
    }
    return this.registries;
  }

  /** Images have changed: they are listed again where somebody looks. */
  touch(): void {
    this._touched.emit();
    void this._again.invoke();
  }

  private async _wake(): Promise<void> {
    const saved = read(await this._state?.fetch(STATE));
    if (saved) {
      this._tab = saved.tab;
      this._showWorks = saved.showWorks;
      this._showEngine = saved.showEngine;
      this.images.recall(saved.filter, saved.order, saved.selected);
      this.running.setFilter(saved.containersFilter);
    }
    this._recalled = true;
    await this.refresh();
  }

  /** Containers are looked at by the list that shows them. */
  private async _readTab(): Promise<void> {
    if (this._tab === 'images') {
      await this.images.refresh();
    } else if (this._tab === 'registries') {
      await this.readRegistries();
    } else {
      await this.running.refresh();
    }
  }

  private async _readImages(): Promise<void> {
    if (this._awake) {
      await Promise.all([this.images.refresh(), this.readEngine()]);
    }
  }

  private _remember(): void {
    const state: IRemembered = {
      tab: this._tab,
      filter: this.images.filter,
      order: this.images.order,
      selected: this.images.selection.slice(0, 100).map(one => one.id),
      containersFilter: this.running.filter,
      showWorks: this._showWorks,
      showEngine: this._showEngine
    };
    this._state
      ?.save(STATE, written(state) as ReadonlyPartialJSONObject)
      .catch((error: unknown) => console.warn('Cannot save the state', error));
  }

  private _emit(): void {
    if (this._isDisposed) {
      return;
    }
    this._changed.emit();
    // Before the images are there again, nothing can be said to be selected.
    if (this._recalled && (this._tab !== 'images' || this.images.ready)) {
      void this._save.invoke();
    }
  }

  private readonly _state: IStateDB | null;
  private readonly _save: Debouncer<void>;
  private readonly _again: Debouncer<void>;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _touched = new Signal<this, void>(this);
  private _engine: Engine | null = null;
  private _engineError: unknown = null;
  private _registries: Registries | null = null;
  private _registriesError: unknown = null;
  private _tab: PanelTab = 'images';
  private _showWorks = true;
  private _showEngine = false;
  private _visible = false;
  private _awake: Promise<void> | null = null;
  private _recalled = false;
  private _read = 0;
  private _isDisposed = false;
}
