/**
 * One workflow laid out: dagre says in which order its nodes stand in their rows; an open sub-workflow is a box of it.
 */
import type * as DagreModule from '@dagrejs/dagre';

import type { GraphNode } from '../../contract';
import type { IPlace } from './columns';
import { columnsOf } from './columns';
import type { GraphIndex, ILink } from './links';
import type { ISize } from './measure';
import { sizeOf } from './measure';
import type { IThread } from './order';
import { untangled } from './order';
import { ranksOf } from './ranks';
import type { IPoint } from './routes';

/** dagre, which is loaded at the first layout. */
export type Dagre = typeof DagreModule;

/** A node's box; x and y are of its upper left corner. */
export interface IBox extends ISize {
  readonly x: number;
  readonly y: number;
}

/** Pixels around a graph, and around what an open step holds. */
const MARGIN = 16;
/** Pixels of the name of an open step. */
const HEADER = 40;
const ROWS = 44;
const COLUMNS = 22;

/** A workflow laid out. */
export interface IPlaced extends ISize {
  /** Relative to the upper left corner of the workflow. */
  readonly boxes: Map<string, IBox>;
  /** By source and target: the points between them. */
  readonly ways: Map<string, IPoint[]>;
}

/** The name of a pair of nodes. */
export const keyOf = (source: string, target: string): string =>
  `${source}\n${target}`;

/** Lays a workflow out: the outermost one (null), or the one that a step runs. */
export function placed(
  dagre: Dagre,
  index: GraphIndex,
  open: ReadonlySet<string>,
  tells: boolean,
  links: readonly ILink[],
  parent: string | null
): IPlaced {
  const nodes = index.inside(parent);
  const inner = new Map<string, IPlaced>();
  const sizes = new Map<string, ISize>();
  for (const node of nodes) {
    let size = sizeOf(node, index.opens(node.id), tells);
    if (open.has(node.id) && index.opens(node.id)) {
      const within = placed(dagre, index, open, tells, links, node.id);
      inner.set(node.id, within);
      size = {
        width: Math.max(size.width, within.width),
        height: within.height + HEADER - MARGIN / 2
      };
    }
    sizes.set(node.id, size);
  }
  const pairs = pairsOf(index, links, parent, inner);
  const ranks = ranksOf(nodes, pairs);
  const { graph, chains } = prepared(dagre, nodes, sizes, pairs, ranks);
  dagre.layout(graph);
  return collected(graph, nodes, sizes, inner, chains, ranks);
}

/** The links of one workflow, each pair of nodes once; what is open is left and reached where its own nodes stand. */
function pairsOf(
  index: GraphIndex,
  links: readonly ILink[],
  parent: string | null,
  inner: ReadonlyMap<string, IPlaced>
): readonly IThread[] {
  const pairs = new Map<string, IThread>();
  const off = (step: string, id: string): number => {
    const within = inner.get(step);
    const box = within?.boxes.get(id);
    return within && box ? (box.x + box.width / 2) / within.width - 0.5 : 0;
  };
  for (const { edge, ...ends } of links) {
    const { source, target } = edge;
    if (index.nodes.get(source)?.parent === parent && source !== target) {
      pairs.set(keyOf(source, target), {
        source,
        target,
        leaves: off(source, ends.source),
        arrives: off(target, ends.target)
      });
    }
  }
  return [...pairs.values()];
}

interface IPrepared {
  readonly graph: InstanceType<Dagre['graphlib']['Graph']>;
  /** By source and target: the points in the rows between them that the link passes. */
  readonly chains: Map<string, string[]>;
}

