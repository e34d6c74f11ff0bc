/**
 * Containers as a person uses them: images, builds, registries, terminals; a real podman, a real registry, both themes.
 */
import { test as plain } from '@playwright/test';

import {
  BUSYBOX,
  carriedOut,
  ENGINE_URL,
  makeDebianBase,
  openBuild,
  openContainers,
  panel,
  putFolder,
  registry,
  row,
  workLine
} from './containerskit';
import {
  expect,
  keep,
  put,
  reload,
  RUN,
  test,
  theme,
  THEMES,
  remembered
} from './kit';

test.use({ baseURL: ENGINE_URL });

// Its base is made of Debian's packages, and its own are fetched: minutes, and a network (docs/containers.md).
for (const dark of THEMES) {
  const name = dark ? 'dark' : 'light';

  test(`the image of the demo is built with its live log (${name})`, async ({
    page
  }) => {
    test.skip(
      !process.env.UI_DEBIAN_BASE,
      'it takes minutes: UI_DEBIAN_BASE=1'
    );
    test.setTimeout(900_000);
    makeDebianBase();
    await theme(page, dark);
    await page.evaluate(async () => {
      await window.jupyterapp.commands.execute('ellip-lab:packages-demo', {
        folder: 'demo'
      });
    });
    await page.sidebar.openTab('filebrowser');
    await page.filebrowser.openDirectory('demo');
    await page
      .getByRole('listitem', { name: /^Name: Containerfile/ })
      .click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Build Image…' }).click();
    const form = page.getByRole('form', { name: 'Build an image' });
    await expect(form.getByLabel('Name')).not.toHaveValue('', { timeout: RUN });
    await form.getByLabel('Name').fill(`localhost/ellip/water-bodies:${name}`);
    await form.getByRole('button', { name: 'Build', exact: true }).click();
    const log = page.getByRole('log');
    await expect(log).toContainText('python3-rasterio', { timeout: 4 * RUN });
    await keep(page, `containers-${name}-demo-1-building`);
    await expect(
      page.getByRole('status').filter({ hasText: /^done/ })
    ).toBeVisible({ timeout: 600_000 });
    await keep(page, `containers-${name}-demo-2-built`);
    await page.getByRole('button', { name: 'Show the image' }).click();
    await expect(page.getByRole('table', { name: /layers/ })).toContainText(
      '/usr/local/bin/water-bodies',
      { timeout: RUN }
    );
    await keep(page, `containers-${name}-demo-3-image`);
  });
}

