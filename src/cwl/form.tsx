/**
 * The form of a run as a widget of the main area; what it is made of is loaded when the first one opens.
 */
import { PathExt } from '@jupyterlab/coreutils';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { cwlIcon } from '../kit/icons';
import type { IOffer } from './offer';
import type { IFormHost } from './runform';
import type { IFormOptions } from './tokens';

const RunForm = React.lazy(async () => ({
  default: (await import('./runform')).RunForm
}));

/** The form as a widget. */
export class FormWidget extends ReactWidget {
  constructor(host: IFormHost, options: IFormOptions) {
    super();
    this.addClass('jp-EllipLab-Cwl-form');
    this.title.icon = cwlIcon;
    this.title.closable = true;
    this.title.label = options.title(PathExt.basename(options.document));
    this.title.caption = options.document;
    this._host = host;
    this._options = options;
  }

  /** Makes addresses of storage an input: the one they fit, or the one that the person names. */
  offer(addresses: readonly string[]): void {
    this._offer = { addresses };
    this.update();
  }

  protected override onActivateRequest(): void {
    this.node.querySelector<HTMLElement>('input, select, button')?.focus();
  }

  protected override onAfterShow(): void {
    this.update();
  }

  protected override render(): JSX.Element {
    this._seen ||= this.isVisible;
    return (
      <React.Suspense fallback={<div aria-busy="true" />}>
        <RunForm
          {...this._host}
          {...this._options}
          offer={this._offer}
          seen={this._seen}
          onName={name => {
            this.title.label = this._options.title(name);
          }}
        />
      </React.Suspense>
    );
  }

  private readonly _host: IFormHost;
  private readonly _options: IFormOptions;
  private _offer: IOffer | null = null;
  private _seen = false;
}
