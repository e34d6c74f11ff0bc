/**
 * The verbs of room `runs`, under the names they have on the server.
 */
import type { ServerConnection } from '@jupyterlab/services';

import type {
  Acknowledged,
  Cluster,
  ClusterReply,
  Comparison,
  EngineCheck,
  Engines,
  Graph,
  LogChunk,
  RerunRequest,
  Run,
  RunLogQuery,
  RunPage,
  RunQuery,
  RunRequest,
  RunUsage,
  Script,
  ScriptLanguage,
  Used,
  UsedQuery
} from '../contract';
import { requestBlob, requestJson } from '../kit/request';

/** The client. */
export class RunsClient {
  constructor(settings: ServerConnection.ISettings) {
    this._settings = settings;
  }

  list(query: RunQuery): Promise<RunPage> {
    return requestJson(this._settings, 'runs', { query: { ...query } });
  }

  start(body: RunRequest): Promise<Run> {
    return requestJson(this._settings, 'runs', { method: 'POST', body });
  }

  show(id: string): Promise<Run> {
    return requestJson(this._settings, place(id));
  }

  log(id: string, query: RunLogQuery, signal: AbortSignal): Promise<LogChunk> {
    return requestJson(this._settings, place(id, 'log'), {
      query: { ...query },
      signal
    });
  }

  stop(id: string): Promise<Run> {
    return requestJson(this._settings, place(id, 'stop'), { method: 'POST' });
  }

  rerun(id: string, body: RerunRequest): Promise<Run> {
    return requestJson(this._settings, place(id, 'rerun'), {
      method: 'POST',
      body
    });
  }

  remove(id: string, outputs: boolean): Promise<Acknowledged> {
    return requestJson(this._settings, place(id), {
      method: 'DELETE',
      query: { outputs }
    });
  }

  quicklook(id: string, path: string, size: number): Promise<Blob> {
    return requestBlob(this._settings, place(id, 'quicklook'), {
      query: { path, size }
    });
  }

  script(id: string, language: ScriptLanguage): Promise<Script> {
    return requestJson(this._settings, place(id, 'script'), {
      query: { language }
    });
  }

  usage(id: string): Promise<RunUsage> {
    return requestJson(this._settings, place(id, 'usage'));
  }

  compare(id: string, other: string): Promise<Comparison> {
    return requestJson(this._settings, place(id, 'compare'), {
      query: { other }
    });
  }

  engines(): Promise<Engines> {
    return requestJson(this._settings, 'runs/engines');
  }

  cluster(): Promise<ClusterReply> {
    return requestJson(this._settings, 'runs/cluster');
  }

  saveCluster(body: Cluster): Promise<ClusterReply> {
    return requestJson(this._settings, 'runs/cluster', {
      method: 'POST',
      body
    });
  }

  checkEngine(): Promise<EngineCheck> {
    return requestJson(this._settings, 'runs/cluster/check', {
      method: 'POST'
    });
  }

  graph(id: string): Promise<Graph> {
    return requestJson(this._settings, place(id, 'graph'));
  }

  used(body: UsedQuery): Promise<Used> {
    return requestJson(this._settings, 'runs/used', { method: 'POST', body });
  }

  private readonly _settings: ServerConnection.ISettings;
}

function place(id: string, verb?: string): string {
  const path = `runs/${encodeURIComponent(id)}`;
  return verb ? `${path}/${verb}` : path;
}
