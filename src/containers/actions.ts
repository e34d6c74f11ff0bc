/**
 * What is done with images, containers and registries: each asks what it must, then leaves the work to the server.
 */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type {
  Changed,
  Container,
  ContainerAction,
  Image,
  Kept,
  TerminalRequest
} from '../contract';
import { copyText } from '../kit/copy';
import { bytes } from '../kit/format';
import { notify } from '../kit/notice';
import { openTerminal } from '../kit/terminal';
import type { Desk } from './desk';
import type { ContainersModel } from './model';
import { nameOf, shortName, titleOf } from './names';

/** Names that are shown of many. */
const SHOWN = 5;

/** What the actions stand on. */
export interface IActionsOptions {
  readonly containers: ContainersModel;
  readonly desk: Desk;
  readonly documents: IDocumentManager;
  readonly commands: CommandRegistry;
  /** The folder that the file browser shows. */
  readonly folder: () => string;
  readonly trans: TranslationBundle;
}

/** The actions. */
export class Actions {
  constructor(options: IActionsOptions) {
    this._options = options;
    this.containers = options.containers;
    this.desk = options.desk;
  }

  readonly containers: ContainersModel;
  readonly desk: Desk;

  // -- work

  /** Pulls an image; its view is opened when the person should see how it goes. */
  async pull(
    image: string,
    platform: string | null,
    show: boolean
  ): Promise<void> {
    const { client, works } = this.containers;
    const work = await works.begin(client.pull({ image, platform }));
    this._follow(work.id, show);
  }

  /** Asks which image to pull. */
  async askPull(image: string, host: string | null): Promise<void> {
    const [{ showForm }, { PullForm }] = await Promise.all([
      import('../kit/formdialog'),
      import('./pullform')
    ]);
    const { trans } = this._options;
    await showForm(trans.__('Pull an image'), close =>
      React.createElement(PullForm, {
        containers: this.containers,
        image,
        host,
        onPull: (chosen, platform) =>
          this.pull(chosen, platform, !this._isPanelSeen()),
        close,
        trans
      })
    );
  }

  async askPush(image: string): Promise<void> {
    const { showForm, PushForm } = await forms();
    const { trans } = this._options;
    await showForm(trans.__('Push %1', shortName(image)), close =>
      React.createElement(PushForm, {
        containers: this.containers,
        image,
        onDone: async target => {
          const { client, works } = this.containers;
          const work = await works.begin(client.push({ image, target }));
          this._follow(work.id, !this._isPanelSeen());
        },
        close,
        trans
      })
    );
  }

  async askSave(images: readonly string[]): Promise<void> {
    const { showForm, SaveForm } = await forms();
    const { trans, folder } = this._options;
    await showForm(trans.__('Save to a file'), close =>
      React.createElement(SaveForm, {
        containers: this.containers,
        images,
        folder: folder(),
        onDone: async request => {
          const { client, works } = this.containers;
          const work = await works.begin(client.save(request));
          this._follow(work.id, !this._isPanelSeen());
        },
        close,
        trans
      })
    );
  }

  async load(path: string): Promise<void> {
    const { client, works } = this.containers;
    const work = await works.begin(client.load({ path }));
    this._follow(work.id, !this._isPanelSeen());
  }

  async askPrune(stopped: boolean): Promise<void> {
    const { showForm, PruneForm } = await forms();
    const { trans } = this._options;
    await showForm(trans.__('Clean up'), close =>
      React.createElement(PruneForm, {
        containers: this.containers,
        stopped,
        onDone: async request => {
          const { client, works } = this.containers;
          const work = await works.begin(client.prune(request));
          this._follow(work.id, !this._isPanelSeen());
        },
        close,
        trans
      })
    );
  }

  async repeat(id: string): Promise<void> {
    const work = await this.containers.works.repeat(id);
    this._follow(work.id, this.desk.isSeen(id) || !this._isPanelSeen());
  }

  async removeWork(id: string): Promise<void> {
    await this.containers.works.remove(id);
    this.desk.close('work', id);
  }

  // -- images

  async askTag(image: string): Promise<void> {
    const { showForm, TagForm } = await forms();
    const { trans } = this._options;
    await showForm(trans.__('Tag %1', shortName(image)), close =>
      React.createElement(TagForm, {
        containers: this.containers,
        image,
        onDone: async name => {
          await this.containers.client.tagImage({ image, name });
          this.containers.touch();
        },
        close,
        trans
      })
    );
  }

