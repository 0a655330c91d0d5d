import { statSync } from 'node:fs';
import type { InputSource } from '../index.js';
import { isTerminal } from './terminal.js';

/** A bar of the bytes read, on stderr, when a person is there to see it. */
export interface Progress {
  add(bytes: number): void;
  stop(): void;
}

/** Runs that end before this show nothing. */
const QUIET_MS = 500;

/**
 * Shows progress only on a terminal and only after half a second; the bar's library is loaded then and not before.
 */
export function openProgress(inputs: readonly InputSource[], isWanted: boolean): Progress | undefined {
  if (!isWanted || !isTerminal('stderr')) return undefined;
  const start = Date.now();
  let bytes = 0;
  let bar: { update(value: number): void; stop(): void } | undefined;
  let isLoading = false;
  const load = async () => {
    isLoading = true;
    const { SingleBar } = await import('cli-progress');
    const total = inputs.reduce((sum, { path }) => sum + (path === undefined ? 0 : sizeOf(path)), 0);
    const single = new SingleBar({
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      format: 'evpair [{bar}] {percentage}% of {totalMB} MB, {eta_formatted} left',
    });
    single.start(Math.max(total, bytes), bytes, { totalMB: Math.round(total / 1e6) });
    bar = single;
  };
  return {
    add(length) {
      bytes += length;
      if (bar !== undefined) bar.update(bytes);
      else if (!isLoading && Date.now() - start > QUIET_MS) void load();
    },
    stop() {
      bar?.stop();
    },
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
