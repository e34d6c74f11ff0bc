/**
 * The images in the panel: a filter, an order, rows, and what can be done with those that are selected.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretUpIcon,
  deleteIcon,
  ellipsesIcon,
  listIcon,
  terminalIcon
} from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Image, ImageSort } from '../contract';
import { age, bytes, exactBytes, exactTime, instant } from '../kit/format';
import { useNow } from '../kit/hooks';
import { MenuButton } from '../kit/menubutton';
import { describe } from '../kit/notice';
import { Pill } from '../kit/state';
import { Grid } from './grid';
import type { ContainersModel } from './model';
import {
  nameOf,
  partsOf,
  shortDigest,
  shortRepository,
  titleOf,
  usersText
} from './names';
import { CommandIDs } from './tokens';
import { Trouble } from './trouble';

/** Pixels of one row; the stylesheet has the same number. */
const ROW = 48;

/** What can be done with images, in the order of the menus. */
const ACTIONS: readonly string[] = [
  CommandIDs.showImage,
  CommandIDs.terminal,
  CommandIDs.copyName,
  CommandIDs.copyDigest,
  CommandIDs.tagImage,
  CommandIDs.untagImage,
  CommandIDs.push,
  CommandIDs.save,
  CommandIDs.expose,
  CommandIDs.removeImages
];

/** Properties of the list. */
export interface IImageListProps {
  readonly containers: ContainersModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The list. */
export function ImageList(props: IImageListProps): JSX.Element {
  const { containers, commands, trans } = props;
  const { images } = containers;
  const { list, filter, error } = images;
  const now = useNow(true, 30_000);
  const more = React.useCallback(() => void images.more(), [images]);
  if (error !== null && !list.length) {
    return (
      <Trouble
        text={describe(error, trans)}
        onAgain={() => void containers.refresh()}
        trans={trans}
      />
    );
  }
  if (!images.ready) {
    return (
      <p className="jp-EllipLab-Kit-note" aria-busy="true">
        {trans.__('Reading the images…')}
      </p>
    );
  }
  if (!list.length && !filter) {
    return <Teach {...props} />;
  }
  return (
    <>
      <div className="jp-EllipLab-Containers-filter">
        <input
          className="jp-EllipLab-Kit-input"
          type="search"
          value={filter}
          placeholder={trans.__('Filter by name, id or digest')}
          aria-label={trans.__('Filter the images')}
          onChange={event => images.setFilter(event.target.value)}
        />
      </div>
      {error !== null && (
        <Trouble
          text={describe(error, trans)}
          onAgain={() => void images.refresh()}
          trans={trans}
        />
      )}
      {list.length ? (
        <Grid
          rows={list}
          chooser={images}
          label={trans.__('Images')}
          height={ROW}
          rowClass="jp-EllipLab-Containers-image"
          busy={images.loading}
          more={images.hasMore}
          onMore={more}
          head={<Head {...props} />}
          nameOf={image => titleOf(image, trans)}
          kindOf={image => (image.dangling ? 'dangling' : 'named')}
          cells={image => <Cells image={image} now={now} trans={trans} />}
          onOpen={image =>
            void commands.execute(CommandIDs.showImage, { image: image.id })
          }
          onKey={event => {
            if (event.key === 'Delete') {
              void commands.execute(CommandIDs.removeImages);
              return true;
            }
            if ((event.ctrlKey || event.metaKey) && event.key === 'c') {
              void commands.execute(CommandIDs.copyName);
              return true;
            }
            return false;
          }}
        />
      ) : (
        <div className="jp-EllipLab-Containers-empty">
          <p>{trans.__('No image matches “%1”.', filter)}</p>
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() => images.setFilter('')}
          >
            {trans.__('Show all images')}
          </button>
        </div>
      )}
      <Foot {...props} />
    </>
  );
}

/** What the rows are ordered by. */
function Head(props: IImageListProps): JSX.Element {
  const { containers, trans } = props;
  const { images } = containers;
  const { order } = images;
  const column = (by: ImageSort, label: string): JSX.Element => {
    const mine = order.by === by;
    const Caret = order.down ? caretDownIcon : caretUpIcon;
    return (
      <span
        role="columnheader"
        aria-sort={!mine ? 'none' : order.down ? 'descending' : 'ascending'}
      >
        <button
          title={trans.__('Sort by %1', label)}
          onClick={() =>
            images.setOrder({ by, down: mine ? !order.down : by !== 'name' })
          }
        >
          {label}
          {mine && (
            <Caret.react tag="span" className="jp-EllipLab-Containers-caret" />
          )}
        </button>
      </span>
    );
  };
  return (
    <div className="jp-EllipLab-Containers-head" role="row" aria-rowindex={1}>
      {column('name', trans.__('Name'))}
      {column('created', trans.__('Age'))}
      {column('used', trans.__('Used'))}
      {column('size', trans.__('Size'))}
    </div>
  );
}

interface ICellsProps {
  readonly image: Image;
  readonly now: number;
  readonly trans: TranslationBundle;
}

