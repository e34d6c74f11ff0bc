/**
 * A pull, a build, a push: why it failed first, then its steps and its log.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Work, WorkStep } from '../contract';
import { exactTime, instant } from '../kit/format';
import { useNow, useSignal } from '../kit/hooks';
import { emptyOf, LogPane, useLog } from '../kit/logpane';
import { plain } from '../kit/logview';
import { describe } from '../kit/notice';
import { Bar, isFinal, Pill, StateDot, toneOf } from '../kit/state';
import type { ContainersModel } from './model';
import type { IPageContext } from './page';
import { CommandIDs } from './tokens';
import {
  shareOf,
  shortTitle,
  stepText,
  stepTone,
  takenText,
  whatText
} from './workitem';

/** Properties of the view. */
export interface IWorkViewProps extends IPageContext {
  readonly id: string;
  readonly containers: ContainersModel;
  readonly commands: CommandRegistry;
  /** Opens the file that a build is made from. */
  readonly onContainerfile: (work: Work) => void;
  readonly trans: TranslationBundle;
}

/** The view. */
export function WorkView(props: IWorkViewProps): JSX.Element {
  const { id, containers, onTitle, trans } = props;
  const { works } = containers;
  useSignal(works.changed);
  React.useEffect(() => works.watch(id), [works, id]);
  const work = works.record(id);
  const problem = works.problem(id);
  const title = work && shortTitle(work);
  React.useEffect(() => {
    if (title) {
      onTitle(title, title);
    }
    // The page's own function is made anew each time it paints.
  }, [title]);
  if (work) {
    return <Known {...props} work={work} />;
  }
  return (
    <div className="jp-EllipLab-Containers-unknown">
      {problem === null ? (
        <p aria-busy="true">{trans.__('Reading…')}</p>
      ) : (
        <div role="alert">
          <h3>{trans.__('This work cannot be shown')}</h3>
          <p>{describe(problem, trans)}</p>
        </div>
      )}
    </div>
  );
}

interface IKnownProps extends IWorkViewProps {
  readonly work: Work;
}

/** A work whose record is here. */
function Known(props: IKnownProps): JSX.Element {
  const { work, containers, state, onState, trans } = props;
  const alive = !isFinal(work.state);
  const now = useNow(alive);
  const log = useLog(
    () => containers.works.log(work.id),
    [containers, work.id]
  );
  const options = state.options;
  return (
    <div className="jp-EllipLab-Containers-page" data-state={work.state}>
      <Header {...props} now={now} />
      {work.failure && <FailureCard {...props} />}
      {!work.failure && <Ended work={work} trans={trans} />}
      <div className="jp-EllipLab-Containers-panes">
        <Steps
          work={work}
          onStep={step => {
            if (step.offset !== null) {
              onState({ ...state, options: { ...options, follow: false } });
              void log?.jump(step.offset);
            }
          }}
          trans={trans}
        />
        <div className="jp-EllipLab-Containers-main">
          <LogPane
            log={log}
            options={options}
            onOptions={chosen => onState({ ...state, options: chosen })}
            title={work.title}
            empty={emptyOf(alive, trans)}
            trans={trans}
          />
        </div>
      </div>
    </div>
  );
}

interface IHeaderProps extends IKnownProps {
  readonly now: number;
}

/** What it is, how it stands, what can be done. */
function Header(props: IHeaderProps): JSX.Element {
  const { work, now, commands, onContainerfile, trans } = props;
  const alive = !isFinal(work.state);
  const started = instant(work.started);
  const button = (
    command: string,
    label: string,
    args: Record<string, string>,
    primary = false
  ): JSX.Element => (
    <button
      className={'jp-EllipLab-Kit-button' + (primary ? ' jp-mod-primary' : '')}
      onClick={() => void commands.execute(command, args)}
    >
      {label}
    </button>
  );
  const makes = work.kind === 'build' || work.kind === 'pull';
  return (
    <header className="jp-EllipLab-Containers-header">
      <div className="jp-EllipLab-Containers-headerMain">
        <StateDot state={work.state} trans={trans} quiet />
        <h2 title={work.image}>{shortTitle(work)}</h2>
        <span role="status" className="jp-EllipLab-Containers-pills">
          <Pill
            tone={toneOf(work.state)}
            title={
              started === null
                ? trans.__('not started')
                : trans.__('started %1', exactTime(started))
            }
          >
            {whatText(work, now, trans)}
          </Pill>
        </span>
        <span className="jp-EllipLab-Containers-headerButtons">
          {work.kind === 'build' && !work.failure && (
            <button
              className="jp-EllipLab-Kit-button"
              onClick={() => onContainerfile(work)}
            >
              {trans.__('Open Containerfile')}
            </button>
          )}
          {!alive &&
            !work.failure &&
            button(
              CommandIDs.repeatWork,
              work.state === 'done' ? trans.__('Again') : trans.__('Try again'),
              { id: work.id }
            )}
          {work.state === 'done' &&
            makes &&
            button(
              CommandIDs.showImage,
              trans.__('Show the image'),
              { image: work.result ?? work.image },
              true
            )}
          {alive &&
            button(
              CommandIDs.stopWork,
              trans.__('Stop'),
              { id: work.id },
              true
            )}
        </span>
      </div>
      {work.state === 'running' && (
        <Bar
          value={shareOf(work)}
          label={trans.__('Progress of %1', work.title)}
        />
      )}
    </header>
  );
}

