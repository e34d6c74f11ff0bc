/**
 * Everything known of one toolbox: its packages, its commands, where it is, what was done with it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Toolbox, ToolboxPackage } from '../contract';
import { Sentence } from '../kit/code';
import { copyText } from '../kit/copy';
import { age, bytes, exactBytes, exactTime, instant } from '../kit/format';
import { useDomId, useNow, useSignal } from '../kit/hooks';
import { MenuButton } from '../kit/menubutton';
import { ProblemError } from '../kit/request';
import { Bar, Pill } from '../kit/state';
import type { ITab } from '../kit/tabs';
import { TabPanel, Tabs } from '../kit/tabs';
import { ToolboxDot } from './dot';
import type { IColumn } from './longtable';
import { LongTable } from './longtable';
import type { ToolboxesModel } from './model';
import { shortChannel } from './names';
import type { IPageContext } from './page';
import { CommandIDs } from './tokens';
import { Trouble } from './trouble';
import { shareOf, toolboxTone, toolboxWord } from './words';
import { WorkList } from './worklist';

type TabKey = 'packages' | 'commands' | 'about' | 'works';

/** Properties of the view. */
export interface IToolboxViewProps extends IPageContext {
  readonly name: string;
  readonly toolboxes: ToolboxesModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The view. */
export function ToolboxView(props: IToolboxViewProps): JSX.Element {
  const { name, toolboxes, onTitle, trans } = props;
  useSignal(toolboxes.changed);
  const [toolbox, setToolbox] = React.useState<Toolbox | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const [turn, setTurn] = React.useState(0);
  React.useEffect(() => {
    void toolboxes.ready();
    const again = (): void => setTurn(before => before + 1);

    toolboxes.touched.connect(again);
    return () => {
      toolboxes.touched.disconnect(again);
    };
  }, [toolboxes]);
  React.useEffect(() => {
    let gone = false;
    toolboxes.client.show({ name }).then(
      found => {
        if (!gone) {
          setToolbox(found);
          setError(null);
          onTitle(found.title, found.prefix);
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
    // The page's own function is made anew each time it paints.
  }, [toolboxes, name, turn]);
  if (error !== null) {
    return (
      <div className="jp-EllipLab-Toolboxes-page">
        <Trouble error={error} onAgain={() => setTurn(turn + 1)} trans={trans}>
          {error instanceof ProblemError && error.status === 404 && (
            <button className="jp-EllipLab-Kit-button" onClick={props.close}>
              {trans.__('Close')}
            </button>
          )}
        </Trouble>
      </div>
    );
  }
  if (!toolbox) {
    return (
      <div className="jp-EllipLab-Toolboxes-page" aria-busy="true">
        <p className="jp-EllipLab-Kit-note">
          {trans.__('Reading the toolbox…')}
        </p>
      </div>
    );
  }
  return <Known {...props} toolbox={toolbox} />;
}

interface IKnownProps extends IToolboxViewProps {
  readonly toolbox: Toolbox;
}

function Known(props: IKnownProps): JSX.Element {
  const { toolbox, toolboxes, commands, state, onState, trans } = props;
  const id = useDomId('toolbox');
  const works = toolboxes.works.list.filter(one => one.name === toolbox.name);
  const tabs: ITab<TabKey>[] = [
    {
      key: 'packages',
      label: trans.__('Packages'),
      count: toolbox.contents.length
    },
    {
      key: 'commands',
      label: trans.__('Commands'),
      count: toolbox.command_count
    },
    { key: 'about', label: trans.__('About') },
    { key: 'works', label: trans.__('Work'), count: works.length }
  ];
  const current = tabs.find(tab => tab.key === state.tab)?.key ?? 'packages';
  return (
    <div className="jp-EllipLab-Toolboxes-page" data-toolbox={toolbox.name}>
      <Header {...props} />
      {toolbox.state === 'broken' && <Broken {...props} />}
      <div className="jp-EllipLab-Toolboxes-tabs">
        <Tabs
          id={id}
          label={trans.__('Parts of the toolbox')}
          tabs={tabs}
          current={current}
          onSelect={tab => onState({ ...state, tab })}
        />
      </div>
      <TabPanel id={id} current={current}>
        {current === 'packages' ? (
          <Packages toolbox={toolbox} trans={trans} />
        ) : current === 'commands' ? (
          <Commands toolbox={toolbox} trans={trans} />
        ) : current === 'about' ? (
          <About toolbox={toolbox} trans={trans} />
        ) : works.length ? (
          <WorkList
            toolboxes={toolboxes}
            commands={commands}
            trans={trans}
            works={works}
          />
        ) : (
          <p className="jp-EllipLab-Kit-note">
            {trans.__('No record is kept of how it was made.')}
          </p>
        )}
      </TabPanel>
    </div>
  );
}

/** What it is, how it stands, what can be done. */
function Header(props: IKnownProps): JSX.Element {
  const { toolbox, toolboxes, commands, trans } = props;
  const args = { name: toolbox.name };
  const work = toolboxes.workOf(toolbox.name);
  const state = work ? 'working' : toolbox.state;
  const ready = state === 'ready';
  const button = (
    command: string,
    label: string,
    primary = false
  ): JSX.Element => (
    <button
      className={'jp-EllipLab-Kit-button' + (primary ? ' jp-mod-primary' : '')}
      disabled={!commands.isEnabled(command, args)}
      onClick={() => void commands.execute(command, args)}
    >
      {label}
    </button>
  );
  return (
    <header className="jp-EllipLab-Toolboxes-header">
      <div className="jp-EllipLab-Toolboxes-headerMain">
        <ToolboxDot state={state} />
        <h2 title={toolbox.name}>{toolbox.title}</h2>
        <span className="jp-EllipLab-Toolboxes-pills">
          <span role="status">
            <Pill tone={toolboxTone(state)}>
              {toolboxWord(state, work, trans)}
            </Pill>
          </span>
          {toolbox.title !== toolbox.name && <Pill>{toolbox.name}</Pill>}
          {toolbox.version && <Pill>{toolbox.version}</Pill>}
          {toolbox.size !== null && (
            <Pill
              title={trans.__(
                '%1; what it shares with the cache is counted too',
                exactBytes(toolbox.size, trans)
              )}
            >
              {bytes(toolbox.size, trans)}
            </Pill>
          )}
        </span>
        <span className="jp-EllipLab-Toolboxes-headerButtons">
          {work ? (
            <button
              className="jp-EllipLab-Kit-button"
              onClick={() =>
                void commands.execute(CommandIDs.openWork, { id: work.id })
              }
            >
              {trans.__('Show steps and log')}
            </button>
          ) : (
            <>
              {button(CommandIDs.notebook, trans.__('Open a notebook'), ready)}
              {button(CommandIDs.terminal, trans.__('Open a terminal'))}
              {button(CommandIDs.update, trans.__('Update…'), !ready)}
            </>
          )}
          <MenuButton
            label={trans.__('More')}
            commands={commands}
            entries={[
              CommandIDs.clone,
              CommandIDs.saveLock,
              CommandIDs.copyName,
              CommandIDs.copyPrefix,
              CommandIDs.remove
            ].map(command => ({ command, args }))}
          />
        </span>
      </div>
      {work?.state === 'running' && (
        <Bar
          value={shareOf(work)}
          label={trans.__('Progress of %1', work.title)}
        />
      )}
      {toolbox.description && (
        <p className="jp-EllipLab-Toolboxes-lead">{toolbox.description}</p>
      )}
    </header>
  );
}

/** It does not do what it should: what is wrong, and what mends it. */
function Broken(props: IKnownProps): JSX.Element {
  const { toolbox, trans } = props;
  const failed = toolbox.proofs.find(proof => !proof.passed);
  return (
    <section
      className="jp-EllipLab-Kit-alarm"
      role="alert"
      aria-label={trans.__('What is wrong with it')}
    >
      <h3>
        <Sentence>
          {toolbox.reason ?? trans.__('It does not do what it should.')}
        </Sentence>
      </h3>
      <p className="jp-EllipLab-Kit-remedy">
        {trans.__(
          'An update puts back what is missing; else remove it and install it again.'
        )}
      </p>
      {failed?.said && <pre tabIndex={0}>{failed.said}</pre>}
    </section>
  );
}

interface IPartProps {
  readonly toolbox: Toolbox;
  readonly trans: TranslationBundle;
}

/** Its packages, those that were asked for first. */
function Packages({ toolbox, trans }: IPartProps): JSX.Element {
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
function Commands({ toolbox, trans }: IPartProps): JSX.Element {
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
function About({ toolbox, trans }: IPartProps): JSX.Element {
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
