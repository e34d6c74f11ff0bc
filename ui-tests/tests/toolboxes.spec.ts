/**
 * Toolboxes as a person uses them: a plan, an installation, a kernel, a terminal, an update; a real channel.
 */
import { expect, keep, reload, remembered, RUN, test, theme } from './kit';
import {
  ask,
  Channel,
  line,
  openToolboxes,
  putEntry,
  removeAll,
  removeEntry,
  setChannels
} from './toolboxeskit';

/** A document whose tool is the toolbox's. */
const HELLO = `cwlVersion: v1.2
class: CommandLineTool
baseCommand: [hello-eo, from, a, run]
inputs: []
outputs:
  said: stdout
stdout: said.txt
`;

let channel: Channel;

test.beforeAll(async () => {
  channel = await Channel.serve();
  putEntry('hello', channel.url, 'hello-eo --version');
});

test.afterAll(() => channel.stop());

test.beforeEach(async ({ page }) => {
  await removeAll(page);
  await setChannels(page, [channel.url]);
});

test('a toolbox is planned, installed, used, updated and removed', async ({
  page,
  tmpPath
}) => {
  await theme(page, false);
  await page.filebrowser.openDirectory(tmpPath);
  const side = await openToolboxes(page);
  await expect(side).toContainText('No toolbox yet');
  await keep(page, 'toolboxes-light-1-empty');

  // What would be done.
  await side.getByLabel('Search the catalogue').fill('words from ORBIT');
  await expect(
    side.getByRole('list', { name: 'Catalogue' }).getByRole('listitem')
  ).toHaveCount(1);
  await side.getByRole('button', { name: 'Install Hello EO…' }).click();
  const changes = page.getByRole('table', { name: 'Changes of packages' });
  await expect(changes.getByRole('row')).toHaveCount(3, { timeout: RUN });
  await expect(changes).toContainText('5.0 MB');
  await expect(
    page.getByRole('region', { name: 'What would be done' })
  ).toContainText('Packages: 2 new');
  await keep(page, 'toolboxes-light-2-plan');

  // Done: seen on its way.
  await channel.fault(page, { slow: 0.4 });
  await page.getByRole('button', { name: 'Install', exact: true }).click();
  const steps = page.getByRole('region', { name: 'Steps' });
  await expect(steps).toContainText(/[1-4]\.\d MB of 5\.0 MB/, {
    timeout: RUN
  });
  await expect(line(side, 'hello')).toContainText(/installing · .*MB/);
  await keep(page, 'toolboxes-light-3-installing');
  await channel.fault(page, { slow: 0 });
  const standing = page.getByRole('main').getByRole('status').first();
  await expect(standing).toContainText('done', { timeout: RUN });
  await expect(page.getByRole('log')).toContainText('hello-eo 1.0');
  await expect(line(side, 'Hello EO')).toContainText('ready · 1.0');
  await keep(page, 'toolboxes-light-4-installed');

  // Its kernel.
  await page.getByRole('button', { name: 'Show the toolbox' }).click();
  await expect(
    page.getByRole('table', { name: 'Packages' }).getByRole('row')
  ).toHaveCount(3);
  await keep(page, 'toolboxes-light-5-toolbox');
  await page
    .getByRole('main')
    .getByRole('button', { name: 'Open a notebook' })
    .click();
  await expect(
    page.getByRole('button', { name: 'Hello EO (hello) | Idle' })
  ).toBeVisible({ timeout: RUN });
  await page
    .getByRole('feed', { name: 'Cells' })
    .getByRole('textbox')
    .first()
    .click();
  await page.keyboard.type('!hello-eo earth');
  await page.keyboard.press('Shift+Enter');
  await expect(page.getByRole('main')).toContainText('arguments: earth', {
    timeout: RUN
  });
  await expect(page.getByRole('main')).toContainText('share/hello-eo');
  await keep(page, 'toolboxes-light-6-notebook');

  // Its terminal.
  await line(side, 'Hello EO')
    .getByRole('button', { name: 'Open a terminal: Hello EO' })
    .click();
  const terminal = page.getByRole('main').locator('.jp-Terminal');
  await expect(terminal).toBeVisible({ timeout: RUN });
  await terminal.click();
  await page.keyboard.type('hello-eo moon | tee written.txt');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => page.contents.fileExists(`${tmpPath}/written.txt`), {
      timeout: RUN
    })
    .toBe(true);
  await keep(page, 'toolboxes-light-7-terminal');

  // Another version of it: what would change, then it does.
  await line(side, 'Hello EO').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Update Toolbox…' }).click();
  const result = page.getByRole('region', { name: 'What would be done' });
  await expect(result).toContainText('Everything is up to date', {
    timeout: RUN
  });
  await page.getByText('Change what is asked for').click();
  await page
    .getByLabel('Packages to add, or in another version')
    .fill('hello-eo 2.*');
  await page.getByRole('button', { name: 'Plan this' }).click();
  await expect(result).toContainText('1 newer · 1 stays', { timeout: RUN });
  await expect(changes).toContainText('1.0 → 2.0');
  await keep(page, 'toolboxes-light-8-update');
  const shown = remembered(
    page,
    '"current":"ellip-lab-toolboxes:ellip-lab-toolboxes-work-'
  );
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  await expect(standing).toContainText('done', { timeout: RUN });
  await expect(line(side, 'Hello EO')).toContainText('ready · 2.0');

  // Nothing is lost by looking away.
  await shown;
  await reload(page);
  await expect(page.getByRole('log')).toContainText('hello-eo 2.0', {
    timeout: RUN
  });
  await expect(side.getByLabel('Search the catalogue')).toHaveValue(
    'words from ORBIT'
  );

  // Gone.
  await line(side, 'Hello EO')
    .getByRole('button', { name: 'More of Hello EO' })
    .click();
  await page.getByRole('menuitem', { name: 'Remove Toolbox…' }).click();
  await keep(page, 'toolboxes-light-9-remove');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: 'Remove', exact: true })
    .click();
  await expect(side).toContainText('No toolbox yet', { timeout: RUN });
  expect((await ask<{ toolboxes: [] }>(page, '')).toolboxes).toEqual([]);
});

