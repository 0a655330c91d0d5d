import { closeSync, fsyncSync, openSync, readSync, realpathSync, renameSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { StateStore } from '../../pipelines/state/input-memory.js';
import { EvpairError } from '../model/index.js';
import { lockFile, removeIfThere } from './lock-file.js';

export interface OpenStateStore extends StateStore {
  /** The files that are the state's own; they are no inputs. */
  readonly files: readonly string[];
  close(): void;
}

/**
 * Opens the state file at `path` for this process alone. It is saved to a temporary file in the same folder, which is
 * synced and then takes its name: whenever evpair is killed, the file holds one whole state. Only its owner may read it,
 * since it holds raw log text.
 * @throws EvpairError `ERR_STATE` when another evpair has it, `ERR_OUTPUT` when it cannot be written.
 */
export function openStateStore(path: string): OpenStateStore {
  const real = resolved(path);
  const temporary = `${real}.tmp`;
  const lock = lockFile(`${real}.lock`, path);
  return {
    name: path,
    files: [real, temporary, `${real}.lock`],
    lines: () => (isThere(real, path) ? linesOf(real, path) : undefined),
    save(lines) {
      try {
        writeLines(temporary, lines);
        renameSync(temporary, real);
        syncFolder(dirname(real));
      } catch (cause) {
        if (cause instanceof EvpairError) throw cause;
        removeIfThere(temporary);
        throw new EvpairError('ERR_OUTPUT', `${path}: the state cannot be saved: ${(cause as Error).message}`, {
          hint: 'The state before stands. Check the space left and the permissions of the folder, and try again.',
          cause,
        });
      }
    },
    close: () => lock.release(),
  };
}

/** Where the file is or will be, with links followed: a link is not to be replaced by a file. */
function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    try {
      return join(realpathSync(dirname(path)), basename(path));
    } catch (cause) {
      throw new EvpairError('ERR_USAGE', `${path}: cannot be a state file: ${(cause as Error).message}`, {
        hint: 'Make the folder first.',
        cause,
      });
    }
  }
}

function isThere(real: string, path: string): boolean {
  const stat = statSync(real, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isFile()) {
    throw new EvpairError('ERR_USAGE', `${path}: cannot be a state file: it is no regular file`, {
      hint: 'Name another file with --state; it need not exist.',
    });
  }
  return stat !== undefined;
}

const CHUNK_BYTES = 1 << 20;

/** The lines of a file, read as they are asked for. What stands behind the last line end is a line too. */
function* linesOf(real: string, path: string): Generator<string> {
  let fd: number;
  try {
    fd = openSync(real, 'r');
  } catch (cause) {
    throw new EvpairError('ERR_USAGE', `${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  try {
    let rest = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const length = readSync(fd, chunk);
      if (length === 0) break;
      const bytes = rest.length === 0 ? chunk.subarray(0, length) : Buffer.concat([rest, chunk.subarray(0, length)]);
      let from = 0;
      for (let to = bytes.indexOf(0x0a); to >= 0; to = bytes.indexOf(0x0a, from)) {
        yield bytes.toString('utf8', from, to);
        from = to + 1;
      }
      rest = bytes.subarray(from);
    }
    if (rest.length > 0) yield rest.toString();
  } finally {
    closeSync(fd);
  }
}

function writeLines(path: string, lines: Iterable<string>): void {
  const fd = openSync(path, 'w', 0o600);
  try {
    let batch: string[] = [];
    let chars = 0;
    const flush = () => {
      const bytes = Buffer.from(batch.join(''));
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      batch = [];
      chars = 0;
    };
    for (const line of lines) {
      batch.push(line, '\n');
      chars += line.length + 1;
      if (chars >= CHUNK_BYTES) flush();
    }
    flush();
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** So that the new name outlives a loss of power. Not every system opens folders. */
function syncFolder(path: string): void {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(fd);
  } catch {
    // Windows and some network disks sync no folders; the rename stands all the same.
  } finally {
    closeSync(fd);
  }
}
