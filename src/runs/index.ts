/**
 * Room `runs`: the list in the sidebar, a run in the main area, the count in the status bar.
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
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { InputObject } from '../cwl/tokens';
import { ICwl, ICwlLanguage } from '../cwl/tokens';
import { Feed } from '../kit/feed';
import { tile } from '../kit/home';
import { runsIcon } from '../kit/icons';
import { notify } from '../kit/notice';
import type { IStorage as Storage } from '../s3/tokens';
import { IStorage } from '../s3/tokens';
import { RunsClient } from './client';
import { addCluster } from './clustercommand';
import { ClusterModel } from './clustermodel';
import { addCommands } from './commands';
import { Desk } from './desk';
import { RunsModel } from './model';
import { RunsPanel } from './panel';
import { RunsStatus } from './status';
import { CommandIDs, ICluster, IRuns } from './tokens';
import { addUsed } from './usedcommand';

/** The parameter of the Lab's address that names a run to open. */
const PARAMETER = 'ellip-run';
/** The command that puts a form back; not for people. */
const RESTORE_FORM = 'ellip-lab:runs-restore-form';

/** The runs themselves. */
const model: JupyterFrontEndPlugin<IRuns> = {
  id: 'ellip-lab:runs-model',
  description: 'Knows the runs of CWL documents and hears when they change.',
  autoStart: true,
  provides: IRuns,
  optional: [IStateDB],
  activate: (app: JupyterFrontEnd, state: IStateDB | null): IRuns => {
    const feed = new Feed(app.serviceManager);
    const runs = new RunsModel(
      new RunsClient(app.serviceManager.serverSettings),
      feed,
      state
    );
    // The list is read when the Lab stands: the first paint does not wait for it.
    void app.restored.then(() => runs.refresh());
    return runs;
  }
};

/** The list, the views and the commands. */
const views: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:runs',
  description: 'Shows the runs of CWL documents, and starts and stops them.',
  autoStart: true,
  requires: [IRuns, ICluster, ICwl, IDocumentManager],
  optional: [
    ILayoutRestorer,
    IFileBrowserFactory,
    ICommandPalette,
    ILauncher,
    IStorage,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    runs: IRuns,
    there: ICluster,
    cwl: ICwl,
    documents: IDocumentManager,
    restorer: ILayoutRestorer | null,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    storage: Storage | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    const { commands, shell } = app;
    const desk = new Desk({
      app,
      runs,
      cluster: there,
      cwl,
      documents,
      storage: storage !== null,
      trans
    });
    addCommands({ app, runs, desk, cwl, documents, browsers, trans });
    addRestoreCommand(app, runs, desk);

    const list = new RunsPanel({
      runs,
      commands,
      current: () => desk.current,
      trans
    });
    desk.currentChanged.connect(() => list.update(), list);
    list.id = 'ellip-lab-runs';
    list.title.icon = runsIcon;
    list.title.caption = trans.__('Runs');
    list.node.setAttribute('role', 'region');
    list.node.setAttribute('aria-label', trans.__('Runs'));
    shell.add(list, 'left', { rank: 450, type: 'Ellip' });
    restorer?.add(list, list.id);
    if (restorer) {
      desk.restore(restorer);
    }

    const category = trans.__('Ellip');
    for (const command of [
      CommandIDs.start,
      CommandIDs.panel,
      CommandIDs.refresh,
      CommandIDs.rerun,
      CommandIDs.rerunThere,
      CommandIDs.rerunHere,
      CommandIDs.stop,
      CommandIDs.remove,
      CommandIDs.copyShell,
      CommandIDs.copyPython,
      CommandIDs.openDocument
    ]) {
      palette?.addItem({
        command,
        category,
        args: command === CommandIDs.start ? { isMenu: true, choose: true } : {}
      });
    }
    launcher?.add(tile('run', { command: CommandIDs.start, category }));

    // The person who started a run is told of its end; who looks at it sees it anyway.
    runs.ended.connect((_, run) => {
      const seen = desk.isSeen(run.id);
      notify(`runs-end-${run.id}`, {
        message:
          run.state === 'done'
            ? trans.__('%1 is done', run.name)
            : run.failure
              ? trans.__('%1 failed: %2', run.name, run.failure.headline)
              : trans.__('%1 has ended', run.name),
        type:
          run.state === 'done'
            ? 'success'
            : run.state === 'stopped'
              ? 'info'
              : 'error',
        autoClose: seen ? 0 : run.state === 'done' ? 10_000 : false,
        actions: [
          {
            label: trans.__('Show'),
            caption: trans.__('Show the run'),
            callback: () => desk.openRun(run.id)
          }
        ]
      });
    }, desk);

    void app.restored.then(() => openNamed(desk));
  }
};

