/**
 * What other rooms may use of room `s3`.
 */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { Connection, TransferSummary } from '../contract';
import type { S3Client } from './client';

export { addressesOf, shortened } from './addresses';

/** A place in the panel; no connection is the start, no bucket is the list of buckets. */
export interface IPlace {
  readonly connection: string | null;
  readonly bucket: string | null;
  /** Empty, or ending in `/`. */
  readonly prefix: string;
}

/** One row of the panel. */
export interface IEntry {
  readonly kind: 'bucket' | 'folder' | 'object';
  readonly connection: string;
  readonly bucket: string;
  /** The whole key; a folder's ends in `/`, a bucket's is empty. */
  readonly key: string;
  /** The last part of the key, as a person reads it. */
  readonly name: string;
  readonly size: number | null;
  /** ISO 8601, as the server writes it. */
  readonly modified: string | null;
  readonly etag: string | null;
  readonly storageClass: string | null;
}

/** Something below a prefix has been written, moved or deleted from this browser. */
export interface ITouched {
  readonly connection: string;
  readonly bucket: string;
  /** The key of an object, or a prefix that ends in `/` or is empty. */
  readonly key: string;
}

/** What a person is asked to choose. */
export interface IPickOptions {
  /** An object, or a prefix (a folder, or a whole bucket). */
  readonly kind: 'object' | 'prefix';
  readonly title: string;
  /** Where the choice begins; the place of the panel when absent. */
  readonly start?: IPlace;
}

/** Storage, as the other rooms and the rest of this one see it. */
export interface IStorage {
  /** The connections, the place, the selection or the list of transfers have changed. */
  readonly changed: ISignal<IStorage, void>;
  /** Somebody in this browser has changed objects: what shows them reads again. */
  readonly touched: ISignal<IStorage, ITouched>;
  /** A transfer that was started from this browser has ended. */
  readonly ended: ISignal<IStorage, TransferSummary>;
  /** The verbs of the server. */
  readonly client: S3Client;
  /** Empty until they are listed for the first time: see `listConnections`. */
  readonly connections: readonly Connection[];
  readonly place: IPlace;
  /** The selected rows, in the order of the list. */
  readonly selection: readonly IEntry[];

  /** Lists the connections, once; nothing is connected for it. */
  listConnections(): Promise<readonly Connection[]>;
  /** Goes to a place, and selects the object `key` there. */
  open(place: IPlace, key?: string): Promise<void>;
  /** Tells everyone that objects have changed. */
  touch(touched: ITouched): void;
  /** Lets the person choose; gives `s3://NAME@bucket/key`, or null. */
  pick(options: IPickOptions): Promise<string | null>;
}

/** The token of storage. */
export const IStorage = new Token<IStorage>(
  'ellip-lab:IStorage',
  'Object storage: its connections, what is shown and selected, and its verbs.'
);

/** The name of the drive that shows storage to the Lab's viewers: `S3:NAME/bucket/key`. */
export const DRIVE = 'S3';

/** The commands of the room; those of an object take `{address}`, else the selection is meant. */
export namespace CommandIDs {
  export const panel = 'ellip-lab:s3-panel';
  export const connect = 'ellip-lab:s3-connect';
  export const editConnection = 'ellip-lab:s3-edit-connection';
  export const removeConnection = 'ellip-lab:s3-remove-connection';
  export const testConnection = 'ellip-lab:s3-test-connection';
  export const chooseConnection = 'ellip-lab:s3-choose-connection';
  export const refresh = 'ellip-lab:s3-refresh';
  export const makeBucket = 'ellip-lab:s3-make-bucket';
  export const makeFolder = 'ellip-lab:s3-make-folder';
  export const upload = 'ellip-lab:s3-upload';
  export const uploadFolder = 'ellip-lab:s3-upload-folder';
  /** From the file browser to the place of the panel. */
  export const send = 'ellip-lab:s3-send';
  export const download = 'ellip-lab:s3-download';
  export const fetch = 'ellip-lab:s3-fetch';
  export const rename = 'ellip-lab:s3-rename';
  export const remove = 'ellip-lab:s3-remove';
  export const cut = 'ellip-lab:s3-cut';
  export const copy = 'ellip-lab:s3-copy';
  export const paste = 'ellip-lab:s3-paste';
  export const presign = 'ellip-lab:s3-presign';
  /** Takes `{language}`: one of the contract's `CodeLanguage`. */
  export const copyCode = 'ellip-lab:s3-copy-code';
  export const stopTransfer = 'ellip-lab:s3-stop-transfer';
  export const resumeTransfer = 'ellip-lab:s3-resume-transfer';
  export const removeTransfer = 'ellip-lab:s3-remove-transfer';
  export const showTransfers = 'ellip-lab:s3-show-transfers';

  /** Opens objects in the Lab (open.ts); the panel runs it on Enter and double click. */
  export const openObject = 'ellip-lab:s3-open';
  /** Shows an object in its folder, or what is in a folder, in the panel (open.ts). */
  export const show = 'ellip-lab:s3-show';
  /** Gives the connection to the notebook in front (notebook.ts). */
  export const useInNotebook = 'ellip-lab:s3-use-in-notebook';
  /** Puts an object or a folder into the run form in front (room `cwl`). */
  export const useAsInput = 'ellip-lab:s3-use-as-input';
}