for (const dark of THEMES) {
  const name = dark ? 'dark' : 'light';

  test(`an image is built with its live log, and looked at (${name})`, async ({
    page,
    tmpPath
  }) => {
    await theme(page, dark);
    const form = await openBuild(page, tmpPath, 'greeter');
    const image = `localhost/greeter:${name}`;
    await form.getByLabel('Name').fill(image);
    await form.getByLabel('GREETING').fill(`guten tag ${name}`);
    await keep(page, `containers-${name}-1-form`);
    await form.getByRole('button', { name: 'Build', exact: true }).click();

    const log = page.getByRole('log');
    await expect(log).toContainText('preparing 2 of 6', { timeout: RUN });
    await expect(
      page.getByRole('button', { name: 'Stop', exact: true })
    ).toBeVisible();
    await keep(page, `containers-${name}-2-building`);
    const steps = page.getByRole('navigation', { name: 'Steps' });
    await expect(log).toContainText(`the greeting is guten tag ${name}`);
    await expect(
      page.getByRole('status').filter({ hasText: /^done/ })
    ).toBeVisible({ timeout: 2 * RUN });
    await expect(steps.getByRole('listitem')).toHaveCount(9);
    await keep(page, `containers-${name}-3-built`);

    await page.getByRole('button', { name: 'Show the image' }).click();
    const layers = page.getByRole('table', { name: /layers/ });
    await expect(layers).toContainText('/ballast', { timeout: RUN });
    await expect(layers).toContainText('3.0 MB');
    await expect(
      page.getByRole('table', { name: 'Environment' })
    ).toContainText('observed');
    await expect(page.getByRole('table', { name: 'About' })).toContainText(
      '/bin/cat'
    );
    await keep(page, `containers-${name}-4-image`);

    // Once more: what was built before is used again.
    const side = await openContainers(page);
    await expect(row(page, `greeter${name}`)).toBeVisible({ timeout: RUN });
    await expect(side.getByRole('button', { name: /podman/ })).toBeVisible({
      timeout: RUN
    });
    await keep(page, `containers-${name}-5-panel`);
    await workLine(page, image.replace('localhost/', ''))
      .getByRole('button')
      .first()
      .click();
    await page.getByRole('button', { name: 'Again', exact: true }).click();
    await expect(steps.getByText('cached').first()).toBeVisible({
      timeout: RUN
    });
  });

  test(`a build that fails says why first (${name})`, async ({
    page,
    tmpPath
  }) => {
    await theme(page, dark);
    const form = await openBuild(page, tmpPath, 'failing');
    await form.getByRole('button', { name: 'Build', exact: true }).click();
    const card = page.getByRole('alert', { name: 'Why it failed' });
    await expect(card).toContainText('exit 3', { timeout: RUN });
    await expect(card).toContainText('there is no such tool');
    await expect(
      page
        .getByRole('navigation', { name: 'Steps' })
        .getByRole('listitem')
        .filter({ hasText: 'failed' })
    ).toHaveCount(1);
    await keep(page, `containers-${name}-6-failed`);
    await card.getByRole('button', { name: 'Open Containerfile' }).click();
    await expect(
      page.getByRole('tab', { name: 'Containerfile' })
    ).toBeVisible();
  });

  test(`an image goes to a registry that wants a login, and comes back (${name})`, async ({
    page
  }) => {
    await theme(page, dark);
    const { host, user, password } = registry();
    const target = `${host}/field/traveller:${name}`;
    await page.contents.uploadContent(
      `FROM ${BUSYBOX}\nRUN head -c 4000000 /dev/urandom > /luggage\n`,
      'text',
      `traveller-${name}/Containerfile`
    );
    await carriedOut(page, 'build', {
      folder: `traveller-${name}`,
      name: `localhost/traveller:${name}`
    });
    const side = await openContainers(page, 'Registries');
    await side.getByRole('button', { name: 'Sign in to another…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(
      dialog.getByRole('textbox', { name: 'Registry' })
    ).toBeFocused();
    await dialog.getByLabel('Registry').fill(host);
    await dialog.getByLabel('User name').fill(user);
    await dialog.getByLabel('Password or token').fill('not-the-password');
    await dialog.getByLabel('It speaks plain HTTP').check();
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(dialog.getByRole('alert')).toBeVisible({ timeout: RUN });
    await expect(dialog.getByLabel('Password or token')).toHaveValue('');
    await keep(page, `containers-${name}-7-denied`);
    await dialog.getByLabel('Password or token').fill(password);
    await dialog.getByLabel('Password or token').press('Enter');
    await expect(dialog).toHaveCount(0, { timeout: RUN });
    const line = side
      .getByRole('tabpanel')
      .getByRole('listitem')
      .filter({ hasText: host });
    await expect(line).toContainText(`signed in as ${user}`);
    expect(await page.content()).not.toContain(password);
    await keep(page, `containers-${name}-8-registries`);

    // There.
    await side.getByRole('tab', { name: 'Images' }).click();
    const mine = row(page, `traveller${name}`);
    await mine.click();
    await mine.click({ button: 'right' });
    await keep(page, `containers-${name}-9-menu`);
    await page.getByRole('menuitem', { name: 'Push…' }).click();
    await expect(
      dialog.getByRole('combobox').getByText(`${host} (as ${user})`)
    ).toBeAttached();
    await dialog.getByLabel('Name there').fill(target);
    await keep(page, `containers-${name}-10-push`);
    await dialog.getByRole('button', { name: 'Push', exact: true }).click();
    await expect(workLine(page, /Push/)).toContainText('done', {
      timeout: RUN
    });

    // And back: found by its tags.
    const removed = await page.request.post(
      `${ENGINE_URL}/ellip-lab/containers/images/remove`,
      { data: { images: [`localhost/traveller:${name}`] } }
    );
    expect(removed.ok()).toBe(true);
    await side.getByRole('button', { name: 'Pull an image' }).click();
    await dialog
      .getByLabel('Image', { exact: true })
      .fill(`${host}/field/traveller`);
    await dialog.getByRole('button', { name: 'Show its tags' }).click();
    const tags = dialog.getByRole('group', { name: /^Tags of/ });
    await tags.getByRole('button', { name }).click();
    await expect(dialog.getByLabel('Image', { exact: true })).toHaveValue(
      target
    );
    await keep(page, `containers-${name}-11-tags`);
    await dialog.getByRole('button', { name: 'Pull', exact: true }).click();
    await expect(workLine(page, /Pull/)).toContainText('done', {
      timeout: RUN
    });
    await expect(row(page, `${host}/field/traveller`)).toBeVisible();
    await keep(page, `containers-${name}-12-pulled`);

    await side.getByRole('tab', { name: 'Registries' }).click();
    await line.getByRole('button', { name: `Sign out of ${host}` }).click();
    await expect(line).toContainText('not signed in', { timeout: RUN });
  });

  test(`a clean-up shows what goes before it does (${name})`, async ({
    page
  }) => {
    await theme(page, dark);
    // Two builds of one name leave the first without one.
    for (const text of ['one', 'two']) {
      await page.contents.uploadContent(
        `FROM ${BUSYBOX}\nRUN head -c 2000000 /dev/urandom > /${text}\n`,
        'text',
        `waste-${name}/Containerfile`
      );
      await carriedOut(page, 'build', {
        folder: `waste-${name}`,
        name: `localhost/waste-${name}:1`
      });
    }
    const side = await openContainers(page);
    await side.getByRole('button', { name: /clean up…/ }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('status')).toContainText(
      /Frees .*: \d+ image/,
      {
        timeout: RUN
      }
    );
    await dialog.getByLabel('Every image that no container uses').check();
    await expect(
      dialog.getByRole('region', { name: 'What goes' })
    ).toContainText(`waste-${name}`, { timeout: RUN });
    await keep(page, `containers-${name}-13-plan`);
    await dialog.getByLabel('Every image that no container uses').uncheck();
    await dialog.getByRole('button', { name: /^Free \d/ }).click();
    await expect(workLine(page, /^Remove|images without a name/)).toContainText(
      'done',
      {
        timeout: RUN
      }
    );
    await expect(side.getByRole('button', { name: 'Clean up…' })).toBeVisible();
    await expect(row(page, `waste-${name}`)).toBeVisible();
    await keep(page, `containers-${name}-14-clean`);
  });

  test(`a terminal opens in an image, and its container is seen (${name})`, async ({
    page,
    tmpPath
  }) => {
    await theme(page, dark);
    await page.filebrowser.openDirectory(tmpPath);
    const side = await openContainers(page);
    await row(page, 'ellip/busybox').click();
    await side
      .getByRole('button', { name: /^Open a terminal: ellip\/busybox/ })
      .click();
    const terminal = page.getByRole('main').locator('.jp-Terminal');
    await expect(terminal).toBeVisible({ timeout: RUN });
    await side.getByRole('tab', { name: 'Containers' }).click();
    const line = row(page, /running/);
    await expect(line).toContainText('ellip/busybox', { timeout: RUN });
    await expect(line).toContainText('of a core', { timeout: RUN });
    await terminal.click();
    // What is typed goes to the shell of the container: the workspace is mounted, the root is busybox.
    await page.keyboard.type('echo from-$(ls / | wc -l) > written.txt; pwd');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.contents.fileExists(`${tmpPath}/written.txt`), {
        timeout: RUN
      })
      .toBe(true);
    await keep(page, `containers-${name}-15-terminal`);

    await line.dblclick();
    await expect(
      page.getByRole('tablist', { name: 'Parts of the container' })
    ).toBeVisible({ timeout: RUN });
    await page
      .getByRole('tablist', { name: 'Parts of the container' })
      .getByRole('tab', { name: 'Details' })
      .click();
    await expect(page.getByRole('table', { name: 'Mounted' })).toBeVisible();
    await keep(page, `containers-${name}-16-container`);
    await page.getByRole('button', { name: 'Kill', exact: true }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'Kill', exact: true })
      .click();
    await expect(row(page, /running/)).toHaveCount(0, { timeout: RUN });
  });

  test(`a document's missing image is built, and the document run (${name})`, async ({
    page,
    tmpPath
  }) => {
    test.setTimeout(5 * RUN);
    await theme(page, dark);
    const removed = await page.request.post(
      `${ENGINE_URL}/ellip-lab/containers/images/remove`,
      { data: { images: ['localhost/greeter:1'] } }
    );
    expect(removed.ok()).toBe(true);
    await putFolder(page, tmpPath, 'greeter');
    const document = await put(page, tmpPath, 'greet.cwl');
    await page.sidebar.openTab('filebrowser');
    await page.filebrowser.open(document);
    await page.getByRole('button', { name: 'Images', exact: true }).click();
    const card = page
      .getByRole('list', { name: 'Images of greet.cwl' })
      .getByRole('listitem')
      .filter({ hasText: 'localhost/greeter:1' });
    await expect(card).toContainText('missing', { timeout: RUN });
    await keep(page, `containers-${name}-17-missing`);
    await card.getByRole('button', { name: /^Build…/ }).click();
    const form = page.getByRole('form', { name: 'Build an image' });
    await expect(form.getByLabel('Name')).toHaveValue('localhost/greeter:1', {
      timeout: RUN
    });
    await form.getByRole('button', { name: 'Build', exact: true }).click();
    await expect(
      page.getByRole('status').filter({ hasText: /^done/ })
    ).toBeVisible({ timeout: 2 * RUN });
    await page.getByRole('tab', { name: 'Images of greet.cwl' }).click();
    await expect(card).toContainText('here', { timeout: RUN });
    await keep(page, `containers-${name}-18-here`);

    await page.getByRole('tab', { name: 'greet.cwl', exact: true }).click();
    await page.getByRole('button', { name: 'Run…', exact: true }).click();
    const run = page.getByRole('button', { name: 'Run', exact: true });
    await expect(run).toBeEnabled({ timeout: RUN });
    await page.getByLabel('Run with').selectOption('podman');
    await run.click();
    await expect(
      page.getByRole('tabpanel', { name: /^Outputs/ })
    ).toContainText('text/plain 6 B', { timeout: 2 * RUN });
    await keep(page, `containers-${name}-19-run`);

    // It has been pushed nowhere: its digest is that of the image here.
    await page.getByRole('tab', { name: 'Images of greet.cwl' }).click();
    await card.getByRole('button', { name: /^Pin/ }).click();
    const pinned = page
      .getByRole('list', { name: 'Images of greet.cwl' })
      .getByRole('listitem');
    await expect(pinned).toContainText('pinned', { timeout: RUN });
    await expect(pinned).toContainText('here');
    await page.getByRole('tab', { name: 'greet.cwl', exact: true }).click();
    await expect(
      page.getByRole('textbox').getByText(/localhost\/greeter@sha256:/)
    ).toBeVisible({ timeout: RUN });
    await keep(page, `containers-${name}-20-pinned`);
  });
}

