/**
 * The runs in the status bar: how many, how far.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { percent } from '../kit/format';
import { useSignal } from '../kit/hooks';
import { runsIcon } from '../kit/icons';
import type { IRuns } from './tokens';
import { CommandIDs } from './tokens';

/** Properties of the item. */
export interface IRunsStatusProps {
  readonly runs: IRuns;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The item as a widget of the status bar. */
export class RunsStatus extends ReactWidget {
  constructor(props: IRunsStatusProps) {
    super();
    this.addClass('jp-EllipLab-Runs-statusItem');
    this._props = props;
  }

  protected override render(): JSX.Element {
    return <Status {...this._props} />;
  }

  private readonly _props: IRunsStatusProps;
}

/** The item. */
export function Status(props: IRunsStatusProps): JSX.Element {
  const { runs, commands, trans } = props;
  useSignal(runs.changed);
  const running = runs.active.filter(run => run.state === 'running');
  const queued = runs.active.length - running.length;
  const known = running.filter(
    run => run.progress.done !== null && run.progress.total
  );
  const words = [trans._n('%1 run', '%1 runs', running.length)];
  if (known.length && known.length === running.length) {
    const share =
      known.reduce(
        (sum, run) =>
          sum + percent(run.progress.done ?? 0, run.progress.total ?? 0),
        0
      ) / known.length;
    words.push(trans.__('%1 %', Math.round(share)));
  }
  if (queued) {
    words.push(trans._n('%1 queued', '%1 queued', queued));
  }
  return (
    <button
      className="jp-EllipLab-Runs-status"
      title={trans.__('Show the runs')}
      onClick={() => void commands.execute(CommandIDs.panel)}
    >
      <runsIcon.react tag="span" className="jp-EllipLab-Kit-buttonIcon" />
      {words.join(' · ')}
    </button>
  );
}
