/**
 * What the pods of a run had reserved on a cluster: CPU hours and GB hours, step by step and together.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Run, Step } from '../contract';
import { duration } from '../kit/format';
import { isFinal, StateDot } from '../kit/state';
import { Measure } from './measure';
import { taken } from './times';

/** Properties of the table. */
export interface IReservedProps {
  readonly run: Run;
  readonly now: number;
  readonly trans: TranslationBundle;
}

/** Less than that is not told apart. */
const LEAST = 0.0001;

/** Hours in two figures: `0.00083`, `1.2`, `34.5`. */
export function hours(value: number, trans: TranslationBundle): string {
  if (value > 0 && value < LEAST) {
    return trans.__(
      '< %1',
      LEAST.toLocaleString(undefined, { maximumFractionDigits: 4 })
    );
  }
  return Number(value.toPrecision(value >= 10 ? 3 : 2)).toLocaleString(
    undefined,
    { maximumFractionDigits: 5 }
  );
}

/** The table. */
export function Reserved(props: IReservedProps): JSX.Element {
  const { run, now, trans } = props;
  const longest = Math.max(1, ...run.steps.map(step => taken(step, now) ?? 0));
  const cpu = sumOf(run.steps, step => step.cpu_hours);
  const memory = sumOf(run.steps, step => step.memory_hours);
  const most = Math.max(...run.steps.map(step => step.cpu_hours ?? 0), 1e-12);
  const mostMemory = Math.max(
    ...run.steps.map(step => step.memory_hours ?? 0),
    1e-12
  );
  return (
    <>
      <table className="jp-EllipLab-Kit-table">
        <caption>{trans.__('What the pods of the steps had reserved')}</caption>
        <thead>
          <tr>
            <th scope="col">{trans.__('Step')}</th>
            <th scope="col">{trans.__('Jobs')}</th>
            <th scope="col">{trans.__('Time')}</th>
            <th scope="col">{trans.__('CPU hours')}</th>
            <th scope="col">{trans.__('GB hours')}</th>
          </tr>
        </thead>
        <tbody>
          {run.steps.map(step => {
            const time = taken(step, now);
            return (
              <tr key={step.id}>
                <th scope="row">
                  <StateDot state={step.state} trans={trans} /> {step.id}
                </th>
                <td>{step.jobs.length || '–'}</td>
                <td>
                  <Measure share={(time ?? 0) / longest}>
                    {time === null ? '–' : duration(time, trans)}
                  </Measure>
                </td>
                <Hours value={step.cpu_hours} most={most} trans={trans} />
                <Hours
                  value={step.memory_hours}
                  most={mostMemory}
                  trans={trans}
                />
              </tr>
            );
          })}
        </tbody>
        {cpu !== null && memory !== null && (
          <tfoot>
            <tr>
              <th scope="row">{trans.__('Together')}</th>
              <td />
              <td />
              <td title={String(cpu)}>{hours(cpu, trans)}</td>
              <td title={String(memory)}>{hours(memory, trans)}</td>
            </tr>
          </tfoot>
        )}
      </table>
      <p className="jp-EllipLab-Kit-hint">
        {cpu === null && !isFinal(run.state)
          ? trans.__('CPU hours and GB hours come when the run has ended.')
          : trans.__(
              'Cores and memory that the document asks for, times the hours the pods ran. Peaks are not measured on a cluster.'
            )}
      </p>
    </>
  );
}

interface IHoursProps {
  readonly value: number | null;
  readonly most: number;
  readonly trans: TranslationBundle;
}

/** Hours over a bar of their size. */
function Hours(props: IHoursProps): JSX.Element {
  const { value, most } = props;
  return (
    <td title={value === null ? undefined : String(value)}>
      <Measure share={(value ?? 0) / most}>
        {value === null ? '–' : hours(value, props.trans)}
      </Measure>
    </td>
  );
}

/** A sum; null where nothing is known. */
function sumOf(
  steps: readonly Step[],
  of: (step: Step) => number | null
): number | null {
  const known = steps.map(of).filter((one): one is number => one !== null);
  return known.length ? known.reduce((sum, one) => sum + one, 0) : null;
}