  async askExpose(image: string): Promise<void> {
    const { showForm, ExposeForm } = await forms();
    const { trans } = this._options;
    await showForm(trans.__('Commands of images'), close =>
      React.createElement(ExposeForm, {
        containers: this.containers,
        image,
        close,
        trans
      })
    );
  }

  async untag(name: string): Promise<void> {
    const { trans } = this._options;
    if (
      await this._confirm(
        trans.__('Take the name %1 away?', shortName(name)),
        [trans.__('The image stays; without a name it is untagged.')],
        trans.__('Untag')
      )
    ) {
      await this.containers.client.untagImage({ name });
      this.containers.touch();
    }
  }

  /** Removes images, once the person has seen how many; what holds one is told, and may go too. */
  async removeImages(
    images: readonly Pick<Image, 'id' | 'names' | 'size'>[]
  ): Promise<void> {
    const { trans } = this._options;
    const size = images.reduce((sum, image) => sum + image.size, 0);
    const count = images.length;
    const [first] = images;
    if (
      !first ||
      !(await this._confirm(
        count === 1
          ? trans.__('Remove %1?', titleOf(first, trans))
          : trans.__('Remove %1 images, %2?', count, bytes(size, trans)),
        count === 1
          ? [
              ...some(first.names.slice(1), trans),
              trans.__(
                '%1, as far as no other image shares it.',
                bytes(size, trans)
              )
            ]
          : some(
              images.map(image => titleOf(image, trans)),
              trans
            ),
        trans.__('Remove')
      ))
    ) {
      return;
    }
    // Ids: all the names of an image go with it.
    const ids = images.map(image => image.id);
    const { client } = this.containers;
    const changed = await client.removeImages({ images: ids });
    this.containers.touch();
    const { kept } = changed;
    if (
      kept.length &&
      (await this._confirm(
        trans._n(
          '%1 image is still used',
          '%1 images are still used',
          kept.length
        ),
        kept.slice(0, SHOWN).map(said),
        trans.__('Remove with their containers')
      ))
    ) {
      const again = await client.removeImages({
        images: kept.map(one => one.name),
        force: true
      });
      this.containers.touch();
      this._tellKept('containers-removed', again);
    }
  }

  async copyNames(images: readonly Pick<Image, 'id' | 'names'>[]) {
    await this._copy(images.map(nameOf).join('\n'));
  }

  /** Copies what a document pins an image by: `repository@sha256:...`, else its digest. */
  async copyDigest(name: string): Promise<void> {
    const { trans } = this._options;
    const image = await this.containers.client.showImage({ name });
    const [digest] = image.digests;
    if (digest) {
      await this._copy(digest);
    } else {
      notify('containers-copied', {
        message: trans.__(
          '%1 has no digest: it has been neither pulled nor pushed.',
          titleOf(image, trans)
        ),
        type: 'warning'
      });
    }
  }

  // -- registries

  async askLogin(host: string): Promise<void> {
    const [{ showForm }, { LoginForm }] = await Promise.all([
      import('../kit/formdialog'),
      import('./registryforms'),
      this.containers.listRegistries()
    ]);
    const { trans } = this._options;
    await showForm(
      host
        ? trans.__('Sign in to %1', host)
        : trans.__('Sign in to a registry'),
      close =>
        React.createElement(LoginForm, {
          containers: this.containers,
          host,
          close,
          trans
        })
    );
  }

  async askReach(host: string): Promise<void> {
    const [{ showForm }, { ReachForm }] = await Promise.all([
      import('../kit/formdialog'),
      import('./registryforms'),
      this.containers.listRegistries()
    ]);
    const { trans } = this._options;
    await showForm(trans.__('How a registry is reached'), close =>
      React.createElement(ReachForm, {
        containers: this.containers,
        host,
        close,
        trans
      })
    );
  }

  async logout(host: string): Promise<void> {
    await this.containers.client.logout({ host });
    await this.containers.readRegistries();
  }

  async forgetRegistry(host: string): Promise<void> {
    await this.containers.client.forgetRegistry({ host });
    await this.containers.readRegistries();
  }

  // -- containers

