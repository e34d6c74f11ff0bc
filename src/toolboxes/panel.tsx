/**
 * The panel in the sidebar: the toolboxes, the catalogue, work at the foot.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  addIcon,
  caretDownIcon,
  caretRightIcon,
  ellipsesIcon,
  fileIcon,
  ReactWidget,
  refreshIcon
} from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { Advice } from '../kit/advice';
import { bytes } from '../kit/format';
import { useDomId, useSignal } from '../kit/hooks';
import { MenuButton } from '../kit/menubutton';
import { CatalogueList } from './cataloguelist';
import type { ToolboxesModel } from './model';
import { CommandIDs } from './tokens';
import { ToolboxList } from './toolboxlist';
import { Trouble } from './trouble';
import { WorkFoot } from './worklist';

/** Properties of the panel. */
export interface IPanelProps {
  readonly toolboxes: ToolboxesModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** The panel as a widget of the sidebar. */
export class ToolboxesPanel extends ReactWidget {
  constructor(props: IPanelProps) {
    super();
    this.addClass('jp-EllipLab-Toolboxes-side');
    this._props = props;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this.onAfterShow();
    }
  }

  protected override onAfterShow(): void {
    // Nothing is asked before somebody looks.
    void this._props.toolboxes.setVisible(true);
  }

  protected override onAfterHide(): void {
    void this._props.toolboxes.setVisible(false);
  }

  protected override render(): JSX.Element {
    return <Panel {...this._props} />;
  }

  private readonly _props: IPanelProps;
}

/** The panel. */
export function Panel(props: IPanelProps): JSX.Element {
  const { toolboxes, trans } = props;
  useSignal(toolboxes.changed);
  const { all, error, catalogue } = toolboxes;
  return (
    <div className="jp-EllipLab-Toolboxes">
      <Top {...props} />
      <Notes {...props} />
      <div className="jp-EllipLab-Toolboxes-pane">
        {error !== null && (
          <Trouble
            error={error}
            onAgain={() => void toolboxes.refresh()}
            trans={trans}
          />
        )}
        <Part
          label={trans.__('Installed')}
          said={
            all
              ? trans.__(
                  '%1 · %2 free',
                  all.toolboxes.length,
                  bytes(all.free, trans)
                )
              : ''
          }
          open={toolboxes.showInstalled}
          onOpen={open => toolboxes.setShowInstalled(open)}
        >
          <ToolboxList {...props} />
        </Part>
        <Part
          label={trans.__('Catalogue')}
          said={
            !catalogue
              ? ''
              : toolboxes.filter.trim()
                ? trans.__(
                    '%1 of %2',
                    toolboxes.found.length,
                    catalogue.entries.length
                  )
                : String(catalogue.entries.length)
          }
          open={toolboxes.showCatalogue}
          onOpen={open => toolboxes.setShowCatalogue(open)}
        >
          <CatalogueList {...props} />
        </Part>
      </div>
      <WorkFoot {...props} />
    </div>
  );
}

/** The title and the buttons of the panel. */
function Top({ commands, trans }: IPanelProps): JSX.Element {
  const button = (
    label: string,
    command: string,
    Icon: LabIcon
  ): JSX.Element => (
    <button
      className="jp-EllipLab-Kit-icon"
      aria-label={label}
      title={label}
      onClick={() => void commands.execute(command)}
    >
      <Icon.react tag="span" />
    </button>
  );
  return (
    <div className="jp-EllipLab-Toolboxes-top">
      <h2>{trans.__('Toolboxes')}</h2>
      {button(trans.__('New from packages…'), CommandIDs.create, addIcon)}
      {button(trans.__('From a file…'), CommandIDs.fromFile, fileIcon)}
      {button(trans.__('Refresh'), CommandIDs.refresh, refreshIcon)}
      <MenuButton
        className="jp-EllipLab-Kit-icon"
        label={trans.__('More actions')}
        title={trans.__('More actions')}
        commands={commands}
        entries={[CommandIDs.channels, CommandIDs.login, CommandIDs.clean].map(
          command => ({ command })
        )}
      >
        <ellipsesIcon.react tag="span" />
      </MenuButton>
    </div>
  );
}

/** What to mind of all of them: nothing can be installed, or nothing is downloaded. */
function Notes({ toolboxes, commands, trans }: IPanelProps): JSX.Element {
  const { all, channels } = toolboxes;
  return (
    <>
      {all?.problem && (
        <div className="jp-EllipLab-Toolboxes-caution" role="alert">
          <p>{trans.__('No toolbox can be installed: %1', all.problem)}</p>
          {all.hint && (
            <p>
              <Advice trans={trans}>{commandOf(all.hint)}</Advice>
            </p>
          )}
        </div>
      )}
      {channels?.offline && (
        <div className="jp-EllipLab-Toolboxes-caution">
          <p>
            {trans.__('Offline: only what is in the cache can be installed.')}{' '}
            <button
              className="jp-EllipLab-Kit-link"
              onClick={() => void commands.execute(CommandIDs.channels)}
            >
              {trans.__('Change…')}
            </button>
          </p>
        </div>
      )}
    </>
  );
}

/** A hint that is a command and nothing else can be copied as one. */
function commandOf(hint: string): string {
  return /^(pip|apt|conda) /.test(hint) && !hint.includes('`')
    ? `\`${hint}\``
    : hint;
}

interface IPartProps {
  readonly label: string;
  /** A word or two at the end of its line. */
  readonly said: string;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly children: React.ReactNode;
}

/** A part of the panel that can be folded. */
function Part(props: IPartProps): JSX.Element {
  const id = useDomId('part');
  const Caret = props.open ? caretDownIcon : caretRightIcon;
  return (
    <section className="jp-EllipLab-Toolboxes-part" aria-label={props.label}>
      <button
        className="jp-EllipLab-Toolboxes-fold"
        aria-expanded={props.open}
        aria-controls={id}
        onClick={() => props.onOpen(!props.open)}
      >
        <Caret.react tag="span" className="jp-EllipLab-Toolboxes-caret" />
        <span className="jp-EllipLab-Toolboxes-text">{props.label}</span>
        <span className="jp-EllipLab-Kit-hint">{props.said}</span>
      </button>
      {props.open && <div id={id}>{props.children}</div>}
    </section>
  );
}
