/**
 * Toolboxes, plans and works in words.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  ChangeKind,
  PackageChange,
  State,
  ToolboxPlan,
  ToolboxState,
  ToolboxStep,
  ToolboxStepName,
  ToolboxStepState,
  ToolboxSummary,
  ToolboxWorkSummary
} from '../contract';
import { bytes, duration, instant, percent, running } from '../kit/format';
import type { Tone } from '../kit/state';
import { wordOf } from '../kit/state';

/** Seconds that are not worth a word. */
const MOMENT = 0.05;

/** The colour of a toolbox. */
export function toolboxTone(state: ToolboxState): Tone {
  return ({ ready: 'done', working: 'running', broken: 'failed' } as const)[
    state
  ];
}

/** The word of a toolbox. */
export function toolboxWord(
  state: ToolboxState,
  work: ToolboxWorkSummary | null,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'ready':
      return trans.__('ready');
    case 'broken':
      return trans.__('broken');
    case 'working':
      return work ? doingWord(work, trans) : trans.__('being worked on');
  }
}

/** What goes on with a toolbox. */
export function doingWord(
  work: Pick<ToolboxWorkSummary, 'kind' | 'state'>,
  trans: TranslationBundle
): string {
  if (work.state === 'queued') {
    return trans.__('waiting');
  }
  switch (work.kind) {
    case 'install':
      return trans.__('installing');
    case 'update':
      return trans.__('updating');
    case 'clone':
      return trans.__('copying');
    case 'remove':
      return trans.__('removing');
    case 'clean':
      return trans.__('cleaning up');
  }
}

/** What is said of a toolbox under its name: `3.9.2 · 900 MB · Python 3.12.4`. */
export function factsOf(
  toolbox: ToolboxSummary,
  trans: TranslationBundle
): readonly string[] {
  const said: string[] = [];
  if (toolbox.version) {
    said.push(toolbox.version);
  }
  if (toolbox.size !== null) {
    said.push(bytes(toolbox.size, trans));
  }
  if (toolbox.kernel) {
    said.push(
      toolbox.language
        ? trans.__('Python %1', toolbox.language)
        : trans.__("the Lab's Python")
    );
  }
  return said;
}

/** How far, between 0 and 100; null when nobody knows. */
export function shareOf(
  work: Pick<ToolboxWorkSummary, 'done' | 'total'>
): number | null {
  return work.done !== null && work.total
    ? percent(work.done, work.total)
    : null;
}

/** How long a work took, or has been going on. */
export function takenText(
  work: Pick<ToolboxWorkSummary, 'started' | 'finished'>,
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

/** `running · 12 of 48 MB · 12 s`, `failed · 3 s`, `queued · 2 before it`. */
export function whatText(
  work: ToolboxWorkSummary,
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

/** What a step is called. */
export function stepWord(
  name: ToolboxStepName,
  trans: TranslationBundle
): string {
  switch (name) {
    case 'solve':
      return trans.__('Solve');
    case 'download':
      return trans.__('Download');
    case 'link':
      return trans.__('Link');
    case 'prove':
      return trans.__('Prove that it works');
    case 'remove':
      return trans.__('Remove');
  }
}

/** A step's state as the kit's. */
export function stepState(state: ToolboxStepState): State | 'waiting' {
  return state;
}

/** How far a step is: `38 of 120 MB`, `20 of 48`, `done · 3.1 s`. */
export function stepText(step: ToolboxStep, trans: TranslationBundle): string {
  const words: string[] = [wordOf(stepState(step.state), trans)];
  if (step.total !== null && step.state !== 'waiting') {
    words.push(
      measureText(
        step.name,
        step.state === 'done' ? null : step.done,
        step.total,
        trans
      )
    );
  }
  if (step.seconds !== null && step.seconds >= MOMENT) {
    words.push(duration(step.seconds * 1000, trans));
  }
  return words.join(' · ');
}

function measureText(
  name: ToolboxStepName,
  done: number | null,
  total: number,
  trans: TranslationBundle
): string {
  if (name === 'download') {
    return done === null
      ? bytes(total, trans)
      : trans.__('%1 of %2', bytes(done, trans), bytes(total, trans));
  }
  if (done !== null) {
    return trans.__('%1 of %2', done, total);
  }
  return name === 'prove'
    ? trans._n('%1 command', '%1 commands', total)
    : trans._n('%1 package', '%1 packages', total);
}

/** What would become of a package, in a word. */
export function changeWord(kind: ChangeKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'add':
      return trans.__('new');
    case 'upgrade':
      return trans.__('newer');
    case 'downgrade':
      return trans.__('older');
    case 'replace':
      return trans.__('another build');
    case 'remove':
      return trans.__('goes');
  }
}

/** The colour of it. */
export function changeTone(kind: ChangeKind): Tone {
  switch (kind) {
    case 'add':
    case 'upgrade':
      return 'done';
    case 'remove':
      return 'failed';
    default:
      return 'waiting';
  }
}

/** How many of each kind, in the order that a person asks in: `3 new · 1 newer · 2 go`. */
export function countText(
  changes: readonly Pick<PackageChange, 'kind'>[],
  kept: number,
  trans: TranslationBundle
): string {
  const count = (kind: ChangeKind): number =>
    changes.filter(one => one.kind === kind).length;
  const words: string[] = [];
  const add = (number: number, text: string): void => {
    if (number) {
      words.push(text);
    }
  };
  add(count('add'), trans.__('%1 new', count('add')));
  add(count('upgrade'), trans.__('%1 newer', count('upgrade')));
  add(count('downgrade'), trans.__('%1 older', count('downgrade')));
  add(count('replace'), trans.__('%1 in another build', count('replace')));
  add(count('remove'), trans._n('%1 goes', '%1 go', count('remove')));
  add(kept, trans._n('%1 stays', '%1 stay', kept));
  return words.join(' · ');
}

/** What a plan needs of the network and the disk, as facts with their hover. */
export function costOf(
  plan: ToolboxPlan,
  trans: TranslationBundle
): readonly (readonly [string, string])[] {
  const facts: [string, string][] = [
    [
      trans.__('To download'),
      plan.download ? bytes(plan.download, trans) : trans.__('nothing')
    ]
  ];
  if (plan.cached) {
    facts.push([trans.__('In the cache already'), bytes(plan.cached, trans)]);
  }
  facts.push([
    trans.__('On the disk'),
    trans.__(
      'about %1, %2 free',
      bytes(plan.disk, trans),
      bytes(plan.free, trans)
    )
  ]);
  return facts;
}
