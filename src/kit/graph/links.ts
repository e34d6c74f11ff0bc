/**
 * What of a graph is drawn, given which sub-workflows are open: its nodes, its links, and what hangs on what.
 */
import type { Graph, GraphEdge, GraphNode } from '../../contract';

/** A link as it is drawn: from one visible node to another. */
export interface ILink {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly edge: GraphEdge;
}

/** A graph that is easy to ask. */
export class GraphIndex {
  constructor(readonly graph: Graph) {
    for (const node of graph.nodes) {
      this.nodes.set(node.id, node);
      const siblings = this._inside.get(node.parent) ?? [];
      siblings.push(node);
      this._inside.set(node.parent, siblings);
    }
  }

  readonly nodes = new Map<string, GraphNode>();

  /** The nodes of a workflow: of the outermost one (null), or of the one that a step runs. */
  inside(parent: string | null): readonly GraphNode[] {
    return this._inside.get(parent) ?? [];
  }

  /** Whether a step runs a workflow that can be opened. */
  opens(id: string): boolean {
    return this._inside.has(id);
  }

  /** The steps a node is inside of, the innermost first. */
  around(id: string): string[] {
    const found: string[] = [];
    let parent = this.nodes.get(id)?.parent ?? null;
    while (parent !== null && !found.includes(parent)) {
      found.push(parent);
      parent = this.nodes.get(parent)?.parent ?? null;
    }
    return found;
  }

  /** Whether a node is drawn. */
  shows(id: string, open: ReadonlySet<string>): boolean {
    return this.nodes.has(id) && this.around(id).every(one => open.has(one));
  }

  /** The links that are drawn: those of an open sub-workflow lead to its inputs and come from its outputs. */
  links(open: ReadonlySet<string>): readonly ILink[] {
    const links: ILink[] = [];
    this.graph.edges.forEach((edge, number) => {
      if (
        edge.default ||
        !this.shows(edge.source, open) ||
        !this.shows(edge.target, open)
      ) {
        return;
      }
      links.push({
        id: String(number),
        source: this._port(edge.source, edge.source_port, 'output', open),
        target: this._port(edge.target, edge.target_port, 'input', open),
        edge
      });
    });
    return links;
  }

  private _port(
    id: string,
    port: string | null,
    kind: 'input' | 'output',
    open: ReadonlySet<string>
  ): string {
    if (port === null || !open.has(id)) {
      return id;
    }
    const inner = this.inside(id).find(
      node => node.kind === kind && node.name === port
    );
    return inner?.id ?? id;
  }

  private readonly _inside = new Map<string | null, GraphNode[]>();
}

/** Where a trace leads. */
export type Direction = 'up' | 'down';

/** What a node depends on (up) or what depends on it (down), itself included; so are the boxes they are in. */
export function traced(
  index: GraphIndex,
  links: readonly ILink[],
  from: string,
  directions: readonly Direction[]
): ReadonlySet<string> {
  const found = new Set<string>([from]);
  for (const direction of directions) {
    const next = new Map<string, string[]>();
    for (const link of links) {
      const [key, value] =
        direction === 'down'
          ? [link.source, link.target]
          : [link.target, link.source];
      next.set(key, [...(next.get(key) ?? []), value]);
    }
    const todo = [from];
    const seen = new Set(todo);
    while (todo.length) {
      const id = todo.pop() as string;
      for (const one of next.get(id) ?? []) {
        if (!seen.has(one)) {
          seen.add(one);
          todo.push(one);
        }
      }
    }
    seen.forEach(id => found.add(id));
  }
  for (const id of [...found]) {
    index.around(id).forEach(box => found.add(box));
  }
  // What an open box holds belongs to it.
  if (index.opens(from)) {
    for (const id of index.nodes.keys()) {
      if (index.around(id).includes(from)) {
        found.add(id);
      }
    }
  }
  return found;
}

/** The nodes that a search finds, in the order of the document. */
export function matching(graph: Graph, text: string): readonly string[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) {
    return [];
  }
  return graph.nodes
    .filter(node => {
      const hay = [
        node.id,
        node.label,
        node.type,
        node.process,
        node.image,
        node.kind
      ]
        .join(' ')
        .toLowerCase();
      return words.every(word => hay.includes(word));
    })
    .map(node => node.id);
}
