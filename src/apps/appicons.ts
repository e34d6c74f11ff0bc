/**
 * The pictures of apps: each data file brings its own, which is drawn but never runs anything.
 */
import { LabIcon } from '@jupyterlab/ui-components';

import type { App } from '../contract';
import { appsIcon } from '../kit/icons';

const icons = new Map<string, LabIcon>();

/** The icon of an app; a plain one where it has none that can be drawn. */
export function iconOf(app: Pick<App, 'name' | 'icon'> | null): LabIcon {
  const svgstr = app && drawing(app.icon);
  if (!app || !svgstr) {
    return appsIcon;
  }
  const known = icons.get(app.name);
  if (known) {
    if (known.svgstr !== svgstr) {
      known.svgstr = svgstr;
    }
    return known;
  }
  const icon = new LabIcon({ name: `ellip-lab:app-${app.name}`, svgstr });
  icons.set(app.name, icon);
  return icon;
}

/** What does more than draw. */
const ACTIVE = /^(script|foreignobject|iframe|image|use|a|animate.*|set)$/i;

/** A picture without anything that runs or asks; null when it is none. */
export function drawing(svg: string): string | null {
  const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
  const root = parsed.documentElement;
  if (root.localName !== 'svg' || parsed.querySelector('parsererror')) {
    return null;
  }
  for (const node of [root, ...root.querySelectorAll('*')]) {
    if (ACTIVE.test(node.localName)) {
      node.remove();
      continue;
    }
    for (const { name, value } of [...node.attributes]) {
      if (
        /^on/i.test(name) ||
        /href$/i.test(name) ||
        /url\(\s*[^#\s]/i.test(value)
      ) {
        node.removeAttribute(name);
      }
    }
  }
  // Without one it is as large as whatever it stands in.
  root.setAttribute('width', '16');
  root.removeAttribute('height');
  return new XMLSerializer().serializeToString(root);
}
