/**
 * The command that shows the settings of the cluster, and their place in the Lab.
 */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { runsIcon } from '../kit/icons';
import { ClusterWidget } from './cluster';
import type { ClusterModel } from './clustermodel';
import { CommandIDs } from './tokens';

/** What the command stands on. */
export interface IClusterCommandOptions {
  readonly app: JupyterFrontEnd;
  readonly cluster: ClusterModel;
  readonly restorer: ILayoutRestorer | null;
  readonly trans: TranslationBundle;
}

/** Adds the command. */
export function addCluster(options: IClusterCommandOptions): void {
  const { app, restorer, trans } = options;
  const views = new WidgetTracker<MainAreaWidget<ClusterWidget>>({
    namespace: 'ellip-lab-cluster'
  });
  app.commands.addCommand(CommandIDs.cluster, {
    label: trans.__('Kubernetes…'),
    caption: trans.__(
      'Set the cluster that runs can go to, and test the connection'
    ),
    icon: runsIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => show(options, views)
  });
  if (restorer) {
    void restorer.restore(views, {
      command: CommandIDs.cluster,
      name: widget => widget.id
    });
  }
}

/** Shows the settings; there is one view of them. */
function show(
  options: IClusterCommandOptions,
  views: WidgetTracker<MainAreaWidget<ClusterWidget>>
): void {
  const { app, cluster, trans } = options;
  const open = views.currentWidget;
  if (open) {
    app.shell.activateById(open.id);
    return;
  }
  const content = new ClusterWidget({ cluster, trans });
  const widget = new MainAreaWidget({ content });
  widget.id = 'ellip-lab-cluster';
  widget.toolbar.hide();
  app.shell.add(widget, 'main', { mode: 'tab-after' });
  void views.add(widget);
  app.shell.activateById(widget.id);
}
