/**
 * The verbs of room `cwl`, under the names they have on the server.
 */
import type { ServerConnection } from '@jupyterlab/services';

import type { Check, DocumentQuery, Form, Template } from '../contract';
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

  private readonly _settings: ServerConnection.ISettings;
}
