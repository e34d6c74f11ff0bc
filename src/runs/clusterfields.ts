/**
 * The settings of the cluster as fields of a form: what each is called, what it means, how its text becomes a value.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Cluster, ClusterReply } from '../contract';

/** A setting. */
export type FieldName = keyof ClusterReply;

/** How a text is a value: itself, a whole number, words, lines of `name=value`. */
type Kind = 'text' | 'number' | 'words' | 'pairs';

/** A field. */
export interface IClusterField {
  readonly name: FieldName;
  readonly kind: Kind;
  readonly label: string;
  readonly help: string;
  /** What is wanted, told when something else was given. */
  readonly wanted: string;
  /** Nothing is an answer; else nothing means the default. */
  readonly none?: boolean;
  readonly choices?: readonly string[];
}

/** Fields that belong together. */
export interface IClusterGroup {
  readonly title: string;
  readonly fields: readonly IClusterField[];
}

/** The fields, as they are shown. */
export function groupsOf(trans: TranslationBundle): readonly IClusterGroup[] {
  const word = trans.__('lower-case letters, digits, “-” and “.”');
  const amount = trans.__(
    'an amount as Kubernetes says it: 500m, 4, 512Mi, 8Gi'
  );
  const seconds = trans.__('a whole number of seconds');
  const path = trans.__('an absolute path, without a colon');
  const pairs = trans.__('one NAME=VALUE on each line');
  return [
    {
      title: trans.__('Where'),
      fields: [
        {
          name: 'kubeconfig',
          kind: 'text',
          none: true,
          label: trans.__('Kubeconfig'),
          help: trans.__(
            'A file on the server. Empty: the service account of the pod this runs in, else KUBECONFIG, else ~/.kube/config.'
          ),
          wanted: path
        },
        {
          name: 'context',
          kind: 'text',
          none: true,
          label: trans.__('Context'),
          help: trans.__('One of the kubeconfig. Empty: its current one.'),
          wanted: word
        },
        {
          name: 'namespace',
          kind: 'text',
          none: true,
          label: trans.__('Namespace'),
          help: trans.__('Where everything is made. Empty: the context’s.'),
          wanted: word
        }
      ]
    },
    {
      title: trans.__('Volume'),
      fields: [
        {
          name: 'claim',
          kind: 'text',
          label: trans.__('Claim'),
          help: trans.__('ReadWriteMany: every pod of a run writes to it.'),
          wanted: word
        },
        {
          name: 'mount',
          kind: 'text',
          label: trans.__('Seen by pods at'),
          help: trans.__('Any folder that is not in the images.'),
          wanted: path
        },
        {
          name: 'mounted_at',
          kind: 'text',
          none: true,
          label: trans.__('Seen by this server at'),
          help: trans.__('Empty: not at all; files go through a pod.'),
          wanted: path
        }
      ]
    },
    {
      title: trans.__('calrissian'),
      fields: [
        {
          name: 'image',
          kind: 'text',
          label: trans.__('Image'),
          help: trans.__('Built of deploy/calrissian; the cluster pulls it.'),
          wanted: trans.__('the name of an image')
        },
        {
          name: 'pull_policy',
          kind: 'text',
          label: trans.__('Pull policy'),
          help: trans.__('When the cluster pulls it.'),
          wanted: trans.__('one of the policies'),
          choices: ['IfNotPresent', 'Always', 'Never']
        },
        {
          name: 'pull_secrets',
          kind: 'words',
          label: trans.__('Pull secrets'),
          help: trans.__('Their names, for its registry.'),
          wanted: trans.__('names with blanks between')
        },
        {
          name: 'service_account',
          kind: 'text',
          label: trans.__('Service account'),
          help: trans.__(
            'What calrissian may do: start pods, read their logs.'
          ),
          wanted: word
        },
        {
          name: 'runner_cpu',
          kind: 'text',
          label: trans.__('CPU'),
          help: trans.__('For calrissian itself; tools ask for their own.'),
          wanted: amount
        },
        {
          name: 'runner_memory',
          kind: 'text',
          label: trans.__('Memory'),
          help: trans.__('For calrissian itself.'),
          wanted: amount
        },
        {
          name: 'runner_memory_limit',
          kind: 'text',
          label: trans.__('Memory limit'),
          help: trans.__('Above it, it is killed, and the run fails.'),
          wanted: amount
        }
      ]
    },
    {
      title: trans.__('Limits'),
      fields: [
        {
          name: 'max_ram',
          kind: 'text',
          label: trans.__('Memory of all tools'),
          help: trans.__('What the tools of a run may ask for together.'),
          wanted: amount
        },
        {
          name: 'max_cores',
          kind: 'text',
          label: trans.__('Cores of all tools'),
          help: trans.__('Steps wait for one another above it.'),
          wanted: amount
        },
        {
          name: 'deadline',
          kind: 'number',
          label: trans.__('Deadline'),
          help: trans.__('Seconds after which the cluster ends a run.'),
          wanted: trans.__('a whole number of seconds, at least 10')
        },
        {
          name: 'patience',
          kind: 'number',
          label: trans.__('Patience'),
          help: trans.__('Seconds that a pod may wait for a node.'),
          wanted: trans.__('a whole number of seconds, at least 5')
        },
        {
          name: 'keep',
          kind: 'number',
          label: trans.__('Keep'),
          help: trans.__(
            'Seconds that an ended Job stays if nobody removes it.'
          ),
          wanted: seconds
        }
      ]
    },
    {
      title: trans.__('Pods'),
      fields: [
        {
          name: 'default_container',
          kind: 'text',
          none: true,
          label: trans.__('Default image'),
          help: trans.__('For tools that name none.'),
          wanted: trans.__('the name of an image')
        },
        {
          name: 'user',
          kind: 'number',
          none: true,
          label: trans.__('User'),
          help: trans.__(
            'Its number; the group is the same. Empty: the images’ own.'
          ),
          wanted: trans.__('the number of a user, such as 1000')
        },
        {
          name: 'node_selector',
          kind: 'pairs',
          label: trans.__('Node selector'),
          help: trans.__(
            'Labels of the nodes that pods may run on: NAME=VALUE.'
          ),
          wanted: pairs
        },
        {
          name: 'pod_labels',
          kind: 'pairs',
          label: trans.__('Labels'),
          help: trans.__(
            'Put on the pods of tools, for accounting: NAME=VALUE.'
          ),
          wanted: pairs
        },
        {
          name: 'pod_env',
          kind: 'pairs',
          label: trans.__('Environment'),
          help: trans.__('What every tool sees: NAME=VALUE. No secrets.'),
          wanted: pairs
        }
      ]
    }
  ];
}

