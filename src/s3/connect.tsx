/**
 * The form of a connection: what the service needs and no more, tried before it is kept.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ConnectionTest, Preset } from '../contract';
import { Field, Secret, Select } from '../kit/fields';
import { useDomId } from '../kit/hooks';
import { describe } from '../kit/notice';
import { ProblemError } from '../kit/request';
import type { IDraft } from './draft';
import { draftFrom, draftOf, endpointOf, nameFor, requestOf } from './draft';
import { groupsOf } from './home';
import type { IFormTarget, StorageModel } from './model';
import { Steps } from './steps';

/** What an endpoint looks like. */
const EXAMPLE = 'https://s3.example.org';

/** Properties of the form. */
export interface IConnectProps {
  readonly storage: StorageModel;
  readonly target: IFormTarget;
  readonly trans: TranslationBundle;
}

/** The form. */
export function Connect(props: IConnectProps): JSX.Element {
  const { storage, target, trans } = props;
  const { known } = storage;
  const edited = known.find(target.name);
  const presetOf = (id: string | null): Preset | null =>
    known.presets.find(one => one.id === id) ?? null;
  const [draft, setDraft] = React.useState<IDraft>(() =>
    edited ? draftFrom(edited) : draftOf(presetOf(target.preset))
  );
  const [test, setTest] = React.useState<ConnectionTest | null>(null);
  const [busy, setBusy] = React.useState<'test' | 'save' | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const id = useDomId('connect');
  const form = React.useRef<HTMLFormElement>(null);
  React.useEffect(() => {
    form.current?.querySelector<HTMLElement>('input, select')?.focus();
  }, []);

  const preset = presetOf(draft.preset);
  const taken = known.list.map(one => one.name);
  const change = (part: Partial<IDraft>): void => {
    setDraft(before => ({ ...before, ...part }));
    setTest(null);
    setError(null);
  };
  const request = () => requestOf(draft, preset, taken, edited !== null);
  const tell = (wrong: unknown): void => setError(wrong);
  const onTest = (): void => {
    setBusy('test');
    setError(null);
    known
      .test({ request: request() })
      .then(setTest, tell)
      .finally(() => setBusy(null));
  };
  const onSave = (event: React.FormEvent): void => {
    event.preventDefault();
    setBusy('save');
    setError(null);
    known
      .save(request())
      .then(saved =>
        storage.open({ connection: saved.name, bucket: null, prefix: '' })
      )
      .catch((wrong: unknown) => {
        tell(wrong);
        setBusy(null);
      });
  };
  /** What the server says of one field. */
  const wrong = (field: string): string | null =>
    error instanceof ProblemError
      ? (error.problems.find(one => one.field?.split('.').pop() === field)
          ?.message ?? null)
      : null;
  const text = (
    key: keyof IDraft,
    field: string,
    label: string,
    more: { hint?: string; required?: boolean; placeholder?: string } = {}
  ): JSX.Element => (
    <Field
      label={label}
      value={String(draft[key])}
      problem={wrong(field)}
      onChange={value => change({ [key]: value })}
      {...more}
    />
  );
  const asksEndpoint = !preset || preset.asks_endpoint;
  const keep = edited?.has_keys
    ? trans.__('Kept; leave empty to keep it')
    : undefined;
  return (
    <form
      ref={form}
      className="jp-EllipLab-S3-form"
      aria-labelledby={id}
      autoComplete="off"
      onSubmit={onSave}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          storage.showForm(null);
        }
      }}
    >
      <h3 id={id}>
        {edited
          ? trans.__('Edit %1', edited.title || edited.name)
          : trans.__('New connection')}
      </h3>
      {!edited && (
        <Select
          label={trans.__('Service')}
          value={draft.preset ?? ''}
          onChange={value => {
            setDraft(draftOf(presetOf(value || null)));
            setTest(null);
            setError(null);
          }}
        >
          {groupsOf(known.presets, trans).map(([title, group]) => (
            <optgroup key={title} label={title}>
              {group.map(one => (
                <option key={one.id} value={one.id}>
                  {one.title}
                </option>
              ))}
            </optgroup>
          ))}
          <option value="">{trans.__('Another store that speaks S3')}</option>
        </Select>
      )}
      {preset && <p className="jp-EllipLab-Kit-hint">{preset.description}</p>}
      {text('title', 'title', trans.__('Title'), {
        required: true,
        hint: trans.__(
          'In addresses: s3://%1@…',
          draft.name || nameFor(draft.title, taken)
        )
      })}
      {asksEndpoint &&
        text('endpoint', 'endpoint', trans.__('Endpoint'), {
          required: true,
          placeholder: EXAMPLE
        })}
      {preset && preset.regions.length > 0 ? (
        <Select
          label={trans.__('Region')}
          value={draft.region}
          problem={wrong('region')}
          onChange={region => change({ region })}
        >
          {!preset.regions.some(one => one.name === draft.region) && (
            <option value={draft.region}>{draft.region}</option>
          )}
          {preset.regions.map(one => (
            <option key={one.name} value={one.name}>
              {one.title && one.title !== one.name
                ? `${one.name} (${one.title})`
                : one.name}
            </option>
          ))}
        </Select>
      ) : (
        !preset?.region && text('region', 'region', trans.__('Region'))
      )}
      {draft.auth === 'keys' && (
        <>
          <Secret
            label={trans.__('Access key')}
            value={draft.accessKey}
            problem={wrong('access_key')}
            placeholder={keep}
            onChange={accessKey => change({ accessKey })}
          />
          <Secret
            label={trans.__('Secret key')}
            value={draft.secretKey}
            problem={wrong('secret_key') ?? wrong('credentials')}
            placeholder={keep}
            onChange={secretKey => change({ secretKey })}
          />
          {preset?.keys_url && (
            <p className="jp-EllipLab-Kit-hint">
              <a href={preset.keys_url} target="_blank" rel="noreferrer">
                {trans.__('Where keys are made')}
              </a>
            </p>
          )}
        </>
      )}
      {draft.auth === 'profile' &&
        text('profile', 'profile', trans.__('Profile'), { required: true })}
      <details>
        <summary>{trans.__('More')}</summary>
        <Select
          label={trans.__('Sign in with')}
          value={draft.auth}
          onChange={value => change({ auth: value as IDraft['auth'] })}
        >
          <option value="keys">{trans.__('Keys')}</option>
          <option value="anonymous">{trans.__('Nothing (open data)')}</option>
          <option value="profile">{trans.__('A profile of ~/.aws')}</option>
          <option value="chain">
            {trans.__('What the server has (variables, roles)')}
          </option>
        </Select>
        {draft.auth === 'keys' && (
          <Secret
            label={trans.__('Session token')}
            value={draft.sessionToken}
            problem={wrong('session_token')}
            onChange={sessionToken => change({ sessionToken })}
          />
        )}
        {!edited &&
          text('name', 'name', trans.__('Name'), {
            placeholder: nameFor(draft.title, taken)
          })}
        {!asksEndpoint &&
          text('endpoint', 'endpoint', trans.__('Endpoint'), {
            placeholder:
              endpointOf(preset, draft.region) || trans.__("AWS's own")
          })}
        <Select
          label={trans.__('Where the bucket stands in a URL')}
          value={draft.style}
          onChange={value => change({ style: value as IDraft['style'] })}
        >
          <option value="auto">{trans.__('As the store likes it')}</option>
          <option value="path">{trans.__('In the path')}</option>
          <option value="virtual">{trans.__('In the host name')}</option>
        </Select>
        {text('buckets', 'buckets', trans.__('Buckets'), {
          hint: trans.__('Shown where they cannot be listed')
        })}
        {text('roleArn', 'role_arn', trans.__('Role to assume (ARN)'))}
        {draft.roleArn &&
          text('externalId', 'external_id', trans.__('External ID'))}
        {text('caBundle', 'ca_bundle', trans.__('File of certificates'), {
          hint: trans.__('For a store with an authority of its own')
        })}
        <label className="jp-EllipLab-S3-check">
          <input
            type="checkbox"
            checked={draft.requesterPays}
            onChange={event => change({ requesterPays: event.target.checked })}
          />
          {trans.__('I pay for what I read (requester pays)')}
        </label>
      </details>
      {error !== null && (
        <p className="jp-EllipLab-S3-error" role="alert">
          {describe(error, trans)}
        </p>
      )}
      {test && <Steps test={test} trans={trans} />}
      <div className="jp-EllipLab-Kit-row">
        <button
          type="submit"
          className="jp-EllipLab-Kit-button jp-mod-primary"
          disabled={busy !== null}
        >
          {edited ? trans.__('Save') : trans.__('Connect')}
        </button>
        <button
          type="button"
          className="jp-EllipLab-Kit-button"
          disabled={busy !== null}
          onClick={onTest}
        >
          {busy === 'test' ? trans.__('Testing…') : trans.__('Test connection')}
        </button>
        <button
          type="button"
          className="jp-EllipLab-Kit-button"
          onClick={() => storage.showForm(null)}
        >
          {trans.__('Cancel')}
        </button>
      </div>
    </form>
  );
}
