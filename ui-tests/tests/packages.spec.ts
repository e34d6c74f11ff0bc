/**
 * The whole first paragraph: the demo package on a real scene, in real containers, to a catalog with a picture.
 *
 * It needs podman and the package's image: `scripts/demo --headless` makes both.
 */
import { expect, fill, keep, RUN, test, theme } from './kit';

for (const dark of [false, true]) {
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
