/**
 * Keys and addresses: `s3://[NAME@]bucket/key`, where a key is any text and `/` only looks like a folder.
 */
import type { IEntry, IPlace } from './tokens';

/** Where a key lies. */
export interface IAddress {
  readonly connection: string | null;
  readonly bucket: string;
  readonly key: string;
}

/** Writes an address. */
export function addressOf(place: IAddress): string {
  const name = place.connection ? `${place.connection}@` : '';
  return `s3://${name}${place.bucket}/${place.key}`;
}

/** Reads an address; null when it is none. */
export function readAddress(text: string): IAddress | null {
  const found =
    /^s3:\/\/(?:([A-Za-z0-9_][A-Za-z0-9_.+-]{0,63})@)?([A-Za-z0-9][A-Za-z0-9._-]{2,62})(?:\/([^]*))?$/.exec(
      text
    );
  return found?.[2]
    ? { connection: found[1] ?? null, bucket: found[2], key: found[3] ?? '' }
    : null;
}

/** The address of a row; a folder's and a bucket's ends in `/`. */
export function addressOfEntry(entry: IEntry): string {
  return addressOf(entry);
}

/** The address of a place; null where there is no bucket yet. */
export function addressOfPlace(place: IPlace): string | null {
  return place.bucket === null
    ? null
    : addressOf({ ...place, bucket: place.bucket, key: place.prefix });
}

/** The last part of a key; what a key without one is called is the key itself. */
export function nameOf(key: string): string {
  const end = key.endsWith('/') ? key.length - 1 : key.length;
  return key.slice(key.lastIndexOf('/', end - 1) + 1, end);
}

/** The prefix in which a key or a folder lies. */
export function parentOf(key: string): string {
  const end = key.endsWith('/') ? key.length - 1 : key.length;
  return key.slice(0, key.lastIndexOf('/', end - 1) + 1);
}

/** One step of the way to a place. */
export interface ICrumb {
  readonly label: string;
  readonly place: IPlace;
}

/** The way to a place, from its bucket on. */
export function crumbsOf(place: IPlace): readonly ICrumb[] {
  const { connection, bucket, prefix } = place;
  if (bucket === null) {
    return [];
  }
  const crumbs: ICrumb[] = [
    { label: bucket, place: { connection, bucket, prefix: '' } }
  ];
  let at = 0;
  for (let next = prefix.indexOf('/'); next >= 0;) {
    crumbs.push({
      label: prefix.slice(at, next),
      place: { connection, bucket, prefix: prefix.slice(0, next + 1) }
    });
    at = next + 1;
    next = prefix.indexOf('/', at);
  }
  return crumbs;
}

/** The place one level up. */
export function above(place: IPlace): IPlace {
  if (place.prefix) {
    return { ...place, prefix: parentOf(place.prefix) };
  }
  return place.bucket !== null
    ? { ...place, bucket: null }
    : { connection: null, bucket: null, prefix: '' };
}

/** Whether two places are one. */
export function same(one: IPlace, other: IPlace): boolean {
  return (
    one.connection === other.connection &&
    one.bucket === other.bucket &&
    one.prefix === other.prefix
  );
}

/** The bytes of a key; a store takes 1,024. */
export function keyLength(key: string): number {
  return new TextEncoder().encode(key).length;
}

/** Control characters and the like said so that they can be seen. */
export function visible(name: string): string {
  return name.replace(
    // eslint-disable-next-line no-control-regex
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff]/g,
    found => {
      const code = found.charCodeAt(0);
      return code < 0x20
        ? String.fromCharCode(0x2400 + code)
        : `\\u${code.toString(16).padStart(4, '0')}`;
    }
  );
}
