/**
 * Fewer crossings: neighbours in a row that are better off the other way round change places; what makes no
 * difference stands as it is written.
 */
import type { IPlace } from './columns';

/** How often all rows are looked at. */
const ROUNDS = 6;

/** A link between two places of neighbouring rows. */
export interface IThread {
  readonly source: string;
  readonly target: string;
  /** How far from the middle of its end it leaves or arrives, as a part of the width: -0.5 on the left. */
  readonly leaves?: number;
  readonly arrives?: number;
}

/** The rows in a better order; `written` is the place of a node in the document. */
export function untangled(
  rows: readonly (readonly IPlace[])[],
  pairs: readonly IThread[],
  written: ReadonlyMap<string, number>
): IPlace[][] {
  const better = rows.map(row => [...row]);
  const at = new Map<string, number>();
  type End = { readonly id: string; readonly off: number };
  const above = new Map<string, End[]>();
  const below = new Map<string, End[]>();
  for (const row of better) {
    row.forEach((place, number) => {
      at.set(place.id, number);
      above.set(place.id, []);
      below.set(place.id, []);
    });
  }
  for (const { source, target, leaves = 0, arrives = 0 } of pairs) {
    above.get(target)?.push({ id: source, off: leaves });
    below.get(source)?.push({ id: target, off: arrives });
  }
  const place = (end: End): number => (at.get(end.id) ?? 0) + end.off;
  /** How many links of the left one cross one of the right one, less those that would when they were swapped. */
  const gain = (left: string, right: string): number => {
    let sum = 0;
    for (const near of [above, below]) {
      for (const one of near.get(left) ?? []) {
        for (const other of near.get(right) ?? []) {
          sum += Math.sign(place(one) - place(other));
        }
      }
    }
    return sum;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    let changed = false;
    for (const row of better) {
      for (let number = 1; number < row.length; number += 1) {
        const left = row[number - 1] as IPlace;
        const right = row[number] as IPlace;
        const gained = gain(left.id, right.id);
        const first = written.get(left.id);
        const second = written.get(right.id);
        const asWritten =
          gained === 0 &&
          first !== undefined &&
          second !== undefined &&
          first > second;
        if (gained > 0 || asWritten) {
          row[number - 1] = right;
          row[number] = left;
          at.set(right.id, number - 1);
          at.set(left.id, number);
          changed = true;
        }
      }
    }
    if (!changed) {
      break;
    }
  }
  return better;
}
