import { statSync } from 'node:fs';
import { type StartedThread, startThread } from '../index.js';

/** The program of the threads that read. */
export const THREAD_FILE = `${__dirname}/evpair-worker.cjs`;

/**
 * Starts a thread where the command line asks for several jobs and names a large file. It takes as long to start as the
 * bundle takes to load, and is told later what to do, or is ended where there is nothing for it.
 */
export function startEarly(args: readonly string[]): StartedThread | undefined {
  const at = args.findIndex(arg => arg === '--jobs' || arg.startsWith('--jobs='));
  if (at < 0) return undefined;
  const [, count = args[at + 1]] = args[at]!.split('=');
  if (!(Number(count) > 1)) return undefined;
  return args.some(isLargeFile) ? startThread(THREAD_FILE) : undefined;
}

/** What it is given is the whole command line: most of it is no file. */
function isLargeFile(arg: string): boolean {
  try {
    return statSync(arg, { throwIfNoEntry: false })!.size >= LEAST_BYTES;
  } catch {
    return false;
  }
}

const LEAST_BYTES = 100_000_000;
