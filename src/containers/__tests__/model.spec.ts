import { StateDB } from '@jupyterlab/statedb';
import { Signal } from '@lumino/signaling';

import type { Container, Work } from '../../contract';
import type { Feed, IChange } from '../../kit/feed';
import { ProblemError } from '../../kit/request';
import type { ContainersClient } from '../client';
import { Images } from '../images';
import { ContainersModel } from '../model';
import { read } from '../remember';
import { Running } from '../running';
import { Works } from '../works';
import {
  container,
  engine,
  FakeStore,
  hex,
  image,
  registry,
  running,
  work,
  workId
} from './samples';

class FakeFeed {
  readonly changed = new Signal<this, IChange>(this);
  readonly missed = new Signal<this, void>(this);

  tell(number: number, change: IChange['change'] = 'changed'): void {
    this.changed.emit({ id: workId(number), room: 'containers', change });
  }
}

/** A server with everything in memory. */
class FakeServer extends FakeStore {
  readonly works = new Map<string, Work>();
  readonly asks: string[] = [];
  containersList: Container[] = [];

  put(one: Work): Work {
    this.works.set(one.id, one);
    return one;
  }

  get client(): ContainersClient {
    return clientOf(this);
  }
}

function clientOf(server: FakeServer): ContainersClient {
  return {
    engine: async () => {
      server.asks.push('engine');
      return engine();
    },
    images: (query: never) => {
      server.asks.push('images');
      return server.images(query);
    },
    works: async () => {
      server.asks.push('works');
      return {
        works: [...server.works.values()].sort((a, b) =>
          a.id < b.id ? 1 : -1
        ),
        next: null
      };
    },
    showWork: async (id: string) => {
      const found = server.works.get(id);
      if (!found) {
        throw new ProblemError({
          status: 404,
          kind: 'not-found',
          detail: 'no such work'
        });
      }
      return found;
    },
    build: async () => server.put(running(900)),
    stopWork: async (id: string) =>
      server.put({
        ...(server.works.get(id) ?? work(1)),
        state: 'stopped',
        finished: '2026-11-22T12:04:40Z'
      }),
    removeWork: async (id: string) => {
      server.works.delete(id);
    },
    registries: async () => {
      server.asks.push('registries');
      return {
        registries: [registry('quay.io', { user: 'ada' })],
        auth: '/home/ada/auth.json'
      };
    },
    containers: async () => {
      server.asks.push('containers');
      return { containers: server.containersList };
    },
    usages: async () => {
      server.asks.push('usages');
      return {
        usages: [
          {
            container: hex(1),
            name: 'name-1',
            cpu: 0.96,
            memory: 84_000_000,
            memory_limit: null,
            read: 0,
            written: 0,
            received: 0,
            sent: 0,
            processes: 1
          }
        ]
      };
    }
  } as unknown as ContainersClient;
}

function feedOf(fake: FakeFeed): Feed {
  return fake as unknown as Feed;
}

async function settled(): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, 250));
}

describe('images', () => {
  it('reads pages, keeps the selection, and passes order and filter on', async () => {
    const store = new FakeStore(
      Array.from({ length: 450 }, (_, number) => image(number + 1))
    );
    const images = new Images(store as unknown as ContainersClient);
    await images.refresh();
    expect([images.list.length, images.total, images.hasMore]).toEqual([
      200,
      450,
      true
    ]);
    await Promise.all([images.more(), images.more()]);
    expect(images.list).toHaveLength(400);
    images.select(hex(2));
    images.select(hex(5), 'range');
    expect(images.selection).toHaveLength(4);
    images.setOrder({ by: 'size', down: false });
    await settled();
    expect(store.asked.at(-1)).toMatchObject({
      sort: 'size',
      descending: false,
      limit: 400
    });
    expect(images.selection).toHaveLength(4);
    images.setFilter('tool-449');
    await new Promise(resolve => setTimeout(resolve, 400));
    expect(images.list.map(one => one.id)).toEqual([hex(449)]);
    expect(images.selection).toHaveLength(0);
    images.dispose();
  });

  it('keeps what it has when a refresh fails', async () => {
    const store = new FakeStore([image(1)]);
    const images = new Images(store as unknown as ContainersClient);
    await images.refresh();
    store.error = new Error('cut');
    await images.refresh();
    expect(images.list).toHaveLength(1);
    expect(images.error).toBe(store.error);
    images.dispose();
  });
});

describe('containers', () => {
  it('are looked at only while somebody watches, running ones first', async () => {
    const server = new FakeServer([]);
    server.containersList = [
      container(2, { running: false, state: 'exited', exit_code: 1 }),
      container(1)
    ];
    const list = new Running(server.client);
    await settled();
    expect(server.asks).toEqual([]);
    const release = list.watch();
    await settled();
    expect(server.asks).toEqual(['containers', 'usages']);
    expect(list.list.map(one => one.id)).toEqual([hex(1), hex(2)]);
    expect(list.usage(hex(1))?.cpu).toBe(0.96);
    list.setFilter('EXITED');
    expect(list.list.map(one => one.id)).toEqual([hex(2)]);
    release();
    list.dispose();
  });
});

