import { ServerConnection } from '@jupyterlab/services';

import { ToolboxesClient } from '../client';

const asked: [string, string, string][] = [];
const settings = ServerConnection.makeSettings({
  baseUrl: 'http://localhost:8888/',
  fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    const { pathname, search } = new URL(request.url);
    asked.push([
      request.method,
      (pathname + search).replace(/[?&]\d{10,}$/, ''),
      await request.text()
    ]);
    return new Response('{}');
  }
});
const client = new ToolboxesClient(settings);
const signal = new AbortController().signal;
const name = { name: 'gdal' };
const body = JSON.stringify(name);

beforeEach(() => {
  asked.length = 0;
});

it.each([
  ['list', () => client.list(), 'GET', '', ''],
  ['show', () => client.show(name), 'GET', '/toolbox?name=gdal', ''],
  [
    'catalogue',
    () => client.catalogue({ text: 'a b' }),
    'GET',
    '/catalogue?text=a+b',
    ''
  ],
  [
    'lock',
    () => client.lock({ name: 'gdal', form: 'explicit' }),
    'GET',
    '/lock?name=gdal&form=explicit',
    ''
  ],
  ['plan', () => client.plan(name), 'POST', '/plan', body],
  ['planUpdate', () => client.planUpdate(name), 'POST', '/plan-update', body],
  ['install', () => client.install(name), 'POST', '/install', body],
  ['update', () => client.update(name), 'POST', '/update', body],
  [
    'clone',
    () => client.clone({ name: 'gdal', to: 'two' }),
    'POST',
    '/clone',
    '{"name":"gdal","to":"two"}'
  ],
  ['remove', () => client.remove(name), 'POST', '/remove', body],
  ['works', () => client.works({ limit: 5 }), 'GET', '/works?limit=5', ''],
  ['showWork', () => client.showWork('a/b'), 'GET', '/works/a%2Fb', ''],
  [
    'workLog',
    () => client.workLog('a', { offset: 3, wait: 20 }, signal),
    'GET',
    '/works/a/log?offset=3&wait=20',
    ''
  ],
  ['stopWork', () => client.stopWork('a'), 'POST', '/works/a/stop', '{}'],
  ['repeatWork', () => client.repeatWork('a'), 'POST', '/works/a/repeat', '{}'],
  ['removeWork', () => client.removeWork('a'), 'DELETE', '/works/a', ''],
  ['channels', () => client.channels(), 'GET', '/channels', ''],
  [
    'saveChannels',
    () => client.saveChannels({ offline: true }),
    'POST',
    '/channels',
    '{"offline":true}'
  ],
  [
    'login',
    () => client.login({ host: 'h.org', secret: 's' }),
    'POST',
    '/channels/login',
    '{"host":"h.org","secret":"s"}'
  ],
  [
    'logout',
    () => client.logout({ host: 'h.org' }),
    'POST',
    '/channels/logout',
    '{"host":"h.org"}'
  ],
  ['cache', () => client.cache(), 'GET', '/cache', ''],
  [
    'clean',
    () => client.clean({ all: true }),
    'POST',
    '/cache/clean',
    '{"all":true}'
  ],
  [
    'terminal',
    () => client.terminal({ name: 'gdal', folder: 'a' }),
    'POST',
    '/terminal',
    '{"name":"gdal","folder":"a"}'
  ]
])('%s asks for what it is', async (_, ask, method, path, sent) => {
  await ask();
  expect(asked).toEqual([[method, `/ellip-lab/toolboxes${path}`, sent]]);
});
