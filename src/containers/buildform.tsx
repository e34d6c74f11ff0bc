/**
 * The form of a build: what its Containerfile asks for; what was typed is there again after a reload.
 */
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import * as React from 'react';

import type { BuildRequest, Containerfile, Work } from '../contract';
import { Check, Field, Select } from '../kit/fields';
import { useDomId } from '../kit/hooks';
import { describe } from '../kit/notice';
import { ProblemError } from '../kit/request';
import type { ContainersModel } from './model';
import type { IPageContext } from './page';
import { Trouble } from './trouble';

/** Milliseconds after the last key before what was typed is remembered. */
const SAVE = 400;

/** What a person has typed. */
export interface IBuildDraft {
  readonly name: string;
  readonly arguments: { readonly [name: string]: string };
  readonly target: string;
  readonly platform: string;
  readonly cache: boolean;
  readonly pull: boolean;
}

/** Where a draft is kept. */
export function memoryOf(path: string): string {
  return `ellip-lab:containers-build:${path}`;
}

/** What the form begins with: what was typed the last time, as far as the file still asks for it. */
export function draftOf(file: Containerfile, saved: unknown): IBuildDraft {
  const before = (
    typeof saved === 'object' && saved !== null ? saved : {}
  ) as Partial<IBuildDraft>;
  const typed = before.arguments ?? {};
  return {
    name: before.name || file.name,
    arguments: Object.fromEntries(
      file.arguments.map(one => [one.name, typed[one.name] ?? ''])
    ),
    target: file.stages.includes(before.target ?? '')
      ? (before.target ?? '')
      : '',
    platform: before.platform ?? '',
    cache: before.cache !== false,
    pull: before.pull === true
  };
}

/** What the server is asked for; an argument that was left alone keeps its default. */
export function requestOf(
  file: Containerfile,
  draft: IBuildDraft
): BuildRequest {
  const inside =
    file.folder &&
    file.folder !== '.' &&
    file.path.startsWith(`${file.folder}/`)
      ? file.path.slice(file.folder.length + 1)
      : file.path;
  return {
    folder: file.folder || '.',
    containerfile: inside,
    name: draft.name.trim(),
    arguments: Object.fromEntries(
      Object.entries(draft.arguments).filter(([, value]) => value !== '')
    ),
    target: draft.target || null,
    platform: draft.platform.trim() || null,
    cache: draft.cache,
    pull: draft.pull
  };
}

/** Properties of the form. */
export interface IBuildFormProps extends IPageContext {
  readonly path: string;
  /** The name that the image should get; null for the one of the file. */
  readonly name: string | null;
  readonly containers: ContainersModel;
  readonly stateDB: IStateDB | null;
  readonly onBegun: (work: Work) => void;
  readonly onOpen: (path: string) => void;
  readonly trans: TranslationBundle;
}

/** The form. */
export function BuildForm(props: IBuildFormProps): JSX.Element {
  const { path, name, containers, stateDB, onTitle, trans } = props;
  const [file, setFile] = React.useState<Containerfile | null>(null);
  const [draft, setDraft] = React.useState<IBuildDraft | null>(null);
  const [failure, setFailure] = React.useState<unknown>(null);
  const [turn, setTurn] = React.useState(0);
  React.useEffect(() => {
    let gone = false;
    const load = async (): Promise<void> => {
      const saved = await stateDB?.fetch(memoryOf(path));
      const found = await containers.client.containerfile({ path });
      if (!gone) {
        setFile(found);
        setDraft(before => {
          const draft = before ?? draftOf(found, saved);
          return before || !name ? draft : { ...draft, name };
        });
        setFailure(null);
        onTitle(trans.__('Build %1', found.name), found.path);
      }
    };
    load().catch((error: unknown) => {
      if (!gone) {
        setFailure(error);
      }
    });
    return () => {
      gone = true;
    };
    // The page's own function is made anew each time it paints.
  }, [containers, stateDB, path, turn]);
  React.useEffect(() => {
    if (!draft) {
      return;
    }
    const timer = window.setTimeout(() => {
      void stateDB?.save(
        memoryOf(path),
        draft as unknown as ReadonlyPartialJSONObject
      );
    }, SAVE);
    return () => window.clearTimeout(timer);
  }, [stateDB, path, draft]);
  if (failure !== null) {
    return (
      <div className="jp-EllipLab-Containers-unknown">
        <h3>{trans.__('This cannot be built')}</h3>
        <Trouble
          text={describe(failure, trans)}
          onAgain={() => setTurn(turn + 1)}
          trans={trans}
        />
      </div>
    );
  }
  if (!file || !draft) {
    return (
      <div className="jp-EllipLab-Containers-unknown" aria-busy="true">
        {trans.__('Reading the Containerfile…')}
      </div>
    );
  }
  return (
    <Known
      {...props}
      file={file}
      draft={draft}
      onDraft={setDraft}
      onAgain={() => setTurn(turn + 1)}
    />
  );
}

