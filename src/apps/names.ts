/**
 * The names of files.
 */
import type { App } from '../contract';

/** The last part of a path. */
export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether an app may serve a file, by its name; the server reads the file to know. */
export function maybeServed(path: string, apps: readonly App[]): boolean {
  const name = lastPart(path).toLowerCase();
  return (
    /^(app|ui|server)\.r$/.test(name) ||
    apps.some(app => app.suffixes.some(suffix => name.endsWith(suffix)))
  );
}
