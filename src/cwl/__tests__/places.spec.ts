import { EditorState, Text } from '@codemirror/state';

import type { Edit } from '../../contract';
import { byFile, changesOf, offsetOf, placeOf, rangeOf } from '../places';

const TEXT = Text.of(['id: a', 'doc: 🛰 seen', '']);

function edit(
  at: [number, number, number, number],
  text: string,
  path = 'a.cwl'
): Edit {
  const [line, column, end_line, end_column] = at;
  return { path, line, column, end_line, end_column, text };
}

describe('places', () => {
  it('counts from 1, characters and not units', () => {
    expect(offsetOf(TEXT, 1, 1)).toBe(0);
    expect(offsetOf(TEXT, 2, 6)).toBe(11);
    expect(offsetOf(TEXT, 2, 7)).toBe(13);
    expect(placeOf(TEXT, 13)).toEqual({ line: 2, column: 7 });
    for (let offset = 0; offset <= TEXT.length; offset += 1) {
      if (offset !== 12) {
        const { line, column } = placeOf(TEXT, offset);
        expect(offsetOf(TEXT, line, column)).toBe(offset);
      }
    }
  });

  it('ends where the text ends', () => {
    expect(offsetOf(TEXT, 1, 99)).toBe(5);
    expect(offsetOf(TEXT, 99, 1)).toBe(TEXT.length);
    expect(
      rangeOf(TEXT, { line: 2, column: 3, end_line: 1, end_column: 1 })
    ).toEqual({ from: 8, to: 8 });
  });

  it('makes edits changes of one step, in the order of the text', () => {
    const state = EditorState.create({ doc: TEXT });
    const changes = changesOf(TEXT, [
      edit([2, 8, 2, 12], 'heard'),
      edit([1, 5, 1, 6], 'b')
    ]);
    expect(state.update({ changes }).state.doc.toString()).toBe(
      'id: b\ndoc: 🛰 heard\n'
    );
  });

  it('sorts edits by their files', () => {
    const files = byFile([
      edit([1, 1, 1, 1], 'x'),
      edit([1, 1, 1, 1], 'y', 'b.cwl'),
      edit([2, 1, 2, 1], 'z')
    ]);
    expect([...files.keys()]).toEqual(['a.cwl', 'b.cwl']);
    expect(files.get('a.cwl')).toHaveLength(2);
  });
});
