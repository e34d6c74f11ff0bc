/**
 * The panel in the sidebar: every app, how it stands and what can be done with it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, refreshIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { useDomId, useSignal } from '../kit/hooks';
import { describe } from '../kit/notice';
import { AbsentRow, AppRow } from './approw';
import type { AppsModel } from './model';
import { CommandIDs } from './tokens';

/** Properties of the panel. */
export interface IPanelProps {
  readonly apps: AppsModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The panel as a widget of the sidebar. */
export class AppsPanel extends ReactWidget {
  constructor(props: IPanelProps) {
    super();
    this.addClass('jp-EllipLab-Apps-side');
    this._props = props;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this._props.apps.setVisible(true);
    }
  }

  protected override onAfterShow(): void {
    this._props.apps.setVisible(true);
  }

  protected override onAfterHide(): void {
    this._props.apps.setVisible(false);
  }

  protected override render(): JSX.Element {
    return <Panel {...this._props} />;
  }

  private readonly _props: IPanelProps;
}

/** The panel. */
export function Panel(props: IPanelProps): JSX.Element {
  const { apps, commands, trans } = props;
  useSignal(apps.changed);
  const id = useDomId('apps');
  const absent = apps.apps.filter(app => !app.installed);
  return (
    <div className="jp-EllipLab-Apps" aria-busy={!apps.ready}>
      <div className="jp-EllipLab-Apps-top">
        <h2>{trans.__('Applications')}</h2>
        <button
          className="jp-EllipLab-Kit-icon"
          aria-label={trans.__('Refresh')}
          title={trans.__('Refresh')}
          onClick={() => void commands.execute(CommandIDs.refresh)}
        >
          <refreshIcon.react tag="span" />
        </button>
      </div>
      <div className="jp-EllipLab-Apps-lists">
        {apps.error !== null && (
          <div className="jp-EllipLab-Apps-error" role="alert">
            <span>{describe(apps.error, trans)}</span>
            <button
              className="jp-EllipLab-Kit-button"
              onClick={() => void commands.execute(CommandIDs.refresh)}
            >
              {trans.__('Try again')}
            </button>
          </div>
        )}
        {!apps.ready && (
          <p className="jp-EllipLab-Kit-note">{trans.__('Looking…')}</p>
        )}
        {apps.ready && apps.error === null && !apps.installed.length && (
          <div className="jp-EllipLab-Apps-none">
            <h3>{trans.__('No application is here yet')}</h3>
            <p>
              {trans.__(
                'Editors and dashboards with pages of their own open in tabs of the Lab. What can be installed without an administrator has a button below.'
              )}
            </p>
          </div>
        )}
        {apps.installed.length > 0 && (
          <ul aria-label={trans.__('Installed applications')}>
            {apps.installed.map(app => (
              <AppRow key={app.name} {...props} app={app} />
            ))}
          </ul>
        )}
        {absent.length > 0 && (
          <section aria-labelledby={`${id}-absent`}>
            <h3 id={`${id}-absent`} className="jp-EllipLab-Apps-heading">
              {trans.__('Not installed')}
            </h3>
            <ul aria-labelledby={`${id}-absent`}>
              {absent.map(app => (
                <AbsentRow key={app.name} {...props} app={app} />
              ))}
            </ul>
          </section>
        )}
        {apps.problems.map(problem => (
          <p key={problem} className="jp-EllipLab-Apps-error" role="alert">
            {problem}
          </p>
        ))}
        {apps.installed.length > 0 && (
          <p className="jp-EllipLab-Kit-note">
            {trans.__(
              'A script of Streamlit, Shiny or Panel is opened by “Serve This File” in the menu of the file browser. Apps end with the server.'
            )}
          </p>
        )}
      </div>
    </div>
  );
}
