/**
 * One run as a widget of the main area; what it shows is loaded when the first one opens.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import * as React from 'react';

import { clock, exactTime, instant } from '../kit/format';
import { runsIcon } from '../kit/icons';
import type { ILogOptions } from '../kit/logblocks';
import { LOG_OPTIONS } from '../kit/logblocks';
import { wordOf } from '../kit/state';
import type { StepsShape } from './graph';
import type { IFileActions } from './outputs';
import type { IRuns } from './tokens';

const View = React.lazy(async () => ({
  default: (await import('./runview')).View
}));

/** What a run can be looked at as. */
export type RunTab = 'log' | 'outputs' | 'inputs' | 'resources';

/** What is remembered of a view. */
export interface IRunViewState {
  /** Null until the person has chosen: the state of the run decides. */
  readonly tab: RunTab | null;
  readonly job: string | null;
  readonly steps: StepsShape;
  readonly options: ILogOptions;
}

/** Properties of a run's view. */
export interface IRunViewProps {
  readonly id: string;
  readonly runs: IRuns;
  readonly commands: CommandRegistry;
  readonly actions: IFileActions;
  readonly onLine: (file: string, line: number, column: number | null) => void;
  readonly trans: TranslationBundle;
}

/** The view as a widget of the main area. */
export class RunView extends ReactWidget {
  constructor(props: IRunViewProps, remembered: Partial<IRunViewState>) {
    super();
    this.id = `ellip-lab-run-${props.id}`;
    this.addClass('jp-EllipLab-Runs-view');
    this.title.icon = runsIcon;
    this.title.closable = true;
    this.title.label = props.trans.__('Run');
    this._props = props;
    this._state = {
      tab: null,
      job: null,
      steps: 'graph',
      options: LOG_OPTIONS,
      ...remembered
    };
    this._release = props.runs.watch(props.id);
    props.runs.changed.connect(this._retitle, this);
    this._retitle();
  }

  /** What is remembered has changed. */
  get remembered(): ISignal<this, IRunViewState> {
    return this._remembered;
  }

  get state(): IRunViewState {
    return this._state;
  }

  get runId(): string {
    return this._props.id;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._release();
    Signal.clearData(this);
    super.dispose();
  }

  protected override onActivateRequest(): void {
    this.node.querySelector<HTMLElement>('[role="tab"][tabindex="0"]')?.focus();
  }

  protected override render(): JSX.Element {
    return (
      <React.Suspense fallback={<div aria-busy="true" />}>
        <View
          {...this._props}
          state={this._state}
          onState={state => {
            this._state = state;
            this._remembered.emit(state);
            this.update();
          }}
        />
      </React.Suspense>
    );
  }

  private _retitle(): void {
    const run = this._props.runs.record(this._props.id);
    if (run) {
      const created = instant(run.created) ?? 0;
      this.title.label = `${run.name} · ${clock(created)}`;
      this.title.caption = this._props.trans.__(
        '%1, %2, %3',
        run.name,
        wordOf(run.state, this._props.trans),
        exactTime(created)
      );
    }
  }

  private readonly _props: IRunViewProps;
  private readonly _release: () => void;
  private readonly _remembered = new Signal<this, IRunViewState>(this);
  private _state: IRunViewState;
}
