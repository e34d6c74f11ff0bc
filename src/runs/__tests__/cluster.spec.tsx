import { StateDB } from '@jupyterlab/statedb';
import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';
import { act } from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';
import { Simulate } from 'react-dom/test-utils';

import type {
  Cluster,
  ClusterReply,
  EngineCheck,
  Problem
} from '../../contract';
import { ProblemError } from '../../kit/request';
import { bodyOf, groupsOf, textOf, valueOf } from '../clusterfields';
import { ClusterModel } from '../clustermodel';
import { ClusterSettings } from '../clustersettings';
import { hours } from '../reserved';
import { Notice } from '../runlog';
import { pendingText, stepText } from '../times';
import { keptOf } from '../where';
import { record, step } from './samples';

(globalThis as Record<string, unknown>).IS_REACT_ACT_ENVIRONMENT = true;
const trans = nullTranslator.load('ellip_lab');
const DEFAULTS: ClusterReply = {
  kubeconfig: null,
  context: null,
  namespace: null,
  service_account: 'calrissian',
  claim: 'calrissian',
  mount: '/calrissian',
  mounted_at: null,
  image: 'localhost/ellip/calrissian:0.18.1',
  pull_policy: 'IfNotPresent',
  pull_secrets: [],
  max_ram: '8Gi',
  max_cores: '4',
  deadline: 86_400,
  keep: 600,
  patience: 600,
  runner_cpu: '100m',
  runner_memory: '256Mi',
  runner_memory_limit: '2Gi',
  user: 1000,
  default_container: null,
  node_selector: {},
  pod_labels: {},
  pod_env: {}
};
const fields = groupsOf(trans).flatMap(group => group.fields);
const field = (name: keyof ClusterReply): (typeof fields)[number] => {
  const found = fields.find(one => one.name === name);
  if (!found) {
    throw new Error(`there is no field ${name}`);
  }
  return found;
};

/** The server: it keeps, refuses and finds what a test says. */
class Server {
  kept: ClusterReply = DEFAULTS;
  readonly sent: Cluster[] = [];
  refuses: Error | null = null;
  found: EngineCheck = {
    works: true,
    where: 'context a',
    namespace: 'ellip',
    version: 'v1.29',
    findings: [
      { name: 'claim', works: true, message: 'calrissian: 10Gi', hint: null }
    ]
  };
  checks = 0;
  async cluster(): Promise<ClusterReply> {
    return this.kept;
  }
  async saveCluster(body: Cluster): Promise<ClusterReply> {
    this.sent.push(body);
    if (this.refuses) {
      throw this.refuses;
    }
    this.kept = { ...DEFAULTS, ...JSON.parse(JSON.stringify(body)) };
    return this.kept;
  }
  async checkEngine(): Promise<EngineCheck> {
    this.checks += 1;
    return this.found;
  }
}

const refusal = (name: string): ProblemError =>
  new ProblemError({
    status: 400,
    kind: 'invalid',
    detail: 'it is wrong',
    problems: [{ message: 'no match', field: name } as Problem]
  });

let server: Server;
let state: StateDB;
let model: ClusterModel;

beforeEach(() => {
  server = new Server();
  state = new StateDB();
  model = new ClusterModel(server, state, trans);
});

afterEach(() => model.dispose());

describe('the fields', () => {
  it('are all the settings, each once', () => {
    expect(fields.map(one => one.name).sort()).toEqual(
      Object.keys(DEFAULTS).sort()
    );
  });

  it('give texts whose values they are', () => {
    const set: ClusterReply = {
      ...DEFAULTS,
      namespace: 'eo',
      pull_secrets: ['one', 'two'],
      node_selector: { disk: 'ssd', zone: '' },
      pod_env: { OPTIONS: '-a=1 -b' },
      user: null
    };
    for (const one of fields) {
      expect([one.name, valueOf(one, textOf(one, set))]).toEqual([
        one.name,
        set[one.name]
      ]);
    }
  });

  it('are the default where nothing is typed, and nothing where that is an answer', () => {
    const { body, unfit } = bodyOf(fields, DEFAULTS, {
      claim: ' ',
      user: '',
      deadline: 'soon',
      pod_labels: 'team'
    });
    expect(unfit).toEqual(['deadline', 'pod_labels']);
    expect(body.user).toBeNull();
    expect(JSON.parse(JSON.stringify(body))).not.toHaveProperty('claim');
  });
});

