/**
 * The tour: which steps it has, where it is, and what is remembered of it.
 */
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

/** Where the step is remembered at which a reload finds the tour. */
const STEP = 'ellip-lab:packages-tour';

/** A step of the tour. */
export interface ITourStep {
  readonly title: string;
  readonly text: string;
  /** What it is about, on the page; the first that is seen of these selectors. */
  readonly anchors: readonly string[];
  /** What is to be seen when the step is shown. */
  readonly enter?: () => Promise<unknown>;
  /** Says what the way to the next step does, where it does something. */
  readonly next?: string;
  /** What the way to the next step does. */
  readonly leave?: () => Promise<unknown>;
}

/** What a tour is made of. */
export interface ITourOptions {
  readonly steps: readonly ITourStep[];
  readonly state: IStateDB | null;
  /** Told when it has been taken or refused: it is not offered again. */
  readonly done: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/** Offered, at a step, or out of sight. */
export type TourPlace = 'offer' | number | null;

/** The tour. */
export class Tour implements IDisposable {
  constructor(options: ITourOptions) {
    this._options = options;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get steps(): readonly ITourStep[] {
    return this._options.steps;
  }

  get place(): TourPlace {
    return this._place;
  }

  /** What a step asks for is under way. */
  get isBusy(): boolean {
    return this._busy;
  }

  /** Says that there is a tour. */
  offer(): void {
    if (this._place === null) {
      this._go('offer');
    }
  }

  /** Begins, or begins again. */
  async start(): Promise<void> {
    await this._enter(0);
  }

  /** Goes on where a reload has found it; false when it was not under way. */
  async resume(): Promise<boolean> {
    const kept = await this._options.state?.fetch(STEP);
    if (
      typeof kept !== 'number' ||
      !Number.isInteger(kept) ||
      kept < 0 ||
      kept >= this.steps.length
    ) {
      return false;
    }
    this._go(kept);
    return true;
  }

  async next(): Promise<void> {
    if (typeof this._place !== 'number' || this._busy) {
      return;
    }
    const step = this.steps[this._place];
    if (step?.leave && !(await this._do(step.leave))) {
      return;
    }
    if (this._place + 1 < this.steps.length) {
      await this._enter(this._place + 1);
    } else {
      await this.end();
    }
  }

  async back(): Promise<void> {
    if (typeof this._place === 'number' && this._place > 0 && !this._busy) {
      await this._enter(this._place - 1);
    }
  }

  /** Takes it off the page, for good; the palette and the Help menu have it. */
  async end(): Promise<void> {
    this._go(null);
    await this._options.state?.remove(STEP);
    await this._options.done();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private async _enter(at: number): Promise<void> {
    const enter = this.steps[at]?.enter;
    if (enter && !(await this._do(enter))) {
      return;
    }
    this._go(at);
    await this._options.state?.save(STEP, at);
  }

  /** Does what a step asks for; false, and said, when that failed or the tour has ended meanwhile. */
  private async _do(what: () => Promise<unknown>): Promise<boolean> {
    const place = this._place;
    this._busy = true;
    this._changed.emit();
    try {
      await what();
      return this._place === place;
    } catch (error) {
      this._options.failed(error);
      return false;
    } finally {
      this._busy = false;
      this._changed.emit();
    }
  }

  private _go(place: TourPlace): void {
    this._place = place;
    this._changed.emit();
  }

  private readonly _options: ITourOptions;
  private readonly _changed = new Signal<this, void>(this);
  private _place: TourPlace = null;
  private _busy = false;
  private _isDisposed = false;
}

/** What a step does, by the commands of the rooms. */
export interface ITourActs {
  /** Copies the demo and opens its document. */
  readonly demo: () => Promise<unknown>;
  /** Opens the form of the document in front. */
  readonly form: () => Promise<unknown>;
  /** Brings a panel of the sidebar to the front. */
  readonly panel: (id: string) => Promise<unknown>;
}

/** The steps, over the demo. */
export function stepsOf(
  acts: ITourActs,
  trans: TranslationBundle
): readonly ITourStep[] {
  const side = (id: string): string =>
    `.jp-SideBar .lm-TabBar-tab[data-id="${id}"]`;
  return [
    {
      title: trans.__('A package, ready to run'),
      text: trans.__(
        'The demo finds the water in a Landsat scene. It is copied into your workspace, and its document opened.'
      ),
      anchors: [],
      next: trans.__('Open the demo'),
      leave: acts.demo
    },
    {
      title: trans.__('The document'),
      text: trans.__(
        'It says which commands run, in which containers, on what. Mistakes are underlined as you type, with what mends them; Graph shows the steps.'
      ),
      anchors: ['.jp-EllipLab-Cwl-tools'],
      next: trans.__('Open its form'),
      leave: acts.form
    },
    {
      title: trans.__('The form'),
      text: trans.__(
        'It asks for what the document asks for. The inputs of the demo are there already: press Run in the form now, or later.'
      ),
      anchors: ['.jp-EllipLab-Cwl-sheet']
    },
    {
      title: trans.__('Runs'),
      text: trans.__(
        'What runs, what came out, and why something failed: each step with its log. A run goes on when the Lab is closed.'
      ),
      anchors: ['#ellip-lab-runs', side('ellip-lab-runs')],
      enter: () => acts.panel('ellip-lab-runs')
    },
    {
      title: trans.__('Storage and containers'),
      text: trans.__(
        'Buckets are browsed like folders, images are built and pulled with a log that stays. Toolboxes and applications are in the launcher.'
      ),
      anchors: ['#ellip-lab-s3', side('ellip-lab-s3')],
      enter: () => acts.panel('ellip-lab-s3')
    }
  ];
}
