import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { EvpairError } from '../model/index.js';

/** A lock that this process holds; it goes when the process ends, too. */
export interface Lock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/**
 * Takes the lock `path`, a file that names its holder, for what the user calls `name`. A lock whose process is gone is
 * taken over.
 * @throws EvpairError `ERR_STATE` when another process holds it, `ERR_OUTPUT` when it cannot be made.
 */
export function lockFile(path: string, name: string): Lock {
  const own: Holder = { pid: process.pid, host: hostname() };
  const text = `${JSON.stringify(own)}\n`;
  // It appears with its holder's name in it, never empty.
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    for (let attempt = 0; !tryLink(draft, path, text); attempt++) {
      const found = textOf(path);
      const holder = found === undefined ? undefined : holderOf(found);
      if (found === undefined && attempt < ATTEMPTS) continue;
      if (attempt >= ATTEMPTS || holder === undefined || !isGone(holder, own)) throw isHeld(name, holder);
      takeAway(path, draft, found!);
    }
  } catch (cause) {
    if (cause instanceof EvpairError) throw cause;
    throw new EvpairError('ERR_OUTPUT', `${name}: the lock beside it cannot be made: ${(cause as Error).message}`, {
      hint: 'A state file needs a folder that evpair may write to.',
      cause,
    });
  } finally {
    removeIfThere(draft);
  }
  const release = () => {
    process.off('exit', release);
    if (textOf(path) === text) rmSync(path, { force: true });
  };
  process.on('exit', release);
  return { release };
}

const ATTEMPTS = 5;

/** Where a file could not be made it cannot be removed either, and the first failure is the one to tell. */
export function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It is not there, or nobody may remove it.
  }
}

/** False when the lock is there already. */
function tryLink(draft: string, path: string, text: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw error;
  }
  // Disks without links: for a moment the lock is empty, which reads as held.
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock if it is still the one that was `seen`: somebody else may have taken it over meanwhile. */
function takeAway(path: string, draft: string, seen: string): void {
  const aside = `${draft}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return; // somebody else was faster
  }
  if (textOf(aside) !== seen) {
    try {
      linkSync(aside, path);
    } catch {
      // A third one has it by now; whose lock this was finds out when it releases.
    }
  }
  rmSync(aside, { force: true });
}

/** Whether the process that held the lock has ended. Of another machine nobody can say. */
function isGone({ pid, host }: Holder, own: Holder): boolean {
  if (host !== own.host) return false;
  // In a container every first process has the same number: the lock is of one before.
  if (pid === own.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function holderOf(text: string): Holder | undefined {
  try {
    const { pid, host } = JSON.parse(text) as Partial<Holder>;
    return Number.isSafeInteger(pid) && pid! > 0 && typeof host === 'string' ? { pid: pid!, host } : undefined;
  } catch {
    return undefined;
  }
}

function isHeld(name: string, holder: Holder | undefined): EvpairError {
  const who = holder === undefined ? 'another evpair' : `another evpair (process ${holder.pid} on ${holder.host})`;
  return new EvpairError('ERR_STATE', `${name}: ${who} is working with this state file`, {
    hint: `Wait for it, or use another state file. If it runs no more, remove ${name}.lock.`,
  });
}
