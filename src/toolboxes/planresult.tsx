/**
 * What a plan has found: what comes, changes and goes, what it costs; where nothing fits, why.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { PackageChange, ToolboxPlan } from '../contract';
import { Advice } from '../kit/advice';
import { Sentence } from '../kit/code';
import { bytes, exactBytes, running } from '../kit/format';
import { useNow } from '../kit/hooks';
import { Bar, Pill } from '../kit/state';
import type { IColumn } from './longtable';
import { LongTable } from './longtable';
import { shortChannel } from './names';
import type { Ask } from './page';
import { CommandIDs } from './tokens';
import { Trouble } from './trouble';
import { changeTone, changeWord, costOf, countText } from './words';

/** What has come of asking. */
export interface IAnswer {
  readonly plan: ToolboxPlan | null;
  readonly error: unknown;
}

/** Properties of the result. */
export interface IResultProps {
  readonly ask: Ask;
  readonly answer: IAnswer;
  /** There is a plan, and nothing to do. */
  readonly nothing: boolean;
  readonly commands: CommandRegistry;
  readonly onAgain: () => void;
  readonly trans: TranslationBundle;
}

/** What has come of asking: the answer first. */
export function Result(props: IResultProps): JSX.Element {
  const { answer, ask, commands, onAgain, trans } = props;
  const { plan } = answer;
  const channels = (
    <button
      className="jp-EllipLab-Kit-button"
      onClick={() => void commands.execute(CommandIDs.channels)}
    >
      {trans.__('Channels and mirrors…')}
    </button>
  );
  if (answer.error !== null) {
    return (
      <Trouble error={answer.error} onAgain={onAgain} trans={trans}>
        {channels}
      </Trouble>
    );
  }
  if (!plan) {
    return <Solving trans={trans} />;
  }
  if (!plan.possible) {
    return (
      <section
        className="jp-EllipLab-Kit-alarm"
        role="alert"
        aria-label={trans.__('Why it cannot be done')}
      >
        {plan.problems.map(problem => (
          <h3 key={problem}>
            <Sentence>{problem}</Sentence>
          </h3>
        ))}
        {plan.hint && (
          <p className="jp-EllipLab-Kit-remedy">
            <Advice trans={trans}>{plan.hint}</Advice>
          </p>
        )}
        {plan.explanation && (
          <>
            <p>{trans.__('What the solver says:')}</p>
            <pre tabIndex={0}>{plan.explanation}</pre>
          </>
        )}
        <div className="jp-EllipLab-Kit-row">{channels}</div>
      </section>
    );
  }
  return (
    <section aria-label={trans.__('What would be done')}>
      <p role="status" className="jp-EllipLab-Toolboxes-sum">
        {props.nothing
          ? trans.__('Everything is up to date: nothing would change.')
          : trans.__('Packages: %1', countText(plan.changes, plan.kept, trans))}
      </p>
      {plan.problems.map(problem => (
        <p key={problem} className="jp-EllipLab-Toolboxes-caution">
          <Sentence>{problem}</Sentence>
        </p>
      ))}
      <dl className="jp-EllipLab-Toolboxes-facts">
        {costOf(plan, trans).map(([what, said]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{said}</dd>
          </div>
        ))}
        <div>
          <dt>{trans.__('From')}</dt>
          <dd>{plan.channels.map(shortChannel).join(', ')}</dd>
        </div>
        <div>
          <dt>{trans.__('For')}</dt>
          <dd>{plan.platform}</dd>
        </div>
        {ask.verb === 'install' && plan.commands.length > 0 && (
          <div>
            <dt>{trans.__('Proved by')}</dt>
            <dd>
              {plan.commands.map(command => (
                <code key={command}>{command}</code>
              ))}
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

/** It takes as long as it takes: the lists of packages of large channels are read first. */
function Solving({ trans }: { readonly trans: TranslationBundle }) {
  const [since] = React.useState(() => Date.now());
  const now = useNow(true);
  return (
    <div className="jp-EllipLab-Toolboxes-solving" role="status">
      <p>{trans.__('Finding out which packages fit together…')}</p>
      <Bar value={null} label={trans.__('Solving')} />
      <p className="jp-EllipLab-Kit-hint" aria-hidden>
        {trans.__(
          '%1 · the list of a large channel is read once a day',
          running(now - since, trans)
        )}
      </p>
    </div>
  );
}

interface IChangesProps {
  readonly plan: ToolboxPlan;
  readonly trans: TranslationBundle;
}

/** What would become of each package. */
export function Changes({ plan, trans }: IChangesProps): JSX.Element {
  const [filter, setFilter] = React.useState('');
  const words = filter.trim().toLowerCase();
  const rows = plan.changes.filter(one => one.name.includes(words));
  const columns: IColumn<PackageChange>[] = [
    {
      key: 'kind',
      label: trans.__('Change'),
      cell: one => (
        <Pill tone={changeTone(one.kind)}>{changeWord(one.kind, trans)}</Pill>
      )
    },
    {
      key: 'name',
      label: trans.__('Package'),
      title: one =>
        one.requested ? trans.__('%1: asked for', one.name) : one.name,
      cell: one => (one.requested ? <b>{one.name}</b> : one.name)
    },
    {
      key: 'version',
      label: trans.__('Version'),
      title: one =>
        one.before !== null
          ? trans.__('%1 becomes %2', one.before, one.version)
          : one.version,
      cell: one =>
        one.before !== null && one.before !== one.version ? (
          <>
            <s>{one.before}</s> → {one.version}
          </>
        ) : (
          one.version
        )
    },
    {
      key: 'build',
      label: trans.__('Build'),
      title: one => one.build,
      cell: one => one.build
    },
    {
      key: 'channel',
      label: trans.__('Channel'),
      title: one => one.channel,
      cell: one => shortChannel(one.channel)
    },
    {
      key: 'size',
      label: trans.__('Download'),
      title: one =>
        one.size === null ? undefined : exactBytes(one.size, trans),
      cell: one =>
        one.kind === 'remove'
          ? '–'
          : one.cached
            ? trans.__('in the cache')
            : one.size === null
              ? '?'
              : bytes(one.size, trans)
    }
  ];
  return (
    <>
      <div className="jp-EllipLab-Toolboxes-tableTop">
        <h3>{trans._n('%1 package', '%1 packages', plan.changes.length)}</h3>
        <input
          className="jp-EllipLab-Kit-input"
          type="search"
          value={filter}
          placeholder={trans.__('Filter by name')}
          aria-label={trans.__('Filter the packages')}
          onChange={event => setFilter(event.target.value)}
        />
      </div>
      {rows.length ? (
        <LongTable
          label={trans.__('Changes of packages')}
          kind="changes"
          rows={rows}
          columns={columns}
          keyOf={one => `${one.kind} ${one.name}`}
          stateOf={one => one.kind}
        />
      ) : (
        <p className="jp-EllipLab-Kit-note">
          {trans.__('No package matches “%1”.', filter)}
        </p>
      )}
    </>
  );
}
