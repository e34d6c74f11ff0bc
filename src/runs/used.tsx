/**
 * What the tools of a document have used in the runs that are kept, and what they should ask for.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Run, ToolUsed, Used } from '../contract';
import { exactBytes } from '../kit/format';
import { describe } from '../kit/notice';
import { isFinal } from '../kit/state';
import type { IRuns } from './tokens';
import { CommandIDs } from './tokens';

const MIB = 2 ** 20;

/** Bytes as a document says them, in MiB. */
function mib(bytes: number, trans: TranslationBundle): string {
  return trans.__('%1 MiB', Math.ceil(bytes / MIB));
}

/** Memory and cores, as far as they are known. */
function amounts(
  memory: number | null,
  cores: number | null,
  trans: TranslationBundle
): string {
  const parts: string[] = [];
  if (memory !== null) {
    parts.push(trans.__('%1 MiB', memory));
  }
  if (cores !== null) {
    parts.push(cores === 1 ? trans.__('1 core') : trans.__('%1 cores', cores));
  }
  return parts.join(trans.__(' and '));
}

/** What a tool should ask for that it does not; empty when it asks for that already, or cannot be changed. */
export function wanted(tool: ToolUsed, trans: TranslationBundle): string {
  if (!tool.edits.length) {
    return '';
  }
  return amounts(
    tool.ram_min === tool.asks_memory ? null : tool.ram_min,
    tool.cores_min === tool.asks_cores ? null : tool.cores_min,
    trans
  );
}

/** What a tool is called. */
export function titleOf(tool: ToolUsed, trans: TranslationBundle): string {
  return tool.tool || tool.steps.join(', ') || trans.__('This tool');
}

/** What a tool used and asks for, in one sentence. */
export function sentence(tool: ToolUsed, trans: TranslationBundle): string {
  const name = titleOf(tool, trans);
  if (tool.memory === null) {
    return trans.__('%1 was never measured: its jobs were too short', name);
  }
  const used = mib(tool.memory, trans);
  return tool.asks_memory === null
    ? trans._n(
        '%2 used %3 at most in %1 run; the document does not say what it needs.',
        '%2 used %3 at most in %1 runs; the document does not say what it needs.',
        tool.runs,
        name,
        used
      )
    : trans._n(
        '%2 used %3 at most in %1 run; the document asks for %4 MiB.',
        '%2 used %3 at most in %1 runs; the document asks for %4 MiB.',
        tool.runs,
        name,
        used,
        tool.asks_memory
      );
}

interface IAskProps {
  readonly tool: ToolUsed;
  /** It is said already where. */
  readonly short?: boolean;
  readonly onAsk: (tool: ToolUsed) => void;
  readonly trans: TranslationBundle;
}

/** The button that makes the document ask for what a tool used. */
function Ask(props: IAskProps): JSX.Element | null {
  const { tool, trans } = props;
  const more = wanted(tool, trans);
  return more ? (
    <button
      type="button"
      className="jp-EllipLab-Kit-button"
      title={trans.__(
        'Writes ResourceRequirement into the document; the editor can undo it'
      )}
      onClick={() => props.onAsk(tool)}
    >
      {props.short
        ? trans.__('Ask for %1', more)
        : trans.__('Ask for %1 in the document', more)}
    </button>
  ) : null;
}

/** What is added, said once. */
function Margin(props: {
  readonly used: Used;
  readonly trans: TranslationBundle;
}): JSX.Element | null {
  const margin = props.used.tools.find(tool => tool.ram_min !== null)?.margin;
  return margin === undefined ? null : (
    <p className="jp-EllipLab-Kit-hint">
      {props.trans.__(
        'What is asked for is the highest peak and %1 % more, rounded up.',
        Math.round(100 * margin)
      )}
    </p>
  );
}

