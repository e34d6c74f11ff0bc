/**
 * The containers in the panel: their state, their run, their ports, what they use; looked at only while seen.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  deleteIcon,
  ellipsesIcon,
  listIcon,
  stopIcon,
  terminalIcon
} from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import * as React from 'react';

import type { Container, Port, Usage } from '../contract';
import { age, bytes, exactTime, instant, running } from '../kit/format';
import { useNow } from '../kit/hooks';
import { MenuButton } from '../kit/menubutton';
import { describe } from '../kit/notice';
import { Grid } from './grid';
import type { ContainersModel } from './model';
import { shortName, stateText } from './names';
import { CommandIDs } from './tokens';
import { Trouble } from './trouble';

/** Pixels of one row; the stylesheet has the same number. */
const ROW = 64;

/** What can be done with containers, in the order of the menus. */
const ACTIONS: readonly string[] = [
  CommandIDs.showContainer,
  CommandIDs.terminal,
  CommandIDs.startContainers,
  CommandIDs.stopContainers,
  CommandIDs.killContainers,
  CommandIDs.removeContainers
];

/** What a list of containers asks of the rest of the Lab. */
export interface IContainerHost {
  /** The name of a run, where it is known. */
  readonly runName: (id: string) => string | null;
  readonly openRun: (id: string) => void;
  /** The address of a port through the server, or null where it has no proxy. */
  readonly portUrl: (port: number) => string | null;
}

/** Properties of the list. */
export interface IContainerListProps {
  readonly containers: ContainersModel;
  readonly commands: CommandRegistry;
  readonly host: IContainerHost;
  readonly trans: TranslationBundle;
}

/** What a container is called: its run and its step, else its name. */
export function titleOfContainer(
  container: Container,
  host: IContainerHost
): string {
  if (container.run === null) {
    return container.name;
  }
  const run = host.runName(container.run);
  return [run, container.step].filter(Boolean).join(' · ') || container.name;
}

/** The list. */
export function ContainerList(props: IContainerListProps): JSX.Element {
  const { containers, commands, host, trans } = props;
  const { running: model, visible } = containers;
  const now = useNow(true, model.count ? 1000 : 15_000);
  React.useEffect(
    () => (visible ? model.watch() : undefined),
    [model, visible]
  );
  const { list, error, filter } = model;
  if (error !== null && !list.length) {
    return (
      <Trouble
        text={describe(error, trans)}
        onAgain={() => void containers.refresh()}
        trans={trans}
      />
    );
  }
  if (!model.ready) {
    return (
      <p className="jp-EllipLab-Kit-note" aria-busy="true">
        {trans.__('Reading the containers…')}
      </p>
    );
  }
  if (!list.length && !filter) {
    return (
      <div className="jp-EllipLab-Containers-empty">
        <h3>{trans.__('No containers')}</h3>
        <p>
          {trans.__(
            'Those of your runs are here while they run. Open a terminal in an image to have one of your own.'
          )}
        </p>
        <button
          className="jp-EllipLab-Kit-button"
          onClick={() => containers.setTab('images')}
        >
          {trans.__('Show the images')}
        </button>
      </div>
    );
  }
  return (
    <>
      <div className="jp-EllipLab-Containers-filter">
        <input
          className="jp-EllipLab-Kit-input"
          type="search"
          value={filter}
          placeholder={trans.__('Filter by name, image, run or state')}
          aria-label={trans.__('Filter the containers')}
          onChange={event => model.setFilter(event.target.value)}
        />
      </div>
      {error !== null && (
        <Trouble
          text={describe(error, trans)}
          onAgain={() => void model.refresh()}
          trans={trans}
        />
      )}
      {list.length ? (
        <Grid
          rows={list}
          chooser={model}
          label={trans.__('Containers')}
          height={ROW}
          rowClass="jp-EllipLab-Containers-container"
          busy={false}
          nameOf={one => titleOfContainer(one, host)}
          kindOf={one => (one.running ? 'running' : 'ended')}
          cells={one => (
            <Cells
              {...props}
              container={one}
              usage={model.usage(one.id)}
              now={now}
            />
          )}
          onOpen={one =>
            void commands.execute(CommandIDs.showContainer, {
              container: one.id
            })
          }
          onKey={event => {
            if (event.key === 'Delete') {
              void commands.execute(CommandIDs.removeContainers);
              return true;
            }
            return false;
          }}
        />
      ) : (
        <div className="jp-EllipLab-Containers-empty">
          <p>{trans.__('No container matches “%1”.', filter)}</p>
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() => model.setFilter('')}
          >
            {trans.__('Show all containers')}
          </button>
        </div>
      )}
      <Foot {...props} />
    </>
  );
}

/** The dot of a container; the word stands beside it. */
export function ContainerDot({
  container
}: {
  readonly container: Pick<Container, 'running' | 'exit_code' | 'state'>;
}): JSX.Element {
  const tone = container.running
    ? 'jp-mod-running'
    : container.exit_code
      ? 'jp-mod-failed'
      : container.exit_code === 0 && container.state !== 'created'
        ? 'jp-mod-done'
        : 'jp-mod-waiting jp-mod-hollow';
  return <span className={`jp-EllipLab-Kit-dot ${tone}`} aria-hidden />;
}

interface ICellsProps extends IContainerListProps {
  readonly container: Container;
  readonly usage: Usage | null;
  readonly now: number;
}

