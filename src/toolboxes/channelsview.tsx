/**
 * Where packages come from: channels, mirrors, whether anything is downloaded; who is signed in; the cache.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { ChannelPriority, Channels, ToolboxCache } from '../contract';
import { Check, Select } from '../kit/fields';
import { bytes, exactBytes } from '../kit/format';
import { useSignal } from '../kit/hooks';
import { describe } from '../kit/notice';
import { Pill } from '../kit/state';
import { Area } from './fields';
import type { ToolboxesModel } from './model';
import { listOf } from './names';
import type { IPageContext } from './page';
import { CommandIDs } from './tokens';
import { Trouble } from './trouble';

/** What channels and mirrors look like. */
const DEFAULT = 'conda-forge';
const ANACONDA = 'https://conda.anaconda.org/';
const MIRROR = 'https://mirror.example.org/conda/';

/** Properties of the view. */
export interface IChannelsViewProps extends IPageContext {
  readonly toolboxes: ToolboxesModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The view. */
export function ChannelsView(props: IChannelsViewProps): JSX.Element {
  const { toolboxes, trans } = props;
  useSignal(toolboxes.changed);
  const [error, setError] = React.useState<unknown>(null);
  const read = React.useCallback(() => {
    setError(null);
    toolboxes.readChannels().catch((wrong: unknown) => setError(wrong));
  }, [toolboxes]);
  React.useEffect(read, [read]);
  const { channels } = toolboxes;
  return (
    <div className="jp-EllipLab-Toolboxes-page">
      <header className="jp-EllipLab-Toolboxes-header">
        <div className="jp-EllipLab-Toolboxes-headerMain">
          <h2>{trans.__('Where packages come from')}</h2>
          {channels?.offline && (
            <Pill tone="waiting">{trans.__('offline')}</Pill>
          )}
        </div>
      </header>
      <div className="jp-EllipLab-Toolboxes-body">
        {error !== null && (
          <Trouble error={error} onAgain={read} trans={trans} />
        )}
        {channels ? (
          <>
            <Form {...props} key={JSON.stringify(channels)} saved={channels} />
            <Logins {...props} channels={channels} />
          </>
        ) : (
          error === null && (
            <p className="jp-EllipLab-Kit-note" aria-busy="true">
              {trans.__('Reading…')}
            </p>
          )
        )}
        <Cache {...props} />
      </div>
    </div>
  );
}

/** A URL, and what is asked instead of it. */
interface IMirror {
  readonly id: number;
  readonly url: string;
  readonly instead: string;
}

interface IFormProps extends IChannelsViewProps {
  readonly saved: Channels;
}

/** What can be set. */
function Form(props: IFormProps): JSX.Element {
  const { saved, toolboxes, trans } = props;
  const [channels, setChannels] = React.useState(saved.default.join('\n'));
  const [mirrors, setMirrors] = React.useState<readonly IMirror[]>(() =>
    Object.entries(saved.mirrors).map(([url, instead], id) => ({
      id,
      url,
      instead: instead.join(', ')
    }))
  );
  const [priority, setPriority] = React.useState<ChannelPriority>(
    saved.priority
  );
  const [offline, setOffline] = React.useState(saved.offline);
  const [busy, setBusy] = React.useState(false);
  const [error, setError] = React.useState<unknown>(null);
  const asked = {
    default: listOf(channels),
    mirrors: Object.fromEntries(
      mirrors
        .filter(one => one.url.trim())
        .map(one => [one.url.trim(), listOf(one.instead)])
    ),
    priority,
    offline
  };
  const same = stable(asked) === stable(saved);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    toolboxes.client
      .saveChannels(asked)
      .then(
        now => toolboxes.takeChannels(now),
        (wrong: unknown) => setError(wrong)
      )
      .finally(() => setBusy(false));
  };
  const change = (id: number, part: Partial<IMirror>): void =>
    setMirrors(mirrors.map(one => (one.id === id ? { ...one, ...part } : one)));
  return (
    <form
      className="jp-EllipLab-Toolboxes-form"
      aria-label={trans.__('Channels')}
      onSubmit={submit}
    >
      <Area
        label={trans.__('Channels')}
        value={channels}
        placeholder={DEFAULT}
        hint={trans.__(
          'For what names none: a name of anaconda.org or a URL, one a line, the first goes first.'
        )}
        onChange={setChannels}
      />
      <Select
        label={trans.__('When several have a package')}
        value={priority}
        onChange={value => setPriority(value as ChannelPriority)}
      >
        <option value="strict">
          {trans.__('it comes from the first channel that has it')}
        </option>
        <option value="disabled">{trans.__('the newest of all')}</option>
      </Select>
      <fieldset className="jp-EllipLab-Toolboxes-mirrors">
        <legend>{trans.__('Mirrors')}</legend>
        {mirrors.map(one => (
          <div key={one.id} className="jp-EllipLab-Toolboxes-mirror">
            <input
              className="jp-EllipLab-Kit-input"
              value={one.url}
              placeholder={ANACONDA}
              aria-label={trans.__('Instead of this URL')}
              spellCheck={false}
              onChange={event => change(one.id, { url: event.target.value })}
            />
            <span aria-hidden>→</span>
            <input
              className="jp-EllipLab-Kit-input"
              value={one.instead}
              placeholder={MIRROR}
              aria-label={trans.__('These are asked')}
              spellCheck={false}
              onChange={event =>
                change(one.id, { instead: event.target.value })
              }
            />
            <button
              type="button"
              className="jp-EllipLab-Kit-icon"
              title={trans.__('Take this mirror away')}
              aria-label={trans.__('Take the mirror of %1 away', one.url)}
              onClick={() =>
                setMirrors(mirrors.filter(other => other.id !== one.id))
              }
            >
              <closeIcon.react tag="span" />
            </button>
          </div>
        ))}
        <p className="jp-EllipLab-Kit-hint">
          {trans.__(
            'What begins with the one URL is asked for at the others, in their order.'
          )}
        </p>
        <button
          type="button"
          className="jp-EllipLab-Kit-button"
          onClick={() =>
            setMirrors([
              ...mirrors,
              {
                id: 1 + Math.max(-1, ...mirrors.map(one => one.id)),
                url: '',
                instead: ''
              }
            ])
          }
        >
          {trans.__('Add a mirror')}
        </button>
      </fieldset>
      <Check
        label={trans.__('Offline')}
        hint={trans.__(
          'Nothing is downloaded: toolboxes are made of what is in the cache.'
        )}
        value={offline}
        onChange={setOffline}
      />
      {error !== null && (
        <p className="jp-EllipLab-Kit-wrong" role="alert">
          {describe(error, trans)}
        </p>
      )}
      <div className="jp-EllipLab-Kit-row">
        <button
          type="submit"
          className="jp-EllipLab-Kit-button jp-mod-primary"
          disabled={busy || same}
        >
          {trans.__('Save')}
        </button>
        <span className="jp-EllipLab-Toolboxes-saved" role="status">
          {same ? trans.__('Saved.') : trans.__('Not saved yet.')}
        </span>
      </div>
    </form>
  );
}

