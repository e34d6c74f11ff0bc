/**
 * What an editor does with a document: explains, finds the way, renames, formats, offers changes.
 */
import type { EditorState, Extension } from '@codemirror/state';
import { Compartment } from '@codemirror/state';
import type { Tooltip } from '@codemirror/view';
import { EditorView, hoverTooltip } from '@codemirror/view';
import type { CodeMirrorEditor } from '@jupyterlab/codemirror';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';

import type { Actions, DocumentText, Span, TextPlace } from '../contract';
import { plain, sentence } from '../kit/code';
import { openAtLine } from '../kit/document';
import { describe } from '../kit/notice';
import { announce } from './announce';
import { bulb, setBulb } from './bulb';
import type { IRemedy } from './diagnostics';
import {
  diagnostics,
  explain,
  fixesOf,
  foundBetween,
  goToFound,
  showFound
} from './diagnostics';
import type { Language } from './language';
import { renderMarkdown } from './markdown';
import { placeOf, rangeOf } from './places';
import { choices, closePopup, openPopup, popups } from './popup';
import type { Session } from './session';
import { LONG } from './session';
import type { IFix, IFound } from './tokens';

/** Milliseconds that the pointer rests before a word is explained. */
const REST = 350;
/** Milliseconds that the cursor stands before changes are looked for. */
const STAND = 400;
/** Buttons that an explanation has at most. */
const BUTTONS = 4;

type Action = Actions['actions'][number];

/** What the features stand on. */
export interface IFeaturesOptions {
  readonly session: Session;
  readonly language: Language;
  readonly manager: IDocumentManager;
  readonly rendermime: IRenderMimeRegistry | null;
  /** Completions for what is being typed. */
  readonly typing: (session: Session) => Extension;
  readonly trans: TranslationBundle;
}

