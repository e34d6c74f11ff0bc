/**
 * The verbs of room `s3`, under the names they have on the server.
 */
import type { ServerConnection } from '@jupyterlab/services';

import type {
  Acknowledged,
  BucketInfo,
  BucketList,
  BucketRequest,
  Code,
  CodeQuery,
  Connection,
  ConnectionList,
  ConnectionQuery,
  ConnectionRequest,
  ConnectionTest,
  LogChunk,
  LogQuery,
  ObjectDetails,
  ObjectPage,
  ObjectQuery,
  ObjectsQuery,
  PartQuery,
  PresetList,
  Presigned,
  PresignRequest,
  Surroundings,
  TestRequest,
  Transfer,
  TransferPage,
  TransferPlan,
  TransferQuery,
  TransferRequest,
  Upload,
  UploadQuery,
  UploadRequest,
  VersionList,
  WriteQuery,
  Written
} from '../contract';
import {
  address,
  requestBlob,
  requestJson,
  requestResponse
} from '../kit/request';

/** The client. */
export class S3Client {
  constructor(settings: ServerConnection.ISettings) {
    this._settings = settings;
  }

  // -- connections

  connections(): Promise<ConnectionList> {
    return requestJson(this._settings, 's3/connections');
  }

  presets(): Promise<PresetList> {
    return requestJson(this._settings, 's3/presets');
  }

  saveConnection(body: ConnectionRequest): Promise<Connection> {
    return requestJson(this._settings, 's3/connections', {
      method: 'POST',
      body
    });
  }

  removeConnection(query: ConnectionQuery): Promise<Acknowledged> {
    return requestJson(this._settings, 's3/connections', {
      method: 'DELETE',
      query: { ...query }
    });
  }

  chooseConnection(body: ConnectionQuery): Promise<Connection> {
    return requestJson(this._settings, 's3/connections/default', {
      method: 'POST',
      body
    });
  }

  testConnection(body: TestRequest): Promise<ConnectionTest> {
    return requestJson(this._settings, 's3/connections/test', {
      method: 'POST',
      body
    });
  }

  use(query: ConnectionQuery): Promise<Surroundings> {
    return requestJson(this._settings, 's3/use', { query: { ...query } });
  }

  // -- buckets and objects

  buckets(query: ConnectionQuery, signal?: AbortSignal): Promise<BucketList> {
    return requestJson(this._settings, 's3/buckets', {
      query: { ...query },
      signal
    });
  }

  makeBucket(body: BucketRequest): Promise<BucketInfo> {
    return requestJson(this._settings, 's3/buckets', { method: 'POST', body });
  }

  removeBucket(query: BucketRequest): Promise<Acknowledged> {
    return requestJson(this._settings, 's3/buckets', {
      method: 'DELETE',
      query: { ...query }
    });
  }

  objects(query: ObjectsQuery, signal?: AbortSignal): Promise<ObjectPage> {
    return requestJson(this._settings, 's3/objects', {
      query: { ...query },
      signal
    });
  }

  showObject(query: ObjectQuery): Promise<ObjectDetails> {
    return requestJson(this._settings, 's3/object', { query: { ...query } });
  }

  versions(query: ObjectQuery): Promise<VersionList> {
    return requestJson(this._settings, 's3/versions', { query: { ...query } });
  }

  restoreVersion(body: ObjectQuery): Promise<Written> {
    return requestJson(this._settings, 's3/versions/restore', {
      method: 'POST',
      body
    });
  }

  makeFolder(body: ObjectQuery): Promise<Written> {
    return requestJson(this._settings, 's3/folders', { method: 'POST', body });
  }

  presign(body: PresignRequest): Promise<Presigned> {
    return requestJson(this._settings, 's3/presign', { method: 'POST', body });
  }

  code(query: CodeQuery): Promise<Code> {
    return requestJson(this._settings, 's3/code', { query: { ...query } });
  }

  quicklook(query: ObjectQuery, size: number): Promise<Blob> {
    return requestBlob(this._settings, 's3/quicklook', {
      query: { ...query, size }
    });
  }

  /** Gives the response: its bytes can be read in pieces. `range` as HTTP has it, `bytes=0-99`. */
  read(
    query: ObjectQuery,
    range: string | null = null,
    signal?: AbortSignal
  ): Promise<Response> {
    return requestResponse(this._settings, 's3/content', {
      query: { ...query },
      headers: range === null ? {} : { Range: range },
      signal
    });
  }

  write(
    query: WriteQuery,
    data: Blob | string,
    signal?: AbortSignal
  ): Promise<Written> {
    return requestJson(this._settings, 's3/content', {
      method: 'POST',
      query: { ...query },
      data,
      signal
    });
  }

  // -- a large file from this browser

  beginUpload(body: UploadRequest): Promise<Upload> {
    return requestJson(this._settings, 's3/uploads', { method: 'POST', body });
  }

  showUpload(query: UploadQuery): Promise<Upload> {
    return requestJson(this._settings, 's3/uploads', { query: { ...query } });
  }

  uploadPart(
    query: PartQuery,
    data: Blob,
    signal?: AbortSignal
  ): Promise<Upload> {
    return requestJson(this._settings, 's3/uploads/part', {
      method: 'POST',
      query: { ...query },
      data,
      signal
    });
  }

  finishUpload(body: UploadQuery): Promise<Written> {
    return requestJson(this._settings, 's3/uploads/finish', {
      method: 'POST',
      body
    });
  }

  dropUpload(query: UploadQuery): Promise<Acknowledged> {
    return requestJson(this._settings, 's3/uploads', {
      method: 'DELETE',
      query: { ...query }
    });
  }

  // -- transfers

  planTransfer(body: TransferRequest): Promise<TransferPlan> {
    return requestJson(this._settings, 's3/transfers/plan', {
      method: 'POST',
      body
    });
  }

  transfer(body: TransferRequest): Promise<Transfer> {
    return requestJson(this._settings, 's3/transfers', {
      method: 'POST',
      body
    });
  }

  transfers(query: TransferQuery): Promise<TransferPage> {
    return requestJson(this._settings, 's3/transfers', { query: { ...query } });
  }

  showTransfer(id: string): Promise<Transfer> {
    return requestJson(this._settings, place(id));
  }

  transferLog(
    id: string,
    query: LogQuery,
    signal: AbortSignal
  ): Promise<LogChunk> {
    return requestJson(this._settings, place(id, 'log'), {
      query: { ...query },
      signal
    });
  }

  stopTransfer(id: string): Promise<Transfer> {
    return requestJson(this._settings, place(id, 'stop'), { method: 'POST' });
  }

  resumeTransfer(id: string): Promise<Transfer> {
    return requestJson(this._settings, place(id, 'resume'), { method: 'POST' });
  }

  removeTransfer(id: string): Promise<Acknowledged> {
    return requestJson(this._settings, place(id), { method: 'DELETE' });
  }

  private readonly _settings: ServerConnection.ISettings;
}

/** The URL at which the browser itself fetches an object as a file. */
export function downloadUrl(
  settings: ServerConnection.ISettings,
  query: ObjectQuery
): string {
  return address(settings, 's3/content', { ...query, download: true });
}

function place(id: string, verb?: string): string {
  const path = `s3/transfers/${encodeURIComponent(id)}`;
  return verb ? `${path}/${verb}` : path;
}
