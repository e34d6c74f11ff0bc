/**
 * The tab of an app: the app itself in a frame, or what is the matter; what it said at the foot.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import { IFrame, ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { Panel } from '@lumino/widgets';
import * as React from 'react';

import type { AppInstance } from '../contract';
import { useSignal } from '../kit/hooks';
import type { ILogOptions } from '../kit/logblocks';
import { LOG_OPTIONS } from '../kit/logblocks';
import { iconOf } from './appicons';
import { AppView, titleOf } from './appview';
import { AppLog } from './applog';
import type { AppsModel, IPlace } from './model';
import { keyOf } from './model';

/**
 * What an app in a frame may do. It is a program of the user's, at the server's own address: it needs its scripts, its
 * storage, its downloads and its windows, but it must not lead the Lab away.
 */
const SANDBOX: IFrame.SandboxExceptions[] = [
  'allow-same-origin',
  'allow-scripts',
  'allow-forms',
  'allow-modals',
  'allow-popups',
  'allow-downloads',
  'allow-pointer-lock',
  'allow-presentation'
];

/** What a page stands on. */
export interface IPageOptions {
  readonly place: IPlace;
  readonly apps: AppsModel;
  readonly commands: CommandRegistry;
  /** The address of the server. */
  readonly base: string;
  readonly showsLog: boolean;
  readonly trans: TranslationBundle;
}

/** The tab's content. */
export class AppPage extends Panel {
  constructor(options: IPageOptions) {
    super();
    this._options = options;
    this._showsLog = options.showsLog;
    this.id = pageId(options.place);
    this.addClass('jp-EllipLab-Apps-page');
    this.title.closable = true;
    this._view = ReactWidget.create(
      React.createElement(Painted, { page: this, part: 'view' })
    );
    this._view.addClass('jp-EllipLab-Apps-view');
    this._log = ReactWidget.create(
      React.createElement(Painted, { page: this, part: 'log' })
    );
    this._log.addClass('jp-EllipLab-Apps-logSide');
    this.addWidget(this._view);
    this.addWidget(this._log);
    options.apps.changed.connect(this._onChange, this);
    this._onChange();
  }

  /** What the tab shows, or remembers, has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get place(): IPlace {
    return this._options.place;
  }

  get instance(): AppInstance | null {
    return this._options.apps.at(this.place);
  }

  /** The log is asked for. */
  get showsLog(): boolean {
    return this._showsLog;
  }

  /** The address of what is shown, for a tab of the browser; null while there is nothing. */
  get url(): string | null {
    const { instance } = this;
    return instance?.state === 'running'
      ? this._options.base + instance.path
      : null;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._unwatch?.();
    this._options.apps.changed.disconnect(this._onChange, this);
    Signal.clearData(this);
    super.dispose();
  }

  toggleLog(): void {
    this._showsLog = !this._showsLog;
    this._onChange();
  }

  /** Loads the app anew. */
  reload(): void {
    this._frame?.dispose();
    this._frame = null;
    this._onChange();
  }

  /** Paints a part; for its painter. */
  paint(part: Part): JSX.Element | null {
    const { apps, commands, place, trans } = this._options;
    if (part === 'view') {
      return React.createElement(AppView, {
        place,
        apps,
        commands,
        showsLog: this._showsLog,
        trans
      });
    }
    const id = this._id;
    if (id === null || !this._logShown) {
      return null;
    }
    return React.createElement(AppLog, {
      apps,
      instance: id,
      title: titleOf(place, apps),
      options: this._logOptions,
      onOptions: options => {
        this._logOptions = options;
        this._changed.emit();
      },
      onClose:
        this.instance?.state === 'starting' ? null : () => this.toggleLog(),
      trans
    });
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._unwatch ??= this._options.apps.watch();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this._unwatch ??= this._options.apps.watch();
    }
  }

  protected override onBeforeHide(message: Message): void {
    super.onBeforeHide(message);
    this._unwatch?.();
    this._unwatch = null;
  }

  protected override onActivateRequest(): void {
    const node = this._frame
      ? this._frame.node.querySelector('iframe')
      : this.node.querySelector<HTMLElement>('button');
    node?.focus();
  }

  private get _logShown(): boolean {
    return this._showsLog || this.instance?.state === 'starting';
  }

  private _onChange(): void {
    const { apps, place } = this._options;
    const app = apps.app(place.app);
    const { instance } = this;
    this._id = instance?.id ?? this._id;
    const title = titleOf(place, apps);
    this.title.label = title;
    this.title.caption =
      place.file === null ? title : `${place.file}\n${app?.title ?? place.app}`;
    const icon = iconOf(app);
    if (icon !== this._icon) {
      this._icon = icon;
      // What is set after the tab is there is not given the size of a tab's by the dock.
      this.title.icon = icon.bindprops({ stylesheet: 'mainAreaTab' });
    }
    this._showFrame();
    this.node.dataset.state = instance?.state ?? 'none';
    this._view.setHidden(this._frame !== null);
    this._log.setHidden(!this._logShown || this._id === null);
    this._changed.emit();
  }

  /** The app in its frame, from when it answers until it does not run any more. */
  private _showFrame(): void {
    const { apps, base, place } = this._options;
    const { instance } = this;
    if (instance?.state !== 'running') {
      this._frame?.dispose();
      this._frame = null;
      return;
    }
    const url = base + instance.path;
    // One that was started again has forgotten who was there.
    const wanted = `${instance.since} ${url}`;
    if (this._frame && this._framed === wanted) {
      return;
    }
    this._frame?.dispose();
    this._framed = wanted;
    this._frame = new IFrame({
      sandbox: SANDBOX,
      referrerPolicy: 'same-origin'
    });
    const node = this._frame.node.querySelector('iframe');
    node?.setAttribute('title', titleOf(place, apps));
    node?.setAttribute('allow', 'fullscreen; clipboard-read; clipboard-write');
    this._frame.url = url;
    this.insertWidget(1, this._frame);
  }

  private readonly _options: IPageOptions;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _view: ReactWidget;
  private readonly _log: ReactWidget;
  private _icon: LabIcon | null = null;
  private _frame: IFrame | null = null;
  private _framed = '';
  private _id: string | null = null;
  private _showsLog: boolean;
  private _logOptions: ILogOptions = { ...LOG_OPTIONS, wrap: true };
  private _unwatch: (() => void) | null = null;
}

type Part = 'view' | 'log';

interface IPaintedProps {
  readonly page: AppPage;
  readonly part: Part;
}

/** A part of the page, painted again when the page says so. */
function Painted({ page, part }: IPaintedProps): JSX.Element | null {
  useSignal(page.changed);
  return page.paint(part);
}

/** The id of a tab in the page. */
export function pageId(place: IPlace): string {
  return `ellip-lab-apps-${encodeURIComponent(keyOf(place))}`;
}
