/**
 * Where the nodes of each row stand from left to right: in the order that dagre has found, each as near as can be to
 * what it is linked with.
 *
 * dagre's own columns drift apart where long links pass many rows.
 */

/** Something that takes room in a row: a node, or a link that passes. */
export interface IPlace {
  readonly id: string;
  readonly width: number;
  /** A link that passes: it is kept straight. */
  readonly passes: boolean;
}

/** How often the rows are looked at, from above and from below. */
const ROUNDS = 30;
/** Pixels by which a chain may be moved to be straight. */
const SLANT = 16;

/** The middle of every place. */
export function columnsOf(
  rows: readonly (readonly IPlace[])[],
  pairs: readonly { readonly source: string; readonly target: string }[],
  gap: number
): Map<string, number> {
  const places = new Map<string, IPlace>();
  const near = new Map<string, { id: string; weight: number }[]>();
  const at = new Map<string, number>();
  const rowOf = new Map<string, readonly IPlace[]>();
  for (const row of rows) {
    let x = 0;
    for (const place of row) {
      places.set(place.id, place);
      rowOf.set(place.id, row);
      near.set(place.id, []);
      at.set(place.id, x + place.width / 2);
      x += place.width + gap;
    }
    // Every row begins in the middle.
    row.forEach(place =>
      at.set(place.id, (at.get(place.id) ?? 0) - (x - gap) / 2)
    );
  }
  const leaving = new Map<string, number>();
  const coming = new Map<string, number>();
  for (const { source, target } of pairs) {
    leaving.set(source, (leaving.get(source) ?? 0) + 1);
    coming.set(target, (coming.get(target) ?? 0) + 1);
  }
  for (const { source, target } of pairs) {
    const passes =
      Number(places.get(source)?.passes) + Number(places.get(target)?.passes);
    // What passes is kept straight, and so is a chain.
    const chained = leaving.get(source) === 1 && coming.get(target) === 1;
    const weight = passes === 2 ? 12 : passes === 1 ? 2 : chained ? 12 : 3;
    near.get(source)?.push({ id: target, weight });
    near.get(target)?.push({ id: source, weight });
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = round % 2 ? [...rows].reverse() : rows;
    for (const row of order) {
      settle(row, near, at, gap);
    }
  }
  for (const { source, target } of pairs) {
    if (leaving.get(source) === 1 && coming.get(target) === 1) {
      straighten(source, target);
    }
  }
  return at;

  /** Puts the end of a chain below its beginning, where that is a small step and there is room for it. */
  function straighten(source: string, target: string): void {
    const from = at.get(source) ?? 0;
    const to = at.get(target) ?? 0;
    const row = rowOf.get(target) ?? [];
    const number = row.findIndex(place => place.id === target);
    const free = [row[number - 1], row[number + 1]].every(
      beside =>
        !beside ||
        Math.abs((at.get(beside.id) ?? 0) - from) >=
          (beside.width + (places.get(target)?.width ?? 0)) / 2 + gap / 2
    );
    if (Math.abs(from - to) < SLANT && free) {
      at.set(target, from);
    }
  }
}

interface IBlock {
  weight: number;
  sum: number;
  count: number;
}

/** Moves the places of a row to where they want to be, as far as they leave room for one another. */
function settle(
  row: readonly IPlace[],
  near: ReadonlyMap<string, readonly { id: string; weight: number }[]>,
  at: Map<string, number>,
  gap: number
): void {
  // What remains when the room between neighbours is taken out must not fall: neighbours that want to pass one
  // another are put together where they want to be on the average.
  const blocks: IBlock[] = [];
  const offsets: number[] = [];
  let offset = 0;
  row.forEach((place, number) => {
    const before = row[number - 1];
    if (before) {
      offset += (before.width + place.width) / 2 + gap;
    }
    offsets.push(offset);
    let weight = 0;
    let sum = 0;
    for (const one of near.get(place.id) ?? []) {
      weight += one.weight;
      sum += one.weight * (at.get(one.id) ?? 0);
    }
    if (!weight) {
      weight = 0.1;
      sum = weight * (at.get(place.id) ?? 0);
    }
    let block = { weight, sum: sum - weight * offset, count: 1 };
    for (
      let last = blocks[blocks.length - 1];
      last && last.sum / last.weight > block.sum / block.weight;
      last = blocks[blocks.length - 1]
    ) {
      blocks.pop();
      block = {
        weight: last.weight + block.weight,
        sum: last.sum + block.sum,
        count: last.count + block.count
      };
    }
    blocks.push(block);
  });
  let number = 0;
  for (const block of blocks) {
    for (let one = 0; one < block.count; one += 1) {
      const place = row[number] as IPlace;
      at.set(place.id, block.sum / block.weight + (offsets[number] ?? 0));
      number += 1;
    }
  }
}
