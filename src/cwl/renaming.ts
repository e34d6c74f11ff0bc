/**
 * The line at a name that takes another one.
 */
import type { EditorView } from '@codemirror/view';
import type { TranslationBundle } from '@jupyterlab/translation';

import { sentence } from '../kit/code';
import { describe } from '../kit/notice';
import { announce } from './announce';
import type { Language } from './language';
import { placeOf } from './places';
import { closePopup, openPopup } from './popup';
import type { Remedies } from './remedies';
import type { Session } from './session';

/** What it stands on. */
export interface IRenamingOptions {
  readonly session: Session;
  readonly client: Language['client'];
  readonly remedies: Remedies;
  readonly trans: TranslationBundle;
}

/** Shows the line; Enter renames what stands there everywhere. */
export function askName(
  view: EditorView,
  at: number,
  name: string,
  options: IRenamingOptions
): void {
  const { client, remedies, session, trans } = options;
  const node = document.createElement('form');
  node.className = 'jp-EllipLab-Cwl-rename';
  const input = document.createElement('input');
  input.className = 'jp-EllipLab-Kit-input';
  input.value = name;
  input.spellcheck = false;
  input.setAttribute('aria-label', trans.__('New name of %1', name));
  const about = document.createElement('p');
  about.setAttribute('role', 'alert');
  about.className = 'jp-EllipLab-Kit-bad';
  const hint = document.createElement('p');
  hint.className = 'jp-EllipLab-Kit-hint';
  hint.textContent = trans.__('Enter renames it everywhere, Escape leaves it');
  node.append(input, hint, about);
  const text = session.document;
  const place = placeOf(view.state.doc, at);
  node.addEventListener('submit', event => {
    event.preventDefault();
    about.textContent = '';
    void client
      .rename({ ...text, ...place, name: input.value })
      .then(async ({ edits }) => {
        closePopup(view);
        await remedies.apply({ title: '', edits }, text.text ?? '');
        announce(
          trans._n('%1 place renamed', '%1 places renamed', edits.length)
        );
      })
      .catch((error: unknown) => {
        about.replaceChildren(...sentence(describe(error, trans)));
      });
  });
  openPopup(view, {
    at,
    label: trans.__('Rename %1', name),
    node,
    focus: input
  });
  requestAnimationFrame(() => input.select());
}
