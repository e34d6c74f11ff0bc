/**
 * Documents as they are written: one session for each editor, and who else looks at them.
 */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor } from '@jupyterlab/fileeditor';
import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { CwlClient } from './client';
import { Session } from './session';
import type { ICwlLanguage, IFinder } from './tokens';

/** What the language features do, as the person has set it. */
export interface ILanguageSettings {
  /** `auto` leaves to a language server what it does, where the Lab has one. */
  readonly features: 'auto' | 'on' | 'off';
  /** Completions are offered while one types. */
  readonly completeWhileTyping: boolean;
  readonly formatOnSave: boolean;
}

/** What they do before the settings are read. */
export const DEFAULTS: ILanguageSettings = {
  features: 'auto',
  completeWhileTyping: true,
  formatOnSave: false
};

/** What the documents stand on. */
export interface ILanguageOptions {
  readonly client: CwlClient;
  readonly manager: IDocumentManager;
  /** A language server's own features are in this Lab. */
  readonly served: boolean;
}

/** The documents. */
export class Language implements ICwlLanguage {
  constructor(options: ILanguageOptions) {
    this._options = options;
    this.client = options.client;
  }

  readonly client: CwlClient;

  get openChanged(): ISignal<this, void> {
    return this._openChanged;
  }

  /** The settings, or what follows from them, have changed. */
  get settingsChanged(): ISignal<this, void> {
    return this._settingsChanged;
  }

  get settings(): ILanguageSettings {
    return this._settings;
  }

  set settings(value: ILanguageSettings) {
    this._settings = value;
    this._settingsChanged.emit();
    for (const session of this._sessions.values()) {
      session.checkSoon();
    }
  }

  /** Something is done while one types at all. */
  get isOn(): boolean {
    return this._settings.features !== 'off';
  }

  /** A language server in the Lab underlines, completes, explains and finds the way: ours leaves that to it. */
  get isServed(): boolean {
    return this._settings.features === 'auto' && this._options.served;
  }

  get sessions(): readonly Session[] {
    return [...this._sessions.values()];
  }

  of(widget: IDocumentWidget<FileEditor>): Session {
    const known = this._sessions.get(widget);
    if (known) {
      return known;
    }
    const session = new Session({
      widget,
      client: this._options.client,
      manager: this._options.manager,
      finders: () => this._finders,
      live: () => this.isOn
    });
    this._sessions.set(widget, session);
    widget.disposed.connect(this._onDisposed, this);
    this._openChanged.emit();
    return session;
  }

  find(path: string): Session | null {
    return (
      this.sessions.find(
        session => session.path === path && session.isDocument
      ) ?? null
    );
  }

  addFinder(finder: IFinder): IDisposable {
    this._finders = [...this._finders, finder];
    finder.changed.connect(this._onFinder, this);
    this._onFinder();
    return new DisposableDelegate(() => {
      this._finders = this._finders.filter(one => one !== finder);
      finder.changed.disconnect(this._onFinder, this);
      this._onFinder();
    });
  }

  private _onFinder(): void {
    for (const session of this._sessions.values()) {
      session.checkSoon();
    }
  }

  private _onDisposed(widget: IDocumentWidget<FileEditor>): void {
    this._sessions.delete(widget);
    this._openChanged.emit();
  }

  private readonly _options: ILanguageOptions;
  private readonly _sessions = new Map<IDocumentWidget<FileEditor>, Session>();
  private readonly _openChanged = new Signal<this, void>(this);
  private readonly _settingsChanged = new Signal<this, void>(this);
  private _settings = DEFAULTS;
  private _finders: readonly IFinder[] = [];
}
