/**
 * What the toolbar of an editor shows for a CWL document: Run, and the problems with a way to their lines.
 *
 * Every editor has it; it hides itself while the file is not a document.
 */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor } from '@jupyterlab/fileeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, runIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { createPortal } from 'react-dom';

import type { Problem } from '../contract';
import { openAtLine } from '../kit/document';
import { cwlIcon } from '../kit/icons';
import { MenuButton } from '../kit/menubutton';
import { describe } from '../kit/notice';
import { LanguageIDs } from './languagecommands';
import { Problems } from './problems';
import type { Checking, IFix, IFound, IWritten } from './tokens';
import { GRAPH } from './tokens';

/** What the tools stand on. */
export interface IEditorToolsOptions {
  readonly editor: IDocumentWidget<FileEditor>;
  readonly document: IWritten;
  readonly manager: IDocumentManager;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The command that asks for the inputs and runs; room `runs` has it. */
const START = 'ellip-lab:runs-start';
/** The commands of room `packages` about a document. */
const REPORT = 'ellip-lab:packages-check';
const PROFILE = 'ellip-lab:packages-profile';
const PROFILES = ['cwl', 'best-practice', 'scheduler'];

/** The tools. */
export class EditorTools extends ReactWidget {
  constructor(options: IEditorToolsOptions) {
    super();
    this.addClass('jp-EllipLab-Cwl-tools');
    this._options = options;
    options.editor.context.pathChanged.connect(this._onPath, this);
    options.document.changed.connect(this._onChanged, this);
    options.editor.disposed.connect(this.dispose, this);
    this._onPath();
  }

  protected override render(): JSX.Element {
    const { editor, document, manager, commands, trans } = this._options;
    const { path } = editor.context;
    return (
      <Tools
        checking={document.checking}
        found={document.found}
        error={document.error}
        path={path}
        onRun={() => {
          void this._run(path);
        }}
        commands={commands}
        onFix={fix => void document.apply(fix.edits)}
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
    const { document, editor } = this._options;
    this.setHidden(!document.isDocument);
    if (document.isDocument) {
      // The editor gives every file its own icon.
      editor.content.title.icon = cwlIcon;
    }
    this.update();
  }

  private _onChanged(): void {
    this.update();
  }

  private readonly _options: IEditorToolsOptions;
}

interface IToolsProps {
  readonly checking: Checking;
  readonly found: readonly IFound[];
  readonly error: unknown;
  readonly path: string;
  readonly commands: CommandRegistry;
  readonly onRun: () => void;
  readonly onFix: (fix: IFix) => void;
  readonly onGo: (problem: Problem) => void;
  readonly trans: TranslationBundle;
}

/** The buttons. */
export function Tools(props: IToolsProps): JSX.Element {
  const { checking, commands, error, found, trans } = props;
  const [open, setOpen] = React.useState(false);
  const box = React.useRef<HTMLDivElement>(null);
  const popup = React.useRef<HTMLDivElement>(null);
  const errors = found.filter(one => one.problem.severity === 'error');
  const count = errors.length
    ? trans._n('%1 problem', '%1 problems', errors.length)
    : found.length
      ? trans._n('%1 hint', '%1 hints', found.length)
      : trans.__('no problems');

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
      {commands.hasCommand(START) && (
        <button
          className="jp-EllipLab-Kit-button jp-mod-primary"
          title={trans.__('Give the inputs and run this document')}
          onClick={props.onRun}
        >
          <runIcon.react tag="span" className="jp-EllipLab-Kit-buttonIcon" />
          {trans.__('Run…')}
        </button>
      )}
      {commands.hasCommand(GRAPH) && (
        <button
          className="jp-EllipLab-Kit-button"
          title={trans.__('Show the graph of this document beside it')}
          onClick={() => void commands.execute(GRAPH, { path: props.path })}
        >
          {trans.__('Graph')}
        </button>
      )}
      {commands.hasCommand(LanguageIDs.nextProblem) && (
        <MenuButton
          label={trans.__('Check')}
          title={trans.__('Look at the document, and mend it')}
          commands={commands}
          entries={[
            ...(commands.hasCommand(REPORT)
              ? [{ command: REPORT, args: { path: props.path } }]
              : []),
            { command: LanguageIDs.nextProblem },
            { command: LanguageIDs.actions },
            { command: LanguageIDs.format },
            ...(commands.hasCommand(PROFILE)
              ? PROFILES.map(profile => ({
                  command: PROFILE,
                  args: { profile }
                }))
              : [])
          ]}
        />
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
        <span role="status">
          {checking === 'failed' && !found.length ? (
            <span
              className="jp-EllipLab-Kit-pill jp-mod-failed"
              title={describe(error, trans)}
            >
              {trans.__('not checked')}
            </span>
          ) : checking === 'waiting' ? null : found.length ? (
            <button
              className={
                'jp-EllipLab-Kit-pill ' +
                (errors.length ? 'jp-mod-failed' : 'jp-mod-waiting')
              }
              aria-expanded={open}
              onClick={() => setOpen(!open)}
            >
              {count}
            </button>
          ) : (
            <span className="jp-EllipLab-Kit-pill jp-mod-done">{count}</span>
          )}
        </span>
        {open &&
          found.length > 0 &&
          // The toolbar cuts off what hangs out of it.
          createPortal(
            <div
              ref={popup}
              className="jp-EllipLab-Cwl-popup"
              style={placeBelow(box.current)}
              onKeyDown={event => {
                if (event.key === 'Escape') {
                  setOpen(false);
                  box.current?.querySelector('button')?.focus();
                }
              }}
            >
              <Problems
                problems={found.map(one => one.problem)}
                path={props.path}
                fixes={problem =>
                  found.find(one => one.problem === problem)?.fixes ?? []
                }
                onGo={problem => {
                  setOpen(false);
                  props.onGo(problem);
                }}
                onFix={props.onFix}
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
