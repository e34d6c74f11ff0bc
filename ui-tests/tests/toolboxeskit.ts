/**
 * What the browser tests of toolboxes share: a channel of small packages that is served on loopback, and the panel.
 */
import type { ChildProcess } from 'child_process';
import { spawn } from 'child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import * as path from 'path';
import { createInterface } from 'readline';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator, Page } from '@playwright/test';

import { expect, RUN } from './kit';

const folder = path.resolve(__dirname, '..');
const SERVER = process.env.TARGET_URL ?? '';

/** The channel, and who serves it. */
export class Channel {
  /** Makes it and serves it; a few seconds. */
  static async serve(): Promise<Channel> {
    const place = mkdtempSync(path.join(tmpdir(), 'channel-'));
    const child = spawn(
      'python',
      ['-m', 'tests.toolboxes.channel', place, '--serve', '0', '--python'],
      {
        cwd: path.resolve(folder, '..'),
        stdio: ['ignore', 'pipe', 'inherit']
      }
    );
    const url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', line => {
        if (line.startsWith('http://')) {
          resolve(line);
        }
      });
      child.on('exit', code =>
        reject(new Error(`the channel ended with code ${code}`))
      );
    });
    return new Channel(url, place, child);
  }

  private constructor(
    readonly url: string,
    private readonly _place: string,
    private readonly _child: ChildProcess
  ) {}

  /** Makes something of it slow, or whole again. */
  async fault(page: Pick<Page, 'request'>, faults: object): Promise<void> {
    const answer = await page.request.post(`${this.url}/_control`, {
      data: faults
    });
    expect(answer.ok()).toBe(true);
  }

  stop(): void {
    this._child.removeAllListeners('exit');
    this._child.kill();
    rmSync(this._place, { recursive: true, force: true });
  }
}

/** The folder of the user's own entries. */
function entries(): string {
  const { port } = new URL(SERVER);
  return path.join(folder, 'work', port, 'state', 'toolboxes', 'catalogue.d');
}

/** Takes an entry of the user's own out of the catalogue. */
export function removeEntry(id: string): void {
  rmSync(path.join(entries(), `${id}.toml`), { force: true });
}

/** Puts an entry of the user's own into the catalogue. */
export function putEntry(id: string, channel: string, command: string): void {
  mkdirSync(entries(), { recursive: true });
  writeFileSync(
    path.join(entries(), `${id}.toml`),
    `title = "Hello EO"
description = "Greets whoever observes the earth, with five megabytes of words from orbit."
channels = ["${channel}"]
packages = ["hello-eo 1.*"]
platforms = ["linux-64"]
size = 5_000_000
licence = "MIT"
homepage = "https://example.org/hello-eo"
commands = ["${command}"]
`
  );
}

/** Asks the server. */
export async function ask<T>(
  page: Pick<Page, 'request'>,
  verb: string,
  data?: object
): Promise<T> {
  const url = `${SERVER}/ellip-lab/toolboxes${verb}`;
  const answer = data
    ? await page.request.post(url, { data, timeout: RUN })
    : await page.request.get(url, { timeout: RUN });
  expect(answer.ok(), await answer.text()).toBe(true);
  return (await answer.json()) as T;
}

/** Sets where packages come from. */
export async function setChannels(
  page: Pick<Page, 'request'>,
  channels: readonly string[]
): Promise<void> {
  await ask(page, '/channels', { default: channels });
}

/** Removes every toolbox, and every record of how it was made. */
export async function removeAll(page: Pick<Page, 'request'>): Promise<void> {
  const works = async () =>
    (await ask<{ works: { id: string; state: string }[] }>(page, '/works'))
      .works;
  const { toolboxes } = await ask<{ toolboxes: { name: string }[] }>(page, '');
  for (const { name } of toolboxes) {
    await ask(page, '/remove', { name });
  }
  await expect
    .poll(
      async () =>
        (await works()).filter(one => ['queued', 'running'].includes(one.state))
          .length,
      { timeout: RUN }
    )
    .toBe(0);
  for (const { id } of await works()) {
    await page.request.delete(`${SERVER}/ellip-lab/toolboxes/works/${id}`);
  }
}

/** Shows the panel. */
export async function openToolboxes(
  page: IJupyterLabPageFixture
): Promise<Locator> {
  await page.sidebar.openTab('ellip-lab-toolboxes');
  const side = page.getByRole('region', { name: 'Toolboxes', exact: true });
  await expect(
    side.getByRole('list', { name: 'Catalogue' }).getByRole('listitem').first()
  ).toBeVisible({ timeout: RUN });
  return side;
}

/** A toolbox in the panel. */
export function line(side: Locator, name: string | RegExp): Locator {
  return side
    .getByRole('list', { name: 'Toolboxes' })
    .getByRole('listitem')
    .filter({ hasText: name });
}
