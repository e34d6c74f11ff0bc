/**
 * The verbs of room `containers`, under the names they have on the server.
 */
import type { ServerConnection } from '@jupyterlab/services';

import type {
  Acknowledged,
  BuildRequest,
  Changed,
  ContainerDetails,
  Containerfile,
  ContainerfileQuery,
  ContainerLog,
  ContainerLogQuery,
  ContainerQuery,
  Containers,
  ContainersQuery,
  ContainersRequest,
  DocumentImages,
  DocumentImagesQuery,
  Engine,
  ExposedList,
  ExposeRequest,
  FoundImages,
  HostQuery,
  ImageDetails,
  ImageNameQuery,
  ImagePage,
  ImageQuery,
  LoadRequest,
  LogChunk,
  LoginRequest,
  LogQuery,
  Pinned,
  PinRequest,
  PrunePlan,
  PruneQuery,
  PruneRequest,
  PullRequest,
  PushRequest,
  Registries,
  Registry,
  RegistryRequest,
  RemoveImagesRequest,
  SaveRequest,
  SearchQuery,
  TagRequest,
  Tags,
  TagsQuery,
  Terminal,
  TerminalRequest,
  UnexposeRequest,
  UntagRequest,
  Usages,
  Work,
  WorkPage,
  WorkQuery
} from '../contract';
import type { Query } from '../kit/request';
import { requestJson } from '../kit/request';

/** The client. */
export class ContainersClient {
  constructor(settings: ServerConnection.ISettings) {
    this._settings = settings;
  }

  // -- the engine and its images

  engine(): Promise<Engine> {
    return this._get('engine');
  }

  images(query: ImageQuery): Promise<ImagePage> {
    return this._get('images', query);
  }

  showImage(query: ImageNameQuery): Promise<ImageDetails> {
    return this._get('image', query);
  }

  tagImage(body: TagRequest): Promise<ImageDetails> {
    return this._post('images/tag', body);
  }

  untagImage(body: UntagRequest): Promise<ImageDetails> {
    return this._post('images/untag', body);
  }

  removeImages(body: RemoveImagesRequest): Promise<Changed> {
    return this._post('images/remove', body);
  }

  planPrune(query: PruneQuery): Promise<PrunePlan> {
    return this._get('prune', query);
  }

  documentImages(query: DocumentImagesQuery): Promise<DocumentImages> {
    return this._get('document', query);
  }

  pinImage(body: PinRequest): Promise<Pinned> {
    return this._post('document/pin', body);
  }

  // -- work that takes time

  prune(body: PruneRequest): Promise<Work> {
    return this._post('prune', body);
  }

  pull(body: PullRequest): Promise<Work> {
    return this._post('pull', body);
  }

  build(body: BuildRequest): Promise<Work> {
    return this._post('build', body);
  }

  push(body: PushRequest): Promise<Work> {
    return this._post('push', body);
  }

  save(body: SaveRequest): Promise<Work> {
    return this._post('save', body);
  }

  load(body: LoadRequest): Promise<Work> {
    return this._post('load', body);
  }

  works(query: WorkQuery): Promise<WorkPage> {
    return this._get('works', query);
  }

  showWork(id: string): Promise<Work> {
    return this._get(place(id));
  }

  workLog(id: string, query: LogQuery, signal: AbortSignal): Promise<LogChunk> {
    return this._get(place(id, 'log'), query, signal);
  }

  stopWork(id: string): Promise<Work> {
    return this._post(place(id, 'stop'), {});
  }

  repeatWork(id: string): Promise<Work> {
    return this._post(place(id, 'repeat'), {});
  }

  removeWork(id: string): Promise<Acknowledged> {
    return this._delete(place(id));
  }

  containerfile(query: ContainerfileQuery): Promise<Containerfile> {
    return this._get('containerfile', query);
  }

  // -- registries

  registries(): Promise<Registries> {
    return this._get('registries');
  }

  saveRegistry(body: RegistryRequest): Promise<Registry> {
    return this._post('registries', body);
  }

  forgetRegistry(query: HostQuery): Promise<Registries> {
    return this._delete('registries', query);
  }

  login(body: LoginRequest): Promise<Registry> {
    return this._post('registries/login', body);
  }

  logout(body: HostQuery): Promise<Registry> {
    return this._post('registries/logout', body);
  }

  search(query: SearchQuery, signal?: AbortSignal): Promise<FoundImages> {
    return this._get('registries/search', query, signal);
  }

  tags(query: TagsQuery, signal?: AbortSignal): Promise<Tags> {
    return this._get('registries/tags', query, signal);
  }

  // -- containers

  containers(query: ContainersQuery): Promise<Containers> {
    return this._get('containers', query);
  }

  showContainer(query: ContainerQuery): Promise<ContainerDetails> {
    return this._get('container', query);
  }

  containerLog(
    query: ContainerLogQuery,
    signal: AbortSignal
  ): Promise<ContainerLog> {
    return this._get('container/log', query, signal);
  }

  changeContainers(body: ContainersRequest): Promise<Changed> {
    return this._post('containers/change', body);
  }

  usages(): Promise<Usages> {
    return this._get('usages');
  }

  terminal(body: TerminalRequest): Promise<Terminal> {
    return this._post('terminal', body);
  }

  // -- commands of images, as programs

  exposed(): Promise<ExposedList> {
    return this._get('exposed');
  }

  expose(body: ExposeRequest): Promise<ExposedList> {
    return this._post('exposed', body);
  }

  unexpose(body: UnexposeRequest): Promise<ExposedList> {
    return this._post('exposed/remove', body);
  }

  private _get<T>(
    path: string,
    query?: Query,
    signal?: AbortSignal
  ): Promise<T> {
    return requestJson(this._settings, `containers/${path}`, {
      query: { ...query },
      signal
    });
  }

  private _post<T>(path: string, body: object): Promise<T> {
    return requestJson(this._settings, `containers/${path}`, {
      method: 'POST',
      body
    });
  }

  private _delete<T>(path: string, query?: Query): Promise<T> {
    return requestJson(this._settings, `containers/${path}`, {
      method: 'DELETE',
      query: { ...query }
    });
  }

  private readonly _settings: ServerConnection.ISettings;
}

function place(id: string, verb?: string): string {
  const path = `works/${encodeURIComponent(id)}`;
  return verb ? `${path}/${verb}` : path;
}
