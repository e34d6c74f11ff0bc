/**
 * Where a document is run: on this machine, or on the cluster, and whether that is ready.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { StepState } from '../contract';
import { Advice } from '../kit/advice';
import { useDomId, useSignal } from '../kit/hooks';
import { StateDot } from '../kit/state';
import type { EngineName, IClusterChoice, IStanding } from './tokens';

/** Properties of the choice. */
export interface IWhereChoiceProps {
  readonly value: EngineName;
  readonly onChange: (value: EngineName) => void;
  readonly trans: TranslationBundle;
}

/** The choice. */
export function WhereChoice(props: IWhereChoiceProps): JSX.Element {
  const { value, trans } = props;
  const id = useDomId('where');
  return (
    <div className="jp-EllipLab-Cwl-engine">
      <label htmlFor={id}>{trans.__('Run on')}</label>
      <select
        id={id}
        className="jp-EllipLab-Kit-select"
        value={value}
        onChange={event => props.onChange(event.target.value as EngineName)}
      >
        <option value="cwltool">{trans.__('This machine')}</option>
        <option value="calrissian">{trans.__('Kubernetes')}</option>
      </select>
    </div>
  );
}

/** The dot of a cluster. */
const DOTS: Record<IStanding['state'], StepState> = {
  untested: 'waiting',
  testing: 'running',
  ready: 'done',
  missing: 'failed'
};

/** Properties of the state. */
export interface IClusterStateProps {
  readonly cluster: IClusterChoice;
  /** Somebody sees it. */
  readonly seen: boolean;
  readonly trans: TranslationBundle;
}

/** Whether the cluster is ready, in one line; what to do where it is not. */
export function ClusterState(props: IClusterStateProps): JSX.Element {
  const { cluster, seen, trans } = props;
  useSignal(cluster.changed);
  // Who chooses it wants to know; a form behind others, after a reload, does not.
  React.useEffect(() => {
    if (seen) {
      cluster.look();
    }
  }, [cluster, seen]);
  const { state, text, hint } = cluster.standing;
  return (
    <div className="jp-EllipLab-Cwl-cluster" data-state={state}>
      <StateDot state={DOTS[state]} trans={trans} quiet />
      <span
        role="status"
        className={state === 'missing' ? 'jp-EllipLab-Kit-bad' : ''}
        title={text}
      >
        {text}
      </span>
      <button
        type="button"
        className="jp-EllipLab-Kit-link"
        title={trans.__('Show the settings of the cluster, and test them')}
        onClick={() => cluster.setUp()}
      >
        {state === 'ready' || state === 'testing'
          ? trans.__('Settings…')
          : trans.__('Set up…')}
      </button>
      {hint !== null && (
        <p className="jp-EllipLab-Kit-hint">
          <Advice trans={trans}>{hint}</Advice>
        </p>
      )}
    </div>
  );
}
