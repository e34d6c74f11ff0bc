/**
 * Names of images, as a person reads them.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Container, Image, ImageUser } from '../contract';

/** The parts of a name. */
export interface IParts {
  /** With its registry. */
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

/** Cuts a name into its parts; the colon of a port is none of a tag. */
export function partsOf(name: string): IParts {
  const [named = '', digest = null] = name.split('@', 2);
  const colon = named.lastIndexOf(':');
  return colon > named.lastIndexOf('/')
    ? {
        repository: named.slice(0, colon),
        tag: named.slice(colon + 1),
        digest
      }
    : { repository: named, tag: null, digest };
}

/** Registries that go without saying. */
const UNSAID = /^(docker\.io\/library\/|docker\.io\/|localhost\/)/;

/** A repository without the registry that goes without saying. */
export function shortRepository(repository: string): string {
  return repository.replace(UNSAID, '');
}

/** A name without the registry that goes without saying, its digest cut short. */
export function shortName(name: string): string {
  const { repository, tag, digest } = partsOf(name);
  return (
    shortRepository(repository) +
    (tag ? `:${tag}` : '') +
    (digest ? `@${shortDigest(digest)}` : '')
  );
}

/** The first twelve digits of a digest or an id. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** The host of a name, or null when it has none. */
export function hostOf(name: string): string | null {
  const [first = '', ...rest] = name.split('/');
  return rest.length && /[.:]|^localhost$/.test(first) ? first : null;
}

/** What an image is called by: its first name, else its id. */
export function nameOf(image: Pick<Image, 'id' | 'names'>): string {
  return image.names[0] ?? image.id;
}

/** What an image is called on screen. */
export function titleOf(
  image: Pick<Image, 'id' | 'names'>,
  trans: TranslationBundle
): string {
  const [name] = image.names;
  return name
    ? shortName(name)
    : trans.__('untagged %1', shortDigest(image.id));
}

/** The last part of a path. */
export function lastPart(path: string): string {
  return path.replace(/\/+$/, '').split('/').pop() ?? path;
}

/** Who uses an image, in a few words: `unused`, `used by crop.cwl`, `used by crop.cwl and 2 more`. */
export function usersText(
  users: readonly ImageUser[],
  trans: TranslationBundle
): string {
  // What runs now says more than a document.
  const [first, ...rest] = [...users].sort(
    (one, other) => Number(other.running) - Number(one.running)
  );
  if (!first) {
    return trans.__('unused');
  }
  const name = first.kind === 'document' ? lastPart(first.name) : first.name;
  return rest.length
    ? trans.__('used by %1 and %2 more', name, rest.length)
    : trans.__('used by %1', name);
}

/** The state of a container, as a person says it. */
export function stateText(
  container: Pick<Container, 'state' | 'exit_code' | 'running'>,
  trans: TranslationBundle
): string {
  switch (container.state) {
    case 'running':
      return trans.__('running');
    case 'paused':
      return trans.__('paused');
    case 'created':
    case 'configured':
    case 'initialized':
      return trans.__('created');
    case 'exited':
    case 'stopped':
      return container.exit_code
        ? trans.__('ended, exit %1', container.exit_code)
        : trans.__('ended');
    default:
      return container.state;
  }
}

/** A hint that is nothing but a command, ready to be pasted. */
export function isCommand(hint: string): boolean {
  return /^[a-z][a-z0-9._-]* \S/.test(hint) && !/[.!?]$/.test(hint);
}
