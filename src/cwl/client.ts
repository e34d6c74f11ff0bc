/**
 * The verbs of room `cwl`, under the names they have on the server.
 */
import type { ServerConnection } from '@jupyterlab/services';

import type {
  Actions,
  Check,
  Completions,
  Diagnosis,
  DocumentQuery,
  DocumentText,
  Edits,
  Form,
  Graph,
  GraphQuery,
  Hover,
  Outline,
  RenameRequest,
  Spans,
  Template,
  TextPlace,
  TextRange
} from '../contract';
import { requestJson } from '../kit/request';

/** The client. */
export class CwlClient {
  constructor(settings: ServerConnection.ISettings) {
    this._settings = settings;
  }

  check(query: DocumentQuery): Promise<Check> {
    return requestJson(this._settings, 'cwl/check', { query: { ...query } });
  }

  form(query: DocumentQuery): Promise<Form> {
    return requestJson(this._settings, 'cwl/form', { query: { ...query } });
  }

  template(query: DocumentQuery): Promise<Template> {
    return requestJson(this._settings, 'cwl/template', { query: { ...query } });
  }

  diagnose(body: DocumentText, signal?: AbortSignal): Promise<Diagnosis> {
    return requestJson(this._settings, 'cwl/diagnose', {
      method: 'POST',
      body,
      signal
    });
  }

  complete(body: TextPlace, signal?: AbortSignal): Promise<Completions> {
    return requestJson(this._settings, 'cwl/complete', {
      method: 'POST',
      body,
      signal
    });
  }

  hover(body: TextPlace, signal?: AbortSignal): Promise<Hover> {
    return requestJson(this._settings, 'cwl/hover', {
      method: 'POST',
      body,
      signal
    });
  }

  definition(body: TextPlace, signal?: AbortSignal): Promise<Spans> {
    return requestJson(this._settings, 'cwl/definition', {
      method: 'POST',
      body,
      signal
    });
  }

  references(body: TextPlace, signal?: AbortSignal): Promise<Spans> {
    return requestJson(this._settings, 'cwl/references', {
      method: 'POST',
      body,
      signal
    });
  }

  rename(body: RenameRequest, signal?: AbortSignal): Promise<Edits> {
    return requestJson(this._settings, 'cwl/rename', {
      method: 'POST',
      body,
      signal
    });
  }

  outline(body: DocumentText, signal?: AbortSignal): Promise<Outline> {
    return requestJson(this._settings, 'cwl/outline', {
      method: 'POST',
      body,
      signal
    });
  }

  format(body: DocumentText, signal?: AbortSignal): Promise<Edits> {
    return requestJson(this._settings, 'cwl/format', {
      method: 'POST',
      body,
      signal
    });
  }

  actions(body: TextRange, signal?: AbortSignal): Promise<Actions> {
    return requestJson(this._settings, 'cwl/actions', {
      method: 'POST',
      body,
      signal
    });
  }

  graph(body: GraphQuery, signal?: AbortSignal): Promise<Graph> {
    return requestJson(this._settings, 'cwl/graph', {
      method: 'POST',
      body,
      signal
    });
  }

  private readonly _settings: ServerConnection.ISettings;
}
