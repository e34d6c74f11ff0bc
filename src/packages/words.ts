/**
 * The words of the report.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Profile } from '../contract';
import type { Finding } from './tokens';

/** The word of a state. */
export function stateWord(
  state: Finding['state'],
  trans: TranslationBundle
): string {
  switch (state) {
    case 'passed':
      return trans.__('passed');
    case 'failed':
      return trans.__('failed');
    case 'needs-review':
      return trans.__('needs review');
    case 'not-applicable':
      return trans.__('not applicable');
  }
}

/** The name of a profile. */
export function profileWord(
  profile: Profile,
  trans: TranslationBundle
): string {
  switch (profile) {
    case 'cwl':
      return trans.__('Plain CWL');
    case 'best-practice':
      return trans.__('Best Practice');
    case 'scheduler':
      return trans.__('Best Practice + scheduler');
  }
}
