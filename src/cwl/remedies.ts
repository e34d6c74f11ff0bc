/**
 * What mends a document, or leads on from a place in it: changes that are offered, and their menu.
 */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { TranslationBundle } from '@jupyterlab/translation';
import { MenuSvg } from '@jupyterlab/ui-components';
import type { EditorView } from '@codemirror/view';
import { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';

import type { Actions, Span } from '../contract';
import { plain } from '../kit/code';
import { openAtLine } from '../kit/document';
import { describe } from '../kit/notice';
import type { Asking, Question } from './asking';
import type { IRemedy } from './diagnostics';
import { fixesOf } from './diagnostics';
import type { Language } from './language';
import { placeOf, rangeOf } from './places';
import type { Session } from './session';
import type { IFix, IFound } from './tokens';

/** Buttons that an explanation has at most. */
const BUTTONS = 4;

type Action = Actions['actions'][number];

/** What the remedies stand on. */
export interface IRemediesOptions {
  readonly session: Session;
  readonly language: Language;
  readonly manager: IDocumentManager;
  readonly asking: Asking;
  readonly trans: TranslationBundle;
}

/** The remedies of one editor. */
export class Remedies implements IDisposable {
  constructor(options: IRemediesOptions) {
    this._options = options;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._menu?.dispose();
  }

  /** What mends something that was found, and where it comes from. */
  async of(found: IFound): Promise<readonly IRemedy[]> {
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
      this.actions(range.from, range.to, true),
      problem.severity === 'error'
        ? this._options.asking.quietly(
            view.state,
            range.from,
            (place, signal) =>
              this._options.language.client.definition(place, signal)
          )
        : null
    ]);
    const fixes: readonly IFix[] = [
      ...(actions ?? []).filter(action => mends(action, found)),
      ...found.fixes
    ];
    const remedies = [
      ...fixesOf(fixes, fix => void this.apply(fix, text))
    ].slice(0, BUTTONS);
    const target = definition?.spans[0];
    if (
      target &&
      (target.path !== session.path || target.line !== problem.line)
    ) {
      remedies.push({
        label: trans.__('Go to %1', this._nameOf(target)),
        leads: true,
        run: () => void this.go(target)
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

  /** The changes that are offered for a stretch; null when there was no answer. */
  async actions(
    from: number,
    to: number,
    quiet = false
  ): Promise<readonly Action[] | null> {
    const { asking, language, session } = this._options;
    const { state } = session.view;
    const end = placeOf(state.doc, to);
    const question: Question<Actions> = (place, signal) =>
      language.client.actions(
        { ...place, end_line: end.line, end_column: end.column },
        signal
      );
    const reply = quiet
      ? await asking.quietly(state, from, question)
      : await asking.ask(state, from, question);
    return reply?.actions ?? null;
  }

  /** Makes a change, unless the text is another one by now. */
  async apply(fix: IFix, text: string): Promise<void> {
    const { session, trans } = this._options;
    if (session.text !== text) {
      this._options.asking.say(trans.__('The text has changed: ask again'));
      return;
    }
    try {
      await session.apply(fix.edits);
      session.view.focus();
      await session.check();
    } catch (error) {
      this._options.asking.say(describe(error, trans));
    }
  }

  /** Opens a file at a place. */
  go(span: Span): Promise<void> {
    return openAtLine(
      this._options.manager,
      span.path,
      span.line,
      span.column
    ).catch((error: unknown) => {
      this._options.asking.say(describe(error, this._options.trans));
    });
  }

  /** Opens a menu of them at a place. */
  openMenu(view: EditorView, at: number, remedies: readonly IRemedy[]): void {
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

  private readonly _options: IRemediesOptions;
  private _menu: MenuSvg | null = null;
  private _isDisposed = false;
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
