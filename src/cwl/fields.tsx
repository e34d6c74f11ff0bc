/**
 * The fields of our own: a file or folder of the server, and a value of any type.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  addIcon,
  caretDownIcon,
  caretUpIcon,
  closeIcon
} from '@jupyterlab/ui-components';
import type {
  ArrayFieldTemplateProps,
  FieldProps,
  FieldTemplateProps
} from '@rjsf/utils';
import * as React from 'react';

import { fileKind } from './schema';

/** What the fields may ask of the form. */
export interface IFieldContext {
  /** The id of the form as a whole. */
  readonly root: string;
  /** Lets the person choose on the server; the path counts from the inputs' folder. */
  readonly pick: (kind: 'File' | 'Directory') => Promise<string | null>;
  /** Lets the person choose in storage; gives an address. Null where there is no storage. */
  readonly pickStored:
    ((kind: 'File' | 'Directory') => Promise<string | null>) | null;
  readonly trans: TranslationBundle;
}

/** Whether a place is a URL. */
function isUrl(place: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(place);
}

/** A File or Directory: a path or URL, typed or chosen. */
export function FileField(props: FieldProps): JSX.Element {
  const { pick, pickStored, trans } = props.formContext as IFieldContext;
  const kind = fileKind(props.schema as Record<string, unknown>) ?? 'File';
  const value = (props.formData ?? {}) as Record<string, unknown>;
  const place = String(value.path ?? value.location ?? '');
  const literal = !place && (value.contents ?? value.listing) !== undefined;
  const say = (text: string): void => {
    if (!text) {
      props.onChange(undefined);
      return;
    }
    // Secondary files and format belong to the file that was named before.
    props.onChange(
      isUrl(text)
        ? { class: kind, location: text }
        : { class: kind, path: text }
    );
  };
  const choose = (from: IFieldContext['pick']): void => {
    void from(kind).then(chosen => {
      if (chosen !== null) {
        say(chosen);
      }
    });
  };
  return (
    <div className="jp-EllipLab-Cwl-file">
      <input
        className="jp-EllipLab-Kit-input"
        type="text"
        id={props.idSchema.$id}
        value={place}
        placeholder={
          literal
            ? trans.__('given in the parameters')
            : kind === 'File'
              ? trans.__('Path of a file, or URL')
              : trans.__('Path of a folder, or URL')
        }
        required={props.required}
        aria-describedby={`${props.idSchema.$id}__description`}
        onChange={event => say(event.target.value)}
      />
      <button
        type="button"
        className="jp-EllipLab-Kit-link"
        onClick={() => choose(pick)}
      >
        {kind === 'File'
          ? trans.__('Choose a file…')
          : trans.__('Choose a folder…')}
      </button>
      {pickStored && (
        <button
          type="button"
          className="jp-EllipLab-Kit-link"
          onClick={() => choose(pickStored)}
        >
          {trans.__('Choose from storage…')}
        </button>
      )}
    </div>
  );
}

/** A value of any type, as JSON; a text that is no JSON is a string. */
export function AnyField(props: FieldProps): JSX.Element {
  const { trans } = props.formContext as IFieldContext;
  const [text, setText] = React.useState(() =>
    props.formData === undefined
      ? ''
      : typeof props.formData === 'string'
        ? props.formData
        : JSON.stringify(props.formData)
  );
  return (
    <input
      className="jp-EllipLab-Kit-input"
      type="text"
      id={props.idSchema.$id}
      value={text}
      placeholder={trans.__('A text, or JSON')}
      aria-describedby={`${props.idSchema.$id}__description`}
      onChange={event => {
        setText(event.target.value);
        props.onChange(parsed(event.target.value));
      }}
    />
  );
}

