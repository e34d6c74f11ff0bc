/**
 * Room `s3`: the panel in the sidebar, the drive of the viewers, the transfers in the status bar.
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

import { Feed } from '../kit/feed';
import { tile } from '../kit/home';
import { storageIcon } from '../kit/icons';
import { notify } from '../kit/notice';
import { Actions } from './actions';
import { addOpenConnection } from './bar';
import { S3Client } from './client';
import { addCommands } from './commands';
import { StorageModel } from './model';
import { addMoreCommands } from './morecommands';
import notebook from './notebook';
import opening from './open';
import { StoragePanel } from './panel';
import { isBusy, StorageStatus } from './status';
import { CommandIDs, IStorage } from './tokens';

/** Storage itself. */
const model: JupyterFrontEndPlugin<IStorage> = {
  id: 'ellip-lab:s3-model',
  description: 'Knows connections, objects and transfers of object storage.',
  autoStart: true,
  provides: IStorage,
  optional: [IStateDB, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    state: IStateDB | null,
    translator: ITranslator | null
  ): IStorage => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    return new StorageModel({
      client: new S3Client(app.serviceManager.serverSettings),
      feed: new Feed(app.serviceManager),
      state,
      askPolicy: async conflict => {
        const { askTransferPolicy } = await import('./dialogs');
        return askTransferPolicy(conflict, trans);
      },
      askUploadPolicy: async key => {
        const { askPolicy } = await import('./dialogs');
        return askPolicy(trans.__('There is already:'), [key], trans);
      },
      pick: async (storage, options) => {
        const { pick } = await import('./pick');
        return pick(storage, options, trans);
      }
    });
  }
};

/** The panel and the commands. */
const views: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:s3',
  description: 'Shows object storage, and moves what is in it.',
  autoStart: true,
  requires: [IStorage, IDocumentManager],
  optional: [
    ILayoutRestorer,
    IFileBrowserFactory,
    ICommandPalette,
    ILauncher,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    storage: IStorage,
    documents: IDocumentManager,
    restorer: ILayoutRestorer | null,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    translator: ITranslator | null
  ): void => {
    if (!(storage instanceof StorageModel)) {
      throw new Error('Storage is not the one of this extension');
    }
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    const { commands, shell } = app;
    const actions = new Actions(storage, documents, trans);
    const showPanel = (): void => shell.activateById('ellip-lab-s3');
    addCommands({ app, actions, browsers, trans });
    addMoreCommands({ commands, storage, showPanel, trans });
    addOpenConnection({ storage, commands, trans });

    const panel = new StoragePanel({ actions, commands, trans });
    panel.id = 'ellip-lab-s3';
    panel.title.icon = storageIcon;
    panel.title.caption = trans.__('Storage');
    panel.node.setAttribute('role', 'region');
    panel.node.setAttribute('aria-label', trans.__('Storage'));
    shell.add(panel, 'left', { rank: 460, type: 'Ellip' });
    restorer?.add(panel, panel.id);

    const category = trans.__('Ellip');
    launcher?.add(tile('storage', { command: CommandIDs.panel, category }));
    for (const command of [
      CommandIDs.panel,
      CommandIDs.connect,
      CommandIDs.testConnection,
      CommandIDs.editConnection,
      CommandIDs.removeConnection,
      CommandIDs.chooseConnection,
      CommandIDs.refresh,
      CommandIDs.makeBucket,
      CommandIDs.makeFolder,
      CommandIDs.upload,
      CommandIDs.uploadFolder,
      CommandIDs.send,
      CommandIDs.download,
      CommandIDs.fetch,
      CommandIDs.presign,
      CommandIDs.showTransfers
    ]) {
      palette?.addItem({ command, category });
    }

    // Who looks at the panel sees the end anyway.
    storage.ended.connect((_, transfer) => {
      if (panel.isVisible && document.visibilityState === 'visible') {
        return;
      }
      const bad = transfer.failed > 0 || transfer.state === 'failed';
      notify(`s3-end-${transfer.id}`, {
        message: bad
          ? trans.__('%1: failed', transfer.title)
          : trans.__('%1: %2', transfer.title, transfer.state),
        type: bad ? 'error' : transfer.state === 'done' ? 'success' : 'info',
        autoClose: bad ? false : 8000,
        actions: [
          {
            label: trans.__('Show'),
            caption: trans.__('Show the transfers'),
            callback: () => void commands.execute(CommandIDs.showTransfers)
          }
        ]
      });
    }, panel);
  }
};

/** What is on its way, in the status bar. */
const status: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:s3-status',
  description:
    'Shows in the status bar what is on its way to and from storage.',
  autoStart: true,
  requires: [IStorage, IStatusBar],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    storage: IStorage,
    bar: IStatusBar,
    translator: ITranslator | null
  ): void => {
    if (!(storage instanceof StorageModel)) {
      return;
    }
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    bar.registerStatusItem('ellip-lab:s3-status', {
      align: 'left',
      rank: 5,
      item: new StorageStatus({ storage, commands: app.commands, trans }),
      isActive: () => isBusy(storage),
      activeStateChanged: storage.changed as never
    });
  }
};

export default [model, views, status, ...opening, notebook];
