/**
 * The language features put together: small until the first document is opened, then what they need is loaded.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { ICompletionProviderManager } from '@jupyterlab/completer';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor, IEditorTracker } from '@jupyterlab/fileeditor';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { ITableOfContentsRegistry } from '@jupyterlab/toc';
import type { TranslationBundle } from '@jupyterlab/translation';

import { CwlClient } from './client';
import { CwlCompletions } from './completion';
import type { Features } from './features';
import type { ILanguageSettings } from './language';
import { DEFAULTS, Language } from './language';
import { addLanguageCommands } from './languagecommands';

/** What the features stand on; a Lab may lack the rest. */
export interface ILanguagePluginOptions {
  readonly app: JupyterFrontEnd;
  readonly manager: IDocumentManager;
  readonly tracker: IEditorTracker;
  readonly palette: ICommandPalette | null;
  readonly completions: ICompletionProviderManager | null;
  readonly rendermime: IRenderMimeRegistry | null;
  readonly settings: ISettingRegistry | null;
  readonly contents: ITableOfContentsRegistry | null;
  readonly trans: TranslationBundle;
}

/** The plugin of jupyterlab-lsp: it serves the editors of every language that a server is there for. */
const SERVED = '@jupyter-lsp/jupyterlab-lsp:plugin';
/** Where JupyterLab keeps what its completer shows. */
const COMPLETER = '@jupyterlab/completer-extension:manager';

type Editor = IDocumentWidget<FileEditor>;

/** Adds the features. */
export function addLanguage(options: ILanguagePluginOptions): Language {
  const { app, manager, tracker, rendermime, trans } = options;
  const language = new Language({
    client: new CwlClient(app.serviceManager.serverSettings),
    manager,
    served: app.hasPlugin(SERVED)
  });
  const panel = { shown: false };
  void readSettings(options, language, panel);
  const completions = addCompletions(options, language, panel);
  const known = new WeakMap<Editor, Promise<Features>>();
  const featuresOf = (editor: Editor): Promise<Features> => {
    const there = known.get(editor);
    if (there) {
      return there;
    }
    const made = import('./features').then(
      ({ Features }) =>
        new Features({
          session: language.of(editor),
          language,
          manager,
          rendermime,
          typing: session => completions?.typing(session) ?? [],
          trans
        })
    );
    known.set(editor, made);
    return made;
  };
  const onEditor = (_: IEditorTracker, editor: Editor): void => {
    const session = language.of(editor);
    const look = (): void => {
      if (session.isDocument) {
        void featuresOf(editor);
      }
    };
    editor.context.pathChanged.connect(look);
    look();
  };
  tracker.forEach(editor => onEditor(tracker, editor));
  tracker.widgetAdded.connect(onEditor);
  addLanguageCommands({
    commands: app.commands,
    tracker,
    language,
    features: async () => {
      const editor = tracker.currentWidget;
      return editor && language.of(editor).isDocument
        ? featuresOf(editor)
        : null;
    },
    palette: options.palette,
    trans
  });
  if (options.contents) {
    void addOutline(options.contents, tracker, language);
  }
  return language;
}

/** The provider has to be there before the Lab is restored: the completer reads then which ones there are. */
function addCompletions(
  options: ILanguagePluginOptions,
  language: Language,
  panel: { readonly shown: boolean }
): CwlCompletions | null {
  const { completions, rendermime, trans } = options;
  if (!completions) {
    return null;
  }
  const provider = new CwlCompletions({
    language,
    manager: completions,
    rendermime,
    hasDocumentation: () => panel.shown,
    trans
  });
  completions.registerProvider(provider);
  return provider;
}

async function addOutline(
  contents: ITableOfContentsRegistry,
  tracker: IEditorTracker,
  language: Language
): Promise<void> {
  const { OutlineFactory } = await import('./outline');
  const factory = new OutlineFactory(tracker, language);
  contents.add({
    isApplicable: widget =>
      tracker.has(widget) && factory.isApplicable(widget as Editor),
    createNew: (widget, configuration) =>
      factory.createNew(widget as Editor, configuration)
  });
}

/** Follows the settings, and the one of JupyterLab that says whether it shows documentation itself. */
async function readSettings(
  options: ILanguagePluginOptions,
  language: Language,
  panel: { shown: boolean }
): Promise<void> {
  const { settings } = options;
  if (!settings) {
    return;
  }
  const own = await settings.load('ellip-lab:cwl');
  const read = (): void => {
    const composite = own.composite as Partial<ILanguageSettings>;
    language.settings = { ...DEFAULTS, ...composite };
  };
  own.changed.connect(read);
  read();
  try {
    const completer = await settings.load(COMPLETER);
    const look = (): void => {
      panel.shown = completer.composite.showDocumentationPanel === true;
    };
    completer.changed.connect(look);
    look();
  } catch {
    // A Lab without the completer has no panel either.
  }
}
