/**
 * What the toolbar of an editor shows for a CWL document: Run, and the problems with a way to their lines.
 *
 * Every editor has it; it hides itself while the file is not a document.
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
import { createPortal } from 'react-dom';

import type { Check, Problem } from '../contract';
import { openAtLine } from '../kit/document';
import { cwlIcon } from '../kit/icons';
import { describe } from '../kit/notice';
import { Problems } from './problems';
import type { ICwl } from './tokens';
import { CWL_EXTENSION } from './tokens';

/** What the tools stand on. */
export interface IEditorToolsOptions {
  readonly editor: IDocumentWidget<FileEditor>;
  readonly cwl: Pick<ICwl, 'check'>;
  readonly manager: IDocumentManager;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The command that asks for the inputs and runs; room `runs` has it. */
const START = 'ellip-lab:runs-start';

/** The tools. */
export class EditorTools extends ReactWidget {
  constructor(options: IEditorToolsOptions) {
    super();
    this.addClass('jp-EllipLab-Cwl-tools');
    this._options = options;
    const { context } = options.editor;
    context.pathChanged.connect(this._onPath, this);
    context.saveState.connect(this._onSave, this);
    options.editor.disposed.connect(this.dispose, this);
    this._onPath();
    void context.ready.then(() => this._check());
  }

  protected override render(): JSX.Element {
    const { editor, manager, commands, trans } = this._options;
    const { path } = editor.context;
    return (
      <Tools
        check={this._found}
        error={this._error}
        onRun={() => {
          void this._run(path);
        }}
        runnable={commands.hasCommand(START)}
        onGo={problem => {
          void openAtLine(
            manager,
            problem.file ?? path,
            problem.line,
            problem.column
          );
        }}
        trans={trans}
      />
    );
  }

  /** What runs is what is on disk: what is typed is saved first. */
  private async _run(path: string): Promise<void> {
    const { context } = this._options.editor;
    if (context.model.dirty && !context.model.readOnly) {
      await context.save();
    }
    await this._options.commands.execute(START, { path });
  }

  private _onPath(): void {
    const { path } = this._options.editor.context;
    // What runs is in the workspace: a document of another drive is only looked at.
    const isDocument =
      path.toLowerCase().endsWith(CWL_EXTENSION) &&
      !this._options.manager.services.contents.driveName(path);
    this.setHidden(!isDocument);
    if (isDocument) {
      // The editor gives every file its own icon.
      this._options.editor.content.title.icon = cwlIcon;
    }
    void this._check();
  }

  private _onSave(_: unknown, state: DocumentRegistry.SaveState): void {
    if (state === 'completed') {
      void this._check();
    }
  }

  private async _check(): Promise<void> {
    const { cwl, editor } = this._options;
    if (this.isHidden || !editor.context.isReady) {
      return;
    }
    const turn = (this._turn += 1);
    let found: Check | null = null;
    let problem: unknown = null;
    try {
      found = await cwl.check(editor.context.path);
    } catch (error) {
      problem = error;
    }
    if (turn === this._turn && !this.isDisposed) {
      this._found = found;
      this._error = problem;
      this.update();
    }
  }

  private readonly _options: IEditorToolsOptions;
  private _found: Check | null = null;
  private _error: unknown = null;
  private _turn = 0;
}

interface IToolsProps {
  readonly check: Check | null;
  readonly error: unknown;
  readonly runnable: boolean;
  readonly onRun: () => void;
  readonly onGo: (problem: Problem) => void;
  readonly trans: TranslationBundle;
}

/** The buttons. */
export function Tools(props: IToolsProps): JSX.Element {
  const { check, error, trans } = props;
  const [open, setOpen] = React.useState(false);
  const box = React.useRef<HTMLDivElement>(null);
  const popup = React.useRef<HTMLDivElement>(null);
  const problems = check?.problems ?? [];
  const errors = problems.filter(problem => problem.severity === 'error');

  React.useEffect(() => {
    if (!open) {
      return;
    }
    const close = (event: Event): void => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !popup.current?.contains(target)) {
        setOpen(false);
      }
    };
    document.addEventListener('pointerdown', close);
    return () => document.removeEventListener('pointerdown', close);
  }, [open]);

  return (
    <>
      {props.runnable && (
        <button
          className="jp-EllipLab-Kit-button jp-mod-primary"
          title={trans.__('Give the inputs and run this document')}
          onClick={props.onRun}
        >
          <runIcon.react tag="span" className="jp-EllipLab-Kit-buttonIcon" />
          {trans.__('Run…')}
        </button>
      )}
      <div
        ref={box}
        className="jp-EllipLab-Cwl-check"
        onKeyDown={event => {
          if (event.key === 'Escape') {
            setOpen(false);
          }
        }}
      >
        {error !== null ? (
          <span
            className="jp-EllipLab-Kit-pill jp-mod-failed"
            title={describe(error, trans)}
          >
            {trans.__('not checked')}
          </span>
        ) : check === null ? null : problems.length ? (
          <button
            className={
              'jp-EllipLab-Kit-pill ' +
              (errors.length ? 'jp-mod-failed' : 'jp-mod-waiting')
            }
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {errors.length
              ? trans._n('%1 problem', '%1 problems', errors.length)
              : trans._n('%1 hint', '%1 hints', problems.length)}
          </button>
        ) : (
          <span className="jp-EllipLab-Kit-pill jp-mod-done">
            {trans.__('no problems')}
          </span>
        )}
        {open &&
          problems.length > 0 &&
          // The toolbar cuts off what hangs out of it.
          createPortal(
            <div
              ref={popup}
              className="jp-EllipLab-Cwl-popup"
              style={placeBelow(box.current)}
            >
              <Problems
                problems={problems}
                onGo={problem => {
                  setOpen(false);
                  props.onGo(problem);
                }}
                trans={trans}
              />
            </div>,
            document.body
          )}
      </div>
    </>
  );
}

/** The place below a node, within the window. */
function placeBelow(node: HTMLElement | null): React.CSSProperties {
  const place = node?.getBoundingClientRect();
  return { left: place?.left ?? 0, top: place?.bottom ?? 0 };
}
