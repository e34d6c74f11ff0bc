/**
 * The layout of a graph, computed when its shape changes: what it says of its steps only repaints them.
 */
import * as React from 'react';

import type { Graph } from '../../contract';
import type { ILayout } from './layout';
import { loadLayout } from './layout';
import { GraphIndex } from './links';

type LayOut = Awaited<ReturnType<typeof loadLayout>>;

let loading: Promise<LayOut> | null = null;

/** What the places of nodes depend on. */
function shapeOf(
  graph: Graph,
  open: ReadonlySet<string>,
  tells: boolean
): string {
  return JSON.stringify([
    tells,
    [...open].sort(),
    graph.nodes.map(node => [
      node.id,
      node.kind,
      node.parent,
      node.process,
      // A run's step has the same size whatever is said of it.
      ...(tells
        ? []
        : [node.label, node.problem, node.image, node.scatter, node.when])
    ]),
    graph.edges.map(edge => [
      edge.source,
      edge.source_port,
      edge.target,
      edge.target_port,
      edge.type
    ])
  ]);
}

/** The layout, or null while it is being loaded; `error` when it cannot be. */
export function useLayout(
  graph: Graph,
  open: ReadonlySet<string>,
  tells: boolean
): { layout: ILayout | null; error: unknown } {
  const [layOut, setLayOut] = React.useState<LayOut | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  React.useEffect(() => {
    let wanted = true;
    loading ??= loadLayout();
    loading.then(
      loaded => wanted && setLayOut(() => loaded),
      (reason: unknown) => {
        loading = null;
        if (wanted) {
          setError(reason);
        }
      }
    );
    return () => {
      wanted = false;
    };
  }, []);
  const shape = React.useMemo(
    () => shapeOf(graph, open, tells),
    [graph, open, tells]
  );
  const placed = React.useMemo(
    () => layOut && layOut(new GraphIndex(graph), open, tells),
    // The shape is all of it that matters.
    [layOut, shape]
  );
  const layout = React.useMemo(
    () => placed && { ...placed, index: new GraphIndex(graph), open },
    [placed, graph, open]
  );
  return { layout, error };
}
