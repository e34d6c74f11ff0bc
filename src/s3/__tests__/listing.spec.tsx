import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';
import { act } from 'react';
import { createRoot } from 'react-dom/client';

import { idOf } from '../entries';
import { Browser } from '../browser';
import { List } from '../list';
import { Listing } from '../listing';
import { FakeBucket } from './samples';

(globalThis as Record<string, unknown>).IS_REACT_ACT_ENVIRONMENT = true;
const trans = nullTranslator.load('ellip_lab');
const place = { connection: 'c', bucket: 'b', prefix: '' };
const many = Array.from(
  { length: 5000 },
  (_, number) => `key-${String(number).padStart(6, '0')}`
);

function names(listing: Listing): readonly string[] {
  return listing.rows.map(row => row.name);
}

beforeAll(() => {
  globalThis.ResizeObserver = class {
    observe(): void {
      return;
    }
    unobserve(): void {
      return;
    }
    disconnect(): void {
      return;
    }
  };
  (globalThis as Record<string, unknown>).CSS = {
    escape: (text: string) => text
  };
});

it('reads a first page, the next ones when asked, and no more than there are', async () => {
  const bucket = new FakeBucket(many);
  const listing = new Listing(bucket.client);
  await listing.open(place);
  expect([listing.loaded, listing.complete]).toEqual([200, false]);
  await Promise.all([listing.more(), listing.more()]);
  expect(listing.loaded).toBe(1200);
  await listing.all();
  expect([listing.loaded, listing.complete]).toEqual([5000, true]);
  const asked = bucket.asked.length;
  await listing.more();
  expect(bucket.asked).toHaveLength(asked);
  expect(new Set(names(listing)).size).toBe(5000);
});

it('filters what is loaded by text, and asks for the rest by prefix', async () => {
  const bucket = new FakeBucket(many);
  const listing = new Listing(bucket.client);
  await listing.open(place);
  listing.setFilter('00001');
  expect(names(listing)).toHaveLength(11);
  listing.setFilter('key-0049');
  expect(names(listing)).toEqual([]);
  await new Promise(resolve => setTimeout(resolve, 400));
  expect(names(listing)).toHaveLength(100);
  expect(bucket.asked.map(query => query.prefix)).toEqual(['', 'key-0049']);
  listing.setFilter('');
  expect(names(listing)).toHaveLength(200);
});

it('keeps folders first in every order', async () => {
  const listing = new Listing(
    new FakeBucket(['b/1', 'a', 'c', 'd/2', 'aa']).client
  );
  await listing.open(place);
  expect(names(listing)).toEqual(['b', 'd', 'a', 'aa', 'c']);
  listing.setSort({ by: 'name', down: true });
  expect(names(listing)).toEqual(['d', 'b', 'c', 'aa', 'a']);
  listing.setSort({ by: 'size', down: true });
  const sizes = listing.rows.slice(2).map(row => row.size ?? 0);
  expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
});

it('keeps rows and place when a refresh fails, and the selection when it works', async () => {
  const bucket = new FakeBucket(['a', 'b', 'c']);
  const listing = new Listing(bucket.client);
  await listing.open(place, ['b']);
  expect(listing.selection.map(row => row.key)).toEqual(['b']);
  bucket.error = new Error('cut');
  await listing.refresh();
  expect(names(listing)).toEqual(['a', 'b', 'c']);
  expect(listing.error).toBe(bucket.error);
  bucket.error = null;
  await listing.refresh();
  expect(listing.error).toBeNull();
  expect(listing.selection.map(row => row.key)).toEqual(['b']);
});

it('finds the folder again from which one goes up', async () => {
  const listing = new Listing(new FakeBucket(['x/y/1', 'x/z/2']).client);
  await listing.open({ ...place, prefix: 'x/z/' });
  await listing.open({ ...place, prefix: 'x/' });
  expect(listing.focus).toBe('folder x/z/');
});

