import { Text } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { nullTranslator } from '@jupyterlab/translation';

import type { Problem } from '../../contract';
import {
  diagnostics,
  explain,
  fixesOf,
  foundBetween,
  rangeOfProblem,
  showFound
} from '../diagnostics';
import type { IFound } from '../tokens';

const trans = nullTranslator.load('ellip_lab');

function problem(part: Partial<Problem>): Problem {
  return {
    message: 'wrong',
    file: 'a.cwl',
    line: 1,
    column: 1,
    end_line: null,
    end_column: null,
    field: null,
    severity: 'error',
    hint: null,
    code: null,
    ...part
  };
}

function found(part: Partial<Problem>): IFound {
  return { problem: problem(part), fixes: [] };
}

describe('diagnostics', () => {
  const text = Text.of(['cwlVersion: v1.2', '  class: Tool  ', '']);

  it('underline what is wrong', () => {
    const range = (part: Partial<Problem>): unknown =>
      rangeOfProblem(text, 'a.cwl', problem(part));
    expect(range({ line: 1, column: 13, end_line: 1, end_column: 17 })).toEqual(
      { from: 12, to: 16 }
    );
    // Without columns the line is, without its indentation.
    expect(range({ line: 2, column: null })).toEqual({ from: 19, to: 32 });
    // What has no width is the word there.
    expect(range({ line: 2, column: 3, end_line: 2, end_column: 3 })).toEqual({
      from: 19,
      to: 24
    });
    expect(range({ line: null })).toBeNull();
    expect(range({ file: 'b.cwl' })).toBeNull();
    // A text that has become shorter meanwhile.
    expect(range({ line: 99, column: 7 })).not.toBeNull();
  });

  it('are found again by their place, the worst first', () => {
    const view = new EditorView({
      doc: text,
      extensions: [diagnostics()],
      parent: document.body
    });
    const options = { remedies: async () => [], trans };
    showFound(
      view,
      'a.cwl',
      [
        found({ severity: 'information', message: 'a hint' }),
        found({ message: 'a problem' }),
        found({ file: 'b.cwl' })
      ],
      options
    );
    expect(foundBetween(view, 3, 3).map(one => one.problem.message)).toEqual([
      'a problem',
      'a hint'
    ]);
    expect(foundBetween(view, 20, 25)).toEqual([]);
    view.destroy();
  });

  it('are explained with what mends them', async () => {
    const run = jest.fn();
    const view = new EditorView({ doc: text, parent: document.body });
    const node = explain(
      view,
      found({
        message: 'no `x` here',
        hint: 'Did you mean `y`?',
        code: 'cwl/x'
      }),
      { remedies: async () => [{ label: 'Change to `y`', run }], trans }
    );
    await Promise.resolve();
    await Promise.resolve();
    expect(node.textContent).toContain('no x here');
    expect(node.textContent).toContain('Did you mean y?');
    expect(node.textContent).toContain('cwl/x');
    const button = node.querySelector('button');
    expect(button?.textContent).toBe('Change to y');
    button?.click();
    expect(run).toHaveBeenCalledTimes(1);
    view.destroy();
  });

  it('offer what two have offered once', () => {
    const fixes = [
      { title: 'Add a label', edits: [] },
      { title: 'Add a label', edits: [] },
      { title: 'Add a doc', edits: [] }
    ];
    expect(fixesOf(fixes, () => undefined).map(one => one.label)).toEqual([
      'Add a label',
      'Add a doc'
    ]);
  });
});
