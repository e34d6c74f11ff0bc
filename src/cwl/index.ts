/**
 * Room `cwl`: documents as a file type, what the editor knows of them as they are typed, the form of their inputs.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { ICompletionProviderManager } from '@jupyterlab/completer';
import { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor } from '@jupyterlab/fileeditor';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITableOfContentsRegistry } from '@jupyterlab/toc';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { cwlIcon } from '../kit/icons';
import type { IStorage as Storage } from '../s3/tokens';
import { IStorage, shortened } from '../s3/tokens';
import type { IToolboxes as Toolboxes } from '../toolboxes/tokens';
import { IToolboxes } from '../toolboxes/tokens';
import { CwlClient } from './client';
import { FormWidget } from './form';
import { graph } from './graphplugin';
import { addLanguage } from './languageplugin';
import { CWL_EXTENSION, CWL_FILETYPE, ICwl, ICwlLanguage } from './tokens';
import { EditorTools } from './toolbar';
import { addUseAsInput } from './useinput';

/** The media type that the CWL standards register. */
const CWL_MIME = 'application/cwl+yaml';

/** `.cwl` is a file type with an icon and the colours of YAML. */
const fileType: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:cwl-filetype',
  description: 'Makes .cwl a file type with an icon and YAML highlighting.',
  autoStart: true,
  optional: [IEditorLanguageRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    languages: IEditorLanguageRegistry | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    app.docRegistry.addFileType({
      name: CWL_FILETYPE,
      displayName: trans.__('CWL document'),
      extensions: [CWL_EXTENSION],
      mimeTypes: [CWL_MIME],
      contentType: 'file',
      fileFormat: 'text',
      icon: cwlIcon
    });
    languages?.addLanguage({
      name: 'cwl',
      displayName: trans.__('CWL'),
      mime: CWL_MIME,
      extensions: [CWL_EXTENSION.slice(1)],
      load: async () => {
        const yaml = await languages.getLanguage('yaml');
        if (!yaml?.support) {
          throw new Error('this JupyterLab has no YAML highlighting');
        }
        return yaml.support;
      }
    });
  }
};

/** Checks and forms. */
const documents: JupyterFrontEndPlugin<ICwl> = {
  id: 'ellip-lab:cwl',
  description: 'Checks CWL documents and makes the forms of their inputs.',
  autoStart: true,
  provides: ICwl,
  requires: [IDocumentManager],
  optional: [IStateDB, IStorage, IToolboxes, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IDocumentManager,
    state: IStateDB | null,
    storage: Storage | null,
    toolboxes: Toolboxes | null,
    translator: ITranslator | null
  ): ICwl => {
    const words = translator ?? nullTranslator;
    const trans = words.load('ellip_lab');
    const forms: FormWidget[] = [];
    if (storage) {
      addUseAsInput({ app, storage, documents: manager, forms, trans });
    }
    const client = new CwlClient(app.serviceManager.serverSettings);
    const check: ICwl['check'] = path => client.check({ path });
    const form: ICwl['form'] = (path, entry) => client.form({ path, entry });
    return {
      check,
      form,
      createForm: options => {
        const widget = new FormWidget(
          {
            check,
            form,
            documents: manager,
            pickStored: storage && (kind => pickStored(storage, kind, trans)),
            toolboxes,
            state,
            translator: words,
            trans
          },
          options
        );
        forms.push(widget);
        widget.disposed.connect(() => {
          forms.splice(forms.indexOf(widget), 1);
        });
        return widget;
      },
      parameters: async (path, base) => {
        const { parametersOf } = await import('./files');
        return parametersOf(manager, path, base);
      },
      forget: async memory => state?.remove(memory)
    };
  }
};

/** Lets the person choose an object or a folder; the default connection is not named. */
async function pickStored(
  storage: Storage,
  kind: 'File' | 'Directory',
  trans: TranslationBundle
): Promise<string | null> {
  const address = await storage.pick(
    kind === 'File'
      ? { kind: 'object', title: trans.__('Choose an object') }
      : { kind: 'prefix', title: trans.__('Choose a folder of storage') }
  );
  return address && shortened(address, await storage.listConnections());
}

/** Documents as they are written. */
const language: JupyterFrontEndPlugin<ICwlLanguage> = {
  id: 'ellip-lab:cwl-language',
  description:
    'Looks at CWL documents as they are typed: problems, completions, documentation, changes.',
  autoStart: true,
  provides: ICwlLanguage,
  requires: [IDocumentManager, IEditorTracker],
  optional: [
    ICommandPalette,
    ICompletionProviderManager,
    IRenderMimeRegistry,
    ISettingRegistry,
    ITableOfContentsRegistry,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    manager: IDocumentManager,
    tracker: IEditorTracker,
    palette: ICommandPalette | null,
    completions: ICompletionProviderManager | null,
    rendermime: IRenderMimeRegistry | null,
    settings: ISettingRegistry | null,
    contents: ITableOfContentsRegistry | null,
    translator: ITranslator | null
  ): ICwlLanguage =>
    addLanguage({
      app,
      manager,
      tracker,
      palette,
      completions,
      rendermime,
      settings,
      contents,
      trans: (translator ?? nullTranslator).load('ellip_lab')
    })
};

/** The Run button and the problems, on the toolbar of editors that show a document. */
const toolbar: JupyterFrontEndPlugin<void> = {
  id: 'ellip-lab:cwl-toolbar',
  description: 'Adds Run and the problems to the toolbar of CWL editors.',
  autoStart: true,
  requires: [IToolbarWidgetRegistry, ICwlLanguage, IDocumentManager],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    registry: IToolbarWidgetRegistry,
    documents: ICwlLanguage,
    manager: IDocumentManager,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('ellip_lab');
    registry.addFactory<IDocumentWidget<FileEditor>>(
      'Editor',
      'ellip-cwl',
      editor =>
        new EditorTools({
          editor,
          document: documents.of(editor),
          manager,
          commands: app.commands,
          trans
        })
    );
  }
};

export default [fileType, documents, language, graph, toolbar];
