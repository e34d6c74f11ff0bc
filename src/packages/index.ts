/**
 * Room `packages`: the demo package one click away, and how documents stand to the rules of the Best Practice.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ICwlLanguage } from '../cwl/tokens';
import { tile } from '../kit/home';
import { demoIcon } from '../kit/icons';
import { notifyError } from '../kit/notice';
import { PackagesClient } from './client';
import { openDemo } from './demo';
import { addReports } from './reports';
import { CommandIDs } from './tokens';
import { addTool } from './tool';
import tour from './tour';

const packages: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:packages',
  description:
    'Puts the demo package into the workspace, and makes tools of commands.',
  autoStart: true,
  requires: [IDocumentManager],
  optional: [IDefaultFileBrowser, ILauncher, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IDocumentManager,
    browser: IDefaultFileBrowser | null,
    launcher: ILauncher | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    const category = trans.__('Ellip');
    const client = new PackagesClient(app.serviceManager.serverSettings);
    app.commands.addCommand(CommandIDs.demo, {
      label: trans.__('Demo: Water Bodies'),
      caption: trans.__(
        'Copy the demo package into the workspace and open it: it finds the water in a Landsat scene'
      ),
      icon: demoIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            folder: {
              type: 'string',
              description: trans.__(
                'The folder to make; what is in it already is kept'
              )
            },
            cwd: {
              type: 'string',
              description: trans.__('The folder it is made in')
            }
          }
        }
      },
      execute: async args => {
        const text = (name: string): string | undefined =>
          typeof args[name] === 'string' ? args[name] : undefined;
        try {
          const host = { client, manager, browser };
          const opened = await openDemo(host, text('folder'), text('cwd'));
          return opened.widget;
        } catch (error) {
          notifyError('packages-demo', error, trans);
          return undefined;
        }
      }
    });
    addTool({ app, client, manager, browser, trans });
    palette?.addItem({
      command: CommandIDs.tool,
      category: trans.__('CWL')
    });
    palette?.addItem({ command: CommandIDs.demo, category });
    launcher?.add(tile('demo', { command: CommandIDs.demo, category }));
  }
};

/** How documents stand to the Best Practice. */
const reports: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:packages-reports',
  description:
    'Holds CWL documents to the rules of the Best Practice for EO Application Packages.',
  autoStart: true,
  requires: [ICwlLanguage, IDocumentManager, IEditorTracker],
  optional: [
    IDefaultFileBrowser,
    ICommandPalette,
    ILayoutRestorer,
    ISettingRegistry,
    IToolbarWidgetRegistry,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    language: ICwlLanguage,
    manager: IDocumentManager,
    tracker: IEditorTracker,
    browser: IDefaultFileBrowser | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    settings: ISettingRegistry | null,
    toolbars: IToolbarWidgetRegistry | null,
    translator: ITranslator | null
  ): void => {
    addReports({
      app,
      language,
      manager,
      tracker,
      browser,
      palette,
      restorer,
      settings,
      toolbars,
      trans: (translator ?? nullTranslator).load('ellip_lab')
    });
  }
};

export default [packages, reports, tour];
