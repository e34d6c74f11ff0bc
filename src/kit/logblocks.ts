/**
 * Stretches of a log cut into blocks of whole lines, each named by the byte where it starts.
 */
import type { LogChunk } from '../contract';

/** How the person wants the log; kept by whoever shows it. */
export interface ILogOptions {
  readonly follow: boolean;
  readonly wrap: boolean;
  /** The words looked for; null while the search is closed. */
  readonly find: string | null;
}

export const LOG_OPTIONS: ILogOptions = {
  follow: true,
  wrap: false,
  find: null
};

/** Lines that are shown and dropped together. */
export interface IBlock {
  /** The byte where the block starts: its name, too. */
  readonly offset: number;
  /** The byte after it. */
  readonly next: number;
  readonly lines: readonly string[];
}

/** A block takes no more lines than this. */
export const BLOCK_LINES = 200;
const encoder = new TextEncoder();

/** The number of bytes of a text. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** Cuts a stretch into blocks of whole lines; the last line may still grow. */
export function blocksOf(offset: number, text: string): IBlock[] {
  const blocks: IBlock[] = [];
  if (!text) {
    return blocks;
  }
  const lines = text.split('\n');
  const open = lines.pop() ?? '';
  let start = offset;
  for (let at = 0; at < lines.length; at += BLOCK_LINES) {
    const part = lines.slice(at, at + BLOCK_LINES);
    const next = start + byteLength(part.join('\n')) + 1;
    blocks.push({ offset: start, next, lines: part });
    start = next;
  }
  if (open) {
    blocks.push({
      offset: start,
      next: start + byteLength(open),
      lines: [open]
    });
  }
  return blocks;
}

/** Drops the piece of a line that a chunk starts with; counted from its end, which is whole. */
export function wholeLines(chunk: LogChunk): LogChunk {
  const cut = chunk.text.indexOf('\n');
  if (cut < 0) {
    return chunk;
  }
  const text = chunk.text.slice(cut + 1);
  return { ...chunk, text, offset: chunk.next - byteLength(text) };
}