/** `ellip/water-bodies [1.0]`, `2 min ago · used by water-bodies.cwl`, `306 MB`. */
function Cells({ image, now, trans }: ICellsProps): JSX.Element {
  const [name, ...others] = image.names;
  const created = instant(image.created);
  const parts = name ? partsOf(name) : null;
  return (
    <>
      <span
        className="jp-EllipLab-Containers-name"
        role="gridcell"
        title={image.names.join('\n') || image.id}
      >
        {parts ? (
          <>
            <span className="jp-EllipLab-Containers-text jp-mod-tail">
              <bdi dir="ltr">{shortRepository(parts.repository)}</bdi>
            </span>
            {parts.tag !== null && <Pill>{parts.tag}</Pill>}
            {others.length > 0 && (
              <Pill title={others.join('\n')}>
                {trans.__('+%1', others.length)}
              </Pill>
            )}
          </>
        ) : (
          <span className="jp-EllipLab-Containers-text jp-mod-dangling">
            {trans.__('‹untagged› %1', shortDigest(image.id))}
          </span>
        )}
      </span>
      <span className="jp-EllipLab-Containers-under" role="presentation">
        <span
          role="gridcell"
          title={created === null ? undefined : exactTime(created)}
        >
          {created === null ? '' : age(created, now, trans)}
        </span>
        <span
          className="jp-EllipLab-Containers-users"
          role="gridcell"
          title={image.users.map(user => user.name).join('\n') || undefined}
        >
          {usersText(image.users, trans)}
        </span>
      </span>
      <span
        className="jp-EllipLab-Containers-size"
        role="gridcell"
        title={exactBytes(image.size, trans)}
      >
        {bytes(image.size, trans)}
      </span>
    </>
  );
}

/** How many there are; or what can be done with those that are selected. */
function Foot(props: IImageListProps): JSX.Element {
  const { containers, commands, trans } = props;
  const { images } = containers;
  const { selection } = images;
  const [first] = selection;
  if (!first) {
    const dangling = images.list.filter(one => one.dangling).length;
    return (
      <div className="jp-EllipLab-Containers-foot">
        <span
          className="jp-EllipLab-Containers-text"
          role="status"
          title={exactBytes(images.size, trans)}
        >
          {trans._n(
            '%1 image, %2',
            '%1 images, %2',
            images.total,
            bytes(images.size, trans)
          )}
        </span>
        <button
          className="jp-EllipLab-Kit-link"
          onClick={() => void commands.execute(CommandIDs.prune)}
        >
          {dangling
            ? trans._n(
                '%1 untagged, clean up…',
                '%1 untagged, clean up…',
                dangling
              )
            : trans.__('Clean up…')}
        </button>
      </div>
    );
  }
  const one = selection.length === 1;
  const label = one
    ? titleOf(first, trans)
    : trans._n('%1 image', '%1 images', selection.length);
  const args = one ? { image: nameOf(first) } : {};
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
      <span className="jp-EllipLab-Containers-text" role="status">
        {one
          ? label
          : trans.__(
              '%1 selected, %2',
              selection.length,
              bytes(
                selection.reduce((sum, image) => sum + image.size, 0),
                trans
              )
            )}
      </span>
      {one && act(CommandIDs.showImage, trans.__('Details'), listIcon)}
      {one &&
        act(CommandIDs.terminal, trans.__('Open a terminal'), terminalIcon)}
      <button
        className="jp-EllipLab-Kit-icon"
        title={trans._n(
          'Remove %1 image…',
          'Remove %1 images…',
          selection.length
        )}
        aria-label={trans._n(
          'Remove %1 image',
          'Remove %1 images',
          selection.length
        )}
        onClick={() => void commands.execute(CommandIDs.removeImages)}
      >
        <deleteIcon.react tag="span" />
      </button>
      <MenuButton
        className="jp-EllipLab-Kit-icon"
        label={trans.__('More actions with %1', label)}
        title={trans.__('More actions')}
        commands={commands}
        entries={ACTIONS.map(command => ({ command }))}
      >
        <ellipsesIcon.react tag="span" />
      </MenuButton>
    </div>
  );
}

/** No image yet: pull or build one. */
function Teach({ commands, trans }: IImageListProps): JSX.Element {
  return (
    <div className="jp-EllipLab-Containers-empty">
      <h3>{trans.__('No images yet')}</h3>
      <p>
        {trans.__(
          'Every tool of an application package is an image. Pull one from a registry, or build one from a Containerfile of the workspace.'
        )}
      </p>
      <div className="jp-EllipLab-Kit-row">
        <button
          className="jp-EllipLab-Kit-button jp-mod-primary"
          onClick={() => void commands.execute(CommandIDs.pull)}
        >
          {trans.__('Pull an image…')}
        </button>
        <button
          className="jp-EllipLab-Kit-button"
          onClick={() => void commands.execute(CommandIDs.build)}
        >
          {trans.__('Build an image…')}
        </button>
      </div>
      <p className="jp-EllipLab-Kit-hint">
        {trans.__(
          'Right-click a Containerfile, or a folder that has one, in the file browser to build it.'
        )}
      </p>
    </div>
  );
}
