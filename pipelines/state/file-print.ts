import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What a file is known again by, without reading all of it. */
export interface FilePrint {
  /** How many of its bytes were read. */
  readonly size: number;
  /** Nanoseconds since 1970, and the file's number on its disk: what a file that is not only appended to is known by too. */
  readonly mtime_ns: string;
  readonly inode: string;
  /** SHA-256 of the first 64 KiB that were read. */
  readonly head: string;
  /** SHA-256 of the last 64 KiB that were read. */
  readonly last: string;
}

/**
 * What became of a file: `same`, `grown` (all that was read still stands there, more stands behind it), `shrunk`,
 * `replaced` (another file has its name), `rewritten`, or `gone` (it cannot be opened).
 */
export type FileChange = 'same' | 'grown' | 'shrunk' | 'replaced' | 'rewritten' | 'gone';

const PRINT_BYTES = 64 * 1024;

/** The print of a file of which `size` bytes (default: all) were read; undefined when it cannot be read or is shorter. */
export function printFile(path: string, size?: number): FilePrint | undefined {
  return withFile(path, (fd, stat) => printOf(fd, stat, size ?? Number(stat.size)));
}

/**
 * Compares a file with its print. Of an `isAppendOnly` one that has its size the ends alone are compared; of any other
 * the time of its last change too. With `trustsTime` a file whose size, time and number are the same is not looked into.
 */
export function compareFile(
  path: string,
  print: FilePrint,
  options: { readonly isAppendOnly: boolean; readonly trustsTime?: boolean },
): FileChange {
  const change = withFile(path, (fd, stat): FileChange => {
    const isSameFile = String(stat.ino) === print.inode;
    const isUntouched = isSameFile && String(stat.mtimeNs) === print.mtime_ns && Number(stat.size) === print.size;
    if (isUntouched && options.trustsTime === true) return 'same';
    const now = printOf(fd, stat, print.size);
    if (now === undefined || now.head !== print.head || now.last !== print.last) {
      if (!isSameFile) return 'replaced';
      return Number(stat.size) < print.size ? 'shrunk' : 'rewritten';
    }
    if (Number(stat.size) > print.size) return 'grown';
    return isUntouched || options.isAppendOnly ? 'same' : 'rewritten';
  });
  return change ?? 'gone';
}

type Stat = ReturnType<typeof statOf>;

function statOf(fd: number) {
  return fstatSync(fd, { bigint: true });
}

/** What `look` says of a regular file; undefined of anything else, and where reading fails. */
function withFile<Answer>(path: string, look: (fd: number, stat: Stat) => Answer): Answer | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const stat = statOf(fd);
    return stat.isFile() ? look(fd, stat) : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

function printOf(fd: number, stat: Stat, size: number): FilePrint | undefined {
  const length = Math.min(size, PRINT_BYTES);
  const head = hashOf(fd, 0, length);
  const last = hashOf(fd, size - length, length);
  if (head === undefined || last === undefined) return undefined;
  return { size, mtime_ns: String(stat.mtimeNs), inode: String(stat.ino), head, last };
}

/** Undefined when the file ends before. */
function hashOf(fd: number, offset: number, length: number): string | undefined {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; ) {
    const read = readSync(fd, bytes, at, length - at, offset + at);
    if (read === 0) return undefined;
    at += read;
  }
  return createHash('sha256').update(bytes).digest('hex');
}
