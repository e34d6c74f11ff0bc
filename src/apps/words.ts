/**
 * Apps in words: how they stand, what is left of their time, what an installation costs.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  AppInstance,
  AppState,
  AppWorkStep,
  AppWorkSummary,
  InstallPlan
} from '../contract';
import { bytes, duration, instant, percent, running } from '../kit/format';
import type { Tone } from '../kit/state';
import { wordOf } from '../kit/state';

/** The shortest time-out that is offered in the place of one that was too short. */
const LONGER_MIN = 60;
const LONGEST = 3600;

/** The colour of a state; null is an app that does not run. */
export function toneOf(state: AppState | null): Tone {
  switch (state) {
    case 'starting':
    case 'running':
      return 'running';
    case 'failed':
      return 'failed';
    default:
      return 'waiting';
  }
}

/** The word of a state. */
export function stateWord(
  state: AppState | null,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'starting':
      return trans.__('starting');
    case 'running':
      return trans.__('running');
    case 'failed':
      return trans.__('failed');
    default:
      return trans.__('not running');
  }
}

/** How far an app is on its way to its time-out, and what is left of it, in seconds. */
export function timeLeft(
  instance: Pick<AppInstance, 'since' | 'timeout'>,
  now: number
): { readonly share: number; readonly left: number } {
  const since = instant(instance.since) ?? now;
  // The clocks of two machines are not the same.
  const passed = Math.min(Math.max(0, (now - since) / 1000), instance.timeout);
  return {
    share: percent(passed, instance.timeout),
    left: Math.ceil(instance.timeout - passed)
  };
}

/** The time-out that is offered after one that was too short. */
export function longerThan(timeout: number): number {
  return Math.min(LONGEST, Math.max(LONGER_MIN, Math.ceil(timeout * 3)));
}

/** `npm · about 4 min · 800 MB`. */
export function costText(plan: InstallPlan, trans: TranslationBundle): string {
  return [
    plan.how,
    trans.__('about %1', duration(plan.seconds * 1000, trans)),
    bytes(plan.size, trans)
  ].join(' · ');
}

/** How far a work is, between 0 and 100; null when nobody knows. */
export function shareOf(work: AppWorkSummary): number | null {
  return work.done !== null && work.total
    ? percent(work.done, work.total)
    : null;
}

/** `running · download node · 12 s`, `failed · 3 s`, `queued · 2 before it`. */
export function workText(
  work: AppWorkSummary,
  now: number,
  trans: TranslationBundle
): string {
  const words = [wordOf(work.state, trans)];
  if (work.state === 'queued' && work.waiting) {
    words.push(trans._n('%1 before it', '%1 before it', work.waiting));
  }
  if (work.state === 'running' && work.text) {
    words.push(work.text);
  }
  const started = instant(work.started);
  if (started !== null) {
    const finished = instant(work.finished);
    words.push(
      finished === null
        ? running(now - started, trans)
        : duration(finished - started, trans)
    );
  }
  return words.join(' · ');
}

/** `done · 31 s`. */
export function stepText(step: AppWorkStep, trans: TranslationBundle): string {
  const word = wordOf(step.state, trans);
  return step.seconds === null
    ? word
    : `${word} · ${duration(step.seconds * 1000, trans)}`;
}

/** A command that stands in a sentence without being marked as one. */
const COMMAND =
  /(?:apt-get install|(?:\S+ -m )?pip install|python[\d.]* -m \w+)(?: [\w@+-][\w.+@=<>-]*)*|install\.packages\((['"]).*?\1\)/g;

/** A hint whose commands are marked as code. */
export function marked(hint: string): string {
  return hint.includes('`')
    ? hint
    : hint.replace(COMMAND, found => {
        const command = found.replace(/\.$/, '');
        return `\`${command}\`${found.slice(command.length)}`;
      });
}
