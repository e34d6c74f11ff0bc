/**
 * What can be done with toolboxes: every action is a command, with a label and its arguments described.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import {
  addIcon,
  cleaningIcon,
  closeIcon,
  copyIcon,
  deleteIcon,
  downloadIcon,
  duplicateIcon,
  fileIcon,
  listIcon,
  notebookIcon,
  refreshIcon,
  saveIcon,
  settingsIcon,
  stopIcon,
  terminalIcon,
  userIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { toolboxesIcon } from '../kit/icons';
import { notifyError } from '../kit/notice';
import { isFinal } from '../kit/state';
import { hasTerminals } from '../kit/terminal';
import type { Actions } from './actions';
import { CommandIDs } from './tokens';

/** What the commands stand on. */
export interface ICommandsOptions {
  readonly app: JupyterFrontEnd;
  readonly actions: Actions;
  readonly browsers: IFileBrowserFactory | null;
  readonly trans: TranslationBundle;
}

/** A command. */
interface IPlainCommand extends Omit<
  CommandRegistry.ICommandOptions,
  'execute' | 'describedBy'
> {
  /** JSON Schemas of its arguments. */
  readonly properties?: Record<string, object>;
  readonly run: (args: ReadonlyPartialJSONObject) => unknown;
}

/** A text of the arguments, or null. */
function text(args: ReadonlyPartialJSONObject, name: string): string | null {
  const value = args[name];
  return typeof value === 'string' && value ? value : null;
}

