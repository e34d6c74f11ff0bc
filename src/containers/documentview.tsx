/**
 * The images that a CWL document names: how each stands, and what mends what is missing.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

import type { DocumentImage, DocumentImages, ImageState } from '../contract';
import { bytes, exactBytes } from '../kit/format';
import { useNow, useSignal } from '../kit/hooks';
import { describe } from '../kit/notice';
import { Bar, Pill } from '../kit/state';
import type { ContainersModel } from './model';
import { lastPart, shortDigest } from './names';
import type { IPageContext } from './page';
import { CommandIDs } from './tokens';
import { Trouble } from './trouble';
import { shareOf, whatText } from './workitem';

/** Properties of the view. */
export interface IDocumentViewProps extends IPageContext {
  readonly path: string;
  readonly containers: ContainersModel;
  readonly commands: CommandRegistry;
  /** A file of the workspace has been saved. */
  readonly saved: ISignal<unknown, string>;
  readonly onLine: (path: string, line: number, column: number | null) => void;
  readonly trans: TranslationBundle;
}

/** The word of a state. */
export function imageStateText(
  state: ImageState,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'present':
      return trans.__('here');
    case 'missing':
      return trans.__('missing');
    case 'differs':
      return trans.__('the registry has another one');
    case 'unknown':
      return trans.__('no engine to ask');
  }
}

const TONES: Record<ImageState, string> = {
  present: 'jp-mod-done',
  missing: 'jp-mod-failed',
  differs: 'jp-mod-running',
  unknown: 'jp-mod-waiting jp-mod-hollow'
};

/** The view. */
export function DocumentView(props: IDocumentViewProps): JSX.Element {
  const { path, containers, saved, onTitle, trans } = props;
  const [found, setFound] = React.useState<DocumentImages | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const [asking, setAsking] = React.useState(false);
  const turn = React.useRef(0);
  const read = React.useCallback(
    async (registry: boolean): Promise<void> => {
      const mine = (turn.current += 1);
      setAsking(registry);
      try {
        const images = await containers.client.documentImages({
          path,
          registry
        });
        if (mine === turn.current) {
          setFound(images);
          setError(null);
        }
      } catch (wrong) {
        if (mine === turn.current) {
          setError(wrong);
        }
      } finally {
        if (mine === turn.current) {
          setAsking(false);
        }
      }
    },
    [containers, path]
  );
  React.useEffect(() => {
    onTitle(trans.__('Images of %1', lastPart(path)), path);
    void read(false);
    const again = (): void => void read(false);
    const onSaved = (_: unknown, file: string): void => {
      if (file === path || file.endsWith('.cwl')) {
        void read(false);
      }
    };

    containers.touched.connect(again);
    saved.connect(onSaved);
    void containers.works.refresh();
    return () => {
      turn.current += 1;
      containers.touched.disconnect(again);
      saved.disconnect(onSaved);
    };
    // The page's own function is made anew each time it paints.
  }, [read]);
  if (error !== null && !found) {
    return (
      <div className="jp-EllipLab-Containers-unknown">
        <h3>{trans.__('The images of %1 are not known', path)}</h3>
        <Trouble
          text={describe(error, trans)}
          onAgain={() => void read(false)}
          trans={trans}
        />
      </div>
    );
  }
  if (!found) {
    return (
      <div className="jp-EllipLab-Containers-unknown" aria-busy="true">
        {trans.__('Reading the document…')}
      </div>
    );
  }
  return (
    <Known
      {...props}
      found={found}
      error={error}
      asking={asking}
      onCheck={() => void read(true)}
    />
  );
}

interface IKnownProps extends IDocumentViewProps {
  readonly found: DocumentImages;
  readonly error: unknown;
  readonly asking: boolean;
  readonly onCheck: () => void;
}

function Known(props: IKnownProps): JSX.Element {
  const { path, found, containers, commands, asking, error, trans } = props;
  const { works } = containers;
  useSignal(works.changed);
  const missing = found.images.filter(
    one =>
      (one.state === 'missing' || one.state === 'differs') &&
      !works.activeOf(one.image)
  );
  // What has a Containerfile here is built, not pulled, unless there is nothing else.
  const foreign = missing.filter(one => one.containerfile === null);
  const wanted = foreign.length ? foreign : missing;
  const total = found.images.length;
  const words = missing.length
    ? trans._n(
        '%2 of %3 is missing',
        '%2 of %3 are missing',
        missing.length,
        missing.length,
        total
      )
    : trans.__('all %1 are here', total);
  return (
    <div className="jp-EllipLab-Containers-page">
      <header className="jp-EllipLab-Containers-header">
        <div className="jp-EllipLab-Containers-headerMain">
          <h2 title={path}>{trans.__('Images of %1', lastPart(path))}</h2>
          <span role="status" className="jp-EllipLab-Containers-pills">
            {total > 1 &&
              found.images.every(one => one.state !== 'unknown') && (
                <Pill tone={missing.length ? 'failed' : 'done'}>{words}</Pill>
              )}
          </span>
          <span className="jp-EllipLab-Containers-headerButtons">
            <button
              className="jp-EllipLab-Kit-button"
              disabled={asking || !found.images.length}
              title={trans.__(
                'Ask the registries whether they have another one by now'
              )}
              onClick={props.onCheck}
            >
              {asking
                ? trans.__('Asking the registry…')
                : trans.__('Check the registry')}
            </button>
            <button
              className={
                'jp-EllipLab-Kit-button' +
                (foreign.length ? ' jp-mod-primary' : '')
              }
              disabled={!missing.length}
              onClick={() =>
                wanted.forEach(
                  one =>
                    void commands.execute(CommandIDs.pull, {
                      image: one.image,
                      show: false
                    })
                )
              }
            >
              {trans.__('Pull all')}
            </button>
          </span>
        </div>
      </header>
      {error !== null && (
        <div className="jp-EllipLab-Containers-error" role="alert">
          {describe(error, trans)}
        </div>
      )}
      <div className="jp-EllipLab-Containers-body">
        {found.images.length ? (
          <ul
            className="jp-EllipLab-Containers-cards"
            aria-label={trans.__('Images of %1', lastPart(path))}
          >
            {found.images.map(image => (
              <Card key={image.image} {...props} image={image} />
            ))}
          </ul>
        ) : (
          <div className="jp-EllipLab-Containers-empty">
            <h3>{trans.__('It names no image')}</h3>
            <p>
              {trans.__(
                'A tool says where it runs with DockerRequirement and dockerPull.'
              )}
            </p>
          </div>
        )}
      </div>
    </div>
  );
}

