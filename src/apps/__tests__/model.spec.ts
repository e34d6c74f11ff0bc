import { StateDB } from '@jupyterlab/statedb';
import { Signal } from '@lumino/signaling';

import type { App, AppInstance, AppWork } from '../../contract';
import type { Feed, IChange } from '../../kit/feed';
import { ProblemError } from '../../kit/request';
import type { AppsClient } from '../client';
import { AppsModel } from '../model';
import { Tiles } from '../tiles';
import { app, instance, plan, work, workId } from './samples';

class FakeFeed {
  readonly changed = new Signal<this, IChange>(this);
  readonly missed = new Signal<this, void>(this);

  tell(number: number, change: IChange['change'] = 'changed'): void {
    this.changed.emit({ id: workId(number), room: 'apps', change });
  }
}

/** A server with everything in memory. */
class FakeServer {
  readonly asks: string[] = [];
  readonly works = new Map<string, AppWork>();
  list: App[] = [app('streamlit'), app('panel')];
  refuse: Error | null = null;

  set(name: string, ...instances: AppInstance[]): void {
    this.list = this.list.map(one =>
      one.name === name ? { ...one, instances } : one
    );
  }

  get client(): AppsClient {
    const ask = async <T>(name: string, answer: () => T): Promise<T> => {
      this.asks.push(name);
      if (this.refuse) {
        throw this.refuse;
      }
      return answer();
    };
    return {
      list: () => ask('list', () => ({ apps: this.list, problems: [] })),
      start: ({ app: name, file }: { app: string; file: string | null }) =>
        ask('start', () => {
          const one = instance(name, { file, state: 'starting' });
          this.set(name, one);
          return one;
        }),
      stop: ({ instance: id }: { instance: string }) =>
        ask('stop', () => {
          this.set(id);
          return instance(id, { state: 'stopped' });
        }),
      works: () =>
        ask('works', () => ({ works: [...this.works.values()], next: null })),
      showWork: (id: string) =>
        ask('showWork', () => {
          const found = this.works.get(id);
          if (!found) {
            throw new ProblemError({
              status: 404,
              kind: 'not-found',
              detail: 'no such work'
            });
          }
          return found;
        }),
      install: () =>
        ask('install', () => {
          const one = work(1, { state: 'running', finished: null, done: 1 });
          this.works.set(one.id, one);
          return one;
        }),
      removeWork: (id: string) => ask('remove', () => this.works.delete(id))
    } as unknown as AppsClient;
  }
}

let server: FakeServer;
let feed: FakeFeed;
let model: AppsModel;

beforeEach(() => {
  jest.useFakeTimers();
  server = new FakeServer();
  feed = new FakeFeed();
  model = new AppsModel({
    client: server.client,
    feed: feed as unknown as Feed,
    state: new StateDB()
  });
});

afterEach(() => {
  model.dispose();
  jest.useRealTimers();
});

it('reads again while somebody looks, and not otherwise', async () => {
  await jest.advanceTimersByTimeAsync(20_000);
  expect(server.asks).toEqual([]);
  const stop = model.watch();
  await jest.advanceTimersByTimeAsync(0);
  expect(server.asks).toEqual(['list']);
  expect(model.apps.map(one => one.name)).toEqual(['streamlit', 'panel']);
  await jest.advanceTimersByTimeAsync(6000);
  expect(server.asks).toEqual(['list', 'list']);
  stop();
  await jest.advanceTimersByTimeAsync(20_000);
  expect(server.asks).toHaveLength(2);
});

it('follows an app that comes up, looked at or not, until it answers', async () => {
  await model.refresh();
  server.asks.length = 0;
  const place = { app: 'streamlit', file: 'a/x.py' };
  const starting = model.start(place);
  expect(model.busy('streamlit a/x.py')).toBe(true);
  await starting;
  expect(model.busy('streamlit a/x.py')).toBe(false);
  expect(model.at(place)?.state).toBe('starting');
  expect(model.at({ app: 'streamlit', file: null })).toBeNull();
  expect(model.turn('streamlit')).toBe('2026-11-22T12:04:31Z');
  await jest.advanceTimersByTimeAsync(1500);
  expect(server.asks.filter(name => name === 'list').length).toBeGreaterThan(2);
  server.set('streamlit', instance('streamlit', { file: '/real/x.py' }));
  await jest.advanceTimersByTimeAsync(800);
  // By a link or by its own name: it is the same.
  expect(model.at(place)?.state).toBe('running');
  const { length } = server.asks;
  await jest.advanceTimersByTimeAsync(10_000);
  expect(server.asks).toHaveLength(length);
});

