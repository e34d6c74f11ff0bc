/**
 * The tour of who opens the Lab for the first time: offered once, and in the Help menu ever after.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { tile } from '../kit/home';
import { tourIcon } from '../kit/icons';
import { notifyError } from '../kit/notice';
import { CommandIDs as RunCommandIDs } from '../runs/tokens';
import { PackagesClient } from './client';
import { openDemo } from './demo';
import { CommandIDs } from './tokens';
import { stepsOf, Tour } from './tourmodel';

/** The settings, and the one that says whether the tour is offered. */
const SETTINGS = 'ellip-lab:packages';
const OFFER = 'tour';

const tour: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:packages-tour',
  description: 'Shows who is here for the first time the way to a result.',
  autoStart: true,
  requires: [IDocumentManager],
  optional: [
    IDefaultFileBrowser,
    ISettingRegistry,
    IStateDB,
    ILauncher,
    ICommandPalette,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    manager: IDocumentManager,
    browser: IDefaultFileBrowser | null,
    settings: ISettingRegistry | null,
    state: IStateDB | null,
    launcher: ILauncher | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    const category = trans.__('Ellip');
    const { commands, shell } = app;
    const host = {
      client: new PackagesClient(app.serviceManager.serverSettings),
      manager,
      browser
    };
    const model = new Tour({
      steps: stepsOf(
        {
          demo: () => openDemo(host),
          form: async () => {
            const { document: path, parameters } = (await openDemo(host)).demo;
            await commands.execute(RunCommandIDs.start, { path, parameters });
          },
          panel: async id => shell.activateById(id)
        },
        trans
      ),
      state,
      done: async () => settings?.set(SETTINGS, OFFER, false),
      failed: error => notifyError('packages-tour', error, trans)
    });

    let card: Widget | null = null;
    const show = async (): Promise<void> => {
      const { TourCard } = await import('./tourcard');
      if (model.place !== null && !card) {
        card = new TourCard({ tour: model, trans });
        Widget.attach(card, document.body);
      }
    };
    model.changed.connect(() => {
      if (model.place === null) {
        card?.dispose();
        card = null;
      } else if (!card) {
        void show();
      }
    });

    commands.addCommand(CommandIDs.tour, {
      label: trans.__('Tour of Ellip Studio'),
      caption: trans.__('From a document to a result, in five steps'),
      icon: tourIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => model.start()
    });
    palette?.addItem({ command: CommandIDs.tour, category });
    launcher?.add(tile('tour', { command: CommandIDs.tour, category }));

    void app.restored.then(async () => {
      if (await model.resume()) {
        return;
      }
      const chosen = await settings?.get(SETTINGS, OFFER);
      if (chosen?.composite === true) {
        model.offer();
      }
    });
  }
};

export default tour;
