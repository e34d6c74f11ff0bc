/**
 * Writing a document: a mistake is underlined, explained and mended; words are completed, explained, followed, renamed;
 * the rules of the Best Practice are a pill, diagnostics and a report.
 */
import * as path from 'path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import {
  expect,
  keep,
  reload,
  RUN,
  SETTINGS,
  test,
  theme,
  THEMES
} from './kit';

const DEMO = path.resolve(
  __dirname,
  '../../ellip_lab/packages/water-bodies/water-bodies.cwl'
);

/** The editor in front. */
function editor(page: IJupyterLabPageFixture): Locator {
  return page.getByRole('textbox').and(page.locator('.cm-content')).last();
}

/** Opens the demo document, or a text. */
async function write(
  page: IJupyterLabPageFixture,
  tmpPath: string,
  text: string | null = null,
  name = 'water-bodies.cwl'
): Promise<string> {
  const target = `${tmpPath}/${name}`;
  await (text === null
    ? page.contents.uploadFile(DEMO, target)
    : page.contents.uploadContent(text, 'text', target));
  await page.sidebar.openTab('filebrowser');
  await page.filebrowser.open(target);
  await expect(page.getByRole('tab', { name })).toBeVisible();
  await page.sidebar.close('left');
  return target;
}

/** Puts the cursor (a choice of `length` characters) behind the first `before` of a document. */
async function stand(
  page: IJupyterLabPageFixture,
  before: string,
  length = 0
): Promise<void> {
  await page.evaluate(
    ([text, count]) => {
      const { shell } = window.jupyterapp;
      const { content } = shell.currentWidget as unknown as {
        content: {
          editor: {
            model: { sharedModel: { getSource: () => string } };
            getPositionAt: (at: number) => { line: number; column: number };
            setSelection: (range: object) => void;
            revealSelection: (range: object) => void;
            focus: () => void;
          };
        };
      };
      const { editor: there } = content;
      const at =
        there.model.sharedModel.getSource().indexOf(text as string) +
        (text as string).length;
      const range = {
        start: there.getPositionAt(at),
        end: there.getPositionAt(at + (count as number))
      };
      there.setSelection(range);
      there.revealSelection(range);
      there.focus();
    },
    [before, length] as const
  );
}

/** The text of the document in front. */
function source(page: IJupyterLabPageFixture): Promise<string> {
  return page.evaluate(() =>
    (
      window.jupyterapp.shell.currentWidget as unknown as {
        context: { model: { toString: () => string } };
      }
    ).context.model.toString()
  );
}

/** What is underlined: it has no role. */
function underlined(page: IJupyterLabPageFixture, text: string): Locator {
  return page.locator('.cm-lintRange').filter({ hasText: text });
}

for (const dark of THEMES) {
  const look = dark ? 'dark' : 'light';

  test(`a mistake is underlined, explained and mended (${look})`, async ({
    page,
    tmpPath
  }) => {
    await theme(page, dark);
    await write(page, tmpPath);
    await expect(
      page.getByRole('status').filter({ hasText: /no problems|hint/ })
    ).toBeVisible({ timeout: RUN });
    await keep(page, `language-${look}-1-document`);

    await stand(page, 'index: norm_diff/', 'index'.length);
    await page.keyboard.type('idnex');
    await page.keyboard.press('Escape');
    const wrong = underlined(page, 'idnex').first();
    await expect(wrong).toBeVisible({ timeout: RUN });
    await expect(
      page.getByRole('button', { name: /^\d+ problems?$/ })
    ).toBeVisible();
    await wrong.hover();
    const tip = page.locator('.cm-tooltip').filter({ hasText: 'idnex' });
    await expect(tip).toBeVisible();
    const mend = tip.getByRole('button', { name: /norm_diff\/index/ });
    await expect(mend).toBeVisible();
    await keep(page, `language-${look}-2-mistake`);
    await mend.click();
    await expect(underlined(page, 'idnex')).toHaveCount(0);
    expect(await source(page)).toContain('index: norm_diff/index');
    await expect(
      page.getByRole('status').filter({ hasText: /no problems|hint/ })
    ).toBeVisible({ timeout: RUN });

    // One step back is the mistake again.
    await editor(page).focus();
    await page.keyboard.press('Control+z');
    expect(await source(page)).toContain('index: norm_diff/idnex');
  });
}

