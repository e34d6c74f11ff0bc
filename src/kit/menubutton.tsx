/**
 * A button that opens a menu of commands, JupyterLab's own menu.
 */
import { MenuSvg } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import * as React from 'react';

/** One entry of the menu. */
export interface IMenuEntry {
  readonly command: string;
  readonly args?: ReadonlyJSONObject;
}

/** Properties of the button. */
export interface IMenuButtonProps {
  readonly label: string;
  readonly commands: CommandRegistry;
  readonly entries: readonly IMenuEntry[];
  readonly title?: string;
  readonly className?: string;
  readonly children?: React.ReactNode;
}

/** The button. */
export function MenuButton(props: IMenuButtonProps): JSX.Element {
  const open = (event: React.MouseEvent<HTMLButtonElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const menu = new MenuSvg({ commands: props.commands });
    for (const entry of props.entries) {
      menu.addItem({ command: entry.command, args: entry.args ?? {} });
    }
    // The command runs after the menu has closed: it is let go of in the next turn.
    menu.aboutToClose.connect(() => {
      window.setTimeout(() => menu.dispose());
    }, menu);
    menu.open(box.left, box.bottom + 2);
  };
  return (
    <button
      className={props.className ?? 'jp-EllipLab-Kit-button'}
      aria-haspopup="menu"
      aria-label={props.children ? props.label : undefined}
      title={props.title}
      onClick={open}
    >
      {props.children ?? (
        <>
          {props.label} <span aria-hidden="true">▾</span>
        </>
      )}
    </button>
  );
}
