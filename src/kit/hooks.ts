/**
 * React's side of signals, clocks and sizes.
 */
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

/** Repaints when the signal is emitted. */
export function useSignal<S, A>(signal: ISignal<S, A>): void {
  const [, repaint] = React.useReducer((count: number) => count + 1, 0);
  // Not `useEffect`, which has its turn after the painting: an answer that comes in between would never be shown.
  React.useLayoutEffect(() => {
    const slot = (): void => repaint();

    signal.connect(slot);
    return () => {
      signal.disconnect(slot);
    };
  }, [signal]);
}

/** The time, told again each `period` milliseconds while `active`. */
export function useNow(active: boolean, period = 1000): number {
  const [now, setNow] = React.useState(() => Date.now());
  React.useEffect(() => {
    setNow(Date.now());
    if (!active) {
      return;
    }
    const timer = window.setInterval(() => setNow(Date.now()), period);
    return () => window.clearInterval(timer);
  }, [active, period]);
  return now;
}

/** An identifier of this component in the page, for `aria-labelledby` and its like. */
export function useDomId(prefix: string): string {
  return React.useMemo(() => {
    counter += 1;
    return `ellip-${prefix}-${counter}`;
  }, [prefix]);
}

let counter = 0;
