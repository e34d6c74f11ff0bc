import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { act } from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';

import type { ToolboxStep } from '../../contract';
import type { Feed } from '../../kit/feed';
import { LOG_OPTIONS } from '../../kit/logblocks';
import { ProblemError } from '../../kit/request';
import { ChannelsView } from '../channelsview';
import { CreateForm } from '../forms';
import { ToolboxesModel } from '../model';
import type { Ask, IPageContext, IPageState } from '../page';
import { Panel } from '../panel';
import { PlanView } from '../planview';
import { CommandIDs } from '../tokens';
import { ToolboxView } from '../toolboxview';
import { countText, stepText } from '../words';
import { WorkView } from '../workview';
import {
  change,
  entry,
  FakeFeed,
  FakeServer,
  going,
  pack,
  plan,
  summary,
  toolbox,
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
let server: FakeServer;
let model: ToolboxesModel;
let state: IPageState;

beforeEach(() => {
  host = document.body.appendChild(document.createElement('div'));
  root = createRoot(host);
  server = new FakeServer();
  model = new ToolboxesModel({
    client: server.client,
    feed: new FakeFeed() as unknown as Feed,
    state: null
  });
  state = { tab: null, options: LOG_OPTIONS, ask: null };
  done.length = 0;
});

afterEach(() => {
  act(() => root.unmount());
  model.dispose();
  host.remove();
});

const settle = (): Promise<void> =>
  act(async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      await Promise.resolve();
      await new Promise(resolve => setTimeout(resolve));
    }
  });

async function show(node: JSX.Element): Promise<void> {
  act(() => root.render(node));
  await settle();
}

/** Shows a view that may change what it is asked for. */
async function page(
  paint: (context: IPageContext) => JSX.Element
): Promise<void> {
  const draw = (): JSX.Element =>
    paint({
      state,
      onState: changed => {
        state = changed;
        root.render(draw());
      },
      onTitle: () => undefined,
      close: () => undefined
    });
  await show(draw());
}

const text = (): string => host.textContent ?? '';
const button = (name: string): HTMLButtonElement => {
  const found = [...host.querySelectorAll('button')].find(
    one => (one.getAttribute('aria-label') ?? one.textContent) === name
  );
  if (!found) {
    throw new Error(`no button ${name} in ${text()}`);
  }
  return found;
};
const click = async (name: string): Promise<void> => {
  act(() => button(name).click());
  await settle();
};
const field = (label: string): HTMLInputElement => {
  const found = [...host.querySelectorAll('label')].find(
    one => one.textContent === label
  );
  return document.getElementById(found?.htmlFor ?? '') as HTMLInputElement;
};
const type = (node: HTMLInputElement, value: string): void => {
  const setter = Object.getOwnPropertyDescriptor(
    Object.getPrototypeOf(node) as object,
    'value'
  )?.set;
  act(() => {
    setter?.call(node, value);
    node.dispatchEvent(new Event('input', { bubbles: true }));
  });
};

