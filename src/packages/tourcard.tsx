/**
 * The tour on the page: a card beside what it speaks of, and a ring around that. Nothing is blocked meanwhile.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { useDomId, useSignal } from '../kit/hooks';
import type { ITourStep, Tour } from './tourmodel';

/** Pixels between the card and what it speaks of. */
const GAP = 12;
/** Pixels of the card's width; the stylesheet has the same number. */
const WIDTH = 320;
/** Pixels that the card is taken to be high before it is measured. */
const HEIGHT = 190;
/** Milliseconds between two looks at where things are: views open, and the Lab is arranged anew. */
const LOOK = 400;

/** A place on the page. */
export interface IBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Gives where the card stands: right of its box, else left of it, else below or above it, else in the corner. */
export function placeOf(
  box: IBox | null,
  page: { readonly width: number; readonly height: number },
  height = HEIGHT
): { readonly left: number; readonly top: number } {
  const corner = {
    left: Math.max(GAP, page.width - WIDTH - 2 * GAP),
    top: Math.max(GAP, page.height - height - 4 * GAP)
  };
  if (!box) {
    return corner;
  }
  const top = Math.max(GAP, Math.min(box.top, page.height - height - GAP));
  if (box.left + box.width + GAP + WIDTH <= page.width) {
    return { left: box.left + box.width + GAP, top };
  }
  if (box.left - GAP - WIDTH >= 0) {
    return { left: box.left - GAP - WIDTH, top };
  }
  const left = Math.max(
    GAP,
    Math.min(box.left + box.width - WIDTH, page.width - WIDTH - GAP)
  );
  if (box.top + box.height + GAP + height <= page.height) {
    return { left, top: box.top + box.height + GAP };
  }
  return corner;
}

/** Gives the box of the first of these that is seen. */
function boxOf(anchors: readonly string[]): IBox | null {
  for (const anchor of anchors) {
    for (const node of document.querySelectorAll(anchor)) {
      const { left, top, width, height } = node.getBoundingClientRect();
      if (width > 0 && height > 0) {
        return { left, top, width, height };
      }
    }
  }
  return null;
}

/** Properties of the card. */
export interface ITourCardProps {
  readonly tour: Tour;
  readonly trans: TranslationBundle;
}

/** The tour as a widget of the page. */
export class TourCard extends ReactWidget {
  constructor(private readonly _props: ITourCardProps) {
    super();
    this.id = 'ellip-lab-tour';
    this.addClass('jp-EllipLab-Packages-tour');
  }

  protected override render(): JSX.Element {
    return <Card {...this._props} />;
  }
}

/** The card: an offer, or a step. */
export function Card({ tour, trans }: ITourCardProps): JSX.Element | null {
  useSignal(tour.changed);
  const { place } = tour;
  if (place === null) {
    return null;
  }
  if (place === 'offer') {
    return <Offer tour={tour} trans={trans} />;
  }
  const step = tour.steps[place];
  return step ? (
    <Step key={place} tour={tour} trans={trans} step={step} at={place} />
  ) : null;
}

/** The offer: it takes no focus, and says itself. */
function Offer({ tour, trans }: ITourCardProps): JSX.Element {
  return (
    <section
      className="jp-EllipLab-Packages-tourCard jp-mod-offer"
      role="status"
      aria-label={trans.__('Tour')}
    >
      <h2>{trans.__('New here?')}</h2>
      <p>
        {trans.__(
          'Five steps from a document to a result, with the demo package.'
        )}
      </p>
      <div className="jp-EllipLab-Packages-tourButtons">
        <button className="jp-EllipLab-Kit-button" onClick={() => tour.end()}>
          {trans.__('Not now')}
        </button>
        <button
          className="jp-EllipLab-Kit-button jp-mod-primary"
          onClick={() => tour.start()}
        >
          {trans.__('Take the tour')}
        </button>
      </div>
    </section>
  );
}

/** Properties of a step. */
interface IStepProps extends ITourCardProps {
  readonly step: ITourStep;
  readonly at: number;
}

/** A step. */
function Step({ tour, trans, step, at }: IStepProps): JSX.Element {
  const id = useDomId('tour');
  const card = React.useRef<HTMLElement>(null);
  const forward = React.useRef<HTMLButtonElement>(null);
  const box = useBox(step.anchors);
  const spot = placeOf(
    box,
    { width: window.innerWidth, height: window.innerHeight },
    card.current?.offsetHeight
  );
  React.useEffect(() => forward.current?.focus(), []);
  const last = at === tour.steps.length - 1;
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const act = {
      Escape: () => tour.end(),
      ArrowRight: () => tour.next(),
      ArrowLeft: () => tour.back()
    }[event.key];
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      void act();
    }
  };
  return (
    <>
      {box && (
        <div
          className="jp-EllipLab-Packages-tourRing"
          aria-hidden="true"
          style={{
            left: box.left - 3,
            top: box.top - 3,
            width: box.width + 6,
            height: box.height + 6
          }}
        />
      )}
      <section
        ref={card}
        className="jp-EllipLab-Packages-tourCard"
        role="dialog"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-text`}
        style={spot}
        onKeyDown={onKeyDown}
      >
        <header>
          <h2 id={`${id}-title`}>{step.title}</h2>
          <span>{trans.__('%1 of %2', at + 1, tour.steps.length)}</span>
          <button
            className="jp-EllipLab-Kit-icon"
            aria-label={trans.__('End the tour')}
            title={trans.__('End the tour (Escape)')}
            onClick={() => tour.end()}
          >
            <closeIcon.react tag="span" width="14px" />
          </button>
        </header>
        <p id={`${id}-text`}>{step.text}</p>
        <div className="jp-EllipLab-Packages-tourButtons">
          {at > 0 && (
            <button
              className="jp-EllipLab-Kit-button"
              disabled={tour.isBusy}
              onClick={() => tour.back()}
            >
              {trans.__('Back')}
            </button>
          )}
          <button
            ref={forward}
            className="jp-EllipLab-Kit-button jp-mod-primary"
            aria-busy={tour.isBusy}
            onClick={() => tour.next()}
          >
            {step.next ?? (last ? trans.__('Done') : trans.__('Next'))}
          </button>
        </div>
      </section>
    </>
  );
}

/** Where what a step speaks of is on the page now. */
function useBox(anchors: readonly string[]): IBox | null {
  const [box, setBox] = React.useState<IBox | null>(() => boxOf(anchors));
  React.useEffect(() => {
    const look = (): void => {
      const now = boxOf(anchors);
      setBox(known =>
        known &&
        now &&
        known.left === now.left &&
        known.top === now.top &&
        known.width === now.width &&
        known.height === now.height
          ? known
          : now
      );
    };
    look();
    const timer = window.setInterval(look, LOOK);
    window.addEventListener('resize', look);
    return () => {
      window.clearInterval(timer);
      window.removeEventListener('resize', look);
    };
  }, [anchors]);
  return box;
}
