import { ServerConnection } from '@jupyterlab/services';

import { RunsClient } from '../client';

const asked: [string, string, string][] = [];
const client = new RunsClient(
  ServerConnection.makeSettings({
    baseUrl: 'http://localhost:8888/',
    fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      asked.push([request.method, pathname + search, await request.text()]);
      return new Response('{}');
    }
  })
);

beforeEach(() => {
  asked.length = 0;
});

it.each([
  [
    'list',
    () => client.list({ limit: 5, text: 'a b' }),
    'GET',
    '/ellip-lab/runs?limit=5&text=a+b',
    ''
  ],
  [
    'start',
    () => client.start({ document: 'a.cwl' }),
    'POST',
    '/ellip-lab/runs',
    '{"document":"a.cwl"}'
  ],
  ['show', () => client.show('x'), 'GET', '/ellip-lab/runs/x', ''],
  ['stop', () => client.stop('x'), 'POST', '/ellip-lab/runs/x/stop', '{}'],
  [
    'rerun',
    () => client.rerun('x', { inputs: { a: 1 } }),
    'POST',
    '/ellip-lab/runs/x/rerun',
    '{"inputs":{"a":1}}'
  ],
  [
    'remove',
    () => client.remove('x', true),
    'DELETE',
    '/ellip-lab/runs/x?outputs=true',
    ''
  ],
  [
    'script',
    () => client.script('x', 'python'),
    'GET',
    '/ellip-lab/runs/x/script?language=python',
    ''
  ],
  ['engines', () => client.engines(), 'GET', '/ellip-lab/runs/engines', ''],
  [
    'log',
    () =>
      client.log(
        'x',
        { offset: null, limit: 9, wait: 0, job: 'crop_2' },
        new AbortController().signal
      ),
    'GET',
    '/ellip-lab/runs/x/log?limit=9&wait=0&job=crop_2',
    ''
  ],
  [
    'quicklook',
    () => client.quicklook('x', '/o/a b.tif', 512),
    'GET',
    '/ellip-lab/runs/x/quicklook?path=%2Fo%2Fa+b.tif&size=512',
    ''
  ]
])('%s asks as the server expects', async (_, ask, method, path, body) => {
  await ask();
  expect(asked).toEqual([[method, expect.stringContaining(path), body]]);
});
