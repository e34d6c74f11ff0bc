/**
 * A graph to look at: moved, enlarged, searched, traced, walked with the keyboard, saved as a picture, read aloud.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Graph, GraphNode } from '../../contract';
import { describe } from '../notice';
import { Bar } from './bar';
import type { IBox } from './layout';
import type { Direction } from './links';
import { GraphIndex, matching, traced } from './links';
import { moved, readingOrder } from './moves';
import { Scene } from './scene';
import { Stage } from './stage';
import { Details } from './strip';
import { useLayout } from './uselayout';
import type { IGraphState } from './words';
import { sentencesOf } from './words';

/** Properties of the view. */
export interface IGraphViewProps {
  readonly graph: Graph;
  /** What the graph is called to a reader. */
  readonly label: string;
  /** How steps stand, by their id; without it a document is shown. */
  readonly states?: ReadonlyMap<string, IGraphState>;
  readonly selected: string | null;
  readonly onSelect: (node: GraphNode | null) => void;
  /** Enter, or a double click, on what cannot be opened. */
  readonly onActivate?: (node: GraphNode) => void;
  /** Buttons for the selected node. */
  readonly actions?: (node: GraphNode) => React.ReactNode;
  /** What pictures are called, without their extension. */
  readonly file: string;
  /** A word above the graph. */
  readonly notice?: React.ReactNode;
  readonly trans: TranslationBundle;
}