function parsed(text: string): unknown {
  if (!text) {
    return undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A field with its label, what it is for, and what is wrong with it. */
export function FieldTemplate(props: FieldTemplateProps): JSX.Element {
  const { id, schema, uiSchema, label, required, rawErrors } = props;
  const { trans, root: rootId } = props.formContext as IFieldContext;
  if (props.hidden) {
    return <div hidden>{props.children}</div>;
  }
  const root = id === rootId;
  const custom = uiSchema?.['ui:field'] !== undefined;
  const item = /_\d+$/.test(id);
  const own =
    !root &&
    label &&
    (props.displayLabel || custom) &&
    schema.type !== 'boolean';
  const kind = schema['x-cwl-type' as keyof typeof schema];
  const defaulted = schema.default !== undefined;
  return (
    <div
      className={
        'jp-EllipLab-Cwl-field' +
        (root ? ' jp-mod-root' : '') +
        (item ? ' jp-mod-item' : '') +
        (rawErrors?.length ? ' jp-mod-wrong' : '')
      }
    >
      {own && (
        <label
          htmlFor={id}
          className={item ? 'jp-EllipLab-Kit-hidden' : undefined}
        >
          {label}
        </label>
      )}
      {own && !item && (
        <span className="jp-EllipLab-Cwl-type">
          {typeof kind === 'string' ? kind : ''}
          {required && !defaulted ? ` · ${trans.__('required')}` : ''}
        </span>
      )}
      {own && !item && schema.description && (
        <p id={`${id}__description`} className="jp-EllipLab-Cwl-doc">
          {schema.description}
        </p>
      )}
      {props.children}
      {rawErrors && rawErrors.length > 0 && (
        <ul className="jp-EllipLab-Cwl-errors" role="alert">
          {rawErrors.map((error, index) => (
            <li key={index}>{error}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A list of values: each in its row, with what moves and removes it. */
export function ArrayTemplate(props: ArrayFieldTemplateProps): JSX.Element {
  const { schema, items, title, idSchema } = props;
  const { trans } = props.formContext as IFieldContext;
  const kind = schema['x-cwl-type' as keyof typeof schema];
  const id = idSchema.$id;
  return (
    <fieldset aria-describedby={`${id}__description`}>
      <legend className="jp-EllipLab-Cwl-legend">
        {title}
        <span className="jp-EllipLab-Cwl-type">
          {typeof kind === 'string' ? kind : ''}
          {props.required && schema.default === undefined
            ? ` · ${trans.__('required')}`
            : ''}
        </span>
      </legend>
      {schema.description && (
        <p id={`${id}__description`} className="jp-EllipLab-Cwl-doc">
          {schema.description}
        </p>
      )}
      {items.map(item => (
        <div key={item.key} className="jp-EllipLab-Cwl-item">
          <div>{item.children}</div>
          {items.length > 1 && (
            <>
              <button
                type="button"
                className="jp-EllipLab-Kit-icon"
                disabled={item.index === 0}
                aria-label={trans.__('Move %1 up', item.index + 1)}
                title={trans.__('Move up')}
                onClick={item.onReorderClick(item.index, item.index - 1)}
              >
                <caretUpIcon.react tag="span" />
              </button>
              <button
                type="button"
                className="jp-EllipLab-Kit-icon"
                disabled={item.index === items.length - 1}
                aria-label={trans.__('Move %1 down', item.index + 1)}
                title={trans.__('Move down')}
                onClick={item.onReorderClick(item.index, item.index + 1)}
              >
                <caretDownIcon.react tag="span" />
              </button>
            </>
          )}
          <button
            type="button"
            className="jp-EllipLab-Kit-icon"
            aria-label={trans.__('Remove %1', item.index + 1)}
            title={trans.__('Remove')}
            onClick={item.onDropIndexClick(item.index)}
          >
            <closeIcon.react tag="span" />
          </button>
        </div>
      ))}
      {props.canAdd && (
        <button
          type="button"
          className="jp-EllipLab-Kit-link"
          aria-label={trans.__('Add to %1', title)}
          onClick={props.onAddClick}
        >
          <addIcon.react tag="span" className="jp-EllipLab-Kit-buttonIcon" />
          {trans.__('Add')}
        </button>
      )}
    </fieldset>
  );
}
