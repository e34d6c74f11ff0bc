/**
 * Questions that must be answered before something is done: counted, with the answer in the button.
 */
import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Policy, TransferPlan } from '../contract';
import { bytes } from '../kit/format';
import type { ProblemError } from '../kit/request';

/** Names that are shown of many. */
const SHOWN = 5;

/** Asks what happens to what is there already; null gives it up. */
export async function askPolicy(
  said: string,
  names: readonly string[],
  trans: TranslationBundle
): Promise<Policy | null> {
  const button = (
    policy: Policy,
    label: string,
    caption: string
  ): Dialog.IButton =>
    Dialog.createButton({ label, caption, accept: true, actions: [policy] });
  const result = await showDialog({
    title: trans.__('Some exist already'),
    body: [said, ...some(names, trans)].join('\n'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      button('skip', trans.__('Skip'), trans.__('Leave those that exist')),
      button(
        'newer',
        trans.__('Newer'),
        trans.__('Replace those that are older than what comes')
      ),
      button('replace', trans.__('Replace'), trans.__('Replace all of them'))
    ],
    defaultButton: 1
  });
  return result.button.accept
    ? ((result.button.actions[0] as Policy | undefined) ?? null)
    : null;
}

/** Asks about a transfer that the server has not begun because of what is in its way. */
export function askTransferPolicy(
  conflict: ProblemError,
  trans: TranslationBundle
): Promise<Policy | null> {
  return askPolicy(
    conflict.message,
    conflict.problems.map(problem => problem.message),
    trans
  );
}

/** Asks whether to delete, and says how much it is. */
export async function confirmDelete(
  names: readonly string[],
  plan: TransferPlan,
  trans: TranslationBundle
): Promise<boolean> {
  const count = plan.files.toLocaleString();
  const size = bytes(plan.bytes, trans);
  const result = await showDialog({
    title: plan.more
      ? trans.__('Delete more than %1 objects, %2?', count, size)
      : trans._n(
          'Delete %2 object, %3?',
          'Delete %2 objects, %3?',
          plan.files,
          count,
          size
        ),
    body: [
      ...some(names, trans),
      trans.__('This cannot be undone, unless the bucket keeps versions.')
    ].join('\n'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Delete') })
    ],
    defaultButton: 0
  });
  return result.button.accept;
}

/** Asks a question that a red button answers. */
export async function confirm(
  title: string,
  body: string,
  label: string,
  trans: TranslationBundle
): Promise<boolean> {
  const result = await showDialog({
    title,
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label })
    ],
    defaultButton: 0
  });
  return result.button.accept;
}

/** Asks for a name; null when there is none. */
export async function askName(
  title: string,
  label: string,
  okLabel: string,
  pattern?: string
): Promise<string | null> {
  const result = await InputDialog.getText({
    title,
    label,
    okLabel,
    ...(pattern ? { pattern, required: true } : { required: true })
  });
  return result.button.accept ? result.value?.trim() || null : null;
}

/** Asks how long a URL is good; gives seconds. */
export async function askExpiry(
  trans: TranslationBundle
): Promise<number | null> {
  const choices: readonly (readonly [string, number])[] = [
    [trans.__('15 minutes'), 900],
    [trans.__('1 hour'), 3600],
    [trans.__('1 day'), 86_400],
    [trans.__('7 days'), 604_800]
  ];
  const result = await InputDialog.getItem({
    title: trans.__('Copy a presigned URL'),
    label: trans.__('Anybody who has it may read the object for'),
    items: choices.map(([label]) => label),
    current: 1,
    okLabel: trans.__('Copy')
  });
  return result.button.accept
    ? (choices.find(([label]) => label === result.value)?.[1] ?? null)
    : null;
}

function some(
  names: readonly string[],
  trans: TranslationBundle
): readonly string[] {
  const shown = names.slice(0, SHOWN);
  const left = names.length - shown.length;
  return left > 0
    ? [...shown, trans._n('and %1 more', 'and %1 more', left)]
    : shown;
}
