/**
 * Questions about a place of a document, and what is said where an answer is worth no box of its own.
 */
import type { EditorState } from '@codemirror/state';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import type { TextPlace } from '../contract';
import { plain, sentence } from '../kit/code';
import { describe } from '../kit/notice';
import { announce } from './announce';
import { placeOf } from './places';
import { openPopup } from './popup';
import type { Session } from './session';

/** A question that can be let go of. */
export type Question<T> = (place: TextPlace, signal: AbortSignal) => Promise<T>;

/** The questions of one editor. */
export class Asking implements IDisposable {
  constructor(
    private readonly _session: Session,
    private readonly _trans: TranslationBundle
  ) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Lets go of what is being asked. */
  dispose(): void {
    this._isDisposed = true;
    this._current?.abort();
    this._quiet.abort();
  }

  /** Says something at the cursor, where no answer is worth a box of its own. */
  say(words: string): void {
    const { view } = this._session;
    const node = document.createElement('p');
    node.append(...sentence(words));
    announce(plain(words));
    openPopup(view, {
      at: view.state.selection.main.head,
      label: words,
      node
    });
  }

  /** Asks about a place; what is asked next lets go of it. An answer that does not come is told. */
  async ask<T>(
    state: EditorState,
    at: number,
    question: Question<T>
  ): Promise<T | null> {
    this._current?.abort();
    const asking = (this._current = new AbortController());
    try {
      return await question(this._placeAt(state, at), asking.signal);
    } catch (error) {
      if (!asking.signal.aborted && !this._isDisposed) {
        this.say(describe(error, this._trans));
      }
      return null;
    }
  }

  /** Asks for what nobody has asked for: no answer is none. */
  async quietly<T>(
    state: EditorState,
    at: number,
    question: Question<T>
  ): Promise<T | null> {
    try {
      return await question(this._placeAt(state, at), this._quiet.signal);
    } catch {
      return null;
    }
  }

  private _placeAt(state: EditorState, at: number): TextPlace {
    return { ...this._session.document, ...placeOf(state.doc, at) };
  }

  private readonly _quiet = new AbortController();
  private _current: AbortController | null = null;
  private _isDisposed = false;
}
