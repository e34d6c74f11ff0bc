/**
 * What is done with toolboxes: each asks what it must, then leaves the work to the server.
 */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { KernelSpec } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { LockForm, ToolboxRequest } from '../contract';
import { copyText } from '../kit/copy';
import { bytes } from '../kit/format';
import { notify } from '../kit/notice';
import { openTerminal } from '../kit/terminal';
import type { Desk } from './desk';
import type { ToolboxesModel } from './model';
import { freeName, isToolboxFile, nameOfFile } from './names';

/** JupyterLab's command of notebooks. */
const NOTEBOOK = 'notebook:create-new';

/** What the actions stand on. */
export interface IActionsOptions {
  readonly toolboxes: ToolboxesModel;
  readonly desk: Desk;
  readonly documents: IDocumentManager;
  readonly kernelspecs: KernelSpec.IManager;
  readonly commands: CommandRegistry;
  /** The folder that the file browser shows. */
  readonly folder: () => string;
  readonly trans: TranslationBundle;
}

/** The actions. */
export class Actions {
  constructor(options: IActionsOptions) {
    this._options = options;
    this.toolboxes = options.toolboxes;
    this.desk = options.desk;
  }

  readonly toolboxes: ToolboxesModel;
  readonly desk: Desk;

  // -- what would be done

  /** Shows what an entry of the catalogue would bring. */
  async planEntry(entry: string): Promise<void> {
    await this.toolboxes.ready();
    this.plan({ name: freeName(entry, this.toolboxes.names), entry });
  }

  plan(request: ToolboxRequest): void {
    this.desk.openPlan({ verb: 'install', request });
  }

  planUpdate(name: string): void {
    this.desk.openPlan({ verb: 'update', request: { name, upgrade: true } });
  }

  /** Shows what a file of the workspace would bring. */
  async planFile(path: string): Promise<void> {
    await this.toolboxes.ready();
    const { contents } = this._options.documents.services;
    const file = await contents.get(path, {
      type: 'file',
      format: 'text',
      content: true
    });
    const text = typeof file.content === 'string' ? file.content : '';
    const name = freeName(nameOfFile(path, text), this.toolboxes.names);
    this.plan({ name, file: path });
  }

  /** Lets the person choose a file of the workspace. */
  async chooseFile(): Promise<string | null> {
    const { documents, trans } = this._options;
    const { FileDialog } = await import('@jupyterlab/filebrowser');
    const result = await FileDialog.getOpenFiles({
      manager: documents,
      title: trans.__('Choose an environment.yml or a lock file'),
      filter: model =>
        model.type === 'directory' || isToolboxFile(model.path) ? {} : null
    });
    const chosen = result.button.accept ? result.value?.[0] : undefined;
    return chosen && chosen.type !== 'directory' ? chosen.path : null;
  }

  async askCreate(packages: string): Promise<void> {
    const { showForm, CreateForm } = await forms();
    const { trans } = this._options;
    void this.toolboxes.ready();
    await showForm(trans.__('New toolbox'), close =>
      React.createElement(CreateForm, {
        toolboxes: this.toolboxes,
        packages,
        onPlan: request => this.plan(request),
        close,
        trans
      })
    );
  }

  // -- using one

  async notebook(name: string): Promise<void> {
    const { commands, kernelspecs, folder, trans } = this._options;
    const kernel = (await this.toolboxes.client.show({ name })).kernel;
    if (!kernel) {
      throw new Error(trans.__('%1 has no kernel.', name));
    }
    if (!kernelspecs.specs?.kernelspecs[kernel]) {
      await kernelspecs.refreshSpecs();
    }
    await commands.execute(NOTEBOOK, { kernelName: kernel, cwd: folder() });
  }

  async terminal(name: string): Promise<void> {
    const { commands, folder } = this._options;
    await openTerminal(
      commands,
      await this.toolboxes.client.terminal({ name, folder: folder() })
    );
  }

  async copy(text: string): Promise<void> {
    await copyText(text);
    notify('toolboxes-copied', {
      message: this._options.trans.__('Copied: %1', text),
      type: 'info',
      autoClose: 2500
    });
  }

  async copyPrefix(name: string): Promise<void> {
    const known = this.toolboxes.find(name);
    await this.copy(
      (known ?? (await this.toolboxes.client.show({ name }))).prefix
    );
  }

