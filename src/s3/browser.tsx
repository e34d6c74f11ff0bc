/**
 * A place with its way, its filter, its rows and how many they are; in the panel and where something is chosen.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useSignal } from '../kit/hooks';
import { describe } from '../kit/notice';
import { Crumbs } from './crumbs';
import type { IListProps } from './list';
import { List } from './list';
import type { Listing } from './listing';
import { above } from './paths';
import type { IEntry, IPlace } from './tokens';

/** Milliseconds after which a store is said to be slow. */
const LONG = 3000;

/** Properties of the browser. */
export interface IBrowserProps extends Omit<
  IListProps,
  'onOpen' | 'onUp' | 'label'
> {
  readonly onPlace: (place: IPlace) => void;
  /** An object has been opened. */
  readonly onObject: (entry: IEntry) => void;
  /** What an empty place says. */
  readonly empty?: React.ReactNode;
}

/** The browser. */
export function Browser(props: IBrowserProps): JSX.Element {
  const { listing, onPlace, onObject, trans } = props;
  useSignal(listing.changed);
  const { place, rows, error, ready, filter } = listing;
  const open = (entry: IEntry): void => {
    if (entry.kind === 'object') {
      onObject(entry);
    } else {
      onPlace({
        connection: entry.connection,
        bucket: entry.bucket,
        prefix: entry.key
      });
    }
  };
  return (
    <div className="jp-EllipLab-S3-place">
      <Crumbs place={place} onOpen={onPlace} trans={trans} />
      <div className="jp-EllipLab-S3-filter">
        <input
          className="jp-EllipLab-Kit-input"
          type="search"
          value={filter}
          placeholder={
            place.bucket === null
              ? trans.__('Text')
              : trans.__('Prefix or text')
          }
          aria-label={trans.__('Filter by prefix or text')}
          onChange={event => listing.setFilter(event.target.value)}
        />
      </div>
      {error !== null && (
        <Trouble
          text={describe(error, trans)}
          onAgain={() => void listing.refresh()}
          trans={trans}
        />
      )}
      {!listing.listed && rows.length > 0 && (
        <p className="jp-EllipLab-S3-note">
          {trans.__(
            'Buckets cannot be listed with these keys: the known ones are shown.'
          )}
        </p>
      )}
      {rows.length ? (
        <List
          {...props}
          label={trans.__('Objects')}
          onOpen={open}
          onUp={() => {
            if (place.bucket !== null) {
              onPlace(above(place));
            }
          }}
        />
      ) : !ready || listing.loading ? (
        <Wait
          onStop={() =>
            listing.giveUp(
              new Error(trans.__('You have stopped waiting for the store.'))
            )
          }
          trans={trans}
        />
      ) : error !== null ? null : filter ? (
        <div className="jp-EllipLab-S3-empty">
          <p>{trans.__('Nothing matches “%1”.', filter)}</p>
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() => listing.setFilter('')}
          >
            {trans.__('Show everything')}
          </button>
        </div>
      ) : (
        (props.empty ?? (
          <p className="jp-EllipLab-S3-note">{trans.__('Nothing here.')}</p>
        ))
      )}
      <Count listing={listing} trans={trans} />
    </div>
  );
}

interface IWaitProps {
  readonly onStop: () => void;
  readonly trans: TranslationBundle;
}

/** A store that has not answered yet; after a while one need not wait for it. */
function Wait({ onStop, trans }: IWaitProps): JSX.Element {
  const [long, setLong] = React.useState(false);
  React.useEffect(() => {
    const timer = window.setTimeout(() => setLong(true), LONG);
    return () => window.clearTimeout(timer);
  }, []);
  return long ? (
    <div className="jp-EllipLab-S3-empty" role="status">
      <p>{trans.__('The store has not answered yet.')}</p>
      <button className="jp-EllipLab-Kit-button" onClick={onStop}>
        {trans.__('Stop waiting')}
      </button>
    </div>
  ) : (
    <p className="jp-EllipLab-S3-note" aria-busy="true">
      {trans.__('Reading…')}
    </p>
  );
}

interface ICountProps {
  readonly listing: Listing;
  readonly trans: TranslationBundle;
}

/** How many rows there are, as far as it is known. */
function Count({ listing, trans }: ICountProps): JSX.Element {
  const { rows, loaded, complete, selection, filter, place } = listing;
  const words = [];
  if (selection.length > 1) {
    words.push(trans.__('%1 selected', selection.length.toLocaleString()));
  }
  const total = loaded.toLocaleString();
  if (filter) {
    words.push(
      complete
        ? trans.__('%1 of %2', rows.length.toLocaleString(), total)
        : trans.__('%1 of %2+ loaded', rows.length.toLocaleString(), total)
    );
  } else if (!complete) {
    if (loaded) {
      words.push(trans.__('%1+ loaded', total));
    }
  } else if (place.bucket === null) {
    words.push(trans._n('%1 bucket', '%1 buckets', loaded));
  } else {
    words.push(trans._n('%2 entry', '%2 entries', loaded, total));
  }
  return (
    <div className="jp-EllipLab-S3-count">
      <span role="status">{words.join(' · ')}</span>
      {!complete && listing.hasMore && loaded > 0 && (
        <button
          className="jp-EllipLab-Kit-link"
          disabled={listing.readingAll}
          onClick={() => void listing.all()}
        >
          {listing.readingAll ? trans.__('Loading…') : trans.__('Load all')}
        </button>
      )}
    </div>
  );
}

interface ITroubleProps {
  readonly text: string;
  readonly onAgain: () => void;
  readonly trans: TranslationBundle;
}

/** What went wrong, what to do about it, and once more. */
export function Trouble(props: ITroubleProps): JSX.Element {
  return (
    <div className="jp-EllipLab-S3-error" role="alert">
      <span>{props.text}</span>
      <button className="jp-EllipLab-Kit-button" onClick={props.onAgain}>
        {props.trans.__('Try again')}
      </button>
    </div>
  );
}
