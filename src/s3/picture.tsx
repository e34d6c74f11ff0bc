/**
 * An object as a widget of the main area: a raster as a picture, drawn on the server from the pieces it needs;
 * of any other what is known, and what can be done with it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { fileIcon, imageIcon, ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { ObjectDetails } from '../contract';
import { copyText } from '../kit/copy';
import { bytes, exactBytes, exactTime, instant } from '../kit/format';
import { describe } from '../kit/notice';
import type { IDrivePlace } from './drivepath';
import { addressOf, nameOf, visible } from './paths';
import { CommandIDs } from './tokens';

/** Pixels of the longer side: the first picture, and the one that is looked at closely. */
const FIRST = 1024;
const CLOSE = 2048;
const STEP = 1.5;
const ZOOM_MAX = 16;
const FIT_MAX = 4;

/** What a view stands on. */
export interface IObjectViewOptions {
  readonly place: IDrivePlace;
  readonly details: ObjectDetails;
  /** Draws it, `size` pixels on the longer side. */
  readonly quicklook: (place: IDrivePlace, size: number) => Promise<Blob>;
  /** Where a browser downloads it. */
  readonly download: string;
  readonly commands: CommandRegistry;
  /** Shows the object in the panel. */
  readonly onShow: () => void;
  /** Opens it as a text; null when it is none. */
  readonly onText: (() => void) | null;
  readonly trans: TranslationBundle;
}

/** The view as a widget. */
export class ObjectView extends ReactWidget {
  constructor(options: IObjectViewOptions) {
    super();
    this.addClass('jp-EllipLab-S3View');
    this.title.icon = options.details.raster ? imageIcon : fileIcon;
    this.title.closable = true;
    this.title.label = visible(nameOf(options.place.key));
    this.title.caption = addressOf(options.place);
    this._options = options;
  }

  get place(): IDrivePlace {
    return this._options.place;
  }

  protected override onActivateRequest(): void {
    this.node
      .querySelector<HTMLElement>('.jp-EllipLab-S3View-frame, button')
      ?.focus();
  }

  protected override render(): JSX.Element {
    return <View {...this._options} />;
  }

  private readonly _options: IObjectViewOptions;
}

