/**
 * The tiles of the launcher and the words of the palette: one for each app that is installed, kept right.
 */
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { ILauncher } from '@jupyterlab/launcher';
import type { IDisposable } from '@lumino/disposable';
import { DisposableSet } from '@lumino/disposable';

import { tile } from '../kit/home';
import type { AppsModel } from './model';
import { CommandIDs } from './tokens';

/** What the tiles stand on. */
export interface ITilesOptions {
  readonly apps: AppsModel;
  readonly launcher: ILauncher | null;
  readonly palette: ICommandPalette | null;
  readonly category: string;
}

/** The tiles. */
export class Tiles implements IDisposable {
  constructor(options: ITilesOptions) {
    this._options = options;
    options.apps.changed.connect(this._onChange, this);
    this._onChange();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._options.apps.changed.disconnect(this._onChange, this);
      this._items.dispose();
    }
  }

  private _onChange(): void {
    const { apps, launcher, palette, category } = this._options;
    // What is drawn of an app: with it, its tile changes.
    const shown = apps.apps
      .map(app => [app.name, app.title, app.icon, app.installed].join('\n'))
      .join('\n\n');
    if (shown === this._shown) {
      return;
    }
    this._shown = shown;
    this._items.dispose();
    this._items = new DisposableSet();
    apps.apps.forEach((app, index) => {
      const args = { app: app.name };
      if (app.installed) {
        const item = { command: CommandIDs.start, category, args };
        const added = launcher?.add(tile('apps', item, index));
        if (added) {
          this._items.add(added);
        }
      }
      const said = palette?.addItem({
        command: app.installed ? CommandIDs.start : CommandIDs.install,
        category,
        args
      });
      if (said) {
        this._items.add(said);
      }
    });
  }

  private readonly _options: ITilesOptions;
  private _items = new DisposableSet();
  private _shown = '';
  private _isDisposed = false;
}
