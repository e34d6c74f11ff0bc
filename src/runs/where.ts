/**
 * Where a run goes on: on this machine, or on a cluster.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Run, RunSummary } from '../contract';

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

/** What the cluster keeps a whole run waiting for, before its first step; null when it does not. */
export function keptBy(run: RunSummary): string | null {
  const { text } = run.progress;
  return isOnCluster(run) && run.state === 'running' && text.startsWith(WAITS)
    ? text.slice(WAITS.length)
    : null;
}
