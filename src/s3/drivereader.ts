/**
 * What the drive reads: objects with or without their bytes, folders, and whether there is anything at a place.
 */
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Connection, ObjectDetails } from '../contract';
import { bytes } from '../kit/format';
import { ProblemError } from '../kit/request';
import type { S3Client } from './client';
import type { Format } from './drivemodel';
import { contentOf, fileModel, folderModel } from './drivemodel';
import type { IDrivePlace } from './drivepath';
import { localPathOf } from './drivepath';
import { nameOf } from './paths';
import type { IStorage } from './tokens';

/** The Lab holds what it opens in memory: above this it is not read. */
export const OPEN_MAX = 64 * 2 ** 20;
/** Rows of a folder that are listed; the panel shows all of them, page by page. */
const ROWS = 1000;

/** What the drive needs of storage. */
export interface IDriveStorage extends Pick<
  IStorage,
  'listConnections' | 'touch'
> {
  readonly client: Pick<
    S3Client,
    | 'buckets'
    | 'objects'
    | 'showObject'
    | 'makeFolder'
    | 'read'
    | 'write'
    | 'transfer'
    | 'showTransfer'
  >;
}

/** What was known of an object when it was last looked at. */
export interface ISeen {
  readonly etag: string | null;
  readonly media_type: string | null;
}

/** The reader. */
export class DriveReader {
  constructor(storage: IDriveStorage, trans: TranslationBundle) {
    this._storage = storage;
    this._trans = trans;
  }

  /** By path; null when it was not there. */
  readonly seen = new Map<string, ISeen | null>();

  async file(
    place: IDrivePlace,
    options: Contents.IFetchOptions
  ): Promise<Contents.IModel> {
    const path = localPathOf(place);
    let details: ObjectDetails;
    try {
      details = await this._storage.client.showObject(place);
    } catch (error) {
      if (isMissing(error)) {
        this.seen.set(path, null);
      }
      throw error;
    }
    const model = fileModel(place, details, await this.writable(place));
    if (options.content !== true) {
      this.seen.set(path, details);
      return model;
    }
    if (details.size > OPEN_MAX) {
      throw new Error(
        this._trans.__(
          '%1 is too large to be opened (%2, at most %3): download it, or copy it to the workspace instead.',
          nameOf(place.key),
          bytes(details.size, this._trans),
          bytes(OPEN_MAX, this._trans)
        )
      );
    }
    const response = await this._storage.client.read(place);
    const data = await response.arrayBuffer();
    // It may have been written between the two requests: what was read counts.
    const etag = likewise(response.headers.get('ETag'), details.etag);
    this.seen.set(path, { ...details, etag });
    const format = options.format as Format | undefined;
    return {
      ...model,
      ...(etag ? { hash: etag, hash_algorithm: 'etag' } : {}),
      ...contentOf(data, model, format, this._trans)
    };
  }

  async folder(place: IDrivePlace, content: boolean): Promise<Contents.IModel> {
    const { connection, bucket } = place;
    const { client } = this._storage;
    if (!content) {
      return folderModel(place);
    }
    if (!connection) {
      const all = await this._storage.listConnections();
      return folderModel(
        place,
        all.map(one =>
          folderModel({ connection: one.name, bucket: '', key: '' })
        )
      );
    }
    if (!bucket) {
      const list = await client.buckets({ connection });
      return folderModel(
        place,
        list.buckets.map(one =>
          folderModel({ connection, bucket: one.name, key: '' })
        )
      );
    }
    const prefix = prefixOf(place);
    const page = await client.objects({
      connection,
      bucket,
      prefix,
      limit: ROWS
    });
    const writable = await this.writable(place);
    return folderModel(place, [
      ...page.folders.map(folder =>
        folderModel({ connection, bucket, key: folder })
      ),
      ...page.objects
        .filter(one => one.key !== prefix)
        .map(one =>
          fileModel({ connection, bucket, key: one.key }, one, writable)
        )
    ]);
  }

  /** Whether anything lies below a place. */
  async isFolder(place: IDrivePlace): Promise<boolean> {
    const { connection, bucket } = place;
    const page = await this._storage.client.objects({
      connection,
      bucket,
      prefix: prefixOf(place),
      limit: 1
    });
    return page.objects.length + page.folders.length > 0;
  }

  /** Whether there is neither an object nor a folder at a place. */
  async isFree(place: IDrivePlace): Promise<boolean> {
    try {
      await this._storage.client.showObject(place);
      return false;
    } catch (error) {
      if (!isMissing(error)) {
        throw error;
      }
    }
    return !(await this.isFolder(place));
  }

  async writable(place: IDrivePlace): Promise<boolean> {
    const all = await this._storage.listConnections();
    const known: Connection | undefined = all.find(
      one => one.name === place.connection
    );
    return known?.auth !== 'anonymous';
  }

  private readonly _storage: IDriveStorage;
  private readonly _trans: TranslationBundle;
}

/** The prefix of what lies in a folder. */
export function prefixOf(place: IDrivePlace): string {
  const { key } = place;
  return !key || key.endsWith('/') ? key : `${key}/`;
}

/** The ETag of a reply, with quotation marks or without as the details have theirs. */
function likewise(header: string | null, known: string | null): string | null {
  const plain = header?.replace(/^W\//, '').replace(/^"|"$/g, '');
  return plain ? (known?.startsWith('"') ? `"${plain}"` : plain) : known;
}

/** Whether an error says that nothing is there. */
export function isMissing(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 404;
}