describe('the panel', () => {
  const panel = async (): Promise<void> => {
    await model.ready();
    await show(<Panel toolboxes={model} commands={commands} trans={trans} />);
  };

  it('teaches where there is no toolbox', async () => {
    server.entries = [entry('gdal')];
    await panel();
    expect(text()).toContain('No toolbox yet');
    await click('From packages…');
    await click('Install GDAL…');
    expect(done).toEqual([
      [CommandIDs.create, {}],
      [CommandIDs.install, { entry: 'gdal' }]
    ]);
  });

  it('says how each stands, and what is not known of an entry', async () => {
    server.toolboxes = [
      summary('gdal', { language: '3.12.4' }),
      summary('otb', { state: 'broken', reason: '`otbcli` does not work' })
    ];
    server.entries = [
      entry('gdal', { installed: ['gdal'], checked: '2026-11-01' }),
      entry('snap'),
      entry('mine', { own: true }),
      entry('mac', { here: false })
    ];
    await panel();
    expect(text()).toContain('ready · 3.9.2 · 900 MB · Python 3.12.4');
    expect(text()).toContain('broken · 3.9.2');
    expect(text()).toContain('otbcli does not work');
    const marks = [...host.querySelectorAll('[data-entry]')].map(
      one => one.textContent
    );
    expect(marks[0]).toContain('installed');
    expect(marks[0]).not.toContain('not checked');
    expect(marks[1]).toContain('not checked');
    expect(marks[2]).toContain('your own');
    expect(marks[3]).toContain('not for this machine');
    expect(button('Install MAC…').disabled).toBe(true);
    await click('Open a notebook: GDAL');
    expect(done).toEqual([[CommandIDs.notebook, { name: 'gdal' }]]);
  });

  it('shows what is on its way, and stops it', async () => {
    server.toolboxes = [
      summary('gdal', { state: 'working', work: workId(1), packages: 0 })
    ];
    server.put(going(1));
    await panel();
    expect(text()).toContain('installing · 12 of 48 MB');
    expect(
      host.querySelector('[role="progressbar"]')?.getAttribute('aria-valuenow')
    ).toBe('25');
    await click('Stop: GDAL');
    expect(done).toEqual([[CommandIDs.stopWork, { id: workId(1) }]]);
  });

  it('says why nothing can be installed, and that nothing is downloaded', async () => {
    server.problem = 'py-rattler is not installed';
    server.channels = { ...server.channels, offline: true };
    await panel();
    expect(text()).toContain('py-rattler is not installed');
    expect(button("Copy pip install 'ellip-lab[toolboxes]'")).toBeTruthy();
    expect(text()).toContain('Offline: only what is in the cache');
  });

  it('offers what is not in the catalogue as a package', async () => {
    server.entries = [entry('gdal')];
    model.setFilter('whitebox');
    await model.ready();
    await panel();
    await click('Ask for it as a package…');
    expect(done).toEqual([[CommandIDs.create, { packages: 'whitebox' }]]);
  });
});

describe('a plan', () => {
  const begun = jest.fn();
  const open = async (ask: Ask): Promise<void> => {
    begun.mockReset();
    state = { ...state, ask };
    await page(context => (
      <PlanView
        {...context}
        toolboxes={model}
        commands={commands}
        onBegun={begun}
        trans={trans}
      />
    ));
  };
  const INSTALL: Ask = {
    verb: 'install',
    request: { name: 'gdal', entry: 'gdal' }
  };

  it('says what comes and what it costs, and begins under the name that is given', async () => {
    server.toolboxes = [summary('gdal')];
    await open(INSTALL);
    expect(text()).toContain('Packages: 2 new');
    expect(text()).toContain('4.0 MB');
    expect(host.querySelectorAll('[role="row"]')).toHaveLength(3);
    // The name is taken: it is planned under another, and asked for one.
    expect(server.asks).toContainEqual([
      'plan',
      { name: 'gdal-2', entry: 'gdal' }
    ]);
    expect(text()).toContain('gdal-2 is free');
    expect(button('Install').disabled).toBe(true);
    type(field('Name'), 'mine');
    await click('Install');
    expect(server.asks).toContainEqual([
      'install',
      { name: 'mine', entry: 'gdal' }
    ]);
    expect(begun).toHaveBeenCalledTimes(1);
  });

  it('says why nothing fits, and lets what is asked for be changed', async () => {
    server.planned = plan({
      possible: false,
      problems: ['left and right do not go together'],
      hint: 'Ask for other versions.',
      explanation: '├─ left wants',
      changes: []
    });
    await open(INSTALL);
    const alert = host.querySelector('[role="alert"]');
    expect(alert?.textContent).toContain('left and right do not go together');
    expect(alert?.textContent).toContain('Ask for other versions.');
    expect(alert?.textContent).toContain('├─ left wants');
    expect(button('Install').disabled).toBe(true);
    expect(host.querySelector('details')?.open).toBe(true);
    server.planned = plan();
    type(field('More packages'), 'libgdal =3.8\nproj');
    await click('Plan this');
    expect(state.ask?.request).toMatchObject({
      packages: ['libgdal =3.8', 'proj']
    });
    expect(text()).toContain('Packages: 2 new');
  });

  it('says what a channel has said, and asks again', async () => {
    server.planned = new ProblemError({
      status: 503,
      kind: 'unavailable',
      detail: 'conda.example.org does not answer',
      hint: 'Try again later.'
    });
    await open(INSTALL);
    expect(text()).toContain('conda.example.org does not answer');
    server.planned = plan();
    await click('Try again');
    expect(text()).toContain('Packages: 2 new');
  });

  it('of an update says what changes; where nothing does, there is nothing to do', async () => {
    server.toolboxes = [summary('gdal')];
    server.planned = plan({ changes: [], kept: 12 });
    await open({ verb: 'update', request: { name: 'gdal' } });
    expect(text()).toContain('Everything is up to date');
    expect(button('Update').disabled).toBe(true);
    server.planned = plan({
      changes: [
        change('gdal', { kind: 'upgrade', before: '3.8', cached: true }),
        change('old', { kind: 'remove' })
      ],
      kept: 11
    });
    await click('Plan again');
    expect(text()).toContain('1 newer · 1 goes · 11 stay');
    expect(text()).toContain('3.8 → 3.9.2');
    expect(text()).toContain('in the cache');
    await click('Update');
    expect(server.asks).toContainEqual(['update', { name: 'gdal' }]);
  });

  it('of a broken toolbox can be carried out though no package changes', async () => {
    server.toolboxes = [summary('gdal', { state: 'broken', reason: 'gone' })];
    server.planned = plan({ changes: [], kept: 12 });
    await model.ready();
    await open({ verb: 'update', request: { name: 'gdal' } });
    expect(button('Update').disabled).toBe(false);
  });
});