describe('the grid', () => {
  let host: HTMLElement;
  let listing: Listing;
  let root: ReturnType<typeof createRoot>;
  const opened: string[] = [];

  beforeEach(async () => {
    host = document.createElement('div');
    document.body.append(host);
    root = createRoot(host);
    listing = new Listing(new FakeBucket(many).client);
    await listing.open(place);
    opened.length = 0;
    await act(async () =>
      root.render(
        <List
          listing={listing}
          label="Objects"
          onOpen={entry => opened.push(entry.key)}
          onUp={() => opened.push('..')}
          trans={trans}
        />
      )
    );
  });
  afterEach(() => {
    act(() => root.unmount());
    host.remove();
  });

  const press = async (key: string, more: object = {}): Promise<void> => {
    const front = host.contains(document.activeElement)
      ? document.activeElement
      : host.querySelector('[role="grid"]');
    await act(async () => {
      front?.dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, ...more })
      );
    });
  };
  const click = async (id: string, more: object = {}): Promise<void> => {
    await act(async () => {
      const row = host.querySelector<HTMLElement>(`[data-row="${id}"]`);
      row?.focus();
      row?.dispatchEvent(new MouseEvent('click', { bubbles: true, ...more }));
    });
  };
  const chosen = (): readonly string[] => listing.selection.map(idOf);

  it('paints only what is in sight', () => {
    expect(host.querySelectorAll('[data-row]').length).toBeLessThan(60);
  });

  it('selects one by a click and another by a key', async () => {
    await click('object key-000000');
    expect(chosen()).toEqual(['object key-000000']);
    await press('End');
    expect(chosen()).toEqual(['object key-000199']);
    await press('Home');
    expect(chosen()).toEqual(['object key-000000']);
    await press('PageDown');
    expect(chosen()).toHaveLength(1);
  });

  it('selects many with control and shift', async () => {
    await click('object key-000001');
    await click('object key-000003', { ctrlKey: true });
    expect(chosen()).toEqual(['object key-000001', 'object key-000003']);
    await click('object key-000005', { shiftKey: true });
    expect(chosen()).toEqual([
      'object key-000003',
      'object key-000004',
      'object key-000005'
    ]);
    await press('ArrowDown', { shiftKey: true });
    expect(chosen()).toHaveLength(4);
    await press('a', { ctrlKey: true });
    expect(chosen()).toHaveLength(200);
    await press('Escape');
    expect(chosen()).toHaveLength(0);
  });

  it('opens with Enter, goes up with Backspace, and to a name by its letters', async () => {
    await click('object key-000002');
    await press('Enter');
    await press('Backspace');
    expect(opened).toEqual(['key-000002', '..']);
    for (const letter of 'key-00001') {
      await press(letter);
    }
    expect(chosen()).toEqual(['object key-000010']);
  });
});

it('stops waiting for a store that does not answer, and asks again when told to', async () => {
  const bucket = new FakeBucket(many);
  const answers = bucket.client.objects.bind(bucket.client);
  let silent = true;
  let aborted = false;
  bucket.client.objects = (query, signal) =>
    silent
      ? new Promise((_, reject) =>
          signal?.addEventListener('abort', () => {
            aborted = true;
            reject(new Error('aborted'));
          })
        )
      : answers(query, signal);
  const listing = new Listing(bucket.client);
  const opened = listing.open(place);
  expect([listing.loading, listing.ready]).toEqual([true, false]);
  listing.giveUp(new Error('enough'));
  expect([listing.loading, listing.ready]).toEqual([false, true]);
  await opened;
  expect(listing.error).toEqual(new Error('enough'));
  expect(aborted).toBe(true);
  silent = false;
  await listing.refresh();
  expect([listing.error, listing.loaded]).toEqual([null, 200]);
});

it('says after a while that a store is slow, and lets one stop waiting', async () => {
  jest.useFakeTimers();
  const bucket = new FakeBucket(many);
  bucket.client.objects = (_, signal) =>
    new Promise((__, reject) =>
      signal?.addEventListener('abort', () => reject(new Error('aborted')))
    );
  const listing = new Listing(bucket.client);
  void listing.open(place);
  const host = document.createElement('div');
  const root = createRoot(host);
  const nothing = (): void => undefined;
  act(() =>
    root.render(
      <Browser
        listing={listing}
        renaming={null}
        isPale={() => false}
        onPlace={nothing}
        onObject={nothing}
        onRename={nothing}
        onKey={() => false}
        trans={trans}
      />
    )
  );
  expect(host.querySelector('[aria-busy]')?.textContent).toBe('Reading…');
  act(() => {
    jest.advanceTimersByTime(3000);
  });
  const button = [...host.querySelectorAll('button')].find(
    one => one.textContent === 'Stop waiting'
  );
  expect(button).toBeDefined();
  act(() => button?.click());
  expect(host.textContent).toContain('You have stopped waiting for the store.');
  act(() => root.unmount());
  jest.useRealTimers();
});
