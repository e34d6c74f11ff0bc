/**
 * Pulls, builds and pushes in the status bar: how many, how far.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { useSignal } from '../kit/hooks';
import { containersIcon } from '../kit/icons';
import type { ContainersModel } from './model';
import { CommandIDs } from './tokens';
import { shortTitle } from './workitem';

/** Properties of the item. */
export interface IStatusProps {
  readonly containers: ContainersModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The item as a widget of the status bar. */
export class ContainersStatus extends ReactWidget {
  constructor(props: IStatusProps) {
    super();
    this._props = props;
  }

  protected override render(): JSX.Element {
    return <Status {...this._props} />;
  }

  private readonly _props: IStatusProps;
}

/** The item: `Build water-bodies:1.0 · step 2 of 5`, `3 works`. */
export function Status(props: IStatusProps): JSX.Element {
  const { containers, commands, trans } = props;
  useSignal(containers.works.changed);
  const { active } = containers.works;
  const [first] = active;
  const words =
    active.length === 1 && first
      ? [shortTitle(first), first.text].filter(Boolean).join(' · ')
      : trans.__('%1 pulls and builds', active.length);
  return (
    <button
      className="jp-EllipLab-Containers-status"
      title={trans.__('Show pulls, builds and pushes')}
      onClick={() =>
        void commands.execute(
          first && active.length === 1
            ? CommandIDs.openWork
            : CommandIDs.showWorks,
          first ? { id: first.id } : {}
        )
      }
    >
      <containersIcon.react tag="span" className="jp-EllipLab-Kit-buttonIcon" />
      {words}
    </button>
  );
}
