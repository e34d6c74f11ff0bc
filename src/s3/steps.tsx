/**
 * How a connection was tried: each step, how it went, and what to do about the one that failed.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ConnectionTest, StepResult, TestStep } from '../contract';

/** Properties of the steps. */
export interface IStepsProps {
  readonly test: ConnectionTest;
  readonly trans: TranslationBundle;
}

/** The steps. */
export function Steps(props: IStepsProps): JSX.Element {
  const { test, trans } = props;
  return (
    <section
      className="jp-EllipLab-S3-steps"
      aria-label={trans.__('Result of the test')}
    >
      <p
        role="status"
        className={test.works ? 'jp-EllipLab-Kit-good' : 'jp-EllipLab-Kit-bad'}
      >
        {test.works
          ? trans.__('The connection works.')
          : trans.__('The connection does not work.')}
      </p>
      <ol>
        {test.steps.map(step => (
          <Line key={step.name} step={step} trans={trans} />
        ))}
      </ol>
    </section>
  );
}

const TONES: Record<StepResult, string> = {
  ok: 'jp-mod-done',
  failed: 'jp-mod-failed',
  skipped: 'jp-mod-waiting jp-mod-hollow'
};

function Line(props: {
  readonly step: TestStep;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { step, trans } = props;
  return (
    <li>
      <span
        className={`jp-EllipLab-Kit-dot ${TONES[step.result]}`}
        aria-hidden="true"
      />
      <span>
        <b>{nameText(step.name, trans)}</b>{' '}
        <span className="jp-EllipLab-Kit-hint">
          {resultText(step.result, trans)}
        </span>
        {step.detail && <div>{step.detail}</div>}
        {step.hint && <div className="jp-EllipLab-Kit-hint">{step.hint}</div>}
      </span>
    </li>
  );
}

function resultText(result: StepResult, trans: TranslationBundle): string {
  return result === 'ok'
    ? trans.__('ok')
    : result === 'failed'
      ? trans.__('failed')
      : trans.__('skipped');
}

function nameText(name: string, trans: TranslationBundle): string {
  const names: Record<string, string> = {
    credentials: trans.__('Keys'),
    name: trans.__('Name of the server'),
    connect: trans.__('Connection'),
    tls: trans.__('Certificate'),
    answer: trans.__('Answer'),
    clock: trans.__('Clock'),
    'sign-in': trans.__('Sign-in'),
    buckets: trans.__('List of buckets'),
    list: trans.__('List of objects')
  };
  return names[name] ?? name;
}