test('a build is stopped, and nothing of it is left', async ({
  page,
  tmpPath
}) => {
  const form = await openBuild(page, tmpPath, 'slow');
  await form.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(page.getByRole('log')).toContainText('this takes long', {
    timeout: RUN
  });
  await openContainers(page);
  const line = workLine(page, /slow/);
  await expect(line.getByRole('progressbar')).toBeVisible();
  await keep(page, 'containers-stop-1');
  await line.getByRole('button', { name: /^Stop/ }).click();
  await expect(line).toContainText('stopped', { timeout: RUN });
  await expect(page.getByText('It was stopped')).toBeVisible();
  await keep(page, 'containers-stop-2');
  await panel(page).getByRole('tab', { name: 'Containers' }).click();
  await expect(row(page, /running/)).toHaveCount(0);
  await panel(page).getByRole('tab', { name: 'Images' }).click();
  await line.getByRole('button', { name: /^Remove/ }).click();
  await expect(line).toHaveCount(0);
});

test('an image is saved to a file, and read again from the file browser', async ({
  page,
  tmpPath
}) => {
  await page.filebrowser.openDirectory(tmpPath);
  await openContainers(page);
  await row(page, 'ellip/busybox').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Save to a File…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('File', { exact: true })).toHaveValue(
    `${tmpPath}/busybox-1.tar`
  );
  await keep(page, 'containers-save');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(workLine(page, /^Save/)).toContainText('done', {
    timeout: RUN
  });
  await page.sidebar.openTab('filebrowser');
  await page.filebrowser.refresh();
  await page
    .getByRole('listitem', { name: /^Name: busybox-1.tar/ })
    .click({ button: 'right' });
  await page
    .getByRole('menuitem', { name: 'Load Images of the Archive' })
    .click();
  await expect(
    page.getByRole('status').filter({ hasText: /^done/ })
  ).toBeVisible({ timeout: RUN });
  await keep(page, 'containers-loaded');
});