/** Adds the commands. */
export function addCommands(options: ICommandsOptions): void {
  const { app, actions, browsers, trans } = options;
  const { commands } = app;
  const { toolboxes, desk } = actions;
  const add = (id: string, command: IPlainCommand): void => {
    const { properties, run, ...rest } = command;
    commands.addCommand(id, {
      ...rest,
      describedBy: {
        args: { type: 'object', properties: properties ?? {} } as never
      },
      execute: async args => {
        try {
          return await run(args);
        } catch (error) {
          notifyError(id, error, trans);
          return undefined;
        }
      }
    });
  };

  add(CommandIDs.panel, {
    label: args =>
      args.isLauncher ? trans.__('Toolboxes') : trans.__('Show Toolboxes'),
    caption: trans.__('Show the toolboxes, and the catalogue of them'),
    icon: toolboxesIcon,
    run: () => desk.showPanel()
  });
  add(CommandIDs.refresh, {
    label: trans.__('Refresh Toolboxes'),
    caption: trans.__('Look again which toolboxes there are'),
    icon: refreshIcon,
    run: () => toolboxes.refresh()
  });

  // -- installing

  add(CommandIDs.install, {
    label: trans.__('Install a Toolbox…'),
    caption: trans.__('Show what an entry of the catalogue would bring'),
    icon: downloadIcon,
    properties: {
      entry: {
        type: 'string',
        description: trans.__(
          'The id of an entry of the catalogue; the catalogue is shown when absent'
        )
      }
    },
    run: args => {
      const entry = text(args, 'entry');
      if (entry !== null) {
        return actions.planEntry(entry);
      }
      desk.showPanel();
      toolboxes.setShowCatalogue(true);
      return undefined;
    }
  });
  add(CommandIDs.create, {
    label: trans.__('New Toolbox from Packages…'),
    caption: trans.__('Make a toolbox of packages that you name'),
    icon: addIcon,
    properties: {
      packages: {
        type: 'string',
        description: trans.__('The packages that the form begins with')
      }
    },
    run: args => actions.askCreate(text(args, 'packages') ?? '')
  });
  add(CommandIDs.fromFile, {
    label: args =>
      args.isMenu
        ? trans.__('Make a Toolbox of It…')
        : trans.__('New Toolbox from a File…'),
    caption: trans.__('Make a toolbox of an environment.yml or a lock file'),
    icon: args => (args.isMenu ? toolboxesIcon : fileIcon),
    properties: {
      path: {
        type: 'string',
        description: trans.__(
          'An environment.yml, a pixi.lock or a list of URLs; the one selected, or asked for, when absent'
        )
      }
    },
    run: async args => {
      const selected = app.contextMenuHitTest(node =>
        node.classList.contains('jp-DirListing-item')
      )
        ? [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])]
        : [];
      const path =
        text(args, 'path') ?? selected[0]?.path ?? (await actions.chooseFile());
      if (path !== null) {
        await actions.planFile(path);
      }
    }
  });

  // -- a toolbox

  const nameOf = (args: ReadonlyPartialJSONObject): string | null =>
    text(args, 'name') ??
    app.contextMenuHitTest(node => !!node.dataset.toolbox)?.dataset.toolbox ??
    null;
  /** Whether nothing goes on with it, and whether it is whole. */
  const fits = (
    name: string | null,
    need: 'any' | 'idle' | 'ready'
  ): boolean => {
    if (name === null || need === 'any') {
      return name !== null;
    }
    // One that is not listed yet is known to the server.
    const state = toolboxes.workOf(name)
      ? 'working'
      : (toolboxes.find(name)?.state ?? 'ready');
    return state === 'ready' || (need === 'idle' && state === 'broken');
  };
  const onToolbox = (
    id: string,
    label: string,
    caption: string,
    icon: LabIcon,
    need: 'any' | 'idle' | 'ready',
    run: (name: string) => unknown,
    there: () => boolean = () => true
  ): void => {
    add(id, {
      label,
      caption,
      icon,
      properties: {
        name: {
          type: 'string',
          description: trans.__(
            'The name of a toolbox; the one whose menu is open when absent'
          )
        }
      },
      isVisible: there,
      isEnabled: args => there() && fits(nameOf(args), need),
      run: args => {
        const name = nameOf(args);
        return name === null ? undefined : run(name);
      }
    });
  };
  onToolbox(
    CommandIDs.show,
    trans.__('Toolbox Details'),
    trans.__('Show the packages, the commands and the works of a toolbox'),
    listIcon,
    'any',
    name => desk.openToolbox(name)
  );
  onToolbox(
    CommandIDs.notebook,
    trans.__('Open Notebook in Toolbox'),
    trans.__('Open a notebook with the kernel of a toolbox'),
    notebookIcon,
    'ready',
    name => actions.notebook(name)
  );
  onToolbox(
    CommandIDs.terminal,
    trans.__('Open Terminal in Toolbox'),
    trans.__('Open a terminal with a toolbox active'),
    terminalIcon,
    'ready',
    name => actions.terminal(name),
    () => hasTerminals(commands)
  );
  onToolbox(
    CommandIDs.update,
    trans.__('Update Toolbox…'),
    trans.__('Show what an update of a toolbox would change'),
    refreshIcon,
    'idle',
    name => actions.planUpdate(name)
  );
  onToolbox(
    CommandIDs.clone,
    trans.__('Clone Toolbox…'),
    trans.__('Make a second toolbox of the same builds'),
    duplicateIcon,
    'ready',
    name => actions.askClone(name)
  );
  onToolbox(
    CommandIDs.saveLock,
    trans.__('Save Lock File of Toolbox…'),
    trans.__('Write what a toolbox has to a file of the workspace'),
    saveIcon,
    'idle',
    name => actions.askSaveLock(name)
  );
  onToolbox(
    CommandIDs.copyName,
    trans.__('Copy Name of Toolbox'),
    trans.__('Put the name of a toolbox on the clipboard'),
    copyIcon,
    'any',
    name => actions.copy(name)
  );
  onToolbox(
    CommandIDs.copyPrefix,
    trans.__('Copy Folder of Toolbox'),
    trans.__('Put the path of the folder of a toolbox on the clipboard'),
    copyIcon,
    'any',
    name => actions.copyPrefix(name)
  );
  onToolbox(
    CommandIDs.remove,
    trans.__('Remove Toolbox…'),
    trans.__('Remove a toolbox, its kernel and its lock file'),
    deleteIcon,
    'idle',
    name => actions.askRemove(name)
  );

  // -- channels and the cache

  add(CommandIDs.channels, {
    label: trans.__('Channels and Mirrors of Toolboxes…'),
    caption: trans.__(
      'Set where packages come from, and whether anything is downloaded'
    ),
    icon: settingsIcon,
    run: () => desk.openChannels()
  });
  add(CommandIDs.login, {
    label: trans.__('Sign In to a Channel…'),
    caption: trans.__('Sign in to a channel that wants to know who asks'),
    icon: userIcon,
    properties: {
      host: {
        type: 'string',
        description: trans.__('The host of the channel; asked for when absent')
      }
    },
    run: args => actions.askLogin(text(args, 'host') ?? '')
  });
  add(CommandIDs.clean, {
    label: trans.__('Clean Up the Cache of Toolboxes…'),
    caption: trans.__('See what no toolbox needs and how much it takes'),
    icon: cleaningIcon,
    run: () => actions.askClean()
  });

  // -- work

  const idOf = (args: ReadonlyPartialJSONObject): string | null =>
    text(args, 'id') ??
    app.contextMenuHitTest(node => !!node.dataset.work)?.dataset.work ??
    null;
  const onWork = (
    id: string,
    label: string,
    caption: string,
    icon: LabIcon,
    final: boolean | null,
    verb: (id: string) => unknown
  ): void =>
    add(id, {
      label,
      caption,
      icon,
      properties: {
        id: {
          type: 'string',
          description: trans.__(
            'The id of an installation, an update or their like'
          )
        }
      },
      isEnabled: args => {
        const known = toolboxes.works.find(idOf(args));
        // One that is not on the page is known to the server.
        return (
          idOf(args) !== null &&
          (final === null || !known || isFinal(known.state) === final)
        );
      },
      run: args => {
        const of = idOf(args);
        return of === null ? undefined : verb(of);
      }
    });
  onWork(
    CommandIDs.openWork,
    trans.__('Show Steps and Log of Toolbox'),
    trans.__('Show the steps and the log of an installation or an update'),
    listIcon,
    null,
    id => desk.openWork(id)
  );
  onWork(
    CommandIDs.stopWork,
    trans.__('Stop Work on Toolbox'),
    trans.__('Stop an installation or an update; nothing is left half done'),
    stopIcon,
    false,
    id => toolboxes.works.stop(id)
  );
  onWork(
    CommandIDs.repeatWork,
    trans.__('Do It Again for Toolbox'),
    trans.__('Do an ended installation or update once more, as it was asked'),
    refreshIcon,
    true,
    id => actions.repeat(id)
  );
  onWork(
    CommandIDs.removeWork,
    trans.__('Remove Work from the List'),
    trans.__('Remove the record of an ended installation or update'),
    closeIcon,
    true,
    id => actions.removeWork(id)
  );
  add(CommandIDs.showWorks, {
    label: trans.__('Show Installations and Updates'),
    caption: trans.__('Show what goes on with toolboxes'),
    icon: listIcon,
    run: () => {
      desk.showPanel();
      toolboxes.setShowWorks(true);
    }
  });
}
