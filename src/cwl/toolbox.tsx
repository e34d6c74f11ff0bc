/**
 * The toolbox of a run without containers: the one that has what the document asks for, or the one that is named.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ContainerChoice, Engines } from '../contract';
import { useDomId, useSignal } from '../kit/hooks';
import type { IToolboxes } from '../toolboxes/tokens';
import type { EngineName } from './tokens';

/** Whether the tools of a run are those of this machine. */
export function isBare(
  engine: EngineName,
  container: ContainerChoice,
  engines: Engines | null
): boolean {
  return (
    engine === 'cwltool' &&
    (container === 'auto' ? engines?.chosen : container) === 'none'
  );
}

/** Properties of the choice. */
export interface IToolboxChoiceProps {
  readonly toolboxes: IToolboxes;
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  readonly trans: TranslationBundle;
}

/** The choice; nothing where there is no toolbox. */
export function ToolboxChoice(props: IToolboxChoiceProps): JSX.Element | null {
  const { toolboxes, value, trans } = props;
  useSignal(toolboxes.changed);
  const id = useDomId('toolbox');
  React.useEffect(() => {
    void toolboxes.ready();
  }, [toolboxes]);
  const { usable } = toolboxes;
  const gone = value !== null && !usable.some(one => one.name === value);
  if (!usable.length && !gone) {
    return null;
  }
  return (
    <div className="jp-EllipLab-Cwl-engine">
      <label htmlFor={id}>{trans.__('Toolbox')}</label>
      <select
        id={id}
        className="jp-EllipLab-Kit-select"
        value={value ?? ''}
        title={trans.__('What is active for tools without a container')}
        onChange={event => props.onChange(event.target.value || null)}
      >
        <option value="">{trans.__('as the document asks')}</option>
        {usable.map(one => (
          <option key={one.name} value={one.name}>
            {one.title === one.name
              ? one.name
              : trans.__('%1 (%2)', one.title, one.name)}
          </option>
        ))}
        {gone && (
          <option value={value}>{trans.__('%1 (not there)', value)}</option>
        )}
      </select>
    </div>
  );
}
