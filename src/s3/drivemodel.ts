/**
 * Objects and folders as the Lab's contents know them: models, bytes to content and back.
 */
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ObjectInfo } from '../contract';
import type { IDrivePlace } from './drivepath';
import { localPathOf } from './drivepath';
import { nameOf } from './paths';

/** The forms that content comes in. */
export type Format = 'text' | 'base64' | 'json';

/** A folder, with what is in it; null for not listed. */
export function folderModel(
  place: IDrivePlace,
  content: readonly Contents.IModel[] | null = null
): Contents.IModel {
  return {
    name: place.key ? nameOf(place.key) : place.bucket || place.connection,
    path: localPathOf(place),
    type: 'directory',
    writable: true,
    created: '',
    last_modified: '',
    mimetype: '',
    content,
    format: content ? 'json' : null
  };
}

/** An object, without its bytes. */
export function fileModel(
  place: IDrivePlace,
  info: Pick<ObjectInfo, 'size' | 'modified' | 'etag'> & {
    readonly media_type?: string | null;
  },
  writable: boolean
): Contents.IModel {
  const name = nameOf(place.key);
  return {
    name,
    path: localPathOf(place),
    type: name.endsWith('.ipynb') ? 'notebook' : 'file',
    writable,
    created: info.modified ?? '',
    last_modified: info.modified ?? '',
    mimetype: info.media_type ?? '',
    content: null,
    format: null,
    size: info.size,
    ...(info.etag ? { hash: info.etag, hash_algorithm: 'etag' } : {})
  };
}

/** The bytes of an object as the content that is asked for; text where nothing is and it is text. */
export function contentOf(
  data: ArrayBuffer,
  model: Contents.IModel,
  format: Format | undefined,
  trans: TranslationBundle
): Pick<Contents.IModel, 'content' | 'format'> {
  if (format === 'base64') {
    return { content: base64Of(data), format };
  }
  const text = textOf(data);
  if (model.type === 'notebook' || format === 'json') {
    try {
      return { content: JSON.parse(text ?? '') as unknown, format: 'json' };
    } catch {
      throw new Error(
        trans.__('%1 is no notebook: it is not JSON.', model.name)
      );
    }
  }
  if (text !== null) {
    return { content: text, format: 'text' };
  }
  if (format === 'text') {
    throw new Error(
      trans.__('%1 is not text in UTF-8: download it instead.', model.name)
    );
  }
  return { content: base64Of(data), format: 'base64' };
}

/** The bytes of what is to be saved. */
export function bytesOf(model: Partial<Contents.IModel>): Blob {
  const content: unknown = model.content;
  if (model.format === 'base64') {
    const binary = atob(String(content ?? ''));
    return new Blob([Uint8Array.from(binary, sign => sign.charCodeAt(0))]);
  }
  if (model.type === 'notebook' || model.format === 'json') {
    return new Blob([`${JSON.stringify(content, null, 1)}\n`]);
  }
  return new Blob([typeof content === 'string' ? content : '']);
}

/** A new file of a type: its names, in the order they are tried, and what is in it. */
export function emptyOf(
  type: Contents.ContentType,
  ext: string | undefined,
  trans: TranslationBundle
): { readonly name: (turn: number) => string; readonly data: Blob } {
  const numbered =
    (stem: string, ending: string) =>
    (turn: number): string =>
      `${stem}${turn || ''}${ending}`;
  if (type === 'directory') {
    return {
      name: turn =>
        turn
          ? trans.__('Untitled Folder %1', turn)
          : trans.__('Untitled Folder'),
      data: new Blob([])
    };
  }
  if (type === 'notebook') {
    const content = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };
    return {
      name: numbered('Untitled', '.ipynb'),
      data: bytesOf({ type, content })
    };
  }
  const ending = ext ? (ext.startsWith('.') ? ext : `.${ext}`) : '.txt';
  return { name: numbered('untitled', ending), data: new Blob([]) };
}

function textOf(data: ArrayBuffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      data
    );
  } catch {
    return null;
  }
}

function base64Of(data: ArrayBuffer): string {
  const all = new Uint8Array(data);
  const parts: string[] = [];
  // An argument list has its limit.
  for (let at = 0; at < all.length; at += 0x8000) {
    parts.push(String.fromCharCode(...all.subarray(at, at + 0x8000)));
  }
  return btoa(parts.join(''));
}
