/** Toolboxes as the server tells them. */
import type {
  CatalogueEntry,
  Channels,
  PackageChange,
  Toolbox,
  ToolboxCatalogue,
  Toolboxes,
  ToolboxPlan,
  ToolboxSummary,
  ToolboxWork
} from '../../contract';
import { Signal } from '@lumino/signaling';

import type { IChange } from '../../kit/feed';
import { ProblemError } from '../../kit/request';
import type { ToolboxesClient } from '../client';

export function summary(
  name: string,
  part: Partial<ToolboxSummary> = {}
): ToolboxSummary {
  return {
    name,
    title: name.toUpperCase(),
    description: 'Reads rasters.',
    entry: name,
    state: 'ready',
    reason: null,
    work: null,
    version: '3.9.2',
    packages: 2,
    size: 900_000_000,
    created: '2026-11-22T12:00:00Z',
    changed: '2026-11-22T12:00:00Z',
    prefix: `/state/toolboxes/${name}`,
    kernel: `ellip-toolbox-${name}`,
    language: null,
    ...part
  };
}

export function toolbox(name: string, part: Partial<Toolbox> = {}): Toolbox {
  return {
    ...summary(name),
    specs: ['gdal >=3.8'],
    channels: ['conda-forge'],
    contents: [
      pack('gdal', { requested: true }),
      pack('libgdal', { size: null })
    ],
    commands: ['gdalinfo', 'ogr2ogr'],
    command_count: 40,
    env: { GDAL_DATA: '/share/gdal' },
    proofs: [{ command: 'gdalinfo --version', passed: true, said: 'GDAL 3.9' }],
    lock: null,
    kernel_title: 'GDAL',
    homepage: 'https://gdal.org',
    licence: 'MIT',
    ...part
  };
}

export function pack(
  name: string,
  part: Partial<Toolbox['contents'][number]> = {}
): Toolbox['contents'][number] {
  return {
    name,
    version: '3.9.2',
    build: 'h0_0',
    channel: 'https://conda.anaconda.org/conda-forge/',
    size: 2_000_000,
    requested: false,
    ...part
  };
}

export function entry(
  id: string,
  part: Partial<CatalogueEntry> = {}
): CatalogueEntry {
  return {
    id,
    title: id.toUpperCase(),
    description: `What ${id} is for.`,
    channels: ['conda-forge'],
    packages: [id],
    platforms: ['linux-64'],
    size: 900_000_000,
    licence: 'MIT',
    homepage: 'https://example.org',
    commands: [`${id} --version`],
    software: [],
    checked: null,
    own: false,
    here: true,
    installed: [],
    ...part
  };
}

export function change(
  name: string,
  part: Partial<PackageChange> = {}
): PackageChange {
  return {
    name,
    kind: 'add',
    version: '3.9.2',
    build: 'h0_0',
    channel: 'conda-forge',
    size: 2_000_000,
    cached: false,
    requested: false,
    before: null,
    before_build: null,
    ...part
  };
}

export function plan(part: Partial<ToolboxPlan> = {}): ToolboxPlan {
  return {
    name: 'gdal',
    title: 'GDAL',
    possible: true,
    problems: [],
    hint: null,
    explanation: null,
    specs: ['gdal'],
    channels: ['conda-forge'],
    platform: 'linux-64',
    changes: [change('gdal', { requested: true }), change('libgdal')],
    kept: 0,
    download: 4_000_000,
    cached: 0,
    disk: 14_000_000,
    free: 50_000_000_000,
    prefix: '/state/toolboxes/gdal',
    offline: false,
    commands: ['gdalinfo --version'],
    ...part
  };
}

export function workId(number: number): string {
  return `20261122T120000-${String(number).padStart(6, '0')}`;
}

export function work(
  number: number,
  part: Partial<ToolboxWork> = {}
): ToolboxWork {
  return {
    id: workId(number),
    kind: 'install',
    title: 'Install GDAL',
    name: 'gdal',
    state: 'done',
    created: '2026-11-22T12:00:00Z',
    started: '2026-11-22T12:00:00Z',
    finished: '2026-11-22T12:00:11Z',
    waiting: null,
    done: null,
    total: null,
    text: '',
    detail: null,
    request: { name: 'gdal' },
    steps: [],
    failure: null,
    freed: null,
    ...part
  };
}

