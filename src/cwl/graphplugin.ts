/**
 * The command that shows the graph of a document beside its editor, and puts it back after a reload.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { graphIcon } from '../kit/icons';
import type { GraphWidget } from './graphdesk';
import { CWL_EXTENSION, GRAPH } from './tokens';

/** The graph of a document, live. */
export const graph: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:cwl-graph',
  description: 'Shows the graph of a CWL document beside its editor.',
  autoStart: true,
  requires: [IDocumentManager, IEditorTracker],
  optional: [ILayoutRestorer, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    documents: IDocumentManager,
    editors: IEditorTracker,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    const { commands, shell } = app;
    const views = new WidgetTracker<GraphWidget>({
      namespace: 'ellip-lab-cwl-graph'
    });
    /** The document in front: the current editor's. */
    const current = (): string | null => {
      const path =
        editors.currentWidget && editors.currentWidget === shell.currentWidget
          ? editors.currentWidget.context.path
          : null;
      return path?.toLowerCase().endsWith(CWL_EXTENSION) ? path : null;
    };
    commands.addCommand(GRAPH, {
      label: args =>
        args.isToolbar ? trans.__('Graph') : trans.__('Show the Graph'),
      caption: trans.__('Show the graph of this document beside it'),
      icon: args => (args.isToolbar ? undefined : graphIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: trans.__('The document; the one in front without it')
            },
            entry: {
              type: 'string',
              description: trans.__('The process of the document')
            }
          }
        }
      },
      isEnabled: args => typeof args.path === 'string' || current() !== null,
      execute: async args => {
        const path = typeof args.path === 'string' ? args.path : current();
        if (path === null) {
          return;
        }
        const { graphWidget } = await import('./graphdesk');
        const open = views.find(view => view.content.model.path === path);
        if (open) {
          shell.activateById(open.id);
          return;
        }
        const widget = graphWidget(
          app.serviceManager.serverSettings,
          {
            documents,
            editors,
            path,
            entry: typeof args.entry === 'string' ? args.entry : null
          },
          trans
        );
        const { model } = widget.content;
        model.moved.connect(() => {
          void views.save(widget);
        }, widget);
        shell.add(widget, 'main', {
          mode: 'split-right',
          ...(model.editor ? { ref: model.editor.id } : {})
        });
        await views.add(widget);
      }
    });
    if (restorer) {
      void restorer.restore(views, {
        command: GRAPH,
        args: ({ content: { model } }) => ({
          path: model.path,
          ...(model.entry === null ? {} : { entry: model.entry })
        }),
        name: ({ content: { model } }) => model.path
      });
    }
    palette?.addItem({ command: GRAPH, category: trans.__('Ellip') });
  }
};
