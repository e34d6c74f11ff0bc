/**
 * A table of any length: the rows in sight, of as many as there are.
 */
import * as React from 'react';

import { useSight } from '../kit/sight';

/** Pixels of one row; the stylesheet has the same number. */
const ROW = 28;

/** A column. */
export interface IColumn<T> {
  /** Its class is made of it. */
  readonly key: string;
  readonly label: string;
  readonly cell: (row: T) => React.ReactNode;
  /** What is said at the hover. */
  readonly title?: (row: T) => string | undefined;
}

/** Properties of the table. */
export interface ILongTableProps<T> {
  readonly label: string;
  /** What its columns' widths are told by. */
  readonly kind: string;
  readonly rows: readonly T[];
  readonly columns: readonly IColumn<T>[];
  readonly keyOf: (row: T) => string;
  readonly stateOf?: (row: T) => string;
}

/** The table. */
export function LongTable<T>(props: ILongTableProps<T>): JSX.Element {
  const { rows, columns } = props;
  const { pane, first, last } = useSight(rows.length, ROW);
  return (
    <div
      className={`jp-EllipLab-Toolboxes-table jp-mod-${props.kind}`}
      role="table"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
    >
      <div role="rowgroup" className="jp-EllipLab-Toolboxes-tableHead">
        <div
          role="row"
          aria-rowindex={1}
          className="jp-EllipLab-Toolboxes-tableRow"
        >
          {columns.map(column => (
            <span
              key={column.key}
              role="columnheader"
              className={`jp-mod-${column.key}`}
            >
              {column.label}
            </span>
          ))}
        </div>
      </div>
      <div
        role="rowgroup"
        className="jp-EllipLab-Toolboxes-tablePane"
        ref={pane}
        tabIndex={0}
        aria-label={props.label}
      >
        <div
          role="presentation"
          style={{ height: rows.length * ROW, position: 'relative' }}
        >
          {rows.slice(first, last).map((row, index) => (
            <div
              key={props.keyOf(row)}
              role="row"
              aria-rowindex={first + index + 2}
              className="jp-EllipLab-Toolboxes-tableRow"
              data-state={props.stateOf?.(row)}
              style={{ top: (first + index) * ROW, height: ROW }}
            >
              {columns.map(column => (
                <span
                  key={column.key}
                  role="cell"
                  className={`jp-mod-${column.key}`}
                  title={column.title?.(row)}
                >
                  {column.cell(row)}
                </span>
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
