/**
 * Storage in the sidebar: a connection, a place, its rows, what is selected, what is on its way.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import {
  addIcon,
  ellipsesIcon,
  fileUploadIcon,
  ReactWidget,
  refreshIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { useSignal } from '../kit/hooks';
import { MenuButton } from '../kit/menubutton';
import { notifyError } from '../kit/notice';
import type { Actions } from './actions';
import { ConnectionBar } from './bar';
import { Browser } from './browser';
import { Connect } from './connect';
import { Details } from './details';
import { droppedFiles, droppedNames } from './drop';
import { DropZone } from './dropzone';
import { idOf } from './entries';
import { Home } from './home';
import { addressOfEntry } from './paths';
import type { IPlace } from './tokens';
import { CommandIDs } from './tokens';
import { TransferList } from './transferlist';

/** Properties of the panel. */
export interface IPanelProps {
  readonly actions: Actions;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The panel as a widget of the sidebar. */
export class StoragePanel extends ReactWidget {
  constructor(props: IPanelProps) {
    super();
    this.addClass('jp-EllipLab-S3-side');
    this._props = props;
    const { storage } = props.actions;
    this._zone = new DropZone(this.node, {
      isOpen: () => storage.place.connection !== null && !storage.form,
      onFiles: (data, row) => this._onFiles(data, row),
      onPaths: (paths, row) => this._onPaths(paths, row)
    });
  }

  override dispose(): void {
    this._zone.dispose();
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this.onAfterShow();
    }
  }

  protected override onAfterShow(): void {
    // Nothing is asked of a store before somebody looks.
    void this._props.actions.storage.wake();
  }

  protected override render(): JSX.Element {
    return <Panel {...this._props} />;
  }

  /** The place of a drop: the folder it fell on, or the one that is shown. */
  private _place(row: string | null): IPlace {
    const { listing } = this._props.actions.storage;
    const entry = listing.rows.find(one => idOf(one) === row);
    return entry && entry.kind !== 'object'
      ? {
          connection: entry.connection,
          bucket: entry.bucket,
          prefix: entry.key
        }
      : listing.place;
  }

  private _onFiles(data: DataTransfer, row: string | null): void {
    const { actions, trans } = this._props;
    const { connection, bucket, prefix } = this._place(row);
    if (connection === null || bucket === null) {
      return;
    }
    const names = droppedNames(data);
    actions.storage.uploads.start(
      names.length === 1
        ? (names[0] ?? '')
        : trans.__('%1 files', names.length),
      { connection, bucket, key: prefix },
      droppedFiles(data)
    );
    actions.storage.setShowTransfers(true);
  }

  private _onPaths(paths: readonly string[], row: string | null): void {
    const { actions, trans } = this._props;
    actions
      .transfer('copy', paths, this._place(row))
      .catch((error: unknown) => notifyError('s3-drop', error, trans));
  }

  private readonly _props: IPanelProps;
  private readonly _zone: DropZone;
}

/** The panel. */
export function Panel(props: IPanelProps): JSX.Element {
  const { actions, commands, trans } = props;
  const { storage } = actions;
  useSignal(storage.changed);
  const { place, form, selection, held } = storage;
  const [entry] = selection;
  const rename = (name: string | null): void => {
    storage.rename(null);
    if (name !== null && entry) {
      actions
        .rename(entry, name)
        .catch((error: unknown) =>
          notifyError(CommandIDs.rename, error, trans)
        );
    }
  };
  return (
    <div className="jp-EllipLab-S3">
      <Top {...props} />
      {form ? (
        <Connect
          key={`${form.preset}:${form.name}`}
          storage={storage}
          target={form}
          trans={trans}
        />
      ) : place.connection === null ? (
        <Home storage={storage} commands={commands} trans={trans} />
      ) : (
        <>
          <ConnectionBar storage={storage} commands={commands} trans={trans} />
          <Browser
            listing={storage.listing}
            renaming={storage.renaming}
            isPale={one =>
              !!held?.cut && held.addresses.includes(addressOfEntry(one))
            }
            onPlace={to => void storage.open(to)}
            onObject={one => {
              if (commands.hasCommand(CommandIDs.openObject)) {
                void commands.execute(CommandIDs.openObject, {
                  address: addressOfEntry(one)
                });
              }
            }}
            onRename={(_, name) => rename(name)}
            onKey={event => pressed(event, commands)}
            empty={<Empty {...props} />}
            trans={trans}
          />
          {entry && selection.length === 1 && !storage.renaming && (
            <Details
              key={addressOfEntry(entry)}
              storage={storage}
              commands={commands}
              entry={entry}
              trans={trans}
            />
          )}
        </>
      )}
      <TransferList storage={storage} commands={commands} trans={trans} />
    </div>
  );
}

/** The keys of the rows that are commands. */
function pressed(
  event: React.KeyboardEvent,
  commands: CommandRegistry
): boolean {
  const held = event.ctrlKey || event.metaKey;
  const command = held
    ? {
        c: CommandIDs.copy,
        x: CommandIDs.cut,
        v: CommandIDs.paste
      }[event.key]
    : { Delete: CommandIDs.remove, F2: CommandIDs.rename }[event.key];
  if (!command) {
    return false;
  }
  void commands.execute(command);
  return true;
}

/** The title and the buttons of the panel. */
function Top(props: IPanelProps): JSX.Element {
  const { actions, commands, trans } = props;
  const inBucket = actions.storage.place.bucket !== null;
  const button = (
    label: string,
    command: string,
    Icon: LabIcon,
    enabled = true
  ): JSX.Element => (
    <button
      className="jp-EllipLab-Kit-icon"
      aria-label={label}
      title={label}
      disabled={!enabled}
      onClick={() => void commands.execute(command)}
    >
      <Icon.react tag="span" />
    </button>
  );
  return (
    <div className="jp-EllipLab-S3-top">
      <h2>{trans.__('Storage')}</h2>
      {button(trans.__('Add a connection'), CommandIDs.connect, addIcon)}
      {button(
        trans.__('Upload files'),
        CommandIDs.upload,
        fileUploadIcon,
        inBucket
      )}
      {button(trans.__('Refresh'), CommandIDs.refresh, refreshIcon)}
      <MenuButton
        className="jp-EllipLab-Kit-icon"
        label={trans.__('More actions')}
        title={trans.__('More actions')}
        commands={commands}
        entries={[
          CommandIDs.uploadFolder,
          CommandIDs.makeFolder,
          CommandIDs.makeBucket,
          CommandIDs.paste
        ].map(command => ({ command }))}
      >
        <ellipsesIcon.react tag="span" />
      </MenuButton>
    </div>
  );
}

/** An empty place says how to fill it. */
function Empty({ actions, commands, trans }: IPanelProps): JSX.Element {
  const inBucket = actions.storage.place.bucket !== null;
  return (
    <div className="jp-EllipLab-S3-empty">
      <p>
        {inBucket
          ? trans.__('Nothing here yet. Drop files and folders to upload them.')
          : trans.__('No bucket yet.')}
      </p>
      <button
        className="jp-EllipLab-Kit-button"
        onClick={() =>
          void commands.execute(
            inBucket ? CommandIDs.upload : CommandIDs.makeBucket
          )
        }
      >
        {inBucket ? trans.__('Upload files…') : trans.__('New bucket…')}
      </button>
    </div>
  );
}
