/**
 * The engine at the top of the panel: what it is, what it holds; or what would make one work.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretRightIcon,
  copyIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Engine } from '../contract';
import { copyText } from '../kit/copy';
import { bytes, exactBytes } from '../kit/format';
import { useDomId } from '../kit/hooks';
import { containersIcon } from '../kit/icons';
import type { ContainersModel } from './model';
import { isCommand } from './names';

/** Properties of what shows the engine. */
export interface IEngineProps {
  readonly containers: ContainersModel;
  readonly trans: TranslationBundle;
}

/** `podman 4.3.1 · 1.2 GB`, and its facts when it is opened. */
export function EngineLine(props: IEngineProps): JSX.Element | null {
  const { containers, trans } = props;
  const { engine, showEngine: open } = containers;
  const id = useDomId('engine');
  if (!engine) {
    return (
      <div className="jp-EllipLab-Containers-engine" aria-busy="true">
        <span className="jp-EllipLab-Containers-engineWait jp-EllipLab-Kit-hint">
          {trans.__('Looking for a container engine…')}
        </span>
      </div>
    );
  }
  if (engine.kind === 'none') {
    return null;
  }
  const works = engine.problem === null;
  const words = [`${engine.kind} ${engine.version}`.trim()];
  if (engine.used !== null) {
    words.push(trans.__('%1 used', bytes(engine.used, trans)));
  }
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <div className="jp-EllipLab-Containers-engine">
      <button
        className="jp-EllipLab-Containers-fold"
        aria-expanded={open}
        aria-controls={id}
        title={trans.__('What is known of the engine')}
        onClick={() => containers.setShowEngine(!open)}
      >
        <span
          className={
            'jp-EllipLab-Kit-dot ' + (works ? 'jp-mod-done' : 'jp-mod-failed')
          }
          role="img"
          aria-label={works ? trans.__('works') : trans.__('does not work')}
        />
        <span className="jp-EllipLab-Containers-text">{words.join(' · ')}</span>
        <Caret.react tag="span" className="jp-EllipLab-Containers-caret" />
      </button>
      {engine.problem !== null && (
        <Remedy problem={engine.problem} hint={engine.hint} trans={trans} />
      )}
      {open && <Facts id={id} engine={engine} trans={trans} />}
    </div>
  );
}

interface IFactsProps {
  readonly id: string;
  readonly engine: Engine;
  readonly trans: TranslationBundle;
}

/** What is known of the engine. */
function Facts({ id, engine, trans }: IFactsProps): JSX.Element {
  const facts: (readonly [string, React.ReactNode, string?])[] = [
    [
      trans.__('Rights'),
      engine.rootless ? trans.__('of an ordinary user') : trans.__('of root')
    ],
    [
      trans.__('Where'),
      engine.remote ? trans.__('another machine') : trans.__('this machine')
    ],
    [trans.__('Service'), engine.address],
    [trans.__('Runtime'), engine.runtime],
    [trans.__('Control groups'), engine.cgroups],
    [
      trans.__('Store'),
      [engine.driver, engine.store].filter(Boolean).join(', ')
    ]
  ];
  if (engine.free !== null) {
    facts.push([
      trans.__('Free'),
      bytes(engine.free, trans),
      exactBytes(engine.free, trans)
    ]);
  }
  if (engine.cpus !== null) {
    facts.push([trans.__('Cores'), String(engine.cpus)]);
  }
  if (engine.memory !== null) {
    facts.push([
      trans.__('Memory'),
      bytes(engine.memory, trans),
      exactBytes(engine.memory, trans)
    ]);
  }
  return (
    <dl id={id} className="jp-EllipLab-Containers-facts">
      {facts
        .filter(([, value]) => value)
        .map(([name, value, exact]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd title={exact}>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** No engine works: the command that installs one, and what is in the way of each. */
export function NoEngine(props: IEngineProps): JSX.Element | null {
  const { containers, trans } = props;
  const { engine } = containers;
  const [asking, setAsking] = React.useState(false);
  if (!engine) {
    return null;
  }
  return (
    <div className="jp-EllipLab-Containers-empty">
      <containersIcon.react
        className="jp-EllipLab-Containers-emptyIcon"
        tag="span"
      />
      <h3>{trans.__('No container engine works here')}</h3>
      <p>
        {trans.__(
          'Tools of application packages run in containers. podman needs no daemon and no rights of root.'
        )}
      </p>
      {engine.hint && <Hint hint={engine.hint} trans={trans} />}
      <ul className="jp-EllipLab-Containers-choices">
        {engine.choices
          .filter(one => one.kind !== 'none' && one.problem)
          .map(one => (
            <li key={one.kind}>
              <strong>{one.kind}</strong> {one.problem}
              {one.hint && one.hint !== engine.hint && (
                <span className="jp-EllipLab-Kit-hint"> {one.hint}</span>
              )}
            </li>
          ))}
      </ul>
      {!engine.choices.length && engine.problem && <p>{engine.problem}</p>}
      <button
        className="jp-EllipLab-Kit-button jp-mod-primary"
        disabled={asking}
        onClick={() => {
          setAsking(true);
          void containers.refresh().finally(() => setAsking(false));
        }}
      >
        {asking ? trans.__('Looking…') : trans.__('Look again')}
      </button>
    </div>
  );
}

interface IHintProps {
  readonly hint: string;
  readonly trans: TranslationBundle;
}

/** What to do; with a button that copies it where it is a command. */
export function Hint({ hint, trans }: IHintProps): JSX.Element {
  const [copied, setCopied] = React.useState(false);
  if (!isCommand(hint)) {
    return <p className="jp-EllipLab-Containers-hint">{hint}</p>;
  }
  return (
    <div className="jp-EllipLab-Containers-command">
      <code tabIndex={0}>{hint}</code>
      <button
        className="jp-EllipLab-Kit-button"
        aria-label={trans.__('Copy the command')}
        onClick={() => {
          void copyText(hint).then(() => setCopied(true));
        }}
      >
        <copyIcon.react tag="span" className="jp-EllipLab-Kit-buttonIcon" />
        <span role="status">
          {copied ? trans.__('Copied') : trans.__('Copy')}
        </span>
      </button>
    </div>
  );
}

interface IRemedyProps {
  readonly problem: string;
  readonly hint: string | null;
  readonly trans: TranslationBundle;
}

/** What is wrong with the engine, and what to do. */
function Remedy({ problem, hint, trans }: IRemedyProps): JSX.Element {
  return (
    <div className="jp-EllipLab-Containers-error" role="alert">
      <span>{problem}</span>
      {hint && <Hint hint={hint} trans={trans} />}
    </div>
  );
}
