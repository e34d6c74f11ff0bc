/**
 * What other rooms may use of room `containers`.
 */

/** The commands of the room. */
export namespace CommandIDs {
  export const panel = 'ellip-lab:containers-panel';
  export const refresh = 'ellip-lab:containers-refresh';

  // -- images
  export const showImage = 'ellip-lab:containers-show-image';
  export const tagImage = 'ellip-lab:containers-tag-image';
  export const untagImage = 'ellip-lab:containers-untag-image';
  export const removeImages = 'ellip-lab:containers-remove-images';
  export const copyName = 'ellip-lab:containers-copy-name';
  export const copyDigest = 'ellip-lab:containers-copy-digest';
  export const expose = 'ellip-lab:containers-expose';

  // -- work; with `image`, `pull` asks nothing
  export const pull = 'ellip-lab:containers-pull';
  export const build = 'ellip-lab:containers-build';
  export const push = 'ellip-lab:containers-push';
  export const save = 'ellip-lab:containers-save';
  export const load = 'ellip-lab:containers-load';
  export const prune = 'ellip-lab:containers-prune';
  export const openWork = 'ellip-lab:containers-open-work';
  export const stopWork = 'ellip-lab:containers-stop-work';
  export const repeatWork = 'ellip-lab:containers-repeat-work';
  export const removeWork = 'ellip-lab:containers-remove-work';
  export const showWorks = 'ellip-lab:containers-show-works';

  // -- registries
  export const login = 'ellip-lab:containers-login';
  export const logout = 'ellip-lab:containers-logout';
  export const saveRegistry = 'ellip-lab:containers-save-registry';
  export const forgetRegistry = 'ellip-lab:containers-forget-registry';

  // -- containers
  export const showContainer = 'ellip-lab:containers-show-container';
  export const startContainers = 'ellip-lab:containers-start';
  export const stopContainers = 'ellip-lab:containers-stop';
  export const killContainers = 'ellip-lab:containers-kill';
  export const removeContainers = 'ellip-lab:containers-remove';
  /** A shell in a container, or in a new one of an image. */
  export const terminal = 'ellip-lab:containers-terminal';

  // -- documents
  export const documentImages = 'ellip-lab:containers-document-images';
  export const pinImage = 'ellip-lab:containers-pin-image';
}
