/**
 * Pull an image: its name, or what a search and a list of tags find.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { FoundImage, Registry } from '../contract';
import { Field, Select } from '../kit/fields';
import { describe } from '../kit/notice';
import { FormFrame, useProblem } from '../kit/formdialog';
import type { ContainersModel } from './model';
import { partsOf } from './names';

/** An image of every registry's kind. */
const EXAMPLE = 'docker.io/osgeo/gdal:latest';
const TAGS = 100;

/** Properties of the form. */
export interface IPullFormProps {
  readonly containers: ContainersModel;
  readonly image: string;
  /** The registry to look in first, or null. */
  readonly host: string | null;
  readonly onPull: (image: string, platform: string | null) => Promise<void>;
  readonly close: () => void;
  readonly trans: TranslationBundle;
}

/** The form. */
export function PullForm(props: IPullFormProps): JSX.Element {
  const { containers, close, trans } = props;
  const [image, setImage] = React.useState(
    props.image || (props.host ? `${props.host}/` : '')
  );
  const [platform, setPlatform] = React.useState('');
  return (
    <FormFrame
      label={trans.__('Pull')}
      disabled={!image.trim()}
      onSubmit={() => props.onPull(image.trim(), platform.trim() || null)}
      close={close}
      trans={trans}
    >
      <Fields
        image={image}
        onImage={setImage}
        platform={platform}
        onPlatform={setPlatform}
        trans={trans}
      />
      <TagList
        containers={containers}
        image={image}
        onImage={setImage}
        trans={trans}
      />
      <Finder
        containers={containers}
        host={props.host}
        onImage={setImage}
        trans={trans}
      />
    </FormFrame>
  );
}

interface IFieldsProps {
  readonly image: string;
  readonly onImage: (image: string) => void;
  readonly platform: string;
  readonly onPlatform: (platform: string) => void;
  readonly trans: TranslationBundle;
}

function Fields(props: IFieldsProps): JSX.Element {
  const { trans } = props;
  const wrong = useProblem();
  return (
    <>
      <Field
        label={trans.__('Image')}
        value={props.image}
        placeholder={EXAMPLE}
        problem={wrong('image')}
        required
        onChange={props.onImage}
      />
      <Field
        label={trans.__('Platform')}
        value={props.platform}
        placeholder={trans.__("this machine's own")}
        hint={trans.__('For another machine: linux/arm64')}
        problem={wrong('platform')}
        onChange={props.onPlatform}
      />
    </>
  );
}

interface ITagListProps {
  readonly containers: ContainersModel;
  readonly image: string;
  readonly onImage: (image: string) => void;
  readonly trans: TranslationBundle;
}

