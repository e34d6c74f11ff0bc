/**
 * What an installation or an update would do, before anything is done: what comes, changes and goes, what it
 * costs; where nothing fits, why.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { ToolboxPlan, ToolboxWork } from '../contract';
import { Field } from '../kit/fields';
import { useSignal } from '../kit/hooks';
import { Pill } from '../kit/state';
import type { ToolboxesModel } from './model';
import { freeName, isName } from './names';
import type { Ask, IPageContext } from './page';
import type { IAnswer } from './planresult';
import { Changes, Result } from './planresult';
import { Trouble } from './trouble';
import { Tune } from './tune';

/** Properties of the view. */
export interface IPlanViewProps extends IPageContext {
  readonly toolboxes: ToolboxesModel;
  readonly commands: CommandRegistry;
  readonly onBegun: (work: ToolboxWork) => void;
  readonly trans: TranslationBundle;
}

/** The view. */
export function PlanView(props: IPlanViewProps): JSX.Element {
  const { state } = props;
  return state.ask ? <Asked {...props} ask={state.ask} /> : <div />;
}

interface IAskedProps extends IPlanViewProps {
  readonly ask: Ask;
}

function Asked(props: IAskedProps): JSX.Element {
  const { ask, toolboxes, state, onState, onTitle, trans } = props;
  useSignal(toolboxes.changed);
  const [answer, again] = usePlan(toolboxes, ask);
  const { plan } = answer;
  const install = ask.verb === 'install';
  const known = toolboxes.find(ask.request.name);
  const title =
    plan?.title ??
    (install
      ? (toolboxes.entry(ask.request.entry ?? null)?.title ?? ask.request.title)
      : known?.title) ??
    ask.request.name;
  const label = install
    ? trans.__('Install %1', title)
    : trans.__('Update %1', title);
  React.useEffect(() => {
    onTitle(label, trans.__('%1: what would be done', label));
    // The page's own function is made anew each time it paints.
  }, [label]);
  React.useEffect(() => {
    void toolboxes.ready();
  }, [toolboxes]);
  const [name, setName] = React.useState(ask.request.name);
  React.useEffect(() => setName(ask.request.name), [ask.request.name]);
  const [tuning, setTuning] = React.useState<boolean | null>(null);
  const [failed, setFailed] = React.useState<unknown>(null);
  const [sending, setSending] = React.useState(false);
  const wrong = install ? nameProblem(name, toolboxes, trans) : null;
  const nothing =
    !!plan && !plan.changes.length && !install && known?.state !== 'broken';
  const begin = (): void => {
    setSending(true);
    setFailed(null);
    const { client, works } = toolboxes;
    works
      .begin(
        install
          ? client.install({ ...ask.request, name })
          : client.update(ask.request)
      )
      .then(props.onBegun, (error: unknown) => {
        setFailed(error);
        setSending(false);
      });
  };
  return (
    <div className="jp-EllipLab-Toolboxes-page">
      <header className="jp-EllipLab-Toolboxes-header">
        <div className="jp-EllipLab-Toolboxes-headerMain">
          <h2>{label}</h2>
          <span className="jp-EllipLab-Toolboxes-pills">
            <Pill
              title={trans.__('This is a dry run: it only says what would be.')}
            >
              {trans.__('nothing has been changed yet')}
            </Pill>
            {plan?.offline && (
              <Pill tone="waiting">{trans.__('offline: the cache alone')}</Pill>
            )}
          </span>
          <span className="jp-EllipLab-Toolboxes-headerButtons">
            <button
              className="jp-EllipLab-Kit-button"
              disabled={!plan && answer.error === null}
              onClick={again}
            >
              {trans.__('Plan again')}
            </button>
            <button
              className="jp-EllipLab-Kit-button jp-mod-primary"
              disabled={!plan?.possible || !!wrong || nothing || sending}
              onClick={begin}
            >
              {install ? trans.__('Install') : trans.__('Update')}
            </button>
          </span>
        </div>
      </header>
      <div className="jp-EllipLab-Toolboxes-body">
        {failed !== null && (
          <Trouble error={failed} onAgain={begin} trans={trans} />
        )}
        <Result
          ask={ask}
          answer={answer}
          nothing={nothing}
          commands={props.commands}
          onAgain={again}
          trans={trans}
        />
        {install && (plan?.possible || wrong) && (
          <div className="jp-EllipLab-Toolboxes-named">
            <Field
              label={trans.__('Name')}
              value={name}
              problem={wrong}
              hint={trans.__(
                'Its folder, its kernel and its word in a terminal.'
              )}
              required
              onChange={setName}
            />
          </div>
        )}
        {plan && (
          <Tune
            key={JSON.stringify(ask)}
            ask={ask}
            plan={plan}
            open={tuning ?? !plan.possible}
            onOpen={setTuning}
            onAsk={changed => onState({ ...state, ask: changed })}
            trans={trans}
          />
        )}
        {plan && plan.changes.length > 0 && (
          <Changes plan={plan} trans={trans} />
        )}
      </div>
    </div>
  );
}

function nameProblem(
  name: string,
  toolboxes: ToolboxesModel,
  trans: TranslationBundle
): string | null {
  if (!isName(name)) {
    return trans.__('Small letters, digits, - and _, beginning with no sign.');
  }
  return toolboxes.names.has(name)
    ? trans.__(
        'There is a toolbox with this name; %1 is free.',
        freeName(name, toolboxes.names)
      )
    : null;
}

/** Asks for a plan, and again when it is asked for something else. */
function usePlan(
  toolboxes: ToolboxesModel,
  ask: Ask
): readonly [IAnswer, () => void] {
  const [answer, setAnswer] = React.useState<IAnswer>({
    plan: null,
    error: null
  });
  const [turn, setTurn] = React.useState(0);
  const asked = JSON.stringify(ask);
  React.useEffect(() => {
    let gone = false;
    const take = (found: IAnswer): void => {
      if (!gone) {
        setAnswer(found);
      }
    };
    setAnswer({ plan: null, error: null });
    plan(toolboxes, ask).then(
      found => take({ plan: found, error: null }),
      (error: unknown) => take({ plan: null, error })
    );
    return () => {
      gone = true;
    };
    // The same words are the same question, whoever holds them.
  }, [toolboxes, asked, turn]);
  return [answer, () => setTurn(before => before + 1)];
}

/** A name that is taken is no reason to say nothing: the packages are the same under another. */
async function plan(toolboxes: ToolboxesModel, ask: Ask): Promise<ToolboxPlan> {
  const { client } = toolboxes;
  if (ask.verb === 'update') {
    return client.planUpdate(ask.request);
  }
  await toolboxes.ready();
  return client.plan({
    ...ask.request,
    name: freeName(ask.request.name, toolboxes.names)
  });
}
