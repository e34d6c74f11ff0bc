/**
 * What the panel shows: connections, one place with its rows, transfers and uploads; remembered over a reload.
 *
 * Nothing is asked of the server before somebody looks.
 */
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { Connection, Transfer, TransferSummary } from '../contract';
import type { Feed } from '../kit/feed';
import type { S3Client } from './client';
import { Connections } from './connections';
import { Listing, START } from './listing';
import { readAddress } from './paths';
import type { IRemembered } from './remember';
import { read, STATE, written } from './remember';
import type {
  IEntry,
  IPickOptions,
  IPlace,
  IStorage,
  ITouched
} from './tokens';
import type { AskPolicy } from './transfers';
import { Transfers } from './transfers';
import type { AskUploadPolicy, BrowserUpload } from './upload';
import { Uploads } from './uploads';

/** Milliseconds after a change before it is remembered, or before touched rows are read again. */
const CALM = 300;

/** The form of a connection: of a preset, or of one that there is. */
export interface IFormTarget {
  readonly preset: string | null;
  readonly name: string | null;
}

/** What was cut or copied. */
export interface IHeld {
  readonly cut: boolean;
  readonly addresses: readonly string[];
}

/** What the model stands on. */
export interface IModelOptions {
  readonly client: S3Client;
  readonly feed: Feed;
  readonly state: IStateDB | null;
  readonly askPolicy: AskPolicy;
  readonly askUploadPolicy: AskUploadPolicy;
  readonly pick: (
    storage: StorageModel,
    options: IPickOptions
  ) => Promise<string | null>;
}

/** The model. */
export class StorageModel implements IStorage, IDisposable {
  constructor(options: IModelOptions) {
    const { client, feed, state } = options;
    this.client = client;
    this._options = options;
    this.known = new Connections(client);
    this.listing = new Listing(client);
    this.transfers = new Transfers(client, feed, state, options.askPolicy);
    this.uploads = new Uploads(client, options.askUploadPolicy);
    this._save = new Debouncer(() => this._remember(), CALM);
    this._reread = new Debouncer(() => this.listing.refresh(), CALM);
    this.known.changed.connect(this._emit, this);
    this.listing.changed.connect(this._onListing, this);
    this.transfers.changed.connect(this._emit, this);
    this.transfers.ended.connect(this._onTransferEnded, this);
    this.uploads.changed.connect(this._emit, this);
    this.uploads.ended.connect(this._onUploadEnded, this);
  }

  readonly client: S3Client;
  readonly known: Connections;
  readonly listing: Listing;
  readonly transfers: Transfers;
  readonly uploads: Uploads;

  get changed(): ISignal<IStorage, void> {
    return this._changed;
  }

  get touched(): ISignal<IStorage, ITouched> {
    return this._touched;
  }

  get ended(): ISignal<IStorage, TransferSummary> {
    return this._ended;
  }

  get connections(): readonly Connection[] {
    return this.known.list;
  }

  get place(): IPlace {
    return this.listing.place;
  }

  get selection(): readonly IEntry[] {
    return this.listing.selection;
  }

  /** The form that is open instead of the rows, or null. */
  get form(): IFormTarget | null {
    return this._form;
  }

  /** The row whose name is being changed, or null. */
  get renaming(): string | null {
    return this._renaming;
  }

  get held(): IHeld | null {
    return this._held;
  }

  get showTransfers(): boolean {
    return this._showTransfers;
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
    this._reread.dispose();
    this.listing.dispose();
    this.transfers.dispose();
    this.uploads.dispose();
    Signal.clearData(this);
  }

  /** Somebody looks: what was shown the last time is read. */
  wake(): Promise<void> {
    this._awake ??= this._wake();
    return this._awake;
  }

  listConnections(): Promise<readonly Connection[]> {
    return this.known.read();
  }

  async open(place: IPlace, key?: string): Promise<void> {
    this._form = null;
    await this.listing.open(place, key === undefined ? [] : [key]);
  }

