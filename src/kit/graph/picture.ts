/**
 * The graph as a picture that needs no stylesheet: SVG, or PNG at twice its size.
 */

const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'font-style',
  'paint-order',
  'display'
] as const;
const SVG = 'http://www.w3.org/2000/svg';
/** The longest side of a PNG, in pixels: browsers draw no larger ones. */
const LONGEST = 8192;

/** The drawing as the text of an SVG file, in the colours it has on the screen. */
export function svgText(drawing: SVGSVGElement): string {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const { width, height } = drawing.viewBox.baseVal;
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const from = drawing.querySelectorAll<SVGElement>('*');
  const to = copy.querySelectorAll<SVGElement>('*');
  from.forEach((element, number) => {
    const target = to[number];
    if (!target || element.tagName === 'title') {
      return;
    }
    const style = getComputedStyle(element);
    const written = STYLES.map(name => [name, style.getPropertyValue(name)])
      .filter(([, value]) => value)
      .map(([name, value]) => `${name}:${value}`)
      .join(';');
    target.setAttribute('style', written);
    for (const name of ['class', 'role', 'tabindex', 'data-toggle']) {
      target.removeAttribute(name);
    }
  });
  for (const hidden of Array.from(copy.querySelectorAll('[style]'))) {
    if (hidden.getAttribute('style')?.endsWith('display:none')) {
      hidden.remove();
    }
  }
  copy.removeAttribute('class');
  const ground = document.createElementNS(SVG, 'rect');
  ground.setAttribute('width', '100%');
  ground.setAttribute('height', '100%');
  ground.setAttribute('fill', groundOf(drawing));
  copy.prepend(ground);
  return new XMLSerializer().serializeToString(copy);
}

/** The colour the drawing lies on. */
function groundOf(drawing: Element): string {
  for (let at: Element | null = drawing; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (colour && colour !== 'transparent' && colour !== 'rgba(0, 0, 0, 0)') {
      return colour;
    }
  }
  return '#ffffff';
}

/** The drawing as PNG. */
export async function png(drawing: SVGSVGElement): Promise<Blob> {
  const { width, height } = drawing.viewBox.baseVal;
  const scale = Math.min(2, LONGEST / Math.max(width, height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(drawing))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      blob => (blob ? resolve(blob) : reject(new Error('no picture'))),
      'image/png'
    );
  });
}

/** Lets the browser save bytes as a file. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken hold of it by then.
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
