/**
 * Makes the view of a document's graph: loaded when the first one is opened.
 */
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { CwlClient } from './client';
import type { IDocumentGraphOptions } from './graphmodel';
import { DocumentGraph } from './graphmodel';
import { DocumentGraphView } from './graphview';

/** The view, as it lies in the main area. */
export type GraphWidget = MainAreaWidget<DocumentGraphView>;

/** Makes a view. */
export function graphWidget(
  settings: ServerConnection.ISettings,
  options: Omit<IDocumentGraphOptions, 'client'>,
  trans: TranslationBundle
): GraphWidget {
  const model = new DocumentGraph({
    ...options,
    client: new CwlClient(settings)
  });
  const widget = new MainAreaWidget({
    content: new DocumentGraphView(model, trans)
  });
  counter += 1;
  widget.id = `ellip-lab-cwl-graph-${counter}`;
  widget.toolbar.hide();
  return widget;
}

let counter = 0;
