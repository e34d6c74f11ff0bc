/**
 * The launcher as a home, and the tour of who is here for the first time.
 */
import { test as base } from '@jupyterlab/galata';

import {
  expect,
  keep,
  reload,
  RUN,
  SETTINGS,
  theme,
  THEMES,
  remembered
} from './kit';

/** A Lab that nobody has been in before. */
const test = base.extend({
  mockSettings: { ...SETTINGS, 'ellip-lab:packages': { tour: true } }
});

for (const dark of THEMES) {
  const name = dark ? 'dark' : 'light';

  test(`the tour leads over the demo, by keyboard (${name})`, async ({
    page
  }) => {
    await theme(page, dark);
    const offer = page.getByRole('status', { name: 'Tour' });
    await expect(offer).toBeVisible();
    // It offers itself, and takes nothing: no focus, no click.
    expect(
      await offer.evaluate(node => node.contains(document.activeElement))
    ).toBe(false);
    await keep(page, `tour-${name}-0-offer`);
    await offer.getByRole('button', { name: 'Take the tour' }).press('Enter');

    const card = (title: string) => page.getByRole('dialog', { name: title });
    await expect(card('A package, ready to run')).toBeVisible();
    await expect(
      card('A package, ready to run').getByRole('button', {
        name: 'Open the demo'
      })
    ).toBeFocused();
    await page.keyboard.press('Enter');

    await expect(card('The document')).toBeVisible({ timeout: RUN });
    await expect(
      page.getByRole('tab', { name: 'water-bodies.cwl', exact: true })
    ).toBeVisible();
    await keep(page, `tour-${name}-1-document`);
    await page.keyboard.press('ArrowRight');

    await expect(card('The form')).toBeVisible();
    await expect(page.getByRole('heading', { name: /^Run / })).toBeVisible({
      timeout: RUN
    });
    await expect(
      page.getByLabel('Area of interest', { exact: true })
    ).toHaveValue(/^-?\d/);
    await keep(page, `tour-${name}-2-form`);
    // Where it is is saved a moment later.
    const saved = remembered(page, '"ellip-lab:packages-tour":1');
    await page.keyboard.press('ArrowLeft');
    await expect(card('The document')).toBeVisible();

    // A reload finds it where it was.
    await saved;
    await reload(page);
    await expect(card('The document')).toBeVisible({ timeout: RUN });
    await card('The document')
      .getByRole('button', { name: 'Open its form' })
      .click();
    await expect(card('The form')).toBeVisible({ timeout: RUN });
    await page.keyboard.press('ArrowRight');
    await expect(card('Runs')).toBeVisible();
    await expect(
      page.getByRole('region', { name: 'Runs', exact: true })
    ).toBeVisible();
    await keep(page, `tour-${name}-3-runs`);
    await page.keyboard.press('Enter');
    await expect(card('Storage and containers')).toBeVisible();
    await keep(page, `tour-${name}-4-storage`);
    await page.keyboard.press('Enter');
    await expect(card('Storage and containers')).toHaveCount(0);

    // It has been taken: it is in the Help menu, and offers itself no more.
    await reload(page);
    await expect(
      page.getByRole('tab', { name: 'water-bodies.cwl', exact: true })
    ).toBeVisible({ timeout: RUN });
    await expect(offer).toHaveCount(0);
    await page.menu.clickMenuItem('Help>Tour of Ellip Studio');
    await expect(card('A package, ready to run')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(card('A package, ready to run')).toHaveCount(0);
  });
}

test('the launcher is a home: our tiles come first, in their order', async ({
  page
}) => {
  const offer = page.getByRole('status', { name: 'Tour' });
  await offer.getByRole('button', { name: 'Not now' }).click();
  await expect(offer).toHaveCount(0);
  const sections = page.locator('.jp-Launcher-sectionTitle');
  await expect(sections.first()).toHaveText('Ellip');
  const labels = await page
    .locator('.jp-Launcher-section')
    .first()
    .getByRole('button')
    .allInnerTexts();
  const known = [
    'Run a Package',
    'Storage',
    'Containers',
    'Demo: Water Bodies',
    'Tour of Ellip Studio'
  ];
  expect(
    labels.map(label => label.trim()).filter(label => known.includes(label))
  ).toEqual(known);
  await keep(page, 'launcher-light');
  await theme(page, true);
  await keep(page, 'launcher-dark');
  await page
    .getByRole('button', { name: 'Containers', exact: true })
    .press('Enter');
  await expect(
    page.getByRole('region', { name: 'Containers', exact: true })
  ).toBeVisible();
});
