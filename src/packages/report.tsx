/**
 * The report: each requirement with its state, what was found, where, and what mends it.
 */
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { PackageReport, Problem, Rule } from '../contract';
import { plain, Sentence } from '../kit/code';
import { copyText } from '../kit/copy';
import { useDomId, useSignal } from '../kit/hooks';
import { cwlIcon } from '../kit/icons';
import { describe } from '../kit/notice';
import type { ReportModel } from './reportmodel';
import { asMarkdown } from './reportmodel';
import type { Finding } from './tokens';
import { PROFILES } from './tokens';
import { profileWord, stateWord } from './words';

/** What the view stands on. */
export interface IReportViewOptions {
  readonly model: ReportModel;
  readonly onGo: (path: string, problem: Problem | null) => void;
  readonly trans: TranslationBundle;
}

/** The view. */
export class ReportView extends ReactWidget {
  constructor(options: IReportViewOptions) {
    super();
    this.addClass('jp-EllipLab-Packages-report');
    this._options = options;
    const name = PathExt.basename(options.model.path);
    this.id = `ellip-lab-report-${options.model.path}`;
    this.title.label = options.trans.__('Best Practice: %1', name);
    this.title.caption = options.model.path;
    this.title.icon = cwlIcon;
    this.title.closable = true;
  }

  get path(): string {
    return this._options.model.path;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._options.model.dispose();
      super.dispose();
    }
  }

  protected override render(): JSX.Element {
    return <Report {...this._options} />;
  }

  private readonly _options: IReportViewOptions;
}

/** The report. */
export function Report(props: IReportViewOptions): JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  const { report, error } = model;
  const [said, say] = React.useState('');
  const id = useDomId('report');
  const fixable = (report?.findings ?? []).filter(
    one => one.fix !== null && one.edits.length > 0 && one.state !== 'passed'
  );
  const mend = (chosen: (finding: Finding) => boolean): void => {
    say('');
    model
      .mend(chosen)
      .then(count =>
        say(
          count
            ? trans._n('%1 change made', '%1 changes made', count)
            : trans.__('Nothing to change')
        )
      )
      .catch((reason: unknown) => say(describe(reason, trans)));
  };
  return (
    <main
      className="jp-EllipLab-Packages-sheet"
      aria-labelledby={`${id}-title`}
    >
      <header>
        <div>
          <h2 id={`${id}-title`}>
            {trans.__('Best Practice: %1', PathExt.basename(model.path))}
          </h2>
          <p>
            <button
              className="jp-EllipLab-Kit-link"
              onClick={() => props.onGo(model.path, null)}
            >
              {model.path}
            </button>
          </p>
        </div>
        <div className="jp-EllipLab-Packages-tools">
          <label htmlFor={`${id}-profile`}>{trans.__('Held to')}</label>
          <select
            id={`${id}-profile`}
            className="jp-EllipLab-Kit-select"
            value={model.profile}
            onChange={event => {
              const profile = PROFILES.find(one => one === event.target.value);
              if (profile) {
                void model.setProfile(profile);
              }
            }}
          >
            {PROFILES.map(profile => (
              <option key={profile} value={profile}>
                {profileWord(profile, trans)}
              </option>
            ))}
          </select>
          <button
            className="jp-EllipLab-Kit-button jp-mod-primary"
            disabled={!fixable.length}
            onClick={() => mend(() => true)}
          >
            {fixable.length
              ? trans._n('Mend %1', 'Mend all %1', fixable.length)
              : trans.__('Mend all')}
          </button>
          <button
            className="jp-EllipLab-Kit-button"
            disabled={!report}
            onClick={() => {
              if (report) {
                void copyText(
                  asMarkdown(report, state => stateWord(state, trans))
                ).then(() => say(trans.__('Copied as Markdown')));
              }
            }}
          >
            {trans.__('Copy as Markdown')}
          </button>
        </div>
      </header>
      <p className="jp-EllipLab-Packages-said" role="status">
        {said}
      </p>
      {error !== null ? (
        <section className="jp-EllipLab-Kit-alarm" role="alert">
          <h3>{trans.__('The document could not be looked at')}</h3>
          <p>{describe(error, trans)}</p>
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() => void model.refresh()}
          >
            {trans.__('Look again')}
          </button>
        </section>
      ) : report ? (
        <Body report={report} onMend={mend} {...props} />
      ) : (
        <p className="jp-EllipLab-Kit-note" role="status">
          {trans.__('Looking at the document…')}
        </p>
      )}
    </main>
  );
}

interface IBodyProps extends IReportViewOptions {
  readonly report: PackageReport;
  readonly onMend: (chosen: (finding: Finding) => boolean) => void;
}

