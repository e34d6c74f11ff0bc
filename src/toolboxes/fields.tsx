/**
 * Fields of this room's forms.
 */
import * as React from 'react';

import { useDomId } from '../kit/hooks';
import type { IFieldProps } from '../kit/fields';

/** Properties of a field of several lines. */
export interface IAreaProps extends IFieldProps {
  readonly rows?: number;
}

/** Several lines of text. */
export function Area(props: IAreaProps): JSX.Element {
  const id = useDomId('area');
  const said = props.problem ?? props.hint;
  return (
    <div className="jp-EllipLab-Kit-field">
      <label htmlFor={id}>{props.label}</label>
      <textarea
        id={id}
        className="jp-EllipLab-Kit-input jp-EllipLab-Toolboxes-area"
        rows={props.rows ?? 3}
        value={props.value}
        placeholder={props.placeholder}
        required={props.required}
        spellCheck={false}
        aria-invalid={!!props.problem}
        aria-describedby={said ? `${id}-said` : undefined}
        onChange={event => props.onChange(event.target.value)}
      />
      {said && (
        <span
          id={`${id}-said`}
          className={
            props.problem ? 'jp-EllipLab-Kit-bad' : 'jp-EllipLab-Kit-hint'
          }
        >
          {said}
        </span>
      )}
    </div>
  );
}
