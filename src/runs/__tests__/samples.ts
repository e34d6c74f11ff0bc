/** Records as the server writes them. */
import type { Run, RunPage, RunSummary, Step } from '../../contract';

export function idOf(number: number): string {
  return `20261122t${String(number).padStart(9, '0')}-runs-0000`;
}

export function summary(
  number: number,
  part: Partial<RunSummary> = {}
): RunSummary {
  return {
    id: idOf(number),
    name: `run ${number}`,
    state: 'done',
    document: 'water-bodies.cwl',
    entry: null,
    engine: 'cwltool',
    container: 'podman',
    created: '2026-11-22T12:04:31Z',
    started: '2026-11-22T12:04:31Z',
    finished: '2026-11-22T12:04:38Z',
    progress: { done: 3, total: 3, text: '' },
    failed_step: null,
    waiting: null,
    ...part
  };
}

export function step(id: string, part: Partial<Step> = {}): Step {
  return {
    id,
    label: null,
    state: 'done',
    started: '2026-11-22T12:04:31Z',
    finished: '2026-11-22T12:04:34.100Z',
    total: 1,
    done: 1,
    memory: 84_000_000,
    cpu: 1.5,
    cpu_hours: null,
    memory_hours: null,
    image: null,
    after: [],
    jobs: [
      {
        id,
        state: part.state ?? 'done',
        reason: null,
        started: null,
        finished: null,
        exit_code: 0,
        memory: null,
        cpu: null
      }
    ],
    ...part
  };
}

export function record(number: number, part: Partial<Run> = {}): Run {
  const { inputs = { aoi: '1,2,3,4' } } = part;
  return {
    ...summary(number),
    inputs,
    outdir: '/root/results/x',
    outdir_workspace: 'results/x',
    steps: [
      step('crop', { total: 2, done: 2 }),
      step('otsu', { after: ['crop'] })
    ],
    outputs: [],
    output_object: null,
    published: null,
    failure: null,
    exit_code: 0,
    detail: null,
    request: {
      document: 'water-bodies.cwl',
      entry: null,
      inputs,
      base: null,
      engine: 'cwltool',
      container: null,
      network: 'auto',
      parallel: true,
      outdir: null,
      name: null,
      publish: null,
      rerun_of: null,
      toolbox: null
    },
    namespace: null,
    versions: {},
    rerun_of: null,
    ...part
  };
}

export function page(runs: RunSummary[], next: string | null = null): RunPage {
  return { runs, next };
}
