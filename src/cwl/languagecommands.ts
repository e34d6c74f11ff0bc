/**
 * The commands of whoever writes a document.
 */
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { IEditorTracker } from '@jupyterlab/fileeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { Features } from './features';
import type { Language } from './language';

/** Their identifiers. */
export namespace LanguageIDs {
  export const nextProblem = 'ellip-lab:cwl-next-problem';
  export const previousProblem = 'ellip-lab:cwl-previous-problem';
  export const hover = 'ellip-lab:cwl-hover';
  export const definition = 'ellip-lab:cwl-definition';
  export const references = 'ellip-lab:cwl-references';
  export const rename = 'ellip-lab:cwl-rename';
  export const format = 'ellip-lab:cwl-format';
  export const actions = 'ellip-lab:cwl-actions';
}

/** What the commands stand on. */
export interface ILanguageCommandsOptions {
  readonly commands: CommandRegistry;
  readonly tracker: IEditorTracker;
  readonly language: Language;
  /** The features of the editor in front. */
  readonly features: () => Promise<Features | null>;
  readonly palette: ICommandPalette | null;
  readonly trans: TranslationBundle;
}

/** Adds the commands. */
export function addLanguageCommands(options: ILanguageCommandsOptions): void {
  const { commands, tracker, language, features, palette, trans } = options;
  const writes = (): boolean =>
    tracker.currentWidget !== null &&
    language.isOn &&
    language.of(tracker.currentWidget).isDocument;
  const finds = (): boolean => writes() && !language.isServed;
  const add = (
    id: string,
    label: string,
    caption: string,
    isEnabled: () => boolean,
    run: (there: Features) => Promise<void>
  ): void => {
    commands.addCommand(id, {
      label,
      caption,
      isEnabled,
      isVisible: isEnabled,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        const there = await features();
        if (there) {
          await run(there);
        }
      }
    });
    palette?.addItem({ command: id, category: trans.__('CWL') });
  };
  add(
    LanguageIDs.nextProblem,
    trans.__('Next Problem'),
    trans.__('Go to the next problem of the document, and explain it'),
    finds,
    there => there.goToProblem(true)
  );
  add(
    LanguageIDs.previousProblem,
    trans.__('Previous Problem'),
    trans.__('Go to the problem before, and explain it'),
    finds,
    there => there.goToProblem(false)
  );
  add(
    LanguageIDs.actions,
    trans.__('Mend or Change…'),
    trans.__('Offer what mends or changes the line of the cursor'),
    writes,
    there => there.showActions()
  );
  add(
    LanguageIDs.hover,
    trans.__('Show Documentation at the Cursor'),
    trans.__(
      'Say what the word at the cursor means, and what is wrong with it'
    ),
    writes,
    there => there.showDocumentation()
  );
  add(
    LanguageIDs.definition,
    trans.__('Go to Definition'),
    trans.__('Go to where the word at the cursor is defined'),
    finds,
    there => there.goToDefinition()
  );
  add(
    LanguageIDs.references,
    trans.__('Find References'),
    trans.__('List the places that name the word at the cursor'),
    finds,
    there => there.showReferences()
  );
  add(
    LanguageIDs.rename,
    trans.__('Rename…'),
    trans.__('Give what the cursor stands on another name, everywhere'),
    finds,
    there => there.rename()
  );
  add(
    LanguageIDs.format,
    trans.__('Format Document'),
    trans.__('Put the text of the document into order; comments stay'),
    writes,
    there => there.format()
  );
}
