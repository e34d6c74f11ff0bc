/**
 * What a person means by the words of the filter.
 */
import type { RunQuery, RunSummary, State } from '../contract';

const STATES: readonly string[] = [
  'queued',
  'running',
  'done',
  'failed',
  'stopped',
  'lost'
];
const CONTAINERS: readonly string[] = ['podman', 'docker', 'none'];

/** The query of a filter: a state's name asks for that state, other words for the name or id. */
export function queryOf(filter: string): RunQuery {
  const words = filter.trim();
  const lower = words.toLowerCase();
  if (STATES.includes(lower)) {
    return { state: lower as State };
  }
  // The server does not look at the engine: that filter is ours.
  return words && !CONTAINERS.includes(lower) ? { text: words } : {};
}

/** Whether a run passes the filter. */
export function passes(run: RunSummary, filter: string): boolean {
  const words = filter.trim().toLowerCase();
  if (!words) {
    return true;
  }
  if (STATES.includes(words)) {
    return run.state === words;
  }
  if (CONTAINERS.includes(words)) {
    return run.container === words;
  }
  return [run.name, run.id].some(text => text.toLowerCase().includes(words));
}
