/**
 * The parts of a form around its fields: head, entry point, what is wrong, foot.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Check, ContainerChoice, Engines, Problem } from '../contract';
import { ProblemError } from '../kit/request';
import type { IToolboxes } from '../toolboxes/tokens';
import { EngineChoice } from './engines';
import { Problems } from './problems';
import type { EngineName, IClusterChoice } from './tokens';
import { isBare, ToolboxChoice } from './toolbox';
import { ClusterState, WhereChoice } from './where';

/** Properties of the head. */
export interface IFormHeadProps {
  readonly title: string;
  readonly path: string;
  readonly ready: boolean;
  readonly onLoad: () => void;
  readonly onSave: () => void;
  readonly trans: TranslationBundle;
}

/** The head. */
export function FormHead(props: IFormHeadProps): JSX.Element {
  const { path, ready, trans } = props;
  return (
    <header className="jp-EllipLab-Cwl-head">
      <div>
        <h2>{props.title}</h2>
        <p className="jp-EllipLab-Kit-hint" title={path}>
          {path}
        </p>
      </div>
      <div className="jp-EllipLab-Kit-row">
        <button
          className="jp-EllipLab-Kit-button"
          disabled={!ready}
          onClick={props.onLoad}
        >
          {trans.__('Load parameters…')}
        </button>
        <button
          className="jp-EllipLab-Kit-button"
          disabled={!ready}
          onClick={props.onSave}
        >
          {trans.__('Save…')}
        </button>
      </div>
    </header>
  );
}

/** Properties of the entry point. */
export interface IEntryChoiceProps {
  readonly id: string;
  readonly check: Check;
  readonly value: string | null;
  readonly onChange: (entry: string) => void;
  readonly trans: TranslationBundle;
}

/** The process of the document that is run, where it has several. */
export function EntryChoice(props: IEntryChoiceProps): JSX.Element {
  const { id, check, trans } = props;
  return (
    <div className="jp-EllipLab-Cwl-field">
      <label htmlFor={id}>{trans.__('Entry point')}</label>
      <select
        id={id}
        className="jp-EllipLab-Kit-select"
        value={props.value ?? ''}
        onChange={event => props.onChange(event.target.value)}
      >
        {check.entries.map(process => (
          <option key={process.id} value={process.id}>
            {process.label && process.label !== process.id
              ? `${process.id} – ${process.label}`
              : process.id}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Properties of the alarm. */
export interface IFormAlarmProps {
  /** The document has problems; else the run was refused. */
  readonly broken: boolean;
  readonly failure: unknown;
  readonly problems: readonly Problem[];
  readonly onGo: (problem: Problem) => void;
  /** There is no form: the document can be looked at, and checked again. */
  readonly onAgain: (() => void) | null;
  readonly onOpen: () => void;
  readonly trans: TranslationBundle;
}

/** What is wrong, where no field can say it. */
export function FormAlarm(props: IFormAlarmProps): JSX.Element {
  const { broken, failure, trans } = props;
  return (
    <section className="jp-EllipLab-Kit-alarm" role="alert">
      <h3>
        {broken
          ? trans.__('The document has problems')
          : failure instanceof Error
            ? failure.message
            : String(failure)}
      </h3>
      {failure instanceof ProblemError && failure.hint && (
        <p className="jp-EllipLab-Kit-remedy">{failure.hint}</p>
      )}
      <Problems problems={props.problems} onGo={props.onGo} trans={trans} />
      {props.onAgain && (
        <div className="jp-EllipLab-Kit-row">
          <button className="jp-EllipLab-Kit-button" onClick={props.onAgain}>
            {trans.__('Check again')}
          </button>
          <button className="jp-EllipLab-Kit-button" onClick={props.onOpen}>
            {trans.__('Open document')}
          </button>
        </div>
      )}
    </section>
  );
}

/** Properties of the foot. */
export interface IFormFootProps {
  readonly engine: EngineName;
  readonly onEngine: (engine: EngineName) => void;
  readonly cluster: IClusterChoice;
  readonly seen: boolean;
  readonly engines: Engines | null;
  readonly container: ContainerChoice;
  readonly onContainer: (container: ContainerChoice) => void;
  /** Null where none can be chosen. */
  readonly toolboxes: IToolboxes | null;
  readonly toolbox: string | null;
  readonly onToolbox: (toolbox: string | null) => void;
  readonly said: string;
  readonly ready: boolean;
  readonly busy: boolean;
  readonly onCancel: () => void;
  readonly onRun: () => void;
  readonly trans: TranslationBundle;
}

/** What it is run with, and the buttons. */
export function FormFoot(props: IFormFootProps): JSX.Element {
  const { engine, busy, trans } = props;
  return (
    <footer className="jp-EllipLab-Cwl-foot">
      <WhereChoice value={engine} onChange={props.onEngine} trans={trans} />
      {engine === 'calrissian' ? (
        <ClusterState cluster={props.cluster} seen={props.seen} trans={trans} />
      ) : (
        <EngineChoice
          engines={props.engines}
          value={props.container}
          onChange={props.onContainer}
          trans={trans}
        />
      )}
      {props.toolboxes && isBare(engine, props.container, props.engines) && (
        <ToolboxChoice
          toolboxes={props.toolboxes}
          value={props.toolbox}
          onChange={props.onToolbox}
          trans={trans}
        />
      )}
      <span className="jp-EllipLab-Cwl-said" role="status">
        {props.said}
      </span>
      <div className="jp-EllipLab-Kit-row">
        <button className="jp-EllipLab-Kit-button" onClick={props.onCancel}>
          {trans.__('Cancel')}
        </button>
        <button
          className="jp-EllipLab-Kit-button jp-mod-primary"
          disabled={!props.ready || busy}
          aria-busy={busy}
          onClick={props.onRun}
        >
          {busy ? trans.__('Starting…') : trans.__('Run')}
        </button>
      </div>
    </footer>
  );
}
