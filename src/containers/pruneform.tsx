/**
 * Cleaning images up: what would go, and how much that frees, before anything does.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { PrunePlan, PruneRequest } from '../contract';
import { Check } from '../kit/fields';
import { bytes, exactBytes } from '../kit/format';
import { FormFrame } from '../kit/formdialog';
import { describe } from '../kit/notice';
import type { IFormProps } from './imageforms';
import { titleOf, usersText } from './names';

/** Images that a plan shows at once. */
const SHOWN = 100;

interface IPruneFormProps extends IFormProps {
  /** Begin with stopped containers. */
  readonly stopped: boolean;
  readonly onDone: (request: PruneRequest) => Promise<void>;
}

/** What a clean-up would take, and how much it frees, before it does. */
export function PruneForm(props: IPruneFormProps): JSX.Element {
  const { containers, close, trans } = props;
  const [all, setAll] = React.useState(false);
  const [stopped, setStopped] = React.useState(props.stopped);
  const [cache, setCache] = React.useState(false);
  const [plan, setPlan] = React.useState<PrunePlan | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  React.useEffect(() => {
    let gone = false;
    setPlan(null);
    setError(null);
    containers.client.planPrune({ all, containers: stopped, cache }).then(
      found => {
        if (!gone) {
          setPlan(found);
        }
      },
      (wrong: unknown) => {
        if (!gone) {
          setError(wrong);
        }
      }
    );
    return () => {
      gone = true;
    };
  }, [containers, all, stopped, cache]);
  const nothing =
    plan !== null && !plan.images.length && !plan.containers.length;
  return (
    <FormFrame
      label={
        plan && plan.frees > 0
          ? trans.__('Free %1', bytes(plan.frees, trans))
          : trans.__('Clean up')
      }
      warn
      disabled={plan === null || (nothing && !cache)}
      onSubmit={() => props.onDone({ all, containers: stopped, cache })}
      close={close}
      trans={trans}
    >
      <Check
        label={trans.__('Every image that no container uses')}
        hint={trans.__('Else only untagged ones.')}
        value={all}
        onChange={setAll}
      />
      <Check
        label={trans.__('Stopped containers')}
        value={stopped}
        onChange={setStopped}
      />
      <Check
        label={trans.__('What builds have kept')}
        hint={trans.__('The next builds take longer.')}
        value={cache}
        onChange={setCache}
      />
      <section
        className="jp-EllipLab-Containers-plan"
        aria-label={trans.__('What goes')}
        aria-busy={plan === null && error === null}
      >
        {error !== null ? (
          <p className="jp-EllipLab-Kit-wrong" role="alert">
            {describe(error, trans)}
          </p>
        ) : plan === null ? (
          <p className="jp-EllipLab-Kit-hint">{trans.__('Counting…')}</p>
        ) : (
          <Plan plan={plan} trans={trans} />
        )}
      </section>
    </FormFrame>
  );
}

interface IPlanProps {
  readonly plan: PrunePlan;
  readonly trans: TranslationBundle;
}

/** What goes, and what a person should know first. */
function Plan({ plan, trans }: IPlanProps): JSX.Element {
  const { images, containers, cautions, frees } = plan;
  const words = [
    trans._n('%1 image', '%1 images', images.length),
    ...(containers.length
      ? [trans._n('%1 container', '%1 containers', containers.length)]
      : [])
  ];
  return (
    <>
      <p role="status" title={exactBytes(frees, trans)}>
        {images.length || containers.length
          ? trans.__(
              'Frees %1: %2',
              bytes(frees, trans),
              words.join(trans.__(' and '))
            )
          : trans.__('Nothing to clean up.')}
      </p>
      {cautions.map(caution => (
        <p key={caution} className="jp-EllipLab-Containers-caution">
          {caution}
        </p>
      ))}
      {(images.length > 0 || containers.length > 0) && (
        <ul>
          {images.slice(0, SHOWN).map(image => (
            <li key={image.id}>
              <span
                className="jp-EllipLab-Containers-text"
                title={image.names.join('\n') || image.id}
              >
                {titleOf(image, trans)}
              </span>
              <span className="jp-EllipLab-Kit-hint">
                {image.users.length
                  ? `${usersText(image.users, trans)} · `
                  : ''}
                {bytes(image.size, trans)}
              </span>
            </li>
          ))}
          {images.length > SHOWN && (
            <li className="jp-EllipLab-Kit-hint">
              {trans.__('and %1 more', images.length - SHOWN)}
            </li>
          )}
          {containers.map(name => (
            <li key={name}>
              <span className="jp-EllipLab-Containers-text">{name}</span>
              <span className="jp-EllipLab-Kit-hint">
                {trans.__('container')}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
