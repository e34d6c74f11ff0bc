/**
 * The pill of a document's editor that says how many requirements it meets, and opens the report.
 *
 * Every editor has it; it hides itself while the file is not a document.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { PackageReport } from '../contract';
import type { IWritten } from '../cwl/tokens';
import { describe } from '../kit/notice';
import type { RuleFinder } from './finder';
import { CommandIDs } from './tokens';

/** What the pill stands on. */
export interface IReportPillOptions {
  readonly document: IWritten;
  readonly finder: RuleFinder;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The pill. */
export class ReportPill extends ReactWidget {
  constructor(options: IReportPillOptions) {
    super();
    this.addClass('jp-EllipLab-Packages-pill');
    this._options = options;
    options.finder.reported.connect(this._onReported, this);
    options.document.changed.connect(this._onChanged, this);
    options.document.widget.disposed.connect(this.dispose, this);
    this._onChanged();
  }

  override dispose(): void {
    this._options.finder.reported.disconnect(this._onReported, this);
    super.dispose();
  }

  protected override render(): JSX.Element | null {
    const { document, finder, commands, trans } = this._options;
    const now = finder.latest(document.path)?.report;
    if (finder.profile === 'cwl') {
      return null;
    }
    // Of a text that is being typed the rules often cannot be told: what was said last stands meanwhile.
    if (now && (now.total > 1 || now.conforms || !this._last)) {
      this._last = now;
    }
    const report = now && this._last;
    const error = finder.errorOf(document.path);
    if (error !== null) {
      return (
        <button
          className="jp-EllipLab-Kit-pill"
          title={describe(error, trans)}
          onClick={() => this._open(commands)}
        >
          {trans.__('20-089r1: not checked')}
        </button>
      );
    }
    if (!report?.total) {
      return null;
    }
    return (
      <button
        className={`jp-EllipLab-Kit-pill ${report.conforms ? 'jp-mod-done' : ''}`}
        title={trans.__(
          '%1 of the %2 requirements of the Best Practice that apply are met: show the report',
          report.passed,
          report.total
        )}
        onClick={() => this._open(commands)}
      >
        {trans.__('20-089r1: %1 of %2', report.passed, report.total)}
      </button>
    );
  }

  private _open(commands: CommandRegistry): void {
    void commands.execute(CommandIDs.check, {
      path: this._options.document.path
    });
  }

  private _onReported(_: RuleFinder, path: string): void {
    if (path === this._options.document.path) {
      this.update();
    }
  }

  private _onChanged(): void {
    this.setHidden(!this._options.document.isDocument);
    this.update();
  }

  private readonly _options: IReportPillOptions;
  private _last: PackageReport | null = null;
}
