import type { Problem } from '../../contract';
import {
  readParameters,
  rebased,
  relative,
  writeParameters
} from '../parameters';
import { atFields, fits, formSchema, formUi, missing, pruned } from '../schema';

/** Schemas as the server writes them. */
const file = {
  type: 'object',
  format: 'cwl-file',
  properties: { class: { const: 'File' }, path: { type: 'string' } },
  required: ['class'],
  anyOf: [{ required: ['path'] }, { required: ['location'] }],
  'x-cwl-type': 'File'
};
const inputs = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    aoi: { type: 'string', title: 'Area' },
    epsg: { type: ['integer', 'null'], 'x-cwl-type': 'int?' },
    scene: {
      ...file,
      type: ['object', 'null'],
      anyOf: [...file.anyOf, { type: 'null' }]
    },
    scenes: { type: 'array', items: file },
    method: {
      oneOf: [
        { const: null, title: 'none' },
        { const: 'otsu', title: 'otsu' }
      ]
    },
    either: {
      anyOf: [
        { type: 'string', title: 'string' },
        { ...file, title: 'File' },
        { type: 'null' }
      ]
    },
    free: { type: ['string', 'number', 'boolean', 'object', 'array'] }
  },
  required: ['aoi', 'scenes'],
  additionalProperties: false
};

it('makes one field of an optional type', () => {
  const schema = formSchema(inputs);
  expect(schema.$schema).toBeUndefined();
  expect(schema.properties?.epsg).toMatchObject({ type: 'integer' });
  expect(schema.properties?.method).toEqual({
    type: 'string',
    oneOf: [{ const: 'otsu', title: 'otsu' }]
  });
  expect(schema.properties?.scene).toEqual({
    type: 'object',
    format: 'cwl-file',
    'x-cwl-type': 'File'
  });
  expect((schema.properties?.either as { anyOf: unknown[] }).anyOf.length).toBe(
    2
  );
});

it('puts fields of our own where files and free values stand, however deep', () => {
  const ui = formUi(formSchema(inputs), { 'ui:order': ['aoi', '*'] });
  expect(ui['ui:order']).toEqual(['aoi', '*']);
  expect(ui.scene).toEqual({ 'ui:field': 'cwlFile' });
  expect(ui.scenes.items).toEqual({ 'ui:field': 'cwlFile' });
  expect(ui.either.anyOf[1]).toEqual({ 'ui:field': 'cwlFile' });
  expect(ui.free).toEqual({ 'ui:field': 'cwlAny' });
});

it('tells the types of a union apart', () => {
  const either = formSchema(
    inputs.properties.either as Record<string, unknown>
  );
  const [text, place] = either.anyOf as object[];
  expect(fits(text ?? {}, 'x')).toBe(true);
  expect(fits(text ?? {}, { class: 'File', path: 'x' })).toBe(false);
  expect(fits(place ?? {}, { class: 'File', path: 'x' })).toBe(true);
  expect(fits({ type: 'array', items: { type: 'integer' } }, [1, 2.5])).toBe(
    false
  );
});

it('leaves out what was left empty, and names what is missing', () => {
  const answer = pruned({
    aoi: undefined,
    epsg: 0,
    scene: { class: 'File' },
    scenes: [],
    method: null
  });
  expect(answer).toEqual({ epsg: 0, scenes: [] });
  expect(missing(formSchema(inputs), answer)).toEqual(['aoi']);
});

it('puts problems at their fields, and the others beside them', () => {
  const problem = (field: string | null): Problem => ({
    message: `wrong ${field}`,
    file: null,
    line: null,
    column: null,
    end_line: null,
    end_column: null,
    code: null,
    field,
    severity: 'error',
    hint: null
  });
  const { fields, others } = atFields(
    [
      problem('aoi'),
      problem('inputs.scenes[1].path'),
      problem('elsewhere'),
      problem(null)
    ],
    formSchema(inputs)
  );
  expect(fields).toEqual({
    aoi: { __errors: ['wrong aoi'] },
    scenes: { 1: { path: { __errors: ['wrong inputs.scenes[1].path'] } } }
  });
  expect(others.map(other => other.field)).toEqual(['elsewhere', null]);
});

describe('parameters', () => {
  it('are read as CWL reads them: dates are text, directives no inputs', async () => {
    const read = await readParameters(
      'date: 2026-11-22\nn: 5\ncwl:tool: x.cwl\nyes: true\n'
    );
    expect(read).toEqual({ date: '2026-11-22', n: 5, yes: true });
    await expect(readParameters('- 1\n- 2')).rejects.toThrow('not a mapping');
    await expect(readParameters('a: [1')).rejects.toThrow();
    await expect(readParameters('')).resolves.toEqual({});
  });

  it('come back from a file as they were', async () => {
    const value = {
      aoi: '-34.9,-8.0',
      bands: ['green', 'nir'],
      f: { class: 'File', path: 'a b.tif' }
    };
    await expect(readParameters(await writeParameters(value))).resolves.toEqual(
      value
    );
  });

  it('have their paths counted from another folder, URLs and absolute ones left alone', () => {
    const value = {
      a: {
        class: 'File',
        path: 'data/x.tif',
        secondaryFiles: [{ class: 'File', path: 'data/x.idx' }]
      },
      b: [
        { class: 'Directory', location: 'http://h/d' },
        { class: 'File', path: '/abs/x' }
      ],
      c: { path: 'no file' }
    };
    expect(rebased(value, 'pkg/params', 'pkg')).toEqual({
      a: {
        class: 'File',
        path: 'params/data/x.tif',
        secondaryFiles: [{ class: 'File', path: 'params/data/x.idx' }]
      },
      b: [
        { class: 'Directory', location: 'http://h/d' },
        { class: 'File', path: '/abs/x' }
      ],
      c: { path: 'no file' }
    });
    expect(relative('pkg', 'other/x.tif')).toBe('../other/x.tif');
    expect(relative('', 'x.tif')).toBe('x.tif');
    expect(relative('.', 'x.tif')).toBe('x.tif');
  });
});
