/**
 * A connection, or an object, given to the notebook in front: cells without a key in them.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { consoleIcon, notebookIcon } from '@jupyterlab/ui-components';

import type { CodeLanguage } from '../contract';
import { copyText } from '../kit/copy';
import { notify, notifyError } from '../kit/notice';
import { addressesOf, placeOf } from './addresses';
import type { IDrivePlace } from './drivepath';
import type { IStorage } from './tokens';
import { CommandIDs, IStorage as StorageToken } from './tokens';

/** The command that copies what a terminal needs. */
export const USE_IN_TERMINAL = 'ellip-lab:s3-use-in-terminal';

/** The library that opens an object. */
export function languageOf(key: string, raster: boolean): CodeLanguage {
  if (raster) {
    return 'rasterio';
  }
  if (/\.(nc|nc4|cdf|h5|hdf5|he5|grib2?|zarr\/?)$/i.test(key)) {
    return 'xarray';
  }
  return /\.json$/i.test(key) ? 'pystac' : 'boto3';
}

/** The cell that gives a connection to the kernel. */
export function useCell(connection: string): string {
  return `%load_ext ellip_lab\n%s3 use ${connection}`;
}

/** The line that gives a connection to a shell. */
export function useLine(connection: string): string {
  return `eval "$(ellip s3 env ${connection})"`;
}

/** The cells for a place: the connection, unless the notebook has it already, and the code of an object. */
export async function cellsOf(
  storage: Pick<IStorage, 'client'>,
  place: IDrivePlace,
  before: readonly string[]
): Promise<readonly string[]> {
  const use = useCell(place.connection);
  const has = before.some(source =>
    source.split('\n').some(line => line.trim() === use.split('\n')[1])
  );
  const cells = has ? [] : [use];
  const { key } = place;
  const store = /\.zarr\/$/i.test(key);
  if (key && (store || !key.endsWith('/'))) {
    const raster = store
      ? false
      : (await storage.client.showObject(place)).raster;
    const language = languageOf(key, raster);
    const { text } = await storage.client.code({ ...place, language });
    cells.push(text.trimEnd());
  }
  return cells;
}

/** Puts cells below the active one of a notebook, into it where it is empty; gives how many. */
export function insertCells(
  panel: NotebookPanel,
  cells: readonly string[]
): number {
  const notebook = panel.content;
  for (const source of cells) {
    const active = notebook.activeCell;
    if (
      active?.model.type !== 'code' ||
      active.model.sharedModel.getSource().trim()
    ) {
      NotebookActions.insertBelow(notebook);
    }
    notebook.activeCell?.model.sharedModel.setSource(source);
  }
  return cells.length;
}

/** The commands. */
const notebook: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:s3-notebook',
  description: 'Gives connections and objects of storage to notebooks.',
  autoStart: true,
  requires: [StorageToken],
  optional: [INotebookTracker, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    storage: IStorage,
    tracker: INotebookTracker | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    const { commands, shell } = app;
    const describedBy = {
      args: {
        type: 'object',
        properties: {
          address: {
            type: 'string',
            description: trans.__(
              'The address of an object, s3://[NAME@]bucket/key; the selected one when absent'
            )
          },
          connection: {
            type: 'string',
            description: trans.__('The name of a connection')
          }
        }
      }
    };
    /** What is meant: an object, or a connection alone. */
    const meant = async (
      args: Readonly<Record<string, unknown>>
    ): Promise<IDrivePlace | null> => {
      if (typeof args.connection === 'string') {
        return { connection: args.connection, bucket: '', key: '' };
      }
      const [address] = addressesOf(storage, args);
      if (address !== undefined) {
        return placeOf(storage, address);
      }
      const connection =
        storage.place.connection ??
        (await storage.listConnections()).find(one => one.default)?.name;
      return connection ? { connection, bucket: '', key: '' } : null;
    };

    commands.addCommand(CommandIDs.useInNotebook, {
      label: trans.__('Use in Notebook'),
      caption: trans.__(
        'Insert cells that give the connection to the kernel and open the object'
      ),
      icon: notebookIcon,
      describedBy,
      execute: async args => {
        try {
          const place = await meant(args);
          if (!place) {
            return;
          }
          const panel = tracker?.currentWidget ?? null;
          const sources = panel?.content.model
            ? [...panel.content.model.cells].map(cell =>
                cell.sharedModel.getSource()
              )
            : [];
          const cells = await cellsOf(storage, place, sources);
          if (panel) {
            insertCells(panel, cells);
            shell.activateById(panel.id);
            return;
          }
          await copyText(cells.join('\n\n'));
          notify('s3-notebook', {
            message: trans.__(
              'No notebook is open: the code is on the clipboard.'
            ),
            type: 'info'
          });
        } catch (error) {
          notifyError('s3-notebook', error, trans);
        }
      }
    });

    commands.addCommand(USE_IN_TERMINAL, {
      label: trans.__('Copy for a Terminal'),
      caption: trans.__(
        'Copy the line that gives the connection to the programs of a terminal'
      ),
      icon: consoleIcon,
      describedBy,
      execute: async args => {
        try {
          const place = await meant(args);
          if (place) {
            const line = useLine(place.connection);
            await copyText(line);
            notify('s3-terminal', {
              message: trans.__('Copied: %1', line),
              type: 'info',
              autoClose: 2500
            });
          }
        } catch (error) {
          notifyError('s3-terminal', error, trans);
        }
      }
    });

    for (const command of [CommandIDs.useInNotebook, USE_IN_TERMINAL]) {
      palette?.addItem({ command, category: trans.__('Ellip') });
    }
  }
};

export default notebook;