/** The text of a value. */
export function textOf(field: IClusterField, settings: ClusterReply): string {
  const value: unknown = settings[field.name];
  if (value === null || value === undefined) {
    return '';
  }
  switch (field.kind) {
    case 'words':
      return (value as readonly string[]).join(' ');
    case 'pairs':
      return Object.entries(value as Record<string, string>)
        .map(([name, said]) => `${name}=${said}`)
        .join('\n');
    default:
      return String(value);
  }
}

/** A text that is no value of its field. */
export class Unfit extends Error {}

/** The value of a text; undefined for the default. */
export function valueOf(field: IClusterField, text: string): unknown {
  const said = text.trim();
  switch (field.kind) {
    case 'words':
      return said.split(/[\s,]+/).filter(Boolean);
    case 'pairs':
      return pairsOf(said);
    default:
      if (!said) {
        return field.none ? null : undefined;
      }
      if (field.kind === 'text') {
        return said;
      }
      if (!/^\d{1,15}$/.test(said)) {
        throw new Unfit(said);
      }
      return Number(said);
  }
}

/** Lines of `name=value`. */
function pairsOf(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const said = line.trim();
    if (!said) {
      continue;
    }
    const at = said.indexOf('=');
    if (at < 1) {
      throw new Unfit(said);
    }
    pairs[said.slice(0, at).trim()] = said.slice(at + 1).trim();
  }
  return pairs;
}

/** What is typed, by field; only what differs from what is kept. */
export type Draft = Readonly<Partial<Record<FieldName, string>>>;

/** The settings that a draft makes of those that are kept, and the fields whose text is none. */
export function bodyOf(
  fields: readonly IClusterField[],
  settings: ClusterReply,
  draft: Draft
): { readonly body: Cluster; readonly unfit: readonly FieldName[] } {
  const typed: Record<string, unknown> = {};
  const unfit: FieldName[] = [];
  for (const field of fields) {
    const text = draft[field.name];
    if (text === undefined) {
      continue;
    }
    try {
      // What is undefined is not sent: the server takes its default.
      typed[field.name] = valueOf(field, text);
    } catch (error) {
      if (!(error instanceof Unfit)) {
        throw error;
      }
      unfit.push(field.name);
    }
  }
  return { body: { ...settings, ...typed } as Cluster, unfit };
}
