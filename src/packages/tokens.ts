/**
 * The names that room `packages` goes by.
 */
import type { PackageReport, Profile } from '../contract';

/** How one part of a document stands to a rule. */
export type Finding = PackageReport['findings'][number];

/** The commands. */
export namespace CommandIDs {
  export const demo = 'ellip-lab:packages-demo';
  export const check = 'ellip-lab:packages-check';
  export const profile = 'ellip-lab:packages-profile';
  export const tool = 'ellip-lab:packages-tool';
  export const tour = 'ellip-lab:packages-tour';
}

/** The profiles, each including the one before. */
export const PROFILES: readonly Profile[] = [
  'cwl',
  'best-practice',
  'scheduler'
];
