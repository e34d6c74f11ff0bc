/**
 * The head of a run's view: what it is, how it stands, what can be done with it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ellipsesIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Run } from '../contract';
import { exactTime, instant, percent } from '../kit/format';
import { MenuButton } from '../kit/menubutton';
import { Bar, isFinal, Pill, StateDot, toneOf, wordOf } from '../kit/state';
import { queueText, takenText } from './times';
import { CommandIDs } from './tokens';
import { isOnCluster, keptOf, placeText } from './where';

/** Properties of the head. */
export interface IHeaderProps {
  readonly run: Run;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
  readonly now: number;
}

/** Dot, name, state and time, engine; what can be done. */
export function Header(props: IHeaderProps): JSX.Element {
  const { run, now, commands, trans } = props;
  const args = { id: run.id };
  const alive = !isFinal(run.state);
  const { done, total, text } = run.progress;
  const place = placeText(run, trans);
  const words = [wordOf(run.state, trans)];
  const time = takenText(run, now, trans);
  if (run.state === 'queued') {
    words.push(queueText(run, trans));
  } else if (time) {
    words.push(time);
  }
  const button = (
    command: string,
    label: string,
    primary = false
  ): JSX.Element => (
    <button
      className={'jp-EllipLab-Kit-button' + (primary ? ' jp-mod-primary' : '')}
      onClick={() => void commands.execute(command, args)}
    >
      {label}
    </button>
  );
  return (
    <header className="jp-EllipLab-Runs-header">
      <div className="jp-EllipLab-Runs-headerMain">
        <StateDot state={run.state} trans={trans} quiet />
        <h2 title={run.document}>{run.name}</h2>
        <span role="status" className="jp-EllipLab-Runs-pills">
          <Pill tone={toneOf(run.state)} title={startedText(run, trans)}>
            {words.join(' · ')}
          </Pill>
          {place && <Pill title={placeTitle(run, trans)}>{place}</Pill>}
          {run.state === 'running' && text && !keptOf(run).length && (
            <Pill>{text}</Pill>
          )}
        </span>
        <span className="jp-EllipLab-Runs-buttons">
          <MenuButton
            label={trans.__('Copy as')}
            commands={commands}
            entries={[
              { command: CommandIDs.copyShell, args },
              { command: CommandIDs.copyPython, args }
            ]}
          />
          {run.state !== 'failed' &&
            button(CommandIDs.rerun, trans.__('Re-run…'))}
          {button(CommandIDs.openDocument, trans.__('Open document'))}
          {run.state === 'failed' &&
            button(CommandIDs.rerun, trans.__('Re-run…'), true)}
          {alive && button(CommandIDs.stop, trans.__('Stop'), true)}
          <MenuButton
            label={trans.__('More actions')}
            title={trans.__('More actions')}
            commands={commands}
            entries={[
              { command: CommandIDs.rerunThere, args },
              { command: CommandIDs.rerunHere, args },
              { command: CommandIDs.cluster },
              { command: CommandIDs.remove, args }
            ]}
          >
            <ellipsesIcon.react
              tag="span"
              className="jp-EllipLab-Kit-buttonIcon"
            />
          </MenuButton>
        </span>
      </div>
      {run.state === 'running' && (
        <Bar
          value={
            done !== null && total !== null && total > 0
              ? percent(done, total)
              : null
          }
          label={trans.__('Progress of %1', run.name)}
        />
      )}
    </header>
  );
}

function placeTitle(run: Run, trans: TranslationBundle): string {
  return isOnCluster(run)
    ? trans.__('calrissian')
    : (run.versions[run.container ?? ''] ?? trans.__('container engine'));
}

function startedText(run: Run, trans: TranslationBundle): string {
  const started = instant(run.started);
  return started === null
    ? trans.__('not started')
    : trans.__('started %1', exactTime(started));
}
