import {
  asName,
  ENVIRONMENT_FILE,
  freeName,
  isName,
  isToolboxFile,
  listOf,
  LOCK_FILE,
  nameOfFile,
  packageOf,
  shortChannel
} from '../names';

it.each([
  ['gdal', true],
  ['gdal-3_9', true],
  ['3d', true],
  ['', false],
  ['-gdal', false],
  ['GDAL', false],
  ['a b', false],
  ['x'.repeat(65), false]
])('%p may be a name: %p', (name, may) => {
  expect(isName(name)).toBe(may);
});

it('makes a name of any words', () => {
  expect(asName('Orfeo ToolBox 9!')).toBe('orfeo-toolbox-9');
  expect(asName('…')).toBe('');
  expect(isName(asName('Ä'.repeat(5) + 'x'.repeat(100)))).toBe(true);
});

it('finds a name that nobody has', () => {
  expect(freeName('gdal', new Set())).toBe('gdal');
  expect(freeName('gdal', new Set(['gdal', 'gdal-2']))).toBe('gdal-3');
  expect(freeName('??', new Set(['toolbox']))).toBe('toolbox-2');
  const long = 'x'.repeat(64);
  expect(isName(freeName(long, new Set([long])))).toBe(true);
});

it.each([
  ['a/environment.yml', 'name: Field Trip # 2\n', 'field-trip'],
  ['a/environment.yml', 'dependencies: []', 'a'],
  ['environment.yml', '', 'toolbox'],
  ['trips/pixi.lock', 'version: 6', 'trips'],
  ['trips/gdal.pixi.lock', '', 'gdal'],
  ['trips/gdal.environment.yml', '', 'gdal'],
  ['conda-lock.yml', '', 'toolbox'],
  ['trips/sar.yml', '', 'sar'],
  ['trips/sar.yml', 'name: "radar"', 'radar']
])('%p with %p is called %p', (path, text, name) => {
  expect(nameOfFile(path, text)).toBe(name);
});

it.each([
  ['environment.yml', 'environment'],
  ['environment.yaml', 'environment'],
  ['environment-dev.yml', 'environment'],
  ['my.environment.yml', 'environment'],
  ['gdal.pixi.lock', 'lock'],
  ['pixi.lock', 'lock'],
  ['conda-lock.yml', 'lock'],
  ['gdal.explicit.txt', 'lock'],
  ['docker-compose.yml', null],
  ['yarn.lock', null],
  ['notes.txt', null]
])('%p is a file of %p', (name, kind) => {
  const found = ENVIRONMENT_FILE.test(name)
    ? 'environment'
    : LOCK_FILE.test(name)
      ? 'lock'
      : null;
  expect(found).toBe(kind);
});

it('lets any YAML, lock or text be chosen by hand', () => {
  expect(isToolboxFile('a/notes.txt')).toBe(true);
  expect(isToolboxFile('a/picture.png')).toBe(false);
});

it('reads what is asked for', () => {
  expect(listOf('gdal >=3.8\n\n rasterio, python =3.12,')).toEqual([
    'gdal >=3.8',
    'rasterio',
    'python =3.12'
  ]);
  expect(packageOf('conda-forge::gdal >=3.8')).toBe('gdal');
  expect(packageOf('py_thing.x=1')).toBe('py_thing.x');
});

it('says a channel in a few letters', () => {
  expect(shortChannel('https://conda.anaconda.org/conda-forge/')).toBe(
    'conda-forge'
  );
  expect(shortChannel('http://127.0.0.1:81/x')).toBe('127.0.0.1:81/x');
  expect(shortChannel('iota2')).toBe('iota2');
});
