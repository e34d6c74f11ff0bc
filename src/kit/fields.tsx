/**
 * Fields of a form: a label, a control, a hint or what is wrong.
 */
import * as React from 'react';

import { useDomId } from './hooks';

/** Properties of a field. */
export interface IFieldProps {
  readonly label: string;
  readonly value: string;
  readonly problem?: string | null;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly onChange: (value: string) => void;
}

/** A line of text. */
export function Field(props: IFieldProps): JSX.Element {
  return <Text {...props} type="text" />;
}

/** A line that is not shown and that no browser keeps. */
export function Secret(props: IFieldProps): JSX.Element {
  return <Text {...props} type="password" />;
}

function Text(
  props: IFieldProps & { readonly type: 'text' | 'password' }
): JSX.Element {
  const id = useDomId('field');
  const said = props.problem ?? props.hint;
  return (
    <div className="jp-EllipLab-Kit-field">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        className="jp-EllipLab-Kit-input"
        type={props.type}
        value={props.value}
        placeholder={props.placeholder}
        required={props.required}
        spellCheck={false}
        autoComplete={props.type === 'password' ? 'new-password' : 'off'}
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

/** Properties of a choice. */
export interface ISelectProps extends IFieldProps {
  readonly children: React.ReactNode;
}

/** A choice. */
export function Select(props: ISelectProps): JSX.Element {
  const id = useDomId('field');
  const said = props.problem ?? props.hint;
  return (
    <div className="jp-EllipLab-Kit-field">
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        className="jp-EllipLab-Kit-select"
        value={props.value}
        aria-invalid={!!props.problem}
        aria-describedby={said ? `${id}-said` : undefined}
        onChange={event => props.onChange(event.target.value)}
      >
        {props.children}
      </select>
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

/** Properties of a box to tick. */
export interface ICheckProps {
  readonly label: string;
  readonly value: boolean;
  readonly hint?: string;
  readonly onChange: (value: boolean) => void;
}

/** A box to tick. */
export function Check(props: ICheckProps): JSX.Element {
  const id = useDomId('field');
  return (
    <div className="jp-EllipLab-Kit-check">
      <input
        id={id}
        type="checkbox"
        checked={props.value}
        aria-describedby={props.hint ? `${id}-said` : undefined}
        onChange={event => props.onChange(event.target.checked)}
      />
      <label htmlFor={id}>{props.label}</label>
      {props.hint && (
        <span id={`${id}-said`} className="jp-EllipLab-Kit-hint">
          {props.hint}
        </span>
      )}
    </div>
  );
}