/** The tags of the repository that is named: choose one. */
function TagList(props: ITagListProps): JSX.Element {
  const { containers, image, onImage, trans } = props;
  const { repository, tag } = partsOf(image.trim());
  const [tags, setTags] = React.useState<readonly string[] | null>(null);
  const [of, setOf] = React.useState('');
  const [next, setNext] = React.useState<string | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const [busy, setBusy] = React.useState(false);
  const read = (after: string | null): void => {
    setBusy(true);
    setError(null);
    containers.client
      .tags({ repository, limit: TAGS, after })
      .then(
        page => {
          setOf(repository);
          setTags(before =>
            after === null ? page.tags : [...(before ?? []), ...page.tags]
          );
          setNext(page.next);
        },
        (wrong: unknown) => setError(wrong)
      )
      .finally(() => setBusy(false));
  };
  const shown = of === repository ? tags : null;
  return (
    <div className="jp-EllipLab-Containers-tagList">
      <button
        type="button"
        className="jp-EllipLab-Kit-link"
        disabled={!repository || busy}
        onClick={() => read(null)}
      >
        {busy ? trans.__('Asking the registry…') : trans.__('Show its tags')}
      </button>
      {error !== null && (
        <p className="jp-EllipLab-Kit-wrong" role="alert">
          {describe(error, trans)}
        </p>
      )}
      {shown && (
        <div
          className="jp-EllipLab-Containers-chips"
          role="group"
          aria-label={trans.__('Tags of %1', repository)}
        >
          {shown.map(one => (
            <button
              key={one}
              type="button"
              className="jp-EllipLab-Kit-pill"
              aria-pressed={one === tag}
              onClick={() => onImage(`${repository}:${one}`)}
            >
              {one}
            </button>
          ))}
          {!shown.length && (
            <span className="jp-EllipLab-Kit-hint">
              {trans.__('It has no tags.')}
            </span>
          )}
          {next !== null && (
            <button
              type="button"
              className="jp-EllipLab-Kit-link"
              disabled={busy}
              onClick={() => read(next)}
            >
              {trans.__('More…')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

interface IFinderProps {
  readonly containers: ContainersModel;
  readonly host: string | null;
  readonly onImage: (image: string) => void;
  readonly trans: TranslationBundle;
}

/** A search of a registry that allows it. */
function Finder(props: IFinderProps): JSX.Element {
  const { containers, onImage, trans } = props;
  const [registries, setRegistries] = React.useState<readonly Registry[]>([]);
  const [host, setHost] = React.useState(props.host ?? '');
  const [text, setText] = React.useState('');
  const [found, setFound] = React.useState<readonly FoundImage[] | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const [busy, setBusy] = React.useState(false);
  const open = (event: React.SyntheticEvent<HTMLDetailsElement>): void => {
    if (event.currentTarget.open && !registries.length) {
      void containers.listRegistries().then(list => {
        const able = list.filter(
          one => one.searchable || one.host === props.host
        );
        setRegistries(able);
        setHost(before => before || (able[0]?.host ?? ''));
      });
    }
  };
  const search = (): void => {
    if (!host || !text.trim()) {
      return;
    }
    setBusy(true);
    setError(null);
    containers.client
      .search({ host, text: text.trim() })
      .then(
        page => setFound(page.images),
        (wrong: unknown) => {
          setFound(null);
          setError(wrong);
        }
      )
      .finally(() => setBusy(false));
  };
  return (
    <details className="jp-EllipLab-Containers-finder" onToggle={open}>
      <summary>{trans.__('Find an image')}</summary>
      <Select label={trans.__('Registry')} value={host} onChange={setHost}>
        {registries.map(one => (
          <option key={one.host} value={one.host}>
            {one.title || one.host}
          </option>
        ))}
      </Select>
      <div className="jp-EllipLab-Containers-search">
        <input
          className="jp-EllipLab-Kit-input"
          type="text"
          value={text}
          placeholder={trans.__('gdal')}
          aria-label={trans.__('Words to search for')}
          onChange={event => setText(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              event.preventDefault();
              search();
            }
          }}
        />
        <button
          type="button"
          className="jp-EllipLab-Kit-button"
          disabled={busy || !host || !text.trim()}
          onClick={search}
        >
          {busy ? trans.__('Searching…') : trans.__('Search')}
        </button>
      </div>
      {error !== null && (
        <p className="jp-EllipLab-Kit-wrong" role="alert">
          {describe(error, trans)}
        </p>
      )}
      {found && (
        <ul
          className="jp-EllipLab-Containers-found"
          aria-label={trans.__('Images that were found')}
        >
          {found.map(one => (
            <li key={one.name}>
              <button
                type="button"
                className="jp-EllipLab-Kit-link"
                onClick={() => onImage(one.name)}
              >
                {one.name}
              </button>
              <span className="jp-EllipLab-Kit-hint">
                {[
                  one.official ? trans.__('official') : '',
                  one.stars ? trans.__('%1 stars', one.stars) : '',
                  one.description
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </li>
          ))}
          {!found.length && (
            <li className="jp-EllipLab-Kit-hint">
              {trans.__('Nothing was found.')}
            </li>
          )}
        </ul>
      )}
    </details>
  );
}
