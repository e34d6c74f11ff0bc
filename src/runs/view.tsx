/**
 * One run in the main area: its header, its steps, and its log, outputs, inputs and resources.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import * as React from 'react';

import type { Run, State } from '../contract';
import { clock, exactTime, instant, percent } from '../kit/format';
import { useDomId, useNow, useSignal } from '../kit/hooks';
import { runsIcon } from '../kit/icons';
import type { LogWindow } from '../kit/log';
import type { ILogOptions } from '../kit/logview';
import { LogTools, LogView, LOG_OPTIONS } from '../kit/logview';
import { describe } from '../kit/notice';
import { MenuButton } from '../kit/menubutton';
import { Bar, isFinal, Pill, StateDot, toneOf, wordOf } from '../kit/state';
import type { ITab } from '../kit/tabs';
import { TabPanel, Tabs } from '../kit/tabs';
import { FailureCard } from './failure';
import { Inputs } from './inputs';
import type { IFileActions } from './outputs';
import { Outputs } from './outputs';
import { Resources } from './resources';
import { Steps } from './steps';
import { queueText, takenText } from './times';
import type { IRuns } from './tokens';
import { CommandIDs } from './tokens';

/** What a run can be looked at as. */
export type RunTab = 'log' | 'outputs' | 'inputs' | 'resources';

/** What is remembered of a view. */
export interface IRunViewState {
  /** Null until the person has chosen: the state of the run decides. */
  readonly tab: RunTab | null;
  readonly job: string | null;
  readonly options: ILogOptions;
}

/** Properties of a run's view. */
export interface IRunViewProps {
  readonly id: string;
  readonly runs: IRuns;
  readonly commands: CommandRegistry;
  readonly actions: IFileActions;
  readonly onLine: (file: string, line: number, column: number | null) => void;
  readonly trans: TranslationBundle;
}

/** The tab that answers first: headline and log of what failed or runs, outputs of what is done. */
export function firstTab(state: State): RunTab {
  return state === 'done' ? 'outputs' : 'log';
}

/** The view as a widget of the main area. */
export class RunView extends ReactWidget {
  constructor(props: IRunViewProps, remembered: Partial<IRunViewState>) {
    super();
    this.id = `ellip-lab-run-${props.id}`;
    this.addClass('jp-EllipLab-Runs-view');
    this.title.icon = runsIcon;
    this.title.closable = true;
    this.title.label = props.trans.__('Run');
    this._props = props;
    this._state = { tab: null, job: null, options: LOG_OPTIONS, ...remembered };
    this._release = props.runs.watch(props.id);
    props.runs.changed.connect(this._retitle, this);
    this._retitle();
  }

  /** What is remembered has changed. */
  get remembered(): ISignal<this, IRunViewState> {
    return this._remembered;
  }

  get state(): IRunViewState {
    return this._state;
  }

  get runId(): string {
    return this._props.id;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._release();
    Signal.clearData(this);
    super.dispose();
  }

  protected override onActivateRequest(): void {
    this.node.querySelector<HTMLElement>('[role="tab"][tabindex="0"]')?.focus();
  }

  protected override render(): JSX.Element {
    return (
      <View
        {...this._props}
        state={this._state}
        onState={state => {
          this._state = state;
          this._remembered.emit(state);
          this.update();
        }}
      />
    );
  }

  private _retitle(): void {
    const run = this._props.runs.record(this._props.id);
    if (run) {
      const created = instant(run.created) ?? 0;
      this.title.label = `${run.name} · ${clock(created)}`;
      this.title.caption = this._props.trans.__(
        '%1, %2, %3',
        run.name,
        wordOf(run.state, this._props.trans),
        exactTime(created)
      );
    }
  }

  private readonly _props: IRunViewProps;
  private readonly _release: () => void;
  private readonly _remembered = new Signal<this, IRunViewState>(this);
  private _state: IRunViewState;
}

