/**
 * Room `containers`: the panel in the sidebar, images and builds in the main area, what goes on in the status bar.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { FileEditor } from '@jupyterlab/fileeditor';
import { ILauncher } from '@jupyterlab/launcher';
import { IStateDB } from '@jupyterlab/statedb';
import { IStatusBar } from '@jupyterlab/statusbar';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';

import type { Work } from '../contract';
import { Feed } from '../kit/feed';
import { tile } from '../kit/home';
import { containersIcon } from '../kit/icons';
import { notify } from '../kit/notice';
import type { IRuns as Runs } from '../runs/tokens';
import { CommandIDs as RunIDs, IRuns } from '../runs/tokens';
import { Actions } from './actions';
import { ContainersClient } from './client';
import { addCommands, CONTAINERFILE } from './commands';
import { Desk, RESTORE } from './desk';
import { ContainersModel } from './model';
import { addMoreCommands } from './morecommands';
import { ContainersPanel } from './panel';
import { Proxy } from './proxy';
import { ContainersStatus } from './status';
import { ImagesButton } from './toolbar';
import { CommandIDs } from './tokens';

/** The model; for the plugins of this room. */
const IContainers = new Token<ContainersModel>(
  'ellip-lab:IContainers',
  'The container engine: its images, its containers, their registries.'
);

/** The engine and what it has. */
const model: JupyterFrontEndPlugin<ContainersModel> = {
  id: 'ellip-lab:containers-model',
  description: 'Knows images, containers, registries, pulls and builds.',
  autoStart: true,
  provides: IContainers,
  optional: [IStateDB],
  activate: (app: JupyterFrontEnd, state: IStateDB | null): ContainersModel =>
    new ContainersModel({
      client: new ContainersClient(app.serviceManager.serverSettings),
      feed: new Feed(app.serviceManager),
      state
    })
};

/** The panel, the views and the commands. */
const views: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:containers',
  description: 'Shows images and containers; pulls, builds and pushes.',
  autoStart: true,
  requires: [IContainers, IDocumentManager],
  optional: [
    ILayoutRestorer,
    IFileBrowserFactory,
    ICommandPalette,
    ILauncher,
    IStateDB,
    IRuns,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    containers: ContainersModel,
    documents: IDocumentManager,
    restorer: ILayoutRestorer | null,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    state: IStateDB | null,
    runs: Runs | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    const { commands, shell } = app;
    const proxy = new Proxy(app.serviceManager.serverSettings);
    const host = {
      runName: (id: string) =>
        runs?.record(id)?.name ??
        runs?.runs.find(run => run.id === id)?.name ??
        null,
      openRun: (id: string) => void commands.execute(RunIDs.open, { id }),
      portUrl: (port: number) => proxy.url(port)
    };
    const desk = new Desk({ app, containers, documents, state, host, trans });
    const actions = new Actions({
      containers,
      desk,
      documents,
      commands,
      folder: () => browsers?.tracker.currentWidget?.model.path ?? '',
      trans
    });
    addFileTypes(app, trans);
    addCommands({ app, actions, browsers, trans });
    addMoreCommands({ app, actions, browsers, documents, trans });
    commands.addCommand(RESTORE, {
      isVisible: () => false,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            kind: { type: 'string' },
            key: { type: 'string' },
            tab: { type: 'string' },
            options: { type: 'object' }
          }
        }
      },
      execute: args => desk.reopen(args)
    });

    const panel = new ContainersPanel({ containers, commands, host, trans });
    panel.id = 'ellip-lab-containers';
    panel.title.icon = containersIcon;
    panel.title.caption = trans.__('Containers');
    panel.node.setAttribute('role', 'region');
    panel.node.setAttribute('aria-label', trans.__('Containers'));
    shell.add(panel, 'left', { rank: 470, type: 'Ellip' });
    restorer?.add(panel, panel.id);
    if (restorer) {
      desk.restore(restorer);
    }

    const category = trans.__('Ellip');
    launcher?.add(tile('containers', { command: CommandIDs.panel, category }));
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category });
    }
    containers.works.ended.connect((_, work) => {
      tell(work, desk, containers, trans);
    }, desk);
  }
};

/** The person who began a work is told of its end; who looks at it sees it anyway. */
function tell(
  work: Work,
  desk: Desk,
  containers: ContainersModel,
  trans: TranslationBundle
): void {
  const seen =
    desk.isSeen(work.id) ||
    (containers.visible &&
      containers.showWorks &&
      document.visibilityState === 'visible');
  const done = work.state === 'done';
  notify(`containers-end-${work.id}`, {
    message: done
      ? trans.__('%1: done', work.title)
      : work.failure
        ? trans.__('%1: %2', work.title, work.failure.headline)
        : trans.__('%1: ended', work.title),
    type: done ? 'success' : work.state === 'stopped' ? 'info' : 'error',
    autoClose: seen ? 0 : done ? 8000 : false,
    actions: [
      {
        label: trans.__('Show'),
        caption: trans.__('Show its steps and its log'),
        callback: () => desk.openWork(work.id)
      }
    ]
  });
}

/** Containerfiles and archives are file types: the menu of the file browser knows them by it. */
function addFileTypes(app: JupyterFrontEnd, trans: TranslationBundle): void {
  app.docRegistry.addFileType({
    name: 'ellip-archive',
    displayName: trans.__('Archive'),
    extensions: ['.tar', '.tar.gz', '.tgz'],
    mimeTypes: ['application/x-tar'],
    contentType: 'file',
    fileFormat: 'base64'
  });
  app.docRegistry.addFileType({
    name: 'containerfile',
    displayName: trans.__('Containerfile'),
    pattern: CONTAINERFILE.source,
    extensions: [],
    mimeTypes: ['text/x-dockerfile'],
    contentType: 'file',
    fileFormat: 'text',
    icon: containersIcon
  });
}

/** What is going on, in the status bar. */
const status: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:containers-status',
  description: 'Shows pulls, builds and pushes in the status bar.',
  autoStart: true,
  requires: [IContainers, IStatusBar],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    containers: ContainersModel,
    bar: IStatusBar,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    bar.registerStatusItem('ellip-lab:containers-status', {
      align: 'left',
      rank: 6,
      item: new ContainersStatus({
        containers,
        commands: app.commands,
        trans
      }),
      isActive: () => containers.works.active.length > 0,
      activeStateChanged: containers.works.changed as never
    });
  }
};

/** The button on the toolbar of editors that show a document. */
const toolbar: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:containers-toolbar',
  description: 'Adds Images to the toolbar of CWL editors.',
  autoStart: true,
  requires: [IToolbarWidgetRegistry, IDocumentManager],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    registry: IToolbarWidgetRegistry,
    manager: IDocumentManager,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    registry.addFactory<IDocumentWidget<FileEditor>>(
      'Editor',
      'ellip-images',
      editor =>
        new ImagesButton({ editor, manager, commands: app.commands, trans })
    );
  }
};

export default [model, views, status, toolbar];
