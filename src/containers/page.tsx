/**
 * A tab of the main area: an image, a work, a container, the form of a build, the images of a document.
 *
 * What it shows is loaded when the first one opens, and remembered over a reload.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import * as React from 'react';

import type { ILogOptions } from '../kit/logblocks';
import { LOG_OPTIONS } from '../kit/logblocks';

/** What a tab is about. */
export type PageKind = 'image' | 'work' | 'container' | 'build' | 'document';

/** What is remembered of a tab. */
export interface IPageState {
  readonly tab: string | null;
  readonly options: ILogOptions;
}

/** What a page gives to what it shows. */
export interface IPageContext {
  readonly state: IPageState;
  /** The tab is in front. */
  readonly visible: boolean;
  readonly onState: (state: IPageState) => void;
  readonly onTitle: (label: string, caption?: string) => void;
  readonly close: () => void;
}

/** What a page stands on. */
export interface IPageOptions {
  readonly kind: PageKind;
  /** The id or the path of what it is about. */
  readonly key: string;
  readonly label: string;
  readonly icon: LabIcon;
  readonly remembered: Partial<IPageState>;
  readonly paint: (page: IPageContext) => JSX.Element;
  readonly trans: TranslationBundle;
}

/** The tab. */
export class Page extends ReactWidget {
  constructor(options: IPageOptions) {
    super();
    this.id = pageId(options.kind, options.key);
    this.addClass('jp-EllipLab-Containers-view');
    this.title.icon = options.icon;
    this.title.label = options.label;
    this.title.caption = options.key;
    this.title.closable = true;
    this._options = options;
    this._state = { tab: null, options: LOG_OPTIONS, ...options.remembered };
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

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.update();
  }

  protected override onActivateRequest(): void {
    const node =
      this.node.querySelector<HTMLElement>('input, select') ??
      this.node.querySelector<HTMLElement>('button');
    node?.focus();
  }

  protected override render(): JSX.Element {
    return (
      <React.Suspense fallback={<div aria-busy="true" />}>
        {this._options.paint({
          state: this._state,
          visible: this.isVisible,
          onState: state => {
            this._state = state;
            this._remembered.emit();
            this.update();
          },
          onTitle: (label, caption) => {
            this.title.label = label;
            if (caption) {
              this.title.caption = caption;
            }
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
  return `ellip-lab-containers-${kind}-${key}`;
}
