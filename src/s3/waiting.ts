/**
 * A transfer that somebody waits for: started, and looked at until its end.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Transfer, TransferRequest } from '../contract';
import { isFinal } from '../kit/state';
import type { S3Client } from './client';

/** Milliseconds between two looks: the first ones are quick, a long transfer is not asked often. */
const FIRST = 150;
const LAST = 2000;

/** Carries a transfer out; an error when it has not done all of it. */
export async function carriedOut(
  client: Pick<S3Client, 'transfer' | 'showTransfer'>,
  request: TransferRequest,
  trans: TranslationBundle
): Promise<void> {
  let transfer: Transfer = await client.transfer(request);
  for (let pause = FIRST; !isFinal(transfer.state);) {
    await new Promise(resolve => window.setTimeout(resolve, pause));
    pause = Math.min(LAST, pause * 1.5);
    transfer = await client.showTransfer(transfer.id);
  }
  if (transfer.state !== 'done') {
    throw new Error(
      transfer.failures[0]?.message ??
        transfer.detail ??
        trans.__('The transfer has ended before it was done.')
    );
  }
}
