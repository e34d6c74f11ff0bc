/**
 * The log of a run or of one of its jobs, and a word on a run that ended without a result.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Run } from '../contract';
import type { LogWindow } from '../kit/log';
import type { ILogOptions } from '../kit/logblocks';
import { LogView } from '../kit/logview';
import { isFinal } from '../kit/state';
import { queueText } from './times';
import type { IRuns } from './tokens';
import { keptOf } from './where';

/** Properties of the notice. */
export interface INoticeProps {
  readonly run: Run;
  readonly trans: TranslationBundle;
}

/** A word on a run that ended without failing and without a result. */
export function Notice(props: INoticeProps): JSX.Element | null {
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
  if (run.state === 'running') {
    return <Kept run={run} trans={trans} />;
  }
  return null;
}

/** A word on what the cluster keeps waiting, and why. */
function Kept(props: INoticeProps): JSX.Element | null {
  const { run, trans } = props;
  const kept = keptOf(run);
  if (!kept.length) {
    return null;
  }
  return (
    <section className="jp-EllipLab-Runs-notice" role="status">
      <h3>{trans.__('Waiting for the cluster')}</h3>
      {kept.map(({ step, reason }) => (
        <p key={step ?? ''}>
          {step === null ? reason : trans.__('%1: %2', step, reason)}
        </p>
      ))}
    </section>
  );
}

/** Properties of the choice of a log. */
export interface IJobSelectProps {
  readonly run: Run;
  readonly job: string | null;
  readonly onJob: (job: string | null) => void;
  readonly trans: TranslationBundle;
}

/** Chooses the log of all steps or of one job. */
export function JobSelect(props: IJobSelectProps): JSX.Element {
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

/** Properties of the log. */
export interface IRunLogProps extends INoticeProps {
  readonly runs: IRuns;
  readonly job: string | null;
  readonly options: ILogOptions;
  readonly onOptions: (options: ILogOptions) => void;
}

/** The log of a run or of one of its jobs. */
export function RunLog(props: IRunLogProps): JSX.Element {
  const { run, runs, job, trans } = props;
  const [log, setLog] = React.useState<LogWindow | null>(null);
  React.useEffect(() => {
    const opened = runs.log(run.id, job);
    setLog(opened);
    // A log that grows tells sooner than an event that a step has begun or ended.
    let size = -1;
    opened.changed.connect(() => {
      if (size >= 0 && opened.size > size) {
        runs.touch(run.id);
      }
      size = opened.size;
    }, opened);
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
      label={job ? trans.__('Log of %1', job) : trans.__('Log of all steps')}
      empty={
        isFinal(run.state)
          ? trans.__('Nothing was written.')
          : trans.__('Nothing has been written yet.')
      }
      trans={trans}
    />
  );
}
