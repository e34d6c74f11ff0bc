/**
 * The steps of a run, as a list: the text twin of the graph.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Run, Step, StepJob } from '../contract';
import { bytes, exactBytes, instant, exactTime } from '../kit/format';
import { StateDot, toneOf, wordOf } from '../kit/state';
import { pendingText, reasonOf, stepText, takenText } from './times';

/** Properties of the list. */
export interface IStepsProps {
  readonly run: Run;
  readonly now: number;
  /** The job whose log is shown; null for the whole log. */
  readonly job: string | null;
  readonly onJob: (job: string | null) => void;
  readonly onInputs: () => void;
  readonly onOutputs: () => void;
  readonly trans: TranslationBundle;
}

/** The job whose log says most of a step: the one that failed or runs, else the first. */
export function tellingJob(step: Step): string | null {
  const job =
    step.jobs.find(one => one.state === 'failed') ??
    step.jobs.find(one => one.state === 'running') ??
    step.jobs[0];
  return job?.id ?? null;
}

/** The list. */
export function Steps(props: IStepsProps): JSX.Element {
  const { run, trans } = props;
  const inputs = Object.keys(run.inputs);
  const outputs = run.outputs.map(output => output.name);
  return (
    <nav className="jp-EllipLab-Runs-steps" aria-label={trans.__('Steps')}>
      {inputs.length > 0 && (
        <Ports
          label={trans.__('Show the inputs')}
          names={inputs}
          onClick={props.onInputs}
        />
      )}
      <ol>
        {run.steps.map(step => (
          <li key={step.id}>
            <StepCard {...props} step={step} />
          </li>
        ))}
      </ol>
      {outputs.length > 0 && (
        <Ports
          label={trans.__('Show the outputs')}
          names={outputs}
          onClick={props.onOutputs}
        />
      )}
      {!run.steps.length && (
        <p className="jp-EllipLab-Kit-hint">
          {run.state === 'queued' || run.state === 'running'
            ? trans.__(
                'The steps appear when the engine has read the document.'
              )
            : trans.__('No step has begun.')}
        </p>
      )}
    </nav>
  );
}

interface IPortsProps {
  readonly label: string;
  readonly names: readonly string[];
  readonly onClick: () => void;
}

/** The names of the inputs or outputs, as pills. */
function Ports(props: IPortsProps): JSX.Element {
  return (
    <button
      className="jp-EllipLab-Runs-ports"
      title={props.label}
      aria-label={props.label}
      onClick={props.onClick}
    >
      {props.names.map(name => (
        <span key={name}>{name}</span>
      ))}
    </button>
  );
}

interface IStepCardProps extends IStepsProps {
  readonly step: Step;
}

/** One step: a button that shows its log; its jobs below it when there are several. */
function StepCard(props: IStepCardProps): JSX.Element {
  const { step, run, now, trans } = props;
  const telling = tellingJob(step);
  const mine =
    props.job !== null && step.jobs.some(job => job.id === props.job);
  const many = step.total !== null && step.total > 1;
  const text = stepText(step, run.steps, now, trans);
  const started = instant(step.started);
  const reason = step.jobs.map(reasonOf).find(one => one !== null);
  return (
    <div
      className={
        `jp-EllipLab-Runs-step jp-mod-${toneOf(step.state)}` +
        (mine ? ' jp-mod-selected' : '') +
        (many ? ' jp-mod-many' : '')
      }
    >
      <button
        aria-pressed={mine}
        disabled={!telling}
        title={
          telling
            ? trans.__('Show the log of %1', step.label ?? step.id)
            : undefined
        }
        onClick={() => props.onJob(mine ? null : telling)}
      >
        <StateDot state={step.state} trans={trans} quiet />
        <span className="jp-EllipLab-Runs-stepName">{step.id}</span>
        {many && (
          <span className="jp-EllipLab-Runs-stepMany">
            {trans.__('%1 ×', step.total ?? 0)}
          </span>
        )}
        <span
          className="jp-EllipLab-Runs-stepText"
          title={started === null ? undefined : exactTime(started)}
        >
          {text}
          {step.memory !== null && (
            <span title={exactBytes(step.memory, trans)}>
              {' · '}
              {bytes(step.memory, trans)}
            </span>
          )}
        </span>
      </button>
      {reason && <p className="jp-EllipLab-Runs-stepReason">{reason}</p>}
      {mine && step.jobs.length > 1 && (
        <ul aria-label={trans.__('Jobs of %1', step.id)}>
          {step.jobs.map(job => (
            <li key={job.id}>
              <JobRow {...props} oneJob={job} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface IJobRowProps extends IStepsProps {
  readonly oneJob: StepJob;
}

/** One job of a scatter. */
function JobRow(props: IJobRowProps): JSX.Element {
  const { oneJob: job, now, trans } = props;
  const time = takenText(job, now, trans);
  return (
    <button
      aria-pressed={props.job === job.id}
      onClick={() => props.onJob(job.id)}
    >
      <StateDot state={job.state} trans={trans} quiet />
      <span>{job.id}</span>
      <span className="jp-EllipLab-Runs-stepText">
        {job.state === 'waiting'
          ? pendingText(job, trans)
          : [wordOf(job.state, trans), time].filter(Boolean).join(' · ')}
      </span>
    </button>
  );
}
