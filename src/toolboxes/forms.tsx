/**
 * Forms in dialogs: a toolbox of packages, a copy, a lock file, signing in, cleaning up.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type {
  CacheCleaning,
  LockForm,
  LoginKind,
  ToolboxCache,
  ToolboxClone,
  ToolboxRequest
} from '../contract';
import { Check, Field, Secret, Select } from '../kit/fields';
import { bytes } from '../kit/format';
import { FormFrame, useProblem } from '../kit/formdialog';
import { describe } from '../kit/notice';
import { Area } from './fields';
import type { ToolboxesModel } from './model';
import { freeName, isName, listOf, packageOf } from './names';

/** What packages and a host look like. */
const PACKAGES = 'gdal >=3.8\nrasterio\npython =3.12';
const HOST = 'conda.example.org';

interface IFormProps {
  readonly toolboxes: ToolboxesModel;
  readonly close: () => void;
  readonly trans: TranslationBundle;
}

/** Properties of the form of a new toolbox. */
export interface ICreateFormProps extends IFormProps {
  readonly packages: string;
  readonly onPlan: (request: ToolboxRequest) => void;
}

/** A toolbox of packages that are named; what they need is shown before anything is done. */
export function CreateForm(props: ICreateFormProps): JSX.Element {
  const { toolboxes, close, trans } = props;
  const [packages, setPackages] = React.useState(props.packages);
  const [given, setGiven] = React.useState<string | null>(null);
  const [channels, setChannels] = React.useState('');
  const specs = listOf(packages);
  const [first] = specs;
  // Until somebody says another, it is called by its first package.
  const name =
    given ?? (first ? freeName(packageOf(first), toolboxes.names) : '');
  const wrong =
    given === null || isName(given)
      ? null
      : trans.__('Small letters, digits, - and _, beginning with no sign.');
  return (
    <FormFrame
      label={trans.__('Show the plan')}
      disabled={!specs.length || !isName(name)}
      onSubmit={async () =>
        props.onPlan({ name, packages: specs, channels: listOf(channels) })
      }
      close={close}
      trans={trans}
    >
      <Area
        label={trans.__('Packages')}
        value={packages}
        placeholder={PACKAGES}
        hint={trans.__('One a line, with a version where it matters.')}
        required
        onChange={setPackages}
      />
      <Field
        label={trans.__('Name')}
        value={name}
        problem={wrong}
        required
        onChange={setGiven}
      />
      <Area
        label={trans.__('Channels')}
        rows={2}
        value={channels}
        placeholder={(toolboxes.channels?.default ?? ['conda-forge']).join(
          '\n'
        )}
        hint={trans.__('One a line. Empty: the default ones.')}
        onChange={setChannels}
      />
    </FormFrame>
  );
}

/** Properties of the form of a copy. */
export interface ICloneFormProps extends IFormProps {
  readonly name: string;
  readonly onDone: (request: ToolboxClone) => Promise<void>;
}

/** A second toolbox of the same builds. */
export function CloneForm(props: ICloneFormProps): JSX.Element {
  const { toolboxes, name, close, trans } = props;
  const [to, setTo] = React.useState(() => freeName(name, toolboxes.names));
  return (
    <FormFrame
      label={trans.__('Clone')}
      disabled={!isName(to) || toolboxes.names.has(to)}
      onSubmit={() => props.onDone({ name, to })}
      close={close}
      trans={trans}
    >
      <p>
        {trans.__(
          'The same builds under another name, from the cache: to change one and keep the other.'
        )}
      </p>
      <Field
        label={trans.__('Name of the copy')}
        value={to}
        problem={
          toolboxes.names.has(to)
            ? trans.__('There is a toolbox with this name.')
            : isName(to)
              ? null
              : trans.__(
                  'Small letters, digits, - and _, beginning with no sign.'
                )
        }
        required
        onChange={setTo}
      />
    </FormFrame>
  );
}

/** Properties of the form of a lock file. */
export interface ILockFormProps extends IFormProps {
  readonly name: string;
  /** The folder of the workspace that it goes to. */
  readonly folder: string;
  readonly onDone: (form: LockForm, path: string) => Promise<void>;
}

/** What a toolbox has, as a file of the workspace. */
export function SaveLockForm(props: ILockFormProps): JSX.Element {
  const { name, folder, close, trans } = props;
  const [form, setForm] = React.useState<LockForm>('lock');
  const [given, setGiven] = React.useState<string | null>(null);
  const files: Record<LockForm, string> = {
    lock: `${name}.pixi.lock`,
    explicit: `${name}.explicit.txt`,
    environment: `${name}.environment.yml`
  };
  const path = given ?? (folder ? `${folder}/${files[form]}` : files[form]);
  return (
    <FormFrame
      label={trans.__('Save')}
      disabled={!path.trim()}
      onSubmit={() => props.onDone(form, path.trim())}
      close={close}
      trans={trans}
    >
      <Select
        label={trans.__('What to write')}
        value={form}
        onChange={value => setForm(value as LockForm)}
      >
        <option value="lock">
          {trans.__('every package with its checksum (pixi.lock)')}
        </option>
        <option value="explicit">
          {trans.__('a list of URLs, for conda and mamba')}
        </option>
        <option value="environment">
          {trans.__('what was asked for (environment.yml)')}
        </option>
      </Select>
      <Field
        label={trans.__('File')}
        value={path}
        hint={trans.__(
          'A path of the workspace. The toolbox can be made again from it.'
        )}
        required
        onChange={setGiven}
      />
    </FormFrame>
  );
}