/** Makes dagre's graph; all links of a node that pass a row share one point in it. */
function prepared(
  dagre: Dagre,
  nodes: readonly GraphNode[],
  sizes: ReadonlyMap<string, ISize>,
  pairs: readonly IThread[],
  ranks: ReadonlyMap<string, number>
): IPrepared {
  const graph = new dagre.graphlib.Graph();
  // The rows are given; dagre wants one between any two, for labels.
  graph.setGraph({
    ranker: 'none' as 'longest-path',
    ranksep: ROWS,
    nodesep: COLUMNS,
    edgesep: COLUMNS,
    marginx: MARGIN,
    marginy: MARGIN
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) {
    graph.setNode(node.id, {
      ...(sizes.get(node.id) as ISize),
      rank: 2 * (ranks.get(node.id) ?? 0)
    });
  }
  const chains = new Map<string, string[]>();
  for (const { source, target, leaves, arrives } of pairs) {
    const first = ranks.get(source) ?? 0;
    const last = ranks.get(target) ?? 0;
    const chain: string[] = [];
    let at = source;
    for (let rank = first + 1; rank < last; rank += 1) {
      const point = `${source}\n${rank}`;
      if (!graph.hasNode(point)) {
        graph.setNode(point, { width: 4, height: 1, rank: 2 * rank });
        graph.setEdge(at, point, {
          weight: 2,
          ...(at === source ? { leaves } : {})
        });
      }
      chain.push(point);
      at = point;
    }
    chains.set(keyOf(source, target), chain);
    if (last > first) {
      graph.setEdge(at, target, {
        weight: 1,
        arrives,
        ...(at === source ? { leaves } : {})
      });
    }
  }
  return { graph, chains };
}

/** Takes the rows and their order that dagre has found, and puts what is open into its boxes. */
function collected(
  graph: IPrepared['graph'],
  nodes: readonly GraphNode[],
  sizes: ReadonlyMap<string, ISize>,
  inner: ReadonlyMap<string, IPlaced>,
  chains: ReadonlyMap<string, readonly string[]>,
  ranks: ReadonlyMap<string, number>
): IPlaced {
  const pairs = graph.edges().map(({ v, w }): IThread => {
    const { leaves, arrives } = graph.edge(v, w) as Partial<IThread>;
    return { source: v, target: w, leaves, arrives };
  });
  const written = new Map(nodes.map((node, number) => [node.id, number]));
  const rows = untangled(rowsOf(graph, sizes), pairs, written);
  const columns = columnsOf(rows, pairs, COLUMNS);
  let left = Infinity;
  let right = -Infinity;
  columns.forEach((x, id) => {
    const half = (sizes.get(id)?.width ?? 0) / 2;
    left = Math.min(left, x - half);
    right = Math.max(right, x + half);
  });
  const shift = MARGIN - (Number.isFinite(left) ? left : 0);
  const boxes = new Map<string, IBox>();
  const ways = new Map<string, IPoint[]>();
  const tops = new Map<number, number>();
  const ends = new Map<number, number>();
  let height = 2 * MARGIN;
  for (const node of nodes) {
    const { y } = graph.node(node.id) as { y: number };
    const x = (columns.get(node.id) ?? 0) + shift;
    const size = sizes.get(node.id) as ISize;
    const box = { x: x - size.width / 2, y: y - size.height / 2, ...size };
    boxes.set(node.id, box);
    const rank = ranks.get(node.id) ?? 0;
    tops.set(rank, Math.min(tops.get(rank) ?? Infinity, box.y));
    ends.set(rank, Math.max(ends.get(rank) ?? 0, box.y + box.height));
    height = Math.max(height, box.y + box.height + MARGIN);
    const within = inner.get(node.id);
    if (within) {
      const dx = box.x + (box.width - within.width) / 2;
      const dy = box.y + HEADER - MARGIN / 2;
      within.boxes.forEach((one, id) =>
        boxes.set(id, { ...one, x: one.x + dx, y: one.y + dy })
      );
      within.ways.forEach((way, key) =>
        ways.set(
          key,
          way.map(point => ({ x: point.x + dx, y: point.y + dy }))
        )
      );
    }
  }
  chains.forEach((chain, key) => {
    const [source = '', target = ''] = key.split('\n');
    const way: IPoint[] = [];
    const from = boxes.get(source) as IBox;
    const row = ends.get(ranks.get(source) ?? 0) ?? 0;
    if (row - from.y - from.height > 1) {
      way.push({ x: from.x + from.width / 2, y: row });
    }
    for (const point of chain) {
      const x = (columns.get(point) ?? 0) + shift;
      const rank = Number(point.slice(point.lastIndexOf('\n') + 1));
      way.push({ x, y: tops.get(rank) ?? 0 }, { x, y: ends.get(rank) ?? 0 });
    }
    ways.set(keyOf(source, target), way);
  });
  const width = columns.size ? right - left + 2 * MARGIN : 2 * MARGIN;
  return { boxes, ways, width, height };
}

/** The rows of dagre's graph, from the left to the right. */
function rowsOf(
  graph: IPrepared['graph'],
  sizes: ReadonlyMap<string, ISize>
): IPlace[][] {
  const rows = new Map<number, { place: IPlace; x: number }[]>();
  for (const id of graph.nodes()) {
    const { x, rank } = graph.node(id) as { x: number; rank: number };
    const size = sizes.get(id);
    const place = { id, width: size?.width ?? 2, passes: !size };
    rows.set(rank, [...(rows.get(rank) ?? []), { place, x }]);
  }
  return [...rows.keys()]
    .sort((one, other) => one - other)
    .map(rank =>
      (rows.get(rank) ?? [])
        .sort((one, other) => one.x - other.x)
        .map(({ place }) => place)
    );
}
