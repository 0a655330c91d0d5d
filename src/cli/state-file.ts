import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { StateStore } from '../../pipelines/summarize.js';
import { EvpairError, readState, writeState } from '../index.js';

/** Lines are written in pieces of about this many characters. */
const BATCH_CHARS = 1 << 20;

/**
 * A state file, held by one run at a time. It is written to a file beside it, which takes its place once it is whole
 * and on the disk: a run that is killed leaves what was there before.
 * @throws EvpairError `ERR_STATE` when another run holds it, `ERR_OUTPUT` when it cannot be written.
 */
export function openStateFile(path: string): StateStore & { close(): void } {
  const lock = `${path}.lock`;
  takeLock(lock, path);
  return {
    load(configHash) {
      return existsSync(path) ? readState(linesOf(path), path, configHash) : undefined;
    },
    save(state) {
      const temporary = `${path}.new`;
      try {
        const fd = openSync(temporary, 'w', 0o600);
        try {
          let batch = '';
          for (const line of writeState(state)) {
            batch += `${line}\n`;
            if (batch.length < BATCH_CHARS) continue;
            writeWhole(fd, batch);
            batch = '';
          }
          writeWhole(fd, batch);
          fsyncSync(fd);
        } finally {
          closeSync(fd);
        }
        renameSync(temporary, path);
        syncFolder(dirname(resolve(path)));
      } catch (cause) {
        throw new EvpairError('ERR_OUTPUT', `${path}: the state cannot be written: ${(cause as Error).message}`, {
          hint: 'Check the folder, its permissions and the space left.',
          cause,
        });
      }
    },
    close: () => rmSync(lock, { force: true }),
  };
}

function takeLock(lock: string, path: string): void {
  for (const isLastTry of [false, true]) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx', mode: 0o600 });
      return;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new EvpairError('ERR_OUTPUT', `${lock}: cannot be written: ${(cause as Error).message}`, {
          hint: 'Choose a state file in a folder that can be written to.',
          cause,
        });
      }
      if (isLastTry || isHeld(lock)) {
        throw new EvpairError('ERR_STATE', `${path}: another run of evpair uses this state file`, {
          hint: `Wait for it to end. If none runs, delete ${lock}.`,
        });
      }
      rmSync(lock, { force: true });
    }
  }
}

/** Whether the run that took the lock is alive; what cannot be told counts as held. */
function isHeld(lock: string): boolean {
  const pid = Number(readFileSync(lock, 'latin1'));
  if (!Number.isSafeInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Line by line, so that no string holds the whole file. */
function* linesOf(path: string): Generator<string> {
  const bytes = readFileSync(path);
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(10, from);
    const to = found < 0 ? bytes.length : found;
    yield bytes.toString('utf8', from, to);
    from = to + 1;
  }
}

function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/** The new name is on the disk too, where the system lets a folder be synced. */
function syncFolder(path: string): void {
  try {
    const fd = openSync(path, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // Windows opens no folder.
  }
}
