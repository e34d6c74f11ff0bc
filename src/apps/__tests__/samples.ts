/** Apps as the server tells them. */
import type {
  App,
  AppFailure,
  AppInstance,
  Apps,
  AppWork,
  InstallPlan
} from '../../contract';

export const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M0 0h24v24z"/></svg>';

export function app(name: string, part: Partial<App> = {}): App {
  return {
    name,
    title: name.charAt(0).toUpperCase() + name.slice(1),
    description: 'Pages with widgets.',
    icon: ICON,
    homepage: `https://${name}.example`,
    licence: 'MIT',
    rank: 10,
    uses: 'one',
    suffixes: ['.py'],
    installed: true,
    version: '1.67.0',
    program: '/usr/bin/python',
    found: 'on PATH',
    own: false,
    missing: null,
    hint: null,
    install: null,
    work: null,
    timeout: 60,
    settings: { timeout: null, program: null, environment: {}, arguments: [] },
    instances: [],
    ...part
  };
}

export function plan(part: Partial<InstallPlan> = {}): InstallPlan {
  return {
    how: 'npm',
    what: 'code-server 4.139.1',
    seconds: 240,
    size: 800_000_000,
    folder: '/state/apps/code-server',
    missing: null,
    hint: null,
    ...part
  };
}

export function instance(
  id: string,
  part: Partial<AppInstance> = {}
): AppInstance {
  return {
    id,
    app: id,
    title: id,
    state: 'running',
    path: `ellip-lab/app/${id}/`,
    file: null,
    folder: '.',
    since: '2026-11-22T12:04:31Z',
    timeout: 60,
    failure: null,
    ...part
  };
}

export function failure(part: Partial<AppFailure> = {}): AppFailure {
  return {
    headline: 'Streamlit has not answered in 60 s',
    lines: ['reading', 'still reading'],
    hint: 'Give it more time.',
    exit_code: null,
    timed_out: true,
    ...part
  };
}

export function workId(number: number): string {
  return `20261122t${String(number).padStart(9, '0')}-apps-0000`;
}

export function work(number: number, part: Partial<AppWork> = {}): AppWork {
  return {
    id: workId(number),
    kind: 'install',
    app: 'code-server',
    title: 'Install Code Server',
    state: 'done',
    created: '2026-11-22T12:04:31Z',
    started: '2026-11-22T12:04:31Z',
    finished: '2026-11-22T12:04:38Z',
    waiting: null,
    done: 2,
    total: 2,
    text: '',
    detail: null,
    request: { app: 'code-server' },
    steps: [],
    failure: null,
    result: null,
    ...part
  };
}

export function apps(...list: App[]): Apps {
  return { apps: list, problems: [] };
}
