/**
 * The dialog with what the tools of a document have used, and how the document is made to ask for it.
 */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor } from '@jupyterlab/fileeditor';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ToolUsed, Used } from '../contract';
import type { ICwlLanguage, IWritten } from '../cwl/tokens';
import { openAtLine } from '../kit/document';
import { notify } from '../kit/notice';
import { titleOf, UsedTable } from './used';
import type { IUsedOptions } from './usedcommand';

/** What is in the dialog. */
class Body extends ReactWidget {
  constructor(private readonly _paint: () => JSX.Element) {
    super();
    this.addClass('jp-EllipLab-Runs-usedDialog');
  }

  protected override render(): JSX.Element {
    return this._paint();
  }
}

/** Shows the table. */
export async function showUsed(
  path: string,
  options: IUsedOptions
): Promise<void> {
  const { documents, language, runs, trans } = options;
  const ask = (): Promise<Used> =>
    // What is typed counts, saved or not: the edits are of the text in the editor.
    runs.used(language.find(path)?.document ?? { path });
  await showDialog({
    title: trans.__('What the tools of %1 have used', PathExt.basename(path)),
    body: new Body(() => (
      <UsedTable
        ask={ask}
        write={async tool => {
          const document = await opened(path, documents, language);
          await document?.apply(tool.edits);
        }}
        trans={trans}
      />
    )),
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}

/** Makes the document ask for what a tool used, in the editor, so that it can be undone. */
export async function writeUsed(
  path: string,
  meant: (tool: ToolUsed) => boolean,
  options: IUsedOptions
): Promise<void> {
  const { documents, language, runs, trans } = options;
  const document = await opened(path, documents, language);
  if (!document) {
    return;
  }
  const used = await runs.used(document.document);
  const tool = used.tools.find(meant);
  const first = tool?.edits[0];
  if (!tool || !first) {
    notify(`runs-used-${path}`, {
      message: tool
        ? trans.__('%1 asks for that already', titleOf(tool, trans))
        : trans.__('The document has no such tool any more'),
      type: 'info'
    });
    return;
  }
  await document.apply(tool.edits);
  await openAtLine(documents, first.path, first.line, first.column);
}

/** Opens a document in the editor. */
async function opened(
  path: string,
  documents: IDocumentManager,
  language: ICwlLanguage
): Promise<IWritten | null> {
  const widget = documents.openOrReveal(path, 'Editor') as
    IDocumentWidget<FileEditor> | undefined;
  if (!widget) {
    return null;
  }
  await widget.context.ready;
  await widget.revealed;
  return language.of(widget);
}
