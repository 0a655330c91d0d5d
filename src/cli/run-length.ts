import { statSync } from 'node:fs';
import type { InputSource } from '../index.js';

/** Whether there is so little to read that optimised code would come too late. */
export type RunLength = 'short' | 'long';

/** Called before reading begins. */
export type OnLength = (length: RunLength) => void;

/**
 * How long the inputs take, by their bytes. Undefined where some are no files, and of the fewest bytes: to say it loads
 * `node:v8` and with it Node's streams, which takes as long as reading those.
 */
export function runLengthOf(sources: readonly InputSource[]): RunLength | undefined {
  let bytes = 0;
  for (const { path } of sources) {
    const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) return undefined;
    bytes += stat.size;
    if (bytes > MOST_SHORT_BYTES) return 'long';
  }
  return bytes >= LEAST_BYTES ? 'short' : undefined;
}

const LEAST_BYTES = 250_000;
const MOST_SHORT_BYTES = 8_000_000;
