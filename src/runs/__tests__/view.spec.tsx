import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import * as React from 'react';
import { act } from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';

import { CommandIDs as ContainerIDs } from '../../containers/tokens';
import type { Failure, Graph, LogChunk, Run } from '../../contract';
import { LogWindow } from '../../kit/log';
import { LOG_OPTIONS } from '../../kit/logblocks';
import { Panel } from '../panel';
import { View } from '../runview';
import { edge, graph, node } from '../../kit/__tests__/graphs';
import type { IRuns } from '../tokens';
import { CommandIDs } from '../tokens';
import type { IRunViewState } from '../view';
import { record, step, summary } from './samples';

(globalThis as Record<string, unknown>).IS_REACT_ACT_ENVIRONMENT = true;
const trans = nullTranslator.load('ellip_lab');
let host: HTMLElement;
let root: Root;
const commands = new CommandRegistry();
const done: [string, unknown][] = [];
for (const id of [
  ...Object.values(CommandIDs),
  ContainerIDs.pull,
  ContainerIDs.documentImages,
  'ellip-lab:packages-demo'
]) {
  commands.addCommand(id, {
    describedBy: { args: {} },
    execute: args => void done.push([id, args])
  });
}

class FakeRuns {
  readonly changed = new Signal<this, void>(this);
  run: Run | null = null;
  list: IRuns['runs'] = [];
  readonly ready = true;
  readonly hasMore = false;
  filter = '';
  error: unknown = null;
  readonly jobs: (string | null)[] = [];
  drawn: Graph = graph();
  graph(): Promise<Graph> {
    return Promise.resolve(this.drawn);
  }
  get runs(): IRuns['runs'] {
    return this.list;
  }
  get active(): IRuns['runs'] {
    return [];
  }
  record(): Run | null {
    return this.run;
  }
  problem(): unknown {
    return null;
  }
  setFilter(filter: string): void {
    this.filter = filter;
  }
  log(_: string, job: string | null): LogWindow {
    this.jobs.push(job);
    const chunk: LogChunk = {
      offset: 0,
      next: 3,
      size: 3,
      text: 'hi\n',
      finished: true
    };
    return new LogWindow(async () => chunk);
  }
}

beforeEach(() => {
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
  done.length = 0;
  host = document.body.appendChild(document.createElement('div'));
  root = createRoot(host);
});

afterEach(() => {
  act(() => root.unmount());
  host.remove();
});

const all = (selector: string): HTMLElement[] => [
  ...host.querySelectorAll<HTMLElement>(selector)
];

async function show(
  run: Run,
  drawn: Graph = graph()
): Promise<{ runs: FakeRuns; told: IRunViewState[] }> {
  const runs = new FakeRuns();
  runs.drawn = drawn;
  runs.run = run;
  const told: IRunViewState[] = [];
  function Held(): JSX.Element {
    const [state, setState] = React.useState<IRunViewState>({
      tab: null,
      job: null,
      steps: 'graph',
      options: LOG_OPTIONS
    });
    return (
      <View
        id={run.id}
        runs={runs as unknown as IRuns}
        commands={commands}
        actions={{
          open: () => undefined,
          download: () => undefined,
          showStored: address => done.push(['stored', address])
        }}
        onLine={(...place) => done.push(['line', place])}
        trans={trans}
        state={state}
        onState={next => {
          told.push(next);
          setState(next);
        }}
      />
    );
  }
  await act(async () => root.render(<Held />));
  return { runs, told };
}

const selected = (): string =>
  all('[role="tab"][aria-selected="true"]')
    .map(tab => tab.textContent)
    .join();

