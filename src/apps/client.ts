/**
 * The verbs of room `apps`, under the names they have on the server.
 */
import type { ServerConnection } from '@jupyterlab/services';

import type {
  Acknowledged,
  App,
  AppInstance,
  AppLogQuery,
  AppQuery,
  Apps,
  AppWork,
  AppWorkPage,
  AppWorkQuery,
  InstallAppRequest,
  InstanceRequest,
  LogChunk,
  LogQuery,
  SaveAppRequest,
  ServeChoices,
  ServeQuery,
  StartAppRequest,
  UninstallAppRequest
} from '../contract';
import type { Query } from '../kit/request';
import { requestJson } from '../kit/request';

/** The client. */
export class AppsClient {
  constructor(settings: ServerConnection.ISettings) {
    this._settings = settings;
  }

  list(): Promise<Apps> {
    return this._get('apps');
  }

  show(query: AppQuery): Promise<App> {
    return this._get('app', query);
  }

  save(body: SaveAppRequest): Promise<App> {
    return this._post('settings', body);
  }

  serveChoices(query: ServeQuery, signal?: AbortSignal): Promise<ServeChoices> {
    return this._get('choices', query, signal);
  }

  // -- starting and stopping

  start(body: StartAppRequest): Promise<AppInstance> {
    return this._post('start', body);
  }

  stop(body: InstanceRequest): Promise<AppInstance> {
    return this._post('stop', body);
  }

  restart(body: InstanceRequest): Promise<AppInstance> {
    return this._post('restart', body);
  }

  log(query: AppLogQuery, signal: AbortSignal): Promise<LogChunk> {
    return this._get('log', query, signal);
  }

  // -- work that takes time

  install(body: InstallAppRequest): Promise<AppWork> {
    return this._post('install', body);
  }

  uninstall(body: UninstallAppRequest): Promise<AppWork> {
    return this._post('uninstall', body);
  }

  works(query: AppWorkQuery): Promise<AppWorkPage> {
    return this._get('works', query);
  }

  showWork(id: string): Promise<AppWork> {
    return this._get(place(id));
  }

  workLog(id: string, query: LogQuery, signal: AbortSignal): Promise<LogChunk> {
    return this._get(place(id, 'log'), query, signal);
  }

  stopWork(id: string): Promise<AppWork> {
    return this._post(place(id, 'stop'), {});
  }

  repeatWork(id: string): Promise<AppWork> {
    return this._post(place(id, 'repeat'), {});
  }

  removeWork(id: string): Promise<Acknowledged> {
    return requestJson(this._settings, `apps/${place(id)}`, {
      method: 'DELETE'
    });
  }

  private _get<T>(
    path: string,
    query?: Query,
    signal?: AbortSignal
  ): Promise<T> {
    return requestJson(this._settings, `apps/${path}`, {
      query: { ...query },
      signal
    });
  }

  private _post<T>(path: string, body: object): Promise<T> {
    return requestJson(this._settings, `apps/${path}`, {
      method: 'POST',
      body
    });
  }

  private readonly _settings: ServerConnection.ISettings;
}

function place(id: string, verb?: string): string {
  const path = `works/${encodeURIComponent(id)}`;
  return verb ? `${path}/${verb}` : path;
}
