/**
 * What room `apps` has in the main area: apps, each in a tab with its toolbar, and installations.
 */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { AppsModel, IPlace } from './model';
import { keyOf } from './model';
import { AppPage } from './page';
import { fillToolbar } from './toolbar';
import { WorkPage } from './workview';

/** The command that puts a tab back; not for people. */
export const RESTORE = 'ellip-lab:apps-restore-page';

/** What the desk stands on. */
export interface IDeskOptions {
  readonly app: JupyterFrontEnd;
  readonly apps: AppsModel;
  readonly documents: IDocumentManager;
  readonly trans: TranslationBundle;
}

type Tab = MainAreaWidget<AppPage | WorkPage>;

/** The desk. */
export class Desk {
  constructor(options: IDeskOptions) {
    this._options = options;
  }

  /** Puts back what was open before a reload; what runs is shown as it runs. */
  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this._tabs, {
      command: RESTORE,
      args: ({ content }) =>
        content instanceof AppPage
          ? { ...content.place, log: content.showsLog }
          : { work: content.work },
      name: ({ content }) => content.id
    });
  }

  /** Puts one tab back. */
  reopen(args: ReadonlyPartialJSONObject): void {
    if (typeof args.work === 'string') {
      this.openWork(args.work);
    } else if (typeof args.app === 'string') {
      const file = typeof args.file === 'string' ? args.file : null;
      this._show({ app: args.app, file }, args.log === true, false);
    }
  }

  /** Shows the tab of an app; that of a file beside the file. */
  open(place: IPlace): AppPage {
    return this._show(place, false, true);
  }

  openWork(id: string): void {
    const { app, apps, trans } = this._options;
    const open = this._tabs.find(
      ({ content }) => content instanceof WorkPage && content.work === id
    );
    if (open) {
      app.shell.activateById(open.id);
      return;
    }
    const content = new WorkPage({ id, apps, commands: app.commands, trans });
    const widget: Tab = new MainAreaWidget<WorkPage>({ content });
    widget.toolbar.hide();
    this._add(widget, {});
  }

  /** The app in front, or null. */
  get current(): AppPage | null {
    const { currentWidget } = this._options.app.shell;
    return currentWidget instanceof MainAreaWidget &&
      currentWidget.content instanceof AppPage
      ? currentWidget.content
      : null;
  }

  /** The tab of an app, or null. */
  page(place: IPlace): AppPage | null {
    const content = this._find(place)?.content;
    return content instanceof AppPage ? content : null;
  }

  /** Whether a work is on screen. */
  isSeen(id: string): boolean {
    const open = this._tabs.find(
      ({ content }) => content instanceof WorkPage && content.work === id
    );
    return !!open?.isVisible && document.visibilityState === 'visible';
  }

  showPanel(): void {
    this._options.app.shell.activateById('ellip-lab-apps');
  }

  private _find(place: IPlace): Tab | undefined {
    const key = keyOf(place);
    return this._tabs.find(
      ({ content }) =>
        content instanceof AppPage && keyOf(content.place) === key
    );
  }

  private _show(place: IPlace, showsLog: boolean, activate: boolean): AppPage {
    const { app, apps, documents, trans } = this._options;
    const open = this._find(place);
    if (open?.content instanceof AppPage) {
      app.shell.activateById(open.id);
      return open.content;
    }
    const { commands, serviceManager } = app;
    const content = new AppPage({
      place,
      apps,
      commands,
      base: serviceManager.serverSettings.baseUrl,
      showsLog,
      trans
    });
    const widget = new MainAreaWidget<AppPage>({ content });
    fillToolbar(widget, { apps, commands, trans });
    content.changed.connect(() => {
      void this._tabs.save(widget);
    }, this);
    const beside =
      activate && place.file !== null ? documents.findWidget(place.file) : null;
    this._add(
      widget,
      beside ? { mode: 'split-right', ref: beside.id } : { mode: 'tab-after' }
    );
    return content;
  }

  private _add(
    widget: Tab,
    options: { mode?: 'split-right' | 'tab-after'; ref?: string }
  ): void {
    const { shell } = this._options.app;
    widget.id = `${widget.content.id}-main`;
    shell.add(widget, 'main', options);
    void this._tabs.add(widget);
    shell.activateById(widget.id);
  }

  private readonly _options: IDeskOptions;
  private readonly _tabs = new WidgetTracker<Tab>({
    namespace: 'ellip-lab-apps'
  });
}