describe('a toolbox', () => {
  const open = (): Promise<void> =>
    page(context => (
      <ToolboxView
        {...context}
        name="gdal"
        toolboxes={model}
        commands={commands}
        trans={trans}
      />
    ));

  it('has as many packages as it has, and paints those in sight', async () => {
    server.shown.set(
      'gdal',
      toolbox('gdal', {
        contents: [...Array(10_000).keys()].map(number =>
          pack(`pack-${number}`)
        )
      })
    );
    await open();
    const table = host.querySelector('[role="table"]');
    expect(table?.getAttribute('aria-rowcount')).toBe('10001');
    expect(host.querySelectorAll('[role="row"]').length).toBeLessThan(60);
    type(
      host.querySelector('input[type="search"]') as HTMLInputElement,
      'pack-9999'
    );
    expect(host.querySelectorAll('[role="row"]')).toHaveLength(2);
    expect(text()).toContain('1 of 10000');
  });

  it('says where it is and what proves that it works', async () => {
    server.shown.set('gdal', toolbox('gdal'));
    state = { ...state, tab: 'about' };
    await open();
    expect(text()).toContain('/state/toolboxes/gdal');
    expect(text()).toContain("the Lab's own Python");
    expect(text()).toContain('gdalinfo --version');
    expect(text()).toContain('works');
    act(() =>
      host
        .querySelector<HTMLElement>('[role="tab"][data-tab="commands"]')
        ?.click()
    );
    expect(text()).toContain('ogr2ogr');
    expect(text()).toContain('40 in all');
  });

  it('that is broken says what is wrong first', async () => {
    server.shown.set(
      'gdal',
      toolbox('gdal', {
        state: 'broken',
        reason: '`gdalinfo` does not work',
        proofs: [{ command: 'gdalinfo', passed: false, said: 'no libproj' }]
      })
    );
    await open();
    const alert = host.querySelector('[role="alert"]');
    expect(alert?.textContent).toContain('gdalinfo does not work');
    expect(alert?.textContent).toContain('no libproj');
  });

  it('that is gone says so', async () => {
    await open();
    expect(text()).toContain('there is no toolbox gdal');
    expect(button('Close')).toBeTruthy();
  });
});

