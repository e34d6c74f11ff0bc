/**
 * What can be done with images and with work: every action is a command, with a label and its arguments described.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import {
  buildIcon,
  cleaningIcon,
  closeIcon,
  codeIcon,
  copyIcon,
  deleteIcon,
  downloadIcon,
  fileUploadIcon,
  listIcon,
  refreshIcon,
  saveIcon,
  stopIcon,
  tagIcon,
  undoIcon
} from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { containersIcon } from '../kit/icons';
import { isFinal } from '../kit/state';
import type { Actions } from './actions';
import type { MeantImage } from './adders';
import { addersOf, text } from './adders';
import { lastPart, nameOf } from './names';
import { CommandIDs } from './tokens';

/** What the commands stand on. */
export interface ICommandsOptions {
  readonly app: JupyterFrontEnd;
  readonly actions: Actions;
  readonly browsers: IFileBrowserFactory | null;
  readonly trans: TranslationBundle;
}

/** What a Containerfile may be called, by the last part of its path. */
export const CONTAINERFILE =
  /^((Containerfile|Dockerfile)(\.[^/]+)?|[^/]+\.(Containerfile|Dockerfile))$/;

/** Whether a path is that of a Containerfile, by its name. */
export function isContainerfile(path: string): boolean {
  return CONTAINERFILE.test(lastPart(path));
}

