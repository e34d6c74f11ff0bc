import { ServerConnection } from '@jupyterlab/services';

import { downloadUrl, S3Client } from '../client';

const asked: [string, string, string, string | null][] = [];
const settings = ServerConnection.makeSettings({
  baseUrl: 'http://localhost:8888/',
  fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    const { pathname, search } = new URL(request.url);
    asked.push([
      request.method,
      (pathname + search).replace(/[?&]\d{10,}$/, ''),
      await request.text(),
      request.headers.get('Content-Type')
    ]);
    return new Response('{}');
  }
});
const client = new S3Client(settings);
const at = { connection: 'c', bucket: 'b', key: 'a b/ü.tif' };
const place = 'connection=c&bucket=b&key=a+b%2F%C3%BC.tif';
const JSON_TYPE = 'application/json';
const RAW = 'application/octet-stream';

beforeEach(() => {
  asked.length = 0;
});

it.each([
  ['connections', () => client.connections(), 'GET', 's3/connections', ''],
  ['presets', () => client.presets(), 'GET', 's3/presets', ''],
  [
    'saveConnection',
    () => client.saveConnection({ name: 'c' }),
    'POST',
    's3/connections',
    '{"name":"c"}'
  ],
  [
    'removeConnection',
    () => client.removeConnection({ connection: 'c' }),
    'DELETE',
    's3/connections?connection=c',
    ''
  ],
  [
    'chooseConnection',
    () => client.chooseConnection({ connection: 'c' }),
    'POST',
    's3/connections/default',
    '{"connection":"c"}'
  ],
  [
    'testConnection',
    () => client.testConnection({ name: 'c' }),
    'POST',
    's3/connections/test',
    '{"name":"c"}'
  ],
  [
    'use',
    () => client.use({ connection: 'c' }),
    'GET',
    's3/use?connection=c',
    ''
  ],
  [
    'buckets',
    () => client.buckets({ connection: 'c' }),
    'GET',
    's3/buckets?connection=c',
    ''
  ],
  [
    'removeBucket',
    () => client.removeBucket({ connection: 'c', bucket: 'bbb' }),
    'DELETE',
    's3/buckets?connection=c&bucket=bbb',
    ''
  ],
  [
    'objects',
    () =>
      client.objects({
        connection: 'c',
        bucket: 'b',
        prefix: 'p/',
        after: 'k+1',
        limit: 9
      }),
    'GET',
    's3/objects?connection=c&bucket=b&prefix=p%2F&after=k%2B1&limit=9',
    ''
  ],
  ['showObject', () => client.showObject(at), 'GET', `s3/object?${place}`, ''],
  ['versions', () => client.versions(at), 'GET', `s3/versions?${place}`, ''],
  [
    'quicklook',
    () => client.quicklook(at, 512),
    'GET',
    `s3/quicklook?${place}&size=512`,
    ''
  ],
  ['read', () => client.read(at), 'GET', `s3/content?${place}`, ''],
  [
    'write',
    () => client.write({ ...at, if_absent: true }, 'words'),
    'POST',
    `s3/content?${place}&if_absent=true`,
    'words',
    RAW
  ],
  [
    'uploadPart',
    () => client.uploadPart({ upload: 'u', number: 2 }, new Blob(['part'])),
    'POST',
    's3/uploads/part?upload=u&number=2',
    'part',
    RAW
  ],
  [
    'finishUpload',
    () => client.finishUpload({ upload: 'u' }),
    'POST',
    's3/uploads/finish',
    '{"upload":"u"}'
  ],
  [
    'dropUpload',
    () => client.dropUpload({ upload: 'u' }),
    'DELETE',
    's3/uploads?upload=u',
    ''
  ],
  [
    'planTransfer',
    () => client.planTransfer({ action: 'delete', sources: ['s3://bbb/a'] }),
    'POST',
    's3/transfers/plan',
    '{"action":"delete","sources":["s3://bbb/a"]}'
  ],
  [
    'stopTransfer',
    () => client.stopTransfer('x/y'),
    'POST',
    's3/transfers/x%2Fy/stop',
    '{}'
  ],
  [
    'removeTransfer',
    () => client.removeTransfer('x'),
    'DELETE',
    's3/transfers/x',
    ''
  ]
])(
  '%s asks as the server expects',
  async (_, ask, method, path, body, kind = '') => {
    await ask();
    const type = kind || (method === 'POST' ? JSON_TYPE : null);
    const [found] = asked;
    expect(found?.[0]).toBe(method);
    expect(found?.[1]).toBe(`/ellip-lab/${path}`);
    // jsdom's blobs are not those of the request: what is told is that they are sent raw.
    if (!(method === 'POST' && path.includes('part'))) {
      expect(found?.[2]).toBe(body);
    }
    expect(found?.[3]).toBe(type);
  }
);

it('gives the address at which a browser saves an object', () => {
  expect(downloadUrl(settings, at)).toBe(
    `http://localhost:8888/ellip-lab/s3/content?${place}&download=true`
  );
});