test('commands of an image become programs of a terminal', async ({ page }) => {
  await openContainers(page);
  await row(page, 'ellip/busybox').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Expose Commands…' }).click();
  const dialog = page.getByRole('dialog');
  // The dialog gives the keyboard to its first field when it is drawn: who types before would type into that.
  await expect(dialog.getByRole('textbox', { name: 'Image' })).toBeFocused();
  await dialog.getByLabel('Commands').fill('factor cal');
  await dialog.getByRole('button', { name: 'Expose', exact: true }).click();
  await expect(dialog).toHaveCount(0, { timeout: RUN });
  await page.getByRole('button', { name: 'More actions', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Commands of Images…' }).click();
  const there = dialog.getByRole('region', { name: 'Exposed already' });
  await expect(there).toContainText('factor', { timeout: RUN });
  await keep(page, 'containers-exposed');
  await there.getByRole('button', { name: 'Remove cal' }).click();
  await expect(there.getByText('cal', { exact: true })).toHaveCount(0, {
    timeout: RUN
  });
});

test('the panel and what was open are there again after a reload', async ({
  page,
  tmpPath
}) => {
  const form = await openBuild(page, tmpPath, 'slow');
  await form.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(page.getByRole('log')).toContainText('this takes long', {
    timeout: RUN
  });
  const side = await openContainers(page);
  await side.getByRole('button', { name: 'Size', exact: true }).click();
  const saved = remembered(page, '"filter":"busybox"');
  await side.getByRole('searchbox').fill('busybox');
  await expect(row(page, 'greeter')).toHaveCount(0);
  await row(page, 'ellip/busybox').click();
  await saved;
  await reload(page);
  await expect(side.getByRole('searchbox')).toHaveValue('busybox', {
    timeout: RUN
  });
  await expect(
    side.getByRole('columnheader', { name: 'Size' })
  ).toHaveAttribute('aria-sort', 'descending');
  await expect(row(page, 'ellip/busybox')).toBeVisible();
  // The build goes on, and its view is there.
  const line = workLine(page, /slow/);
  await expect(line).toContainText('running', { timeout: RUN });
  await expect(page.getByRole('log')).toContainText('this takes long', {
    timeout: RUN
  });
  await keep(page, 'containers-reloaded');
  await line.getByRole('button', { name: /^Stop/ }).click();
  await expect(line).toContainText('stopped', { timeout: RUN });
});

test('everything is reached by keys', async ({ page }) => {
  await page.keyboard.press('Control+Alt+c');
  const side = panel(page);
  await expect(side).toBeVisible();
  const tabs = side.getByRole('tablist');
  await tabs.getByRole('tab', { name: 'Images' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(tabs.getByRole('tab', { name: 'Containers' })).toBeFocused();
  await page.keyboard.press('Home');
  await expect(side.getByRole('grid', { name: 'Images' })).toBeVisible({
    timeout: RUN
  });
  const rows = side.getByRole('rowgroup').getByRole('row');
  await rows.first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Home');
  await expect(rows.first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Control+a');
  await expect(side.getByRole('toolbar')).toContainText('selected');
  await page.keyboard.press('Delete');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(/Remove \d+ images/);
  await keep(page, 'containers-keys');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await rows.first().focus();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('table', { name: 'About' })).toBeVisible({
    timeout: RUN
  });

  // The palette has every action.
  await page.keyboard.press('Control+Shift+c');
  await page.keyboard.type('Pull an Image');
  await page.keyboard.press('Enter');
  await expect(dialog.getByLabel('Image', { exact: true })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
});

for (const dark of THEMES) {
  const name = dark ? 'dark' : 'light';

  test(`the panel works at 250 px (${name})`, async ({ page }) => {
    await theme(page, dark);
    const side = await openContainers(page);
    await expect(row(page, 'ellip/busybox')).toBeVisible({ timeout: RUN });
    await page.evaluate(() => {
      const { shell } = (
        window as unknown as {
          jupyterapp: { shell: { _hsplitPanel: never } };
        }
      ).jupyterapp;
      const split = (
        shell as unknown as {
          _hsplitPanel: { setRelativeSizes(sizes: number[]): void };
        }
      )._hsplitPanel;
      split.setRelativeSizes([250, window.innerWidth - 250, 0]);
    });
    await expect
      .poll(async () => (await side.boundingBox())?.width ?? 0)
      .toBeLessThan(262);
    for (const tab of ['Images', 'Containers', 'Registries'] as const) {
      await side.getByRole('tab', { name: tab }).click();
      const fits = await side.evaluate(
        node => node.scrollWidth <= node.clientWidth + 1
      );
      expect(fits).toBe(true);
      await page.waitForLoadState('networkidle');
      await keep(page, `containers-narrow-${name}-${tab.toLowerCase()}`);
    }
    await side.getByRole('tab', { name: 'Images' }).click();
    await row(page, 'ellip/busybox').click();
    await keep(page, `containers-narrow-${name}-selected`);
  });
}

plain(
  'without an engine the panel says which command installs one',
  async ({ page }) => {
    const url = process.env.UI_TOKEN_URL ?? '';
    await page.goto(`${url}/lab?token=${process.env.UI_TOKEN}&reset`);
    await page.getByRole('tab', { name: 'Containers' }).first().click();
    const side = panel(page);
    await expect(
      side.getByRole('heading', { name: 'No container engine works here' })
    ).toBeVisible({ timeout: 60_000 });
    await expect(side.getByText(/apt-get install .*podman/)).toBeVisible();
    await page
      .context()
      .grantPermissions(['clipboard-read', 'clipboard-write']);
    await side.getByRole('button', { name: 'Copy the command' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(
      'podman'
    );
    await keep(page, 'containers-no-engine');
  }
);
