/**
 * Where runs and forms lie: opened once, put back after a reload, the form giving way to its run.
 */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

import type { Output, Run } from '../contract';
import type {
  EngineName,
  IClusterChoice,
  ICwl,
  IFormAnswer,
  InputObject
} from '../cwl/tokens';
import { download, openAtLine } from '../kit/document';
import { notifyError } from '../kit/notice';
import { CommandIDs as StorageIDs } from '../s3/tokens';
import type { ICluster, IRuns } from './tokens';
import { CommandIDs } from './tokens';
import type { IRunViewState, RunTab } from './view';
import { RunView } from './view';

/** What a form is for: a document, or a run again. */
export interface IFormTarget {
  readonly path: string;
  readonly entry?: string | null;
  /** What the form starts with, where nothing has been typed into it yet. */
  readonly inputs?: InputObject;
  readonly rerun?: string;
}

/** What the desk stands on. */
export interface IDeskOptions {
  readonly app: JupyterFrontEnd;
  readonly runs: IRuns;
  readonly cluster: ICluster;
  readonly cwl: ICwl;
  readonly documents: IDocumentManager;
  /** There is a storage to show what was published to it. */
  readonly storage: boolean;
  readonly trans: TranslationBundle;
}

/** The engine of a run, as a form knows it. */
function engineOf(engine: string): EngineName {
  return engine === 'calrissian' ? 'calrissian' : 'cwltool';
}

const TABS: readonly string[] = ['log', 'outputs', 'inputs', 'resources'];

/** The desk. */
export class Desk {
  constructor(options: IDeskOptions) {
    this._options = options;
    const { app, cluster } = options;
    this._cluster = {
      changed: cluster.changed,
      get standing() {
        return cluster.standing;
      },
      look: () => void cluster.look(),
      setUp: () => void app.commands.execute(CommandIDs.cluster)
    };
    this._views.currentChanged.connect(this._onCurrent, this);
    app.shell.currentChanged?.connect(this._onCurrent, this);
  }

  /** Another run is in front. */
  get currentChanged(): ISignal<this, void> {
    return this._currentChanged;
  }

  /** The run in front, or null. */
  get current(): string | null {
    const front = this._options.app.shell.currentWidget;
    return front instanceof MainAreaWidget && front.content instanceof RunView
      ? front.content.runId
      : null;
  }

