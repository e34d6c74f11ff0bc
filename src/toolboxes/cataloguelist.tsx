/**
 * The catalogue in the panel: what can be installed, found by a word.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { CatalogueEntry } from '../contract';
import { bytes } from '../kit/format';
import { Pill } from '../kit/state';
import type { ToolboxesModel } from './model';
import { CommandIDs } from './tokens';
import { Trouble } from './trouble';

/** Properties of the list. */
export interface ICatalogueListProps {
  readonly toolboxes: ToolboxesModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The list. */
export function CatalogueList(props: ICatalogueListProps): JSX.Element {
  const { toolboxes, commands, trans } = props;
  const { catalogue, catalogueError, filter, found } = toolboxes;
  if (!catalogue) {
    return catalogueError === null ? (
      <p className="jp-EllipLab-Kit-note" aria-busy="true">
        {trans.__('Reading the catalogue…')}
      </p>
    ) : (
      <Trouble
        error={catalogueError}
        onAgain={() => void toolboxes.refresh()}
        trans={trans}
      />
    );
  }
  return (
    <>
      <div className="jp-EllipLab-Toolboxes-filter">
        <input
          className="jp-EllipLab-Kit-input"
          type="search"
          value={filter}
          placeholder={trans.__('A tool, a command, a word')}
          aria-label={trans.__('Search the catalogue')}
          onChange={event => toolboxes.setFilter(event.target.value)}
        />
      </div>
      {catalogue.problems.map(problem => (
        <p key={problem} className="jp-EllipLab-Toolboxes-caution">
          {problem}
        </p>
      ))}
      {found.length ? (
        <ul
          className="jp-EllipLab-Toolboxes-list"
          aria-label={trans.__('Catalogue')}
        >
          {found.map(entry => (
            <Entry key={entry.id} {...props} entry={entry} />
          ))}
        </ul>
      ) : (
        <div className="jp-EllipLab-Toolboxes-empty">
          <p>{trans.__('Nothing in the catalogue matches “%1”.', filter)}</p>
          <div className="jp-EllipLab-Kit-row">
            <button
              className="jp-EllipLab-Kit-button"
              onClick={() => toolboxes.setFilter('')}
            >
              {trans.__('Show everything')}
            </button>
            <button
              className="jp-EllipLab-Kit-button"
              onClick={() =>
                void commands.execute(CommandIDs.create, { packages: filter })
              }
            >
              {trans.__('Ask for it as a package…')}
            </button>
          </div>
        </div>
      )}
      <p className="jp-EllipLab-Toolboxes-own jp-EllipLab-Kit-hint">
        {trans.__('Entries of your own are files in')}
        <code title={catalogue.folder}>
          <bdi dir="ltr">{catalogue.folder}</bdi>
        </code>
      </p>
    </>
  );
}

interface IEntryProps extends ICatalogueListProps {
  readonly entry: CatalogueEntry;
}

/** One entry. */
function Entry(props: IEntryProps): JSX.Element {
  const { entry, commands, trans } = props;
  return (
    <li className="jp-EllipLab-Toolboxes-entry" data-entry={entry.id}>
      <span className="jp-EllipLab-Toolboxes-entryTitle">{entry.title}</span>
      <button
        className="jp-EllipLab-Kit-button"
        aria-label={trans.__('Install %1…', entry.title)}
        title={
          entry.here
            ? trans.__('See first what would be installed')
            : trans.__('Its packages are not to be had for this machine')
        }
        disabled={!entry.here}
        onClick={() =>
          void commands.execute(CommandIDs.install, { entry: entry.id })
        }
      >
        {trans.__('Install…')}
      </button>
      <span className="jp-EllipLab-Toolboxes-said" title={entry.description}>
        {entry.description}
      </span>
      <span className="jp-EllipLab-Toolboxes-marks">
        {entry.size !== null && (
          <span title={trans.__('On the disk, roughly; a plan says it better')}>
            {trans.__('about %1', bytes(entry.size, trans))}
          </span>
        )}
        <span title={trans.__('Licence')}>{entry.licence}</span>
        {entry.installed.length > 0 && (
          <Pill tone="done" title={entry.installed.join(', ')}>
            {trans.__('installed')}
          </Pill>
        )}
        {entry.own && <Pill>{trans.__('your own')}</Pill>}
        {!entry.here ? (
          <Pill title={entry.platforms.join(', ')}>
            {trans.__('not for this machine')}
          </Pill>
        ) : (
          entry.checked === null &&
          !entry.own && (
            <Pill
              title={trans.__(
                'Nobody has solved its packages against the real channels yet: its plan says whether they fit.'
              )}
            >
              {trans.__('not checked')}
            </Pill>
          )
        )}
      </span>
    </li>
  );
}
