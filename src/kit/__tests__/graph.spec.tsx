/** The graph: where things stand, what hangs on what, and the view with its keyboard. */
import * as dagre from '@dagrejs/dagre';
import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';
import { act } from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';

import type { Graph } from '../../contract';
import type { ILayout } from '../graph/layout';
import { laidOut } from '../graph/layout';
import { GraphIndex, matching, traced } from '../graph/links';
import { imageName, shortened, widthOf } from '../graph/measure';
import { moved } from '../graph/moves';
import { untangled } from '../graph/order';
import { svgText } from '../graph/picture';
import { ranksOf } from '../graph/ranks';
import { Stage } from '../graph/stage';
import { GraphView } from '../graph/view';
import type { IGraphState } from '../graph/words';
import { edge, graph, nested, node } from './graphs';

(globalThis as Record<string, unknown>).IS_REACT_ACT_ENVIRONMENT = true;

const trans = nullTranslator.load('ellip_lab');

const lay = (drawn: Graph, open: readonly string[] = []): ILayout =>
  laidOut(dagre, new GraphIndex(drawn), new Set(open), false);

function overlaps(layout: ILayout): string[] {
  const found: string[] = [];
  const boxes = [...layout.boxes];
  boxes.forEach(([one, a], at) => {
    for (const [other, b] of boxes.slice(at + 1)) {
      const within =
        layout.index.around(one).includes(other) ||
        layout.index.around(other).includes(one);
      const apart =
        a.x + a.width <= b.x ||
        b.x + b.width <= a.x ||
        a.y + a.height <= b.y ||
        b.y + b.height <= a.y;
      if (!within && !apart) {
        found.push(`${one} ${other}`);
      }
    }
  });
  return found;
}

describe('a layout', () => {
  it('has inputs on top, what waits below, outputs at the bottom', () => {
    const { boxes, routes } = lay(nested());
    const y = (id: string): number => boxes.get(id)?.y ?? NaN;
    expect(y('scenes')).toBe(y('aoi'));
    expect(y('scenes')).toBeLessThan(y('each'));
    expect(y('each')).toBeLessThan(y('merge'));
    expect(y('merge')).toBeLessThan(y('mask'));
    expect(boxes.has('each/clean')).toBe(false);
    expect(routes.map(({ link }) => `${link.source} ${link.target}`)).toEqual([
      'scenes each',
      'aoi each',
      'each merge',
      'merge mask'
    ]);
  });

  it('holds what is open in its box, linked to its own inputs and outputs', () => {
    const layout = lay(nested(), ['each']);
    expect(overlaps(layout)).toEqual([]);
    const outer = layout.boxes.get('each');
    for (const id of ['each/scene', 'each/clean', 'each/index', 'each/mask']) {
      const inner = layout.boxes.get(id);
      expect(inner && outer && inner.x >= outer.x).toBe(true);
      expect(
        inner && outer && inner.y + inner.height <= outer.y + outer.height
      ).toBe(true);
    }
    const links = layout.routes.map(
      ({ link }) => `${link.source} ${link.target}`
    );
    expect(links).toContain('scenes each/scene');
    expect(links).toContain('each/mask merge');
    expect(links).toContain('each/clean each/index');
  });

  it('of three hundred steps is whole, and nothing lies on anything', () => {
    const steps = Array.from({ length: 300 }, (_, n) => node(`s${n}`));
    const drawn = graph(
      [node('a', 'input'), node('b', 'input'), ...steps, node('o', 'output')],
      [
        ...steps.flatMap((step, n) => [
          edge(n % 10 ? `s${n - 1}` : 'a', step.id),
          edge('b', step.id)
        ]),
        edge('s299', 'o')
      ]
    );
    const layout = lay(drawn);
    expect(overlaps(layout)).toEqual([]);
    expect(layout.boxes.size).toBe(303);
    expect(layout.routes).toHaveLength(601);
    // It is not a line: it can be looked at.
    expect(layout.width / layout.height).toBeGreaterThan(0.3);
    expect(layout.width / layout.height).toBeLessThan(3);
  });

  it('of steps that wait for one another ends', () => {
    const layout = lay(
      graph(
        [node('a'), node('b'), node('c')],
        [edge('a', 'b'), edge('b', 'a'), edge('c', 'c')]
      )
    );
    expect(overlaps(layout)).toEqual([]);
    expect(layout.routes).toHaveLength(3);
    expect(layout.routes.every(route => !route.path.includes('NaN'))).toBe(
      true
    );
  });

  it('of nothing is nothing', () => {
    expect(lay(graph()).boxes.size).toBe(0);
  });
});

