/**
 * The dot of an app.
 */
import * as React from 'react';

import type { AppState } from '../contract';
import { toneOf } from './words';

/** The dot, for the eye alone: its word stands beside it. */
export function AppDot(props: {
  readonly state: AppState | null;
}): JSX.Element {
  const { state } = props;
  return (
    <span
      className={
        `jp-EllipLab-Kit-dot jp-EllipLab-Apps-dot jp-mod-${toneOf(state)}` +
        (state === 'running' || state === 'failed' ? '' : ' jp-mod-hollow')
      }
      data-state={state ?? 'none'}
      aria-hidden
    />
  );
}
