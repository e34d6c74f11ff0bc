/**
 * Something of storage that is offered to a form: it goes where it fits; the person says where when it fits several.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { RJSFSchema } from '@rjsf/utils';
import * as React from 'react';

import type { ICandidate, IOffer } from './offer';
import { candidatesFor, wordsOf } from './offer';

/** Properties of the question. */
export interface IOfferChoiceProps {
  readonly schema: RJSFSchema;
  readonly offer: IOffer;
  readonly onTake: (input: ICandidate) => void;
  readonly onNone: () => void;
  readonly trans: TranslationBundle;
}

/** The question which input it is to be. */
export function OfferChoice(props: IOfferChoiceProps): JSX.Element {
  const { schema, offer, trans } = props;
  return (
    <section className="jp-EllipLab-Cwl-offer" aria-live="polite">
      <p>{trans.__('Use %1 as', wordsOf(offer))}</p>
      <div className="jp-EllipLab-Kit-row">
        {candidatesFor(schema, offer).map(candidate => (
          <button
            key={candidate.name}
            className="jp-EllipLab-Kit-button"
            onClick={() => props.onTake(candidate)}
          >
            {candidate.title}
          </button>
        ))}
        <button className="jp-EllipLab-Kit-link" onClick={props.onNone}>
          {trans.__('None')}
        </button>
      </div>
    </section>
  );
}

/** What is done with an offer. */
export interface IOfferHandlers {
  /** It fits one input. */
  readonly onTake: (offer: IOffer, input: ICandidate) => void;
  /** It fits none. */
  readonly onMisfit: (offer: IOffer) => void;
}

/** Takes an offer where it fits one input; gives the one that the person has to decide, and what forgets it. */
export function useOffer(
  schema: RJSFSchema | null,
  offer: IOffer | null,
  { onTake, onMisfit }: IOfferHandlers
): readonly [IOffer | null, () => void] {
  const [asking, setAsking] = React.useState<IOffer | null>(null);
  React.useEffect(() => {
    if (!schema || !offer) {
      return;
    }
    const candidates = candidatesFor(schema, offer);
    if (candidates.length > 1) {
      setAsking(offer);
      return;
    }
    setAsking(null);
    const [only] = candidates;
    if (only) {
      onTake(offer, only);
    } else {
      onMisfit(offer);
    }
    // A document that is read again is not offered the same once more.
  }, [schema === null, offer]);
  return [asking, () => setAsking(null)];
}
