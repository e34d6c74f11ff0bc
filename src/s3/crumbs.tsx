/**
 * The way to a place: its bucket and its folders; the last one is where one is.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { homeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { crumbsOf, visible } from './paths';
import type { IPlace } from './tokens';

/** Steps beyond this number are folded together. */
const SHOWN = 4;

/** Properties of the way. */
export interface ICrumbsProps {
  readonly place: IPlace;
  readonly onOpen: (place: IPlace) => void;
  readonly trans: TranslationBundle;
}

/** The way. */
export function Crumbs(props: ICrumbsProps): JSX.Element {
  const { place, onOpen, trans } = props;
  const crumbs = crumbsOf(place);
  const last = crumbs.length - 1;
  const [whole, setWhole] = React.useState(false);
  React.useEffect(() => setWhole(false), [place]);
  const folded = !whole && crumbs.length > SHOWN;
  return (
    <nav className="jp-EllipLab-S3-crumbs" aria-label={trans.__('Place')}>
      <button
        className="jp-EllipLab-Kit-link"
        title={trans.__('Buckets')}
        aria-label={trans.__('Buckets')}
        aria-current={last < 0 ? 'location' : undefined}
        onClick={() => onOpen({ ...place, bucket: null, prefix: '' })}
      >
        {last < 0 ? (
          trans.__('Buckets')
        ) : (
          <homeIcon.react tag="span" className="jp-EllipLab-S3-home" />
        )}
      </button>
      {crumbs.map((crumb, index) =>
        folded && index > 0 && index < last - 1 ? (
          index === 1 ? (
            <React.Fragment key="folded">
              <span aria-hidden="true">/</span>
              <button
                className="jp-EllipLab-Kit-link"
                aria-label={trans.__('Show the whole way')}
                title={crumbs
                  .slice(1, last - 1)
                  .map(one => one.label)
                  .join(' / ')}
                onClick={() => setWhole(true)}
              >
                …
              </button>
            </React.Fragment>
          ) : null
        ) : (
          <React.Fragment key={crumb.place.prefix || crumb.label}>
            {index >= 0 && <span aria-hidden="true">/</span>}
            <button
              className="jp-EllipLab-Kit-link"
              aria-current={index === last ? 'location' : undefined}
              title={crumb.label}
              onClick={() => onOpen(crumb.place)}
            >
              {visible(crumb.label) || trans.__('(no name)')}
            </button>
          </React.Fragment>
        )
      )}
    </nav>
  );
}
