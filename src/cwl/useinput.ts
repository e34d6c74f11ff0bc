/**
 * "Use as input": what is selected in storage, put into the form of a run.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { TranslationBundle } from '@jupyterlab/translation';

import { notify } from '../kit/notice';
import type { IStorage } from '../s3/tokens';
import { addressesOf, CommandIDs, shortened } from '../s3/tokens';
import type { FormWidget } from './form';
import { CWL_EXTENSION } from './tokens';

/** The command that asks for the inputs and runs; room `runs` has it. */
const START = 'ellip-lab:runs-start';

/** What the command stands on. */
export interface IUseInputOptions {
  readonly app: JupyterFrontEnd;
  readonly storage: IStorage;
  readonly documents: IDocumentManager;
  /** The forms that are open, the last used one last. */
  readonly forms: readonly FormWidget[];
  readonly trans: TranslationBundle;
}

/** Adds the command. */
export function addUseAsInput(options: IUseInputOptions): void {
  const { app, storage, documents, forms, trans } = options;
  const { commands, shell } = app;

  /** The form in front; that of the document in front; the one that was used last. */
  const formOf = async (): Promise<FormWidget | null> => {
    const front = shell.currentWidget;
    const shown = forms.find(form => form.parent === front);
    if (shown) {
      return shown;
    }
    const path = front && documents.contextForWidget(front)?.path;
    if (
      path?.toLowerCase().endsWith(CWL_EXTENSION) &&
      !documents.services.contents.driveName(path)
    ) {
      await commands.execute(START, { path });
    }
    return forms[forms.length - 1] ?? null;
  };

  commands.addCommand(CommandIDs.useAsInput, {
    label: trans.__('Use as Input'),
    caption: trans.__('Put what is selected into the form of a run'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          address: {
            type: 'string',
            description: trans.__(
              'The address of an object or folder, s3://[NAME@]bucket/key; the selected ones when absent'
            )
          }
        }
      }
    },
    execute: async args => {
      const addresses = addressesOf(storage, args);
      const form = addresses.length ? await formOf() : null;
      if (!form) {
        notify('s3-use-as-input', {
          message: trans.__(
            'No form is open: open a CWL document and choose Run… first.'
          ),
          type: 'warning'
        });
        return;
      }
      if (form.parent) {
        shell.activateById(form.parent.id);
      }
      const connections = await storage.listConnections();
      form.offer(addresses.map(address => shortened(address, connections)));
    }
  });
}