  /** Puts back what was open before a reload. */
  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this._views, {
      command: CommandIDs.open,
      args: widget => ({
        id: widget.content.runId,
        ...(widget.content.state as unknown as ReadonlyPartialJSONObject)
      }),
      name: widget => widget.content.runId
    });
    void restorer.restore(this._forms, {
      command: 'ellip-lab:runs-restore-form',
      args: widget =>
        (this._targets.get(widget) ?? {}) as ReadonlyPartialJSONObject,
      name: widget => widget.id
    });
  }

  /** Shows a run; `wanted` may name the tab, the job and how the log is shown. */
  openRun(
    id: string,
    wanted: ReadonlyPartialJSONObject = {},
    place: { ref?: string } = {}
  ): void {
    const { app, runs, documents, storage, trans } = this._options;
    const open = this._views.find(widget => widget.content.runId === id);
    if (open) {
      app.shell.activateById(open.id);
      return;
    }
    const remembered: {
      -readonly [K in keyof IRunViewState]?: IRunViewState[K];
    } = {};
    if (typeof wanted.tab === 'string' && TABS.includes(wanted.tab)) {
      remembered.tab = wanted.tab as RunTab;
    }
    if (wanted.steps === 'graph' || wanted.steps === 'list') {
      remembered.steps = wanted.steps;
    }
    if (typeof wanted.job === 'string') {
      remembered.job = wanted.job;
    }
    const view = new RunView(
      {
        id,
        runs,
        commands: app.commands,
        actions: {
          open: output => void this._openOutput(output),
          download: output => {
            if (output.workspace_path !== null) {
              void download(documents, output.workspace_path);
            }
          },
          showStored: storage
            ? address => void app.commands.execute(StorageIDs.show, { address })
            : null
        },
        onLine: (file, line, column) =>
          void openAtLine(documents, file, line, column),
        trans
      },
      remembered
    );
    const widget = new MainAreaWidget({ content: view });
    widget.id = view.id;
    widget.toolbar.hide();
    view.remembered.connect(() => {
      void this._views.save(widget);
    }, this);
    app.shell.add(widget, 'main', {
      mode: 'tab-after',
      ...(place.ref ? { ref: place.ref } : {})
    });
    void this._views.add(widget);
    app.shell.activateById(widget.id);
  }

  /** Closes the view of a run that is not there any more. */
  closeRun(id: string): void {
    this._views.find(widget => widget.content.runId === id)?.dispose();
  }

  /** Whether a run is on screen. */
  isSeen(id: string): boolean {
    const view = this._views.find(widget => widget.content.runId === id);
    return !!view?.isVisible && document.visibilityState === 'visible';
  }

  /** Shows the form of a document, or of a run that is run again. */
  openForm(target: IFormTarget, run: Run | null = null): Widget {
    const { app, runs, cwl, trans } = this._options;
    const id = `ellip-lab-form-${target.rerun ?? target.path}`;
    const open = this._forms.find(widget => widget.id === id);
    if (open) {
      app.shell.activateById(open.id);
      return open;
    }
    const memory = target.rerun
      ? `ellip-lab:rerun:${target.rerun}`
      : `ellip-lab:form:${target.path}`;
    const content = cwl.createForm({
      document: target.path,
      entry: run?.request.entry ?? target.entry ?? null,
      base: run?.request.base ?? null,
      inputs: run?.request.inputs ?? target.inputs ?? null,
      engine: run ? engineOf(run.engine) : null,
      container: run?.request.container ?? null,
      publish: run?.request.publish ?? null,
      asksToolbox: !target.rerun,
      memory,
      title: name =>
        target.rerun ? trans.__('Re-run %1', name) : trans.__('Run %1', name),
      engines: () => runs.engines(),
      cluster: this._cluster,
      cancel: () => widget.dispose(),
      submit: async answer => {
        const started = await this._start(target, answer);
        if (target.rerun) {
          await cwl.forget(memory);
        }
        this.openRun(started.id, {}, { ref: widget.id });
        widget.dispose();
      }
    });
    const widget = new MainAreaWidget({ content });
    widget.id = id;
    widget.toolbar.hide();
    this._targets.set(widget, target);
    widget.disposed.connect(() => this._targets.delete(widget), this);
    app.shell.add(widget, 'main', { mode: 'tab-after' });
    void this._forms.add(widget);
    app.shell.activateById(widget.id);
    return widget;
  }

  /** Shows the list. */
  showPanel(): void {
    this._options.app.shell.activateById('ellip-lab-runs');
  }

  private _start(target: IFormTarget, answer: IFormAnswer): Promise<Run> {
    const { runs } = this._options;
    const { entry, inputs, engine, publish, toolbox } = answer;
    // On a cluster the containers are pods, whatever was chosen for this machine.
    const container = engine === 'calrissian' ? null : answer.container;
    return target.rerun
      ? runs.rerun(target.rerun, {
          inputs: { ...inputs },
          engine,
          container,
          // Null would keep what was.
          publish: publish ?? ''
        })
      : runs.start({
          document: target.path,
          entry,
          inputs: { ...inputs },
          engine,
          container,
          publish,
          toolbox
        });
  }

  /** Opens a file in the Lab, or shows a folder in the file browser. */
  private async _openOutput(output: Output): Promise<void> {
    const { app, documents, trans } = this._options;
    const path = output.workspace_path;
    if (path === null) {
      return;
    }
    try {
      if (output.kind === 'directory' || output.kind === 'catalogue') {
        await app.commands.execute('filebrowser:open-path', { path });
      } else {
        documents.openOrReveal(path);
      }
    } catch (error) {
      notifyError(`runs-output-${path}`, error, trans);
    }
  }

  private _onCurrent(): void {
    this._currentChanged.emit();
  }

  private readonly _options: IDeskOptions;
  private readonly _cluster: IClusterChoice;
  private readonly _currentChanged = new Signal<this, void>(this);
  private readonly _views = new WidgetTracker<MainAreaWidget<RunView>>({
    namespace: 'ellip-lab-runs'
  });
  private readonly _forms = new WidgetTracker<MainAreaWidget>({
    namespace: 'ellip-lab-forms'
  });
  private readonly _targets = new Map<Widget, IFormTarget>();
}