/** Properties of the form that signs in. */
export interface ILoginFormProps extends IFormProps {
  readonly host: string;
}

/** Signs in. The secret is in this form and in the request, and nowhere else. */
export function LoginForm(props: ILoginFormProps): JSX.Element {
  const { toolboxes, close, trans } = props;
  const [host, setHost] = React.useState(props.host);
  const [kind, setKind] = React.useState<LoginKind>('basic');
  const [username, setUsername] = React.useState('');
  const [secret, setSecret] = React.useState('');
  const basic = kind === 'basic';
  return (
    <FormFrame
      label={trans.__('Sign in')}
      disabled={!host.trim() || !secret || (basic && !username)}
      onSubmit={async () => {
        try {
          toolboxes.takeChannels(
            await toolboxes.client.login({
              host: host.trim(),
              kind,
              username: basic ? username : null,
              secret
            })
          );
        } finally {
          setSecret('');
        }
      }}
      close={close}
      trans={trans}
    >
      <HostField value={host} onChange={setHost} trans={trans} />
      <Select
        label={trans.__('With')}
        value={kind}
        onChange={value => setKind(value as LoginKind)}
      >
        <option value="basic">{trans.__('a name and a password')}</option>
        <option value="bearer">{trans.__('a token')}</option>
        <option value="conda">{trans.__('a token of anaconda.org')}</option>
      </Select>
      {basic && (
        <Field
          label={trans.__('User name')}
          value={username}
          required
          onChange={setUsername}
        />
      )}
      <Secret
        label={basic ? trans.__('Password') : trans.__('Token')}
        value={secret}
        hint={trans.__('Kept in a file that only you can read.')}
        required
        onChange={setSecret}
      />
    </FormFrame>
  );
}

interface IHostFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly trans: TranslationBundle;
}

function HostField(props: IHostFieldProps): JSX.Element {
  const { trans } = props;
  const wrong = useProblem();
  return (
    <Field
      label={trans.__('Host')}
      value={props.value}
      placeholder={HOST}
      problem={wrong('host')}
      required
      onChange={props.onChange}
    />
  );
}

/** Properties of the form that cleans up. */
export interface ICleanFormProps extends IFormProps {
  readonly onDone: (request: CacheCleaning) => Promise<void>;
}

/** What can go from the cache, and how much that frees. */
export function CleanForm(props: ICleanFormProps): JSX.Element {
  const { toolboxes, close, trans } = props;
  const [cache, setCache] = React.useState<ToolboxCache | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const [all, setAll] = React.useState(false);
  const [index, setIndex] = React.useState(false);
  React.useEffect(() => {
    let gone = false;
    toolboxes.client.cache().then(
      found => !gone && setCache(found),
      (wrong: unknown) => !gone && setError(wrong)
    );
    return () => {
      gone = true;
    };
  }, [toolboxes]);
  return (
    <FormFrame
      label={trans.__('Clean up')}
      disabled={!cache || (!all && !index && !cache.unused)}
      onSubmit={() => props.onDone({ all, index })}
      close={close}
      trans={trans}
    >
      {error !== null ? (
        <p className="jp-EllipLab-Kit-wrong" role="alert">
          {describe(error, trans)}
        </p>
      ) : cache ? (
        <p>
          {cache.unused
            ? trans._n(
                '%1 package of no toolbox goes: %2.',
                '%1 packages of no toolbox go: %2.',
                cache.unused,
                bytes(cache.unused_size, trans)
              )
            : trans.__('Every package in the cache is one of a toolbox.')}{' '}
          {trans.__('Toolboxes are not touched.')}
        </p>
      ) : (
        <p aria-busy="true">{trans.__('Reading the cache…')}</p>
      )}
      <Check
        label={
          cache
            ? trans.__('Every package: %1', bytes(cache.size, trans))
            : trans.__('Every package')
        }
        hint={trans.__(
          'What toolboxes have of it stays theirs; the next one is downloaded anew.'
        )}
        value={all}
        onChange={setAll}
      />
      <Check
        label={
          cache
            ? trans.__(
                'The lists of channels: %1',
                bytes(cache.index_size, trans)
              )
            : trans.__('The lists of channels')
        }
        hint={trans.__('They are read again when something is planned.')}
        value={index}
        onChange={setIndex}
      />
    </FormFrame>
  );
}
