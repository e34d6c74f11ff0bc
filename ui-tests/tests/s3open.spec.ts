/**
 * Objects in the Lab: looked at, edited and saved, used in a form, a run and a notebook; in both themes.
 */
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import {
  expect,
  fill,
  keep,
  openDocument,
  reload,
  RUN,
  test,
  theme,
  THEMES
} from './kit';

const BUCKET = 'opened';

/** Asks the server itself, as another client would. */
async function ask(
  page: IJupyterLabPageFixture,
  method: 'get' | 'post',
  path: string,
  query: Record<string, string>,
  data?: string | Buffer | object
): Promise<string> {
  const url = new URL(`${process.env.TARGET_URL}/ellip-lab/${path}`);
  url.search = new URLSearchParams(query).toString();
  const response = await page.request[method](url.toString(), {
    ...(data === undefined ? {} : { data }),
    ...(typeof data === 'string' || Buffer.isBuffer(data)
      ? { headers: { 'Content-Type': 'application/octet-stream' } }
      : {}),
    timeout: RUN
  });
  const text = await response.text();
  expect(response.ok(), `${path}: ${text}`).toBe(true);
  return text;
}

const at = (key: string): Record<string, string> => ({
  connection: 'local',
  bucket: BUCKET,
  key
});

/** Puts a text into the store on this machine. */
async function store(
  page: IJupyterLabPageFixture,
  key: string,
  text: string | Buffer
): Promise<void> {
  const buckets = await ask(page, 'get', 's3/buckets', { connection: 'local' });
  if (!buckets.includes(`"${BUCKET}"`)) {
    await ask(
      page,
      'post',
      's3/buckets',
      {},
      {
        connection: 'local',
        bucket: BUCKET
      }
    );
  }
  await ask(page, 'post', 's3/content', at(key), text);
}

/** Shows a place in the panel. */
async function show(
  page: IJupyterLabPageFixture,
  ...way: readonly string[]
): Promise<Locator> {
  await page.sidebar.openTab('ellip-lab-s3');
  const panel = page.getByRole('region', { name: 'Storage', exact: true });
  await panel
    .getByRole('button', { name: 'On this machine' })
    .first()
    .click({ timeout: RUN });
  for (const step of way) {
    await row(panel, step).dblclick({ timeout: RUN });
  }
  return panel;
}

function row(panel: Locator, name: string): Locator {
  return panel
    .locator('[data-row]')
    .filter({ has: panel.page().getByText(name, { exact: true }) });
}

/** Opens an object as a command does. */
async function openAddress(
  page: IJupyterLabPageFixture,
  address: string
): Promise<void> {
  await page.evaluate(
    async one =>
      window.jupyterapp.commands.execute('ellip-lab:s3-open', { address: one }),
    address
  );
}

/** Puts the scene of the demo package into the store. */
async function demo(page: IJupyterLabPageFixture): Promise<void> {
  await ask(page, 'post', 'packages/demo', {}, { folder: 'water-bodies' });
}

for (const dark of THEMES) {
  const name = dark ? 'dark' : 'light';

  test(`a raster shows as a picture, a JSON in the Lab's viewer (${name})`, async ({
    page
  }) => {
    await theme(page, dark);
    await demo(page);
    const panel = await show(page, 'demo', 'olinda');
    const asked: string[] = [];
    page.on('request', request => asked.push(request.url()));
    await row(panel, 'green.tif').dblclick();
    const picture = page
      .getByRole('tabpanel', { name: 'green.tif' })
      .getByRole('img', { name: 'Quicklook of green.tif' });
    await expect(picture).toBeVisible({ timeout: RUN });
    expect(
      await picture.evaluate(node => (node as HTMLImageElement).naturalWidth)
    ).toBeGreaterThan(200);
    // It is drawn on the server: its bytes do not come here.
    expect(asked.filter(url => url.includes('s3/quicklook'))).not.toEqual([]);
    expect(asked.filter(url => url.includes('s3/content'))).toEqual([]);
    await expect(
      page.getByText('s3://local@demo/olinda/green.tif').first()
    ).toBeVisible();
    await keep(page, `s3-${name}-1-quicklook`);

    // As large as there is room for.
    const before = (await picture.boundingBox())?.width ?? 0;
    expect(before).toBeGreaterThan(500);
    await page.getByRole('button', { name: 'Larger' }).click();
    await page.getByRole('button', { name: 'Larger' }).click();
    await expect
      .poll(async () => (await picture.boundingBox())?.width ?? 0)
      .toBeGreaterThan(before * 1.8);
    await keep(page, `s3-${name}-2-closer`);
    await page.getByRole('region', { name: 'Picture of green.tif' }).focus();
    await page.keyboard.press('0');
    await expect
      .poll(async () => (await picture.boundingBox())?.width ?? 0)
      .toBeCloseTo(before, 0);

    await row(panel, 'L7_ETM_OLINDA.json').dblclick();
    await expect(
      page.getByRole('tab', { name: 'L7_ETM_OLINDA.json' })
    ).toBeVisible();
    await expect(page.locator('.jp-RenderedJSON')).toContainText(
      'L7_ETM_OLINDA',
      {
        timeout: RUN
      }
    );
    await keep(page, `s3-${name}-3-json`);
  });
}

