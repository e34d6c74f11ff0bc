/**
 * How a command of storage is made: described, told when it fails, enabled by what is selected.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { notifyError } from '../kit/notice';
import { folderEntry, objectEntry } from './entries';
import type { StorageModel } from './model';
import { readAddress } from './paths';
import type { IEntry } from './tokens';

/** A command of the panel. */
export interface IPlainCommand extends Omit<
  CommandRegistry.ICommandOptions,
  'execute' | 'describedBy'
> {
  /** JSON Schemas of its arguments. */
  readonly properties?: Record<string, object>;
  readonly run: (args: ReadonlyPartialJSONObject) => unknown;
}

/** A command of objects, folders or buckets. */
export interface IEntryCommand {
  readonly label: string;
  readonly caption: string;
  readonly icon: LabIcon;
  readonly kinds: readonly IEntry['kind'][];
  /** One at a time. */
  readonly single?: boolean;
  readonly properties?: Record<string, object>;
  readonly run: (
    entries: readonly IEntry[],
    args: ReadonlyPartialJSONObject
  ) => unknown;
}

/** What adds commands. */
export interface IAdders {
  readonly add: (id: string, command: IPlainCommand) => void;
  readonly onEntries: (id: string, command: IEntryCommand) => void;
  readonly entriesOf: (args: ReadonlyPartialJSONObject) => readonly IEntry[];
  /** The JSON Schema of the argument that names an object. */
  readonly address: { readonly type: 'string'; readonly description: string };
}

/** Makes what adds commands. */
export function addersOf(
  commands: CommandRegistry,
  storage: StorageModel,
  trans: TranslationBundle
): IAdders {
  /** The rows that are meant: of an address, or those selected. */
  const entriesOf = (args: ReadonlyPartialJSONObject): readonly IEntry[] => {
    if (typeof args.address !== 'string') {
      return storage.selection;
    }
    const address = readAddress(args.address);
    const connection = address?.connection ?? storage.known.default?.name;
    if (!address || !connection) {
      return [];
    }
    const place = { connection, bucket: address.bucket, prefix: '' };
    return [
      address.key === '' || address.key.endsWith('/')
        ? folderEntry(place, address.key)
        : objectEntry(place, {
            key: address.key,
            size: 0,
            modified: null,
            etag: null,
            storage_class: null
          })
    ];
  };
  const add: IAdders['add'] = (id, command) => {
    const { properties, run, ...rest } = command;
    commands.addCommand(id, {
      ...rest,
      describedBy: {
        args: { type: 'object', properties: properties ?? {} } as never
      },
      execute: async args => {
        try {
          return await run(args);
        } catch (error) {
          notifyError(id, error, trans);
          return undefined;
        }
      }
    });
  };
  const address = {
    type: 'string' as const,
    description: trans.__(
      'The address of an object or folder, s3://[NAME@]bucket/key; those selected when absent'
    )
  };
  const onEntries: IAdders['onEntries'] = (id, command) => {
    const { kinds, single, run, properties, ...rest } = command;
    const fit = (args: ReadonlyPartialJSONObject): boolean => {
      const entries = entriesOf(args);
      return (
        entries.length > 0 &&
        (!single || entries.length === 1) &&
        entries.every(entry => kinds.includes(entry.kind))
      );
    };
    add(id, {
      ...rest,
      properties: { address, ...properties },
      isEnabled: fit,
      run: args => (fit(args) ? run(entriesOf(args), args) : undefined)
    });
  };
  return { add, onEntries, entriesOf, address };
}
