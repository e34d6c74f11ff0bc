/**
 * The verbs of room `packages`, under the names they have on the server.
 */
import type { ServerConnection } from '@jupyterlab/services';

import type {
  Demo,
  DemoRequest,
  PackageQuery,
  PackageReport,
  Rules,
  ToolDraft,
  ToolRequest
} from '../contract';
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

  check(body: PackageQuery, signal?: AbortSignal): Promise<PackageReport> {
    return requestJson(this._settings, 'packages/check', {
      method: 'POST',
      body,
      signal
    });
  }

  rules(): Promise<Rules> {
    return requestJson(this._settings, 'packages/rules');
  }

  tool(body: ToolRequest): Promise<ToolDraft> {
    return requestJson(this._settings, 'packages/tool', {
      method: 'POST',
      body
    });
  }

  private readonly _settings: ServerConnection.ISettings;
}
