/**
 * Forms of images: tag, push, save, clean up, expose commands.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type {
  ExposedList,
  PrunePlan,
  PruneRequest,
  Registry,
  SaveRequest
} from '../contract';
import { Check, Field, Select } from '../kit/fields';
import { bytes, exactBytes } from '../kit/format';
import { describe } from '../kit/notice';
import { Hint } from './engine';
import { FormFrame, useProblem } from '../kit/formdialog';
import type { ContainersModel } from './model';
import { hostOf, partsOf, shortName, titleOf, usersText } from './names';

/** What commands look like. */
const COMMANDS = 'gdalinfo gdal_translate';
/** Images that a plan shows at once. */
const SHOWN = 100;

interface IFormProps {
  readonly containers: ContainersModel;
  readonly close: () => void;
  readonly trans: TranslationBundle;
}

interface INamedProps extends IFormProps {
  readonly image: string;
  readonly onDone: (name: string) => Promise<void>;
}

/** One more name for an image. */
export function TagForm(props: INamedProps): JSX.Element {
  const { image, close, trans } = props;
  const [name, setName] = React.useState(
    image.includes('/') || image.includes(':') ? image : ''
  );
  return (
    <FormFrame
      label={trans.__('Tag')}
      disabled={!name.trim() || name.trim() === image}
      onSubmit={() => props.onDone(name.trim())}
      close={close}
      trans={trans}
    >
      <p>{trans.__('One more name for %1.', shortName(image))}</p>
      <NameField label={trans.__('Name')} value={name} onChange={setName} />
    </FormFrame>
  );
}

interface INameFieldProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  readonly onChange: (value: string) => void;
}

function NameField(props: INameFieldProps): JSX.Element {
  const wrong = useProblem();
  return (
    <Field
      {...props}
      problem={wrong('name') ?? wrong('target') ?? wrong('image')}
      required
    />
  );
}

/** Where an image goes: the name it gets in a registry. */
export function PushForm(props: INamedProps): JSX.Element {
  const { containers, image, close, trans } = props;
  const [registries, setRegistries] = React.useState<readonly Registry[]>([]);
  const [target, setTarget] = React.useState(image);
  React.useEffect(() => {
    let gone = false;
    void containers.listRegistries().then(list => {
      if (!gone) {
        setRegistries(list);
      }
    });
    return () => {
      gone = true;
    };
  }, [containers]);
  const host = hostOf(target) ?? 'docker.io';
  const registry = registries.find(one => one.host === host);
  const choose = (to: string): void => {
    const old = hostOf(target);
    const path = old === null ? target : target.slice(old.length + 1);
    setTarget(to ? `${to}/${path}` : path);
  };
  return (
    <FormFrame
      label={trans.__('Push')}
      disabled={!target.trim()}
      onSubmit={() => props.onDone(target.trim())}
      close={close}
      trans={trans}
    >
      <Select
        label={trans.__('Registry')}
        value={registry?.host ?? ''}
        onChange={choose}
      >
        {!registry && <option value="">{host}</option>}
        {registries.map(one => (
          <option key={one.host} value={one.host}>
            {one.user === null
              ? one.title || one.host
              : trans.__('%1 (as %2)', one.title || one.host, one.user)}
          </option>
        ))}
      </Select>
      <NameField
        label={trans.__('Name there')}
        value={target}
        hint={
          registry && registry.user === null
            ? trans.__('Nobody is signed in to %1.', host)
            : undefined
        }
        onChange={setTarget}
      />
    </FormFrame>
  );
}

interface ISaveFormProps extends IFormProps {
  readonly images: readonly string[];
  /** The folder of the file browser. */
  readonly folder: string;
  readonly onDone: (request: SaveRequest) => Promise<void>;
}