interface IKnownProps extends IBuildFormProps {
  readonly file: Containerfile;
  readonly draft: IBuildDraft;
  readonly onDraft: (draft: IBuildDraft) => void;
  readonly onAgain: () => void;
}

/** The form of a file that has been read. */
function Known(props: IKnownProps): JSX.Element {
  const { file, draft, onDraft, containers, trans } = props;
  const [busy, setBusy] = React.useState(false);
  const [error, setError] = React.useState<unknown>(null);
  const id = useDomId('build');
  const change = (part: Partial<IBuildDraft>): void => {
    onDraft({ ...draft, ...part });
    setError(null);
  };
  const wrong = (field: string): string | null =>
    error instanceof ProblemError
      ? (error.problems.find(one => one.field?.split('.').includes(field))
          ?.message ?? null)
      : null;
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    containers.works
      .begin(containers.client.build(requestOf(file, draft)))
      .then(props.onBegun, (refused: unknown) => {
        setError(refused);
        setBusy(false);
      });
  };
  return (
    <form
      className="jp-EllipLab-Containers-build"
      aria-labelledby={id}
      autoComplete="off"
      onSubmit={submit}
    >
      <h2 id={id}>{trans.__('Build an image')}</h2>
      <p className="jp-EllipLab-Kit-hint">
        <button
          type="button"
          className="jp-EllipLab-Kit-link"
          onClick={() => props.onOpen(file.path)}
        >
          {file.path}
        </button>
        {file.bases.length > 0 &&
          ` · ${trans.__('from %1', file.bases.join(', '))}`}
      </p>
      {file.problems.length > 0 && (
        <div className="jp-EllipLab-Containers-error" role="alert">
          {file.problems.map(problem => (
            <span key={problem}>{problem}</span>
          ))}
          <button
            type="button"
            className="jp-EllipLab-Kit-button"
            onClick={props.onAgain}
          >
            {trans.__('Read it again')}
          </button>
        </div>
      )}
      <Field
        label={trans.__('Name')}
        value={draft.name}
        hint={trans.__('The name the image gets, repository:tag')}
        problem={wrong('name')}
        required
        onChange={name => change({ name })}
      />
      {file.arguments.length > 0 && (
        <fieldset>
          <legend>{trans.__('Arguments')}</legend>
          <p className="jp-EllipLab-Kit-hint">
            {trans.__(
              'They stand in the history of the image: no place for a secret.'
            )}
          </p>
          {file.arguments.map(one => (
            <Field
              key={one.name}
              label={one.name}
              value={draft.arguments[one.name] ?? ''}
              placeholder={one.default ?? undefined}
              problem={wrong(one.name)}
              onChange={value =>
                change({
                  arguments: { ...draft.arguments, [one.name]: value }
                })
              }
            />
          ))}
        </fieldset>
      )}
      {file.stages.length > 0 && (
        <Select
          label={trans.__('Target')}
          value={draft.target}
          problem={wrong('target')}
          onChange={target => change({ target })}
        >
          <option value="">{trans.__('the last stage')}</option>
          {file.stages.map(stage => (
            <option key={stage} value={stage}>
              {stage}
            </option>
          ))}
        </Select>
      )}
      <Field
        label={trans.__('Platform')}
        value={draft.platform}
        placeholder={trans.__("this machine's own")}
        hint={trans.__('For another machine: linux/arm64')}
        problem={wrong('platform')}
        onChange={platform => change({ platform })}
      />
      <Check
        label={trans.__('Use again what was built before')}
        value={draft.cache}
        onChange={cache => change({ cache })}
      />
      <Check
        label={trans.__('Look for newer base images')}
        value={draft.pull}
        onChange={pull => change({ pull })}
      />
      {error !== null && (
        <p className="jp-EllipLab-Kit-wrong" role="alert">
          {describe(error, trans)}
        </p>
      )}
      <div className="jp-EllipLab-Kit-buttons">
        <button
          type="button"
          className="jp-EllipLab-Kit-button"
          onClick={props.close}
        >
          {trans.__('Cancel')}
        </button>
        <button
          type="submit"
          className="jp-EllipLab-Kit-button jp-mod-primary"
          disabled={busy || !draft.name.trim()}
        >
          {trans.__('Build')}
        </button>
      </div>
    </form>
  );
}
