/**
 * What is said of the nodes and links of a graph: to readers, and to whoever rests the pointer on them.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Graph, GraphEdge, GraphNode, StepState } from '../../contract';

/** How a step of a run stands. */
export interface IGraphState {
  readonly state: StepState;
  /** The state in words, how long, how much: what is written in the node. */
  readonly text: string;
  /** How much of it is done, from 0 to 1; null where nobody knows, or nothing is to be shown. */
  readonly share: number | null;
  /** How many jobs it has, when they are several. */
  readonly jobs: number | null;
}

/** The kind of a node, in a word. */
export function kindOf(node: GraphNode, trans: TranslationBundle): string {
  switch (node.kind) {
    case 'input':
      return trans.__('input');
    case 'output':
      return trans.__('output');
    case 'step':
      return trans.__('step');
  }
}

/** What a node says of itself, line by line. */
export function factsOf(node: GraphNode, trans: TranslationBundle): string[] {
  const facts = [
    node.problem === null ? null : trans.__('Problem: %1', node.problem),
    node.label,
    node.type === null ? null : trans.__('Type: %1', node.type),
    node.process,
    node.image === null ? null : trans.__('Image: %1', node.image),
    node.scatter.length
      ? trans.__(
          'Scattered over %1',
          node.scatter.join(', ') +
            (node.scatter_method ? ` (${node.scatter_method})` : '')
        )
      : null,
    node.when === null ? null : trans.__('Only when %1', node.when)
  ];
  return facts.filter((fact): fact is string => !!fact);
}

/** The name of a node to a reader: the id first, then how it stands. */
export function nameOf(
  node: GraphNode,
  state: IGraphState | undefined,
  trans: TranslationBundle
): string {
  if (node.kind === 'step') {
    return [node.id, state?.text ?? factsOf(node, trans).slice(0, 2).join(', ')]
      .filter(Boolean)
      .join(' ');
  }
  return [kindOf(node, trans), node.id, node.type, node.problem]
    .filter(Boolean)
    .join(' ');
}

/** What a link says of itself: `crop/cropped → norm_diff/rasters: File[]`. */
export function linkText(edge: GraphEdge): string {
  const end = (node: string, port: string | null): string =>
    port === null ? node : `${node}/${port}`;
  const ends = `${end(edge.source, edge.source_port)} → ${end(edge.target, edge.target_port)}`;
  return edge.type === null ? ends : `${ends}: ${edge.type}`;
}

/** The graph as a list of sentences: every node, and what it depends on. */
export function sentencesOf(
  graph: Graph,
  states: ReadonlyMap<string, IGraphState> | undefined,
  trans: TranslationBundle
): readonly { id: string; text: string }[] {
  const before = new Map<string, string[]>();
  for (const edge of graph.edges) {
    if (!edge.default) {
      const known = before.get(edge.target) ?? [];
      if (!known.includes(edge.source)) {
        known.push(edge.source);
      }
      before.set(edge.target, known);
    }
  }
  return graph.nodes.map(node => {
    const sources = before.get(node.id) ?? [];
    const about = [
      `${kindOf(node, trans)} ${node.id}`,
      states?.get(node.id)?.text,
      ...factsOf(node, trans)
    ].filter(Boolean);
    const text = about.join(', ');
    return {
      id: node.id,
      text: sources.length
        ? trans.__('%1; depends on %2', text, sources.join(', '))
        : node.kind === 'input'
          ? text
          : trans.__('%1; depends on nothing', text)
    };
  });
}
