/**
 * Storage as a drive of the Lab: its viewers and editors open and save objects by path, `S3:NAME/bucket/key`.
 *
 * An object's ETag is its hash: the Lab notices by it that somebody else has written meanwhile, and what is
 * written carries the ETag that was seen last, so that nothing is overwritten in between either.
 */
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { TransferRequest, Written } from '../contract';
import { bytes } from '../kit/format';
import { describe } from '../kit/notice';
import { ProblemError } from '../kit/request';
import { downloadUrl } from './client';
import { bytesOf, emptyOf, fileModel, folderModel } from './drivemodel';
import type { IDrivePlace } from './drivepath';
import { localPathOf, parseLocalPath } from './drivepath';
import type { IDriveStorage } from './drivereader';
import { DriveReader, isMissing, prefixOf } from './drivereader';
import { addressOf, nameOf, parentOf } from './paths';
import { DRIVE } from './tokens';
import { carriedOut } from './waiting';

/** The server takes no more in one piece. */
export const SAVE_MAX = 16 * 2 ** 20;
/** What the drive stands on. */
export interface IDriveOptions {
  readonly storage: IDriveStorage;
  readonly serverSettings: ServerConnection.ISettings;
  readonly trans: TranslationBundle;
}

/** The drive. */
export class S3Drive implements Contents.IDrive {
  constructor(options: IDriveOptions) {
    this.serverSettings = options.serverSettings;
    this._storage = options.storage;
    this._trans = options.trans;
    this._reader = new DriveReader(options.storage, options.trans);
  }

  readonly name = DRIVE;
  readonly serverSettings: ServerConnection.ISettings;

