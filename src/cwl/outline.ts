/**
 * The parts of a document, in JupyterLab's table of contents.
 */
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor } from '@jupyterlab/fileeditor';
import type { IEditorTracker } from '@jupyterlab/fileeditor';
import type { TableOfContents } from '@jupyterlab/toc';
import { TableOfContentsFactory, TableOfContentsModel } from '@jupyterlab/toc';

import type { Symbol as Part } from '../contract';
import type { Language } from './language';
import { offsetOf } from './places';
import type { Session } from './session';

type Editor = IDocumentWidget<FileEditor>;

/** A part, with its place. */
export interface IPart extends TableOfContents.IHeading {
  readonly line: number;
  readonly column: number;
}

/** Makes tables of contents for documents. */
export class OutlineFactory extends TableOfContentsFactory<Editor> {
  constructor(tracker: IEditorTracker, language: Language) {
    super(tracker);
    this._language = language;
  }

  override isApplicable(widget: Editor): boolean {
    return super.isApplicable(widget) && this._language.of(widget).isDocument;
  }

  override createNew(
    widget: Editor,
    configuration?: TableOfContents.IConfig
  ): TableOfContentsModel<TableOfContents.IHeading, Editor> {
    const model = super.createNew(widget, configuration);
    model.activeHeadingChanged.connect((_, heading) => {
      if (heading) {
        const { line, column } = heading as IPart;
        this._go(this._language.of(widget), line, column);
      }
    });
    return model;
  }

  protected override _createNew(
    widget: Editor,
    configuration?: TableOfContents.IConfig
  ): TableOfContentsModel<TableOfContents.IHeading, Editor> {
    return new OutlineModel(
      this._language.of(widget),
      this._language,
      configuration
    );
  }

  private _go(session: Session, line: number, column: number): void {
    const { view } = session;
    const anchor = offsetOf(view.state.doc, line, column);
    view.dispatch({ selection: { anchor }, scrollIntoView: true });
  }

  private readonly _language: Language;
}

/** The table of contents of a document. */
export class OutlineModel extends TableOfContentsModel<
  TableOfContents.IHeading,
  Editor
> {
  constructor(
    private readonly _session: Session,
    private readonly _language: Language,
    configuration?: TableOfContents.IConfig
  ) {
    super(_session.widget, configuration);
  }

  get documentType(): string {
    return 'cwl';
  }

  override get supportedOptions(): (keyof TableOfContents.IConfig)[] {
    return ['maximalDepth'];
  }

  protected async getHeadings(): Promise<IPart[] | null> {
    if (!this.isActive || !this._session.isDocument) {
      return null;
    }
    try {
      const { symbols } = await this._language.client.outline(
        this._session.document
      );
      return headingsOf(symbols, this.configuration.maximalDepth);
    } catch {
      // A text that cannot be read at the moment keeps the table it had.
      return null;
    }
  }
}

/** The parts of a document, one after the other, each with its level. */
export function headingsOf(
  parts: readonly Part[],
  depth: number,
  level = 1
): IPart[] {
  return level > depth
    ? []
    : parts.flatMap(part => [
        {
          text: part.detail ? `${part.name} · ${part.detail}` : part.name,
          level,
          line: part.name_span.line,
          column: part.name_span.column,
          dataset: { 'data-kind': part.kind }
        },
        ...headingsOf(part.children, depth, level + 1)
      ]);
}