/** The features of one editor. */
export class Features implements IDisposable {
  constructor(options: IFeaturesOptions) {
    this._options = options;
    const { session, language } = options;
    (session.widget.content.editor as CodeMirrorEditor).injectExtension(
      this._place.of([])
    );
    session.changed.connect(this._onChanged, this);
    session.widget.context.pathChanged.connect(this._configure, this);
    session.widget.context.saveState.connect(this._onSave, this);
    language.settingsChanged.connect(this._configure, this);
    session.widget.disposed.connect(this.dispose, this);
    this._configure();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get session(): Session {
    return this._options.session;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    this._asking?.abort();
    this._menu?.dispose();
    this._options.language.settingsChanged.disconnect(this._configure, this);
  }

  /** Moves to the next thing that was found; the editor shows its explanation there. */
  async goToProblem(forward: boolean): Promise<void> {
    const { session, trans } = this._options;
    if (session.text !== session.checkedText) {
      await session.check();
    }
    const { view } = session;
    closePopup(view);
    if (!goToFound(view, forward)) {
      announce(trans.__('No problems in this file'));
      return;
    }
    view.focus();
    const { from, to } = view.state.selection.main;
    announce(
      plain(
        foundBetween(view, from, to)
          .flatMap(({ problem }) => [problem.message, problem.hint ?? ''])
          .join(' ')
      )
    );
  }

  /** Shows what is to be said of the word at the cursor, and what is wrong with it. */
  async showDocumentation(): Promise<void> {
    const { session, rendermime, trans } = this._options;
    const { view } = session;
    const at = view.state.selection.main.from;
    const found = foundBetween(view, at, at);
    const hover = await this._ask(view.state, at, (place, signal) =>
      this._client.hover(place, signal)
    );
    const node = document.createElement('div');
    const said: string[] = [];
    for (const one of found) {
      node.append(explain(view, one, this._explained));
      said.push(one.problem.message, one.problem.hint ?? '');
    }
    let free = (): void => undefined;
    if (hover?.markdown) {
      const rendered = await renderMarkdown(rendermime, hover.markdown);
      free = () => rendered.dispose();
      node.append(rendered.node);
      said.push(rendered.node.textContent ?? '');
    }
    if (!said.length) {
      this._say(trans.__('Nothing is known of this word'));
      return;
    }
    announce(plain(said.filter(Boolean).join(' ')));
    openPopup(view, {
      at,
      label: trans.__('Documentation'),
      node,
      onClose: free
    });
  }

  /** Goes to where the word at the cursor (or at an offset) is defined. */
  async goToDefinition(
    at = this.session.view.state.selection.main.head
  ): Promise<void> {
    const { trans } = this._options;
    const spans = await this._ask(
      this.session.view.state,
      at,
      (place, signal) => this._client.definition(place, signal)
    );
    const span = spans?.spans[0];
    if (span) {
      await this._go(span);
    } else if (spans) {
      this._say(trans.__('This word is defined nowhere'));
    }
  }

  /** Lists the places that name the word at the cursor. */
  async showReferences(): Promise<void> {
    const { trans, session } = this._options;
    const { view } = session;
    const at = view.state.selection.main.head;
    const spans = await this._ask(view.state, at, (place, signal) =>
      this._client.references(place, signal)
    );
    if (!spans) {
      return;
    }
    if (!spans.spans.length) {
      this._say(trans.__('Nothing names this word'));
      return;
    }
    const label = trans._n('%1 place', '%1 places', spans.spans.length);
    const list = choices(
      spans.spans.map(span => ({
        label:
          span.path === session.path
            ? trans.__('line %1', span.line)
            : trans.__('%1, line %2', span.path, span.line),
        ...(span.path === session.path
          ? { about: view.state.doc.line(span.line).text.trim() }
          : {}),
        choose: () => {
          closePopup(view);
          void this._go(span);
        }
      })),
      label
    );
    openPopup(view, { at, label, ...list });
  }

  /** Lets the person type another name for the word at the cursor. */
  async rename(): Promise<void> {
    const { trans, session } = this._options;
    const { view } = session;
    const at = view.state.selection.main.head;
    const spans = await this._ask(view.state, at, (place, signal) =>
      this._client.references(place, signal)
    );
    if (!spans) {
      return;
    }
    const own = spans.spans
      .filter(span => span.path === session.path)
      .map(span => rangeOf(view.state.doc, span))
      .find(range => range.from <= at && at <= range.to);
    if (!own) {
      this._say(trans.__('There is no name here'));
      return;
    }
    this._askName(view, own.from, view.state.sliceDoc(own.from, own.to));
  }

  /** Puts the text into order. */
  async format(): Promise<void> {
    const { trans, session } = this._options;
    const { text } = session;
    try {
      const { edits } = await this._client.format(session.document);
      if (text !== session.text) {
        return;
      }
      if (edits.length) {
        await session.apply(edits);
      }
      announce(
        edits.length
          ? trans.__('The document is formatted')
          : trans.__('The document was in order')
      );
    } catch (error) {
      this._say(describe(error, trans));
    }
  }

  /** Opens the menu of the changes that are offered at the cursor. */
  async showActions(): Promise<void> {
    const { trans, session } = this._options;
    const { view } = session;
    const { main } = view.state.selection;
    // Nothing is chosen: all that the line has is offered.
    const { from, to } = main.empty ? view.state.doc.lineAt(main.head) : main;
    const text = session.text;
    const actions = await this._actions(from, to);
    const fixes: IFix[] = [
      ...(actions ?? []),
      ...foundBetween(view, from, to).flatMap(found => found.fixes)
    ];
    const remedies = fixesOf(fixes, fix => {
      void this._apply(fix, text);
    });
    if (!remedies.length) {
      if (actions) {
        this._say(trans.__('Nothing is offered here'));
      }
      return;
    }
    this._openMenu(view, main.head, remedies);
  }

  private get _client(): Language['client'] {
    return this._options.language.client;
  }

  /** How problems are explained in this editor. */
  private get _explained(): {
    remedies: (found: IFound) => Promise<readonly IRemedy[]>;
    trans: TranslationBundle;
  } {
    return {
      remedies: found => this._remedies(found),
      trans: this._options.trans
    };
  }

  /** The extension that the settings ask for. */
  private _configure(): void {
    const { session, language, typing } = this._options;
    const on = session.isDocument && language.isOn;
    const own = on && !language.isServed;
    session.widget.content.toggleClass('jp-EllipLab-Cwl-editor', on);
    session.view.dispatch({
      effects: this._place.reconfigure(
        on
          ? [
              popups(),
              bulb(this._options.trans, () => void this.showActions()),
              this._watcher(),
              own
                ? [
                    diagnostics(),
                    this._hovers(),
                    this._clicks(),
                    typing(session)
                  ]
                : []
            ]
          : []
      )
    });
    this._shows = own;
    this._onChanged();
  }

  private _onChanged(): void {
    const { session } = this._options;
    if (this._shows && session.checking === 'checked') {
      showFound(session.view, session.path, session.found, this._explained);
      this._lightSoon();
    }
  }

  /** Documents are put into order when they are saved, where that is wanted. */
  private _onSave(_: unknown, state: string): void {
    const { session, language } = this._options;
    if (
      state !== 'completed' ||
      !language.settings.formatOnSave ||
      !language.isOn ||
      !session.isDocument ||
      this._formatting
    ) {
      return;
    }
    this._formatting = true;
    const before = session.text;
    void this.format()
      .then(() =>
        session.text === before ? undefined : session.widget.context.save()
      )
      .finally(() => {
        this._formatting = false;
      });
  }

  /** What the pointer rests on is explained. */
  private _hovers(): Extension {
    return hoverTooltip(
      async (view, at): Promise<Tooltip | null> => {
        const hover = await this._quietly(view.state, at, (place, signal) =>
          this._client.hover(place, signal)
        );
        if (!hover?.markdown || this._isDisposed) {
          return null;
        }
        const rendered = await renderMarkdown(
          this._options.rendermime,
          hover.markdown
        );
        const range = hover.span && rangeOf(view.state.doc, hover.span);
        const dom = document.createElement('div');
        dom.className = 'jp-EllipLab-Cwl-hover';
        dom.append(rendered.node);
        return {
          pos: range?.from ?? at,
          end: range?.to ?? at,
          above: true,
          create: () => ({ dom, destroy: () => rendered.dispose() })
        };
      },
      { hoverTime: REST }
    );
  }

  /** A click with the control key goes to the definition. */
  private _clicks(): Extension {
    return EditorView.domEventHandlers({
      mousedown: (event, view) => {
        if (!(event.ctrlKey || event.metaKey) || event.button !== 0) {
          return false;
        }
        const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
        if (at === null) {
          return false;
        }
        event.preventDefault();
        void this.goToDefinition(at);
        return true;
      }
    });
  }

  /** Where the cursor stands, changes are looked for. */
  private _watcher(): Extension {
    return EditorView.updateListener.of(update => {
      if (update.selectionSet || update.docChanged) {
        this._lightSoon();
      }
    });
  }

  private _lightSoon(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this._light(), STAND);
  }

