/**
 * What can be done with a graph, in a row below it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { notifyError } from '../notice';
import type { Direction } from './links';
import { png, save, svgText } from './picture';

/** Properties of the row. */
export interface IBarProps {
  readonly search: React.RefObject<HTMLInputElement>;
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly found: readonly string[];
  readonly selected: string | null;
  /** To the next one that was found (1), or the one before (-1). */
  readonly onJump: (step: number) => void;
  readonly trace: readonly Direction[];
  readonly onTrace: (direction: Direction) => void;
  readonly onZoom: (factor: number) => void;
  readonly onFit: () => void;
  readonly drawing: () => SVGSVGElement | null;
  readonly file: string;
  readonly trans: TranslationBundle;
}

/** The row. */
export function Bar(props: IBarProps): JSX.Element {
  const { query, found, selected, trace, trans } = props;
  const at = selected === null ? -1 : found.indexOf(selected);
  return (
    <div
      className="jp-EllipLab-KitGraph-bar"
      role="toolbar"
      aria-label={trans.__('Graph')}
    >
      <Tool
        text="−"
        label={trans.__('Smaller (-)')}
        onClick={() => props.onZoom(0.8)}
      />
      <Tool
        text="+"
        label={trans.__('Larger (+)')}
        onClick={() => props.onZoom(1.25)}
      />
      <Tool
        text={trans.__('Fit')}
        label={trans.__('Show all of it (0)')}
        onClick={props.onFit}
      />
      <span className="jp-EllipLab-KitGraph-search">
        <input
          ref={props.search}
          className="jp-EllipLab-Kit-input"
          type="search"
          value={query}
          placeholder={trans.__('Search (/)')}
          aria-label={trans.__('Search the graph')}
          onChange={event => props.onQuery(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              props.onJump(event.shiftKey ? -1 : 1);
            } else if (event.key === 'Escape') {
              props.onQuery('');
            } else {
              return;
            }
            event.preventDefault();
          }}
        />
        {query.trim() && (
          <span className="jp-EllipLab-Kit-hint" role="status">
            {found.length
              ? at < 0
                ? trans._n('%1 found', '%1 found', found.length)
                : trans.__('%1 of %2', at + 1, found.length)
              : trans.__('none')}
          </span>
        )}
      </span>
      <Tool
        text={trans.__('Upstream')}
        label={trans.__('Show only what the selected one depends on (u)')}
        pressed={trace.includes('up')}
        disabled={selected === null && !trace.includes('up')}
        onClick={() => props.onTrace('up')}
      />
      <Tool
        text={trans.__('Downstream')}
        label={trans.__('Show only what depends on the selected one (d)')}
        pressed={trace.includes('down')}
        disabled={selected === null && !trace.includes('down')}
        onClick={() => props.onTrace('down')}
      />
      <span className="jp-EllipLab-KitGraph-save">
        <Tool
          text="SVG"
          label={trans.__('Save the graph as SVG')}
          onClick={() => {
            const drawing = props.drawing();
            if (drawing) {
              const text = svgText(drawing);
              const blob = new Blob([text], { type: 'image/svg+xml' });
              save(blob, `${props.file}.svg`);
            }
          }}
        />
        <Tool
          text="PNG"
          label={trans.__('Save the graph as PNG')}
          onClick={() => {
            const drawing = props.drawing();
            if (drawing) {
              png(drawing).then(
                blob => save(blob, `${props.file}.png`),
                (error: unknown) => notifyError('graph-png', error, trans)
              );
            }
          }}
        />
      </span>
    </div>
  );
}

interface IToolProps {
  readonly text: string;
  readonly label: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

function Tool(props: IToolProps): JSX.Element {
  return (
    <button
      className="jp-EllipLab-Kit-switch"
      title={props.label}
      aria-label={props.label}
      aria-pressed={props.pressed}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      {props.text}
    </button>
  );
}
