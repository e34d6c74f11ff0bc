/**
 * What can be done with a run: every action is a command, with a label and its arguments described.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  copyIcon,
  deleteIcon,
  refreshIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Run, RunSummary, ScriptLanguage } from '../contract';
import type { ICwl } from '../cwl/tokens';
import { copyText } from '../kit/copy';
import { cwlIcon, runsIcon } from '../kit/icons';
import { notify, notifyError } from '../kit/notice';
import { isFinal } from '../kit/state';
import type { Desk } from './desk';
import type { IRuns } from './tokens';
import { CommandIDs } from './tokens';

/** What the commands stand on. */
export interface ICommandsOptions {
  readonly app: JupyterFrontEnd;
  readonly runs: IRuns;
  readonly desk: Desk;
  readonly cwl: ICwl;
  readonly documents: IDocumentManager;
  readonly browsers: IFileBrowserFactory | null;
  readonly trans: TranslationBundle;
}

/** Adds the commands. */
export function addCommands(options: ICommandsOptions): void {
  const { app, runs, desk, documents, browsers, trans } = options;
  const { commands } = app;

  /** The run that is meant: named, under the pointer, or in front. */
  const idOf = (args: ReadonlyPartialJSONObject): string | null => {
    if (typeof args.id === 'string') {
      return args.id;
    }
    const node = app.contextMenuHitTest(one => !!one.dataset.run);
    return node?.dataset.run ?? desk.current;
  };
  const summaryOf = (
    args: ReadonlyPartialJSONObject
  ): Run | RunSummary | null => {
    const id = idOf(args);
    return id === null
      ? null
      : (runs.record(id) ?? runs.runs.find(run => run.id === id) ?? null);
  };
  /** The document that is meant: named, selected in the file browser, or in front. */
  const pathOf = (args: ReadonlyPartialJSONObject): string | null => {
    if (typeof args.path === 'string') {
      return args.path;
    }
    if (app.contextMenuHitTest(one => one.dataset.fileType === 'cwl')) {
      const selected = browsers?.tracker.currentWidget?.selectedItems();
      for (const item of selected ?? []) {
        if (isDocument(item.path)) {
          return item.path;
        }
      }
    }
    const front = app.shell.currentWidget;
    const path = front && documents.contextForWidget(front)?.path;
    // What runs is in the workspace, not on another drive.
    return path &&
      isDocument(path) &&
      !documents.services.contents.driveName(path)
      ? path
      : null;
  };
  const describedBy = {
    args: {
      type: 'object',
      properties: {
        id: {
          type: 'string',
          description: trans.__(
            'The id of the run; the one under the pointer or in front when absent'
          )
        }
      }
    }
  };
  /** Does something with the run that is meant, and tells when it cannot be done. */
  const act =
    (verb: (id: string) => Promise<unknown>) =>
    async (args: ReadonlyPartialJSONObject): Promise<void> => {
      const id = idOf(args);
      if (id === null) {
        return;
      }
      try {
        await verb(id);
      } catch (error) {
        notifyError(`runs-${id}`, error, trans);
      }
    };
  const hasRun = (args: ReadonlyPartialJSONObject): boolean =>
    idOf(args) !== null;

  commands.addCommand(CommandIDs.start, {
    label: args =>
      args.isLauncher
        ? trans.__('Run a Package')
        : args.isMenu
          ? trans.__('Run CWL Document…')
          : trans.__('Run…'),
    caption: trans.__('Give the inputs of a CWL document and run it'),
    icon: args => (args.isLauncher ? cwlIcon : runIcon),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: {
            type: 'string',
            description: trans.__(
              'The document; the one selected or in front when absent'
            )
          },
          entry: {
            type: 'string',
            description: trans.__('The process of the document to run')
          },
          parameters: {
            type: 'string',
            description: trans.__(
              'A parameters file that fills in a form which nobody has filled in yet'
            )
          }
        }
      }
    },
    isEnabled: args =>
      !!args.isLauncher || !!args.choose || pathOf(args) !== null,
    execute: async args => {
      const path = args.choose
        ? await chooseDocument(options)
        : (pathOf(args) ?? (await chooseDocument(options)));
      if (path !== null) {
        desk.openForm({
          path,
          entry: typeof args.entry === 'string' ? args.entry : null,
          ...(typeof args.parameters === 'string' && {
            inputs: await options.cwl.parameters(
              args.parameters,
              PathExt.dirname(path)
            )
          })
        });
      }
    }
  });

  commands.addCommand(CommandIDs.open, {
    label: trans.__('Open Run'),
    caption: trans.__('Show the steps, the log and the outputs of a run'),
    icon: runsIcon,
    describedBy,
    isEnabled: hasRun,
    execute: args => {
      const id = idOf(args);
      if (id !== null) {
        desk.openRun(id, args);
      }
    }
  });

  commands.addCommand(CommandIDs.rerun, {
    label: trans.__('Re-run…'),
    caption: trans.__('Run again, with the same or with other inputs'),
    icon: refreshIcon,
    describedBy,
    isEnabled: hasRun,
    execute: act(async id => {
      const run = runs.record(id) ?? (await runs.show(id));
      desk.openForm({ rerun: run.id, path: run.request.document }, run);
    })
  });

  const elsewhere = (
    command: string,
    engine: 'cwltool' | 'calrissian',
    words: { label: string; caption: string }
  ): void => {
    commands.addCommand(command, {
      ...words,
      icon: runIcon,
      describedBy,
      isEnabled: args => {
        const run = summaryOf(args);
        return run !== null && run.engine !== engine;
      },
      // In a menu of a run there is only the other place; in the palette there are both.
      isVisible: args => summaryOf(args)?.engine !== engine,
      execute: act(async id => {
        const run = await runs.rerun(id, { engine });
        desk.openRun(run.id);
      })
    });
  };
  elsewhere(CommandIDs.rerunThere, 'calrissian', {
    label: trans.__('Run on Kubernetes'),
    caption: trans.__('Run again on the cluster, with the same inputs')
  });
  elsewhere(CommandIDs.rerunHere, 'cwltool', {
    label: trans.__('Run Here'),
    caption: trans.__('Run again on this machine, with the same inputs')
  });

  commands.addCommand(CommandIDs.stop, {
    label: trans.__('Stop Run'),
    caption: trans.__('Stop a run: its processes and its containers'),
    icon: stopIcon,
    describedBy,
    isEnabled: args => {
      const run = summaryOf(args);
      return run !== null && !isFinal(run.state);
    },
    execute: act(id => runs.stop(id))
  });

  commands.addCommand(CommandIDs.remove, {
    label: trans.__('Remove Run…'),
    caption: trans.__('Remove the record of an ended run'),
    icon: deleteIcon,
    describedBy,
    isEnabled: args => {
      const run = summaryOf(args);
      return run !== null && isFinal(run.state);
    },
    execute: act(async id => {
      const run = summaryOf({ id });
      if (!run || !isFinal(run.state)) {
        return;
      }
      const result = await showDialog({
        title: trans.__('Remove the run?'),
        body: trans.__('“%1” will not be listed any more.', run.name),
        checkbox: {
          label: trans.__('Delete its outputs, too'),
          checked: false
        },
        buttons: [
          Dialog.cancelButton({ label: trans.__('Cancel') }),
          Dialog.warnButton({ label: trans.__('Remove') })
        ]
      });
      if (result.button.accept) {
        await runs.remove(id, result.isChecked === true);
        desk.closeRun(id);
      }
    })
  });

  const copy = (
    command: string,
    language: ScriptLanguage,
    label: string
  ): void => {
    commands.addCommand(command, {
      label,
      caption: trans.__('Put the run on the clipboard, ready to paste'),
      icon: copyIcon,
      describedBy,
      isEnabled: hasRun,
      execute: act(async id => {
        const { text } = await runs.script(id, language);
        await copyText(text);
        notify(`runs-copy-${id}`, {
          message: trans.__('Copied: %1', text.split('\n')[0]),
          type: 'info',
          autoClose: 2500
        });
      })
    });
  };
  copy(CommandIDs.copyShell, 'shell', trans.__('Copy as Command Line'));
  copy(CommandIDs.copyPython, 'python', trans.__('Copy as Python'));

  commands.addCommand(CommandIDs.openDocument, {
    label: trans.__('Open Document'),
    caption: trans.__('Open the CWL document of a run'),
    icon: cwlIcon,
    describedBy,
    isEnabled: hasRun,
    execute: act(async id => {
      const run = summaryOf({ id }) ?? (await runs.show(id));
      if (run.document.startsWith('/')) {
        notify(`runs-${id}`, {
          message: trans.__('%1 is outside the workspace', run.document),
          type: 'warning'
        });
        return;
      }
      documents.openOrReveal(run.document, 'Editor');
    })
  });

  commands.addCommand(CommandIDs.refresh, {
    label: trans.__('Refresh the Runs'),
    caption: trans.__('List the runs again'),
    icon: refreshIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => runs.refresh()
  });

  commands.addCommand(CommandIDs.panel, {
    label: trans.__('Show Runs'),
    caption: trans.__('Show the list of runs'),
    icon: runsIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => desk.showPanel()
  });
}

function isDocument(path: string): boolean {
  return path.toLowerCase().endsWith('.cwl');
}

/** Lets the person choose a document. */
async function chooseDocument(
  options: ICommandsOptions
): Promise<string | null> {
  const { FileDialog } = await import('@jupyterlab/filebrowser');
  const result = await FileDialog.getOpenFiles({
    manager: options.documents,
    title: options.trans.__('Choose a CWL document'),
    filter: model =>
      model.type === 'directory' || isDocument(model.path) ? {} : null
  });
  const chosen = result.button.accept ? result.value?.[0] : undefined;
  return chosen && chosen.type !== 'directory' ? chosen.path : null;
}
