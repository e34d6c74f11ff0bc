/**
 * The list of completions: its items, the documentation beside it, how it is drawn.
 */
import type {
  CompletionHandler,
  ICompletionProviderManager
} from '@jupyterlab/completer';
import { Completer, CompleterModel } from '@jupyterlab/completer';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import type { CompletionKind } from '../contract';
import { announce } from './announce';
import type { Language } from './language';
import { renderMarkdown } from './markdown';

/** An item of ours. */
export interface IItem extends CompletionHandler.ICompletionItem {
  readonly kind: CompletionKind;
  readonly doc: string | null;
}

/** What the server offered the last time, in offsets of the text it was asked about. */
export interface IOffer {
  readonly from: number;
  readonly to: number;
  /** What stands before the cursor of what is replaced. */
  readonly typed: string;
  readonly items: readonly IItem[];
  /** Nobody has asked for it: it came with what was typed. */
  readonly byItself: boolean;
}

/** What the completions stand on. */
export interface ICompletionOptions {
  readonly language: Language;
  readonly manager: ICompletionProviderManager;
  readonly rendermime: IRenderMimeRegistry | null;
  /** JupyterLab's own documentation panel is shown: ours is not needed. */
  readonly hasDocumentation: () => boolean;
  readonly trans: TranslationBundle;
}

/** The list of an editor; of a document it is what the server has offered, and nothing else. */
export class Model extends CompleterModel {
  constructor(
    private readonly _offer: () => IOffer | null,
    private readonly _isOurs: () => boolean,
    private readonly _shownWith: ICompletionOptions
  ) {
    super();
    this.stateChanged.connect(() => {
      if (!this.original || !this.completionItems().length) {
        this._note?.dispose();
        this._note = null;
      }
    });
  }

  override dispose(): void {
    this._note?.dispose();
    super.dispose();
  }

  override setCompletionItems(items: CompletionHandler.ICompletionItems): void {
    if (!this._isOurs()) {
      super.setCompletionItems(items);
      return;
    }
    const offer = this._offer();
    if (!offer?.items.length) {
      // A list that was never shown would count as one that is open.
      this.reset(true);
      return;
    }
    this.cursor = { start: offer.from, end: offer.to };
    super.setCompletionItems([...offer.items]);
    this.query = offer.typed;
    if (offer.typed && !offer.byItself && !this.completionItems().length) {
      // Nothing begins like that: whoever asks sees all there is.
      this.query = '';
    }
    if (!this.completionItems().length) {
      this.reset(true);
    }
  }

  /** Called for the item that is chosen: its documentation goes beside the list. */
  override resolveItem(
    item: number | CompletionHandler.ICompletionItem
  ): Promise<CompletionHandler.ICompletionItem | null> | undefined {
    const chosen =
      typeof item === 'number' ? this.completionItems()[item] : item;
    if (chosen && isOurs(chosen)) {
      this._note?.dispose();
      this._note = new Note(chosen, this._shownWith);
    }
    return super.resolveItem(item);
  }

  private _note: Note | null = null;
}

function isOurs(item: CompletionHandler.ICompletionItem): item is IItem {
  return 'kind' in item && 'doc' in item;
}

/** The documentation of the chosen item, beside the list and told to whoever listens. */
class Note implements IDisposable {
  constructor(item: IItem, options: ICompletionOptions) {
    this._node.className = 'jp-EllipLab-Cwl-note';
    this._node.setAttribute('role', 'note');
    announce(
      [item.insertText ?? item.label, item.type].filter(Boolean).join(', ')
    );
    if (item.doc && !options.hasDocumentation()) {
      void this._show(item.doc, options);
    }
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._rendered?.dispose();
    this._node.remove();
  }

  private async _show(doc: string, options: ICompletionOptions): Promise<void> {
    const rendered = await renderMarkdown(options.rendermime, doc);
    if (this._isDisposed) {
      rendered.dispose();
      return;
    }
    this._rendered = rendered;
    this._node.append(rendered.node);
    // The list finds its place when it is painted.
    requestAnimationFrame(() => {
      const list = [
        ...document.querySelectorAll<HTMLElement>('.jp-Completer')
      ].find(node => node.offsetParent !== null || node.offsetHeight > 0);
      if (this._isDisposed || !list) {
        return;
      }
      const box = list.getBoundingClientRect();
      const right = window.innerWidth - box.right;
      this._node.style.top = `${box.top}px`;
      if (right > 260 || right > box.left) {
        this._node.style.left = `${box.right + 2}px`;
        this._node.style.maxWidth = `${Math.min(440, right - 12)}px`;
      } else {
        this._node.style.right = `${window.innerWidth - box.left + 2}px`;
        this._node.style.maxWidth = `${Math.min(440, box.left - 12)}px`;
      }
      document.body.append(this._node);
    });
  }

  private readonly _node = document.createElement('div');
  private _rendered: IDisposable | null = null;
  private _isDisposed = false;
}

/** JupyterLab's items, as options of a list; documentation as Markdown in its own panel. */
export class Renderer extends Completer.Renderer {
  constructor(private readonly _options: ICompletionOptions) {
    super(
      _options.rendermime
        ? { sanitizer: _options.rendermime.sanitizer }
        : undefined
    );
  }

  override createCompletionItemNode(
    item: CompletionHandler.ICompletionItem,
    orderedTypes: string[]
  ): HTMLLIElement {
    const node = super.createCompletionItemNode(item, orderedTypes);
    if (isOurs(item)) {
      node.setAttribute('role', 'option');
      node.classList.add('jp-EllipLab-Cwl-completion');
      // JupyterLab writes types in small letters; ours are names.
      const type = node.querySelector('.jp-Completer-typeExtended');
      if (type) {
        type.textContent = item.type ?? '';
      }
      requestAnimationFrame(() => {
        node.parentElement?.setAttribute('role', 'listbox');
        node.parentElement?.setAttribute(
          'aria-label',
          this._options.trans.__('Completions')
        );
      });
    }
    return node;
  }

  override createDocumentationNode(
    item: CompletionHandler.ICompletionItem
  ): HTMLElement {
    if (!isOurs(item)) {
      return super.createDocumentationNode(item);
    }
    const node = document.createElement('div');
    void renderMarkdown(this._options.rendermime, item.doc ?? '').then(
      rendered => node.append(rendered.node)
    );
    return node;
  }
}
