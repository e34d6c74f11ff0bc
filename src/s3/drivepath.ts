/**
 * Objects as paths of the Lab's drive: `NAME/bucket/key`, after `S3:`.
 *
 * A key may hold what a path may not (`//`, `.` and `..` as segments): only that is written with `%`.
 */
import { DRIVE } from './tokens';

/** What a path names: all connections, one, a bucket, or something in it; what it does not name is empty. */
export interface IDrivePlace {
  readonly connection: string;
  readonly bucket: string;
  readonly key: string;
}

/** The path of a place within the drive. */
export function localPathOf(place: IDrivePlace): string {
  return [place.connection, place.bucket, encoded(place.key).replace(/\/$/, '')]
    .filter(part => part !== '')
    .join('/');
}

/** The path of a place as the Lab's document manager takes it. */
export function drivePathOf(place: IDrivePlace): string {
  return `${DRIVE}:${localPathOf(place)}`;
}

/** A path within the drive, read. */
export function parseLocalPath(path: string): IDrivePlace {
  const [connection = '', bucket = '', ...rest] = path
    .replace(/^\//, '')
    .split('/');
  return { connection, bucket, key: decoded(rest.join('/')) };
}

/** A path of the document manager, read; null when it is none of the drive. */
export function parseDrivePath(path: string): IDrivePlace | null {
  return path.startsWith(`${DRIVE}:`)
    ? parseLocalPath(path.slice(DRIVE.length + 1))
    : null;
}

/** A slash that ends no name, and the names `.` and `..`, are written out: a path would lose them. */
function encoded(key: string): string {
  return key
    .replace(/%(?=25|2E|2F)/g, '%25')
    .replace(
      /(^|\/)(\/+)/g,
      (_, before: string, more: string) => before + '%2F'.repeat(more.length)
    )
    .split('/')
    .map(part =>
      part === '.' || part === '..' ? part.replace(/\./g, '%2E') : part
    )
    .join('/');
}

function decoded(path: string): string {
  const signs: Record<string, string> = { '25': '%', '2E': '.', '2F': '/' };
  return path.replace(/%(25|2E|2F)/g, (_, code: string) => signs[code] ?? '');
}
