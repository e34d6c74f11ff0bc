/**
 * What the tab of an app shows while the app itself does not: that it comes up, why it did not, that it does not run.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { App, AppFailure, AppInstance } from '../contract';
import { duration } from '../kit/format';
import { useNow } from '../kit/hooks';
import { plain } from '../kit/logview';
import { describe } from '../kit/notice';
import { Bar } from '../kit/state';
import { iconOf } from './appicons';
import type { AppsModel, IPlace } from './model';
import { keyOf } from './model';
import { Said } from './said';
import { CommandIDs } from './tokens';
import { lastPart } from './names';
import { longerThan, timeLeft } from './words';

/** Properties of the view. */
export interface IAppViewProps {
  readonly place: IPlace;
  readonly apps: AppsModel;
  readonly commands: CommandRegistry;
  readonly showsLog: boolean;
  readonly trans: TranslationBundle;
}

/** What an app is called where it serves a file, or does not. */
export function titleOf(place: IPlace, apps: AppsModel): string {
  return place.file !== null
    ? lastPart(place.file)
    : (apps.app(place.app)?.title ?? place.app);
}

/** The view; nothing while the app shows itself. */
export function AppView(props: IAppViewProps): JSX.Element | null {
  const { place, apps, trans } = props;
  const instance = apps.at(place);
  const problem = apps.problem(place);
  const asked = apps.busy(keyOf(place));
  if (instance?.state === 'running') {
    return null;
  }
  if (instance?.state === 'starting') {
    return <Starting {...props} instance={instance} />;
  }
  if (asked || !apps.ready) {
    return <Asked {...props} />;
  }
  if (problem !== null) {
    return <Refused {...props} said={describe(problem, trans)} />;
  }
  if (instance?.failure) {
    return <Failed {...props} instance={instance} failure={instance.failure} />;
  }
  return <Idle {...props} />;
}

interface IHeadProps {
  readonly app: App | null;
  readonly children: React.ReactNode;
}

function Head({ app, children }: IHeadProps): JSX.Element {
  const Icon = iconOf(app);
  return (
    <h2>
      <Icon.react tag="span" className="jp-EllipLab-Apps-bigIcon" />
      <span>{children}</span>
    </h2>
  );
}

function Asked({ place, apps, trans }: IAppViewProps): JSX.Element {
  return (
    <section className="jp-EllipLab-Apps-card" aria-busy="true">
      <Head app={apps.app(place.app)}>
        {apps.ready
          ? trans.__('%1 is being asked for…', titleOf(place, apps))
          : trans.__('Looking…')}
      </Head>
    </section>
  );
}

interface IStartingProps extends IAppViewProps {
  readonly instance: AppInstance;
}

/** It has not answered yet: how long it may still take, and a way out. */
function Starting(props: IStartingProps): JSX.Element {
  const { place, apps, instance, commands, trans } = props;
  const now = useNow(true);
  const { share, left } = timeLeft(instance, now);
  const title = titleOf(place, apps);
  return (
    <section
      className="jp-EllipLab-Apps-card"
      aria-label={trans.__('%1 is starting', title)}
    >
      <div className="jp-EllipLab-Apps-cardRow">
        <div role="status">
          <Head app={apps.app(place.app)}>
            {trans.__('%1 is starting', title)}
          </Head>
        </div>
        <span className="jp-EllipLab-Kit-hint">
          {trans.__(
            '%1 left of %2',
            duration(left * 1000, trans),
            duration(instance.timeout * 1000, trans)
          )}
        </span>
        <button
          className="jp-EllipLab-Kit-button"
          disabled={apps.busy(instance.id)}
          onClick={() =>
            void commands.execute(CommandIDs.stop, { instance: instance.id })
          }
        >
          {apps.busy(instance.id) ? trans.__('Stopping…') : trans.__('Stop')}
        </button>
      </div>
      <Bar value={share} label={trans.__('Time that %1 has taken', title)} />
    </section>
  );
}

interface IFailedProps extends IStartingProps {
  readonly failure: AppFailure;
}