/** Adds the commands of the panel, of images and of work. */
export function addCommands(options: ICommandsOptions): void {
  const { app, actions, browsers, trans } = options;
  const { commands } = app;
  const { containers, desk } = actions;
  const { add, imagesOf, imageArgument } = addersOf(
    commands,
    containers,
    trans
  );
  /** What is selected in the file browser, when its menu is open. */
  const selected = (): readonly { path: string; type: string }[] =>
    app.contextMenuHitTest(node =>
      node.classList.contains('jp-DirListing-item')
    )
      ? [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])]
      : [];

  add(CommandIDs.panel, {
    label: args =>
      args.isLauncher ? trans.__('Containers') : trans.__('Show Containers'),
    caption: trans.__('Show the images, the containers and the registries'),
    icon: containersIcon,
    run: () => desk.showPanel()
  });
  add(CommandIDs.refresh, {
    label: trans.__('Refresh Containers'),
    caption: trans.__('Ask the engine again'),
    icon: refreshIcon,
    run: () => containers.refresh()
  });

  // -- images

  const onImages = (
    id: string,
    label: string | ((count: number) => string),
    caption: string,
    icon: LabIcon,
    fits: (images: readonly MeantImage[]) => boolean,
    run: (
      images: readonly MeantImage[],
      args: ReadonlyPartialJSONObject
    ) => unknown
  ): void => {
    const able = (args: ReadonlyPartialJSONObject): boolean => {
      const images = imagesOf(args);
      return images.length > 0 && fits(images);
    };
    add(id, {
      label: args =>
        typeof label === 'string' ? label : label(imagesOf(args).length),
      caption,
      icon,
      properties: imageArgument,
      isEnabled: able,
      run: args => (able(args) ? run(imagesOf(args), args) : undefined)
    });
  };
  const single = (images: readonly MeantImage[]): boolean =>
    images.length === 1;
  const named = (images: readonly MeantImage[]): boolean =>
    images.length === 1 && images.every(image => image.names.length > 0);
  /** The name that was asked for, else the first. */
  const meant = (image: MeantImage, args: ReadonlyPartialJSONObject): string =>
    text(args, 'image') ?? nameOf(image);

  onImages(
    CommandIDs.showImage,
    trans.__('Image Details'),
    trans.__('Show the layers, the environment and the users of an image'),
    listIcon,
    single,
    ([image], args) => image && desk.openImage(text(args, 'image') ?? image.id)
  );
  onImages(
    CommandIDs.copyName,
    count => (count > 1 ? trans.__('Copy Names') : trans.__('Copy Name')),
    trans.__('Put the name of an image on the clipboard'),
    copyIcon,
    () => true,
    images => actions.copyNames(images)
  );
  onImages(
    CommandIDs.copyDigest,
    trans.__('Copy Digest'),
    trans.__('Put what a document pins an image by on the clipboard'),
    copyIcon,
    single,
    ([image], args) => image && actions.copyDigest(meant(image, args))
  );
  onImages(
    CommandIDs.tagImage,
    trans.__('Tag…'),
    trans.__('Give an image one more name'),
    tagIcon,
    single,
    ([image], args) => image && actions.askTag(meant(image, args))
  );
  onImages(
    CommandIDs.untagImage,
    trans.__('Untag…'),
    trans.__('Take a name from an image'),
    undoIcon,
    named,
    ([image], args) => image && actions.untag(meant(image, args))
  );
  onImages(
    CommandIDs.push,
    trans.__('Push…'),
    trans.__('Send an image to a registry'),
    fileUploadIcon,
    named,
    ([image], args) => image && actions.askPush(meant(image, args))
  );
  onImages(
    CommandIDs.save,
    trans.__('Save to a File…'),
    trans.__('Write images to an archive of the workspace'),
    saveIcon,
    () => true,
    images => actions.askSave(images.map(nameOf))
  );
  onImages(
    CommandIDs.removeImages,
    count =>
      count > 1 ? trans.__('Remove %1 Images…', count) : trans.__('Remove…'),
    trans.__('Remove images from this machine'),
    deleteIcon,
    () => true,
    images => actions.removeImages(images)
  );
  add(CommandIDs.expose, {
    label: args =>
      args.isPanel
        ? trans.__('Commands of Images…')
        : trans.__('Expose Commands…'),
    caption: trans.__(
      'Make commands of an image programs of your terminal, and see which there are'
    ),
    icon: codeIcon,
    properties: imageArgument,
    run: args => {
      const [image] = imagesOf(args);
      return actions.askExpose(image ? meant(image, args) : '');
    }
  });

  // -- work

  add(CommandIDs.pull, {
    label: args =>
      args.host ? trans.__('Pull from It…') : trans.__('Pull an Image…'),
    caption: trans.__('Get an image from a registry'),
    icon: downloadIcon,
    properties: {
      image: {
        type: 'string',
        description: trans.__('The image to pull; asked for when absent')
      },
      platform: {
        type: 'string',
        description: trans.__("linux/arm64; this machine's own when absent")
      },
      host: {
        type: 'string',
        description: trans.__('The registry to look in')
      },
      show: {
        type: 'boolean',
        description: trans.__('Whether its steps and its log are opened')
      }
    },
    run: args => {
      const image = text(args, 'image');
      return image === null
        ? actions.askPull('', text(args, 'host'))
        : actions.pull(image, text(args, 'platform'), args.show !== false);
    }
  });
  add(CommandIDs.build, {
    label: args =>
      args.isMenu ? trans.__('Build Image…') : trans.__('Build an Image…'),
    caption: trans.__('Make an image from a Containerfile or Dockerfile'),
    icon: buildIcon,
    properties: {
      path: {
        type: 'string',
        description: trans.__(
          'A Containerfile, or a folder that has one; the one selected, or asked for, when absent'
        )
      },
      name: {
        type: 'string',
        description: trans.__(
          'The name the image should get; the one of the file when absent'
        )
      }
    },
    run: async args => {
      const path =
        text(args, 'path') ??
        selected()[0]?.path ??
        (await actions.chooseFile(
          trans.__('Choose a Containerfile or Dockerfile'),
          isContainerfile
        ));
      if (path !== null) {
        desk.openBuild(path, text(args, 'name'));
      }
    }
  });
  add(CommandIDs.load, {
    label: args =>
      args.isMenu
        ? trans.__('Load Images of the Archive')
        : trans.__('Load Images from a File…'),
    caption: trans.__('Read the images of an archive of the workspace'),
    icon: fileUploadIcon,
    properties: {
      path: {
        type: 'string',
        description: trans.__('An archive (.tar); asked for when absent')
      }
    },
    run: async args => {
      const path =
        text(args, 'path') ??
        selected()[0]?.path ??
        (await actions.chooseFile(
          trans.__('Choose an archive of images'),
          file => /\.(tar|tar\.gz|tgz)$/i.test(file)
        ));
      if (path !== null) {
        await actions.load(path);
      }
    }
  });
  add(CommandIDs.prune, {
    label: trans.__('Clean Up…'),
    caption: trans.__(
      'See what nobody uses and how much it takes, and remove it'
    ),
    icon: cleaningIcon,
    properties: {
      containers: {
        type: 'boolean',
        description: trans.__('Whether stopped containers go, too')
      }
    },
    run: args => actions.askPrune(args.containers === true)
  });

  const work = {
    id: {
      type: 'string',
      description: trans.__('The id of a pull, a build, a push or their like')
    }
  };
  const idOf = (args: ReadonlyPartialJSONObject): string | null =>
    text(args, 'id') ??
    app.contextMenuHitTest(node => !!node.dataset.work)?.dataset.work ??
    null;
  const onWork = (
    id: string,
    label: string,
    caption: string,
    icon: LabIcon,
    final: boolean | null,
    verb: (id: string) => unknown
  ): void =>
    add(id, {
      label,
      caption,
      icon,
      properties: work,
      isEnabled: args => {
        const known = containers.works.find(idOf(args));
        // One that is not on the page is known to the server.
        return (
          idOf(args) !== null &&
          (final === null || !known || isFinal(known.state) === final)
        );
      },
      run: args => {
        const of = idOf(args);
        return of === null ? undefined : verb(of);
      }
    });
  onWork(
    CommandIDs.openWork,
    trans.__('Show Steps and Log'),
    trans.__('Show the steps and the log of a pull, a build or a push'),
    listIcon,
    null,
    id => desk.openWork(id)
  );
  onWork(
    CommandIDs.stopWork,
    trans.__('Stop Work'),
    trans.__('Stop a pull, a build or a push; nothing of it is left'),
    stopIcon,
    false,
    id => containers.works.stop(id)
  );
  onWork(
    CommandIDs.repeatWork,
    trans.__('Do It Again'),
    trans.__('Do an ended pull, build or push once more, as it was asked'),
    refreshIcon,
    true,
    id => actions.repeat(id)
  );
  onWork(
    CommandIDs.removeWork,
    trans.__('Remove from the List'),
    trans.__('Remove the record of an ended pull, build or push'),
    closeIcon,
    true,
    id => actions.removeWork(id)
  );
  add(CommandIDs.showWorks, {
    label: trans.__('Show Pulls and Builds'),
    caption: trans.__('Show the pulls, builds and pushes'),
    icon: listIcon,
    run: () => {
      desk.showPanel();
      containers.setShowWorks(true);
    }
  });
}
