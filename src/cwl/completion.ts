/**
 * Completions of documents, in JupyterLab's completer.
 *
 * The completer merges what several providers offer, and their ranges with it, which breaks names that YAML and CWL
 * divide differently. In the editor of a document the list is ours alone.
 */
import type { Extension, Text } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import type {
  Completer,
  CompletionHandler,
  ICompletionContext,
  ICompletionProvider
} from '@jupyterlab/completer';
import { CompletionTriggerKind } from '@jupyterlab/completer';
import type { CodeMirrorEditor } from '@jupyterlab/codemirror';

import type { Completion, Completions } from '../contract';
import { iconOf } from './completionicons';
import type { ICompletionOptions, IItem, IOffer } from './completionlist';
import { Model, Renderer } from './completionlist';
import { placeOf, rangeOf } from './places';
import type { Session } from './session';
import { LONG, PAUSE } from './session';

/** Milliseconds that the completer waits for an answer, a little less than it is set to. */
const PATIENCE = 900;

/** The provider. */
export class CwlCompletions implements ICompletionProvider<IItem> {
  constructor(options: ICompletionOptions) {
    this._options = options;
    this.renderer = new Renderer(options);
    options.manager.selected.connect((_, { insertText }) =>
      this._onSelected(insertText)
    );
  }

  readonly identifier = 'ellip-lab:cwl-completions';
  /** Before JupyterLab's own, which have about 500: the first one's model is the one that is asked. */
  readonly rank = 1100;
  readonly renderer: Completer.IRenderer;

  async isApplicable(context: ICompletionContext): Promise<boolean> {
    return this._sessionOf(context) !== null;
  }

  async modelFactory(context: ICompletionContext): Promise<Completer.IModel> {
    return new Model(
      () =>
        this._sessionOf(context)
          ? (this._offers.get(context.widget) ?? null)
          : null,
      () => this._sessionOf(context) !== null,
      this._options
    );
  }

  /** The first provider decides for all; ours asks by itself. */
  shouldShowContinuousHint(
    visible: boolean,
    changed: { sourceChange?: readonly { insert?: string; delete?: number }[] },
    context?: ICompletionContext
  ): boolean {
    if (context && this._sessionOf(context)) {
      return false;
    }
    const deltas = changed.sourceChange ?? [];
    const typed = deltas.map(delta => delta.insert ?? '').join('');
    return (
      !visible &&
      !deltas.some(delta => delta.delete !== undefined) &&
      /^[\p{L}\p{N}\p{M}_$]$/u.test(typed)
    );
  }

  async fetch(
    _: CompletionHandler.IRequest,
    context: ICompletionContext,
    trigger?: CompletionTriggerKind
  ): Promise<CompletionHandler.ICompletionItemsReply<IItem>> {
    const none = { start: 0, end: 0, items: [] };
    const session = this._sessionOf(context);
    if (!session || session.text.length > LONG) {
      return none;
    }
    this._offers.delete(context.widget);
    const { doc, selection } = session.view.state;
    const at = selection.main.head;
    const byItself =
      this._byItself || trigger === CompletionTriggerKind.TriggerCharacter;
    this._byItself = false;
    const reply = await this._ask(session, byItself);
    const { from, to } = rangeOf(doc, reply.span);
    const items = reply.items.map(itemOf);
    const typed = doc.sliceString(from, at);
    // What is written already is not offered again: Enter is to begin a line then.
    const done =
      byItself && items.some(item => item.insertText === typed && typed !== '');
    this._offers.set(context.widget, {
      from,
      to: Math.max(to, at),
      typed,
      items: done ? [] : items,
      byItself
    });
    const count = (offset: number): number =>
      Array.from(doc.sliceString(0, offset)).length;
    return done
      ? none
      : { start: count(from), end: count(Math.max(to, at)), items };
  }

  /** Asks the server; an answer that comes when the completer waits no longer is kept, and it is called again. */
  private async _ask(
    session: Session,
    byItself: boolean
  ): Promise<Completions> {
    const { doc, selection } = session.view.state;
    const at = selection.main.head;
    const late = this._late;
    this._late = null;
    if (late?.session === session && late.doc === doc && late.at === at) {
      return late.reply;
    }
    this._asked?.abort();
    const asked = (this._asked = new AbortController());
    const since = performance.now();
    const reply = await this._options.language.client.complete(
      { ...session.document, ...placeOf(doc, at) },
      asked.signal
    );
    const { state } = session.view;
    if (
      performance.now() - since > PATIENCE &&
      state.doc === doc &&
      state.selection.main.head === at
    ) {
      this._late = { session, doc, at, reply };
      window.setTimeout(() => {
        this._byItself = byItself;
        this._options.manager.invoke(session.widget.id);
      });
    }
    return reply;
  }

  /** Asks while one types. */
  typing(session: Session): Extension {
    let timer = 0;
    return [
      EditorView.updateListener.of(update => {
        if (!update.docChanged) {
          return;
        }
        window.clearTimeout(timer);
        const typed = update.transactions.some(transaction =>
          transaction.isUserEvent('input.type')
        );
        if (typed && asks(update.view)) {
          timer = window.setTimeout(() => this._invoke(session), PAUSE);
        }
      })
    ];
  }

  private _invoke(session: Session): void {
    const { language, manager } = this._options;
    if (
      session.isDisposed ||
      !session.view.hasFocus ||
      !language.settings.completeWhileTyping
    ) {
      return;
    }
    this._byItself = true;
    manager.invoke(session.widget.id);
    // Where a list is open already nobody is asked.
    window.setTimeout(() => {
      this._byItself = false;
    });
  }

  /** What ends where a value begins is followed by its values. */
  private _onSelected(text: string): void {
    const session = this._options.language.sessions.find(
      one => one.isDocument && one.view.hasFocus
    );
    if (session && /(: |[/.#])$/.test(text)) {
      window.setTimeout(() => this._invoke(session), PAUSE);
    }
  }

  private _sessionOf(context: ICompletionContext): Session | null {
    const { language } = this._options;
    if (!language.isOn || language.isServed) {
      return null;
    }
    const session = language.sessions.find(
      one => (one.widget as unknown) === context.widget
    );
    return session?.isDocument &&
      (!context.editor ||
        (context.editor as CodeMirrorEditor).editor === session.view)
      ? session
      : null;
  }

  private readonly _options: ICompletionOptions;
  private readonly _offers = new WeakMap<object, IOffer>();
  private _asked: AbortController | null = null;
  private _byItself = false;
  /** An answer that came too late. */
  private _late: {
    readonly session: Session;
    readonly doc: Text;
    readonly at: number;
    readonly reply: Completions;
  } | null = null;
}

/** Whether what was typed asks for an answer. */
function asks(view: EditorView): boolean {
  const { doc, selection } = view.state;
  const at = selection.main.head;
  const line = doc.lineAt(at);
  const before = line.text.slice(0, at - line.from);
  // A word, a reference, or the blank behind a field or a dash; in a comment nothing is.
  return (
    !/^\s*#|\s#\s/.test(before) &&
    /([\p{L}\p{N}_$/.#(]|[:,[{] |^\s*- )$/u.test(before)
  );
}

function itemOf(completion: Completion): IItem {
  return {
    label: completion.label,
    insertText: completion.text,
    type: completion.detail ?? '',
    icon: iconOf(completion.kind),
    kind: completion.kind,
    doc: completion.doc
  };
}
