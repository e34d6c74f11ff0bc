/**
 * What was found in a document, each a way to its line and to what mends it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Problem } from '../contract';
import { Sentence } from '../kit/code';
import type { IFix } from './tokens';

/** Properties of the list. */
export interface IProblemsProps {
  readonly problems: readonly Problem[];
  /** The document: problems of other files name theirs. */
  readonly path?: string;
  readonly onGo: (problem: Problem) => void;
  /** What mends a problem. */
  readonly fixes?: (problem: Problem) => readonly IFix[];
  readonly onFix?: (fix: IFix) => void;
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
          <Severity severity={problem.severity} trans={trans} />
          {problem.file && problem.line !== null ? (
            <button
              className="jp-EllipLab-Kit-link"
              onClick={() => props.onGo(problem)}
            >
              {placeOfProblem(problem, props.path, trans)}
            </button>
          ) : null}
          <span>
            {problem.field ? `${problem.field}: ` : ''}
            <Sentence>{problem.message}</Sentence>
          </span>
          {(props.fixes?.(problem) ?? []).map(fix => (
            <button
              key={fix.title}
              className="jp-EllipLab-Kit-link"
              onClick={() => props.onFix?.(fix)}
            >
              <Sentence>{fix.title}</Sentence>
            </button>
          ))}
          {problem.hint && (
            <span className="jp-EllipLab-Kit-hint">
              <Sentence>{problem.hint}</Sentence>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** How bad it is: a sign for the eye, a word for the reader. */
export function Severity(props: {
  readonly severity: string;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { severity, trans } = props;
  const word =
    severity === 'error'
      ? trans.__('error')
      : severity === 'warning'
        ? trans.__('warning')
        : trans.__('hint');
  return (
    <span
      className="jp-EllipLab-Cwl-severity"
      data-severity={severity}
      role="img"
      aria-label={word}
      title={word}
    >
      {SIGNS[severity] ?? SIGNS.information}
    </span>
  );
}

const SIGNS: Readonly<Record<string, string>> = {
  error: '✕',
  warning: '▲',
  information: 'i'
};

/** Where a problem is, in words. */
export function placeOfProblem(
  problem: Problem,
  path: string | undefined,
  trans: TranslationBundle
): string {
  const place = trans.__(
    'line %1, column %2',
    problem.line ?? 1,
    problem.column ?? 1
  );
  return path !== undefined && problem.file && problem.file !== path
    ? trans.__('%1, %2', problem.file, place)
    : place;
}
