/** An engine as the server tells it. */
import type {
  Container,
  Containerfile,
  DocumentImage,
  Engine,
  Image,
  ImageDetails,
  ImagePage,
  ImageQuery,
  Registry,
  Work,
  WorkStep
} from '../../contract';

export function hex(number: number): string {
  return String(number).padStart(64, '0');
}

export function engine(part: Partial<Engine> = {}): Engine {
  return {
    kind: 'podman',
    version: '4.3.1',
    rootless: true,
    remote: false,
    address: 'unix:///run/podman.sock',
    cgroups: 'v2, systemd',
    runtime: 'crun',
    driver: 'overlay',
    store: '/store',
    used: 1_200_000_000,
    free: 80_000_000_000,
    cpus: 2,
    memory: 8_000_000_000,
    problem: null,
    hint: null,
    choices: [],
    ...part
  };
}

export const NONE = engine({
  kind: 'none',
  version: '',
  problem: 'no container engine works here',
  hint: 'sudo apt-get install -y podman',
  choices: [
    {
      kind: 'podman',
      command: null,
      version: '',
      rootless: false,
      env: {},
      problem: 'podman is not installed',
      hint: 'sudo apt-get install -y podman'
    }
  ]
});

export function image(number: number, part: Partial<Image> = {}): Image {
  return {
    id: hex(number),
    names: [`docker.io/ellip/tool-${number}:1.${number}`],
    digest: null,
    size: number * 1_000_000,
    created: '2026-11-22T12:04:31Z',
    dangling: false,
    users: [],
    ...part
  };
}

export function details(
  number: number,
  part: Partial<ImageDetails> = {}
): ImageDetails {
  return {
    id: hex(number),
    names: [`docker.io/ellip/tool-${number}:1`],
    digests: [`docker.io/ellip/tool-${number}@sha256:${hex(number)}`],
    size: 306_000_000,
    created: '2026-11-22T12:04:31Z',
    architecture: 'amd64',
    os: 'linux',
    author: '',
    entrypoint: ['/bin/sh', '-c'],
    command: ['echo hello'],
    user: '',
    folder: '/work',
    env: { PATH: '/bin' },
    labels: { title: 'Tool' },
    ports: ['8080/tcp'],
    layers: [
      {
        id: 'a',
        created: null,
        command: 'CMD ["sh"]',
        size: 0,
        empty: true
      },
      {
        id: 'b',
        created: null,
        command: 'COPY . /work',
        size: 1_000_000,
        empty: false
      }
    ],
    users: [
      { kind: 'document', name: 'tools/crop.cwl', line: 12, running: false },
      { kind: 'container', name: 'brave', line: null, running: true }
    ],
    ...part
  };
}

export function container(
  number: number,
  part: Partial<Container> = {}
): Container {
  return {
    id: hex(number),
    name: `name-${number}`,
    image: 'docker.io/ellip/tool:1',
    state: 'running',
    running: true,
    status: 'Up 2 minutes',
    exit_code: null,
    created: '2026-11-22T12:04:31Z',
    started: '2026-11-22T12:04:31Z',
    finished: null,
    command: 'sleep 60',
    ports: [],
    run: null,
    step: null,
    ...part
  };
}

export function registry(host: string, part: Partial<Registry> = {}): Registry {
  return {
    host,
    title: host,
    preset: null,
    user: null,
    saved: false,
    insecure: false,
    ca: null,
    homepage: null,
    hint: null,
    searchable: false,
    ...part
  };
}

export function workId(number: number): string {
  return `20261122t${String(number).padStart(9, '0')}-containers-0000`;
}

export function step(name: string, part: Partial<WorkStep> = {}): WorkStep {
  return {
    name,
    number: null,
    total: null,
    state: 'done',
    done: null,
    size: null,
    offset: null,
    seconds: null,
    ...part
  };
}

export function work(number: number, part: Partial<Work> = {}): Work {
  return {
    id: workId(number),
    kind: 'build',
    title: `Build tool:${number}`,
    image: `localhost/tool:${number}`,
    state: 'done',
    created: '2026-11-22T12:04:31Z',
    started: '2026-11-22T12:04:31Z',
    finished: '2026-11-22T12:04:38Z',
    waiting: null,
    done: 2,
    total: 2,
    text: '',
    detail: null,
    request: { folder: 'tool', containerfile: 'Containerfile' },
    steps: [],
    failure: null,
    result: null,
    freed: null,
    ...part
  };
}

export function running(number: number, part: Partial<Work> = {}): Work {
  return work(number, {
    state: 'running',
    finished: null,
    done: 1,
    text: 'step 1 of 2',
    ...part
  });
}

export function file(part: Partial<Containerfile> = {}): Containerfile {
  return {
    path: 'tool/Containerfile',
    folder: 'tool',
    stages: ['base', 'full'],
    bases: ['docker.io/ellip/busybox:1'],
    arguments: [
      { name: 'GREETING', default: 'hello' },
      { name: 'FAIL', default: null }
    ],
    name: 'localhost/tool:1',
    problems: [],
    ...part
  };
}

export function documentImage(
  name: string,
  part: Partial<DocumentImage> = {}
): DocumentImage {
  return {
    image: name,
    state: 'missing',
    id: null,
    digest: null,
    newer: null,
    size: null,
    pinned: false,
    containerfile: null,
    places: [{ path: 'crop.cwl', line: 12, column: 5, tool: 'crop' }],
    problem: null,
    ...part
  };
}

/** A store of many images, paged and ordered as the server does it. */
export class FakeStore {
  constructor(readonly all: readonly Image[]) {}

  readonly asked: ImageQuery[] = [];
  error: Error | null = null;

  async images(query: ImageQuery): Promise<ImagePage> {
    this.asked.push(query);
    if (this.error) {
      throw this.error;
    }
    const found = this.all.filter(
      one =>
        !query.text || one.names.some(name => name.includes(query.text ?? ''))
    );
    const from = query.offset ?? 0;
    const to = from + (query.limit ?? 200);
    return {
      images: found.slice(from, to),
      total: found.length,
      size: found.reduce((sum, one) => sum + one.size, 0),
      next: to < found.length ? to : null
    };
  }
}
