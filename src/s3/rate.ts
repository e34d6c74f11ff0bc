/**
 * How fast something goes: over the last seconds, so that a stall is seen.
 */

/** Milliseconds that are looked at. */
const WINDOW = 5000;

/** The rate. */
export class Rate {
  constructor(now: () => number = () => Date.now()) {
    this._now = now;
  }

  /** So many more bytes have gone. */
  add(bytes: number): void {
    this._seen.push([this._now(), bytes]);
    this._forget();
  }

  /** Bytes a second; null while there is nothing to say. */
  get value(): number | null {
    this._forget();
    const first = this._seen[0];
    if (!first) {
      return null;
    }
    const span = Math.max(500, this._now() - first[0]);
    const bytes = this._seen.reduce((sum, [, count]) => sum + count, 0);
    return (1000 * bytes) / span;
  }

  private _forget(): void {
    const oldest = this._now() - WINDOW;
    while (this._seen[0] && this._seen[0][0] < oldest) {
      this._seen.shift();
    }
  }

  private readonly _now: () => number;
  private readonly _seen: [number, number][] = [];
}
