/**
 * The search of a log and its switches.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretUpIcon,
  closeIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import { bytes } from './format';
import type { IHit, LogWindow } from './log';
import type { ILogOptions } from './logblocks';
import { describe } from './notice';

/** Properties of the search. */
export interface ILogSearchProps {
  readonly log: LogWindow;
  readonly words: string;
  readonly hit: IHit | null;
  readonly onHit: (hit: IHit | null) => void;
  readonly onWords: (words: string | null) => void;
  readonly trans: TranslationBundle;
}

/** The search: in what is on screen first, then in the whole log. */
export function LogSearch(props: ILogSearchProps): JSX.Element {
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
