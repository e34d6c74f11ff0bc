/**
 * The settings of the cluster: what a test found, the fields in their groups, what can be done.
 */
import * as React from 'react';

import { Advice } from '../kit/advice';
import { useDomId, useSignal } from '../kit/hooks';
import { describe } from '../kit/notice';
import { ProblemError } from '../kit/request';
import type { IClusterProps } from './cluster';
import type { IClusterField } from './clusterfields';
import { ClusterFindings } from './clusterfindings';

/** The settings. */
export function ClusterSettings(props: IClusterProps): JSX.Element {
  const { cluster, trans } = props;
  useSignal(cluster.changed);
  const id = useDomId('cluster');
  const [said, setSaid] = React.useState('');
  React.useEffect(() => {
    void cluster.read();
  }, [cluster]);
  const { settings, problem, dirty, testing } = cluster;
  const toError = (): void => {
    const name = cluster.firstError;
    const field = document.getElementById(`${id}-${name ?? ''}`);
    field?.focus({ preventScroll: true });
    // What is wrong is said below the field.
    field?.scrollIntoView({ block: 'center' });
  };
  const save = async (): Promise<void> => {
    setSaid('');
    if (await cluster.save()) {
      setSaid(trans.__('Saved.'));
    }
    toError();
  };
  const test = async (): Promise<void> => {
    setSaid('');
    const before = document.activeElement;
    await cluster.test();
    toError();
    // Who waits at the button is led to what was found.
    if (cluster.firstError === null && document.activeElement === before) {
      document.getElementById(`${id}-found`)?.focus();
    }
  };
  return (
    <form
      className="jp-EllipLab-Runs-cluster"
      autoComplete="off"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        void save();
      }}
    >
      <header>
        <h2>{trans.__('Kubernetes')}</h2>
        <p className="jp-EllipLab-Kit-hint">
          {trans.__(
            'The cluster that runs can go to. No key is kept here: those stay in the kubeconfig, or with the service account.'
          )}
        </p>
      </header>
      <div className="jp-EllipLab-Runs-clusterBody">
        {problem !== null && (
          <section className="jp-EllipLab-Kit-alarm" role="alert">
            <h3>
              {problem instanceof ProblemError
                ? problem.message
                : describe(problem, trans)}
            </h3>
            {problem instanceof ProblemError && problem.hint && (
              <p className="jp-EllipLab-Kit-remedy">
                <Advice trans={trans}>{problem.hint}</Advice>
              </p>
            )}
            {!settings && (
              <button
                type="button"
                className="jp-EllipLab-Kit-button"
                onClick={() => void cluster.read()}
              >
                {trans.__('Read again')}
              </button>
            )}
          </section>
        )}
        <ClusterFindings cluster={cluster} id={`${id}-found`} trans={trans} />
        {settings ? (
          cluster.groups.map(group => (
            <fieldset key={group.title}>
              <legend>{group.title}</legend>
              {group.fields.map(field => (
                <ClusterField
                  key={field.name}
                  {...props}
                  id={`${id}-${field.name}`}
                  field={field}
                />
              ))}
            </fieldset>
          ))
        ) : problem === null ? (
          <p aria-busy="true">{trans.__('Reading the settings…')}</p>
        ) : null}
      </div>
      <footer>
        <span role="status" className="jp-EllipLab-Kit-hint">
          {dirty ? trans.__('Not saved yet; kept through a reload.') : said}
        </span>
        <div className="jp-EllipLab-Kit-row">
          <button
            type="button"
            className="jp-EllipLab-Kit-button"
            disabled={!dirty}
            onClick={() => {
              setSaid('');
              cluster.discard();
            }}
          >
            {trans.__('Discard')}
          </button>
          <button
            type="button"
            className="jp-EllipLab-Kit-button"
            aria-disabled={!settings}
            aria-busy={testing !== null}
            title={trans.__(
              'Saves what is typed, then tries everything a run needs'
            )}
            onClick={() => void test()}
          >
            {trans.__('Test connection')}
          </button>
          <button
            type="submit"
            className="jp-EllipLab-Kit-button jp-mod-primary"
            disabled={!dirty || cluster.saving}
          >
            {trans.__('Save')}
          </button>
        </div>
      </footer>
    </form>
  );
}

interface IClusterFieldProps extends IClusterProps {
  readonly id: string;
  readonly field: IClusterField;
}

/** A field: its label, its text, what it means or what is wrong with it. */
function ClusterField(props: IClusterFieldProps): JSX.Element {
  const { cluster, field, id } = props;
  const error = cluster.error(field.name);
  const common = {
    id,
    value: cluster.text(field),
    spellCheck: false,
    'aria-invalid': error !== null,
    'aria-describedby': `${id}-said`,
    onChange: (
      event: React.ChangeEvent<
        HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement
      >
    ) => cluster.edit(field, event.target.value)
  };
  return (
    <div
      className={
        'jp-EllipLab-Kit-field' + (field.kind === 'pairs' ? ' jp-mod-wide' : '')
      }
    >
      <label htmlFor={id}>{field.label}</label>
      {field.choices ? (
        <select className="jp-EllipLab-Kit-select" {...common}>
          {field.choices.map(choice => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : field.kind === 'pairs' ? (
        <textarea className="jp-EllipLab-Kit-input" rows={2} {...common} />
      ) : (
        <input
          className="jp-EllipLab-Kit-input"
          type="text"
          inputMode={field.kind === 'number' ? 'numeric' : undefined}
          {...common}
        />
      )}
      <span
        id={`${id}-said`}
        className={error ? 'jp-EllipLab-Kit-bad' : 'jp-EllipLab-Kit-hint'}
        role={error ? 'alert' : undefined}
      >
        {error ?? field.help}
      </span>
    </div>
  );
}
