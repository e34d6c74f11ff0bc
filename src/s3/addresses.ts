/**
 * Addresses as commands and forms take them.
 */
import type { Connection } from '../contract';
import type { IDrivePlace } from './drivepath';
import { addressOf, readAddress } from './paths';
import type { IStorage } from './tokens';

/** The place of an address, with the name of its connection; an error where there is none. */
export async function placeOf(
  storage: Pick<IStorage, 'listConnections'>,
  address: string
): Promise<IDrivePlace> {
  const found = readAddress(address);
  if (!found) {
    throw new Error(`${address} is not an address of storage`);
  }
  if (found.connection !== null) {
    return { ...found, connection: found.connection };
  }
  const all = await storage.listConnections();
  const meant = all.find(one => one.default);
  if (!meant) {
    throw new Error(`${address} names no connection, and none is the default`);
  }
  return { ...found, connection: meant.name };
}

/** The addresses that a command means: its argument, or what is selected. */
export function addressesOf(
  storage: Pick<IStorage, 'selection'>,
  args: { readonly address?: unknown }
): readonly string[] {
  return typeof args.address === 'string'
    ? [args.address]
    : storage.selection.map(addressOf);
}

/** An address without the name of its connection, where that is the default one. */
export function shortened(
  address: string,
  connections: readonly Connection[]
): string {
  const found = readAddress(address);
  const isDefault = connections.some(
    one => one.default && one.name === found?.connection
  );
  return found && isDefault
    ? addressOf({ ...found, connection: null })
    : address;
}
