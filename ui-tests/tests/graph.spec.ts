/**
 * The graph of a document beside its editor, and of a run: it follows the text, leads to lines and logs, stays fast.
 */
import * as fs from 'fs';
import * as path from 'path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import {
  expect,
  keep,
  openDocument,
  reload,
  RUN,
  run,
  test,
  theme,
  THEMES,
  remembered
} from './kit';

const DEMO = path.resolve(
  __dirname,
  '../../ellip_lab/packages/water-bodies/water-bodies.cwl'
);

/** Puts a text into the folder of the test, opens it in the editor and its graph beside it. */
async function openGraph(
  page: IJupyterLabPageFixture,
  tmpPath: string,
  name: string,
  text: string
): Promise<Locator> {
  await page.contents.uploadContent(text, 'text', `${tmpPath}/${name}`);
  await page.sidebar.openTab('filebrowser');
  await page.filebrowser.open(`${tmpPath}/${name}`);
  await expect(page.getByRole('tab', { name })).toBeVisible();
  await page.sidebar.close('left');
  await page.getByRole('button', { name: 'Graph', exact: true }).click();
  const graph = page.getByRole('group', { name: /^Graph of/ });
  await expect(graph).toBeVisible();
  return graph;
}

for (const dark of THEMES) {
  const name = dark ? 'dark' : 'light';

  test(`the demo's graph beside its editor (${name})`, async ({
    page,
    tmpPath
  }) => {
    await theme(page, dark);
    const text = fs.readFileSync(DEMO, 'utf-8');
    const graph = await openGraph(page, tmpPath, 'water-bodies.cwl', text);
    const crop = graph.getByRole('button', { name: /^crop/ });
    await expect(crop).toBeVisible();
    await keep(page, `graph-${name}-1-demo`);

    // A click leads to the line.
    await crop.click();
    await expect(crop).toHaveAttribute('aria-pressed', 'true');
    const details = page.getByRole('region', { name: 'Selected: crop' });
    await expect(details).toContainText('Scattered over band');
    await keep(page, `graph-${name}-1-selected`);
    await details.getByRole('button', { name: 'line 57' }).click();
    await expect(page.getByText(/^Ln 57, Col 7/)).toBeVisible();

    // The cursor leads to the node: the tool that otsu runs is written at line 165 and below.
    await page.getByRole('button', { name: /^what it runs/ }).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.press('ArrowUp');
    await expect(graph.getByRole('button', { name: /^stac/ })).toHaveAttribute(
      'aria-pressed',
      'true'
    );

    // Trace.
    await graph.getByRole('button', { name: /^otsu/ }).click();
    await page.getByRole('button', { name: /depends on the selected/ }).click();
    await keep(page, `graph-${name}-2-trace`);
    await page.getByRole('button', { name: /depends on the selected/ }).click();

    // Search.
    const search = page.getByRole('searchbox', { name: 'Search the graph' });
    await search.fill('norm');
    await search.press('Enter');
    await expect(
      graph.getByRole('button', { name: /^norm_diff/ })
    ).toHaveAttribute('aria-pressed', 'true');
    await expect(page.getByText('1 of 1')).toBeVisible();
    await keep(page, `graph-${name}-3-search`);
    await search.fill('');

    // The keyboard: along the links.
    await graph.getByRole('button', { name: /^norm_diff/ }).focus();
    await page.keyboard.press('ArrowDown');
    await expect(graph.getByRole('button', { name: /^otsu/ })).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await expect(crop).toBeFocused();
  });

  test(`a run in its graph (${name})`, async ({ page, tmpPath }) => {
    await theme(page, dark);
    await openDocument(page, tmpPath, 'field.cwl');
    await run(page, { Note: 'by the river', Seconds: '10' });
    const steps = page.getByRole('navigation', { name: 'Steps' });
    const read = steps.getByRole('button', { name: /^read .*running/ });
    await expect(read).toBeInViewport({ timeout: RUN });
    await keep(page, `graph-${name}-4-running`);
    await read.click();
    await expect(page.getByRole('combobox', { name: 'Log of' })).toHaveValue(
      /^read/
    );
    await expect(
      steps.getByRole('button', { name: /^read .*2 of 2/ })
    ).toBeVisible({ timeout: RUN });
    await expect(
      page.getByRole('status').filter({ hasText: /^done/ })
    ).toBeVisible({ timeout: RUN });
    await keep(page, `graph-${name}-5-done`);

    await page.sidebar.openTab('filebrowser');
    await openDocument(page, tmpPath, 'broken.cwl');
    await run(page);
    const failed = steps.getByRole('button', { name: /^second failed/ });
    await expect(failed).toBeVisible({ timeout: RUN });
    await keep(page, `graph-${name}-6-failed`);
  });

  test(`a sub-workflow opens in place (${name})`, async ({ page, tmpPath }) => {
    await theme(page, dark);
    const graph = await openGraph(page, tmpPath, 'nested.cwl', NESTED);
    const outer = graph.getByRole('button', { name: /^each / });
    await expect(outer).toHaveAttribute('aria-expanded', 'false');
    await outer.focus();
    await page.keyboard.press('Enter');
    await expect(outer).toHaveAttribute('aria-expanded', 'true');
    const inner = graph.getByRole('button', { name: /^each\/clean/ });
    await expect(inner).toBeVisible();
    await inner.click();
    await keep(page, `graph-${name}-7-sub`);
    await page.getByRole('button', { name: 'line 22' }).click();
    await expect(page.getByText(/^Ln 22, Col 5/)).toBeVisible();
    await outer.focus();
    await page.keyboard.press('Enter');
    await expect(inner).toBeHidden();
  });
}

