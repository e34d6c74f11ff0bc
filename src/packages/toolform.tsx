/**
 * The form that makes a tool of a command: the command, what was recognised of it, and the document it becomes.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ToolDraft, ToolRequest } from '../contract';
import { Check, Field } from '../kit/fields';
import { useDomId } from '../kit/hooks';
import { describe } from '../kit/notice';

/** Milliseconds without a keystroke after which a command is read. */
const PAUSE = 400;
/** What a command looks like. */
const EXAMPLE = 'gdal_translate -of COG in.tif out.tif';

/** What the form stands on. */
export interface IToolFormProps {
  /** The folder that the command's paths count from, and that the document goes to. */
  readonly folder: string;
  readonly tool: (request: ToolRequest) => Promise<ToolDraft>;
  /** Writes the files, and opens the document; an error is shown, and the form stays. */
  readonly create: (
    name: string,
    draft: ToolDraft,
    parameters: boolean
  ) => Promise<void>;
  readonly close: () => void;
  readonly trans: TranslationBundle;
}

type Work = 'reading' | 'trying' | 'creating';

/** The form. */
export function ToolForm(props: IToolFormProps): JSX.Element {
  const { folder, tool, close, trans } = props;
  const id = useDomId('tool');
  const [command, setCommand] = React.useState('');
  const [image, setImage] = React.useState('');
  const [run, setRun] = React.useState(false);
  const [name, setName] = React.useState<string | null>(null);
  const [parameters, setParameters] = React.useState(true);
  const [draft, setDraft] = React.useState<ToolDraft | null>(null);
  const [work, setWork] = React.useState<Work | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  /** The question whose answer is waited for; an older one's is let go. */
  const asked = React.useRef(0);
  /** The reading that is due. */
  const due = React.useRef(0);
  /** The draft is of a trial. */
  const [tried, setTried] = React.useState(false);

  const ask = (trial: boolean): void => {
    // A trial says more than the reading that may be due.
    window.clearTimeout(due.current);
    asked.current += 1;
    const mine = asked.current;
    setWork(trial ? 'trying' : 'reading');
    tool({
      argv: [` ${command}`],
      folder: folder || '.',
      image: image.trim() || null,
      run: trial
    }).then(
      answer => {
        if (mine === asked.current) {
          setDraft(answer);
          setTried(trial);
          setError(null);
          setWork(null);
        }
      },
      (wrong: unknown) => {
        if (mine === asked.current) {
          setError(wrong);
          setWork(null);
        }
      }
    );
  };
  React.useEffect(() => {
    asked.current += 1;
    setTried(false);
    setError(null);
    setWork(null);
    if (!command.trim()) {
      setDraft(null);
      return;
    }
    due.current = window.setTimeout(() => ask(false), PAUSE);
    return () => window.clearTimeout(due.current);
  }, [command, image, folder]);
  React.useEffect(
    () => () => {
      asked.current += 1;
    },
    []
  );

  const called = name ?? draft?.id ?? '';
  const needsTrial = run && !tried;
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    if (work === 'trying' || work === 'creating') {
      return;
    }
    if (needsTrial) {
      ask(true);
    } else if (draft && work === null) {
      setWork('creating');
      setError(null);
      props
        .create(called.trim(), draft, parameters)
        .then(close, (wrong: unknown) => {
          setError(wrong);
          setWork(null);
        });
    }
  };
  return (
    <form
      className="jp-EllipLab-Kit-form jp-EllipLab-Packages-form"
      autoComplete="off"
      onSubmit={submit}
    >
      <Field
        label={trans.__('Command')}
        value={command}
        placeholder={EXAMPLE}
        hint={trans.__(
          'As in a terminal, with > and <. Its paths count from %1.',
          folder || trans.__('the workspace')
        )}
        required
        onChange={setCommand}
      />
      <Field
        label={trans.__('Image that has the command')}
        value={image}
        placeholder={trans.__('none')}
        onChange={setImage}
      />
      <Check
        label={trans.__('Run it once to see what it writes')}
        value={run}
        hint={trans.__(
          'In an empty folder and on copies of its inputs: nothing of yours is written to. It has 60 seconds.'
        )}
        onChange={setRun}
      />
      <div role="status" className="jp-EllipLab-Packages-toolSaid">
        {work === 'trying'
          ? trans.__('Running it…')
          : tried && draft && draft.problem === null
            ? trans._n(
                'It ran, and wrote %1 file.',
                'It ran, and wrote %1 files.',
                draft.files.length
              )
            : draft && !run
              ? trans.__('It was only read: its outputs are guessed.')
              : null}
      </div>
      {error !== null && (
        <p className="jp-EllipLab-Kit-wrong" role="alert">
          {describe(error, trans)}
        </p>
      )}
      {draft && tried && draft.problem !== null && (
        <div className="jp-EllipLab-Kit-wrong" role="alert">
          <p>
            {trans.__(
              'The trial tells nothing, the outputs are guessed: %1',
              draft.problem
            )}
          </p>
          {draft.log && <pre tabIndex={0}>{draft.log}</pre>}
        </div>
      )}
      {draft && (
        <div className="jp-EllipLab-Packages-drafted">
          <Ports draft={draft} trans={trans} />
          <div>
            <h3 id={`${id}-text`}>{trans.__('Document')}</h3>
            <pre tabIndex={0} role="region" aria-labelledby={`${id}-text`}>
              {draft.text}
            </pre>
          </div>
        </div>
      )}
      {draft && (
        <>
          <Field
            label={trans.__('Name')}
            value={called}
            hint={trans.__('The file is called %1.cwl', called || '…')}
            required
            onChange={setName}
          />
          <Check
            label={trans.__('Also write the values of the command')}
            value={parameters}
            hint={trans.__('%1.yml runs the tool as the command did.', called)}
            onChange={setParameters}
          />
        </>
      )}
      <div className="jp-EllipLab-Kit-buttons">
        <button
          type="button"
          className="jp-EllipLab-Kit-button"
          onClick={close}
        >
          {trans.__('Cancel')}
        </button>
        <button
          type="submit"
          className="jp-EllipLab-Kit-button jp-mod-primary"
          // One button, never disabled while it works: who has pressed it keeps the keyboard.
          disabled={needsTrial ? !command.trim() : !draft || !called.trim()}
          aria-disabled={work !== null}
        >
          {needsTrial ? trans.__('Run it once') : trans.__('Create file')}
        </button>
      </div>
    </form>
  );
}

