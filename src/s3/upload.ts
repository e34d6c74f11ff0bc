/**
 * One upload: the files of a drop, several on their way at once, large ones in parts.
 */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { Policy, State } from '../contract';
import { ProblemError } from '../kit/request';
import type { S3Client } from './client';
import type { ILocalFile } from './drop';
import { keyLength } from './paths';
import { Rate } from './rate';
import type { ITouched } from './tokens';

/** Bytes up to which a file is sent in one piece. */
const SMALL = 8 * 2 ** 20;
/** Files on their way at once. */
const LANES = 4;
/** Parts of one file on their way at once. */
const PARTS = 3;
/** How many failures are kept to be shown. */
const SHOWN = 100;

/** Asks once what happens to files that are there already; null gives the upload up. */
export type AskUploadPolicy = (key: string) => Promise<Policy | null>;

/** One file that did not arrive. */
export interface IUploadFailure {
  readonly source: string;
  readonly error: unknown;
}

interface IJob {
  readonly key: string;
  readonly file: File;
  /** The server's id of a file that goes in parts. */
  upload: string | null;
  sent: number;
}

/** The upload. */
export class BrowserUpload {
  constructor(
    client: S3Client,
    readonly id: string,
    readonly title: string,
    readonly target: ITouched,
    files: AsyncGenerator<ILocalFile>,
    ask: AskUploadPolicy
  ) {
    this._client = client;
    this._files = files;
    this._ask = ask;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  state: State = 'queued';
  readonly created = new Date().toISOString();
  finished: string | null = null;
  filesDone = 0;
  /** Null while folders are being walked. */
  filesTotal: number | null = null;
  bytesDone = 0;
  bytesTotal = 0;
  skipped = 0;
  failed = 0;
  detail: string | null = null;
  readonly failures: IUploadFailure[] = [];

  /** Bytes a second, or null. */
  get rate(): number | null {
    return this.state === 'running' ? this._rate.value : null;
  }

  /** Seconds that are left, or null. */
  get remaining(): number | null {
    const { rate } = this;
    return rate && this.filesTotal !== null
      ? (this.bytesTotal - this.bytesDone) / rate
      : null;
  }

  /** What stopped or failed can go on while its files are in hand. */
  get resumable(): boolean {
    return this.state === 'stopped' || this.state === 'failed';
  }

  /** Sends what is not sent yet; ends when nothing is left to try. */
  async run(): Promise<void> {
    this._abort = new AbortController();
    this._jobs = [...this._left, ...this._jobs];
    this._left = [];
    this._asking = null;
    this.state = 'running';
    this.finished = null;
    this.detail = null;
    this.failed = 0;
    this.failures.length = 0;
    this._changed.emit();
    try {
      await this._walk();
      await Promise.all(
        Array.from({ length: LANES }, () => this._lane(this._abort.signal))
      );
      this.state = this._abort.signal.aborted
        ? 'stopped'
        : this.failed
          ? 'failed'
          : 'done';
    } catch (error) {
      this.state = 'failed';
      this.detail = error instanceof Error ? error.message : String(error);
    }
    this.finished = new Date().toISOString();
    this._changed.emit();
  }

  stop(): void {
    this._abort.abort();
  }

  /** Gives up what is half sent, so that the store keeps no parts of it. */
  async drop(): Promise<void> {
    this.stop();
    const open = [...this._left, ...this._jobs]
      .map(job => job.upload)
      .filter((upload): upload is string => upload !== null);
    await Promise.allSettled(
      open.map(upload => this._client.dropUpload({ upload }))
    );
  }

  /** Finds out what there is to send. */
  private async _walk(): Promise<void> {
    for await (const { path, file } of this._files) {
      this._jobs.push({
        key: this.target.key + path,
        file,
        upload: null,
        sent: 0
      });
      this.bytesTotal += file.size;
      this._changed.emit();
    }
    this.filesTotal ??= this._jobs.length;
  }

  /** Takes one file after another until there is none. */
  private async _lane(signal: AbortSignal): Promise<void> {
    for (;;) {
      const job = signal.aborted ? undefined : this._jobs.shift();
      if (!job) {
        return;
      }
      try {
        if (await this._send(job, signal)) {
          this.filesDone += 1;
        } else {
          this.skipped += 1;
        }
      } catch (error) {
        // It is tried again when the upload goes on.
        this._left.push(job);
        if (!signal.aborted) {
          this.failed += 1;
          if (this.failures.length < SHOWN) {
            this.failures.push({ source: job.key, error });
          }
        }
      }
      this._changed.emit();
    }
  }

  /** Sends a file; false when it is there already and is to stay. */
  private async _send(job: IJob, signal: AbortSignal): Promise<boolean> {
    if (keyLength(job.key) > 1024) {
      throw new Error(`${job.key}: a key has at most 1,024 bytes`);
    }
    const policy = this._policy;
    if (policy === null || policy === 'ask') {
      try {
        await this._put(job, true, signal);
        return true;
      } catch (error) {
        if (!(error instanceof ProblemError) || error.status !== 409) {
          throw error;
        }
      }
      return this._resolve(job, signal);
    }
    return this._obey(policy, job, signal);
  }

  /** Something of that name is there: asks, once for all files. */
  private async _resolve(job: IJob, signal: AbortSignal): Promise<boolean> {
    this._asking ??= this._ask(job.key);
    const policy = await this._asking;
    if (policy === null) {
      this.stop();
      throw new Error('given up');
    }
    this._policy = policy;
    return this._obey(policy, job, signal);
  }

  private async _obey(
    policy: Policy,
    job: IJob,
    signal: AbortSignal
  ): Promise<boolean> {
    const { connection, bucket } = this.target;
    if (policy !== 'replace') {
      const there = await this._client
        .showObject({ connection, bucket, key: job.key })
        .catch((error: unknown) => {
          if (error instanceof ProblemError && error.status === 404) {
            return null;
          }
          throw error;
        });
      const newer =
        !there?.modified || job.file.lastModified > Date.parse(there.modified);
      if (there && (policy !== 'newer' || !newer)) {
        this._count(job, job.file.size - job.sent);
        return false;
      }
    }
    await this._put(job, false, signal);
    return true;
  }

  private async _put(
    job: IJob,
    absent: boolean,
    signal: AbortSignal
  ): Promise<void> {
    const { connection, bucket } = this.target;
    const { key, file } = job;
    const media = { media_type: file.type || null, if_absent: absent };
    if (file.size <= SMALL) {
      await this._client.write(
        { connection, bucket, key, ...media },
        file,
        signal
      );
      this._count(job, file.size);
      return;
    }
    const begun = job.upload
      ? await this._client.showUpload({ upload: job.upload })
      : await this._client.beginUpload({
          connection,
          bucket,
          key,
          size: file.size,
          ...media
        });
    job.upload = begun.id;
    const { part_size: size } = begun;
    const have = new Set(begun.parts);
    const left = Array.from(
      { length: Math.ceil(file.size / size) },
      (_, index) => index + 1
    ).filter(number => !have.has(number));
    const lane = async (): Promise<void> => {
      for (;;) {
        if (signal.aborted) {
          throw new Error('stopped');
        }
        const number = left.shift();
        if (number === undefined) {
          return;
        }
        const part = file.slice((number - 1) * size, number * size);
        await this._client.uploadPart(
          { upload: begun.id, number },
          part,
          signal
        );
        this._count(job, part.size);
      }
    };
    await Promise.all(Array.from({ length: PARTS }, lane));
    await this._client.finishUpload({ upload: begun.id });
    job.upload = null;
  }

  private _count(job: IJob, bytes: number): void {
    job.sent += bytes;
    this.bytesDone += bytes;
    this._rate.add(bytes);
    this._changed.emit();
  }

  private readonly _client: S3Client;
  private readonly _files: AsyncGenerator<ILocalFile>;
  private readonly _ask: AskUploadPolicy;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _rate = new Rate();
  private _abort = new AbortController();
  private _jobs: IJob[] = [];
  private _left: IJob[] = [];
  private _policy: Policy | null = null;
  private _asking: Promise<Policy | null> | null = null;
}
