/**
 * What the panel remembers over a reload; never a secret, never what a form holds.
 */
/** Where it is kept. */
export const STATE = 'ellip-lab:toolboxes';

/** What is remembered. */
export interface IRemembered {
  /** The words that are looked for in the catalogue. */
  readonly filter: string;
  readonly showInstalled: boolean;
  readonly showCatalogue: boolean;
  readonly showWorks: boolean;
}

/** What was remembered; null when there is nothing, or nothing that can be understood. */
export function read(saved: unknown): IRemembered | null {
  if (typeof saved !== 'object' || saved === null) {
    return null;
  }
  const said = saved as Record<string, unknown>;
  return {
    filter: typeof said.filter === 'string' ? said.filter : '',
    showInstalled: said.showInstalled !== false,
    showCatalogue: said.showCatalogue !== false,
    showWorks: said.showWorks !== false
  };
}
