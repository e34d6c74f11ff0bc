/**
 * The fields of a form, made from the schema of the inputs, and what of a refusal is said at them.
 */
import type { ITranslator } from '@jupyterlab/translation';
import type { IFormComponentProps } from '@jupyterlab/ui-components';
import { FormComponent } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ErrorSchema, RJSFSchema } from '@rjsf/utils';
import * as React from 'react';

import type { Form, Problem } from '../contract';
import type { ProblemError } from '../kit/request';
import type { IFieldContext } from './fields';
import { AnyField, ArrayTemplate, FieldTemplate, FileField } from './fields';
import { ANY_FIELD, atFields, FILE_FIELD, formUi, validator } from './schema';
import type { InputObject } from './tokens';

const FIELDS = { [FILE_FIELD]: FileField, [ANY_FIELD]: AnyField };
const TEMPLATES = { FieldTemplate, ArrayFieldTemplate: ArrayTemplate };

/** Properties of the fields. */
export interface IFormInputsProps {
  readonly schema: RJSFSchema;
  readonly ui: Form['ui'];
  readonly id: string;
  readonly context: IFieldContext;
  readonly inputs: InputObject;
  readonly onInputs: (inputs: InputObject) => void;
  readonly wrong: ErrorSchema;
  readonly translator: ITranslator;
}

/** The fields. */
export function FormInputs(props: IFormInputsProps): JSX.Element {
  const { schema } = props;
  const ui = React.useMemo(() => formUi(schema, props.ui), [schema, props.ui]);
  return (
    <FormComponent
      schema={schema}
      uiSchema={ui as IFormComponentProps['uiSchema']}
      idPrefix={props.id}
      formData={props.inputs as ReadonlyPartialJSONObject as never}
      formContext={props.context}
      validator={validator}
      fields={FIELDS}
      templates={TEMPLATES}
      extraErrors={props.wrong}
      noHtml5Validate
      showErrorList={false}
      compact
      showModifiedFromDefault={false}
      translator={props.translator}
      onChange={event => props.onInputs((event.formData ?? {}) as InputObject)}
    />
  );
}

/** A refusal, sorted by where it is said. */
export interface IRefusal {
  readonly fields: ErrorSchema;
  /** At the place to publish to. */
  readonly publish: readonly string[];
  /** At no field. */
  readonly others: readonly Problem[];
}

/** Sorts what is wrong by where it is said. */
export function refusalOf(error: ProblemError, schema: RJSFSchema): IRefusal {
  const sorted = atFields(
    error.problems.filter(problem => !isOfPublish(problem)),
    schema
  );
  return {
    fields: sorted.fields,
    others: sorted.others,
    publish: error.problems
      .filter(isOfPublish)
      .map(problem =>
        problem.hint ? `${problem.message}. ${problem.hint}` : problem.message
      )
  };
}

/** Whether a problem is one of where the outputs are to be published. */
function isOfPublish(problem: Problem): boolean {
  return /^(body\.)?publish$/.test(problem.field ?? '');
}
