/**
 * The button of an editor that serves its script as a page.
 *
 * Every editor has it; it hides itself while no app can serve the file.
 */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type {
  DocumentRegistry,
  IDocumentWidget
} from '@jupyterlab/docregistry';
import type { FileEditor } from '@jupyterlab/fileeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, runIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { ServeChoice } from '../contract';
import type { AppsModel } from './model';
import { CommandIDs } from './tokens';
import { maybeServed } from './names';

/** What the button stands on. */
export interface IServeButtonOptions {
  readonly editor: IDocumentWidget<FileEditor>;
  readonly apps: AppsModel;
  readonly manager: IDocumentManager;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The button. */
export class ServeButton extends ReactWidget {
  constructor(options: IServeButtonOptions) {
    super();
    this.addClass('jp-EllipLab-Apps-tools');
    this._options = options;
    const { apps, editor } = options;
    this.setHidden(true);
    apps.changed.connect(this._onApps, this);
    editor.context.pathChanged.connect(this._ask, this);
    editor.context.saveState.connect(this._onSave, this);
    editor.disposed.connect(this.dispose, this);
    void editor.context.ready.then(() => this._ask());
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._options.apps.changed.disconnect(this._onApps, this);
    this._asking?.abort();
    super.dispose();
  }

  protected override render(): JSX.Element | null {
    const { editor, commands, trans } = this._options;
    const [first, second] = this._choices;
    if (!first) {
      return null;
    }
    return (
      <button
        className="jp-EllipLab-Kit-button"
        title={
          second
            ? trans.__('Open this script as a page')
            : trans.__('Open this script as a page: %1', first.reason)
        }
        onClick={() =>
          void commands.execute(CommandIDs.serve, { path: editor.context.path })
        }
      >
        <runIcon.react tag="span" className="jp-EllipLab-Kit-buttonIcon" />
        {second ? trans.__('Serve…') : trans.__('Serve with %1', first.title)}
      </button>
    );
  }

  private _onApps(): void {
    // Which files are looked into is known once the apps are.
    const shown = this._options.apps.apps
      .map(app => `${app.name} ${app.installed}`)
      .join();
    if (shown !== this._apps) {
      this._apps = shown;
      this._ask();
    }
  }

  private _onSave(
    _: DocumentRegistry.IContext<DocumentRegistry.IModel>,
    state: DocumentRegistry.SaveState
  ): void {
    if (state === 'completed') {
      this._ask();
    }
  }

  private _ask(): void {
    const { apps, editor, manager } = this._options;
    const { path } = editor.context;
    this._asking?.abort();
    if (
      !maybeServed(path, apps.apps) ||
      manager.services.contents.driveName(path)
    ) {
      this._show([]);
      return;
    }
    const asking = (this._asking = new AbortController());
    apps.client.serveChoices({ path }, asking.signal).then(
      found => {
        if (!asking.signal.aborted) {
          this._show(found.choices);
        }
      },
      (error: unknown) => {
        if (!asking.signal.aborted) {
          console.warn('Nobody knows whether it can be served', error);
          this._show([]);
        }
      }
    );
  }

  private _show(choices: readonly ServeChoice[]): void {
    this._choices = choices;
    this.setHidden(!choices.length);
    this.update();
  }

  private readonly _options: IServeButtonOptions;
  private _choices: readonly ServeChoice[] = [];
  private _asking: AbortController | null = null;
  private _apps = '';
}
