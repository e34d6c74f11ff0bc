/**
 * Pulls, builds, pushes and their like.
 */
import type { IStateDB } from '@jupyterlab/statedb';

import type { Work, WorkSummary } from '../contract';
import type { Feed } from '../kit/feed';
import { Works as RoomWorks } from '../kit/works';
import type { ContainersClient } from './client';

/** The works. */
export class Works extends RoomWorks<WorkSummary, Work> {
  constructor(client: ContainersClient, feed: Feed, state: IStateDB | null) {
    super({ room: 'containers', client, feed, state });
  }

  /** The work that goes on with an image, or null. */
  activeOf(image: string): WorkSummary | null {
    return this.active.find(one => one.image === image) ?? null;
  }
}