function Body(props: IBodyProps): JSX.Element {
  const { report, trans } = props;
  const errors = report.problems.filter(one => one.severity === 'error');
  return (
    <>
      <p
        className="jp-EllipLab-Packages-verdict"
        data-conforms={report.conforms}
      >
        <strong>
          {report.total
            ? trans.__('20-089r1: %1 of %2', report.passed, report.total)
            : profileWord(report.profile, trans)}
        </strong>{' '}
        {report.conforms
          ? trans.__('The document conforms.')
          : errors.length
            ? trans.__('The document is not valid CWL yet.')
            : trans.__('The document does not conform yet.')}
      </p>
      {report.problems.length > 0 && (
        <section aria-label={trans.__('Problems of the CWL')}>
          <h3>{trans.__('CWL')}</h3>
          <ul className="jp-EllipLab-Packages-findings">
            {report.problems.map((problem, index) => (
              <li key={index}>
                <Place problem={problem} {...props} />{' '}
                <Sentence>{problem.message}</Sentence>
                {problem.hint && (
                  <p className="jp-EllipLab-Kit-hint">
                    <Sentence>{problem.hint}</Sentence>
                  </p>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {report.rules.length > 0 ? (
        groupsOf(report, trans).map(group => (
          <section key={group.label} aria-label={group.label}>
            <h3>
              {group.label}{' '}
              <span className="jp-EllipLab-Packages-count">
                {group.rules.length}
              </span>
            </h3>
            <ul className="jp-EllipLab-Packages-rules" aria-label={group.label}>
              {group.rules.map(rule => (
                <RuleItem key={rule.id} rule={rule} {...props} />
              ))}
            </ul>
          </section>
        ))
      ) : (
        <p className="jp-EllipLab-Kit-note">
          {trans.__('This profile has no rules.')}
        </p>
      )}
      {report.profile === 'cwl' && (
        <p className="jp-EllipLab-Kit-note">
          {trans.__(
            'Hold the document to the Best Practice to see what an Application Package needs.'
          )}
        </p>
      )}
    </>
  );
}

/** The rules by what there is to do: the answer first. */
function groupsOf(
  report: PackageReport,
  trans: TranslationBundle
): readonly { label: string; rules: readonly Rule[] }[] {
  const groups: readonly [string, readonly (Finding['state'] | 'hint')[]][] = [
    [trans.__('To mend'), ['failed']],
    [trans.__('To look at'), ['needs-review', 'hint']],
    [trans.__('Met'), ['passed']],
    [trans.__('Not applicable'), ['not-applicable']]
  ];
  return groups
    .map(([label, states]) => ({
      label,
      rules: report.rules.filter(rule =>
        states.includes(
          worst(
            report.findings.filter(one => one.rule === rule.id),
            rule
          )
        )
      )
    }))
    .filter(group => group.rules.length > 0);
}

/** One requirement: what failed is open, the rest opens with a click. */
function RuleItem(props: IBodyProps & { readonly rule: Rule }): JSX.Element {
  const { rule, report, trans } = props;
  const findings = report.findings.filter(one => one.rule === rule.id);
  const state = worst(findings, rule);
  const wrong = findings.filter(
    one => one.state === 'failed' || one.state === 'needs-review'
  );
  return (
    <li>
      <details open={wrong.length > 0 || undefined} data-state={state}>
        <summary>
          <StateSign state={state} trans={trans} />
          <span className="jp-EllipLab-Packages-number">{rule.number}</span>
          <span className="jp-EllipLab-Packages-title">
            <Sentence>{rule.title}</Sentence>
          </span>
        </summary>
        <p className="jp-EllipLab-Packages-text">
          <Sentence>{rule.text}</Sentence>{' '}
          <span className="jp-EllipLab-Packages-id">
            {rule.source ? (
              <a href={rule.source} target="_blank" rel="noopener noreferrer">
                {rule.id}
              </a>
            ) : (
              rule.id
            )}
          </span>
        </p>
        <ul className="jp-EllipLab-Packages-findings">
          {findings.map((finding, index) => (
            <li key={index}>
              {finding.problem && (
                <Place problem={finding.problem} {...props} />
              )}{' '}
              <Sentence>{finding.message}</Sentence>
              {finding.fix !== null && finding.edits.length > 0 && (
                <button
                  className="jp-EllipLab-Kit-button"
                  title={plain(finding.fix)}
                  aria-label={trans.__('Mend: %1', plain(finding.fix))}
                  onClick={() =>
                    props.onMend(
                      one =>
                        one.rule === finding.rule &&
                        one.message === finding.message &&
                        one.fix === finding.fix
                    )
                  }
                >
                  {trans.__('Mend')}
                </button>
              )}
              {finding.problem?.hint && (
                <p className="jp-EllipLab-Kit-hint">
                  <Sentence>{finding.problem.hint}</Sentence>
                </p>
              )}
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}

/** The way to a place. */
function Place(
  props: IReportViewOptions & { readonly problem: Problem }
): JSX.Element | null {
  const { problem, model, trans } = props;
  if (problem.line === null) {
    return null;
  }
  const file = problem.file ?? model.path;
  return (
    <button
      className="jp-EllipLab-Kit-link"
      onClick={() => props.onGo(file, problem)}
    >
      {file === model.path
        ? trans.__('line %1', problem.line)
        : trans.__('%1, line %2', file, problem.line)}
    </button>
  );
}

/** A state, as sign and word. */
function StateSign(props: {
  readonly state: Finding['state'] | 'hint';
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { state, trans } = props;
  const [sign, tone] = SIGNS[state];
  return (
    <span className={`jp-EllipLab-Kit-pill jp-EllipLab-Packages-state ${tone}`}>
      <span aria-hidden="true">{sign}</span>{' '}
      {state === 'hint' ? trans.__('hint') : stateWord(state, trans)}
    </span>
  );
}

const SIGNS: Readonly<
  Record<Finding['state'] | 'hint', readonly [string, string]>
> = {
  passed: ['✓', 'jp-mod-done'],
  failed: ['✕', 'jp-mod-failed'],
  'needs-review': ['?', 'jp-mod-running'],
  'not-applicable': ['–', 'jp-mod-waiting'],
  hint: ['i', 'jp-mod-waiting']
};

/** How a document stands to a rule: as its worst part. A rule that does not decide only hints. */
function worst(
  findings: readonly Finding[],
  rule: Rule
): Finding['state'] | 'hint' {
  const states = findings.map(one => one.state);
  const order = ['failed', 'needs-review', 'passed'] as const;
  const state = order.find(one => states.includes(one)) ?? 'not-applicable';
  return state === 'failed' && rule.severity === 'information' ? 'hint' : state;
}
