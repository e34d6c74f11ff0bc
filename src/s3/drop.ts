/**
 * What a person drops on the panel: files and folders of the desktop, paths of the Lab's file browser.
 */
import type { MimeData } from '@lumino/coreutils';

/** What the Lab's file browser puts into a drag: paths of the workspace. */
const CONTENTS_MIME = 'application/x-jupyter-icontents';

/** A file of the desktop and where it lies below what was dropped. */
export interface ILocalFile {
  readonly path: string;
  readonly file: File;
}

/** The files of a drop; folders are walked. Must be called while the event lasts. */
export function droppedFiles(data: DataTransfer): AsyncGenerator<ILocalFile> {
  // The entries are gone when the event is over: they are taken before anything is awaited.
  const entries = [...data.items]
    .filter(item => item.kind === 'file')
    .map(item => item.webkitGetAsEntry() ?? item.getAsFile());
  return walk(entries);
}

/** Files chosen with a button; those of a folder know their place in it. */
export async function* chosenFiles(
  files: readonly File[]
): AsyncGenerator<ILocalFile> {
  for (const file of files) {
    yield { path: file.webkitRelativePath || file.name, file };
  }
}

/** What a drop is called: the name of its one file or folder, or how many. */
export function droppedNames(data: DataTransfer): readonly string[] {
  return [...data.items]
    .filter(item => item.kind === 'file')
    .map(item => item.webkitGetAsEntry()?.name ?? item.getAsFile()?.name ?? '');
}

/** The paths that are dragged from the file browser; empty when it is another drag. */
export function draggedPaths(data: MimeData): readonly string[] {
  const found: unknown = data.getData(CONTENTS_MIME);
  return Array.isArray(found)
    ? found.filter((path): path is string => typeof path === 'string')
    : [];
}

/** Whether a drag carries paths of the file browser. */
export function hasPaths(data: MimeData): boolean {
  return data.hasData(CONTENTS_MIME);
}

async function* walk(
  entries: readonly (FileSystemEntry | File | null)[]
): AsyncGenerator<ILocalFile> {
  for (const entry of entries) {
    if (entry instanceof File) {
      yield { path: entry.name, file: entry };
    } else if (entry?.isFile) {
      yield {
        path: entry.fullPath.replace(/^\//, ''),
        file: await new Promise<File>((resolve, reject) =>
          (entry as FileSystemFileEntry).file(resolve, reject)
        )
      };
    } else if (entry?.isDirectory) {
      const reader = (entry as FileSystemDirectoryEntry).createReader();
      // A reader gives a hundred at a time, and none at the end.
      for (;;) {
        const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
          reader.readEntries(resolve, reject)
        );
        if (!part.length) {
          break;
        }
        yield* walk(part);
      }
    }
  }
}
