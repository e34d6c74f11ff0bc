/**
 * The versions of an object, read when they are asked for; an older one can be made the newest again.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Version, VersionList } from '../contract';
import { age, bytes, exactTime, instant } from '../kit/format';
import { describe } from '../kit/notice';
import type { StorageModel } from './model';
import type { IEntry } from './tokens';

/** Properties of the versions. */
export interface IVersionsProps {
  readonly storage: StorageModel;
  readonly entry: IEntry;
  readonly trans: TranslationBundle;
}

/** The versions. */
export function Versions(props: IVersionsProps): JSX.Element {
  const { storage, entry, trans } = props;
  const { connection, bucket, key } = entry;
  const [open, setOpen] = React.useState(false);
  const [list, setList] = React.useState<VersionList | null>(null);
  const [problem, setProblem] = React.useState<string | null>(null);
  const [busy, setBusy] = React.useState(false);
  const read = React.useCallback(async () => {
    try {
      setList(await storage.client.versions({ connection, bucket, key }));
      setProblem(null);
    } catch (error) {
      setProblem(describe(error, trans));
    }
  }, [storage, connection, bucket, key, trans]);
  React.useEffect(() => {
    if (open) {
      void read();
    }
  }, [open, read, entry.etag]);

  const restore = async (version: string): Promise<void> => {
    setBusy(true);
    try {
      await storage.client.restoreVersion({ connection, bucket, key, version });
      storage.touch({ connection, bucket, key });
      await read();
    } catch (error) {
      setProblem(describe(error, trans));
    }
    setBusy(false);
  };
  return (
    <details
      className="jp-EllipLab-S3-facts"
      onToggle={event => setOpen(event.currentTarget.open)}
    >
      <summary>{trans.__('Versions')}</summary>
      {problem !== null && (
        <p className="jp-EllipLab-S3-error" role="alert">
          {problem}
        </p>
      )}
      {list && !list.enabled && list.versions.length < 2 ? (
        <p className="jp-EllipLab-Kit-hint">
          {trans.__('The bucket keeps no versions.')}
        </p>
      ) : (
        <ul>
          {list?.versions.map(version => (
            <Line
              key={version.version}
              version={version}
              busy={busy}
              onRestore={() => void restore(version.version)}
              trans={trans}
            />
          ))}
        </ul>
      )}
    </details>
  );
}

interface ILineProps {
  readonly version: Version;
  readonly busy: boolean;
  readonly onRestore: () => void;
  readonly trans: TranslationBundle;
}

function Line(props: ILineProps): JSX.Element {
  const { version, trans } = props;
  const modified = instant(version.modified);
  const when = modified === null ? '' : age(modified, Date.now(), trans);
  return (
    <li>
      <span
        className="jp-EllipLab-S3-text"
        title={
          modified === null
            ? version.version
            : `${exactTime(modified)}\n${version.version}`
        }
      >
        {version.deleted
          ? trans.__('deleted')
          : bytes(version.size ?? 0, trans)}
        {' · '}
        {when}
      </span>
      {version.latest ? (
        <span className="jp-EllipLab-Kit-hint">{trans.__('newest')}</span>
      ) : (
        !version.deleted && (
          <button
            className="jp-EllipLab-Kit-link"
            disabled={props.busy}
            aria-label={trans.__('Restore the version of %1', when)}
            onClick={props.onRestore}
          >
            {trans.__('Restore')}
          </button>
        )
      )}
    </li>
  );
}
