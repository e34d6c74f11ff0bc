/**
 * What other rooms may use of room `cwl`.
 */
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor } from '@jupyterlab/fileeditor';
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

import type {
  Check,
  ContainerChoice,
  DocumentText,
  Edit,
  Engines,
  Form,
  Problem
} from '../contract';

/** The input object of a run. */
export type InputObject = Readonly<Record<string, unknown>>;

/** What runs a document: here, or on the cluster that is set. */
export type EngineName = 'cwltool' | 'calrissian';

/** How the cluster stands that runs can go to. */
export interface IStanding {
  readonly state: 'untested' | 'testing' | 'ready' | 'missing';
  /** In one line. */
  readonly text: string;
  /** What to do, with `code` in it. */
  readonly hint: string | null;
}

/** The cluster that runs can go to, for who chooses it. */
export interface IClusterChoice {
  readonly changed: ISignal<unknown, void>;
  readonly standing: IStanding;
  /** Finds out how it stands, unless that is known. */
  look(): void;
  /** Shows its settings. */
  setUp(): void;
}

/** What a person has answered. */
export interface IFormAnswer {
  readonly entry: string | null;
  readonly inputs: InputObject;
  readonly engine: EngineName;
  readonly container: ContainerChoice;
  /** The folder of storage that the outputs are published to; null for none. */
  readonly publish: string | null;
  /** The toolbox that is active where there is no container; null for the one the document asks for. */
  readonly toolbox: string | null;
}

/** What a form is made for. */
export interface IFormOptions {
  /** The document, as a path of the workspace. */
  readonly document: string;
  readonly entry: string | null;
  /** The folder that relative paths of the inputs count from; null for the document's. */
  readonly base: string | null;
  /** What it is filled in with; null for what was said the last time. */
  readonly inputs: InputObject | null;
  /** Null for what was chosen the last time. */
  readonly engine: EngineName | null;
  readonly container: ContainerChoice | null;
  readonly publish: string | null;
  /** Whether a toolbox is asked for: what is run again has the one that it had. */
  readonly asksToolbox: boolean;
  /** The name under which what is typed is remembered. */
  readonly memory: string;
  /** The title, of the name of the process. */
  readonly title: (name: string) => string;
  readonly engines: () => Promise<Engines>;
  readonly cluster: IClusterChoice;
  /** Does what the form is for; an error with problems is shown at their fields. */
  readonly submit: (answer: IFormAnswer) => Promise<void>;
  readonly cancel: () => void;
}

/** CWL documents. */
export interface ICwl {
  check(path: string): Promise<Check>;
  form(path: string, entry: string | null): Promise<Form>;
  /** A form, to be put wherever the caller likes. */
  createForm(options: IFormOptions): Widget;
  /** Reads a parameters file; its paths count from the folder `base` then. */
  parameters(path: string, base: string): Promise<InputObject>;
  /** Forgets what was typed into a form. */
  forget(memory: string): Promise<void>;
}

/** The token of the documents. */
export const ICwl = new Token<ICwl>(
  'ellip-lab:ICwl',
  'CWL documents: their check, and the form of their inputs.'
);

/** The command that shows the graph of a document. */
export const GRAPH = 'ellip-lab:cwl-graph';
/** The ending of a document's name. */
export const CWL_EXTENSION = '.cwl';
/** The name of the file type. */
export const CWL_FILETYPE = 'cwl';

/** A change that mends something. */
export interface IFix {
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** Something that was found in a document. */
export interface IFound {
  readonly problem: Problem;
  readonly fixes: readonly IFix[];
}

/** Looks at a document as it is written, beside the standard's own check: the rules of a Best Practice. */
export interface IFinder {
  readonly id: string;
  /** It would find something else now. */
  readonly changed: ISignal<IFinder, void>;
  find(document: DocumentText, signal: AbortSignal): Promise<readonly IFound[]>;
}

/** Where a document stands. */
export type Checking = 'waiting' | 'checked' | 'failed';

/** A document in an editor. */
export interface IWritten {
  readonly widget: IDocumentWidget<FileEditor>;
  readonly path: string;
  /** The file is a document of the workspace; else nothing is looked at. */
  readonly isDocument: boolean;
  /** As it is in the editor. */
  readonly document: DocumentText;
  readonly checking: Checking;
  /** Why it could not be looked at. */
  readonly error: unknown;
  readonly found: readonly IFound[];
  /** What is known of it has changed. */
  readonly changed: ISignal<IWritten, void>;
  /** Looks at it again, now. */
  check(): Promise<void>;
  /** Changes it (and other files, which are opened); each file in one step that can be undone. */
  apply(edits: readonly Edit[]): Promise<void>;
}

/** Documents as they are written. */
export interface ICwlLanguage {
  /** The document of an editor. */
  of(widget: IDocumentWidget<FileEditor>): IWritten;
  /** The document that is open in an editor, or null. */
  find(path: string): IWritten | null;
  /** A document was opened or let go of. */
  readonly openChanged: ISignal<ICwlLanguage, void>;
  addFinder(finder: IFinder): IDisposable;
}

/** The token of documents as they are written. */
export const ICwlLanguage = new Token<ICwlLanguage>(
  'ellip-lab:ICwlLanguage',
  'CWL documents as they are written: what is wrong with them, and what mends it.'
);
