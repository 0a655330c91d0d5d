import { closeSync, fsyncSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { EvpairError } from '../model/index.js';

/** Where a command's data goes, line by line. */
export interface Output {
  /** Takes one line without its line end. */
  line(text: string): void;
  /** Takes whole lines with their line ends, which are copied. */
  lines(bytes: Uint8Array): void;
  /** Writes what is waiting if there is enough of it; a promise when the reader is slow. */
  drain(): Promise<void> | undefined;
  /** Writes what is waiting. */
  flush(): Promise<void>;
  /** Writes everything and closes. */
  close(): Promise<void>;
}

/** The reader of the output has gone (`head`): evpair ends quietly. */
export class ReaderGone extends Error {}

/** Fewer, larger writes: one a line costs twice the time of making the line. */
const BATCH_BYTES = 256 * 1024;
/** Few lines are longer than what is left of it. */
const ROOM_BYTES = 320 * 1024;
/** A UTF-16 unit takes at most so many bytes of UTF-8. */
const MOST_BYTES_A_UNIT = 3;

/**
 * Standard output, or a file that only its owner may read when it is `isPrivate` (partial ledgers and rejects hold raw
 * log text).
 * @throws EvpairError `ERR_OUTPUT` when the file cannot be made.
 */
export function openOutput(
  path: string | undefined,
  options: { readonly isPrivate?: boolean; readonly option?: string } = {},
): Output {
  const fd =
    path === undefined ? 1 : openFile(path, options.isPrivate === true ? 0o600 : 0o666, options.option ?? '-o');
  const name = path ?? 'standard output';
  // As bytes at once: lines that wait as strings are what the garbage collector would carry about.
  let room = Buffer.allocUnsafeSlow(ROOM_BYTES);
  let used = 0;
  let full: Buffer[] = [];
  let waiting = 0;

  const flush = async () => {
    const batch = [...full, room.subarray(0, used)];
    full = [];
    used = 0;
    waiting = 0;
    for (const bytes of batch) {
      for (let at = 0; at < bytes.length; ) {
        const written = tryWrite(fd, bytes, at, name);
        if (written !== 'full') {
          at += written;
          continue;
        }
        // Lines that come while this waits must not be written over those that wait.
        if (room.buffer === batch.at(-1)?.buffer) room = Buffer.allocUnsafeSlow(ROOM_BYTES);
        await roomInPipe();
      }
    }
  };
  return {
    line(text) {
      const most = text.length * MOST_BYTES_A_UNIT + 1;
      if (most > room.length - used) {
        full.push(room.subarray(0, used));
        room = Buffer.allocUnsafeSlow(Math.max(most, ROOM_BYTES));
        used = 0;
      }
      const length = room.write(text, used);
      room[used + length] = LINE_FEED;
      used += length + 1;
      waiting += length + 1;
    },
    lines(bytes) {
      if (bytes.length > room.length - used) {
        full.push(room.subarray(0, used));
        room = Buffer.allocUnsafeSlow(Math.max(bytes.length, ROOM_BYTES));
        used = 0;
      }
      room.set(bytes, used);
      used += bytes.length;
      waiting += bytes.length;
    },
    flush,
    drain: () => (waiting < BATCH_BYTES ? undefined : flush()),
    async close() {
      await flush();
      if (path === undefined) return;
      sync(fd, name);
      closeSync(fd);
    },
  };
}

const LINE_FEED = 0x0a;

/** Writes a whole file. @throws EvpairError `ERR_OUTPUT` when it cannot be made or written. */
export function writeWhole(path: string, bytes: Uint8Array): void {
  const fd = openFile(path, 0o666, '-o');
  try {
    writeFileSync(fd, bytes);
    sync(fd, path);
  } catch (cause) {
    throw cause instanceof EvpairError ? cause : writingFailed(path, cause);
  } finally {
    closeSync(fd);
  }
}

function openFile(path: string, mode: number, option: string): number {
  try {
    return openSync(path, 'w', mode);
  } catch (cause) {
    throw new EvpairError('ERR_OUTPUT', `${path}: cannot be written: ${(cause as Error).message}`, {
      hint: `Choose another file with ${option}.`,
      cause,
    });
  }
}

/** What is no file on a disk (`/dev/null`, a named pipe) has nothing to wait for. */
function sync(fd: number, name: string): void {
  try {
    fsyncSync(fd);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'EROFS') throw writingFailed(name, cause);
  }
}

function tryWrite(fd: number, bytes: Buffer, at: number, name: string): number | 'full' {
  try {
    return writeSync(fd, bytes, at);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EAGAIN') return 'full';
    if (code === 'EPIPE') throw new ReaderGone();
    throw writingFailed(name, cause);
  }
}

function writingFailed(name: string, cause: unknown): EvpairError {
  return new EvpairError('ERR_OUTPUT', `${name}: writing failed: ${(cause as Error).message}`, {
    hint: 'Check the space left and try again.',
    cause,
  });
}

/** A pipe that another program made non-blocking is full: let its reader run. */
function roomInPipe(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 2));
}
