import type { IDocumentManager } from '@jupyterlab/docmanager';
import { StateDB } from '@jupyterlab/statedb';
import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';
import { act } from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';
import { Simulate } from 'react-dom/test-utils';

import type { Check, Engines, Form } from '../../contract';
import { ProblemError } from '../../kit/request';
import { RunForm } from '../runform';
import type { IFormAnswer } from '../tokens';

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

beforeEach(() => {
  host = document.body.appendChild(document.createElement('div'));
  root = createRoot(host);
  state = new StateDB();
  answers = [];
  refuse = null;
});

afterEach(() => {
  act(() => root.unmount());
  host.remove();
});

const settle = (ms = 20): Promise<void> =>
  act(async () => {
    await new Promise(resolve => setTimeout(resolve, ms));
  });

async function open(found: Check = check): Promise<void> {
  const stable = { engines: async () => engines };
  await act(async () =>
    root.render(
      <RunForm
        check={async () => found}
        form={async () => asked}
        documents={{} as IDocumentManager}
        state={state}
        translator={nullTranslator}
        trans={nullTranslator.load('ellip_lab')}
        document="pkg/app.cwl"
        entry={null}
        base={null}
        inputs={null}
        container={null}
        memory="form:app"
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
      container: 'auto',
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
        field: 'aoi',
        severity: 'error',
        hint: null
      },
      {
        message: 'no image',
        file: null,
        line: null,
        column: null,
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
