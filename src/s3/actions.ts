/**
 * What is done with rows and places: each asks what it must, then leaves the work to the server.
 */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Action, TransferRequest } from '../contract';
import { copyText } from '../kit/copy';
import { clock } from '../kit/format';
import { notify } from '../kit/notice';
import { askExpiry, askName, confirm, confirmDelete } from './dialogs';
import { idOf } from './entries';
import type { StorageModel } from './model';
import {
  addressOfEntry,
  addressOfPlace,
  nameOf,
  parentOf,
  readAddress
} from './paths';
import type { IEntry, IPlace } from './tokens';

/** A bucket's name as every store takes it. */
const BUCKET = '[a-z0-9][a-z0-9.\\-]{1,61}[a-z0-9]';

/** The actions. */
export class Actions {
  constructor(
    readonly storage: StorageModel,
    private readonly _documents: IDocumentManager,
    private readonly _trans: TranslationBundle
  ) {}

  /** Deletes rows, once the person has seen how much it is. */
  async remove(entries: readonly IEntry[]): Promise<void> {
    const { storage, _trans: trans } = this;
    const [bucket] = entries.filter(entry => entry.kind === 'bucket');
    if (bucket) {
      await this._removeBucket(bucket);
      return;
    }
    const sources = entries.map(addressOfEntry);
    if (!sources.length) {
      return;
    }
    const request: TransferRequest = { action: 'delete', sources };
    const plan = await storage.client.planTransfer(request);
    const names = entries.map(entry =>
      entry.kind === 'folder' ? `${entry.name}/` : entry.name
    );
    if (await confirmDelete(names, plan, trans)) {
      await storage.transfers.start(request);
    }
  }

  /** Gives a row another name where it is. */
  async rename(entry: IEntry, name: string): Promise<void> {
    const folder = entry.kind === 'folder';
    const key = parentOf(entry.key) + name + (folder ? '/' : '');
    await this.storage.transfers.start({
      action: 'move',
      sources: [addressOfEntry(entry)],
      target: addressOfEntry({ ...entry, key })
    });
  }

  /** Holds rows for a paste; those that are cut leave their place then. */
  hold(entries: readonly IEntry[], cut: boolean): void {
    const addresses = entries
      .filter(entry => entry.kind !== 'bucket')
      .map(addressOfEntry);
    this.storage.hold(addresses.length ? { cut, addresses } : null);
  }

  /** Puts what is held into a place. */
  async paste(place: IPlace): Promise<void> {
    const { held } = this.storage;
    if (!held || place.bucket === null) {
      return;
    }
    await this.transfer(held.cut ? 'move' : 'copy', held.addresses, place);
    if (held.cut) {
      this.storage.hold(null);
    }
  }

  /** Moves or copies addresses, or paths of the workspace, into a place. */
  async transfer(
    action: Action,
    sources: readonly string[],
    place: IPlace
  ): Promise<void> {
    const target = addressOfPlace(place);
    if (target !== null) {
      await this._into(action, sources, target);
    }
  }

  /** Copies rows to a folder of the workspace that the person chooses. */
  async fetch(entries: readonly IEntry[]): Promise<void> {
    const { FileDialog } = await import('@jupyterlab/filebrowser');
    const result = await FileDialog.getExistingDirectory({
      manager: this._documents,
      title: this._trans.__('Copy to a folder of the workspace')
    });
    const folder = result.button.accept ? result.value?.[0] : undefined;
    if (folder) {
      const target = folder.path ? `${folder.path}/` : './';
      await this._into('copy', entries.map(addressOfEntry), target);
    }
  }

  /** Makes a folder in the place that is shown. */
  async makeFolder(): Promise<void> {
    const { storage, _trans: trans } = this;
    const { connection, bucket, prefix } = storage.place;
    if (bucket === null || connection === null) {
      return;
    }
    const name = await askName(
      trans.__('New folder'),
      trans.__('Name'),
      trans.__('Make')
    );
    if (name) {
      const key = `${prefix}${name.replace(/\/+$/, '')}/`;
      await storage.client.makeFolder({ connection, bucket, key });
      storage.touch({ connection, bucket, key });
    }
  }

  /** Makes a bucket and goes there. */
  async makeBucket(): Promise<void> {
    const { storage, _trans: trans } = this;
    const { connection } = storage.place;
    if (connection === null) {
      return;
    }
    const bucket = await askName(
      trans.__('New bucket'),
      trans.__('Name: 3 to 63 of a-z, 0-9, . and -'),
      trans.__('Make'),
      BUCKET
    );
    if (bucket) {
      await storage.client.makeBucket({ connection, bucket });
      storage.touch({ connection, bucket, key: '' });
      await storage.open({ connection, bucket, prefix: '' });
    }
  }

  /** Puts a URL that anybody may use for a while on the clipboard. */
  async presign(entry: IEntry, expires: number | null): Promise<void> {
    const { _trans: trans } = this;
    const seconds = expires ?? (await askExpiry(trans));
    if (seconds === null) {
      return;
    }
    const { connection, bucket, key } = entry;
    const { url, expires: until } = await this.storage.client.presign({
      connection,
      bucket,
      key,
      expires: seconds
    });
    await copyText(url);
    notify('s3-copied', {
      message: trans.__(
        'Copied: anybody who has the URL may read %1 until %2',
        entry.name,
        seconds < 86_400
          ? clock(Date.parse(until))
          : new Date(until).toLocaleDateString()
      ),
      type: 'info'
    });
  }

  /** Starts to change the name of a row. */
  startRename(entry: IEntry): void {
    if (entry.kind !== 'bucket') {
      this.storage.rename(idOf(entry));
    }
  }

  /**
   * Puts sources into a target that ends in `/`. Of a prefix the contents go: a folder keeps its name by a
   * transfer of its own, into a folder of that name.
   */
  private async _into(
    action: Action,
    sources: readonly string[],
    target: string
  ): Promise<void> {
    const { transfers } = this.storage;
    const folders = sources.filter(source => isFolder(source));
    const files = sources.filter(source => !isFolder(source));
    if (files.length) {
      await transfers.start({ action, sources: files, target });
    }
    for (const source of folders) {
      const name = nameOf(readAddress(source)?.key ?? '');
      await transfers.start({
        action,
        sources: [source],
        target: name ? `${target}${name}/` : target
      });
    }
    this.storage.setShowTransfers(true);
  }

  private async _removeBucket(entry: IEntry): Promise<void> {
    const { storage, _trans: trans } = this;
    const { connection, bucket } = entry;
    const sure = await confirm(
      trans.__('Remove the bucket %1?', bucket),
      trans.__('Only an empty bucket can be removed.'),
      trans.__('Remove'),
      trans
    );
    if (sure) {
      await storage.client.removeBucket({ connection, bucket });
      storage.touch({ connection, bucket, key: '' });
    }
  }
}

/** Whether an address means everything below it. */
function isFolder(source: string): boolean {
  const address = readAddress(source);
  return address !== null && (address.key === '' || address.key.endsWith('/'));
}