test('what does not fit says why; a file becomes a toolbox; channels are set', async ({
  page,
  tmpPath
}) => {
  await theme(page, true);
  await page.contents.uploadContent(
    `name: field trip\nchannels: [${channel.url}]\ndependencies:\n  - hello-eo 2.*\n  - python\n`,
    'text',
    `${tmpPath}/environment.yml`
  );
  const side = await openToolboxes(page);

  // The channels.
  await setChannels(page, ['conda-forge']);
  await side.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: /Channels and Mirrors/ }).click();
  const form = page.getByRole('form', { name: 'Channels' });
  await expect(form.getByLabel('Channels')).toHaveValue('conda-forge', {
    timeout: RUN
  });
  await form.getByLabel('Channels').fill(channel.url);
  await form.getByRole('button', { name: 'Add a mirror' }).click();
  await form
    .getByLabel('Instead of this URL')
    .fill('https://conda.anaconda.org/');
  await form.getByLabel('These are asked').fill(channel.url);
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toContainText('Saved.', { timeout: RUN });
  expect(await ask(page, '/channels')).toMatchObject({
    default: [channel.url],
    mirrors: { 'https://conda.anaconda.org/': [channel.url] }
  });
  await keep(page, 'toolboxes-dark-1-channels');

  // Nothing fits.
  await side.getByRole('button', { name: 'New from packages…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Packages').fill('left\nright');
  await expect(dialog.getByLabel('Name')).toHaveValue('left');
  await keep(page, 'toolboxes-dark-2-create');
  await dialog.getByRole('button', { name: 'Show the plan' }).click();
  const why = page.getByRole('alert', { name: 'Why it cannot be done' });
  await expect(why).toContainText('left and right do not go together', {
    timeout: RUN
  });
  await expect(
    page.getByRole('button', { name: 'Install', exact: true })
  ).toBeDisabled();
  await keep(page, 'toolboxes-dark-3-unsolvable');

  // A file of the workspace.
  await page.sidebar.openTab('filebrowser');
  await page.filebrowser.openDirectory(tmpPath);
  await page
    .getByRole('listitem', { name: /^Name: environment.yml/ })
    .click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Make a Toolbox of It…' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(
    'field-trip',
    { timeout: RUN }
  );
  await expect(
    page.getByRole('table', { name: 'Changes of packages' })
  ).toContainText('python');
  await keep(page, 'toolboxes-dark-4-file');
  await page.getByRole('button', { name: 'Install', exact: true }).click();
  await page.sidebar.openTab('ellip-lab-toolboxes');
  await expect(line(side, 'field')).toContainText('ready', { timeout: RUN });
  await line(side, 'field').getByRole('button').first().click();
  await page.getByRole('tab', { name: 'About' }).click();
  await expect(page.getByRole('table', { name: 'About' })).toContainText(
    'hello-eo'
  );
  await keep(page, 'toolboxes-dark-5-about');

  // A document without a container runs in it.
  await page.contents.uploadContent(HELLO, 'text', `${tmpPath}/hello.cwl`);
  await page.evaluate(async path => {
    await window.jupyterapp.commands.execute('ellip-lab:runs-start', { path });
  }, `${tmpPath}/hello.cwl`);
  await expect(
    page.getByRole('button', { name: 'Run', exact: true })
  ).toBeEnabled({ timeout: RUN });
  await page.getByLabel('Run with').selectOption('none');
  await page.getByLabel('Toolbox', { exact: true }).selectOption('field-trip');
  await keep(page, 'toolboxes-dark-6-run');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(
    page.getByRole('main').getByRole('status').filter({ hasText: /^done/ })
  ).toBeVisible({ timeout: RUN });

  // One that cannot be made says why, and one that does not work.
  await ask(page, '/install', { name: 'both', packages: ['left', 'right'] });
  const works = side.getByRole('region', { name: 'Work' });
  await works
    .getByRole('listitem')
    .filter({ hasText: 'failed' })
    .getByRole('button', { name: 'Install both', exact: true })
    .click({ timeout: RUN });
  await expect(
    page.getByRole('alert', { name: 'Why it failed' })
  ).toContainText('do not go together', { timeout: RUN });
  await keep(page, 'toolboxes-dark-7-failed');
  putEntry('broken', channel.url, 'no-such-command');
  await ask(page, '/install', { name: 'broken', entry: 'broken' });
  const broken = line(side, 'no-such-command');
  await expect(broken).toContainText('broken', { timeout: RUN });
  await broken.getByRole('button').first().click();
  await expect(
    page.getByRole('alert', { name: 'What is wrong with it' })
  ).toContainText('no-such-command', { timeout: RUN });
  await keep(page, 'toolboxes-dark-8-broken');
  removeEntry('broken');
});
