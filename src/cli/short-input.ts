import { statSync } from 'node:fs';
import type { InputSource } from '../index.js';

/**
 * Whether all inputs are files of so few bytes together that optimised code would come too late, and of so many that
 * saying so pays: it loads `node:v8` and with it Node's streams, which takes as long as reading the smallest.
 */
export function isShort(sources: readonly InputSource[]): boolean {
  let bytes = 0;
  for (const { path } of sources) {
    const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) return false;
    bytes += stat.size;
    if (bytes > MOST_BYTES) return false;
  }
  return bytes >= LEAST_BYTES;
}

const LEAST_BYTES = 250_000;
const MOST_BYTES = 8_000_000;
