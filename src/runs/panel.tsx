/**
 * The list of runs in the sidebar: newest first, as many as there are, painted before the server answers.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, ReactWidget, refreshIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { RunSummary } from '../contract';
import { useNow, useSignal } from '../kit/hooks';
import { runsIcon } from '../kit/icons';
import { describe } from '../kit/notice';
import { Row } from './row';
import type { IRuns } from './tokens';
import { CommandIDs } from './tokens';

/** How a run is started at the command line. */
const EXAMPLE = 'ellip run app.cwl inputs.yml';
/** Pixels of one row; the stylesheet has the same number. */
const ROW = 52;
/** Rows painted beyond the edges. */
const MARGIN = 8;

/** Properties of the panel. */
export interface IRunsPanelProps {
  readonly runs: IRuns;
  readonly commands: CommandRegistry;
  /** The run whose view is in front, or null. */
  readonly current: () => string | null;
  readonly trans: TranslationBundle;
}

/** The panel as a widget of the sidebar. */
export class RunsPanel extends ReactWidget {
  constructor(props: IRunsPanelProps) {
    super();
    this.addClass('jp-EllipLab-Runs-side');
    this._props = props;
  }

  protected override render(): JSX.Element {
    return <Panel {...this._props} />;
  }

  private readonly _props: IRunsPanelProps;
}

/** The panel. */
export function Panel(props: IRunsPanelProps): JSX.Element {
  const { runs, commands, trans } = props;
  useSignal(runs.changed);
  const list = runs.runs;
  return (
    <div className="jp-EllipLab-Runs">
      <div className="jp-EllipLab-Runs-top">
        <h2>{trans.__('Runs')}</h2>
        <button
          className="jp-EllipLab-Kit-icon"
          aria-label={trans.__('Run a CWL document')}
          title={trans.__('Run a CWL document')}
          onClick={() =>
            void commands.execute(CommandIDs.start, { choose: true })
          }
        >
          <addIcon.react tag="span" />
        </button>
        <button
          className="jp-EllipLab-Kit-icon"
          aria-label={trans.__('Refresh the runs')}
          title={trans.__('Refresh the runs')}
          onClick={() => void runs.refresh()}
        >
          <refreshIcon.react tag="span" />
        </button>
      </div>
      <div className="jp-EllipLab-Runs-filter">
        <input
          className="jp-EllipLab-Kit-input"
          type="search"
          value={runs.filter}
          placeholder={trans.__('Filter by name, state, engine')}
          aria-label={trans.__('Filter the runs')}
          onChange={event => runs.setFilter(event.target.value)}
        />
      </div>
      {runs.error !== null && (
        <div className="jp-EllipLab-Runs-error" role="alert">
          <span>{describe(runs.error, trans)}</span>
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() => void runs.refresh()}
          >
            {trans.__('Try again')}
          </button>
        </div>
      )}
      {list.length ? (
        <List {...props} list={list} />
      ) : !runs.ready ? (
        <div className="jp-EllipLab-Runs-empty" aria-busy="true">
          {trans.__('Reading the runs…')}
        </div>
      ) : runs.error !== null ? null : runs.filter ? (
        <div className="jp-EllipLab-Runs-empty">
          <p>{trans.__('No run matches “%1”.', runs.filter)}</p>
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() => runs.setFilter('')}
          >
            {trans.__('Show all runs')}
          </button>
        </div>
      ) : (
        <Teach commands={commands} trans={trans} />
      )}
    </div>
  );
}

