/**
 * Something of storage that is to be an input: which inputs it could be, and how it stands in them.
 */
import type { RJSFSchema } from '@rjsf/utils';

import { fileKind } from './schema';
import type { InputObject } from './tokens';

/** What is offered: addresses of storage. Each offer is its own, so that the same can be offered twice. */
export interface IOffer {
  readonly addresses: readonly string[];
}

/** An input that it could be. */
export interface ICandidate {
  readonly name: string;
  readonly title: string;
}

type Loose = Record<string, unknown>;

/** The inputs that an offer could be: Files or Directories of its kind, or else texts; lists, where it is several. */
export function candidatesFor(
  schema: RJSFSchema,
  { addresses }: IOffer
): readonly ICandidate[] {
  const kind = kindOf(addresses[0] ?? '');
  const all = Object.entries(schema.properties ?? {}).map(
    ([name, property]) => ({ name, property: property as RJSFSchema })
  );
  const takes = (test: (one: RJSFSchema) => boolean): readonly ICandidate[] =>
    all
      .filter(
        ({ property }) =>
          alternatives(property).some(test) &&
          (addresses.length === 1 || property.type === 'array')
      )
      .map(({ name, property }) => ({ name, title: property.title ?? name }));
  const files = takes(one => fileKind(one as Loose) === kind);
  return files.length
    ? files
    : takes(one => one.type === 'string' && !one.oneOf);
}

/** The inputs with an offer at its place: added where the input is a list. */
export function filledIn(
  schema: RJSFSchema,
  inputs: InputObject,
  name: string,
  { addresses }: IOffer
): InputObject {
  const property = (schema.properties?.[name] ?? {}) as RJSFSchema;
  const isFile = alternatives(property).some(one => fileKind(one as Loose));
  const values = addresses.map(address =>
    isFile ? { class: kindOf(address), location: address } : address
  );
  if (property.type !== 'array') {
    return { ...inputs, [name]: values[0] };
  }
  const before = inputs[name];
  const kept = (Array.isArray(before) ? (before as unknown[]) : []).filter(
    item => item !== undefined && item !== null && item !== ''
  );
  return { ...inputs, [name]: [...kept, ...values] };
}

/** An offer in a few words. */
export function wordsOf({ addresses }: IOffer): string {
  const [first = '', ...more] = addresses;
  return more.length ? `${first} (+${more.length})` : first;
}

/** What an address stands for. */
export function kindOf(address: string): 'File' | 'Directory' {
  return /^s3:\/\/[^/]*$|\/$/.test(address) ? 'Directory' : 'File';
}

/** What a property may be, or its items where it is a list. */
function alternatives(property: RJSFSchema): readonly RJSFSchema[] {
  const one =
    property.type === 'array' &&
    property.items &&
    !Array.isArray(property.items)
      ? (property.items as RJSFSchema)
      : property;
  return [one, ...((one.anyOf ?? []) as RJSFSchema[])];
}
