/**
 * The flow of a person: a document, a form, a run, its result; in both themes, looked away from and back.
 */
import {
  expect,
  fill,
  keep,
  openDocument,
  put,
  reload,
  RUN,
  run,
  test,
  theme,
  THEMES,
  remembered
} from './kit';

for (const dark of THEMES) {
  const name = dark ? 'dark' : 'light';

  test(`a click on Run leads to a picture (${name})`, async ({
    page,
    tmpPath
  }) => {
    await theme(page, dark);
    await openDocument(page, tmpPath, 'field.cwl');
    // It is valid, though no package by the Best Practice.
    await expect(
      page.getByRole('button', { name: /^\d problems?$/ })
    ).toBeVisible({
      timeout: RUN
    });
    await keep(page, `${name}-1-document`);

    await page.getByRole('button', { name: 'Run…', exact: true }).click();
    await fill(page, { Note: 'by the river', Seconds: '10' });
    await keep(page, `${name}-2-form`);
    await page.getByRole('button', { name: 'Run', exact: true }).click();

    // While it runs: steps and log, live.
    const steps = page.getByRole('navigation', { name: 'Steps' });
    await expect(
      steps.getByRole('button', { name: /^read .*running/ })
    ).toBeVisible({ timeout: RUN });
    const log = page.getByRole('log');
    await expect(log).toContainText('reading green, row 2 of 10');
    await expect(
      page.getByRole('status').filter({ hasText: 'running' })
    ).toBeVisible();
    await expect(
      page.getByRole('option', { name: /^field, running/ })
    ).toBeVisible();
    await expect(page.getByRole('button', { name: '1 run' })).toBeVisible();
    await keep(page, `${name}-3-running`);

    // Done: it turns to its outputs by itself, the picture first.
    await expect(page.getByRole('tab', { name: /^Outputs/ })).toHaveAttribute(
      'aria-selected',
      'true',
      {
        timeout: RUN
      }
    );
    const picture = page.getByRole('img', { name: 'Quicklook of picture' });
    await expect(picture).toBeVisible();
    expect(
      await picture.evaluate(node => (node as HTMLImageElement).naturalWidth)
    ).toBeGreaterThan(0);
    await expect(
      page.getByRole('region', { name: 'Output summary' })
    ).toContainText('25 B');
    await expect(
      steps.getByRole('button', { name: /^read .*2 of 2/ })
    ).toBeVisible();
    await keep(page, `${name}-4-done`);

    await page.getByRole('tab', { name: 'Resources' }).click();
    await expect(page.getByRole('row', { name: /paint/ })).toBeVisible();
    await keep(page, `${name}-5-resources`);
    await page.getByRole('tab', { name: 'Inputs' }).click();
    await expect(
      page.getByRole('row', { name: /note by the river/ })
    ).toBeVisible();

    // A step leads to its log.
    await steps.getByRole('button', { name: /^sum / }).click();
    await expect(page.getByRole('combobox', { name: 'Log of' })).toHaveValue(
      'sum'
    );
    await expect(log).toContainText('summing up');
    await keep(page, `${name}-6-log`);
  });

  test(`a failure opens on its headline (${name})`, async ({
    page,
    tmpPath
  }) => {
    await theme(page, dark);
    await openDocument(page, tmpPath, 'broken.cwl');
    await run(page);
    const card = page.getByRole('alert', { name: 'Why the run failed' });
    await expect(card).toBeVisible({ timeout: RUN });
    await expect(card.getByRole('heading')).toContainText('second');
    await expect(card).toContainText('cannot read the band: no such asset');
    await expect(page.getByRole('log')).toContainText('cannot read the band');
    await expect(
      page.getByRole('option', { name: /^broken, failed/ }).first()
    ).toContainText('failed in second');
    await keep(page, `${name}-7-failure`);
  });
}

test('a reload in the middle of a run loses nothing', async ({
  page,
  tmpPath
}) => {
  await openDocument(page, tmpPath, 'field.cwl');
  await run(page, { Note: 'reloaded', Seconds: '30' });
  const steps = page.getByRole('navigation', { name: 'Steps' });
  const read = steps.getByRole('button', { name: /^read .*running/ });
  await read.click({ timeout: RUN });
  // What is looked at is saved a moment after it is chosen.
  await expect(page.getByRole('log')).toContainText('row 3 of 10');

  await reload(page);
  await expect(steps.getByRole('button', { name: /^read .*of 2/ })).toBeVisible(
    { timeout: RUN }
  );
  // The same log is in front, and it goes on.
  await expect(page.getByRole('combobox', { name: 'Log of' })).toHaveValue(
    'read'
  );
  await expect(page.getByRole('log')).toContainText('row 10 of 10', {
    timeout: RUN
  });
  await keep(page, 'reload');
  await expect(
    page.getByRole('status').filter({ hasText: /^done/ })
  ).toBeVisible({ timeout: RUN });
});

test('a form is as it was after a reload', async ({ page, tmpPath }) => {
  await openDocument(page, tmpPath, 'field.cwl');
  await page.getByRole('button', { name: 'Run…', exact: true }).click();
  // What is typed is saved a moment later.
  const saved = remembered(page, 'not yet sent');
  await fill(page, { Note: 'not yet sent' });
  await saved;
  await reload(page);
  await expect(page.getByLabel('Note', { exact: true })).toHaveValue(
    'not yet sent',
    { timeout: RUN }
  );
  await expect(page.getByLabel('Run with')).toHaveValue('none');
});

