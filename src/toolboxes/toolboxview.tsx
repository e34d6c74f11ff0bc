/**
 * Everything known of one toolbox: its packages, its commands, where it is, what was done with it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Toolbox } from '../contract';
import { Sentence } from '../kit/code';
import { bytes, exactBytes } from '../kit/format';
import { useDomId, useSignal } from '../kit/hooks';
import { MenuButton } from '../kit/menubutton';
import { ProblemError } from '../kit/request';
import { Bar, Pill } from '../kit/state';
import type { ITab } from '../kit/tabs';
import { TabPanel, Tabs } from '../kit/tabs';
import { ToolboxDot } from './dot';
import type { ToolboxesModel } from './model';
import type { IPageContext } from './page';
import { CommandIDs } from './tokens';
import { About, Commands, Packages } from './toolboxparts';
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
