/** Storage as the server tells it. */
import type {
  Connection,
  ObjectPage,
  ObjectsQuery,
  Preset,
  TransferSummary
} from '../../contract';
import type { S3Client } from '../client';

export function connection(
  name: string,
  part: Partial<Connection> = {}
): Connection {
  return {
    name,
    title: '',
    preset: null,
    endpoint: null,
    region: null,
    style: 'auto',
    auth: 'keys',
    profile: null,
    role_arn: null,
    external_id: null,
    ca_bundle: null,
    requester_pays: false,
    buckets: [],
    source: 'saved',
    default: false,
    has_keys: true,
    kept_in: 'file',
    ...part
  };
}

export function preset(id: string, part: Partial<Preset> = {}): Preset {
  return {
    id,
    title: id,
    description: '',
    group: 'service',
    endpoint: null,
    asks_endpoint: false,
    region: null,
    regions: [],
    style: 'auto',
    auth: 'keys',
    requester_pays: false,
    buckets: [],
    keys_url: null,
    source: 'https://example.org',
    ...part
  };
}

export function summary(
  number: number,
  part: Partial<TransferSummary> = {}
): TransferSummary {
  return {
    id: `20261122t${String(number).padStart(9, '0')}-s3-0000`,
    action: 'copy',
    title: `Copy ${number}`,
    state: 'done',
    created: '2026-11-22T12:04:31Z',
    started: '2026-11-22T12:04:31Z',
    finished: '2026-11-22T12:04:38Z',
    files_done: 3,
    files_total: 3,
    bytes_done: 3000,
    bytes_total: 3000,
    rate: null,
    remaining: null,
    skipped: 0,
    failed: 0,
    detail: null,
    waiting: null,
    ...part
  };
}

/** A bucket of many keys, paged as a store does it. */
export class FakeBucket {
  constructor(readonly keys: readonly string[]) {}

  readonly asked: ObjectsQuery[] = [];
  error: Error | null = null;

  get client(): S3Client {
    return this as unknown as S3Client;
  }

  async objects(query: ObjectsQuery): Promise<ObjectPage> {
    this.asked.push(query);
    if (this.error) {
      throw this.error;
    }
    const prefix = query.prefix ?? '';
    const names = new Set<string>();
    for (const key of this.keys.filter(one => one.startsWith(prefix))) {
      const slash = key.indexOf('/', prefix.length);
      names.add(slash < 0 ? key : key.slice(0, slash + 1));
    }
    const all = [...names].sort();
    const from = query.after ? Number(query.after) : 0;
    const to = from + (query.limit ?? 200);
    const page = all.slice(from, to);
    return {
      connection: query.connection ?? 'c',
      bucket: query.bucket,
      prefix,
      folders: page.filter(name => name.endsWith('/')),
      objects: page
        .filter(name => !name.endsWith('/'))
        .map((key, index) => ({
          key,
          size: (index * 7919) % 1000,
          modified: '2026-11-22T12:04:31Z',
          etag: 'e',
          storage_class: 'STANDARD'
        })),
      next: to < all.length ? String(to) : null
    };
  }
}
