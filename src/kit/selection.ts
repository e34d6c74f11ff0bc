/**
 * Which rows are selected, and which one has the keyboard.
 */

/** How a row is selected: alone, added or taken away, or all up to it. */
export type SelectMode = 'only' | 'toggle' | 'range';

/** The selection. */
export class Selection {
  /** The row that has the keyboard, or null. */
  focus: string | null = null;

  get size(): number {
    return this._ids.size;
  }

  has(id: string): boolean {
    return this._ids.has(id);
  }

  /** Selects one of the rows `ids`, and gives it the keyboard. */
  select(id: string, mode: SelectMode, ids: readonly string[]): void {
    if (mode === 'toggle') {
      if (!this._ids.delete(id)) {
        this._ids.add(id);
      }
      this._anchor = id;
    } else if (mode === 'range') {
      const to = ids.indexOf(id);
      const from = Math.max(0, ids.indexOf(this._anchor ?? id));
      this.set(ids.slice(Math.min(from, to), Math.max(from, to) + 1));
    } else {
      this.set([id]);
      this._anchor = id;
    }
    this.focus = id;
  }

  set(ids: readonly string[]): void {
    this._ids.clear();
    ids.forEach(id => this._ids.add(id));
  }

  /** Forgets what is not there any more. */
  keep(there: ReadonlySet<string>): void {
    this.set([...this._ids].filter(id => there.has(id)));
  }

  /** Forgets everything; `focus` is what has the keyboard then. */
  clear(focus: string | null): void {
    this._ids.clear();
    this._anchor = null;
    this.focus = focus;
  }

  private readonly _ids = new Set<string>();
  private _anchor: string | null = null;
}
