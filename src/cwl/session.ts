/**
 * A document in an editor: looked at as it is typed, changed by edits.
 */
import type { EditorView } from '@codemirror/view';
import type { CodeMirrorEditor } from '@jupyterlab/codemirror';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type {
  DocumentRegistry,
  IDocumentWidget
} from '@jupyterlab/docregistry';
import type { FileEditor } from '@jupyterlab/fileeditor';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { DocumentText, Edit } from '../contract';
import { ProblemError } from '../kit/request';
import type { CwlClient } from './client';
import { byFile, changesOf } from './places';
import type { Checking, IFinder, IFound, IWritten } from './tokens';
import { CWL_EXTENSION } from './tokens';

/** Milliseconds without a keystroke after which a text is looked at. */
export const PAUSE = 150;
/** A text longer than this (in characters) is looked at when it is saved. */
export const LONG = 1_000_000;

/** What a session stands on. */
export interface ISessionOptions {
  readonly widget: IDocumentWidget<FileEditor>;
  readonly client: Pick<CwlClient, 'diagnose'>;
  readonly manager: IDocumentManager;
  readonly finders: () => readonly IFinder[];
  /** It is looked at while it is typed; else when it is opened and saved. */
  readonly live: () => boolean;
}

/** The session. */
export class Session implements IWritten {
  constructor(options: ISessionOptions) {
    this._options = options;
    this.widget = options.widget;
    const { context } = options.widget;
    context.pathChanged.connect(this._onPath, this);
    context.saveState.connect(this._onSave, this);
    context.model.contentChanged.connect(this._onContent, this);
    options.widget.disposed.connect(this.dispose, this);
    void context.ready.then(() => this.check());
  }

  readonly widget: IDocumentWidget<FileEditor>;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get path(): string {
    return this.widget.context.path;
  }

  get isDocument(): boolean {
    // What runs is in the workspace: a document of another drive is only looked at.
    return (
      this.path.toLowerCase().endsWith(CWL_EXTENSION) &&
      !this._options.manager.services.contents.driveName(this.path)
    );
  }

  get text(): string {
    return this.widget.content.model.sharedModel.getSource();
  }

  get document(): DocumentText {
    return { path: this.path, text: this.text };
  }

  get checking(): Checking {
    return this._checking;
  }

  get error(): unknown {
    return this._error;
  }

  get found(): readonly IFound[] {
    return this._found;
  }

  /** The text that was looked at the last time. */
  get checkedText(): string | null {
    return this._checkedText;
  }

  /** The editor below JupyterLab's. */
  get view(): EditorView {
    return (this.widget.content.editor as CodeMirrorEditor).editor;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    this._asked?.abort();
    Signal.clearData(this);
  }

  /** Looks at it again after a pause. */
  checkSoon(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this.check(), PAUSE);
  }

  async check(): Promise<void> {
    window.clearTimeout(this._timer);
    this._asked?.abort();
    const { context } = this.widget;
    if (this._isDisposed || !context.isReady) {
      return;
    }
    if (!this.isDocument) {
      this._set('waiting', [], null, null);
      return;
    }
    const asked = (this._asked = new AbortController());
    const text = this.text;
    // The file is read where the text is long: it is what was saved.
    const document: DocumentText =
      text.length > LONG ? { path: this.path } : { path: this.path, text };
    const own = this._options.client
      .diagnose(document, asked.signal)
      .then(({ problems }) =>
        problems.map(problem => ({ problem, fixes: [] }))
      );
    const others = this._options
      .finders()
      .map(finder => finder.find(document, asked.signal));
    const [first, ...more] = await Promise.allSettled([own, ...others]);
    if (asked.signal.aborted || this._isDisposed) {
      return;
    }
    const found = [first, ...more].flatMap(answer =>
      answer.status === 'fulfilled' ? answer.value : []
    );
    if (first.status === 'rejected') {
      this._set('failed', found, first.reason, text);
    } else {
      this._set('checked', once(found), null, text);
    }
  }

  /** Changes this text and other files, which are opened; each file in one step that can be undone. */
  async apply(edits: readonly Edit[]): Promise<void> {
    for (const [path, own] of byFile(edits)) {
      const widget =
        path === this.path
          ? this.widget
          : (this._options.manager.openOrReveal(path, 'Editor') as
              IDocumentWidget<FileEditor> | undefined);
      if (!widget) {
        throw new ProblemError({
          status: 0,
          kind: 'not-found',
          detail: `${path} cannot be opened`
        });
      }
      await widget.context.ready;
      change(widget, own);
    }
  }

  private _set(
    checking: Checking,
    found: readonly IFound[],
    error: unknown,
    text: string | null
  ): void {
    this._checking = checking;
    this._found = found;
    this._error = error;
    this._checkedText = text;
    this._changed.emit();
  }

  private _onPath(): void {
    void this.check();
  }

  private _onContent(): void {
    if (this._options.live() && this.text.length <= LONG) {
      this.checkSoon();
    }
  }

  private _onSave(_: unknown, state: DocumentRegistry.SaveState): void {
    // What is on disk may be what other documents see of it, and they of this one.
    if (state === 'completed') {
      void this.check();
    }
  }

  private readonly _options: ISessionOptions;
  private readonly _changed = new Signal<this, void>(this);
  private _isDisposed = false;
  private _timer = 0;
  private _asked: AbortController | null = null;
  private _checking: Checking = 'waiting';
  private _error: unknown = null;
  private _found: readonly IFound[] = [];
  private _checkedText: string | null = null;
}

/** Changes the text of an editor in one step. */
function change(
  widget: IDocumentWidget<FileEditor>,
  edits: readonly Edit[]
): void {
  const view = (widget.content.editor as CodeMirrorEditor).editor;
  const shared = widget.content.model.sharedModel as {
    undoManager?: { stopCapturing?: () => void };
  };
  // What was typed a moment ago is a step of its own, and so is what is typed next.
  shared.undoManager?.stopCapturing?.();
  view.dispatch({
    changes: changesOf(view.state.doc, edits),
    scrollIntoView: false,
    userEvent: 'input.edit'
  });
  shared.undoManager?.stopCapturing?.();
}

/** What was found twice is told once, with the fixes of both. */
function once(found: readonly IFound[]): readonly IFound[] {
  const known = new Map<string, IFound>();
  for (const one of found) {
    const { message, file, line, column } = one.problem;
    const key = JSON.stringify([message, file, line, column]);
    const before = known.get(key);
    known.set(
      key,
      before ? { ...before, fixes: [...before.fixes, ...one.fixes] } : one
    );
  }
  return [...known.values()];
}
