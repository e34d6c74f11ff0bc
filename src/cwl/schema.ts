/**
 * The server's JSON Schema made ready for the form: optional types lose their null, files and free
 * values get fields of our own. The schema itself stays the server's business: it validates.
 */
import type {
  ErrorSchema,
  RJSFSchema,
  UiSchema,
  ValidatorType
} from '@rjsf/utils';

import type { Problem } from '../contract';
import type { InputObject } from './tokens';

/** The fields of our own, by name. */
export const FILE_FIELD = 'cwlFile';
export const ANY_FIELD = 'cwlAny';

type Loose = Record<string, unknown>;

function asObject(value: unknown): Loose | null {
  return value && typeof value === 'object' && !Array.isArray(value)
    ? (value as Loose)
    : null;
}

/** What a file field stands for, or null. */
export function fileKind(schema: Loose): 'File' | 'Directory' | null {
  return schema.format === 'cwl-file'
    ? 'File'
    : schema.format === 'cwl-directory'
      ? 'Directory'
      : null;
}

/** The schema that the form shows. */
export function formSchema(schema: Loose): RJSFSchema {
  const shown: Loose = { ...schema };
  delete shown.$schema;
  if (fileKind(schema)) {
    // The field shows one place; what else a File may say is kept as it is.
    delete shown.properties;
    delete shown.required;
    delete shown.anyOf;
    shown.type = 'object';
    return shown;
  }
  if (Array.isArray(shown.type)) {
    const types = shown.type.filter(type => type !== 'null');
    if (types.length === 1) {
      shown.type = types[0];
    }
  }
  for (const key of ['oneOf', 'anyOf'] as const) {
    const options = shown[key];
    if (!Array.isArray(options)) {
      continue;
    }
    const others = options
      .map(asObject)
      .filter(
        (option): option is Loose =>
          option !== null && option.type !== 'null' && option.const !== null
      );
    if (others.length && others.every(option => 'const' in option)) {
      shown.type ??= 'string';
      shown[key] = others;
    } else {
      shown[key] = others.map(formSchema);
    }
  }
  const properties = asObject(shown.properties);
  if (properties) {
    shown.properties = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [
        name,
        formSchema(asObject(property) ?? {})
      ])
    );
  }
  const items = asObject(shown.items);
  if (items) {
    shown.items = formSchema(items);
  }
  return shown as RJSFSchema;
}

/** Which field of our own stands where, and the order. */
export function formUi(schema: RJSFSchema, hints: Loose): UiSchema {
  const ui: UiSchema = { ...hints };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    ui[name] = fieldUi(property as RJSFSchema);
  }
  return ui;
}

function fieldUi(schema: RJSFSchema): UiSchema {
  if (fileKind(schema as Loose)) {
    return { 'ui:field': FILE_FIELD };
  }
  if (Array.isArray(schema.type) || (!schema.type && !schema.anyOf)) {
    return { 'ui:field': ANY_FIELD };
  }
  const ui: UiSchema = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    ui[name] = fieldUi(property as RJSFSchema);
  }
  if (schema.items && !Array.isArray(schema.items)) {
    ui.items = fieldUi(schema.items as RJSFSchema);
  }
  if (Array.isArray(schema.anyOf)) {
    ui.anyOf = schema.anyOf.map(option => fieldUi(option as RJSFSchema));
  }
  if (schema.type === 'string' && !schema.oneOf) {
    ui['ui:emptyValue'] = undefined;
  }
  return ui;
}

/** Whether a value could be meant for a schema: enough to choose among the types of a union. */
export function fits(schema: RJSFSchema, value: unknown): boolean {
  const kind = fileKind(schema as Loose);
  if (kind) {
    return asObject(value)?.class === kind;
  }
  const options = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(options) && !schema.type) {
    return options.some(option => fits(option as RJSFSchema, value));
  }
  if ('const' in schema) {
    return value === schema.const;
  }
  switch (schema.type) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return (
        Array.isArray(value) &&
        value.every(
          item =>
            item === undefined ||
            !schema.items ||
            fits(schema.items as RJSFSchema, item)
        )
      );
    case 'object': {
      const object = asObject(value);
      return (
        object !== null &&
        !('class' in object && !schema.properties?.class) &&
        (schema.required ?? []).every(name => name in object)
      );
    }
    default:
      return value !== undefined;
  }
}

/** The form's validator: the server validates, the form only has to tell the types of a union apart. */
export const validator: ValidatorType = {
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  toErrorList: () => [],
  isValid: (schema, value) =>
    value === undefined || fits(schema as RJSFSchema, value),
  rawValidation: () => ({ errors: [] })
};

/** The inputs without what was left empty. */
export function pruned(inputs: Loose): InputObject {
  return Object.fromEntries(
    Object.entries(inputs).filter(
      ([, value]) =>
        value !== undefined && value !== null && !isEmptyFile(value)
    )
  );
}

function isEmptyFile(value: unknown): boolean {
  const file = asObject(value);
  if (!file || (file.class !== 'File' && file.class !== 'Directory')) {
    return false;
  }
  return !['path', 'location', 'contents', 'listing'].some(key => file[key]);
}

/** The required inputs that were left empty. */
export function missing(schema: RJSFSchema, inputs: InputObject): string[] {
  return (schema.required ?? []).filter(name => !(name in inputs));
}

/** The problems that belong to a field of the form, at their fields; the others beside them. */
export function atFields(
  problems: readonly Problem[],
  schema: RJSFSchema
): { fields: ErrorSchema; others: readonly Problem[] } {
  const fields: Loose = {};
  const others: Problem[] = [];
  for (const problem of problems) {
    const parts = (problem.field ?? '')
      .replace(/^(body\.)?inputs\./, '')
      .replace(/\[(\d+)\]/g, '.$1')
      .split('.')
      .filter(Boolean);
    const name = parts[0];
    if (!name || !schema.properties || !(name in schema.properties)) {
      others.push(problem);
      continue;
    }
    let node = fields;
    for (const part of parts) {
      node = (node[part] ??= {}) as Loose;
    }
    const said = (node.__errors ??= []) as string[];
    said.push(
      problem.hint ? `${problem.message}. ${problem.hint}` : problem.message
    );
  }
  return { fields: fields as ErrorSchema, others };
}