const NESTED = `cwlVersion: v1.2
$graph:
- class: Workflow
  id: main
  label: Every scene, then all of them
  requirements: {ScatterFeatureRequirement: {}, SubworkflowFeatureRequirement: {}, InlineJavascriptRequirement: {}}
  inputs: {scenes: "File[]", aoi: string, verbose: boolean?}
  steps:
    each: {label: One scene, run: "#scene", scatter: scene, in: {scene: scenes, aoi: aoi}, out: [mask, log]}
    merge: {label: All masks, run: "#merge", in: {masks: each/mask}, out: [merged]}
    report: {run: "#merge", when: $(inputs.verbose), in: {masks: each/log, verbose: verbose}, out: [merged]}
  outputs:
    mask: {type: File, outputSource: merge/merged}
    report: {type: File?, outputSource: report/merged}
- class: Workflow
  id: scene
  inputs: {scene: File, aoi: string}
  outputs:
    mask: {type: File, outputSource: threshold/out}
    log: {type: File, outputSource: clean/log}
  steps:
    clean: {run: "#tool", in: {in: scene, aoi: aoi}, out: [out, log]}
    index: {run: "#tool", in: {in: clean/out, aoi: aoi}, out: [out, log]}
    threshold: {run: "#tool", in: {in: index/out, aoi: aoi}, out: [out, log]}
- class: CommandLineTool
  id: tool
  hints: {DockerRequirement: {dockerPull: "ghcr.io/osgeo/gdal:ubuntu-small-3.9.0"}}
  baseCommand: echo
  inputs: {in: File, aoi: string}
  outputs: {out: stdout, log: stderr}
- class: CommandLineTool
  id: merge
  baseCommand: cat
  inputs: {masks: "File[]"}
  outputs: {merged: stdout}
`;

test('it follows the text, and keeps the last good graph', async ({
  page,
  tmpPath
}) => {
  const graph = await openGraph(page, tmpPath, 'typed.cwl', NESTED);
  await graph.getByRole('button', { name: /^merge/ }).dblclick();
  await expect(page.getByText(/^Ln 10, Col 5/)).toBeVisible();
  await page.keyboard.type('re');
  await expect(graph.getByRole('button', { name: /^remerge/ })).toBeVisible();
  await expect(
    graph.getByRole('button', { name: /there is no `merge\/merged`/ })
  ).toBeVisible();
  await keep(page, 'graph-problem');
  await page.keyboard.type(': ');
  await expect(page.getByText(/cannot be read at line 10/)).toBeVisible();
  await expect(graph.getByRole('button', { name: /^remerge/ })).toBeVisible();
  await keep(page, 'graph-broken');
  for (let count = 0; count < 4; count += 1) {
    await page.keyboard.press('Backspace');
  }
  await expect(graph.getByRole('button', { name: /^merge/ })).toBeVisible();
  await expect(page.getByText(/cannot be read at line/)).toBeHidden();
});

test('it is there after a reload, and under another name', async ({
  page,
  tmpPath
}) => {
  const graph = await openGraph(page, tmpPath, 'first.cwl', NESTED);
  await expect(graph.getByRole('button', { name: /^merge/ })).toBeVisible();
  const saved = remembered(page, 'cwl-graph');
  await page.getByRole('combobox', { name: 'Process' }).selectOption('scene');
  await expect(graph.getByRole('button', { name: /^clean/ })).toBeVisible();
  await saved;
  await reload(page);
  await expect(graph.getByRole('button', { name: /^clean/ })).toBeVisible({
    timeout: RUN
  });
  await page.contents.renameFile(
    `${tmpPath}/first.cwl`,
    `${tmpPath}/second.cwl`
  );
});

