/**
 * Forms of images: tag, push, save.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Registry, SaveRequest } from '../contract';
import { Check, Field, Select } from '../kit/fields';
import { FormFrame, useProblem } from '../kit/formdialog';
import type { ContainersModel } from './model';
import { hostOf, partsOf, shortName } from './names';

/** What every form of the room has. */
export interface IFormProps {
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

/** Properties of a field. */
export interface INameFieldProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  readonly onChange: (value: string) => void;
}

/** The name of an image. */
export function NameField(props: INameFieldProps): JSX.Element {
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
