/**
 * The form of a run: made from the JSON Schema of the inputs, in the main area, so that the document
 * can be looked at while it is filled in, and nothing is lost by looking away.
 */
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IStateDB } from '@jupyterlab/statedb';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
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
import type { IToolboxes } from '../toolboxes/tokens';
import type { IFieldContext } from './fields';
import type { IFiles } from './files';
import { loadedText, loadParameters, pickPath, saveParameters } from './files';
import { FormInputs, refusalOf } from './forminputs';
import { EntryChoice, FormAlarm, FormFoot, FormHead } from './formparts';
import { only, remember, rememberEngine, startOf } from './formstart';
import type { ICandidate, IOffer } from './offer';
import { filledIn, wordsOf } from './offer';
import { PublishField } from './publish';
import { formSchema, missing, pruned } from './schema';
import type { EngineName, IFormOptions, InputObject } from './tokens';
import { isBare } from './toolbox';
import { OfferChoice, useOffer } from './useoffer';

/** What the form stands on. */
export interface IFormHost {
  readonly check: (path: string) => Promise<Check>;
  readonly form: (path: string, entry: string | null) => Promise<Form>;
  readonly documents: IDocumentManager;
  /** Lets the person choose in storage; null where there is none. */
  readonly pickStored: IFieldContext['pickStored'];
  /** The toolboxes of this machine; null where there is no such room. */
  readonly toolboxes: IToolboxes | null;
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
  /** It has been in front: before that, nothing is tried for it. */
  readonly seen: boolean;
}

/** The form. */
export function RunForm(props: IRunFormProps): JSX.Element {
  const { document: path, documents, state, trans } = props;
  const [check, setCheck] = React.useState<Check | null>(null);
  const [form, setForm] = React.useState<Form | null>(null);
  const [engines, setEngines] = React.useState<Engines | null>(null);
  const [entry, setEntry] = React.useState<string | null>(props.entry);
  const [inputs, setInputs] = React.useState<InputObject>({});
  const [engine, setEngine] = React.useState<EngineName>(
    props.engine ?? 'cwltool'
  );
  const [container, setContainer] = React.useState<ContainerChoice>(
    props.container ?? 'auto'
  );
  const [publish, setPublish] = React.useState(props.publish ?? '');
  const [toolbox, setToolbox] = React.useState<string | null>(null);
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
      const found = await props.check(path);
      if (gone) {
        return;
      }
      setCheck(found);
      const start = await startOf(props, entry, found);
      if (gone || !start) {
        return;
      }
      const { entry: process } = start.form;
      setEntry(start.entry);
      setForm(start.form);
      onName(process.label ?? (process.id || PathExt.basename(path)));
      setInputs(start.inputs);
      setEngine(start.engine);
      if (start.container !== null) {
        setContainer(start.container);
      }
      if (start.publish !== null) {
        setPublish(start.publish);
      }
      setToolbox(start.toolbox);
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
    const timer = window.setTimeout(
      () =>
        remember(state, memory, {
          entry,
          inputs,
          engine,
          container,
          publish,
          toolbox
        }),
      SAVE
    );
    return () => window.clearTimeout(timer);
  }, [form, memory, entry, inputs, engine, container, publish, toolbox, state]);

  const schema = React.useMemo<RJSFSchema | null>(
    () => (form ? bare(formSchema(form.json_schema)) : null),
    [form]
  );
  const { translator, pickStored, offer } = props;

  const take = (taken: IOffer, input: ICandidate): void => {
    if (!schema) {
      return;
    }
    setInputs(now => filledIn(schema, now, input.name, taken));
    setWrong({});
    setSaid(trans.__('%1 is %2 now.', input.title, wordsOf(taken)));
    globalThis.document.getElementById(`${domId}_${input.name}`)?.focus();
  };
  const [asking, forgetOffer] = useOffer(schema, offer, {
    onTake: take,
    onMisfit: left =>
      setSaid(
        trans.__(
          'The document asks for nothing that %1 could be.',
          wordsOf(left)
        )
      )
  });

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
      const sorted = refusalOf(error, schema);
      setUnpublished(sorted.publish);
      setWrong(sorted.fields);
      setOthers(sorted.others);
      const first = Object.keys(sorted.fields)[0];
      if (first !== undefined) {
        globalThis.document.getElementById(`${domId}_${first}`)?.focus();
      }
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
        engine,
        container,
        publish: publish.trim() || null,
        toolbox:
          props.asksToolbox && isBare(engine, container, engines)
            ? toolbox
            : null
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
      <FormHead
        title={props.title(name)}
        path={path}
        ready={form !== null}
        onLoad={() => void load()}
        onSave={() => void save()}
        trans={trans}
      />
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
          <EntryChoice
            id={`${domId}-entry`}
            check={check}
            value={entry}
            onChange={chosen => {
              setEntry(chosen);
              setTurn(turn + 1);
            }}
            trans={trans}
          />
        )}
        {((failure !== null && !atTheirFields) || broken) && (
          <FormAlarm
            broken={broken}
            failure={failure}
            problems={
              others.length || form
                ? others
                : failure instanceof ProblemError
                  ? failure.problems
                  : (check?.problems ?? [])
            }
            onGo={go}
            onAgain={form ? null : () => setTurn(turn + 1)}
            onOpen={() => documents.openOrReveal(path, 'Editor')}
            trans={trans}
          />
        )}
        {!form && failure === null && !broken && (
          <p aria-busy="true">{trans.__('Reading the document…')}</p>
        )}
        {asking && schema && (
          <OfferChoice
            schema={schema}
            offer={asking}
            onTake={input => {
              forgetOffer();
              take(asking, input);
            }}
            onNone={forgetOffer}
            trans={trans}
          />
        )}
        {form && schema && (
          <>
            <FormInputs
              key={`${entry ?? ''}`}
              schema={schema}
              ui={form.ui}
              id={domId}
              context={context}
              inputs={inputs}
              onInputs={typed => {
                setInputs(typed);
                setWrong({});
              }}
              wrong={wrong}
              translator={translator}
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
      <FormFoot
        engine={engine}
        onEngine={chosen => {
          setEngine(chosen);
          rememberEngine(state, chosen);
        }}
        cluster={props.cluster}
        seen={props.seen}
        engines={engines}
        container={container}
        onContainer={setContainer}
        toolboxes={props.asksToolbox ? props.toolboxes : null}
        toolbox={toolbox}
        onToolbox={setToolbox}
        said={said}
        ready={form !== null}
        busy={busy}
        onCancel={props.cancel}
        onRun={() => void run()}
        trans={trans}
      />
    </div>
  );
}

/** The title is ours. */
function bare(schema: RJSFSchema): RJSFSchema {
  const rest = { ...schema };
  delete rest.title;
  delete rest.description;
  return rest;
}
