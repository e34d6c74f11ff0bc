/**
 * What an installation or an update would do, before anything is done: what comes, changes and goes, what it
 * costs; where nothing fits, why.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { PackageChange, ToolboxPlan, ToolboxWork } from '../contract';
import { Advice } from '../kit/advice';
import { Sentence } from '../kit/code';
import { Field } from '../kit/fields';
import { bytes, exactBytes, running } from '../kit/format';
import { useNow, useSignal } from '../kit/hooks';
import { Bar, Pill } from '../kit/state';
import type { IColumn } from './longtable';
import { LongTable } from './longtable';
import type { ToolboxesModel } from './model';
import { freeName, isName, shortChannel } from './names';
import type { Ask, IPageContext } from './page';
import { CommandIDs } from './tokens';
import { Trouble } from './trouble';
import { Tune } from './tune';
import { changeTone, changeWord, costOf, countText } from './words';

/** Properties of the view. */
export interface IPlanViewProps extends IPageContext {
  readonly toolboxes: ToolboxesModel;
  readonly commands: CommandRegistry;
  readonly onBegun: (work: ToolboxWork) => void;
  readonly trans: TranslationBundle;
}

/** What has come of asking. */
interface IAnswer {
  readonly plan: ToolboxPlan | null;
  readonly error: unknown;
}

/** The view. */
export function PlanView(props: IPlanViewProps): JSX.Element {
  const { state } = props;
  return state.ask ? <Asked {...props} ask={state.ask} /> : <div />;
}

interface IAskedProps extends IPlanViewProps {
  readonly ask: Ask;
}

function Asked(props: IAskedProps): JSX.Element {
  const { ask, toolboxes, state, onState, onTitle, trans } = props;
  useSignal(toolboxes.changed);
  const [answer, again] = usePlan(toolboxes, ask);
  const { plan } = answer;
  const install = ask.verb === 'install';
  const known = toolboxes.find(ask.request.name);
  const title =
    plan?.title ??
    (install
      ? (toolboxes.entry(ask.request.entry ?? null)?.title ?? ask.request.title)
      : known?.title) ??
    ask.request.name;
  const label = install
    ? trans.__('Install %1', title)
    : trans.__('Update %1', title);
  React.useEffect(() => {
    onTitle(label, trans.__('%1: what would be done', label));
    // The page's own function is made anew each time it paints.
  }, [label]);
  React.useEffect(() => {
    void toolboxes.ready();
  }, [toolboxes]);
  const [name, setName] = React.useState(ask.request.name);
  React.useEffect(() => setName(ask.request.name), [ask.request.name]);
  const [tuning, setTuning] = React.useState<boolean | null>(null);
  const [failed, setFailed] = React.useState<unknown>(null);
  const [sending, setSending] = React.useState(false);
  const wrong = install ? nameProblem(name, toolboxes, trans) : null;
  const nothing =
    !!plan && !plan.changes.length && !install && known?.state !== 'broken';
  const begin = (): void => {
    setSending(true);
    setFailed(null);
    const { client, works } = toolboxes;
    works
      .begin(
        install
          ? client.install({ ...ask.request, name })
          : client.update(ask.request)
      )
      .then(props.onBegun, (error: unknown) => {
        setFailed(error);
        setSending(false);
      });
  };
  return (
    <div className="jp-EllipLab-Toolboxes-page">
      <header className="jp-EllipLab-Toolboxes-header">
        <div className="jp-EllipLab-Toolboxes-headerMain">
          <h2>{label}</h2>
          <span className="jp-EllipLab-Toolboxes-pills">
            <Pill
              title={trans.__('This is a dry run: it only says what would be.')}
            >
              {trans.__('nothing has been changed yet')}
            </Pill>
            {plan?.offline && (
              <Pill tone="waiting">{trans.__('offline: the cache alone')}</Pill>
            )}
          </span>
          <span className="jp-EllipLab-Toolboxes-headerButtons">
            <button
              className="jp-EllipLab-Kit-button"
              disabled={!plan && answer.error === null}
              onClick={again}
            >
              {trans.__('Plan again')}
            </button>
            <button
              className="jp-EllipLab-Kit-button jp-mod-primary"
              disabled={!plan?.possible || !!wrong || nothing || sending}
              onClick={begin}
            >
              {install ? trans.__('Install') : trans.__('Update')}
            </button>
          </span>
        </div>
      </header>
      <div className="jp-EllipLab-Toolboxes-body">
        {failed !== null && (
          <Trouble error={failed} onAgain={begin} trans={trans} />
        )}
        <Result {...props} answer={answer} nothing={nothing} onAgain={again} />
        {install && (plan?.possible || wrong) && (
          <div className="jp-EllipLab-Toolboxes-named">
            <Field
              label={trans.__('Name')}
              value={name}
              problem={wrong}
              hint={trans.__(
                'Its folder, its kernel and its word in a terminal.'
              )}
              required
              onChange={setName}
            />
          </div>
        )}
        {plan && (
          <Tune
            key={JSON.stringify(ask)}
            ask={ask}
            plan={plan}
            open={tuning ?? !plan.possible}
            onOpen={setTuning}
            onAsk={changed => onState({ ...state, ask: changed })}
            trans={trans}
          />
        )}
        {plan && plan.changes.length > 0 && (
          <Changes plan={plan} trans={trans} />
        )}
      </div>
    </div>
  );
}

function nameProblem(
  name: string,
  toolboxes: ToolboxesModel,
  trans: TranslationBundle
): string | null {
  if (!isName(name)) {
    return trans.__('Small letters, digits, - and _, beginning with no sign.');
  }
  return toolboxes.names.has(name)
    ? trans.__(
        'There is a toolbox with this name; %1 is free.',
        freeName(name, toolboxes.names)
      )
    : null;
}

/** Asks for a plan, and again when it is asked for something else. */
function usePlan(
  toolboxes: ToolboxesModel,
  ask: Ask
): readonly [IAnswer, () => void] {
  const [answer, setAnswer] = React.useState<IAnswer>({
    plan: null,
    error: null
  });
  const [turn, setTurn] = React.useState(0);
  const asked = JSON.stringify(ask);
  React.useEffect(() => {
    let gone = false;
    const take = (found: IAnswer): void => {
      if (!gone) {
        setAnswer(found);
      }
    };
    setAnswer({ plan: null, error: null });
    plan(toolboxes, ask).then(
      found => take({ plan: found, error: null }),
      (error: unknown) => take({ plan: null, error })
    );
    return () => {
      gone = true;
    };
    // The same words are the same question, whoever holds them.
  }, [toolboxes, asked, turn]);
  return [answer, () => setTurn(before => before + 1)];
}

/** A name that is taken is no reason to say nothing: the packages are the same under another. */
async function plan(toolboxes: ToolboxesModel, ask: Ask): Promise<ToolboxPlan> {
  const { client } = toolboxes;
  if (ask.verb === 'update') {
    return client.planUpdate(ask.request);
  }
  await toolboxes.ready();
  return client.plan({
    ...ask.request,
    name: freeName(ask.request.name, toolboxes.names)
  });
}

interface IResultProps extends IAskedProps {
  readonly answer: IAnswer;
  readonly nothing: boolean;
  readonly onAgain: () => void;
}

/** What has come of asking: the answer first. */
function Result(props: IResultProps): JSX.Element {
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
function Changes({ plan, trans }: IChangesProps): JSX.Element {
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