describe('a run', () => {
  it('that is done opens on its outputs', async () => {
    await show(
      record(1, { outputs: [{ ...output('mask'), value: 5, kind: 'value' }] })
    );
    expect(selected()).toBe('Outputs1');
    expect(all('[role="tabpanel"]')[0]?.textContent).toContain('mask');
    expect(all('[role="status"]')[0]?.textContent).toContain('done · 7 s');
  });

  it('that runs opens on its log and can be stopped', async () => {
    await show(record(1, { state: 'running', finished: null }));
    expect(selected()).toBe('Log');
    const stop = all('button').find(button => button.textContent === 'Stop');
    act(() => stop?.click());
    expect(done).toEqual([[CommandIDs.stop, { id: record(1).id }]]);
  });

  it('that failed opens on its headline and the log of the job that failed', async () => {
    const failure: Failure = {
      headline: 'otsu ran out of memory',
      cause: 'out-of-memory',
      explanation: 'It reached the limit of 512 MB.',
      hint: 'Raise ramMin.',
      step: 'otsu',
      job: 'otsu',
      exit_code: 137,
      command: 'podman run otsu',
      tail: ['Killed'],
      file: 'water-bodies.cwl',
      line: 96,
      column: 3
    };
    const { runs } = await show(record(1, { state: 'failed', failure }));
    const card = all('[role="alert"]')[0];
    expect(card?.querySelector('h3')?.textContent).toBe(
      'otsu ran out of memory'
    );
    expect(card?.textContent).toContain('Killed');
    expect(runs.jobs).toEqual(['otsu']);
    act(() =>
      all('button')
        .find(button => button.textContent === 'Show line 96')
        ?.click()
    );
    expect(done).toEqual([['line', ['water-bodies.cwl', 96, 3]]]);
  });

  it('that found no image can get it', async () => {
    await show(
      record(1, {
        state: 'failed',
        steps: [step('crop', { state: 'failed', image: 'quay.io/a/gdal:3' })],
        failure: {
          headline: 'crop: the image quay.io/a/gdal:3 was not found',
          cause: 'image-not-found',
          explanation: '',
          hint: null,
          step: 'crop',
          job: 'crop',
          exit_code: null,
          command: null,
          tail: [],
          file: null,
          line: null,
          column: null
        }
      })
    );
    for (const name of ['Pull the image', 'Images of the document']) {
      act(() =>
        all('button')
          .find(button => button.textContent === name)
          ?.click()
      );
    }
    expect(done).toEqual([
      [ContainerIDs.pull, { image: 'quay.io/a/gdal:3', show: true }],
      [ContainerIDs.documentImages, { path: 'water-bodies.cwl' }]
    ]);
  });

  it('shows its steps in the graph of its document, and as a list', async () => {
    const steps = [
      step('crop', { total: 3, done: 1, state: 'running' }),
      step('otsu', {
        state: 'waiting',
        after: ['crop'],
        jobs: [],
        memory: null
      })
    ];
    const { told } = await show(
      record(1, { state: 'running', steps }),
      graph(
        [node('aoi', 'input'), node('crop'), node('otsu')],
        [edge('aoi', 'crop'), edge('crop', 'otsu')]
      )
    );
    const at = (id: string): Element | null =>
      host.querySelector(`nav [data-node="${id}"]`);
    expect(at('crop')?.getAttribute('aria-label')).toMatch(
      /^crop running · 1 of 3 · .*84 MB$/
    );
    expect(at('otsu')?.getAttribute('aria-label')).toBe(
      'otsu waiting for crop'
    );
    const click = (target: Element | null | undefined): Promise<void> =>
      act(async () => {
        target?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
      });
    await click(at('crop'));
    expect(told.pop()).toMatchObject({ tab: 'log', job: 'crop' });
    expect(at('crop')?.getAttribute('aria-pressed')).toBe('true');
    // What has no log yet can be looked at as well.
    await click(at('otsu'));
    expect(at('otsu')?.getAttribute('aria-pressed')).toBe('true');
    expect(told).toEqual([]);
    await click(at('aoi'));
    expect(told.pop()).toMatchObject({ tab: 'inputs' });
    await click(all('button').find(one => one.textContent === 'List'));
    expect(told.pop()).toMatchObject({ steps: 'list' });
    expect(all('nav ol button')).toHaveLength(2);
  });

  it('shows the log of a step that is clicked, and all steps when it is clicked again', async () => {
    const { runs, told } = await show(
      record(1, { steps: [step('crop'), step('otsu', { state: 'running' })] })
    );
    const otsu = (): HTMLElement | undefined =>
      all('nav button').find(button => button.textContent?.includes('otsu'));
    await act(async () => otsu()?.click());
    expect(told.pop()).toMatchObject({ tab: 'log', job: 'otsu' });
    expect(otsu()?.getAttribute('aria-pressed')).toBe('true');
    await act(async () => otsu()?.click());
    expect(runs.jobs).toEqual(['otsu', null]);
  });

  it('moves between its tabs by the arrow keys, with one tab stop', async () => {
    await show(record(1));
    const tab = all('[role="tab"][tabindex="0"]');
    expect(tab.length).toBe(1);
    await act(async () => {
      tab[0]?.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true })
      );
    });
    expect(selected()).toBe('Inputs');
    expect(document.activeElement?.textContent).toBe('Inputs');
    const panel = all('[role="tabpanel"]')[0];
    expect(panel?.getAttribute('aria-labelledby')).toBe(
      document.activeElement?.id
    );
  });
});

