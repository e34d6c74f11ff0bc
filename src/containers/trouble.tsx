/**
 * Something could not be read: what, and a way to try again.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** Properties of the trouble. */
export interface ITroubleProps {
  readonly text: string;
  readonly onAgain: () => void;
  readonly trans: TranslationBundle;
}

/** The trouble. */
export function Trouble(props: ITroubleProps): JSX.Element {
  return (
    <div className="jp-EllipLab-Containers-error" role="alert">
      <span>{props.text}</span>
      <button className="jp-EllipLab-Kit-button" onClick={props.onAgain}>
        {props.trans.__('Try again')}
      </button>
    </div>
  );
}
