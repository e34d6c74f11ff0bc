/**
 * The demo package, put into the workspace and opened.
 */
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';

import type { Demo } from '../contract';
import type { PackagesClient } from './client';

/** What the demo is opened with. */
export interface IDemoHost {
  readonly client: PackagesClient;
  readonly manager: IDocumentManager;
  readonly browser: IDefaultFileBrowser | null;
}

/** Puts the demo into a folder, where what is there already is kept, and opens its document. */
export async function openDemo(
  { client, manager, browser }: IDemoHost,
  folder = 'water-bodies',
  cwd = ''
): Promise<{
  readonly demo: Demo;
  readonly widget: IDocumentWidget | undefined;
}> {
  const demo = await client.demo({ folder: PathExt.join(cwd, folder) });
  await browser?.model.refresh();
  return { demo, widget: manager.openOrReveal(demo.document, 'Editor') };
}