interface IViewProps extends IRunViewProps {
  readonly state: IRunViewState;
  readonly onState: (state: IRunViewState) => void;
}

/** The view. */
export function View(props: IViewProps): JSX.Element {
  const { id, runs, trans } = props;
  useSignal(runs.changed);
  const run = runs.record(id);
  const problem = runs.problem(id);
  if (run) {
    return <Known {...props} run={run} />;
  }
  return (
    <div className="jp-EllipLab-Runs-unknown">
      {problem === null ? (
        <p aria-busy="true">{trans.__('Reading the run…')}</p>
      ) : (
        <div role="alert">
          <h3>{trans.__('This run cannot be shown')}</h3>
          <p>{describe(problem, trans)}</p>
        </div>
      )}
    </div>
  );
}

interface IKnownProps extends IViewProps {
  readonly run: Run;
}

/** A run whose record is here. */
function Known(props: IKnownProps): JSX.Element {
  const { run, runs, state, onState, trans } = props;
  const domId = useDomId('run');
  const alive = !isFinal(run.state);
  const now = useNow(alive);
  const tab = state.tab ?? firstTab(run.state);
  // A failed run opens on the log of the job that failed.
  const job =
    state.job ??
    (state.tab === null && run.state === 'failed'
      ? (run.failure?.job ?? null)
      : null);
  const choose = (part: Partial<IRunViewState>): void =>
    onState({ ...state, ...part });
  const tabs: ITab<RunTab>[] = [
    { key: 'log', label: trans.__('Log') },
    { key: 'outputs', label: trans.__('Outputs'), count: run.outputs.length },
    { key: 'inputs', label: trans.__('Inputs') },
    { key: 'resources', label: trans.__('Resources') }
  ];
  return (
    <div className="jp-EllipLab-Runs-run" data-state={run.state}>
      <Header {...props} now={now} />
      <div className="jp-EllipLab-Runs-panes">
        <Steps
          run={run}
          now={now}
          job={tab === 'log' ? job : null}
          onJob={chosen =>
            choose({ tab: 'log', job: chosen ?? '' })
          }
          onInputs={() => choose({ tab: 'inputs' })}
          onOutputs={() => choose({ tab: 'outputs' })}
          trans={trans}
        />
        <div className="jp-EllipLab-Runs-main">
          {run.failure ? (
            <FailureCard
              failure={run.failure}
              onLog={of => choose({ tab: 'log', job: of ?? '' })}
              onLine={props.onLine}
              onRerun={() =>
                void props.commands.execute(CommandIDs.rerun, { id: run.id })
              }
              trans={trans}
            />
          ) : (
            <Notice run={run} trans={trans} />
          )}
          <div className="jp-EllipLab-Runs-tabRow">
            <Tabs
              id={domId}
              label={trans.__('Parts of the run')}
              tabs={tabs}
              current={tab}
              onSelect={key => choose({ tab: key })}
            />
            {tab === 'log' && (
              <div className="jp-EllipLab-Runs-tools">
                <JobSelect
                  run={run}
                  job={job || null}
                  onJob={chosen => choose({ tab: 'log', job: chosen ?? '' })}
                  trans={trans}
                />
                <LogTools
                  options={state.options}
                  onOptions={options => choose({ options })}
                  trans={trans}
                />
              </div>
            )}
          </div>
          <TabPanel id={domId} current={tab}>
            {tab === 'log' ? (
              <RunLog
                key={job ?? ''}
                run={run}
                runs={runs}
                job={job || null}
                options={state.options}
                onOptions={options => choose({ options })}
                trans={trans}
              />
            ) : tab === 'outputs' ? (
              <Outputs
                run={run}
                runs={runs}
                actions={props.actions}
                trans={trans}
              />
            ) : tab === 'inputs' ? (
              <Inputs run={run} trans={trans} />
            ) : (
              <Resources run={run} now={now} trans={trans} />
            )}
          </TabPanel>
        </div>
      </div>
    </div>
  );
}

