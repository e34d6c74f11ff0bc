/**
 * What is known of the selected object: its picture, its numbers, what it can be used for.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { ObjectDetails } from '../contract';
import { bytes, exactBytes, exactTime, instant } from '../kit/format';
import { MenuButton } from '../kit/menubutton';
import { describe } from '../kit/notice';
import { Trouble } from './browser';
import type { StorageModel } from './model';
import { addressOfEntry, visible } from './paths';
import type { IEntry } from './tokens';
import { CommandIDs } from './tokens';
import { Versions } from './versions';

/** Milliseconds that a row is looked at before its details are asked for: keys go past quickly. */
const PAUSE = 150;
const PICTURE = 512;

/** Properties of the details. */
export interface IDetailsProps {
  readonly storage: StorageModel;
  readonly commands: CommandRegistry;
  readonly entry: IEntry;
  readonly trans: TranslationBundle;
}

/** The details; the parent gives a `key`, so that each object has its own. */
export function Details(props: IDetailsProps): JSX.Element {
  const { storage, commands, entry, trans } = props;
  const { connection, bucket, key } = entry;
  const isObject = entry.kind === 'object';
  const [details, setDetails] = React.useState<ObjectDetails | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const [turn, setTurn] = React.useState(0);
  React.useEffect(() => {
    if (!isObject) {
      return;
    }
    let gone = false;
    const timer = window.setTimeout(() => {
      storage.client.showObject({ connection, bucket, key }).then(
        found => {
          if (!gone) {
            setDetails(found);
            setError(null);
          }
        },
        (wrong: unknown) => {
          if (!gone) {
            setError(wrong);
          }
        }
      );
    }, PAUSE);
    return () => {
      gone = true;
      window.clearTimeout(timer);
    };
  }, [storage, connection, bucket, key, entry.etag, isObject, turn]);

  const has = (command: string): boolean => commands.hasCommand(command);
  const address = addressOfEntry(entry);
  const copies = isObject
    ? (['s3', 'vsis3', 'rasterio', 'xarray', 'pystac', 'boto3'] as const)
    : (['s3'] as const);
  return (
    <section
      className="jp-EllipLab-S3-details"
      aria-label={trans.__('Details of %1', entry.name)}
    >
      <h3 title={entry.key || entry.name}>
        {visible(entry.name)}
        {entry.kind === 'folder' ? '/' : ''}
      </h3>
      {error !== null && (
        <Trouble
          text={describe(error, trans)}
          onAgain={() => setTurn(turn + 1)}
          trans={trans}
        />
      )}
      {details?.raster && <Picture {...props} />}
      <p className="jp-EllipLab-S3-short">
        {shortText(entry, details, trans)}
        <br />
        <code title={address}>{visible(address)}</code>
      </p>
      <div className="jp-EllipLab-Kit-row">
        {has(CommandIDs.useAsInput) && (
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() =>
              void commands.execute(CommandIDs.useAsInput, { address })
            }
          >
            {trans.__('Use as input')}
          </button>
        )}
        {isObject && has(CommandIDs.openObject) && (
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() =>
              void commands.execute(CommandIDs.openObject, { address })
            }
          >
            {trans.__('Open')}
          </button>
        )}
        <MenuButton
          label={trans.__('Copy')}
          commands={commands}
          entries={[
            ...copies.map(language => ({
              command: CommandIDs.copyCode,
              args: { language, address }
            })),
            ...(isObject
              ? [{ command: CommandIDs.presign, args: { address } }]
              : [])
          ]}
        />
      </div>
      {details && <Facts details={details} trans={trans} />}
      {details && <Versions storage={storage} entry={entry} trans={trans} />}
    </section>
  );
}

/** One line: the type, the size, when it was written. */
function shortText(
  entry: IEntry,
  details: ObjectDetails | null,
  trans: TranslationBundle
): string {
  const words = [];
  if (details?.media_type) {
    words.push(details.media_type);
  }
  if (entry.kind === 'folder') {
    words.push(trans.__('folder'));
  } else if (entry.kind === 'bucket') {
    words.push(trans.__('bucket'));
  }
  if (entry.size !== null) {
    words.push(bytes(details?.size ?? entry.size, trans));
  }
  if (details?.version) {
    words.push(trans.__('has versions'));
  }
  return words.join(' · ');
}

interface IFactsProps {
  readonly details: ObjectDetails;
  readonly trans: TranslationBundle;
}

/** Everything else, for who wants to know. */
function Facts({ details, trans }: IFactsProps): JSX.Element {
  const modified = instant(details.modified);
  const rows: (readonly [string, string | null])[] = [
    [trans.__('Size'), exactBytes(details.size, trans)],
    [trans.__('Modified'), modified === null ? null : exactTime(modified)],
    [trans.__('Storage class'), details.storage_class],
    [trans.__('ETag'), details.etag],
    [trans.__('Version'), details.version]
  ];
  return (
    <>
      <Table caption={trans.__('Properties')} rows={rows} open />
      <Table
        caption={trans.__('Headers')}
        rows={Object.entries(details.headers)}
      />
      <Table
        caption={trans.__('Metadata')}
        rows={Object.entries(details.metadata)}
      />
      {details.tags === null ? (
        <p className="jp-EllipLab-Kit-hint">
          {trans.__('Its tags may not be read.')}
        </p>
      ) : (
        <Table caption={trans.__('Tags')} rows={Object.entries(details.tags)} />
      )}
    </>
  );
}

interface ITableProps {
  readonly caption: string;
  readonly rows: readonly (readonly [string, string | null])[];
  readonly open?: boolean;
}

function Table({ caption, rows, open }: ITableProps): JSX.Element | null {
  const there = rows.filter(([, value]) => value !== null);
  if (!there.length) {
    return null;
  }
  return (
    <details className="jp-EllipLab-S3-facts" open={open}>
      <summary>{caption}</summary>
      <dl>
        {there.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{visible(value ?? '')}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** The quicklook, drawn by the server from the pieces it needs. */
function Picture(props: IDetailsProps): JSX.Element | null {
  const { storage, entry, trans } = props;
  const { connection, bucket, key } = entry;
  const [source, setSource] = React.useState<string | null>(null);
  const [problem, setProblem] = React.useState<string | null>(null);
  React.useEffect(() => {
    let gone = false;
    let url: string | null = null;
    storage.client.quicklook({ connection, bucket, key }, PICTURE).then(
      blob => {
        if (!gone) {
          url = URL.createObjectURL(blob);
          setSource(url);
        }
      },
      (error: unknown) => {
        if (!gone) {
          setProblem(describe(error, trans));
        }
      }
    );
    return () => {
      gone = true;
      if (url) {
        URL.revokeObjectURL(url);
      }
    };
  }, [storage, connection, bucket, key, trans]);
  return problem !== null ? (
    <p className="jp-EllipLab-Kit-hint">{problem}</p>
  ) : source ? (
    <img
      className="jp-EllipLab-S3-picture"
      src={source}
      alt={trans.__('Quicklook of %1', entry.name)}
    />
  ) : (
    <div className="jp-EllipLab-S3-picture" aria-busy="true" />
  );
}
