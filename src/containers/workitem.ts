/**
 * A work in words: how far it is, how long it took, what it does.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { WorkStep, WorkSummary } from '../contract';
import { bytes, duration, instant, percent, running } from '../kit/format';
import type { Tone } from '../kit/state';
import { wordOf } from '../kit/state';
import { shortName } from './names';

/** The folder of the file that a title ends with. */
const FOLDER = /\S+\/(?=[^/\s]+$)/;
/** Seconds that are not worth a word. */
const MOMENT = 0.05;

/** What a work is called on screen: without the registry that goes without saying. */
export function shortTitle(
  work: Pick<WorkSummary, 'kind' | 'title' | 'image'>
): string {
  const title = work.title.replace(work.image, shortName(work.image));
  return work.kind === 'load' || work.kind === 'save'
    ? title.replace(FOLDER, '')
    : title;
}

/** How far, between 0 and 100; null when nobody knows. */
export function shareOf(work: WorkSummary): number | null {
  return work.done !== null && work.total
    ? percent(work.done, work.total)
    : null;
}

/** How long a work took, or has been going on. */
export function takenText(
  work: Pick<WorkSummary, 'started' | 'finished'>,
  now: number,
  trans: TranslationBundle
): string {
  const started = instant(work.started);
  if (started === null) {
    return '';
  }
  const finished = instant(work.finished);
  return finished === null
    ? running(now - started, trans)
    : duration(finished - started, trans);
}

/** `running · step 2 of 5 · 12 s`, `failed · 3 s`, `queued · 2 before it`. */
export function whatText(
  work: WorkSummary,
  now: number,
  trans: TranslationBundle
): string {
  const words = [wordOf(work.state, trans)];
  if (work.state === 'queued' && work.waiting) {
    words.push(trans._n('%1 before it', '%1 before it', work.waiting));
  }
  if (work.text && work.state === 'running') {
    words.push(work.text);
  }
  const time = takenText(work, now, trans);
  if (time) {
    words.push(time);
  }
  return words.join(' · ');
}

/** The colour of a step. */
export function stepTone(step: WorkStep): Tone {
  switch (step.state) {
    case 'cached':
      return 'done';
    case 'stopped':
      return 'waiting';
    default:
      return step.state;
  }
}

/** `cached`, `12 of 48 MB`, `done · 3.1 s`. */
export function stepText(step: WorkStep, trans: TranslationBundle): string {
  const words: string[] = [];
  switch (step.state) {
    case 'cached':
      words.push(trans.__('cached'));
      break;
    case 'running':
      words.push(trans.__('running'));
      break;
    case 'failed':
      words.push(trans.__('failed'));
      break;
    case 'done':
      words.push(trans.__('done'));
      break;
    case 'waiting':
      words.push(trans.__('waiting'));
      break;
    case 'stopped':
      words.push(trans.__('stopped'));
  }
  if (step.size !== null) {
    words.push(
      step.done !== null && step.done < step.size && step.state === 'running'
        ? trans.__('%1 of %2', bytes(step.done, trans), bytes(step.size, trans))
        : bytes(step.size, trans)
    );
  } else if (step.done !== null) {
    words.push(bytes(step.done, trans));
  }
  if (step.seconds !== null && step.seconds >= MOMENT) {
    words.push(duration(step.seconds * 1000, trans));
  }
  return words.join(' · ');
}
