/**
 * What other rooms may use of room `toolboxes`.
 */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { ToolboxSummary } from '../contract';

/** The toolboxes, as other rooms see them. */
export interface IToolboxes {
  /** A toolbox has come, gone or changed. */
  readonly changed: ISignal<IToolboxes, void>;
  /** Those that can be used, by name, as far as they are known. */
  readonly usable: readonly ToolboxSummary[];
  /** Reads them, when they have not been read yet. */
  ready(): Promise<void>;
}

/** The token of the toolboxes. */
export const IToolboxes = new Token<IToolboxes>(
  'ellip-lab:IToolboxes',
  'The toolboxes that are installed, for whoever runs something in one.'
);

/** The commands of the room. */
export namespace CommandIDs {
  export const panel = 'ellip-lab:toolboxes-panel';
  export const refresh = 'ellip-lab:toolboxes-refresh';

  // -- installing: each shows first what would be done
  export const install = 'ellip-lab:toolboxes-install';
  export const fromFile = 'ellip-lab:toolboxes-from-file';
  export const create = 'ellip-lab:toolboxes-create';
  export const update = 'ellip-lab:toolboxes-update';

  // -- a toolbox
  export const show = 'ellip-lab:toolboxes-show';
  export const notebook = 'ellip-lab:toolboxes-notebook';
  export const terminal = 'ellip-lab:toolboxes-terminal';
  export const clone = 'ellip-lab:toolboxes-clone';
  export const saveLock = 'ellip-lab:toolboxes-save-lock';
  export const remove = 'ellip-lab:toolboxes-remove';
  export const copyName = 'ellip-lab:toolboxes-copy-name';
  export const copyPrefix = 'ellip-lab:toolboxes-copy-prefix';

  // -- channels and the cache
  export const channels = 'ellip-lab:toolboxes-channels';
  export const login = 'ellip-lab:toolboxes-login';
  export const clean = 'ellip-lab:toolboxes-clean';

  // -- work
  export const openWork = 'ellip-lab:toolboxes-open-work';
  export const stopWork = 'ellip-lab:toolboxes-stop-work';
  export const repeatWork = 'ellip-lab:toolboxes-repeat-work';
  export const removeWork = 'ellip-lab:toolboxes-remove-work';
  export const showWorks = 'ellip-lab:toolboxes-show-works';
}
