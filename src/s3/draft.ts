/**
 * A connection as it is being written: of a preset or of one there is, and the request it becomes.
 *
 * Its keys live in the form alone, and are gone with it.
 */
import type {
  Auth,
  Connection,
  ConnectionRequest,
  Preset,
  Style
} from '../contract';

/** What a person has written. */
export interface IDraft {
  readonly preset: string | null;
  readonly title: string;
  /** Empty while it follows the title. */
  readonly name: string;
  readonly endpoint: string;
  readonly region: string;
  readonly style: Style;
  readonly auth: Auth;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken: string;
  readonly profile: string;
  readonly roleArn: string;
  readonly externalId: string;
  readonly caBundle: string;
  readonly requesterPays: boolean;
  /** Names, apart by commas or spaces. */
  readonly buckets: string;
}

/** An empty one, of a service where there is one. */
export function draftOf(preset: Preset | null): IDraft {
  const region = preset?.region ?? preset?.regions[0]?.name ?? '';
  return {
    preset: preset?.id ?? null,
    title: preset?.title ?? '',
    name: '',
    endpoint: preset?.asks_endpoint ? (preset.endpoint ?? '') : '',
    region,
    style: preset?.style ?? 'auto',
    auth: preset?.auth ?? 'keys',
    accessKey: '',
    secretKey: '',
    sessionToken: '',
    profile: '',
    roleArn: '',
    externalId: '',
    caBundle: '',
    requesterPays: preset?.requester_pays ?? false,
    buckets: (preset?.buckets ?? []).join(' ')
  };
}

/** The one of a connection that is changed; its keys are not known here. */
export function draftFrom(connection: Connection): IDraft {
  return {
    preset: connection.preset,
    title: connection.title,
    name: connection.name,
    endpoint: connection.endpoint ?? '',
    region: connection.region ?? '',
    style: connection.style,
    auth: connection.auth,
    accessKey: '',
    secretKey: '',
    sessionToken: '',
    profile: connection.profile ?? '',
    roleArn: connection.role_arn ?? '',
    externalId: connection.external_id ?? '',
    caBundle: connection.ca_bundle ?? '',
    requesterPays: connection.requester_pays,
    buckets: connection.buckets.join(' ')
  };
}

/** The endpoint that a service has in a region; empty when it must be said, or is AWS's own. */
export function endpointOf(preset: Preset | null, region: string): string {
  const own = preset?.regions.find(one => one.name === region)?.endpoint;
  return own ?? preset?.endpoint?.replace('{region}', region) ?? '';
}

/** A name made of a title, which no other connection has. */
export function nameFor(title: string, taken: readonly string[]): string {
  const plain =
    title
      .normalize('NFKD')
      .replace(/[\u0300-\u036f]/g, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 56) || 'store';
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? plain : `${plain}-${number}`;
    if (!taken.includes(name)) {
      return name;
    }
  }
}

/** What the server is asked to keep. */
export function requestOf(
  draft: IDraft,
  preset: Preset | null,
  taken: readonly string[],
  replace: boolean
): ConnectionRequest {
  const or = (text: string): string | null => text.trim() || null;
  const keys = draft.auth === 'keys' && (draft.accessKey || draft.secretKey);
  return {
    name: draft.name.trim() || nameFor(draft.title, taken),
    title: draft.title.trim(),
    preset: draft.preset,
    endpoint: or(draft.endpoint) ?? or(endpointOf(preset, draft.region)),
    region: or(draft.region),
    style: draft.style,
    auth: draft.auth,
    profile: draft.auth === 'profile' ? or(draft.profile) : null,
    role_arn: or(draft.roleArn),
    external_id: or(draft.externalId),
    ca_bundle: or(draft.caBundle),
    requester_pays: draft.requesterPays,
    buckets: draft.buckets.split(/[\s,]+/).filter(Boolean),
    credentials: keys
      ? {
          access_key: or(draft.accessKey),
          secret_key: or(draft.secretKey),
          session_token: or(draft.sessionToken)
        }
      : null,
    replace
  };
}
