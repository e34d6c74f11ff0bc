/**
 * From a command to a tool, from the tool's run to what it asks for.
 */
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { expect, keep, run, RUN, test, theme } from './kit';

/** A tool that needs two hundred megabytes for long enough to be measured. */
const BUSY = `cwlVersion: v1.2 # kept
class: CommandLineTool
id: busy
baseCommand: [python3, -c]
arguments: ['x = bytearray(200_000_000); import time; time.sleep(0.8)']
inputs: []
outputs: []
`;

/** Opens the dialog for the folder of the test. */
async function openTool(
  page: IJupyterLabPageFixture,
  cwd: string
): Promise<Locator> {
  await page.evaluate(folder => {
    void window.jupyterapp.commands.execute('ellip-lab:packages-tool', {
      cwd: folder
    });
  }, cwd);
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Command', { exact: true })).toBeFocused();
  return dialog;
}

/** The text of the editor in front. */
function textOf(page: IJupyterLabPageFixture): Promise<string> {
  return page.evaluate(() => {
    const { content } = window.jupyterapp.shell.currentWidget as unknown as {
      content: { model: { sharedModel: { getSource: () => string } } };
    };
    return content.model.sharedModel.getSource();
  });
}

test('a tool is made of cp, and runs', async ({ page, tmpPath }) => {
  await page.contents.uploadContent('hello\n', 'text', `${tmpPath}/in.txt`);
  const dialog = await openTool(page, tmpPath);
  await dialog.getByLabel('Command', { exact: true }).fill('cp in.txt out.txt');
  // It is read as it is typed.
  const table = dialog.getByRole('table', { name: 'What was recognised' });
  await expect(
    table.getByRole('row', { name: /^in File in\.txt/ })
  ).toBeVisible({ timeout: RUN });
  await expect(
    dialog.getByText('It was only read: its outputs are guessed.')
  ).toBeVisible();
  await expect(dialog.getByRole('region', { name: 'Document' })).toContainText(
    'baseCommand: cp'
  );
  await dialog.getByLabel('Run it once to see what it writes').check();
  await dialog.getByRole('button', { name: 'Run it once' }).click();
  await expect(dialog.getByText('It ran, and wrote 1 file.')).toBeVisible({
    timeout: RUN
  });
  await expect(
    table.getByRole('row', { name: /^out File out\.txt it was written/ })
  ).toBeVisible();
  await keep(page, 'tool-light');
  await theme(page, true);
  await keep(page, 'tool-dark');
  await theme(page, false);
  await dialog.getByRole('button', { name: 'Create file' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('tab', { name: 'cp.cwl' })).toBeVisible();
  expect(await page.contents.fileExists(`${tmpPath}/cp.yml`)).toBe(true);
  expect(await page.contents.fileExists(`${tmpPath}/out.txt`)).toBe(false);
  await run(page, { in: 'in.txt' });
  await expect(page.getByRole('region', { name: 'Output out' })).toContainText(
    '6 B',
    { timeout: RUN }
  );
});

test('what is there already, and what fails, is said in the dialog', async ({
  page,
  tmpPath
}) => {
  await page.contents.uploadContent('', 'text', `${tmpPath}/sh.cwl`);
  const dialog = await openTool(page, tmpPath);
  const command = dialog.getByLabel('Command', { exact: true });
  await command.fill('cat a.txt | wc');
  await expect(dialog.getByRole('alert')).toContainText('joins two commands', {
    timeout: RUN
  });
  await command.fill("sh -c 'echo no such thing >&2; exit 3'");
  await expect(dialog.getByRole('alert')).toBeHidden({ timeout: RUN });
  await dialog.getByLabel('Run it once to see what it writes').check();
  await dialog.getByRole('button', { name: 'Run it once' }).click();
  await expect(dialog.getByRole('alert')).toContainText(
    'it ended with exit code 3: no such thing',
    { timeout: RUN }
  );
  await keep(page, 'tool-failed-light');
  await dialog.getByRole('button', { name: 'Create file' }).click();
  await expect(dialog.getByText('sh.cwl is there already')).toBeVisible({
    timeout: RUN
  });
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('a run tells what the document should ask for, and it is written', async ({
  page,
  tmpPath
}) => {
  await page.contents.uploadContent(BUSY, 'text', `${tmpPath}/busy.cwl`);
  await page.filebrowser.open(`${tmpPath}/busy.cwl`);
  await run(page);
  await page.getByRole('tab', { name: /^Resources/ }).click();
  const region = page.getByRole('region', {
    name: 'What the document should ask for'
  });
  await expect(region).toContainText(
    /busy used \d+ MiB at most in 1 run; the document does not say what it needs\./,
    { timeout: RUN }
  );
  await expect(region).toContainText('25 % more');
  await keep(page, 'used-run-light');
  await theme(page, true);
  await keep(page, 'used-run-dark');
  await theme(page, false);
  await region.getByRole('button', { name: /^Ask for \d+ MiB/ }).click();
  await expect
    .poll(() => textOf(page), { timeout: RUN })
    .toMatch(/requirements:\n {2}ResourceRequirement:\n {4}ramMin: \d+/);
  expect(await textOf(page)).toContain('# kept');
  await keep(page, 'used-written-light');
  // It is one step that can be undone.
  await page.keyboard.press('Control+z');
  await expect.poll(() => textOf(page)).toBe(BUSY);

  await page.evaluate(() => {
    void window.jupyterapp.commands.execute('ellip-lab:runs-used');
  });
  const dialog = page.getByRole('dialog');
  const table = dialog.getByRole('table', { name: 'What the tools have used' });
  await expect(table.getByRole('row', { name: /^busy 1 \d+ MiB/ })).toBeVisible(
    {
      timeout: RUN
    }
  );
  await keep(page, 'used-table-light');
  await theme(page, true);
  await keep(page, 'used-table-dark');
  await theme(page, false);
  await table.getByRole('button', { name: /^Ask for/ }).click();
  await expect(table.getByRole('button')).toBeHidden({ timeout: RUN });
  await dialog.getByRole('button', { name: 'Close' }).click();
  expect(await textOf(page)).toContain('ResourceRequirement');
});
