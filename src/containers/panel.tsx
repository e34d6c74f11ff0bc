/**
 * The panel in the sidebar: the engine, its images, its containers, their registries; work at the foot.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  addIcon,
  downloadIcon,
  ellipsesIcon,
  ReactWidget,
  refreshIcon
} from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { useDomId, useSignal } from '../kit/hooks';
import { MenuButton } from '../kit/menubutton';
import { describe } from '../kit/notice';
import type { ITab } from '../kit/tabs';
import { TabPanel, Tabs } from '../kit/tabs';
import type { IContainerHost } from './containerlist';
import { ContainerList } from './containerlist';
import { EngineLine, NoEngine } from './engine';
import { ImageList } from './imagelist';
import type { ContainersModel } from './model';
import { RegistryList } from './registrylist';
import type { PanelTab } from './remember';
import { CommandIDs } from './tokens';
import { Trouble } from './trouble';
import { WorkList } from './worklist';

/** Properties of the panel. */
export interface IPanelProps {
  readonly containers: ContainersModel;
  readonly commands: CommandRegistry;
  readonly host: IContainerHost;
  readonly trans: TranslationBundle;
}

/** The panel as a widget of the sidebar. */
export class ContainersPanel extends ReactWidget {
  constructor(props: IPanelProps) {
    super();
    this.addClass('jp-EllipLab-Containers-side');
    this._props = props;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this.onAfterShow();
    }
  }

  protected override onAfterShow(): void {
    // Nothing is asked of an engine before somebody looks.
    void this._props.containers.setVisible(true);
  }

  protected override onAfterHide(): void {
    void this._props.containers.setVisible(false);
  }

  protected override render(): JSX.Element {
    return <Panel {...this._props} />;
  }

  private readonly _props: IPanelProps;
}

/** The panel. */
export function Panel(props: IPanelProps): JSX.Element {
  const { containers, trans } = props;
  useSignal(containers.changed);
  const id = useDomId('containers');
  const { engine, engineError, tab } = containers;
  const tabs: ITab<PanelTab>[] = [
    { key: 'images', label: trans.__('Images') },
    {
      key: 'containers',
      label: trans.__('Containers'),
      count: containers.running.count
    },
    { key: 'registries', label: trans.__('Registries') }
  ];
  const none = engine?.kind === 'none';
  return (
    <div className="jp-EllipLab-Containers">
      <Top {...props} />
      {engineError !== null ? (
        <Trouble
          text={describe(engineError, trans)}
          onAgain={() => void containers.refresh()}
          trans={trans}
        />
      ) : (
        <EngineLine containers={containers} trans={trans} />
      )}
      <div className="jp-EllipLab-Containers-tabs">
        <Tabs
          id={id}
          label={trans.__('Parts of the engine')}
          tabs={tabs}
          current={tab}
          onSelect={key => containers.setTab(key)}
        />
      </div>
      <TabPanel id={id} current={tab}>
        {tab === 'registries' ? (
          <RegistryList {...props} />
        ) : none ? (
          <NoEngine containers={containers} trans={trans} />
        ) : tab === 'images' ? (
          <ImageList {...props} />
        ) : (
          <ContainerList {...props} />
        )}
      </TabPanel>
      <WorkList {...props} />
    </div>
  );
}

/** The title and the buttons of the panel. */
function Top({ containers, commands, trans }: IPanelProps): JSX.Element {
  const none = containers.engine?.kind === 'none';
  const button = (
    label: string,
    command: string,
    Icon: LabIcon,
    enabled = true
  ): JSX.Element => (
    <button
      className="jp-EllipLab-Kit-icon"
      aria-label={label}
      title={label}
      disabled={!enabled}
      onClick={() => void commands.execute(command)}
    >
      <Icon.react tag="span" />
    </button>
  );
  return (
    <div className="jp-EllipLab-Containers-top">
      <h2>{trans.__('Containers')}</h2>
      {button(trans.__('Build an image'), CommandIDs.build, addIcon, !none)}
      {button(trans.__('Pull an image'), CommandIDs.pull, downloadIcon, !none)}
      {button(trans.__('Refresh'), CommandIDs.refresh, refreshIcon)}
      <MenuButton
        className="jp-EllipLab-Kit-icon"
        label={trans.__('More actions')}
        title={trans.__('More actions')}
        commands={commands}
        entries={[
          CommandIDs.load,
          CommandIDs.prune,
          CommandIDs.expose,
          CommandIDs.login
        ].map(command => ({ command, args: { isPanel: true } }))}
      >
        <ellipsesIcon.react tag="span" />
      </MenuButton>
    </div>
  );
}
