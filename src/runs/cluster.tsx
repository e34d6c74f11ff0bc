/**
 * The settings of the cluster as a widget of the main area; what it shows is loaded when it opens.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { runsIcon } from '../kit/icons';
import type { ClusterModel } from './clustermodel';

const ClusterSettings = React.lazy(async () => ({
  default: (await import('./clustersettings')).ClusterSettings
}));

/** Properties of the settings. */
export interface IClusterProps {
  readonly cluster: ClusterModel;
  readonly trans: TranslationBundle;
}

/** The settings as a widget. */
export class ClusterWidget extends ReactWidget {
  constructor(props: IClusterProps) {
    super();
    this.addClass('jp-EllipLab-Runs-clusterView');
    this.title.icon = runsIcon;
    this.title.closable = true;
    this.title.label = props.trans.__('Kubernetes');
    this.title.caption = props.trans.__('The cluster that runs can go to');
    this._props = props;
  }

  protected override onActivateRequest(): void {
    const field = this.node.querySelector<HTMLElement>('input, button');
    if (!this.node.contains(document.activeElement)) {
      field?.focus({ preventScroll: true });
    }
  }

  protected override render(): JSX.Element {
    return (
      <React.Suspense fallback={<div aria-busy="true" />}>
        <ClusterSettings {...this._props} />
      </React.Suspense>
    );
  }

  private readonly _props: IClusterProps;
}