describe('the model', () => {
  it('keeps what is typed until it is saved, also through a reload', async () => {
    await model.read();
    model.edit(field('namespace'), 'eo');
    expect(model.dirty).toBe(true);
    await new Promise(resolve => setTimeout(resolve, 600));
    const again = new ClusterModel(server, state, trans);
    await again.read();
    expect(again.text(field('namespace'))).toBe('eo');
    expect(await again.save()).toBe(true);
    expect(server.kept.namespace).toBe('eo');
    expect(again.dirty).toBe(false);
    again.dispose();
  });

  it('is not dirty when what is typed is what is set', async () => {
    await model.read();
    model.edit(field('claim'), 'other');
    model.edit(field('claim'), 'calrissian');
    expect(model.dirty).toBe(false);
  });

  it('says what is wrong at its field, and tests nothing', async () => {
    await model.read();
    model.edit(field('max_ram'), '8 GB');
    server.refuses = refusal('body.max_ram');
    await model.test();
    expect(model.firstError).toBe('max_ram');
    expect(model.error('max_ram')).toContain('8Gi');
    expect(model.problem).toBeNull();
    expect(server.checks).toBe(0);
    model.edit(field('max_ram'), '4Gi');
    expect(model.firstError).toBeNull();
  });

  it('says above what belongs to no field', async () => {
    await model.read();
    model.edit(field('claim'), 'x');
    server.refuses = refusal('body');
    expect(await model.save()).toBe(false);
    expect(model.problem).toBe(server.refuses);
    expect(model.dirty).toBe(true);
  });

  it('tests what is set now, though what was set before is being tested', async () => {
    await model.read();
    const before = model.test();
    model.edit(field('claim'), 'other');
    await Promise.all([before, model.test()]);
    expect(server.checks).toBe(2);
    expect(model.tested?.found.works).toBe(true);
    // Who asks twice for the same is answered once.
    await Promise.all([model.test(), model.test()]);
    expect(server.checks).toBe(3);
  });

  it('tells how the cluster stands, and tests it once while that is fresh', async () => {
    expect(model.standing.state).toBe('untested');
    await model.look();
    expect(model.standing).toEqual({
      state: 'ready',
      text: 'Ready: namespace ellip, Kubernetes v1.29',
      hint: null
    });
    await model.look();
    expect(server.checks).toBe(1);
    // Another browser, or a command line, has set something else.
    server.kept = { ...DEFAULTS, claim: 'other' };
    server.found = {
      ...server.found,
      works: false,
      findings: [
        {
          name: 'claim',
          works: false,
          message: 'is not there',
          hint: 'Make it'
        },
        { name: 'jobs', works: false, message: 'may not', hint: null }
      ]
    };
    await model.look();
    expect(server.checks).toBe(2);
    expect(model.standing).toEqual({
      state: 'missing',
      text: 'Not ready: claim: is not there (and 1 more)',
      hint: 'Make it'
    });
  });
});

describe('the view', () => {
  let host: HTMLElement;
  let root: Root;

  beforeEach(async () => {
    host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
    Element.prototype.scrollIntoView = () => undefined;
    await act(async () =>
      root.render(<ClusterSettings cluster={model} trans={trans} />)
    );
  });

  afterEach(() => {
    act(() => root.unmount());
    host.remove();
  });

  const labelled = (label: string): HTMLInputElement => {
    const found = [...host.querySelectorAll('label')].find(
      one => one.textContent === label
    );
    return document.getElementById(found?.htmlFor ?? '') as HTMLInputElement;
  };
  const press = async (name: string): Promise<void> => {
    const button = [...host.querySelectorAll('button')].find(
      one => one.textContent === name
    );
    button?.focus();
    await act(async () => button?.click());
    await act(async () => undefined);
  };
  const type = (label: string, value: string): void =>
    act(() =>
      Simulate.change(labelled(label), {
        target: { value } as EventTarget & HTMLInputElement
      })
    );

  it('leads to the field that is wrong', async () => {
    type('Deadline', 'soon');
    await press('Save');
    expect(document.activeElement).toBe(labelled('Deadline'));
    expect(host.querySelectorAll('[role="alert"]')).toHaveLength(1);
    expect(server.sent).toEqual([]);
  });

  it('leads from a test to what it found, what is missing first', async () => {
    server.found = {
      ...server.found,
      works: false,
      findings: [
        { name: 'jobs', works: true, message: 'may create', hint: null },
        {
          name: 'claim',
          works: false,
          message: 'is not there',
          hint: 'Make it: `kubectl apply -k deploy/base`'
        }
      ]
    };
    await press('Test connection');
    expect(document.activeElement?.textContent).toContain('1 thing is missing');
    const items = [...host.querySelectorAll('li')];
    expect(items.map(item => item.dataset.works)).toEqual(['false', 'true']);
    expect(items[0]?.querySelector('button')?.getAttribute('aria-label')).toBe(
      'Copy kubectl apply -k deploy/base'
    );
  });
});

describe('a step on a cluster', () => {
  const job = (id: string, reason: string | null) => ({
    id,
    state: 'waiting' as const,
    reason,
    started: null,
    finished: null,
    exit_code: null,
    memory: null,
    cpu: null
  });

  it('says why its pod does not run', () => {
    expect(pendingText(job('a', 'Pending'), trans)).toBe(
      'waiting · its pod is started'
    );
    const waits = step('crop', {
      state: 'waiting',
      jobs: [job('crop', 'Unschedulable: 0/1 nodes are available')]
    });
    expect(stepText(waits, [waits], 0, trans)).toBe('waiting · Unschedulable');
  });

  it('says how many of its jobs still wait', () => {
    const runs = step('crop', {
      state: 'running',
      total: 3,
      done: 1,
      started: null,
      jobs: [job('crop_2', 'Pending'), job('crop_3', null)]
    });
    expect(stepText(runs, [runs], 0, trans)).toBe(
      'running · 1 of 3 · 2 waiting'
    );
  });

  it('says what keeps the whole run, too', async () => {
    const run = record(1, {
      engine: 'calrissian',
      state: 'running',
      finished: null,
      progress: {
        done: 0,
        total: null,
        text: 'waiting for the cluster: Unschedulable: no node'
      }
    });
    expect(keptOf(run)).toEqual([
      { step: null, reason: 'Unschedulable: no node' }
    ]);
    expect(keptOf({ ...run, engine: 'cwltool' })).toEqual([]);
    const host = document.createElement('div');
    const root = createRoot(host);
    act(() => root.render(<Notice run={run} trans={trans} />));
    expect(host.querySelector('[role="status"]')?.textContent).toBe(
      'Waiting for the clusterUnschedulable: no node'
    );
    act(() => root.unmount());
  });

  it('says few hours in few figures', () => {
    expect(
      [0, 1e-7, 0.000834, 1.24, 34.56].map(value => hours(value, trans))
    ).toEqual(['0', '< 0.0001', '0.00083', '1.2', '34.6']);
  });
});
