/**
 * The parts of the view of a toolbox: its packages, its commands, where it is.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Toolbox, ToolboxPackage } from '../contract';
import { copyText } from '../kit/copy';
import { age, bytes, exactBytes, exactTime, instant } from '../kit/format';
import { useNow } from '../kit/hooks';
import { Pill } from '../kit/state';
import type { IColumn } from './longtable';
import { LongTable } from './longtable';
import { shortChannel } from './names';

/** Properties of a part. */
export interface IPartProps {
  readonly toolbox: Toolbox;
  readonly trans: TranslationBundle;
}

/** Its packages, those that were asked for first. */
export function Packages({ toolbox, trans }: IPartProps): JSX.Element {
  const [filter, setFilter] = React.useState('');
  const words = filter.trim().toLowerCase();
  const rows = React.useMemo(
    () =>
      toolbox.contents.filter(one => one.name.toLowerCase().includes(words)),
    [toolbox.contents, words]
  );
  const columns: IColumn<ToolboxPackage>[] = [
    {
      key: 'name',
      label: trans.__('Package'),
      title: one =>
        one.requested ? trans.__('%1: asked for', one.name) : one.name,
      cell: one => (one.requested ? <b>{one.name}</b> : one.name)
    },
    {
      key: 'version',
      label: trans.__('Version'),
      title: one => one.version,
      cell: one => one.version
    },
    {
      key: 'build',
      label: trans.__('Build'),
      title: one => one.build,
      cell: one => one.build
    },
    {
      key: 'channel',
      label: trans.__('Channel'),
      title: one => one.channel,
      cell: one => shortChannel(one.channel)
    },
    {
      key: 'size',
      label: trans.__('Archive'),
      title: one =>
        one.size === null ? undefined : exactBytes(one.size, trans),
      cell: one => (one.size === null ? '?' : bytes(one.size, trans))
    }
  ];
  if (!toolbox.contents.length) {
    return (
      <p className="jp-EllipLab-Kit-note">
        {toolbox.state === 'working'
          ? trans.__('Its packages are on their way.')
          : trans.__('It is not known which packages it has.')}
      </p>
    );
  }
  return (
    <>
      <div className="jp-EllipLab-Toolboxes-tableTop">
        <span className="jp-EllipLab-Kit-hint" role="status">
          {words
            ? trans.__('%1 of %2', rows.length, toolbox.contents.length)
            : trans.__('In bold what was asked for.')}
        </span>
        <input
          className="jp-EllipLab-Kit-input"
          type="search"
          value={filter}
          placeholder={trans.__('Filter by name')}
          aria-label={trans.__('Filter the packages')}
          onChange={event => setFilter(event.target.value)}
        />
      </div>
      {rows.length ? (
        <LongTable
          label={trans.__('Packages')}
          kind="packages"
          rows={rows}
          columns={columns}
          keyOf={one => one.name}
        />
      ) : (
        <p className="jp-EllipLab-Kit-note">
          {trans.__('No package matches “%1”.', filter)}
        </p>
      )}
    </>
  );
}

/** The commands of what was asked for. */
export function Commands({ toolbox, trans }: IPartProps): JSX.Element {
  const [filter, setFilter] = React.useState('');
  const words = filter.trim().toLowerCase();
  const shown = toolbox.commands.filter(one =>
    one.toLowerCase().includes(words)
  );
  if (!toolbox.commands.length) {
    return (
      <p className="jp-EllipLab-Kit-note">
        {trans.__('The packages that were asked for have no commands.')}
      </p>
    );
  }
  return (
    <>
      <div className="jp-EllipLab-Toolboxes-tableTop">
        <span className="jp-EllipLab-Kit-hint">
          {toolbox.command_count > toolbox.commands.length
            ? trans.__(
                'Of what was asked for; %1 in all.',
                toolbox.command_count
              )
            : trans.__(
                'In a terminal, in a notebook of its kernel, and after %1.',
                '%toolbox run'
              )}
        </span>
        <input
          className="jp-EllipLab-Kit-input"
          type="search"
          value={filter}
          placeholder={trans.__('Filter by name')}
          aria-label={trans.__('Filter the commands')}
          onChange={event => setFilter(event.target.value)}
        />
      </div>
      {shown.length ? (
        <ul
          className="jp-EllipLab-Toolboxes-commands"
          aria-label={trans.__('Commands')}
        >
          {shown.map(one => (
            <li key={one}>
              <code>{one}</code>
            </li>
          ))}
        </ul>
      ) : (
        <p className="jp-EllipLab-Kit-note">
          {trans.__('No command matches “%1”.', filter)}
        </p>
      )}
    </>
  );
}

