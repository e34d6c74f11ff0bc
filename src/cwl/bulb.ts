/**
 * The light at the end of a line for which a change is offered.
 */
import type { Extension } from '@codemirror/state';
import { StateEffect, StateField } from '@codemirror/state';
import type { DecorationSet } from '@codemirror/view';
import { Decoration, EditorView, WidgetType } from '@codemirror/view';
import type { TranslationBundle } from '@jupyterlab/translation';

import { bulbIcon } from '../kit/icons';

/** The beginning of the line that has the light, or null. */
export const setBulb = StateEffect.define<number | null>();

/** The light. */
export function bulb(trans: TranslationBundle, open: () => void): Extension {
  const widget = Decoration.widget({ widget: new Bulb(trans, open), side: 2 });
  return StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update(lights, transaction) {
      for (const effect of transaction.effects) {
        if (effect.is(setBulb)) {
          if (effect.value === null) {
            return Decoration.none;
          }
          const { doc } = transaction.state;
          const line = doc.lineAt(Math.min(effect.value, doc.length));
          return Decoration.set(widget.range(line.to));
        }
      }
      return transaction.docChanged ? Decoration.none : lights;
    },
    provide: field => EditorView.decorations.from(field)
  });
}

class Bulb extends WidgetType {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _open: () => void
  ) {
    super();
  }

  override eq(): boolean {
    return true;
  }

  override ignoreEvent(): boolean {
    return true;
  }

  override toDOM(): HTMLElement {
    const button = document.createElement('button');
    button.className = 'jp-EllipLab-Cwl-bulb';
    button.tabIndex = -1;
    bulbIcon.element({ container: button, tag: 'span' });
    button.title = this._trans.__('Show what mends this line');
    button.setAttribute('aria-label', button.title);
    button.addEventListener('mousedown', event => event.preventDefault());
    button.addEventListener('click', () => this._open());
    return button;
  }
}
