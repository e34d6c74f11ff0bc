/**
 * What can be done with registries, containers and the images of documents, as commands.
 */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import {
  closeIcon,
  deleteIcon,
  listIcon,
  linkIcon,
  lockIcon,
  runIcon,
  settingsIcon,
  stopIcon,
  terminalIcon,
  userIcon
} from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Container, ContainerAction } from '../contract';
import { CWL_EXTENSION } from '../cwl/tokens';
import { containersIcon } from '../kit/icons';
import { hasTerminals } from '../kit/terminal';
import { addersOf, text } from './adders';
import type { ICommandsOptions } from './commands';
import { nameOf } from './names';
import { CommandIDs } from './tokens';

/** What these commands stand on. */
export interface IMoreCommandsOptions extends ICommandsOptions {
  readonly documents: IDocumentManager;
  readonly trans: TranslationBundle;
}

/** Adds the commands of registries, containers and documents. */
export function addMoreCommands(options: IMoreCommandsOptions): void {
  const { app, actions, browsers, documents, trans } = options;
  const { commands } = app;
  const { containers, desk } = actions;
  const { add, imagesOf, containersOf, imageArgument, containerArgument } =
    addersOf(commands, containers, trans);

  // -- registries

  const hostOf = (args: ReadonlyPartialJSONObject): string | null =>
    text(args, 'host') ??
    app.contextMenuHitTest(node => !!node.dataset.host)?.dataset.host ??
    null;
  const host = {
    host: {
      type: 'string',
      description: trans.__(
        'The host of a registry; asked for, or the one under the pointer, when absent'
      )
    }
  };
  const registryOf = (args: ReadonlyPartialJSONObject) =>
    containers.registries.find(one => one.host === hostOf(args)) ?? null;
  add(CommandIDs.login, {
    label: args =>
      registryOf(args)?.user
        ? trans.__('Sign In as Somebody Else…')
        : hostOf(args)
          ? trans.__('Sign In…')
          : trans.__('Sign In to a Registry…'),
    caption: trans.__('Sign in to a registry; the password is kept by podman'),
    icon: userIcon,
    properties: host,
    run: args => actions.askLogin(hostOf(args) ?? '')
  });
  add(CommandIDs.logout, {
    label: trans.__('Sign Out'),
    caption: trans.__('Sign out of a registry'),
    icon: lockIcon,
    properties: host,
    isEnabled: args => !!registryOf(args)?.user,
    run: args => {
      const named = hostOf(args);
      return named === null ? undefined : actions.logout(named);
    }
  });
  add(CommandIDs.saveRegistry, {
    label: args =>
      hostOf(args)
        ? trans.__('How It Is Reached…')
        : trans.__('How a Registry Is Reached…'),
    caption: trans.__('Plain HTTP, or a certificate authority of its own'),
    icon: settingsIcon,
    properties: host,
    run: args => actions.askReach(hostOf(args) ?? '')
  });
  add(CommandIDs.forgetRegistry, {
    label: trans.__('Forget How It Is Reached'),
    caption: trans.__('Forget what was saved of a registry'),
    icon: closeIcon,
    properties: host,
    isEnabled: args => registryOf(args)?.saved === true,
    run: args => {
      const named = hostOf(args);
      return named === null ? undefined : actions.forgetRegistry(named);
    }
  });

  // -- containers

  add(CommandIDs.showContainer, {
    label: trans.__('Container Log and Details'),
    caption: trans.__('Show what a container says, and what is known of it'),
    icon: listIcon,
    properties: containerArgument,
    isEnabled: args =>
      text(args, 'container') !== null || containersOf(args).length === 1,
    run: args => {
      const [container] = containersOf(args);
      const named = container?.id ?? text(args, 'container');
      if (named) {
        desk.openContainer(named);
      }
    }
  });
  const change = (
    id: string,
    action: ContainerAction,
    label: (count: number) => string,
    caption: string,
    icon: LabIcon,
    fits: (container: Container) => boolean
  ): void =>
    add(id, {
      label: args => label(containersOf(args).length),
      caption,
      icon,
      properties: containerArgument,
      isEnabled: args => containersOf(args).some(fits),
      run: args => actions.change(containersOf(args).filter(fits), action)
    });
  change(
    CommandIDs.startContainers,
    'start',
    () => trans.__('Start'),
    trans.__('Start containers that have ended'),
    runIcon,
    one => !one.running
  );
  change(
    CommandIDs.stopContainers,
    'stop',
    () => trans.__('Stop'),
    trans.__('Ask containers to end'),
    stopIcon,
    one => one.running
  );
  change(
    CommandIDs.killContainers,
    'kill',
    () => trans.__('Kill…'),
    trans.__('End containers at once'),
    closeIcon,
    one => one.running
  );
  change(
    CommandIDs.removeContainers,
    'remove',
    count =>
      count > 1
        ? trans.__('Remove %1 Containers…', count)
        : trans.__('Remove Container…'),
    trans.__('Remove containers, and what they have written in themselves'),
    deleteIcon,
    () => true
  );

  add(CommandIDs.terminal, {
    label: trans.__('Open a Terminal'),
    caption: trans.__(
      'Open a shell in a container, or in a new one of an image with the workspace mounted'
    ),
    icon: terminalIcon,
    properties: { ...containerArgument, ...imageArgument },
    isVisible: () => hasTerminals(commands),
    isEnabled: args => {
      const some = containersOf(args);
      return text(args, 'image') === null && some.length
        ? some.length === 1 && some.every(one => one.running)
        : imagesOf(args).length === 1;
    },
    run: args => {
      const [container] =
        text(args, 'image') === null ? containersOf(args) : [];
      if (container) {
        return actions.terminal({ container: container.id });
      }
      const [image] = imagesOf(args);
      return image
        ? actions.terminal({
            image: nameOf(image),
            folder: browsers?.tracker.currentWidget?.model.path ?? ''
          })
        : undefined;
    }
  });

  // -- documents

  const pathOf = (args: ReadonlyPartialJSONObject): string | null => {
    const named = text(args, 'path');
    if (named !== null) {
      return named;
    }
    if (app.contextMenuHitTest(node => node.dataset.fileType === 'cwl')) {
      const [item] = browsers?.tracker.currentWidget?.selectedItems() ?? [];
      if (item) {
        return item.path;
      }
    }
    const front = app.shell.currentWidget;
    const path = front && documents.contextForWidget(front)?.path;
    return path?.toLowerCase().endsWith(CWL_EXTENSION) ? path : null;
  };
  const path = {
    path: {
      type: 'string',
      description: trans.__(
        'A CWL document; the one selected or in front when absent'
      )
    }
  };
  add(CommandIDs.documentImages, {
    label: trans.__('Images of the Document'),
    caption: trans.__(
      'Show the images that a CWL document names, and get those that are missing'
    ),
    icon: containersIcon,
    properties: path,
    isEnabled: args => pathOf(args) !== null,
    run: args => {
      const document = pathOf(args);
      if (document !== null) {
        desk.openDocument(document);
      }
    }
  });
  add(CommandIDs.pinImage, {
    label: trans.__('Pin an Image to Its Digest'),
    caption: trans.__(
      'Replace the tag of an image by its digest, everywhere a document names it'
    ),
    icon: linkIcon,
    properties: {
      ...path,
      image: {
        type: 'string',
        description: trans.__('The image, as the document names it')
      }
    },
    isEnabled: args => pathOf(args) !== null && text(args, 'image') !== null,
    run: args => {
      const document = pathOf(args);
      const image = text(args, 'image');
      return document !== null && image !== null
        ? actions.pin(document, image)
        : undefined;
    }
  });
}
