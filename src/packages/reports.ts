/**
 * Reports put together: the rules as a finder of the editors, the pill on their toolbar, the view and its command.
 */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import type {
  ICommandPalette,
  IToolbarWidgetRegistry
} from '@jupyterlab/apputils';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { FileEditor, IEditorTracker } from '@jupyterlab/fileeditor';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Profile } from '../contract';
import type { ICwlLanguage } from '../cwl/tokens';
import { CWL_EXTENSION } from '../cwl/tokens';
import { openAtLine } from '../kit/document';
import { cwlIcon } from '../kit/icons';
import { notifyError } from '../kit/notice';
import { PackagesClient } from './client';
import { RuleFinder } from './finder';
import { ReportPill } from './pill';
import type { ReportView } from './report';
import { CommandIDs, PROFILES } from './tokens';
import { profileWord } from './words';

/** Where the profile is kept. */
const PLUGIN = 'ellip-lab:packages';

/** What reports stand on. */
export interface IReportsOptions {
  readonly app: JupyterFrontEnd;
  readonly language: ICwlLanguage;
  readonly manager: IDocumentManager;
  readonly tracker: IEditorTracker;
  readonly browser: IDefaultFileBrowser | null;
  readonly palette: ICommandPalette | null;
  readonly restorer: ILayoutRestorer | null;
  readonly settings: ISettingRegistry | null;
  readonly toolbars: IToolbarWidgetRegistry | null;
  readonly trans: TranslationBundle;
}

/** Adds the reports. */
export function addReports(options: IReportsOptions): void {
  const { app, language, palette, restorer, toolbars, trans } = options;
  const finder = new RuleFinder(
    new PackagesClient(app.serviceManager.serverSettings)
  );
  void followProfile(finder, options).then(() => language.addFinder(finder));
  toolbars?.addFactory<IDocumentWidget<FileEditor>>(
    'Editor',
    'ellip-report',
    editor =>
      new ReportPill({
        document: language.of(editor),
        finder,
        commands: app.commands,
        trans
      })
  );
  const views = new WidgetTracker<MainAreaWidget<ReportView>>({
    namespace: 'ellip-lab-reports'
  });
  addCheck(options, finder, views);
  addProfile(options, finder);
  palette?.addItem({ command: CommandIDs.check, category: trans.__('CWL') });
  for (const profile of PROFILES) {
    palette?.addItem({
      command: CommandIDs.profile,
      category: trans.__('CWL'),
      args: { profile, long: true }
    });
  }
  if (restorer) {
    void restorer.restore(views, {
      command: CommandIDs.check,
      args: widget => ({ path: widget.content.path, restored: true }),
      name: widget => widget.content.path
    });
  }
}

/** The command that opens the report. */
function addCheck(
  options: IReportsOptions,
  finder: RuleFinder,
  views: WidgetTracker<MainAreaWidget<ReportView>>
): void {
  const { app, browser, language, manager, tracker, trans } = options;
  const pathOf = (args: { path?: unknown }): string | null => {
    if (typeof args.path === 'string') {
      return args.path;
    }
    const editor = tracker.currentWidget;
    if (editor && app.shell.currentWidget === editor) {
      return language.of(editor).isDocument ? editor.context.path : null;
    }
    const chosen = browser?.selectedItems().next().value;
    return chosen?.path.toLowerCase().endsWith(CWL_EXTENSION)
      ? chosen.path
      : null;
  };
  app.commands.addCommand(CommandIDs.check, {
    label: trans.__('Best Practice Report'),
    caption: trans.__(
      'Show how the document stands to the requirements of OGC 20-089r1'
    ),
    icon: cwlIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: {
            type: 'string',
            description: trans.__(
              'The document; else the one in front, or the one chosen in the file browser'
            )
          },
          restored: {
            type: 'boolean',
            description: trans.__('It was open before a reload')
          }
        }
      }
    },
    isEnabled: args => pathOf(args) !== null,
    execute: async args => {
      const path = pathOf(args);
      if (path === null) {
        return;
      }
      const there = views.find(view => view.content.path === path);
      if (there) {
        app.shell.activateById(there.id);
        return;
      }
      const [{ ReportView }, { ReportModel }] = await Promise.all([
        import('./report'),
        import('./reportmodel')
      ]);
      const open = async (file: string): Promise<void> => {
        const widget = manager.openOrReveal(file, 'Editor') as
          IDocumentWidget<FileEditor> | undefined;
        await widget?.context.ready;
      };
      const content = new ReportView({
        model: new ReportModel({
          path,
          finder,
          language,
          contents: app.serviceManager.contents,
          setProfile: profile => setProfile(profile, finder, options),
          open
        }),
        onGo: (file, problem) => {
          openAtLine(
            manager,
            file,
            problem?.line ?? null,
            problem?.column ?? null
          ).catch((error: unknown) =>
            notifyError('packages-check', error, trans)
          );
        },
        trans
      });
      const widget = new MainAreaWidget({ content });
      widget.toolbar.hide();
      widget.id = `ellip-lab-report-of-${path}`;
      widget.title.label = trans.__(
        'Best Practice: %1',
        PathExt.basename(path)
      );
      const beside = language.find(path)?.widget.id;
      app.shell.add(
        widget,
        'main',
        beside && args.restored !== true
          ? { ref: beside, mode: 'split-right' }
          : {}
      );
      await views.add(widget);
    }
  });
}

/** The command that chooses what documents are held to. */
function addProfile(options: IReportsOptions, finder: RuleFinder): void {
  const { app, trans } = options;
  const chosen = (args: { profile?: unknown }): Profile | undefined =>
    PROFILES.find(profile => profile === args.profile);
  app.commands.addCommand(CommandIDs.profile, {
    label: args => {
      const profile = chosen(args);
      const name = profile ? profileWord(profile, trans) : trans.__('…');
      return trans.__('Hold Documents to: %1', name);
    },
    caption: trans.__('Choose the rules that documents are held to'),
    describedBy: {
      args: {
        type: 'object',
        required: ['profile'],
        properties: {
          profile: {
            type: 'string',
            oneOf: PROFILES.map(profile => ({
              const: profile,
              title: profileWord(profile, trans)
            })),
            description: trans.__('The profile; each includes the one before')
          }
        }
      }
    },
    isToggleable: true,
    isToggled: args => chosen(args) === finder.profile,
    execute: async args => {
      const profile = chosen(args);
      if (profile) {
        await setProfile(profile, finder, options);
      }
    }
  });
  finder.changed.connect(() =>
    app.commands.notifyCommandChanged(CommandIDs.profile)
  );
}

/** Keeps the profile in the settings, where there are some. */
async function setProfile(
  profile: Profile,
  finder: RuleFinder,
  { settings, trans }: IReportsOptions
): Promise<void> {
  finder.profile = profile;
  try {
    await settings?.set(PLUGIN, 'profile', profile);
  } catch (error) {
    notifyError('packages-profile', error, trans);
  }
}

async function followProfile(
  finder: RuleFinder,
  { settings }: IReportsOptions
): Promise<void> {
  if (!settings) {
    return;
  }
  try {
    const loaded = await settings.load(PLUGIN);
    const read = (): void => {
      const profile = PROFILES.find(one => one === loaded.composite.profile);
      if (profile) {
        finder.profile = profile;
      }
    };
    loaded.changed.connect(read);
    read();
  } catch {
    // Settings that cannot be read leave the profile that everybody begins with.
  }
}
