import type { Contents } from '@jupyterlab/services';
import { ContentsManager, ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';

import type { Connection, ObjectDetails, Transfer } from '../../contract';
import { ProblemError } from '../../kit/request';
import { S3Drive } from '../drive';
import { drivePathOf, localPathOf, parseDrivePath } from '../drivepath';
import type { IDriveStorage } from '../drivereader';
import { OPEN_MAX } from '../drivereader';
import type { ITouched } from '../tokens';

const trans = nullTranslator.load('ellip_lab');
const missing = (): ProblemError =>
  new ProblemError({
    status: 404,
    kind: 'not-found',
    detail: 'no such object'
  });

/** A store in memory, as the server tells of it. */
class FakeStore {
  readonly objects = new Map<string, { data: Uint8Array; etag: string }>();
  readonly touched: ITouched[] = [];
  readonly asked: unknown[] = [];
  count = 0;
  anonymous = false;
  sizes: Record<string, number> = {};

  put(key: string, text: string | Uint8Array): void {
    const data =
      typeof text === 'string' ? new TextEncoder().encode(text) : text;
    this.objects.set(key, { data, etag: `e${(this.count += 1)}` });
  }

  text(key: string): string {
    return new TextDecoder().decode(this.objects.get(key)?.data);
  }

  details(key: string): ObjectDetails {
    const found = this.objects.get(key);
    if (!found) {
      throw missing();
    }
    return {
      key,
      size: this.sizes[key] ?? found.data.length,
      modified: '2026-11-22T10:00:00Z',
      etag: found.etag,
      storage_class: null,
      address: `s3://b/${key}`,
      media_type: 'text/plain',
      encoding: null,
      version: null,
      headers: {},
      metadata: {},
      tags: null,
      raster: false
    };
  }

  readonly storage = {
    listConnections: async () => [
      {
        name: 'local',
        auth: this.anonymous ? 'anonymous' : 'keys'
      } as Connection
    ],
    touch: (touched: ITouched) => void this.touched.push(touched),
    client: {
      buckets: async () => ({
        connection: 'local',
        listed: true,
        buckets: [{ name: 'bucket', created: null }]
      }),
      objects: async ({ prefix = '' }) => {
        const below = [...this.objects.keys()]
          .filter(key => key.startsWith(prefix))
          .sort();
        const folders = new Set<string>();
        const direct = below.filter(key => {
          const cut = key.indexOf('/', prefix.length);
          if (cut >= 0) {
            folders.add(key.slice(0, cut + 1));
          }
          return cut < 0;
        });
        return {
          connection: 'local',
          bucket: 'bucket',
          prefix,
          folders: [...folders],
          objects: direct.map(key => this.details(key)),
          next: null
        };
      },
      showObject: async ({ key }: { key: string }) => this.details(key),
      makeFolder: async ({ key }: { key: string }) => {
        this.put(key, '');
        return { address: `s3://b/${key}`, size: 0, etag: null, version: null };
      },
      read: async ({ key }: { key: string }) => {
        const found = this.objects.get(key);
        return {
          headers: new Map([['ETag', `"${found?.etag}"`]]),
          arrayBuffer: async () => found?.data.slice().buffer
        };
      },
      write: async (
        query: {
          key: string;
          if_match?: string | null;
          if_absent?: boolean;
        },
        data: Blob
      ) => {
        this.asked.push(query);
        const there = this.objects.get(query.key);
        if (
          (query.if_absent && there) ||
          (query.if_match && there?.etag !== query.if_match)
        ) {
          throw new ProblemError({
            status: 409,
            kind: 'conflict',
            detail: 'it has changed'
          });
        }
        this.put(query.key, await bytesIn(data));
        const etag = this.objects.get(query.key)?.etag ?? null;
        return { address: '', size: data.size, etag, version: null };
      },
      transfer: async (request: {
        action: string;
        sources: string[];
        target?: string | null;
      }) => {
        this.asked.push(request);
        for (const source of request.sources) {
          const key = source.replace('s3://local@bucket/', '');
          for (const one of [...this.objects.keys()]) {
            if (one === key || (key.endsWith('/') && one.startsWith(key))) {
              const to = request.target?.replace('s3://local@bucket/', '');
              const found = this.objects.get(one);
              if (to && found) {
                this.objects.set(to + one.slice(key.length), found);
              }
              if (request.action !== 'copy') {
                this.objects.delete(one);
              }
            }
          }
        }
        return {
          id: 't',
          state: 'running',
          failures: []
        } as unknown as Transfer;
      },
      showTransfer: async () =>
        ({
          id: 't',
          state: this.end,
          failures: this.failures
        }) as unknown as Transfer
    }
  };

  end = 'done';
  failures: { source: string; message: string; hint: null }[] = [];
}

/** jsdom's blobs cannot be read but by its reader. */
function bytesIn(data: Blob): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(new Uint8Array(reader.result as ArrayBuffer));
    reader.onerror = () => reject(new Error('unreadable'));
    reader.readAsArrayBuffer(data);
  });
}

