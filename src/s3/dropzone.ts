/**
 * The panel as a place to drop on: files of the desktop, paths of the Lab's file browser.
 */
import type { MimeData } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';

import { draggedPaths, hasPaths } from './drop';

/** Says what a drop does. */
export interface IDropZoneOptions {
  /** Whether there is a place to drop into now. */
  readonly isOpen: () => boolean;
  /** Files of the desktop, dropped on a row (its id) or beside them all. */
  readonly onFiles: (data: DataTransfer, row: string | null) => void;
  /** Paths of the workspace. */
  readonly onPaths: (paths: readonly string[], row: string | null) => void;
}

/** The part of Lumino's drag event that is needed here. */
interface IPathsEvent extends MouseEvent {
  readonly mimeData: MimeData;
  dropAction: 'none' | 'copy' | 'move' | 'link';
}

const OVER = 'jp-mod-drop';

/** The place. */
export class DropZone implements IDisposable {
  constructor(
    private readonly _node: HTMLElement,
    private readonly _options: IDropZoneOptions
  ) {
    for (const type of EVENTS) {
      _node.addEventListener(type, this);
    }
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._mark(null);
    for (const type of EVENTS) {
      this._node.removeEventListener(type, this);
    }
  }

  handleEvent(event: Event): void {
    if (event.type.startsWith('lm-')) {
      this._onPaths(event as IPathsEvent);
    } else {
      this._onFiles(event as DragEvent);
    }
  }

  private _onFiles(event: DragEvent): void {
    const data = event.dataTransfer;
    if (!data?.types.includes('Files')) {
      return;
    }
    // What is dropped where it cannot be is not to be opened by the browser instead.
    event.preventDefault();
    event.stopPropagation();
    const open = this._options.isOpen();
    data.dropEffect = open ? 'copy' : 'none';
    if (event.type === 'dragleave') {
      this._leave(event);
    } else if (event.type === 'drop') {
      this._mark(null);
      if (open) {
        this._options.onFiles(data, rowOf(event.target));
      }
    } else if (open) {
      this._mark(event.target);
    }
  }

  private _onPaths(event: IPathsEvent): void {
    if (!hasPaths(event.mimeData) || !this._options.isOpen()) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    event.dropAction = 'copy';
    if (event.type === 'lm-dragleave') {
      this._leave(event);
    } else if (event.type === 'lm-drop') {
      this._mark(null);
      this._options.onPaths(draggedPaths(event.mimeData), rowOf(event.target));
    } else {
      this._mark(event.target);
    }
  }

  private _leave(event: MouseEvent): void {
    const to = event.relatedTarget;
    if (!(to instanceof Node) || !this._node.contains(to)) {
      this._mark(null);
    }
  }

  /** Shows where a drop would go: the folder under the pointer, or the whole panel. */
  private _mark(target: EventTarget | null): void {
    const over = target === null ? null : (folderOf(target) ?? this._node);
    if (over !== this._over) {
      this._over?.classList.remove(OVER);
      over?.classList.add(OVER);
      this._over = over;
    }
  }

  private _over: Element | null = null;
  private _isDisposed = false;
}

const EVENTS = [
  'dragenter',
  'dragover',
  'dragleave',
  'drop',
  'lm-dragenter',
  'lm-dragover',
  'lm-dragleave',
  'lm-drop'
];

function folderOf(target: EventTarget | null): Element | null {
  return target instanceof Element
    ? target.closest('[data-kind="folder"], [data-kind="bucket"]')
    : null;
}

function rowOf(target: EventTarget | null): string | null {
  const row = folderOf(target);
  return row instanceof HTMLElement ? (row.dataset.row ?? null) : null;
}
