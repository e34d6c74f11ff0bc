/**
 * One row: a bucket, a folder or an object.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import {
  fileIcon,
  folderIcon,
  imageIcon,
  jsonIcon,
  notebookIcon,
  spreadsheetIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import { age, bytes, exactBytes, exactTime, instant } from '../kit/format';
import { storageIcon } from '../kit/icons';
import { visible } from './paths';
import type { IEntry } from './tokens';

/** Properties of a row. */
export interface IRowProps {
  readonly entry: IEntry;
  readonly id: string;
  readonly now: number;
  readonly top: number;
  readonly position: number;
  readonly selected: boolean;
  readonly reachable: boolean;
  /** It has been cut, or is on its way elsewhere. */
  readonly pale: boolean;
  readonly onSelect: (event: React.MouseEvent) => void;
  readonly onOpen: () => void;
  readonly onMenu: () => void;
  readonly onFocus: () => void;
  /** Takes the new name, null when it stays; the name cannot be changed now when absent. */
  readonly onRename?: (name: string | null) => void;
  readonly trans: TranslationBundle;
}

/** The row. */
export function Row(props: IRowProps): JSX.Element {
  const { entry, now, trans } = props;
  const modified = instant(entry.modified);
  const Icon = iconOf(entry);
  return (
    <div
      className={
        'jp-EllipLab-S3-row' +
        (props.selected ? ' jp-mod-selected' : '') +
        (props.pale ? ' jp-mod-pale' : '')
      }
      role="row"
      aria-selected={props.selected}
      aria-rowindex={props.position + 1}
      data-kind={entry.kind}
      data-row={props.id}
      tabIndex={props.reachable ? 0 : -1}
      style={{ top: props.top }}
      onClick={props.onSelect}
      onDoubleClick={props.onOpen}
      onContextMenu={props.onMenu}
      onFocus={props.onFocus}
    >
      <span className="jp-EllipLab-S3-name" role="gridcell">
        <Icon.react tag="span" className="jp-EllipLab-S3-rowIcon" />
        {props.onRename ? (
          <Rename
            name={entry.name}
            onDone={props.onRename}
            label={trans.__('New name of %1', entry.name)}
          />
        ) : (
          <span className="jp-EllipLab-S3-text" title={entry.key || entry.name}>
            {visible(entry.name) || trans.__('(no name)')}
          </span>
        )}
        <span className="jp-EllipLab-Kit-hidden">{kindOf(entry, trans)}</span>
      </span>
      <span
        className="jp-EllipLab-S3-time"
        role="gridcell"
        title={modified === null ? undefined : exactTime(modified)}
      >
        {modified === null ? '' : age(modified, now, trans)}
      </span>
      <span
        className="jp-EllipLab-S3-size"
        role="gridcell"
        title={entry.size === null ? undefined : exactBytes(entry.size, trans)}
      >
        {entry.size === null ? '–' : bytes(entry.size, trans)}
      </span>
    </div>
  );
}

interface IRenameProps {
  readonly name: string;
  readonly label: string;
  readonly onDone: (name: string | null) => void;
}

/** The name as a field: Enter takes it, Escape leaves it. */
function Rename(props: IRenameProps): JSX.Element {
  const { name, onDone } = props;
  const field = React.useRef<HTMLInputElement>(null);
  const done = React.useRef(false);
  React.useEffect(() => {
    const node = field.current;
    node?.focus();
    const dot = name.lastIndexOf('.');
    node?.setSelectionRange(0, dot > 0 ? dot : name.length);
  }, [name]);
  const end = (value: string | null): void => {
    if (!done.current) {
      done.current = true;
      onDone(value && value !== name ? value : null);
    }
  };
  return (
    <input
      ref={field}
      className="jp-EllipLab-S3-rename"
      aria-label={props.label}
      defaultValue={name}
      onClick={event => event.stopPropagation()}
      onDoubleClick={event => event.stopPropagation()}
      onKeyDown={event => {
        event.stopPropagation();
        if (event.key === 'Enter') {
          end(event.currentTarget.value);
        } else if (event.key === 'Escape') {
          end(null);
        }
      }}
      onBlur={event => end(event.currentTarget.value)}
    />
  );
}

function kindOf(entry: IEntry, trans: TranslationBundle): string {
  return entry.kind === 'bucket'
    ? trans.__('bucket')
    : entry.kind === 'folder'
      ? trans.__('folder')
      : '';
}

const ICONS: readonly (readonly [RegExp, LabIcon])[] = [
  [/\.(tiff?|jp2|png|jpe?g|gif|webp|vrt|cog)$/i, imageIcon],
  [/\.(geo|top)?json$/i, jsonIcon],
  [/\.ipynb$/i, notebookIcon],
  [/\.(csv|tsv|parquet|geoparquet|xlsx?)$/i, spreadsheetIcon]
];

/** The icon that its name calls for. */
export function iconOf(entry: IEntry): LabIcon {
  if (entry.kind === 'bucket') {
    return storageIcon;
  }
  if (entry.kind === 'folder') {
    return folderIcon;
  }
  return ICONS.find(([pattern]) => pattern.test(entry.name))?.[1] ?? fileIcon;
}
