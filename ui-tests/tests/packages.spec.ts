/**
 * The whole first paragraph: the demo package on a real scene, in real containers, to a catalog with a picture.
 * It needs podman and the package's image: `scripts/demo --headless` makes both.
 *
 * And once more without containers, from the store and back into it.
 */
import { expect, fill, keep, RUN, test, theme, THEMES } from './kit';

for (const dark of THEMES) {
  const name = dark ? 'dark' : 'light';

  test(`the demo package finds the water (${name})`, async ({ page }) => {
    await theme(page, dark);
    await page.sidebar.openTab('ellip-lab-runs');
    await page.getByRole('region', { name: 'Runs' }).waitFor();
    await page.getByRole('button', { name: 'Demo: Water Bodies' }).click();
    await expect(
      page.getByRole('tab', { name: 'water-bodies.cwl' })
    ).toBeVisible({ timeout: RUN });
    await expect(page.getByText('no problems')).toBeVisible({ timeout: RUN });
    await keep(page, `demo-${name}-1-document`);

    await page.getByRole('button', { name: 'Run…', exact: true }).click();
    await expect(page.getByLabel('STAC Item')).toBeVisible({ timeout: RUN });
    await page.getByRole('button', { name: 'Load parameters…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('olinda.yml').click();
    await dialog.getByRole('button', { name: 'Select' }).click();
    await expect(page.getByLabel('STAC Item')).toHaveValue(/L7_ETM_OLINDA/);
    await fill(page, {}, 'podman');
    await expect(page.getByText(/✓ podman/)).toBeVisible({ timeout: RUN });
    await keep(page, `demo-${name}-2-form`);
    await page.getByRole('button', { name: 'Run', exact: true }).click();

    const steps = page.getByRole('navigation', { name: 'Steps' });
    await expect(
      steps.getByRole('button', { name: /^crop .*running/ })
    ).toBeVisible({ timeout: RUN });
    await keep(page, `demo-${name}-3-running`);
    await expect(page.getByRole('tab', { name: /^Outputs/ })).toHaveAttribute(
      'aria-selected',
      'true',
      {
        timeout: 2 * RUN
      }
    );
    await expect(
      page.getByRole('tabpanel', { name: /^Outputs/ })
    ).toContainText('STAC catalog');
    const picture = page
      .getByRole('img', { name: /^Quicklook of .*\.tif/ })
      .first();
    await expect(picture).toBeVisible({ timeout: RUN });
    expect(
      await picture.evaluate(node => (node as HTMLImageElement).naturalWidth)
    ).toBeGreaterThan(50);
    await keep(page, `demo-${name}-4-done`);
  });
}

for (const dark of THEMES) {
  const name = dark ? 'dark' : 'light';

  test(`the demo package takes its item from the store and publishes its catalog there (${name})`, async ({
    page
  }) => {
    await theme(page, dark);
    const server = `${process.env.TARGET_URL}/ellip-lab`;
    const made = await page.request.post(`${server}/s3/buckets`, {
      data: { connection: 'local', bucket: `results-${name}` },
      timeout: RUN
    });
    expect(made.ok(), await made.text()).toBe(true);
    await page.sidebar.openTab('ellip-lab-runs');
    await page.getByRole('button', { name: 'Demo: Water Bodies' }).click();
    await expect(page.getByText('no problems')).toBeVisible({ timeout: RUN });
    await page.getByRole('button', { name: 'Run…', exact: true }).click();
    await expect(page.getByLabel('STAC Item')).toBeVisible({ timeout: RUN });
    await page.getByRole('button', { name: 'Load parameters…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('olinda.yml').click();
    await dialog.getByRole('button', { name: 'Select' }).click();
    await expect(page.getByLabel('STAC Item')).toHaveValue(
      /^http:\/\/127\.0\.0\.1:\d+\/demo\/olinda\/L7_ETM_OLINDA\.json$/
    );

    // Where to: a bucket that is chosen.
    await page
      .getByRole('button', { name: 'Choose from storage where to publish' })
      .click();
    await dialog.getByLabel('Connection').selectOption('local');
    await dialog
      .locator('[data-row]')
      .filter({ hasText: `results-${name}` })
      .click({ timeout: RUN });
    await dialog.getByRole('button', { name: 'Choose' }).click();
    await expect(
      page.getByLabel('Publish outputs to', { exact: true })
    ).toHaveValue(new RegExp(`^s3://(local@)?results-${name}/$`));
    await fill(page, {});
    await keep(page, `demo-store-${name}-1-form`);
    await page.getByRole('button', { name: 'Run', exact: true }).click();

    await expect(page.getByText('Published to')).toBeVisible({
      timeout: 2 * RUN
    });
    await keep(page, `demo-store-${name}-2-published`);
    await page.getByRole('button', { name: 'Show catalog in Storage' }).click();
    const panel = page.getByRole('region', { name: 'Storage', exact: true });
    const catalog = panel
      .locator('[data-row]')
      .filter({ hasText: 'catalog.json' });
    await catalog.dblclick({ timeout: RUN });
    await expect(page.locator('.jp-RenderedJSON')).toContainText('Catalog', {
      timeout: RUN
    });
    await keep(page, `demo-store-${name}-3-catalog`);
  });
}