/** Where it is, what it was made of, what proves that it works. */
export function About({ toolbox, trans }: IPartProps): JSX.Element {
  const now = useNow(true, 30_000);
  const date = (text: string | null): React.ReactNode => {
    const at = instant(text);
    return (
      at !== null && <span title={exactTime(at)}>{age(at, now, trans)}</span>
    );
  };
  const words = (list: readonly string[]): React.ReactNode =>
    list.length > 0 &&
    list.map(word => (
      <code key={word} className="jp-EllipLab-Toolboxes-word">
        {word}
      </code>
    ));
  const facts: (readonly [string, React.ReactNode])[] = [
    [
      trans.__('Kernel'),
      toolbox.kernel && (
        <>
          {toolbox.kernel_title ?? toolbox.kernel}
          <span className="jp-EllipLab-Kit-hint">
            {' '}
            {toolbox.language
              ? trans.__('Python %1', toolbox.language)
              : trans.__("the Lab's own Python, with the toolbox's commands")}
          </span>
        </>
      )
    ],
    [
      trans.__('Folder'),
      <Copyable key="prefix" text={toolbox.prefix} trans={trans} />
    ],
    [
      trans.__('Lock file'),
      toolbox.lock && <Copyable text={toolbox.lock} trans={trans} />
    ],
    [trans.__('Asked for'), words(toolbox.specs)],
    [trans.__('Channels'), words(toolbox.channels)],
    [trans.__('Made'), date(toolbox.created)],
    [
      trans.__('Changed'),
      toolbox.changed !== toolbox.created && date(toolbox.changed)
    ],
    [trans.__('Licence'), toolbox.licence],
    [
      trans.__('Homepage'),
      toolbox.homepage && (
        <a href={toolbox.homepage} target="_blank" rel="noreferrer">
          {toolbox.homepage}
        </a>
      )
    ]
  ];
  return (
    <div className="jp-EllipLab-Toolboxes-about">
      <table className="jp-EllipLab-Kit-table">
        <caption>{trans.__('About')}</caption>
        <tbody>
          {facts
            .filter(([, value]) => !!value)
            .map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{value}</td>
              </tr>
            ))}
        </tbody>
      </table>
      {toolbox.proofs.length > 0 && (
        <table className="jp-EllipLab-Kit-table">
          <caption>{trans.__('What proves that it works')}</caption>
          <tbody>
            {toolbox.proofs.map(proof => (
              <tr key={proof.command}>
                <th scope="row">
                  <code>{proof.command}</code>
                </th>
                <td>
                  <Pill tone={proof.passed ? 'done' : 'failed'}>
                    {proof.passed ? trans.__('works') : trans.__('fails')}
                  </Pill>{' '}
                  <code>{proof.said}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {Object.keys(toolbox.env).length > 0 && (
        <table className="jp-EllipLab-Kit-table">
          <caption>{trans.__('Variables that it sets')}</caption>
          <tbody>
            {Object.entries(toolbox.env)
              .sort(([one], [other]) => (one < other ? -1 : 1))
              .map(([name, value]) => (
                <tr key={name}>
                  <th scope="row">
                    <code>{name}</code>
                  </th>
                  <td>
                    <code>{value}</code>
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

interface ICopyableProps {
  readonly text: string;
  readonly trans: TranslationBundle;
}

/** A word that is copied with one click. */
function Copyable({ text, trans }: ICopyableProps): JSX.Element {
  const [copied, setCopied] = React.useState(false);
  return (
    <span className="jp-EllipLab-Toolboxes-copyable">
      <code>{text}</code>
      <button
        className="jp-EllipLab-Kit-icon"
        title={copied ? trans.__('Copied') : trans.__('Copy')}
        aria-label={
          copied ? trans.__('Copied: %1', text) : trans.__('Copy %1', text)
        }
        onClick={() => void copyText(text).then(() => setCopied(true))}
        onBlur={() => setCopied(false)}
      >
        {copied ? (
          <span aria-hidden>✓</span>
        ) : (
          <copyIcon.react tag="span" className="jp-EllipLab-Kit-buttonIcon" />
        )}
      </button>
    </span>
  );
}
