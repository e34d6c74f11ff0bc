/**
 * The transfers in the status bar: how many, how fast, how long.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { useSignal } from '../kit/hooks';
import { storageIcon } from '../kit/icons';
import { isFinal } from '../kit/state';
import type { StorageModel } from './model';
import { CommandIDs } from './tokens';
import { itemsOf, paceOf } from './transferitem';

/** Properties of the item. */
export interface IStatusProps {
  readonly storage: StorageModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The item as a widget of the status bar. */
export class StorageStatus extends ReactWidget {
  constructor(props: IStatusProps) {
    super();
    this._props = props;
  }

  protected override render(): JSX.Element {
    return <Status {...this._props} />;
  }

  private readonly _props: IStatusProps;
}

/** Whether there is something to show. */
export function isBusy(storage: StorageModel): boolean {
  return storage.transfers.active.length + storage.uploads.active.length > 0;
}

/** The item. */
export function Status(props: IStatusProps): JSX.Element {
  const { storage, commands, trans } = props;
  useSignal(storage.changed);
  const items = itemsOf(storage, trans).filter(item => !isFinal(item.state));
  const rates = items
    .map(item => item.rate)
    .filter((rate): rate is number => rate !== null);
  const left = items
    .map(item => item.remaining)
    .filter((seconds): seconds is number => seconds !== null);
  const pace = paceOf(
    rates.length ? rates.reduce((sum, rate) => sum + rate, 0) : null,
    left.length === items.length && left.length ? Math.max(...left) : null,
    trans
  );
  return (
    <button
      className="jp-EllipLab-S3-status"
      title={trans.__('Show the transfers')}
      onClick={() => void commands.execute(CommandIDs.showTransfers)}
    >
      <storageIcon.react tag="span" className="jp-EllipLab-Kit-buttonIcon" />
      {[trans._n('%1 transfer', '%1 transfers', items.length), ...pace].join(
        ' · '
      )}
    </button>
  );
}