describe('a work', () => {
  const open = (): Promise<void> =>
    page(context => (
      <WorkView
        {...context}
        id={workId(1)}
        toolboxes={model}
        commands={commands}
        trans={trans}
      />
    ));

  it('says why it failed first', async () => {
    server.put(
      work(1, {
        state: 'failed',
        failure: {
          headline: 'the disk is full',
          step: 'download',
          lines: ['no space left'],
          hint: 'Make room: `ellip toolbox clean`.'
        }
      })
    );
    await open();
    const alert = host.querySelector('[role="alert"]');
    expect(alert?.textContent).toContain('the disk is full');
    expect(alert?.textContent).toContain('Download');
    expect(alert?.textContent).toContain('no space left');
    await click('Channels and mirrors…');
    expect(done).toEqual([[CommandIDs.channels, {}]]);
  });

  it('whose toolbox does not work says so, though it is done', async () => {
    server.put(work(1));
    server.toolboxes = [
      summary('gdal', { state: 'broken', reason: '`x` does not work' })
    ];
    await model.ready();
    await open();
    expect(host.querySelector('[role="alert"]')?.textContent).toContain(
      'x does not work'
    );
  });
});

describe('where packages come from', () => {
  it('is set and saved, and nothing is to be saved then', async () => {
    server.channels = {
      ...server.channels,
      logins: [{ host: 'conda.example.org', kind: 'basic', username: 'ada' }]
    };
    await page(context => (
      <ChannelsView
        {...context}
        toolboxes={model}
        commands={commands}
        trans={trans}
      />
    ));
    expect(button('Save').disabled).toBe(true);
    type(field('Channels'), 'mine\nconda-forge');
    await click('Add a mirror');
    const [url, instead] =
      host.querySelectorAll<HTMLInputElement>('fieldset input');
    type(url as HTMLInputElement, 'https://conda.anaconda.org/');
    type(instead as HTMLInputElement, 'https://one.org/, https://two.org/');
    expect(text()).toContain('Not saved yet.');
    await click('Save');
    expect(server.asks).toContainEqual([
      'saveChannels',
      {
        default: ['mine', 'conda-forge'],
        mirrors: {
          'https://conda.anaconda.org/': [
            'https://one.org/',
            'https://two.org/'
          ]
        },
        priority: 'strict',
        offline: false
      }
    ]);
    expect(button('Save').disabled).toBe(true);
    await click('Sign out of conda.example.org');
    expect(text()).toContain('Nowhere.');
  });
});

it('a new toolbox is called by its first package until somebody says another', async () => {
  const planned = jest.fn();
  await show(
    <CreateForm
      toolboxes={model}
      packages=""
      onPlan={planned}
      close={() => undefined}
      trans={trans}
    />
  );
  expect(button('Show the plan').disabled).toBe(true);
  type(field('Packages'), 'GDAL >=3.8\nproj');
  expect(field('Name').value).toBe('gdal');
  type(field('Name'), 'My Tools');
  expect(button('Show the plan').disabled).toBe(true);
  type(field('Name'), 'tools');
  await click('Show the plan');
  expect(planned).toHaveBeenCalledWith({
    name: 'tools',
    packages: ['GDAL >=3.8', 'proj'],
    channels: []
  });
});

it('says how far a step is', () => {
  const step: ToolboxStep = {
    name: 'download',
    state: 'running',
    done: 38_000_000,
    total: 120_000_000,
    text: 'gdal',
    seconds: null
  };
  expect(stepText(step, trans)).toBe('running · 38 MB of 120 MB');
  expect(stepText({ ...step, name: 'link', done: 20, total: 48 }, trans)).toBe(
    'running · 20 of 48'
  );
  expect(stepText({ ...step, state: 'done', seconds: 3.14 }, trans)).toBe(
    'done · 120 MB · 3.1 s'
  );
  expect(
    stepText({ ...step, state: 'waiting', done: null, total: null }, trans)
  ).toBe('waiting');
  expect(
    countText([change('a'), change('b', { kind: 'replace' })], 1, trans)
  ).toBe('1 new · 1 in another build · 1 stays');
});
