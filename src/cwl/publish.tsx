/**
 * Where the outputs of a run are published: a folder of storage, or nowhere.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** Properties of the field. */
export interface IPublishFieldProps {
  readonly id: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onPick: () => Promise<string | null>;
  readonly errors: readonly string[];
  readonly trans: TranslationBundle;
}

/** The field. */
export function PublishField(props: IPublishFieldProps): JSX.Element {
  const { id, value, errors, onChange, onPick, trans } = props;
  return (
    <div
      className={
        'jp-EllipLab-Cwl-field jp-EllipLab-Cwl-publish' +
        (errors.length ? ' jp-mod-wrong' : '')
      }
    >
      <label htmlFor={id}>{trans.__('Publish outputs to')}</label>
      <span className="jp-EllipLab-Cwl-type">{trans.__('optional')}</span>
      <p id={`${id}-about`} className="jp-EllipLab-Cwl-doc">
        {trans.__(
          'A folder of storage that gets a copy of the outputs when the run is done; the links of a STAC catalog lead there.'
        )}
      </p>
      <div className="jp-EllipLab-Cwl-file">
        <input
          className="jp-EllipLab-Kit-input"
          type="text"
          id={id}
          value={value}
          placeholder={trans.__('s3://bucket/folder/')}
          aria-describedby={`${id}-about`}
          aria-invalid={errors.length > 0}
          onChange={event => onChange(event.target.value)}
        />
        <button
          type="button"
          className="jp-EllipLab-Kit-link"
          aria-label={trans.__('Choose from storage where to publish')}
          onClick={() => {
            void onPick().then(chosen => {
              if (chosen !== null) {
                onChange(chosen);
              }
            });
          }}
        >
          {trans.__('Choose from storage…')}
        </button>
      </div>
      {errors.length > 0 && (
        <ul className="jp-EllipLab-Cwl-errors" role="alert">
          {errors.map((error, index) => (
            <li key={index}>{error}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
