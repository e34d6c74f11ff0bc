/**
 * Files of the server chosen by a person, and parameters files read and written.
 */
import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

import { describe } from '../kit/notice';
import {
  readParameters,
  rebased,
  relative,
  writeParameters
} from './parameters';
import type { InputObject } from './tokens';

/** What choosing and saving stand on. */
export interface IFiles {
  readonly documents: IDocumentManager;
  readonly translator: ITranslator;
  readonly trans: TranslationBundle;
}

/** What may be chosen, and how it is said. */
export interface IPickOptions {
  /** The folder that is shown first. */
  readonly start: string;
  /** The folder the answer counts from; null for a path of the workspace. */
  readonly base: string | null;
  /** The endings of the names that are listed; all when absent. */
  readonly endings?: readonly string[];
}

/** Lets the person choose a file or folder of the server. */
export async function pickPath(
  files: IFiles,
  kind: 'File' | 'Directory',
  { start, base, endings }: IPickOptions
): Promise<string | null> {
  const { trans, translator, documents: manager } = files;
  // The dialog's own browser is none of the factory's: it never becomes the current one.
  const { FileDialog } = await import('@jupyterlab/filebrowser');
  const options = { manager, translator, defaultPath: start };
  const result =
    kind === 'File'
      ? await FileDialog.getOpenFiles({
          ...options,
          title: trans.__('Choose a file'),
          filter: model =>
            model.type === 'directory' ||
            !endings ||
            endings.includes(PathExt.extname(model.path).toLowerCase())
              ? {}
              : null
        })
      : await FileDialog.getExistingDirectory({
          ...options,
          title: trans.__('Choose a folder')
        });
  const model = result.button.accept ? result.value?.[0] : undefined;
  // Nothing chosen gives the folder that is shown: no answer for a file.
  if (!model || (kind === 'File' && model.type === 'directory')) {
    return null;
  }
  return base === null ? model.path : relative(base, model.path);
}

/** Reads a parameters file; its paths count from `base` then. */
export async function parametersOf(
  documents: IDocumentManager,
  path: string,
  base: string
): Promise<InputObject> {
  const model = await documents.services.contents.get(path, {
    type: 'file',
    format: 'text',
    content: true
  });
  const read = await readParameters(String(model.content));
  return rebased(read, PathExt.dirname(path), base);
}

/** A parameters file, or why it is none. */
export interface ILoaded {
  readonly name: string;
  readonly inputs: InputObject | null;
  readonly problem: string;
}

/** Reads a parameters file that the person chooses; its paths count from `base` then. */
export async function loadParameters(
  files: IFiles,
  start: string,
  base: string
): Promise<ILoaded | null> {
  const path = await pickPath(files, 'File', {
    start,
    base: null,
    endings: ['.yml', '.yaml', '.json']
  });
  if (path === null) {
    return null;
  }
  const name = PathExt.basename(path);
  try {
    const inputs = await parametersOf(files.documents, path, base);
    return { name, inputs, problem: '' };
  } catch (error) {
    return { name, inputs: null, problem: describe(error, files.trans) };
  }
}

/** What is said of a parameters file. */
export function loadedText(
  loaded: ILoaded,
  known: readonly string[],
  trans: TranslationBundle
): string {
  if (!loaded.inputs) {
    return trans.__(
      '%1 is not a parameters file: %2',
      loaded.name,
      loaded.problem
    );
  }
  const unknown = Object.keys(loaded.inputs).filter(
    name => !known.includes(name)
  );
  return unknown.length
    ? trans.__(
        'Loaded %1; it also names %2, which the document does not ask for.',
        loaded.name,
        unknown.join(', ')
      )
    : trans.__('Loaded %1', loaded.name);
}

/** Writes a parameters file where the person says; gives what is said of it, or null. */
export async function saveParameters(
  files: IFiles,
  inputs: InputObject,
  base: string,
  proposal: string
): Promise<string | null> {
  const { trans } = files;
  const { contents } = files.documents.services;
  const result = await InputDialog.getText({
    title: trans.__('Save the parameters'),
    label: trans.__('File'),
    text: proposal,
    okLabel: trans.__('Save')
  });
  const target = result.value?.trim().replace(/^\//, '');
  if (!result.button.accept || !target) {
    return null;
  }
  const there = await contents.get(target, { content: false }).then(
    () => true,
    () => false
  );
  if (there && !(await overwrite(target, trans))) {
    return null;
  }
  try {
    const content = await writeParameters(
      rebased(inputs, base, PathExt.dirname(target))
    );
    await contents.save(target, { type: 'file', format: 'text', content });
    return trans.__('Saved as %1', target);
  } catch (error) {
    return describe(error, trans);
  }
}

/** Asks before a file is written over. */
async function overwrite(
  path: string,
  trans: TranslationBundle
): Promise<boolean> {
  const result = await showDialog({
    title: trans.__('Replace the file?'),
    body: trans.__('%1 exists already.', path),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Replace') })
    ]
  });
  return result.button.accept;
}