/** Why it failed, the answer first, and what mends it. */
function FailureCard(props: IKnownProps): JSX.Element | null {
  const { work, commands, onContainerfile, trans } = props;
  const { failure } = work;
  if (!failure) {
    return null;
  }
  return (
    <section
      className="jp-EllipLab-Kit-alarm"
      role="alert"
      aria-label={trans.__('Why it failed')}
    >
      <h3>{failure.headline}</h3>
      {failure.step && (
        <p>
          {trans.__('In the step')} <code>{failure.step}</code>
        </p>
      )}
      {failure.hint && <p className="jp-EllipLab-Kit-remedy">{failure.hint}</p>}
      {failure.lines.length > 0 && (
        <details open={failure.lines.length <= 8}>
          <summary>
            {trans._n(
              'The last line',
              'The last %1 lines',
              failure.lines.length
            )}
          </summary>
          <pre tabIndex={0}>{failure.lines.map(plain).join('\n')}</pre>
        </details>
      )}
      <div className="jp-EllipLab-Kit-row">
        <button
          className="jp-EllipLab-Kit-button"
          onClick={() =>
            void commands.execute(CommandIDs.repeatWork, { id: work.id })
          }
        >
          {trans.__('Try again')}
        </button>
        {work.kind === 'build' && (
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() => onContainerfile(work)}
          >
            {trans.__('Open Containerfile')}
          </button>
        )}
        {work.kind === 'push' && (
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() => void commands.execute(CommandIDs.login)}
          >
            {trans.__('Sign in to a registry…')}
          </button>
        )}
      </div>
    </section>
  );
}

interface IEndedProps {
  readonly work: Work;
  readonly trans: TranslationBundle;
}

/** A word on one that ended without failing and without a result, or that waits. */
function Ended({ work, trans }: IEndedProps): JSX.Element | null {
  if (work.state === 'stopped' || work.state === 'lost') {
    return (
      <section className="jp-EllipLab-Containers-notice">
        <h3>
          {work.state === 'stopped'
            ? trans.__('It was stopped')
            : trans.__('It was lost')}
        </h3>
        <p>
          {work.state === 'stopped'
            ? trans.__('Nothing of it is running any more.')
            : (work.detail ??
              trans.__('The process that looked after it is gone.'))}
        </p>
      </section>
    );
  }
  if (work.state === 'queued') {
    return (
      <section className="jp-EllipLab-Containers-notice">
        <h3>{trans.__('Waiting for its turn')}</h3>
        <p>
          {work.waiting
            ? trans._n('%1 before it', '%1 before it', work.waiting)
            : trans.__('Next in the queue.')}
        </p>
      </section>
    );
  }
  return null;
}

interface IStepsProps {
  readonly work: Work;
  readonly onStep: (step: WorkStep) => void;
  readonly trans: TranslationBundle;
}

/** The lines of a Containerfile, or the layers on their way. */
function Steps({ work, onStep, trans }: IStepsProps): JSX.Element {
  const time = takenText(work, Date.now(), trans);
  return (
    <nav
      className="jp-EllipLab-Containers-steps"
      aria-label={trans.__('Steps')}
    >
      <ol>
        {work.steps.map((step, index) => (
          <li
            key={`${index}-${step.name}`}
            className={`jp-mod-${stepTone(step)}`}
            data-state={step.state}
          >
            <button
              disabled={step.offset === null}
              title={
                step.offset === null
                  ? step.name
                  : trans.__('%1\nShow what it said', step.name)
              }
              onClick={() => onStep(step)}
            >
              <span
                className={
                  `jp-EllipLab-Kit-dot jp-mod-${stepTone(step)}` +
                  (['waiting', 'cached', 'stopped'].includes(step.state)
                    ? ' jp-mod-hollow'
                    : '')
                }
                aria-hidden
              />
              <code>{step.name}</code>
              {step.number !== null && (
                <span className="jp-EllipLab-Kit-hint">
                  {step.total === null
                    ? step.number
                    : trans.__('%1 of %2', step.number, step.total)}
                </span>
              )}
              <span className="jp-EllipLab-Containers-stepText">
                {stepText(step, trans)}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {!work.steps.length && (
        <p className="jp-EllipLab-Kit-hint">
          {isFinal(work.state)
            ? time
              ? trans.__('It took %1.', time)
              : trans.__('It has not begun.')
            : trans.__('The steps appear as they begin.')}
        </p>
      )}
    </nav>
  );
}