let store: FakeStore;
let drive: S3Drive;
let contents: ContentsManager;
let changes: Contents.IChangedArgs[];

beforeEach(() => {
  // jsdom has no responses; the Lab's error wants one for its status.
  globalThis.Response ??= class {
    readonly status: number;
    constructor(_: unknown, init: { status: number }) {
      this.status = init.status;
    }
  } as unknown as typeof Response;
  store = new FakeStore();
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: 'http://h/a%40b/'
  });
  drive = new S3Drive({
    storage: store.storage as unknown as IDriveStorage,
    serverSettings,
    trans
  });
  contents = new ContentsManager({ serverSettings });
  contents.addDrive(drive);
  changes = [];
  contents.fileChanged.connect((_, change) => void changes.push(change));
});

describe('paths', () => {
  it.each([
    'plain.txt',
    'a/b/c.tif',
    'a b/é ü/日本.json',
    'a//b',
    '/leading',
    '//two',
    'a/../b',
    './a',
    'a/./b..c/...',
    '100% done',
    '%2F%25%2e',
    'tail//x///y',
    'C:/x:y',
    'line\nbreak',
    'q?x=1#y&z'
  ])('takes the key %j there and back through the Lab', key => {
    const path = drivePathOf({ connection: 'local', bucket: 'bucket', key });
    const normal = contents.normalize(path);
    expect(contents.driveName(normal)).toBe('S3');
    expect(parseDrivePath(normal)).toEqual({
      connection: 'local',
      bucket: 'bucket',
      key
    });
    expect(parseDrivePath(`S3:${contents.localPath(path)}`)?.key).toBe(key);
  });

  it('reads none of other drives', () => {
    expect(parseDrivePath('folder/S3:x')).toBeNull();
    expect(parseDrivePath('RTC:folder/x')).toBeNull();
  });

  it('leaves the slash of a folder away', () => {
    const place = { connection: 'c', bucket: 'bbb', key: 'a/b/' };
    expect(localPathOf(place)).toBe('c/bbb/a/b');
    expect(localPathOf({ ...place, key: '' })).toBe('c/bbb');
  });
});

