/**
 * The graph of a document as it is at the moment: it follows what is typed, and knows where the cursor is.
 */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor, IEditorTracker } from '@jupyterlab/fileeditor';
import type { Contents } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { Graph, GraphNode, Problem, Span } from '../contract';
import { openAtLine } from '../kit/document';
import type { CwlClient } from './client';
import { markLines } from './graphmark';
import { CWL_EXTENSION } from './tokens';

/** Milliseconds of quiet after which the text is looked at. */
const QUIET = 200;

type Editor = IDocumentWidget<FileEditor>;

/** What it stands on. */
export interface IDocumentGraphOptions {
  readonly client: Pick<CwlClient, 'graph'>;
  readonly documents: IDocumentManager;
  readonly editors: IEditorTracker;
  readonly path: string;
  readonly entry: string | null;
}

/** The graph of a document. */
export class DocumentGraph implements IDisposable {
  constructor(options: IDocumentGraphOptions) {
    this._options = options;
    this._path = options.path;
    this._entry = options.entry;
    this._soon = new Debouncer(() => this.refresh(), QUIET);
    const { editors, documents } = options;
    editors.forEach(editor => this._attach(editor));
    editors.widgetAdded.connect(this._onEditor, this);
    documents.services.contents.fileChanged.connect(this._onFile, this);
    void this.refresh();
  }

  /** The graph, what is wrong, or the selection has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The document has another name, or another process is drawn. */
  get moved(): ISignal<this, void> {
    return this._moved;
  }

  get path(): string {
    return this._path;
  }

  get entry(): string | null {
    return this._entry;
  }

  /** The last graph that could be drawn. */
  get graph(): Graph | null {
    return this._graph;
  }

  /** Why the text is not what the graph shows; null when it is. */
  get broken(): Problem | null {
    return this._broken;
  }

  /** Why nothing is known. */
  get error(): unknown {
    return this._error;
  }

  get selected(): string | null {
    return this._selected;
  }

  /** The editor of the document, when it is open. */
  get editor(): Editor | null {
    return this._editor;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._asked?.abort();
    this._soon.dispose();
    this._detach();
    const { editors, documents } = this._options;
    editors.widgetAdded.disconnect(this._onEditor, this);
    documents.services.contents.fileChanged.disconnect(this._onFile, this);
    Signal.clearData(this);
  }

  /** Draws another process of the document. */
  choose(entry: string): void {
    this._entry = entry;
    this._graph = null;
    this._selected = null;
    this._moved.emit();
    this._changed.emit();
    void this.refresh();
  }

  select(id: string | null): void {
    if (id !== this._selected) {
      this._mark(null);
      this._selected = id;
      this._changed.emit();
    }
  }

  /** Shows where a node is written, or the process that it runs; whoever types there goes on there. */
  async go(
    node: GraphNode,
    where: { process?: boolean; focus?: boolean } = {}
  ): Promise<void> {
    const span = where.process ? node.run : node.span;
    if (!span) {
      return;
    }
    const editor = this._editor;
    if (!editor || span.path !== this._path) {
      if (where.focus) {
        const { documents } = this._options;
        documents.openOrReveal(span.path, 'Editor', undefined, {
          mode: editor ? 'tab-after' : 'split-left',
          ...(editor ? { ref: editor.id } : {})
        });
        await openAtLine(documents, span.path, span.line, span.column);
      }
      return;
    }
    // The cursor is moved because of the selection, not the other way round.
    this._going = true;
    const position = { line: span.line - 1, column: span.column - 1 };
    editor.content.editor.setCursorPosition(position);
    this._going = false;
    this._mark([span.line, span.end_line]);
    if (where.focus) {
      editor.content.editor.focus();
    }
  }

  /** Asks for the graph of the text as it is now. */
  async refresh(): Promise<void> {
    this._asked?.abort();
    const asked = (this._asked = new AbortController());
    const model = this._editor?.context.model;
    try {
      const graph = await this._options.client.graph(
        {
          path: this._path,
          text: model ? model.toString() : null,
          entry: this._entry
        },
        asked.signal
      );
      if (!asked.signal.aborted) {
        this._take(graph);
      }
    } catch (error) {
      if (asked.signal.aborted) {
        return;
      }
      this._error = error;
      this._changed.emit();
    }
  }

