/**
 * The ports of containers through the server: where it has a proxy (jupyter-server-proxy), they are links.
 */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

/** The proxy of the server. */
export class Proxy {
  constructor(settings: ServerConnection.ISettings) {
    this._settings = settings;
  }

  /** The address of a port; null where there is no proxy, or while nobody knows yet. */
  url(port: number): string | null {
    if (this._there === null) {
      this._there = false;
      void this._ask();
    }
    return this._there
      ? URLExt.join(this._settings.baseUrl, 'proxy', String(port), '/')
      : null;
  }

  /** Asks once, when the first port is shown. */
  private async _ask(): Promise<void> {
    try {
      const response = await ServerConnection.makeRequest(
        URLExt.join(this._settings.baseUrl, 'server-proxy/servers-info'),
        {},
        this._settings
      );
      this._there = response.ok;
    } catch (error) {
      console.warn('The server cannot be asked for its proxy', error);
    }
  }

  private readonly _settings: ServerConnection.ISettings;
  private _there: boolean | null = null;
}
