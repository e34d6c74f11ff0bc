/**
 * The rules of the Best Practice, held against documents as they are written.
 */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  DocumentText,
  PackageReport,
  Problem,
  Profile
} from '../contract';
import type { IFinder, IFound } from '../cwl/tokens';
import type { PackagesClient } from './client';
import type { Finding } from './tokens';

/** A report, and the text that it is about. */
export interface IReported {
  readonly report: PackageReport;
  readonly text: string | null;
}

/** Holds documents to the rules of a profile. */
export class RuleFinder implements IFinder {
  constructor(client: Pick<PackagesClient, 'check'>) {
    this._client = client;
  }

  readonly id = 'ellip-lab:packages';

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** There is a report on a document: its path. */
  get reported(): ISignal<this, string> {
    return this._reported;
  }

  get profile(): Profile {
    return this._profile;
  }

  set profile(value: Profile) {
    if (value !== this._profile) {
      this._profile = value;
      this._reports.clear();
      this._changed.emit();
    }
  }

  /** The last report on a document, or null. */
  latest(path: string): IReported | null {
    return this._reports.get(path) ?? null;
  }

  /** Why there is none. */
  errorOf(path: string): unknown {
    return this._errors.get(path) ?? null;
  }

  async find(
    document: DocumentText,
    signal?: AbortSignal
  ): Promise<readonly IFound[]> {
    const profile = this._profile;
    try {
      const report = await this._client.check({ ...document, profile }, signal);
      if (signal?.aborted || profile !== this._profile) {
        return [];
      }
      this._reports.set(document.path, {
        report,
        text: document.text ?? null
      });
      this._errors.delete(document.path);
      this._reported.emit(document.path);
      return foundOf(report);
    } catch (error) {
      if (!signal?.aborted) {
        this._errors.set(document.path, error);
        this._reports.delete(document.path);
        this._reported.emit(document.path);
      }
      throw error;
    }
  }

  private readonly _client: Pick<PackagesClient, 'check'>;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _reported = new Signal<this, string>(this);
  private readonly _reports = new Map<string, IReported>();
  private readonly _errors = new Map<string, unknown>();
  private _profile: Profile = 'best-practice';
}

/**
 * What a report finds wrong at a place, with what mends it.
 *
 * What a person has to look at is told in the report only; what is wrong as CWL is found without the rules already.
 */
export function foundOf(report: PackageReport): readonly IFound[] {
  const known = new Set(report.problems.map(placed));
  return report.findings.flatMap(finding =>
    finding.state === 'failed' &&
    finding.problem &&
    !(
      finding.rule === 'app-pck/cwl/valid' || known.has(placed(finding.problem))
    )
      ? [{ problem: finding.problem, fixes: fixOf(finding) }]
      : []
  );
}

function placed({ file, line, column, message }: Problem): string {
  return JSON.stringify([file, line, column, message]);
}

function fixOf(finding: Finding): IFound['fixes'] {
  return finding.fix !== null && finding.edits.length
    ? [{ title: finding.fix, edits: finding.edits }]
    : [];
}
