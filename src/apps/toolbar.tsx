/**
 * The toolbar of an app's tab.
 */
import type { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import {
  launchIcon,
  listIcon,
  ReactWidget,
  redoIcon,
  refreshIcon,
  settingsIcon,
  stopIcon,
  Toolbar,
  ToolbarButton
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { useSignal } from '../kit/hooks';
import { AppDot } from './dot';
import type { AppsModel } from './model';
import { keyOf } from './model';
import type { AppPage } from './page';
import { CommandIDs } from './tokens';
import { stateWord } from './words';

/** What the toolbar stands on. */
export interface IToolbarOptions {
  readonly apps: AppsModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** Fills the toolbar of a tab; what cannot be done now is disabled. */
export function fillToolbar(
  widget: MainAreaWidget<AppPage>,
  options: IToolbarOptions
): void {
  const { apps, commands, trans } = options;
  const { content: page, toolbar } = widget;
  toolbar.addClass('jp-EllipLab-Apps-bar');
  const act = (
    name: string,
    label: string,
    tooltip: string,
    icon: LabIcon,
    command: string,
    able: () => boolean
  ): void => {
    const button = new ToolbarButton({
      icon,
      label,
      tooltip,
      enabled: able(),
      onClick: () => {
        const { instance } = page;
        void commands.execute(
          command,
          command === CommandIDs.settings
            ? { app: page.place.app }
            : { instance: instance?.id ?? '' }
        );
      }
    });
    page.changed.connect(() => {
      button.enabled = able();
    }, button);
    toolbar.addItem(name, button);
  };
  const state = (): string | null => page.instance?.state ?? null;
  const idle = (): boolean =>
    !apps.busy(page.instance?.id ?? '') && !apps.busy(keyOf(page.place));
  const shown = (): boolean => state() === 'running';
  const alive = (): boolean => shown() || state() === 'starting';

  toolbar.addItem(
    'state',
    ReactWidget.create(<State page={page} apps={apps} trans={trans} />)
  );
  toolbar.addItem('spacer', Toolbar.createSpacerItem());
  act(
    'reload',
    '',
    trans.__('Load the page of the app anew'),
    refreshIcon,
    CommandIDs.reload,
    shown
  );
  act(
    'browse',
    '',
    trans.__('Open in a tab of the browser'),
    launchIcon,
    CommandIDs.browse,
    shown
  );
  act(
    'log',
    trans.__('Log'),
    trans.__('Show or hide what the app said'),
    listIcon,
    CommandIDs.log,
    () => page.instance !== null && state() !== 'starting'
  );
  act(
    'restart',
    trans.__('Restart'),
    trans.__('Stop the app and start it again'),
    redoIcon,
    CommandIDs.restart,
    () => alive() && idle()
  );
  act(
    'stop',
    trans.__('Stop'),
    trans.__('Stop the app'),
    stopIcon,
    CommandIDs.stop,
    () => alive() && idle()
  );
  act(
    'settings',
    '',
    trans.__('Settings of the app'),
    settingsIcon,
    CommandIDs.settings,
    () => apps.app(page.place.app) !== null
  );
}

interface IStateProps {
  readonly page: AppPage;
  readonly apps: AppsModel;
  readonly trans: TranslationBundle;
}

/** How the app stands, and which it is. */
function State({ page, apps, trans }: IStateProps): JSX.Element {
  useSignal(page.changed);
  const { instance, place } = page;
  const state = instance?.state ?? null;
  const app = apps.app(place.app);
  return (
    <span className="jp-EllipLab-Apps-state">
      <AppDot state={state} />
      <span role="status">
        {apps.busy(instance?.id ?? '')
          ? trans.__('stopping…')
          : stateWord(state, trans)}
      </span>
      {place.file !== null && (
        <span className="jp-EllipLab-Kit-hint" title={place.file}>
          {app?.title ?? place.app}
        </span>
      )}
    </span>
  );
}