interface IPortsProps {
  readonly draft: ToolDraft;
  readonly trans: TranslationBundle;
}

/** What was recognised, as a table. */
function Ports(props: IPortsProps): JSX.Element {
  const { draft, trans } = props;
  return (
    <table className="jp-EllipLab-Kit-table">
      <caption>{trans.__('What was recognised')}</caption>
      <thead>
        <tr>
          <th scope="col">{trans.__('Name')}</th>
          <th scope="col">{trans.__('Type')}</th>
          <th scope="col">{trans.__('Value')}</th>
          <th scope="col">{trans.__('Because')}</th>
        </tr>
      </thead>
      {[
        { title: trans.__('Inputs'), ports: draft.inputs },
        { title: trans.__('Outputs'), ports: draft.outputs }
      ].map(group => (
        <tbody key={group.title}>
          <tr>
            <th
              scope="rowgroup"
              colSpan={4}
              className="jp-EllipLab-Packages-group"
            >
              {group.title}
            </th>
          </tr>
          {group.ports.map(port => (
            <tr key={port.id}>
              <th scope="row">{port.id}</th>
              <td>
                <code>{port.type}</code>
              </td>
              <td>{port.value ?? ''}</td>
              <td>{port.why}</td>
            </tr>
          ))}
          {!group.ports.length && (
            <tr>
              <td colSpan={4}>{trans.__('none')}</td>
            </tr>
          )}
        </tbody>
      ))}
    </table>
  );
}
