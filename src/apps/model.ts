/**
 * The apps: which there are, which of them run, and what is asked of them now.
 *
 * What runs is known to the server's process alone and announced by nobody: it is read again while somebody looks,
 * and quickly while an app comes up.
 */
import type { IStateDB } from '@jupyterlab/statedb';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  App,
  AppInstance,
  SaveAppRequest,
  StartAppRequest
} from '../contract';
import type { Feed } from '../kit/feed';
import { LogWindow } from '../kit/log';
import type { AppsClient } from './client';
import { Works } from './works';

/** Milliseconds between two looks while an app comes up. */
const QUICK = 700;
/** Milliseconds after which what is looked at is read again. */
const CALM = 5000;

/** What an instance is of: an app, alone or with a file. */
export interface IPlace {
  readonly app: string;
  readonly file: string | null;
}

/** The name of a place. */
export function keyOf(place: IPlace): string {
  return `${place.app} ${place.file ?? ''}`;
}

/** What the model stands on. */
export interface IModelOptions {
  readonly client: AppsClient;
  readonly feed: Feed;
  readonly state: IStateDB | null;
}

/** The model. */
export class AppsModel implements IDisposable {
  constructor(options: IModelOptions) {
    this.client = options.client;
    this.works = new Works(options.client, options.feed, options.state);
    this.works.changed.connect(this._emit, this);
    this.works.made.connect(() => void this.refresh(), this);
    options.feed.missed.connect(this._onMissed, this);
    this._timer = window.setInterval(() => this._look(), QUICK);
  }

  readonly client: AppsClient;
  readonly works: Works;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** By their rank. */
  get apps(): readonly App[] {
    return this._apps;
  }

  get installed(): readonly App[] {
    return this._apps.filter(app => app.installed);
  }

  /** Data files that cannot be read. */
  get problems(): readonly string[] {
    return this._problems;
  }

  /** The first answer has come. */
  get ready(): boolean {
    return this._ready;
  }

  /** Why the apps cannot be listed, or null. */
  get error(): unknown {
    return this._error;
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
    window.clearInterval(this._timer);
    this.works.dispose();
    Signal.clearData(this);
  }

  app(name: string): App | null {
    return this._apps.find(app => app.name === name) ?? null;
  }

  /** An instance that comes up, runs or has failed; null for any other. */
  instance(id: string | null): AppInstance | null {
    for (const app of this._apps) {
      const found = app.instances.find(one => one.id === id);
      if (found) {
        return found;
      }
    }
    return null;
  }

  /** The instance of an app, alone or with a file. */
  at(place: IPlace): AppInstance | null {
    // A file that is reached by a link is told by its own name.
    const id = this._ids.get(keyOf(place));
    return (
      this.app(place.app)?.instances.find(
        one => one.id === id || one.file === place.file
      ) ?? null
    );
  }

  /** Whether something is asked of an instance, or of a place, that has not been answered. */
  busy(name: string): boolean {
    return this._asked.has(name);
  }

  /** Why an app could not even be started there, or null. */
  problem(place: IPlace): unknown {
    return this._refused.get(keyOf(place)) ?? null;
  }

  /** Which of its starts an instance is in: its log begins anew with each. */
  turn(id: string): string {
    return this._turns.get(id) ?? '';
  }

  /** Keeps everything fresh until the returned function is called. */
  watch(): () => void {
    this._watchers += 1;
    if (Date.now() - this._read > CALM) {
      void this.refresh();
    }
    let done = false;
    return () => {
      if (!done) {
        done = true;
        this._watchers -= 1;
      }
    };
  }

  /** Somebody looks at the panel, or looks away. */
  setVisible(visible: boolean): void {
    if (visible === this._visible) {
      return;
    }
    this._visible = visible;
    if (visible) {
      this._unwatch = this.watch();
      if (!this._listed) {
        this._listed = true;
        void this.works.refresh();
      }
    } else {
      this._unwatch?.();
      this._unwatch = null;
    }
  }

