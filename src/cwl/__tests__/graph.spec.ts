/** The graph of a document that follows its editor. */
import { Signal } from '@lumino/signaling';

import type { Graph, Problem, Span } from '../../contract';
import { graph, node } from '../../kit/__tests__/graphs';
import type { IDocumentGraphOptions } from '../graphmodel';
import { DocumentGraph, nodesAt } from '../graphmodel';

const span = (line: number, end: number, path = 'a.cwl'): Span => ({
  path,
  line,
  column: 3,
  end_line: end,
  end_column: 20
});

const DRAWN = graph([
  node('x', 'input', { span: span(2, 2) }),
  node('sub', 'step', { span: span(4, 9), run: span(20, 40) }),
  node('sub/one', 'step', { span: span(22, 25) }),
  node('again', 'step', { span: span(10, 15), run: span(20, 40) }),
  node('again/one', 'step', { span: span(22, 25) }),
  node('far', 'step', { span: span(16, 17), run: span(1, 99, 'b.cwl') })
]);

describe('the node at a place', () => {
  it('is the one written most closely around it', () => {
    expect(nodesAt(DRAWN, 'a.cwl', 2, 5)).toEqual(['x']);
    expect(nodesAt(DRAWN, 'a.cwl', 2, 2)).toEqual([]);
    expect(nodesAt(DRAWN, 'a.cwl', 2, 21)).toEqual([]);
    expect(nodesAt(DRAWN, 'a.cwl', 5, 1)).toEqual(['sub']);
    expect(nodesAt(DRAWN, 'a.cwl', 30, 1)).toEqual(['sub', 'again']);
    expect(nodesAt(DRAWN, 'a.cwl', 23, 1)).toEqual(['sub/one', 'again/one']);
    expect(nodesAt(DRAWN, 'b.cwl', 50, 1)).toEqual(['far']);
    expect(nodesAt(DRAWN, 'a.cwl', 90, 1)).toEqual([]);
  });
});

/** An editor as far as the graph knows it. */
class FakeEditor {
  constructor(path: string) {
    this.context.path = path;
  }
  readonly id = 'editor';
  isDisposed = false;
  readonly disposed = new Signal<this, void>(this);
  text = 'class: Workflow';
  cursor = { line: 0, column: 0 };
  readonly moved: { line: number; column: number }[] = [];
  readonly contentChanged = new Signal<this, void>(this);
  readonly pathChanged = new Signal<this, string>(this);
  readonly selected = new Signal<this, void>(this);
  readonly context = {
    path: '',
    ready: Promise.resolve(),
    pathChanged: this.pathChanged,
    model: { contentChanged: this.contentChanged, toString: () => this.text }
  };
  readonly content = {
    isDisposed: false,
    editor: {
      model: { selections: { changed: this.selected } },
      getCursorPosition: () => this.cursor,
      setCursorPosition: (place: { line: number; column: number }) => {
        this.moved.push(place);
        this.cursor = place;
        this.selected.emit();
      },
      focus: () => undefined
    }
  };
  put(line: number): void {
    this.cursor = { line: line - 1, column: 5 };
    this.selected.emit();
  }
}

const PROBLEM: Problem = {
  message: 'no YAML',
  file: 'a.cwl',
  line: 3,
  column: 1,
  end_line: null,
  end_column: null,
  field: null,
  severity: 'error',
  hint: null,
  code: null
};

