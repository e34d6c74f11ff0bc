/**
 * The form of a run: made from the JSON Schema of the inputs, in the main area, so that the document
 * can be looked at while it is filled in, and nothing is lost by looking away.
 */
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IStateDB } from '@jupyterlab/statedb';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { IFormComponentProps } from '@jupyterlab/ui-components';
import { FormComponent } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ErrorSchema, RJSFSchema } from '@rjsf/utils';
import * as React from 'react';

import type {
  Check,
  ContainerChoice,
  Engines,
  Form,
  Problem
} from '../contract';
import { openAtLine } from '../kit/document';
import { useDomId } from '../kit/hooks';
import { describe } from '../kit/notice';
import { ProblemError } from '../kit/request';
import { EngineChoice } from './engines';
import type { IFieldContext } from './fields';
import { AnyField, ArrayTemplate, FieldTemplate, FileField } from './fields';
import type { IFiles } from './files';
import { loadedText, loadParameters, pickPath, saveParameters } from './files';
import type { ICandidate, IOffer } from './offer';
import { candidatesFor, filledIn, wordsOf } from './offer';
import { Problems } from './problems';
import { PublishField } from './publish';
import {
  ANY_FIELD,
  atFields,
  FILE_FIELD,
  formSchema,
  formUi,
  missing,
  pruned,
  validator
} from './schema';
import type { IFormOptions, InputObject } from './tokens';

/** What the form stands on. */
export interface IFormHost {
  readonly check: (path: string) => Promise<Check>;
  readonly form: (path: string, entry: string | null) => Promise<Form>;
  readonly documents: IDocumentManager;
  /** Lets the person choose in storage; null where there is none. */
  readonly pickStored: IFieldContext['pickStored'];
  readonly state: IStateDB | null;
  readonly translator: ITranslator;
  readonly trans: TranslationBundle;
}

/** Milliseconds after the last key before what was typed is remembered. */
const SAVE = 400;

/** Properties of the form. */
export interface IRunFormProps extends IFormHost, IFormOptions {
  readonly onName: (name: string) => void;
  /** What somebody wants to be an input; null for nothing. */
  readonly offer: IOffer | null;
}

interface IMemory {
  readonly entry: string | null;
  readonly inputs: InputObject;
  readonly container: ContainerChoice;
  readonly publish?: string;
}

