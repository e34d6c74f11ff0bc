import { ServerConnection } from '@jupyterlab/services';

import { AppsClient } from '../client';

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
const client = new AppsClient(settings);
const { signal } = new AbortController();

beforeEach(() => {
  asked.length = 0;
});

it.each([
  ['list', () => client.list(), 'GET', 'apps', ''],
  ['show', () => client.show({ app: 'x' }), 'GET', 'app?app=x', ''],
  [
    'save',
    () => client.save({ app: 'x', timeout: 9 }),
    'POST',
    'settings',
    '{"app":"x","timeout":9}'
  ],
  [
    'serveChoices',
    () => client.serveChoices({ path: 'a/b.py' }),
    'GET',
    'choices?path=a%2Fb.py',
    ''
  ],
  ['start', () => client.start({ app: 'x' }), 'POST', 'start', '{"app":"x"}'],
  [
    'stop',
    () => client.stop({ instance: 'x' }),
    'POST',
    'stop',
    '{"instance":"x"}'
  ],
  [
    'restart',
    () => client.restart({ instance: 'x' }),
    'POST',
    'restart',
    '{"instance":"x"}'
  ],
  [
    'log',
    () =>
      client.log({ instance: 'x', offset: null, limit: 9, wait: 1 }, signal),
    'GET',
    'log?instance=x&limit=9&wait=1',
    ''
  ],
  [
    'install',
    () => client.install({ app: 'x' }),
    'POST',
    'install',
    '{"app":"x"}'
  ],
  [
    'uninstall',
    () => client.uninstall({ app: 'x' }),
    'POST',
    'uninstall',
    '{"app":"x"}'
  ],
  ['works', () => client.works({ limit: 9 }), 'GET', 'works?limit=9', ''],
  ['showWork', () => client.showWork('x/y'), 'GET', 'works/x%2Fy', ''],
  [
    'workLog',
    () => client.workLog('x', { offset: 0, limit: 9, wait: 1 }, signal),
    'GET',
    'works/x/log?offset=0&limit=9&wait=1',
    ''
  ],
  ['stopWork', () => client.stopWork('x'), 'POST', 'works/x/stop', '{}'],
  ['repeatWork', () => client.repeatWork('x'), 'POST', 'works/x/repeat', '{}'],
  ['removeWork', () => client.removeWork('x'), 'DELETE', 'works/x', '']
])('%s asks as the server expects', async (_, ask, method, path, body) => {
  await ask();
  expect(asked).toEqual([[method, `/ellip-lab/apps/${path}`, body]]);
});
