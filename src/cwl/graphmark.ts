/**
 * The lines of an editor where the node that was chosen in the graph is written: tinted, for the cursor of an editor
 * that has no focus is not seen.
 */
import { StateEffect, StateField } from '@codemirror/state';
import type { DecorationSet } from '@codemirror/view';
import { Decoration, EditorView } from '@codemirror/view';
import type { CodeEditor } from '@jupyterlab/codeeditor';
import { CodeMirrorEditor } from '@jupyterlab/codemirror';

/** Lines, counted from 1; null for none. */
type Lines = readonly [first: number, last: number] | null;

const set = StateEffect.define<Lines>();
const tint = Decoration.line({ class: 'jp-EllipLab-Cwl-graphLine' });

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (before, change) => {
    let marks = before.map(change.changes);
    for (const effect of change.effects) {
      if (effect.is(set)) {
        const { doc } = change.state;
        const [first, last] = effect.value ?? [1, 0];
        const ranges = [];
        for (let line = first; line <= Math.min(last, doc.lines); line += 1) {
          ranges.push(tint.range(doc.line(line).from));
        }
        marks = Decoration.set(ranges);
      }
    }
    return marks;
  },
  provide: marks => EditorView.decorations.from(marks)
});

/** Tints lines of an editor, and no others; they are brought into sight. */
export function markLines(editor: CodeEditor.IEditor, lines: Lines): void {
  if (!(editor instanceof CodeMirrorEditor) || editor.isDisposed) {
    return;
  }
  const { editor: view } = editor;
  const effects: StateEffect<unknown>[] = [set.of(lines)];
  if (!view.state.field(field, false)) {
    effects.unshift(StateEffect.appendConfig.of(field));
  }
  const { doc } = view.state;
  if (lines && lines[0] <= doc.lines) {
    effects.push(
      EditorView.scrollIntoView(doc.line(lines[0]).from, {
        y: 'nearest',
        yMargin: 96
      })
    );
  }
  view.dispatch({ effects });
}
