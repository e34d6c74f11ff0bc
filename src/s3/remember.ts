/**
 * What the panel remembers over a reload; never a secret, never what a form holds.
 */
import type { JSONObject } from '@lumino/coreutils';

import type { ISort } from './entries';
import { BY_NAME } from './entries';
import type { IPlace } from './tokens';

/** Where it is kept. */
export const STATE = 'ellip-lab:s3';

/** What is remembered. */
export interface IRemembered {
  readonly place: IPlace;
  readonly filter: string;
  readonly sort: ISort;
  /** The keys that are selected. */
  readonly keys: readonly string[];
  readonly showTransfers: boolean;
}

/** What was remembered; null when there is nothing, or nothing that can be understood. */
export function read(saved: unknown): IRemembered | null {
  if (!isObject(saved) || !isObject(saved.place)) {
    return null;
  }
  const { connection, bucket, prefix } = saved.place;
  const sort = isObject(saved.sort) ? saved.sort : {};
  return {
    place: {
      connection: text(connection),
      bucket: text(connection) === null ? null : text(bucket),
      prefix: text(bucket) === null ? '' : (text(prefix) ?? '')
    },
    filter: text(saved.filter) ?? '',
    sort:
      sort.by === 'size' || sort.by === 'modified' || sort.by === 'name'
        ? { by: sort.by, down: sort.down === true }
        : BY_NAME,
    keys: Array.isArray(saved.keys)
      ? saved.keys.filter((key): key is string => typeof key === 'string')
      : [],
    showTransfers: saved.showTransfers !== false
  };
}

/** As JSON. */
export function written(state: IRemembered): JSONObject {
  return JSON.parse(JSON.stringify(state)) as JSONObject;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
