/**
 * Commands of an image as programs of a terminal.
 */
import * as React from 'react';

import type { ExposedList } from '../contract';
import { Check, Field } from '../kit/fields';
import { FormFrame } from '../kit/formdialog';
import { describe } from '../kit/notice';
import { Hint } from './engine';
import type { IFormProps } from './imageforms';
import { NameField } from './imageforms';
import { shortName } from './names';

/** What commands look like. */
const COMMANDS = 'gdalinfo gdal_translate';

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
