/**
 * Files in the Lab: opened, at their line, or fetched.
 */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor } from '@jupyterlab/fileeditor';

/** Opens a text file in the editor and puts the cursor on a line (from 1). */
export async function openAtLine(
  manager: IDocumentManager,
  path: string,
  line: number | null,
  column: number | null
): Promise<void> {
  const widget = manager.openOrReveal(path, 'Editor') as
    IDocumentWidget<FileEditor> | undefined;
  if (!widget) {
    return;
  }
  await widget.context.ready;
  await widget.revealed;
  const { editor } = widget.content;
  if (line !== null) {
    const position = { line: line - 1, column: Math.max(0, (column ?? 1) - 1) };
    editor.setCursorPosition(position);
    editor.revealPosition(position);
  }
  editor.focus();
}

/** Lets the browser save a file of the workspace. */
export async function download(
  manager: IDocumentManager,
  path: string
): Promise<void> {
  const link = document.createElement('a');
  link.href = await manager.services.contents.getDownloadUrl(path);
  link.download = '';
  document.body.append(link);
  link.click();
  link.remove();
}
