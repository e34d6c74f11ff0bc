/**
 * Something could not be had: what, what to do about it, and a way to try again.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Advice } from '../kit/advice';
import { Sentence } from '../kit/code';
import { describe } from '../kit/notice';
import { ProblemError } from '../kit/request';

/** Properties of the trouble. */
export interface ITroubleProps {
  readonly error: unknown;
  readonly onAgain: () => void;
  readonly trans: TranslationBundle;
  /** More that can be done about it. */
  readonly children?: React.ReactNode;
}

/** The trouble, in the panel or in a tab: its headline first, then the hint. */
export function Trouble(props: ITroubleProps): JSX.Element {
  const { error, trans } = props;
  const known = error instanceof ProblemError && error.kind !== 'unreachable';
  const hint = known ? (error.hint ?? error.problems[0]?.hint) : null;
  const lines = known
    ? error.problems
        .map(problem => problem.message)
        .filter(line => line !== error.message)
    : [];
  return (
    <section className="jp-EllipLab-Kit-alarm" role="alert">
      <h3>
        <Sentence>{known ? error.message : describe(error, trans)}</Sentence>
      </h3>
      {hint && (
        <p className="jp-EllipLab-Kit-remedy">
          <Advice trans={trans}>{hint}</Advice>
        </p>
      )}
      {lines.length > 0 && <pre tabIndex={0}>{lines.join('\n')}</pre>}
      <div className="jp-EllipLab-Kit-row">
        <button className="jp-EllipLab-Kit-button" onClick={props.onAgain}>
          {trans.__('Try again')}
        </button>
        {props.children}
      </div>
    </section>
  );
}
