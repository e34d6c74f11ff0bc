/**
 * A tab of the main area: a toolbox, a plan, a work, the channels.
 *
 * What it shows is loaded when the first one opens, and remembered over a reload.
 */
import type { LabIcon } from '@jupyterlab/ui-components';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import * as React from 'react';

import type { ToolboxRequest, ToolboxUpdate } from '../contract';
import type { ILogOptions } from '../kit/logblocks';
import { LOG_OPTIONS } from '../kit/logblocks';

/** What a tab is about. */
export type PageKind = 'toolbox' | 'plan' | 'work' | 'channels';

/** What a plan is asked for. */
export type Ask =
  | { readonly verb: 'install'; readonly request: ToolboxRequest }
  | { readonly verb: 'update'; readonly request: ToolboxUpdate };

/** What is remembered of a tab. */
export interface IPageState {
  readonly tab: string | null;
  readonly options: ILogOptions;
  /** What a plan is made for. */
  readonly ask: Ask | null;
}

/** What a page gives to what it shows. */
export interface IPageContext {
  readonly state: IPageState;
  readonly onState: (state: IPageState) => void;
  readonly onTitle: (label: string, caption?: string) => void;
  readonly close: () => void;
}

/** What a page stands on. */
export interface IPageOptions {
  readonly kind: PageKind;
  /** The id or the name of what it is about. */
  readonly key: string;
  readonly label: string;
  readonly icon: LabIcon;
  readonly remembered: Partial<IPageState>;
  readonly paint: (page: IPageContext) => JSX.Element;
}

/** The tab. */
export class Page extends ReactWidget {
  constructor(options: IPageOptions) {
    super();
    this.id = pageId(options.kind, options.key);
    this.addClass('jp-EllipLab-Toolboxes-view');
    this.title.icon = options.icon;
    this.title.label = options.label;
    this.title.caption = options.label;
    this.title.closable = true;
    this._options = options;
    this._state = {
      tab: null,
      options: LOG_OPTIONS,
      ask: null,
      ...options.remembered
    };
  }

  /** What is remembered has changed. */
  get remembered(): ISignal<this, void> {
    return this._remembered;
  }

  get kind(): PageKind {
    return this._options.kind;
  }

  get key(): string {
    return this._options.key;
  }

  get state(): IPageState {
    return this._state;
  }

  /** Shows something else of the same. */
  setState(state: IPageState): void {
    this._state = state;
    this._remembered.emit();
    this.update();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    Signal.clearData(this);
    super.dispose();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.update();
  }

  protected override onActivateRequest(): void {
    if (!this.node.contains(document.activeElement)) {
      this.node.tabIndex = -1;
      this.node.focus();
    }
  }

  protected override render(): JSX.Element {
    return (
      <React.Suspense fallback={<div aria-busy="true" />}>
        {this._options.paint({
          state: this._state,
          onState: state => this.setState(state),
          onTitle: (label, caption) => {
            this.title.label = label;
            this.title.caption = caption ?? label;
          },
          close: () => this.parent?.dispose()
        })}
      </React.Suspense>
    );
  }

  private readonly _options: IPageOptions;
  private readonly _remembered = new Signal<this, void>(this);
  private _state: IPageState;
}

/** The id of a tab in the page. */
export function pageId(kind: PageKind, key: string): string {
  return `ellip-lab-toolboxes-${kind}-${key}`;
}