  private async _light(): Promise<void> {
    const { session } = this._options;
    if (this._isDisposed || session.text.length > LONG) {
      return;
    }
    const { view } = session;
    const line = view.state.doc.lineAt(view.state.selection.main.head);
    const text = view.state.doc;
    const found = session.found.some(
      one =>
        one.fixes.length > 0 &&
        one.problem.line === line.number &&
        (one.problem.file ?? session.path) === session.path
    );
    const offered =
      found ||
      (await this._actions(line.from, line.to, true))?.some(
        action => action.kind === 'quickfix'
      );
    if (!this._isDisposed && view.state.doc === text) {
      view.dispatch({ effects: setBulb.of(offered ? line.from : null) });
    }
  }

  /** What mends something that was found, and where it comes from. */
  private async _remedies(found: IFound): Promise<readonly IRemedy[]> {
    const { session, trans } = this._options;
    const { view } = session;
    const { problem } = found;
    const text = session.text;
    if (problem.line === null) {
      return [];
    }
    const range = rangeOf(view.state.doc, {
      line: problem.line,
      column: problem.column ?? 1,
      end_line: problem.end_line ?? problem.line,
      end_column: problem.end_column ?? problem.column ?? 1
    });
    const [actions, definition] = await Promise.all([
      this._actions(range.from, range.to, true),
      problem.severity === 'error'
        ? this._quietly(view.state, range.from, (place, signal) =>
            this._client.definition(place, signal)
          )
        : null
    ]);
    const fixes: readonly IFix[] = [
      ...(actions ?? []).filter(action => mends(action, found)),
      ...found.fixes
    ];
    const remedies = [
      ...fixesOf(fixes, fix => void this._apply(fix, text))
    ].slice(0, BUTTONS);
    const target = definition?.spans[0];
    if (
      target &&
      (target.path !== session.path || target.line !== problem.line)
    ) {
      remedies.push({
        label: trans.__('Go to %1', this._nameOf(target)),
        leads: true,
        run: () => void this._go(target)
      });
    }
    return remedies;
  }

  private _nameOf(span: Span): string {
    const { session, trans } = this._options;
    const { doc } = session.view.state;
    if (span.path !== session.path) {
      return span.path;
    }
    const { from, to } = rangeOf(doc, span);
    const text = doc.sliceString(from, to);
    return text && text.length <= 40 && !text.includes('\n')
      ? text
      : trans.__('line %1', span.line);
  }

