/**
 * Room `apps`: tiles of the launcher, tabs with apps in them, the panel in the sidebar, a button on the editors of scripts.
 */
import { ILayoutRestorer } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { FileEditor } from '@jupyterlab/fileeditor';
import { ILauncher } from '@jupyterlab/launcher';
import { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';

import type { AppWork } from '../contract';
import { Feed } from '../kit/feed';
import { appsIcon } from '../kit/icons';
import { notify } from '../kit/notice';
import { Actions } from './actions';
import { AppsClient } from './client';
import { addCommands } from './commands';
import { Desk, RESTORE } from './desk';
import { AppsModel } from './model';
import { AppsPanel } from './panel';
import { ServeButton } from './servebutton';
import { Tiles } from './tiles';
import { CommandIDs } from './tokens';

/** The model; for the plugins of this room. */
const IApps = new Token<AppsModel>(
  'ellip-lab:IApps',
  'Applications with pages of their own: which there are, and which run.'
);

/** The apps. */
const model: JupyterFrontEndPlugin<AppsModel> = {
  id: 'ellip-lab:apps-model',
  description: 'Knows which applications there are, and which of them run.',
  autoStart: true,
  provides: IApps,
  optional: [IStateDB],
  activate: (app: JupyterFrontEnd, state: IStateDB | null): AppsModel => {
    const apps = new AppsModel({
      client: new AppsClient(app.serviceManager.serverSettings),
      feed: new Feed(app.serviceManager),
      state
    });
    // The launcher has a tile for each that is installed.
    void app.started.then(() => apps.refresh());
    return apps;
  }
};

/** What takes no arguments that only a row of the panel knows. */
const PALETTE: readonly string[] = [
  CommandIDs.panel,
  CommandIDs.refresh,
  CommandIDs.serve,
  CommandIDs.settings,
  CommandIDs.homepage,
  CommandIDs.reload,
  CommandIDs.browse,
  CommandIDs.log,
  CommandIDs.restart,
  CommandIDs.stop
];

/** The panel, the tabs, the tiles and the commands. */
const views: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:apps',
  description: 'Opens, installs and stops applications.',
  autoStart: true,
  requires: [IApps, IDocumentManager],
  optional: [
    ILayoutRestorer,
    IFileBrowserFactory,
    ICommandPalette,
    ILauncher,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    apps: AppsModel,
    documents: IDocumentManager,
    restorer: ILayoutRestorer | null,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    const { commands, shell } = app;
    const desk = new Desk({ app, apps, documents, trans });
    const actions = new Actions({
      apps,
      desk,
      documents,
      commands,
      base: app.serviceManager.serverSettings.baseUrl,
      trans
    });
    addCommands({ app, actions, documents, browsers, trans });
    commands.addCommand(RESTORE, {
      isVisible: () => false,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            app: { type: 'string' },
            file: { type: ['string', 'null'] },
            log: { type: 'boolean' },
            work: { type: 'string' }
          }
        }
      },
      execute: args => desk.reopen(args)
    });

    const panel = new AppsPanel({ apps, commands, trans });
    panel.id = 'ellip-lab-apps';
    panel.title.icon = appsIcon;
    panel.title.caption = trans.__('Applications');
    panel.node.setAttribute('role', 'region');
    panel.node.setAttribute('aria-label', trans.__('Applications'));
    shell.add(panel, 'left', { rank: 490, type: 'Ellip' });
    restorer?.add(panel, panel.id);
    if (restorer) {
      desk.restore(restorer);
    }

    const category = trans.__('Ellip');
    const tiles = new Tiles({ apps, launcher, palette, category });
    for (const command of PALETTE) {
      palette?.addItem({ command, category });
    }
    apps.changed.connect(() => commands.notifyCommandChanged(), tiles);
    apps.works.ended.connect(
      (_, work) => tell(work, desk, apps, app, trans),
      tiles
    );
  }
};

/** The person who began a work is told of its end; who looks at it sees it anyway. */
function tell(
  work: AppWork,
  desk: Desk,
  apps: AppsModel,
  { commands }: JupyterFrontEnd,
  trans: TranslationBundle
): void {
  const seen =
    desk.isSeen(work.id) ||
    (apps.visible && document.visibilityState === 'visible');
  const done = work.state === 'done';
  const title = apps.app(work.app)?.title ?? work.app;
  const installed = done && work.kind === 'install';
  notify(`apps-end-${work.id}`, {
    message: installed
      ? trans.__('%1 is installed', title)
      : done
        ? trans.__('%1 is removed', title)
        : work.failure
          ? trans.__('%1: %2', work.title, work.failure.headline)
          : trans.__('%1: ended', work.title),
    type: done ? 'success' : work.state === 'stopped' ? 'info' : 'error',
    autoClose: seen ? 0 : done ? 8000 : false,
    actions: [
      installed
        ? {
            label: trans.__('Open'),
            caption: trans.__('Open %1', title),
            callback: () =>
              void commands.execute(CommandIDs.start, { app: work.app })
          }
        : {
            label: trans.__('Show'),
            caption: trans.__('Show its steps and its log'),
            callback: () => desk.openWork(work.id)
          }
    ]
  });
}

/** The button on the toolbar of editors that show a script of an app. */
const toolbar: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:apps-toolbar',
  description: 'Adds Serve to the toolbar of the editors of scripts.',
  autoStart: true,
  requires: [IApps, IToolbarWidgetRegistry, IDocumentManager],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    apps: AppsModel,
    registry: IToolbarWidgetRegistry,
    manager: IDocumentManager,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    registry.addFactory<IDocumentWidget<FileEditor>>(
      'Editor',
      'ellip-serve',
      editor =>
        new ServeButton({
          editor,
          apps,
          manager,
          commands: app.commands,
          trans
        })
    );
  }
};

export default [model, views, toolbar];
