/**
 * A dialog with a form in it: it stays open, and says why, when what is asked for is refused.
 */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { describe } from './notice';
import { ProblemError } from './request';

/** Leaves the keys of a form to the form. */
class FormDialog extends Dialog<void> {
  override handleEvent(event: Event): void {
    if (
      event instanceof KeyboardEvent &&
      event.type === 'keydown' &&
      event.key !== 'Escape'
    ) {
      return;
    }
    super.handleEvent(event);
  }
}

/** What is in the dialog. */
class Body extends ReactWidget implements Dialog.IBodyWidget<void> {
  constructor(private readonly _paint: () => JSX.Element) {
    super();
    this.addClass('jp-EllipLab-Kit-formDialog');
  }

  getValue(): void {
    return;
  }

  protected override render(): JSX.Element {
    return this._paint();
  }
}

/** Shows a form until it is done or given up. */
export async function showForm(
  title: string,
  paint: (close: () => void) => JSX.Element
): Promise<void> {
  const dialog: { current: FormDialog | null } = { current: null };
  dialog.current = new FormDialog({
    title,
    body: new Body(() => paint(() => dialog.current?.reject())),
    buttons: [],
    hasClose: true,
    focusNodeSelector: 'input:not([type="checkbox"]), textarea, select, button'
  });
  await dialog.current.launch();
}

/** Properties of the frame. */
export interface IFormFrameProps {
  /** The answer, on the button that gives it. */
  readonly label: string;
  readonly busyLabel?: string;
  /** It takes something away. */
  readonly warn?: boolean;
  readonly disabled?: boolean;
  /** Does what the form is for; an error is shown, and the form stays. */
  readonly onSubmit: () => Promise<void>;
  readonly close: () => void;
  readonly children: React.ReactNode;
  readonly trans: TranslationBundle;
}

/** Why a form was refused, for its fields. */
const Refused = React.createContext<unknown>(null);

/** What is wrong with a field, as the server says it. */
export function useProblem(): (field: string) => string | null {
  const error = React.useContext(Refused);
  return field =>
    error instanceof ProblemError
      ? (error.problems.find(one => one.field?.split('.').pop() === field)
          ?.message ?? null)
      : null;
}

/** The frame of a form: its fields, what is wrong, its buttons. */
export function FormFrame(props: IFormFrameProps): JSX.Element {
  const { close, trans } = props;
  const [busy, setBusy] = React.useState(false);
  const [error, setError] = React.useState<unknown>(null);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    props.onSubmit().then(close, (wrong: unknown) => {
      setError(wrong);
      setBusy(false);
    });
  };
  return (
    <form className="jp-EllipLab-Kit-form" autoComplete="off" onSubmit={submit}>
      <Refused.Provider value={error}>{props.children}</Refused.Provider>
      {error !== null && (
        <p className="jp-EllipLab-Kit-wrong" role="alert">
          {describe(error, trans)}
        </p>
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
          className={
            'jp-EllipLab-Kit-button ' +
            (props.warn ? 'jp-mod-warn' : 'jp-mod-primary')
          }
          disabled={busy || props.disabled}
        >
          {busy ? (props.busyLabel ?? props.label) : props.label}
        </button>
      </div>
    </form>
  );
}
