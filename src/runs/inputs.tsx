/**
 * What a run was given, and what it was made with.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Run } from '../contract';
import { exactTime, instant } from '../kit/format';

/** Properties of the inputs. */
export interface IInputsProps {
  readonly run: Run;
  readonly trans: TranslationBundle;
}

/** The place of a File or Directory value, or null. */
export function placeOf(value: unknown): string | null {
  if (value && typeof value === 'object' && 'class' in value) {
    const file = value as Record<string, unknown>;
    const place = file.path ?? file.location;
    if (
      (file.class === 'File' || file.class === 'Directory') &&
      typeof place === 'string'
    ) {
      return place;
    }
  }
  return null;
}

/** A value as a person reads it. */
function Value(props: { readonly value: unknown }): JSX.Element {
  const { value } = props;
  const place = placeOf(value);
  if (place !== null) {
    return <code title={place}>{place}</code>;
  }
  if (Array.isArray(value) && value.every(item => typeof item !== 'object')) {
    return <code>{value.map(String).join(', ')}</code>;
  }
  if (Array.isArray(value) && value.every(item => placeOf(item) !== null)) {
    return (
      <>
        {value.map((item, index) => (
          <div key={index}>
            <code>{placeOf(item)}</code>
          </div>
        ))}
      </>
    );
  }
  if (value !== null && typeof value === 'object') {
    return (
      <pre className="jp-EllipLab-Kit-code">
        {JSON.stringify(value, null, 2)}
      </pre>
    );
  }
  return <code>{String(value)}</code>;
}

/** The inputs. */
export function Inputs(props: IInputsProps): JSX.Element {
  const { run, trans } = props;
  const inputs = Object.entries(run.inputs);
  const created = instant(run.created);
  const facts: [string, string | null][] = [
    [trans.__('Document'), run.document],
    [trans.__('Entry point'), run.entry],
    [trans.__('Outputs go to'), run.outdir_workspace ?? run.outdir],
    [trans.__('Published to'), run.published ?? run.request.publish],
    [trans.__('Run of'), created === null ? null : exactTime(created)],
    [trans.__('Re-run of'), run.rerun_of],
    [trans.__('Id'), run.id]
  ];
  return (
    <div className="jp-EllipLab-Runs-inputs">
      <table className="jp-EllipLab-Kit-table">
        <caption>{trans.__('Inputs')}</caption>
        <tbody>
          {inputs.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <Value value={value} />
              </td>
            </tr>
          ))}
          {!inputs.length && (
            <tr>
              <td>{trans.__('It was given none.')}</td>
            </tr>
          )}
        </tbody>
      </table>
      <table className="jp-EllipLab-Kit-table">
        <caption>{trans.__('The run')}</caption>
        <tbody>
          {facts
            .filter(([, value]) => value)
            .map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <code>{value}</code>
                </td>
              </tr>
            ))}
        </tbody>
      </table>
      {Object.keys(run.versions).length > 0 && (
        <table className="jp-EllipLab-Kit-table">
          <caption>{trans.__('Made with')}</caption>
          <tbody>
            {Object.entries(run.versions).map(([name, version]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <code>{version}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
