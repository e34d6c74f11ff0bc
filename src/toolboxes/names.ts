/**
 * Names of toolboxes: what they may be, which is free, which a file suggests.
 */
const NAME = /^[a-z0-9][a-z0-9_-]*$/;
const LONGEST = 64;
/** What a file with packages may be called, by the last part of its path. */
export const ENVIRONMENT_FILE = /^([^/]+[.-])?environment([.-][^/]+)?\.ya?ml$/;
export const LOCK_FILE =
  /^([^/]+[.-])?(pixi|conda|conda-[a-z0-9-]+|toolbox|explicit)([.-]lock)?\.(lock|ya?ml|txt)$/;
/** What stands at the end of a name that says more: `gdal.pixi.lock`. */
const KIND = /[.-](environment|pixi|explicit|toolbox|lock)$/;
/** Names of files that say nothing of what is in them. */
const PLAIN = /^(environment|pixi|conda|toolbox|explicit|lock)$/;

/** The last part of a path. */
export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether a file may say what a toolbox has, by its name. */
export function isToolboxFile(path: string): boolean {
  const name = lastPart(path);
  return (
    ENVIRONMENT_FILE.test(name) ||
    LOCK_FILE.test(name) ||
    /\.(ya?ml|lock|txt)$/i.test(name)
  );
}

/** Whether a toolbox may have this name. */
export function isName(name: string): boolean {
  return name.length <= LONGEST && NAME.test(name);
}

/** The words of a text as a name; empty when it has none. */
export function asName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '')
    .slice(0, LONGEST);
}

/** The name, or the first of `name-2`, `name-3` that nobody has. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const wish = asName(name) || 'toolbox';
  let found = wish;
  for (let number = 2; taken.has(found); number += 1) {
    const end = `-${number}`;
    found = wish.slice(0, LONGEST - end.length) + end;
  }
  return found;
}

/** The name that a file suggests: what it says of itself, else its own, else that of its folder. */
export function nameOfFile(path: string, text: string): string {
  const said = /^name:\s*["']?([^"'#\r\n]+)/m.exec(text)?.[1];
  const parts = path.split('/');
  const own = (parts.pop() ?? '')
    .replace(/\.(ya?ml|lock|txt)$/i, '')
    .replace(KIND, '');
  const folder = parts.pop() ?? '';
  return (
    asName(said ?? '') ||
    (PLAIN.test(own) ? asName(folder) : asName(own)) ||
    'toolbox'
  );
}

/** The words of a field that holds several: one a line, or with commas between them. */
export function listOf(text: string): readonly string[] {
  return text
    .split(/[\n,]/)
    .map(word => word.trim())
    .filter(Boolean);
}

/** The name of the package that a spec asks for: `gdal` of `conda-forge::gdal >=3.8`. */
export function packageOf(spec: string): string {
  const name = /^(?:.*::)?\s*([A-Za-z0-9_.-]+)/.exec(spec)?.[1];
  return name ?? spec;
}

/** A channel in a few letters: its name, or the end of its URL. */
export function shortChannel(channel: string): string {
  const conda = /^https?:\/\/conda\.anaconda\.org\/(.+?)\/?$/.exec(channel);
  if (conda?.[1]) {
    return conda[1];
  }
  return channel.replace(/^https?:\/\//, '').replace(/\/$/, '');
}
