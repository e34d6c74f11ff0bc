/**
 * What can be done with storage: every action is a command, with a label and its arguments described.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  addIcon,
  copyIcon,
  cutIcon,
  deleteIcon,
  downloadIcon,
  editIcon,
  fileUploadIcon,
  linkIcon,
  newFolderIcon,
  pasteIcon,
  refreshIcon
} from '@jupyterlab/ui-components';

import type { CodeLanguage } from '../contract';
import { copyText } from '../kit/copy';
import { storageIcon } from '../kit/icons';
import { notify, notifyError } from '../kit/notice';
import type { Actions } from './actions';
import { addersOf } from './adders';
import { downloadUrl } from './client';
import { chosenFiles } from './drop';
import { CommandIDs } from './tokens';

/** What the commands stand on. */
export interface ICommandsOptions {
  readonly app: JupyterFrontEnd;
  readonly actions: Actions;
  readonly browsers: IFileBrowserFactory | null;
  readonly trans: TranslationBundle;
}

/** Adds the commands of places and objects. */
export function addCommands(options: ICommandsOptions): void {
  const { app, actions, browsers, trans } = options;
  const { commands } = app;
  const { storage } = actions;

  const { add, onEntries, entriesOf, address } = addersOf(
    commands,
    storage,
    trans
  );
  const isInBucket = (): boolean => storage.place.bucket !== null;
  add(CommandIDs.panel, {
    label: args =>
      args.isLauncher ? trans.__('Storage') : trans.__('Show Storage'),
    caption: trans.__('Show the connections, buckets and objects'),
    icon: storageIcon,
    run: () => app.shell.activateById('ellip-lab-s3')
  });
  add(CommandIDs.refresh, {
    label: trans.__('Refresh Storage'),
    caption: trans.__('List the place that is shown again'),
    icon: refreshIcon,
    run: () => storage.refresh()
  });
  add(CommandIDs.makeBucket, {
    label: trans.__('New Bucket…'),
    caption: trans.__('Make a bucket on the connection that is shown'),
    icon: addIcon,
    isEnabled: () => storage.place.connection !== null,
    run: () => actions.makeBucket()
  });
  add(CommandIDs.makeFolder, {
    label: trans.__('New Folder in Storage…'),
    caption: trans.__('Make a folder in the place that is shown'),
    icon: newFolderIcon,
    isEnabled: isInBucket,
    run: () => actions.makeFolder()
  });

  const upload = (id: string, label: string, folder: boolean): void =>
    add(id, {
      label,
      caption: trans.__('Send files of this computer to the place shown'),
      icon: fileUploadIcon,
      isEnabled: isInBucket,
      run: async () => {
        const files = await chooseLocal(folder);
        const { connection, bucket, prefix } = storage.place;
        if (files.length && connection !== null && bucket !== null) {
          const [first] = files;
          const title =
            (folder && first?.webkitRelativePath.split('/')[0]) ||
            (files.length === 1
              ? (first?.name ?? '')
              : trans.__('%1 files', files.length));
          storage.uploads.start(
            title,
            { connection, bucket, key: prefix },
            chosenFiles(files)
          );
          storage.setShowTransfers(true);
        }
      }
    });
  upload(CommandIDs.upload, trans.__('Upload Files to Storage…'), false);
  upload(
    CommandIDs.uploadFolder,
    trans.__('Upload a Folder to Storage…'),
    true
  );

  add(CommandIDs.send, {
    label: trans.__('Upload to Storage'),
    caption: trans.__(
      'Copy what is selected in the file browser to the place that Storage shows'
    ),
    icon: fileUploadIcon,
    isEnabled: isInBucket,
    properties: {
      paths: {
        type: 'array',
        items: { type: 'string' },
        description: trans.__(
          'Paths of the workspace; those selected in the file browser when absent'
        )
      }
    },
    run: args => {
      const paths = Array.isArray(args.paths)
        ? args.paths.map(String)
        : [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])].map(
            item => item.path
          );
      return actions.transfer('copy', paths, storage.place);
    }
  });

  onEntries(CommandIDs.download, {
    label: trans.__('Download'),
    caption: trans.__('Save objects on this computer, with the browser'),
    icon: downloadIcon,
    kinds: ['object'],
    run: entries => {
      for (const { connection, bucket, key, name } of entries) {
        const link = document.createElement('a');
        link.href = downloadUrl(app.serviceManager.serverSettings, {
          connection,
          bucket,
          key
        });
        link.download = name;
        document.body.append(link);
        link.click();
        link.remove();
      }
    }
  });
  onEntries(CommandIDs.fetch, {
    label: trans.__('Copy to Workspace…'),
    caption: trans.__('Copy objects and folders to a folder of the workspace'),
    icon: downloadIcon,
    kinds: ['object', 'folder'],
    run: entries => actions.fetch(entries)
  });
  onEntries(CommandIDs.rename, {
    label: trans.__('Rename'),
    caption: trans.__('Give an object or a folder another name'),
    icon: editIcon,
    kinds: ['object', 'folder'],
    single: true,
    run: ([entry]) => entry && actions.startRename(entry)
  });
  onEntries(CommandIDs.remove, {
    label: trans.__('Delete…'),
    caption: trans.__('Delete objects and folders, after counting them'),
    icon: deleteIcon,
    kinds: ['object', 'folder', 'bucket'],
    run: entries => actions.remove(entries)
  });
  const hold = (id: string, label: string, cut: boolean): void =>
    onEntries(id, {
      label,
      caption: trans.__('Hold objects and folders until they are pasted'),
      icon: cut ? cutIcon : copyIcon,
      kinds: ['object', 'folder'],
      run: entries => actions.hold(entries, cut)
    });
  hold(CommandIDs.cut, trans.__('Cut'), true);
  hold(CommandIDs.copy, trans.__('Copy'), false);
  add(CommandIDs.paste, {
    label: trans.__('Paste'),
    caption: trans.__('Copy or move what is held to the place that is shown'),
    icon: pasteIcon,
    isEnabled: () => storage.held !== null && isInBucket(),
    run: () => actions.paste(storage.place)
  });
  onEntries(CommandIDs.presign, {
    label: trans.__('Copy Presigned URL…'),
    caption: trans.__('Copy a URL that anybody may use for a while'),
    icon: linkIcon,
    kinds: ['object'],
    single: true,
    properties: {
      expires: {
        type: 'integer',
        description: trans.__('Seconds; asked for when absent')
      }
    },
    run: ([entry], args) =>
      entry &&
      actions.presign(
        entry,
        typeof args.expires === 'number' ? args.expires : null
      )
  });

  const languages: Record<CodeLanguage, string> = {
    s3: trans.__('s3:// Address'),
    vsis3: trans.__('/vsis3/ Path for GDAL'),
    rasterio: trans.__('Python: rasterio'),
    xarray: trans.__('Python: xarray'),
    pystac: trans.__('Python: pystac'),
    boto3: trans.__('Python: boto3')
  };
  commands.addCommand(CommandIDs.copyCode, {
    label: args =>
      languages[args.language as CodeLanguage] ?? trans.__('Copy Address'),
    caption: trans.__('Copy the address of an object, or code that opens it'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          address,
          language: { type: 'string', enum: Object.keys(languages) }
        }
      }
    },
    isEnabled: args => entriesOf(args).length > 0,
    execute: async args => {
      const language = (args.language ?? 's3') as CodeLanguage;
      try {
        const texts = await Promise.all(
          entriesOf(args).map(({ connection, bucket, key }) =>
            storage.client.code({ connection, bucket, key, language })
          )
        );
        const text = texts.map(one => one.text).join('\n');
        await copyText(text);
        notify('s3-copied', {
          message: trans.__('Copied: %1', text.split('\n')[0]),
          type: 'info',
          autoClose: 2500
        });
      } catch (error) {
        notifyError(CommandIDs.copyCode, error, trans);
      }
    }
  });
}

/** Lets the person choose files of this computer, or a folder. */
function chooseLocal(folder: boolean): Promise<readonly File[]> {
  return new Promise(resolve => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.webkitdirectory = folder;
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}
