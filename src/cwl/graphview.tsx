/**
 * The graph of a document as a view beside its editor.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { PathExt } from '@jupyterlab/coreutils';
import * as React from 'react';

import type { GraphNode } from '../contract';
import { useSignal } from '../kit/hooks';
import { graphIcon } from '../kit/icons';
import { describe } from '../kit/notice';
import type { DocumentGraph } from './graphmodel';

// What draws is loaded when the first graph is opened.
const GraphView = React.lazy(async () => ({
  default: (await import('../kit/graph/view')).GraphView
}));

/** The view as a widget. */
export class DocumentGraphView extends ReactWidget {
  constructor(
    readonly model: DocumentGraph,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-EllipLab-Cwl-graph');
    this.title.icon = graphIcon;
    this.title.closable = true;
    model.moved.connect(this._retitle, this);
    this._retitle();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.model.moved.disconnect(this._retitle, this);
    this.model.dispose();
    super.dispose();
  }

  protected override onActivateRequest(): void {
    this.node
      .querySelector<SVGElement>('[data-node][tabindex="0"]')
      ?.focus({ preventScroll: true });
  }

  protected override render(): JSX.Element {
    return <View model={this.model} trans={this._trans} />;
  }

  private _retitle(): void {
    const name = PathExt.basename(this.model.path);
    const bare = name.slice(0, name.length - PathExt.extname(name).length);
    this.title.label = this._trans.__('Graph of %1', bare);
    this.title.caption = this._trans.__('Graph of %1', this.model.path);
  }
}

interface IViewProps {
  readonly model: DocumentGraph;
  readonly trans: TranslationBundle;
}

/** The view. */
export function View(props: IViewProps): JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  useSignal(model.moved);
  const { graph, broken, error } = model;
  if (!graph) {
    return error === null ? (
      <p className="jp-EllipLab-Kit-note" aria-busy="true">
        {trans.__('Reading the document…')}
      </p>
    ) : (
      <p className="jp-EllipLab-Kit-note" role="alert">
        {describe(error, trans)}
      </p>
    );
  }
  const name = PathExt.basename(model.path);
  const bare = name.slice(0, name.length - PathExt.extname(name).length);
  const notice = <Notice {...props} />;
  if (!graph.nodes.length) {
    const told = graph.problems[0];
    return (
      <>
        {notice}
        <div className="jp-EllipLab-Kit-note">
          <p>
            {told?.message ??
              trans.__('There is nothing to draw yet: it has no steps.')}
          </p>
          {told?.hint && <p>{told.hint}</p>}
        </div>
      </>
    );
  }
  return (
    <React.Suspense fallback={<div aria-busy="true" />}>
      <GraphView
        graph={graph}
        label={trans.__('Graph of %1', graph.label ?? name)}
        selected={model.selected}
        onSelect={node => {
          model.select(node?.id ?? null);
          if (node) {
            void model.go(node);
          }
        }}
        onActivate={node => void model.go(node, { focus: true })}
        actions={node => <Links {...props} node={node} />}
        file={graph.entry && graph.processes.length > 1 ? graph.entry : bare}
        notice={
          broken || error !== null || graph.processes.length > 1 ? notice : null
        }
        trans={trans}
      />
    </React.Suspense>
  );
}

/** Which process is drawn, and whether the text has gone on since. */
function Notice(props: IViewProps): JSX.Element | null {
  const { model, trans } = props;
  const { graph, broken, error } = model;
  return (
    <>
      {graph && graph.processes.length > 1 && (
        <div className="jp-EllipLab-Cwl-graphTop">
          <select
            className="jp-EllipLab-Kit-select"
            aria-label={trans.__('Process')}
            value={graph.entry ?? ''}
            onChange={event => model.choose(event.target.value)}
          >
            {graph.processes.map(process => (
              <option key={process} value={process}>
                {process}
              </option>
            ))}
          </select>
          {graph.label && <span>{graph.label}</span>}
        </div>
      )}
      {(broken ?? error) !== null && graph && graph.nodes.length > 0 && (
        <div className="jp-EllipLab-KitGraph-notice" role="status">
          {error !== null
            ? describe(error, trans)
            : broken && broken.line !== null
              ? trans.__(
                  'The text cannot be read at line %1: this is the graph before that.',
                  broken.line
                )
              : (broken?.message ?? '')}
        </div>
      )}
    </>
  );
}

interface ILinksProps extends IViewProps {
  readonly node: GraphNode;
}

/** The ways from a node to where it is written. */
function Links(props: ILinksProps): JSX.Element {
  const { model, node, trans } = props;
  const { span, run } = node;
  const place = (path: string, line: number): string =>
    path === model.path
      ? trans.__('line %1', line)
      : trans.__('%1, line %2', PathExt.basename(path), line);
  return (
    <>
      {span && (
        <button
          className="jp-EllipLab-Kit-link"
          title={trans.__('Go to where it is written')}
          onClick={() => void model.go(node, { focus: true })}
        >
          {place(span.path, span.line)}
        </button>
      )}
      {run && (
        <button
          className="jp-EllipLab-Kit-link"
          title={trans.__('Go to the process that it runs')}
          onClick={() => void model.go(node, { process: true, focus: true })}
        >
          {trans.__('what it runs: %1', place(run.path, run.line))}
        </button>
      )}
    </>
  );
}
