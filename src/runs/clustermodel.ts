/**
 * The cluster that runs can go to, as the browser knows it: what is set, what is typed and not kept yet, what a test found.
 */
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { ClusterReply, EngineCheck } from '../contract';
import type { IStanding } from '../cwl/tokens';
import { describe } from '../kit/notice';
import { ProblemError } from '../kit/request';
import type { RunsClient } from './client';
import type { Draft, FieldName, IClusterField } from './clusterfields';
import { bodyOf, groupsOf, textOf } from './clusterfields';

/** Milliseconds for which a test that found nothing missing is believed. */
const FRESH = 10 * 60_000;
/** Milliseconds after the last key before what was typed is remembered. */
const SAVE = 400;
/** Where what is typed and not kept is remembered. */
const DRAFT = 'ellip-lab:cluster-draft';
/** Where what a test found is remembered. */
const TESTED = 'ellip-lab:cluster-tested';

/** What a test has found. */
export interface ITested {
  readonly found: EngineCheck;
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** The settings that were tested, as JSON. */
  readonly of: string;
}

/** The verbs that the model uses. */
type IVerbs = Pick<RunsClient, 'cluster' | 'saveCluster' | 'checkEngine'>;

/** The model. */
export class ClusterModel implements IDisposable {
  constructor(
    client: IVerbs,
    state: IStateDB | null,
    private readonly _trans: TranslationBundle
  ) {
    this._client = client;
    this._state = state;
    this.groups = groupsOf(_trans);
    this._fields = this.groups.flatMap(group => group.fields);
    this._keep = new Debouncer(() => this._keepDraft(), SAVE);
  }

  /** The fields of the settings. */
  readonly groups: ReturnType<typeof groupsOf>;

  /** Something else is known, typed or under way. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What is set; null until it has been read. */
  get settings(): ClusterReply | null {
    return this._settings;
  }

  /** Why the last thing that was asked for was not done. */
  get problem(): unknown {
    return this._problem;
  }

  /** What is wrong with a field, or null. */
  error(name: FieldName): string | null {
    return this._errors.get(name) ?? null;
  }

  /** The first field with something wrong. */
  get firstError(): FieldName | null {
    return this._fields.find(one => this._errors.has(one.name))?.name ?? null;
  }

  /** The text of a field: what is typed, or what is set. */
  text(field: IClusterField): string {
    return (
      this._draft[field.name] ??
      (this._settings ? textOf(field, this._settings) : '')
    );
  }

  /** Something is typed that is not kept. */
  get dirty(): boolean {
    return Object.keys(this._draft).length > 0;
  }

  get saving(): boolean {
    return this._saving;
  }

  /** When the test began that is under way; null when none is. */
  get testing(): number | null {
    return this._testing;
  }

  /** What the last test found; null when what was tested is not what is set. */
  get tested(): ITested | null {
    return this._tested && this._tested.of === this._said()
      ? this._tested
      : null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._keep.dispose();
    Signal.clearData(this);
  }

  /** How the cluster stands, in one line. */
  get standing(): IStanding {
    const trans = this._trans;
    if (this._testing !== null) {
      const text = trans.__('Testing the connection…');
      return { state: 'testing', text, hint: null };
    }
    const { tested } = this;
    if (this._problem !== null && tested === null) {
      const hint =
        this._problem instanceof ProblemError ? this._problem.hint : null;
      return { state: 'missing', text: messageOf(this._problem, trans), hint };
    }
    if (tested === null) {
      const text = trans.__('The connection was not tested yet.');
      return { state: 'untested', text, hint: null };
    }
    const { found } = tested;
    if (found.works) {
      return { state: 'ready', text: readyText(found, trans), hint: null };
    }
    const missing = found.findings.filter(one => !one.works);
    const first = missing[0];
    const text = !first
      ? trans.__('Not ready')
      : first.name === 'connection'
        ? trans.__('Not ready: %1', first.message)
        : trans.__('Not ready: %1: %2', first.name, first.message);
    const rest = missing.length - 1;
    return {
      state: 'missing',
      text:
        rest > 0
          ? trans._n('%2 (and %1 more)', '%2 (and %1 more)', rest, text)
          : text,
      hint: first?.hint ?? null
    };
  }

  /** Reads what is set, and what was typed before a reload. */
  async read(): Promise<void> {
    try {
      const settings = await this._client.cluster();
      await this._recall();
      this._settings = settings;
      this._problem = null;
    } catch (error) {
      this._problem = error;
    }
    this._emit();
  }

  /** Reads what is set and tries it, unless that was done a moment ago. */
  async look(): Promise<void> {
    await this.read();
    const { tested } = this;
    const known = tested?.found.works && Date.now() - tested.at < FRESH;
    if (this._settings && !known) {
      await this._try();
    }
  }

