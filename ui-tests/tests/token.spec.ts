/**
 * A server that wants a token and checks XSRF, as real ones do: galata's own has neither.
 */
import { expect, test } from '@playwright/test';

import { keep } from './kit';

const url = process.env.UI_TOKEN_URL ?? '';
const token = process.env.UI_TOKEN ?? '';

test('nothing is told without the token', async ({ request }) => {
  const answer = await request.get(`${url}/ellip-lab/runs`, {
    headers: { Accept: 'application/json' }
  });
  expect([401, 403]).toContain(answer.status());
});

test('the panel, the demo and a run work with the token', async ({ page }) => {
  await page.goto(`${url}/lab?token=${token}&reset`);
  await page.getByRole('tab', { name: 'Runs' }).first().click();
  await expect(page.getByRole('heading', { name: 'No runs yet' })).toBeVisible({
    timeout: 60_000
  });
  await keep(page, 'empty');
  // A write passes the XSRF check.
  await page.getByRole('button', { name: 'Open the demo package' }).click();
  await expect(page.getByRole('tab', { name: 'water-bodies.cwl' })).toBeVisible(
    { timeout: 60_000 }
  );
  await page.getByRole('button', { name: 'Run…', exact: true }).click();
  await expect(page.getByLabel('STAC Item')).toBeVisible({ timeout: 60_000 });
  await keep(page, 'demo-form');
});
