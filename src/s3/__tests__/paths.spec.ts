import {
  above,
  addressOf,
  addressOfPlace,
  crumbsOf,
  nameOf,
  parentOf,
  readAddress,
  visible
} from '../paths';

it.each([
  ['s3://bucket/a/b.tif', null, 'bucket', 'a/b.tif'],
  ['s3://me@bucket/a//b', 'me', 'bucket', 'a//b'],
  ['s3://me@bucket/a@b/../c\n', 'me', 'bucket', 'a@b/../c\n'],
  ['s3://bucket', null, 'bucket', ''],
  ['s3://bucket/', null, 'bucket', '']
])('reads %j', (text, connection, bucket, key) => {
  expect(readAddress(text)).toEqual({ connection, bucket, key });
});

it.each([
  '',
  'bucket/key',
  's3://',
  's3://@b/k',
  'https://bucket/key',
  's3://b'
])('does not take %j for an address', text => {
  expect(readAddress(text)).toBeNull();
});

it.each(['plain', 'a b/ü', 'a//b', '../up', 'x@y/z', 'ends/'])(
  'writes what it reads: %j',
  key => {
    const place = { connection: 'me', bucket: 'bucket', key };
    expect(readAddress(addressOf(place))).toEqual(place);
  }
);

it('names what lies where, with empty names too', () => {
  expect(['a/b/c.tif', 'a/b/', 'a//', 'x', '/'].map(nameOf)).toEqual([
    'c.tif',
    'b',
    '',
    'x',
    ''
  ]);
  expect(['a/b/c.tif', 'a/b/', 'a//', 'x'].map(parentOf)).toEqual([
    'a/b/',
    'a/',
    'a/',
    ''
  ]);
});

it('shows the way, and goes up it to the start', () => {
  let place = {
    connection: 'me' as string | null,
    bucket: 'bbb' as string | null,
    prefix: 'a//c/'
  };
  expect(crumbsOf(place).map(crumb => crumb.label)).toEqual([
    'bbb',
    'a',
    '',
    'c'
  ]);
  expect(addressOfPlace(place)).toBe('s3://me@bbb/a//c/');
  const seen = [];
  for (let step = 0; step < 5; step += 1) {
    place = { ...above(place) };
    seen.push([place.connection, place.bucket, place.prefix]);
  }
  expect(seen).toEqual([
    ['me', 'bbb', 'a//'],
    ['me', 'bbb', 'a/'],
    ['me', 'bbb', ''],
    ['me', null, ''],
    [null, null, '']
  ]);
});

it('shows what cannot be seen', () => {
  expect(visible('a\nb\u200bc\u0085')).toBe('a␊b\\u200bc\\u0085');
});
