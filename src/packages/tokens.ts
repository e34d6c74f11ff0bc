/**
 * The names that room `packages` goes by.
 */
import type { Profile } from '../contract';

/** The commands. */
export namespace CommandIDs {
  export const demo = 'ellip-lab:packages-demo';
  export const check = 'ellip-lab:packages-check';
  export const profile = 'ellip-lab:packages-profile';
  export const tool = 'ellip-lab:packages-tool';
}

/** The profiles, each including the one before. */
export const PROFILES: readonly Profile[] = [
  'cwl',
  'best-practice',
  'scheduler'
];
