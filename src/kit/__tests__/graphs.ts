/** Graphs as the server writes them. */
import type { Graph, GraphEdge, GraphNode } from '../../contract';

export function node(
  id: string,
  kind: GraphNode['kind'] = 'step',
  part: Partial<GraphNode> = {}
): GraphNode {
  const slash = id.lastIndexOf('/');
  return {
    id,
    kind,
    name: id.slice(slash + 1),
    label: null,
    doc: null,
    parent: slash < 0 ? null : id.slice(0, slash),
    type: kind === 'step' ? null : 'File',
    process: kind === 'step' ? 'CommandLineTool' : null,
    image: null,
    scatter: [],
    scatter_method: null,
    when: null,
    span: null,
    run: null,
    problem: null,
    ...part
  };
}

/** A link, written `crop/cropped > norm_diff/rasters`; a port is what stands behind the last slash of a step. */
export function edge(
  source: string,
  target: string,
  part: Partial<GraphEdge> = {}
): GraphEdge {
  return {
    source,
    source_port: null,
    target,
    target_port: null,
    type: 'File',
    default: false,
    ...part
  };
}

export function graph(
  nodes: readonly GraphNode[] = [],
  edges: readonly GraphEdge[] = [],
  part: Partial<Graph> = {}
): Graph {
  return {
    path: 'water.cwl',
    entry: null,
    label: null,
    processes: [],
    nodes,
    edges,
    problems: [],
    ...part
  };
}

/** Two inputs, a step that runs a workflow of two, one after it, an output. */
export function nested(): Graph {
  return graph(
    [
      node('scenes', 'input', { type: 'File[]' }),
      node('aoi', 'input', { type: 'string' }),
      node('each', 'step', {
        process: 'Workflow',
        scatter: ['scene'],
        label: 'One scene'
      }),
      node('each/scene', 'input'),
      node('each/aoi', 'input'),
      node('each/clean', 'step', { image: 'quay.io/a/gdal:3' }),
      node('each/index'),
      node('each/mask', 'output'),
      node('merge', 'step', { when: '$(inputs.all)' }),
      node('mask', 'output')
    ],
    [
      edge('scenes', 'each', { target_port: 'scene', type: 'File[]' }),
      edge('aoi', 'each', { target_port: 'aoi' }),
      edge('each/scene', 'each/clean', { target_port: 'in' }),
      edge('each/aoi', 'each/index', { target_port: 'aoi' }),
      edge('each/clean', 'each/index', {
        source_port: 'out',
        target_port: 'in'
      }),
      edge('each/index', 'each/mask', { source_port: 'out' }),
      edge('each', 'merge', {
        source_port: 'mask',
        target_port: 'masks',
        type: 'File[]'
      }),
      edge('', 'merge', { target_port: 'all', default: true }),
      edge('merge', 'mask', { source_port: 'merged' })
    ]
  );
}
