import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import * as React from 'react';
import { act } from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';

import type { DocumentImage, Engine, PrunePlan, Work } from '../../contract';
import type { Feed } from '../../kit/feed';
import { LOG_OPTIONS } from '../../kit/logblocks';
import { ProblemError } from '../../kit/request';
import { BuildForm, draftOf, requestOf } from '../buildform';
import type { ContainersClient } from '../client';
import { DocumentView } from '../documentview';
import { PruneForm } from '../pruneform';
import { ImageView } from '../imageview';
import { ContainersModel } from '../model';
import type { IPageContext } from '../page';
import { Panel } from '../panel';
import { LoginForm } from '../registryforms';
import { CommandIDs } from '../tokens';
import { shortTitle, stepText } from '../workitem';
import { WorkView } from '../workview';
import {
  container,
  details,
  documentImage,
  engine,
  file,
  hex,
  image,
  NONE,
  registry,
  running,
  step,
  work,
  workId
} from './samples';

(globalThis as Record<string, unknown>).IS_REACT_ACT_ENVIRONMENT = true;
const trans = nullTranslator.load('ellip_lab');
const commands = new CommandRegistry();
const done: [string, unknown][] = [];
for (const id of Object.values(CommandIDs)) {
  commands.addCommand(id, {
    label: id,
    describedBy: { args: {} },
    execute: args => void done.push([id, args])
  });
}

let host: HTMLElement;
let root: Root;
let model: ContainersModel;
const server = {
  engine: engine(),
  images: [image(1)],
  containers: [container(1)],
  registries: [registry('quay.io')],
  work: work(1),
  document: [] as DocumentImage[],
  plan: {
    images: [],
    containers: [],
    frees: 0,
    cautions: []
  } as PrunePlan,
  asked: [] as [string, unknown][],
  refuse: null as Error | null
};

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

beforeEach(() => {
  host = document.createElement('div');
  document.body.append(host);
  root = createRoot(host);
  done.length = 0;
  server.asked.length = 0;
  server.refuse = null;
  const say =
    <T,>(name: string, answer: () => T) =>
    async (body: unknown): Promise<T> => {
      server.asked.push([name, body]);
      if (server.refuse) {
        throw server.refuse;
      }
      return answer();
    };
  model = new ContainersModel({
    client: {
      engine: async (): Promise<Engine> => server.engine,
      images: async () => ({
        images: server.images,
        total: server.images.length,
        size: 306_000_000,
        next: null
      }),
      works: async () => ({ works: [server.work], next: null }),
      showWork: async (): Promise<Work> => server.work,
      workLog: async () => ({
        offset: 0,
        next: 3,
        size: 3,
        text: 'hi\n',
        finished: true
      }),
      registries: async () => ({
        registries: server.registries,
        auth: '/auth.json'
      }),
      containers: async () => ({ containers: server.containers }),
      usages: async () => ({ usages: [] }),
      showImage: async () => details(1),
      documentImages: async () => ({
        path: 'crop.cwl',
        images: server.document
      }),
      containerfile: async () => file(),
      planPrune: say('planPrune', () => server.plan),
      prune: say('prune', () => work(2)),
      build: say('build', () => running(7)),
      login: say('login', () => registry('quay.io')),
      saveRegistry: say('saveRegistry', () => registry('quay.io'))
    } as unknown as ContainersClient,
    feed: {
      changed: new Signal({}),
      missed: new Signal({})
    } as unknown as Feed,
    state: null
  });
});

afterEach(async () => {
  await act(async () => root.unmount());
  host.remove();
  model.dispose();
});

async function show(node: JSX.Element): Promise<void> {
  await act(async () => root.render(node));
  await act(async () => {
    await new Promise(resolve => setTimeout(resolve, 20));
  });
}

async function panel(): Promise<void> {
  await act(async () => model.setVisible(true));
  await show(
    <Panel
      containers={model}
      commands={commands}
      host={{
        runName: () => 'water-bodies',
        openRun: id => void done.push(['run', id]),
        portUrl: port => `/proxy/${port}/`
      }}
      trans={trans}
    />
  );
}

function find(role: string, name?: string | RegExp): HTMLElement {
  const found = all(role).find(
    node =>
      name === undefined ||
      (typeof name === 'string'
        ? labelOf(node) === name
        : name.test(labelOf(node)))
  );
  if (!found) {
    throw new Error(
      `no ${role} ${name}: ${all(role).map(labelOf).join(' | ')}\n${host.textContent}`
    );
  }
  return found;
}

