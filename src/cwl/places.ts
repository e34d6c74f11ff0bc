/**
 * Places of a document: lines and columns from 1 in characters, as the server says them, and the offsets of an editor.
 */
import type { Text } from '@codemirror/state';

import type { Edit, Span } from '../contract';

/** A place, from 1. */
export interface IPlace {
  readonly line: number;
  readonly column: number;
}

/** A change of an editor's text, in offsets. */
export interface IChange {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** The offset of a place; what lies behind the end of a line or of the text is its end. */
export function offsetOf(text: Text, line: number, column: number): number {
  if (line > text.lines) {
    return text.length;
  }
  const at = text.line(Math.max(1, line));
  let offset = 0;
  // A character beyond the first 65,536 has two units in the editor and one column.
  for (let left = column - 1; left > 0 && offset < at.length; left -= 1) {
    offset += (at.text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return at.from + offset;
}

/** The place of an offset. */
export function placeOf(text: Text, offset: number): IPlace {
  const at = text.lineAt(Math.max(0, Math.min(offset, text.length)));
  const before = at.text.slice(0, offset - at.from);
  return { line: at.number, column: Array.from(before).length + 1 };
}

/** The offsets of a stretch. */
export function rangeOf(
  text: Text,
  span: Omit<Span, 'path'>
): { from: number; to: number } {
  const from = offsetOf(text, span.line, span.column);
  return {
    from,
    to: Math.max(from, offsetOf(text, span.end_line, span.end_column))
  };
}

/** Edits as changes of one text, in its order. */
export function changesOf(text: Text, edits: readonly Edit[]): IChange[] {
  return edits
    .map(edit => ({ ...rangeOf(text, edit), insert: edit.text }))
    .sort((one, other) => one.from - other.from || one.to - other.to);
}

/** The edits of each file. */
export function byFile(edits: readonly Edit[]): Map<string, Edit[]> {
  const files = new Map<string, Edit[]>();
  for (const edit of edits) {
    files.set(edit.path, [...(files.get(edit.path) ?? []), edit]);
  }
  return files;
}
