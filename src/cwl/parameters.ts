/**
 * Parameters files: YAML that is kept beside the document, paths counted from its own folder.
 */
import { PathExt } from '@jupyterlab/coreutils';

import type { InputObject } from './tokens';

/** Reads a parameters file; dates stay text, as CWL wants them. */
export async function readParameters(text: string): Promise<InputObject> {
  const yaml = await import('js-yaml');
  const value: unknown = yaml.load(text, { schema: yaml.CORE_SCHEMA });
  if (value === undefined || value === null) {
    return {};
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new Error('not a mapping of inputs to values');
  }
  // Directives of cwltool (`cwl:tool`) are no inputs.
  return Object.fromEntries(
    Object.entries(value).filter(([name]) => !name.includes(':'))
  );
}

/** Writes a parameters file. */
export async function writeParameters(inputs: InputObject): Promise<string> {
  const yaml = await import('js-yaml');
  return yaml.dump(inputs, { lineWidth: 100, noRefs: true });
}

/** The inputs with the relative paths of Files and Directories counted from another folder. */
export function rebased(
  inputs: InputObject,
  from: string,
  to: string
): InputObject {
  if (from === to) {
    return inputs;
  }
  return walk(inputs, path => relative(to, PathExt.join(from, path)));
}

/** The path of a file, as counted from a folder. */
export function relative(folder: string, path: string): string {
  return PathExt.relative(`/${folder}`, `/${path}`) || '.';
}

function walk<T>(value: T, change: (path: string) => string): T {
  if (Array.isArray(value)) {
    return value.map(item => walk(item as unknown, change)) as unknown as T;
  }
  if (!value || typeof value !== 'object') {
    return value;
  }
  const object = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      walk(item as unknown, change)
    ])
  );
  if (object.class === 'File' || object.class === 'Directory') {
    for (const key of ['path', 'location']) {
      const place = object[key];
      if (
        typeof place === 'string' &&
        !place.startsWith('/') &&
        !/^[a-z][a-z0-9+.-]*:/i.test(place)
      ) {
        object[key] = change(place);
      }
    }
  }
  return object as T;
}
