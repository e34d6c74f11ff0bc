/**
 * Markdown as nodes, by JupyterLab's own renderer.
 */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { MimeModel } from '@jupyterlab/rendermime';
import type { IDisposable } from '@lumino/disposable';

const MIME = 'text/markdown';

/** Something that was rendered. */
export interface IRendered extends IDisposable {
  readonly node: HTMLElement;
}

/** Renders Markdown; as plain text in a Lab that cannot. */
export async function renderMarkdown(
  rendermime: IRenderMimeRegistry | null,
  source: string
): Promise<IRendered> {
  if (!rendermime?.mimeTypes.includes(MIME)) {
    const node = document.createElement('div');
    node.textContent = source;
    node.style.whiteSpace = 'pre-line';
    return { node, isDisposed: false, dispose: () => node.remove() };
  }
  const renderer = rendermime.createRenderer(MIME);
  await renderer.renderModel(new MimeModel({ data: { [MIME]: source } }));
  renderer.addClass('jp-EllipLab-Cwl-markdown');
  return renderer;
}
