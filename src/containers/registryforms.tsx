/**
 * Forms of registries: sign in, and how one is reached.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Registry } from '../contract';
import { Check, Field, Secret } from '../kit/fields';
import { FormFrame, useProblem } from '../kit/formdialog';
import type { ContainersModel } from './model';

/** What a host and a file look like. */
const HOST = 'registry.example.org:5000';
const AUTHORITY = '/etc/ssl/our-authority.pem';

interface IRegistryFormProps {
  readonly containers: ContainersModel;
  /** The registry that is meant; empty when it is to be named. */
  readonly host: string;
  readonly close: () => void;
  readonly trans: TranslationBundle;
}

/** Signs in. The password is in this form and in the request, and nowhere else. */
export function LoginForm(props: IRegistryFormProps): JSX.Element {
  const { containers, close, trans } = props;
  const known = containers.registries.find(one => one.host === props.host);
  const [host, setHost] = React.useState(props.host);
  const [user, setUser] = React.useState(known?.user ?? '');
  const [password, setPassword] = React.useState('');
  const [insecure, setInsecure] = React.useState(known?.insecure ?? false);
  return (
    <FormFrame
      label={trans.__('Sign in')}
      busyLabel={trans.__('Asking the registry…')}
      disabled={!host.trim() || !user || !password}
      onSubmit={async () => {
        const named = host.trim();
        // How it is reached is kept first: the question itself goes that way.
        const before = containers.registries.find(one => one.host === named);
        if (insecure !== (before?.insecure ?? false)) {
          await containers.client.saveRegistry({
            host: named,
            insecure,
            ca: before?.ca ?? null
          });
        }
        try {
          await containers.client.login({ host: named, user, password });
        } finally {
          setPassword('');
          await containers.readRegistries();
        }
      }}
      close={close}
      trans={trans}
    >
      <LoginFields
        named={!!props.host}
        host={host}
        onHost={setHost}
        user={user}
        onUser={setUser}
        password={password}
        onPassword={setPassword}
        known={known ?? null}
        trans={trans}
      />
      {!props.host && (
        <Check
          label={trans.__('It speaks plain HTTP')}
          value={insecure}
          onChange={setInsecure}
        />
      )}
    </FormFrame>
  );
}

interface ILoginFieldsProps {
  readonly named: boolean;
  readonly host: string;
  readonly onHost: (host: string) => void;
  readonly user: string;
  readonly onUser: (user: string) => void;
  readonly password: string;
  readonly onPassword: (password: string) => void;
  readonly known: Registry | null;
  readonly trans: TranslationBundle;
}

function LoginFields(props: ILoginFieldsProps): JSX.Element {
  const { known, trans } = props;
  const wrong = useProblem();
  return (
    <>
      {!props.named && (
        <Field
          label={trans.__('Registry')}
          value={props.host}
          placeholder={HOST}
          problem={wrong('host')}
          required
          onChange={props.onHost}
        />
      )}
      {known?.hint && <p className="jp-EllipLab-Kit-hint">{known.hint}</p>}
      {known?.homepage && (
        <p className="jp-EllipLab-Kit-hint">
          <a href={known.homepage} target="_blank" rel="noreferrer">
            {known.homepage}
          </a>
        </p>
      )}
      <Field
        label={trans.__('User name')}
        value={props.user}
        problem={wrong('user')}
        required
        onChange={props.onUser}
      />
      <Secret
        label={trans.__('Password or token')}
        value={props.password}
        problem={wrong('password')}
        required
        onChange={props.onPassword}
      />
    </>
  );
}

/** How a registry is reached: plain HTTP, an authority of its own. */
export function ReachForm(props: IRegistryFormProps): JSX.Element {
  const { containers, close, trans } = props;
  const known = containers.registries.find(one => one.host === props.host);
  const [host, setHost] = React.useState(props.host);
  const [insecure, setInsecure] = React.useState(known?.insecure ?? false);
  const [ca, setCa] = React.useState(known?.ca ?? '');
  return (
    <FormFrame
      label={trans.__('Save')}
      disabled={!host.trim()}
      onSubmit={async () => {
        await containers.client.saveRegistry({
          host: host.trim(),
          insecure,
          ca: ca.trim() || null
        });
        await containers.readRegistries();
      }}
      close={close}
      trans={trans}
    >
      {!props.host && (
        <HostField value={host} onChange={setHost} trans={trans} />
      )}
      <Check
        label={trans.__('Plain HTTP, or a certificate that is not checked')}
        hint={trans.__('Only for a registry of your own network.')}
        value={insecure}
        onChange={setInsecure}
      />
      <CaField value={ca} onChange={setCa} trans={trans} />
    </FormFrame>
  );
}

interface IOneFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly trans: TranslationBundle;
}

function HostField({ value, onChange, trans }: IOneFieldProps): JSX.Element {
  const wrong = useProblem();
  return (
    <Field
      label={trans.__('Registry')}
      value={value}
      placeholder={HOST}
      problem={wrong('host')}
      required
      onChange={onChange}
    />
  );
}

function CaField({ value, onChange, trans }: IOneFieldProps): JSX.Element {
  const wrong = useProblem();
  return (
    <Field
      label={trans.__('Its certificate authority')}
      value={value}
      placeholder={AUTHORITY}
      hint={trans.__('A file (PEM) on the server; empty for the known ones.')}
      problem={wrong('ca')}
      onChange={onChange}
    />
  );
}
