/**
 * Which row each node of a workflow stands in: inputs on top, a step below all it waits for, outputs at the bottom.
 *
 * A row takes no more than fits an eye: what is too much for it stands in the next one.
 */
import type { GraphNode } from '../../contract';

/** A link between two nodes of the same workflow. */
export interface IPair {
  readonly source: string;
  readonly target: string;
}

/** The fewest steps that a full row holds. */
const NARROW = 6;

/** The row of every node, from 0. */
export function ranksOf(
  nodes: readonly GraphNode[],
  pairs: readonly IPair[]
): Map<string, number> {
  const ranks = new Map<string, number>();
  const steps = nodes.filter(node => node.kind === 'step');
  // Boxes are twice as wide as the rows are high.
  const wide = Math.max(NARROW, Math.ceil(Math.sqrt(steps.length / 2)));
  const rows = spread(
    nodes.filter(node => node.kind === 'input'),
    0,
    wide * 2,
    ranks
  );
  const before = new Map<string, string[]>();
  for (const { source, target } of pairs) {
    before.set(target, [...(before.get(target) ?? []), source]);
  }
  const taken = new Map<number, number>();
  let last = rows - 1;
  for (const step of sorted(steps, before)) {
    let rank = rows;
    for (const source of before.get(step.id) ?? []) {
      // A step that waits for itself, by way of others, stands where it was met first.
      rank = Math.max(rank, (ranks.get(source) ?? -1) + 1);
    }
    while ((taken.get(rank) ?? 0) >= wide) {
      rank += 1;
    }
    taken.set(rank, (taken.get(rank) ?? 0) + 1);
    ranks.set(step.id, rank);
    last = Math.max(last, rank);
  }
  spread(
    nodes.filter(node => node.kind === 'output'),
    last + 1,
    wide * 2,
    ranks
  );
  return ranks;
}

/** Puts nodes into as many rows as they need; gives how many. */
function spread(
  nodes: readonly GraphNode[],
  first: number,
  wide: number,
  ranks: Map<string, number>
): number {
  const rows = Math.ceil(nodes.length / wide);
  const each = Math.ceil(nodes.length / Math.max(1, rows));
  nodes.forEach((node, number) => {
    ranks.set(node.id, first + Math.floor(number / each));
  });
  return rows;
}

/** The steps in an order that respects their links; the written one where they leave a choice. */
function sorted(
  steps: readonly GraphNode[],
  before: ReadonlyMap<string, readonly string[]>
): readonly GraphNode[] {
  const known = new Map(steps.map(step => [step.id, step]));
  const order: GraphNode[] = [];
  const met = new Set<string>();
  for (const step of steps) {
    // Without recursion: a chain may be long.
    const stack: { id: string; next: number }[] = [{ id: step.id, next: 0 }];
    if (met.has(step.id)) {
      continue;
    }
    met.add(step.id);
    while (stack.length) {
      const top = stack[stack.length - 1] as { id: string; next: number };
      const sources = before.get(top.id) ?? [];
      const source = sources[top.next];
      if (source === undefined) {
        order.push(known.get(top.id) as GraphNode);
        stack.pop();
        continue;
      }
      top.next += 1;
      if (known.has(source) && !met.has(source)) {
        met.add(source);
        stack.push({ id: source, next: 0 });
      }
    }
  }
  return order;
}
