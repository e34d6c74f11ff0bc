/**
 * The command that makes a tool of a command; its dialog is loaded when it is first asked for.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';

import { cwlIcon } from '../kit/icons';
import type { PackagesClient } from './client';
import { CommandIDs } from './tokens';

/** What the command stands on. */
export interface IToolOptions {
  readonly app: JupyterFrontEnd;
  readonly client: PackagesClient;
  readonly manager: IDocumentManager;
  readonly browser: IDefaultFileBrowser | null;
  readonly trans: TranslationBundle;
}

/** Adds the command. */
export function addTool(options: IToolOptions): void {
  const { app, browser, trans } = options;
  /** The folder that is meant: named, selected, or the one that the file browser shows. */
  const folderOf = (cwd: unknown): string => {
    if (typeof cwd === 'string') {
      return cwd;
    }
    if (app.contextMenuHitTest(node => node.dataset.isdir === 'true')) {
      for (const item of browser?.selectedItems() ?? []) {
        if (item.type === 'directory') {
          return item.path;
        }
      }
    }
    return browser?.model.path ?? '';
  };
  app.commands.addCommand(CommandIDs.tool, {
    label: trans.__('New Tool From a Command…'),
    caption: trans.__(
      'Write the CommandLineTool of a command: its inputs and outputs are recognised'
    ),
    icon: cwlIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          cwd: {
            type: 'string',
            description: trans.__(
              'The folder it goes to; the one of the file browser when absent'
            )
          }
        }
      }
    },
    // Only the workspace has commands that can be run.
    isEnabled: args =>
      !app.serviceManager.contents.driveName(folderOf(args.cwd)),
    execute: async args => {
      const folder = folderOf(args.cwd);
      const { showTool } = await import('./tooldialog');
      await showTool(folder, options);
    }
  });
}
