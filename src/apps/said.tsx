/**
 * What to do, as the server says it: a command in it can be copied, an address in it be followed.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Advice } from '../kit/advice';
import { marked } from './words';

const ADDRESS = /(https?:\/\/[^\s,;()]*[^\s,;().])/;

/** Properties of the sentence. */
export interface ISaidProps {
  readonly children: string;
  readonly trans: TranslationBundle;
}

/** The sentence. */
export function Said({ children, trans }: ISaidProps): JSX.Element {
  return (
    <>
      {children.split(ADDRESS).map((part, index) =>
        index % 2 ? (
          <a key={index} href={part} target="_blank" rel="noopener noreferrer">
            {part.replace(/^https?:\/\//, '')}
          </a>
        ) : (
          <Advice key={index} trans={trans}>
            {marked(part)}
          </Advice>
        )
      )}
    </>
  );
}
