/**
 * Room `toolboxes`: the panel in the sidebar, plans and toolboxes in the main area, what goes on in the status bar.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { IStateDB } from '@jupyterlab/statedb';
import { IStatusBar } from '@jupyterlab/statusbar';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';

import type { ToolboxWork } from '../contract';
import { plain } from '../kit/code';
import { Feed } from '../kit/feed';
import { tile } from '../kit/home';
import { toolboxesIcon } from '../kit/icons';
import { notify, notifyError } from '../kit/notice';
import { Actions } from './actions';
import { ToolboxesClient } from './client';
import { addCommands } from './commands';
import { Desk, PANEL, RESTORE } from './desk';
import { ToolboxesModel } from './model';
import { ENVIRONMENT_FILE, LOCK_FILE } from './names';
import { ToolboxesPanel } from './panel';
import { ToolboxesStatus } from './status';
import { CommandIDs, IToolboxes } from './tokens';

/** The model; for the plugins of this room. */
const IToolboxesModel = new Token<ToolboxesModel>(
  'ellip-lab:IToolboxesModel',
  'The toolboxes, the catalogue, and what goes on.'
);

/** The toolboxes and what goes on with them. */
const model: JupyterFrontEndPlugin<ToolboxesModel> = {
  id: 'ellip-lab:toolboxes-model',
  description: 'Knows toolboxes, the catalogue, installations and updates.',
  autoStart: true,
  provides: IToolboxesModel,
  optional: [IStateDB],
  activate: (app: JupyterFrontEnd, state: IStateDB | null): ToolboxesModel =>
    new ToolboxesModel({
      client: new ToolboxesClient(app.serviceManager.serverSettings),
      feed: new Feed(app.serviceManager),
      state
    })
};

/** The toolboxes, for other rooms. */
const list: JupyterFrontEndPlugin<IToolboxes> = {
  id: 'ellip-lab:toolboxes-list',
  description: 'Tells other rooms which toolboxes can be used.',
  autoStart: true,
  provides: IToolboxes,
  requires: [IToolboxesModel],
  activate: (_: JupyterFrontEnd, toolboxes: ToolboxesModel): IToolboxes =>
    toolboxes
};

/** The panel, the views and the commands. */
const views: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:toolboxes',
  description: 'Shows toolboxes; plans, installs, updates and removes them.',
  autoStart: true,
  requires: [IToolboxesModel, IDocumentManager],
  optional: [
    ILayoutRestorer,
    IFileBrowserFactory,
    ICommandPalette,
    ILauncher,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    toolboxes: ToolboxesModel,
    documents: IDocumentManager,
    restorer: ILayoutRestorer | null,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    const { commands, shell } = app;
    const { kernelspecs } = app.serviceManager;
    const desk = new Desk({ app, toolboxes, trans });
    const actions = new Actions({
      toolboxes,
      desk,
      documents,
      kernelspecs,
      commands,
      folder: () => browsers?.tracker.currentWidget?.model.path ?? '',
      trans
    });
    addFileTypes(app, trans);
    addCommands({ app, actions, browsers, trans });
    commands.addCommand(RESTORE, {
      isVisible: () => false,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            kind: { type: 'string' },
            key: { type: 'string' },
            tab: { type: 'string' },
            options: { type: 'object' },
            ask: { type: 'object' }
          }
        }
      },
      execute: args => desk.reopen(args)
    });

    const panel = new ToolboxesPanel({ toolboxes, commands, trans });
    panel.id = PANEL;
    panel.title.icon = toolboxesIcon;
    panel.title.caption = trans.__('Toolboxes');
    panel.node.setAttribute('role', 'region');
    panel.node.setAttribute('aria-label', trans.__('Toolboxes'));
    shell.add(panel, 'left', { rank: 480, type: 'Ellip' });
    restorer?.add(panel, panel.id);
    if (restorer) {
      desk.restore(restorer);
    }

    const category = trans.__('Ellip');
    launcher?.add(tile('toolboxes', { command: CommandIDs.panel, category }));
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category });
    }
    toolboxes.works.ended.connect((_, work) => {
      tell(work, desk, toolboxes, commands, trans).catch((error: unknown) =>
        notifyError(`toolboxes-end-${work.id}`, error, trans)
      );
    }, desk);
    // The launcher and the notebooks hear of its kernel.
    toolboxes.works.made.connect((_, work) => {
      if (work.kind !== 'clean') {
        kernelspecs
          .refreshSpecs()
          .catch((error: unknown) =>
            notifyError('toolboxes-kernels', error, trans)
          );
      }
    }, desk);
  }
};

