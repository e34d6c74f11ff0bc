import { ProblemError } from '../../kit/request';
import type { S3Client } from '../client';
import { chosenFiles } from '../drop';
import { Rate } from '../rate';
import { BrowserUpload } from '../upload';

const target = { connection: 'c', bucket: 'b', key: 'to/' };
const conflict = new ProblemError({
  status: 409,
  kind: 'conflict',
  detail: 'there'
});

function file(name: string, size: number): File {
  const made = new File([], name, { lastModified: 5000 });
  Object.defineProperty(made, 'size', { value: size });
  return made;
}

function stopIf(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new Error('aborted');
  }
}

/** A store that keeps what it is sent. */
class Store {
  readonly there = new Map<string, number>();
  readonly parts = new Set<number>();
  readonly dropped: string[] = [];
  failing: string | null = null;
  /** Is called with each part, before it is taken. */
  onPart: (number: number) => void = () => undefined;

  readonly write = async (
    query: { key: string; if_absent?: boolean },
    data: File,
    signal?: AbortSignal
  ): Promise<object> => {
    stopIf(signal);
    if (query.key === this.failing) {
      throw new Error('no room');
    }
    if (query.if_absent && this.there.has(query.key)) {
      throw conflict;
    }
    this.there.set(query.key, data.size);
    return {};
  };
  readonly showObject = async (query: { key: string }): Promise<object> => {
    if (!this.there.has(query.key)) {
      throw new ProblemError({ status: 404, kind: 'not-found', detail: '' });
    }
    return { modified: new Date(4000).toISOString() };
  };
  readonly beginUpload = async (): Promise<object> => this.upload();
  readonly showUpload = async (): Promise<object> => this.upload();
  readonly uploadPart = async (
    query: { number: number },
    _: Blob,
    signal?: AbortSignal
  ): Promise<object> => {
    this.onPart(query.number);
    stopIf(signal);
    this.parts.add(query.number);
    return this.upload();
  };
  readonly finishUpload = async (): Promise<object> => {
    expect([...this.parts].sort()).toEqual([1, 2, 3]);
    this.there.set('to/large', 20_000_000);
    return {};
  };
  readonly dropUpload = async (query: { upload: string }): Promise<object> => {
    this.dropped.push(query.upload);
    return {};
  };
  private upload(): object {
    return { id: 'u', part_size: 8_000_000, parts: [...this.parts] };
  }
}

function upload(
  store: Store,
  files: File[],
  answer: 'skip' | 'replace' | 'newer' | null = null,
  asked: string[] = []
): BrowserUpload {
  return new BrowserUpload(
    store as unknown as S3Client,
    'upload-1',
    'x',
    target,
    chosenFiles(files),
    async key => {
      asked.push(key);
      return answer;
    }
  );
}

it('sends files, and says how many and how much', async () => {
  const store = new Store();
  const one = upload(store, [file('a', 10), file('b', 20)]);
  await one.run();
  expect([...store.there]).toEqual([
    ['to/a', 10],
    ['to/b', 20]
  ]);
  expect([one.state, one.filesDone, one.filesTotal, one.bytesDone]).toEqual([
    'done',
    2,
    2,
    30
  ]);
});

it.each([
  ['skip', 3, 3],
  ['newer', 10, 0],
  ['replace', 10, 0]
] as const)(
  'asks once about what is there: %s',
  async (answer, size, skipped) => {
    const store = new Store();
    const files = ['a', 'b', 'c'].map(name => file(name, 10));
    files.forEach(each => store.there.set(`to/${each.name}`, 3));
    const asked: string[] = [];
    const one = upload(store, files, answer, asked);
    await one.run();
    expect(asked).toHaveLength(1);
    expect([...store.there.values()]).toEqual([size, size, size]);
    expect([one.state, one.skipped]).toEqual(['done', skipped]);
  }
);

it('is given up when the person does not want it', async () => {
  const store = new Store();
  store.there.set('to/a', 3);
  const one = upload(store, [file('a', 10), file('b', 10)]);
  await one.run();
  expect(one.state).toBe('stopped');
  expect(store.there.get('to/a')).toBe(3);
});

it('tells what failed, and tries only that again', async () => {
  const store = new Store();
  store.failing = 'to/b';
  const one = upload(store, [file('a', 10), file('b', 20)]);
  await one.run();
  expect([one.state, one.failed, one.failures[0]?.source]).toEqual([
    'failed',
    1,
    'to/b'
  ]);
  store.failing = null;
  store.there.delete('to/a');
  await one.run();
  expect([one.state, one.filesDone, one.failed]).toEqual(['done', 2, 0]);
  expect([...store.there.keys()]).toEqual(['to/b']);
});

it('stops in the middle of a large file, and goes on with the parts that are missing', async () => {
  const store = new Store();
  const one = upload(store, [file('large', 20_000_000)]);
  store.onPart = number => {
    if (number === 3) {
      one.stop();
    }
  };
  await one.run();
  expect(one.state).toBe('stopped');
  const sent: number[] = [];
  store.onPart = number => sent.push(number);
  const before = [...store.parts];
  await one.run();
  expect(sent).toEqual([1, 2, 3].filter(number => !before.includes(number)));
  expect([one.state, store.there.get('to/large')]).toEqual([
    'done',
    20_000_000
  ]);
});

it('leaves no parts behind when it is removed', async () => {
  const store = new Store();
  const one = upload(store, [file('large', 20_000_000)]);
  store.onPart = () => one.stop();
  await one.run();
  await one.drop();
  expect(store.dropped).toEqual(['u']);
});

it('refuses a key that is too long before anything is sent', async () => {
  const store = new Store();
  const one = upload(store, [file('ü'.repeat(600), 1)]);
  await one.run();
  expect([one.state, one.failed, store.there.size]).toEqual(['failed', 1, 0]);
});

it('knows how fast it goes, of the last seconds only', () => {
  let now = 0;
  const rate = new Rate(() => now);
  expect(rate.value).toBeNull();
  for (; now < 10_000; now += 1000) {
    rate.add(1000);
  }
  expect(rate.value).toBeCloseTo(1000, -2);
  now += 10_000;
  expect(rate.value).toBeNull();
});
