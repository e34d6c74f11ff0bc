/**
 * What room `toolboxes` has in the main area: toolboxes, plans, works, the channels.
 */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import { listIcon, settingsIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import * as React from 'react';

import { toolboxesIcon } from '../kit/icons';
import type { ILogOptions } from '../kit/logblocks';
import type { ToolboxesModel } from './model';
import type { Ask, IPageContext, IPageState, PageKind } from './page';
import { Page, pageId } from './page';

/** The command that puts a tab back; not for people. */
export const RESTORE = 'ellip-lab:toolboxes-restore-page';
/** The panel in the sidebar. */
export const PANEL = 'ellip-lab-toolboxes';

const KINDS: readonly string[] = ['toolbox', 'plan', 'work', 'channels'];
/** There is one of them. */
const CHANNELS = 'all';

const ToolboxView = React.lazy(async () => ({
  default: (await import('./toolboxview')).ToolboxView
}));
const PlanView = React.lazy(async () => ({
  default: (await import('./planview')).PlanView
}));
const WorkView = React.lazy(async () => ({
  default: (await import('./workview')).WorkView
}));
const ChannelsView = React.lazy(async () => ({
  default: (await import('./channelsview')).ChannelsView
}));

/** What the desk stands on. */
export interface IDeskOptions {
  readonly app: JupyterFrontEnd;
  readonly toolboxes: ToolboxesModel;
  readonly trans: TranslationBundle;
}

/** The desk. */
export class Desk {
  constructor(options: IDeskOptions) {
    this._options = options;
  }

  /** Puts back what was open before a reload. */
  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this._pages, {
      command: RESTORE,
      args: ({ content }) => ({
        kind: content.kind,
        key: content.key,
        ...(content.state as unknown as ReadonlyPartialJSONObject)
      }),
      name: ({ content }) => content.id
    });
  }

  /** Puts one tab back. */
  reopen(args: ReadonlyPartialJSONObject): void {
    const ask = askOf(args.ask);
    if (
      !KINDS.includes(String(args.kind)) ||
      typeof args.key !== 'string' ||
      (args.kind === 'plan' && ask === null)
    ) {
      return;
    }
    const state: { -readonly [K in keyof IPageState]?: IPageState[K] } = {
      ask
    };
    if (typeof args.tab === 'string') {
      state.tab = args.tab;
    }
    if (typeof args.options === 'object' && args.options !== null) {
      state.options = args.options as unknown as ILogOptions;
    }
    this._open(args.kind as PageKind, args.key, state);
  }

  openToolbox(name: string, tab: string | null = null): void {
    const page = this._open('toolbox', name, { tab });
    if (tab !== null && page.state.tab !== tab) {
      page.setState({ ...page.state, tab });
    }
  }

  /** Shows what would be done; one tab for each toolbox. */
  openPlan(ask: Ask): void {
    const page = this._open('plan', `${ask.verb}-${ask.request.name}`, { ask });
    if (JSON.stringify(page.state.ask) !== JSON.stringify(ask)) {
      page.setState({ ...page.state, ask });
    }
  }

  openWork(id: string): void {
    this._open('work', id);
  }

  openChannels(): void {
    this._open('channels', CHANNELS);
  }

  /** Whether a work is on screen. */
  isSeen(id: string): boolean {
    return (
      !!this._find('work', id)?.isVisible &&
      document.visibilityState === 'visible'
    );
  }

  /** Closes the tab of what is not there any more. */
  close(kind: PageKind, key: string): void {
    this._find(kind, key)?.dispose();
  }

  showPanel(): void {
    this._options.app.shell.activateById(PANEL);
  }

  private _find(kind: PageKind, key: string): MainAreaWidget<Page> | undefined {
    return this._pages.find(
      ({ content }) => content.kind === kind && content.key === key
    );
  }

  private _open(
    kind: PageKind,
    key: string,
    remembered: Partial<IPageState> = {}
  ): Page {
    const { app } = this._options;
    const open = this._find(kind, key);
    if (open) {
      app.shell.activateById(open.id);
      return open.content;
    }
    const [label, icon] = this._titleOf(kind, key);
    const content = new Page({
      kind,
      key,
      label,
      icon,
      remembered,
      paint: page => this._paint(kind, key, page)
    });
    const widget = new MainAreaWidget({ content });
    widget.id = `${pageId(kind, key)}-main`;
    widget.toolbar.hide();
    content.remembered.connect(() => {
      void this._pages.save(widget);
    }, this);
    app.shell.add(widget, 'main', { mode: 'tab-after' });
    void this._pages.add(widget);
    app.shell.activateById(widget.id);
    return content;
  }

  private _titleOf(kind: PageKind, key: string): readonly [string, LabIcon] {
    const { trans } = this._options;
    switch (kind) {
      case 'toolbox':
        return [key, toolboxesIcon];
      case 'plan':
        return [trans.__('Plan'), toolboxesIcon];
      case 'work':
        return [trans.__('Work'), listIcon];
      case 'channels':
        return [trans.__('Channels'), settingsIcon];
    }
  }

  private _paint(kind: PageKind, key: string, page: IPageContext): JSX.Element {
    const { app, toolboxes, trans } = this._options;
    const shared = { ...page, toolboxes, commands: app.commands, trans };
    switch (kind) {
      case 'toolbox':
        return React.createElement(ToolboxView, { ...shared, name: key });
      case 'plan':
        return React.createElement(PlanView, {
          ...shared,
          onBegun: work => {
            this.openWork(work.id);
            page.close();
          }
        });
      case 'work':
        return React.createElement(WorkView, { ...shared, id: key });
      case 'channels':
        return React.createElement(ChannelsView, shared);
    }
  }

  private readonly _options: IDeskOptions;
  private readonly _pages = new WidgetTracker<MainAreaWidget<Page>>({
    namespace: 'ellip-lab-toolboxes'
  });
}

/** What a plan was asked for, as it was remembered; null when it cannot be understood. */
export function askOf(value: unknown): Ask | null {
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  const { verb, request } = value as Record<string, unknown>;
  const known =
    (verb === 'install' || verb === 'update') &&
    typeof request === 'object' &&
    request !== null &&
    typeof (request as Record<string, unknown>).name === 'string';
  return known ? (value as Ask) : null;
}