/** The same settings in the same words, whatever their order. */
function stable(settings: {
  readonly default: readonly string[];
  readonly mirrors: { readonly [url: string]: readonly string[] };
  readonly priority: string;
  readonly offline: boolean;
}): string {
  return JSON.stringify([
    settings.default,
    Object.entries(settings.mirrors).sort(([one], [other]) =>
      one < other ? -1 : 1
    ),
    settings.priority,
    settings.offline
  ]);
}

interface ILoginsProps extends IChannelsViewProps {
  readonly channels: Channels;
}

/** Who is signed in where; a secret is never shown. */
function Logins(props: ILoginsProps): JSX.Element {
  const { channels, toolboxes, commands, trans } = props;
  const [error, setError] = React.useState<unknown>(null);
  const kinds = {
    basic: trans.__('name and password'),
    bearer: trans.__('token'),
    conda: trans.__('token of anaconda.org')
  };
  return (
    <section className="jp-EllipLab-Toolboxes-form">
      <h3>{trans.__('Signed in')}</h3>
      {channels.logins.length ? (
        <ul className="jp-EllipLab-Toolboxes-logins">
          {channels.logins.map(login => (
            <li key={login.host}>
              <code>{login.host}</code>
              <span className="jp-EllipLab-Kit-hint">
                {[login.username, kinds[login.kind]]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              <button
                className="jp-EllipLab-Kit-link"
                aria-label={trans.__('Sign out of %1', login.host)}
                onClick={() => {
                  setError(null);
                  toolboxes.client.logout({ host: login.host }).then(
                    now => toolboxes.takeChannels(now),
                    (wrong: unknown) => setError(wrong)
                  );
                }}
              >
                {trans.__('Sign out')}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <p className="jp-EllipLab-Kit-hint">
          {trans.__(
            'Nowhere. Public channels want nothing; a channel of your organisation may.'
          )}
        </p>
      )}
      {error !== null && (
        <p className="jp-EllipLab-Kit-wrong" role="alert">
          {describe(error, trans)}
        </p>
      )}
      <div className="jp-EllipLab-Kit-row">
        <button
          className="jp-EllipLab-Kit-button"
          onClick={() => void commands.execute(CommandIDs.login)}
        >
          {trans.__('Sign in to a channel…')}
        </button>
      </div>
    </section>
  );
}

/** What is kept of what was downloaded. */
function Cache(props: IChannelsViewProps): JSX.Element | null {
  const { toolboxes, commands, trans } = props;
  const [cache, setCache] = React.useState<ToolboxCache | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const [turn, setTurn] = React.useState(0);
  React.useEffect(() => {
    const again = (): void => setTurn(before => before + 1);

    toolboxes.touched.connect(again);
    return () => {
      toolboxes.touched.disconnect(again);
    };
  }, [toolboxes]);
  React.useEffect(() => {
    let gone = false;
    toolboxes.client.cache().then(
      found => {
        if (!gone) {
          setCache(found);
          setError(null);
        }
      },
      (wrong: unknown) => {
        if (!gone) {
          setError(wrong);
        }
      }
    );
    return () => {
      gone = true;
    };
  }, [toolboxes, turn]);
  return (
    <section className="jp-EllipLab-Toolboxes-form">
      <h3>{trans.__('Cache')}</h3>
      {error !== null ? (
        <Trouble
          error={error}
          onAgain={() => setTurn(turn + 1)}
          trans={trans}
        />
      ) : cache ? (
        <>
          <dl className="jp-EllipLab-Toolboxes-facts">
            <div>
              <dt>{trans.__('Packages')}</dt>
              <dd title={exactBytes(cache.size, trans)}>
                {trans.__('%1, %2', cache.packages, bytes(cache.size, trans))}
              </dd>
            </div>
            <div>
              <dt>{trans.__('Of no toolbox')}</dt>
              <dd title={exactBytes(cache.unused_size, trans)}>
                {trans.__(
                  '%1, %2',
                  cache.unused,
                  bytes(cache.unused_size, trans)
                )}
              </dd>
            </div>
            <div>
              <dt>{trans.__('Lists of channels')}</dt>
              <dd>{bytes(cache.index_size, trans)}</dd>
            </div>
            <div>
              <dt>{trans.__('Folder')}</dt>
              <dd>
                <code>{cache.path}</code>
              </dd>
            </div>
          </dl>
          <div className="jp-EllipLab-Kit-row">
            <button
              className="jp-EllipLab-Kit-button"
              onClick={() => void commands.execute(CommandIDs.clean)}
            >
              {trans.__('Clean up…')}
            </button>
          </div>
        </>
      ) : (
        <p className="jp-EllipLab-Kit-note" aria-busy="true">
          {trans.__('Reading…')}
        </p>
      )}
    </section>
  );
}
