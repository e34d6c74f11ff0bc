/**
 * Rows: made of what the server lists, filtered, put in order.
 */
import type { BucketInfo, ObjectInfo } from '../contract';
import { nameOf } from './paths';
import type { IEntry, IPlace } from './tokens';

/** The order of the rows. */
export interface ISort {
  readonly by: 'name' | 'size' | 'modified';
  readonly down: boolean;
}

/** As the server lists them. */
export const BY_NAME: ISort = { by: 'name', down: false };

/** What tells one row from another in its place. */
export function idOf(entry: IEntry): string {
  return `${entry.kind} ${entry.kind === 'bucket' ? entry.bucket : entry.key}`;
}

/** The row of a bucket. */
export function bucketEntry(connection: string, bucket: BucketInfo): IEntry {
  return {
    kind: 'bucket',
    connection,
    bucket: bucket.name,
    key: '',
    name: bucket.name,
    size: null,
    modified: bucket.created,
    etag: null,
    storageClass: null
  };
}

/** The row of a folder. */
export function folderEntry(place: IPlace, key: string): IEntry {
  return {
    kind: 'folder',
    connection: place.connection ?? '',
    bucket: place.bucket ?? '',
    key,
    name: nameOf(key),
    size: null,
    modified: null,
    etag: null,
    storageClass: null
  };
}

/** The row of an object. */
export function objectEntry(place: IPlace, object: ObjectInfo): IEntry {
  return {
    kind: 'object',
    connection: place.connection ?? '',
    bucket: place.bucket ?? '',
    key: object.key,
    name: nameOf(object.key),
    size: object.size,
    modified: object.modified,
    etag: object.etag,
    storageClass: object.storage_class
  };
}

/** The rows whose names hold the text, and those that the server has found by it, each once. */
export function matching(
  loaded: readonly IEntry[],
  found: readonly IEntry[] | undefined,
  filter: string
): readonly IEntry[] {
  const words = filter.toLowerCase();
  const rows = loaded.filter(row => row.name.toLowerCase().includes(words));
  if (!found?.length) {
    return rows;
  }
  const have = new Set(rows.map(idOf));
  const more = found.filter(row => !have.has(idOf(row)));
  return [...rows, ...more].sort((one, other) => compare(one.key, other.key));
}

/** The rows in order: folders before objects, always. */
export function inOrder(
  rows: readonly IEntry[],
  sort: ISort
): readonly IEntry[] {
  const folders = rows.filter(row => row.kind === 'folder');
  const others = rows.filter(row => row.kind !== 'folder');
  if (sort.by === 'name') {
    return sort.down
      ? [...folders.reverse(), ...others.reverse()]
      : folders.length
        ? [...folders, ...others]
        : others;
  }
  const turn = sort.down ? -1 : 1;
  others.sort((one, other) =>
    sort.by === 'size'
      ? turn * ((one.size ?? 0) - (other.size ?? 0))
      : turn * compare(one.modified ?? '', other.modified ?? '')
  );
  return [...folders, ...others];
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
