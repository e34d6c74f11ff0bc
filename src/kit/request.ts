/**
 * The one way to the server: JSON in, JSON out, every error a `ProblemError`.
 */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type { Problem } from '../contract';

/** The part of the server's address that belongs to this extension. */
const NAMESPACE = 'ellip-lab';

/** What a query may hold; null and undefined are left out. */
export type Query = Readonly<
  Record<string, string | number | boolean | null | undefined>
>;

/** What the server says when it says no: RFC 9457 with our hint and problems. */
export class ProblemError extends Error {
  constructor(options: {
    status: number;
    kind: string;
    detail: string;
    hint?: string | null;
    problems?: readonly Problem[];
  }) {
    super(options.detail);
    this.name = 'ProblemError';
    this.status = options.status;
    this.kind = options.kind;
    this.hint = options.hint ?? null;
    this.problems = options.problems ?? [];
  }

  /** The status code; 0 when no server answered. */
  readonly status: number;
  /** `not-found`, `invalid`, `conflict`, `denied`, `unavailable`, `internal`, `unreachable`. */
  readonly kind: string;
  /** What to do about it. */
  readonly hint: string | null;
  /** What is wrong, one by one, with file and line or field. */
  readonly problems: readonly Problem[];
}

/** Options of a request. */
export interface IRequestOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly query?: Query;
  readonly body?: object;
  /** Bytes, sent as they are instead of JSON. */
  readonly data?: Blob | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Makes an address of this extension. */
export function address(
  settings: ServerConnection.ISettings,
  path: string,
  query: Query = {}
): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) {
      search.set(key, String(value));
    }
  }
  const text = search.toString();
  const base = URLExt.join(settings.baseUrl, NAMESPACE, path);
  return text ? `${base}?${text}` : base;
}

/** Asks and returns the response, or throws a `ProblemError`. */
async function ask(
  settings: ServerConnection.ISettings,
  path: string,
  options: IRequestOptions
): Promise<Response> {
  const init: RequestInit = {
    method: options.method ?? 'GET',
    headers: { ...options.headers }
  };
  if (options.data !== undefined) {
    init.body = options.data;
    init.headers = {
      ...init.headers,
      'Content-Type': 'application/octet-stream'
    };
  } else if (init.method === 'POST') {
    init.body = JSON.stringify(options.body ?? {});
    init.headers = { ...init.headers, 'Content-Type': 'application/json' };
  }
  if (options.signal) {
    init.signal = options.signal;
  }
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(
      address(settings, path, options.query),
      init,
      settings
    );
  } catch (error) {
    if (options.signal?.aborted) {
      throw error;
    }
    throw new ProblemError({
      status: 0,
      kind: 'unreachable',
      detail: error instanceof Error ? error.message : String(error)
    });
  }
  if (!response.ok) {
    throw await problemOf(response);
  }
  return response;
}

/** Reads what the server says about a refusal, whoever wrote it. */
async function problemOf(response: Response): Promise<ProblemError> {
  const text = await response.text();
  let body: Record<string, unknown> = {};
  try {
    const read: unknown = JSON.parse(text);
    if (read && typeof read === 'object') {
      body = read as Record<string, unknown>;
    }
  } catch {
    // A proxy answers in HTML: its status line is all that helps.
  }
  const words = (key: string): string | null =>
    typeof body[key] === 'string' && body[key] ? (body[key] as string) : null;
  const kind = words('type')?.split(/[:/#]/).pop();
  return new ProblemError({
    status: response.status,
    kind: words('kind') ?? kind ?? 'error',
    detail:
      words('detail') ??
      words('message') ??
      `${response.status} ${response.statusText}`,
    hint: words('hint'),
    problems: Array.isArray(body.problems) ? (body.problems as Problem[]) : []
  });
}

/** Asks for JSON. */
export async function requestJson<T>(
  settings: ServerConnection.ISettings,
  path: string,
  options: IRequestOptions = {}
): Promise<T> {
  const response = await ask(settings, path, options);
  return (await response.json()) as T;
}

/** Asks for a response whose bytes the caller reads. */
export function requestResponse(
  settings: ServerConnection.ISettings,
  path: string,
  options: IRequestOptions = {}
): Promise<Response> {
  return ask(settings, path, options);
}

/** Asks for bytes, for a picture. */
export async function requestBlob(
  settings: ServerConnection.ISettings,
  path: string,
  options: IRequestOptions = {}
): Promise<Blob> {
  const response = await ask(settings, path, options);
  return response.blob();
}
