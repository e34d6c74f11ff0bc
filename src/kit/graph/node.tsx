/**
 * A node of the graph, drawn: a pill for an input or output, a box for a step, a frame for one that is open.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { GraphNode } from '../../contract';
import { toneOf } from '../state';
import type { IBox } from './layout';
import { badgeOf, linesOf, NAME, shortened, SMALL, widthOf } from './measure';
import type { IGraphState } from './words';
import { factsOf, nameOf } from './words';

/** Properties of a node. */
export interface INodeProps {
  readonly node: GraphNode;
  readonly box: IBox;
  readonly state: IGraphState | undefined;
  /** Runs a workflow that can be opened. */
  readonly opens: boolean;
  readonly open: boolean;
  readonly selected: boolean;
  readonly dim: boolean;
  /** The one that Tab reaches. */
  readonly current: boolean;
  readonly trans: TranslationBundle;
}

/** The node; it is painted again when what it shows has changed, and never else. */
export const Node = React.memo(NodeBox, (before, after) => {
  const { state: was, ...rest } = before;
  const { state: is, ...now } = after;
  return (
    (Object.keys(rest) as (keyof typeof rest)[]).every(
      key => rest[key] === now[key]
    ) &&
    was?.state === is?.state &&
    was?.text === is?.text &&
    was?.share === is?.share &&
    was?.jobs === is?.jobs
  );
});

function NodeBox(props: INodeProps): JSX.Element {
  const { node, box, state, trans } = props;
  const tone = state
    ? toneOf(state.state)
    : node.problem === null
      ? 'plain'
      : 'failed';
  const classes = [
    'jp-EllipLab-KitGraph-node',
    `jp-mod-${node.kind}`,
    `jp-mod-${tone}`,
    props.selected ? 'jp-mod-selected' : '',
    props.dim ? 'jp-mod-dim' : '',
    props.open ? 'jp-mod-open' : ''
  ];
  return (
    <g
      className={classes.filter(Boolean).join(' ')}
      data-node={node.id}
      transform={`translate(${box.x} ${box.y})`}
      role="button"
      tabIndex={props.current ? 0 : -1}
      aria-pressed={props.selected}
      aria-expanded={props.opens ? props.open : undefined}
      aria-label={nameOf(node, state, trans)}
    >
      <title>
        {[node.id, state?.text, ...factsOf(node, trans)]
          .filter(Boolean)
          .join('\n')}
      </title>
      {node.kind === 'step' ? <Step {...props} /> : <Pill {...props} />}
    </g>
  );
}

function Pill(props: INodeProps): JSX.Element {
  const { node, box } = props;
  return (
    <>
      <rect width={box.width} height={box.height} rx={box.height / 2} />
      <text x={box.width / 2} y={17.5} textAnchor="middle">
        {shortened(node.name, NAME, box.width - 20)}
      </text>
    </>
  );
}

/** The room for an open or closed mark. */
const MARK = 22;

function Step(props: INodeProps): JSX.Element {
  const { node, box, state, opens, open } = props;
  const lines = linesOf(node);
  const badge =
    state !== undefined && state.jobs !== null
      ? [`${state.jobs} ×`, node.when === null ? '' : 'when']
          .filter(Boolean)
          .join(' · ')
      : badgeOf(node);
  const right = box.width - (opens ? MARK + 4 : 10);
  const taken = badge ? widthOf(badge, SMALL) + 10 : 0;
  const room = box.width - 38;
  const second = state ? state.text : lines.second;
  const third = state ? null : lines.third;
  const started = !state || ['running', 'done', 'failed'].includes(state.state);
  return (
    <>
      {node.scatter.length > 0 && !open && (
        <rect
          className="jp-mod-stack"
          x={5}
          y={5}
          width={box.width}
          height={box.height}
          rx={6}
        />
      )}
      <rect
        className="jp-mod-main"
        width={box.width}
        height={box.height}
        rx={6}
        strokeDasharray={node.when === null ? undefined : '6 3'}
      />
      <circle
        cx={15}
        cy={16}
        r={started ? 5 : 4}
        className={started ? 'jp-mod-filled' : 'jp-mod-hollow'}
      />
      <text className="jp-mod-name" x={28} y={20.5}>
        {shortened(node.name, NAME * 1.06, right - 28 - taken)}
      </text>
      {badge && (
        <text className="jp-mod-small" x={right} y={20} textAnchor="end">
          {shortened(badge, SMALL, box.width / 2)}
        </text>
      )}
      {second && (
        <text
          className={`jp-mod-small${!state && node.problem !== null ? ' jp-mod-problem' : ''}`}
          x={28}
          y={36.5}
        >
          {shortened(second, SMALL, room)}
        </text>
      )}
      {third && !open && (
        <text className="jp-mod-small jp-mod-quiet" x={28} y={52}>
          {shortened(third, SMALL, room, node.image === null ? 'start' : 'end')}
        </text>
      )}
      {opens && (
        <g className="jp-mod-mark" data-toggle={node.id}>
          <rect x={box.width - MARK - 4} y={4} width={MARK} height={MARK} />
          <path
            d={
              open
                ? `M${box.width - 20} 13l5 5l5 -5`
                : `M${box.width - 17} 10l5 5l-5 5`
            }
          />
        </g>
      )}
      {state !== undefined && state.share !== null && (
        <rect
          className="jp-mod-share"
          x={3}
          y={box.height - 4}
          width={Math.max(0, (box.width - 6) * state.share)}
          height={2.5}
          rx={1}
        />
      )}
    </>
  );
}
