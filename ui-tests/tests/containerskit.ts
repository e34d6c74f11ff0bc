/**
 * What the browser tests of containers share: a podman store and a registry of their own, and the panel.
 */
import { execFileSync } from 'child_process';
import { readFileSync } from 'fs';
import * as path from 'path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator, Page } from '@playwright/test';

import { expect, RUN } from './kit';

const folder = path.resolve(__dirname, '..');

/** The server whose engine is the tests' own. */
export const ENGINE_URL = process.env.UI_ENGINE_URL ?? '';

/** The small image that every test may use. */
export const BUSYBOX = 'docker.io/ellip/busybox:1';

/** The registry, and who is let in. */
export interface IRegistry {
  readonly host: string;
  readonly user: string;
  readonly password: string;
  /** The variables that lead to the store. */
  readonly store: Record<string, string>;
}

/** Gives the registry that the server's configuration has started. */
export function registry(): IRegistry {
  const { port } = new URL(ENGINE_URL);
  return JSON.parse(
    readFileSync(path.join(folder, 'work', port, 'engine.json'), 'utf8')
  ) as IRegistry;
}

/** Makes the base of the demo's image in the store of the tests; half a minute. */
export function makeDebianBase(): void {
  execFileSync(path.join(folder, '..', 'scripts', 'debian-base'), {
    env: { ...process.env, ...registry().store },
    stdio: 'inherit',
    timeout: 400_000
  });
}

/** Puts a fixture with its folder into the folder of the test. */
export async function putFolder(
  page: IJupyterLabPageFixture,
  tmpPath: string,
  name: string
): Promise<string> {
  const target = `${tmpPath}/${name}`;
  await page.contents.uploadDirectory(
    path.join(folder, 'fixtures', name),
    target
  );
  return target;
}

/** The panel. */
export function panel(page: Page): Locator {
  return page.getByRole('region', { name: 'Containers', exact: true });
}

/** Shows the panel. */
export async function openContainers(
  page: IJupyterLabPageFixture,
  tab: 'Images' | 'Containers' | 'Registries' = 'Images'
): Promise<Locator> {
  await page.sidebar.openTab('ellip-lab-containers');
  const side = panel(page);
  await side.getByRole('tab', { name: tab }).click();
  return side;
}

/** A row of the panel. */
export function row(page: Page, name: string | RegExp): Locator {
  return panel(page)
    .getByRole('rowgroup')
    .getByRole('row')
    .filter({ hasText: name })
    .first();
}

/** The line of a pull, a build or a push at the foot of the panel. */
export function workLine(page: Page, name: string | RegExp): Locator {
  return panel(page)
    .getByRole('region', { name: 'Work' })
    .getByRole('listitem')
    .filter({ hasText: name })
    .first();
}

/** Opens the form of a build from the menu of the file browser. */
export async function openBuild(
  page: IJupyterLabPageFixture,
  tmpPath: string,
  name: string
): Promise<Locator> {
  await putFolder(page, tmpPath, name);
  await page.sidebar.openTab('filebrowser');
  await page.filebrowser.refresh();
  await page
    .getByRole('listitem', { name: new RegExp(`^Name: ${name}`) })
    .click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Build Image…' }).click();
  const form = page.getByRole('form', { name: 'Build an image' });
  await expect(form.getByLabel('Name')).toHaveValue(new RegExp(name), {
    timeout: RUN
  });
  return form;
}

/** Asks the server, and waits until a work has ended. */
export async function carriedOut(
  page: Pick<Page, 'request'>,
  verb: string,
  data: object
): Promise<void> {
  const server = `${ENGINE_URL}/ellip-lab/containers`;
  const answer = await page.request.post(`${server}/${verb}`, {
    data,
    timeout: RUN
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  const { id } = (await answer.json()) as { id: string };
  await expect
    .poll(
      async () => {
        const work = await page.request.get(`${server}/works/${id}`);
        return ((await work.json()) as { state: string }).state;
      },
      { timeout: 2 * RUN }
    )
    .toBe('done');
}

/** The pill that says how the work in front stands. */
export function standing(page: Page): Locator {
  return page.getByRole('main').getByRole('status').first();
}
