import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { Policy, Transfer, TransferRequest } from '../../contract';
import type { Feed, IChange } from '../../kit/feed';
import { ProblemError } from '../../kit/request';
import type { S3Client } from '../client';
import type { ITransferItem } from '../transferitem';
import { paceOf, shareOf, shortTitle, whatText } from '../transferitem';
import { Transfers } from '../transfers';
import { summary } from './samples';

const trans = nullTranslator.load('ellip_lab');

class FakeFeed {
  readonly changed = new Signal<this, IChange>(this);
  readonly missed = new Signal<this, void>(this);
}

class FakeServer {
  readonly records = new Map<string, Transfer>();
  readonly asked: TransferRequest[] = [];
  conflict = false;

  readonly transfer = async (request: TransferRequest): Promise<Transfer> => {
    this.asked.push(request);
    if (this.conflict && !request.policy) {
      throw new ProblemError({
        status: 409,
        kind: 'conflict',
        detail: 'there'
      });
    }
    return this.put(1, { state: 'running' });
  };
  readonly transfers = async (): Promise<object> => ({
    transfers: [...this.records.values()],
    next: null
  });
  readonly showTransfer = async (id: string): Promise<Transfer> => {
    const found = this.records.get(id);
    if (!found) {
      throw new ProblemError({ status: 404, kind: 'not-found', detail: '' });
    }
    return found;
  };
  readonly removeTransfer = async (id: string): Promise<object> => {
    this.records.delete(id);
    return {};
  };

  put(number: number, part: Partial<Transfer>): Transfer {
    const record: Transfer = {
      ...summary(number),
      request: {
        action: 'copy',
        sources: ['s3://bbb/a'],
        target: 's3://ccc/',
        policy: 'ask',
        delete: false,
        versions: false
      },
      resumable: false,
      failures: [],
      verified: null,
      ...part
    };
    this.records.set(record.id, record);
    return record;
  }
}

let server: FakeServer;
let feed: FakeFeed;
let answer: Policy | null;
let transfers: Transfers;

beforeEach(() => {
  server = new FakeServer();
  feed = new FakeFeed();
  answer = null;
  transfers = new Transfers(
    server as unknown as S3Client,
    feed as unknown as Feed,
    null,
    async () => answer
  );
});
afterEach(() => transfers.dispose());

/** Waits until what an event has set off is done. */
async function settled(): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, 250));
}

const request: TransferRequest = {
  sources: ['s3://bbb/a'],
  target: 's3://ccc/'
};

it('tells the end of a transfer that was begun here, once', async () => {
  const ended: string[] = [];
  transfers.ended.connect((_, one) => ended.push(one.state));
  await transfers.start(request);
  expect(transfers.active).toHaveLength(1);
  const { id } = server.put(1, { state: 'done' });
  feed.changed.emit({ id, room: 's3', change: 'changed' });
  feed.changed.emit({ id, room: 's3', change: 'changed' });
  await settled();
  expect(ended).toEqual(['done']);
  expect(transfers.active).toHaveLength(0);
});

it('asks what to do with what is there, and does it', async () => {
  server.conflict = true;
  answer = 'newer';
  await transfers.start(request);
  expect(server.asked.map(one => one.policy)).toEqual([undefined, 'newer']);
});

it('starts nothing when the person wants none', async () => {
  server.conflict = true;
  expect(await transfers.start(request)).toBeNull();
  expect(server.asked).toHaveLength(1);
  expect(transfers.list).toHaveLength(0);
});

it('follows other doors and other rooms do not concern it', async () => {
  const { id } = server.put(7, { state: 'running' });
  feed.changed.emit({ id, room: 'runs', change: 'changed' });
  await settled();
  expect(transfers.list).toHaveLength(0);
  feed.changed.emit({ id, room: 's3', change: 'changed' });
  await settled();
  expect(transfers.list.map(one => one.id)).toEqual([id]);
  feed.changed.emit({ id, room: 's3', change: 'removed' });
  expect(transfers.list).toHaveLength(0);
});

it('forgets what is not on the server any more', async () => {
  server.put(1, {});
  const second = server.put(2, {});
  await transfers.refresh();
  expect(transfers.list).toHaveLength(2);
  server.records.delete(second.id);
  await transfers.refresh();
  expect(transfers.list.map(one => one.title)).toEqual(['Copy 1']);
});

describe('a line', () => {
  const item: ITransferItem = {
    id: 'x',
    title: 'x',
    state: 'running',
    created: '2026-11-22T12:00:00Z',
    filesDone: 2,
    filesTotal: 24,
    bytesDone: 240_000_000,
    bytesTotal: 1_000_000_000,
    rate: 38_000_000,
    remaining: 20,
    skipped: 0,
    failed: 0,
    detail: null,
    waiting: null,
    resumable: false,
    failures: []
  };

  it.each([
    [{}, '2 of 24 · 38 MB/s, 20 s left'],
    [{ filesTotal: 1, rate: null, remaining: null }, '240 MB of 1.0 GB'],
    [{ state: 'queued', waiting: 2 }, 'waits for 2'],
    [
      { state: 'done', filesDone: 24, skipped: 3 },
      'done · 24 files · 240 MB · 3 skipped'
    ],
    [{ state: 'stopped' }, 'stopped · 2 of 24'],
    [{ state: 'failed', failed: 1 }, 'failed · 2 of 24 · 1 failed']
  ] as [Partial<ITransferItem>, string][])('says %j', (part, text) => {
    expect(whatText({ ...item, ...part }, trans)).toBe(text);
  });

  it('knows how far it is, by bytes or by files', () => {
    expect(shareOf(item)).toBe(24);
    expect(shareOf({ ...item, bytesTotal: 0 })).toBeCloseTo(8.33, 1);
    expect(shareOf({ ...item, bytesTotal: null, filesTotal: null })).toBeNull();
    expect(paceOf(null, null, trans)).toEqual([]);
  });

  it.each([
    ['Copy s3://me@bbb/a/b.tif to s3://ccc/d/', 'Copy b.tif to d/'],
    ['Copy 10,000 things to s3://bbb/', 'Copy 10,000 things to bbb/'],
    ['Copy results to s3://bbb/x/y/', 'Copy results to y/'],
    ['Upload scene', 'Upload scene']
  ])('is called by the last names: %s', (title, short) => {
    expect(shortTitle(title)).toBe(short);
  });
});
