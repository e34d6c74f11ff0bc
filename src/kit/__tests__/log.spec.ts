import type { LogChunk } from '../../contract';
import type { ReadLog } from '../log';
import { LogWindow } from '../log';
import { blocksOf, byteLength } from '../logblocks';
import { plain } from '../logview';

/** A log in memory, read as the server reads a file. */
class Fake {
  constructor(public data: Buffer) {}

  finished = true;
  reads = 0;

  readonly read: ReadLog = async ({ offset, limit, wait }, signal) => {
    this.reads += 1;
    while (wait && offset === this.data.length && !this.finished) {
      await new Promise(resolve => setTimeout(resolve, 5));
      if (signal.aborted) {
        throw new Error('aborted');
      }
    }
    let from = offset ?? Math.max(0, this.data.length - limit);
    if (offset === null && from > 0) {
      from = this.data.indexOf('\n', from) + 1;
    }
    const next = Math.min(this.data.length, from + limit);
    const chunk: LogChunk = {
      offset: from,
      next,
      size: this.data.length,
      text: this.data.subarray(from, next).toString('utf-8'),
      finished: this.finished && next === this.data.length
    };
    return chunk;
  };
}

/** 1 GB of lines of 64 bytes that are made when they are read. */
class Huge {
  readonly size = 2 ** 30;

  readonly read: ReadLog = async ({ offset, limit }) => {
    const from = offset ?? this.size - limit;
    const next = Math.min(this.size, from + limit);
    let text = '';
    for (let line = Math.floor(from / 64); line * 64 < next; line += 1) {
      text += `${`line ${line}`.padEnd(63)}\n`;
    }
    const start = from % 64;
    return {
      offset: from,
      next,
      size: this.size,
      text: text.slice(start, start + next - from),
      finished: next === this.size
    };
  };
}

const lines = (log: LogWindow): string[] =>
  log.blocks.flatMap(block => block.lines);
const until = async (test: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 400 && !test(); tries += 1) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  expect(test()).toBe(true);
};

describe('blocks', () => {
  it('are whole lines, named by their byte, the last one open', () => {
    const blocks = blocksOf(10, 'één\ntwee\ndr');
    expect(blocks.map(block => block.lines)).toEqual([['één', 'twee'], ['dr']]);
    expect(blocks.map(block => block.offset)).toEqual([
      10,
      10 + byteLength('één\ntwee\n')
    ]);
  });
});

describe('LogWindow', () => {
  it('shows all of a short log', async () => {
    const log = new LogWindow(new Fake(Buffer.from('a\nb\nc\n')).read);
    await log.open();
    expect(lines(log)).toEqual(['a', 'b', 'c']);
    expect(log.atStart && log.atEnd && log.finished).toBe(true);
    log.dispose();
  });

  it('opens a log of 1 GB at its end, and holds a bounded stretch of it', async () => {
    const huge = new Huge();
    const log = new LogWindow(huge.read);
    await log.open();
    expect(lines(log).pop()?.trim()).toBe(`line ${2 ** 24 - 1}`);
    for (let page = 0; page < 60; page += 1) {
      await log.before();
    }
    const held = lines(log).reduce((sum, line) => sum + line.length, 0);
    expect(held).toBeLessThan(2_000_000);
    expect(log.atEnd).toBe(false);
    // No line is lost or torn where stretches meet.
    const numbers = lines(log).map(line => Number(line.slice(5)));
    numbers.forEach((number, at) =>
      expect(number).toBe((numbers[0] ?? 0) + at)
    );
    log.dispose();
  });

  it('reads on at the other side of the window', async () => {
    const log = new LogWindow(new Huge().read);
    await log.jump(0);
    expect(lines(log)[0]?.trim()).toBe('line 0');
    for (let page = 0; page < 40; page += 1) {
      await log.after();
    }
    expect(log.atStart).toBe(false);
    const numbers = lines(log).map(line => Number(line.slice(5)));
    numbers.forEach((number, at) =>
      expect(number).toBe((numbers[0] ?? 0) + at)
    );
    log.dispose();
  });

  it('does not tear letters of several bytes', async () => {
    const text = Array.from(
      { length: 30_000 },
      (_, at) => `ligne ${at} é€😀\n`
    ).join('');
    const log = new LogWindow(new Fake(Buffer.from(text)).read);
    await log.open();
    while (!log.atStart) {
      await log.before();
    }
    const shown = lines(log);
    expect(shown[0]).toBe('ligne 0 é€😀');
    shown.forEach((line, at) => expect(line).toBe(`ligne ${at} é€😀`));
    log.dispose();
  });

  it('follows what is written, an open line first', async () => {
    const fake = new Fake(Buffer.from('one\ntw'));
    fake.finished = false;
    const log = new LogWindow(fake.read);
    await log.open();
    expect(lines(log)).toEqual(['one', 'tw']);
    fake.data = Buffer.concat([fake.data, Buffer.from('o\nthree\n')]);
    await until(() => lines(log).length === 3);
    expect(lines(log)).toEqual(['one', 'two', 'three']);
    fake.finished = true;
    await until(() => log.finished);
    const { reads } = fake;
    await new Promise(resolve => setTimeout(resolve, 30));
    expect(fake.reads).toBe(reads);
    log.dispose();
  });

  it('finds words in the window, and far outside of it', async () => {
    const log = new LogWindow(new Huge().read);
    await log.open();
    const here = log.find(`line ${2 ** 24 - 10} `, null, true);
    expect(here).not.toBeNull();
    const far = 2 ** 24 - 300_000;
    expect(log.find(`line ${far} `, null, true)).toBeNull();
    const scanned: number[] = [];
    const found = await log.seek(
      `line ${far} `,
      true,
      new AbortController().signal,
      count => scanned.push(count)
    );
    expect(found).toBe(true);
    expect(scanned.length).toBeGreaterThan(5);
    expect(log.find(`line ${far} `, null, true)).not.toBeNull();
    log.dispose();
  });

  it('says that words are nowhere', async () => {
    const log = new LogWindow(
      new Fake(Buffer.from('a\nb\n'.repeat(50_000))).read
    );
    await log.open();
    const { signal } = new AbortController();
    await expect(
      log.seek('zebra', true, signal, () => undefined)
    ).resolves.toBe(false);
    await expect(
      log.seek('zebra', false, signal, () => undefined)
    ).resolves.toBe(false);
    log.dispose();
  });

  it('tells why it cannot be read', async () => {
    const log = new LogWindow(async () =>
      Promise.reject(new Error('no such job'))
    );
    await log.open();
    expect(log.ready).toBe(true);
    expect(log.error).toEqual(new Error('no such job'));
    log.dispose();
  });
});

it('shows lines as a terminal would', () => {
  expect(plain('\u001b[31mred\u001b[0m')).toBe('red');
  expect(plain('10 %\r50 %\r100 %\r')).toBe('100 %');
});
