/**
 * The command that shows what the tools of a document have used, and that makes the document ask for it.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ICwlLanguage } from '../cwl/tokens';
import { CWL_EXTENSION } from '../cwl/tokens';
import { notifyError } from '../kit/notice';
import type { IRuns } from './tokens';
import { CommandIDs } from './tokens';

/** What the command stands on. */
export interface IUsedOptions {
  readonly app: JupyterFrontEnd;
  readonly runs: IRuns;
  readonly language: ICwlLanguage;
  readonly documents: IDocumentManager;
  readonly trans: TranslationBundle;
}

/** Adds the command. */
export function addUsed(options: IUsedOptions): void {
  const { app, documents, trans } = options;
  const pathOf = (path: unknown): string | null => {
    if (typeof path === 'string') {
      return path;
    }
    const front = app.shell.currentWidget;
    const found = front && documents.contextForWidget(front)?.path;
    return found?.toLowerCase().endsWith(CWL_EXTENSION) &&
      !documents.services.contents.driveName(found)
      ? found
      : null;
  };
  app.commands.addCommand(CommandIDs.used, {
    label: trans.__('What the Tools Have Used…'),
    caption: trans.__(
      'Show what the tools of the document have used in its runs, and make it ask for that'
    ),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: {
            type: 'string',
            description: trans.__('The document; the one in front when absent')
          },
          tool: {
            type: 'string',
            description: trans.__(
              'The tool that is to ask for what it used; a table of all when absent'
            )
          },
          step: {
            type: 'string',
            description: trans.__('A step that runs the tool')
          }
        }
      }
    },
    isEnabled: args => pathOf(args.path) !== null,
    execute: async args => {
      const path = pathOf(args.path);
      if (path === null) {
        return;
      }
      try {
        const { showUsed, writeUsed } = await import('./useddialog');
        if (typeof args.tool !== 'string') {
          await showUsed(path, options);
          return;
        }
        const { tool, step } = args;
        await writeUsed(
          path,
          one =>
            one.tool === tool &&
            (typeof step !== 'string' || !step || one.steps.includes(step)),
          options
        );
      } catch (error) {
        notifyError(`runs-used-${path}`, error, trans);
      }
    }
  });
}
