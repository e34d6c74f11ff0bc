/**
 * The toolboxes in the panel: what each is, how it stands, what goes on with it, what can be done.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  ellipsesIcon,
  notebookIcon,
  stopIcon,
  terminalIcon
} from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { ToolboxSummary } from '../contract';
import { plain } from '../kit/code';
import { toolboxesIcon } from '../kit/icons';
import { MenuButton } from '../kit/menubutton';
import { Bar } from '../kit/state';
import { ToolboxDot } from './dot';
import type { ToolboxesModel } from './model';
import { asName } from './names';
import { CommandIDs } from './tokens';
import { factsOf, shareOf, toolboxWord } from './words';

/** Properties of the list. */
export interface IToolboxListProps {
  readonly toolboxes: ToolboxesModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The list; where there is none, what one is good for. */
export function ToolboxList(props: IToolboxListProps): JSX.Element | null {
  const { toolboxes, trans } = props;
  if (!toolboxes.all) {
    return toolboxes.error === null ? (
      <p className="jp-EllipLab-Kit-note" aria-busy="true">
        {trans.__('Reading the toolboxes…')}
      </p>
    ) : null;
  }
  if (!toolboxes.list.length) {
    return <Teach {...props} />;
  }
  return (
    <ul
      className="jp-EllipLab-Toolboxes-list"
      aria-label={trans.__('Toolboxes')}
    >
      {toolboxes.list.map(one => (
        <Item key={one.name} {...props} toolbox={one} />
      ))}
    </ul>
  );
}

function Teach({ commands, trans }: IToolboxListProps): JSX.Element {
  return (
    <div className="jp-EllipLab-Toolboxes-empty">
      <toolboxesIcon.react
        tag="span"
        className="jp-EllipLab-Toolboxes-emptyIcon"
      />
      <h3>{trans.__('No toolbox yet')}</h3>
      <p>
        {trans.__(
          'A toolbox has the tools of a kind of work, in a folder of its own: a notebook and a terminal can use it at once, and nothing else is touched. Choose one below, or make your own.'
        )}
      </p>
      <div className="jp-EllipLab-Kit-row">
        <button
          className="jp-EllipLab-Kit-button"
          onClick={() => void commands.execute(CommandIDs.create)}
        >
          {trans.__('From packages…')}
        </button>
        <button
          className="jp-EllipLab-Kit-button"
          onClick={() => void commands.execute(CommandIDs.fromFile)}
        >
          {trans.__('From a file…')}
        </button>
      </div>
    </div>
  );
}

interface IItemProps extends IToolboxListProps {
  readonly toolbox: ToolboxSummary;
}

/** One toolbox. */
function Item(props: IItemProps): JSX.Element {
  const { toolbox, toolboxes, commands, trans } = props;
  const { name, title } = toolbox;
  const work = toolboxes.workOf(name);
  const state = work ? 'working' : toolbox.state;
  const args = { name };
  const act = (
    command: string,
    label: string,
    Icon: LabIcon,
    of: Record<string, string> = args
  ): JSX.Element => (
    <button
      className="jp-EllipLab-Kit-icon"
      title={label}
      aria-label={trans.__('%1: %2', label, title)}
      disabled={!commands.isEnabled(command, of)}
      onClick={() => void commands.execute(command, of)}
    >
      <Icon.react tag="span" />
    </button>
  );
  const what = [
    toolboxWord(state, work, trans),
    ...(work ? [work.text].filter(Boolean) : factsOf(toolbox, trans))
  ].join(' · ');
  return (
    <li
      className="jp-EllipLab-Toolboxes-toolbox"
      data-toolbox={name}
      data-state={state}
      data-kind={state}
    >
      <ToolboxDot state={state} />
      <button
        className="jp-EllipLab-Toolboxes-open"
        title={trans.__('Show the packages and the commands of %1', title)}
        onClick={() =>
          void commands.execute(
            work && !toolbox.packages ? CommandIDs.openWork : CommandIDs.show,
            work && !toolbox.packages ? { id: work.id } : args
          )
        }
      >
        {title}
        {asName(title) !== name && (
          <span className="jp-EllipLab-Kit-hint"> {name}</span>
        )}
      </button>
      <span className="jp-EllipLab-Toolboxes-acts">
        {work ? (
          act(CommandIDs.stopWork, trans.__('Stop'), stopIcon, { id: work.id })
        ) : (
          <>
            {act(
              CommandIDs.notebook,
              trans.__('Open a notebook'),
              notebookIcon
            )}
            {act(
              CommandIDs.terminal,
              trans.__('Open a terminal'),
              terminalIcon
            )}
            <MenuButton
              className="jp-EllipLab-Kit-icon"
              label={trans.__('More of %1', title)}
              title={trans.__('More')}
              commands={commands}
              entries={[
                CommandIDs.show,
                CommandIDs.update,
                CommandIDs.clone,
                CommandIDs.saveLock,
                CommandIDs.copyName,
                CommandIDs.copyPrefix,
                CommandIDs.remove
              ].map(command => ({ command, args }))}
            >
              <ellipsesIcon.react tag="span" />
            </MenuButton>
          </>
        )}
      </span>
      <span className="jp-EllipLab-Toolboxes-what">
        <span title={what}>{what}</span>
      </span>
      {work && work.state !== 'queued' && (
        <Bar
          value={shareOf(work)}
          label={trans.__('Progress of %1', work.title)}
        />
      )}
      {state === 'broken' && toolbox.reason ? (
        <span className="jp-EllipLab-Toolboxes-why">
          {plain(toolbox.reason)}
        </span>
      ) : (
        toolbox.description &&
        !work && (
          <span
            className="jp-EllipLab-Toolboxes-about1"
            title={toolbox.description}
          >
            {toolbox.description}
          </span>
        )
      )}
    </li>
  );
}
