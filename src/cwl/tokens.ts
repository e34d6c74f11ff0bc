/**
 * What other rooms may use of room `cwl`.
 */
import type { Widget } from '@lumino/widgets';
import { Token } from '@lumino/coreutils';

import type { Check, ContainerChoice, Engines, Form } from '../contract';

/** The input object of a run. */
export type InputObject = Readonly<Record<string, unknown>>;

/** What a person has answered. */
export interface IFormAnswer {
  readonly entry: string | null;
  readonly inputs: InputObject;
  readonly container: ContainerChoice;
  /** The folder of storage that the outputs are published to; null for none. */
  readonly publish: string | null;
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
  readonly container: ContainerChoice | null;
  readonly publish: string | null;
  /** The name under which what is typed is remembered. */
  readonly memory: string;
  /** The title, of the name of the process. */
  readonly title: (name: string) => string;
  readonly engines: () => Promise<Engines>;
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
  /** Forgets what was typed into a form. */
  forget(memory: string): Promise<void>;
}

/** The token of the documents. */
export const ICwl = new Token<ICwl>(
  'ellip-lab:ICwl',
  'CWL documents: their check, and the form of their inputs.'
);

/** The ending of a document's name. */
export const CWL_EXTENSION = '.cwl';
/** The name of the file type. */
export const CWL_FILETYPE = 'cwl';