interface IHeaderProps extends IKnownProps {
  readonly now: number;
}

/** Dot, name, state and time, engine; what can be done. */
function Header(props: IHeaderProps): JSX.Element {
  const { run, now, commands, trans } = props;
  const args = { id: run.id };
  const alive = !isFinal(run.state);
  const { done, total, text } = run.progress;
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
      className={
        'jp-EllipLab-Kit-button' + (primary ? ' jp-mod-primary' : '')
      }
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
          {run.container && (
            <Pill
              title={
                run.versions[run.container] ?? trans.__('container engine')
              }
            >
              {run.container === 'none'
                ? trans.__('no container')
                : run.container}
            </Pill>
          )}
          {run.state === 'running' && text && <Pill>{text}</Pill>}
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

function startedText(run: Run, trans: TranslationBundle): string {
  const started = instant(run.started);
  return started === null
    ? trans.__('not started')
    : trans.__('started %1', exactTime(started));
}

interface INoticeProps {
  readonly run: Run;
  readonly trans: TranslationBundle;
}

/** A word on a run that ended without failing and without a result. */
function Notice(props: INoticeProps): JSX.Element | null {
  const { run, trans } = props;
  if (run.state === 'stopped' || run.state === 'lost') {
    return (
      <section className="jp-EllipLab-Runs-notice">
        <h3>
          {run.state === 'stopped'
            ? trans.__('The run was stopped')
            : trans.__('The run was lost')}
        </h3>
        <p>
          {run.detail ??
            (run.state === 'stopped'
              ? trans.__('Nothing of it is running any more.')
              : trans.__('The process that looked after it is gone.'))}
        </p>
      </section>
    );
  }
  if (run.state === 'queued') {
    return (
      <section className="jp-EllipLab-Runs-notice">
        <h3>{trans.__('Waiting for its turn')}</h3>
        <p>{queueText(run, trans)}</p>
      </section>
    );
  }
  return null;
}

interface IJobSelectProps {
  readonly run: Run;
  readonly job: string | null;
  readonly onJob: (job: string | null) => void;
  readonly trans: TranslationBundle;
}

/** Chooses the log of all steps or of one job. */
function JobSelect(props: IJobSelectProps): JSX.Element {
  const { run, trans } = props;
  const jobs = run.steps.flatMap(step => step.jobs);
  return (
    <select
      className="jp-EllipLab-Kit-select"
      aria-label={trans.__('Log of')}
      value={props.job ?? ''}
      onChange={event => props.onJob(event.target.value || null)}
    >
      <option value="">{trans.__('all steps')}</option>
      {jobs.map(job => (
        <option key={job.id} value={job.id}>
          {job.id}
        </option>
      ))}
    </select>
  );
}

interface IRunLogProps extends INoticeProps {
  readonly runs: IRuns;
  readonly job: string | null;
  readonly options: ILogOptions;
  readonly onOptions: (options: ILogOptions) => void;
}

/** The log of a run or of one of its jobs. */
function RunLog(props: IRunLogProps): JSX.Element {
  const { run, runs, job, trans } = props;
  const [log, setLog] = React.useState<LogWindow | null>(null);
  React.useEffect(() => {
    const opened = runs.log(run.id, job);
    setLog(opened);
    void opened.open();
    return () => opened.dispose();
  }, [runs, run.id, job]);
  if (!log) {
    return <div className="jp-EllipLab-KitLog" aria-busy="true" />;
  }
  return (
    <LogView
      log={log}
      options={props.options}
      onOptions={props.onOptions}
      label={
        job ? trans.__('Log of %1', job) : trans.__('Log of all steps')
      }
      empty={
        isFinal(run.state)
          ? trans.__('Nothing was written.')
          : trans.__('Nothing has been written yet.')
      }
      trans={trans}
    />
  );
}
