/**
 * What a run has made: catalogues, files and folders with their pictures, and values.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { fileIcon, folderIcon, jsonIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Output, Run } from '../contract';
import { copyText } from '../kit/copy';
import { bytes, exactBytes } from '../kit/format';
import { Picture } from './picture';
import type { IRuns } from './tokens';

/** What the views can do with a file. */
export interface IFileActions {
  readonly open: (output: Output) => void;
  readonly download: (output: Output) => void;
  /** Shows what was published; null where there is no storage. */
  readonly showStored: ((address: string) => void) | null;
}

/** Properties of the outputs. */
export interface IOutputsProps {
  readonly run: Run;
  readonly runs: IRuns;
  readonly actions: IFileActions;
  readonly trans: TranslationBundle;
}

/** Pictures of one folder that are shown without being asked for. */
const PICTURES = 12;

/** The outputs. */
export function Outputs(props: IOutputsProps): JSX.Element {
  const { run, trans } = props;
  if (!run.outputs.length) {
    return (
      <p className="jp-EllipLab-Kit-note">
        {run.state === 'done'
          ? trans.__('The run has no outputs.')
          : run.state === 'queued' || run.state === 'running'
            ? trans.__('The outputs appear when the run is done.')
            : trans.__('The run has ended without outputs.')}
      </p>
    );
  }
  return (
    <div className="jp-EllipLab-Runs-outputs">
      {run.published && (
        <p className="jp-EllipLab-Runs-published">
          <span>{trans.__('Published to')}</span>
          <code title={run.published}>{run.published}</code>
          <Stored {...props} address={run.published} name={run.name} />
        </p>
      )}
      {run.outputs.map(output => (
        <OutputCard key={output.name} {...props} output={output} />
      ))}
      <p className="jp-EllipLab-Kit-hint" title={run.outdir}>
        {trans.__('Kept in %1', run.outdir_workspace ?? run.outdir)}
      </p>
    </div>
  );
}

interface IOutputProps extends IOutputsProps {
  readonly output: Output;
}

/** One output. */
function OutputCard(props: IOutputProps): JSX.Element {
  const { output, trans } = props;
  return (
    <section
      className="jp-EllipLab-Runs-output"
      aria-label={trans.__('Output %1', output.name)}
    >
      <OutputLine {...props} heading />
      {output.kind === 'value' && output.children.length === 0 && (
        <pre className="jp-EllipLab-Kit-code" tabIndex={0}>
          {JSON.stringify(output.value, null, 2)}
        </pre>
      )}
      {output.catalogue && <Catalogue {...props} />}
      {output.picture && output.path && (
        <Picture
          runs={props.runs}
          run={props.run.id}
          path={output.path}
          name={output.name}
          trans={trans}
        />
      )}
      {output.children.length > 0 && <Children {...props} />}
    </section>
  );
}

/** The pictures of a folder first, then all it holds. */
function Children(props: IOutputProps): JSX.Element {
  const { output, trans } = props;
  const pictures = output.children
    .filter(child => child.picture && child.path)
    .slice(0, PICTURES);
  const more =
    (output.count ?? output.children.length) - output.children.length;
  return (
    <>
      {pictures.length > 0 && (
        <div className="jp-EllipLab-Runs-pictures">
          {pictures.map(child => (
            <Picture
              key={child.name}
              runs={props.runs}
              run={props.run.id}
              path={child.path ?? ''}
              name={child.name}
              trans={trans}
            />
          ))}
        </div>
      )}
      <ul className="jp-EllipLab-Runs-files">
        {output.children.map(child => (
          <li key={child.name}>
            <OutputLine {...props} output={child} />
          </li>
        ))}
        {more > 0 && (
          <li className="jp-EllipLab-Kit-hint">
            {trans._n('and %1 more', 'and %1 more', more)}
          </li>
        )}
      </ul>
    </>
  );
}

interface IStoredProps {
  readonly address: string;
  readonly name: string;
  /** There is little room: only the way to it. */
  readonly brief?: boolean;
  readonly actions: IFileActions;
  readonly trans: TranslationBundle;
}

/** What can be done with what was published. */
function Stored(props: IStoredProps): JSX.Element {
  const { address, name, actions, trans } = props;
  return (
    <>
      {!props.brief && (
        <button
          className="jp-EllipLab-Kit-link"
          aria-label={trans.__('Copy the address of %1', name)}
          title={address}
          onClick={() => void copyText(address)}
        >
          {trans.__('copy address')}
        </button>
      )}
      {actions.showStored && (
        <button
          className="jp-EllipLab-Kit-link"
          aria-label={trans.__('Show %1 in Storage', name)}
          title={address}
          onClick={() => actions.showStored?.(address)}
        >
          {trans.__('in Storage')}
        </button>
      )}
    </>
  );
}

interface IOutputLineProps extends IOutputProps {
  readonly heading?: boolean;
}