interface ICardProps extends IKnownProps {
  readonly image: DocumentImage;
}

/** One image: its state, where it is named, what mends it. */
function Card(props: ICardProps): JSX.Element {
  const { image, path, containers, commands, onLine, trans } = props;
  const work = containers.works.activeOf(image.image);
  const now = useNow(work !== null);
  const args = { image: image.image };
  const button = (
    label: string,
    command: string,
    more: Record<string, string | boolean>,
    primary = false
  ): JSX.Element => (
    <button
      className={'jp-EllipLab-Kit-button' + (primary ? ' jp-mod-primary' : '')}
      aria-label={trans.__('%1: %2', label, image.image)}
      onClick={() => void commands.execute(command, more)}
    >
      {label}
    </button>
  );
  const here = image.state === 'present' || image.state === 'differs';
  const wanted = image.state === 'missing' || image.state === 'differs';
  return (
    <li
      className="jp-EllipLab-Containers-card"
      data-image={image.image}
      data-state={image.state}
    >
      <div className="jp-EllipLab-Containers-cardHead">
        <span
          className={
            'jp-EllipLab-Kit-dot ' +
            (work ? 'jp-mod-running' : TONES[image.state])
          }
          aria-hidden
        />
        <code title={image.id ?? undefined}>{image.image}</code>
        <span className="jp-EllipLab-Kit-hint" role="status">
          {work
            ? whatText(work, now, trans)
            : imageStateText(image.state, trans)}
        </span>
        {image.pinned && (
          <Pill title={trans.__('It is named by its digest')}>
            {trans.__('pinned')}
          </Pill>
        )}
        {image.size !== null && (
          <span
            className="jp-EllipLab-Kit-hint"
            title={exactBytes(image.size, trans)}
          >
            {bytes(image.size, trans)}
          </span>
        )}
      </div>
      {work && (
        <Bar
          value={work.state === 'queued' ? 0 : shareOf(work)}
          label={trans.__('Progress of %1', work.title)}
        />
      )}
      <p className="jp-EllipLab-Containers-places">
        {image.places.map(place => (
          <button
            key={`${place.path} ${place.line} ${place.column}`}
            className="jp-EllipLab-Kit-link"
            onClick={() => onLine(place.path, place.line, place.column)}
          >
            {place.path === path
              ? place.tool
                ? trans.__('%1, line %2', place.tool, place.line)
                : trans.__('line %1', place.line)
              : trans.__('%1, line %2', lastPart(place.path), place.line)}
          </button>
        ))}
      </p>
      {image.newer !== null && (
        <p className="jp-EllipLab-Kit-hint">
          {trans.__(
            'The registry has %1, here is %2',
            shortDigest(image.newer),
            image.digest ? shortDigest(image.digest) : trans.__('none')
          )}
        </p>
      )}
      {image.problem !== null && (
        <p className="jp-EllipLab-Kit-bad" role="alert">
          {image.problem}
        </p>
      )}
      <div className="jp-EllipLab-Kit-row">
        {work
          ? [
              button(trans.__('Stop'), CommandIDs.stopWork, { id: work.id }),
              button(trans.__('Log'), CommandIDs.openWork, { id: work.id })
            ].map((node, index) => (
              <React.Fragment key={index}>{node}</React.Fragment>
            ))
          : wanted && (
              <>
                {image.containerfile !== null &&
                  button(
                    trans.__('Build…'),
                    CommandIDs.build,
                    { path: image.containerfile, name: image.image },
                    image.state === 'missing'
                  )}
                {button(
                  trans.__('Pull'),
                  CommandIDs.pull,
                  { ...args, show: false },
                  image.containerfile === null
                )}
              </>
            )}
        {here &&
          button(trans.__('Details'), CommandIDs.showImage, {
            image: image.id ?? image.image
          })}
        {here && button(trans.__('Open a terminal'), CommandIDs.terminal, args)}
        {!image.pinned &&
          image.state !== 'unknown' &&
          button(trans.__('Pin to its digest'), CommandIDs.pinImage, {
            ...args,
            path
          })}
      </div>
    </li>
  );
}
