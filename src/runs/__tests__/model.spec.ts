import { StateDB } from '@jupyterlab/statedb';
import { Signal } from '@lumino/signaling';

import type { Run, RunQuery } from '../../contract';
import type { Feed, IChange } from '../../kit/feed';
import { ProblemError } from '../../kit/request';
import type { RunsClient } from '../client';
import { RunsModel } from '../model';
import { idOf, page, record, summary } from './samples';

/** A server with runs in memory. */
class FakeClient {
  readonly runs = new Map<string, Run>();
  readonly asked: RunQuery[] = [];
  shown = 0;
  broken = false;

  put(number: number, part: Partial<Run> = {}): Run {
    const run = { ...record(number, part), id: idOf(number) };
    this.runs.set(run.id, run);
    return run;
  }

  async list(query: RunQuery): Promise<ReturnType<typeof page>> {
    this.asked.push(query);
    if (this.broken) {
      throw new ProblemError({
        status: 0,
        kind: 'unreachable',
        detail: 'gone'
      });
    }
    const found = [...this.runs.values()]
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .filter(run => !query.state || run.state === query.state)
      .filter(run => !query.text || run.name.includes(query.text))
      .filter(run => !query.before || run.id < query.before);
    const part = found.slice(0, query.limit);
    return page(
      part,
      found.length > part.length ? (part[part.length - 1]?.id ?? null) : null
    );
  }

  async show(id: string): Promise<Run> {
    this.shown += 1;
    const run = this.runs.get(id);
    if (!run) {
      throw new ProblemError({
        status: 404,
        kind: 'not-found',
        detail: 'no such run'
      });
    }
    return run;
  }

  async start(): Promise<Run> {
    return this.put(900, { state: 'queued', started: null, finished: null });
  }

  async stop(id: string): Promise<Run> {
    const run = { ...(await this.show(id)), state: 'stopped' as const };
    this.runs.set(id, run);
    return run;
  }

  async remove(id: string): Promise<void> {
    this.runs.delete(id);
  }
}

class FakeFeed {
  readonly changed = new Signal<this, IChange>(this);
  readonly missed = new Signal<this, void>(this);
  tell(
    number: number,
    change: IChange['change'] = 'changed',
    room = 'runs'
  ): void {
    this.changed.emit({ id: idOf(number), room, change });
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, ms));

let client: FakeClient;
let feed: FakeFeed;
let state: StateDB;
let model: RunsModel;

function build(): RunsModel {
  return new RunsModel(
    client as unknown as RunsClient,
    feed as unknown as Feed,
    state
  );
}

beforeEach(() => {
  client = new FakeClient();
  feed = new FakeFeed();
  state = new StateDB();
  model = build();
});

afterEach(() => model.dispose());

it('lists a page at a time, newest first, each run once', async () => {
  for (let number = 1; number <= 120; number += 1) {
    client.put(number);
  }
  await model.refresh();
  expect(model.runs.length).toBe(50);
  expect(model.runs[0]?.id).toBe(idOf(120));
  await Promise.all([model.more(), model.more()]);
  await model.more();
  expect(model.runs.length).toBe(120);
  expect(new Set(model.runs.map(run => run.id)).size).toBe(120);
  expect(model.hasMore).toBe(false);
});

it('reads a changed record once for many events', async () => {
  client.put(1, { state: 'running' });
  await model.refresh();
  client.put(1, { state: 'done' });
  for (let count = 0; count < 20; count += 1) {
    feed.tell(1);
  }
  await pause(300);
  expect(client.shown).toBe(1);
  expect(model.runs[0]?.state).toBe('done');
});

it('shows a run that another door has started, and leaves other rooms alone', async () => {
  await model.refresh();
  client.put(7, { state: 'running' });
  feed.tell(7, 'changed', 'images');
  await pause(250);
  expect(model.runs).toEqual([]);
  feed.tell(7);
  await pause(300);
  expect(model.runs.map(run => run.id)).toEqual([idOf(7)]);
  expect(model.active.length).toBe(1);
});

it('forgets what was removed', async () => {
  client.put(1);
  await model.refresh();
  client.runs.clear();
  feed.tell(1, 'removed');
  expect(model.runs).toEqual([]);
});

it('lists again when events may have been missed', async () => {
  client.put(1);
  await model.refresh();
  client.put(2);
  client.runs.delete(idOf(1));
  feed.missed.emit();
  await pause(20);
  expect(model.runs.map(run => run.id)).toEqual([idOf(2)]);
});

it('asks the server for the words of the filter, and for a state by its name', async () => {
  client.put(1, { name: 'water' });
  client.put(2, { name: 'fire', state: 'failed' });
  model.setFilter('wat');
  await pause(400);
  expect(client.asked.pop()).toMatchObject({ text: 'wat' });
  expect(model.runs.map(run => run.name)).toEqual(['water']);
  model.setFilter('failed');
  await pause(400);
  expect(client.asked.pop()).toMatchObject({ state: 'failed' });
  expect(model.runs.map(run => run.name)).toEqual(['fire']);
});

it('tells the end of a run that was started here, once, also after a reload', async () => {
  const run = await model.start({ document: 'a.cwl' });
  expect(model.runs[0]?.id).toBe(run.id);
  model.dispose();
  client.put(900, { state: 'done' });
  const told: string[] = [];
  model = build();
  model.ended.connect((_, ended) => told.push(ended.id), told);
  await pause(50);
  feed.tell(900);
  feed.tell(900);
  await pause(300);
  expect(told).toEqual([run.id]);
});

it('does not tell who stopped a run that it has ended', async () => {
  const run = await model.start({ document: 'a.cwl' });
  const told: string[] = [];
  model.ended.connect((_, ended) => told.push(ended.id), told);
  await model.stop(run.id);
  await pause(50);
  expect(model.runs[0]?.state).toBe('stopped');
  expect(told).toEqual([]);
});

it('keeps a watched record fresh, and says why it is not there', async () => {
  client.put(1, { state: 'running' });
  const release = model.watch(idOf(1));
  await pause(10);
  expect(model.record(idOf(1))?.state).toBe('running');
  client.runs.clear();
  feed.tell(1, 'removed');
  await pause(20);
  expect(model.record(idOf(1))).toBeNull();
  expect(model.problem(idOf(1))).toMatchObject({ status: 404 });
  release();
  expect(model.problem(idOf(1))).toBeNull();
});

it('keeps the list when the server is away, and says so', async () => {
  client.put(1);
  await model.refresh();
  client.broken = true;
  await model.refresh();
  expect(model.runs.length).toBe(1);
  expect(model.error).toMatchObject({ kind: 'unreachable' });
  client.broken = false;
  await model.refresh();
  expect(model.error).toBeNull();
});

it('knows what runs although it is older than the first page', async () => {
  client.put(1, { state: 'running' });
  for (let number = 2; number <= 80; number += 1) {
    client.put(number);
  }
  await model.refresh();
  expect(model.active.map(run => run.id)).toEqual([idOf(1)]);
  expect(summary(1).state).toBe('done');
});
