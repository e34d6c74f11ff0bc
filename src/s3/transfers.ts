/**
 * The transfers: a page of the newest, kept fresh by the server's events; those begun here are waited for.
 */
import type { IStateDB } from '@jupyterlab/statedb';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  Policy,
  Transfer,
  TransferRequest,
  TransferSummary
} from '../contract';
import type { Feed, IChange } from '../kit/feed';
import { ProblemError } from '../kit/request';
import { isFinal } from '../kit/state';
import type { S3Client } from './client';

const PAGE = 50;
/** Milliseconds in which changes of the same transfers are taken together. */
const GATHER = 150;
/** Milliseconds between two looks at transfers that run: their rate is read, not announced. */
const LOOK = 1000;
/** Where the transfers that this person waits for are remembered. */
const AWAITED = 'ellip-lab:s3-awaited';

/** Asks what happens to what is there already; null when nothing is to be done at all. */
export type AskPolicy = (conflict: ProblemError) => Promise<Policy | null>;

/** The transfers. */
export class Transfers implements IDisposable {
  constructor(
    client: S3Client,
    feed: Feed,
    state: IStateDB | null,
    ask: AskPolicy
  ) {
    this._client = client;
    this._state = state;
    this._ask = ask;
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
  get ended(): ISignal<this, Transfer> {
    return this._ended;
  }

  /** Newest first. */
  get list(): readonly TransferSummary[] {
    return [...this._known.values()].sort((one, other) =>
      one.id < other.id ? 1 : -1
    );
  }

  get active(): readonly TransferSummary[] {
    return this.list.filter(one => !isFinal(one.state));
  }

  get error(): unknown {
    return this._error;
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

  /** The whole record of a transfer, where it has been read. */
  record(id: string): Transfer | null {
    return this._records.get(id) ?? null;
  }

  /** Reads the whole record of a transfer: its failures, and what was asked. */
  async show(id: string): Promise<Transfer> {
    const record = await this._client.showTransfer(id);
    this._accept(record);
    this._records.set(id, record);
    this._changed.emit();
    return record;
  }

  async refresh(): Promise<void> {
    try {
      const page = await this._client.transfers({ limit: PAGE });
      if (this._isDisposed) {
        return;
      }
      const listed = new Set(page.transfers.map(one => one.id));
      const oldest = page.next ? page.transfers[listed.size - 1]?.id : '';
      for (const id of this._known.keys()) {
        if (id >= (oldest ?? '') && !listed.has(id)) {
          this._known.delete(id);
        }
      }
      page.transfers.forEach(one => this._accept(one));
      this._error = null;
    } catch (error) {
      this._error = error;
    }
    this._changed.emit();
  }

  /** Starts a transfer; asks first where something is in its way. Null when the person wants none. */
  async start(request: TransferRequest): Promise<Transfer | null> {
    let transfer: Transfer;
    try {
      transfer = await this._client.transfer(request);
    } catch (error) {
      const asked = (request.policy ?? 'ask') === 'ask';
      if (!(error instanceof ProblemError) || error.status !== 409 || !asked) {
        throw error;
      }
      const policy = await this._ask(error);
      if (policy === null) {
        return null;
      }
      transfer = await this._client.transfer({ ...request, policy });
    }
    this._await(transfer);
    return transfer;
  }

  async stop(id: string): Promise<void> {
    this._accept(await this._client.stopTransfer(id));
    this._changed.emit();
  }

  async resume(id: string): Promise<void> {
    this._await(await this._client.resumeTransfer(id));
  }

  async remove(id: string): Promise<void> {
    await this._client.removeTransfer(id);
    this._drop(id);
  }

  private _await(transfer: Transfer): void {
    this._awaited.add(transfer.id);
    this._remember();
    this._accept(transfer);
    this._records.set(transfer.id, transfer);
    this._changed.emit();
  }

  /** Takes in what is known of a transfer now, and tells its end to who waits for it. */
  private _accept(one: TransferSummary): void {
    this._known.set(one.id, one);
    if (isFinal(one.state) && this._awaited.delete(one.id)) {
      this._remember();
      this._client.showTransfer(one.id).then(
        record => {
          this._records.set(record.id, record);
          this._ended.emit(record);
          this._changed.emit();
        },
        (error: unknown) =>
          console.warn('The transfer that ended is gone', error)
      );
    }
  }

  private _drop(id: string): void {
    this._known.delete(id);
    this._records.delete(id);
    this._changed.emit();
  }

  private _onChange(_: Feed, change: IChange): void {
    if (change.room !== 's3') {
      return;
    }
    if (change.change === 'removed') {
      this._drop(change.id);
      return;
    }
    this._stale.add(change.id);
    void this._gather.invoke();
  }

  private async _readStale(): Promise<void> {
    const ids = [...this._stale];
    this._stale.clear();
    if (ids.length > 4) {
      await this.refresh();
    } else {
      await Promise.all(ids.map(id => this._read(id)));
    }
  }

  private async _read(id: string): Promise<void> {
    try {
      const record = await this._client.showTransfer(id);
      this._accept(record);
      this._records.set(id, record);
      this._error = null;
    } catch (error) {
      if (error instanceof ProblemError && error.status === 404) {
        this._known.delete(id);
        this._records.delete(id);
      } else {
        this._error = error;
      }
    }
    this._changed.emit();
  }

  private _onMissed(): void {
    if (this._known.size) {
      void this.refresh();
    }
  }

  /** How far a transfer is changes too often to be announced: it is looked at while somebody can see it. */
  private _look(): void {
    if (document.visibilityState === 'hidden' || this._looking) {
      return;
    }
    const ids = this.active.map(one => one.id);
    if (ids.length) {
      this._looking = true;
      void (
        ids.length > 4
          ? this.refresh()
          : Promise.all(ids.map(id => this._read(id)))
      ).finally(() => {
        this._looking = false;
      });
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

  private readonly _client: S3Client;
  private readonly _state: IStateDB | null;
  private readonly _ask: AskPolicy;
  private readonly _gather: Debouncer<void>;
  private readonly _timer: number;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _ended = new Signal<this, Transfer>(this);
  private readonly _known = new Map<string, TransferSummary>();
  private readonly _records = new Map<string, Transfer>();
  private readonly _awaited = new Set<string>();
  private readonly _stale = new Set<string>();
  private _error: unknown = null;
  private _looking = false;
  private _isDisposed = false;
}