  async askSaveLock(name: string): Promise<void> {
    const { showForm, SaveLockForm } = await forms();
    const { trans, folder } = this._options;
    await showForm(trans.__('Save what %1 has', name), close =>
      React.createElement(SaveLockForm, {
        toolboxes: this.toolboxes,
        name,
        folder: folder(),
        onDone: (form, path) => this._saveLock(name, form, path),
        close,
        trans
      })
    );
  }

  // -- changing one

  async askClone(name: string): Promise<void> {
    const { showForm, CloneForm } = await forms();
    const { trans } = this._options;
    await this.toolboxes.ready();
    await showForm(trans.__('Clone %1', name), close =>
      React.createElement(CloneForm, {
        toolboxes: this.toolboxes,
        name,
        onDone: async request => {
          const { client, works } = this.toolboxes;
          this._follow((await works.begin(client.clone(request))).id);
        },
        close,
        trans
      })
    );
  }

  /** Removes a toolbox, once the person has seen what goes. */
  async askRemove(name: string): Promise<void> {
    const { trans } = this._options;
    await this.toolboxes.ready();
    const known = this.toolboxes.find(name);
    const result = await showDialog({
      title: trans.__('Remove %1?', known?.title ?? name),
      body: React.createElement(
        'div',
        null,
        ...[
          known?.size
            ? trans.__(
                '%1 packages, %2: its folder, its kernel and its lock file.',
                known.packages,
                bytes(known.size, trans)
              )
            : trans.__('Its folder, its kernel and its lock file go.'),
          trans.__('What was downloaded stays in the cache.')
        ].map(line => React.createElement('div', { key: line }, line))
      ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.warnButton({ label: trans.__('Remove') })
      ],
      defaultButton: 0
    });
    if (result.button.accept) {
      const { client, works } = this.toolboxes;
      const work = await works.begin(client.remove({ name }));
      this.desk.close('toolbox', name);
      this.desk.close('plan', `update-${name}`);
      this._follow(work.id);
    }
  }

  async askLogin(host: string): Promise<void> {
    const { showForm, LoginForm } = await forms();
    const { trans } = this._options;
    await showForm(
      host ? trans.__('Sign in to %1', host) : trans.__('Sign in to a channel'),
      close =>
        React.createElement(LoginForm, {
          toolboxes: this.toolboxes,
          host,
          close,
          trans
        })
    );
  }

  async askClean(): Promise<void> {
    const { showForm, CleanForm } = await forms();
    const { trans } = this._options;
    await showForm(trans.__('Clean up the cache'), close =>
      React.createElement(CleanForm, {
        toolboxes: this.toolboxes,
        onDone: async request => {
          const { client, works } = this.toolboxes;
          this._follow((await works.begin(client.clean(request))).id);
        },
        close,
        trans
      })
    );
  }

  // -- work

  async repeat(id: string): Promise<void> {
    const work = await this.toolboxes.works.repeat(id);
    if (this.desk.isSeen(id)) {
      this.desk.openWork(work.id);
    } else {
      this._follow(work.id);
    }
  }

  async removeWork(id: string): Promise<void> {
    await this.toolboxes.works.remove(id);
    this.desk.close('work', id);
  }

  /** Shows a work that was begun: at the foot of the panel, or in a tab of its own. */
  private _follow(id: string): void {
    if (this.toolboxes.visible) {
      this.toolboxes.setShowWorks(true);
    } else {
      this.desk.openWork(id);
    }
  }

  private async _saveLock(
    name: string,
    form: LockForm,
    path: string
  ): Promise<void> {
    const { documents, trans } = this._options;
    const { contents } = documents.services;
    const { text } = await this.toolboxes.client.lock({ name, form });
    const there = await contents.get(path, { content: false }).then(
      () => true,
      () => false
    );
    if (there) {
      throw new Error(trans.__('%1 is there already: choose another.', path));
    }
    await contents.save(path, { type: 'file', format: 'text', content: text });
    notify('toolboxes-lock', {
      message: trans.__('Saved: %1', path),
      type: 'success',
      actions: [
        {
          label: trans.__('Open'),
          callback: () => void documents.openOrReveal(path)
        }
      ]
    });
  }

  private readonly _options: IActionsOptions;
}

/** The forms, loaded when the first one opens. */
async function forms() {
  const [{ showForm }, made] = await Promise.all([
    import('../kit/formdialog'),
    import('./forms')
  ]);
  return { showForm, ...made };
}