/** Why it did not come up, the answer first, and what mends it. */
function Failed(props: IFailedProps): JSX.Element {
  const { place, instance, failure, commands, showsLog, trans } = props;
  const longer = longerThan(instance.timeout);
  const button = (
    label: string,
    command: string,
    args: Record<string, string | number | boolean>,
    primary = false
  ): JSX.Element => (
    <button
      className={'jp-EllipLab-Kit-button' + (primary ? ' jp-mod-primary' : '')}
      onClick={() => void commands.execute(command, args)}
    >
      {label}
    </button>
  );
  const again = { ...argsOf(place) };
  return (
    <section
      className="jp-EllipLab-Kit-alarm"
      role="alert"
      aria-label={trans.__('Why it does not run')}
    >
      <h3>{failure.headline}</h3>
      {failure.hint && (
        <p className="jp-EllipLab-Kit-remedy">
          <Said trans={trans}>{failure.hint}</Said>
        </p>
      )}
      {failure.lines.length > 0 && !showsLog && (
        <>
          <p className="jp-EllipLab-Kit-hint">
            {trans.__('What it said last')}
          </p>
          <pre tabIndex={0}>{failure.lines.map(plain).join('\n')}</pre>
        </>
      )}
      <div className="jp-EllipLab-Kit-row">
        {button(trans.__('Try again'), CommandIDs.start, again, true)}
        {failure.timed_out &&
          longer > instance.timeout &&
          button(
            trans.__('Try again with %1', duration(longer * 1000, trans)),
            CommandIDs.start,
            { ...again, timeout: longer }
          )}
        {button(
          showsLog ? trans.__('Hide the log') : trans.__('Show the log'),
          CommandIDs.log,
          { instance: instance.id }
        )}
        {button(trans.__('Settings…'), CommandIDs.settings, {
          app: place.app
        })}
      </div>
    </section>
  );
}

interface IRefusedProps extends IAppViewProps {
  readonly said: string;
}

/** It could not even be started. */
function Refused(props: IRefusedProps): JSX.Element {
  const { place, apps, said, commands, trans } = props;
  const app = apps.app(place.app);
  const [headline, ...rest] = said.split('\n');
  return (
    <section
      className="jp-EllipLab-Kit-alarm"
      role="alert"
      aria-label={trans.__('Why it does not run')}
    >
      <h3>{headline}</h3>
      {rest.map(line => (
        <p key={line} className="jp-EllipLab-Kit-remedy">
          <Said trans={trans}>{line}</Said>
        </p>
      ))}
      <div className="jp-EllipLab-Kit-row">
        <button
          className="jp-EllipLab-Kit-button jp-mod-primary"
          onClick={() => void commands.execute(CommandIDs.start, argsOf(place))}
        >
          {trans.__('Try again')}
        </button>
        {app?.install && !app.installed && !app.install.missing && (
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() =>
              void commands.execute(CommandIDs.install, { app: app.name })
            }
          >
            {trans.__('Install %1', app.title)}
          </button>
        )}
        <button
          className="jp-EllipLab-Kit-button"
          onClick={() => void commands.execute(CommandIDs.panel)}
        >
          {trans.__('Show Applications')}
        </button>
      </div>
    </section>
  );
}

/** It does not run. */
function Idle({ place, apps, commands, trans }: IAppViewProps): JSX.Element {
  const app = apps.app(place.app);
  return (
    <section className="jp-EllipLab-Apps-idle">
      <div role="status">
        <Head app={app}>
          {trans.__('%1 does not run', titleOf(place, apps))}
        </Head>
      </div>
      <p>
        {apps.error !== null
          ? describe(apps.error, trans)
          : trans.__(
              'It was stopped, or the server has ended since: an app ends with the server that has started it.'
            )}
      </p>
      <button
        className="jp-EllipLab-Kit-button jp-mod-primary"
        onClick={() => void commands.execute(CommandIDs.start, argsOf(place))}
      >
        {trans.__('Start')}
      </button>
    </section>
  );
}

/** A place as arguments of a command. */
export function argsOf(place: IPlace): Record<string, string> {
  return place.file === null
    ? { app: place.app }
    : { app: place.app, file: place.file };
}