  async change(
    containers: readonly Container[],
    action: ContainerAction
  ): Promise<void> {
    const { trans } = this._options;
    if (!containers.length) {
      return;
    }
    const alive = containers.filter(one => one.running).length;
    if (action === 'remove' || action === 'kill') {
      const names = some(
        containers.map(one => one.name),
        trans
      );
      const sure = await this._confirm(
        action === 'kill'
          ? trans._n(
              'Kill %1 container?',
              'Kill %1 containers?',
              containers.length
            )
          : trans._n(
              'Remove %1 container?',
              'Remove %1 containers?',
              containers.length
            ),
        action === 'remove' && alive
          ? [...names, trans.__('Those that run are killed first.')]
          : names,
        action === 'kill' ? trans.__('Kill') : trans.__('Remove')
      );
      if (!sure) {
        return;
      }
    }
    const changed = await this.containers.client.changeContainers({
      containers: containers.map(one => one.id),
      action,
      force: action === 'remove' && alive > 0
    });
    if (action === 'remove') {
      containers.forEach(one => this.desk.close('container', one.id));
    }
    await this.containers.running.refresh();
    this._tellKept(`containers-${action}`, changed);
  }

  async terminal(request: TerminalRequest): Promise<void> {
    const { commands } = this._options;
    await openTerminal(
      commands,
      await this.containers.client.terminal(request)
    );
  }

  // -- documents

  /** Replaces a tag by its digest: what is typed is saved first, and the editor shows what came of it. */
  async pin(path: string, image: string): Promise<void> {
    const { documents } = this._options;
    const { client } = this.containers;
    const found = await client.documentImages({ path });
    const places = found.images.find(one => one.image === image)?.places ?? [];
    const contexts = [...new Set([path, ...places.map(one => one.path)])]
      .map(file => {
        const widget = documents.findWidget(file);
        return widget ? documents.contextForWidget(widget) : undefined;
      })
      .filter(context => context !== undefined);
    for (const context of contexts) {
      if (context.model.dirty && !context.model.readOnly) {
        await context.save();
      }
    }
    await client.pinImage({ path, image });
    // The editor and the list of images show what came of it: nothing else need be said.
    await Promise.all(contexts.map(context => context.revert()));
    this.containers.touch();
  }

  /** Lets the person choose a file of the workspace. */
  async chooseFile(
    title: string,
    fits: (path: string) => boolean
  ): Promise<string | null> {
    const { FileDialog } = await import('@jupyterlab/filebrowser');
    const result = await FileDialog.getOpenFiles({
      manager: this._options.documents,
      title,
      filter: model =>
        model.type === 'directory' || fits(model.path) ? {} : null
    });
    const chosen = result.button.accept ? result.value?.[0] : undefined;
    return chosen && chosen.type !== 'directory' ? chosen.path : null;
  }

  private _isPanelSeen(): boolean {
    return this.containers.visible;
  }

  /** Shows a work that was begun: at the foot of the panel, or in a tab of its own. */
  private _follow(id: string, show: boolean): void {
    if (show) {
      this.desk.openWork(id);
    } else {
      this.containers.setShowWorks(true);
    }
  }

  private async _copy(text: string): Promise<void> {
    await copyText(text);
    notify('containers-copied', {
      message: this._options.trans.__('Copied: %1', text.split('\n')[0]),
      type: 'info',
      autoClose: 2500
    });
  }

  private _tellKept(key: string, changed: Changed): void {
    if (changed.kept.length) {
      notify(key, {
        message: changed.kept.slice(0, SHOWN).map(said).join('\n'),
        type: 'error',
        autoClose: 10_000
      });
    }
  }

  private async _confirm(
    title: string,
    body: readonly string[],
    label: string
  ): Promise<boolean> {
    const { trans } = this._options;
    const result = await showDialog({
      title,
      body: React.createElement(
        'div',
        null,
        ...body.map(line => React.createElement('div', null, line))
      ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.warnButton({ label })
      ],
      defaultButton: 0
    });
    return result.button.accept;
  }

  private readonly _options: IActionsOptions;
}

/** The forms of images, loaded when the first one opens. */
async function forms() {
  const [{ showForm }, images, prune, expose] = await Promise.all([
    import('../kit/formdialog'),
    import('./imageforms'),
    import('./pruneform'),
    import('./exposeform')
  ]);
  return { showForm, ...images, ...prune, ...expose };
}

function said(kept: Kept): string {
  return [`${shortName(kept.name)}: ${kept.message}`, kept.hint]
    .filter(Boolean)
    .join(' ');
}

function some(
  names: readonly string[],
  trans: TranslationBundle
): readonly string[] {
  const shown = names.slice(0, SHOWN);
  const left = names.length - shown.length;
  return left > 0
    ? [...shown, trans._n('and %1 more', 'and %1 more', left)]
    : shown;
}
