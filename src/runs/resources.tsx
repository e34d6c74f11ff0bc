/**
 * What each step has needed: time, memory, processor.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Run } from '../contract';
import { bytes, duration, exactBytes } from '../kit/format';
import { StateDot } from '../kit/state';
import { Measure } from './measure';
import { Reserved } from './reserved';
import { taken } from './times';
import { isOnCluster } from './where';

/** Properties of the resources. */
export interface IResourcesProps {
  readonly run: Run;
  readonly now: number;
  readonly trans: TranslationBundle;
  /** What follows the table. */
  readonly children?: React.ReactNode;
}

/** The resources. */
export function Resources(props: IResourcesProps): JSX.Element {
  const { run, now, trans } = props;
  const longest = Math.max(1, ...run.steps.map(step => taken(step, now) ?? 0));
  const highest = Math.max(1, ...run.steps.map(step => step.memory ?? 0));
  if (!run.steps.length) {
    return (
      <p className="jp-EllipLab-Kit-note">{trans.__('No step has begun.')}</p>
    );
  }
  if (isOnCluster(run)) {
    return (
      <div className="jp-EllipLab-Runs-resources">
        <Reserved run={run} now={now} trans={trans} />
      </div>
    );
  }
  return (
    <div className="jp-EllipLab-Runs-resources">
      <table className="jp-EllipLab-Kit-table">
        <caption>{trans.__('What the steps have needed')}</caption>
        <thead>
          <tr>
            <th scope="col">{trans.__('Step')}</th>
            <th scope="col">{trans.__('Time')}</th>
            <th scope="col">{trans.__('Peak memory')}</th>
            <th scope="col">{trans.__('CPU time')}</th>
            <th scope="col">{trans.__('Cores')}</th>
          </tr>
        </thead>
        <tbody>
          {run.steps.map(step => {
            const time = taken(step, now);
            const cores =
              step.cpu !== null && time ? step.cpu / (time / 1000) : null;
            return (
              <tr key={step.id}>
                <th scope="row">
                  <StateDot state={step.state} trans={trans} /> {step.id}
                </th>
                <td>
                  <Measure share={(time ?? 0) / longest}>
                    {time === null ? '–' : duration(time, trans)}
                  </Measure>
                </td>
                <td
                  title={
                    step.memory === null
                      ? trans.__('too short to measure')
                      : exactBytes(step.memory, trans)
                  }
                >
                  <Measure share={(step.memory ?? 0) / highest}>
                    {step.memory === null ? '–' : bytes(step.memory, trans)}
                  </Measure>
                </td>
                <td>
                  {step.cpu === null ? '–' : duration(step.cpu * 1000, trans)}
                </td>
                <td>{cores === null ? '–' : cores.toFixed(2)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p className="jp-EllipLab-Kit-hint">
        {trans.__(
          'Memory is the peak of all processes of a job; a dash means that the job was too short to be measured.'
        )}
      </p>
      {props.children}
    </div>
  );
}