test('the drive brings no second file browser: new files lie in the workspace', async ({
  page,
  tmpPath
}) => {
  await store(page, 'notes.txt', 'one\n');
  await page.filebrowser.openDirectory(tmpPath);
  const panel = await show(page, BUCKET);
  await row(panel, 'notes.txt').dblclick();
  await expect(page.getByRole('tab', { name: 'notes.txt' })).toBeVisible();
  await page.menu.clickMenuItem('File>New>Text File');
  await expect(page.getByRole('tab', { name: 'untitled.txt' })).toBeVisible();
  expect(await page.contents.fileExists(`${tmpPath}/untitled.txt`)).toBe(true);
  expect(await page.locator('.jp-FileBrowser').count()).toBe(1);
});

test('a text is edited and saved, and what others wrote is not lost', async ({
  page
}) => {
  const key = 'räume/notes é.txt';
  await store(page, key, 'one\n');
  const panel = await show(page, BUCKET, 'räume');
  await row(panel, 'notes é.txt').dblclick();
  const editor = page.locator('.jp-FileEditor .cm-content');
  await expect(editor).toContainText('one', { timeout: RUN });
  await editor.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('two');
  await page.keyboard.press('Control+s');
  await expect
    .poll(() => ask(page, 'get', 's3/content', at(key)))
    .toBe('one\ntwo');

  // Somebody else writes: the Lab asks before anything is overwritten.
  await ask(page, 'post', 's3/content', at(key), 'theirs\n');
  await page.keyboard.type(' three');
  await page.keyboard.press('Control+s');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('has changed on disk');
  await keep(page, 's3-conflict');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(await ask(page, 'get', 's3/content', at(key))).toBe('theirs\n');
  await editor.click();
  await page.keyboard.press('Control+s');
  await dialog.getByRole('button', { name: 'Overwrite' }).click();
  await expect
    .poll(() => ask(page, 'get', 's3/content', at(key)))
    .toBe('one\ntwo three');
  // What is written now is what is known: the next save asks nothing.
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' four');
  await page.keyboard.press('Control+s');
  await expect
    .poll(() => ask(page, 'get', 's3/content', at(key)))
    .toBe('one\ntwo three four');
});

for (const dark of THEMES) {
  const name = dark ? 'dark' : 'light';

  test(`an object is an input, and the outputs are published (${name})`, async ({
    page,
    tmpPath
  }) => {
    await theme(page, dark);
    await store(page, 'texts/about.txt', 'a text of the store\n');
    await openDocument(page, tmpPath, 'field.cwl');
    await page.getByRole('button', { name: 'Run…', exact: true }).click();
    await fill(page, { Note: 'from storage', Seconds: '0.1' });
    const about = page.getByLabel('About', { exact: true });
    await about
      .locator('xpath=..')
      .getByRole('button', { name: 'Choose from storage…' })
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Connection').selectOption('local');
    await row(dialog, BUCKET).dblclick({ timeout: RUN });
    await row(dialog, 'texts').dblclick();
    await row(dialog, 'about.txt').click();
    await keep(page, `s3-${name}-4-choose`);
    await dialog.getByRole('button', { name: 'Choose' }).click();
    await expect(about).toHaveValue(
      /^s3:\/\/(local@)?opened\/texts\/about\.txt$/
    );
    await page
      .getByLabel('Publish outputs to', { exact: true })
      .fill(`s3://local@${BUCKET}/published-${name}/`);
    await keep(page, `s3-${name}-5-form`);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByText('Published to')).toBeVisible({ timeout: RUN });
    await keep(page, `s3-${name}-6-published`);
    await page
      .getByRole('button', { name: /^Show .* in Storage$/ })
      .first()
      .click();
    const panel = page.getByRole('region', { name: 'Storage', exact: true });
    await expect(panel.locator('[data-row]').first()).toBeVisible({
      timeout: RUN
    });
    await keep(page, `s3-${name}-7-storage`);
  });
}

test('what is selected in Storage becomes an input, and cells of a notebook', async ({
  page,
  tmpPath
}) => {
  await store(page, 'texts/about.txt', 'a text of the store\n');
  await openDocument(page, tmpPath, 'field.cwl');
  const panel = await show(page, BUCKET, 'texts');
  await row(panel, 'about.txt').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Use as Input' }).click();
  await expect(page.getByLabel('About', { exact: true })).toHaveValue(
    /^s3:\/\/(local@)?opened\/texts\/about\.txt$/,
    { timeout: RUN }
  );
  await keep(page, 's3-use-as-input');

  await page.notebook.createNew('storage.ipynb');
  await row(panel, 'about.txt').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Use in Notebook' }).click();
  const cells = page.locator('.jp-Notebook .jp-CodeCell');
  await expect(cells).toHaveCount(2, { timeout: RUN });
  await expect(cells.first()).toContainText('%s3 use local');
  await expect(cells.last()).toContainText('boto3');

  // And they work: the kernel reads the object with no key in the notebook.
  await expect(page.getByText('Python 3 (ipykernel) | Idle')).toBeVisible({
    timeout: RUN
  });
  await page.notebook.addCell('code', 'print(data.decode())');
  await page.notebook.run();
  await expect(cells.last().locator('.jp-OutputArea-output')).toContainText(
    'a text of the store',
    { timeout: RUN }
  );
  await keep(page, 's3-notebook');
});

