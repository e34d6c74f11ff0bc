/**
 * An app in the panel: what runs of it, or how it can be had.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import {
  closeIcon,
  ellipsesIcon,
  launchIcon,
  listIcon,
  redoIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import * as React from 'react';

import type { App, AppInstance, AppWorkSummary } from '../contract';
import { exactBytes, exactTime, instant } from '../kit/format';
import { useNow } from '../kit/hooks';
import { MenuButton } from '../kit/menubutton';
import { Bar, isFinal, StateDot } from '../kit/state';
import { iconOf } from './appicons';
import { AppDot } from './dot';
import type { AppsModel } from './model';
import { Said } from './said';
import { CommandIDs } from './tokens';
import { costText, shareOf, stateWord, timeLeft, workText } from './words';

/** Properties of a row. */
export interface IAppRowProps {
  readonly app: App;
  readonly apps: AppsModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** A button with a picture; its label says what it is about. */
function Act(props: {
  readonly label: string;
  readonly about: string;
  readonly icon: LabIcon;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}): JSX.Element {
  return (
    <button
      className="jp-EllipLab-Kit-icon"
      title={props.label}
      aria-label={`${props.label}: ${props.about}`}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <props.icon.react tag="span" />
    </button>
  );
}

/** An app that is installed. */
export function AppRow(props: IAppRowProps): JSX.Element {
  const { app, commands, trans } = props;
  const Icon = iconOf(app);
  const alone = app.instances.find(one => one.file === null);
  const entries = [
    { command: CommandIDs.settings, args: { app: app.name } },
    { command: CommandIDs.homepage, args: { app: app.name } },
    ...(app.own
      ? [{ command: CommandIDs.uninstall, args: { app: app.name } }]
      : [])
  ];
  return (
    <li
      className="jp-EllipLab-Apps-app"
      data-app={app.name}
      aria-label={app.title}
    >
      <div className="jp-EllipLab-Apps-line">
        <Icon.react tag="span" className="jp-EllipLab-Apps-icon" />
        <button
          className="jp-EllipLab-Apps-name"
          title={`${app.description}\n${[app.found, app.program].filter(Boolean).join(': ')}`}
          onClick={() =>
            void commands.execute(CommandIDs.start, { app: app.name })
          }
        >
          {app.title}
        </button>
        <span className="jp-EllipLab-Kit-hint jp-EllipLab-Apps-text">
          {app.version}
        </span>
        {!alone && (
          <Act
            label={trans.__('Start')}
            about={app.title}
            icon={runIcon}
            onClick={() =>
              void commands.execute(CommandIDs.start, { app: app.name })
            }
          />
        )}
        <MenuButton
          className="jp-EllipLab-Kit-icon"
          label={trans.__('More actions with %1', app.title)}
          title={trans.__('More actions')}
          commands={commands}
          entries={entries}
        >
          <ellipsesIcon.react tag="span" />
        </MenuButton>
      </div>
      {!app.instances.length && (
        <div className="jp-EllipLab-Apps-line jp-mod-sub">
          <AppDot state={null} />
          <span className="jp-EllipLab-Apps-text">
            {stateWord(null, trans)}
          </span>
        </div>
      )}
      {app.instances.map(instance => (
        <Instance key={instance.id} {...props} instance={instance} />
      ))}
      <Work {...props} />
    </li>
  );
}

interface IInstanceProps extends IAppRowProps {
  readonly instance: AppInstance;
}

/** One that was started. */
function Instance(props: IInstanceProps): JSX.Element {
  const { app, instance, apps, commands, trans } = props;
  const starting = instance.state === 'starting';
  const now = useNow(starting);
  const busy = apps.busy(instance.id);
  const since = instant(instance.since);
  const run = (command: string, args?: ReadonlyJSONObject): void =>
    void commands.execute(command, args ?? { instance: instance.id });
  const failed = instance.state === 'failed';
  const word = busy
    ? trans.__('stopping…')
    : starting
      ? trans.__('starting · %1 s left', timeLeft(instance, now).left)
      : stateWord(instance.state, trans);
  const caption = [
    instance.file ?? '',
    since === null
      ? ''
      : trans.__(
          '%1 since %2',
          stateWord(instance.state, trans),
          exactTime(since)
        )
  ]
    .filter(Boolean)
    .join('\n');
  const acts = (
    <span className="jp-EllipLab-Apps-acts">
      {!starting && (
        <Act
          label={trans.__('Open')}
          about={instance.title}
          icon={launchIcon}
          onClick={() => run(CommandIDs.open)}
        />
      )}
      <Act
        label={trans.__('Show the log')}
        about={instance.title}
        icon={listIcon}
        onClick={() =>
          run(CommandIDs.log, { instance: instance.id, show: true })
        }
      />
      {!starting && (
        <Act
          label={failed ? trans.__('Try again') : trans.__('Restart')}
          about={instance.title}
          icon={redoIcon}
          disabled={busy}
          onClick={() => run(CommandIDs.restart)}
        />
      )}
      {!failed && (
        <Act
          label={trans.__('Stop')}
          about={instance.title}
          icon={stopIcon}
          disabled={busy}
          onClick={() => run(CommandIDs.stop)}
        />
      )}
    </span>
  );
  const open = (children: string): JSX.Element => (
    <button
      className="jp-EllipLab-Apps-instance"
      title={caption}
      onClick={() => run(CommandIDs.open)}
    >
      {children}
    </button>
  );
  return (
    <div data-state={instance.state}>
      <div className="jp-EllipLab-Apps-line jp-mod-sub">
        <AppDot state={instance.state} />
        {instance.file === null ? open(word) : open(instance.title)}
        {instance.file === null && acts}
      </div>
      {instance.file !== null && (
        <div className="jp-EllipLab-Apps-line jp-mod-word">
          <span className="jp-EllipLab-Apps-text">{word}</span>
          {acts}
        </div>
      )}
      {instance.failure && (
        <p className="jp-EllipLab-Apps-why">{instance.failure.headline}</p>
      )}
      {starting && (
        <Bar
          value={timeLeft(instance, now).share}
          label={trans.__('Time that %1 has taken', app.title)}
        />
      )}
    </div>
  );
}

/** An app that is not installed: what it is, what it costs, how it can be had. */
export function AbsentRow(props: IAppRowProps): JSX.Element {
  const { app, apps, commands, trans } = props;
  const Icon = iconOf(app);
  const plan = app.install;
  const work = workOf(app, apps);
  const going = !!work && !isFinal(work.state);
  const missing = plan?.missing ?? (plan ? null : app.missing);
  const hint = plan?.missing ? (plan.hint ?? app.hint) : app.hint;
  return (
    <li
      className="jp-EllipLab-Apps-app"
      data-app={app.name}
      aria-label={app.title}
    >
      <div className="jp-EllipLab-Apps-line">
        <Icon.react
          tag="span"
          className="jp-EllipLab-Apps-icon jp-mod-absent"
        />
        <span className="jp-EllipLab-Apps-name jp-EllipLab-Apps-text">
          {app.title}
        </span>
        {plan && !plan.missing && !going && (
          <button
            className="jp-EllipLab-Kit-button"
            aria-label={trans.__('Install %1', app.title)}
            title={trans.__('%1 into %2', plan.what, plan.folder)}
            onClick={() =>
              void commands.execute(CommandIDs.install, { app: app.name })
            }
          >
            {trans.__('Install')}
          </button>
        )}
        <MenuButton
          className="jp-EllipLab-Kit-icon"
          label={trans.__('More actions with %1', app.title)}
          title={trans.__('More actions')}
          commands={commands}
          entries={[
            { command: CommandIDs.settings, args: { app: app.name } },
            { command: CommandIDs.homepage, args: { app: app.name } }
          ]}
        >
          <ellipsesIcon.react tag="span" />
        </MenuButton>
      </div>
      <p className="jp-EllipLab-Apps-about">{app.description}</p>
      {plan && (
        <p
          className="jp-EllipLab-Kit-hint jp-EllipLab-Apps-about"
          title={trans.__('%1, %2', plan.what, exactBytes(plan.size, trans))}
        >
          {plan.what} · {costText(plan, trans)} · {app.licence}
        </p>
      )}
      {missing && <p className="jp-EllipLab-Apps-about">{sentence(missing)}</p>}
      {hint && (
        <p className="jp-EllipLab-Apps-about">
          <Said trans={trans}>{hint}</Said>
        </p>
      )}
      <Work {...props} />
    </li>
  );
}

/** What goes on with an app, or has gone wrong with it last. */
function workOf(app: App, apps: AppsModel): AppWorkSummary | null {
  return apps.works.find(app.work) ?? apps.works.lastOf(app.name);
}

/** An installation that goes on, or that has failed. */
function Work(props: IAppRowProps): JSX.Element | null {
  const { app, apps, commands, trans } = props;
  const work = workOf(app, apps);
  const going = !!work && !isFinal(work.state);
  const now = useNow(going);
  if (!work || work.state === 'done' || work.state === 'stopped') {
    return null;
  }
  const args = { id: work.id };
  return (
    <div className="jp-EllipLab-Apps-working" data-state={work.state}>
      <div className="jp-EllipLab-Apps-line">
        <StateDot state={work.state} trans={trans} quiet />
        <button
          className="jp-EllipLab-Apps-instance"
          title={trans.__('Show the steps and the log of “%1”', work.title)}
          onClick={() => void commands.execute(CommandIDs.openWork, args)}
        >
          {workText(work, now, trans)}
        </button>
        <span className="jp-EllipLab-Apps-acts">
          {going ? (
            <Act
              label={trans.__('Stop')}
              about={work.title}
              icon={stopIcon}
              onClick={() => void commands.execute(CommandIDs.stopWork, args)}
            />
          ) : (
            <>
              <Act
                label={trans.__('Try again')}
                about={work.title}
                icon={redoIcon}
                onClick={() =>
                  void commands.execute(CommandIDs.repeatWork, args)
                }
              />
              <Act
                label={trans.__('Remove')}
                about={work.title}
                icon={closeIcon}
                onClick={() =>
                  void commands.execute(CommandIDs.removeWork, args)
                }
              />
            </>
          )}
        </span>
      </div>
      {going ? (
        <Bar
          value={work.state === 'queued' ? 0 : shareOf(work)}
          label={trans.__('Progress of %1', work.title)}
        />
      ) : (
        <p className="jp-EllipLab-Apps-why">{work.detail}</p>
      )}
    </div>
  );
}

/** With a capital and a full stop. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