function all(role: string): HTMLElement[] {
  const selectors: Record<string, string> = {
    button: 'button',
    textbox: 'input:not([type="checkbox"])',
    checkbox: 'input[type="checkbox"]',
    row: '[role="row"]'
  };
  return [
    ...host.querySelectorAll<HTMLElement>(selectors[role] ?? `[role="${role}"]`)
  ];
}

function labelOf(node: HTMLElement): string {
  const id = node.id && host.querySelector(`label[for="${node.id}"]`);
  return (
    node.getAttribute('aria-label') ??
    (id ? id.textContent : node.textContent) ??
    ''
  ).trim();
}

async function click(node: HTMLElement): Promise<void> {
  await act(async () => node.click());
}

async function type(node: HTMLElement, value: string): Promise<void> {
  const input = node as HTMLInputElement;
  await act(async () => {
    Object.getOwnPropertyDescriptor(
      HTMLInputElement.prototype,
      'value'
    )?.set?.call(input, value);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

async function press(node: HTMLElement, key: string): Promise<void> {
  await act(async () => {
    node.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  });
}

describe('the panel', () => {
  it('without an engine shows the command that installs one', async () => {
    server.engine = NONE;
    await panel();
    expect(host.textContent).toContain('No container engine works here');
    expect(host.querySelector('code')?.textContent).toBe(
      'sudo apt-get install -y podman'
    );
    find('button', 'Copy the command');
    find('button', 'Look again');
    // Registries need no engine.
    await click(find('tab', 'Registries'));
    await act(async () => {
      await new Promise(resolve => setTimeout(resolve, 20));
    });
    expect(host.textContent).toContain('not signed in');
    server.engine = engine();
  });

  it('without an image offers to pull or to build', async () => {
    server.images = [];
    await panel();
    await click(find('button', 'Pull an image…'));
    await click(find('button', 'Build an image…'));
    expect(done.map(([id]) => id)).toEqual([CommandIDs.pull, CommandIDs.build]);
    server.images = [image(1)];
  });

  it('lists images by name, tag, age, size and user; keys move, open and remove', async () => {
    server.images = [
      image(306, {
        users: [
          { kind: 'document', name: 'a/crop.cwl', line: 3, running: false }
        ]
      }),
      image(2, { names: [], dangling: true })
    ];
    await panel();
    const [head, first, second] = all('row');
    expect(head?.textContent).toContain('Size');
    expect(first?.textContent).toContain('ellip/tool-306');
    expect(first?.textContent).toContain('1.306');
    expect(first?.textContent).toContain('306 MB');
    expect(first?.textContent).toContain('used by crop.cwl');
    expect(second?.textContent).toContain('‹untagged›');
    expect(host.textContent).toContain('1 untagged, clean up…');
    await press(first as HTMLElement, 'ArrowDown');
    await press(all('row')[1] as HTMLElement, 'ArrowDown');
    expect(model.images.selection.map(one => one.id)).toEqual([hex(2)]);
    await press(all('row')[2] as HTMLElement, 'Enter');
    await press(all('row')[2] as HTMLElement, 'Delete');
    expect(done).toEqual([
      [CommandIDs.showImage, { image: hex(2) }],
      [CommandIDs.removeImages, {}]
    ]);
    find('toolbar', /What can be done/);
    await act(async () => model.images.selectAll());
    find('button', 'Remove 2 images');
    server.images = [image(1)];
  });

  it('names the container of a run by the run, and links its ports', async () => {
    server.containers = [
      container(1, {
        run: 'r',
        step: 'otsu',
        ports: [{ container: 80, host: 8080, address: '', protocol: 'tcp' }]
      })
    ];
    await panel();
    await act(async () => model.setTab('containers'));
    await act(async () => {
      await new Promise(resolve => setTimeout(resolve, 20));
    });
    expect(host.textContent).toContain('water-bodies · otsu');
    expect(host.querySelector('a')?.getAttribute('href')).toBe('/proxy/8080/');
    await click(find('button', 'run'));
    expect(done).toEqual([['run', 'r']]);
  });

  it('shows work at its foot, and opens, repeats and removes it', async () => {
    server.work = work(1, { state: 'failed', detail: 'the step failed' });
    await panel();
    expect(host.textContent).toContain('the step failed');
    await click(find('button', 'Build tool:1'));
    await click(find('button', 'Try again: Build tool:1'));
    await click(find('button', 'Remove: Build tool:1'));
    expect(done.map(([id]) => id)).toEqual([
      CommandIDs.openWork,
      CommandIDs.repeatWork,
      CommandIDs.removeWork
    ]);
  });
});

function page(part: Partial<IPageContext> = {}): IPageContext {
  return {
    state: { tab: null, options: LOG_OPTIONS },
    visible: true,
    onState: () => undefined,
    onTitle: () => undefined,
    close: () => undefined,
    ...part
  };
}

describe('the view of a work', () => {
  it('begins with why it failed, and what mends it', async () => {
    server.work = work(1, {
      state: 'failed',
      failure: {
        headline: 'RUN false ended with code 1',
        step: 'RUN false',
        lines: ['false', 'error'],
        hint: 'Mend the line, and try again.'
      },
      steps: [
        step('FROM busybox', { state: 'cached', number: 1, total: 2 }),
        step('RUN false', { state: 'failed', number: 2, total: 2, offset: 40 })
      ]
    });
    const opened: Work[] = [];
    await show(
      <WorkView
        {...page()}
        id={workId(1)}
        containers={model}
        commands={commands}
        onContainerfile={one => void opened.push(one)}
        trans={trans}
      />
    );
    const card = find('alert');
    expect(card.querySelector('h3')?.textContent).toBe(
      'RUN false ended with code 1'
    );
    expect(card.textContent).toContain('Mend the line');
    expect(host.textContent).toContain('cached');
    await click(find('button', 'Open Containerfile'));
    await click(find('button', 'Try again'));
    expect(opened).toHaveLength(1);
    expect(done).toEqual([[CommandIDs.repeatWork, { id: workId(1) }]]);
  });

  it('says how far one is, and can stop it', async () => {
    server.work = running(1, {
      steps: [step('RUN sleep', { state: 'running' })]
    });
    await show(
      <WorkView
        {...page()}
        id={workId(1)}
        containers={model}
        commands={commands}
        onContainerfile={() => undefined}
        trans={trans}
      />
    );
    expect(find('progressbar').getAttribute('aria-valuenow')).toBe('50');
    expect(find('status').textContent).toContain('running · step 1 of 2');
    await click(find('button', 'Stop'));
    expect(done).toEqual([[CommandIDs.stopWork, { id: workId(1) }]]);
  });

  it('is called by what matters', () => {
    expect(
      shortTitle(
        work(1, {
          title: 'Build localhost/a/tool:1',
          image: 'localhost/a/tool:1'
        })
      )
    ).toBe('Build a/tool:1');
    expect(
      shortTitle(
        work(1, {
          kind: 'save',
          title: 'Save docker.io/ellip/tool:1 to some/where/tool.tar',
          image: 'docker.io/ellip/tool:1'
        })
      )
    ).toBe('Save ellip/tool:1 to tool.tar');
  });

  it('says a step in words', () => {
    expect(
      stepText(
        step('a', { state: 'running', done: 12_000_000, size: 48_000_000 }),
        trans
      )
    ).toBe('running · 12 MB of 48 MB');
    expect(stepText(step('a', { seconds: 3.1 }), trans)).toBe('done · 3.1 s');
    expect(stepText(step('a', { state: 'cached' }), trans)).toBe('cached');
  });
});

describe('the view of an image', () => {
  it('goes to what uses it', async () => {
    const lines: unknown[] = [];
    await show(
      <ImageView
        {...page()}
        name="x"
        containers={model}
        commands={commands}
        onLine={(path, line) => void lines.push([path, line])}
        trans={trans}
      />
    );
    await click(find('button', 'tools/crop.cwl'));
    await click(find('button', 'brave'));
    expect(lines).toEqual([['tools/crop.cwl', 12]]);
    expect(done).toEqual([[CommandIDs.showContainer, { container: 'brave' }]]);
    expect(host.textContent).toContain('COPY . /work');
    expect(host.textContent).toContain('"echo hello"');
    find('button', /^Copy docker.io\/ellip\/tool-1@sha256/);
  });
});

describe('the form of a build', () => {
  it('keeps what was typed as far as the file still asks for it', () => {
    const draft = draftOf(file(), {
      name: 'mine:1',
      arguments: { GREETING: 'hi', OLD: 'x' },
      target: 'gone',
      cache: false
    });
    expect(draft).toEqual({
      name: 'mine:1',
      arguments: { GREETING: 'hi', FAIL: '' },
      target: '',
      platform: '',
      cache: false,
      pull: false
    });
    expect(requestOf(file(), draft)).toEqual({
      folder: 'tool',
      containerfile: 'Containerfile',
      name: 'mine:1',
      arguments: { GREETING: 'hi' },
      target: null,
      platform: null,
      cache: false,
      pull: false
    });
    expect(
      requestOf(file({ path: 'Dockerfile', folder: '' }), draft)
    ).toMatchObject({ folder: '.', containerfile: 'Dockerfile' });
  });

  it('asks for its arguments, and gives way to the build', async () => {
    const begun: Work[] = [];
    await show(
      <BuildForm
        {...page()}
        path="tool"
        name={null}
        containers={model}
        stateDB={null}
        onBegun={one => void begun.push(one)}
        onOpen={() => undefined}
        trans={trans}
      />
    );
    await type(find('textbox', 'GREETING'), 'hi');
    await click(find('button', 'Build'));
    expect(server.asked).toEqual([
      ['build', expect.objectContaining({ arguments: { GREETING: 'hi' } })]
    ]);
    expect(begun).toHaveLength(1);
  });

  it('stays, and says why, when the build is refused', async () => {
    server.refuse = new ProblemError({
      status: 422,
      kind: 'invalid',
      detail: 'That is no name.',
      hint: 'Use letters.'
    });
    const begun: Work[] = [];
    await show(
      <BuildForm
        {...page()}
        path="tool"
        name={null}
        containers={model}
        stateDB={null}
        onBegun={one => void begun.push(one)}
        onOpen={() => undefined}
        trans={trans}
      />
    );
    await click(find('button', 'Build'));
    expect(find('alert').textContent).toContain('That is no name.');
    expect(find('alert').textContent).toContain('Use letters.');
    expect(begun).toHaveLength(0);
  });
});

describe('forms', () => {
  it('a clean-up says what goes, and how much it frees, before it does', async () => {
    server.plan = {
      images: [image(306, { names: [], dangling: true })],
      containers: ['old'],
      frees: 306_000_000,
      cautions: ['crop.cwl names one of them.']
    };
    const cleaned: unknown[] = [];
    await show(
      <PruneForm
        containers={model}
        stopped={false}
        onDone={async request => void cleaned.push(request)}
        close={() => undefined}
        trans={trans}
      />
    );
    expect(find('status').textContent).toBe(
      'Frees 306 MB: 1 image and 1 container'
    );
    expect(host.textContent).toContain('crop.cwl names one of them.');
    await click(find('checkbox', 'Every image that no container uses'));
    expect(server.asked.map(([, query]) => query)).toEqual([
      { all: false, containers: false, cache: false },
      { all: true, containers: false, cache: false }
    ]);
    await click(find('button', 'Free 306 MB'));
    expect(cleaned).toEqual([{ all: true, containers: false, cache: false }]);
  });

  it('a password is not kept when a registry does not accept it', async () => {
    server.refuse = new ProblemError({
      status: 403,
      kind: 'denied',
      detail: 'quay.io does not know ada.'
    });
    let closed = false;
    await show(
      <LoginForm
        containers={model}
        host="quay.io"
        close={() => {
          closed = true;
        }}
        trans={trans}
      />
    );
    await type(find('textbox', 'User name'), 'ada');
    const password = find('textbox', 'Password or token') as HTMLInputElement;
    expect(password.type).toBe('password');
    await type(password, 'secret');
    await click(find('button', 'Sign in'));
    expect(server.asked).toEqual([
      ['login', { host: 'quay.io', user: 'ada', password: 'secret' }]
    ]);
    expect(closed).toBe(false);
    expect(find('alert').textContent).toBe('quay.io does not know ada.');
    expect(password.value).toBe('');
    server.refuse = null;
    await type(password, 'right');
    await click(find('button', 'Sign in'));
    expect(closed).toBe(true);
  });
});

describe('the images of a document', () => {
  it('offers to build what has a Containerfile, and to pull the rest', async () => {
    server.work = work(1);
    server.document = [
      documentImage('localhost/tool:1', {
        containerfile: 'tool/Containerfile'
      }),
      documentImage('quay.io/a/b:2'),
      documentImage('quay.io/here:1', { state: 'present', id: hex(3), size: 5 })
    ];
    await show(
      <DocumentView
        {...page()}
        path="crop.cwl"
        containers={model}
        commands={commands}
        saved={new Signal<object, string>({})}
        onLine={() => undefined}
        trans={trans}
      />
    );
    expect(host.textContent).toContain('2 of 3 are missing');
    await click(find('button', 'Build…: localhost/tool:1'));
    await click(find('button', 'Pull: quay.io/a/b:2'));
    await click(find('button', 'Pin to its digest: quay.io/here:1'));
    expect(done).toEqual([
      [
        CommandIDs.build,
        { path: 'tool/Containerfile', name: 'localhost/tool:1' }
      ],
      [CommandIDs.pull, { image: 'quay.io/a/b:2', show: false }],
      [CommandIDs.pinImage, { image: 'quay.io/here:1', path: 'crop.cwl' }]
    ]);
    done.length = 0;
    await click(find('button', 'Pull all'));
    expect(done).toEqual([
      [CommandIDs.pull, { image: 'quay.io/a/b:2', show: false }]
    ]);
  });
});