/** The archive that images are written to. */
export function SaveForm(props: ISaveFormProps): JSX.Element {
  const { images, folder, close, trans } = props;
  const [path, setPath] = React.useState(() => {
    const { repository, tag } = partsOf(images[0] ?? 'image');
    const name = repository.split('/').pop() ?? 'image';
    return (
      (folder ? `${folder}/` : '') +
      (tag ? `${name}-${tag}.tar` : `${name}.tar`)
    );
  });
  const [format, setFormat] =
    React.useState<NonNullable<SaveRequest['format']>>('docker-archive');
  const [replace, setReplace] = React.useState(false);
  return (
    <FormFrame
      label={trans.__('Save')}
      disabled={!path.trim()}
      onSubmit={() =>
        props.onDone({ images, path: path.trim(), format, replace })
      }
      close={close}
      trans={trans}
    >
      <p>
        {trans._n(
          'Write %2 to a file of the workspace.',
          'Write %1 images to a file of the workspace.',
          images.length,
          shortName(images[0] ?? '')
        )}
      </p>
      <PathField label={trans.__('File')} value={path} onChange={setPath} />
      <Select
        label={trans.__('Format')}
        value={format}
        onChange={value =>
          setFormat(value as NonNullable<SaveRequest['format']>)
        }
      >
        <option value="docker-archive">
          {trans.__('Docker archive, for podman and docker')}
        </option>
        <option value="oci-archive" disabled={images.length > 1}>
          {trans.__('OCI archive, of one image')}
        </option>
      </Select>
      <Check
        label={trans.__('Replace the file when there is one')}
        value={replace}
        onChange={setReplace}
      />
    </FormFrame>
  );
}

function PathField(props: INameFieldProps): JSX.Element {
  const wrong = useProblem();
  return <Field {...props} problem={wrong('path')} required />;
}

interface IPruneFormProps extends IFormProps {
  /** Begin with stopped containers. */
  readonly stopped: boolean;
  readonly onDone: (request: PruneRequest) => Promise<void>;
}

/** What a clean-up would take, and how much it frees, before it does. */
export function PruneForm(props: IPruneFormProps): JSX.Element {
  const { containers, close, trans } = props;
  const [all, setAll] = React.useState(false);
  const [stopped, setStopped] = React.useState(props.stopped);
  const [cache, setCache] = React.useState(false);
  const [plan, setPlan] = React.useState<PrunePlan | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  React.useEffect(() => {
    let gone = false;
    setPlan(null);
    setError(null);
    containers.client.planPrune({ all, containers: stopped, cache }).then(
      found => {
        if (!gone) {
          setPlan(found);
        }
      },
      (wrong: unknown) => {
        if (!gone) {
          setError(wrong);
        }
      }
    );
    return () => {
      gone = true;
    };
  }, [containers, all, stopped, cache]);
  const nothing =
    plan !== null && !plan.images.length && !plan.containers.length;
  return (
    <FormFrame
      label={
        plan && plan.frees > 0
          ? trans.__('Free %1', bytes(plan.frees, trans))
          : trans.__('Clean up')
      }
      warn
      disabled={plan === null || (nothing && !cache)}
      onSubmit={() => props.onDone({ all, containers: stopped, cache })}
      close={close}
      trans={trans}
    >
      <Check
        label={trans.__('Every image that no container uses')}
        hint={trans.__('Else only untagged ones.')}
        value={all}
        onChange={setAll}
      />
      <Check
        label={trans.__('Stopped containers')}
        value={stopped}
        onChange={setStopped}
      />
      <Check
        label={trans.__('What builds have kept')}
        hint={trans.__('The next builds take longer.')}
        value={cache}
        onChange={setCache}
      />
      <section
        className="jp-EllipLab-Containers-plan"
        aria-label={trans.__('What goes')}
        aria-busy={plan === null && error === null}
      >
        {error !== null ? (
          <p className="jp-EllipLab-Kit-wrong" role="alert">
            {describe(error, trans)}
          </p>
        ) : plan === null ? (
          <p className="jp-EllipLab-Kit-hint">{trans.__('Counting…')}</p>
        ) : (
          <Plan plan={plan} trans={trans} />
        )}
      </section>
    </FormFrame>
  );
}

interface IPlanProps {
  readonly plan: PrunePlan;
  readonly trans: TranslationBundle;
}