/** The view. */
export function GraphView(props: IGraphViewProps): JSX.Element {
  const { graph, states, selected, onSelect, trans } = props;
  const [open, setOpen] = React.useState<ReadonlySet<string>>(new Set());
  const [query, setQuery] = React.useState('');
  const [trace, setTrace] = React.useState<readonly Direction[]>([]);
  const { layout, error } = useLayout(graph, open, states !== undefined);
  const pane = React.useRef<HTMLDivElement>(null);
  const plane = React.useRef<HTMLDivElement>(null);
  const search = React.useRef<HTMLInputElement>(null);
  const stage = React.useRef<Stage | null>(null);
  const index = React.useMemo(() => new GraphIndex(graph), [graph]);

  React.useEffect(() => {
    if (!pane.current || !plane.current) {
      return;
    }
    const made = new Stage(pane.current, plane.current);
    stage.current = made;
    return () => made.dispose();
  }, []);
  const width = layout?.width ?? 0;
  const height = layout?.height ?? 0;
  React.useEffect(() => {
    stage.current?.resize(width, height);
  }, [width, height]);

  // What lies in a closed step is shown by that step.
  const shown =
    selected === null || !layout || layout.boxes.has(selected)
      ? selected
      : (index.around(selected).find(id => layout.boxes.has(id)) ?? null);
  const box = shown === null ? undefined : layout?.boxes.get(shown);
  React.useEffect(() => {
    if (box) {
      stage.current?.show(box);
    }
    // Another selection, not another place of the same one.
  }, [shown, box !== undefined]);

  const found = React.useMemo(() => matching(graph, query), [graph, query]);
  const bright = React.useMemo(() => {
    if (shown !== null && trace.length && layout) {
      return traced(
        layout.index,
        layout.routes.map(route => route.link),
        shown,
        trace
      );
    }
    if (!query.trim()) {
      return null;
    }
    return new Set(found.flatMap(id => [id, ...index.around(id)]));
  }, [shown, trace, layout, query, found, index]);

  const toggle = (id: string): void => {
    const next = new Set(open);
    if (!next.delete(id)) {
      next.add(id);
    }
    setOpen(next);
  };
  const select = (id: string | null): void =>
    onSelect(id === null ? null : (index.nodes.get(id) ?? null));
  const jump = (id: string): void => {
    const around = index.around(id);
    if (around.some(one => !open.has(one))) {
      setOpen(new Set([...open, ...around]));
    }
    select(id);
  };
  const jumpOn = (step: number): void => {
    const at = selected === null ? -1 : found.indexOf(selected);
    const next = at < 0 ? (step > 0 ? 0 : found.length - 1) : at + step;
    const id = found[(next + found.length) % Math.max(1, found.length)];
    if (id !== undefined) {
      jump(id);
    }
  };
  const turn = (direction: Direction): void =>
    setTrace(
      trace.includes(direction)
        ? trace.filter(one => one !== direction)
        : [...trace, direction]
    );
  const activate = (id: string): void => {
    const node = index.nodes.get(id);
    if (!node) {
      return;
    }
    if (index.opens(id)) {
      toggle(id);
    } else {
      props.onActivate?.(node);
    }
  };
  const focus = (id: string): void => {
    window.requestAnimationFrame(() =>
      pane.current
        ?.querySelector<SVGElement>(`[data-node="${CSS.escape(id)}"]`)
        ?.focus({ preventScroll: true })
    );
  };
  const onKey = (event: React.KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || !layout) {
      return;
    }
    const at = nodeAt(event.target);
    switch (event.key) {
      case '+':
      case '=':
        stage.current?.zoom(1.25);
        break;
      case '-':
        stage.current?.zoom(0.8);
        break;
      case '0':
        stage.current?.fit();
        break;
      case '1':
        stage.current?.actual();
        break;
      case '/':
        search.current?.focus();
        break;
      case 'u':
        turn('up');
        break;
      case 'd':
        turn('down');
        break;
      case 'Escape':
        setTrace([]);
        select(null);
        break;
      case 'Enter':
        if (at !== null) {
          activate(at);
        }
        break;
      case ' ':
        if (at !== null) {
          select(at);
        }
        break;
      case 'ArrowUp':
      case 'ArrowDown':
      case 'ArrowLeft':
      case 'ArrowRight':
      case 'Home':
      case 'End': {
        const to = moved(layout, at ?? shown, event.key);
        if (to !== null) {
          select(to);
          focus(to);
        }
        break;
      }
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const chosen = selected === null ? undefined : index.nodes.get(selected);
  const current = shown ?? (layout ? (readingOrder(layout)[0] ?? null) : null);
  return (
    <div className="jp-EllipLab-KitGraph">
      {props.notice}
      <div
        ref={pane}
        className={
          'jp-EllipLab-KitGraph-pane' + (bright ? ' jp-mod-tracing' : '')
        }
        role="group"
        aria-label={props.label}
        aria-busy={!layout && error === null}
        onKeyDown={onKey}
        onClick={event => {
          const mark = attribute(event.target, 'data-toggle');
          if (mark !== null) {
            toggle(mark);
          } else {
            select(nodeAt(event.target));
          }
        }}
        onDoubleClick={event => {
          const id = nodeAt(event.target);
          if (id !== null && attribute(event.target, 'data-toggle') === null) {
            activate(id);
          }
        }}
      >
        {error !== null && (
          <p className="jp-EllipLab-Kit-note" role="alert">
            {trans.__('The graph cannot be drawn: %1', describe(error, trans))}
          </p>
        )}
        {!layout && error === null && (
          <p className="jp-EllipLab-Kit-note">
            {trans.__('Drawing the graph…')}
          </p>
        )}
        <div ref={plane} className="jp-EllipLab-KitGraph-plane">
          {layout && (
            <Scene
              layout={layout}
              states={states}
              selected={shown}
              current={current}
              bright={bright}
              trans={trans}
            />
          )}
        </div>
      </div>
      <Twin graph={graph} states={states} trans={trans} />
      <Details
        node={chosen ?? null}
        state={chosen && states?.get(chosen.id)}
        actions={chosen && props.actions?.(chosen)}
        trans={trans}
      />
      <Bar
        search={search}
        query={query}
        onQuery={setQuery}
        found={found}
        selected={selected}
        onJump={jumpOn}
        trace={trace}
        onTrace={turn}
        onZoom={factor => stage.current?.zoom(factor)}
        onFit={() => stage.current?.fit()}
        drawing={() => pane.current?.querySelector('svg') ?? null}
        file={props.file}
        trans={trans}
      />
    </div>
  );
}

/** The node an event happened on; null beside all of them. */
function nodeAt(target: EventTarget): string | null {
  return attribute(target, 'data-node');
}

function attribute(target: EventTarget, name: string): string | null {
  return target instanceof Element
    ? (target.closest(`[${name}]`)?.getAttribute(name) ?? null)
    : null;
}

interface ITwinProps {
  readonly graph: Graph;
  readonly states: ReadonlyMap<string, IGraphState> | undefined;
  readonly trans: TranslationBundle;
}

/** The graph as sentences, for who does not see it. */
const Twin = React.memo(function Twin(props: ITwinProps): JSX.Element {
  const { graph, states, trans } = props;
  return (
    <ul
      className="jp-EllipLab-Kit-hidden"
      aria-label={trans.__('What depends on what')}
    >
      {sentencesOf(graph, states, trans).map(sentence => (
        <li key={sentence.id}>{sentence.text}</li>
      ))}
    </ul>
  );
});

export type { IBox, IGraphState };