test('words are completed as one types', async ({ page, tmpPath }) => {
  await write(page, tmpPath);
  await stand(page, '\n          index: ', 'norm_diff/index'.length);
  await page.keyboard.type('norm');
  const option = page.getByRole('option', { name: /norm_diff\/index/ });
  await expect(option).toBeVisible({ timeout: RUN });
  await keep(page, 'language-3-completion');
  await page.keyboard.press('Enter');
  await expect(option).toBeHidden();
  expect(await source(page)).toContain('\n          index: norm_diff/index\n');

  // A field, asked for, with what the specification says of it.
  await stand(page, '        run: "#otsu"');
  await page.keyboard.press('Enter');
  await page.keyboard.type('whe');
  const field = page.getByRole('option', { name: /^when\b/ }).first();
  await expect(field).toBeVisible({ timeout: RUN });
  await expect(page.getByRole('note')).toBeVisible();
  await keep(page, 'language-4-completion-field');
  await page.keyboard.press('Escape');
  await expect(field).toBeHidden();
  await expect(page.getByRole('note')).toBeHidden();
  await page.keyboard.press('Control+Space');
  await expect(field).toBeVisible({ timeout: RUN });
  await page.keyboard.press('Enter');
  expect(await source(page)).toContain('        when:');
});

test('words are explained, followed, listed and renamed', async ({
  page,
  tmpPath
}) => {
  await write(page, tmpPath);
  await expect(
    page.getByRole('status').filter({ hasText: 'no problems' })
  ).toBeVisible({ timeout: RUN });
  await stand(page, '\n        scatter');
  await page.keyboard.press('Control+Alt+h');
  const dialog = page.getByRole('dialog', { name: 'Documentation' });
  await expect(dialog).toContainText('scatter', { timeout: RUN });
  await keep(page, 'language-5-documentation');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  // Its indentation belongs to the element: the pointer goes to the word.
  await page.getByText('scatterMethod').hover({ position: { x: 110, y: 8 } });
  await expect(
    page.locator('.cm-tooltip').filter({ hasText: 'Required if' })
  ).toBeVisible({ timeout: RUN });
  await keep(page, 'language-6-hover');

  await stand(page, '\n          index: nor');
  await page.keyboard.press('F12');
  await expect(page.getByText(/^Ln 69, Col/)).toBeVisible({ timeout: RUN });
  await page
    .getByText('"#otsu"')
    .first()
    .click({ modifiers: ['ControlOrMeta'], position: { x: 20, y: 8 } });
  await expect(page.getByText(/^Ln 1\d\d, Col/)).toBeVisible({ timeout: RUN });

  await stand(page, '\n          index: nor');
  await page.keyboard.press('Shift+F12');
  const places = page.getByRole('dialog', { name: '2 places' });
  await expect(places).toBeVisible({ timeout: RUN });
  await expect(places.getByRole('button', { name: /line 69/ })).toBeFocused();
  await keep(page, 'language-7-references');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^Ln 69, Col/)).toBeVisible();

  await page.keyboard.press('F2');
  const name = page.getByRole('textbox', { name: 'New name of norm_diff' });
  await expect(name).toBeFocused({ timeout: RUN });
  await name.fill('crop');
  await name.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'crop' })).toBeVisible(
    { timeout: RUN }
  );
  await keep(page, 'language-8-rename');
  await name.fill('difference');
  await name.press('Enter');
  await expect
    .poll(() => source(page), { timeout: RUN })
    .toContain('index: difference/index');
  expect(await source(page)).toContain('\n      difference:\n');
  await editor(page).focus();
  await page.keyboard.press('Control+z');
  expect(await source(page)).toContain('\n      norm_diff:\n');
  expect(await source(page)).toContain('index: norm_diff/index');
});

