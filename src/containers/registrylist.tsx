/**
 * The registries in the panel: who is signed in where, and how each is reached.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ellipsesIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Registry } from '../contract';
import { MenuButton } from '../kit/menubutton';
import { describe } from '../kit/notice';
import type { ContainersModel } from './model';
import { CommandIDs } from './tokens';
import { Trouble } from './trouble';

/** Properties of the list. */
export interface IRegistryListProps {
  readonly containers: ContainersModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The list. */
export function RegistryList(props: IRegistryListProps): JSX.Element {
  const { containers, commands, trans } = props;
  const { registries, registriesError: error } = containers;
  if (error !== null && !registries.length) {
    return (
      <Trouble
        text={describe(error, trans)}
        onAgain={() => void containers.readRegistries()}
        trans={trans}
      />
    );
  }
  if (!containers.registriesReady) {
    return (
      <p className="jp-EllipLab-Kit-note" aria-busy="true">
        {trans.__('Reading the registries…')}
      </p>
    );
  }
  const mine = registries.filter(one => one.user !== null || one.saved);
  const others = registries.filter(one => !mine.includes(one));
  return (
    <div className="jp-EllipLab-Containers-registries">
      {error !== null && (
        <Trouble
          text={describe(error, trans)}
          onAgain={() => void containers.readRegistries()}
          trans={trans}
        />
      )}
      {mine.length > 0 ? (
        <section aria-label={trans.__('Yours')}>
          <h3>{trans.__('Yours')}</h3>
          <Items {...props} registries={mine} />
        </section>
      ) : (
        <p className="jp-EllipLab-Containers-lead">
          {trans.__(
            'Sign in to push images, and to pull those that are not public. What you sign in with is kept by podman, for the terminal too.'
          )}
        </p>
      )}
      {others.length > 0 && (
        <section aria-label={trans.__('Known ones')}>
          <h3>{trans.__('Known ones')}</h3>
          <Items {...props} registries={others} />
        </section>
      )}
      <button
        className="jp-EllipLab-Kit-button"
        onClick={() => void commands.execute(CommandIDs.login)}
      >
        {trans.__('Sign in to another…')}
      </button>
      {containers.auth && (
        <p className="jp-EllipLab-Kit-hint">
          {trans.__('Kept in')} <code>{containers.auth}</code>
        </p>
      )}
    </div>
  );
}

interface IItemsProps extends IRegistryListProps {
  readonly registries: readonly Registry[];
}

function Items(props: IItemsProps): JSX.Element {
  return (
    <ul>
      {props.registries.map(registry => (
        <Item key={registry.host} {...props} registry={registry} />
      ))}
    </ul>
  );
}

interface IItemProps extends IRegistryListProps {
  readonly registry: Registry;
}

/** One registry. */
function Item({ registry, commands, trans }: IItemProps): JSX.Element {
  const { host, user } = registry;
  const args = { host };
  const words = [
    user === null
      ? trans.__('not signed in')
      : trans.__('signed in as %1', user)
  ];
  if (registry.insecure) {
    words.push(trans.__('plain HTTP'));
  }
  if (registry.ca !== null) {
    words.push(trans.__('its own authority'));
  }
  return (
    <li
      className="jp-EllipLab-Containers-registry"
      data-host={host}
      data-state={user === null ? 'out' : 'in'}
    >
      <span
        className={
          'jp-EllipLab-Kit-dot ' +
          (user === null ? 'jp-mod-waiting jp-mod-hollow' : 'jp-mod-done')
        }
        aria-hidden
      />
      <span className="jp-EllipLab-Containers-text" title={host}>
        {registry.title || host}
      </span>
      <button
        className="jp-EllipLab-Kit-link"
        aria-label={
          user === null
            ? trans.__('Sign in to %1', host)
            : trans.__('Sign out of %1', host)
        }
        onClick={() =>
          void commands.execute(
            user === null ? CommandIDs.login : CommandIDs.logout,
            args
          )
        }
      >
        {user === null ? trans.__('Sign in…') : trans.__('Sign out')}
      </button>
      <MenuButton
        className="jp-EllipLab-Kit-icon"
        label={trans.__('More actions with %1', host)}
        title={trans.__('More actions')}
        commands={commands}
        entries={[
          { command: CommandIDs.pull, args: { host } },
          { command: CommandIDs.login, args },
          { command: CommandIDs.logout, args },
          { command: CommandIDs.saveRegistry, args },
          { command: CommandIDs.forgetRegistry, args }
        ]}
      >
        <ellipsesIcon.react tag="span" />
      </MenuButton>
      <span className="jp-EllipLab-Containers-said">{words.join(' · ')}</span>
    </li>
  );
}
