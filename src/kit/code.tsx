/**
 * Sentences with `code` in them, as the server writes them.
 */
import * as React from 'react';

/** The parts of a sentence; every second one is code. */
export function partsOf(text: string): readonly string[] {
  const parts = text.split('`');
  // A backtick that is alone is a backtick.
  return parts.length % 2 ? parts : [text];
}

/** A sentence with its code, for a page of React's. */
export function Sentence(props: { readonly children: string }): JSX.Element {
  return (
    <>
      {partsOf(props.children).map((part, index) =>
        index % 2 ? (
          <code key={index} className="jp-EllipLab-Kit-word">
            {part}
          </code>
        ) : (
          part
        )
      )}
    </>
  );
}

/** A sentence with its code, as nodes. */
export function sentence(text: string): readonly (Node | string)[] {
  return partsOf(text).map((part, index) => {
    if (index % 2 === 0) {
      return part;
    }
    const node = document.createElement('code');
    node.className = 'jp-EllipLab-Kit-word';
    node.textContent = part;
    return node;
  });
}

/** A sentence whose code is not set apart. */
export function plain(text: string): string {
  return partsOf(text).join('');
}
