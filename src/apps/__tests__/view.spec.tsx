import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import * as React from 'react';
import { act } from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';

import type { App, AppWork, SaveAppRequest } from '../../contract';
import type { Feed } from '../../kit/feed';
import { ProblemError } from '../../kit/request';
import { AppView } from '../appview';
import type { AppsClient } from '../client';
import { AppsModel } from '../model';
import { Panel } from '../panel';
import { SettingsForm } from '../settingsform';
import { CommandIDs } from '../tokens';
import { WorkView } from '../workview';
import { app, failure, instance, plan, work, workId } from './samples';

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

const server = {
  list: [] as App[],
  problems: [] as string[],
  work: null as AppWork | null,
  refuse: null as Error | null
};
let host: HTMLElement;
let root: Root;
let model: AppsModel;

beforeEach(async () => {
  host = document.createElement('div');
  document.body.append(host);
  root = createRoot(host);
  done.length = 0;
  Object.assign(server, { list: [], problems: [], work: null, refuse: null });
  model = new AppsModel({
    client: {
      list: async () => ({ apps: server.list, problems: server.problems }),
      start: async () => {
        throw server.refuse;
      },
      works: async () => ({
        works: server.work ? [server.work] : [],
        next: null
      }),
      showWork: async () => server.work,
      workLog: async () => ({
        offset: 0,
        next: 3,
        size: 3,
        text: 'hi\n',
        finished: true
      })
    } as unknown as AppsClient,
    feed: {
      changed: new Signal({}),
      missed: new Signal({})
    } as unknown as Feed,
    state: null
  });
});

afterEach(() => {
  act(() => root.unmount());
  host.remove();
  model.dispose();
});

async function paint(node: JSX.Element): Promise<void> {
  await act(async () => {
    root.render(node);
    await model.refresh();
    await model.works.refresh();
  });
}

function showPanel(): Promise<void> {
  return paint(<Panel apps={model} commands={commands} trans={trans} />);
}

function showApp(file: string | null = null): Promise<void> {
  return paint(
    <AppView
      place={{ app: 'streamlit', file }}
      apps={model}
      commands={commands}
      showsLog={false}
      trans={trans}
    />
  );
}

function button(label: string): HTMLButtonElement {
  const found = [...host.querySelectorAll('button')].filter(
    one => (one.getAttribute('aria-label') ?? one.textContent) === label
  );
  expect(found.map(one => one.textContent ?? '')).toHaveLength(1);
  return found[0] as HTMLButtonElement;
}

function click(label: string): void {
  act(() => button(label).click());
}

it('the panel shows what runs, and what can be done with it', async () => {
  server.list = [
    app('streamlit', {
      instances: [
        instance('streamlit-1', {
          app: 'streamlit',
          title: 'water.py',
          file: 'a/water.py'
        }),
        instance('streamlit', { state: 'failed', failure: failure() })
      ]
    }),
    app('panel')
  ];
  await showPanel();
  const [first, second] = host.querySelectorAll('li');
  expect(first?.textContent).toContain('water.pyrunning');
  expect(first?.textContent).toContain('Streamlit has not answered in 60 s');
  expect(second?.textContent).toContain('not running');
  click('Stop: water.py');
  click('Try again: streamlit');
  click('Show the log: water.py');
  click('Start: Panel');
  expect(done).toEqual([
    [CommandIDs.stop, { instance: 'streamlit-1' }],
    [CommandIDs.restart, { instance: 'streamlit' }],
    [CommandIDs.log, { instance: 'streamlit-1', show: true }],
    [CommandIDs.start, { app: 'panel' }]
  ]);
});

it('what is not installed says what it costs, or how else it can be had', async () => {
  server.list = [
    app('code-server', { installed: false, install: plan() }),
    app('theia', {
      installed: false,
      missing: 'Theia is not installed',
      hint: 'See https://theia-ide.org/docs, and pip install theia.'
    }),
    app('panel', {
      installed: false,
      install: plan({
        missing: 'the installation needs make',
        hint: 'apt-get install make (Debian).'
      })
    })
  ];
  server.problems = ['x.toml is no description of an app: title: missing'];
  await showPanel();
  expect(host.textContent).toContain('No application is here yet');
  const [code, theia, panel] = host.querySelectorAll('li');
  expect(code?.textContent).toContain('npm · about 4 min · 800 MB');
  click('Install Code-server');
  expect(done).toEqual([[CommandIDs.install, { app: 'code-server' }]]);
  expect(theia?.textContent).toContain('Theia is not installed.');
  expect(theia?.querySelector('a')?.href).toBe('https://theia-ide.org/docs');
  expect(theia?.querySelector('code')?.textContent).toBe('pip install theia');
  expect(panel?.textContent).toContain('The installation needs make.');
  expect(panel?.querySelector('code')?.textContent).toBe(
    'apt-get install make'
  );
  expect(panel?.textContent).not.toContain('Install Panel');
  expect(host.querySelector('[role=alert]')?.textContent).toContain('x.toml');
});

it('an installation that goes on can be stopped, one that failed be tried again', async () => {
  server.list = [
    app('code-server', {
      installed: false,
      install: plan(),
      work: workId(1)
    })
  ];
  server.work = work(1, {
    state: 'running',
    finished: null,
    done: 1,
    text: 'download node'
  });
  await showPanel();
  expect(host.textContent).toContain('running · download node');
  expect(
    host.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')
  ).toBe('50');
  expect(host.querySelector('[aria-label="Install Code-server"]')).toBeNull();
  click('Stop: Install Code Server');
  server.work = work(1, { state: 'failed', detail: 'the disk is full' });
  server.list = [app('code-server', { installed: false, install: plan() })];
  await showPanel();
  expect(host.textContent).toContain('the disk is full');
  click('Try again: Install Code Server');
  expect(done).toEqual([
    [CommandIDs.stopWork, { id: workId(1) }],
    [CommandIDs.repeatWork, { id: workId(1) }]
  ]);
});