/** The cluster that runs can go to. */
const cluster: JupyterFrontEndPlugin<ICluster> = {
  id: 'ellip-lab:runs-cluster',
  description: 'Sets the cluster that runs can go to, and tests it.',
  autoStart: true,
  provides: ICluster,
  optional: [IStateDB, ILayoutRestorer, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    state: IStateDB | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): ICluster => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    // Nothing is asked of the server before somebody wants to know.
    const there = new ClusterModel(
      new RunsClient(app.serviceManager.serverSettings),
      state,
      trans
    );
    addCluster({ app, cluster: there, restorer, trans });
    palette?.addItem({
      command: CommandIDs.cluster,
      category: trans.__('Ellip')
    });
    return there;
  }
};

/** What the tools of a document have used. */
const used: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:runs-used',
  description:
    'Shows what the tools of a document have used, and makes it ask for that.',
  autoStart: true,
  requires: [IRuns, ICwlLanguage, IDocumentManager],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    runs: IRuns,
    language: ICwlLanguage,
    documents: IDocumentManager,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    addUsed({ app, runs, language, documents, trans });
    palette?.addItem({ command: CommandIDs.used, category: trans.__('CWL') });
  }
};

/** How many runs there are, in the status bar. */
const status: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:runs-status',
  description: 'Shows in the status bar how many runs are going on.',
  autoStart: true,
  requires: [IRuns, IStatusBar],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    runs: IRuns,
    bar: IStatusBar,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    bar.registerStatusItem('ellip-lab:runs-status', {
      align: 'left',
      rank: 4,
      item: new RunsStatus({ runs, commands: app.commands, trans }),
      isActive: () => runs.active.length > 0,
      activeStateChanged: runs.changed as never
    });
  }
};

/** The layout restorer speaks in commands: this one puts a form back. */
function addRestoreCommand(
  app: JupyterFrontEnd,
  runs: IRuns,
  desk: Desk
): void {
  app.commands.addCommand(RESTORE_FORM, {
    isVisible: () => false,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: { type: 'string' },
          entry: { type: 'string' },
          inputs: { type: 'object' },
          rerun: { type: 'string' }
        }
      }
    },
    execute: async args => {
      if (typeof args.path !== 'string') {
        return;
      }
      if (typeof args.rerun === 'string') {
        const run = await runs.show(args.rerun);
        desk.openForm({ path: args.path, rerun: args.rerun }, run);
      } else {
        desk.openForm({
          path: args.path,
          entry: typeof args.entry === 'string' ? args.entry : null,
          ...(args.inputs && { inputs: args.inputs as InputObject })
        });
      }
    }
  });
}

/** Opens the run that the address names, once. */
function openNamed(desk: Desk): void {
  const address = new URL(window.location.href);
  const id = address.searchParams.get(PARAMETER);
  if (!id) {
    return;
  }
  desk.openRun(id);
  desk.showPanel();
  address.searchParams.delete(PARAMETER);
  window.history.replaceState(window.history.state, '', address);
}

export default [model, cluster, views, used, status];
