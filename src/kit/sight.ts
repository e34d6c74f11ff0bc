/**
 * Which rows of a long list are in sight.
 */
import * as React from 'react';

/** Rows painted beyond the edges. */
const MARGIN = 10;

/** What is in sight. */
export interface ISight {
  readonly pane: React.RefObject<HTMLDivElement>;
  readonly first: number;
  /** The row after the last one. */
  readonly last: number;
  /** Pixels of the pane. */
  readonly height: number;
  /** Rows of a page. */
  readonly page: number;
  /** Brings a row into sight. */
  readonly show: (index: number) => void;
}

/** Looks at a pane of `count` rows of `row` pixels each. */
export function useSight(count: number, row: number): ISight {
  const pane = React.useRef<HTMLDivElement>(null);
  const [sight, setSight] = React.useState({ top: 0, height: 600 });
  React.useEffect(() => {
    const node = pane.current;
    if (!node) {
      return;
    }
    const look = (): void =>
      setSight(before =>
        before.top === node.scrollTop && before.height === node.clientHeight
          ? before
          : { top: node.scrollTop, height: node.clientHeight }
      );
    const observer = new ResizeObserver(look);
    observer.observe(node);
    node.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      node.removeEventListener('scroll', look);
    };
  }, []);
  const show = React.useCallback(
    (index: number) => {
      const node = pane.current;
      if (!node) {
        return;
      }
      const top = index * row;
      if (top < node.scrollTop) {
        node.scrollTop = top;
      } else if (top + row > node.scrollTop + node.clientHeight) {
        node.scrollTop = top + row - node.clientHeight;
      }
    },
    [row]
  );
  return {
    pane,
    first: Math.max(0, Math.floor(sight.top / row) - MARGIN),
    last: Math.min(count, Math.ceil((sight.top + sight.height) / row) + MARGIN),
    height: sight.height,
    page: Math.max(1, Math.floor(sight.height / row) - 1),
    show
  };
}
