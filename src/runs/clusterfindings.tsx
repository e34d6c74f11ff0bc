/**
 * What a test of the cluster found: all of it, what is missing first, each with what mends it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { EngineCheck, Finding } from '../contract';
import { Advice } from '../kit/advice';
import { age, exactTime, running } from '../kit/format';
import { useNow } from '../kit/hooks';
import { Bar, StateDot } from '../kit/state';
import type { IClusterProps } from './cluster';
import { readyText } from './clustermodel';

interface IFindingsProps extends IClusterProps {
  /** The id of the heading. */
  readonly id: string;
}

/** The findings, or how far the test is. */
export function ClusterFindings(props: IFindingsProps): JSX.Element | null {
  const { cluster, id, trans } = props;
  const { testing, tested } = cluster;
  const now = useNow(
    testing !== null || tested !== null,
    testing ? 1000 : 30_000
  );
  if (testing !== null) {
    return (
      <section
        className="jp-EllipLab-Runs-clusterFound"
        aria-label={trans.__('Test of the connection')}
      >
        <h3 id={id} tabIndex={-1}>
          <StateDot state="running" trans={trans} quiet />
          <span role="status">{trans.__('Testing the connection…')}</span>
          <span className="jp-EllipLab-Kit-hint">
            {running(now - testing, trans)}
          </span>
        </h3>
        <Bar value={null} label={trans.__('Testing the connection')} />
        <p className="jp-EllipLab-Kit-hint">
          {trans.__(
            'First the rights and the claim, then a small pod tries image and volume; that takes longer where the image has to be pulled.'
          )}
        </p>
      </section>
    );
  }
  if (tested === null) {
    return null;
  }
  const { found, at } = tested;
  const sorted = [...found.findings].sort(
    (one, other) => Number(one.works) - Number(other.works)
  );
  return (
    <section
      className="jp-EllipLab-Runs-clusterFound"
      aria-label={trans.__('Test of the connection')}
      data-works={found.works}
    >
      <h3 id={id} tabIndex={-1}>
        <StateDot state={found.works ? 'done' : 'failed'} trans={trans} quiet />
        <span role="status">{headline(found, trans)}</span>
        <span className="jp-EllipLab-Kit-hint" title={exactTime(at)}>
          {age(at, Math.max(now, at), trans)}
        </span>
      </h3>
      <ul aria-label={trans.__('What was found')}>
        {sorted.map(finding => (
          <Found key={finding.name} finding={finding} trans={trans} />
        ))}
      </ul>
    </section>
  );
}

/** What a test found, in one sentence. */
export function headline(found: EngineCheck, trans: TranslationBundle): string {
  if (found.works) {
    return readyText(found, trans);
  }
  const missing = found.findings.filter(one => !one.works).length;
  return trans._n(
    '%1 thing is missing',
    '%1 things are missing',
    Math.max(1, missing)
  );
}

interface IFoundProps {
  readonly finding: Finding;
  readonly trans: TranslationBundle;
}

/** One thing that was looked at. */
function Found(props: IFoundProps): JSX.Element {
  const { finding, trans } = props;
  return (
    <li data-works={finding.works}>
      <StateDot state={finding.works ? 'done' : 'failed'} trans={trans} quiet />
      <span className="jp-EllipLab-Runs-clusterWhat">{finding.name}</span>
      <span>
        <span className="jp-EllipLab-Kit-hidden">
          {finding.works ? trans.__('works:') : trans.__('missing:')}
        </span>{' '}
        <Advice trans={trans}>{finding.message}</Advice>
        {finding.hint && (
          <span className="jp-EllipLab-Runs-clusterHint">
            <Advice trans={trans}>{finding.hint}</Advice>
          </span>
        )}
      </span>
    </li>
  );
}