describe('works', () => {
  it('tells the end of one that was begun here, once, also after a reload', async () => {
    const server = new FakeServer([]);
    const feed = new FakeFeed();
    const state = new StateDB();
    const works = new Works(server.client, feedOf(feed), state);
    const ended: string[] = [];
    const made: string[] = [];
    works.ended.connect((_, one) => void ended.push(one.id));
    works.made.connect((_, one) => void made.push(one.id));
    const begun = await works.begin(
      server.client.build({ folder: 'a', name: 'x' })
    );
    expect(works.active.map(one => one.id)).toEqual([begun.id]);
    expect(works.activeOf(begun.image)?.id).toBe(begun.id);
    works.dispose();

    // The page is loaded anew; the build has ended in the meantime.
    server.put(work(900));
    const again = new Works(server.client, feedOf(feed), state);
    again.ended.connect((_, one) => void ended.push(one.id));
    await settled();
    expect(ended).toEqual([begun.id]);
    feed.tell(900);
    await settled();
    expect(ended).toEqual([begun.id]);
    again.dispose();
  });

  it('tells that something was made, whoever began it', async () => {
    const server = new FakeServer([]);
    const feed = new FakeFeed();
    const works = new Works(server.client, feedOf(feed), null);
    const made: string[] = [];
    works.made.connect((_, one) => void made.push(one.id));
    server.put(running(5));
    feed.tell(5);
    await settled();
    server.put(work(5));
    feed.tell(5);
    await settled();
    expect(made).toEqual([workId(5)]);
    works.dispose();
  });

  it('tells it also of one so short that its end is the first that is heard', async () => {
    const server = new FakeServer([]);
    const feed = new FakeFeed();
    const works = new Works(server.client, feedOf(feed), null);
    const made: string[] = [];
    works.made.connect((_, one) => void made.push(one.id));
    server.put(work(5));
    await works.refresh();
    expect(made).toEqual([]);
    server.put(work(6));
    feed.tell(6);
    await settled();
    feed.tell(6);
    await settled();
    expect(made).toEqual([workId(6)]);
    // One that came and went while the connection was away.
    server.put(work(7));
    await works.refresh();
    await works.refresh();
    expect(made).toEqual([workId(6), workId(7)]);
    works.dispose();
  });

  it('is quiet about one that the person has stopped', async () => {
    const server = new FakeServer([]);
    const works = new Works(server.client, feedOf(new FakeFeed()), null);
    const ended: string[] = [];
    works.ended.connect((_, one) => void ended.push(one.id));
    const begun = await works.begin(
      server.client.build({ folder: 'a', name: 'x' })
    );
    await works.stop(begun.id);
    await settled();
    expect(works.find(begun.id)?.state).toBe('stopped');
    expect(ended).toEqual([]);
    works.dispose();
  });

  it('says why a record that is looked at cannot be shown', async () => {
    const server = new FakeServer([]);
    const feed = new FakeFeed();
    server.put(work(3));
    const works = new Works(server.client, feedOf(feed), null);
    const release = works.watch(workId(3));
    await settled();
    expect(works.record(workId(3))?.title).toBe('Build tool:3');
    await works.remove(workId(3));
    await settled();
    expect(works.record(workId(3))).toBeNull();
    expect(works.problem(workId(3))).toBeInstanceOf(ProblemError);
    release();
    works.dispose();
  });
});

describe('the model', () => {
  it('asks nothing before somebody looks, and then what is shown', async () => {
    const server = new FakeServer([image(1)]);
    const model = new ContainersModel({
      client: server.client,
      feed: feedOf(new FakeFeed()),
      state: null
    });
    await settled();
    expect(server.asks).toEqual([]);
    await model.setVisible(true);
    expect(server.asks.sort()).toEqual(['engine', 'images', 'works']);
    model.setTab('registries');
    await settled();
    expect(model.registries.map(one => one.user)).toEqual(['ada']);
    model.dispose();
  });

  it('is as it was after a reload', async () => {
    const state = new StateDB();
    const server = new FakeServer([image(1), image(2)]);
    const options = {
      client: server.client,
      feed: feedOf(new FakeFeed()),
      state
    };
    const before = new ContainersModel(options);
    await before.setVisible(true);
    before.images.select(hex(2));
    before.images.setOrder({ by: 'name', down: false });
    before.setShowWorks(false);
    await new Promise(resolve => setTimeout(resolve, 500));
    before.dispose();
    const after = new ContainersModel(options);
    await after.setVisible(true);
    expect(after.images.order).toEqual({ by: 'name', down: false });
    expect(after.images.selection.map(one => one.id)).toEqual([hex(2)]);
    expect(after.showWorks).toBe(false);
    after.dispose();
  });

  it('lists the images again when a work has made some', async () => {
    const server = new FakeServer([image(1)]);
    const feed = new FakeFeed();
    const model = new ContainersModel({
      client: server.client,
      feed: feedOf(feed),
      state: null
    });
    server.put(running(5));
    await model.setVisible(true);
    const asked = server.asks.filter(one => one === 'images').length;
    server.put(work(5));
    feed.tell(5);
    await new Promise(resolve => setTimeout(resolve, 700));
    expect(server.asks.filter(one => one === 'images').length).toBe(asked + 1);
    model.dispose();
  });

  it('understands what it remembers, and nothing else', () => {
    expect(read('nonsense')).toBeNull();
    expect(read({ tab: 'elsewhere', order: { by: 'colour' } })).toMatchObject({
      tab: 'images',
      order: { by: 'created', down: true },
      showWorks: true
    });
  });
});
