/**
 * Where a run goes on: on this machine, or on a cluster.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Run, RunSummary } from '../contract';
import { reasonOf } from './times';

/** Whether a run goes on on a cluster. */
export function isOnCluster(run: RunSummary): boolean {
  return run.engine === 'calrissian';
}

/** Where a run goes on, in words: `podman`, `no container`, `Kubernetes, namespace ellip`. */
export function placeText(run: Run, trans: TranslationBundle): string | null {
  if (isOnCluster(run)) {
    return run.namespace === null
      ? trans.__('Kubernetes')
      : trans.__('Kubernetes, namespace %1', run.namespace);
  }
  return run.container === 'none' ? trans.__('no container') : run.container;
}

/** How the server begins to say what a whole run waits for. */
const WAITS = 'waiting for the cluster: ';

/** What the cluster keeps waiting. */
export interface IKept {
  /** The step; null for the whole run, before its first one. */
  readonly step: string | null;
  /** Why, as the cluster says it. */
  readonly reason: string;
}

/** What of a run the cluster keeps waiting, and why. */
export function keptOf(run: Run): readonly IKept[] {
  if (!isOnCluster(run) || run.state !== 'running') {
    return [];
  }
  const { text } = run.progress;
  const whole = text.startsWith(WAITS) ? text.slice(WAITS.length) : null;
  return [
    ...(whole === null ? [] : [{ step: null, reason: whole }]),
    ...run.steps.flatMap(step => {
      const reason = step.jobs.map(reasonOf).find(one => one !== null);
      return reason ? [{ step: step.id, reason }] : [];
    })
  ];
}
