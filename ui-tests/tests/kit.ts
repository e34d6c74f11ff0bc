/**
 * What the browser tests share: a Lab with our panel, fixtures in place, screenshots kept.
 */
import * as path from 'path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect, galata, test as base } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

/** Whether the theme is dark, for the tests that look at both: UI_THEMES=light, as CI has it, leaves the dark one out. */
export const THEMES: readonly boolean[] =
  process.env.UI_THEMES === 'light' ? [false] : [false, true];

/** Milliseconds that a run on a busy machine may take. */
export const RUN = 90_000;

const folder = path.resolve(__dirname, '..');

/** The settings of every test: without the question about news, and without the offer of the tour. */
export const SETTINGS = {
  ...galata.DEFAULT_SETTINGS,
  '@jupyterlab/apputils-extension:notification': {
    checkForUpdates: false,
    fetchNews: 'false',
    doNotDisturbMode: false
  },
  'ellip-lab:packages': { tour: false }
};

/** A page whose server knows the fixtures. */
export const test = base.extend({ mockSettings: SETTINGS });

export { expect };

/** Puts a fixture into the folder of the test. */
export async function put(
  page: IJupyterLabPageFixture,
  tmpPath: string,
  name: string
): Promise<string> {
  const target = `${tmpPath}/${name}`;
  await page.contents.uploadFile(path.join(folder, 'fixtures', name), target);
  return target;
}

/** Opens a document in the editor. */
export async function openDocument(
  page: IJupyterLabPageFixture,
  tmpPath: string,
  name: string
): Promise<void> {
  const target = await put(page, tmpPath, name);
  await page.sidebar.openTab('filebrowser');
  await page.filebrowser.open(target);
  await expect(page.getByRole('tab', { name })).toBeVisible();
  await page.sidebar.openTab('ellip-lab-runs');
}

/** Keeps a picture of a step, for whoever looks at the build. */
export async function keep(page: Page, name: string): Promise<void> {
  await page.screenshot({
    path: path.join(folder, 'screenshots', `${name}.png`)
  });
}

/** Opens a document, fills in nothing but what is given, and runs it without containers. */
export async function run(
  page: IJupyterLabPageFixture,
  values: Record<string, string> = {},
  container = 'none'
): Promise<void> {
  await page.getByRole('button', { name: 'Run…', exact: true }).click();
  await fill(page, values, container);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(
    page.getByRole('tablist', { name: 'Parts of the run' })
  ).toBeVisible({ timeout: RUN });
}

/** Fills in a form that is open. */
export async function fill(
  page: Page,
  values: Record<string, string>,
  container = 'none'
): Promise<void> {
  await expect(
    page.getByRole('button', { name: 'Run', exact: true })
  ).toBeEnabled({ timeout: RUN });
  for (const [label, value] of Object.entries(values)) {
    await page.getByLabel(label, { exact: true }).fill(value);
  }
  await page.getByLabel('Run with').selectOption(container);
}

/** Chooses a theme. */
export async function theme(
  page: IJupyterLabPageFixture,
  dark: boolean
): Promise<void> {
  await (dark ? page.theme.setDarkTheme() : page.theme.setLightTheme());
}

/** Reloads the page; galata would wait for the launcher to be in front, and a run is. */
export async function reload(page: IJupyterLabPageFixture): Promise<void> {
  await page.reload({ waitForIsReady: false } as object);
  await expect(page.getByRole('menubar').first()).toBeVisible({ timeout: RUN });
}

/** Waits until the browser has saved what it shows: a moment after it is shown. */
export function remembered(page: Pick<Page, 'waitForRequest'>, words: string) {
  return page.waitForRequest(
    request =>
      request.url().includes('/api/workspaces') &&
      !!request.postData()?.includes(words),
    { timeout: RUN }
  );
}