test('a stop ends a run', async ({ page, tmpPath }) => {
  await openDocument(page, tmpPath, 'field.cwl');
  await run(page, { Note: 'too long', Seconds: '300' });
  await expect(page.getByRole('log')).toContainText('row 1 of 10', {
    timeout: RUN
  });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(
    page.getByRole('heading', { name: 'The run was stopped' })
  ).toBeVisible({ timeout: RUN });
  await expect(
    page.getByRole('option', { name: /^field, stopped/ }).first()
  ).toBeVisible();
  await expect(
    page.getByRole('button', { name: 'Stop', exact: true })
  ).toBeHidden();
  await keep(page, 'stopped');
});

test('a run is run again with other inputs', async ({ page, tmpPath }) => {
  await openDocument(page, tmpPath, 'field.cwl');
  await run(page, { Note: 'first', Seconds: '0.2' });
  await expect(
    page.getByRole('status').filter({ hasText: /^done/ })
  ).toBeVisible({ timeout: RUN });
  await page.getByRole('button', { name: 'Re-run…' }).click();
  const note = page.getByLabel('Note', { exact: true });
  await expect(note).toHaveValue('first', { timeout: RUN });
  await keep(page, 'rerun-form');
  await note.fill('second');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(
    page.getByRole('button', { name: 'Run', exact: true })
  ).toBeHidden({ timeout: RUN });
  await expect(
    page.getByRole('status').filter({ hasText: /^done/ })
  ).toBeVisible({ timeout: RUN });
  await page.getByRole('tab', { name: 'Inputs' }).click();
  await expect(page.getByRole('row', { name: /note second/ })).toBeVisible();
});

test('everything is reached by the keyboard', async ({ page, tmpPath }) => {
  await openDocument(page, tmpPath, 'field.cwl');
  await page.getByRole('button', { name: 'Run…', exact: true }).focus();
  await page.keyboard.press('Enter');
  await fill(page, { Note: 'keys', Seconds: '0.2' });
  await page.getByLabel('Note', { exact: true }).press('Enter');
  const tabs = page.getByRole('tablist', { name: 'Parts of the run' });
  await expect(tabs).toBeVisible({ timeout: RUN });
  await expect(
    page.getByRole('status').filter({ hasText: /^done/ })
  ).toBeVisible({ timeout: RUN });
  await tabs.getByRole('tab', { name: /^Outputs/ }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(tabs.getByRole('tab', { name: 'Log' })).toBeFocused();
  await expect(page.getByRole('log')).toBeVisible();

  const first = page.getByRole('option').first();
  await first.focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('option').nth(1)).toBeFocused();
  await keep(page, 'keyboard');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('option').nth(1)).toHaveAttribute(
    'aria-selected',
    'true'
  );
});

test('the palette, the launcher and the menus know the commands', async ({
  page,
  tmpPath
}) => {
  await expect(
    page.getByRole('button', { name: 'Demo: Water Bodies' })
  ).toBeVisible();
  await put(page, tmpPath, 'field.cwl');
  await page.filebrowser.refresh();
  await page
    .getByRole('listitem', { name: /field.cwl/ })
    .click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Run CWL Document…' }).click();
  await expect(page.getByRole('heading', { name: 'Run Field' })).toBeVisible({
    timeout: RUN
  });
});

test('a narrow view stacks its panes', async ({ page, tmpPath }) => {
  await openDocument(page, tmpPath, 'field.cwl');
  await run(page, { Note: 'narrow', Seconds: '0.2' });
  await expect(
    page.getByRole('status').filter({ hasText: /^done/ })
  ).toBeVisible({ timeout: RUN });
  await page.setViewportSize({ width: 720, height: 860 });
  const steps = await page
    .getByRole('navigation', { name: 'Steps' })
    .boundingBox();
  const tabs = await page
    .getByRole('tablist', { name: 'Parts of the run' })
    .boundingBox();
  expect(steps && tabs && steps.y + steps.height <= tabs.y + 1).toBe(true);
  await keep(page, 'narrow');
});

test('who looks away is told of the end, once, with a way back', async ({
  page,
  tmpPath
}) => {
  await openDocument(page, tmpPath, 'field.cwl');
  await run(page, { Note: 'elsewhere', Seconds: '4' });
  await page.getByRole('tab', { name: 'field.cwl' }).click();
  const told = page.getByText('field is done');
  await expect(told).toHaveCount(1, { timeout: RUN });
  await keep(page, 'notification');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(
    page.getByRole('img', { name: 'Quicklook of picture' })
  ).toBeVisible({ timeout: RUN });
});

test('a run of another door is seen at once, and opened by its address', async ({
  page,
  tmpPath,
  request
}) => {
  const document = await put(page, tmpPath, 'field.cwl');
  await page.sidebar.openTab('ellip-lab-runs');
  const answer = await request.post(
    `${process.env.TARGET_URL}/ellip-lab/runs`,
    {
      data: {
        document,
        name: 'another door',
        container: 'none',
        inputs: { note: 'knock', seconds: 0.2 }
      }
    }
  );
  expect(answer.status()).toBe(201);
  const { id } = (await answer.json()) as { id: string };
  await expect(
    page.getByRole('option', { name: /^another door, done/ })
  ).toBeVisible({ timeout: RUN });
  // galata's own way to another address waits for the launcher to be in front.
  await page.evaluate(run => {
    window.location.assign(`/lab?ellip-run=${run}`);
  }, id);
  await expect(page.getByRole('heading', { name: 'another door' })).toBeVisible(
    { timeout: RUN }
  );
  await expect(page).not.toHaveURL(/ellip-run/);
});
