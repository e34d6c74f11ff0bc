/**
 * Lets a person choose an object or a prefix: the same rows as in the panel, with a place of their own.
 */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useSignal } from '../kit/hooks';
import { Browser } from './browser';
import { titleOf } from './connections';
import { Listing, START } from './listing';
import type { StorageModel } from './model';
import { addressOfEntry, addressOfPlace } from './paths';
import type { IPickOptions, IPlace } from './tokens';

/** Asks; gives an address, or null. */
export async function pick(
  storage: StorageModel,
  options: IPickOptions,
  trans: TranslationBundle
): Promise<string | null> {
  const connections = await storage.listConnections();
  const first = options.start ?? storage.place;
  const meant = connections.find(one => one.default);
  const start =
    first.connection !== null || !meant
      ? first
      : { ...START, connection: meant.name };
  const dialog: { current: Dialog<string | null> | null } = { current: null };
  dialog.current = new Dialog<string | null>({
    title: options.title,
    body: new Picker(storage, start, options, trans, () =>
      dialog.current?.resolve()
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Choose') })
    ],
    hasClose: true
  });
  const result = await dialog.current.launch();
  return result.button.accept ? (result.value ?? null) : null;
}

/** What is in the dialog. */
class Picker extends ReactWidget implements Dialog.IBodyWidget<string | null> {
  constructor(
    private readonly _storage: StorageModel,
    start: IPlace,
    private readonly _options: IPickOptions,
    private readonly _trans: TranslationBundle,
    private readonly _done: () => void
  ) {
    super();
    this.addClass('jp-EllipLab-S3-pick');
    this._listing = new Listing(_storage.client);
    void this._listing.open(start);
  }

  override dispose(): void {
    this._listing.dispose();
    super.dispose();
  }

  getValue(): string | null {
    return chosen(this._listing, this._options);
  }

  protected override render(): JSX.Element {
    return (
      <Body
        storage={this._storage}
        listing={this._listing}
        options={this._options}
        onDone={this._done}
        trans={this._trans}
      />
    );
  }

  private readonly _listing: Listing;
}

/** What is chosen now: the row, or the place itself where a prefix is wanted. */
function chosen(listing: Listing, options: IPickOptions): string | null {
  const [entry] = listing.selection;
  if (options.kind === 'object') {
    return entry?.kind === 'object' ? addressOfEntry(entry) : null;
  }
  return entry && entry.kind !== 'object'
    ? addressOfEntry(entry)
    : addressOfPlace(listing.place);
}

interface IBodyProps {
  readonly storage: StorageModel;
  readonly listing: Listing;
  readonly options: IPickOptions;
  readonly onDone: () => void;
  readonly trans: TranslationBundle;
}

function Body(props: IBodyProps): JSX.Element {
  const { storage, listing, options, onDone, trans } = props;
  useSignal(listing.changed);
  const { connection } = listing.place;
  const value = chosen(listing, options);
  return (
    <div className="jp-EllipLab-S3-pickBody">
      <select
        className="jp-EllipLab-Kit-select"
        aria-label={trans.__('Connection')}
        value={connection ?? ''}
        onChange={event =>
          void listing.open({
            ...START,
            connection: event.target.value || null
          })
        }
      >
        {connection === null && (
          <option value="">{trans.__('Choose a connection')}</option>
        )}
        {storage.known.list.map(one => (
          <option key={one.name} value={one.name}>
            {titleOf(one)}
          </option>
        ))}
      </select>
      {connection !== null && (
        <Browser
          listing={listing}
          single
          onPlace={place => void listing.open(place)}
          onObject={() => {
            if (options.kind === 'object') {
              onDone();
            }
          }}
          trans={trans}
        />
      )}
      <p className="jp-EllipLab-Kit-hint" role="status">
        {value ??
          (options.kind === 'object'
            ? trans.__('Choose an object.')
            : trans.__('Choose a bucket or a folder.'))}
      </p>
    </div>
  );
}
