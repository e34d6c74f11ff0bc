import type { RJSFSchema } from '@rjsf/utils';

import { candidatesFor, filledIn, kindOf, wordsOf } from '../offer';
import { readParameters, rebased } from '../parameters';

const file = { type: 'object', format: 'cwl-file' } as const;
const schema: RJSFSchema = {
  properties: {
    scene: { ...file, title: 'Scene' },
    scenes: { type: 'array', items: file },
    folder: { type: 'object', format: 'cwl-directory' },
    either: { anyOf: [{ type: 'string' }, file] },
    mode: { type: 'string', oneOf: [{ const: 'fast' }] },
    note: { type: 'string' }
  }
};
const names = (...addresses: string[]): string[] =>
  candidatesFor(schema, { addresses }).map(one => one.name);

it('knows an object from what is below a prefix', () => {
  expect(kindOf('s3://bucket/a/b')).toBe('File');
  expect(kindOf('s3://bucket/a/')).toBe('Directory');
  expect(kindOf('s3://NAME@bucket')).toBe('Directory');
});

it('finds the inputs of the kind, and lists for several', () => {
  expect(names('s3://b/a.tif')).toEqual(['scene', 'scenes', 'either']);
  expect(names('s3://b/a/')).toEqual(['folder']);
  expect(names('s3://b/a.tif', 's3://b/c.tif')).toEqual(['scenes']);
});

it('offers texts only where there is no File, and no enum', () => {
  const { note, mode } = schema.properties ?? {};
  expect(
    candidatesFor(
      { properties: { note: note ?? {}, mode: mode ?? {} } },
      { addresses: ['s3://b/a.tif'] }
    ).map(one => one.name)
  ).toEqual(['note']);
});

it('adds to a list, and says the class of each', () => {
  const before = { scenes: [undefined, { class: 'File', path: 'x.tif' }] };
  expect(
    filledIn(schema, before, 'scenes', { addresses: ['s3://b/1', 's3://b/2'] })
  ).toEqual({
    scenes: [
      { class: 'File', path: 'x.tif' },
      { class: 'File', location: 's3://b/1' },
      { class: 'File', location: 's3://b/2' }
    ]
  });
  expect(filledIn(schema, {}, 'note', { addresses: ['s3://b/a.txt'] })).toEqual(
    { note: 's3://b/a.txt' }
  );
});

it('says several in a few words', () => {
  expect(wordsOf({ addresses: ['s3://b/1', 's3://b/2'] })).toBe(
    's3://b/1 (+1)'
  );
});

it('reads addresses of storage from a parameters file as they are', async () => {
  const read = await readParameters(
    'scene: {class: File, location: "s3://local@b/a b/é.tif"}\n'
  );
  expect(rebased(read, 'parameters', 'pkg')).toEqual({
    scene: { class: 'File', location: 's3://local@b/a b/é.tif' }
  });
});
