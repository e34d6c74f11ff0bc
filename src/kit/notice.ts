/**
 * One notification per thing: a second word about the same thing replaces the first.
 */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ProblemError } from './request';

const shown = new Map<string, string>();

/** What may be said about a thing. */
export interface INotice {
  readonly message: string;
  readonly type: Notification.TypeOptions;
  readonly actions?: Notification.IAction[];
  /** Milliseconds, false to stay, 0 for the notification centre alone. */
  readonly autoClose?: number | false;
}

/** Says something about the thing `key`, in the place of what was said about it before. */
export function notify(key: string, notice: INotice): string {
  const options = {
    actions: notice.actions ?? [],
    autoClose: notice.autoClose ?? 5000
  };
  const before = shown.get(key);
  if (before && Notification.manager.has(before)) {
    Notification.update({
      id: before,
      message: notice.message,
      type: notice.type,
      ...options
    });
    return before;
  }
  const id = Notification.emit(notice.message, notice.type, options);
  shown.set(key, id);
  return id;
}

/** Tells an error and what to do about it. */
export function notifyError(
  key: string,
  error: unknown,
  trans: TranslationBundle
): void {
  notify(key, {
    message: describe(error, trans),
    type: 'error',
    autoClose: 10000
  });
}

/** The sentences of an error: what is wrong, where, what to do. */
export function describe(error: unknown, trans: TranslationBundle): string {
  if (!(error instanceof ProblemError)) {
    return error instanceof Error ? error.message : String(error);
  }
  if (error.kind === 'unreachable') {
    return trans.__('The server does not answer: %1', error.message);
  }
  const first = error.problems[0];
  const said = [error.message];
  if (first && first.message !== error.message) {
    said.push(first.message);
  }
  const hint = error.hint ?? first?.hint;
  if (hint) {
    said.push(hint);
  }
  return said.join('\n');
}
