/**
 * The rows that are in sight, of as many as there are: a grid whose rows are selected and opened by keys too.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { useNow, useSignal } from '../kit/hooks';
import { useSight } from '../kit/sight';
import type { ISort } from './entries';
import { idOf } from './entries';
import type { Listing } from './listing';
import { Row } from './row';
import type { IEntry } from './tokens';

/** Pixels of one row; the stylesheet has the same number. */
const ROW = 28;
/** Milliseconds after which letters begin a new word. */
const WORD = 800;

/** Properties of the grid. */
export interface IListProps {
  readonly listing: Listing;
  readonly label: string;
  /** Only one row at a time. */
  readonly single?: boolean;
  /** The row whose name is being changed. */
  readonly renaming?: string | null;
  readonly isPale?: (entry: IEntry) => boolean;
  readonly onOpen: (entry: IEntry) => void;
  readonly onRename?: (entry: IEntry, name: string | null) => void;
  /** A key that the grid itself has no use for; true when it has been used. */
  readonly onKey?: (event: React.KeyboardEvent) => boolean;
  readonly onUp: () => void;
  readonly trans: TranslationBundle;
}

/** The grid. */
export function List(props: IListProps): JSX.Element {
  const { listing, single, trans } = props;
  useSignal(listing.changed);
  const { rows, sort, focus } = listing;
  const now = useNow(true, 30_000);
  const { pane, first, last, height, page, show } = useSight(rows.length, ROW);
  const typed = React.useRef({ text: '', at: 0 });
  const moved = React.useRef(false);

  React.useEffect(() => {
    if (last >= rows.length && listing.hasMore && !listing.loading) {
      void listing.more();
    }
  }, [last, rows.length, listing, listing.hasMore, listing.loading]);

  const focused = rows.findIndex(row => idOf(row) === focus);
  const at = Math.max(0, focused);

  const go = (index: number, event: React.KeyboardEvent): void => {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[to];
    if (!row) {
      return;
    }
    show(to);
    moved.current = true;
    if ((event.ctrlKey || event.metaKey) && !single) {
      listing.setFocus(idOf(row));
    } else {
      listing.select(idOf(row), event.shiftKey && !single ? 'range' : 'only');
    }
  };
  const type = (letter: string, event: React.KeyboardEvent): void => {
    const fresh = event.timeStamp - typed.current.at > WORD;
    const text = (fresh ? letter : typed.current.text + letter).toLowerCase();
    typed.current = { text, at: event.timeStamp };
    // The same letter again goes to the next one that begins with it.
    const from = text.length === 1 ? at + 1 : at;
    const order = [...rows.slice(from), ...rows.slice(0, from)];
    const found = order.find(row => row.name.toLowerCase().startsWith(text));
    if (found) {
      go(rows.indexOf(found), event);
    }
  };
  const press = (event: React.KeyboardEvent): void => {
    const row = rows[at];
    const command = event.ctrlKey || event.metaKey;
    const to = {
      ArrowDown: focused < 0 ? 0 : at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length - 1
    }[event.key];
    if (to !== undefined && !event.altKey) {
      go(to, event);
    } else if (
      event.key === 'Backspace' ||
      (event.altKey && event.key === 'ArrowUp')
    ) {
      props.onUp();
    } else if (event.key === 'Enter' && row && !command) {
      props.onOpen(row);
    } else if (event.key === ' ' && row) {
      listing.select(idOf(row), single ? 'only' : 'toggle');
    } else if (command && event.key === 'a' && !single) {
      listing.selectAll();
    } else if (event.key === 'Escape' && listing.selection.length) {
      listing.selectNone();
    } else if (props.onKey?.(event)) {
      // It has been used.
    } else if (event.key.length === 1 && !command && !event.altKey) {
      type(event.key, event);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  // The row with the keyboard is painted even out of sight; the one that had it may be gone already.
  const { renaming } = props;
  React.useEffect(() => {
    const node = pane.current;
    const front = document.activeElement;
    const mine = moved.current || node?.contains(front);
    moved.current = false;
    if (focus && mine && front?.tagName !== 'INPUT') {
      node
        ?.querySelector<HTMLElement>(`[data-row="${CSS.escape(focus)}"]`)
        ?.focus({ preventScroll: true });
    }
  }, [focus, first, last, pane, renaming]);
  // What opens below the rows does not cover the one it is about.
  React.useEffect(() => {
    if (focused >= 0) {
      show(focused);
    }
    // Only when there is another height: who scrolls looks elsewhere on purpose.
  }, [height]);

  const seen = rows
    .slice(first, last)
    .map((entry, index) => [entry, first + index] as const);
  const beyond = focused >= 0 && (focused < first || focused >= last);
  const row = beyond ? rows[focused] : undefined;
  if (row) {
    seen.push([row, focused]);
  }

  return (
    <div
      className="jp-EllipLab-S3-grid"
      role="grid"
      aria-label={props.label}
      aria-multiselectable={!single}
      aria-rowcount={listing.hasMore ? -1 : rows.length + 1}
      aria-busy={listing.loading}
      onKeyDown={press}
    >
      <Head sort={sort} onSort={by => listing.setSort(by)} trans={trans} />
      <div className="jp-EllipLab-S3-pane" role="rowgroup" ref={pane}>
        <div
          role="presentation"
          style={{ height: rows.length * ROW, position: 'relative' }}
        >
          {seen.map(([entry, index]) => {
            const id = idOf(entry);
            return (
              <Row
                key={id}
                id={id}
                entry={entry}
                now={now}
                top={index * ROW}
                position={index + 1}
                selected={listing.isSelected(id)}
                reachable={index === at}
                pale={props.isPale?.(entry) ?? false}
                onSelect={event =>
                  listing.select(
                    id,
                    single
                      ? 'only'
                      : event.shiftKey
                        ? 'range'
                        : event.ctrlKey || event.metaKey
                          ? 'toggle'
                          : 'only'
                  )
                }
                onOpen={() => props.onOpen(entry)}
                onMenu={() => {
                  if (!listing.isSelected(id)) {
                    listing.select(id);
                  }
                }}
                onFocus={() => listing.setFocus(id)}
                onRename={
                  renaming === id
                    ? name => props.onRename?.(entry, name)
                    : undefined
                }
                trans={trans}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface IHeadProps {
  readonly sort: ISort;
  readonly onSort: (sort: ISort) => void;
  readonly trans: TranslationBundle;
}

/** The names of the columns; a click puts the rows in order. */
function Head(props: IHeadProps): JSX.Element {
  const { sort, onSort, trans } = props;
  const column = (
    by: ISort['by'],
    label: string,
    className: string
  ): JSX.Element => {
    const mine = sort.by === by;
    const Caret = sort.down ? caretDownIcon : caretUpIcon;
    return (
      <span
        className={className}
        role="columnheader"
        aria-sort={!mine ? 'none' : sort.down ? 'descending' : 'ascending'}
      >
        <button
          title={trans.__('Sort by %1', label)}
          onClick={() =>
            onSort({ by, down: mine ? !sort.down : by !== 'name' })
          }
        >
          {label}
          {mine && <Caret.react tag="span" className="jp-EllipLab-S3-caret" />}
        </button>
      </span>
    );
  };
  return (
    <div className="jp-EllipLab-S3-head" role="row" aria-rowindex={1}>
      {column('name', trans.__('Name'), 'jp-EllipLab-S3-name')}
      {column('modified', trans.__('Modified'), 'jp-EllipLab-S3-time')}
      {column('size', trans.__('Size'), 'jp-EllipLab-S3-size')}
    </div>
  );
}
