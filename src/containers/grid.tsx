/**
 * Rows that are in sight, of as many as there are: selected and opened by mouse and by keys.
 */
import * as React from 'react';

import type { SelectMode } from '../kit/selection';
import { useSight } from '../kit/sight';

/** Milliseconds after which letters begin a new word. */
const WORD = 800;

/** Something with an id. */
export interface IRow {
  readonly id: string;
}

/** What knows which rows are selected. */
export interface IChooser {
  readonly focus: string | null;
  isSelected(id: string): boolean;
  select(id: string, mode?: SelectMode): void;
  selectAll(): void;
  selectNone(): void;
  setFocus(id: string): void;
}

/** Properties of the grid. */
export interface IGridProps<T extends IRow> {
  readonly rows: readonly T[];
  readonly chooser: IChooser;
  readonly label: string;
  /** Pixels of one row; the stylesheet has the same number. */
  readonly height: number;
  readonly rowClass: string;
  readonly busy: boolean;
  /** There are more than these. */
  readonly more?: boolean;
  readonly onMore?: () => void;
  /** The names of the columns. */
  readonly head?: React.ReactNode;
  readonly nameOf: (row: T) => string;
  /** What a menu's selector can tell rows apart by. */
  readonly kindOf?: (row: T) => string;
  /** The cells of a row. */
  readonly cells: (row: T) => React.ReactNode;
  readonly onOpen: (row: T) => void;
  /** A key that the grid itself has no use for; true when it has been used. */
  readonly onKey?: (event: React.KeyboardEvent) => boolean;
}

/** The grid. */
export function Grid<T extends IRow>(props: IGridProps<T>): JSX.Element {
  const { rows, chooser, height, more } = props;
  const { focus } = chooser;
  const { pane, first, last, page, show } = useSight(rows.length, height);
  const typed = React.useRef({ text: '', at: 0 });
  const moved = React.useRef(false);
  const { onMore } = props;

  React.useEffect(() => {
    if (last >= rows.length && more) {
      onMore?.();
    }
  }, [last, rows.length, more, onMore]);

  const focused = rows.findIndex(row => row.id === focus);
  const at = Math.max(0, focused);

  const go = (index: number, event: React.KeyboardEvent): void => {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[to];
    if (!row) {
      return;
    }
    show(to);
    moved.current = true;
    if (event.ctrlKey || event.metaKey) {
      chooser.setFocus(row.id);
    } else {
      chooser.select(row.id, event.shiftKey ? 'range' : 'only');
    }
  };
  const type = (letter: string, event: React.KeyboardEvent): void => {
    const fresh = event.timeStamp - typed.current.at > WORD;
    const text = (fresh ? letter : typed.current.text + letter).toLowerCase();
    typed.current = { text, at: event.timeStamp };
    // The same letter again goes to the next one that begins with it.
    const from = text.length === 1 ? at + 1 : at;
    const order = [...rows.slice(from), ...rows.slice(0, from)];
    const found = order.find(row =>
      props.nameOf(row).toLowerCase().startsWith(text)
    );
    if (found) {
      go(rows.indexOf(found), event);
    }
  };
  const press = (event: React.KeyboardEvent): void => {
    // A button in a row has its own keys.
    if ((event.target as HTMLElement).dataset.row === undefined) {
      return;
    }
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
    } else if (event.key === 'Enter' && row && !command) {
      props.onOpen(row);
    } else if (event.key === ' ' && row) {
      chooser.select(row.id, 'toggle');
    } else if (command && event.key === 'a') {
      chooser.selectAll();
    } else if (event.key === 'Escape') {
      chooser.selectNone();
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
  React.useEffect(() => {
    const node = pane.current;
    const front = document.activeElement;
    const mine =
      moved.current || (front instanceof HTMLElement && !!front.dataset.row);
    if (focus && mine && (moved.current || node?.contains(front))) {
      node
        ?.querySelector<HTMLElement>(`[data-row="${CSS.escape(focus)}"]`)
        ?.focus({ preventScroll: true });
    }
    moved.current = false;
  }, [focus, first, last, pane]);

  const seen = rows
    .slice(first, last)
    .map((row, index) => [row, first + index] as const);
  const beyond = focused >= 0 && (focused < first || focused >= last);
  const row = beyond ? rows[focused] : undefined;
  if (row) {
    seen.push([row, focused]);
  }

  return (
    <div
      className="jp-EllipLab-Containers-grid"
      role="grid"
      aria-label={props.label}
      aria-multiselectable="true"
      aria-rowcount={more ? -1 : rows.length + (props.head ? 1 : 0)}
      aria-busy={props.busy}
      onKeyDown={press}
    >
      {props.head}
      <div
        className="jp-EllipLab-Containers-pane"
        role="rowgroup"
        ref={pane}
        onClick={event => {
          if (event.target === event.currentTarget) {
            chooser.selectNone();
          }
        }}
      >
        <div
          role="presentation"
          style={{ height: rows.length * height, position: 'relative' }}
        >
          {seen.map(([one, index]) => (
            <div
              key={one.id}
              className={
                `jp-EllipLab-Containers-row ${props.rowClass}` +
                (chooser.isSelected(one.id) ? ' jp-mod-selected' : '')
              }
              role="row"
              aria-selected={chooser.isSelected(one.id)}
              aria-rowindex={index + (props.head ? 2 : 1)}
              data-row={one.id}
              data-kind={props.kindOf?.(one)}
              tabIndex={index === at ? 0 : -1}
              style={{ top: index * height, height }}
              onClick={event =>
                chooser.select(
                  one.id,
                  event.shiftKey
                    ? 'range'
                    : event.ctrlKey || event.metaKey
                      ? 'toggle'
                      : 'only'
                )
              }
              onDoubleClick={() => props.onOpen(one)}
              onContextMenu={() => {
                if (!chooser.isSelected(one.id)) {
                  chooser.select(one.id);
                }
              }}
              onFocus={event => {
                if (event.target === event.currentTarget) {
                  chooser.setFocus(one.id);
                }
              }}
            >
              {props.cells(one)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
