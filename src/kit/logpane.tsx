/**
 * A log under its heading and its tools, as works and apps show theirs.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { LogWindow } from './log';
import type { ILogOptions } from './logblocks';
import { LogTools } from './logtools';
import { LogView } from './logview';

/** Opens a log at its end, anew when one of `of` is another, and closes it with whoever shows it. */
export function useLog(
  open: () => LogWindow,
  of: readonly unknown[]
): LogWindow | null {
  const [log, setLog] = React.useState<LogWindow | null>(null);
  React.useEffect(() => {
    const opened = open();
    setLog(opened);
    void opened.open();
    return () => opened.dispose();
    // `open` is made anew each time its caller paints.
  }, of);
  return log;
}

/** Properties of the pane. */
export interface ILogPaneProps {
  /** Null until it is opened. */
  readonly log: LogWindow | null;
  readonly options: ILogOptions;
  readonly onOptions: (options: ILogOptions) => void;
  /** What it is the log of. */
  readonly title: string;
  /** What is said while there is nothing in it. */
  readonly empty: string;
  /** More tools. */
  readonly children?: React.ReactNode;
  readonly trans: TranslationBundle;
}

/** The pane. */
export function LogPane(props: ILogPaneProps): JSX.Element {
  const { log, options, onOptions, title, empty, children, trans } = props;
  return (
    <>
      <div className="jp-EllipLab-Kit-logTools">
        <h3>{trans.__('Log')}</h3>
        <LogTools
          options={options}
          onOptions={chosen => {
            if (chosen.follow && !options.follow) {
              void log?.open();
            }
            onOptions(chosen);
          }}
          trans={trans}
        />
        {children}
      </div>
      {log ? (
        <LogView
          log={log}
          options={options}
          onOptions={onOptions}
          label={trans.__('Log of %1', title)}
          empty={empty}
          trans={trans}
        />
      ) : (
        <div className="jp-EllipLab-KitLog" aria-busy="true" />
      )}
    </>
  );
}

/** What is said of the empty log of a work. */
export function emptyOf(alive: boolean, trans: TranslationBundle): string {
  return alive
    ? trans.__('Nothing has been written yet.')
    : trans.__('Nothing was written.');
}
