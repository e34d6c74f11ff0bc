/**
 * What to do, in a sentence: a command in it can be copied.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { partsOf } from './code';
import { copyText } from './copy';

/** Milliseconds for which it is said that something was copied. */
const SAID = 2000;

/** Properties of the advice. */
export interface IAdviceProps {
  /** A sentence with `code` in it, as the server writes it. */
  readonly children: string;
  readonly trans: TranslationBundle;
}

/** The advice; code of several words is a command. */
export function Advice(props: IAdviceProps): JSX.Element {
  return (
    <>
      {partsOf(props.children).map((part, index) =>
        index % 2 === 0 ? (
          part
        ) : /\S\s+\S/.test(part) ? (
          <Command key={index} text={part} trans={props.trans} />
        ) : (
          <code key={index} className="jp-EllipLab-Kit-word">
            {part}
          </code>
        )
      )}
    </>
  );
}

interface ICommandProps {
  readonly text: string;
  readonly trans: TranslationBundle;
}

/** A command, and the button that copies it. */
function Command(props: ICommandProps): JSX.Element {
  const { text, trans } = props;
  const [copied, setCopied] = React.useState(false);
  React.useEffect(() => {
    if (!copied) {
      return;
    }
    const timer = window.setTimeout(() => setCopied(false), SAID);
    return () => window.clearTimeout(timer);
  }, [copied]);
  return (
    <span className="jp-EllipLab-Kit-command">
      <code>{text}</code>
      <button
        type="button"
        className="jp-EllipLab-Kit-icon"
        title={trans.__('Copy the command')}
        aria-label={trans.__('Copy %1', text)}
        onClick={() => void copyText(text).then(() => setCopied(true))}
      >
        <copyIcon.react tag="span" className="jp-EllipLab-Kit-buttonIcon" />
      </button>
      <span role="status" className="jp-EllipLab-Kit-hint">
        {copied ? trans.__('copied') : ''}
      </span>
    </span>
  );
}