describe('the graph of a document', () => {
  const editor = new FakeEditor('a.cwl');
  const added = new Signal<object, FakeEditor>({});
  const files = new Signal<object, object>({});
  const asked: { path: string; text: string | null; signal: AbortSignal }[] =
    [];
  let reply: () => Promise<Graph>;
  let model: DocumentGraph;

  const make = (editors: FakeEditor[]): DocumentGraph =>
    new DocumentGraph({
      client: {
        graph: (
          query: { path: string; text: string | null },
          signal: AbortSignal
        ) => {
          asked.push({ ...query, signal });
          return reply();
        }
      },
      documents: { services: { contents: { fileChanged: files } } },
      editors: {
        forEach: (each: (one: FakeEditor) => void) => editors.forEach(each),
        widgetAdded: added
      },
      path: 'a.cwl',
      entry: null
    } as unknown as IDocumentGraphOptions);

  const settle = async (ms = 300): Promise<void> => {
    await jest.advanceTimersByTimeAsync(ms);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    asked.length = 0;
    editor.moved.length = 0;
    editor.context.path = 'a.cwl';
    reply = () => Promise.resolve(DRAWN);
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  it('waits until nobody types, and forgets what it asked before', async () => {
    model = make([editor]);
    await settle();
    asked.length = 0;
    for (const text of ['a', 'ab', 'abc']) {
      editor.text = text;
      editor.contentChanged.emit();
      await settle(50);
    }
    expect(asked).toHaveLength(0);
    reply = () => new Promise(() => undefined);
    await settle(250);
    expect(asked.map(one => one.text)).toEqual(['abc']);
    editor.contentChanged.emit();
    await settle();
    expect(asked).toHaveLength(2);
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(asked[1]?.signal.aborted).toBe(false);
  });

  it('keeps the last good graph while the text is broken, and says so', async () => {
    model = make([editor]);
    await settle();
    expect(model.graph).toBe(DRAWN);
    expect(model.broken).toBeNull();
    reply = () =>
      Promise.resolve(graph([node('x')], [], { problems: [PROBLEM] }));
    editor.contentChanged.emit();
    await settle();
    expect(model.graph).toBe(DRAWN);
    expect(model.broken).toBe(PROBLEM);
    const mended = graph([node('y')]);
    reply = () => Promise.resolve(mended);
    editor.contentChanged.emit();
    await settle();
    expect(model.graph).toBe(mended);
    expect(model.broken).toBeNull();
  });

  it('selects what the cursor is in, and moves the cursor to what is selected', async () => {
    model = make([editor]);
    await settle();
    editor.put(5);
    expect(model.selected).toBe('sub');
    editor.put(90);
    expect(model.selected).toBeNull();
    // Two nodes are written there: the one that was chosen stays.
    const again = DRAWN.nodes.find(one => one.id === 'again/one');
    model.select('again/one');
    await model.go(again as NonNullable<typeof again>);
    expect(editor.moved).toEqual([{ line: 21, column: 2 }]);
    expect(model.selected).toBe('again/one');
    editor.put(24);
    expect(model.selected).toBe('again/one');
  });

  it('goes on without its editor, and finds it again', async () => {
    model = make([]);
    await settle();
    expect(asked.pop()).toMatchObject({ text: null });
    added.emit(editor);
    await settle();
    expect(model.editor).toBe(editor);
    expect(asked.pop()).toMatchObject({ text: editor.text });
    editor.disposed.emit();
    await settle();
    expect(model.editor).toBeNull();
    expect(asked.pop()).toMatchObject({ text: null });
  });

  it('follows its file to another name', async () => {
    model = make([editor]);
    await settle();
    const told: string[] = [];
    model.moved.connect(() => told.push(model.path));
    editor.context.path = 'b.cwl';
    editor.pathChanged.emit('b.cwl');
    await settle();
    expect(asked.pop()).toMatchObject({ path: 'b.cwl' });
    files.emit({
      type: 'rename',
      oldValue: { path: 'b.cwl' },
      newValue: { path: 'c.cwl' }
    });
    await settle();
    expect(asked.pop()).toMatchObject({ path: 'c.cwl' });
    expect(told).toEqual(['b.cwl', 'c.cwl']);
  });

  it('tells why it knows nothing', async () => {
    reply = () => Promise.reject(new Error('gone'));
    model = make([]);
    await settle();
    expect(model.graph).toBeNull();
    expect(String(model.error)).toContain('gone');
  });
});
