/**
 * One container: what it said, as it says it, and everything known of it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { ContainerDetails, Usage } from '../contract';
import { bytes, exactBytes, exactTime, instant } from '../kit/format';
import { useDomId, useSignal } from '../kit/hooks';
import type { LogWindow } from '../kit/log';
import { LogTools } from '../kit/logtools';
import { LogView } from '../kit/logview';
import { describe } from '../kit/notice';
import { Pill } from '../kit/state';
import { TabPanel, Tabs } from '../kit/tabs';
import type { IContainerHost } from './containerlist';
import {
  ContainerDot,
  Ports,
  titleOfContainer,
  usageText
} from './containerlist';
import { containerLog } from './containerlog';
import { Pairs } from './imageview';
import type { ContainersModel } from './model';
import { stateText } from './names';
import type { IPageContext } from './page';
import { CommandIDs } from './tokens';
import { Trouble } from './trouble';

/** Properties of the view. */
export interface IContainerViewProps extends IPageContext {
  readonly name: string;
  readonly containers: ContainersModel;
  readonly commands: CommandRegistry;
  readonly host: IContainerHost;
  readonly trans: TranslationBundle;
}

/** The view. */
export function ContainerView(props: IContainerViewProps): JSX.Element {
  const { name, containers, host, visible, onTitle, trans } = props;
  const { running } = containers;
  useSignal(running.changed);
  const [container, setContainer] = React.useState<ContainerDetails | null>(
    null
  );
  const [error, setError] = React.useState<unknown>(null);
  const [turn, setTurn] = React.useState(0);
  React.useEffect(
    () => (visible ? running.watch() : undefined),
    [running, visible]
  );
  // The list is looked at anyway: a change of the container there is read here.
  const listed = running.find(name);
  const seen = listed && `${listed.state} ${listed.exit_code}`;
  React.useEffect(() => {
    let gone = false;
    containers.client.showContainer({ container: name }).then(
      found => {
        if (!gone) {
          setContainer(found);
          setError(null);
          onTitle(titleOfContainer(found, host), found.name);
        }
      },
      (wrong: unknown) => {
        if (!gone) {
          setError(wrong);
        }
      }
    );
    return () => {
      gone = true;
    };
    // The page's own function is made anew each time it paints.
  }, [containers, name, seen, turn]);
  if (error !== null) {
    return (
      <div className="jp-EllipLab-Containers-unknown">
        <h3>{trans.__('This container cannot be shown')}</h3>
        <Trouble
          text={describe(error, trans)}
          onAgain={() => setTurn(turn + 1)}
          trans={trans}
        />
      </div>
    );
  }
  if (!container) {
    return (
      <div className="jp-EllipLab-Containers-unknown" aria-busy="true">
        {trans.__('Reading the container…')}
      </div>
    );
  }
  return (
    <Known
      {...props}
      container={container}
      usage={running.usage(container.id)}
    />
  );
}

interface IKnownProps extends IContainerViewProps {
  readonly container: ContainerDetails;
  readonly usage: Usage | null;
}

function Known(props: IKnownProps): JSX.Element {
  const { container, usage, state, onState, trans } = props;
  const domId = useDomId('container');
  const tab = state.tab === 'details' ? 'details' : 'log';
  return (
    <div className="jp-EllipLab-Containers-page" data-state={container.state}>
      <Header {...props} />
      <div className="jp-EllipLab-Containers-tabRow">
        <Tabs
          id={domId}
          label={trans.__('Parts of the container')}
          tabs={[
            { key: 'log', label: trans.__('Log') },
            { key: 'details', label: trans.__('Details') }
          ]}
          current={tab}
          onSelect={key => onState({ ...state, tab: key })}
        />
        {tab === 'log' && (
          <div className="jp-EllipLab-Containers-logTools">
            <LogTools
              options={state.options}
              onOptions={options => onState({ ...state, options })}
              trans={trans}
            />
          </div>
        )}
      </div>
      <TabPanel id={domId} current={tab}>
        {tab === 'log' ? (
          <Log {...props} />
        ) : (
          <Details container={container} usage={usage} trans={trans} />
        )}
      </TabPanel>
    </div>
  );
}

