import { StateDB } from '@jupyterlab/statedb';

import type { ToolboxWork } from '../../contract';
import type { Feed } from '../../kit/feed';
import { askOf } from '../desk';
import { ToolboxesModel } from '../model';
import { read } from '../remember';
import {
  entry,
  FakeFeed,
  FakeServer,
  going,
  summary,
  work,
  workId
} from './samples';

let server: FakeServer;
let feed: FakeFeed;
let model: ToolboxesModel;

function made(state: StateDB | null = null): ToolboxesModel {
  model = new ToolboxesModel({
    client: server.client,
    feed: feed as unknown as Feed,
    state
  });
  return model;
}

const asked = (verb: string): number =>
  server.asks.filter(([one]) => one === verb).length;
const turn = (ms = 0): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, ms));

/** Waits until something is so. */
async function until(so: () => boolean): Promise<void> {
  for (let count = 0; count < 200 && !so(); count += 1) {
    await turn(20);
  }
  expect(so()).toBe(true);
}

beforeEach(() => {
  server = new FakeServer();
  feed = new FakeFeed();
  server.toolboxes = [
    summary('gdal'),
    summary('otb', { state: 'broken', reason: 'it is gone' })
  ];
  server.entries = [
    entry('gdal', { software: ['ogr2ogr'] }),
    entry('snap', { description: 'Radar, from Sentinel-1.' })
  ];
});

afterEach(() => {
  model.dispose();
});

it('asks nothing before somebody looks', async () => {
  made();
  await turn();
  expect(server.asks).toEqual([]);
  await model.setVisible(true);
  expect(model.names).toEqual(new Set(['gdal', 'otb']));
  expect(model.usable.map(one => one.name)).toEqual(['gdal']);
  expect(model.find('otb')?.reason).toBe('it is gone');
  expect(model.find(null)).toBeNull();
  expect(asked('list')).toBe(1);
  // Whoever looks again at once is shown what was read.
  await model.setVisible(false);
  await model.setVisible(true);
  expect(asked('list')).toBe(1);
});

it('finds entries by every word, wherever it stands', async () => {
  made();
  await model.ready();
  const found = (text: string): string[] => {
    model.setFilter(text);
    return model.found.map(one => one.id);
  };
  expect(found('')).toEqual(['gdal', 'snap']);
  expect(found('OGR2OGR')).toEqual(['gdal']);
  expect(found('sentinel radar')).toEqual(['snap']);
  expect(found('sentinel optical')).toEqual([]);
});

it('keeps an error beside what was known', async () => {
  made();
  await model.ready();
  const wrong = new Error('no');
  jest.spyOn(model.client, 'list').mockRejectedValueOnce(wrong);
  await model.refresh();
  expect(model.error).toBe(wrong);
  expect(model.list).toHaveLength(2);
  await model.refresh();
  expect(model.error).toBeNull();
});

it('tells the end of what was begun here once, and lists again', async () => {
  made();
  await model.ready();
  const ended: string[] = [];
  const touched = jest.fn();
  model.works.ended.connect((_, one: ToolboxWork) => {
    ended.push(one.id);
  });
  model.touched.connect(touched);
  await model.works.begin(model.client.install({ name: 'new' }));
  expect(model.workOf('gdal')?.text).toBe('12 of 48 MB');
  server.put(work(900));
  feed.tell(900);
  await until(() => ended.length === 1);
  expect(touched).toHaveBeenCalledTimes(1);
  await until(() => asked('list') > 1);
  feed.tell(900);
  feed.tell(900, 'runs');
  await turn(250);
  expect(ended).toEqual([workId(900)]);
  expect(model.workOf('gdal')).toBeNull();
});

it('says nothing of the end of what was stopped here', async () => {
  made();
  await model.ready();
  const ended = jest.fn();
  model.works.ended.connect(ended);
  const begun = await model.works.begin(model.client.install({ name: 'new' }));
  await model.works.stop(begun.id);
  expect(model.works.find(begun.id)?.state).toBe('stopped');
  await turn(50);
  expect(ended).not.toHaveBeenCalled();
});

it('lists again when another begins to work on one', async () => {
  made();
  await model.ready();
  server.put(going(7, { name: 'snap' }));
  server.toolboxes = [summary('snap', { state: 'working', work: workId(7) })];
  feed.tell(7);
  await until(() => model.find('snap')?.state === 'working');
});

it('remembers what was open and looked for', async () => {
  const state = new StateDB();
  made(state);
  await model.ready();
  model.setFilter('radar');
  model.setShowInstalled(false);
  model.setShowWorks(false);
  await turn(300);
  model.dispose();
  made(state);
  await model.ready();
  expect(model.filter).toBe('radar');
  expect(model.showInstalled).toBe(false);
  expect(model.showCatalogue).toBe(true);
  expect(model.showWorks).toBe(false);
});

it('begins anew where nothing that was remembered can be understood', () => {
  made();
  expect(read(null)).toBeNull();
  expect(read({ filter: 3 })).toEqual({
    filter: '',
    showInstalled: true,
    showCatalogue: true,
    showWorks: true
  });
  expect(askOf({ verb: 'install', request: { name: 'x' } })).not.toBeNull();
  expect(askOf({ verb: 'remove', request: { name: 'x' } })).toBeNull();
  expect(askOf({ verb: 'install', request: {} })).toBeNull();
  expect(askOf('x')).toBeNull();
});
