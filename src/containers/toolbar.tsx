/**
 * The button of a CWL document's editor that shows its images.
 *
 * Every editor has it; it hides itself while the file is not a document.
 */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor } from '@jupyterlab/fileeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { CWL_EXTENSION } from '../cwl/tokens';
import { containersIcon } from '../kit/icons';
import { CommandIDs } from './tokens';

/** What the button stands on. */
export interface IImagesButtonOptions {
  readonly editor: IDocumentWidget<FileEditor>;
  readonly manager: IDocumentManager;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The button. */
export class ImagesButton extends ReactWidget {
  constructor(options: IImagesButtonOptions) {
    super();
    this.addClass('jp-EllipLab-Containers-tools');
    this._options = options;
    options.editor.context.pathChanged.connect(this._onPath, this);
    options.editor.disposed.connect(this.dispose, this);
    this._onPath();
  }

  protected override render(): JSX.Element {
    const { editor, commands, trans } = this._options;
    return (
      <button
        className="jp-EllipLab-Kit-button"
        title={trans.__('Show the images of this document')}
        onClick={() =>
          void commands.execute(CommandIDs.documentImages, {
            path: editor.context.path
          })
        }
      >
        <containersIcon.react
          tag="span"
          className="jp-EllipLab-Kit-buttonIcon"
        />
        {trans.__('Images')}
      </button>
    );
  }

  private _onPath(): void {
    const { editor, manager } = this._options;
    const { path } = editor.context;
    this.setHidden(
      !path.toLowerCase().endsWith(CWL_EXTENSION) ||
        !!manager.services.contents.driveName(path)
    );
  }

  private readonly _options: IImagesButtonOptions;
}
