import type { IDocumentManager } from '@jupyterlab/docmanager';
import { StateDB } from '@jupyterlab/statedb';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import * as React from 'react';
import { act } from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';
import { Simulate } from 'react-dom/test-utils';

import type { Check, Engines, Form } from '../../contract';
import { ProblemError } from '../../kit/request';
import type { IToolboxes } from '../../toolboxes/tokens';
import { RunForm } from '../runform';
import type { IOffer } from '../offer';
import type { IClusterChoice, IFormAnswer, IStanding } from '../tokens';

(globalThis as Record<string, unknown>).IS_REACT_ACT_ENVIRONMENT = true;

const check: Check = {
  path: 'pkg/app.cwl',
  valid: true,
  version: 'v1.2',
  entries: [{ id: 'main', kind: 'Workflow', label: 'Water', doc: null }],
  default_entry: 'main',
  problems: [],
  images: [],
  files: []
};
const asked: Form = {
  path: 'pkg/app.cwl',
  entry: { id: 'main', kind: 'Workflow', label: 'Water', doc: 'Finds water.' },
  json_schema: {
    type: 'object',
    properties: {
      aoi: {
        type: 'string',
        title: 'Area',
        description: 'west,south,east,north',
        'x-cwl-type': 'string'
      },
      scene: {
        type: ['object', 'null'],
        format: 'cwl-file',
        title: 'Scene',
        'x-cwl-type': 'File?'
      },
      bands: {
        type: 'array',
        items: { type: 'string' },
        title: 'Bands',
        default: ['green']
      }
    },
    required: ['aoi'],
    additionalProperties: false
  },
  ui: { 'ui:order': ['aoi', 'scene', 'bands', '*'] },
  defaults: { bands: ['green'] },
  steps: []
};
const engines: Engines = {
  chosen: 'podman',
  engines: [
    {
      container: 'podman',
      works: true,
      version: '4.3.1',
      problem: null,
      hint: null
    },
    {
      container: 'docker',
      works: false,
      version: null,
      problem: 'no daemon',
      hint: 'systemctl start docker'
    },
    { container: 'none', works: true, version: null, problem: null, hint: null }
  ]
};

let host: HTMLElement;
let root: Root;
let state: StateDB;
let answers: IFormAnswer[];
let refuse: Error | null;
let offer: IOffer | null;
let picked: string | null;
let standing: IStanding;
const asks: string[] = [];
let usable: IToolboxes['usable'] = [];
const toolboxes: IToolboxes = {
  changed: new Signal<IToolboxes, void>({} as IToolboxes),
  get usable() {
    return usable;
  },
  ready: async () => undefined
};
const cluster: IClusterChoice = {
  changed: new Signal<unknown, void>({}),
  get standing() {
    return standing;
  },
  look: () => void asks.push('look'),
  setUp: () => void asks.push('set up')
};

beforeEach(() => {
  host = document.body.appendChild(document.createElement('div'));
  root = createRoot(host);
  state = new StateDB();
  answers = [];
  refuse = null;
  offer = null;
  picked = null;
  asks.length = 0;
  usable = [];
  standing = { state: 'ready', text: 'Ready: namespace ellip', hint: null };
});

const pickStored = async (kind: 'File' | 'Directory'): Promise<string | null> =>
  picked && (kind === 'Directory' ? `${picked}/` : picked);

afterEach(() => {
  act(() => root.unmount());
  host.remove();
});

const settle = (ms = 20): Promise<void> =>
  act(async () => {
    await new Promise(resolve => setTimeout(resolve, ms));
  });

async function open(
  found: Check = check,
  form: Form = asked,
  memory = 'form:app'
): Promise<void> {
  const stable = { engines: async () => engines };
  await act(async () =>
    root.render(
      <RunForm
        check={async () => found}
        form={async () => form}
        documents={{} as IDocumentManager}
        pickStored={pickStored}
        offer={offer}
        seen
        publish={null}
        asksToolbox
        toolboxes={toolboxes}
        state={state}
        translator={nullTranslator}
        trans={nullTranslator.load('ellip_lab')}
        document="pkg/app.cwl"
        entry={null}
        base={null}
        inputs={null}
        engine={null}
        container={null}
        cluster={cluster}
        memory={memory}
        title={name => `Run ${name}`}
        engines={stable.engines}
        submit={async answer => {
          answers.push(answer);
          if (refuse) {
            throw refuse;
          }
        }}
        cancel={() => undefined}
        onName={() => undefined}
      />
    )
  );
  await settle();
}

function labelled(label: string): HTMLInputElement {
  const found = [...host.querySelectorAll('label')].find(
    node => node.textContent === label
  );
  const field = found && document.getElementById(found.htmlFor);
  if (!field) {
    throw new Error(`nothing is labelled ${label}`);
  }
  return field as HTMLInputElement;
}

