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
  readonly node: GraphNode;
  readonly state: IGraphState | undefined;
  readonly actions: React.ReactNode;
  readonly trans: TranslationBundle;
}

/** The line. */
export function Details(props: IDetailsProps): JSX.Element {
  const { node, state, trans } = props;
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
