/**
 * What is asked for, to be changed: packages, channels; then it is planned again.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ToolboxPlan } from '../contract';
import { Check } from '../kit/fields';
import { Area } from './fields';
import { listOf, packageOf } from './names';
import type { Ask } from './page';

/** What packages look like. */
const PACKAGES = 'gdal >=3.8\nrasterio';

/** Properties of the form. */
export interface ITuneProps {
  readonly ask: Ask;
  readonly plan: ToolboxPlan;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly onAsk: (ask: Ask) => void;
  readonly trans: TranslationBundle;
}

/** The form, folded until somebody wants it. */
export function Tune(props: ITuneProps): JSX.Element {
  const { ask, plan, open, onOpen, trans } = props;
  const before = ask.request;
  const own = ask.verb === 'install' && !ask.request.entry && !ask.request.file;
  const [packages, setPackages] = React.useState(() =>
    (ask.verb === 'install'
      ? (ask.request.packages ?? [])
      : (ask.request.add ?? [])
    ).join('\n')
  );
  const [channels, setChannels] = React.useState(() =>
    (before.channels ?? []).join('\n')
  );
  const [drop, setDrop] = React.useState<readonly string[]>(
    ask.verb === 'update' ? (ask.request.drop ?? []) : []
  );
  const [upgrade, setUpgrade] = React.useState(
    ask.verb === 'update' ? (ask.request.upgrade ?? true) : true
  );
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const shared = { channels: listOf(channels) };
    props.onAsk(
      ask.verb === 'install'
        ? {
            verb: 'install',
            request: { ...ask.request, ...shared, packages: listOf(packages) }
          }
        : {
            verb: 'update',
            request: {
              ...ask.request,
              ...shared,
              add: listOf(packages),
              drop,
              upgrade
            }
          }
    );
  };
  if (ask.verb === 'install' && ask.request.file) {
    return (
      <p className="jp-EllipLab-Kit-hint">
        {trans.__(
          'Everything is asked for in %1: change it there, save it, and plan again.',
          ask.request.file
        )}
      </p>
    );
  }
  const asked = [...new Set([...plan.specs.map(packageOf), ...drop])].sort();
  return (
    <details
      className="jp-EllipLab-Toolboxes-tune"
      open={open}
      onToggle={event => onOpen(event.currentTarget.open)}
    >
      <summary>{trans.__('Change what is asked for')}</summary>
      <form onSubmit={submit}>
        <Area
          label={
            own
              ? trans.__('Packages')
              : ask.verb === 'install'
                ? trans.__('More packages')
                : trans.__('Packages to add, or in another version')
          }
          value={packages}
          placeholder={PACKAGES}
          hint={
            plan.specs.length
              ? trans.__('Asked for now: %1', plan.specs.join(', '))
              : trans.__('One a line.')
          }
          onChange={setPackages}
        />
        <Area
          label={trans.__('Channels')}
          value={channels}
          rows={2}
          placeholder={plan.channels.join('\n')}
          hint={trans.__(
            'One a line, the first goes first. Empty: those it has.'
          )}
          onChange={setChannels}
        />
        {ask.verb === 'update' && (
          <>
            <fieldset className="jp-EllipLab-Toolboxes-drops">
              <legend>{trans.__('No longer wanted')}</legend>
              {asked.map(name => (
                <Check
                  key={name}
                  label={name}
                  value={drop.includes(name)}
                  onChange={gone =>
                    setDrop(
                      gone
                        ? [...drop, name]
                        : drop.filter(other => other !== name)
                    )
                  }
                />
              ))}
            </fieldset>
            <Check
              label={trans.__('Take the newest that fit')}
              hint={trans.__('Else no more is changed than must be.')}
              value={upgrade}
              onChange={setUpgrade}
            />
          </>
        )}
        <div className="jp-EllipLab-Kit-buttons">
          <button type="submit" className="jp-EllipLab-Kit-button">
            {trans.__('Plan this')}
          </button>
        </div>
      </form>
    </details>
  );
}
