/**
 * What the panel remembers over a reload; never a secret, never what a form holds.
 */
import type { JSONObject } from '@lumino/coreutils';

import type { ImageSort } from '../contract';
import type { IOrder } from './images';
import { NEWEST } from './images';

/** Where it is kept. */
export const STATE = 'ellip-lab:containers';

/** A part of the panel. */
export type PanelTab = 'images' | 'containers' | 'registries';

/** What is remembered. */
export interface IRemembered {
  readonly tab: PanelTab;
  readonly filter: string;
  readonly order: IOrder;
  /** The ids of the images that are selected. */
  readonly selected: readonly string[];
  readonly containersFilter: string;
  readonly showWorks: boolean;
  /** The facts of the engine are open. */
  readonly showEngine: boolean;
}

const TABS: readonly string[] = ['images', 'containers', 'registries'];
const SORTS: readonly string[] = ['name', 'size', 'created', 'used'];

/** What was remembered; null when there is nothing, or nothing that can be understood. */
export function read(saved: unknown): IRemembered | null {
  if (!isObject(saved)) {
    return null;
  }
  const order = isObject(saved.order) ? saved.order : {};
  return {
    tab: TABS.includes(String(saved.tab)) ? (saved.tab as PanelTab) : 'images',
    filter: text(saved.filter),
    order: SORTS.includes(String(order.by))
      ? { by: order.by as ImageSort, down: order.down === true }
      : NEWEST,
    selected: Array.isArray(saved.selected)
      ? saved.selected.filter((id): id is string => typeof id === 'string')
      : [],
    containersFilter: text(saved.containersFilter),
    showWorks: saved.showWorks !== false,
    showEngine: saved.showEngine === true
  };
}

/** As JSON. */
export function written(state: IRemembered): JSONObject {
  return JSON.parse(JSON.stringify(state)) as JSONObject;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
