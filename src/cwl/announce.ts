/**
 * What happens without a place on the page, told to whoever listens to it.
 */
let region: HTMLElement | null = null;

/** Tells something, politely. */
export function announce(words: string): void {
  if (!region?.isConnected) {
    region = document.createElement('div');
    region.className = 'jp-EllipLab-Kit-hidden';
    region.setAttribute('role', 'status');
    region.setAttribute('aria-live', 'polite');
    document.body.append(region);
  }
  region.textContent = words;
}
