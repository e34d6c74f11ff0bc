/**
 * The verbs of room `packages`, under the names they have on the server.
 */
import type { ServerConnection } from '@jupyterlab/services';

import type { Demo, DemoRequest } from '../contract';
import { requestJson } from '../kit/request';

/** The client. */
export class PackagesClient {
  constructor(settings: ServerConnection.ISettings) {
    this._settings = settings;
  }

  demo(body: DemoRequest): Promise<Demo> {
    return requestJson(this._settings, 'packages/demo', {
      method: 'POST',
      body
    });
  }

  private readonly _settings: ServerConnection.ISettings;
}
