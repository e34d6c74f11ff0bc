/**
 * Where everything stands. dagre is loaded at the first layout.
 */
import type { GraphIndex, ILink } from './links';
import type { ISize } from './measure';
import type { IPoint } from './routes';
import { pathOf } from './routes';
import type { Dagre, IBox, IPlaced } from './workflow';
import { keyOf, placed } from './workflow';

export type { IBox } from './workflow';

/** A link with its way. */
export interface IRoute {
  readonly link: ILink;
  readonly path: string;
  /** Where its type is written. */
  readonly middle: IPoint;
}

/** A graph laid out. */
export interface ILayout extends ISize {
  readonly index: GraphIndex;
  readonly open: ReadonlySet<string>;
  readonly boxes: ReadonlyMap<string, IBox>;
  readonly routes: readonly IRoute[];
  /** Milliseconds it took. */
  readonly took: number;
}

/** Loads what lays out. */
export async function loadLayout(): Promise<
  (index: GraphIndex, open: ReadonlySet<string>, tells: boolean) => ILayout
> {
  const dagre = await import('@dagrejs/dagre');
  return (index, open, tells) => laidOut(dagre, index, open, tells);
}

/** Lays a graph out. */
export function laidOut(
  dagre: Dagre,
  index: GraphIndex,
  open: ReadonlySet<string>,
  tells: boolean
): ILayout {
  const began = performance.now();
  const links = index.links(open);
  const whole = placed(dagre, index, open, tells, links, null);
  const ends = endsOf(links, whole);
  const routes = links.map(link => {
    const points = ends(link);
    return { link, ...pathOf(points) };
  });
  return {
    index,
    open,
    boxes: whole.boxes,
    routes,
    width: whole.width,
    height: whole.height,
    took: performance.now() - began
  };
}

/** Gives the points of a link: those that come to a node from the left end on its left. */
function endsOf(
  links: readonly ILink[],
  whole: IPlaced
): (link: ILink) => readonly IPoint[] {
  const ways = new Map<ILink, readonly IPoint[]>();
  const coming = new Map<string, { link: ILink; from: number }[]>();
  for (const link of links) {
    const way = whole.ways.get(keyOf(link.edge.source, link.edge.target)) ?? [];
    ways.set(link, way);
    const from = way[way.length - 1] ?? centre(whole.boxes.get(link.source));
    coming.set(link.target, [
      ...(coming.get(link.target) ?? []),
      { link, from: from.x }
    ]);
  }
  const ends = new Map<ILink, IPoint>();
  coming.forEach((some, target) => {
    const box = whole.boxes.get(target) as IBox;
    some.sort((one, other) => one.from - other.from);
    const apart = Math.min(26, (box.width - 36) / Math.max(1, some.length - 1));
    some.forEach(({ link }, number) => {
      const offset = (number - (some.length - 1) / 2) * apart;
      ends.set(link, { x: box.x + box.width / 2 + offset, y: box.y });
    });
  });
  return link => {
    const box = whole.boxes.get(link.source) as IBox;
    const start = { x: box.x + box.width / 2, y: box.y + box.height };
    const way = ways.get(link) ?? [];
    return [start, ...way, ends.get(link) as IPoint];
  };
}

function centre(box: IBox | undefined): IPoint {
  return box ? { x: box.x + box.width / 2, y: box.y } : { x: 0, y: 0 };
}
