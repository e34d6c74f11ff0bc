/**
 * The clipboard, also where the page is not served over TLS.
 */
import { Clipboard } from '@jupyterlab/apputils';

/** Puts a text on the clipboard. */
export async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  Clipboard.copyToSystem(text);
}
