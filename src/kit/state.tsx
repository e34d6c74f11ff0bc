/**
 * State at a glance: one dot and one word, the same four colours everywhere.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { State, StepState } from '../contract';

/** The four colours. */
export type Tone = 'waiting' | 'running' | 'done' | 'failed';

/** The colour of a state. */
export function toneOf(state: State | StepState): Tone {
  switch (state) {
    case 'running':
    case 'done':
    case 'failed':
      return state;
    case 'lost':
      return 'failed';
    default:
      return 'waiting';
  }
}

/** The word of a state. */
export function wordOf(
  state: State | StepState,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'queued':
      return trans.__('queued');
    case 'running':
      return trans.__('running');
    case 'done':
      return trans.__('done');
    case 'failed':
      return trans.__('failed');
    case 'stopped':
      return trans.__('stopped');
    case 'lost':
      return trans.__('lost');
    case 'waiting':
      return trans.__('waiting');
    case 'skipped':
      return trans.__('skipped');
    case 'not-run':
      return trans.__('not run');
  }
}

/** Whether a state is an end. */
export function isFinal(state: State): boolean {
  return state !== 'queued' && state !== 'running';
}

/** Properties of a dot. */
export interface IStateDotProps {
  readonly state: State | StepState;
  readonly trans: TranslationBundle;
  /** The word stands beside the dot already: the dot is for the eye alone. */
  readonly quiet?: boolean;
}

/** The dot: filled when it has begun, hollow when it has not or was left; the word is said to readers. */
export function StateDot(props: IStateDotProps): JSX.Element {
  const word = wordOf(props.state, props.trans);
  const hollow = !['running', 'done', 'failed', 'lost'].includes(props.state);
  return (
    <span
      className={
        `jp-EllipLab-Kit-dot jp-mod-${toneOf(props.state)}` +
        (hollow ? ' jp-mod-hollow' : '')
      }
      title={word}
      {...(props.quiet
        ? { 'aria-hidden': true }
        : { role: 'img', 'aria-label': word })}
    />
  );
}

/** Properties of a pill. */
export interface IPillProps {
  readonly tone?: Tone;
  readonly title?: string;
  readonly children: React.ReactNode;
}

/** A word or two in a rounded box. */
export function Pill(props: IPillProps): JSX.Element {
  return (
    <span
      className={
        'jp-EllipLab-Kit-pill' + (props.tone ? ` jp-mod-${props.tone}` : '')
      }
      title={props.title}
    >
      {props.children}
    </span>
  );
}

/** Properties of a bar. */
export interface IBarProps {
  readonly value: number | null;
  readonly label: string;
}

/** A progress bar; null when nobody knows how far it is. */
export function Bar(props: IBarProps): JSX.Element {
  const known = props.value !== null;
  return (
    <div
      className={'jp-EllipLab-Kit-bar' + (known ? '' : ' jp-mod-unknown')}
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(known ? { 'aria-valuenow': Math.round(props.value ?? 0) } : {})}
    >
      <div style={known ? { width: `${props.value}%` } : undefined} />
    </div>
  );
}
