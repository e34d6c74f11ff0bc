/**
 * The times of a run and of a step, in words.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { RunSummary, Step, StepJob } from '../contract';
import { duration, instant, running } from '../kit/format';
import { wordOf } from '../kit/state';

interface ITimed {
  readonly started: string | null;
  readonly finished: string | null;
}

/** Milliseconds something has taken, or null when it has not begun. */
export function taken(thing: ITimed, now: number): number | null {
  const started = instant(thing.started);
  if (started === null) {
    return null;
  }
  return Math.max(0, (instant(thing.finished) ?? now) - started);
}

/** How long something took or has been going on. */
export function takenText(
  thing: ITimed,
  now: number,
  trans: TranslationBundle
): string {
  const ms = taken(thing, now);
  if (ms === null) {
    return '';
  }
  return thing.finished ? duration(ms, trans) : running(ms, trans);
}

/** The place of a waiting run in the queue. */
export function queueText(run: RunSummary, trans: TranslationBundle): string {
  return run.waiting
    ? trans._n('%1 before it', '%1 before it', run.waiting)
    : trans.__('next in the queue');
}

/** What keeps the pod of a job from running, as the cluster says it; null while it is only being started. */
export function reasonOf(job: StepJob): string | null {
  return job.state === 'waiting' && job.reason && job.reason !== PENDING
    ? job.reason
    : null;
}

/** What a job says of itself whose pod does not run yet: `waiting · Unschedulable`. */
export function pendingText(job: StepJob, trans: TranslationBundle): string {
  const reason = reasonOf(job);
  return reason === null
    ? trans.__('waiting · its pod is started')
    : trans.__('waiting · %1', reason.split(':')[0] ?? reason);
}

/** What is said of a pod that nothing keeps. */
const PENDING = 'Pending';

/** What a step says of itself: `done · 2 of 2 · 3.1 s`, `waiting for otsu`. */
export function stepText(
  step: Step,
  steps: readonly Step[],
  now: number,
  trans: TranslationBundle
): string {
  if (step.state === 'waiting') {
    const pending = step.jobs.find(job => job.state === 'waiting');
    if (pending) {
      return pendingText(pending, trans);
    }
    const open = step.after.filter(id =>
      steps.some(other => other.id === id && other.state !== 'done')
    );
    return open.length
      ? trans.__('waiting for %1', open.join(', '))
      : trans.__('waiting');
  }
  const words = [wordOf(step.state, trans)];
  if (step.total !== null && step.total !== 1) {
    words.push(trans.__('%1 of %2', step.done, step.total));
  }
  const pending = step.jobs.filter(job => job.state === 'waiting').length;
  if (pending && step.state === 'running') {
    words.push(trans.__('%1 waiting', pending));
  }
  const failed = step.jobs.find(job => job.state === 'failed');
  if (failed && failed.exit_code !== null) {
    words.push(trans.__('exit %1', failed.exit_code));
  }
  const time = takenText(step, now, trans);
  if (time) {
    words.push(time);
  }
  return words.join(' · ');
}
