/**
 * The pages below one prefix, or the buckets of a connection: read one after another, never again.
 */
import type { S3Client } from './client';
import { bucketEntry, folderEntry, objectEntry } from './entries';
import type { IEntry, IPlace } from './tokens';

/** The first page is small, so that it comes at once; the others are as large as stores give them. */
const FIRST = 200;
const FURTHER = 1000;

/** The pages. */
export class Pages {
  constructor(client: S3Client, place: IPlace) {
    this._client = client;
    this._place = place;
    this._complete = place.connection === null;
  }

  get entries(): readonly IEntry[] {
    return this._entries;
  }

  get complete(): boolean {
    return this._complete;
  }

  get loading(): boolean {
    return this._reading !== null;
  }

  get ready(): boolean {
    return this._ready;
  }

  get error(): unknown {
    return this._error;
  }

  get listed(): boolean {
    return this._listed;
  }

  /** Nobody wants them any more. */
  get stopped(): boolean {
    return this._abort.signal.aborted;
  }

  /** Reads the next page; two who ask at once wait for the same one. */
  more(): Promise<void> {
    this._reading ??= this._next().finally(() => {
      this._reading = null;
    });
    return this._reading;
  }

  /** Reads pages until there are at least as many rows. */
  async read(count: number): Promise<void> {
    do {
      await this.more();
    } while (
      this._entries.length < count &&
      !this._complete &&
      this._error === null &&
      !this.stopped
    );
  }

  /** Keeps the rows and says why they could not be read again. */
  fail(error: unknown): void {
    this._error = error;
  }

  stop(): void {
    this._abort.abort();
  }

  /** Nobody waits for them any more, and this is what they see instead. */
  giveUp(error: unknown): void {
    this.stop();
    this._error = error;
    this._ready = true;
    this._reading = null;
  }

  private async _next(): Promise<void> {
    const { connection, bucket, prefix } = this._place;
    const { signal } = this._abort;
    this._error = null;
    if (connection === null) {
      this._ready = true;
      return;
    }
    try {
      if (bucket === null) {
        const list = await this._client.buckets({ connection }, signal);
        this._entries = list.buckets.map(one => bucketEntry(connection, one));
        this._listed = list.listed;
        this._complete = true;
      } else {
        const page = await this._client.objects(
          {
            connection,
            bucket,
            prefix,
            limit: this._token === null ? FIRST : FURTHER,
            after: this._token
          },
          signal
        );
        this._entries = [
          ...this._entries,
          ...page.folders.map(key => folderEntry(this._place, key)),
          ...page.objects.map(one => objectEntry(this._place, one))
        ];
        this._token = page.next;
        this._complete = page.next === null;
      }
    } catch (error) {
      if (!this.stopped) {
        this._error = error;
      }
    }
    this._ready = true;
  }

  private readonly _client: S3Client;
  private readonly _place: IPlace;
  private readonly _abort = new AbortController();
  private _entries: readonly IEntry[] = [];
  private _token: string | null = null;
  private _reading: Promise<void> | null = null;
  private _complete: boolean;
  private _ready = false;
  private _listed = true;
  private _error: unknown = null;
}