/** One red pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

test("each kind of object opens in the Lab's own viewer, and is there after a reload", async ({
  page
}) => {
  const at = (key: string): string => `s3://local@${BUCKET}/kinds/${key}`;
  await store(page, 'kinds/table.csv', 'name,area\nOlinda,41\n');
  await store(page, 'kinds/pixel.png', Buffer.from(PIXEL, 'base64'));
  await store(page, 'kinds/app.cwl', 'cwlVersion: v1.2\nclass: Operation\n');
  await store(page, 'kinds/area.geojson', '{"type": "FeatureCollection"}');
  await store(page, 'kinds/data.bin', Buffer.alloc(3_000_000, 0xff));
  await store(page, 'kinds/a//b.txt', 'an odd key');
  await store(
    page,
    'kinds/note.ipynb',
    JSON.stringify({
      cells: [
        {
          cell_type: 'code',
          execution_count: null,
          id: 'one',
          metadata: {},
          outputs: [],
          source: '6 * 7'
        }
      ],
      metadata: {
        kernelspec: { name: 'python3', display_name: 'Python 3' }
      },
      nbformat: 4,
      nbformat_minor: 5
    })
  );

  await openAddress(page, at('table.csv'));
  await expect(page.locator('.jp-CSVViewer')).toBeVisible({ timeout: RUN });
  await openAddress(page, at('pixel.png'));
  const image = page.locator('.jp-ImageViewer img');
  await expect(image).toBeVisible({ timeout: RUN });
  expect(
    await image.evaluate(node => (node as HTMLImageElement).naturalWidth)
  ).toBe(1);
  await openAddress(page, at('area.geojson'));
  await expect(page.locator('.jp-FileEditor')).toContainText(
    'FeatureCollection',
    { timeout: RUN }
  );
  await openAddress(page, at('a//b.txt'));
  await expect(
    page.getByRole('tabpanel', { name: 'b.txt' }).locator('.cm-content')
  ).toHaveText('an odd key', { timeout: RUN });

  // A document outside the workspace can be edited, and not be run.
  await openAddress(page, at('app.cwl'));
  const document = page.getByRole('tabpanel', { name: 'app.cwl' });
  await expect(document.locator('.cm-content')).toContainText('Operation');
  await expect(document.getByRole('button', { name: 'Run…' })).toHaveCount(0);

  // What the Lab cannot show is said, and offered to be fetched.
  await openAddress(page, at('data.bin'));
  const unknown = page.getByRole('tabpanel', { name: 'data.bin' });
  await expect(unknown).toContainText('The Lab has no viewer for this object.');
  await expect(unknown.getByRole('link', { name: 'Download' })).toBeVisible();
  await keep(page, 's3-unknown');

  // A notebook has its kernel, and is saved where it came from.
  await openAddress(page, at('note.ipynb'));
  const notebook = page.getByRole('tabpanel', { name: 'note.ipynb' });
  await expect(notebook.locator('.jp-CodeCell')).toContainText('6 * 7', {
    timeout: RUN
  });
  await expect(page.getByText('Python 3 (ipykernel) | Idle')).toBeVisible({
    timeout: RUN
  });
  await page.notebook.run();
  await expect(notebook.locator('.jp-OutputArea-output')).toContainText('42', {
    timeout: RUN
  });
  await page.keyboard.press('Control+s');
  await expect
    .poll(() =>
      ask(page, 'get', 's3/content', {
        connection: 'local',
        bucket: BUCKET,
        key: 'kinds/note.ipynb'
      })
    )
    .toContain('"42"');
  await keep(page, 's3-kinds');

  await reload(page);
  for (const name of ['table.csv', 'b.txt', 'data.bin', 'note.ipynb']) {
    await expect(page.getByRole('tab', { name })).toBeVisible({ timeout: RUN });
  }
});

test('what may not be written is not offered to be', async ({ page }) => {
  await demo(page);
  const list = JSON.parse(
    await ask(page, 'get', 's3/use', { connection: 'local' })
  ) as { readonly set: Readonly<Record<string, string>> };
  await ask(
    page,
    'post',
    's3/connections',
    {},
    {
      name: 'public',
      endpoint: list.set.AWS_ENDPOINT_URL_S3,
      auth: 'anonymous',
      style: 'path',
      buckets: ['demo'],
      replace: true
    }
  );
  await page.reload();
  await openAddress(page, 's3://public@demo/olinda/NOTICE.md');
  await expect(page.getByText('read-only').first()).toBeVisible({
    timeout: RUN
  });
  await keep(page, 's3-read-only');
});