it('a row takes no more than fits an eye', () => {
  const steps = Array.from({ length: 200 }, (_, n) => node(`s${n}`));
  const ranks = ranksOf(steps, []);
  const rows = new Map<number, number>();
  ranks.forEach(rank => rows.set(rank, (rows.get(rank) ?? 0) + 1));
  expect(Math.max(...rows.values())).toBeLessThanOrEqual(10);
});

it('neighbours that cross change places, others stand as written', () => {
  const place = (id: string) => ({ id, width: 10, passes: false });
  const rows = untangled(
    [
      [place('b'), place('a'), place('d'), place('c')],
      [place('x'), place('y')]
    ],
    [
      { source: 'a', target: 'x' },
      { source: 'b', target: 'y' }
    ],
    new Map(['a', 'b', 'c', 'd', 'x', 'y'].map((id, at) => [id, at]))
  );
  expect(rows[0]?.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
});

describe('what hangs on what', () => {
  const drawn = nested();
  const index = new GraphIndex(drawn);

  it('is traced through open boxes, port by port', () => {
    const links = index.links(new Set(['each']));
    const up = traced(index, links, 'each/clean', ['up']);
    expect([...up].sort()).toEqual([
      'each',
      'each/clean',
      'each/scene',
      'scenes'
    ]);
    const down = traced(index, links, 'each/index', ['down']);
    expect(down.has('merge')).toBe(true);
    expect(down.has('mask')).toBe(true);
    expect(down.has('each/clean')).toBe(false);
  });

  it('is traced through closed boxes as a whole', () => {
    const links = index.links(new Set());
    const all = traced(index, links, 'merge', ['up', 'down']);
    for (const id of ['scenes', 'aoi', 'each', 'merge', 'mask']) {
      expect(all.has(id)).toBe(true);
    }
  });

  it('is walked with arrows', () => {
    const layout = lay(drawn);
    expect(moved(layout, null, 'ArrowDown')).toBe('scenes');
    expect(moved(layout, 'scenes', 'ArrowDown')).toBe('each');
    expect(moved(layout, 'each', 'ArrowDown')).toBe('merge');
    expect(moved(layout, 'merge', 'ArrowUp')).toBe('each');
    expect(moved(layout, 'scenes', 'ArrowRight')).toBe('aoi');
    expect(moved(layout, 'aoi', 'ArrowLeft')).toBe('scenes');
    expect(moved(layout, 'aoi', 'ArrowRight')).toBeNull();
    expect(moved(layout, 'aoi', 'End')).toBe('mask');
  });
});

it('a search finds by name, label, image and kind, all words of it', () => {
  expect(matching(nested(), 'gdal')).toEqual(['each/clean']);
  expect(matching(nested(), 'one SCENE')).toEqual(['each']);
  expect(matching(nested(), 'output')).toEqual(['each/mask', 'mask']);
  expect(matching(nested(), ' ')).toEqual([]);
});

it('words fit', () => {
  expect(shortened('norm_diff', 13, 200)).toBe('norm_diff');
  const short = shortened('a very long name of a step indeed', 13, 80);
  expect(short.endsWith('…')).toBe(true);
  expect(widthOf(short, 13)).toBeLessThanOrEqual(80);
  expect(shortened('registry/folder/name:1.0', 11, 60, 'end')).toMatch(
    /^….*:1\.0$/
  );
  expect(imageName('ghcr.io/osgeo/gdal:3.9')).toBe('gdal:3.9');
  expect(imageName(`a/b@sha256:${'0123456789abcdef'.repeat(4)}`)).toBe(
    'b@012345…'
  );
});

describe('the plane', () => {
  it('is moved by a drag that is no click, and enlarged around the pointer', () => {
    const pane = document.createElement('div');
    const plane = pane.appendChild(document.createElement('div'));
    Object.defineProperty(pane, 'clientWidth', { value: 400 });
    Object.defineProperty(pane, 'clientHeight', { value: 300 });
    const clicks: number[] = [];
    plane.addEventListener('click', () => clicks.push(1));
    const stage = new Stage(pane, plane);
    stage.resize(800, 300);
    expect(plane.style.width).toBe('400px');
    expect(plane.style.transform).toBe('translate3d(0px, 75px, 0)');
    const at = (type: string, x: number, y: number): MouseEvent =>
      new MouseEvent(type, { clientX: x, clientY: y, bubbles: true });
    pane.dispatchEvent(at('pointerdown', 10, 10));
    window.dispatchEvent(at('pointermove', 40, 30));
    window.dispatchEvent(at('pointerup', 40, 30));
    plane.dispatchEvent(at('click', 40, 30));
    expect(plane.style.transform).toBe('translate3d(30px, 95px, 0)');
    expect(clicks).toEqual([]);
    plane.dispatchEvent(at('click', 40, 30));
    expect(clicks).toEqual([1]);
    stage.zoom(2, 30, 95);
    expect(plane.style.width).toBe('800px');
    expect(plane.style.transform).toBe('translate3d(30px, 95px, 0)');
    // Another drawing does not take away what the person looks at.
    stage.resize(900, 300);
    expect(plane.style.transform).toBe('translate3d(30px, 95px, 0)');
    stage.show({ x: 800, y: 0, width: 100, height: 40 });
    expect(plane.style.transform).not.toBe('translate3d(30px, 95px, 0)');
    stage.fit();
    expect(plane.style.width).toBe('400px');
    stage.dispose();
  });
});

describe('the view', () => {
  let host: HTMLElement;
  let root: Root;
  const told: string[] = [];

  beforeEach(() => {
    globalThis.CSS = { escape: (text: string) => text } as typeof CSS;
    told.length = 0;
    host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
  });

  afterEach(() => {
    act(() => root.unmount());
    host.remove();
  });

  function Held(props: {
    readonly drawn: Graph;
    readonly states?: ReadonlyMap<string, IGraphState>;
  }): JSX.Element {
    const [selected, setSelected] = React.useState<string | null>(null);
    return (
      <GraphView
        graph={props.drawn}
        label="Graph of it"
        states={props.states}
        selected={selected}
        onSelect={one => {
          told.push(`select ${one?.id ?? ''}`);
          setSelected(one?.id ?? null);
        }}
        onActivate={one => told.push(`activate ${one.id}`)}
        file="it"
        trans={trans}
      />
    );
  }

  const show = (
    drawn: Graph,
    states?: ReadonlyMap<string, IGraphState>
  ): Promise<void> =>
    act(async () => root.render(<Held drawn={drawn} states={states} />));
  const at = (id: string): Element | null =>
    host.querySelector(`[data-node="${id}"]`);
  const press = (target: Element | null, key: string): void =>
    act(() => {
      target?.dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true })
      );
    });
  const click = (target: Element | null): void =>
    act(() => {
      target?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    });

  it('opens a sub-workflow in place and closes it', async () => {
    await show(nested());
    expect(at('each')?.getAttribute('aria-expanded')).toBe('false');
    expect(at('each/clean')).toBeNull();
    click(host.querySelector('[data-toggle="each"]'));
    expect(at('each')?.getAttribute('aria-expanded')).toBe('true');
    expect(at('each/clean')).not.toBeNull();
    press(at('each'), 'Enter');
    expect(at('each/clean')).toBeNull();
    press(at('merge'), 'Enter');
    expect(told).toEqual(['activate merge']);
  });

  it('has one tab stop, and arrows that follow links', async () => {
    await show(nested());
    const stops = host.querySelectorAll('[data-node][tabindex="0"]');
    expect(stops).toHaveLength(1);
    press(at('scenes'), 'ArrowDown');
    expect(at('each')?.getAttribute('aria-pressed')).toBe('true');
    expect(at('each')?.getAttribute('tabindex')).toBe('0');
    press(at('each'), 'Escape');
    expect(told).toEqual(['select each', 'select ']);
  });

  it('dims what a trace does not reach', async () => {
    await show(nested());
    click(at('each'));
    press(at('each'), 'd');
    expect(at('scenes')?.classList.contains('jp-mod-dim')).toBe(true);
    expect(at('mask')?.classList.contains('jp-mod-dim')).toBe(false);
    press(at('each'), 'u');
    expect(at('scenes')?.classList.contains('jp-mod-dim')).toBe(false);
  });

  it('jumps to what a search finds, also into what is closed', async () => {
    await show(nested());
    const search = host.querySelector<HTMLInputElement>('input');
    act(() => {
      const set = Object.getOwnPropertyDescriptor(
        HTMLInputElement.prototype,
        'value'
      )?.set;
      set?.call(search, 'clean');
      search?.dispatchEvent(new Event('input', { bubbles: true }));
    });
    expect(host.querySelector('[role="status"]')?.textContent).toBe('1 found');
    press(search, 'Enter');
    expect(at('each/clean')?.getAttribute('aria-pressed')).toBe('true');
    expect(at('merge')?.classList.contains('jp-mod-dim')).toBe(true);
  });

  it('says everything to who does not see it', async () => {
    await show(nested());
    const twin = host.querySelector('[aria-label="What depends on what"]');
    const lines = [...(twin?.querySelectorAll('li') ?? [])].map(
      one => one.textContent
    );
    expect(lines).toContain(
      'step each/index, CommandLineTool; depends on each/aoi, each/clean'
    );
    expect(lines).toContain(
      'step each, One scene, Workflow, Scattered over scene; depends on scenes, aoi'
    );
    expect(lines).toContain('input aoi, Type: string');
    expect(lines).toHaveLength(10);
  });

  it('repaints the state of a step and lays nothing out again', async () => {
    const states = (share: number | null, text: string) =>
      new Map<string, IGraphState>([
        ['each', { state: 'running', text, share, jobs: 4 }],
        [
          'merge',
          { state: 'waiting', text: 'waiting', share: null, jobs: null }
        ]
      ]);
    const drawn = nested();
    await show(drawn, states(0.25, 'running · 1 of 4'));
    expect(at('each')?.getAttribute('aria-label')).toBe(
      'each running · 1 of 4'
    );
    expect(at('each')?.classList.contains('jp-mod-running')).toBe(true);
    expect(at('each')?.textContent).toContain('4 ×');
    const drawing = host.querySelector('svg');
    const took = drawing?.getAttribute('data-took');
    const place = at('merge')?.getAttribute('transform');
    const before = at('merge');
    await show(drawn, states(0.5, 'running · 2 of 4'));
    expect(at('each')?.textContent).toContain('running · 2 of 4');
    expect(host.querySelector('svg')).toBe(drawing);
    expect(drawing?.getAttribute('data-took')).toBe(took);
    expect(at('merge')).toBe(before);
    expect(at('merge')?.getAttribute('transform')).toBe(place);
  });

  it('is a picture without a stylesheet', async () => {
    await show(nested());
    const drawing = host.querySelector('svg') as SVGSVGElement;
    Object.defineProperty(drawing, 'viewBox', {
      value: { baseVal: { width: 300, height: 400 } }
    });
    const text = svgText(drawing);
    const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
    expect(parsed.documentElement.getAttribute('width')).toBe('300');
    expect(parsed.querySelector('[class], [role], [tabindex]')).toBeNull();
    expect(parsed.querySelector('rect')?.getAttribute('fill')).toBe('#ffffff');
    expect(text).toContain('>merge<');
  });
});
