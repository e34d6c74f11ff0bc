/**
 * A quicklook: asked for when it comes into sight, larger when clicked.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { describe } from '../kit/notice';
import type { IRuns } from './tokens';

const SMALL = 512;
const LARGE = 1536;

/** Properties of a picture. */
export interface IPictureProps {
  readonly runs: IRuns;
  readonly run: string;
  readonly path: string;
  readonly name: string;
  readonly trans: TranslationBundle;
}

/** The picture. */
export function Picture(props: IPictureProps): JSX.Element {
  const { runs, run, path, name, trans } = props;
  const box = React.useRef<HTMLElement>(null);
  const [seen, setSeen] = React.useState(false);
  const [large, setLarge] = React.useState(false);
  const [source, setSource] = React.useState<string | null>(null);
  const [problem, setProblem] = React.useState<string | null>(null);

  React.useEffect(() => {
    const node = box.current;
    if (!node) {
      return;
    }
    const observer = new IntersectionObserver(entries => {
      if (entries.some(entry => entry.isIntersecting)) {
        setSeen(true);
        observer.disconnect();
      }
    });
    observer.observe(node);
    return () => observer.disconnect();
  }, []);

  React.useEffect(() => {
    if (!seen) {
      return;
    }
    let gone = false;
    let url: string | null = null;
    runs.quicklook(run, path, large ? LARGE : SMALL).then(
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
  }, [runs, run, path, seen, large, trans]);

  return (
    <figure
      ref={box}
      className={'jp-EllipLab-Runs-picture' + (large ? ' jp-mod-large' : '')}
    >
      {problem !== null ? (
        <p className="jp-EllipLab-Kit-hint" role="alert">
          {problem}
        </p>
      ) : source ? (
        <button
          aria-expanded={large}
          title={
            large ? trans.__('Make it smaller') : trans.__('Make it larger')
          }
          onClick={() => setLarge(!large)}
        >
          <img src={source} alt={trans.__('Quicklook of %1', name)} />
        </button>
      ) : (
        <div className="jp-EllipLab-Runs-picturePlace" aria-busy="true" />
      )}
      <figcaption title={name}>{name.split('/').pop()}</figcaption>
    </figure>
  );
}
