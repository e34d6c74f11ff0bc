/**
 * The problems of a document, each a way to its line.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Problem } from '../contract';

/** Properties of the list. */
export interface IProblemsProps {
  readonly problems: readonly Problem[];
  readonly onGo: (problem: Problem) => void;
  readonly trans: TranslationBundle;
}

/** The list. */
export function Problems(props: IProblemsProps): JSX.Element {
  const { trans } = props;
  return (
    <ul
      className="jp-EllipLab-Cwl-problems"
      aria-label={trans.__('Problems of the document')}
    >
      {props.problems.map((problem, index) => (
        <li key={index} data-severity={problem.severity}>
          {problem.file && problem.line !== null ? (
            <button
              className="jp-EllipLab-Kit-link"
              onClick={() => props.onGo(problem)}
            >
              {trans.__(
                'line %1, column %2',
                problem.line,
                problem.column ?? 1
              )}
            </button>
          ) : null}
          <span>
            {problem.field ? `${problem.field}: ` : ''}
            {problem.message}
          </span>
          {problem.hint && (
            <span className="jp-EllipLab-Kit-hint">{problem.hint}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