describe('reading', () => {
  it('gives text, notebooks and bytes as the Lab asks for them', async () => {
    store.put('a é.txt', 'grün');
    store.put('n.ipynb', '{"cells": []}');
    store.put('p.png', new Uint8Array([0x89, 0x50, 0xff]));
    const text = await contents.get('S3:local/bucket/a é.txt', {
      content: true,
      format: 'text'
    });
    expect(text).toMatchObject({
      name: 'a é.txt',
      path: 'S3:local/bucket/a é.txt',
      type: 'file',
      format: 'text',
      content: 'grün',
      writable: true,
      hash: 'e1',
      size: 5,
      last_modified: '2026-11-22T10:00:00Z'
    });
    const notebook = await contents.get('S3:local/bucket/n.ipynb', {
      content: true,
      type: 'notebook'
    });
    expect(notebook).toMatchObject({
      type: 'notebook',
      format: 'json',
      content: { cells: [] }
    });
    const picture = await contents.get('S3:local/bucket/p.png', {
      content: true,
      format: 'base64'
    });
    expect(picture.content).toBe(btoa('\x89P\xff'));
  });

  it('reads no bytes that nobody asks for', async () => {
    store.put('a.txt', 'x');
    const model = await contents.get('S3:local/bucket/a.txt', {
      content: false,
      hash: true
    });
    expect(model.content).toBeNull();
    expect(model.hash).toBe('e1');
  });

  it('lists connections, buckets, folders and objects', async () => {
    store.put('a/b/c.txt', 'x');
    store.put('a/', '');
    store.put('a/d.txt', 'yy');
    const names = async (path: string): Promise<string[]> => {
      const model = await contents.get(path, { content: true });
      expect(model.type).toBe('directory');
      return (model.content as Contents.IModel[]).map(one => one.path);
    };
    expect(await names('S3:')).toEqual(['S3:local']);
    expect(await names('S3:local')).toEqual(['S3:local/bucket']);
    expect(await names('S3:local/bucket')).toEqual(['S3:local/bucket/a']);
    expect(await names('S3:local/bucket/a')).toEqual([
      'S3:local/bucket/a/b',
      'S3:local/bucket/a/d.txt'
    ]);
  });

  it('says that nothing is there as the Lab understands it', async () => {
    await expect(
      contents.get('S3:local/bucket/none.txt', { content: false })
    ).rejects.toMatchObject({
      message: 'no such object',
      response: { status: 404 }
    });
  });

  it('refuses what is too large, without reading it', async () => {
    store.put('big.json', '{}');
    store.sizes['big.json'] = OPEN_MAX + 1;
    const read = jest.spyOn(store.storage.client, 'read');
    await expect(
      contents.get('S3:local/bucket/big.json', { content: true })
    ).rejects.toThrow(
      'big.json is too large to be opened (67 MB, at most 67 MB): download it, or copy it to the workspace instead.'
    );
    expect(read).not.toHaveBeenCalled();
  });

  it('says that bytes are no text, and no notebook', async () => {
    store.put('x.txt', new Uint8Array([0xff, 0xfe, 0x00]));
    store.put('x.ipynb', 'cells');
    await expect(
      contents.get('S3:local/bucket/x.txt', { content: true, format: 'text' })
    ).rejects.toThrow('x.txt is not text in UTF-8');
    await expect(
      contents.get('S3:local/bucket/x.ipynb', { content: true })
    ).rejects.toThrow('x.ipynb is no notebook');
  });

  it('may not be written where nobody signs', async () => {
    store.put('a.txt', 'x');
    store.anonymous = true;
    const model = await contents.get('S3:local/bucket/a.txt');
    expect(model.writable).toBe(false);
  });

  it('downloads through the server, with the key quoted', async () => {
    const url = new URL(
      await contents.getDownloadUrl('S3:local/bucket/a b/%é?.txt')
    );
    expect(url.pathname).toBe('/a%40b/ellip-lab/s3/content');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      connection: 'local',
      bucket: 'bucket',
      key: 'a b/%é?.txt',
      download: 'true'
    });
  });
});