/** What goes, and what a person should know first. */
function Plan({ plan, trans }: IPlanProps): JSX.Element {
  const { images, containers, cautions, frees } = plan;
  const words = [
    trans._n('%1 image', '%1 images', images.length),
    ...(containers.length
      ? [trans._n('%1 container', '%1 containers', containers.length)]
      : [])
  ];
  return (
    <>
      <p role="status" title={exactBytes(frees, trans)}>
        {images.length || containers.length
          ? trans.__(
              'Frees %1: %2',
              bytes(frees, trans),
              words.join(trans.__(' and '))
            )
          : trans.__('Nothing to clean up.')}
      </p>
      {cautions.map(caution => (
        <p key={caution} className="jp-EllipLab-Containers-caution">
          {caution}
        </p>
      ))}
      {(images.length > 0 || containers.length > 0) && (
        <ul>
          {images.slice(0, SHOWN).map(image => (
            <li key={image.id}>
              <span
                className="jp-EllipLab-Containers-text"
                title={image.names.join('\n') || image.id}
              >
                {titleOf(image, trans)}
              </span>
              <span className="jp-EllipLab-Kit-hint">
                {image.users.length
                  ? `${usersText(image.users, trans)} · `
                  : ''}
                {bytes(image.size, trans)}
              </span>
            </li>
          ))}
          {images.length > SHOWN && (
            <li className="jp-EllipLab-Kit-hint">
              {trans.__('and %1 more', images.length - SHOWN)}
            </li>
          )}
          {containers.map(name => (
            <li key={name}>
              <span className="jp-EllipLab-Containers-text">{name}</span>
              <span className="jp-EllipLab-Kit-hint">
                {trans.__('container')}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface IExposeFormProps extends IFormProps {
  readonly image: string;
}

/** Commands of an image as programs of a terminal: make them, see them, take them away. */
export function ExposeForm(props: IExposeFormProps): JSX.Element {
  const { containers, close, trans } = props;
  const [image, setImage] = React.useState(props.image);
  const [commands, setCommands] = React.useState('');
  const [network, setNetwork] = React.useState(false);
  const [replace, setReplace] = React.useState(false);
  const [list, setList] = React.useState<ExposedList | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const names = commands.split(/[\s,]+/).filter(Boolean);
  React.useEffect(() => {
    let gone = false;
    containers.client.exposed().then(
      found => {
        if (!gone) {
          setList(found);
        }
      },
      (wrong: unknown) => {
        if (!gone) {
          setError(wrong);
        }
      }
    );
    return () => {
      gone = true;
    };
  }, [containers]);
  return (
    <FormFrame
      label={trans.__('Expose')}
      disabled={!image.trim() || !names.length}
      onSubmit={async () => {
        await containers.client.expose({
          image: image.trim(),
          commands: names,
          network,
          replace
        });
      }}
      close={close}
      trans={trans}
    >
      <p>
        {trans.__(
          'Makes commands of an image programs of your terminal, with the workspace mounted: gdalinfo then runs in the container.'
        )}
      </p>
      <NameField label={trans.__('Image')} value={image} onChange={setImage} />
      <Field
        label={trans.__('Commands')}
        value={commands}
        placeholder={COMMANDS}
        hint={trans.__('Separated by blanks.')}
        required
        onChange={setCommands}
      />
      <Check
        label={trans.__('They may reach the network')}
        value={network}
        onChange={setNetwork}
      />
      <Check
        label={trans.__('Replace those of another image')}
        value={replace}
        onChange={setReplace}
      />
      {error !== null && (
        <p className="jp-EllipLab-Kit-wrong" role="alert">
          {describe(error, trans)}
        </p>
      )}
      {list && list.exposed.length > 0 && (
        <section
          className="jp-EllipLab-Containers-plan"
          aria-label={trans.__('Exposed already')}
        >
          <p>{trans.__('Exposed already, in %1', list.folder)}</p>
          <ul>
            {list.exposed.map(one => (
              <li key={one.command}>
                <code title={one.path}>{one.command}</code>
                <span className="jp-EllipLab-Containers-text jp-EllipLab-Kit-hint">
                  {[
                    shortName(one.image),
                    one.network ? trans.__('network') : '',
                    one.present ? '' : trans.__('its image is missing'),
                    one.shadowed ? trans.__('hidden by %1', one.shadowed) : ''
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
                <button
                  type="button"
                  className="jp-EllipLab-Kit-link"
                  aria-label={trans.__('Remove %1', one.command)}
                  onClick={() => {
                    containers.client
                      .unexpose({ commands: [one.command] })
                      .then(setList, (wrong: unknown) => setError(wrong));
                  }}
                >
                  {trans.__('Remove')}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {list && !list.on_path && list.hint && (
        <>
          <p className="jp-EllipLab-Containers-caution">
            {trans.__('%1 is not on your PATH.', list.folder)}
          </p>
          <Hint hint={list.hint} trans={trans} />
        </>
      )}
    </FormFrame>
  );
}
