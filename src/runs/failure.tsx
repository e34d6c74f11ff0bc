/**
 * Why a run failed: the answer first, then what mends it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Failure } from '../contract';
import { Advice } from '../kit/advice';
import { Sentence } from '../kit/code';
import { copyText } from '../kit/copy';
import { plain } from '../kit/logview';

/** What gets an image that is missing. */
export interface IMissingImage {
  readonly name: string;
  readonly onPull: () => void;
  /** Shows it among the images of the document: it may be built from there. */
  readonly onImages: () => void;
}

/** Properties of the card. */
export interface IFailureProps {
  readonly failure: Failure;
  readonly onLog: (job: string | null) => void;
  readonly onLine: (file: string, line: number, column: number | null) => void;
  readonly onRerun: () => void;
  /** Gets the image that was missing; null when that is not why, or nothing here can. */
  readonly missing: IMissingImage | null;
  /** Shows the settings of the cluster; null when the cluster is not why. */
  readonly onCluster: (() => void) | null;
  readonly trans: TranslationBundle;
}

/** The card. */
export function FailureCard(props: IFailureProps): JSX.Element {
  const { failure, missing, trans } = props;
  const { file, line } = failure;
  return (
    <section
      className="jp-EllipLab-Kit-alarm"
      role="alert"
      aria-label={trans.__('Why the run failed')}
    >
      <h3>{failure.headline}</h3>
      {failure.explanation && failure.explanation !== failure.headline && (
        <p>
          <Sentence>{failure.explanation}</Sentence>
        </p>
      )}
      {failure.hint && (
        <p className="jp-EllipLab-Kit-remedy">
          <Advice trans={trans}>{failure.hint}</Advice>
        </p>
      )}
      {failure.tail.length > 0 && (
        <details open={failure.tail.length <= 6}>
          <summary>
            {trans._n(
              'The last line',
              'The last %1 lines',
              failure.tail.length
            )}
          </summary>
          <pre tabIndex={0}>{failure.tail.map(plain).join('\n')}</pre>
        </details>
      )}
      {failure.command && (
        <details>
          <summary>{trans.__('The command')}</summary>
          <pre tabIndex={0}>{failure.command}</pre>
        </details>
      )}
      <div className="jp-EllipLab-Kit-row">
        {missing && (
          <>
            <button
              className="jp-EllipLab-Kit-button"
              title={missing.name}
              onClick={missing.onPull}
            >
              {trans.__('Pull the image')}
            </button>
            <button
              className="jp-EllipLab-Kit-button"
              onClick={missing.onImages}
            >
              {trans.__('Images of the document')}
            </button>
          </>
        )}
        {props.onCluster && (
          <button className="jp-EllipLab-Kit-button" onClick={props.onCluster}>
            {trans.__('Kubernetes…')}
          </button>
        )}
        <button
          className="jp-EllipLab-Kit-button"
          onClick={() => props.onLog(failure.job)}
        >
          {failure.step
            ? trans.__('Show the log of %1', failure.step)
            : trans.__('Show the log')}
        </button>
        {file && line !== null && (
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() => props.onLine(file, line, failure.column)}
          >
            {trans.__('Show line %1', line)}
          </button>
        )}
        <button className="jp-EllipLab-Kit-button" onClick={props.onRerun}>
          {trans.__('Change the inputs and re-run…')}
        </button>
        {failure.command && (
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() => void copyText(failure.command ?? '')}
          >
            {trans.__('Copy the command')}
          </button>
        )}
      </div>
    </section>
  );
}