describe('writing', () => {
  const path = 'S3:local/bucket/a.txt';
  const save = (content: string): Promise<Contents.IModel> =>
    contents.save(path, { type: 'file', format: 'text', content });

  it('writes what was opened, with the ETag that was seen', async () => {
    store.put('a.txt', 'old');
    await contents.get(path, { content: true });
    const saved = await save('new é');
    expect(store.text('a.txt')).toBe('new é');
    expect(saved.hash).toBe('e2');
    expect(store.asked).toEqual([
      expect.objectContaining({
        key: 'a.txt',
        if_match: 'e1',
        media_type: 'text/plain'
      })
    ]);
    expect(changes).toEqual([
      expect.objectContaining({
        type: 'save',
        newValue: expect.objectContaining({ path }) as unknown
      })
    ]);
    expect(store.touched).toEqual([
      { connection: 'local', bucket: 'bucket', key: 'a.txt' }
    ]);
    await save('again');
    expect(store.text('a.txt')).toBe('again');
  });

  it('writes nothing over what somebody else has written, until it is seen', async () => {
    store.put('a.txt', 'mine');
    await contents.get(path, { content: true });
    store.put('a.txt', 'theirs');
    await expect(save('lost?')).rejects.toMatchObject({
      response: { status: 409 },
      message: expect.stringContaining(
        's3://local@bucket/a.txt has been changed by somebody else'
      ) as unknown
    });
    expect(store.text('a.txt')).toBe('theirs');
    // The Lab looks before it saves: its dialog has been answered with "Overwrite".
    const seen = await contents.get(path, { content: false, hash: true });
    expect(seen.hash).toBe('e2');
    await save('chosen');
    expect(store.text('a.txt')).toBe('chosen');
  });

  it('does not overwrite what has come since it was not there', async () => {
    await expect(contents.get(path, { content: false })).rejects.toThrow();
    store.put('a.txt', 'theirs');
    await expect(save('mine')).rejects.toMatchObject({
      response: { status: 409 }
    });
    expect(store.text('a.txt')).toBe('theirs');
  });

  it('refuses what is too large to be written in one piece', async () => {
    await expect(save('x'.repeat(16 * 2 ** 20 + 1))).rejects.toThrow(
      'a.txt is too large to be saved'
    );
    expect(store.objects.size).toBe(0);
  });

  it('writes bytes and notebooks as they are', async () => {
    await contents.save('S3:local/bucket/p.png', {
      type: 'file',
      format: 'base64',
      content: btoa('\x89P\xff')
    });
    expect([...(store.objects.get('p.png')?.data ?? [])]).toEqual([
      0x89, 0x50, 0xff
    ]);
    await contents.save('S3:local/bucket/n.ipynb', {
      type: 'notebook',
      format: 'json',
      content: { cells: [], nbformat: 4 }
    });
    expect(JSON.parse(store.text('n.ipynb'))).toEqual({
      cells: [],
      nbformat: 4
    });
  });

  it('names new files so that nothing is overwritten', async () => {
    const folder = 'S3:local/bucket/a';
    store.put('a/untitled.txt', 'kept');
    const file = await contents.newUntitled({ path: folder, type: 'file' });
    expect(file.path).toBe('S3:local/bucket/a/untitled1.txt');
    expect(store.text('a/untitled.txt')).toBe('kept');
    const notebook = await contents.newUntitled({
      path: folder,
      type: 'notebook'
    });
    expect(notebook.name).toBe('Untitled.ipynb');
    const made = await contents.newUntitled({
      path: folder,
      type: 'directory'
    });
    expect(made.name).toBe('Untitled Folder');
    expect(store.objects.has('a/Untitled Folder/')).toBe(true);
    const second = await contents.newUntitled({
      path: folder,
      type: 'directory'
    });
    expect(second.name).toBe('Untitled Folder 1');
  });

  it('moves, copies and deletes objects and folders by transfers', async () => {
    store.put('a/x.txt', '1');
    store.put('a/y/z.txt', '2');
    await contents.rename('S3:local/bucket/a/x.txt', 'S3:local/bucket/a/w.txt');
    expect(store.asked.pop()).toEqual({
      action: 'move',
      sources: ['s3://local@bucket/a/x.txt'],
      target: 's3://local@bucket/a/w.txt',
      policy: 'ask'
    });
    const copy = await contents.copy(
      'S3:local/bucket/a/w.txt',
      'S3:local/bucket/a'
    );
    expect(copy.path).toBe('S3:local/bucket/a/w-Copy1.txt');
    await contents.rename('S3:local/bucket/a/y', 'S3:local/bucket/b');
    expect([...store.objects.keys()].sort()).toEqual([
      'a/w-Copy1.txt',
      'a/w.txt',
      'b/z.txt'
    ]);
    await contents.delete('S3:local/bucket/b');
    expect(store.objects.has('b/z.txt')).toBe(false);
    expect(changes.map(change => change.type)).toEqual([
      'rename',
      'new',
      'rename',
      'delete'
    ]);
  });

  it('moves nothing over what is there, and no bucket', async () => {
    store.put('a.txt', '1');
    store.put('b.txt', '2');
    await expect(
      contents.rename('S3:local/bucket/a.txt', 'S3:local/bucket/b.txt')
    ).rejects.toMatchObject({ response: { status: 409 } });
    await expect(contents.delete('S3:local/bucket')).rejects.toThrow(
      'Buckets and connections are changed in Storage.'
    );
    expect(store.asked).toEqual([]);
  });

  it('tells why a transfer was not done', async () => {
    store.put('a.txt', '1');
    store.end = 'failed';
    store.failures = [{ source: 'a', message: 'access denied', hint: null }];
    await expect(contents.delete(path)).rejects.toThrow('access denied');
    expect(changes).toEqual([]);
  });

  it('has no checkpoints', async () => {
    expect(await contents.listCheckpoints(path)).toEqual([]);
    expect((await contents.createCheckpoint(path)).id).toBe('none');
    await expect(contents.restoreCheckpoint(path, 'none')).rejects.toThrow(
      'no checkpoints'
    );
  });
});
