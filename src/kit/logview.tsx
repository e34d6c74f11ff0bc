/**
 * The log on screen: blocks of lines that the browser lays out only when they come into view.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretUpIcon,
  closeIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import { bytes } from './format';
import { useSignal } from './hooks';
import type { IBlock, IHit, LogWindow } from './log';
import { describe } from './notice';

/** How the person wants the log; kept by whoever shows it. */
export interface ILogOptions {
  readonly follow: boolean;
  readonly wrap: boolean;
  /** The words looked for; null while the search is closed. */
  readonly find: string | null;
}

export const LOG_OPTIONS: ILogOptions = { follow: true, wrap: false, find: null };

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
        <Search
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

interface ISearchProps {
  readonly log: LogWindow;
  readonly words: string;
  readonly hit: IHit | null;
  readonly onHit: (hit: IHit | null) => void;
  readonly onWords: (words: string | null) => void;
  readonly trans: TranslationBundle;
}

/** The search: in what is on screen first, then in the whole log. */
function Search(props: ISearchProps): JSX.Element {
  const { log, words, trans } = props;
  const [said, setSaid] = React.useState('');
  const running = React.useRef<AbortController | null>(null);
  React.useEffect(() => () => running.current?.abort(), []);

  const go = async (backward: boolean): Promise<void> => {
    running.current?.abort();
    if (!words) {
      return;
    }
    const here = log.find(words, props.hit, backward);
    if (here) {
      setSaid('');
      props.onHit(here);
      return;
    }
    const abort = (running.current = new AbortController());
    try {
      const found = await log.seek(words, backward, abort.signal, scanned =>
        setSaid(trans.__('%1 searched', bytes(scanned, trans)))
      );
      if (abort.signal.aborted) {
        return;
      }
      const there = found ? log.find(words, null, backward) : null;
      setSaid(there ? '' : trans.__('no more matches'));
      if (there) {
        props.onHit(there);
      }
    } catch (error) {
      if (!abort.signal.aborted) {
        setSaid(describe(error, trans));
      }
    }
  };

  const onKey = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter') {
      void go(!event.shiftKey);
    } else if (event.key === 'Escape') {
      props.onWords(null);
    }
  };

  return (
    <div className="jp-EllipLab-KitLog-search" role="search">
      <input
        className="jp-EllipLab-Kit-input"
        type="text"
        autoFocus
        value={words}
        placeholder={trans.__('Search the log')}
        aria-label={trans.__('Search the log')}
        onChange={event => {
          props.onHit(null);
          setSaid('');
          props.onWords(event.target.value);
        }}
        onKeyDown={onKey}
      />
      <button
        className="jp-EllipLab-Kit-icon"
        title={trans.__('Match before (Enter)')}
        aria-label={trans.__('Match before')}
        onClick={() => void go(true)}
      >
        <caretUpIcon.react tag="span" />
      </button>
      <button
        className="jp-EllipLab-Kit-icon"
        title={trans.__('Match after (Shift+Enter)')}
        aria-label={trans.__('Match after')}
        onClick={() => void go(false)}
      >
        <caretDownIcon.react tag="span" />
      </button>
      <span className="jp-EllipLab-KitLog-said" role="status">
        {said}
      </span>
      <button
        className="jp-EllipLab-Kit-icon"
        title={trans.__('Close the search')}
        aria-label={trans.__('Close the search')}
        onClick={() => props.onWords(null)}
      >
        <closeIcon.react tag="span" />
      </button>
    </div>
  );
}

/** Properties of the log's switches. */
export interface ILogToolsProps {
  readonly options: ILogOptions;
  readonly onOptions: (options: ILogOptions) => void;
  readonly trans: TranslationBundle;
}

/** The log's switches: search, wrap, follow. */
export function LogTools(props: ILogToolsProps): JSX.Element {
  const { options, onOptions, trans } = props;
  return (
    <>
      <button
        className="jp-EllipLab-Kit-switch"
        aria-pressed={options.find !== null}
        onClick={() =>
          onOptions({
            ...options,
            find: options.find === null ? '' : null,
            follow: false
          })
        }
      >
        {trans.__('search')}
      </button>
      <button
        className="jp-EllipLab-Kit-switch"
        aria-pressed={options.wrap}
        onClick={() => onOptions({ ...options, wrap: !options.wrap })}
      >
        {trans.__('wrap')}
      </button>
      <button
        className="jp-EllipLab-Kit-switch jp-mod-follow"
        aria-pressed={options.follow}
        onClick={() => onOptions({ ...options, follow: !options.follow })}
      >
        {trans.__('follow')}
      </button>
    </>
  );
}
