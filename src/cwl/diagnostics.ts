/**
 * What was found in a document, in its editor: underlined, marked in the margin, explained with what mends it.
 */
import type { Diagnostic } from '@codemirror/lint';
import {
  forEachDiagnostic,
  linter,
  lintGutter,
  nextDiagnostic,
  previousDiagnostic,
  setDiagnostics
} from '@codemirror/lint';
import type { Extension, Text } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { closeHoverTooltips, repositionTooltips } from '@codemirror/view';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Problem } from '../contract';
import { sentence } from '../kit/code';
import { offsetOf } from './places';
import type { IFix, IFound } from './tokens';

/** A way out of a problem, as a button. */
export interface IRemedy {
  readonly label: string;
  /** It changes nothing: it leads somewhere. */
  readonly leads?: boolean;
  readonly run: () => void;
}

/** What the explanations stand on. */
export interface IDiagnosticOptions {
  /** What mends something, asked for when it is explained. */
  readonly remedies: (found: IFound) => Promise<readonly IRemedy[]>;
  readonly trans: TranslationBundle;
}

/** What was found, by the diagnostic that shows it. */
const shown = new WeakMap<Diagnostic, IFound>();

/** What an editor needs to show what was found. */
export function diagnostics(): Extension {
  return [linter(null), lintGutter()];
}

/** Shows what was found in this file. */
export function showFound(
  view: EditorView,
  path: string,
  found: readonly IFound[],
  options: IDiagnosticOptions
): void {
  const all = found.flatMap(one => {
    const diagnostic = diagnosticOf(view.state.doc, path, one, options);
    return diagnostic ? [diagnostic] : [];
  });
  all.sort((one, other) => one.from - other.from);
  view.dispatch(setDiagnostics(view.state, all));
}

/** What was found in a stretch, the worst first. */
export function foundBetween(
  view: EditorView,
  start: number,
  end: number
): readonly IFound[] {
  const there: IFound[] = [];
  forEachDiagnostic(view.state, (diagnostic, from, to) => {
    const one = shown.get(diagnostic);
    if (one && from <= end && start <= to) {
      there.push(one);
    }
  });
  return there.sort(
    (one, other) => rank(one.problem.severity) - rank(other.problem.severity)
  );
}

/** Moves to the next thing that was found; false when there is none. */
export function goToFound(view: EditorView, forward: boolean): boolean {
  return (forward ? nextDiagnostic : previousDiagnostic)(view);
}

/** The range of a problem in a text; null when it has no place there. */
export function rangeOfProblem(
  text: Text,
  path: string,
  problem: Problem
): { from: number; to: number } | null {
  if (problem.line === null || (problem.file ?? path) !== path) {
    return null;
  }
  const line = text.line(Math.max(1, Math.min(problem.line, text.lines)));
  const blank = /^\s*/.exec(line.text)?.[0].length ?? 0;
  const from =
    problem.column === null
      ? line.from + blank
      : offsetOf(text, problem.line, problem.column);
  const to =
    problem.end_line === null
      ? line.to
      : offsetOf(text, problem.end_line, problem.end_column ?? 1);
  // What has no width is shown on the word there, or on the one before.
  if (to > from) {
    return { from, to };
  }
  const word = /^[^\s,:[\]{}]+/.exec(text.sliceString(from, line.to))?.[0];
  return {
    from: word || from === line.from ? from : from - 1,
    to: Math.min(text.length, from + (word?.length ?? 0))
  };
}

function diagnosticOf(
  text: Text,
  path: string,
  found: IFound,
  options: IDiagnosticOptions
): Diagnostic | null {
  const range = rangeOfProblem(text, path, found.problem);
  if (!range) {
    return null;
  }
  const diagnostic: Diagnostic = {
    ...range,
    severity: severityOf(found.problem.severity),
    message: found.problem.message,
    renderMessage: view => explain(view, found, options)
  };
  shown.set(diagnostic, found);
  return diagnostic;
}

/** The node that explains what was found; its buttons come when they are known. */
export function explain(
  view: EditorView,
  found: IFound,
  options: IDiagnosticOptions
): HTMLElement {
  const { problem } = found;
  const { trans } = options;
  const box = document.createElement('div');
  box.className = 'jp-EllipLab-Cwl-found';
  box.dataset.severity = problem.severity;
  const message = document.createElement('strong');
  message.append(...sentence(problem.message));
  box.append(message);
  if (problem.hint) {
    const hint = document.createElement('p');
    hint.append(...sentence(problem.hint));
    box.append(hint);
  }
  const row = document.createElement('div');
  row.className = 'jp-EllipLab-Cwl-remedies';
  if (problem.code) {
    const code = document.createElement('span');
    code.className = 'jp-EllipLab-Cwl-code';
    code.textContent = problem.code;
    code.title = trans.__('The rule');
    row.append(code);
  }
  box.append(row);
  void options.remedies(found).then(remedies => {
    const buttons = remedies.map(remedy => {
      const button = document.createElement('button');
      button.className = 'jp-EllipLab-Kit-button';
      button.append(...sentence(remedy.label));
      // The text keeps the keyboard.
      button.addEventListener('mousedown', event => event.preventDefault());
      button.addEventListener('click', () => {
        view.dispatch({ effects: closeHoverTooltips });
        remedy.run();
      });
      return button;
    });
    row.prepend(...buttons);
    repositionTooltips(view);
  });
  return box;
}

/** The fixes among remedies, once each. */
export function fixesOf(
  fixes: readonly IFix[],
  apply: (fix: IFix) => void
): readonly IRemedy[] {
  const titles = new Set<string>();
  return fixes.flatMap(fix => {
    if (titles.has(fix.title)) {
      return [];
    }
    titles.add(fix.title);
    return [{ label: fix.title, run: () => apply(fix) }];
  });
}

function severityOf(severity: string): Diagnostic['severity'] {
  return severity === 'error' || severity === 'warning' ? severity : 'info';
}

function rank(severity: string): number {
  return { error: 0, warning: 1 }[severity] ?? 2;
}
