/**
 * How a command of containers is made: described, told when it fails, enabled by what is meant.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Container, Image } from '../contract';
import { notifyError } from '../kit/notice';
import type { ContainersModel } from './model';

/** A command. */
export interface IPlainCommand extends Omit<
  CommandRegistry.ICommandOptions,
  'execute' | 'describedBy'
> {
  /** JSON Schemas of its arguments. */
  readonly properties?: Record<string, object>;
  readonly run: (args: ReadonlyPartialJSONObject) => unknown;
}

/** What is known of an image that a command is about. */
export type MeantImage = Pick<Image, 'id' | 'names' | 'size'>;

/** What adds commands. */
export interface IAdders {
  readonly add: (id: string, command: IPlainCommand) => void;
  /** The images that are meant: named, or those selected. */
  readonly imagesOf: (args: ReadonlyPartialJSONObject) => readonly MeantImage[];
  /** The containers that are meant: named, or those selected. */
  readonly containersOf: (
    args: ReadonlyPartialJSONObject
  ) => readonly Container[];
  readonly imageArgument: Record<string, object>;
  readonly containerArgument: Record<string, object>;
}

/** A text of the arguments, or null. */
export function text(
  args: ReadonlyPartialJSONObject,
  name: string
): string | null {
  const value = args[name];
  return typeof value === 'string' && value ? value : null;
}

/** Makes what adds commands. */
export function addersOf(
  commands: CommandRegistry,
  containers: ContainersModel,
  trans: TranslationBundle
): IAdders {
  const imagesOf: IAdders['imagesOf'] = args => {
    const named = text(args, 'image');
    const { images, tab } = containers;
    if (named === null) {
      return tab === 'images' ? images.selection : [];
    }
    const known = images.list.find(
      one => one.id === named || one.names.includes(named)
    );
    // One that is not on the page is called by what it was named by.
    return [
      known ?? {
        id: named,
        names: /^[0-9a-f]{64}$/.test(named) ? [] : [named],
        size: 0
      }
    ];
  };
  const containersOf: IAdders['containersOf'] = args => {
    const named = text(args, 'container');
    const { running, tab } = containers;
    if (named === null) {
      return tab === 'containers' ? running.selection : [];
    }
    const known = running.find(named);
    return known ? [known] : [];
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
  return {
    add,
    imagesOf,
    containersOf,
    imageArgument: {
      image: {
        type: 'string',
        description: trans.__(
          'A name or the id of an image; those selected when absent'
        )
      }
    },
    containerArgument: {
      container: {
        type: 'string',
        description: trans.__(
          'The name or the id of a container; those selected when absent'
        )
      }
    }
  };
}