function Header(props: IKnownProps): JSX.Element {
  const { container, usage, commands, host, trans } = props;
  const args = { container: container.id };
  const { run } = container;
  const button = (command: string, label: string): JSX.Element => (
    <button
      className="jp-EllipLab-Kit-button"
      onClick={() => void commands.execute(command, args)}
    >
      {label}
    </button>
  );
  return (
    <header className="jp-EllipLab-Containers-header">
      <div className="jp-EllipLab-Containers-headerMain">
        <ContainerDot container={container} />
        <h2 title={container.name}>{titleOfContainer(container, host)}</h2>
        <span role="status" className="jp-EllipLab-Containers-pills">
          <Pill
            tone={
              container.running
                ? 'running'
                : container.exit_code
                  ? 'failed'
                  : 'done'
            }
            title={container.status}
          >
            {stateText(container, trans)}
          </Pill>
          {usage && <Pill>{usageText(usage, trans)}</Pill>}
          {container.oom_killed && (
            <Pill tone="failed">{trans.__('out of memory')}</Pill>
          )}
        </span>
        <Ports ports={container.ports} host={host} trans={trans} />
        <span className="jp-EllipLab-Containers-headerButtons">
          {run !== null && (
            <button
              className="jp-EllipLab-Kit-button"
              onClick={() => host.openRun(run)}
            >
              {trans.__('Show the run')}
            </button>
          )}
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() =>
              void commands.execute(CommandIDs.showImage, {
                image: container.image
              })
            }
          >
            {trans.__('Show the image')}
          </button>
          {container.running ? (
            <>
              {button(CommandIDs.terminal, trans.__('Open a terminal'))}
              {button(CommandIDs.stopContainers, trans.__('Stop'))}
              {button(CommandIDs.killContainers, trans.__('Kill'))}
            </>
          ) : (
            <>
              {button(CommandIDs.startContainers, trans.__('Start'))}
              {button(CommandIDs.removeContainers, trans.__('Remove'))}
            </>
          )}
        </span>
      </div>
    </header>
  );
}

function Log(props: IKnownProps): JSX.Element {
  const { container, containers, state, onState, trans } = props;
  const [log, setLog] = React.useState<LogWindow | null>(null);
  const { id, running } = container;
  // One that was started again goes on saying something.
  React.useEffect(() => {
    const opened = containerLog(containers.client, id);
    setLog(opened);
    void opened.open();
    return () => opened.dispose();
  }, [containers, id, running]);
  if (!log) {
    return <div className="jp-EllipLab-KitLog" aria-busy="true" />;
  }
  return (
    <LogView
      log={log}
      options={state.options}
      onOptions={options => onState({ ...state, options })}
      label={trans.__('Log of %1', container.name)}
      empty={
        running
          ? trans.__('It has said nothing yet.')
          : trans.__('It said nothing.')
      }
      trans={trans}
    />
  );
}

interface IDetailsProps {
  readonly container: ContainerDetails;
  readonly usage: Usage | null;
  readonly trans: TranslationBundle;
}

function Details({ container, usage, trans }: IDetailsProps): JSX.Element {
  const time = (date: string | null): React.ReactNode => {
    const then = instant(date);
    return then === null ? null : exactTime(then);
  };
  const facts: (readonly [string, React.ReactNode])[] = [
    [trans.__('Name'), container.name],
    [trans.__('Id'), <code key="id">{container.id}</code>],
    [trans.__('Image'), <code key="image">{container.image}</code>],
    [trans.__('Command'), <code key="command">{container.command}</code>],
    [trans.__('Created'), time(container.created)],
    [trans.__('Started'), time(container.started)],
    [trans.__('Finished'), time(container.finished)],
    [
      trans.__('Exit code'),
      container.exit_code === null ? null : String(container.exit_code)
    ],
    [trans.__('User'), container.user],
    [trans.__('Folder'), container.folder && <code>{container.folder}</code>],
    [trans.__('Network'), container.network],
    [
      trans.__('Memory limit'),
      container.memory_limit && (
        <span title={exactBytes(container.memory_limit, trans)}>
          {bytes(container.memory_limit, trans)}
        </span>
      )
    ],
    [
      trans.__('Core limit'),
      container.cpu_limit ? String(container.cpu_limit) : null
    ],
    [
      trans.__('Restarts'),
      container.restarts ? String(container.restarts) : null
    ]
  ];
  if (usage) {
    facts.push(
      [trans.__('Uses now'), usageText(usage, trans)],
      [
        trans.__('Disk'),
        trans.__(
          '%1 read, %2 written',
          bytes(usage.read, trans),
          bytes(usage.written, trans)
        )
      ],
      [
        trans.__('Network traffic'),
        trans.__(
          '%1 received, %2 sent',
          bytes(usage.received, trans),
          bytes(usage.sent, trans)
        )
      ],
      [trans.__('Processes'), String(usage.processes)]
    );
  }
  return (
    <div className="jp-EllipLab-Containers-body">
      <table className="jp-EllipLab-Kit-table">
        <caption>{trans.__('About')}</caption>
        <tbody>
          {facts
            .filter(([, value]) => !!value)
            .map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{value}</td>
              </tr>
            ))}
        </tbody>
      </table>
      {container.mounts.length > 0 && (
        <table className="jp-EllipLab-Kit-table">
          <caption>{trans.__('Mounted')}</caption>
          <tbody>
            {container.mounts.map(mount => (
              <tr key={mount.target}>
                <th scope="row">
                  <code>{mount.target}</code>
                </th>
                <td>
                  <code>{mount.source}</code>{' '}
                  <span className="jp-EllipLab-Kit-hint">
                    {mount.writable
                      ? trans.__('writable')
                      : trans.__('read only')}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Pairs
        caption={trans.__('Environment (secrets left out)')}
        pairs={container.env}
        trans={trans}
      />
      <Pairs
        caption={trans.__('Labels')}
        pairs={container.labels}
        trans={trans}
      />
    </div>
  );
}
