/**
 * What a completion is, as an icon: a letter or a sign in the colour of its kind.
 */
import { LabIcon } from '@jupyterlab/ui-components';

import type { CompletionKind } from '../contract';
import { containersIcon } from '../kit/icons';

const SIGNS: Readonly<
  Record<Exclude<CompletionKind, 'image'>, readonly [string, string, string]>
> = {
  field: [':', 'jp-icon-brand0', '#1976d2'],
  class: ['C', 'jp-icon-warn0', '#f57c00'],
  type: ['T', 'jp-icon-accent0', '#388e3c'],
  value: ['=', 'jp-icon3', '#616161'],
  reference: ['↗', 'jp-icon-brand0', '#1976d2'],
  expression: ['ƒ', 'jp-icon-accent0', '#388e3c'],
  snippet: ['¶', 'jp-icon3', '#616161']
};

const made = new Map<CompletionKind, LabIcon>([['image', containersIcon]]);

/** The icon of a kind. */
export function iconOf(kind: CompletionKind): LabIcon {
  const known = made.get(kind);
  if (known) {
    return known;
  }
  const [sign, name, colour] = SIGNS[kind as Exclude<CompletionKind, 'image'>];
  const icon = new LabIcon({
    name: `ellip-lab:cwl-${kind}`,
    svgstr:
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16">' +
      `<text x="8" y="12.5" text-anchor="middle" font-family="sans-serif" font-size="12" font-weight="700" class="${name}" fill="${colour}">${sign}</text></svg>`
  });
  made.set(kind, icon);
  return icon;
}
