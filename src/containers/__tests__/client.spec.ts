import { ServerConnection } from '@jupyterlab/services';

import { ContainersClient } from '../client';

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
const client = new ContainersClient(settings);
const signal = new AbortController().signal;
const image = 'docker.io/ellip/tool:1';
const encoded = 'docker.io%2Fellip%2Ftool%3A1';

beforeEach(() => {
  asked.length = 0;
});

it.each([
  ['engine', () => client.engine(), 'GET', 'engine', ''],
  [
    'images',
    () => client.images({ text: 'a b', sort: 'size', descending: false }),
    'GET',
    'images?text=a+b&sort=size&descending=false',
    ''
  ],
  [
    'showImage',
    () => client.showImage({ name: image }),
    'GET',
    `image?name=${encoded}`,
    ''
  ],
  [
    'tagImage',
    () => client.tagImage({ image, name: 'x:1' }),
    'POST',
    'images/tag',
    `{"image":"${image}","name":"x:1"}`
  ],
  [
    'untagImage',
    () => client.untagImage({ name: image }),
    'POST',
    'images/untag',
    `{"name":"${image}"}`
  ],
  [
    'removeImages',
    () => client.removeImages({ images: [image], force: true }),
    'POST',
    'images/remove',
    `{"images":["${image}"],"force":true}`
  ],
  [
    'planPrune',
    () => client.planPrune({ all: true }),
    'GET',
    'prune?all=true',
    ''
  ],
  ['prune', () => client.prune({ all: true }), 'POST', 'prune', '{"all":true}'],
  [
    'pull',
    () => client.pull({ image }),
    'POST',
    'pull',
    `{"image":"${image}"}`
  ],
  [
    'build',
    () => client.build({ folder: 'a', name: 'x:1' }),
    'POST',
    'build',
    '{"folder":"a","name":"x:1"}'
  ],
  [
    'push',
    () => client.push({ image }),
    'POST',
    'push',
    `{"image":"${image}"}`
  ],
  [
    'save',
    () => client.save({ images: [image], path: 'x.tar' }),
    'POST',
    'save',
    `{"images":["${image}"],"path":"x.tar"}`
  ],
  [
    'load',
    () => client.load({ path: 'x.tar' }),
    'POST',
    'load',
    '{"path":"x.tar"}'
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
  ['removeWork', () => client.removeWork('x'), 'DELETE', 'works/x', ''],
  [
    'containerfile',
    () => client.containerfile({ path: 'a/b' }),
    'GET',
    'containerfile?path=a%2Fb',
    ''
  ],
  ['registries', () => client.registries(), 'GET', 'registries', ''],
  [
    'saveRegistry',
    () => client.saveRegistry({ host: 'h:1', insecure: true }),
    'POST',
    'registries',
    '{"host":"h:1","insecure":true}'
  ],
  [
    'forgetRegistry',
    () => client.forgetRegistry({ host: 'h:1' }),
    'DELETE',
    'registries?host=h%3A1',
    ''
  ],
  [
    'login',
    () => client.login({ host: 'h', user: 'u', password: 'p' }),
    'POST',
    'registries/login',
    '{"host":"h","user":"u","password":"p"}'
  ],
  [
    'logout',
    () => client.logout({ host: 'h' }),
    'POST',
    'registries/logout',
    '{"host":"h"}'
  ],
  [
    'search',
    () => client.search({ host: 'h', text: 't' }),
    'GET',
    'registries/search?host=h&text=t',
    ''
  ],
  [
    'tags',
    () => client.tags({ repository: 'h/r', after: null }),
    'GET',
    'registries/tags?repository=h%2Fr',
    ''
  ],
  [
    'containers',
    () => client.containers({ all: true }),
    'GET',
    'containers?all=true',
    ''
  ],
  [
    'showContainer',
    () => client.showContainer({ container: 'c' }),
    'GET',
    'container?container=c',
    ''
  ],
  [
    'containerLog',
    () => client.containerLog({ container: 'c', since: 's', wait: 2 }, signal),
    'GET',
    'container/log?container=c&since=s&wait=2',
    ''
  ],
  [
    'changeContainers',
    () => client.changeContainers({ containers: ['c'], action: 'stop' }),
    'POST',
    'containers/change',
    '{"containers":["c"],"action":"stop"}'
  ],
  ['usages', () => client.usages(), 'GET', 'usages', ''],
  [
    'terminal',
    () => client.terminal({ container: 'c' }),
    'POST',
    'terminal',
    '{"container":"c"}'
  ],
  [
    'documentImages',
    () => client.documentImages({ path: 'a.cwl', registry: true }),
    'GET',
    'document?path=a.cwl&registry=true',
    ''
  ],
  [
    'pinImage',
    () => client.pinImage({ path: 'a.cwl', image }),
    'POST',
    'document/pin',
    `{"path":"a.cwl","image":"${image}"}`
  ],
  ['exposed', () => client.exposed(), 'GET', 'exposed', ''],
  [
    'expose',
    () => client.expose({ image, commands: ['gdalinfo'] }),
    'POST',
    'exposed',
    `{"image":"${image}","commands":["gdalinfo"]}`
  ],
  [
    'unexpose',
    () => client.unexpose({ commands: ['gdalinfo'] }),
    'POST',
    'exposed/remove',
    '{"commands":["gdalinfo"]}'
  ]
])('%s asks as the server expects', async (_, ask, method, path, body) => {
  await ask();
  expect(asked).toEqual([[method, `/ellip-lab/containers/${path}`, body]]);
});
