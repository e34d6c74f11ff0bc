/**
 * The plane a graph lies on: moved by dragging and scrolling, enlarged and fitted; React is not asked for any of it.
 *
 * It is moved by one CSS transform, so that the browser moves what it has painted; only another size is painted anew.
 */

/** A rectangle of the drawing. */
export interface IArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const SMALLEST = 0.05;
const LARGEST = 3;
/** Fitting does not enlarge beyond this. */
const FITTED = 1;
/** Pixels the pointer may move in a click. */
const CLICK = 4;

/** The plane. */
export class Stage {
  /** Takes the pane, and what is told when the person has moved or enlarged something. */
  constructor(
    private readonly _pane: HTMLElement,
    private readonly _plane: HTMLElement
  ) {
    const pane = this._pane;
    pane.addEventListener('pointerdown', this._onDown);
    pane.addEventListener('wheel', this._onWheel, { passive: false });
    pane.addEventListener('click', this._onClick, true);
    if (typeof ResizeObserver !== 'undefined') {
      this._observer = new ResizeObserver(() => {
        if (!this._touched) {
          this.fit();
        }
      });
      this._observer.observe(pane);
    }
  }

  dispose(): void {
    const pane = this._pane;
    pane.removeEventListener('pointerdown', this._onDown);
    pane.removeEventListener('wheel', this._onWheel);
    pane.removeEventListener('click', this._onClick, true);
    this._endDrag();
    this._observer?.disconnect();
  }

  /** Another drawing: it is fitted, unless the person has chosen what to look at. */
  resize(width: number, height: number): void {
    this._width = width;
    this._height = height;
    if (this._touched) {
      this._apply();
    } else {
      this.fit();
    }
  }

  /** Shows all of it. */
  fit(): void {
    const { clientWidth, clientHeight } = this._pane;
    if (!clientWidth || !clientHeight || !this._width) {
      this._apply();
      return;
    }
    this._touched = false;
    this._scale = Math.max(
      SMALLEST,
      Math.min(FITTED, clientWidth / this._width, clientHeight / this._height)
    );
    this._x = (clientWidth - this._width * this._scale) / 2;
    this._y = Math.max(0, (clientHeight - this._height * this._scale) / 2);
    this._apply();
  }

  /** Enlarges (above 1) or reduces, around a point of the pane; its middle without one. */
  zoom(factor: number, x?: number, y?: number): void {
    const { clientWidth, clientHeight } = this._pane;
    const px = x ?? clientWidth / 2;
    const py = y ?? clientHeight / 2;
    const scale = Math.max(
      Math.min(SMALLEST, this._scale),
      Math.min(LARGEST, this._scale * factor)
    );
    const ratio = scale / this._scale;
    this._x = px - (px - this._x) * ratio;
    this._y = py - (py - this._y) * ratio;
    this._scale = scale;
    this._touched = true;
    this._apply();
  }

  /** The size in which everything is as it was drawn. */
  actual(): void {
    this.zoom(1 / this._scale);
  }

  /** Moves by so many pixels. */
  pan(dx: number, dy: number): void {
    this._x += dx;
    this._y += dy;
    this._touched = true;
    this._apply();
  }

  /** Brings a part into sight, large enough to read; what is in sight already stays where it is. */
  show(area: IArea): void {
    const { clientWidth, clientHeight } = this._pane;
    if (!clientWidth || !clientHeight) {
      return;
    }
    if (this._scale < 0.5) {
      this._scale = 0.8;
      this._touched = true;
      this._x = clientWidth / 2 - (area.x + area.width / 2) * this._scale;
      this._y = clientHeight / 2 - (area.y + area.height / 2) * this._scale;
      this._apply();
      return;
    }
    const room = 16;
    const left = area.x * this._scale + this._x;
    const top = area.y * this._scale + this._y;
    const right = left + area.width * this._scale;
    const bottom = top + area.height * this._scale;
    const dx =
      left < room
        ? room - left
        : right > clientWidth - room
          ? Math.max(clientWidth - room - right, room - left)
          : 0;
    const dy =
      top < room
        ? room - top
        : bottom > clientHeight - room
          ? Math.max(clientHeight - room - bottom, room - top)
          : 0;
    if (dx || dy) {
      this.pan(dx, dy);
    }
  }

  private _apply(): void {
    const { style } = this._plane;
    style.transform = `translate3d(${Math.round(this._x)}px, ${Math.round(this._y)}px, 0)`;
    if (
      this._painted.scale !== this._scale ||
      this._painted.width !== this._width ||
      this._painted.height !== this._height
    ) {
      this._painted = {
        scale: this._scale,
        width: this._width,
        height: this._height
      };
      style.width = `${this._width * this._scale}px`;
      style.height = `${this._height * this._scale}px`;
      this._plane.classList.toggle('jp-mod-far', this._scale < 0.4);
    }
  }

  private readonly _onDown = (event: PointerEvent): void => {
    if (event.button !== 0 && event.button !== 1) {
      return;
    }
    this._moved = false;
    this._from = { x: event.clientX, y: event.clientY };
    window.addEventListener('pointermove', this._onMove);
    window.addEventListener('pointerup', this._onUp);
    window.addEventListener('pointercancel', this._onUp);
  };

  private readonly _onMove = (event: PointerEvent): void => {
    const dx = event.clientX - this._from.x;
    const dy = event.clientY - this._from.y;
    if (!this._moved && Math.hypot(dx, dy) < CLICK) {
      return;
    }
    this._moved = true;
    this._pane.classList.add('jp-mod-dragged');
    this._from = { x: event.clientX, y: event.clientY };
    this.pan(dx, dy);
  };

  private readonly _onUp = (): void => this._endDrag();

  private _endDrag(): void {
    window.removeEventListener('pointermove', this._onMove);
    window.removeEventListener('pointerup', this._onUp);
    window.removeEventListener('pointercancel', this._onUp);
    this._pane.classList.remove('jp-mod-dragged');
  }

  /** The end of a drag is no click. */
  private readonly _onClick = (event: MouseEvent): void => {
    if (this._moved) {
      this._moved = false;
      event.stopPropagation();
    }
  };

  private readonly _onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    // Lines and pages in pixels.
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    if (event.ctrlKey || event.metaKey) {
      const box = this._pane.getBoundingClientRect();
      this.zoom(
        Math.exp(-Math.max(-60, Math.min(60, event.deltaY * unit)) / 200),
        event.clientX - box.left,
        event.clientY - box.top
      );
    } else if (event.shiftKey && !event.deltaX) {
      this.pan(-event.deltaY * unit, 0);
    } else {
      this.pan(-event.deltaX * unit, -event.deltaY * unit);
    }
  };

  private readonly _observer: ResizeObserver | null = null;
  private _width = 0;
  private _height = 0;
  private _scale = 1;
  private _x = 0;
  private _y = 0;
  private _touched = false;
  private _moved = false;
  private _from = { x: 0, y: 0 };
  private _painted = { scale: 0, width: 0, height: 0 };
}
