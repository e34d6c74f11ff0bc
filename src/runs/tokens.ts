/**
 * What other rooms may use of room `runs`.
 */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type {
  Engines,
  Graph,
  RerunRequest,
  Run,
  RunRequest,
  RunSummary,
  Script,
  ScriptLanguage,
  Used,
  UsedQuery
} from '../contract';
import type { LogWindow } from '../kit/log';
import type { ClusterModel } from './clustermodel';

/** The runs, as the views see them. */
export interface IRuns {
  /** The list, a record or the filter has changed. */
  readonly changed: ISignal<IRuns, void>;
  /** A run that was started from this browser has ended. */
  readonly ended: ISignal<IRuns, Run>;
  /** The runs that match the filter, newest first, as far as they are loaded. */
  readonly runs: readonly RunSummary[];
  /** The runs that wait or run. */
  readonly active: readonly RunSummary[];
  readonly filter: string;
  readonly error: unknown;
  /** The first page has come. */
  readonly ready: boolean;
  /** There are older ones. */
  readonly hasMore: boolean;

  setFilter(filter: string): void;
  refresh(): Promise<void>;
  more(): Promise<void>;
  /** The record of a run, if it is known. */
  record(id: string): Run | null;
  /** Why the record of a run cannot be read, or null. */
  problem(id: string): unknown;
  /** Reads a record and keeps it fresh until the returned function is called. */
  watch(id: string): () => void;
  /** Something of a run has been seen to change (its log grows): its record is read soon. */
  touch(id: string): void;
  /** Reads a record once. */
  show(id: string): Promise<Run>;
  start(request: RunRequest): Promise<Run>;
  rerun(id: string, request: RerunRequest): Promise<Run>;
  stop(id: string): Promise<void>;
  remove(id: string, outputs: boolean): Promise<void>;
  log(id: string, job: string | null): LogWindow;
  quicklook(id: string, path: string, size: number): Promise<Blob>;
  script(id: string, language: ScriptLanguage): Promise<Script>;
  engines(): Promise<Engines>;
  /** The document of a run as a graph whose steps are the run's. */
  graph(id: string): Promise<Graph>;
  /** What the tools of a document have used in the runs that are kept. */
  used(query: UsedQuery): Promise<Used>;
}

/** The token of the runs. */
export const IRuns = new Token<IRuns>(
  'ellip-lab:IRuns',
  'The runs of CWL documents: their list, their records, and what can be done with them.'
);

/** The cluster that runs can go to. */
export type ICluster = ClusterModel;

/** The token of the cluster. */
export const ICluster = new Token<ICluster>(
  'ellip-lab:ICluster',
  'The cluster that runs can go to: what is set, and whether it works.'
);

/** The commands of the room. */
export namespace CommandIDs {
  export const start = 'ellip-lab:runs-start';
  export const open = 'ellip-lab:runs-open';
  export const rerun = 'ellip-lab:runs-rerun';
  export const rerunThere = 'ellip-lab:runs-rerun-there';
  export const rerunHere = 'ellip-lab:runs-rerun-here';
  export const stop = 'ellip-lab:runs-stop';
  export const remove = 'ellip-lab:runs-remove';
  export const copyShell = 'ellip-lab:runs-copy-shell';
  export const copyPython = 'ellip-lab:runs-copy-python';
  export const openDocument = 'ellip-lab:runs-open-document';
  export const refresh = 'ellip-lab:runs-refresh';
  export const panel = 'ellip-lab:runs-panel';
  export const used = 'ellip-lab:runs-used';
  export const cluster = 'ellip-lab:runs-cluster';
}
