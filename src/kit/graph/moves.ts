/**
 * Where an arrow key leads: along links up and down, to the neighbour left and right.
 */
import type { IBox, ILayout } from './layout';

const middle = (box: IBox): { x: number; y: number } => ({
  x: box.x + box.width / 2,
  y: box.y + box.height / 2
});

/** The nodes as one reads them: row by row. */
export function readingOrder(layout: ILayout): readonly string[] {
  return [...layout.boxes.keys()].sort((one, other) => {
    const a = layout.boxes.get(one) as IBox;
    const b = layout.boxes.get(other) as IBox;
    return a.y - b.y || a.x - b.x;
  });
}

/** The node that a key leads to; null where there is none. */
export function moved(
  layout: ILayout,
  from: string | null,
  key: string
): string | null {
  const box = from === null ? undefined : layout.boxes.get(from);
  if (from === null || !box || key === 'Home') {
    return readingOrder(layout)[0] ?? null;
  }
  if (key === 'End') {
    return [...readingOrder(layout)].pop() ?? null;
  }
  const here = middle(box);
  const apart = (id: string): number =>
    Math.abs(middle(layout.boxes.get(id) as IBox).x - here.x);
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    const ends = layout.routes.flatMap(({ link }) =>
      key === 'ArrowDown'
        ? link.source === from
          ? [link.target]
          : []
        : link.target === from
          ? [link.source]
          : []
    );
    // Into an open step, and out of it.
    if (!ends.length && key === 'ArrowDown' && layout.open.has(from)) {
      const inner = layout.index.inside(from)[0];
      return inner?.id ?? null;
    }
    if (!ends.length) {
      return layout.index.nodes.get(from)?.parent ?? null;
    }
    return ends.sort((one, other) => apart(one) - apart(other))[0] ?? null;
  }
  const parent = layout.index.nodes.get(from)?.parent ?? null;
  const side = key === 'ArrowLeft' ? -1 : 1;
  const beside = layout.index
    .inside(parent)
    .map(node => node.id)
    .filter(id => {
      const other = middle(layout.boxes.get(id) as IBox);
      return (
        side * (other.x - here.x) > 1 &&
        Math.abs(other.y - here.y) < box.height / 2 + 20
      );
    });
  return beside.sort((one, other) => apart(one) - apart(other))[0] ?? null;
}
