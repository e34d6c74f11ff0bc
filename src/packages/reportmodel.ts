/**
 * How a document stands to the rules: followed in its editor as it is typed, or as it is saved.
 */
import type { Contents } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { PackageReport, Profile } from '../contract';
import type { ICwlLanguage } from '../cwl/tokens';
import type { RuleFinder } from './finder';
import type { Finding } from './tokens';

/** What a report stands on. */
export interface IReportModelOptions {
  readonly path: string;
  readonly finder: RuleFinder;
  readonly language: ICwlLanguage;
  readonly contents: Contents.IManager;
  readonly setProfile: (profile: Profile) => Promise<void>;
  /** Opens the document in an editor. */
  readonly open: (path: string) => Promise<void>;
}

/** The report on one document. */
export class ReportModel implements IDisposable {
  constructor(options: IReportModelOptions) {
    this._options = options;
    this.path = options.path;
    options.finder.reported.connect(this._onReported, this);
    options.finder.changed.connect(this._onProfile, this);
    options.contents.fileChanged.connect(this._onFile, this);
    if (!this.report) {
      void this.refresh();
    }
  }

  readonly path: string;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get profile(): Profile {
    return this._options.finder.profile;
  }

  get report(): PackageReport | null {
    return this._options.finder.latest(this.path)?.report ?? null;
  }

  get error(): unknown {
    return this._options.finder.errorOf(this.path);
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    const { finder, contents } = this._options;
    finder.reported.disconnect(this._onReported, this);
    finder.changed.disconnect(this._onProfile, this);
    contents.fileChanged.disconnect(this._onFile, this);
    this._asked?.abort();
    Signal.clearData(this);
  }

  setProfile(profile: Profile): Promise<void> {
    return this._options.setProfile(profile);
  }

  /** Looks again. */
  async refresh(): Promise<void> {
    const open = this._options.language.find(this.path);
    this._asked?.abort();
    const asked = (this._asked = new AbortController());
    try {
      await this._options.finder.find(
        open ? open.document : { path: this.path },
        asked.signal
      );
    } catch {
      // The finder keeps the reason, and tells that it has one.
    }
  }

  /** Makes what findings offer, in the editor; a text that has changed since is looked at first. */
  async mend(chosen: (finding: Finding) => boolean): Promise<number> {
    const { finder, language, open } = this._options;
    if (!language.find(this.path)) {
      await open(this.path);
    }
    const document = language.find(this.path);
    if (!document) {
      return 0;
    }
    await document.widget.context.ready;
    if (finder.latest(this.path)?.text !== document.document.text) {
      await this.refresh();
    }
    const edits = (this.report?.findings ?? [])
      .filter(finding => finding.fix !== null && chosen(finding))
      .flatMap(finding => finding.edits);
    const apart = withoutOverlaps(edits);
    if (apart.length) {
      await document.apply(apart);
      await document.check();
    }
    return apart.length;
  }

  private _onReported(_: RuleFinder, path: string): void {
    if (path === this.path) {
      this._changed.emit();
    }
  }

  private _onProfile(): void {
    this._changed.emit();
    if (!this._options.language.find(this.path)) {
      void this.refresh();
    }
  }

  private _onFile(_: Contents.IManager, change: Contents.IChangedArgs): void {
    if (
      change.newValue?.path === this.path &&
      !this._options.language.find(this.path)
    ) {
      void this.refresh();
    }
  }

  private readonly _options: IReportModelOptions;
  private readonly _changed = new Signal<this, void>(this);
  private _isDisposed = false;
  private _asked: AbortController | null = null;
}

type Edit = Finding['edits'][number];

/** Edits that do not touch one another; what is said twice is made once, of what collides the first. */
export function withoutOverlaps(edits: readonly Edit[]): readonly Edit[] {
  const kept: Edit[] = [];
  const before = (one: Edit, line: number, column: number): boolean =>
    one.end_line < line || (one.end_line === line && one.end_column <= column);
  for (const edit of edits) {
    const collides = kept.some(
      one =>
        one.path === edit.path &&
        (JSON.stringify(one) === JSON.stringify(edit) ||
          !(
            before(one, edit.line, edit.column) ||
            before(edit, one.line, one.column)
          ))
    );
    if (!collides) {
      kept.push(edit);
    }
  }
  return kept;
}

/** A report as Markdown. */
export function asMarkdown(
  report: PackageReport,
  word: (state: Finding['state']) => string
): string {
  const lines = [
    `# ${report.path}`,
    '',
    `OGC 20-089r1: ${report.passed} of ${report.total}`,
    '',
    ...report.problems.map(
      problem => `* line ${problem.line ?? '?'}: ${problem.message}`
    ),
    ...(report.problems.length ? [''] : []),
    '| | requirement | state | |',
    '|---|---|---|---|'
  ];
  for (const rule of report.rules) {
    for (const finding of report.findings) {
      if (finding.rule === rule.id) {
        const line = finding.problem?.line;
        const place =
          line === null || line === undefined ? '' : ` (line ${line})`;
        lines.push(
          `| ${rule.number} | ${cell(rule.title)} | ${word(finding.state)} | ${cell(finding.message)}${place} |`
        );
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\s+/g, ' ');
}