it('a refusal stands where it was asked for, until it is asked for again', async () => {
  await model.refresh();
  const place = { app: 'panel', file: null };
  server.refuse = new Error('not installed');
  expect(await model.start(place)).toBeNull();
  expect(model.problem(place)).toEqual(new Error('not installed'));
  expect(model.error).toEqual(new Error('not installed'));
  server.refuse = null;
  await model.start(place);
  expect(model.problem(place)).toBeNull();
  expect(model.error).toBeNull();
});

it('one that is stopped is gone', async () => {
  server.set('panel', instance('panel'));
  await model.refresh();
  expect(model.instance('panel')?.state).toBe('running');
  const stopping = model.stop('panel');
  expect(model.busy('panel')).toBe(true);
  await stopping;
  expect(model.instance('panel')).toBeNull();
  expect(model.busy('panel')).toBe(false);
});

it('who asks while it is read gets what is true after the question', async () => {
  const first = model.refresh();
  server.list = [app('theia')];
  const second = model.refresh();
  await Promise.all([first, second]);
  expect(model.apps.map(one => one.name)).toEqual(['theia']);
  expect(server.asks).toEqual(['list', 'list']);
});

it('an installation is followed to its end, told once, and the apps are read again', async () => {
  await model.refresh();
  const ended: string[] = [];
  model.works.ended.connect((_, one) => ended.push(one.state));
  await model.works.begin(model.client.install({ app: 'code-server' }));
  expect(model.works.active).toHaveLength(1);
  server.works.set(workId(1), work(1));
  server.list = [...server.list, app('code-server', { own: true })];
  server.asks.length = 0;
  feed.tell(1);
  await jest.advanceTimersByTimeAsync(3000);
  expect(ended).toEqual(['done']);
  expect(model.works.lastOf('code-server')?.state).toBe('done');
  expect(model.app('code-server')?.own).toBe(true);
  expect(server.asks.filter(name => name === 'list')).toHaveLength(1);
  await model.works.remove(workId(1));
  expect(model.works.list).toEqual([]);
});

it('the launcher has a tile for each that is installed, the palette a word for each', async () => {
  const tiles = new Map<string, number | undefined>();
  const words: string[] = [];
  let changes = 0;
  const disposable = (undo: () => void) => ({
    isDisposed: false,
    dispose: undo
  });
  const shown = new Tiles({
    apps: model,
    category: 'Ellip',
    launcher: {
      add: (item: { args: { app: string }; rank?: number }) => {
        changes += 1;
        tiles.set(item.args.app, item.rank);
        return disposable(() => tiles.delete(item.args.app));
      }
    } as never,
    palette: {
      addItem: ({
        command,
        args
      }: {
        command: string;
        args: { app: string };
      }) => {
        words.push(`${command} ${args.app}`);
        return disposable(() => void words.pop());
      }
    } as never
  });
  server.list = [
    app('streamlit'),
    app('code-server', { installed: false, install: plan() }),
    app('panel')
  ];
  await model.refresh();
  expect([...tiles]).toEqual([
    ['streamlit', 50],
    ['panel', 52]
  ]);
  expect(words).toEqual([
    'ellip-lab:apps-start streamlit',
    'ellip-lab:apps-install code-server',
    'ellip-lab:apps-start panel'
  ]);
  await model.refresh();
  expect(changes).toBe(2);
  server.list = [app('code-server')];
  await model.refresh();
  expect([...tiles.keys()]).toEqual(['code-server']);
  shown.dispose();
  expect(tiles.size).toBe(0);
});
