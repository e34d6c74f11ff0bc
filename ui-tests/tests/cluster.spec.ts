/**
 * Runs on a real cluster, as a person has them: set it up, test it, choose it in the form, watch, stop.
 *
 * Skipped, and said so, where KUBECONFIG names no cluster that answers. The namespace is the tests' own.
 */
import { execFile } from 'child_process';
import * as path from 'path';
import { promisify } from 'util';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator, Page } from '@playwright/test';

import {
  expect,
  keep,
  openDocument,
  reload,
  RUN,
  test,
  theme,
  THEMES
} from './kit';

interface IThere {
  readonly namespace: string;
  readonly kubeconfig: string;
  readonly image: string;
}

/** Milliseconds that a run on a busy cluster may take. */
const CLUSTER = 150_000;
const run = promisify(execFile);
const script = path.resolve(__dirname, '../fixtures/cluster.py');
let there: IThere | null = null;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  test.setTimeout(CLUSTER);
  const folder = path.resolve(
    __dirname,
    '../work',
    `cluster-${process.env.UI_PORT ?? '8898'}`
  );
  let why = '';
  try {
    const { stdout } = await run('python', [script, 'up', folder]);
    there = JSON.parse(stdout) as IThere;
  } catch (error) {
    const failed = error as { code?: number; stderr?: string };
    if (failed.code !== 77) {
      throw error;
    }
    why = failed.stderr?.trim() ?? '';
    process.stderr.write(`cluster.spec.ts is skipped: ${why}\n`);
  }
  test.skip(there === null, why);
});

test.afterAll(async () => {
  test.setTimeout(CLUSTER);
  if (there) {
    await run('python', [script, 'down', there.namespace]);
  }
});

/** Opens the settings of the cluster from the palette. */
async function openSettings(page: Page): Promise<Locator> {
  await page.evaluate(async () => {
    await window.jupyterapp.commands.execute('ellip-lab:runs-cluster');
  });
  const settings = page.getByRole('tabpanel').filter({
    has: page.getByRole('heading', { name: 'Kubernetes', exact: true })
  });
  await expect(settings.getByLabel('Claim', { exact: true })).toBeVisible({
    timeout: RUN
  });
  return settings;
}

/** Opens the form of a document, on Kubernetes. */
async function openForm(
  page: IJupyterLabPageFixture,
  values: Record<string, string>
): Promise<void> {
  await page.getByRole('button', { name: 'Run…', exact: true }).click();
  await expect(
    page.getByRole('button', { name: 'Run', exact: true })
  ).toBeEnabled({ timeout: RUN });
  await page.getByLabel('Run on', { exact: true }).selectOption('Kubernetes');
  for (const [label, value] of Object.entries(values)) {
    await page.getByLabel(label, { exact: true }).fill(value);
  }
}

/** Starts what a form asks for. */
async function start(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(
    page.getByRole('tablist', { name: 'Parts of the run' })
  ).toBeVisible({ timeout: RUN });
  return page.getByRole('navigation', { name: 'Steps' });
}

test('a connection is tested: what is missing is named, and mended', async ({
  page,
  tmpPath
}) => {
  test.setTimeout(2 * CLUSTER);
  const { namespace, kubeconfig, image } = there as IThere;
  await openDocument(page, tmpPath, 'scattered.cwl');
  await openForm(page, {});
  // The cluster of whoever runs the tests has nothing of ours in its default namespace.
  await expect(page.getByText(/^Not ready: /)).toBeVisible({ timeout: RUN });
  await expect(page.getByLabel('Run with')).toBeHidden();
  await keep(page, 'cluster-1-not-ready');
  await page.getByRole('button', { name: 'Set up…' }).click();

  const settings = await openSettings(page);
  const field = (label: string): Locator =>
    settings.getByLabel(label, { exact: true });
  await field('Kubeconfig').fill(kubeconfig);
  await field('Namespace').fill(namespace);
  await field('Image').fill(image);
  await field('CPU').fill('10m');
  await field('Claim').fill('nowhere');
  // A value that cannot be is told at its field, and what is typed outlives a reload.
  await field('Memory of all tools').fill('8 GB');
  await settings.getByRole('button', { name: 'Test connection' }).click();
  await expect(settings.getByRole('alert')).toContainText('512Mi');
  await expect(field('Memory of all tools')).toBeFocused();
  await keep(page, 'cluster-2-field');
  const saved = page.waitForRequest(
    request =>
      request.url().includes('/api/workspaces') &&
      !!request.postData()?.includes('"max_ram":"4Gi"')
  );
  await field('Memory of all tools').fill('4Gi');
  await saved;
  await reload(page);
  await openSettings(page);
  await expect(field('Claim')).toHaveValue('nowhere');

  const test_ = settings.getByRole('button', { name: 'Test connection' });
  await test_.click();
  const found = settings.getByRole('region', {
    name: 'Test of the connection'
  });
  await expect(
    found.getByRole('status').filter({ hasText: '1 thing is missing' })
  ).toBeVisible({ timeout: CLUSTER });
  const missing = found.getByRole('listitem').first();
  await expect(missing).toContainText('claim');
  await expect(missing).toContainText('nowhere');
  await expect(
    missing.getByRole('button', { name: /^Copy kubectl apply -n ellip-ui-/ })
  ).toBeVisible();
  await expect(found.getByRole('heading')).toBeFocused();
  await keep(page, 'cluster-3-missing');

  await field('Claim').fill('calrissian');
  await test_.click();
  await expect(found.getByRole('progressbar')).toBeVisible();
  await expect(found.getByRole('status').first()).toHaveText(
    new RegExp(`^Ready: namespace ${namespace}, Kubernetes v`),
    { timeout: CLUSTER }
  );
  await expect(
    found.getByRole('listitem').filter({ hasText: 'can write to it' })
  ).toBeVisible();
  for (const dark of THEMES) {
    await theme(page, dark);
    await keep(page, `cluster-4-ready-${dark ? 'dark' : 'light'}`);
  }
});

