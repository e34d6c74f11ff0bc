/**
 * An installation, an update, a copy, a removal: why it failed first, then its steps and its log.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { ToolboxStep, ToolboxWork } from '../contract';
import { Advice } from '../kit/advice';
import { Sentence } from '../kit/code';
import { bytes, exactTime, instant, percent } from '../kit/format';
import { useNow, useSignal } from '../kit/hooks';
import { emptyOf, LogPane, useLog } from '../kit/logpane';
import { plain } from '../kit/logview';
import { Bar, isFinal, Pill, StateDot, toneOf } from '../kit/state';
import type { ToolboxesModel } from './model';
import type { IPageContext } from './page';
import { CommandIDs } from './tokens';
import { Trouble } from './trouble';
import { shareOf, stepText, stepWord, whatText } from './words';

/** Properties of the view. */
export interface IWorkViewProps extends IPageContext {
  readonly id: string;
  readonly toolboxes: ToolboxesModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The view. */
export function WorkView(props: IWorkViewProps): JSX.Element {
  const { id, toolboxes, onTitle, trans } = props;
  const { works } = toolboxes;
  useSignal(works.changed);
  React.useEffect(() => works.watch(id), [works, id]);
  const work = works.record(id);
  const problem = works.problem(id);
  const title = work?.title;
  React.useEffect(() => {
    if (title) {
      onTitle(title);
    }
    // The page's own function is made anew each time it paints.
  }, [title]);
  if (work) {
    return <Known {...props} work={work} />;
  }
  return (
    <div className="jp-EllipLab-Toolboxes-page">
      {problem === null ? (
        <p className="jp-EllipLab-Kit-note" aria-busy="true">
          {trans.__('Reading…')}
        </p>
      ) : (
        <Trouble
          error={problem}
          onAgain={() => works.watch(id)()}
          trans={trans}
        />
      )}
    </div>
  );
}

interface IKnownProps extends IWorkViewProps {
  readonly work: ToolboxWork;
}

/** A work whose record is here. */
function Known(props: IKnownProps): JSX.Element {
  const { work, toolboxes, state, onState, trans } = props;
  const alive = !isFinal(work.state);
  const now = useNow(alive);
  const log = useLog(() => toolboxes.works.log(work.id), [toolboxes, work.id]);
  const options = state.options;
  return (
    <div className="jp-EllipLab-Toolboxes-page" data-state={work.state}>
      <Header {...props} now={now} />
      {work.failure ? <FailureCard {...props} /> : <Ended {...props} />}
      <MadeBroken {...props} />
      <div className="jp-EllipLab-Toolboxes-panes">
        <Steps work={work} trans={trans} />
        <div className="jp-EllipLab-Toolboxes-main">
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
  const { work, now, toolboxes, commands, trans } = props;
  useSignal(toolboxes.changed);
  const alive = !isFinal(work.state);
  const started = instant(work.started);
  const toolbox = toolboxes.find(work.name);
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
  const made = work.state === 'done' && toolbox?.state === 'ready';
  return (
    <header className="jp-EllipLab-Toolboxes-header">
      <div className="jp-EllipLab-Toolboxes-headerMain">
        <StateDot state={work.state} trans={trans} quiet />
        <h2>{work.title}</h2>
        <span role="status" className="jp-EllipLab-Toolboxes-pills">
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
        <span className="jp-EllipLab-Toolboxes-headerButtons">
          {!alive &&
            work.state !== 'done' &&
            !work.failure &&
            button(CommandIDs.repeatWork, trans.__('Try again'), {
              id: work.id
            })}
          {made &&
            button(CommandIDs.terminal, trans.__('Open a terminal'), {
              name: work.name
            })}
          {made &&
            button(CommandIDs.notebook, trans.__('Open a notebook'), {
              name: work.name
            })}
          {made &&
            button(
              CommandIDs.show,
              trans.__('Show the toolbox'),
              { name: work.name },
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
  const { work, commands, trans } = props;
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
      <h3>
        <Sentence>{failure.headline}</Sentence>
      </h3>
      {failure.step && (
        <p>{trans.__('In the step “%1”', stepWord(failure.step, trans))}</p>
      )}
      {failure.hint && (
        <p className="jp-EllipLab-Kit-remedy">
          <Advice trans={trans}>{failure.hint}</Advice>
        </p>
      )}
      {failure.lines.length > 0 && (
        <pre tabIndex={0}>{failure.lines.map(plain).join('\n')}</pre>
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
        {(failure.step === 'solve' || failure.step === 'download') && (
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() => void commands.execute(CommandIDs.channels)}
          >
            {trans.__('Channels and mirrors…')}
          </button>
        )}
      </div>
    </section>
  );
}

/** A word on one that ended without failing, or that waits. */
function Ended(props: IKnownProps): JSX.Element | null {
  const { work, trans } = props;
  let title: string;
  let text: string;
  switch (work.state) {
    case 'stopped':
      title = trans.__('It was stopped');
      text = trans.__(
        'Nothing is left half done. What was downloaded is in the cache.'
      );
      break;
    case 'lost':
      title = trans.__('It was lost');
      text =
        work.detail ?? trans.__('The process that looked after it is gone.');
      break;
    case 'queued':
      title = trans.__('Waiting for its turn');
      text = work.waiting
        ? trans._n('%1 before it', '%1 before it', work.waiting)
        : trans.__('Next in the queue.');
      break;
    default:
      if (!work.freed) {
        return null;
      }
      title = trans.__('%1 are free again', bytes(work.freed, trans));
      text = '';
  }
  return (
    <section className="jp-EllipLab-Toolboxes-notice">
      <h3>{title}</h3>
      {text && <p>{text}</p>}
    </section>
  );
}

/** It is there, and one of the commands that prove it does not work: the end of the work alone does not say so. */
function MadeBroken(props: IKnownProps): JSX.Element | null {
  const { work, toolboxes, commands, trans } = props;
  useSignal(toolboxes.changed);
  const toolbox = toolboxes.find(work.name);
  if (work.state !== 'done' || toolbox?.state !== 'broken') {
    return null;
  }
  return (
    <section
      className="jp-EllipLab-Kit-alarm"
      role="alert"
      aria-label={trans.__('What is wrong with it')}
    >
      <h3>
        <Sentence>
          {toolbox.reason ?? trans.__('It does not do what it should.')}
        </Sentence>
      </h3>
      <div className="jp-EllipLab-Kit-row">
        <button
          className="jp-EllipLab-Kit-button"
          onClick={() =>
            void commands.execute(CommandIDs.show, { name: work.name })
          }
        >
          {trans.__('Show the toolbox')}
        </button>
      </div>
    </section>
  );
}

interface IStepsProps {
  readonly work: ToolboxWork;
  readonly trans: TranslationBundle;
}

/** Solve, download, link, prove: how far each is. */
function Steps({ work, trans }: IStepsProps): JSX.Element {
  return (
    <section
      className="jp-EllipLab-Toolboxes-steps"
      aria-label={trans.__('Steps')}
    >
      <ol>
        {work.steps.map(step => (
          <li key={step.name} data-state={step.state}>
            <StateDot state={step.state} trans={trans} quiet />
            <span className="jp-EllipLab-Toolboxes-stepName">
              {stepWord(step.name, trans)}
            </span>
            <span className="jp-EllipLab-Toolboxes-stepText">
              {stepText(step, trans)}
            </span>
            {step.state === 'running' && (
              <Bar
                value={stepShare(step)}
                label={trans.__('Progress of %1', stepWord(step.name, trans))}
              />
            )}
            {step.state === 'running' && step.text && (
              <span className="jp-EllipLab-Toolboxes-stepNow" title={step.text}>
                {step.text}
              </span>
            )}
          </li>
        ))}
      </ol>
      {!work.steps.length && (
        <p className="jp-EllipLab-Kit-hint">
          {isFinal(work.state)
            ? trans.__('It has not begun.')
            : trans.__('The steps appear as they begin.')}
        </p>
      )}
    </section>
  );
}

function stepShare(step: ToolboxStep): number | null {
  return step.done !== null && step.total
    ? percent(step.done, step.total)
    : null;
}
