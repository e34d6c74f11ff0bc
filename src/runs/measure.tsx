/**
 * A number over a bar of its size.
 */
import * as React from 'react';

/** Properties of the measure. */
export interface IMeasureProps {
  /** How long the bar is, from 0 to 1. */
  readonly share: number;
  readonly children: React.ReactNode;
}

/** The measure. */
export function Measure(props: IMeasureProps): JSX.Element {
  return (
    <div className="jp-EllipLab-Runs-measure">
      <span>{props.children}</span>
      <div aria-hidden="true" style={{ width: `${100 * props.share}%` }} />
    </div>
  );
}