test('a run on Kubernetes is watched to its end', async ({ page, tmpPath }) => {
  test.setTimeout(4 * CLUSTER);
  const { namespace } = there as IThere;
  await openDocument(page, tmpPath, 'scattered.cwl');
  await openForm(page, { Ticks: '36' });
  await expect(page.getByText(`Ready: namespace ${namespace}`)).toBeVisible({
    timeout: CLUSTER
  });
  await keep(page, 'cluster-5-form');
  const steps = await start(page);
  const shout = steps.getByRole('button', { name: /^shout / });
  await keep(page, 'cluster-5-started');
  await expect(
    steps.getByRole('button', { name: /^shout .*waiting/ })
  ).toBeVisible({ timeout: CLUSTER });
  await expect(
    steps.getByRole('button', { name: /^shout .*running · 0 of 3/ })
  ).toBeVisible({ timeout: CLUSTER });
  await expect(
    page
      .getByRole('status')
      .filter({ hasText: `Kubernetes, namespace ${namespace}` })
  ).toBeVisible();
  // The log of a step, while it runs.
  await shout.click();
  const log = page.getByRole('log');
  await expect(log).toContainText(': tick 2', { timeout: CLUSTER });
  await expect(
    steps.getByRole('button', { name: /^shout .*running · 0 of 3/ })
  ).toBeVisible();
  await expect(log).toContainText(': tick 4', { timeout: CLUSTER });
  for (const dark of THEMES) {
    await theme(page, dark);
    await keep(page, `cluster-6-running-${dark ? 'dark' : 'light'}`);
  }
  await expect(
    steps.getByRole('button', { name: /^shout .*3 of 3/ })
  ).toBeVisible({ timeout: CLUSTER });
  await expect(
    page.getByRole('status').filter({ hasText: /^done/ })
  ).toBeVisible({ timeout: CLUSTER });
  await page.getByRole('tab', { name: /^Outputs/ }).click();
  await expect(
    page.getByRole('region', { name: 'Output joined' })
  ).toContainText('14 B');
  await page.getByRole('tab', { name: 'Resources' }).click();
  const together = page.getByRole('row', { name: /^Together/ });
  await expect(together).toContainText(/0\.0\d+/);
  for (const dark of THEMES) {
    await theme(page, dark);
    await keep(page, `cluster-7-usage-${dark ? 'dark' : 'light'}`);
  }

  // The same again on this machine, and from there on the cluster; each is offered where the other has run.
  const main = page.getByRole('main');
  const place = main
    .getByRole('status')
    .filter({ hasText: `Kubernetes, namespace ${namespace}` });
  await main.getByRole('button', { name: 'More actions' }).click();
  await expect(
    page.getByRole('menuitem', { name: 'Run on Kubernetes' })
  ).toBeHidden();
  await page.getByRole('menuitem', { name: 'Run Here' }).click();
  await expect(place).toBeHidden({ timeout: RUN });
  // Its image is on the cluster; whether this machine has it, too, is not for this test to say.
  await expect(
    main.getByRole('status').filter({ hasText: /^(done|failed)/ })
  ).toBeVisible({ timeout: CLUSTER });
  await keep(page, 'cluster-7-here');
  await main.getByRole('button', { name: 'More actions' }).click();
  await expect(page.getByRole('menuitem', { name: 'Run Here' })).toBeHidden();
  await page.getByRole('menuitem', { name: 'Run on Kubernetes' }).click();
  await expect(place).toBeVisible({ timeout: RUN });
  await expect(
    main.getByRole('status').filter({ hasText: /^done/ })
  ).toBeVisible({ timeout: CLUSTER });
  await page.getByRole('tab', { name: /^Outputs/ }).click();
  await expect(
    page.getByRole('region', { name: 'Output joined' })
  ).toContainText('14 B');
});

test('a run that finds no room says so, and is stopped', async ({
  page,
  tmpPath
}) => {
  test.setTimeout(2 * CLUSTER);
  const settings = await openSettings(page);
  await settings.getByLabel('Cores of all tools', { exact: true }).fill('500');
  await settings.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(settings.getByText('Saved.')).toBeVisible();

  await openDocument(page, tmpPath, 'scattered.cwl');
  await openForm(page, { Cores: '100' });
  const steps = await start(page);
  await expect(
    steps.getByRole('button', { name: /^shout .*Unschedulable/ })
  ).toBeVisible({ timeout: CLUSTER });
  const waiting = page
    .getByRole('status')
    .filter({ hasText: 'Waiting for the cluster' });
  await expect(waiting).toContainText('Insufficient cpu');
  for (const dark of THEMES) {
    await theme(page, dark);
    await keep(page, `cluster-8-pending-${dark ? 'dark' : 'light'}`);
  }
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(
    page.getByRole('heading', { name: 'The run was stopped' })
  ).toBeVisible({ timeout: CLUSTER });
  await keep(page, 'cluster-9-stopped');

  // The same again on this machine, from the run's menu.
  await page.getByRole('button', { name: 'More actions' }).click();
  await expect(page.getByRole('menuitem', { name: 'Run Here' })).toBeVisible();
  await keep(page, 'cluster-10-menu');
  await page.keyboard.press('Escape');
});