function type(label: string, value: string): void {
  const field = labelled(label);
  act(() =>
    Simulate.change(field, {
      target: { value } as EventTarget & HTMLInputElement
    })
  );
}

const press = async (name: string): Promise<void> => {
  const button = [...host.querySelectorAll('button')].find(
    node => node.textContent === name
  );
  await act(async () => button?.click());
  await settle();
};

it('asks for what the schema says, and answers with the inputs', async () => {
  await open();
  expect(host.querySelector('h2')?.textContent).toBe('Run Water');
  type('Area', '1,2,3,4');
  type('Scene', 'data/x.tif');
  await press('Run');
  expect(answers).toEqual([
    {
      entry: 'main',
      engine: 'cwltool',
      container: 'auto',
      publish: null,
      toolbox: null,
      inputs: {
        aoi: '1,2,3,4',
        scene: { class: 'File', path: 'data/x.tif' },
        bands: ['green']
      }
    }
  ]);
});

it('takes a URL as a location', async () => {
  await open();
  type('Area', 'x');
  type('Scene', 'http://h/x.tif');
  await press('Run');
  expect(answers[0]?.inputs.scene).toEqual({
    class: 'File',
    location: 'http://h/x.tif'
  });
});

it('does not send what is incomplete, and says so at the field', async () => {
  await open();
  await press('Run');
  expect(answers).toEqual([]);
  expect(host.querySelector('[role="alert"]')?.textContent).toBe(
    'This is required'
  );
  expect(document.activeElement).toBe(labelled('Area'));
});

it("shows the server's problems at their fields, and the rest above", async () => {
  await open();
  type('Area', 'nowhere');
  refuse = new ProblemError({
    status: 422,
    kind: 'invalid',
    detail: 'The inputs do not fit',
    problems: [
      {
        message: 'four numbers are wanted',
        file: null,
        line: null,
        column: null,
        end_line: null,
        end_column: null,
        code: null,
        field: 'aoi',
        severity: 'error',
        hint: null
      },
      {
        message: 'no image',
        file: null,
        line: null,
        column: null,
        end_line: null,
        end_column: null,
        code: null,
        field: null,
        severity: 'error',
        hint: null
      }
    ]
  });
  await press('Run');
  const alerts = [...host.querySelectorAll('[role="alert"]')].map(
    node => node.textContent
  );
  expect(alerts[0]).toContain('The inputs do not fit');
  expect(alerts[0]).toContain('no image');
  expect(alerts[1]).toBe('four numbers are wanted');
});

it('is filled in as it was the last time', async () => {
  await open();
  type('Area', 'kept');
  await settle(600);
  act(() => root.unmount());
  root = createRoot(host);
  await open();
  expect(labelled('Area').value).toBe('kept');
});

it('says what works, and what would mend what does not', async () => {
  await open();
  const select = labelled('Run with') as unknown as HTMLSelectElement;
  expect(host.textContent).toContain('✓ podman 4.3.1');
  act(() =>
    Simulate.change(select, {
      target: { value: 'docker' } as unknown as EventTarget & HTMLInputElement
    })
  );
  expect(host.textContent).toContain('no daemon');
  expect(host.textContent).toContain('systemctl start docker');
});

/** Chooses where it is run. */
function choosePlace(engine: string): void {
  act(() =>
    Simulate.change(labelled('Run on'), {
      target: { value: engine } as EventTarget & HTMLInputElement
    })
  );
}

it('runs on a cluster where that is chosen, and then asks for no container', async () => {
  await open();
  expect(asks).toEqual([]);
  choosePlace('calrissian');
  expect(asks).toEqual(['look']);
  expect(host.textContent).toContain('Ready: namespace ellip');
  expect(() => labelled('Run with')).toThrow();
  type('Area', 'x');
  await press('Run');
  expect(answers[0]?.engine).toBe('calrissian');
  // The next form begins where the last one was run.
  act(() => root.unmount());
  root = createRoot(host);
  await open(check, asked, 'form:other');
  expect(labelled('Run on').value).toBe('calrissian');
});

it('says what a cluster lacks, with the command, and leads to its settings', async () => {
  await open();
  standing = {
    state: 'missing',
    text: 'Not ready: claim: there is none',
    hint: 'Make it: `kubectl apply -k deploy/base`'
  };
  choosePlace('calrissian');
  expect(host.textContent).toContain('Not ready: claim: there is none');
  expect(
    host.querySelector('[aria-label="Copy kubectl apply -k deploy/base"]')
  ).not.toBeNull();
  await press('Set up…');
  expect(asks).toEqual(['look', 'set up']);
});

it('shows the problems of a document that cannot be run, each with its line', async () => {
  await open({
    ...check,
    valid: false,
    entries: [],
    default_entry: null,
    problems: [
      {
        message: '`strinf` is not a type',
        file: 'pkg/app.cwl',
        line: 6,
        column: 10,
        end_line: null,
        end_column: null,
        code: null,
        field: null,
        severity: 'error',
        hint: null
      }
    ]
  });
  expect(host.querySelector('[role="alert"]')?.textContent).toContain(
    'line 6, column 10'
  );
  expect(
    [...host.querySelectorAll('button')].find(
      node => node.textContent === 'Run'
    )?.disabled
  ).toBe(true);
});

