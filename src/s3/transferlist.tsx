/**
 * The transfers at the foot of the panel: how far, how fast, stop, resume, remove.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretRightIcon,
  closeIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { useDomId } from '../kit/hooks';
import { Bar, isFinal, StateDot } from '../kit/state';
import type { StorageModel } from './model';
import { CommandIDs } from './tokens';
import type { ITransferItem } from './transferitem';
import { itemsOf, shareOf, shortTitle, whatText } from './transferitem';

/** Properties of the list. */
export interface ITransferListProps {
  readonly storage: StorageModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The list; nothing where there is none. */
export function TransferList(props: ITransferListProps): JSX.Element | null {
  const { storage, trans } = props;
  const id = useDomId('transfers');
  const items = itemsOf(storage, trans);
  const open = storage.showTransfers;
  if (!items.length) {
    return null;
  }
  const active = items.filter(item => !isFinal(item.state)).length;
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <section
      className="jp-EllipLab-S3-transfers"
      aria-label={trans.__('Transfers')}
    >
      <button
        className="jp-EllipLab-S3-fold"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => storage.setShowTransfers(!open)}
      >
        <Caret.react tag="span" className="jp-EllipLab-S3-caret" />
        {trans.__('Transfers')}
        <span className="jp-EllipLab-Kit-count">
          {active ? trans.__('%1 running', active) : items.length}
        </span>
      </button>
      {open && (
        <ul id={id}>
          {items.map(item => (
            <Item key={item.id} {...props} item={item} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface IItemProps extends ITransferListProps {
  readonly item: ITransferItem;
}

/** One transfer. */
function Item(props: IItemProps): JSX.Element {
  const { item, storage, commands, trans } = props;
  const [open, setOpen] = React.useState(false);
  const act = (command: string, label: string, Icon: LabIcon): JSX.Element => (
    <button
      className="jp-EllipLab-Kit-icon"
      title={label}
      aria-label={trans.__('%1: %2', label, item.title)}
      onClick={() => void commands.execute(command, { id: item.id })}
    >
      <Icon.react tag="span" />
    </button>
  );
  const final = isFinal(item.state);
  const troubled = item.failed > 0 || item.detail !== null;
  return (
    <li
      className="jp-EllipLab-S3-transfer"
      data-transfer={item.id}
      data-state={item.state}
    >
      <StateDot state={item.state} trans={trans} />
      <span className="jp-EllipLab-S3-text" title={item.title}>
        {shortTitle(item.title)}
      </span>
      <span className="jp-EllipLab-S3-acts">
        {!final && act(CommandIDs.stopTransfer, trans.__('Stop'), stopIcon)}
        {final &&
          item.resumable &&
          act(CommandIDs.resumeTransfer, trans.__('Resume'), runIcon)}
        {final && act(CommandIDs.removeTransfer, trans.__('Remove'), closeIcon)}
      </span>
      {!final && (
        <Bar
          value={item.state === 'queued' ? 0 : shareOf(item)}
          label={trans.__('Progress of %1', item.title)}
        />
      )}
      <span className="jp-EllipLab-S3-what">
        {whatText(item, trans)}
        {troubled && (
          <button
            className="jp-EllipLab-Kit-link"
            aria-expanded={open}
            onClick={() => {
              setOpen(!open);
              if (!open && !item.id.startsWith('upload-')) {
                void storage.transfers.show(item.id);
              }
            }}
          >
            {open ? trans.__('Hide why') : trans.__('Show why')}
          </button>
        )}
      </span>
      {open && (
        <div className="jp-EllipLab-S3-why">
          {item.detail !== null && <p>{item.detail}</p>}
          <ul>
            {item.failures.map(failure => (
              <li key={failure.source}>
                <code>{failure.source}</code>
                <div>{failure.message}</div>
              </li>
            ))}
          </ul>
        </div>
      )}
    </li>
  );
}
