import { Signal } from '@lumino/signaling';
import * as React from 'react';
import { createRoot } from 'react-dom/client';

import { useSignal } from '../hooks';

describe('useSignal', () => {
  it('misses nothing that is told between the first painting and its effects', async () => {
    const sender = {};
    const changed = new Signal<object, void>(sender);
    let word = 'reading';
    const Shown = (): JSX.Element => {
      useSignal(changed);
      return <p>{word}</p>;
    };
    const host = document.createElement('div');
    document.body.append(host);
    // An answer that comes as soon as something is painted, before anything else has its turn.
    const painted = new Promise<void>(resolve => {
      const observer = new MutationObserver(() => {
        observer.disconnect();
        word = 'read';
        changed.emit();
        resolve();
      });
      observer.observe(host, { childList: true });
    });
    const root = createRoot(host);
    root.render(<Shown />);
    await painted;
    for (
      const until = Date.now() + 2000;
      host.textContent !== 'read' && Date.now() < until;
    ) {
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    expect(host.textContent).toBe('read');
    root.unmount();
    host.remove();
  });
});
