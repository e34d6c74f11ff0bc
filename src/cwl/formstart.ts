/**
 * What a form starts with: what the document asks for, what was typed the last time, what the caller gives.
 */
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Check, ContainerChoice, Form } from '../contract';
import type { IFormHost } from './runform';
import type { EngineName, IFormOptions, InputObject } from './tokens';

/** The engine that was chosen last, in whatever form. */
const ENGINE = 'ellip-lab:engine';

/** What is remembered of a form. */
export interface IMemory {
  readonly entry: string | null;
  readonly inputs: InputObject;
  readonly engine?: EngineName;
  readonly container: ContainerChoice;
  readonly publish?: string;
  readonly toolbox?: string | null;
}

/** What a form starts with. */
export interface IStart {
  readonly form: Form;
  readonly entry: string | null;
  readonly inputs: InputObject;
  readonly engine: EngineName;
  /** Null for what stands there. */
  readonly container: ContainerChoice | null;
  readonly publish: string | null;
  readonly toolbox: string | null;
}

type IWanted = Pick<
  IFormHost & IFormOptions,
  'form' | 'state' | 'document' | 'memory' | 'inputs' | 'engine' | 'container'
>;

/** Gives what a form starts with; null where the document has nothing to run. */
export async function startOf(
  wanted: IWanted,
  entry: string | null,
  check: Check
): Promise<IStart | null> {
  const { state, memory } = wanted;
  const saved = (await state?.fetch(memory)) as unknown as IMemory | undefined;
  const chosen =
    entry ??
    (saved?.entry && check.entries.some(process => process.id === saved.entry)
      ? saved.entry
      : null) ??
    check.default_entry ??
    check.entries[0]?.id ??
    null;
  if (!check.valid && !check.entries.length) {
    return null;
  }
  const form = await wanted.form(wanted.document, chosen);
  const known = Object.keys(
    (form.json_schema.properties as object | undefined) ?? {}
  );
  const given =
    saved?.entry === chosen || !saved?.entry
      ? (saved?.inputs ?? wanted.inputs ?? {})
      : (wanted.inputs ?? {});
  return {
    form,
    entry: chosen,
    inputs: only({ ...form.defaults, ...given }, known),
    engine:
      saved?.engine ?? wanted.engine ?? (await lastEngine(state)) ?? 'cwltool',
    container: saved && !wanted.container ? saved.container : null,
    publish: saved?.publish ?? null,
    toolbox: saved?.toolbox ?? null
  };
}

/** Keeps what was typed into a form. */
export function remember(
  state: IStateDB | null,
  memory: string,
  typed: IMemory
): void {
  keep(state, memory, typed as unknown as ReadonlyPartialJSONObject);
}

/** Keeps the engine for the next form. */
export function rememberEngine(
  state: IStateDB | null,
  engine: EngineName
): void {
  keep(state, ENGINE, { engine });
}

async function lastEngine(state: IStateDB | null): Promise<EngineName | null> {
  const saved = (await state?.fetch(ENGINE)) as
    Record<string, unknown> | undefined;
  return saved?.engine === 'calrissian' ? 'calrissian' : null;
}

function keep(
  state: IStateDB | null,
  key: string,
  value: ReadonlyPartialJSONObject
): void {
  state
    ?.save(key, value)
    .catch((error: unknown) => console.warn('Cannot save the form', error));
}

/** The inputs that the document asks for. */
export function only(
  inputs: InputObject,
  known: readonly string[]
): InputObject {
  return Object.fromEntries(
    Object.entries(inputs).filter(([name]) => known.includes(name))
  );
}