  private async _actions(
    from: number,
    to: number,
    quiet = false
  ): Promise<readonly Action[] | null> {
    const { state } = this.session.view;
    const end = placeOf(state.doc, to);
    const ask = quiet ? this._quietly : this._ask;
    const reply = await ask.call(
      this,
      state,
      from,
      (place: TextPlace, signal: AbortSignal) =>
        this._client.actions(
          { ...place, end_line: end.line, end_column: end.column },
          signal
        )
    );
    return (reply as Actions | null)?.actions ?? null;
  }

  /** Makes a change, unless the text is another one by now. */
  private async _apply(fix: IFix, text: string): Promise<void> {
    const { session, trans } = this._options;
    if (session.text !== text) {
      this._say(trans.__('The text has changed: ask again'));
      return;
    }
    try {
      await session.apply(fix.edits);
      session.view.focus();
      await session.check();
    } catch (error) {
      this._say(describe(error, trans));
    }
  }

  private _go(span: Span): Promise<void> {
    return openAtLine(
      this._options.manager,
      span.path,
      span.line,
      span.column
    ).catch((error: unknown) => {
      this._say(describe(error, this._options.trans));
    });
  }

  /** A line for the new name. */
  private _askName(view: EditorView, at: number, name: string): void {
    const { trans, session } = this._options;
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
    hint.textContent = trans.__(
      'Enter renames it everywhere, Escape leaves it'
    );
    node.append(input, hint, about);
    const text = session.document;
    const place = placeOf(view.state.doc, at);
    node.addEventListener('submit', event => {
      event.preventDefault();
      about.textContent = '';
      void this._client
        .rename({ ...text, ...place, name: input.value })
        .then(async ({ edits }) => {
          closePopup(view);
          await this._apply({ title: '', edits }, text.text ?? '');
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

  private _openMenu(
    view: EditorView,
    at: number,
    remedies: readonly IRemedy[]
  ): void {
    this._menu?.dispose();
    const commands = new CommandRegistry();
    const menu = (this._menu = new MenuSvg({ commands }));
    remedies.forEach((remedy, index) => {
      commands.addCommand(`fix-${index}`, {
        label: plain(remedy.label),
        describedBy: { args: { type: 'object', properties: {} } },
        execute: () => remedy.run()
      });
      menu.addItem({ command: `fix-${index}` });
    });
    const place = view.coordsAtPos(at);
    menu.open(place?.left ?? 0, place?.bottom ?? 0);
    menu.activeIndex = 0;
  }

  /** Says something at the cursor, where no answer is worth a box of its own. */
  private _say(words: string): void {
    const { view } = this.session;
    const node = document.createElement('p');
    node.append(...sentence(words));
    announce(plain(words));
    openPopup(view, {
      at: view.state.selection.main.head,
      label: words,
      node
    });
  }

  /** Asks about a place; what is asked next lets go of it. An answer that does not come is told. */
  private async _ask<T>(
    state: EditorState,
    at: number,
    question: (place: TextPlace, signal: AbortSignal) => Promise<T>
  ): Promise<T | null> {
    this._asking?.abort();
    const asking = (this._asking = new AbortController());
    try {
      return await question(this._placeAt(state, at), asking.signal);
    } catch (error) {
      if (!asking.signal.aborted && !this._isDisposed) {
        this._say(describe(error, this._options.trans));
      }
      return null;
    }
  }

  /** Asks for what nobody has asked for: no answer is none. */
  private async _quietly<T>(
    state: EditorState,
    at: number,
    question: (place: TextPlace, signal: AbortSignal) => Promise<T>
  ): Promise<T | null> {
    try {
      return await question(
        this._placeAt(state, at),
        new AbortController().signal
      );
    } catch {
      return null;
    }
  }

  private _placeAt(state: EditorState, at: number): TextPlace {
    const document: DocumentText = this.session.document;
    return { ...document, ...placeOf(state.doc, at) };
  }

  private readonly _options: IFeaturesOptions;
  private readonly _place = new Compartment();
  private _isDisposed = false;
  private _shows = false;
  private _formatting = false;
  private _timer = 0;
  private _asking: AbortController | null = null;
  private _menu: MenuSvg | null = null;
}

/** Whether a change that is offered where something was found mends it. */
function mends(action: Action, { problem }: IFound): boolean {
  if (action.kind !== 'quickfix') {
    return false;
  }
  return action.problem !== null
    ? action.problem === problem.message
    : action.code === null || action.code === problem.code;
}
