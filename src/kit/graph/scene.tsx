/**
 * The drawing: frames of what is open, links, nodes.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IBox, ILayout, IRoute } from './layout';
import { widthOf } from './measure';
import { Node } from './node';
import type { IGraphState } from './words';
import { linkText } from './words';

/** Properties of the drawing. */
export interface ISceneProps {
  readonly layout: ILayout;
  readonly states: ReadonlyMap<string, IGraphState> | undefined;
  readonly selected: string | null;
  /** The node that Tab reaches. */
  readonly current: string | null;
  /** What stays bright; null when everything does. */
  readonly bright: ReadonlySet<string> | null;
  readonly trans: TranslationBundle;
}

/** The drawing. */
export const Scene = React.memo(function Scene(
  props: ISceneProps
): JSX.Element {
  const { layout, selected, bright } = props;
  const { index, boxes } = layout;
  const drawn = index.graph.nodes.filter(node => boxes.has(node.id));
  // What holds others lies below them, and below the links.
  const frames = drawn.filter(
    node => layout.open.has(node.id) && index.opens(node.id)
  );
  const node = (one: (typeof drawn)[number]): JSX.Element => (
    <Node
      key={one.id}
      node={one}
      box={boxes.get(one.id) as IBox}
      state={props.states?.get(one.id)}
      opens={index.opens(one.id)}
      open={layout.open.has(one.id)}
      selected={selected === one.id}
      dim={bright !== null && !bright.has(one.id)}
      current={props.current === one.id}
      trans={props.trans}
    />
  );
  return (
    <svg
      className="jp-EllipLab-KitGraph-drawing"
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      width="100%"
      height="100%"
      data-took={Math.round(layout.took)}
    >
      <g>{frames.map(node)}</g>
      <g className="jp-EllipLab-KitGraph-links">
        {layout.routes.map(route => {
          const { source, target } = route.link;
          return (
            <Link
              key={route.link.id}
              route={route}
              on={
                selected !== null &&
                (source === selected || target === selected)
              }
              dim={
                bright !== null && !(bright.has(source) && bright.has(target))
              }
            />
          );
        })}
      </g>
      <g>{drawn.filter(one => !frames.includes(one)).map(node)}</g>
    </svg>
  );
});

interface ILinkProps {
  readonly route: IRoute;
  readonly on: boolean;
  readonly dim: boolean;
}

/** A link: a line, a broader one for the pointer, and its type for whoever rests on it. */
const Link = React.memo(function Link(props: ILinkProps): JSX.Element {
  const { route, on, dim } = props;
  const { type } = route.link.edge;
  const width = type === null ? 0 : widthOf(type, 11) + 12;
  return (
    <g
      className={
        'jp-EllipLab-KitGraph-link' +
        (on ? ' jp-mod-on' : '') +
        (dim ? ' jp-mod-dim' : '')
      }
    >
      <title>{linkText(route.link.edge)}</title>
      <path className="jp-mod-hit" d={route.path} />
      <path className="jp-mod-line" d={route.path} />
      {type !== null && (
        <g
          className="jp-mod-type"
          transform={`translate(${route.middle.x} ${route.middle.y})`}
        >
          <rect x={-width / 2} y={-9} width={width} height={18} rx={9} />
          <text textAnchor="middle" y={4}>
            {type}
          </text>
        </g>
      )}
    </g>
  );
});
