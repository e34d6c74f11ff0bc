/**
 * Hears which records have changed: the server's event bus, and what may have been missed.
 *
 * Events are sent and forgotten. A machine that slept, or a socket that broke, loses some: whoever
 * keeps a list listens to `missed` and lists again.
 */
import type { ServiceManager } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

/** The schema of the events of room `tasks`. */
export const TASK_SCHEMA = 'https://schema.ellip.studio/task/v1';

/** One change of a task. */
export interface IChange {
  readonly id: string;
  readonly room: string;
  readonly change: 'changed' | 'removed';
}

/** The clock is late by this much after a sleep. */
const ASLEEP = 30_000;
const BEAT = 10_000;

/** The stream of changes. */
export class Feed implements IDisposable {
  constructor(
    services: Pick<ServiceManager.IManager, 'events' | 'connectionFailure'>
  ) {
    this._services = services;
    services.events.stream.connect(this._onEvent, this);
    services.connectionFailure.connect(this._onFailure, this);
    this._timer = window.setInterval(() => this._beat(), BEAT);
    document.addEventListener('visibilitychange', this._onVisible);
    window.addEventListener('online', this._onOnline);
  }

  /** One record has changed. */
  get changed(): ISignal<this, IChange> {
    return this._changed;
  }

  /** Changes may have been missed: list again. */
  get missed(): ISignal<this, void> {
    return this._missed;
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
    document.removeEventListener('visibilitychange', this._onVisible);
    window.removeEventListener('online', this._onOnline);
    this._services.events.stream.disconnect(this._onEvent, this);
    this._services.connectionFailure.disconnect(this._onFailure, this);
    Signal.clearData(this);
  }

  private _onEvent(_: unknown, event: { readonly schema_id: string }): void {
    if (event.schema_id !== TASK_SCHEMA) {
      return;
    }
    const { id, room, change } = event as unknown as IChange;
    if (typeof id === 'string' && typeof room === 'string') {
      this._changed.emit({ id, room, change });
    }
  }

  private _onFailure(): void {
    this._broken = true;
  }

  /** Notices that time has jumped, or that a lost server may be back. */
  private _beat(): void {
    const now = Date.now();
    const late = now - this._last > BEAT + ASLEEP;
    this._last = now;
    if (late || this._broken) {
      this._broken = false;
      this._missed.emit();
    }
  }

  private readonly _onVisible = (): void => {
    // The event manager stops listening while the page is hidden.
    if (document.visibilityState === 'visible') {
      this._missed.emit();
    }
  };

  private readonly _onOnline = (): void => {
    this._missed.emit();
  };

  private readonly _services: Pick<
    ServiceManager.IManager,
    'events' | 'connectionFailure'
  >;
  private readonly _timer: number;
  private readonly _changed = new Signal<this, IChange>(this);
  private readonly _missed = new Signal<this, void>(this);
  private _broken = false;
  private _isDisposed = false;
  private _last = Date.now();
}
