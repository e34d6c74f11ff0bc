/**
 * Everything known of one image: its names, its layers, what is in it, what uses it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { ImageDetails, ImageUser, Layer } from '../contract';
import { copyText } from '../kit/copy';
import { age, bytes, exactBytes, exactTime, instant } from '../kit/format';
import { useNow } from '../kit/hooks';
import { MenuButton } from '../kit/menubutton';
import { describe } from '../kit/notice';
import { Pill } from '../kit/state';
import type { ContainersModel } from './model';
import { nameOf, titleOf } from './names';
import type { IPageContext } from './page';
import { CommandIDs } from './tokens';
import { Trouble } from './trouble';

/** Properties of the view. */
export interface IImageViewProps extends IPageContext {
  readonly name: string;
  readonly containers: ContainersModel;
  readonly commands: CommandRegistry;
  readonly onLine: (path: string, line: number | null) => void;
  readonly trans: TranslationBundle;
}

/** The view. */
export function ImageView(props: IImageViewProps): JSX.Element {
  const { name, containers, onTitle, trans } = props;
  const [image, setImage] = React.useState<ImageDetails | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const [turn, setTurn] = React.useState(0);
  React.useEffect(() => {
    let gone = false;
    containers.client.showImage({ name }).then(
      found => {
        if (!gone) {
          setImage(found);
          setError(null);
          onTitle(titleOf(found, trans), found.names.join('\n') || found.id);
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
    // The page's own function is made anew each time it paints.
  }, [containers, name, turn]);
  React.useEffect(() => {
    const again = (): void => setTurn(before => before + 1);

    containers.touched.connect(again);
    return () => {
      containers.touched.disconnect(again);
    };
  }, [containers]);
  if (error !== null) {
    return (
      <div className="jp-EllipLab-Containers-unknown">
        <h3>{trans.__('This image cannot be shown')}</h3>
        <Trouble
          text={describe(error, trans)}
          onAgain={() => setTurn(turn + 1)}
          trans={trans}
        />
      </div>
    );
  }
  if (!image) {
    return (
      <div className="jp-EllipLab-Containers-unknown" aria-busy="true">
        {trans.__('Reading the image…')}
      </div>
    );
  }
  return <Known {...props} image={image} />;
}

interface IKnownProps extends IImageViewProps {
  readonly image: ImageDetails;
}

function Known(props: IKnownProps): JSX.Element {
  const { image, trans } = props;
  const now = useNow(true, 30_000);
  const created = instant(image.created);
  const platform = [image.os, image.architecture].filter(Boolean).join('/');
  const facts: (readonly [string, React.ReactNode])[] = [
    [
      trans.__('Names'),
      image.names.map(name => <Copyable key={name} text={name} trans={trans} />)
    ],
    [
      trans.__('Digest'),
      image.digests.length ? (
        image.digests.map(digest => (
          <Copyable key={digest} text={digest} trans={trans} />
        ))
      ) : (
        <span className="jp-EllipLab-Kit-hint">
          {trans.__('none: it has not been pulled or pushed')}
        </span>
      )
    ],
    [trans.__('Id'), <Copyable key="id" text={image.id} trans={trans} />],
    [
      trans.__('Created'),
      created !== null && (
        <span title={exactTime(created)}>{age(created, now, trans)}</span>
      )
    ],
    [
      trans.__('Size'),
      <span key="size" title={exactBytes(image.size, trans)}>
        {bytes(image.size, trans)}
      </span>
    ],
    [trans.__('Architecture'), platform],
    [trans.__('Author'), image.author],
    [trans.__('Entry point'), code(image.entrypoint)],
    [trans.__('Command'), code(image.command)],
    [trans.__('User'), image.user],
    [trans.__('Folder'), image.folder && <code>{image.folder}</code>],
    [trans.__('Ports'), image.ports.join(', ')]
  ];
  return (
    <div className="jp-EllipLab-Containers-page">
      <Header {...props} platform={platform} />
      <div className="jp-EllipLab-Containers-body">
        <section>
          <table className="jp-EllipLab-Kit-table">
            <caption>{trans.__('About')}</caption>
            <tbody>
              {facts
                .filter(([, value]) =>
                  Array.isArray(value) ? value.length > 0 : !!value
                )
                .map(([name, value]) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    <td>{value}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </section>
        <Users {...props} />
        <Layers layers={image.layers} trans={trans} />
        <Pairs
          caption={trans.__('Environment')}
          pairs={image.env}
          trans={trans}
        />
        <Pairs
          caption={trans.__('Labels')}
          pairs={image.labels}
          trans={trans}
        />
      </div>
    </div>
  );
}

/** Words as a shell would have them. */
function code(words: readonly string[]): React.ReactNode {
  return words.length ? (
    <code>
      {words
        .map(word =>
          /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word)
        )
        .join(' ')}
    </code>
  ) : null;
}

interface ICopyableProps {
  readonly text: string;
  readonly trans: TranslationBundle;
}

/** A word that is copied with one click. */
export function Copyable({ text, trans }: ICopyableProps): JSX.Element {
  const [copied, setCopied] = React.useState(false);
  return (
    <span className="jp-EllipLab-Containers-copyable">
      <code>{text}</code>
      <button
        className="jp-EllipLab-Kit-icon"
        title={copied ? trans.__('Copied') : trans.__('Copy')}
        aria-label={
          copied ? trans.__('Copied: %1', text) : trans.__('Copy %1', text)
        }
        onClick={() => {
          void copyText(text).then(() => setCopied(true));
        }}
        onBlur={() => setCopied(false)}
      >
        {copied ? (
          <span aria-hidden>✓</span>
        ) : (
          <copyIcon.react tag="span" className="jp-EllipLab-Kit-buttonIcon" />
        )}
      </button>
    </span>
  );
}

interface IHeaderProps extends IKnownProps {
  readonly platform: string;
}

function Header(props: IHeaderProps): JSX.Element {
  const { image, platform, commands, trans } = props;
  const name = nameOf(image);
  const args = { image: name };
  const button = (
    command: string,
    label: string,
    primary = false
  ): JSX.Element => (
    <button
      className={'jp-EllipLab-Kit-button' + (primary ? ' jp-mod-primary' : '')}
      onClick={() => void commands.execute(command, args)}
    >
      {label}
    </button>
  );
  return (
    <header className="jp-EllipLab-Containers-header">
      <div className="jp-EllipLab-Containers-headerMain">
        <h2 title={image.names.join('\n') || image.id}>
          {titleOf(image, trans)}
        </h2>
        <span className="jp-EllipLab-Containers-pills">
          <Pill title={exactBytes(image.size, trans)}>
            {bytes(image.size, trans)}
          </Pill>
          {platform && <Pill>{platform}</Pill>}
          {!image.names.length && (
            <Pill tone="waiting">{trans.__('untagged')}</Pill>
          )}
        </span>
        <span className="jp-EllipLab-Containers-headerButtons">
          {button(CommandIDs.terminal, trans.__('Open a terminal'))}
          {image.names.length > 0 && button(CommandIDs.push, trans.__('Push…'))}
          <MenuButton
            label={trans.__('More')}
            commands={commands}
            entries={[
              CommandIDs.tagImage,
              CommandIDs.untagImage,
              CommandIDs.save,
              CommandIDs.expose,
              CommandIDs.copyName,
              CommandIDs.copyDigest,
              CommandIDs.removeImages
            ].map(command => ({ command, args }))}
          />
        </span>
      </div>
    </header>
  );
}

/** What uses it: a click goes there. */
function Users(props: IKnownProps): JSX.Element {
  const { image, commands, onLine, trans } = props;
  const open = (user: ImageUser): void => {
    if (user.kind === 'container') {
      void commands.execute(CommandIDs.showContainer, { container: user.name });
    } else {
      onLine(user.name, user.line);
    }
  };
  return (
    <section className="jp-EllipLab-Containers-usedBy">
      <h3>{trans.__('Used by')}</h3>
      {image.users.length ? (
        <ul>
          {image.users.map(user => (
            <li key={`${user.kind} ${user.name} ${user.line}`}>
              <button
                className="jp-EllipLab-Kit-link"
                onClick={() => open(user)}
              >
                {user.name}
              </button>
              <span className="jp-EllipLab-Kit-hint">
                {user.kind === 'container'
                  ? user.running
                    ? trans.__('container, running')
                    : trans.__('container')
                  : user.line === null
                    ? trans.__('document')
                    : trans.__('line %1', user.line)}
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="jp-EllipLab-Kit-hint">
          {trans.__('No container, and no document of the workspace.')}
        </p>
      )}
    </section>
  );
}

interface ILayersProps {
  readonly layers: readonly Layer[];
  readonly trans: TranslationBundle;
}

/** The history, newest first; a bar says how much of the image a layer is. */
function Layers({ layers, trans }: ILayersProps): JSX.Element {
  const [all, setAll] = React.useState(true);
  const largest = Math.max(1, ...layers.map(layer => layer.size));
  const empty = layers.filter(layer => layer.empty).length;
  const shown = all ? layers : layers.filter(layer => !layer.empty);
  return (
    <section>
      <table className="jp-EllipLab-Kit-table jp-EllipLab-Containers-layers">
        <caption>
          {trans._n('%1 layer', '%1 layers', layers.length - empty)}
          {empty > 0 && (
            <button
              className="jp-EllipLab-Kit-link"
              aria-pressed={all}
              onClick={() => setAll(!all)}
            >
              {all
                ? trans.__('hide lines without files')
                : trans._n('show %1 line more', 'show %1 lines more', empty)}
            </button>
          )}
        </caption>
        <thead>
          <tr>
            <th scope="col">{trans.__('Size')}</th>
            <th scope="col">{trans.__('Made by')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((layer, index) => (
            <tr
              key={`${index}-${layer.id}`}
              className={layer.empty ? 'jp-mod-pale' : undefined}
            >
              <td title={exactBytes(layer.size, trans)}>
                <div className="jp-EllipLab-Containers-measure">
                  <span>{layer.empty ? '–' : bytes(layer.size, trans)}</span>
                  <div aria-hidden>
                    <div
                      style={{ width: `${(100 * layer.size) / largest}%` }}
                    />
                  </div>
                </div>
              </td>
              <td>
                <code title={layer.id}>{layer.command || '–'}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface IPairsProps {
  readonly caption: string;
  readonly pairs: { readonly [name: string]: string };
  readonly trans: TranslationBundle;
}

/** Names and values, by name. */
export function Pairs({ caption, pairs }: IPairsProps): JSX.Element | null {
  const names = Object.keys(pairs).sort();
  return names.length ? (
    <section>
      <table className="jp-EllipLab-Kit-table">
        <caption>{caption}</caption>
        <tbody>
          {names.map(name => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>
                <code>{pairs[name]}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  ) : null;
}
