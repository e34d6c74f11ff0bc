/**
 * An installation: why it failed first, then its steps and its log.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { AppWork, AppWorkStep } from '../contract';
import { useNow, useSignal } from '../kit/hooks';
import type { ILogOptions } from '../kit/logblocks';
import { LOG_OPTIONS } from '../kit/logblocks';
import { emptyOf, LogPane, useLog } from '../kit/logpane';
import { plain } from '../kit/logview';
import { describe } from '../kit/notice';
import { Bar, isFinal, Pill, StateDot, toneOf } from '../kit/state';
import { iconOf } from './appicons';
import type { AppsModel } from './model';
import { Said } from './said';
import { CommandIDs } from './tokens';
import { shareOf, stepText, workText } from './words';

/** Properties of the view. */
export interface IWorkViewProps {
  readonly id: string;
  readonly apps: AppsModel;
  readonly commands: CommandRegistry;
  readonly onTitle: (work: AppWork) => void;
  readonly trans: TranslationBundle;
}

/** The tab of a work. */
export class WorkPage extends ReactWidget {
  constructor(props: Omit<IWorkViewProps, 'onTitle'>) {
    super();
    this.id = `ellip-lab-apps-work-${props.id}`;
    this.work = props.id;
    this.addClass('jp-EllipLab-Apps-page');
    this.title.label = props.trans.__('Installation');
    this.title.icon = iconOf(null);
    this.title.closable = true;
    this._props = props;
  }

  /** The id of the work. */
  readonly work: string;

  protected override render(): JSX.Element {
    return (
      <WorkView
        {...this._props}
        onTitle={work => {
          this.title.label = work.title;
          this.title.caption = work.title;
          this.title.icon = iconOf(this._props.apps.app(work.app)).bindprops({
            stylesheet: 'mainAreaTab'
          });
        }}
      />
    );
  }

  private readonly _props: Omit<IWorkViewProps, 'onTitle'>;
}

/** The view. */
export function WorkView(props: IWorkViewProps): JSX.Element {
  const { id, apps, onTitle, trans } = props;
  const { works } = apps;
  useSignal(apps.changed);
  React.useEffect(() => works.watch(id), [works, id]);
  const work = works.record(id);
  const problem = works.problem(id);
  const title = work?.title;
  React.useEffect(() => {
    if (work) {
      onTitle(work);
    }
    // The page's own function is made anew each time it paints.
  }, [title]);
  if (work) {
    return <Known {...props} work={work} />;
  }
  return (
    <div className="jp-EllipLab-Apps-idle">
      {problem === null ? (
        <p aria-busy="true">{trans.__('Reading…')}</p>
      ) : (
        <div role="alert">
          <h3>{trans.__('This installation cannot be shown')}</h3>
          <p>{describe(problem, trans)}</p>
        </div>
      )}
    </div>
  );
}

interface IKnownProps extends IWorkViewProps {
  readonly work: AppWork;
}

function Known(props: IKnownProps): JSX.Element {
  const { work, apps, trans } = props;
  const alive = !isFinal(work.state);
  const [options, setOptions] = React.useState<ILogOptions>({
    ...LOG_OPTIONS,
    wrap: true
  });
  const log = useLog(() => apps.works.log(work.id), [apps, work.id]);
  return (
    <div className="jp-EllipLab-Apps-work" data-state={work.state}>
      <Header {...props} />
      {work.failure && <Failure {...props} />}
      <Steps
        steps={work.steps}
        onStep={offset => {
          setOptions({ ...options, follow: false });
          void log?.jump(offset);
        }}
        trans={trans}
      />
      <section
        className="jp-EllipLab-Apps-log"
        aria-label={trans.__('What it said')}
      >
        <LogPane
          log={log}
          options={options}
          onOptions={setOptions}
          title={work.title}
          empty={emptyOf(alive, trans)}
          trans={trans}
        />
      </section>
    </div>
  );
}

