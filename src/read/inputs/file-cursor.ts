import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What shows that a file still begins with what was read of it. */
export interface FileMark {
  readonly head: string;
  readonly tail: string;
}

const MARK_BYTES = 64 * 1024;

/**
 * The SHA-256 of the first and of the last 64 KiB before `end`; undefined when the file cannot be read or is shorter.
 * A change in between that leaves both as they were is not seen.
 */
export function markFile(path: string, end: number): FileMark | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    if (fstatSync(fd).size < end) return undefined;
    const length = Math.min(MARK_BYTES, end);
    const hashAt = (from: number) => {
      const bytes = Buffer.alloc(length);
      let filled = 0;
      while (filled < length) {
        const read = readSync(fd, bytes, filled, length - filled, from + filled);
        if (read === 0) break;
        filled += read;
      }
      return createHash('sha256').update(bytes.subarray(0, filled)).digest('hex');
    };
    return { head: hashAt(0), tail: hashAt(end - length) };
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}