  private _take(graph: Graph): void {
    this._error = null;
    const broken =
      graph.problems.find(problem => problem.severity === 'error') ?? null;
    const known = this._graph?.nodes.length;
    this._broken = broken;
    // What is being typed is often broken: what was drawn before says more than a part.
    if (!broken || !known) {
      this._graph = graph;
      this._onCursor();
    }
    this._changed.emit();
  }

  private _onEditor(_: unknown, editor: Editor): void {
    void editor.context.ready.then(() => {
      if (!this._isDisposed) {
        this._attach(editor);
      }
    });
  }

  private _attach(editor: Editor): void {
    if (
      this._editor ||
      editor.isDisposed ||
      editor.context.path !== this._path
    ) {
      return;
    }
    this._editor = editor;
    editor.context.model.contentChanged.connect(this._onText, this);
    editor.context.pathChanged.connect(this._onPath, this);
    editor.content.editor.model.selections.changed.connect(
      this._onCursor,
      this
    );
    editor.disposed.connect(this._onClosed, this);
    this._onText();
  }

  private _mark(lines: readonly [number, number] | null): void {
    if (this._editor && !this._editor.isDisposed) {
      markLines(this._editor.content.editor, lines);
    }
  }

  private _detach(): void {
    this._mark(null);
    const editor = this._editor;
    this._editor = null;
    if (!editor) {
      return;
    }
    editor.disposed.disconnect(this._onClosed, this);
    editor.context.pathChanged.disconnect(this._onPath, this);
    editor.context.model.contentChanged.disconnect(this._onText, this);
    if (!editor.content.isDisposed) {
      editor.content.editor.model.selections.changed.disconnect(
        this._onCursor,
        this
      );
    }
  }

  /** What was typed and not saved is gone with its editor. */
  private _onClosed(): void {
    this._editor = null;
    this._onText();
    this._changed.emit();
  }

  private _onText(): void {
    void this._soon.invoke();
  }

  private _onPath(_: unknown, path: string): void {
    this._path = path;
    this._moved.emit();
    void this._soon.invoke();
  }

  private _onFile(_: unknown, change: Contents.IChangedArgs): void {
    const before = change.oldValue?.path;
    const after = change.newValue?.path;
    if (change.type === 'rename' && before === this._path && after) {
      this._path = after;
      this._moved.emit();
    }
    // A file that the document runs may be another one now.
    const names = [before, after].filter((one): one is string => !!one);
    if (names.some(name => name.toLowerCase().endsWith(CWL_EXTENSION))) {
      void this._soon.invoke();
    }
  }

  private _onCursor(): void {
    const editor = this._editor;
    if (!editor || this._going || !this._graph) {
      return;
    }
    const { line, column } = editor.content.editor.getCursorPosition();
    const found = nodesAt(this._graph, this._path, line + 1, column + 1);
    this._mark(null);
    if (this._selected === null || !found.includes(this._selected)) {
      this.select(found[0] ?? null);
    }
  }

  private readonly _options: IDocumentGraphOptions;
  private readonly _soon: Debouncer;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _moved = new Signal<this, void>(this);
  private _path: string;
  private _entry: string | null;
  private _editor: Editor | null = null;
  private _asked: AbortController | null = null;
  private _graph: Graph | null = null;
  private _broken: Problem | null = null;
  private _error: unknown = null;
  private _selected: string | null = null;
  private _going = false;
  private _isDisposed = false;
}

/** The nodes that are written, or whose process is written, most closely around a place. */
export function nodesAt(
  graph: Graph,
  path: string,
  line: number,
  column: number
): readonly string[] {
  let smallest = Infinity;
  let found: string[] = [];
  for (const node of graph.nodes) {
    const sizes = [node.span, node.run]
      .filter((span): span is Span => span?.path === path)
      .filter(span => holds(span, line, column))
      .map(sizeOf);
    const size = Math.min(Infinity, ...sizes);
    if (size < smallest) {
      smallest = size;
      found = [node.id];
    } else if (size === smallest && size !== Infinity) {
      found.push(node.id);
    }
  }
  return found;
}

function holds(span: Span, line: number, column: number): boolean {
  const after =
    line > span.line || (line === span.line && column >= span.column);
  const before =
    line < span.end_line ||
    (line === span.end_line && column <= span.end_column);
  return after && before;
}

/** Lines first, then columns. */
function sizeOf(span: Span): number {
  const lines = span.end_line - span.line;
  return lines * 10_000 + (lines ? 0 : span.end_column - span.column);
}