test('a document is put into order, its comments stay', async ({
  page,
  tmpPath
}) => {
  await write(
    page,
    tmpPath,
    '# kept\ncwlVersion:   v1.2\nclass: CommandLineTool\nbaseCommand: [ echo ]\ninputs:   {}  # kept too\noutputs: {}   \n',
    'order.cwl'
  );
  await expect(
    page.getByRole('status').filter({ hasText: /problem|hint/ })
  ).toBeVisible({ timeout: RUN });
  await editor(page).focus();
  await page.keyboard.press('Control+Alt+f');
  await expect
    .poll(() => source(page), { timeout: RUN })
    .toContain('cwlVersion: v1.2\n');
  expect(await source(page)).toMatch(/^# kept\n/);
  expect(await source(page)).toContain('# kept too');
});

for (const dark of THEMES) {
  const look = dark ? 'dark' : 'light';

  test(`the report says what a package lacks, and mends it (${look})`, async ({
    page,
    tmpPath
  }) => {
    await theme(page, dark);
    await write(page, tmpPath);
    const pill = page.getByRole('button', { name: /^20-089r1: / });
    await expect(pill).toHaveText('20-089r1: 8 of 8', { timeout: RUN });
    // The label of the workflow goes, and with it a requirement.
    await stand(
      page,
      '    class: Workflow',
      '\n    label: Water bodies'.length
    );
    await page.keyboard.press('Delete');
    await expect(pill).toHaveText('20-089r1: 7 of 8', { timeout: RUN });
    await pill.click();
    const report = page.getByRole('main', { name: /^Best Practice: water/ });
    await expect(report.getByText('failed').first()).toBeVisible({
      timeout: RUN
    });
    await keep(page, `language-report-${look}-1`);
    await report.getByRole('button', { name: 'line 28' }).first().click();
    await expect(page.getByText(/^Ln 28, Col/)).toBeVisible();

    await report.getByRole('button', { name: /^Mend: .*label/ }).click();
    await expect(
      report.getByRole('status').filter({ hasText: '1 change made' })
    ).toBeVisible({ timeout: RUN });
    await expect(pill).toHaveText('20-089r1: 8 of 8', { timeout: RUN });
    await expect(report.getByText('The document conforms.')).toBeVisible();

    await report.getByLabel('Held to').selectOption('cwl');
    await expect(pill).toBeHidden({ timeout: RUN });
    await expect(
      report.getByText('Hold the document to the Best Practice')
    ).toBeVisible();
    await report.getByLabel('Held to').selectOption('scheduler');
    await expect(report.getByRole('list', { name: 'Met' })).toBeVisible({
      timeout: RUN
    });
    await keep(page, `language-report-${look}-2`);
    await report.getByLabel('Held to').selectOption('best-practice');
    await expect(pill).toBeVisible({ timeout: RUN });
    if (!dark) {
      await page
        .context()
        .grantPermissions(['clipboard-read', 'clipboard-write']);
      await report.getByRole('button', { name: 'Copy as Markdown' }).click();
      await expect(report.getByText('Copied as Markdown')).toBeVisible();
      expect(
        await page.evaluate(() => navigator.clipboard.readText())
      ).toContain('OGC 20-089r1: 8 of 8');
      await page.evaluate(() =>
        window.jupyterapp.commands.execute('docmanager:save-all')
      );
      await reload(page);
      await expect(
        page.getByRole('main', { name: /^Best Practice: water/ })
      ).toBeVisible({ timeout: RUN });
    }
  });
}

test('problems are reached and mended with the keyboard alone', async ({
  page,
  tmpPath
}) => {
  await write(page, tmpPath);
  await expect(
    page.getByRole('status').filter({ hasText: 'no problems' })
  ).toBeVisible({ timeout: RUN });
  await stand(page, 'index: norm_diff/', 'index'.length);
  await page.keyboard.type('idnex');
  await page.keyboard.press('Escape');
  await expect(
    page.getByRole('status').filter({ hasText: /^\d+ problems?$/ })
  ).toBeVisible({ timeout: RUN });
  await stand(page, 'cwlVersion');
  await page.keyboard.press('F8');
  await expect(page.getByText(/^Ln 81, Col/)).toBeVisible({ timeout: RUN });
  const tip = page.locator('.cm-tooltip').filter({ hasText: 'idnex' });
  await expect(tip).toBeVisible();
  await expect(
    page.getByRole('status').filter({ hasText: 'norm_diff has no output' })
  ).toHaveCount(1);
  await expect(
    tip.getByRole('button', { name: 'Go to norm_diff' })
  ).toBeVisible();
  await keep(page, 'language-9-next-problem');
  await page.keyboard.press('Escape');
  await expect(tip).toBeHidden();
  await page.keyboard.press('Control+Alt+h');
  await expect(
    page.getByRole('dialog', { name: 'Documentation' })
  ).toContainText('idnex', { timeout: RUN });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+.');
  await expect(
    page.getByRole('menuitem', { name: 'Change to norm_diff/index' })
  ).toBeVisible({ timeout: RUN });
  await keep(page, 'language-10-menu');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => source(page), { timeout: RUN })
    .toContain('index: norm_diff/index');
});

