/**
 * A box at a place of an editor: words about what stands there, a list to choose from, a line to type into.
 */
import type { Extension } from '@codemirror/state';
import { Prec, StateEffect, StateField } from '@codemirror/state';
import type { Tooltip } from '@codemirror/view';
import {
  closeHoverTooltips,
  EditorView,
  hasHoverTooltips,
  keymap,
  showTooltip
} from '@codemirror/view';

/** What is shown. */
export interface IPopup {
  /** The offset it stands at. */
  readonly at: number;
  /** What it is, for whoever does not see it. */
  readonly label: string;
  readonly node: HTMLElement;
  /** What gets the keyboard; nothing when the cursor stays in the text. */
  readonly focus?: HTMLElement;
  readonly onClose?: () => void;
}

const setPopup = StateEffect.define<Tooltip | null>();

const popup = StateField.define<Tooltip | null>({
  create: () => null,
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setPopup)) {
        return effect.value;
      }
    }
    return transaction.docChanged || transaction.selection ? null : value;
  },
  provide: field => showTooltip.from(field)
});

/** What an editor needs to show boxes. */
export function popups(): Extension {
  return [
    popup,
    // Before the editor's own Escape, which lets go of a selection.
    Prec.high(
      keymap.of([
        { key: 'Escape', run: view => closePopup(view) || closeHovers(view) }
      ])
    ),
    EditorView.domEventHandlers({
      // A click into the text lets go of it, also where the cursor stands already.
      mousedown: (_, view) => {
        closePopup(view);
        return false;
      }
    })
  ];
}

/** Lets go of what is shown; false when nothing is. */
export function closePopup(view: EditorView): boolean {
  if (!view.state.field(popup, false)) {
    return false;
  }
  view.dispatch({ effects: setPopup.of(null) });
  return true;
}

/** Lets go of what the pointer, or a way to a problem, has brought up. */
function closeHovers(view: EditorView): boolean {
  if (!hasHoverTooltips(view.state)) {
    return false;
  }
  view.dispatch({ effects: closeHoverTooltips });
  return true;
}

/** Shows something, in the place of what is shown. */
export function openPopup(view: EditorView, shown: IPopup): void {
  const dom = document.createElement('div');
  dom.className = 'jp-EllipLab-Cwl-tip';
  dom.setAttribute('role', 'dialog');
  dom.setAttribute('aria-label', shown.label);
  dom.append(shown.node);
  const leave = (): void => {
    if (closePopup(view)) {
      view.focus();
    }
  };
  dom.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      leave();
    }
  });
  if (shown.focus) {
    dom.addEventListener('focusout', event => {
      const next = event.relatedTarget as Node | null;
      if (next && !dom.contains(next)) {
        closePopup(view);
      }
    });
  }
  closeHovers(view);
  view.dispatch({
    effects: setPopup.of({
      pos: Math.min(shown.at, view.state.doc.length),
      arrow: false,
      create: () => ({
        dom,
        mount: () => {
          // Its place is found first: focus would scroll to where it is not.
          requestAnimationFrame(() => shown.focus?.focus());
        },
        destroy: () => shown.onClose?.()
      })
    })
  });
}

/** A list to choose from with the arrows. */
export function choices(
  entries: readonly {
    readonly label: string;
    readonly about?: string;
    readonly choose: () => void;
  }[],
  label: string
): { node: HTMLElement; focus: HTMLElement } {
  const list = document.createElement('ul');
  list.className = 'jp-EllipLab-Cwl-choices';
  list.setAttribute('aria-label', label);
  const buttons = entries.map(entry => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    const name = document.createElement('span');
    name.textContent = entry.label;
    button.append(name);
    if (entry.about !== undefined) {
      const about = document.createElement('code');
      about.textContent = entry.about;
      button.append(about);
    }
    button.addEventListener('click', () => entry.choose());
    item.append(button);
    list.append(item);
    return button;
  });
  list.addEventListener('keydown', event => {
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const last = buttons.length - 1;
    const to = {
      ArrowDown: at === last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      Home: 0,
      End: last
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      buttons[to]?.focus();
    }
  });
  return { node: list, focus: buttons[0] ?? list };
}
