/**
 * Work at the foot of the panel: how far, stop, what it said; found again after a reload.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretRightIcon,
  closeIcon,
  refreshIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { WorkSummary } from '../contract';
import { age, exactTime, instant } from '../kit/format';
import { useDomId, useNow } from '../kit/hooks';
import { Bar, isFinal, StateDot } from '../kit/state';
import type { ContainersModel } from './model';
import { CommandIDs } from './tokens';
import { shareOf, shortTitle, whatText } from './workitem';

/** So many are shown at first. */
const SHOWN = 4;

/** Properties of the list. */
export interface IWorkListProps {
  readonly containers: ContainersModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The list; nothing where there is none. */
export function WorkList(props: IWorkListProps): JSX.Element | null {
  const { containers, trans } = props;
  const id = useDomId('works');
  const { works, showWorks: open } = containers;
  const active = works.active.length;
  const now = useNow(open, active ? 1000 : 15_000);
  const [all, setAll] = React.useState(false);
  const { list } = works;
  const shown = all ? list : list.slice(0, Math.max(active, SHOWN));
  if (!list.length) {
    return null;
  }
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <section
      className="jp-EllipLab-Containers-works"
      aria-label={trans.__('Work')}
    >
      <button
        className="jp-EllipLab-Containers-fold"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => containers.setShowWorks(!open)}
      >
        <Caret.react tag="span" className="jp-EllipLab-Containers-caret" />
        <span className="jp-EllipLab-Containers-text">
          {trans.__('Pulls and builds')}
        </span>
        <span className="jp-EllipLab-Kit-count">
          {active ? trans.__('%1 running', active) : list.length}
        </span>
      </button>
      {open && (
        <ul id={id}>
          {shown.map(work => (
            <Item key={work.id} {...props} work={work} now={now} />
          ))}
          {shown.length < list.length && (
            <li className="jp-EllipLab-Containers-older">
              <button
                className="jp-EllipLab-Kit-link"
                onClick={() => setAll(true)}
              >
                {trans._n(
                  'Show %1 older',
                  'Show %1 older',
                  list.length - shown.length
                )}
              </button>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}

interface IItemProps extends IWorkListProps {
  readonly work: WorkSummary;
  readonly now: number;
}

/** One work. */
function Item(props: IItemProps): JSX.Element {
  const { work, now, commands, trans } = props;
  const final = isFinal(work.state);
  const created = instant(work.created) ?? now;
  const act = (command: string, label: string, Icon: LabIcon): JSX.Element => (
    <button
      className="jp-EllipLab-Kit-icon"
      title={label}
      aria-label={trans.__('%1: %2', label, work.title)}
      onClick={() => void commands.execute(command, { id: work.id })}
    >
      <Icon.react tag="span" />
    </button>
  );
  return (
    <li
      className="jp-EllipLab-Containers-work"
      data-work={work.id}
      data-state={work.state}
      data-kind={final ? 'ended' : 'active'}
    >
      <StateDot state={work.state} trans={trans} quiet />
      <button
        className="jp-EllipLab-Containers-open"
        title={trans.__('Show the steps and the log of “%1”', work.title)}
        onClick={() =>
          void commands.execute(CommandIDs.openWork, { id: work.id })
        }
      >
        {shortTitle(work)}
      </button>
      <span className="jp-EllipLab-Containers-acts">
        {!final && act(CommandIDs.stopWork, trans.__('Stop'), stopIcon)}
        {final &&
          work.state !== 'done' &&
          act(CommandIDs.repeatWork, trans.__('Try again'), refreshIcon)}
        {final && act(CommandIDs.removeWork, trans.__('Remove'), closeIcon)}
      </span>
      {!final && (
        <Bar
          value={work.state === 'queued' ? 0 : shareOf(work)}
          label={trans.__('Progress of %1', work.title)}
        />
      )}
      <span className="jp-EllipLab-Containers-what">
        <span>{whatText(work, now, trans)}</span>
        {final && (
          <span title={exactTime(created)}>{age(created, now, trans)}</span>
        )}
      </span>
      {work.state === 'failed' || work.state === 'lost' ? (
        <span className="jp-EllipLab-Containers-why">{work.detail}</span>
      ) : null}
    </li>
  );
}
