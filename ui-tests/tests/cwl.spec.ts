/**
 * Documents: their problems lead to lines, the form says what it lacks, files are chosen on the server.
 */
import { expect, fill, keep, openDocument, put, RUN, test } from './kit';

test('what the form lacks is said at its field', async ({ page, tmpPath }) => {
  await openDocument(page, tmpPath, 'field.cwl');
  await page.getByRole('button', { name: 'Run…', exact: true }).click();
  await fill(page, {});
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByText('This is required')).toBeVisible();
  await expect(page.getByLabel('Note', { exact: true })).toBeFocused();
  await page.getByLabel('Note', { exact: true }).fill('x');
  await page.getByLabel('About').fill('no-such-file.txt');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(
    page.getByRole('alert').filter({ hasText: 'no-such-file.txt' }).first()
  ).toBeVisible({
    timeout: RUN
  });
  await keep(page, 'form-problems');
});

test('a file is chosen on the server, and the file browser stays the current one', async ({
  page,
  tmpPath
}) => {
  await put(page, tmpPath, 'broken.cwl');
  await openDocument(page, tmpPath, 'field.cwl');
  await page.getByRole('button', { name: 'Run…', exact: true }).click();
  await fill(page, { Note: 'with a file' });
  await page.getByRole('button', { name: 'Choose a file…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('broken.cwl').click();
  await keep(page, 'picker');
  await dialog.getByRole('button', { name: 'Select' }).click();
  await expect(page.getByLabel('About')).toHaveValue('broken.cwl');
  await page.sidebar.openTab('filebrowser');
  expect(await page.filebrowser.isFileListedInBrowser('field.cwl')).toBe(true);
});

test('problems of a document lead to their line', async ({ page, tmpPath }) => {
  await openDocument(page, tmpPath, 'wrong.cwl');
  await page.getByRole('button', { name: /problem/ }).click();
  await keep(page, 'problems');
  await page.getByRole('button', { name: /^line 6/ }).click();
  await expect(page.getByText(/^Ln 6, Col/)).toBeVisible();
});
