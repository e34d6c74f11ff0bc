/**
 * What is done with apps: each asks what it must, then leaves the work to the server.
 */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { App, AppInstance, ServeChoice } from '../contract';
import { bytes } from '../kit/format';
import { notify } from '../kit/notice';
import type { Desk } from './desk';
import type { AppsModel, IPlace } from './model';
import { keyOf } from './model';
import { CommandIDs } from './tokens';
import { lastPart } from './names';

/** What the actions stand on. */
export interface IActionsOptions {
  readonly apps: AppsModel;
  readonly desk: Desk;
  readonly documents: IDocumentManager;
  readonly commands: CommandRegistry;
  readonly base: string;
  readonly trans: TranslationBundle;
}

/** The actions. */
export class Actions {
  constructor(options: IActionsOptions) {
    this._options = options;
    this.apps = options.apps;
    this.desk = options.desk;
  }

  readonly apps: AppsModel;
  readonly desk: Desk;

  /** Shows the tab of an app, which says how it comes up, and starts it where it does not run. */
  async start(place: IPlace, timeout: number | null = null): Promise<void> {
    const { apps } = this;
    this.desk.open(place);
    const alive = ['starting', 'running'].includes(apps.at(place)?.state ?? '');
    if (alive || apps.busy(keyOf(place))) {
      return;
    }
    const app = apps.app(place.app);
    if (timeout !== null && app) {
      await apps.save({ ...app.settings, app: app.name, timeout });
    }
    await apps.start(place);
  }

  /** Shows an instance in its tab. */
  open(instance: AppInstance): void {
    this.desk.open({ app: instance.app, file: instance.file });
  }

  /** Opens an app in a tab of the browser. */
  browse(instance: AppInstance): void {
    window.open(this._options.base + instance.path, '_blank', 'noopener');
  }

  // -- serving

  /** Serves a file by the app that its text asks for; what is typed is saved first. */
  async serve(path: string, wanted: string | null): Promise<void> {
    const { documents, trans } = this._options;
    const widget = documents.findWidget(path);
    const context = widget && documents.contextForWidget(widget);
    if (context?.model.dirty && !context.model.readOnly) {
      await context.save();
    }
    const found = await this.apps.client.serveChoices({ path });
    const name = lastPart(path);
    if (found.problem) {
      notify(SERVE, { message: found.problem, type: 'error', autoClose: 8000 });
      return;
    }
    const choices = found.choices.filter(
      choice => wanted === null || choice.app === wanted
    );
    if (!choices.length) {
      notify(SERVE, {
        message: trans.__(
          '%1 is a page of no app: it imports none of them (%2).',
          name,
          this.apps.apps
            .filter(app => app.uses === 'one')
            .map(app => app.title)
            .join(', ')
        ),
        type: 'info',
        autoClose: 8000
      });
      return;
    }
    const here = choices.filter(choice => choice.installed);
    const chosen =
      here.length > 1 ? await this._choose(name, here) : (here[0] ?? null);
    if (chosen) {
      await this.start({ app: chosen.app, file: path });
    } else if (!here.length) {
      this._offer(name, choices);
    }
  }

  /** Says that the app of a file is not here, and how it can be had. */
  private _offer(name: string, choices: readonly ServeChoice[]): void {
    const { commands, trans } = this._options;
    const [first] = choices;
    if (!first) {
      return;
    }
    const plan = this.apps.app(first.app)?.install;
    notify(SERVE, {
      message: trans.__(
        '%1 needs %2, which is not installed: %3.',
        name,
        first.title,
        first.reason
      ),
      type: 'warning',
      autoClose: false,
      actions: [
        plan && !plan.missing
          ? {
              label: trans.__('Install %1', first.title),
              callback: () =>
                void commands.execute(CommandIDs.install, { app: first.app })
            }
          : {
              label: trans.__('Show Applications'),
              callback: () => this.desk.showPanel()
            }
      ]
    });
  }

  private async _choose(
    name: string,
    choices: readonly ServeChoice[]
  ): Promise<ServeChoice | null> {
    const { trans } = this._options;
    const result = await showDialog({
      title: trans.__('Serve %1 with…', name),
      body: React.createElement(
        'ul',
        null,
        ...choices.map(choice =>
          React.createElement(
            'li',
            null,
            trans.__('%1: %2', choice.title, choice.reason)
          )
        )
      ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        ...choices.map(choice =>
          Dialog.createButton({ label: choice.title, actions: [choice.app] })
        )
      ],
      defaultButton: 1
    });
    const [app] = result.button.actions;
    return choices.find(choice => choice.app === app) ?? null;
  }

  // -- settings and work

  async askSettings(app: App): Promise<void> {
    const [{ showForm }, { SettingsForm }] = await Promise.all([
      import('../kit/formdialog'),
      import('./settingsform')
    ]);
    const { trans } = this._options;
    const alive = app.instances.filter(
      one => one.state === 'starting' || one.state === 'running'
    );
    await showForm(trans.__('Settings of %1', app.title), close =>
      React.createElement(SettingsForm, {
        app,
        runs: alive.length > 0,
        onSave: async (request, restart) => {
          await this.apps.save(request);
          if (restart) {
            await Promise.all(alive.map(one => this.apps.restart(one.id)));
          }
        },
        close,
        trans
      })
    );
  }

  async install(app: App): Promise<void> {
    const { client, works } = this.apps;
    const work = await works.begin(client.install({ app: app.name }));
    await this.apps.refresh();
    this._follow(work.id);
  }

  /** Removes what was installed from here, once the person has seen what. */
  async uninstall(app: App): Promise<void> {
    const { trans } = this._options;
    const result = await showDialog({
      title: trans.__('Remove %1?', app.title),
      body: app.install
        ? trans.__(
            '%1 of %2 are given back. What runs of it is stopped; its settings stay.',
            bytes(app.install.size, trans),
            app.install.folder
          )
        : '',
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.warnButton({ label: trans.__('Remove') })
      ],
      defaultButton: 0
    });
    if (!result.button.accept) {
      return;
    }
    await Promise.all(
      app.instances
        .filter(one => one.state !== 'failed')
        .map(one => this.apps.stop(one.id))
    );
    const { client, works } = this.apps;
    await works.begin(client.uninstall({ app: app.name }));
    await this.apps.refresh();
  }

  async repeat(id: string): Promise<void> {
    const seen = this.desk.isSeen(id);
    const work = await this.apps.works.repeat(id);
    await this.apps.refresh();
    if (seen) {
      this.desk.openWork(work.id);
    } else {
      this._follow(work.id);
    }
  }

  /** Shows a work that was begun: in the panel, or in a tab of its own. */
  private _follow(id: string): void {
    if (!this.apps.visible) {
      this.desk.openWork(id);
    }
  }

  private readonly _options: IActionsOptions;
}

const SERVE = 'apps-serve';