/** What it is, how it stands, what can be done. */
function Header(props: IKnownProps): JSX.Element {
  const { work, apps, commands, trans } = props;
  const alive = !isFinal(work.state);
  const now = useNow(alive);
  const installed =
    work.kind === 'install' &&
    work.state === 'done' &&
    apps.app(work.app)?.installed;
  const button = (
    command: string,
    label: string,
    args: Record<string, string>,
    primary = false
  ): JSX.Element => (
    <button
      className={'jp-EllipLab-Kit-button' + (primary ? ' jp-mod-primary' : '')}
      onClick={() => void commands.execute(command, args)}
    >
      {label}
    </button>
  );
  return (
    <header className="jp-EllipLab-Apps-header">
      <div className="jp-EllipLab-Apps-cardRow">
        <StateDot state={work.state} trans={trans} quiet />
        <h2>{work.title}</h2>
        <span role="status">
          <Pill tone={toneOf(work.state)}>{workText(work, now, trans)}</Pill>
        </span>
        <span className="jp-EllipLab-Apps-buttons">
          {alive &&
            button(CommandIDs.stopWork, trans.__('Stop'), { id: work.id })}
          {!alive &&
            !work.failure &&
            work.state !== 'done' &&
            button(CommandIDs.repeatWork, trans.__('Try again'), {
              id: work.id
            })}
          {installed &&
            button(
              CommandIDs.start,
              trans.__('Open %1', apps.app(work.app)?.title ?? work.app),
              { app: work.app },
              true
            )}
        </span>
      </div>
      {work.state === 'running' && (
        <Bar
          value={shareOf(work)}
          label={trans.__('Progress of %1', work.title)}
        />
      )}
    </header>
  );
}

/** Why it failed, the answer first, and what mends it. */
function Failure({ work, commands, trans }: IKnownProps): JSX.Element | null {
  const { failure } = work;
  if (!failure) {
    return null;
  }
  return (
    <section
      className="jp-EllipLab-Kit-alarm"
      role="alert"
      aria-label={trans.__('Why it failed')}
    >
      <h3>{failure.headline}</h3>
      {failure.step && <p>{trans.__('In the step “%1”', failure.step)}</p>}
      {failure.hint && (
        <p className="jp-EllipLab-Kit-remedy">
          <Said trans={trans}>{failure.hint}</Said>
        </p>
      )}
      {failure.lines.length > 0 && (
        <details open={failure.lines.length <= 8}>
          <summary>
            {trans._n(
              'The last line',
              'The last %1 lines',
              failure.lines.length
            )}
          </summary>
          <pre tabIndex={0}>{failure.lines.map(plain).join('\n')}</pre>
        </details>
      )}
      <div className="jp-EllipLab-Kit-row">
        <button
          className="jp-EllipLab-Kit-button jp-mod-primary"
          onClick={() =>
            void commands.execute(CommandIDs.repeatWork, { id: work.id })
          }
        >
          {trans.__('Try again')}
        </button>
      </div>
    </section>
  );
}

interface IStepsProps {
  readonly steps: readonly AppWorkStep[];
  readonly onStep: (offset: number) => void;
  readonly trans: TranslationBundle;
}

/** The steps; each shows what it said. */
function Steps({ steps, onStep, trans }: IStepsProps): JSX.Element | null {
  if (!steps.length) {
    return null;
  }
  return (
    <ol className="jp-EllipLab-Apps-steps" aria-label={trans.__('Steps')}>
      {steps.map((step, index) => (
        <li key={`${index}-${step.name}`} data-state={step.state}>
          <button
            disabled={step.offset === null}
            title={trans.__('Show what it said')}
            onClick={() => step.offset !== null && onStep(step.offset)}
          >
            <StateDot state={step.state} trans={trans} quiet />
            <span className="jp-EllipLab-Apps-text">{step.name}</span>
            <span className="jp-EllipLab-Kit-hint">
              {stepText(step, trans)}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}