/** The name, size and checksum of an output, and what can be done with it. */
function OutputLine(props: IOutputLineProps): JSX.Element {
  const { output, actions, trans } = props;
  const { path } = output;
  const folder = output.kind === 'directory' || output.kind === 'catalogue';
  const Icon = folder
    ? folderIcon
    : output.kind === 'value'
      ? jsonIcon
      : fileIcon;
  const reachable = output.workspace_path !== null && !output.missing;
  return (
    <div className="jp-EllipLab-Runs-line">
      <Icon.react tag="span" className="jp-EllipLab-Runs-fileIcon" />
      {props.heading ? (
        <h3 title={path ?? undefined}>{output.name}</h3>
      ) : (
        <span className="jp-EllipLab-Runs-fileName" title={path ?? undefined}>
          {output.name}
        </span>
      )}
      <span className="jp-EllipLab-Runs-facts">
        {factsOf(output, trans).join(' · ')}
        {output.size !== null && (
          <span title={exactBytes(output.size, trans)}>
            {' '}
            {bytes(output.size, trans)}
          </span>
        )}
        {output.checksum && (
          <button
            className="jp-EllipLab-Kit-link jp-EllipLab-Runs-checksum"
            title={trans.__('%1 (click to copy)', output.checksum)}
            aria-label={trans.__('Copy the checksum of %1', output.name)}
            onClick={() => void copyText(output.checksum ?? '')}
          >
            {output.checksum.replace('$', ' ').slice(0, 12)}
          </button>
        )}
      </span>
      {path && (
        <span className="jp-EllipLab-Runs-lineActions">
          {reachable && (folder || canOpen(output)) && (
            <button
              className="jp-EllipLab-Kit-link"
              aria-label={trans.__('Open %1', output.name)}
              onClick={() => actions.open(output)}
            >
              {folder ? trans.__('show') : trans.__('open')}
            </button>
          )}
          {reachable && !folder && (
            <button
              className="jp-EllipLab-Kit-link"
              aria-label={trans.__('Download %1', output.name)}
              onClick={() => actions.download(output)}
            >
              {trans.__('download')}
            </button>
          )}
          <button
            className="jp-EllipLab-Kit-link"
            aria-label={trans.__('Copy the path of %1', output.name)}
            title={path}
            onClick={() => void copyText(path)}
          >
            {trans.__('copy path')}
          </button>
          {output.published && (
            <Stored
              address={output.published}
              name={output.name}
              brief={!props.heading}
              actions={actions}
              trans={trans}
            />
          )}
        </span>
      )}
    </div>
  );
}

/** Media types that the Lab has a viewer for; it would show the bytes of others as text. */
const VIEWERS =
  /^text\/|json|xml|yaml|csv|pdf|^image\/(png|jpeg|gif|svg|webp|bmp)/;

/** Whether the Lab can show a file. */
function canOpen(output: Output): boolean {
  return output.media_type === null || VIEWERS.test(output.media_type);
}

/** What is worth a word about an output. */
function factsOf(output: Output, trans: TranslationBundle): string[] {
  const facts: string[] = [];
  if (output.missing) {
    facts.push(trans.__('not there any more'));
  }
  if (output.kind === 'catalogue') {
    facts.push(trans.__('STAC catalog'));
  }
  if (output.count !== null) {
    facts.push(trans._n('%1 file', '%1 files', output.count));
  } else if (output.media_type) {
    facts.push(output.media_type.split(';')[0] ?? '');
  }
  return facts.filter(Boolean);
}

/** What a STAC catalogue says of itself. */
function Catalogue(props: IOutputProps): JSX.Element {
  const { trans } = props;
  const catalogue = props.output.catalogue as {
    readonly id?: unknown;
    readonly description?: unknown;
    readonly items?: unknown;
  };
  const items = Array.isArray(catalogue.items)
    ? (catalogue.items as Record<string, unknown>[])
    : [];
  return (
    <div className="jp-EllipLab-Runs-catalogue">
      {typeof catalogue.description === 'string' && (
        <p>{catalogue.description}</p>
      )}
      {items.length > 0 && (
        <table>
          <caption className="jp-EllipLab-Kit-hidden">
            {trans.__('Items of the catalog')}
          </caption>
          <thead>
            <tr>
              <th scope="col">{trans.__('Item')}</th>
              <th scope="col">{trans.__('Date')}</th>
              <th scope="col">{trans.__('West, south, east, north')}</th>
            </tr>
          </thead>
          <tbody>
            {items.slice(0, 50).map((item, index) => (
              <tr key={String(item.id ?? index)}>
                <td>{String(item.id ?? '')}</td>
                <td>{dateOf(item.datetime)}</td>
                <td>{boxOf(item.bbox)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function dateOf(value: unknown): string {
  return typeof value === 'string' ? value.replace('T', ' ').slice(0, 16) : '';
}

function boxOf(value: unknown): string {
  return Array.isArray(value)
    ? value.map(side => Number(side).toFixed(3)).join(', ')
    : '';
}
