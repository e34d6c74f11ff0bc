/**
 * A terminal of the Lab that runs a line as soon as its shell stands.
 */
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { Terminal as Sessions } from '@jupyterlab/services';
import type { CommandRegistry } from '@lumino/commands';
import type { Widget } from '@lumino/widgets';

/** What a terminal is opened with. */
export interface ITerminalLine {
  /** The folder of the workspace it begins in. */
  readonly folder: string;
  readonly line: string;
  readonly title: string;
}

/** The command of JupyterLab's terminals. */
const CREATE = 'terminal:create-new';
/** Milliseconds that a shell is waited for: what is typed before it stands is written twice. */
const PROMPT = 3000;

/** Whether this Lab has terminals. */
export function hasTerminals(commands: CommandRegistry): boolean {
  return commands.hasCommand(CREATE);
}

/** Opens a terminal, and has it run the line. */
export async function openTerminal(
  commands: CommandRegistry,
  terminal: ITerminalLine
): Promise<void> {
  const widget: unknown = await commands.execute(CREATE, {
    cwd: terminal.folder
  });
  if (!(widget instanceof MainAreaWidget)) {
    return;
  }
  const session = sessionOf(widget.content);
  if (!session) {
    return;
  }
  await prompted(session);
  session.send({ type: 'stdin', content: [`${terminal.line}\r`] });
  widget.title.label = terminal.title;
}

function sessionOf(content: Widget): Sessions.ITerminalConnection | null {
  const { session } = content as Widget & {
    readonly session?: Sessions.ITerminalConnection;
  };
  return session ?? null;
}

/** Waits for the first thing that a shell says: its prompt. */
function prompted(session: Sessions.ITerminalConnection): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      session.messageReceived.disconnect(heard);
      window.clearTimeout(timer);
      resolve();
    };
    const heard = (_: unknown, message: Sessions.IMessage): void => {
      if (message.type === 'stdout') {
        done();
      }
    };
    const timer = window.setTimeout(done, PROMPT);

    session.messageReceived.connect(heard);
  });
}
