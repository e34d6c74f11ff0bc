/**
 * How wide words are and how large nodes: reckoned, not measured, so that a layout needs no page.
 */
import type { GraphNode } from '../../contract';

/** The width of a letter, for text of one pixel. */
function letter(char: string): number {
  if (/[il.,:;'|!()[\]{}/ fjrt-]/.test(char)) {
    return 0.33;
  }
  if (/[mwMW@%]/.test(char)) {
    return 0.9;
  }
  if (/[A-Z_~]/.test(char)) {
    return 0.68;
  }
  return char > '\u2e80' ? 1 : 0.57;
}

/** The width of a text, in pixels. */
export function widthOf(text: string, size: number): number {
  let width = 0;
  for (const char of text) {
    width += letter(char);
  }
  return width * size;
}

/** A text that is no wider than that; what is too long loses its end (or its beginning) to an ellipsis. */
export function shortened(
  text: string,
  size: number,
  width: number,
  keep: 'start' | 'end' = 'start'
): string {
  if (widthOf(text, size) <= width) {
    return text;
  }
  const chars = Array.from(text);
  const room = width - widthOf('…', size);
  let used = 0;
  let count = 0;
  const order = keep === 'start' ? chars : [...chars].reverse();
  for (const char of order) {
    used += letter(char) * size;
    if (used > room) {
      break;
    }
    count += 1;
  }
  return keep === 'start'
    ? `${chars.slice(0, count).join('').trimEnd()}…`
    : `…${chars.slice(chars.length - count).join('')}`;
}

/** The name of an image without its registry and folders: `water-bodies:1.0`. */
export function imageName(image: string): string {
  const name = image.split('/').pop() ?? image;
  // A digest says nothing to the eye.
  return name.replace(/@sha256:([0-9a-f]{6})[0-9a-f]*$/, '@$1…');
}

/** Sizes of text, in pixels; the stylesheet has the same numbers. */
export const NAME = 13;
export const SMALL = 11;

/** The size of a node. */
export interface ISize {
  readonly width: number;
  readonly height: number;
}

/** What can be written in a step below its name. */
export interface IStepLines {
  readonly second: string | null;
  readonly third: string | null;
}

/** The lines of a step of a document. */
export function linesOf(node: GraphNode): IStepLines {
  const image = node.image === null ? null : imageName(node.image);
  const kind =
    node.process === 'CommandLineTool' || node.process === null
      ? null
      : node.process;
  const label = node.problem ?? node.label;
  const about = image ?? kind;
  return label === null
    ? { second: about, third: null }
    : { second: label, third: about };
}

/** The words in the corner of a step: what it is scattered over, and whether it depends on something. */
export function badgeOf(node: GraphNode): string {
  return [
    node.scatter.length ? `× ${node.scatter.join(' ')}` : '',
    node.when === null ? '' : 'when'
  ]
    .filter(Boolean)
    .join(' · ');
}

const MIN = 150;
const MAX = 230;

/** The size of a step; one that tells its state has two lines, and room for them. */
export function sizeOf(node: GraphNode, opens: boolean, tells: boolean): ISize {
  if (node.kind !== 'step') {
    return {
      width: Math.min(190, Math.max(56, widthOf(node.name, NAME) + 26)),
      height: 26
    };
  }
  const badge = badgeOf(node);
  const first =
    widthOf(node.name, NAME) * 1.06 +
    40 +
    (badge ? widthOf(badge, SMALL) + 14 : 0) +
    (opens ? 20 : 0);
  const lines = linesOf(node);
  const second = tells ? 0 : widthOf(lines.second ?? '', SMALL) + 42;
  const third = tells ? 0 : widthOf(lines.third ?? '', SMALL) + 42;
  return {
    width: Math.round(
      Math.min(MAX, Math.max(tells ? 216 : MIN, first, second, third))
    ),
    height: tells || lines.third === null ? 46 : 62
  };
}
