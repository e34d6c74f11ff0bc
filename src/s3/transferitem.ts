/**
 * Transfers of the server and uploads of this browser as one list: what a person sees of either.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { State, Transfer, TransferSummary } from '../contract';
import { bytes, duration, percent } from '../kit/format';
import { describe } from '../kit/notice';
import { wordOf } from '../kit/state';
import type { StorageModel } from './model';
import type { BrowserUpload } from './upload';

/** One file that was not transferred. */
export interface IItemFailure {
  readonly source: string;
  readonly message: string;
}

/** One line of the list. */
export interface ITransferItem {
  readonly id: string;
  readonly title: string;
  readonly state: State;
  readonly created: string;
  readonly filesDone: number;
  readonly filesTotal: number | null;
  readonly bytesDone: number;
  readonly bytesTotal: number | null;
  /** Bytes a second. */
  readonly rate: number | null;
  /** Seconds. */
  readonly remaining: number | null;
  readonly skipped: number;
  readonly failed: number;
  readonly detail: string | null;
  readonly waiting: number | null;
  readonly resumable: boolean;
  readonly failures: readonly IItemFailure[];
}

/** All of them, newest first. */
export function itemsOf(
  storage: StorageModel,
  trans: TranslationBundle
): readonly ITransferItem[] {
  return [
    ...storage.uploads.list.map(upload => uploadItem(upload, trans)),
    ...storage.transfers.list.map(transfer =>
      transferItem(transfer, storage.transfers.record(transfer.id))
    )
  ].sort((one, other) => Date.parse(other.created) - Date.parse(one.created));
}

function uploadItem(
  upload: BrowserUpload,
  trans: TranslationBundle
): ITransferItem {
  return {
    id: upload.id,
    title: trans.__('Upload %1', upload.title),
    state: upload.state,
    created: upload.created,
    filesDone: upload.filesDone,
    filesTotal: upload.filesTotal,
    bytesDone: upload.bytesDone,
    bytesTotal: upload.filesTotal === null ? null : upload.bytesTotal,
    rate: upload.rate,
    remaining: upload.remaining,
    skipped: upload.skipped,
    failed: upload.failed,
    detail: upload.detail,
    waiting: null,
    resumable: upload.resumable,
    failures: upload.failures.map(({ source, error }) => ({
      source,
      message: describe(error, trans)
    }))
  };
}

function transferItem(
  one: TransferSummary,
  record: Transfer | null
): ITransferItem {
  const ended = one.state === 'stopped' || one.state === 'failed';
  return {
    id: one.id,
    title: one.title,
    state: one.state,
    created: one.created,
    filesDone: one.files_done,
    filesTotal: one.files_total,
    bytesDone: one.bytes_done,
    bytesTotal: one.bytes_total,
    rate: one.rate,
    remaining: one.remaining,
    skipped: one.skipped,
    failed: one.failed,
    detail: one.detail,
    waiting: one.waiting,
    // The server knows for certain; until its record is read, what has not ended well may go on.
    resumable: record?.resumable ?? (ended || one.state === 'lost'),
    failures: (record?.failures ?? []).map(failure => ({
      source: failure.source,
      message: [failure.message, failure.hint].filter(Boolean).join('\n')
    }))
  };
}

/** How far it is, 0 to 100; null when nobody knows. */
export function shareOf(item: ITransferItem): number | null {
  if (item.bytesTotal) {
    return percent(item.bytesDone, item.bytesTotal);
  }
  return item.filesTotal ? percent(item.filesDone, item.filesTotal) : null;
}

/** How fast and how long: `38 MB/s` and `20 s left`. */
export function paceOf(
  rate: number | null,
  remaining: number | null,
  trans: TranslationBundle
): readonly string[] {
  const words = [];
  if (rate !== null) {
    words.push(trans.__('%1/s', bytes(rate, trans)));
  }
  if (remaining !== null && Number.isFinite(remaining)) {
    words.push(
      trans.__('%1 left', duration(Math.max(1, remaining) * 1000, trans))
    );
  }
  return words;
}

/** The second line: the state, how far, how fast, what went wrong. */
export function whatText(
  item: ITransferItem,
  trans: TranslationBundle
): string {
  const words = [];
  const files =
    item.filesTotal === null
      ? filesText(item.filesDone, trans)
      : trans.__(
          '%1 of %2',
          item.filesDone.toLocaleString(),
          item.filesTotal.toLocaleString()
        );
  switch (item.state) {
    case 'running':
      words.push(
        item.filesTotal === 1 && item.bytesTotal
          ? trans.__(
              '%1 of %2',
              bytes(item.bytesDone, trans),
              bytes(item.bytesTotal, trans)
            )
          : files
      );
      words.push(paceOf(item.rate, item.remaining, trans).join(', '));
      break;
    case 'queued':
      words.push(
        item.waiting
          ? trans._n('waits for %1', 'waits for %1', item.waiting)
          : wordOf('queued', trans)
      );
      break;
    case 'done':
      words.push(wordOf('done', trans));
      words.push(filesText(item.filesDone, trans));
      if (item.bytesDone) {
        words.push(bytes(item.bytesDone, trans));
      }
      break;
    default:
      words.push(wordOf(item.state, trans), files);
  }
  if (item.skipped) {
    words.push(trans.__('%1 skipped', item.skipped));
  }
  if (item.failed) {
    words.push(trans.__('%1 failed', item.failed));
  }
  return words.filter(Boolean).join(' · ');
}

function filesText(count: number, trans: TranslationBundle): string {
  return trans._n('%2 file', '%2 files', count, count.toLocaleString());
}

/** A title with the last names of its addresses alone; the whole one is for the hover. */
export function shortTitle(title: string): string {
  return title.replace(/s3:\/\/\S*?([^/\s]+\/?)(?=\s|$)/g, '$1');
}
