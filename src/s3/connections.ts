/**
 * The connections there are, the services known beforehand, and how each connection does.
 */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  Connection,
  ConnectionRequest,
  ConnectionTest,
  Preset,
  TestRequest
} from '../contract';
import type { S3Client } from './client';

/** How a connection does, as far as it is known. */
export type Health = 'unknown' | 'asking' | 'good' | 'bad';

/** The connections. */
export class Connections {
  constructor(client: S3Client) {
    this._client = client;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get list(): readonly Connection[] {
    return this._list;
  }

  get presets(): readonly Preset[] {
    return this._presets;
  }

  /** What could not be read of the connections, a sentence each. */
  get problems(): readonly string[] {
    return this._problems;
  }

  /** Why the connections cannot be listed, or null. */
  get error(): unknown {
    return this._error;
  }

  /** They have been listed. */
  get ready(): boolean {
    return this._ready;
  }

  /** The one that an address without a name means. */
  get default(): Connection | null {
    return this._list.find(one => one.default) ?? null;
  }

  find(name: string | null): Connection | null {
    return this._list.find(one => one.name === name) ?? null;
  }

  health(name: string): Health {
    return this._health.get(name) ?? 'unknown';
  }

  setHealth(name: string, health: Health): void {
    this._health.set(name, health);
  }

  /** Lists them, once. */
  async read(): Promise<readonly Connection[]> {
    this._reading ??= this.refresh();
    await this._reading;
    return this._list;
  }

  async refresh(): Promise<void> {
    try {
      const [list, presets] = await Promise.all([
        this._client.connections(),
        this._presets.length ? null : this._client.presets()
      ]);
      this._list = list.connections;
      this._problems = list.problems;
      this._presets = presets?.presets ?? this._presets;
      this._error = null;
      this._ready = true;
    } catch (error) {
      this._error = error;
      this._reading = null;
    }
    this._changed.emit();
  }

  async save(request: ConnectionRequest): Promise<Connection> {
    const connection = await this._client.saveConnection(request);
    this._health.delete(connection.name);
    await this.refresh();
    return connection;
  }

  async remove(name: string): Promise<void> {
    await this._client.removeConnection({ connection: name });
    this._health.delete(name);
    await this.refresh();
  }

  async choose(name: string): Promise<void> {
    await this._client.chooseConnection({ connection: name });
    await this.refresh();
  }

  async test(request: TestRequest): Promise<ConnectionTest> {
    const test = await this._client.testConnection(request);
    if (request.name) {
      this._health.set(request.name, test.works ? 'good' : 'bad');
      this._changed.emit();
    }
    return test;
  }

  private readonly _client: S3Client;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _health = new Map<string, Health>();
  private _list: readonly Connection[] = [];
  private _presets: readonly Preset[] = [];
  private _problems: readonly string[] = [];
  private _error: unknown = null;
  private _ready = false;
  private _reading: Promise<void> | null = null;
}

/** What a connection is called. */
export function titleOf(connection: Connection): string {
  return connection.title || connection.name;
}
