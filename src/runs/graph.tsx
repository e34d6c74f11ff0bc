/**
 * The steps of a run as the graph of its document, every step with its state; or as a list, which is always there.
 */
import * as React from 'react';

import type { Graph, GraphNode, Run, Step } from '../contract';
import { bytes } from '../kit/format';
import type { IGraphState } from '../kit/graph/words';
import { describe } from '../kit/notice';
import { StateDot, wordOf } from '../kit/state';
import type { IStepsProps } from './steps';
import { Steps, tellingJob } from './steps';
import { stepText } from './times';
import type { IRuns } from './tokens';

// What draws is loaded when the first graph is shown.
const GraphView = React.lazy(async () => ({
  default: (await import('../kit/graph/view')).GraphView
}));

/** How the steps are shown. */
export type StepsShape = 'graph' | 'list';

/** Jobs of a step that can be chosen below the graph; all of them are above the log. */
const JOBS = 16;

/** Properties of the steps. */
export interface IRunStepsProps extends IStepsProps {
  readonly runs: Pick<IRuns, 'graph'>;
  readonly shape: StepsShape;
  readonly onShape: (shape: StepsShape) => void;
}

/** The steps. */
export function RunSteps(props: IRunStepsProps): JSX.Element {
  const { run, runs, shape, onShape, trans } = props;
  const { graph, error } = useGraph(run, runs);
  const drawn = graph !== null && graph.nodes.length > 0;
  const switches = (
    <div
      className="jp-EllipLab-Runs-shape"
      role="group"
      aria-label={trans.__('Show the steps as')}
    >
      {(['graph', 'list'] as const).map(one => (
        <button
          key={one}
          className="jp-EllipLab-Kit-switch"
          aria-pressed={shape === one}
          onClick={() => onShape(one)}
        >
          {one === 'graph' ? trans.__('Graph') : trans.__('List')}
        </button>
      ))}
    </div>
  );
  if (shape === 'graph' && drawn) {
    return (
      <nav className="jp-EllipLab-Runs-graph" aria-label={trans.__('Steps')}>
        {switches}
        <React.Suspense fallback={<div aria-busy="true" />}>
          <StepsGraph {...props} graph={graph} />
        </React.Suspense>
      </nav>
    );
  }
  return (
    <div className="jp-EllipLab-Runs-list">
      {(drawn || error !== null) && switches}
      {shape === 'graph' && error !== null && (
        <p className="jp-EllipLab-Kit-hint" role="status">
          {trans.__('There is no graph: %1', describe(error, trans))}
        </p>
      )}
      <Steps {...props} />
    </div>
  );
}

/** Reads the graph of a run, again when its steps are others: the engine has read the document since. */
function useGraph(
  run: Run,
  runs: Pick<IRuns, 'graph'>
): { graph: Graph | null; error: unknown } {
  const [known, setKnown] = React.useState<{
    graph: Graph | null;
    error: unknown;
  }>({ graph: null, error: null });
  const steps = run.steps.map(step => step.id).join('\n');
  const waits = run.state === 'queued';
  React.useEffect(() => {
    let wanted = true;
    runs.graph(run.id).then(
      graph => wanted && setKnown({ graph, error: null }),
      (error: unknown) =>
        wanted && setKnown(before => ({ graph: before.graph, error }))
    );
    return () => {
      wanted = false;
    };
  }, [runs, run.id, steps, waits]);
  return known;
}

interface IStepsGraphProps extends IRunStepsProps {
  readonly graph: Graph;
}

/** The graph. */
function StepsGraph(props: IStepsGraphProps): JSX.Element {
  const { graph, run, now, job, trans } = props;
  const steps = React.useMemo(
    () => new Map(run.steps.map(step => [step.id, step])),
    [run.steps]
  );
  const told = run.steps.find(step => step.jobs.some(one => one.id === job));
  // What has no log yet can be looked at as well.
  const [picked, setPicked] = React.useState<string | null>(null);
  React.useEffect(() => setPicked(told?.id ?? null), [told?.id]);
  const states = React.useMemo(
    () =>
      new Map(
        run.steps.map(step => [step.id, stateOf(step, run.steps, now, trans)])
      ),
    [run.steps, now, trans]
  );
  const select = (node: GraphNode | null): void => {
    setPicked(node?.id ?? null);
    const step = node && steps.get(node.id);
    const telling = step ? tellingJob(step) : null;
    if (node?.kind === 'input') {
      props.onInputs();
    } else if (node?.kind === 'output') {
      props.onOutputs();
    } else if (telling !== null || (node === null && job !== null)) {
      props.onJob(telling);
    }
  };
  return (
    <GraphView
      graph={graph}
      label={trans.__('Steps of %1', run.name)}
      states={states}
      selected={picked}
      onSelect={select}
      onActivate={select}
      actions={node => {
        const step = steps.get(node.id);
        return step && step.jobs.length > 1 ? (
          <Jobs {...props} step={step} />
        ) : null;
      }}
      file={run.name}
      trans={trans}
    />
  );
}

/** How a step stands, as its node says it. */
function stateOf(
  step: Step,
  steps: readonly Step[],
  now: number,
  trans: IStepsProps['trans']
): IGraphState {
  const many = step.total !== null && step.total > 1;
  const words = [stepText(step, steps, now, trans)];
  if (step.memory !== null) {
    words.push(bytes(step.memory, trans));
  }
  return {
    state: step.state,
    text: words.join(' · '),
    share:
      many && step.state === 'running'
        ? step.done / Math.max(1, step.total ?? 1)
        : null,
    jobs: many ? step.total : null
  };
}

interface IJobsProps extends IStepsGraphProps {
  readonly step: Step;
}

/** The jobs of a step, the ones that need a look first. */
function Jobs(props: IJobsProps): JSX.Element {
  const { step, job, trans } = props;
  const order = ['failed', 'running'];
  const jobs = [...step.jobs].sort(
    (one, other) =>
      ((order.indexOf(other.state) + 3) % 3) -
      ((order.indexOf(one.state) + 3) % 3)
  );
  return (
    <span
      className="jp-EllipLab-Runs-jobs"
      role="group"
      aria-label={trans.__('Jobs of %1', step.id)}
    >
      {jobs.slice(0, JOBS).map(one => (
        <button
          key={one.id}
          className="jp-EllipLab-Kit-switch"
          aria-pressed={job === one.id}
          title={trans.__('Show the log of %1', one.id)}
          aria-label={`${one.id} ${wordOf(one.state, trans)}`}
          onClick={() => props.onJob(one.id)}
        >
          <StateDot state={one.state} trans={trans} quiet /> {one.id}
        </button>
      ))}
      {jobs.length > JOBS && (
        <span className="jp-EllipLab-Kit-hint">
          {trans.__('and %1 more', jobs.length - JOBS)}
        </span>
      )}
    </span>
  );
}