/** The view. */
export function View(props: IObjectViewOptions): JSX.Element {
  const { place, details, commands, trans } = props;
  const address = addressOf(place);
  const name = visible(nameOf(place.key));
  const has = (command: string): boolean => commands.hasCommand(command);
  const modified = instant(details.modified);
  const facts: [string, React.ReactNode][] = [
    [
      trans.__('Address'),
      <code key="address" className="jp-EllipLab-S3View-address">
        {visible(address)}
      </code>
    ],
    [
      trans.__('Size'),
      <span key="size" title={exactBytes(details.size, trans)}>
        {bytes(details.size, trans)}
      </span>
    ],
    [trans.__('Changed'), modified === null ? null : exactTime(modified)],
    [trans.__('Type'), details.media_type],
    [trans.__('Storage class'), details.storage_class],
    [trans.__('ETag'), details.etag],
    ...Object.entries(details.metadata)
  ];
  return (
    <div className="jp-EllipLab-S3View-sheet">
      <header className="jp-EllipLab-S3View-head">
        <h2 title={address}>{name}</h2>
        <div className="jp-EllipLab-Kit-row">
          <button
            className="jp-EllipLab-Kit-button"
            onClick={() => void copyText(address)}
          >
            {trans.__('Copy address')}
          </button>
          <button className="jp-EllipLab-Kit-button" onClick={props.onShow}>
            {trans.__('Show in Storage')}
          </button>
          {has(CommandIDs.useAsInput) && (
            <button
              className="jp-EllipLab-Kit-button"
              onClick={() =>
                void commands.execute(CommandIDs.useAsInput, { address })
              }
            >
              {trans.__('Use as input')}
            </button>
          )}
          {has(CommandIDs.useInNotebook) && (
            <button
              className="jp-EllipLab-Kit-button"
              onClick={() =>
                void commands.execute(CommandIDs.useInNotebook, { address })
              }
            >
              {trans.__('Use in notebook')}
            </button>
          )}
          <a
            className="jp-EllipLab-Kit-button"
            href={props.download}
            download=""
          >
            {trans.__('Download')}
          </a>
        </div>
      </header>
      {details.raster ? (
        <Quicklook {...props} name={name} />
      ) : (
        <div className="jp-EllipLab-S3View-none">
          <p>{trans.__('The Lab has no viewer for this object.')}</p>
          {props.onText && (
            <button className="jp-EllipLab-Kit-link" onClick={props.onText}>
              {trans.__('Open it as text')}
            </button>
          )}
        </div>
      )}
      <dl
        className="jp-EllipLab-S3View-facts"
        aria-label={trans.__('What is known of %1', name)}
      >
        {facts
          .filter(([, value]) => value !== null)
          .map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </div>
  );
}

interface ISize {
  readonly width: number;
  readonly height: number;
}

const NOTHING: ISize = { width: 0, height: 0 };

/** So many times its own size a picture fits into the room; a small one is not blown up without end. */
function fitting(own: ISize, room: ISize): number {
  const factor = Math.min(room.width / own.width, room.height / own.height);
  return Number.isFinite(factor) && factor > 0 ? Math.min(FIT_MAX, factor) : 1;
}

interface IQuicklookProps extends IObjectViewOptions {
  readonly name: string;
}

/** The picture: as large as there is room for, or so many times its own size. */
function Quicklook(props: IQuicklookProps): JSX.Element {
  const { quicklook, place, name, trans } = props;
  const [zoom, setZoom] = React.useState<number | null>(null);
  const [close, setClose] = React.useState(false);
  const [source, setSource] = React.useState<string | null>(null);
  const [own, setOwn] = React.useState<ISize>(NOTHING);
  const [room, setRoom] = React.useState<ISize>(NOTHING);
  const [problem, setProblem] = React.useState<string | null>(null);
  const [turn, setTurn] = React.useState(0);
  const frame = React.useRef<HTMLDivElement>(null);

  React.useEffect(() => {
    const node = frame.current;
    if (!node) {
      return;
    }
    const observer = new ResizeObserver(() => {
      setRoom({ width: node.clientWidth, height: node.clientHeight });
    });
    observer.observe(node);
    return () => observer.disconnect();
  }, []);

  React.useEffect(() => {
    let gone = false;
    let url: string | null = null;
    quicklook(place, close ? CLOSE : FIRST).then(
      blob => {
        if (!gone) {
          url = URL.createObjectURL(blob);
          setSource(url);
          setProblem(null);
        }
      },
      (error: unknown) => {
        if (!gone) {
          setProblem(describe(error, trans));
        }
      }
    );
    return () => {
      gone = true;
      if (url) {
        URL.revokeObjectURL(url);
      }
    };
  }, [quicklook, place, close, turn, trans]);

  const now = zoom ?? fitting(own, room);
  const to = (factor: number): void => {
    const next = Math.min(ZOOM_MAX, Math.max(1 / ZOOM_MAX, now * factor));
    setZoom(next);
    // A raster that is smaller than the first picture has no more to show.
    if (next > 1 && Math.max(own.width, own.height) >= FIRST) {
      setClose(true);
    }
  };
  const onKey = (event: React.KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const act = {
      '+': () => to(STEP),
      '=': () => to(STEP),
      '-': () => to(1 / STEP),
      '0': () => setZoom(null),
      '1': () => setZoom(1)
    }[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  };

  return (
    <div className="jp-EllipLab-S3View-picture" onKeyDown={onKey}>
      <div
        className="jp-EllipLab-S3View-zoom"
        role="group"
        aria-label={trans.__('Size of the picture')}
      >
        <button
          className="jp-EllipLab-Kit-button"
          aria-label={trans.__('Smaller')}
          title={trans.__('Smaller (-)')}
          disabled={!source}
          onClick={() => to(1 / STEP)}
        >
          −
        </button>
        <button
          className="jp-EllipLab-Kit-button"
          aria-label={trans.__('Larger')}
          title={trans.__('Larger (+)')}
          disabled={!source}
          onClick={() => to(STEP)}
        >
          +
        </button>
        <button
          className="jp-EllipLab-Kit-button"
          title={trans.__('All of it (0)')}
          aria-pressed={zoom === null}
          disabled={!source}
          onClick={() => setZoom(null)}
        >
          {trans.__('Fit')}
        </button>
        <span className="jp-EllipLab-Kit-hint" role="status">
          {source ? trans.__('%1 %', Math.round(now * 100)) : ''}
        </span>
      </div>
      <div
        ref={frame}
        className={
          'jp-EllipLab-S3View-frame' + (zoom === null ? ' jp-mod-fit' : '')
        }
        tabIndex={0}
        role="region"
        aria-label={trans.__('Picture of %1', name)}
        aria-busy={!source && problem === null}
        onWheel={event => {
          if (event.ctrlKey) {
            to(event.deltaY < 0 ? 1.2 : 1 / 1.2);
          }
        }}
      >
        {problem !== null ? (
          <div role="alert" className="jp-EllipLab-S3View-none">
            <p>{problem}</p>
            <button
              className="jp-EllipLab-Kit-button"
              onClick={() => {
                setProblem(null);
                setTurn(turn + 1);
              }}
            >
              {trans.__('Try again')}
            </button>
          </div>
        ) : source ? (
          <img
            src={source}
            alt={trans.__('Quicklook of %1', name)}
            style={
              own.width
                ? {
                    width: `${Math.round(now * own.width)}px`,
                    imageRendering: now >= 2 ? 'pixelated' : 'auto'
                  }
                : undefined
            }
            onLoad={event => {
              // The closer picture is shown at the size of the first one.
              if (!close) {
                const { naturalWidth, naturalHeight } = event.currentTarget;
                setOwn({ width: naturalWidth, height: naturalHeight });
              }
            }}
          />
        ) : (
          <p className="jp-EllipLab-Kit-hint">
            {trans.__('Drawing the picture…')}
          </p>
        )}
      </div>
    </div>
  );
}
