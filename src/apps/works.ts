/**
 * Installations and removals of apps.
 */
import type { IStateDB } from '@jupyterlab/statedb';

import type { AppWork, AppWorkSummary } from '../contract';
import type { Feed } from '../kit/feed';
import { Works as RoomWorks } from '../kit/works';
import type { AppsClient } from './client';

/** The works. */
export class Works extends RoomWorks<AppWorkSummary, AppWork> {
  constructor(client: AppsClient, feed: Feed, state: IStateDB | null) {
    super({ room: 'apps', client, feed, state });
  }

  /** The newest work of an app, or null. */
  lastOf(app: string): AppWorkSummary | null {
    return this.list.find(one => one.app === app) ?? null;
  }
}