interface ITeachProps {
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The empty list says how to fill it. */
function Teach(props: ITeachProps): JSX.Element {
  const { commands, trans } = props;
  const demo = 'ellip-lab:packages-demo';
  return (
    <div className="jp-EllipLab-Runs-empty">
      <runsIcon.react className="jp-EllipLab-Runs-emptyIcon" tag="span" />
      <h3>{trans.__('No runs yet')}</h3>
      <p>
        {trans.__(
          'Open a CWL document and press Run, or start with the demo package: it finds the water in a Landsat scene.'
        )}
      </p>
      {commands.hasCommand(demo) && (
        <button
          className="jp-EllipLab-Kit-button jp-mod-primary"
          onClick={() => void commands.execute(demo)}
        >
          {trans.__('Open the demo package')}
        </button>
      )}
      <p className="jp-EllipLab-Kit-hint">
        {trans.__(
          'Runs of the command line and of notebooks are listed here, too:'
        )}
        <br />
        <code>{EXAMPLE}</code>
      </p>
    </div>
  );
}

interface IListProps extends IRunsPanelProps {
  readonly list: readonly RunSummary[];
}

/** The rows that are in sight. */
function List(props: IListProps): JSX.Element {
  const { list, runs, commands, trans } = props;
  const pane = React.useRef<HTMLDivElement>(null);
  const [sight, setSight] = React.useState({ top: 0, height: 800 });
  const [focus, setFocus] = React.useState<string | null>(null);
  const now = useNow(true, runs.active.length ? 1000 : 15_000);
  const current = props.current();

  const look = React.useCallback(() => {
    const node = pane.current;
    if (node) {
      setSight({ top: node.scrollTop, height: node.clientHeight });
    }
  }, []);
  React.useEffect(() => {
    const node = pane.current;
    if (!node) {
      return;
    }
    const observer = new ResizeObserver(look);
    observer.observe(node);
    return () => observer.disconnect();
  }, [look]);

  const first = Math.max(0, Math.floor(sight.top / ROW) - MARGIN);
  const last = Math.min(
    list.length,
    Math.ceil((sight.top + sight.height) / ROW) + MARGIN
  );
  React.useEffect(() => {
    if (last >= list.length && runs.hasMore) {
      void runs.more();
    }
  }, [last, list.length, runs, runs.hasMore]);

  const at = Math.max(
    0,
    list.findIndex(run => run.id === (focus ?? current))
  );
  const move = (event: React.KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(sight.height / ROW) - 1);
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: list.length - 1
    }[event.key];
    const run = list[at];
    if (to !== undefined) {
      event.preventDefault();
      const index = Math.max(0, Math.min(list.length - 1, to));
      const node = pane.current;
      if (node) {
        const top = index * ROW;
        if (top < node.scrollTop) {
          node.scrollTop = top;
        } else if (top + ROW > node.scrollTop + node.clientHeight) {
          node.scrollTop = top + ROW - node.clientHeight;
        }
      }
      setFocus(list[index]?.id ?? null);
    } else if ((event.key === 'Enter' || event.key === ' ') && run) {
      event.preventDefault();
      void commands.execute(CommandIDs.open, { id: run.id });
    } else if (event.key === 'Delete' && run) {
      event.preventDefault();
      void commands.execute(CommandIDs.remove, { id: run.id });
    }
  };
  // The row with the focus is painted anew when it has been out of sight.
  React.useEffect(() => {
    const node = pane.current;
    if (focus && node?.contains(document.activeElement)) {
      node.querySelector<HTMLElement>(`[data-run="${focus}"]`)?.focus();
    }
  }, [focus, sight]);

  return (
    <div
      className="jp-EllipLab-Runs-list"
      role="listbox"
      aria-label={trans.__('Runs')}
      ref={pane}
      onScroll={look}
      onKeyDown={move}
    >
      <div style={{ height: list.length * ROW, position: 'relative' }}>
        {list.slice(first, last).map((run, index) => (
          <Row
            key={run.id}
            run={run}
            now={now}
            top={(first + index) * ROW}
            position={first + index + 1}
            size={runs.hasMore ? -1 : list.length}
            selected={run.id === current}
            reachable={first + index === at}
            onOpen={() => {
              setFocus(run.id);
              void commands.execute(CommandIDs.open, { id: run.id });
            }}
            onFocus={() => setFocus(run.id)}
            trans={trans}
          />
        ))}
      </div>
    </div>
  );
}