export function going(
  number: number,
  part: Partial<ToolboxWork> = {}
): ToolboxWork {
  return work(number, {
    state: 'running',
    finished: null,
    done: 12_000_000,
    total: 48_000_000,
    text: '12 of 48 MB',
    ...part
  });
}

export const CHANNELS: Channels = {
  default: ['conda-forge'],
  mirrors: {},
  priority: 'strict',
  offline: false,
  logins: []
};

export class FakeFeed {
  readonly changed = new Signal<this, IChange>(this);
  readonly missed = new Signal<this, void>(this);

  tell(number: number, room = 'toolboxes'): void {
    this.changed.emit({ id: workId(number), room, change: 'changed' });
  }
}

/** A server with everything in memory. */
export class FakeServer {
  toolboxes: ToolboxSummary[] = [];
  entries: CatalogueEntry[] = [];
  channels: Channels = CHANNELS;
  problem: string | null = null;
  /** What planning comes to; an error is thrown. */
  planned: ToolboxPlan | ProblemError = plan();
  readonly shown = new Map<string, Toolbox>();
  readonly works = new Map<string, ToolboxWork>();
  readonly asks: [string, unknown][] = [];

  put(one: ToolboxWork): ToolboxWork {
    this.works.set(one.id, one);
    return one;
  }

  get client(): ToolboxesClient {
    const said =
      <T>(verb: string, answer: (body: never) => T) =>
      async (body: unknown): Promise<T> => {
        this.asks.push([verb, body]);
        return answer(body as never);
      };
    const missing = (what: string): never => {
      throw new ProblemError({
        status: 404,
        kind: 'not-found',
        detail: `there is no ${what}`,
        hint: 'List them.'
      });
    };
    const planned = (): ToolboxPlan => {
      if (this.planned instanceof ProblemError) {
        throw this.planned;
      }
      return this.planned;
    };
    return {
      list: said('list', (): Toolboxes => ({
        toolboxes: this.toolboxes,
        folder: '/state/toolboxes',
        free: 50_000_000_000,
        platform: 'linux-64',
        problem: this.problem,
        hint: this.problem && "pip install 'ellip-lab[toolboxes]'"
      })),
      catalogue: said('catalogue', (): ToolboxCatalogue => ({
        entries: this.entries,
        folder: '/state/toolboxes/catalogue.d',
        problems: []
      })),
      show: said(
        'show',
        ({ name }: { name: string }) =>
          this.shown.get(name) ?? missing(`toolbox ${name}`)
      ),
      plan: said('plan', planned),
      planUpdate: said('planUpdate', planned),
      install: said('install', () => this.put(going(900))),
      update: said('update', () => this.put(going(901, { kind: 'update' }))),
      works: said('works', () => ({
        works: [...this.works.values()].sort((one, other) =>
          one.id < other.id ? 1 : -1
        ),
        next: null
      })),
      showWork: said(
        'showWork',
        (id: string) => this.works.get(id) ?? missing('such work')
      ),
      workLog: said('workLog', () => ({
        offset: 0,
        next: 0,
        size: 0,
        text: '',
        finished: true
      })),
      stopWork: said('stopWork', (id: string) =>
        this.put({
          ...(this.works.get(id) ?? work(1)),
          state: 'stopped',
          finished: '2026-11-22T12:00:12Z'
        })
      ),
      removeWork: said('removeWork', (id: string) => this.works.delete(id)),
      channels: said('channels', () => this.channels),
      saveChannels: said('saveChannels', (body: object) => {
        this.channels = { ...this.channels, ...body };
        return this.channels;
      }),
      logout: said('logout', () => {
        this.channels = { ...this.channels, logins: [] };
        return this.channels;
      }),
      cache: said('cache', () => ({
        path: '/state/toolboxes/.cache',
        packages: 3,
        size: 5_000_000,
        unused: 1,
        unused_size: 2_000_000,
        index_size: 1000,
        free: 50_000_000_000
      }))
    } as unknown as ToolboxesClient;
  }
}
