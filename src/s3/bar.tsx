/**
 * Which connection is shown, how it does, and which others there are.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ellipsesIcon, MenuSvg } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Connection, Source } from '../contract';
import { MenuButton } from '../kit/menubutton';
import type { Health } from './connections';
import { titleOf } from './connections';
import type { StorageModel } from './model';
import { CommandIDs } from './tokens';

/** Where a connection comes from, as a person says it. */
export function sourceText(source: Source, trans: TranslationBundle): string {
  switch (source) {
    case 'saved':
      return trans.__('saved here');
    case 'profile':
      return trans.__('from ~/.aws');
    case 'environment':
      return trans.__('from the environment');
    case 'embedded':
      return trans.__('this machine');
  }
}

function healthText(health: Health, trans: TranslationBundle): string {
  switch (health) {
    case 'good':
      return trans.__('works');
    case 'bad':
      return trans.__('does not work');
    case 'asking':
      return trans.__('connecting');
    case 'unknown':
      return trans.__('not used yet');
  }
}

const TONES: Record<Health, string> = {
  unknown: 'jp-mod-waiting jp-mod-hollow',
  asking: 'jp-mod-running',
  good: 'jp-mod-done',
  bad: 'jp-mod-failed'
};

interface IHealthDotProps {
  readonly health: Health;
  readonly trans: TranslationBundle;
}

/** The dot of a connection; the word is said to readers. */
export function HealthDot({ health, trans }: IHealthDotProps): JSX.Element {
  const word = healthText(health, trans);
  return (
    <span
      className={`jp-EllipLab-Kit-dot ${TONES[health]}`}
      role="img"
      aria-label={word}
      title={word}
    />
  );
}

interface IConnectionLineProps {
  readonly connection: Connection;
  readonly storage: StorageModel;
  readonly trans: TranslationBundle;
}

/** One connection of the list at the start. */
export function ConnectionLine(props: IConnectionLineProps): JSX.Element {
  const { connection, storage, trans } = props;
  return (
    <button
      className="jp-EllipLab-S3-connection"
      onClick={() =>
        void storage.open({
          connection: connection.name,
          bucket: null,
          prefix: ''
        })
      }
    >
      <HealthDot health={storage.known.health(connection.name)} trans={trans} />
      <span className="jp-EllipLab-S3-text">{titleOf(connection)}</span>
      <span className="jp-EllipLab-Kit-hint">
        {connection.default
          ? trans.__('default')
          : sourceText(connection.source, trans)}
      </span>
    </button>
  );
}

/** Properties of the bar. */
export interface IBarProps {
  readonly storage: StorageModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The connection that is shown, with the others in a menu. */
export function ConnectionBar(props: IBarProps): JSX.Element | null {
  const { storage, commands, trans } = props;
  const { known, place } = storage;
  const name = place.connection;
  if (name === null) {
    return null;
  }
  const current = known.find(name);
  const title = current ? titleOf(current) : name;
  return (
    <div className="jp-EllipLab-S3-bar">
      <button
        className="jp-EllipLab-S3-picker"
        aria-haspopup="menu"
        aria-label={trans.__('Connection: %1', title)}
        title={
          current
            ? `${title} · ${sourceText(current.source, trans)}${
                current.endpoint ? `\n${current.endpoint}` : ''
              }`
            : title
        }
        onClick={event => openPicker(event.currentTarget, props)}
      >
        <HealthDot health={known.health(name)} trans={trans} />
        <span className="jp-EllipLab-S3-text">{title}</span>
        <span className="jp-EllipLab-Kit-hint jp-EllipLab-S3-wide">
          {current ? sourceText(current.source, trans) : ''}
        </span>
        <span aria-hidden="true">▾</span>
      </button>
      <MenuButton
        className="jp-EllipLab-Kit-icon"
        label={trans.__('What can be done with the connection')}
        title={trans.__('What can be done with the connection')}
        commands={commands}
        entries={[
          CommandIDs.testConnection,
          CommandIDs.useInNotebook,
          'ellip-lab:s3-use-in-terminal',
          CommandIDs.editConnection,
          CommandIDs.chooseConnection,
          CommandIDs.removeConnection
        ]
          .filter(command => commands.hasCommand(command))
          .map(command => ({ command, args: { name, connection: name } }))}
      >
        <ellipsesIcon.react tag="span" />
      </MenuButton>
    </div>
  );
}

/** Opens the menu of the connections. */
function openPicker(node: HTMLElement, props: IBarProps): void {
  const { storage, commands } = props;
  const box = node.getBoundingClientRect();
  const menu = new MenuSvg({ commands });
  for (const { name } of storage.known.list) {
    menu.addItem({ command: OPEN, args: { name } });
  }
  menu.addItem({ type: 'separator' });
  menu.addItem({ command: OPEN, args: {} });
  menu.addItem({ command: CommandIDs.connect });
  menu.aboutToClose.connect(() => {
    window.setTimeout(() => menu.dispose());
  }, menu);
  menu.node.style.minWidth = `${box.width}px`;
  menu.open(box.left, box.bottom + 2);
}

/** The command of the menu's entries. */
export const OPEN = 'ellip-lab:s3-open-connection';

/** Adds the command of the menu's entries. */
export function addOpenConnection(props: IBarProps): void {
  const { storage, commands, trans } = props;
  commands.addCommand(OPEN, {
    label: args => {
      const connection = storage.known.find(
        typeof args.name === 'string' ? args.name : null
      );
      return connection
        ? titleOf(connection)
        : typeof args.name === 'string'
          ? args.name
          : trans.__('All Connections');
    },
    caption: trans.__('Show the buckets of a connection'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          name: {
            type: 'string',
            description: trans.__(
              'The name of the connection; all of them when absent'
            )
          }
        }
      }
    },
    isToggled: args =>
      typeof args.name === 'string' && args.name === storage.place.connection,
    execute: args =>
      storage.open({
        connection: typeof args.name === 'string' ? args.name : null,
        bucket: null,
        prefix: ''
      })
  });
}
