/**
 * The verbs of room `toolboxes`, under the names they have on the server.
 */
import type { ServerConnection } from '@jupyterlab/services';

import type {
  Acknowledged,
  CacheCleaning,
  CatalogueQuery,
  ChannelHostQuery,
  ChannelLoginRequest,
  Channels,
  ChannelsRequest,
  LockQuery,
  LockText,
  LogChunk,
  LogQuery,
  Toolbox,
  ToolboxCache,
  ToolboxCatalogue,
  ToolboxClone,
  Toolboxes,
  ToolboxPlan,
  ToolboxQuery,
  ToolboxRemoval,
  ToolboxRequest,
  ToolboxTerminal,
  ToolboxTerminalRequest,
  ToolboxUpdate,
  ToolboxWork,
  ToolboxWorkPage,
  ToolboxWorkQuery
} from '../contract';
import type { Query } from '../kit/request';
import { requestJson } from '../kit/request';

/** The client. */
export class ToolboxesClient {
  constructor(settings: ServerConnection.ISettings) {
    this._settings = settings;
  }

  // -- what there is, and what could be

  list(): Promise<Toolboxes> {
    return requestJson(this._settings, 'toolboxes');
  }

  show(query: ToolboxQuery): Promise<Toolbox> {
    return this._get('toolbox', query);
  }

  catalogue(query: CatalogueQuery): Promise<ToolboxCatalogue> {
    return this._get('catalogue', query);
  }

  lock(query: LockQuery): Promise<LockText> {
    return this._get('lock', query);
  }

  // -- installing

  plan(body: ToolboxRequest): Promise<ToolboxPlan> {
    return this._post('plan', body);
  }

  planUpdate(body: ToolboxUpdate): Promise<ToolboxPlan> {
    return this._post('plan-update', body);
  }

  install(body: ToolboxRequest): Promise<ToolboxWork> {
    return this._post('install', body);
  }

  update(body: ToolboxUpdate): Promise<ToolboxWork> {
    return this._post('update', body);
  }

  clone(body: ToolboxClone): Promise<ToolboxWork> {
    return this._post('clone', body);
  }

  remove(body: ToolboxRemoval): Promise<ToolboxWork> {
    return this._post('remove', body);
  }

  // -- work that takes time

  works(query: ToolboxWorkQuery): Promise<ToolboxWorkPage> {
    return this._get('works', query);
  }

  showWork(id: string): Promise<ToolboxWork> {
    return this._get(place(id));
  }

  workLog(id: string, query: LogQuery, signal: AbortSignal): Promise<LogChunk> {
    return this._get(place(id, 'log'), query, signal);
  }

  stopWork(id: string): Promise<ToolboxWork> {
    return this._post(place(id, 'stop'), {});
  }

  repeatWork(id: string): Promise<ToolboxWork> {
    return this._post(place(id, 'repeat'), {});
  }

  removeWork(id: string): Promise<Acknowledged> {
    return this._delete(place(id));
  }

  // -- channels and the cache

  channels(): Promise<Channels> {
    return this._get('channels');
  }

  saveChannels(body: ChannelsRequest): Promise<Channels> {
    return this._post('channels', body);
  }

  login(body: ChannelLoginRequest): Promise<Channels> {
    return this._post('channels/login', body);
  }

  logout(body: ChannelHostQuery): Promise<Channels> {
    return this._post('channels/logout', body);
  }

  cache(): Promise<ToolboxCache> {
    return this._get('cache');
  }

  clean(body: CacheCleaning): Promise<ToolboxWork> {
    return this._post('cache/clean', body);
  }

  // -- using them

  terminal(body: ToolboxTerminalRequest): Promise<ToolboxTerminal> {
    return this._post('terminal', body);
  }

  private _get<T>(
    path: string,
    query?: Query,
    signal?: AbortSignal
  ): Promise<T> {
    return requestJson(this._settings, `toolboxes/${path}`, {
      query: { ...query },
      signal
    });
  }

  private _post<T>(path: string, body: object): Promise<T> {
    return requestJson(this._settings, `toolboxes/${path}`, {
      method: 'POST',
      body
    });
  }

  private _delete<T>(path: string): Promise<T> {
    return requestJson(this._settings, `toolboxes/${path}`, {
      method: 'DELETE'
    });
  }

  private readonly _settings: ServerConnection.ISettings;
}

function place(id: string, verb?: string): string {
  const path = `works/${encodeURIComponent(id)}`;
  return verb ? `${path}/${verb}` : path;
}
