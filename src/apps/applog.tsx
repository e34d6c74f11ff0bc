/**
 * What an app said, as it says it, at the foot of its tab.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ILogOptions } from '../kit/logblocks';
import { LogPane, useLog } from '../kit/logpane';
import type { AppsModel } from './model';

/** Properties of the log. */
export interface IAppLogProps {
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
export function AppLog(props: IAppLogProps): JSX.Element {
  const { apps, instance, title, options, onOptions, onClose, trans } = props;
  const turn = apps.turn(instance);
  const log = useLog(() => apps.log(instance), [apps, instance, turn]);
  return (
    <section
      className="jp-EllipLab-Apps-log"
      aria-label={trans.__('What %1 said', title)}
    >
      <LogPane
        log={log}
        options={options}
        onOptions={onOptions}
        title={title}
        empty={trans.__('It has said nothing yet.')}
        trans={trans}
      >
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
      </LogPane>
    </section>
  );
}
