import { statSync } from 'node:fs';
import type { InputSource } from '../index.js';

/** Whether all inputs are files and take few bytes together. */
export function isLittle(sources: readonly InputSource[]): boolean {
  let left = LITTLE_BYTES;
  for (const { path } of sources) {
    const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) return false;
    left -= stat.size;
    if (left < 0) return false;
  }
  return true;
}

const LITTLE_BYTES = 8_000_000;
