/**
 * Our part of the launcher, the home of whoever opens the Lab: which tile stands where.
 */
import type { ILauncher } from '@jupyterlab/launcher';

/** Before the notebooks, which are at 0. */
const CATEGORY_RANK = -1;

/** The order of the tiles; what has several tiles counts on from its number. */
const RANKS = {
  create: 0,
  run: 10,
  storage: 20,
  containers: 30,
  toolboxes: 40,
  apps: 50,
  demo: 90,
  tour: 95
} as const;

/** What has a tile. */
export type Tile = keyof typeof RANKS;

/** Gives a tile of our category its place. */
export function tile(
  which: Tile,
  options: Pick<ILauncher.IItemOptions, 'command' | 'category' | 'args'>,
  after = 0
): ILauncher.IItemOptions {
  return {
    ...options,
    args: { ...options.args, isLauncher: true },
    rank: RANKS[which] + after,
    categoryRank: CATEGORY_RANK
  };
}