  /** Reads everything again; who asks while it is being read gets an answer that is newer than the question. */
  async refresh(): Promise<void> {
    if (this._reading) {
      this._again = true;
      return this._reading;
    }
    this._reading = (async () => {
      do {
        this._again = false;
        await this._list();
      } while (this._again && !this._isDisposed);
    })();
    try {
      await this._reading;
    } finally {
      this._reading = null;
    }
  }

  async start(request: StartAppRequest): Promise<AppInstance | null> {
    const place = { app: request.app, file: request.file ?? null };
    const key = keyOf(place);
    this._refused.delete(key);
    return this._ask(key, async () => {
      try {
        const instance = this._accept(await this.client.start(request));
        this._ids.set(key, instance.id);
        return instance;
      } catch (error) {
        // The tab of the app says it.
        this._refused.set(key, error);
        return null;
      }
    });
  }

  async stop(id: string): Promise<void> {
    await this._ask(id, async () =>
      this._accept(await this.client.stop({ instance: id }))
    );
  }

  async restart(id: string): Promise<void> {
    await this._ask(id, async () =>
      this._accept(await this.client.restart({ instance: id }))
    );
  }

  async save(request: SaveAppRequest): Promise<void> {
    await this.client.save(request);
    await this.refresh();
  }

  log(id: string): LogWindow {
    return new LogWindow((query, signal) =>
      this.client.log({ instance: id, ...query }, signal)
    );
  }

  /** Says that something is asked, asks it, and reads again what came of it. */
  private async _ask<T>(name: string, ask: () => Promise<T>): Promise<T> {
    this._asked.add(name);
    this._emit();
    try {
      const answer = await ask();
      await this.refresh();
      return answer;
    } finally {
      this._asked.delete(name);
      this._emit();
    }
  }

  /** Takes in an instance before everything is read again. */
  private _accept(instance: AppInstance): AppInstance {
    this._apps = this._apps.map(app =>
      app.name !== instance.app
        ? app
        : {
            ...app,
            instances: [
              ...(instance.state === 'stopped' ? [] : [instance]),
              ...app.instances.filter(one => one.id !== instance.id)
            ]
          }
    );
    this._notice(instance);
    return instance;
  }

  private _notice(instance: AppInstance): void {
    if (instance.state === 'starting') {
      this._turns.set(instance.id, instance.since);
    }
  }

  private async _list(): Promise<void> {
    try {
      const found = await this.client.list();
      if (this._isDisposed) {
        return;
      }
      this._apps = found.apps;
      this._problems = found.problems;
      this._error = null;
      found.apps.forEach(app =>
        app.instances.forEach(one => this._notice(one))
      );
      // What goes on with an app may have been begun elsewhere.
      if (found.apps.some(app => app.work && !this.works.find(app.work))) {
        void this.works.refresh();
      }
    } catch (error) {
      this._error = error;
    }
    this._ready = true;
    this._read = Date.now();
    this._emit();
  }

  private _look(): void {
    if (document.visibilityState === 'hidden' || this._reading) {
      return;
    }
    const coming = this._apps.some(app =>
      app.instances.some(one => one.state === 'starting')
    );
    const old = Date.now() - this._read > CALM;
    if (coming || (this._watchers > 0 && old)) {
      void this.refresh();
    }
  }

  private _onMissed(): void {
    if (this._watchers > 0) {
      void this.refresh();
    }
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _timer: number;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _asked = new Set<string>();
  private readonly _refused = new Map<string, unknown>();
  private readonly _ids = new Map<string, string>();
  private readonly _turns = new Map<string, string>();
  private _apps: readonly App[] = [];
  private _problems: readonly string[] = [];
  private _error: unknown = null;
  private _ready = false;
  private _read = 0;
  private _reading: Promise<void> | null = null;
  private _again = false;
  private _watchers = 0;
  private _visible = false;
  private _listed = false;
  private _unwatch: (() => void) | null = null;
  private _isDisposed = false;
}