/** `water-bodies · otsu`, `running 12 s`, its image, what it uses, its ports. */
function Cells(props: ICellsProps): JSX.Element {
  const { container, usage, now, host, trans } = props;
  const { run } = container;
  return (
    <>
      <ContainerDot container={container} />
      <span
        className="jp-EllipLab-Containers-text jp-EllipLab-Containers-title"
        role="gridcell"
        title={`${container.name}\n${container.command}`}
      >
        {titleOfContainer(container, host)}
      </span>
      <span
        className="jp-EllipLab-Containers-state"
        role="gridcell"
        title={container.status}
      >
        {[stateText(container, trans), whenText(container, now, trans)]
          .filter(Boolean)
          .join(' ')}
      </span>
      <span
        className="jp-EllipLab-Containers-text jp-EllipLab-Containers-of"
        role="gridcell"
        title={container.image}
      >
        {shortName(container.image)}
      </span>
      <span className="jp-EllipLab-Containers-uses" role="gridcell">
        {usage && usageText(usage, trans)}
      </span>
      <span className="jp-EllipLab-Containers-links" role="gridcell">
        {run !== null && (
          <button
            className="jp-EllipLab-Kit-link"
            onClick={event => {
              event.stopPropagation();
              host.openRun(run);
            }}
          >
            {trans.__('run')}
          </button>
        )}
        <Ports ports={container.ports} host={host} trans={trans} />
      </span>
    </>
  );
}

/** `84 MB · 96 % of a core`. */
export function usageText(usage: Usage, trans: TranslationBundle): string {
  return [
    bytes(usage.memory, trans),
    trans.__('%1 % of a core', Math.round(usage.cpu * 100))
  ].join(' · ');
}

function whenText(
  container: Container,
  now: number,
  trans: TranslationBundle
): string {
  const started = instant(container.started);
  if (container.running && started !== null) {
    return running(now - started, trans);
  }
  const then = instant(container.finished) ?? instant(container.created);
  return then === null ? '' : age(then, now, trans);
}

interface IPortsProps {
  readonly ports: readonly Port[];
  readonly host: IContainerHost;
  readonly trans: TranslationBundle;
}

/** The ports that this machine reaches: links, where the server has a proxy. */
export function Ports({ ports, host, trans }: IPortsProps): JSX.Element {
  return (
    <>
      {ports.map(port => {
        const url = port.protocol === 'tcp' ? host.portUrl(port.host) : null;
        const label = trans.__('port %1', port.host);
        const title = trans.__(
          'Port %1 of the container is port %2 of the server',
          `${port.container}/${port.protocol}`,
          port.host
        );
        return url ? (
          <a
            key={`${port.host}/${port.protocol}`}
            className="jp-EllipLab-Kit-link"
            href={url}
            target="_blank"
            rel="noreferrer"
            title={title}
            onClick={event => event.stopPropagation()}
          >
            {label}
          </a>
        ) : (
          <span
            key={`${port.host}/${port.protocol}`}
            className="jp-EllipLab-Kit-hint"
            title={trans.__(
              '%1. With jupyter-server-proxy on the server this is a link.',
              title
            )}
          >
            {label}
          </span>
        );
      })}
    </>
  );
}

/** How many there are; or what can be done with those that are selected. */
function Foot(props: IContainerListProps): JSX.Element {
  const { containers, commands, host, trans } = props;
  const { running: model } = containers;
  const { selection } = model;
  const [first] = selection;
  if (!first) {
    return (
      <div className="jp-EllipLab-Containers-foot">
        <span role="status">
          {trans.__('%1 running, %2 in all', model.count, model.list.length)}
        </span>
        {model.list.length > model.count && (
          <button
            className="jp-EllipLab-Kit-link"
            onClick={() =>
              void commands.execute(CommandIDs.prune, { containers: true })
            }
          >
            {trans.__('Clean up…')}
          </button>
        )}
      </div>
    );
  }
  const one = selection.length === 1;
  const args: ReadonlyJSONObject = one ? { container: first.id } : {};
  const alive = selection.some(container => container.running);
  const label = one
    ? titleOfContainer(first, host)
    : trans._n('%1 container', '%1 containers', selection.length);
  const act = (command: string, text: string, Icon: LabIcon): JSX.Element => (
    <button
      className="jp-EllipLab-Kit-icon"
      title={text}
      aria-label={trans.__('%1: %2', text, label)}
      onClick={() => void commands.execute(command, args)}
    >
      <Icon.react tag="span" />
    </button>
  );
  return (
    <div
      className="jp-EllipLab-Containers-foot"
      role="toolbar"
      aria-label={trans.__('What can be done with %1', label)}
    >
      <span
        className="jp-EllipLab-Containers-text"
        role="status"
        title={exactTime(instant(first.created) ?? 0)}
      >
        {one ? label : trans.__('%1 selected', selection.length)}
      </span>
      {one &&
        act(CommandIDs.showContainer, trans.__('Log and details'), listIcon)}
      {one &&
        first.running &&
        act(CommandIDs.terminal, trans.__('Open a terminal'), terminalIcon)}
      {alive && act(CommandIDs.stopContainers, trans.__('Stop'), stopIcon)}
      {act(CommandIDs.removeContainers, trans.__('Remove'), deleteIcon)}
      <MenuButton
        className="jp-EllipLab-Kit-icon"
        label={trans.__('More actions with %1', label)}
        title={trans.__('More actions')}
        commands={commands}
        entries={ACTIONS.map(command => ({
          command,
          args
        }))}
      >
        <ellipsesIcon.react tag="span" />
      </MenuButton>
    </div>
  );
}
