/**
 * The uploads of this browser, as long as it is open: they live in the page, not on the server.
 */
import type { IDisposable } from '@lumino/disposable';
import { Throttler } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { isFinal } from '../kit/state';
import type { S3Client } from './client';
import type { ILocalFile } from './drop';
import type { ITouched } from './tokens';
import type { AskUploadPolicy } from './upload';
import { BrowserUpload } from './upload';

/** Milliseconds between two repaints. */
const CALM = 200;

/** The uploads. */
export class Uploads implements IDisposable {
  constructor(client: S3Client, ask: AskUploadPolicy) {
    this._client = client;
    this._ask = ask;
    this._calm = new Throttler(() => this._changed.emit(), CALM);
    window.addEventListener('beforeunload', this._onLeave);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get ended(): ISignal<this, BrowserUpload> {
    return this._ended;
  }

  /** Newest first. */
  get list(): readonly BrowserUpload[] {
    return this._list;
  }

  get active(): readonly BrowserUpload[] {
    return this._list.filter(one => !isFinal(one.state));
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.removeEventListener('beforeunload', this._onLeave);
    this._list.forEach(one => one.stop());
    this._calm.dispose();
    Signal.clearData(this);
  }

  find(id: string): BrowserUpload | undefined {
    return this._list.find(one => one.id === id);
  }

  /** Sends files below a prefix; `title` is what a person reads. */
  start(
    title: string,
    target: ITouched,
    files: AsyncGenerator<ILocalFile>
  ): BrowserUpload {
    this._count += 1;
    const upload = new BrowserUpload(
      this._client,
      `upload-${this._count}`,
      title,
      target,
      files,
      this._ask
    );
    upload.changed.connect(this._onChange, this);
    this._list = [upload, ...this._list];
    void this._run(upload);
    return upload;
  }

  /** Goes on with one that stopped or failed. */
  resume(upload: BrowserUpload): void {
    void this._run(upload);
  }

  /** Forgets one, and the parts that it has left in the store. */
  async remove(upload: BrowserUpload): Promise<void> {
    this._list = this._list.filter(one => one !== upload);
    this._changed.emit();
    await upload.drop();
  }

  private async _run(upload: BrowserUpload): Promise<void> {
    await upload.run();
    this._ended.emit(upload);
    this._changed.emit();
  }

  private _onChange(): void {
    void this._calm.invoke();
  }

  /** The browser asks before it leaves a page whose uploads would end. */
  private readonly _onLeave = (event: BeforeUnloadEvent): void => {
    if (this.active.length) {
      event.preventDefault();
    }
  };

  private readonly _client: S3Client;
  private readonly _ask: AskUploadPolicy;
  private readonly _calm: Throttler<void>;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _ended = new Signal<this, BrowserUpload>(this);
  private _list: readonly BrowserUpload[] = [];
  private _count = 0;
  private _isDisposed = false;
}