describe('the list', () => {
  const panel = async (runs: FakeRuns): Promise<void> => {
    await act(async () =>
      root.render(
        <Panel
          runs={runs as unknown as IRuns}
          commands={commands}
          current={() => null}
          trans={trans}
        />
      )
    );
  };

  it('of 10,000 runs paints what is in sight', async () => {
    const runs = new FakeRuns();
    runs.list = Array.from({ length: 10_000 }, (_, at) => summary(10_000 - at));
    await panel(runs);
    const rows = all('[role="option"]');
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.length).toBeLessThan(60);
    expect(rows[0]?.getAttribute('aria-setsize')).toBe('10000');
    act(() => rows[2]?.click());
    expect(done).toEqual([[CommandIDs.open, { id: summary(9998).id }]]);
  });

  it('says how a run failed, and how it stands, in words', async () => {
    const runs = new FakeRuns();
    runs.list = [
      summary(2, { state: 'failed', failed_step: 'otsu', name: 'water' }),
      summary(1, { state: 'queued', started: null, finished: null, waiting: 2 })
    ];
    await panel(runs);
    const [failed, queued] = all('[role="option"]');
    expect(failed?.textContent).toContain('podman · failed in otsu');
    expect(failed?.getAttribute('aria-label')).toMatch(/^water, failed, /);
    expect(queued?.textContent).toContain('queued');
    expect(queued?.textContent).toContain('2 before it');
  });

  it('that is empty offers the demo package', async () => {
    await panel(new FakeRuns());
    act(() =>
      all('button')
        .find(button => button.textContent === 'Open the demo package')
        ?.click()
    );
    expect(done).toEqual([['ellip-lab:packages-demo', {}]]);
  });

  it('tells why it cannot be read', async () => {
    const runs = new FakeRuns();
    runs.error = new Error('gone');
    await panel(runs);
    expect(all('[role="alert"]')[0]?.textContent).toContain('gone');
  });
});

it('shows where the outputs were published, and leads there', async () => {
  await show(
    record(1, {
      state: 'done',
      published: 's3://local@results/run-1/',
      outputs: [
        {
          ...output('catalog'),
          kind: 'catalogue',
          path: '/root/results/x/catalog',
          published: 's3://local@results/run-1/catalog/'
        },
        { ...output('log'), path: '/root/results/x/log.txt' }
      ]
    })
  );
  expect(all('.jp-EllipLab-Runs-published')[0]?.textContent).toContain(
    's3://local@results/run-1/'
  );
  const named = (name: string): HTMLElement[] =>
    all('button').filter(node => node.getAttribute('aria-label') === name);
  expect(named('Show log in Storage')).toEqual([]);
  act(() => named('Show catalog in Storage')[0]?.click());
  expect(done.pop()).toEqual(['stored', 's3://local@results/run-1/catalog/']);
});

function output(name: string): Run['outputs'][number] {
  return {
    name,
    kind: 'file',
    path: null,
    workspace_path: null,
    size: null,
    checksum: null,
    media_type: null,
    picture: false,
    value: null,
    missing: false,
    published: null,
    children: [],
    count: null,
    catalogue: null
  };
}