/** Properties of the lines. */
export interface IUsedLinesProps {
  readonly run: Run;
  readonly runs: IRuns;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** A line for each tool of a run that was measured. */
export function UsedLines(props: IUsedLinesProps): JSX.Element | null {
  const { run, runs, commands, trans } = props;
  const [used, setUsed] = React.useState<Used | null>(null);
  const ended = isFinal(run.state);
  React.useEffect(() => {
    if (!ended) {
      return;
    }
    let gone = false;
    // A document that is gone has nothing to ask for: the table above says what was used.
    runs.used({ path: run.document }).then(
      found => {
        if (!gone) {
          setUsed(found);
        }
      },
      () => undefined
    );
    return () => {
      gone = true;
    };
  }, [runs, run.document, run.id, ended]);
  const names = new Set(run.steps.map(step => step.id));
  const tools = (used?.tools ?? []).filter(
    tool =>
      tool.memory !== null &&
      (!tool.steps.length || tool.steps.some(step => names.has(step)))
  );
  if (!used || !tools.length || !commands.hasCommand(CommandIDs.used)) {
    return null;
  }
  return (
    <section
      className="jp-EllipLab-Runs-used"
      aria-label={trans.__('What the document should ask for')}
    >
      <ul>
        {tools.map(tool => (
          <li key={`${tool.tool} ${tool.steps.join(' ')}`}>
            <span
              title={tool.memory === null ? '' : exactBytes(tool.memory, trans)}
            >
              {sentence(tool, trans)}
            </span>
            <Ask
              tool={tool}
              onAsk={one =>
                void commands.execute(CommandIDs.used, {
                  path: run.document,
                  tool: one.tool,
                  step: one.steps[0] ?? ''
                })
              }
              trans={trans}
            />
          </li>
        ))}
      </ul>
      <Margin used={used} trans={trans} />
    </section>
  );
}

/** Properties of the table. */
export interface IUsedTableProps {
  readonly ask: () => Promise<Used>;
  /** Writes what a tool should ask for. */
  readonly write: (tool: ToolUsed) => Promise<void>;
  readonly trans: TranslationBundle;
}

/** Every tool of a document, with what it used and should ask for. */
export function UsedTable(props: IUsedTableProps): JSX.Element {
  const { ask, write, trans } = props;
  const [used, setUsed] = React.useState<Used | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const read = React.useCallback(
    () => ask().then(setUsed, (wrong: unknown) => setError(wrong)),
    [ask]
  );
  React.useEffect(() => {
    void read();
  }, [read]);
  if (error !== null) {
    return <p role="alert">{describe(error, trans)}</p>;
  }
  if (used === null) {
    return <p aria-busy="true">{trans.__('Reading the runs…')}</p>;
  }
  if (!used.tools.length) {
    return <p>{trans.__('The document has no tools.')}</p>;
  }
  return (
    <div className="jp-EllipLab-Runs-usedTable">
      {!used.tools.some(tool => tool.jobs > 0) && (
        <p>
          {trans.__(
            'Nothing was measured yet: run the document, and come back.'
          )}
        </p>
      )}
      <table className="jp-EllipLab-Kit-table">
        <caption>{trans.__('What the tools have used')}</caption>
        <thead>
          <tr>
            <th scope="col">{trans.__('Tool')}</th>
            <th scope="col">{trans.__('Runs')}</th>
            <th scope="col">{trans.__('Peak memory')}</th>
            <th scope="col">{trans.__('Cores')}</th>
            <th scope="col">{trans.__('Asks for')}</th>
            <th scope="col">{trans.__('Should ask for')}</th>
          </tr>
        </thead>
        <tbody>
          {used.tools.map(tool => (
            <tr key={`${tool.tool} ${tool.steps.join(' ')}`}>
              <th scope="row" title={tool.steps.join(', ')}>
                {titleOf(tool, trans)}
              </th>
              <td>{tool.runs}</td>
              <td>{tool.memory === null ? '–' : mib(tool.memory, trans)}</td>
              <td>{tool.cores === null ? '–' : tool.cores.toFixed(2)}</td>
              <td>
                {amounts(tool.asks_memory, tool.asks_cores, trans) ||
                  trans.__('nothing')}
              </td>
              <td>
                {wanted(tool, trans) ? (
                  <Ask
                    tool={tool}
                    short
                    onAsk={one => void write(one).then(read, setError)}
                    trans={trans}
                  />
                ) : (
                  amounts(tool.ram_min, tool.cores_min, trans) || '–'
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Margin used={used} trans={trans} />
    </div>
  );
}
