/**
 * The way of a link, drawn: straight through rows, curved between them.
 */

/** A point of the drawing. */
export interface IPoint {
  readonly x: number;
  readonly y: number;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** The path through points from the top to the bottom, and the middle of it. */
export function pathOf(points: readonly IPoint[]): {
  path: string;
  middle: IPoint;
} {
  const [first] = points;
  if (!first) {
    return { path: '', middle: { x: 0, y: 0 } };
  }
  let path = `M${round(first.x)} ${round(first.y)}`;
  let longest = -1;
  let middle = first;
  for (let at = 1; at < points.length; at += 1) {
    const from = points[at - 1] as IPoint;
    const to = points[at] as IPoint;
    if (Math.abs(from.x - to.x) < 0.5) {
      path += `V${round(to.y)}`;
    } else if (Math.abs(from.x - to.x) < 4 && to.y > from.y) {
      path += `L${round(to.x)} ${round(to.y)}`;
    } else if (to.y > from.y) {
      const half = (from.y + to.y) / 2;
      path += `C${round(from.x)} ${round(half)} ${round(to.x)} ${round(half)} ${round(to.x)} ${round(to.y)}`;
    } else {
      // Back to what stands above: a step that waits for itself.
      const down = from.y + 30;
      const up = to.y - 30;
      path += `C${round(from.x)} ${round(down)} ${round(to.x)} ${round(up)} ${round(to.x)} ${round(to.y)}`;
    }
    // The type is written where the link bends: beside a straight piece there may be boxes.
    const bends = Math.abs(from.x - to.x) >= 0.5 || points.length === 2;
    const length = bends ? Math.abs(to.y - from.y) : 0;
    if (length > longest) {
      longest = length;
      middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    }
  }
  return { path, middle };
}
