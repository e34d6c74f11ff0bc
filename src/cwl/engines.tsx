/**
 * What the containers of a run are run with: what works here, and what would mend what does not.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ContainerChoice, Engines } from '../contract';
import { useDomId } from '../kit/hooks';

/** Properties of the choice. */
export interface IEngineChoiceProps {
  readonly engines: Engines | null;
  readonly value: ContainerChoice;
  readonly onChange: (value: ContainerChoice) => void;
  readonly trans: TranslationBundle;
}

/** The word of a choice. */
function labelOf(
  choice: ContainerChoice,
  engines: Engines | null,
  trans: TranslationBundle
): string {
  switch (choice) {
    case 'auto':
      return !engines
        ? trans.__('automatic')
        : engines.chosen === 'none'
          ? trans.__('automatic: no container')
          : trans.__('automatic: %1', engines.chosen);
    case 'none':
      return trans.__('no container');
    default:
      return engines?.engines.some(
        engine => engine.container === choice && !engine.works
      )
        ? trans.__('%1 (does not work)', choice)
        : choice;
  }
}

/** The choice. */
export function EngineChoice(props: IEngineChoiceProps): JSX.Element {
  const { engines, value, trans } = props;
  const id = useDomId('engine');
  const meant = value === 'auto' ? engines?.chosen : value;
  const engine = engines?.engines.find(one => one.container === meant);
  const choices: ContainerChoice[] = ['auto', 'podman', 'docker', 'none'];
  return (
    <div className="jp-EllipLab-Cwl-engine">
      <label htmlFor={id}>{trans.__('Run with')}</label>
      <select
        id={id}
        className="jp-EllipLab-Kit-select"
        value={value}
        aria-describedby={`${id}-state`}
        onChange={event =>
          props.onChange(event.target.value as ContainerChoice)
        }
      >
        {choices.map(choice => (
          <option key={choice} value={choice}>
            {labelOf(choice, engines, trans)}
          </option>
        ))}
      </select>
      <span id={`${id}-state`} className="jp-EllipLab-Cwl-engineState">
        {engine?.works && engine.container !== 'none' && (
          <span className="jp-EllipLab-Kit-good">
            {trans.__(
              '✓ %1 %2',
              engine.container,
              engine.version ?? trans.__('works')
            )}
          </span>
        )}
        {engine?.works && engine.container === 'none' && (
          <span className="jp-EllipLab-Kit-hint">
            {trans.__('The tools must be installed on the server.')}
          </span>
        )}
        {engine && !engine.works && (
          <span className="jp-EllipLab-Kit-bad">
            {engine.problem ?? trans.__('It does not work here.')}
            {engine.hint && <code>{engine.hint}</code>}
          </span>
        )}
      </span>
    </div>
  );
}
