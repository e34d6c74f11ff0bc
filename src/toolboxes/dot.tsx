/**
 * A toolbox at a glance: the dot of its state; its word stands beside it.
 */
import * as React from 'react';

import type { ToolboxState } from '../contract';
import { toolboxTone } from './words';

/** The dot. */
export function ToolboxDot(props: {
  readonly state: ToolboxState;
}): JSX.Element {
  return (
    <span
      className={`jp-EllipLab-Kit-dot jp-mod-${toolboxTone(props.state)}`}
      aria-hidden
    />
  );
}
