/**
 * The log on screen: blocks of lines that the browser lays out only when they come into view.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useSignal } from './hooks';
import type { IHit, LogWindow } from './log';
import type { IBlock, ILogOptions } from './logblocks';
import { LogSearch } from './logtools';
import { describe } from './notice';

/** Pixels from an edge where more is read. */
const EDGE = 400;
/** Pixels from the end that still count as the end. */
const CLOSE = 24;

// eslint-disable-next-line no-control-regex -- escape sequences are what is looked for
const ESCAPES = /\u001b\[[0-9;?]*[A-Za-z]/g;

/** A line as it would stand on a terminal: no colours, carriage returns obeyed. */
export function plain(line: string): string {
  const text = line.replace(ESCAPES, '').replace(/\r+$/, '');
  const last = text.lastIndexOf('\r');
  return last < 0 ? text : text.slice(last + 1);
}

interface ILineProps {
  readonly text: string;
  readonly words: string;
  readonly current: boolean;
}

/** One line; every place that holds the words is marked. */
function Line(props: ILineProps): JSX.Element {
  const text = plain(props.text);
  const name = `jp-EllipLab-KitLog-line${props.current ? ' jp-mod-current' : ''}`;
  if (!props.words) {
    return <div className={name}>{text || '\u00a0'}</div>;
  }
  const lower = text.toLowerCase();
  const wanted = props.words.toLowerCase();
  const parts: React.ReactNode[] = [];
  let at = 0;
  for (
    let place = lower.indexOf(wanted);
    place >= 0;
    place = lower.indexOf(wanted, at)
  ) {
    parts.push(text.slice(at, place));
    parts.push(
      <mark key={place}>{text.slice(place, place + wanted.length)}</mark>
    );
    at = place + wanted.length;
  }
  parts.push(text.slice(at) || '\u00a0');
  return <div className={name}>{parts}</div>;
}

interface IBlockProps {
  readonly block: IBlock;
  readonly words: string;
  readonly current: number | null;
}

/** One block; repainted only when it or the search has changed. */
const Block = React.memo(function Block(props: IBlockProps): JSX.Element {
  return (
    <div className="jp-EllipLab-KitLog-block" data-offset={props.block.offset}>
      {props.block.lines.map((line, index) => (
        <Line
          key={index}
          text={line}
          words={props.words}
          current={props.current === index}
        />
      ))}
    </div>
  );
});

/** Properties of the log on screen. */
export interface ILogViewProps {
  readonly log: LogWindow;
  readonly options: ILogOptions;
  readonly onOptions: (options: ILogOptions) => void;
  readonly label: string;
  readonly empty: string;
  readonly trans: TranslationBundle;
}

/** The log. */
export function LogView(props: ILogViewProps): JSX.Element {
  const { log, options, onOptions, trans } = props;
  useSignal(log.changed);
  const pane = React.useRef<HTMLDivElement>(null);
  const anchor = React.useRef<{ offset: string; top: number } | null>(null);
  const [hit, setHit] = React.useState<IHit | null>(null);
  const blocks = log.blocks;

  // What is read before or let go of must not move what is being looked at.
  React.useLayoutEffect(() => {
    const node = pane.current;
    if (!node) {
      return;
    }
    if (options.follow) {
      node.scrollTop = node.scrollHeight;
    } else if (anchor.current) {
      const block = node.querySelector<HTMLElement>(
        `[data-offset="${anchor.current.offset}"]`
      );
      if (block) {
        node.scrollTop += block.offsetTop - node.scrollTop - anchor.current.top;
      }
    }
  }, [blocks, options.follow, options.wrap]);

  React.useEffect(() => {
    pane.current
      ?.querySelector('.jp-EllipLab-KitLog-line.jp-mod-current')
      ?.scrollIntoView({ block: 'center' });
  }, [hit]);

  const onScroll = (): void => {
    const node = pane.current;
    if (!node) {
      return;
    }
    const first = Array.from(
      node.querySelectorAll<HTMLElement>('[data-offset]')
    ).find(block => block.offsetTop + block.offsetHeight > node.scrollTop);
    anchor.current = first?.dataset.offset
      ? { offset: first.dataset.offset, top: first.offsetTop - node.scrollTop }
      : null;
    const below = node.scrollHeight - node.clientHeight - node.scrollTop;
    const atBottom = below < CLOSE && log.atEnd;
    if (options.follow && below > 4 * CLOSE) {
      onOptions({ ...options, follow: false });
    } else if (!options.follow && atBottom && options.find === null) {
      onOptions({ ...options, follow: true });
    }
    if (node.scrollTop < EDGE && !log.atStart) {
      void log.before();
    } else if (below < EDGE && !log.atEnd) {
      void log.after();
    }
  };

  const onKey = (event: React.KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'f') {
      event.preventDefault();
      event.stopPropagation();
      onOptions({ ...options, find: options.find ?? '', follow: false });
    } else if (event.key === 'End' && !log.atEnd) {
      event.preventDefault();
      void log.open();
      onOptions({ ...options, follow: true });
    } else if (event.key === 'Home' && !log.atStart) {
      event.preventDefault();
      anchor.current = null;
      onOptions({ ...options, follow: false });
      void log.jump(0);
    }
  };

  const words = options.find ?? '';
  return (
    <div className="jp-EllipLab-KitLog" onKeyDown={onKey}>
      {options.find !== null && (
        <LogSearch
          log={log}
          words={words}
          hit={hit}
          onHit={place => {
            setHit(place);
            anchor.current = null;
          }}
          onWords={find => onOptions({ ...options, find, follow: false })}
          trans={trans}
        />
      )}
      <div
        ref={pane}
        className={
          'jp-EllipLab-KitLog-pane' + (options.wrap ? ' jp-mod-wrap' : '')
        }
        role="log"
        aria-label={props.label}
        aria-live="off"
        tabIndex={0}
        onScroll={onScroll}
      >
        {log.error !== null && (
          <div className="jp-EllipLab-KitLog-note jp-mod-error" role="alert">
            {describe(log.error, trans)}
          </div>
        )}
        {!log.atStart && (
          <div className="jp-EllipLab-KitLog-note">
            {trans.__('earlier lines follow when you scroll up')}
          </div>
        )}
        {blocks.map(block => (
          <Block
            key={block.offset}
            block={block}
            words={words}
            current={hit && hit.block === block.offset ? hit.line : null}
          />
        ))}
        {log.ready && !blocks.length && log.error === null && (
          <div className="jp-EllipLab-KitLog-note">{props.empty}</div>
        )}
      </div>
    </div>
  );
}
