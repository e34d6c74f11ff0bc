/**
 * The start: the connections there are, and how to get one.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Preset } from '../contract';
import { describe } from '../kit/notice';
import { Trouble } from './browser';
import { ConnectionLine } from './bar';
import type { StorageModel } from './model';
import { CommandIDs } from './tokens';

/** The groups of the services, in this order. */
export function groupsOf(
  presets: readonly Preset[],
  trans: TranslationBundle
): readonly (readonly [string, readonly Preset[]])[] {
  const titles: Record<string, string> = {
    service: trans.__('Services'),
    'self-hosted': trans.__('Your own store'),
    'open-data': trans.__('Open data, no account')
  };
  const names = [
    ...new Set([...Object.keys(titles), ...presets.map(one => one.group)])
  ];
  return names
    .map(
      name =>
        [
          titles[name] ?? name,
          presets.filter(preset => preset.group === name)
        ] as const
    )
    .filter(([, group]) => group.length > 0);
}

/** Properties of the start. */
export interface IHomeProps {
  readonly storage: StorageModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The start. */
export function Home(props: IHomeProps): JSX.Element {
  const { storage, commands, trans } = props;
  const { known } = storage;
  const local = known.list.find(one => one.source === 'embedded');
  const others = known.list.filter(one => one !== local);
  if (known.error !== null) {
    return (
      <Trouble
        text={describe(known.error, trans)}
        onAgain={() => void known.refresh()}
        trans={trans}
      />
    );
  }
  if (!known.ready) {
    return (
      <p className="jp-EllipLab-S3-note" aria-busy="true">
        {trans.__('Reading the connections…')}
      </p>
    );
  }
  return (
    <div className="jp-EllipLab-S3-start">
      {known.problems.map(problem => (
        <p key={problem} className="jp-EllipLab-S3-note" role="alert">
          {problem}
        </p>
      ))}
      {others.length > 0 ? (
        <section aria-label={trans.__('Connections')}>
          <h3>{trans.__('Connections')}</h3>
          <ul>
            {others.map(connection => (
              <li key={connection.name}>
                <ConnectionLine
                  connection={connection}
                  storage={storage}
                  trans={trans}
                />
              </li>
            ))}
          </ul>
        </section>
      ) : (
        <p className="jp-EllipLab-S3-lead">
          {trans.__(
            'Connect to an object store to browse it, to use what is in it as an input, and to publish results to it.'
          )}
        </p>
      )}
      {local && (
        <button
          className="jp-EllipLab-Kit-button jp-mod-primary jp-EllipLab-S3-local"
          onClick={() =>
            void storage.open({
              connection: local.name,
              bucket: null,
              prefix: ''
            })
          }
        >
          {trans.__('Use the store on this machine')}
        </button>
      )}
      {local && (
        <p className="jp-EllipLab-Kit-hint">
          {trans.__(
            'It needs no account and no network; what it holds stays in your workspace.'
          )}
        </p>
      )}
      {groupsOf(known.presets, trans).map(([title, group]) => (
        <section key={title} aria-label={title}>
          <h3>{title}</h3>
          <ul>
            {group.map(preset => (
              <li key={preset.id}>
                <button
                  className="jp-EllipLab-S3-preset"
                  title={preset.description}
                  onClick={() =>
                    void commands.execute(CommandIDs.connect, {
                      preset: preset.id
                    })
                  }
                >
                  <span>{preset.title}</span>
                  <span className="jp-EllipLab-Kit-hint">
                    {preset.description}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <button
        className="jp-EllipLab-Kit-link jp-EllipLab-S3-other"
        onClick={() => void commands.execute(CommandIDs.connect)}
      >
        {trans.__('Another store that speaks S3…')}
      </button>
    </div>
  );
}
