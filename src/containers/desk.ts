/**
 * What room `containers` has in the main area: images, works, containers, forms of builds, images of documents.
 */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import { buildIcon, listIcon } from '@jupyterlab/ui-components';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';
import * as React from 'react';

import type { Work } from '../contract';
import { openAtLine } from '../kit/document';
import { containersIcon } from '../kit/icons';
import type { ILogOptions } from '../kit/logblocks';
import type { IContainerHost } from './containerlist';
import type { ContainersModel } from './model';
import { lastPart, shortName } from './names';
import type { IPageContext, IPageState, PageKind } from './page';
import { Page, pageId } from './page';

/** The command that puts a tab back; not for people. */
export const RESTORE = 'ellip-lab:containers-restore-page';

const KINDS: readonly string[] = [
  'image',
  'work',
  'container',
  'build',
  'document'
];

const ImageView = React.lazy(async () => ({
  default: (await import('./imageview')).ImageView
}));
const WorkView = React.lazy(async () => ({
  default: (await import('./workview')).WorkView
}));
const ContainerView = React.lazy(async () => ({
  default: (await import('./containerview')).ContainerView
}));
const BuildForm = React.lazy(async () => ({
  default: (await import('./buildform')).BuildForm
}));
const DocumentView = React.lazy(async () => ({
  default: (await import('./documentview')).DocumentView
}));

/** What the desk stands on. */
export interface IDeskOptions {
  readonly app: JupyterFrontEnd;
  readonly containers: ContainersModel;
  readonly documents: IDocumentManager;
  readonly state: IStateDB | null;
  readonly host: IContainerHost;
  readonly trans: TranslationBundle;
}

/** The desk. */
export class Desk {
  constructor(options: IDeskOptions) {
    this._options = options;
    options.documents.services.contents.fileChanged.connect((_, change) => {
      if (change.type === 'save' && change.newValue?.path) {
        this._saved.emit(change.newValue.path);
      }
    }, this);
  }

  /** Puts back what was open before a reload. */
  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this._pages, {
      command: RESTORE,
      args: ({ content }) => ({
        kind: content.kind,
        key: content.key,
        ...(content.state as unknown as ReadonlyPartialJSONObject)
      }),
      name: ({ content }) => content.id
    });
  }

  /** Puts one tab back. */
  reopen(args: ReadonlyPartialJSONObject): void {
    if (KINDS.includes(String(args.kind)) && typeof args.key === 'string') {
      const state: { -readonly [K in keyof IPageState]?: IPageState[K] } = {};
      if (typeof args.tab === 'string') {
        state.tab = args.tab;
      }
      if (typeof args.options === 'object' && args.options !== null) {
        state.options = args.options as unknown as ILogOptions;
      }
      this._open(args.kind as PageKind, args.key, state);
    }
  }

  openImage(name: string): void {
    this._open('image', name);
  }

  openWork(id: string): void {
    this._open('work', id);
  }

  openContainer(name: string): void {
    this._open('container', name);
  }

  /** Shows the form of a build; a document may want a name of its own for the image. */
  openBuild(path: string, name: string | null = null): void {
    if (name !== null) {
      this._names.set(path, name);
      this.close('build', path);
    }
    this._open('build', path);
  }

  /** Shows the images of a document beside it. */
  openDocument(path: string): void {
    const beside = this._options.documents.findWidget(path);
    this._open('document', path, {}, beside?.id);
  }

  /** Whether a work is on screen. */
  isSeen(id: string): boolean {
    return (
      !!this._find('work', id)?.isVisible &&
      document.visibilityState === 'visible'
    );
  }

  /** Closes the tabs of what is not there any more. */
  close(kind: PageKind, key: string): void {
    this._find(kind, key)?.dispose();
  }

  showPanel(): void {
    this._options.app.shell.activateById('ellip-lab-containers');
  }

  private _find(kind: PageKind, key: string): MainAreaWidget<Page> | undefined {
    return this._pages.find(
      ({ content }) => content.kind === kind && content.key === key
    );
  }

  private _open(
    kind: PageKind,
    key: string,
    remembered: Partial<IPageState> = {},
    beside?: string
  ): void {
    const { app, trans } = this._options;
    const open = this._find(kind, key);
    if (open) {
      app.shell.activateById(open.id);
      return;
    }
    const [label, icon] = this._titleOf(kind, key);
    const content = new Page({
      kind,
      key,
      label,
      icon,
      remembered,
      paint: page => this._paint(kind, key, page),
      trans
    });
    const widget = new MainAreaWidget({ content });
    widget.id = `${pageId(kind, key)}-main`;
    widget.toolbar.hide();
    content.remembered.connect(() => {
      void this._pages.save(widget);
    }, this);
    app.shell.add(
      widget,
      'main',
      beside ? { mode: 'split-right', ref: beside } : { mode: 'tab-after' }
    );
    void this._pages.add(widget);
    app.shell.activateById(widget.id);
  }

  private _titleOf(kind: PageKind, key: string): readonly [string, LabIcon] {
    const { trans } = this._options;
    switch (kind) {
      case 'image':
        return [shortName(key), containersIcon];
      case 'work':
        return [trans.__('Work'), listIcon];
      case 'container':
        return [key.slice(0, 12), containersIcon];
      case 'build':
        return [trans.__('Build %1', lastPart(key)), buildIcon];
      case 'document':
        return [trans.__('Images of %1', lastPart(key)), containersIcon];
    }
  }

  private _paint(kind: PageKind, key: string, page: IPageContext): JSX.Element {
    const { app, containers, documents, host, state, trans } = this._options;
    const { commands } = app;
    const shared = { ...page, containers, commands, trans };
    const onLine = (
      path: string,
      line: number | null,
      column: number | null = null
    ): void => void openAtLine(documents, path, line, column);
    switch (kind) {
      case 'image':
        return React.createElement(ImageView, {
          ...shared,
          name: key,
          onLine
        });
      case 'work':
        return React.createElement(WorkView, {
          ...shared,
          id: key,
          onContainerfile: work => {
            const path = containerfileOf(work);
            if (path !== null) {
              documents.openOrReveal(path, 'Editor');
            }
          }
        });
      case 'container':
        return React.createElement(ContainerView, {
          ...shared,
          name: key,
          host
        });
      case 'build':
        return React.createElement(BuildForm, {
          ...shared,
          path: key,
          name: this._names.get(key) ?? null,
          stateDB: state,
          onBegun: work => {
            this.openWork(work.id);
            page.close();
          },
          onOpen: path => void documents.openOrReveal(path, 'Editor')
        });
      case 'document':
        return React.createElement(DocumentView, {
          ...shared,
          path: key,
          saved: this._saved,
          onLine
        });
    }
  }

  private readonly _options: IDeskOptions;
  private readonly _names = new Map<string, string>();
  private readonly _saved = new Signal<this, string>(this);
  private readonly _pages = new WidgetTracker<MainAreaWidget<Page>>({
    namespace: 'ellip-lab-containers'
  });
}

/** The file that a build is made from, as a path of the workspace; null for anything else. */
export function containerfileOf(work: Pick<Work, 'request'>): string | null {
  const { folder, containerfile } = work.request as ReadonlyJSONObject;
  if (typeof folder !== 'string') {
    return null;
  }
  const file =
    typeof containerfile === 'string' ? containerfile : 'Containerfile';
  return folder === '.' || folder === '' ? file : `${folder}/${file}`;
}