  /** Types a text. */
  edit(field: IClusterField, text: string): void {
    const same =
      this._settings !== null && text === textOf(field, this._settings);
    this._draft = Object.fromEntries([
      ...Object.entries(this._draft).filter(([name]) => name !== field.name),
      ...(same ? [] : [[field.name, text]])
    ]) as Draft;
    this._errors.delete(field.name);
    void this._keep.invoke();
    this._emit();
  }

  /** Forgets what is typed. */
  discard(): void {
    this._draft = {};
    this._errors.clear();
    this._problem = null;
    void this._keep.invoke();
    this._emit();
  }

  /** Keeps what is typed; tells whether it is kept. What is wrong is said at its field. */
  async save(): Promise<boolean> {
    const settings = this._settings;
    if (!settings || this._saving) {
      return false;
    }
    this._errors.clear();
    this._problem = null;
    const draft = this._draft;
    const { body, unfit } = bodyOf(this._fields, settings, draft);
    unfit.forEach(name => this._errors.set(name, this._unfit(name)));
    if (unfit.length) {
      this._emit();
      return false;
    }
    this._saving = true;
    this._emit();
    try {
      this._settings = await this._client.saveCluster(body);
      // What was typed while it was kept is not kept yet.
      this._draft = Object.fromEntries(
        Object.entries(this._draft).filter(
          ([name, text]) => draft[name as FieldName] !== text
        )
      );
      void this._keep.invoke();
    } catch (error) {
      this._refused(error);
    }
    this._saving = false;
    this._emit();
    return this._problem === null && !this._errors.size;
  }

  /** Keeps what is typed and tries the cluster. */
  async test(): Promise<void> {
    if (this.dirty && !(await this.save())) {
      return;
    }
    if (!this._settings) {
      await this.read();
    }
    // A test that is under way is of what was set before.
    const before = this._running;
    await before;
    if (this._settings && !(before && this.tested)) {
      await this._try();
    }
  }

  private _try(): Promise<void> {
    this._running ??= this._tried().finally(() => {
      this._running = null;
    });
    return this._running;
  }

  private async _tried(): Promise<void> {
    const of = this._said();
    this._testing = Date.now();
    this._problem = null;
    this._emit();
    try {
      const found = await this._client.checkEngine();
      this._tested = { found, at: Date.now(), of };
      this._save(TESTED, this._tested);
    } catch (error) {
      this._tested = null;
      this._problem = error;
    }
    this._testing = null;
    this._emit();
  }

  /** What is set, as one text. */
  private _said(): string {
    return JSON.stringify(this._settings);
  }

  /** Sorts a refusal to its fields; what belongs to none is the problem. */
  private _refused(error: unknown): void {
    const names = new Set<string>(this._fields.map(field => field.name));
    let placed = false;
    for (const { field } of error instanceof ProblemError
      ? error.problems
      : []) {
      const name = field?.split('.').find(part => names.has(part));
      if (name !== undefined) {
        this._errors.set(name as FieldName, this._unfit(name as FieldName));
        placed = true;
      }
    }
    if (!placed) {
      this._problem = error;
    }
  }

  /** What is said at a field whose text cannot be used. */
  private _unfit(name: FieldName): string {
    const field = this._fields.find(one => one.name === name);
    return field
      ? this._trans.__('This cannot be used: it should be %1.', field.wanted)
      : name;
  }

  private async _recall(): Promise<void> {
    if (this._recalled) {
      return;
    }
    this._recalled = true;
    const [draft, tested] = await Promise.all([
      this._state?.fetch(DRAFT),
      this._state?.fetch(TESTED)
    ]);
    if (draft && typeof draft === 'object') {
      this._draft = { ...(draft as Draft), ...this._draft };
    }
    if (tested && typeof tested === 'object') {
      this._tested = tested as unknown as ITested;
    }
  }

  private _keepDraft(): void {
    this._save(DRAFT, this._draft);
  }

  private _save(key: string, value: object): void {
    this._state
      ?.save(key, JSON.parse(JSON.stringify(value)))
      .catch((error: unknown) => console.warn('Cannot save the form', error));
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _client: IVerbs;
  private readonly _state: IStateDB | null;
  private readonly _fields: readonly IClusterField[];
  private readonly _keep: Debouncer<void>;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _errors = new Map<FieldName, string>();
  private _settings: ClusterReply | null = null;
  private _problem: unknown = null;
  private _draft: Draft = {};
  private _tested: ITested | null = null;
  private _testing: number | null = null;
  private _running: Promise<void> | null = null;
  private _saving = false;
  private _recalled = false;
  private _isDisposed = false;
}

/** Where runs can go, in one line. */
export function readyText(
  found: EngineCheck,
  trans: TranslationBundle
): string {
  return trans.__(
    'Ready: namespace %1, Kubernetes %2',
    found.namespace ?? '',
    found.version ?? ''
  );
}

/** The first sentence of an error. */
function messageOf(error: unknown, trans: TranslationBundle): string {
  return describe(error, trans).split('\n')[0] ?? '';
}
