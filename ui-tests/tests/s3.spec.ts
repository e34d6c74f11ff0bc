/**
 * Storage as a person uses it: connect, browse, act, watch what is on its way; in both themes.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import * as path from 'path';

import type { Page } from '@playwright/test';

import {
  expect,
  keep,
  reload,
  remembered,
  RUN,
  test,
  theme,
  THEMES
} from './kit';
import type { IStore } from './s3kit';
import { drop, goTo, openStorage, row, startStore, storage } from './s3kit';

let store: IStore;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  store = await startStore(50_000);
});

/** The line of a transfer. */
function transfer(page: Page, name: RegExp) {
  return storage(page)
    .getByRole('region', { name: 'Transfers' })
    .getByRole('listitem')
    .filter({ hasText: name })
    .first();
}

for (const dark of THEMES) {
  const name = dark ? 'dark' : 'light';

  test(`a connection is made with a preset (${name})`, async ({ page }) => {
    await theme(page, dark);
    const panel = await openStorage(page);
    await panel.getByRole('button', { name: /MinIO/ }).click();
    const form = panel.getByRole('form', { name: 'New connection' });
    await form.getByLabel('Title').fill(`Field store ${name}`);
    await form.getByLabel('Endpoint').fill(store.endpoint);
    await form.getByLabel('Access key').fill(store.access);
    await form.getByLabel('Secret key').fill('not-the-secret');
    await form.getByRole('button', { name: 'Test connection' }).click();
    const result = form.getByRole('region', { name: 'Result of the test' });
    await expect(result).toContainText('does not work', { timeout: RUN });
    await expect(result.getByText(/Sign-in\s+failed/)).toBeVisible();
    await keep(page, `${name}-storage-3-test-fails`);

    await form.getByLabel('Secret key').fill(store.secret);
    await form.getByRole('button', { name: 'Test connection' }).click();
    await expect(result).toContainText('The connection works', {
      timeout: RUN
    });
    await keep(page, `${name}-storage-4-test-works`);
    const saved = remembered(page, `"connection":"field-store-${name}"`);
    await form.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(row(page, /^field/)).toBeVisible();
    await expect(
      panel.getByRole('button', { name: `Connection: Field store ${name}` })
    ).toBeVisible();
    expect(await page.content()).not.toContain(store.secret);

    // It is there after a reload, and can be removed.
    await saved;
    await reload(page);
    await expect(row(page, /^field/)).toBeVisible({ timeout: RUN });
    await panel
      .getByRole('button', { name: 'What can be done with the connection' })
      .click();
    await page.getByRole('menuitem', { name: 'Remove Connection…' }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(
      panel.getByRole('button', { name: 'Use the store on this machine' })
    ).toBeVisible();
  });

  test(`an object is found, seen and copied (${name})`, async ({ page }) => {
    await theme(page, dark);
    const panel = await openStorage(page);
    await expect(panel.getByRole('button', { name: /MinIO/ })).toBeVisible();
    await keep(page, `${name}-storage-1-start`);
    await goTo(page, 'field', 'landsat7', 'olinda');
    await row(page, /green.tif/).click();
    const details = panel.getByRole('region', { name: 'Details of green.tif' });
    const picture = details.getByRole('img', {
      name: 'Quicklook of green.tif'
    });
    await expect(picture).toBeVisible({ timeout: RUN });
    expect(
      await picture.evaluate(node => (node as HTMLImageElement).naturalWidth)
    ).toBeGreaterThan(0);
    await expect(details).toContainText('image/tiff');
    await expect(details).toContainText('120,184 bytes');
    await keep(page, `${name}-storage-2-object`);

    await page
      .context()
      .grantPermissions(['clipboard-read', 'clipboard-write']);
    await details.getByRole('button', { name: /^Copy/ }).click();
    await keep(page, `${name}-storage-5-copy`);
    await page.getByRole('menuitem', { name: 'Python: rasterio' }).click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toContain('rasterio.open');

    // A URL that anybody may use for a while reads the object.
    await details.getByRole('button', { name: /^Copy/ }).click();
    await page.getByRole('menuitem', { name: 'Copy Presigned URL…' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'Copy', exact: true })
      .click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toContain('X-Amz-Signature');
    const url = await page.evaluate(() => navigator.clipboard.readText());
    const response = await page.request.get(url);
    expect((await response.body()).length).toBe(120_184);
  });
}

test('50,000 keys are paged through', async ({ page }) => {
  const panel = await goTo(page, 'many');
  const count = panel.getByRole('status').first();
  await expect(count).toHaveText('200+ loaded');
  const grid = panel.getByRole('grid', { name: 'Objects' });
  expect(await grid.getByRole('row').count()).toBeLessThan(80);
  // The end of what is loaded brings the next page.
  await row(page, /key-000000/).click();
  await page.keyboard.press('End');
  await expect(count).toHaveText('1,200+ loaded');
  await page.keyboard.press('End');
  await expect(count).toHaveText('2,200+ loaded');

  // The filter finds what is not loaded yet, by prefix.
  const filter = panel.getByRole('searchbox');
  await filter.fill('key-0399');
  await expect(row(page, /key-039900/)).toBeVisible();
  await expect(count).toHaveText('100 of 2,200+ loaded');
  await filter.fill('');

  await panel.getByRole('button', { name: 'Load all' }).click();
  await expect(count).toHaveText('50,000 entries', { timeout: RUN });
  await row(page, /key-001199/).press('Home');
  await expect(row(page, /key-000000/)).toBeFocused();
  await page.keyboard.press('End');
  await expect(row(page, /key-049999/)).toBeFocused();
  expect(await grid.getByRole('row').count()).toBeLessThan(80);
  await keep(page, 'storage-many');
  await panel.getByRole('button', { name: 'Size', exact: true }).click();
  await page.keyboard.press('Tab');
  await expect(
    grid.getByRole('columnheader', { name: 'Size' })
  ).toHaveAttribute('aria-sort', 'descending');
});

test('a folder is uploaded by drag, and files that exist are asked about', async ({
  page
}) => {
  const panel = await goTo(page, 'drop');
  const folder = mkdtempSync(path.join(tmpdir(), 'ellip-drop-'));
  try {
    const scene = path.join(folder, 'scene');
    mkdirSync(path.join(scene, 'deep', 'deeper'), { recursive: true });
    for (let number = 0; number < 12; number += 1) {
      writeFileSync(path.join(scene, `note-${number}.txt`), `note ${number}`);
    }
    writeFileSync(path.join(scene, 'deep', 'deeper', 'größe 1.txt'), 'deep');
    writeFileSync(path.join(scene, 'large.bin'), Buffer.alloc(20_000_000, 7));
    await drop(panel, [scene]);
    const line = transfer(page, /Upload scene/);
    await expect(line).toContainText('done', { timeout: RUN });
    await expect(line).toContainText('14 files');
    await row(page, 'scene').dblclick();
    await expect(row(page, /large.bin/)).toContainText('20 MB');
    await row(page, 'deep').dblclick();
    await row(page, 'deeper').dblclick();
    await expect(row(page, /größe 1.txt/)).toBeVisible();
    await keep(page, 'storage-uploaded');

    // The same again: what exists is asked about, once.
    await panel
      .getByRole('navigation', { name: 'Place' })
      .getByRole('button', { name: 'drop', exact: true })
      .click();
    await drop(panel, [scene]);
    await expect(
      page.getByRole('dialog').getByText('Some exist already')
    ).toBeVisible();
    await page.getByRole('button', { name: 'Skip', exact: true }).click();
    await expect(transfer(page, /14 skipped/)).toBeVisible({ timeout: RUN });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a transfer is watched, stopped and resumed; what it made is deleted', async ({
  page
}) => {
  test.setTimeout(6 * RUN);
  const panel = await goTo(page, 'drop');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'New Folder in Storage…' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('copies');
  await page.getByRole('button', { name: 'Make', exact: true }).click();
  await expect(row(page, 'copies')).toBeVisible();

  // Many objects, held in one place and put into another.
  const way = panel.getByRole('navigation', { name: 'Place' });
  await way.getByRole('button', { name: 'Buckets' }).click();
  await row(page, 'many').dblclick();
  await panel.getByRole('button', { name: 'Load all' }).click();
  const count = panel.getByRole('status').first();
  await expect(count).toHaveText('50,000 entries', { timeout: RUN });
  await panel.getByRole('searchbox').fill('0.txt');
  await expect(count).toHaveText('5,000 of 50,000');
  await row(page, /key-000000/).click();
  await page.keyboard.press('Control+a');
  await expect(count).toContainText('5,000 selected');
  await page.keyboard.press('Control+c');
  await way.getByRole('button', { name: 'Buckets' }).click();
  await row(page, 'drop').dblclick();
  await row(page, 'copies').dblclick();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Paste' }).click();

  const line = transfer(page, /Copy 5,000/);
  // How many have gone, while the others are counted still or already.
  await expect(line).toContainText(/[1-9][\d,]* (files|of 5,000)/, {
    timeout: RUN
  });
  await expect(line.getByRole('progressbar')).toBeVisible();
  await expect(page.getByRole('button', { name: /^1 transfer/ })).toBeVisible();
  await keep(page, 'storage-transfer');
  await line.getByRole('button', { name: /^Stop/ }).click();
  await expect(line).toContainText('stopped', { timeout: RUN });
  await keep(page, 'storage-stopped');
  await line.getByRole('button', { name: /^Resume/ }).click();
  await expect(transfer(page, /done/)).toContainText('5,000', {
    timeout: 2 * RUN
  });

  // The deletion says how much it is before it begins.
  await way.getByRole('button', { name: 'drop', exact: true }).click();
  await row(page, 'copies').click();
  await page.keyboard.press('Delete');
  await expect(
    page.getByRole('dialog').getByText(/^Delete 5,00\d objects/)
  ).toBeVisible({ timeout: RUN });
  await keep(page, 'storage-delete');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(row(page, 'copies')).toBeHidden({ timeout: RUN });
});

test('what is shown is there after a reload', async ({ page }) => {
  const panel = await goTo(page, 'field', 'landsat7', 'olinda');
  await panel.getByRole('searchbox').fill('tif');
  const saved = remembered(page, 'landsat7/olinda/red.tif');
  await row(page, /red.tif/).click();
  await saved;
  await reload(page);
  await expect(row(page, /red.tif/)).toHaveAttribute('aria-selected', 'true', {
    timeout: RUN
  });
  await expect(panel.getByRole('searchbox')).toHaveValue('tif');
  await expect(
    panel.getByRole('region', { name: 'Details of red.tif' })
  ).toBeVisible();
});

test('everything is reached by the keyboard, in a narrow panel', async ({
  page
}) => {
  await page.setViewportSize({ width: 900, height: 860 });
  const panel = await goTo(page, 'field', 'landsat7', 'olinda');
  await row(page, 'previews').click();
  await page.keyboard.press('End');
  await expect(row(page, /red.tif/)).toBeFocused();
  await page.keyboard.press('Shift+ArrowUp');
  await expect(panel.getByRole('status').first()).toContainText('2 selected');
  await page.keyboard.press('Home');
  await expect(row(page, 'previews')).toBeFocused();
  // Letters go to the name that begins with them.
  await page.keyboard.press('n');
  await expect(row(page, /nir.tif/)).toBeFocused();
  await page.keyboard.press('F2');
  const name = panel.getByLabel('New name of nir.tif');
  await expect(name).toBeFocused();
  await keep(page, 'storage-narrow');
  await name.fill('infrared.tif');
  await name.press('Enter');
  await expect(row(page, /infrared.tif/)).toBeVisible({ timeout: RUN });
  await row(page, /infrared.tif/).click();
  await page.keyboard.press('F2');
  await panel.getByLabel('New name of infrared.tif').fill('nir.tif');
  await page.keyboard.press('Enter');
  await expect(row(page, /nir.tif/)).toBeVisible({ timeout: RUN });
  await row(page, 'previews').click();
  await page.keyboard.press('Enter');
  await expect(row(page, /NOTICE.md/)).toBeVisible();
  await row(page, /NOTICE.md/).click();
  await page.keyboard.press('Backspace');
  await expect(row(page, 'previews')).toBeVisible();
});

test('a store that is not there is an error in its place', async ({ page }) => {
  const panel = await openStorage(page);
  await panel.getByRole('button', { name: /Ceph/ }).click();
  const form = panel.getByRole('form', { name: 'New connection' });
  await form.getByLabel('Title').fill('Nowhere');
  await form.getByLabel('Endpoint').fill('http://127.0.0.1:9');
  await form.getByLabel('Access key').fill('AK');
  await form.getByLabel('Secret key').fill('SK');
  await form.getByRole('button', { name: 'Connect', exact: true }).click();
  const alert = panel.getByRole('alert');
  await expect(alert).toContainText('127.0.0.1:9', { timeout: RUN });
  await expect(alert.getByRole('button', { name: 'Try again' })).toBeVisible();
  await keep(page, 'storage-nowhere');
  await panel
    .getByRole('button', { name: 'What can be done with the connection' })
    .click();
  await page.getByRole('menuitem', { name: 'Remove Connection…' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(form).toBeHidden();
});