  /** Reads the connections and the rows again. */
  async refresh(): Promise<void> {
    await Promise.all([
      this.known.refresh(),
      this.listing.refresh(),
      this.transfers.refresh()
    ]);
  }

  touch(touched: ITouched): void {
    this._touched.emit(touched);
    const { connection, bucket, prefix } = this.place;
    if (
      touched.connection === connection &&
      (touched.bucket === bucket || bucket === null) &&
      (touched.key.startsWith(prefix) || prefix.startsWith(touched.key))
    ) {
      void this._reread.invoke();
    }
  }

  pick(options: IPickOptions): Promise<string | null> {
    return this._options.pick(this, options);
  }

  showForm(form: IFormTarget | null): void {
    this._form = form;
    this._emit();
  }

  rename(id: string | null): void {
    this._renaming = id;
    this._emit();
  }

  hold(held: IHeld | null): void {
    this._held = held;
    this._emit();
  }

  setShowTransfers(show: boolean): void {
    this._showTransfers = show;
    this._emit();
  }

  async removeConnection(name: string): Promise<void> {
    await this.known.remove(name);
    if (this.place.connection === name) {
      await this.open(START);
    }
  }

  private async _wake(): Promise<void> {
    const saved = read(await this._options.state?.fetch(STATE));
    const connections = this.known.read();
    void this.transfers.refresh();
    if (saved) {
      this._showTransfers = saved.showTransfers;
      this.listing.setSort(saved.sort);
      if (saved.place.connection !== null) {
        await this.listing.open(saved.place, saved.keys);
        this.listing.setFilter(saved.filter || this.listing.filter);
      }
      this._recalled = true;
      return;
    }
    await connections;
    this._recalled = true;
    // A connection of one's own is shown at once; the store of this machine is started only when it is asked for.
    const chosen = this.known.default;
    if (
      chosen?.source === 'saved' &&
      this.place.connection === null &&
      !this._form
    ) {
      await this.open({ ...START, connection: chosen.name });
    }
  }

  private _remember(): void {
    const state: IRemembered = {
      place: this.place,
      filter: this.listing.filter,
      sort: this.listing.sort,
      keys: this.selection.slice(0, 100).map(row => row.key || row.bucket),
      showTransfers: this._showTransfers
    };
    this._options.state
      ?.save(STATE, written(state) as ReadonlyPartialJSONObject)
      .catch((error: unknown) => console.warn('Cannot save the state', error));
  }

  private _onListing(): void {
    const { connection } = this.place;
    if (connection !== null) {
      const { error, loading, ready } = this.listing;
      this.known.setHealth(
        connection,
        error !== null
          ? 'bad'
          : loading && !ready
            ? 'asking'
            : ready
              ? 'good'
              : 'unknown'
      );
    }
    this._emit();
  }

  private _onTransferEnded(_: Transfers, transfer: Transfer): void {
    const { action, sources, target } = transfer.request;
    const gone = action === 'move' || action === 'delete' ? sources : [];
    for (const text of target ? [...gone, target] : gone) {
      const address = readAddress(text);
      if (address) {
        const connection = address.connection ?? this.known.default?.name ?? '';
        this.touch({ ...address, connection });
      }
    }
    this._ended.emit(transfer);
  }

  private _onUploadEnded(_: Uploads, upload: BrowserUpload): void {
    this.touch(upload.target);
  }

  private _emit(): void {
    this._changed.emit();
    if (this._recalled) {
      void this._save.invoke();
    }
  }

  private readonly _options: IModelOptions;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _touched = new Signal<this, ITouched>(this);
  private readonly _ended = new Signal<this, TransferSummary>(this);
  private readonly _save: Debouncer<void>;
  private readonly _reread: Debouncer<void>;
  private _awake: Promise<void> | null = null;
  private _form: IFormTarget | null = null;
  private _renaming: string | null = null;
  private _held: IHeld | null = null;
  private _showTransfers = true;
  private _recalled = false;
  private _isDisposed = false;
}
