/**
 * Installations and updates in the status bar: how many, how far.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { useSignal } from '../kit/hooks';
import { toolboxesIcon } from '../kit/icons';
import type { ToolboxesModel } from './model';
import { CommandIDs } from './tokens';

/** Properties of the item. */
export interface IStatusProps {
  readonly toolboxes: ToolboxesModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The item as a widget of the status bar. */
export class ToolboxesStatus extends ReactWidget {
  constructor(props: IStatusProps) {
    super();
    this._props = props;
  }

  protected override render(): JSX.Element {
    return <Status {...this._props} />;
  }

  private readonly _props: IStatusProps;
}

/** The item: `Install GDAL · 12 of 48 MB`, `3 toolboxes on their way`. */
export function Status(props: IStatusProps): JSX.Element {
  const { toolboxes, commands, trans } = props;
  useSignal(toolboxes.works.changed);
  const { active } = toolboxes.works;
  const [first] = active;
  const single = active.length === 1 && first ? first : null;
  const words = single
    ? [single.title, single.text].filter(Boolean).join(' · ')
    : trans.__('%1 toolboxes on their way', active.length);
  return (
    <button
      className="jp-EllipLab-Toolboxes-status"
      title={trans.__('Show installations and updates of toolboxes')}
      onClick={() =>
        void commands.execute(
          single ? CommandIDs.openWork : CommandIDs.showWorks,
          single ? { id: single.id } : {}
        )
      }
    >
      <toolboxesIcon.react tag="span" className="jp-EllipLab-Kit-buttonIcon" />
      {words}
    </button>
  );
}