it('an app that comes up says how long it may take, and can be stopped', async () => {
  server.list = [
    app('streamlit', {
      instances: [
        instance('streamlit', {
          state: 'starting',
          since: new Date().toISOString()
        })
      ]
    })
  ];
  await showApp();
  expect(host.querySelector('h2')?.textContent).toBe('Streamlit is starting');
  expect(host.textContent).toMatch(/(1 min|\d\d s) left of 1 min/);
  click('Stop');
  expect(done).toEqual([[CommandIDs.stop, { instance: 'streamlit' }]]);
});

it('one that did not come up says why, and what mends it', async () => {
  server.list = [
    app('streamlit', {
      instances: [
        instance('streamlit', {
          state: 'failed',
          file: 'a/x.py',
          failure: failure()
        })
      ]
    })
  ];
  await showApp('a/x.py');
  const card = host.querySelector('[role=alert]');
  expect(card?.querySelector('h3')?.textContent).toBe(
    'Streamlit has not answered in 60 s'
  );
  expect(card?.querySelector('pre')?.textContent).toBe(
    'reading\nstill reading'
  );
  click('Try again');
  click('Try again with 3 min');
  click('Show the log');
  click('Settings…');
  const place = { app: 'streamlit', file: 'a/x.py' };
  expect(done).toEqual([
    [CommandIDs.start, place],
    [CommandIDs.start, { ...place, timeout: 180 }],
    [CommandIDs.log, { instance: 'streamlit' }],
    [CommandIDs.settings, { app: 'streamlit' }]
  ]);
  server.list = [
    app('streamlit', {
      instances: [
        instance('streamlit', {
          state: 'failed',
          file: 'a/x.py',
          failure: failure({ timed_out: false, exit_code: 3 })
        })
      ]
    })
  ];
  await showApp('a/x.py');
  expect(host.textContent).not.toContain('Try again with');
});

it('one that is refused says why; one that does not run can be started', async () => {
  server.list = [app('streamlit', { installed: false, install: plan() })];
  await showApp();
  expect(host.textContent).toContain('Streamlit does not run');
  click('Start');
  server.refuse = new ProblemError({
    status: 503,
    kind: 'unavailable',
    detail: 'Streamlit is not installed',
    hint: 'Install it from here.'
  });
  await act(async () => {
    await model.start({ app: 'streamlit' });
  });
  await showApp();
  expect(host.querySelector('[role=alert] h3')?.textContent).toBe(
    'Streamlit is not installed'
  );
  click('Install Streamlit');
  expect(done).toEqual([
    [CommandIDs.start, { app: 'streamlit' }],
    [CommandIDs.install, { app: 'streamlit' }]
  ]);
});

it('an installation shows its steps, its log and why it failed', async () => {
  server.list = [app('code-server', { installed: false, install: plan() })];
  server.work = work(1, {
    state: 'failed',
    steps: [
      { name: 'download node', state: 'done', offset: 0, seconds: 31 },
      { name: 'build', state: 'failed', offset: 9, seconds: 3 }
    ],
    failure: {
      headline: 'npm cannot reach its registry',
      step: 'build',
      lines: ['ETIMEDOUT'],
      hint: 'Try again later.'
    }
  });
  await paint(
    <WorkView
      id={workId(1)}
      apps={model}
      commands={commands}
      onTitle={() => undefined}
      trans={trans}
    />
  );
  expect(host.querySelector('[role=alert] h3')?.textContent).toBe(
    'npm cannot reach its registry'
  );
  expect(
    [...host.querySelectorAll('ol li')].map(one => one.textContent)
  ).toEqual(['download nodedone · 31 s', 'buildfailed · 3 s']);
  expect(host.querySelector('[role=log]')?.textContent).toContain('hi');
  click('Try again');
  expect(done).toEqual([[CommandIDs.repeatWork, { id: workId(1) }]]);
});

it('the form of settings keeps what is secret, and asks for what is typed', async () => {
  const saved: [SaveAppRequest, boolean][] = [];
  await paint(
    <SettingsForm
      app={app('streamlit', {
        settings: {
          timeout: 90,
          program: null,
          environment: { API_KEY: null },
          arguments: []
        }
      })}
      runs
      onSave={async (request, restart) => void saved.push([request, restart])}
      close={() => undefined}
      trans={trans}
    />
  );
  const secret = host.querySelector<HTMLInputElement>('[type=password]');
  expect([secret?.value, secret?.placeholder]).toEqual(['', 'as it is saved']);
  click('Add a variable');
  const name = host.querySelector<HTMLInputElement>(
    '[aria-label="Name of variable 2"]'
  );
  const set = Object.getOwnPropertyDescriptor(
    HTMLInputElement.prototype,
    'value'
  )?.set;
  act(() => {
    set?.call(name, 'MODE');
    name?.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await act(async () => {
    host.querySelector<HTMLButtonElement>('[type=submit]')?.click();
  });
  expect(saved).toEqual([
    [
      {
        app: 'streamlit',
        timeout: 90,
        program: null,
        environment: { API_KEY: null, MODE: '' },
        arguments: []
      },
      true
    ]
  ]);
});
