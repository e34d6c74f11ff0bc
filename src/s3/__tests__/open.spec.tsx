import { ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { act } from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';

import type { Connection, ObjectDetails } from '../../contract';
import { addressesOf, placeOf, shortened } from '../addresses';
import { downloadUrl } from '../client';
import { OPEN_MAX } from '../drivereader';
import { cellsOf, languageOf, useCell, useLine } from '../notebook';
import { wayOf } from '../open';
import { View } from '../picture';
import type { IEntry, IStorage } from '../tokens';
import { CommandIDs } from '../tokens';

(globalThis as Record<string, unknown>).IS_REACT_ACT_ENVIRONMENT = true;
const trans = nullTranslator.load('ellip_lab');
const connections = [
  { name: 'local', default: true },
  { name: 'other', default: false }
] as Connection[];
const listConnections = async (): Promise<readonly Connection[]> => connections;

const details = (part: Partial<ObjectDetails>): ObjectDetails => ({
  key: 'x',
  size: 10,
  modified: '2026-11-22T10:00:00Z',
  etag: 'abc',
  storage_class: 'STANDARD',
  address: 's3://b/x',
  media_type: null,
  encoding: null,
  version: null,
  headers: {},
  metadata: {},
  tags: null,
  raster: false,
  ...part
});

describe('the way an object is opened', () => {
  it.each([
    ['a.json', {}, true, 'document'],
    ['a.ipynb', {}, true, 'document'],
    ['a.png', { raster: true }, true, 'document'],
    ['a.tif', { raster: true, size: 10 ** 9 }, true, 'view'],
    ['a.tif', { raster: true }, true, 'view'],
    ['a.csv', { size: OPEN_MAX + 1 }, true, 'view'],
    ['README', { media_type: 'text/plain', size: 10 ** 7 }, false, 'text'],
    ['a.geojson', { media_type: 'application/geo+json' }, false, 'text'],
    ['data', { size: 10 }, false, 'text'],
    ['a.SAFE', { size: 10 ** 7 }, false, 'view']
  ])('%s %j', (key, part, known, way) => {
    expect(wayOf(details({ key, ...part }), known)).toBe(way);
  });
});

describe('addresses', () => {
  it('gets the name of the default connection', async () => {
    expect(await placeOf({ listConnections }, 's3://bucket/a/b c')).toEqual({
      connection: 'local',
      bucket: 'bucket',
      key: 'a/b c'
    });
    await expect(placeOf({ listConnections }, 'a/b')).rejects.toThrow(
      'a/b is not an address of storage'
    );
    await expect(
      placeOf({ listConnections: async () => [] }, 's3://bucket/a')
    ).rejects.toThrow('names no connection');
  });

  it('does not say the name of the default connection', () => {
    expect(shortened('s3://local@bucket/a', connections)).toBe('s3://bucket/a');
    expect(shortened('s3://other@bucket/a', connections)).toBe(
      's3://other@bucket/a'
    );
    expect(shortened('s3://bucket/a', connections)).toBe('s3://bucket/a');
  });

  it('means the argument, or what is selected', () => {
    const selection = [
      { connection: 'local', bucket: 'bucket', key: 'a/' }
    ] as IEntry[];
    expect(addressesOf({ selection }, {})).toEqual(['s3://local@bucket/a/']);
    expect(addressesOf({ selection }, { address: 's3://b/c' })).toEqual([
      's3://b/c'
    ]);
  });
});

describe('notebooks', () => {
  const storage = {
    client: {
      showObject: async ({ key }: { key: string }) =>
        details({ key, raster: key.endsWith('.tif') }),
      code: async (query: { key: string; language: string }) => ({
        text: `${query.language}: ${query.key}\n`
      })
    }
  } as unknown as Pick<IStorage, 'client'>;
  const place = { connection: 'local', bucket: 'bucket', key: '' };

  it('get the connection and the code, no key', async () => {
    expect(await cellsOf(storage, { ...place, key: 'a.tif' }, [])).toEqual([
      '%load_ext ellip_lab\n%s3 use local',
      'rasterio: a.tif'
    ]);
    expect(await cellsOf(storage, { ...place, key: 'a/' }, [])).toEqual([
      useCell('local')
    ]);
    expect(await cellsOf(storage, { ...place, key: 'a.zarr/' }, [])).toEqual([
      useCell('local'),
      'xarray: a.zarr/'
    ]);
  });

  it('are not told twice', async () => {
    const before = ['import os\n%s3 use local '];
    expect(await cellsOf(storage, place, before)).toEqual([]);
    expect(
      await cellsOf(storage, { ...place, connection: 'x' }, before)
    ).toEqual([useCell('x')]);
  });

  it('get the library that opens the object', () => {
    expect(languageOf('a.jp2', true)).toBe('rasterio');
    expect(languageOf('a.nc', false)).toBe('xarray');
    expect(languageOf('item.json', false)).toBe('pystac');
    expect(languageOf('a.txt', false)).toBe('boto3');
  });

  it('have a line for terminals', () => {
    expect(useLine('local')).toBe('eval "$(ellip s3 env local)"');
  });
});

describe('the view', () => {
  let host: HTMLElement;
  let root: Root;
  const done: [string, unknown][] = [];
  const sizes: number[] = [];
  let refuse: Error | null = null;

  beforeEach(() => {
    host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
    sizes.length = done.length = 0;
    refuse = null;
    URL.createObjectURL = () => 'blob:picture';
    URL.revokeObjectURL = () => undefined;
  });
  afterEach(() => {
    act(() => root.unmount());
    host.remove();
  });

  const show = async (
    part: Partial<ObjectDetails>,
    onText: (() => void) | null = null
  ): Promise<void> => {
    const commands = new CommandRegistry();
    commands.addCommand(CommandIDs.useAsInput, {
      describedBy: { args: {} },
      execute: args => void done.push(['input', args])
    });
    const quicklook = async (_: unknown, size: number): Promise<Blob> => {
      sizes.push(size);
      if (refuse) {
        throw refuse;
      }
      return new Blob(['png']);
    };
    await act(async () =>
      root.render(
        <View
          place={{ connection: 'local', bucket: 'bucket', key: 'a/é b.tif' }}
          details={details(part)}
          quicklook={quicklook}
          download={downloadUrl(
            ServerConnection.makeSettings({ baseUrl: 'http://h/' }),
            { connection: 'local', bucket: 'bucket', key: 'a/é b.tif' }
          )}
          commands={commands}
          onShow={() => undefined}
          onText={onText}
          trans={trans}
        />
      )
    );
  };
  const button = (name: string): HTMLButtonElement | undefined =>
    [...host.querySelectorAll('button')].find(
      node =>
        node.textContent === name || node.getAttribute('aria-label') === name
    );

  it('draws a raster, and a closer picture when it is looked at closely', async () => {
    await show({ raster: true });
    const image = host.querySelector('img');
    expect(image?.alt).toBe('Quicklook of é b.tif');
    expect(sizes).toEqual([1024]);
    Object.defineProperty(image, 'naturalWidth', { value: 1024 });
    Object.defineProperty(image, 'naturalHeight', { value: 512 });
    await act(async () => {
      image?.dispatchEvent(new Event('load', { bubbles: false }));
    });
    await act(async () => button('Larger')?.click());
    expect(sizes).toEqual([1024, 2048]);
    expect(host.querySelector('img')?.style.width).toBe('1536px');
    expect(host.querySelector('[role="status"]')?.textContent).toBe('150 %');
    await act(async () => button('Fit')?.click());
    expect(host.querySelector('img')?.style.width).toBe('1024px');
  });

  it('tells why there is no picture, and tries again', async () => {
    refuse = new Error('the store does not answer');
    await show({ raster: true });
    expect(host.querySelector('[role="alert"]')?.textContent).toContain(
      'the store does not answer'
    );
    refuse = null;
    await act(async () => button('Try again')?.click());
    expect(host.querySelector('img')).not.toBeNull();
  });

  it('shows what is known of what has no viewer, and never asks for a picture', async () => {
    const texts: string[] = [];
    await show(
      { size: 1234, metadata: { platform: 'L7' } },
      () => void texts.push('text')
    );
    expect(sizes).toEqual([]);
    expect(host.textContent).toContain('The Lab has no viewer');
    expect(host.querySelector('dl')?.textContent).toContain('platformL7');
    expect(host.querySelector('a')?.href).toBe(
      'http://h/ellip-lab/s3/content?connection=local&bucket=bucket&key=a%2F%C3%A9+b.tif&download=true'
    );
    await act(async () => button('Open it as text')?.click());
    expect(texts).toEqual(['text']);
    await act(async () => button('Use as input')?.click());
    expect(done).toEqual([
      ['input', { address: 's3://local@bucket/a/é b.tif' }]
    ]);
    expect(button('Use in notebook')).toBeUndefined();
  });
});