test('pictures of it', async ({ page, tmpPath }) => {
  const graph = await openGraph(page, tmpPath, 'nested.cwl', NESTED);
  await expect(graph.getByRole('button', { name: /^merge/ })).toBeVisible();
  for (const kind of ['SVG', 'PNG']) {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: `Save the graph as ${kind}` }).click()
    ]);
    expect(file.suggestedFilename()).toBe(`main.${kind.toLowerCase()}`);
    const place = await file.path();
    const data = fs.readFileSync(place);
    if (kind === 'SVG') {
      const text = data.toString('utf-8');
      expect(text).toContain('>merge<');
      expect(text).not.toContain('var(--');
    } else {
      expect(data.subarray(1, 4).toString()).toBe('PNG');
    }
    fs.mkdirSync(path.resolve(__dirname, '../screenshots'), {
      recursive: true
    });
    fs.copyFileSync(
      place,
      path.resolve(
        __dirname,
        `../screenshots/graph-saved.${kind.toLowerCase()}`
      )
    );
  }
});

test('three hundred steps', async ({ page, tmpPath }) => {
  await page.contents.uploadContent(TOOL, 'text', `${tmpPath}/tool.cwl`);
  const graph = await openGraph(page, tmpPath, 'many.cwl', many(300));
  const drawing = graph.locator('svg');
  await expect(drawing).toBeVisible({ timeout: RUN });
  await expect(graph.getByRole('button')).toHaveCount(300 + 6 + 1);
  const took = Number(await drawing.getAttribute('data-took'));
  await keep(page, 'graph-300-fitted');
  await graph.getByRole('button', { name: /^s150 / }).focus();
  await page.keyboard.press('1');
  const box = await graph.boundingBox();
  if (!box) {
    throw new Error('there is no graph');
  }
  // What this machine can do at this moment, with nothing to draw.
  const idle = await framesOf(page, 1000);
  const counting = framesOf(page, 2000);
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  await page.mouse.move(x, y);
  await page.mouse.down();
  const until = Date.now() + 2000;
  for (let at = 0; Date.now() < until; at += 1) {
    const angle = at / 12;
    await page.mouse.move(
      x + 200 * Math.sin(angle),
      y + 250 * Math.sin(angle / 2)
    );
  }
  await page.mouse.up();
  const { frames, worst } = await counting;
  console.log(
    `300 steps: laid out in ${took} ms; panned at ${frames.toFixed(1)} frames/s (${idle.frames.toFixed(1)} when nothing moves), the longest frame ${worst.toFixed(0)} ms`
  );
  await keep(page, 'graph-300-read');
  // The goal is 1000 ms and 30 frames, on a machine that nobody else uses: said above, and not asserted.
  expect(took).toBeGreaterThan(0);
  expect(frames).toBeGreaterThan(0);
});

/** Frames a second, and the longest of them, for so many milliseconds. */
function framesOf(
  page: IJupyterLabPageFixture,
  ms: number
): Promise<{ frames: number; worst: number }> {
  return page.evaluate(
    ms =>
      new Promise<{ frames: number; worst: number }>(resolve => {
        const began = performance.now();
        let last = began;
        let frames = 0;
        let worst = 0;
        const tick = (now: number): void => {
          frames += 1;
          worst = Math.max(worst, now - last);
          last = now;
          if (now - began < ms) {
            requestAnimationFrame(tick);
          } else {
            resolve({ frames: (1000 * frames) / (now - began), worst });
          }
        };
        requestAnimationFrame(tick);
      }),
    ms
  );
}

/** A workflow of so many steps: chains of five that share inputs, and meet. */
function many(count: number): string {
  const steps = Array.from({ length: count }, (_, n) => {
    const first = n % 5 === 0;
    const source = first ? `a${(n / 5) % 5}` : `s${n - 1}/o`;
    const other = n >= 50 && n % 10 === 0 ? `s${n - 46}/o` : `a${n % 3}`;
    return `  s${n}: {label: Step number ${n}, run: tool.cwl, in: {x: ${source}, y: ${other}}, out: [o]}`;
  });
  return `cwlVersion: v1.2
class: Workflow
inputs: {a0: File, a1: File, a2: File, a3: File, a4: File, a5: File?}
steps:
${steps.join('\n')}
outputs: {o: {type: File, outputSource: s${count - 1}/o}}
`;
}

const TOOL = `cwlVersion: v1.2
class: CommandLineTool
baseCommand: cat
inputs: {x: File, y: File}
outputs: {o: stdout}
`;
