/**
 * What an app said, as it says it, at the foot of its tab.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { LogWindow } from '../kit/log';
import type { ILogOptions } from '../kit/logblocks';
import { LogTools } from '../kit/logtools';
import { LogView } from '../kit/logview';
import type { AppsModel } from './model';

/** Properties of the log. */
export interface ILogPaneProps {
  readonly apps: AppsModel;
  readonly instance: string;
  readonly title: string;
  readonly options: ILogOptions;
  readonly onOptions: (options: ILogOptions) => void;
  /** Closes it; null where it belongs. */
  readonly onClose: (() => void) | null;
  readonly trans: TranslationBundle;
}

/** The log. */
export function LogPane(props: ILogPaneProps): JSX.Element {
  const { apps, instance, title, options, onOptions, onClose, trans } = props;
  const [log, setLog] = React.useState<LogWindow | null>(null);
  const turn = apps.turn(instance);
  React.useEffect(() => {
    const opened = apps.log(instance);
    setLog(opened);
    void opened.open();
    return () => opened.dispose();
  }, [apps, instance, turn]);
  return (
    <section
      className="jp-EllipLab-Apps-log"
      aria-label={trans.__('What %1 said', title)}
    >
      <div className="jp-EllipLab-Apps-logTools">
        <h3>{trans.__('Log')}</h3>
        <LogTools options={options} onOptions={onOptions} trans={trans} />
        {onClose && (
          <button
            className="jp-EllipLab-Kit-icon"
            title={trans.__('Close the log')}
            aria-label={trans.__('Close the log')}
            onClick={onClose}
          >
            <closeIcon.react
              tag="span"
              className="jp-EllipLab-Kit-buttonIcon"
            />
          </button>
        )}
      </div>
      {log ? (
        <LogView
          log={log}
          options={options}
          onOptions={onOptions}
          label={trans.__('Log of %1', title)}
          empty={trans.__('It has said nothing yet.')}
          trans={trans}
        />
      ) : (
        <div className="jp-EllipLab-KitLog" aria-busy="true" />
      )}
    </section>
  );
}
