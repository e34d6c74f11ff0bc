/**
 * What other rooms may use of room `apps`.
 */

/** The commands of the room. */
export namespace CommandIDs {
  export const panel = 'ellip-lab:apps-panel';
  export const refresh = 'ellip-lab:apps-refresh';

  // -- an app, `app`, alone or with a file, `file`
  export const start = 'ellip-lab:apps-start';
  export const serve = 'ellip-lab:apps-serve';
  export const settings = 'ellip-lab:apps-settings';
  export const homepage = 'ellip-lab:apps-homepage';

  // -- one that was started: `instance`, or that of the tab in front
  export const open = 'ellip-lab:apps-open';
  export const reload = 'ellip-lab:apps-reload';
  export const browse = 'ellip-lab:apps-browse';
  export const log = 'ellip-lab:apps-log';
  export const stop = 'ellip-lab:apps-stop';
  export const restart = 'ellip-lab:apps-restart';

  // -- work
  export const install = 'ellip-lab:apps-install';
  export const uninstall = 'ellip-lab:apps-uninstall';
  export const openWork = 'ellip-lab:apps-open-work';
  export const stopWork = 'ellip-lab:apps-stop-work';
  export const repeatWork = 'ellip-lab:apps-repeat-work';
  export const removeWork = 'ellip-lab:apps-remove-work';
}
