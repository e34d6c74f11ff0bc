/**
 * What an editor does with a document: explains, finds the way, renames, formats, offers changes.
 */
import type { Extension } from '@codemirror/state';
import { Compartment } from '@codemirror/state';
import type { Tooltip } from '@codemirror/view';
import { EditorView, hoverTooltip } from '@codemirror/view';
import type { CodeMirrorEditor } from '@jupyterlab/codemirror';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import { plain } from '../kit/code';
import { describe } from '../kit/notice';
import { announce } from './announce';
import { Asking } from './asking';
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
import { rangeOf } from './places';
import { choices, closePopup, openPopup, popups } from './popup';
import { Remedies } from './remedies';
import { askName } from './renaming';
import type { Session } from './session';
import { LONG } from './session';
import type { IFix, IFound } from './tokens';

/** Milliseconds that the pointer rests before a word is explained. */
const REST = 350;
/** Milliseconds that the cursor stands before changes are looked for. */
const STAND = 400;
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
    const { session, language, manager, trans } = options;
    this._asking = new Asking(session, trans);
    this._remedies = new Remedies({
      session,
      language,
      manager,
      asking: this._asking,
      trans
    });
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
    this._asking.dispose();
    this._remedies.dispose();
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
    const hover = await this._asking.ask(view.state, at, (place, signal) =>
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
      this._asking.say(trans.__('Nothing is known of this word'));
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
    const spans = await this._asking.ask(
      this.session.view.state,
      at,
      (place, signal) => this._client.definition(place, signal)
    );
    const span = spans?.spans[0];
    if (span) {
      await this._remedies.go(span);
    } else if (spans) {
      this._asking.say(trans.__('This word is defined nowhere'));
    }
  }

  /** Lists the places that name the word at the cursor. */
  async showReferences(): Promise<void> {
    const { trans, session } = this._options;
    const { view } = session;
    const at = view.state.selection.main.head;
    const spans = await this._asking.ask(view.state, at, (place, signal) =>
      this._client.references(place, signal)
    );
    if (!spans) {
      return;
    }
    if (!spans.spans.length) {
      this._asking.say(trans.__('Nothing names this word'));
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
          void this._remedies.go(span);
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
    const spans = await this._asking.ask(view.state, at, (place, signal) =>
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
      this._asking.say(trans.__('There is no name here'));
      return;
    }
    askName(view, own.from, view.state.sliceDoc(own.from, own.to), {
      session,
      client: this._client,
      remedies: this._remedies,
      trans
    });
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
      this._asking.say(describe(error, trans));
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
    const actions = await this._remedies.actions(from, to);
    const fixes: IFix[] = [
      ...(actions ?? []),
      ...foundBetween(view, from, to).flatMap(found => found.fixes)
    ];
    const remedies = fixesOf(fixes, fix => {
      void this._remedies.apply(fix, text);
    });
    if (!remedies.length) {
      if (actions) {
        this._asking.say(trans.__('Nothing is offered here'));
      }
      return;
    }
    this._remedies.openMenu(view, main.head, remedies);
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
      remedies: found => this._remedies.of(found),
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
        const hover = await this._asking.quietly(
          view.state,
          at,
          (place, signal) => this._client.hover(place, signal)
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
      (await this._remedies.actions(line.from, line.to, true))?.some(
        action => action.kind === 'quickfix'
      );
    if (!this._isDisposed && view.state.doc === text) {
      view.dispatch({ effects: setBulb.of(offered ? line.from : null) });
    }
  }

  private readonly _options: IFeaturesOptions;
  private readonly _asking: Asking;
  private readonly _remedies: Remedies;
  private readonly _place = new Compartment();
  private _isDisposed = false;
  private _shows = false;
  private _formatting = false;
  private _timer = 0;
}
