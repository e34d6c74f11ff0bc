/**
 * Works: how far, stop, what they said; at the foot of the panel, and those of one toolbox in its view.
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

import type { ToolboxWorkSummary } from '../contract';
import { plain } from '../kit/code';
import { age, exactTime, instant } from '../kit/format';
import { useDomId, useNow } from '../kit/hooks';
import { Bar, isFinal, StateDot } from '../kit/state';
import type { ToolboxesModel } from './model';
import { CommandIDs } from './tokens';
import { shareOf, whatText } from './words';

/** So many are shown at first. */
const SHOWN = 3;

/** Properties of the list. */
export interface IWorkListProps {
  readonly toolboxes: ToolboxesModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The foot of the panel; nothing where there is no work. */
export function WorkFoot(props: IWorkListProps): JSX.Element | null {
  const { toolboxes, trans } = props;
  const id = useDomId('works');
  const { works, showWorks: open } = toolboxes;
  const active = works.active.length;
  const [all, setAll] = React.useState(false);
  const { list } = works;
  const shown = all ? list : list.slice(0, Math.max(active, SHOWN));
  if (!list.length) {
    return null;
  }
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <section
      className="jp-EllipLab-Toolboxes-works"
      aria-label={trans.__('Work')}
    >
      <button
        className="jp-EllipLab-Toolboxes-fold"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => toolboxes.setShowWorks(!open)}
      >
        <Caret.react tag="span" className="jp-EllipLab-Toolboxes-caret" />
        <span className="jp-EllipLab-Toolboxes-text">
          {trans.__('Installations')}
        </span>
        <span className="jp-EllipLab-Kit-count">
          {active ? trans.__('%1 running', active) : list.length}
        </span>
      </button>
      {open && (
        <div id={id} className="jp-EllipLab-Toolboxes-worksPane">
          <WorkList {...props} works={shown} />
          {shown.length < list.length && (
            <button
              className="jp-EllipLab-Kit-link jp-EllipLab-Toolboxes-older"
              onClick={() => setAll(true)}
            >
              {trans._n(
                'Show %1 older',
                'Show %1 older',
                list.length - shown.length
              )}
            </button>
          )}
        </div>
      )}
    </section>
  );
}

/** Works, newest first. */
export function WorkList(
  props: IWorkListProps & { readonly works: readonly ToolboxWorkSummary[] }
): JSX.Element {
  const active = props.works.some(work => !isFinal(work.state));
  const now = useNow(true, active ? 1000 : 15_000);
  return (
    <ul className="jp-EllipLab-Toolboxes-list">
      {props.works.map(work => (
        <Item key={work.id} {...props} work={work} now={now} />
      ))}
    </ul>
  );
}

interface IItemProps extends IWorkListProps {
  readonly work: ToolboxWorkSummary;
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
      className="jp-EllipLab-Toolboxes-work"
      data-work={work.id}
      data-state={work.state}
      data-kind={final ? 'ended' : 'active'}
    >
      <StateDot state={work.state} trans={trans} quiet />
      <button
        className="jp-EllipLab-Toolboxes-open"
        title={trans.__('Show the steps and the log of “%1”', work.title)}
        onClick={() =>
          void commands.execute(CommandIDs.openWork, { id: work.id })
        }
      >
        {work.title}
      </button>
      <span className="jp-EllipLab-Toolboxes-acts">
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
      <span className="jp-EllipLab-Toolboxes-what">
        <span>{whatText(work, now, trans)}</span>
        {final && (
          <span title={exactTime(created)}>{age(created, now, trans)}</span>
        )}
      </span>
      {(work.state === 'failed' || work.state === 'lost') && work.detail && (
        <span className="jp-EllipLab-Toolboxes-why">{plain(work.detail)}</span>
      )}
    </li>
  );
}
