/**
 * The dialog that makes a tool of a command, and the files it writes.
 */
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import * as React from 'react';

import type { ToolDraft } from '../contract';
import { showForm } from '../kit/formdialog';
import { ProblemError } from '../kit/request';
import type { IToolOptions } from './tool';
import { ToolForm } from './toolform';

/** Shows the dialog; the document goes to a folder of the workspace. */
export async function showTool(
  folder: string,
  options: IToolOptions
): Promise<void> {
  const { client, trans } = options;
  await showForm(trans.__('New tool from a command'), close => (
    <ToolForm
      folder={folder}
      tool={request => client.tool(request)}
      create={(name, draft, parameters) =>
        create(folder, name, draft, parameters, options)
      }
      close={close}
      trans={trans}
    />
  ));
}

/** Writes the document, and perhaps its parameters, and opens it; what is there is not replaced. */
async function create(
  folder: string,
  name: string,
  draft: ToolDraft,
  parameters: boolean,
  options: IToolOptions
): Promise<void> {
  const { app, browser, manager, trans } = options;
  const { contents } = app.serviceManager;
  const stem = name.replace(/\.cwl$/i, '');
  const files = [
    { path: PathExt.join(folder, `${stem}.cwl`), text: draft.text }
  ];
  if (parameters) {
    files.push({
      path: PathExt.join(folder, `${stem}.yml`),
      text: draft.parameters
    });
  }
  for (const file of files) {
    if (await isThere(contents, file.path)) {
      throw new ProblemError({
        status: 409,
        kind: 'conflict',
        detail: trans.__('%1 is there already', file.path),
        hint: trans.__('Choose another name.')
      });
    }
  }
  for (const file of files) {
    await contents.save(file.path, {
      type: 'file',
      format: 'text',
      content: file.text
    });
  }
  await browser?.model.refresh();
  manager.openOrReveal(files[0]?.path ?? folder, 'Editor');
}

async function isThere(
  contents: Contents.IManager,
  path: string
): Promise<boolean> {
  try {
    await contents.get(path, { content: false });
    return true;
  } catch (error) {
    const status = (error as { response?: Response }).response?.status;
    if (status === 404) {
      return false;
    }
    throw error;
  }
}
