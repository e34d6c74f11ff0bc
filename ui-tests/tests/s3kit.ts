/**
 * What the browser tests of storage share: a store with something in it, and the panel.
 */
import { execFile } from 'child_process';
import * as path from 'path';
import { promisify } from 'util';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator, Page } from '@playwright/test';

import { expect } from './kit';

const folder = path.resolve(__dirname, '..');

/** A store of the test server's own. */
export interface IStore {
  readonly endpoint: string;
  readonly access: string;
  readonly secret: string;
}

/** Starts the store on the test server's machine, with `keys` small objects in the bucket `many`. */
export async function startStore(keys = 0): Promise<IStore> {
  const port = new URL(process.env.TARGET_URL ?? '').port;
  const { stdout } = await promisify(execFile)('python', [
    path.join(folder, 'fixtures', 'store.py'),
    path.join(folder, 'work', port, 'state'),
    String(keys)
  ]);
  return JSON.parse(stdout) as IStore;
}

/** The panel. */
export function storage(page: Page): Locator {
  return page.getByRole('region', { name: 'Storage', exact: true });
}

/** Shows the panel. */
export async function openStorage(
  page: IJupyterLabPageFixture
): Promise<Locator> {
  await page.sidebar.openTab('ellip-lab-s3');
  const panel = storage(page);
  await expect(panel).toBeVisible();
  return panel;
}

/** A row of the panel. */
export function row(page: Page, name: string | RegExp): Locator {
  return storage(page).getByRole('row', { name });
}

/** Goes to a bucket of the store on this machine, and into folders. */
export async function goTo(
  page: IJupyterLabPageFixture,
  ...steps: string[]
): Promise<Locator> {
  const panel = await openStorage(page);
  await panel
    .getByRole('button', { name: 'Use the store on this machine' })
    .click();
  for (const step of steps) {
    await row(page, step).first().dblclick();
    await expect(
      panel
        .getByRole('navigation', { name: 'Place' })
        .getByRole('button', { name: step, exact: true })
    ).toHaveAttribute('aria-current', 'location');
  }
  return panel;
}

/** Drops files and folders of this machine, as a drag from the desktop does. */
export async function drop(
  target: Locator,
  files: readonly string[]
): Promise<void> {
  const box = await target.boundingBox();
  if (!box) {
    throw new Error('There is nothing to drop on');
  }
  // galata's page is a stand-in: the session wants the real one.
  const page = target.page();
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...at, data });
  }
  await session.detach();
}
