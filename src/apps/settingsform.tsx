/**
 * What a person may choose about an app: how long it may take, its program, more of its environment and arguments.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { App, SaveAppRequest } from '../contract';
import { Check, Field } from '../kit/fields';
import { FormFrame, useProblem } from '../kit/formdialog';
import { useDomId } from '../kit/hooks';

/** A variable, as it is typed; null is a secret value that is saved and not shown. */
export interface IVariable {
  readonly name: string;
  readonly value: string | null;
}

/** The form, as it is typed. */
export interface IDraft {
  readonly timeout: string;
  readonly program: string;
  readonly environment: readonly IVariable[];
  /** One on each line. */
  readonly arguments: string;
}

/** Seconds. */
const LONGEST = 3600;

/** The names whose values are not shown. */
const SECRET = /KEY|TOKEN|PASSWORD|SECRET|CREDENTIAL/i;

/** The form of what is saved. */
export function draftOf(app: Pick<App, 'settings'>): IDraft {
  const { settings } = app;
  return {
    timeout: settings.timeout === null ? '' : String(settings.timeout),
    program: settings.program ?? '',
    environment: Object.entries(settings.environment).map(([name, value]) => ({
      name,
      value
    })),
    arguments: settings.arguments.join('\n')
  };
}

/** What is asked for by a form. */
export function requestOf(app: string, draft: IDraft): SaveAppRequest {
  const timeout = draft.timeout.trim();
  return {
    app,
    timeout: timeout === '' ? null : Number(timeout),
    program: draft.program.trim() || null,
    environment: Object.fromEntries(
      draft.environment
        .filter(({ name }) => name.trim())
        .map(({ name, value }) => [name.trim(), value])
    ),
    arguments: draft.arguments
      .split('\n')
      .map(line => line.trim())
      .filter(line => line)
  };
}

/** Whether a time-out can be one. */
export function isTimeout(text: string): boolean {
  const seconds = Number(text);
  return !text.trim() || (seconds >= 1 && seconds <= LONGEST);
}

/** Properties of the form. */
export interface ISettingsFormProps {
  readonly app: App;
  /** Some of it runs: it can be started again with what is saved. */
  readonly runs: boolean;
  readonly onSave: (request: SaveAppRequest, restart: boolean) => Promise<void>;
  readonly close: () => void;
  readonly trans: TranslationBundle;
}

/** The form. */
export function SettingsForm(props: ISettingsFormProps): JSX.Element {
  const { app, runs, close, trans } = props;
  const [draft, setDraft] = React.useState(() => draftOf(app));
  const [restart, setRestart] = React.useState(runs);
  return (
    <FormFrame
      label={trans.__('Save')}
      disabled={!isTimeout(draft.timeout)}
      onSubmit={() => props.onSave(requestOf(app.name, draft), runs && restart)}
      close={close}
      trans={trans}
    >
      <Fields app={app} draft={draft} onDraft={setDraft} trans={trans} />
      {runs && (
        <Check
          label={trans.__('Restart what runs of it')}
          hint={trans.__('Otherwise this holds from its next start on.')}
          value={restart}
          onChange={setRestart}
        />
      )}
    </FormFrame>
  );
}

interface IFieldsProps {
  readonly app: App;
  readonly draft: IDraft;
  readonly onDraft: (draft: IDraft) => void;
  readonly trans: TranslationBundle;
}

function Fields({ app, draft, onDraft, trans }: IFieldsProps): JSX.Element {
  const wrong = useProblem();
  const id = useDomId('app-settings');
  const { environment } = draft;
  const own = app.settings.timeout === null ? app.timeout : null;
  const set = (at: number, variable: IVariable | null): void =>
    onDraft({
      ...draft,
      environment: environment.flatMap((one, index) =>
        index === at ? (variable ? [variable] : []) : [one]
      )
    });
  return (
    <>
      <Field
        label={trans.__('Time-out, in seconds')}
        value={draft.timeout}
        placeholder={own === null ? '' : String(own)}
        hint={trans.__(
          'How long it may take to answer when it starts, at most %1; empty for its own.',
          LONGEST
        )}
        problem={
          isTimeout(draft.timeout)
            ? wrong('timeout')
            : trans.__('Between 1 and %1 seconds.', LONGEST)
        }
        onChange={timeout => onDraft({ ...draft, timeout })}
      />
      <Field
        label={trans.__('Program')}
        value={draft.program}
        placeholder={app.program ?? ''}
        hint={trans.__('Started in place of the one that is found.')}
        problem={wrong('program')}
        onChange={program => onDraft({ ...draft, program })}
      />
      <fieldset className="jp-EllipLab-Apps-variables">
        <legend>{trans.__('Environment')}</legend>
        {environment.map((one, at) => (
          <div key={at}>
            <input
              className="jp-EllipLab-Kit-input"
              aria-label={trans.__('Name of variable %1', at + 1)}
              placeholder={trans.__('NAME')}
              spellCheck={false}
              value={one.name}
              onChange={event => set(at, { ...one, name: event.target.value })}
            />
            <input
              className="jp-EllipLab-Kit-input"
              aria-label={trans.__('Value of variable %1', at + 1)}
              type={SECRET.test(one.name) ? 'password' : 'text'}
              autoComplete="new-password"
              placeholder={one.value === null ? trans.__('as it is saved') : ''}
              spellCheck={false}
              value={one.value ?? ''}
              onChange={event => set(at, { ...one, value: event.target.value })}
            />
            <button
              type="button"
              className="jp-EllipLab-Kit-icon"
              title={trans.__('Remove')}
              aria-label={trans.__('Remove variable %1', at + 1)}
              onClick={() => set(at, null)}
            >
              <closeIcon.react tag="span" />
            </button>
          </div>
        ))}
        <button
          type="button"
          className="jp-EllipLab-Kit-link"
          onClick={() =>
            onDraft({
              ...draft,
              environment: [...environment, { name: '', value: '' }]
            })
          }
        >
          <addIcon.react tag="span" className="jp-EllipLab-Kit-buttonIcon" />
          {trans.__('Add a variable')}
        </button>
        {wrong('environment') && (
          <span className="jp-EllipLab-Kit-bad">{wrong('environment')}</span>
        )}
      </fieldset>
      <div className="jp-EllipLab-Kit-field">
        <label htmlFor={id}>{trans.__('More arguments')}</label>
        <textarea
          id={id}
          className="jp-EllipLab-Kit-input"
          rows={3}
          spellCheck={false}
          value={draft.arguments}
          aria-describedby={`${id}-said`}
          onChange={event =>
            onDraft({ ...draft, arguments: event.target.value })
          }
        />
        <span id={`${id}-said`} className="jp-EllipLab-Kit-hint">
          {wrong('arguments') ?? trans.__('One on each line.')}
        </span>
      </div>
    </>
  );
}
