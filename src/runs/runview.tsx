/**
 * What the view of a run shows: its header, its steps, and its log, outputs, inputs and resources.
 */
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { CommandIDs as ContainerIDs } from '../containers/tokens';
import type { Run, State } from '../contract';
import { useDomId, useNow, useSignal } from '../kit/hooks';
import { LogTools } from '../kit/logtools';
import { describe } from '../kit/notice';
import { isFinal } from '../kit/state';
import type { ITab } from '../kit/tabs';
import { TabPanel, Tabs } from '../kit/tabs';
import type { IMissingImage } from './failure';
import { FailureCard } from './failure';
import { RunSteps } from './graph';
import { Header } from './header';
import { Inputs } from './inputs';
import { Outputs } from './outputs';
import { Resources } from './resources';
import { JobSelect, Notice, RunLog } from './runlog';
import { CommandIDs } from './tokens';
import { UsedLines } from './used';
import type { IRunViewProps, IRunViewState, RunTab } from './view';
import { isOnCluster } from './where';

/** The tab that answers first: headline and log of what failed or runs, outputs of what is done. */
export function firstTab(state: State): RunTab {
  return state === 'done' ? 'outputs' : 'log';
}

/** What gets the image whose absence made a run fail; null for anything else. */
function missingImage(
  run: Run,
  commands: CommandRegistry
): IMissingImage | null {
  const { failure } = run;
  const name = run.steps.find(step => step.id === failure?.step)?.image;
  if (
    failure?.cause !== 'image-not-found' ||
    // What is here is not on the cluster.
    isOnCluster(run) ||
    !name ||
    !commands.hasCommand(ContainerIDs.pull)
  ) {
    return null;
  }
  return {
    name,
    onPull: () =>
      void commands.execute(ContainerIDs.pull, { image: name, show: true }),
    onImages: () =>
      void commands.execute(ContainerIDs.documentImages, {
        path: run.document
      })
  };
}

/** The causes that the settings of the cluster may mend. */
const OF_CLUSTER: readonly string[] = [
  'cluster',
  'claim',
  'deadline',
  'denied',
  'image-not-found',
  'out-of-memory',
  'unschedulable'
];

/** Whether the settings of the cluster may be why a run failed. */
function ofCluster(run: Run): boolean {
  return isOnCluster(run) && OF_CLUSTER.includes(run.failure?.cause ?? '');
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
        <RunSteps
          run={run}
          runs={runs}
          shape={state.steps}
          onShape={steps => choose({ steps })}
          now={now}
          job={tab === 'log' ? job : null}
          onJob={chosen => choose({ tab: 'log', job: chosen ?? '' })}
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
              missing={missingImage(run, props.commands)}
              onCluster={
                ofCluster(run)
                  ? () => void props.commands.execute(CommandIDs.cluster)
                  : null
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
              <Resources run={run} now={now} trans={trans}>
                <UsedLines
                  run={run}
                  runs={runs}
                  commands={props.commands}
                  trans={trans}
                />
              </Resources>
            )}
          </TabPanel>
        </div>
      </div>
    </div>
  );
}
