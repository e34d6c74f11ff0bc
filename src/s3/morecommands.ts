/**
 * What can be done with connections and transfers, as commands.
 */
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  addIcon,
  checkIcon,
  deleteIcon,
  editIcon,
  listIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';

import type { Connection } from '../contract';
import { notify, notifyError } from '../kit/notice';
import { isFinal } from '../kit/state';
import { titleOf } from './connections';
import { confirm } from './dialogs';
import type { StorageModel } from './model';
import { CommandIDs } from './tokens';

/** What the commands stand on. */
export interface IMoreCommandsOptions {
  readonly commands: CommandRegistry;
  readonly storage: StorageModel;
  /** Brings the panel to the front. */
  readonly showPanel: () => void;
  readonly trans: TranslationBundle;
}

/** Adds the commands of connections and transfers. */
export function addMoreCommands(options: IMoreCommandsOptions): void {
  const { commands, storage, showPanel, trans } = options;

  /** The connection that is meant: named, or shown. */
  const connectionOf = (args: ReadonlyPartialJSONObject): Connection | null =>
    storage.known.find(
      typeof args.name === 'string' ? args.name : storage.place.connection
    );
  const act =
    (
      key: string,
      verb: (args: ReadonlyPartialJSONObject) => Promise<unknown>
    ) =>
    async (args: ReadonlyPartialJSONObject): Promise<void> => {
      try {
        await verb(args);
      } catch (error) {
        notifyError(key, error, trans);
      }
    };
  const named = {
    args: {
      type: 'object',
      properties: {
        name: {
          type: 'string',
          description: trans.__(
            'The name of the connection; the one that is shown when absent'
          )
        }
      }
    }
  };
  const isSaved = (args: ReadonlyPartialJSONObject): boolean =>
    connectionOf(args)?.source === 'saved';

  commands.addCommand(CommandIDs.connect, {
    label: trans.__('Add a Connection to Storage…'),
    caption: trans.__('Connect to an object store'),
    icon: addIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          preset: {
            type: 'string',
            description: trans.__('The service; chosen in the form when absent')
          }
        }
      }
    },
    execute: async args => {
      showPanel();
      await storage.listConnections();
      storage.showForm({
        preset: typeof args.preset === 'string' ? args.preset : null,
        name: null
      });
    }
  });
  commands.addCommand(CommandIDs.editConnection, {
    label: trans.__('Edit Connection…'),
    caption: trans.__('Change a connection that was saved here'),
    icon: editIcon,
    describedBy: named,
    isEnabled: isSaved,
    execute: args => {
      const connection = connectionOf(args);
      if (connection) {
        showPanel();
        storage.showForm({ preset: connection.preset, name: connection.name });
      }
    }
  });
  commands.addCommand(CommandIDs.removeConnection, {
    label: trans.__('Remove Connection…'),
    caption: trans.__('Forget a connection that was saved here, and its keys'),
    icon: deleteIcon,
    describedBy: named,
    isEnabled: isSaved,
    execute: act(CommandIDs.removeConnection, async args => {
      const connection = connectionOf(args);
      if (
        connection &&
        (await confirm(
          trans.__('Remove the connection %1?', titleOf(connection)),
          trans.__('Its keys are forgotten, too. What is stored stays.'),
          trans.__('Remove'),
          trans
        ))
      ) {
        await storage.removeConnection(connection.name);
      }
    })
  });
  commands.addCommand(CommandIDs.chooseConnection, {
    label: trans.__('Make Default Connection'),
    caption: trans.__('Make a connection the one that s3://bucket/key means'),
    icon: checkIcon,
    describedBy: named,
    isEnabled: args => connectionOf(args)?.default === false,
    isToggled: args => connectionOf(args)?.default === true,
    execute: act(CommandIDs.chooseConnection, async args => {
      const connection = connectionOf(args);
      if (connection) {
        await storage.known.choose(connection.name);
      }
    })
  });
  commands.addCommand(CommandIDs.testConnection, {
    label: trans.__('Test Connection'),
    caption: trans.__('Try a connection step by step'),
    icon: runIcon,
    describedBy: named,
    isEnabled: args => connectionOf(args) !== null,
    execute: act(CommandIDs.testConnection, async args => {
      const connection = connectionOf(args);
      if (!connection) {
        return;
      }
      const { name } = connection;
      const test = await storage.known.test({
        name,
        bucket: storage.place.connection === name ? storage.place.bucket : null
      });
      const bad = test.steps.find(step => step.result === 'failed');
      notify(`s3-test-${name}`, {
        message: test.works
          ? trans.__('%1 works', titleOf(connection))
          : [
              trans.__('%1 does not work', titleOf(connection)),
              bad ? `${bad.name}: ${bad.detail}` : '',
              bad?.hint ?? ''
            ]
              .filter(Boolean)
              .join('\n'),
        type: test.works ? 'success' : 'error',
        autoClose: test.works ? 5000 : false
      });
    })
  });

  // -- transfers

  const idOf = (args: ReadonlyPartialJSONObject): string | null =>
    typeof args.id === 'string' ? args.id : null;
  const stateOf = (args: ReadonlyPartialJSONObject) => {
    const id = idOf(args);
    return id === null
      ? null
      : (storage.uploads.find(id)?.state ??
          storage.transfers.list.find(one => one.id === id)?.state ??
          null);
  };
  const described = {
    args: {
      type: 'object',
      properties: {
        id: {
          type: 'string',
          description: trans.__('The id of a transfer or an upload')
        }
      },
      required: ['id']
    }
  };
  const onTransfer = (
    command: string,
    label: string,
    caption: string,
    icon: typeof stopIcon,
    final: boolean,
    verb: (id: string) => Promise<unknown>
  ): void => {
    commands.addCommand(command, {
      label,
      caption,
      icon,
      describedBy: described,
      isEnabled: args => {
        const state = stateOf(args);
        return state !== null && isFinal(state) === final;
      },
      execute: act(command, async args => {
        const id = idOf(args);
        if (id !== null) {
          await verb(id);
        }
      })
    });
  };
  onTransfer(
    CommandIDs.stopTransfer,
    trans.__('Stop Transfer'),
    trans.__('Stop a transfer; what it has finished stays'),
    stopIcon,
    false,
    async id => {
      const upload = storage.uploads.find(id);
      return upload ? upload.stop() : storage.transfers.stop(id);
    }
  );
  onTransfer(
    CommandIDs.resumeTransfer,
    trans.__('Resume Transfer'),
    trans.__('Go on with a transfer from where it was'),
    runIcon,
    true,
    async id => {
      const upload = storage.uploads.find(id);
      return upload
        ? storage.uploads.resume(upload)
        : storage.transfers.resume(id);
    }
  );
  onTransfer(
    CommandIDs.removeTransfer,
    trans.__('Remove Transfer'),
    trans.__('Remove an ended transfer from the list'),
    deleteIcon,
    true,
    id => {
      const upload = storage.uploads.find(id);
      return upload
        ? storage.uploads.remove(upload)
        : storage.transfers.remove(id);
    }
  );
  commands.addCommand(CommandIDs.showTransfers, {
    label: trans.__('Show Transfers'),
    caption: trans.__('Show the transfers of storage'),
    icon: listIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => {
      showPanel();
      storage.setShowTransfers(true);
    }
  });
}