  get fileChanged(): ISignal<this, Contents.IChangedArgs> {
    return this._fileChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
    }
  }

  get(
    path: string,
    options: Contents.IFetchOptions = { content: true }
  ): Promise<Contents.IModel> {
    return this._said(async () => {
      const place = parseLocalPath(path);
      const asked = options.content === true;
      if (!place.key || options.type === 'directory') {
        return this._reader.folder(place, asked);
      }
      try {
        return await this._reader.file(place, options);
      } catch (error) {
        if (
          isMissing(error) &&
          options.type === undefined &&
          (await this._reader.isFolder(place))
        ) {
          return this._reader.folder(place, asked);
        }
        throw error;
      }
    });
  }

  getDownloadUrl(path: string): Promise<string> {
    return Promise.resolve(
      downloadUrl(this.serverSettings, parseLocalPath(path))
    );
  }

  newUntitled(options: Contents.ICreateOptions = {}): Promise<Contents.IModel> {
    return this._said(async () => {
      const { type = 'file' } = options;
      const folder = parseLocalPath(options.path ?? '');
      const empty = emptyOf(type, options.ext, this._trans);
      for (let turn = 0; ; turn += 1) {
        const place = below(folder, empty.name(turn));
        try {
          const model =
            type === 'directory'
              ? await this._makeFolder(place)
              : await this._write(place, empty.data, { if_absent: true });
          this._fileChanged.emit({
            type: 'new',
            oldValue: null,
            newValue: model
          });
          return model;
        } catch (error) {
          if (!isConflict(error) || turn > 99) {
            throw error;
          }
        }
      }
    });
  }

  save(
    path: string,
    options: Partial<Contents.IModel> = {}
  ): Promise<Contents.IModel> {
    return this._said(async () => {
      const place = parseLocalPath(path);
      if (options.type === 'directory') {
        return this._makeFolder(place);
      }
      const data = bytesOf(options);
      if (data.size > SAVE_MAX) {
        throw new Error(
          this._trans.__(
            '%1 is too large to be saved to storage from an editor (%2, at most %3): save it in the workspace and upload it.',
            nameOf(place.key),
            bytes(data.size, this._trans),
            bytes(SAVE_MAX, this._trans)
          )
        );
      }
      const seen = this._reader.seen.get(path);
      try {
        const model = await this._write(place, data, {
          media_type: seen?.media_type ?? null,
          // What was not there when it was looked for is not overwritten when it has come since.
          ...(seen === null
            ? { if_absent: true }
            : { if_match: seen?.etag ?? null })
        });
        this._fileChanged.emit({
          type: 'save',
          oldValue: null,
          newValue: model
        });
        return model;
      } catch (error) {
        if (isConflict(error)) {
          throw new ServerConnection.ResponseError(
            new Response(null, { status: 409 }),
            this._trans.__(
              '%1 has been changed by somebody else since it was opened, so nothing was written. Save once more to choose between the two.',
              addressOf(place)
            )
          );
        }
        throw error;
      }
    });
  }

  delete(path: string): Promise<void> {
    return this._said(async () => {
      const { place, address } = await this._whole(path);
      await this._carryOut({ action: 'delete', sources: [address] }, place);
      this._reader.seen.delete(path);
      this._fileChanged.emit({
        type: 'delete',
        oldValue: { path },
        newValue: null
      });
    });
  }

  rename(path: string, newPath: string): Promise<Contents.IModel> {
    return this._said(async () => {
      const { place, address, folder } = await this._whole(path);
      const target = parseLocalPath(newPath);
      await this._mustBeFree(newPath, target);
      await this._carryOut(
        {
          action: 'move',
          sources: [address],
          target: addressOf(target) + (folder ? '/' : ''),
          policy: 'ask'
        },
        place,
        target
      );
      this._reader.seen.delete(path);
      const model = await this.get(newPath, { content: false });
      this._fileChanged.emit({
        type: 'rename',
        oldValue: { path },
        newValue: model
      });
      return model;
    });
  }

  copy(path: string, toFolder: string): Promise<Contents.IModel> {
    return this._said(async () => {
      const { place, address, folder } = await this._whole(path);
      const into = parseLocalPath(toFolder);
      const name = nameOf(place.key);
      const ending = folder ? '' : PathExt.extname(name);
      const stem = name.slice(0, name.length - ending.length);
      let target = below(into, name);
      for (let turn = 1; !(await this._reader.isFree(target)); turn += 1) {
        target = below(into, `${stem}-Copy${turn}${ending}`);
      }
      await this._carryOut(
        {
          action: 'copy',
          sources: [address],
          target: addressOf(target) + (folder ? '/' : ''),
          policy: 'ask'
        },
        target
      );
      const model = await this.get(localPathOf(target), { content: false });
      this._fileChanged.emit({ type: 'new', oldValue: null, newValue: model });
      return model;
    });
  }

  /** There are none: a bucket that keeps versions keeps every one of them. */
  createCheckpoint(): Promise<Contents.ICheckpointModel> {
    return Promise.resolve({
      id: 'none',
      last_modified: new Date().toISOString()
    });
  }

  listCheckpoints(): Promise<Contents.ICheckpointModel[]> {
    return Promise.resolve([]);
  }

  restoreCheckpoint(): Promise<void> {
    return Promise.reject(
      new Error(
        this._trans.__(
          'Storage has no checkpoints; where the bucket keeps versions, the details of the object restore them.'
        )
      )
    );
  }

  deleteCheckpoint(): Promise<void> {
    return Promise.resolve();
  }

  private async _write(
    place: IDrivePlace,
    data: Blob,
    condition: {
      readonly media_type?: string | null;
      readonly if_match?: string | null;
      readonly if_absent?: boolean;
    }
  ): Promise<Contents.IModel> {
    const path = localPathOf(place);
    const written: Written = await this._storage.client.write(
      { ...place, ...condition },
      data
    );
    const now = {
      key: place.key,
      size: data.size,
      modified: new Date().toISOString(),
      etag: written.etag,
      media_type: condition.media_type ?? null
    };
    this._reader.seen.set(path, now);
    this._storage.touch(place);
    return fileModel(place, now, true);
  }

  private async _makeFolder(place: IDrivePlace): Promise<Contents.IModel> {
    if (!(await this._reader.isFree(place))) {
      throw new ProblemError({
        status: 409,
        kind: 'conflict',
        detail: this._trans.__('%1 is there already', addressOf(place))
      });
    }
    const folder = { ...place, key: `${place.key}/` };
    await this._storage.client.makeFolder(folder);
    this._storage.touch(folder);
    return folderModel(place);
  }

  /** What a path means as a whole: an object, or all that is below a folder. */
  private async _whole(
    path: string
  ): Promise<{ place: IDrivePlace; address: string; folder: boolean }> {
    const place = parseLocalPath(path);
    if (!place.key) {
      throw new Error(
        this._trans.__('Buckets and connections are changed in Storage.')
      );
    }
    const model = await this.get(path, { content: false });
    const folder = model.type === 'directory';
    const whole = folder ? { ...place, key: `${place.key}/` } : place;
    return { place: whole, address: addressOf(whole), folder };
  }

  private async _mustBeFree(path: string, place: IDrivePlace): Promise<void> {
    if (!(await this._reader.isFree(place))) {
      throw new ServerConnection.ResponseError(
        new Response(null, { status: 409 }),
        this._trans.__('%1 is there already', path)
      );
    }
  }

  /** Has a transfer carried out, and waits for its end. */
  private async _carryOut(
    request: TransferRequest,
    ...touched: readonly IDrivePlace[]
  ): Promise<void> {
    await carriedOut(this._storage.client, request, this._trans);
    for (const place of touched) {
      this._storage.touch({ ...place, key: parentOf(place.key) });
    }
  }

  /** Does something; its errors are such as the Lab knows, with the hint in their sentence. */
  private async _said<T>(verb: () => Promise<T>): Promise<T> {
    try {
      return await verb();
    } catch (error) {
      if (error instanceof ProblemError && error.status >= 200) {
        throw new ServerConnection.ResponseError(
          new Response(null, { status: error.status }),
          describe(error, this._trans)
        );
      }
      throw error;
    }
  }

  private readonly _storage: IDriveStorage;
  private readonly _trans: TranslationBundle;
  private readonly _reader: DriveReader;
  private readonly _fileChanged = new Signal<this, Contents.IChangedArgs>(this);
  private _isDisposed = false;
}

function below(folder: IDrivePlace, name: string): IDrivePlace {
  return { ...folder, key: prefixOf(folder) + name };
}

function isConflict(error: unknown): boolean {
  return (
    error instanceof ProblemError &&
    (error.status === 409 || error.status === 412)
  );
}
