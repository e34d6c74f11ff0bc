import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor } from '@jupyterlab/fileeditor';
import { Signal } from '@lumino/signaling';

import type { Diagnosis, Problem } from '../../contract';
import type { CwlClient } from '../client';
import { Language } from '../language';
import { LONG, PAUSE } from '../session';

jest.useFakeTimers();

/** An editor as far as a session looks at it. */
class Editor {
  constructor(path: string, text: string) {
    this.context.path = path;
    this.view = new EditorView({ state: EditorState.create({ doc: text }) });
    this.content = {
      editor: { editor: this.view },
      model: {
        sharedModel: { getSource: () => this.view.state.doc.toString() }
      }
    };
  }

  readonly disposed = new Signal<this, void>(this);
  readonly view: EditorView;
  readonly content: object;
  readonly context = {
    path: '',
    isReady: true,
    ready: Promise.resolve(),
    pathChanged: new Signal<object, string>({}),
    saveState: new Signal<object, string>({}),
    model: { contentChanged: new Signal<object, void>({}) }
  };

  type(text: string): void {
    this.view.dispatch({ changes: { from: 0, insert: text } });
    this.context.model.contentChanged.emit();
  }
}

function problem(message: string): Problem {
  return {
    message,
    file: 'a.cwl',
    line: 1,
    column: 1,
    end_line: 1,
    end_column: 2,
    field: null,
    severity: 'error',
    hint: null,
    code: null
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await Promise.resolve();
  }
}

function start(
  path = 'a.cwl',
  text = 'class: X'
): {
  editor: Editor;
  language: Language;
  diagnose: jest.Mock<Promise<Diagnosis>>;
} {
  const diagnose = jest.fn(async (): Promise<Diagnosis> => ({
    valid: true,
    version: 'v1.2',
    problems: []
  }));
  const manager = {
    services: {
      contents: { driveName: (at: string) => at.split(':')[1] && 'store' }
    }
  } as unknown as IDocumentManager;
  const language = new Language({
    client: { diagnose } as unknown as CwlClient,
    manager,
    served: false
  });
  return { editor: new Editor(path, text), language, diagnose };
}

const widgetOf = (editor: Editor): IDocumentWidget<FileEditor> =>
  editor as unknown as IDocumentWidget<FileEditor>;

describe('a document in an editor', () => {
  it('is looked at when typing pauses, and what was asked before is let go of', async () => {
    const { editor, language, diagnose } = start();
    const session = language.of(widgetOf(editor));
    await settle();
    expect(diagnose).toHaveBeenCalledTimes(1);
    expect(session.checking).toBe('checked');
    editor.type('a');
    editor.type('b');
    jest.advanceTimersByTime(PAUSE - 1);
    expect(diagnose).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1);
    expect(diagnose).toHaveBeenCalledTimes(2);
    const [document, signal] = diagnose.mock.calls[1] as unknown as [
      { text: string },
      AbortSignal
    ];
    expect(document.text).toBe('baclass: X');
    editor.type('c');
    jest.advanceTimersByTime(PAUSE);
    expect(signal.aborted).toBe(true);
    session.dispose();
  });

  it('tells what others find as well, each thing once', async () => {
    const { editor, language, diagnose } = start();
    diagnose.mockResolvedValue({
      valid: false,
      version: null,
      problems: [problem('wrong')]
    });
    const changed = new Signal<never, void>({} as never);
    language.addFinder({
      id: 'rules',
      changed,
      find: async () => [
        { problem: problem('wrong'), fixes: [{ title: 'mend', edits: [] }] },
        { problem: problem('rule'), fixes: [] }
      ]
    });
    const session = language.of(widgetOf(editor));
    await settle();
    expect(session.found.map(one => one.problem.message)).toEqual([
      'wrong',
      'rule'
    ]);
    expect(session.found[0]?.fixes).toHaveLength(1);
  });

  it('keeps what others find when the check fails, and says why', async () => {
    const { editor, language, diagnose } = start();
    diagnose.mockRejectedValue(new Error('no worker'));
    const session = language.of(widgetOf(editor));
    await settle();
    expect(session.checking).toBe('failed');
    expect(session.error).toEqual(new Error('no worker'));
  });

  it('is read from its file where it is long, when it is saved', async () => {
    const { editor, language, diagnose } = start('a.cwl', 'x'.repeat(LONG));
    language.of(widgetOf(editor));
    await settle();
    editor.type('y');
    jest.advanceTimersByTime(PAUSE);
    expect(diagnose).toHaveBeenCalledTimes(1);
    editor.context.saveState.emit('completed');
    await settle();
    expect(diagnose).toHaveBeenCalledTimes(2);
    expect(diagnose.mock.calls[1]).toEqual([
      { path: 'a.cwl' },
      expect.anything()
    ]);
  });

  it('is none on another drive, or of another kind', async () => {
    for (const path of ['notes.yml', 's3:a.cwl']) {
      const { editor, language, diagnose } = start(path);
      expect(language.of(widgetOf(editor)).isDocument).toBe(false);
      await settle();
      expect(diagnose).not.toHaveBeenCalled();
    }
  });

  it('is changed in one step', async () => {
    const { editor, language } = start('a.cwl', 'id: a\nrun: a');
    const session = language.of(widgetOf(editor));
    await session.apply([
      {
        path: 'a.cwl',
        line: 2,
        column: 6,
        end_line: 2,
        end_column: 7,
        text: 'b'
      },
      {
        path: 'a.cwl',
        line: 1,
        column: 5,
        end_line: 1,
        end_column: 6,
        text: 'b'
      }
    ]);
    expect(session.text).toBe('id: b\nrun: b');
  });

  it('leaves to a language server what it does', () => {
    const language = new Language({
      client: {} as CwlClient,
      manager: {} as IDocumentManager,
      served: true
    });
    expect(language.isServed).toBe(true);
    language.settings = { ...language.settings, features: 'on' };
    expect(language.isServed).toBe(false);
  });
});