/** The person who began a work is told of its end; who looks at it sees it anyway. */
async function tell(
  work: ToolboxWork,
  desk: Desk,
  toolboxes: ToolboxesModel,
  commands: JupyterFrontEnd['commands'],
  trans: TranslationBundle
): Promise<void> {
  const seen =
    desk.isSeen(work.id) ||
    (toolboxes.visible &&
      toolboxes.showWorks &&
      document.visibilityState === 'visible');
  const done = work.state === 'done';
  const there = done && work.kind !== 'remove' && work.kind !== 'clean';
  // One that is there and does not work is no success.
  const reason = there
    ? (await toolboxes.client.show({ name: nameMade(work) })).reason
    : null;
  notify(`toolboxes-end-${work.id}`, {
    message: reason
      ? trans.__('%1: %2', work.title, plain(reason))
      : done
        ? trans.__('%1: done', work.title)
        : work.failure
          ? trans.__('%1: %2', work.title, plain(work.failure.headline))
          : trans.__('%1: ended', work.title),
    type: reason
      ? 'error'
      : done
        ? 'success'
        : work.state === 'stopped'
          ? 'info'
          : 'error',
    autoClose: seen ? 0 : done && !reason ? 8000 : false,
    actions: [
      there && !reason
        ? {
            label: trans.__('Open a notebook'),
            caption: trans.__('Open a notebook with its kernel'),
            callback: () =>
              void commands.execute(CommandIDs.notebook, {
                name: nameMade(work)
              })
          }
        : {
            label: trans.__('Show'),
            caption: trans.__('Show its steps and its log'),
            callback: () => desk.openWork(work.id)
          }
    ]
  });
}

/** The toolbox that a work has made: of a copy, the new one. */
function nameMade(work: ToolboxWork): string {
  const { to } = work.request;
  return work.kind === 'clone' && typeof to === 'string' ? to : work.name;
}

/** Files that say what a toolbox has are file types: the menu of the file browser knows them by it. */
function addFileTypes(app: JupyterFrontEnd, trans: TranslationBundle): void {
  app.docRegistry.addFileType({
    name: 'conda-environment',
    displayName: trans.__('Conda environment'),
    pattern: ENVIRONMENT_FILE.source,
    extensions: [],
    mimeTypes: ['text/x-yaml'],
    contentType: 'file',
    fileFormat: 'text',
    icon: toolboxesIcon
  });
  app.docRegistry.addFileType({
    name: 'conda-lock',
    displayName: trans.__('Lock file of a toolbox'),
    pattern: LOCK_FILE.source,
    extensions: [],
    mimeTypes: ['text/x-yaml'],
    contentType: 'file',
    fileFormat: 'text',
    icon: toolboxesIcon
  });
}

/** What is going on, in the status bar. */
const status: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:toolboxes-status',
  description: 'Shows installations and updates in the status bar.',
  autoStart: true,
  requires: [IToolboxesModel, IStatusBar],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    toolboxes: ToolboxesModel,
    bar: IStatusBar,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    bar.registerStatusItem('ellip-lab:toolboxes-status', {
      align: 'left',
      rank: 7,
      item: new ToolboxesStatus({ toolboxes, commands: app.commands, trans }),
      isActive: () => toolboxes.works.active.length > 0,
      activeStateChanged: toolboxes.works.changed as never
    });
  }
};

export default [model, list, views, status];