/** The button of a field that chooses in storage. */
const choose = async (id: string): Promise<void> => {
  const button = [
    ...(labelled(id).parentElement?.querySelectorAll('button') ?? [])
  ].find(node => node.textContent === 'Choose from storage…');
  expect(button).toBeDefined();
  await act(async () => button?.click());
  await settle();
};

it('takes an object of storage as a File, and a folder to publish to', async () => {
  await open();
  type('Area', 'x');
  picked = 's3://local@scenes/2026/olinda é.tif';
  await choose('Scene');
  picked = 's3://results/mine';
  await choose('Publish outputs to');
  expect(labelled('Scene').value).toBe('s3://local@scenes/2026/olinda é.tif');
  await press('Run');
  expect(answers[0]?.inputs.scene).toEqual({
    class: 'File',
    location: 's3://local@scenes/2026/olinda é.tif'
  });
  expect(answers[0]?.publish).toBe('s3://results/mine/');
});

it('keeps what was chosen in storage, and where to publish, over a reload', async () => {
  await open();
  picked = 's3://scenes/a.tif';
  await choose('Scene');
  type('Publish outputs to', 's3://out/');
  await settle(600);
  act(() => root.unmount());
  root = createRoot(host);
  await open();
  expect(labelled('Scene').value).toBe('s3://scenes/a.tif');
  expect(labelled('Publish outputs to').value).toBe('s3://out/');
});

it('changes nothing when nothing is chosen', async () => {
  await open();
  type('Scene', 'data/x.tif');
  await choose('Scene');
  expect(labelled('Scene').value).toBe('data/x.tif');
});

it('says at its field what is wrong with where to publish', async () => {
  await open();
  type('Area', 'x');
  type('Publish outputs to', 'nowhere');
  refuse = new ProblemError({
    status: 422,
    kind: 'invalid',
    detail: 'The run cannot be started',
    problems: [
      {
        message: 'nowhere is not an address',
        file: null,
        line: null,
        column: null,
        end_line: null,
        end_column: null,
        code: null,
        field: 'publish',
        severity: 'error',
        hint: 'An address is s3://bucket/key.'
      }
    ]
  });
  await press('Run');
  expect(
    [...host.querySelectorAll('[role="alert"]')].map(node => node.textContent)
  ).toEqual(['nowhere is not an address. An address is s3://bucket/key.']);
  type('Publish outputs to', '');
  expect(host.querySelector('.jp-EllipLab-Cwl-errors')).toBeNull();
});

it('puts what is offered into the only input that it fits', async () => {
  offer = { addresses: ['s3://scenes/a.tif'] };
  await open();
  expect(labelled('Scene').value).toBe('s3://scenes/a.tif');
  expect(labelled('Area').value).toBe('');
  expect(host.querySelector('[role="status"]')?.textContent).toBe(
    'Scene is s3://scenes/a.tif now.'
  );
});

it('asks which input is meant where it fits several', async () => {
  offer = { addresses: ['s3://scenes/a.tif'] };
  const { scene } = asked.json_schema.properties as Record<string, object>;
  await open(check, {
    ...asked,
    json_schema: {
      ...asked.json_schema,
      properties: {
        scene,
        masks: {
          type: 'array',
          title: 'Masks',
          items: { type: 'object', format: 'cwl-file' }
        }
      },
      required: []
    }
  });
  expect(labelled('Scene').value).toBe('');
  await press('Masks');
  await press('Run');
  expect(answers[0]?.inputs).toEqual({
    masks: [{ class: 'File', location: 's3://scenes/a.tif' }]
  });
});

it('lets a toolbox be chosen where there is no container, and remembers it', async () => {
  usable = [
    { name: 'gdal', title: 'GDAL' },
    { name: 'otb', title: 'otb' }
  ] as unknown as IToolboxes['usable'];
  await open();
  type('Area', '1,2,3,4');
  expect(host.textContent).not.toContain('Toolbox');
  type('Run with', 'none');
  expect(labelled('Toolbox').textContent).toBe(
    'as the document asksGDAL (gdal)otb'
  );
  type('Toolbox', 'gdal');
  await press('Run');
  // What is chosen for this machine is not for a container.
  type('Run with', 'podman');
  await press('Run');
  expect(answers.map(one => one.toolbox)).toEqual(['gdal', null]);
  type('Run with', 'none');
  await settle(500);
  act(() => root.unmount());
  root = createRoot(host);
  usable = [];
  await open();
  expect(labelled('Toolbox').value).toBe('gdal');
  expect(host.textContent).toContain('gdal (not there)');
});
