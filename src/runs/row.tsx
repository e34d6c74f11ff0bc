/**
 * One run in the list.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { RunSummary } from '../contract';
import { age, exactTime, instant, percent } from '../kit/format';
import { Bar, StateDot, wordOf } from '../kit/state';
import { queueText, takenText } from './times';
import { isOnCluster } from './where';

/** Properties of a row. */
export interface IRowProps {
  readonly run: RunSummary;
  readonly now: number;
  readonly top: number;
  readonly position: number;
  readonly size: number;
  readonly selected: boolean;
  readonly reachable: boolean;
  readonly onOpen: () => void;
  readonly onFocus: () => void;
  readonly trans: TranslationBundle;
}

/** One run: its dot and name, how long, with what, how far or where it failed, when. */
export function Row(props: IRowProps): JSX.Element {
  const { run, now, trans } = props;
  const created = instant(run.created) ?? now;
  const word = wordOf(run.state, trans);
  const time = run.started ? takenText(run, now, trans) : word;
  const { done, total, text } = run.progress;
  const share =
    done !== null && total !== null && total > 0 ? percent(done, total) : null;
  return (
    <div
      className={
        'jp-EllipLab-Runs-item' + (props.selected ? ' jp-mod-selected' : '')
      }
      role="option"
      aria-selected={props.selected}
      aria-posinset={props.position}
      aria-setsize={props.size}
      aria-label={trans.__(
        '%1, %2, %3',
        run.name,
        word,
        age(created, now, trans)
      )}
      data-run={run.id}
      data-state={run.state}
      tabIndex={props.reachable ? 0 : -1}
      style={{ top: props.top }}
      onClick={props.onOpen}
      onFocus={props.onFocus}
    >
      <StateDot state={run.state} trans={trans} quiet />
      <span className="jp-EllipLab-Runs-name" title={run.document}>
        {run.name}
      </span>
      <span className="jp-EllipLab-Runs-time">{time}</span>
      {run.state === 'running' && (
        <Bar value={share} label={trans.__('Progress of %1', run.name)} />
      )}
      <span className="jp-EllipLab-Runs-what" title={text || undefined}>
        {whatText(run, trans)}
      </span>
      <span className="jp-EllipLab-Runs-age" title={exactTime(created)}>
        {age(created, now, trans)}
      </span>
    </div>
  );
}

/** The second line: `podman · step 3 of 5`, `podman · failed in otsu`. */
function whatText(run: RunSummary, trans: TranslationBundle): string {
  const words = [];
  if (isOnCluster(run)) {
    words.push(trans.__('Kubernetes'));
  } else if (run.container && run.container !== 'none') {
    words.push(run.container);
  }
  if (run.state === 'running' && run.progress.text) {
    words.push(run.progress.text);
  } else if (run.state === 'queued') {
    words.push(queueText(run, trans));
  } else if (run.state === 'failed' && run.failed_step) {
    words.push(trans.__('failed in %1', run.failed_step));
  } else if (run.state !== 'done' && run.state !== 'running') {
    words.push(wordOf(run.state, trans));
  }
  return words.join(' · ') || trans.__('no container');
}