/** The form. */
export function RunForm(props: IRunFormProps): JSX.Element {
  const { document: path, documents, state, trans } = props;
  const [check, setCheck] = React.useState<Check | null>(null);
  const [form, setForm] = React.useState<Form | null>(null);
  const [engines, setEngines] = React.useState<Engines | null>(null);
  const [entry, setEntry] = React.useState<string | null>(props.entry);
  const [inputs, setInputs] = React.useState<InputObject>({});
  const [container, setContainer] = React.useState<ContainerChoice>(
    props.container ?? 'auto'
  );
  const [publish, setPublish] = React.useState(props.publish ?? '');
  const [asking, setAsking] = React.useState<IOffer | null>(null);
  const [failure, setFailure] = React.useState<unknown>(null);
  const [wrong, setWrong] = React.useState<ErrorSchema>({});
  const [others, setOthers] = React.useState<readonly Problem[]>([]);
  const [unpublished, setUnpublished] = React.useState<readonly string[]>([]);
  const [busy, setBusy] = React.useState(false);
  const [said, setSaid] = React.useState('');
  const [turn, setTurn] = React.useState(0);
  const domId = useDomId('form');

  const folder = PathExt.dirname(path);
  const base = props.base ?? folder;
  const { memory, onName } = props;

  // What is asked depends on the document and on the process in it.
  React.useEffect(() => {
    let gone = false;
    const load = async (): Promise<void> => {
      setFailure(null);
      const saved = (await state?.fetch(memory)) as unknown as
        IMemory | undefined;
      const found = await props.check(path);
      if (gone) {
        return;
      }
      setCheck(found);
      const chosen =
        entry ??
        (saved?.entry &&
        found.entries.some(process => process.id === saved.entry)
          ? saved.entry
          : null) ??
        found.default_entry ??
        found.entries[0]?.id ??
        null;
      if (!found.valid && !found.entries.length) {
        return;
      }
      const asked = await props.form(path, chosen);
      if (gone) {
        return;
      }
      setEntry(chosen);
      setForm(asked);
      onName(asked.entry.label ?? (asked.entry.id || PathExt.basename(path)));
      const known = Object.keys(
        (asked.json_schema.properties as object | undefined) ?? {}
      );
      const start =
        saved?.entry === chosen || !saved?.entry
          ? (saved?.inputs ?? props.inputs ?? {})
          : (props.inputs ?? {});
      setInputs(only({ ...asked.defaults, ...start }, known));
      if (saved && !props.container) {
        setContainer(saved.container);
      }
      if (saved?.publish !== undefined) {
        setPublish(saved.publish);
      }
    };
    load().catch((error: unknown) => {
      if (!gone) {
        setFailure(error);
      }
    });
    return () => {
      gone = true;
    };
    // The entry is an answer of this effect, too: choosing one sets `turn`.
  }, [path, memory, turn]);

  const { engines: askEngines } = props;
  React.useEffect(() => {
    let gone = false;
    askEngines().then(
      found => !gone && setEngines(found),
      (error: unknown) => !gone && setSaid(describe(error, trans))
    );
    return () => {
      gone = true;
    };
  }, [askEngines, trans]);

  // A form that is closed by a reload is as it was.
  React.useEffect(() => {
    if (!form) {
      return;
    }
    const timer = window.setTimeout(() => {
      state
        ?.save(memory, {
          entry,
          inputs,
          container,
          publish
        } as unknown as ReadonlyPartialJSONObject)
        .catch((error: unknown) => console.warn('Cannot save the form', error));
    }, SAVE);
    return () => window.clearTimeout(timer);
  }, [form, memory, entry, inputs, container, publish, state]);

  const schema = React.useMemo<RJSFSchema | null>(
    () => (form ? bare(formSchema(form.json_schema)) : null),
    [form]
  );
  const ui = React.useMemo(
    () => (schema && form ? formUi(schema, form.ui) : {}),
    [schema, form]
  );
  const { translator, pickStored, offer } = props;

  // What is offered goes where it fits; the person says where when it fits several.
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
      take(offer, only);
    } else {
      setSaid(
        trans.__(
          'The document asks for nothing that %1 could be.',
          wordsOf(offer)
        )
      );
    }
    // A document that is read again is not offered the same once more.
  }, [schema === null, offer]);
  const take = (taken: IOffer, input: ICandidate): void => {
    if (!schema) {
      return;
    }
    setAsking(null);
    setInputs(now => filledIn(schema, now, input.name, taken));
    setWrong({});
    setSaid(trans.__('%1 is %2 now.', input.title, wordsOf(taken)));
    globalThis.document.getElementById(`${domId}_${input.name}`)?.focus();
  };

  const desk = React.useMemo<IFiles>(
    () => ({ documents, translator, trans }),
    [documents, translator, trans]
  );
  const context = React.useMemo<IFieldContext>(
    () => ({
      root: domId,
      trans,
      pick: kind => pickPath(desk, kind, { start: base, base }),
      pickStored
    }),
    [domId, trans, base, desk, pickStored]
  );

  const go = (problem: Problem): void => {
    if (problem.file) {
      void openAtLine(documents, problem.file, problem.line, problem.column);
    }
  };

  const refuse = (error: unknown): void => {
    if (error instanceof ProblemError && schema) {
      const ofPublish = error.problems.filter(isOfPublish);
      setUnpublished(
        ofPublish.map(problem =>
          problem.hint ? `${problem.message}. ${problem.hint}` : problem.message
        )
      );
      const sorted = atFields(
        error.problems.filter(problem => !isOfPublish(problem)),
        schema
      );
      setWrong(sorted.fields);
      const first = Object.keys(sorted.fields)[0];
      if (first !== undefined) {
        globalThis.document.getElementById(`${domId}_${first}`)?.focus();
      }
      setOthers(sorted.others);
    }
    setFailure(error);
  };

  const run = async (): Promise<void> => {
    if (!schema || busy) {
      return;
    }
    const answer = pruned(inputs as Record<string, unknown>);
    setFailure(null);
    setOthers([]);
    setUnpublished([]);
    const left = missing(schema, answer);
    setWrong(
      Object.fromEntries(
        left.map(name => [name, { __errors: [trans.__('This is required')] }])
      ) as ErrorSchema
    );
    const first = left[0];
    if (first !== undefined) {
      setSaid(
        trans._n(
          '%1 input is still missing',
          '%1 inputs are still missing',
          left.length
        )
      );
      globalThis.document.getElementById(`${domId}_${first}`)?.focus();
      return;
    }
    setSaid('');
    setBusy(true);
    try {
      await props.submit({
        entry,
        inputs: answer,
        container,
        publish: publish.trim() || null
      });
    } catch (error) {
      refuse(error);
    }
    setBusy(false);
  };

  const load = async (): Promise<void> => {
    const known = Object.keys(schema?.properties ?? {});
    const loaded = await loadParameters(desk, folder, base);
    if (!loaded) {
      return;
    }
    setSaid(loadedText(loaded, known, trans));
    if (loaded.inputs) {
      setInputs(only({ ...form?.defaults, ...loaded.inputs }, known));
      setWrong({});
      setFailure(null);
    }
  };

  const save = async (): Promise<void> => {
    const stem = PathExt.basename(path, PathExt.extname(path));
    const saved = await saveParameters(
      desk,
      pruned(inputs as Record<string, unknown>),
      base,
      PathExt.join(folder, `${stem}-inputs.yml`)
    );
    if (saved) {
      setSaid(saved);
    }
  };

  const name = form
    ? (form.entry.label ?? (form.entry.id || PathExt.basename(path)))
    : PathExt.basename(path);
  const broken = check !== null && !check.valid && !form;
  // What is said at its field is not said twice.
  const atTheirFields =
    form !== null &&
    failure instanceof ProblemError &&
    failure.problems.length > 0 &&
    others.length === 0;
  return (
    <div className="jp-EllipLab-Cwl-sheet">
      <header className="jp-EllipLab-Cwl-head">
        <div>
          <h2>{props.title(name)}</h2>
          <p className="jp-EllipLab-Kit-hint" title={path}>
            {path}
          </p>
        </div>
        <div className="jp-EllipLab-Kit-row">
          <button
            className="jp-EllipLab-Kit-button"
            disabled={!form}
            onClick={() => void load()}
          >
            {trans.__('Load parameters…')}
          </button>
          <button
            className="jp-EllipLab-Kit-button"
            disabled={!form}
            onClick={() => void save()}
          >
            {trans.__('Save…')}
          </button>
        </div>
      </header>
      <div
        className="jp-EllipLab-Cwl-body"
        onKeyDown={event => {
          // A form without a submit button of its own does not hear Enter.
          if (
            event.key === 'Enter' &&
            !event.nativeEvent.isComposing &&
            event.target instanceof HTMLInputElement
          ) {
            event.preventDefault();
            void run();
          }
        }}
      >
        {form?.entry.doc && (
          <p className="jp-EllipLab-Cwl-about">{form.entry.doc}</p>
        )}
        {check && check.entries.length > 1 && (
          <div className="jp-EllipLab-Cwl-field">
            <label htmlFor={`${domId}-entry`}>{trans.__('Entry point')}</label>
            <select
              id={`${domId}-entry`}
              className="jp-EllipLab-Kit-select"
              value={entry ?? ''}
              onChange={event => {
                setEntry(event.target.value);
                setTurn(turn + 1);
              }}
            >
              {check.entries.map(process => (
                <option key={process.id} value={process.id}>
                  {process.label && process.label !== process.id
                    ? `${process.id} – ${process.label}`
                    : process.id}
                </option>
              ))}
            </select>
          </div>
        )}
        {((failure !== null && !atTheirFields) || broken) && (
          <section className="jp-EllipLab-Kit-alarm" role="alert">
            <h3>
              {broken
                ? trans.__('The document has problems')
                : failure instanceof Error
                  ? failure.message
                  : String(failure)}
            </h3>
            {failure instanceof ProblemError && failure.hint && (
              <p className="jp-EllipLab-Kit-remedy">{failure.hint}</p>
            )}
            <Problems
              problems={
                others.length || form
                  ? others
                  : failure instanceof ProblemError
                    ? failure.problems
                    : (check?.problems ?? [])
              }
              onGo={go}
              trans={trans}
            />
            {!form && (
              <div className="jp-EllipLab-Kit-row">
                <button
                  className="jp-EllipLab-Kit-button"
                  onClick={() => setTurn(turn + 1)}
                >
                  {trans.__('Check again')}
                </button>
                <button
                  className="jp-EllipLab-Kit-button"
                  onClick={() => documents.openOrReveal(path, 'Editor')}
                >
                  {trans.__('Open document')}
                </button>
              </div>
            )}
          </section>
        )}
        {!form && failure === null && !broken && (
          <p aria-busy="true">{trans.__('Reading the document…')}</p>
        )}
        {asking && schema && (
          <section className="jp-EllipLab-Cwl-offer" aria-live="polite">
            <p>{trans.__('Use %1 as', wordsOf(asking))}</p>
            <div className="jp-EllipLab-Kit-row">
              {candidatesFor(schema, asking).map(candidate => (
                <button
                  key={candidate.name}
                  className="jp-EllipLab-Kit-button"
                  onClick={() => take(asking, candidate)}
                >
                  {candidate.title}
                </button>
              ))}
              <button
                className="jp-EllipLab-Kit-link"
                onClick={() => setAsking(null)}
              >
                {trans.__('None')}
              </button>
            </div>
          </section>
        )}
        {form && schema && (
          <>
            <FormComponent
              key={`${entry ?? ''}`}
              schema={schema}
              uiSchema={ui as IFormComponentProps['uiSchema']}
              idPrefix={domId}
              formData={inputs as ReadonlyPartialJSONObject as never}
              formContext={context}
              validator={validator}
              fields={FIELDS}
              templates={TEMPLATES}
              extraErrors={wrong}
              noHtml5Validate
              showErrorList={false}
              compact
              showModifiedFromDefault={false}
              translator={props.translator}
              onChange={event => {
                setInputs((event.formData ?? {}) as InputObject);
                setWrong({});
              }}
            />
            {!Object.keys(schema.properties ?? {}).length && (
              <p>{trans.__('It asks for nothing.')}</p>
            )}
            {pickStored && (
              <PublishField
                id={`${domId}-publish`}
                value={publish}
                onChange={text => {
                  setPublish(text);
                  setUnpublished([]);
                }}
                onPick={() => pickStored('Directory')}
                errors={unpublished}
                trans={trans}
              />
            )}
          </>
        )}
      </div>
      <footer className="jp-EllipLab-Cwl-foot">
        <EngineChoice
          engines={engines}
          value={container}
          onChange={setContainer}
          trans={trans}
        />
        <span className="jp-EllipLab-Cwl-said" role="status">
          {said}
        </span>
        <div className="jp-EllipLab-Kit-row">
          <button className="jp-EllipLab-Kit-button" onClick={props.cancel}>
            {trans.__('Cancel')}
          </button>
          <button
            className="jp-EllipLab-Kit-button jp-mod-primary"
            disabled={!form || busy}
            aria-busy={busy}
            onClick={() => void run()}
          >
            {busy ? trans.__('Starting…') : trans.__('Run')}
          </button>
        </div>
      </footer>
    </div>
  );
}

const FIELDS = { [FILE_FIELD]: FileField, [ANY_FIELD]: AnyField };
const TEMPLATES = { FieldTemplate, ArrayFieldTemplate: ArrayTemplate };

/** Whether a problem is one of where the outputs are to be published. */
function isOfPublish(problem: Problem): boolean {
  return /^(body\.)?publish$/.test(problem.field ?? '');
}

/** The title is ours. */
function bare(schema: RJSFSchema): RJSFSchema {
  const rest = { ...schema };
  delete rest.title;
  delete rest.description;
  return rest;
}

/** The inputs that the document asks for. */
function only(inputs: InputObject, known: readonly string[]): InputObject {
  return Object.fromEntries(
    Object.entries(inputs).filter(([name]) => known.includes(name))
  );
}
