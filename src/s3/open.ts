/**
 * Objects opened in the Lab: by its own viewers and editors where it has one, as a picture where it is a raster,
 * by what is known of it else.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';

import type { ObjectDetails } from '../contract';
import { notifyError } from '../kit/notice';
import { addressesOf, placeOf } from './addresses';
import { downloadUrl } from './client';
import { S3Drive } from './drive';
import type { IDrivePlace } from './drivepath';
import { drivePathOf } from './drivepath';
import { OPEN_MAX } from './drivereader';
import { addressOf, nameOf, parentOf } from './paths';
import type { ObjectView } from './picture';
import type { IStorage } from './tokens';
import { CommandIDs, IStorage as StorageToken } from './tokens';

/** Pictures that the Lab shows itself, whole. */
const PICTURES = /\.(png|jpe?g|gif|webp|bmp|svg|ico)$/i;
/** Media types of texts whose names tell nothing. */
const TEXTS = /^text\/|json|xml|yaml|toml|javascript|x-sh|sql|csv/;
/** An object of an unknown type, up to this size, is tried as a text. */
const TRIED = 2 ** 20;

/** How an object is shown. */
export type Way = 'view' | 'document' | 'text';

/** Chooses how an object is shown; `known` tells whether the Lab has a type for its name. */
export function wayOf(
  details: Pick<ObjectDetails, 'key' | 'size' | 'media_type' | 'raster'>,
  known: boolean
): Way {
  if (details.size > OPEN_MAX) {
    return 'view';
  }
  if (PICTURES.test(details.key)) {
    return 'document';
  }
  if (details.raster) {
    return 'view';
  }
  if (known) {
    return 'document';
  }
  return TEXTS.test(details.media_type ?? '') || details.size <= TRIED
    ? 'text'
    : 'view';
}

/** Storage as a drive: `S3:NAME/bucket/key`. No file browser is made for it. */
const drive: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:s3-drive',
  description: 'Lets the viewers and editors of the Lab open and save objects.',
  autoStart: true,
  requires: [StorageToken],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    storage: IStorage,
    translator: ITranslator | null
  ): void => {
    app.serviceManager.contents.addDrive(
      new S3Drive({
        storage,
        serverSettings: app.serviceManager.serverSettings,
        trans: (translator ?? nullTranslator).load('ellip_lab')
      })
    );
  }
};

/** Opens objects. */
const opening: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:s3-opening',
  description: 'Opens objects in the Lab, rasters as pictures.',
  autoStart: true,
  requires: [StorageToken, IDocumentManager],
  optional: [ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    storage: IStorage,
    documents: IDocumentManager,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    const { commands, shell, docRegistry } = app;
    const tracker = new WidgetTracker<MainAreaWidget<ObjectView>>({
      namespace: 'ellip-lab-s3'
    });

    const openDocument = (place: IDrivePlace, factory?: string): void => {
      documents.openOrReveal(drivePathOf(place), factory);
    };
    const openView = async (
      place: IDrivePlace,
      details: ObjectDetails
    ): Promise<void> => {
      const { ObjectView } = await import('./picture');
      const content = new ObjectView({
        place,
        details,
        quicklook: (at, size) => storage.client.quicklook(at, size),
        download: downloadUrl(app.serviceManager.serverSettings, place),
        commands,
        onShow: () =>
          void commands.execute(CommandIDs.show, {
            address: addressOf(place)
          }),
        // A text of an unknown kind is still a text: who asks for it may see it.
        onText:
          details.size <= OPEN_MAX && !details.raster
            ? () => openDocument(place, 'Editor')
            : null,
        trans
      });
      const widget = new MainAreaWidget({ content });
      widget.id = viewId(place);
      widget.toolbar.hide();
      shell.add(widget, 'main', { mode: 'tab-after' });
      void tracker.add(widget);
      shell.activateById(widget.id);
    };

    const show = async (place: IDrivePlace): Promise<void> => {
      const { connection, bucket, key } = place;
      await commands.execute(CommandIDs.panel);
      await (!key || key.endsWith('/')
        ? storage.open({ connection, bucket, prefix: key })
        : storage.open({ connection, bucket, prefix: parentOf(key) }, key));
    };

    const open = async (address: string): Promise<void> => {
      const place = await placeOf(storage, address);
      if (!place.key || place.key.endsWith('/')) {
        await show(place);
        return;
      }
      const shown: Widget | undefined = tracker.find(
        widget => widget.id === viewId(place)
      );
      if (shown) {
        shell.activateById(shown.id);
        return;
      }
      const details = await storage.client.showObject(place);
      const known =
        docRegistry.getFileTypesForPath(nameOf(place.key)).length > 0;
      switch (wayOf(details, known)) {
        case 'document':
          openDocument(place);
          break;
        case 'text':
          if (await isText(storage, place, details)) {
            openDocument(place, 'Editor');
          } else {
            await openView(place, details);
          }
          break;
        default:
          await openView(place, details);
      }
    };

    commands.addCommand(CommandIDs.openObject, {
      label: trans.__('Open'),
      caption: trans.__('Open an object of storage in the Lab'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            address: {
              type: 'string',
              description: trans.__(
                'The address of the object, s3://[NAME@]bucket/key; the selected ones when absent'
              )
            }
          }
        }
      },
      isEnabled: args => addressesOf(storage, args).length > 0,
      execute: async args => {
        for (const address of addressesOf(storage, args)) {
          try {
            await open(address);
          } catch (error) {
            notifyError(`s3-open-${address}`, error, trans);
          }
        }
      }
    });

    commands.addCommand(CommandIDs.show, {
      label: trans.__('Show in Storage'),
      caption: trans.__('Show an object or a folder in the Storage panel'),
      describedBy: {
        args: {
          type: 'object',
          required: ['address'],
          properties: {
            address: {
              type: 'string',
              description: trans.__(
                'The address of an object or folder, s3://[NAME@]bucket/key'
              )
            }
          }
        }
      },
      isEnabled: args => typeof args.address === 'string',
      execute: async args => {
        const address = String(args.address);
        try {
          await show(await placeOf(storage, address));
        } catch (error) {
          notifyError(`s3-show-${address}`, error, trans);
        }
      }
    });

    void restorer?.restore(tracker, {
      command: CommandIDs.openObject,
      args: widget => ({ address: addressOf(widget.content.place) }),
      name: widget => widget.id
    });
  }
};

function viewId(place: IDrivePlace): string {
  return `ellip-lab-s3-${addressOf(place)}`;
}

/** Whether the bytes of an object are a text. */
async function isText(
  storage: IStorage,
  place: IDrivePlace,
  details: ObjectDetails
): Promise<boolean> {
  if (TEXTS.test(details.media_type ?? '') || details.size === 0) {
    return true;
  }
  const response = await storage.client.read(place);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(
      await response.arrayBuffer()
    );
    return !text.includes('\0');
  } catch {
    return false;
  }
}

export default [drive, opening];
