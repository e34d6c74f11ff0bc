/**
 * What is known of the selected node, in a line below the graph.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { GraphNode } from '../../contract';
import type { IGraphState } from './words';
import { factsOf, kindOf } from './words';

/** Properties of the line. */
export interface IDetailsProps {
  /** Null for none: how one is chosen. */
  readonly node: GraphNode | null;
  readonly state: IGraphState | undefined;
  readonly actions: React.ReactNode;
  readonly trans: TranslationBundle;
}

/** The line. */
export function Details(props: IDetailsProps): JSX.Element {
  const { node, state, trans } = props;
  // It is always there, and of one height: the graph must not jump under the pointer that chooses.
  if (node === null) {
    return (
      <p className="jp-EllipLab-KitGraph-details jp-EllipLab-Kit-hint">
        {trans.__(
          'Click on a node, or walk with the arrow keys: here is what is known of it.'
        )}
      </p>
    );
  }
  return (
    <section
      className="jp-EllipLab-KitGraph-details"
      aria-label={trans.__('Selected: %1', node.id)}
    >
      <strong>{node.id}</strong>
      <span className="jp-EllipLab-Kit-hint">{kindOf(node, trans)}</span>
      {props.actions}
      <div className="jp-EllipLab-KitGraph-facts">
        {[state?.text, ...factsOf(node, trans)].filter(Boolean).join(' · ')}
      </div>
      {node.doc !== null && (
        <div className="jp-EllipLab-KitGraph-doc" title={node.doc}>
          {node.doc}
        </div>
      )}
    </section>
  );
}