test('the parts of a document are its table of contents', async ({
  page,
  tmpPath
}) => {
  await write(page, tmpPath);
  await page.sidebar.openTab('table-of-contents');
  const part = page
    .getByRole('treeitem')
    .filter({ hasText: /^norm_diff/ })
    .first();
  await expect(part).toBeVisible({ timeout: RUN });
  await keep(page, 'language-11-outline');
  await part.click();
  await expect(page.getByText(/^Ln 69, Col/)).toBeVisible();
});

test('other files are left alone', async ({ page, tmpPath }) => {
  await write(page, tmpPath, 'class: Nonsense\n', 'notes.yml');
  await expect(editor(page)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Check' })).toBeHidden();
  await expect(page.locator('.cm-gutter-lint')).toHaveCount(0);

  // The same text as a document is looked at.
  await write(page, tmpPath, 'class: Nonsense\n', 'wrong.cwl');
  await expect(underlined(page, 'Nonsense').first()).toBeVisible({
    timeout: RUN
  });
  await expect(page.locator('.cm-gutter-lint')).toHaveCount(1);
  await page.getByRole('button', { name: 'Check' }).click();
  const menu = page.getByRole('menu').last();
  await expect(
    menu.getByRole('menuitem', { name: /Next Problem/ })
  ).toBeVisible();
  await expect(
    menu.getByRole('menuitem', { name: 'Hold Documents to: Best Practice' })
  ).toHaveCount(1);
  await keep(page, 'language-12-check');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^\d+ problems?$/ }).click();
  await keep(page, 'language-13-problems');
  await page
    .getByRole('list', { name: 'Problems of the document' })
    .getByRole('button', { name: /^line 1/ })
    .first()
    .click();
  await expect(page.getByText(/^Ln 1, Col/)).toBeVisible();
});

test.describe('switched off', () => {
  test.use({
    mockSettings: {
      ...SETTINGS,
      'ellip-lab:cwl': { features: 'off' }
    }
  });

  test('documents are checked when they are saved', async ({
    page,
    tmpPath
  }) => {
    await write(page, tmpPath);
    const status = page.getByRole('status').filter({ hasText: /problem/ });
    await expect(status).toHaveText('no problems', { timeout: RUN });
    await stand(page, 'index: norm_diff/', 'index'.length);
    await page.keyboard.type('idnex');
    await expect(page.getByRole('option')).toHaveCount(0);
    await page.keyboard.press('Control+s');
    await expect(status).toHaveText('1 problem', { timeout: RUN });
    await expect(page.locator('.cm-lintRange')).toHaveCount(0);
  });
});
