/**
 * What can be done with apps: every action is a command, with a label and its arguments described.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  closeIcon,
  deleteIcon,
  downloadIcon,
  launchIcon,
  listIcon,
  redoIcon,
  refreshIcon,
  runIcon,
  settingsIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { App, AppInstance } from '../contract';
import { appsIcon } from '../kit/icons';
import { notifyError } from '../kit/notice';
import { isFinal } from '../kit/state';
import type { Actions } from './actions';
import { iconOf } from './appicons';
import { CommandIDs } from './tokens';
import { maybeServed } from './names';

/** What the commands stand on. */
export interface ICommandsOptions {
  readonly app: JupyterFrontEnd;
  readonly actions: Actions;
  readonly documents: IDocumentManager;
  readonly browsers: IFileBrowserFactory | null;
  readonly trans: TranslationBundle;
}

type Args = ReadonlyPartialJSONObject;

/** A command. */
interface IPlainCommand extends Omit<
  CommandRegistry.ICommandOptions,
  'execute' | 'describedBy'
> {
  readonly properties?: Record<string, object>;
  readonly run: (args: Args) => unknown;
}

function text(args: Args, name: string): string | null {
  const value = args[name];
  return typeof value === 'string' && value ? value : null;
}

/** Adds the commands. */
export function addCommands(options: ICommandsOptions): void {
  const { app, actions, documents, browsers, trans } = options;
  const { commands, shell } = app;
  const { apps, desk } = actions;

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
  const appArgument = {
    app: { type: 'string', description: trans.__('The name of an app') }
  };
  const instanceArgument = {
    instance: {
      type: 'string',
      description: trans.__(
        'The id of an instance; that of the tab in front when absent'
      )
    }
  };
  const workArgument = {
    id: { type: 'string', description: trans.__('The id of an installation') }
  };
  const appOf = (args: Args): App | null => {
    const name = text(args, 'app') ?? desk.current?.place.app ?? null;
    return name === null ? null : apps.app(name);
  };
  const instanceOf = (args: Args): AppInstance | null => {
    const id = text(args, 'instance');
    return id === null ? (desk.current?.instance ?? null) : apps.instance(id);
  };
  const fileInMenu = (): string | null => {
    const inMenu = app.contextMenuHitTest(node =>
      node.classList.contains('jp-DirListing-item')
    );
    const [item] = inMenu
      ? [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])]
      : [];
    return item && item.type !== 'directory' ? item.path : null;
  };
  const fileOf = (args: Args): string | null => {
    const named = text(args, 'path') ?? fileInMenu();
    if (named !== null) {
      return named;
    }
    const { currentWidget } = shell;
    return (
      (currentWidget && documents.contextForWidget(currentWidget)?.path) ?? null
    );
  };
  const served = (args: Args): string | null => {
    const path = fileOf(args);
    return path !== null &&
      !documents.services.contents.driveName(path) &&
      maybeServed(path, apps.apps)
      ? path
      : null;
  };

  add(CommandIDs.panel, {
    label: trans.__('Show Applications'),
    caption: trans.__('Show which applications there are and which run'),
    icon: appsIcon,
    run: () => desk.showPanel()
  });
  add(CommandIDs.refresh, {
    label: trans.__('Refresh Applications'),
    caption: trans.__('Look again for applications and for what runs'),
    icon: refreshIcon,
    run: () => Promise.all([apps.refresh(), apps.works.refresh()])
  });

  // -- apps

  add(CommandIDs.start, {
    label: args => {
      const title = appOf(args)?.title ?? text(args, 'app') ?? '';
      return args.isLauncher ? title : trans.__('Open %1', title);
    },
    caption: args => appOf(args)?.description ?? '',
    icon: args => iconOf(appOf(args)),
    isVisible: args => appOf(args) !== null,
    properties: {
      ...appArgument,
      file: {
        type: 'string',
        description: trans.__('The file it serves; its example when absent')
      },
      timeout: {
        type: 'number',
        description: trans.__('Seconds it may take, from now on')
      },
      isLauncher: { type: 'boolean' }
    },
    run: args => {
      const name = text(args, 'app');
      const { timeout } = args;
      return (
        name !== null &&
        actions.start(
          { app: name, file: text(args, 'file') },
          typeof timeout === 'number' ? timeout : null
        )
      );
    }
  });
  add(CommandIDs.serve, {
    label: trans.__('Serve This File'),
    caption: trans.__('Open a script of Streamlit, Shiny or Panel as a page'),
    icon: runIcon,
    isVisible: args => served(args) !== null,
    isEnabled: args => served(args) !== null,
    properties: {
      path: {
        type: 'string',
        description: trans.__('The script; the one that is selected, or open')
      },
      ...appArgument
    },
    run: args => {
      const path = served(args);
      return path !== null && actions.serve(path, text(args, 'app'));
    }
  });
  add(CommandIDs.settings, {
    label: trans.__('Settings of the App…'),
    caption: trans.__('Choose its time-out, its program, its environment'),
    icon: settingsIcon,
    isEnabled: args => appOf(args) !== null,
    properties: appArgument,
    run: args => {
      const found = appOf(args);
      return found && actions.askSettings(found);
    }
  });
  add(CommandIDs.homepage, {
    label: trans.__('Homepage of the App'),
    caption: args => appOf(args)?.homepage ?? '',
    icon: launchIcon,
    isEnabled: args => appOf(args) !== null,
    properties: appArgument,
    run: args => {
      const found = appOf(args);
      return found && window.open(found.homepage, '_blank', 'noopener');
    }
  });

  // -- what was started

  const onInstance = (
    id: string,
    command: Pick<
      CommandRegistry.ICommandOptions,
      'label' | 'caption' | 'icon'
    >,
    fits: (instance: AppInstance) => boolean,
    run: (instance: AppInstance, args: Args) => unknown,
    properties: Record<string, object> = {}
  ): void => {
    const able = (args: Args): boolean => {
      const instance = instanceOf(args);
      return instance !== null && fits(instance);
    };
    add(id, {
      ...command,
      properties: { ...instanceArgument, ...properties },
      isEnabled: able,
      run: args => {
        const instance = instanceOf(args);
        return instance && fits(instance) && run(instance, args);
      }
    });
  };
  const runs = (one: AppInstance): boolean => one.state === 'running';
  const lives = (one: AppInstance): boolean =>
    (runs(one) || one.state === 'starting') && !apps.busy(one.id);

  onInstance(
    CommandIDs.open,
    {
      label: trans.__('Open the App'),
      caption: trans.__('Show an app in its tab'),
      icon: launchIcon
    },
    () => true,
    one => actions.open(one)
  );
  onInstance(
    CommandIDs.reload,
    {
      label: trans.__('Reload the App'),
      caption: trans.__('Load the page of an app anew'),
      icon: refreshIcon
    },
    runs,
    one => desk.page({ app: one.app, file: one.file })?.reload()
  );
  onInstance(
    CommandIDs.browse,
    {
      label: trans.__('Open the App in a Browser Tab'),
      caption: trans.__('Open the page of an app outside of the Lab'),
      icon: launchIcon
    },
    runs,
    one => actions.browse(one)
  );
  onInstance(
    CommandIDs.log,
    {
      label: trans.__('Log of the App'),
      caption: trans.__('Show or hide what an app said'),
      icon: listIcon
    },
    () => true,
    (one, args) => {
      const page = desk.open({ app: one.app, file: one.file });
      if (args.show !== true || !page.showsLog) {
        page.toggleLog();
      }
    },
    {
      show: {
        type: 'boolean',
        description: trans.__('Show it, whether it is shown or not')
      }
    }
  );
  onInstance(
    CommandIDs.restart,
    {
      label: trans.__('Restart the App'),
      caption: trans.__('Stop an app and start it again'),
      icon: redoIcon
    },
    one => lives(one) || one.state === 'failed',
    one => apps.restart(one.id)
  );
  onInstance(
    CommandIDs.stop,
    {
      label: trans.__('Stop the App'),
      caption: trans.__('End an app and every process of it'),
      icon: stopIcon
    },
    lives,
    one => apps.stop(one.id)
  );

  // -- work

  add(CommandIDs.install, {
    label: args => trans.__('Install %1', appOf(args)?.title ?? ''),
    caption: args => appOf(args)?.description ?? '',
    icon: downloadIcon,
    isVisible: args => {
      const found = appOf(args);
      return !!found?.install && !found.install.missing && !found.installed;
    },
    isEnabled: args => !!appOf(args)?.install && !appOf(args)?.work,
    properties: appArgument,
    run: args => {
      const found = appOf(args);
      return found?.install && actions.install(found);
    }
  });
  add(CommandIDs.uninstall, {
    label: trans.__('Remove the App…'),
    caption: trans.__('Remove an app that was installed from here'),
    icon: deleteIcon,
    isVisible: args => appOf(args)?.own === true,
    isEnabled: args => !appOf(args)?.work,
    properties: appArgument,
    run: args => {
      const found = appOf(args);
      return found?.own && actions.uninstall(found);
    }
  });
  const onWork = (
    id: string,
    command: Pick<
      CommandRegistry.ICommandOptions,
      'label' | 'caption' | 'icon'
    >,
    fits: (id: string) => boolean,
    run: (id: string) => unknown
  ): void =>
    add(id, {
      ...command,
      properties: workArgument,
      isEnabled: args => {
        const work = text(args, 'id');
        return work !== null && fits(work);
      },
      run: args => {
        const work = text(args, 'id');
        return work !== null && run(work);
      }
    });
  const ended = (id: string): boolean => {
    const work = apps.works.find(id);
    return !work || isFinal(work.state);
  };
  onWork(
    CommandIDs.openWork,
    {
      label: trans.__('Show the Installation'),
      caption: trans.__('Show the steps and the log of an installation'),
      icon: listIcon
    },
    () => true,
    id => desk.openWork(id)
  );
  onWork(
    CommandIDs.stopWork,
    {
      label: trans.__('Stop the Installation'),
      caption: trans.__('Stop it; nothing half-installed is left'),
      icon: stopIcon
    },
    id => !ended(id),
    id => apps.works.stop(id)
  );
  onWork(
    CommandIDs.repeatWork,
    {
      label: trans.__('Try the Installation Again'),
      caption: trans.__('Do it once more, as it was asked'),
      icon: redoIcon
    },
    ended,
    id => actions.repeat(id)
  );
  onWork(
    CommandIDs.removeWork,
    {
      label: trans.__('Remove the Record of the Installation'),
      caption: trans.__('What is installed stays'),
      icon: closeIcon
    },
    ended,
    id => apps.works.remove(id)
  );
}
