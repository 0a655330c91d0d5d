import { setFlagsFromString } from 'node:v8';
import type { RunLength } from './run-length.js';

/**
 * V8 shall optimise a function only once it has run more often than usual. In a run of a few tenths of a second the
 * optimised code comes too late to pay for its making, a quarter of the time. In a longer one it is needed, but half again
 * as late: less is made that never pays, 3 to 5 % of reading a gigabyte. Only in versions of V8 where that was measured;
 * others do not know these flags or gain nothing. From then on a thread that starts refuses the code cache, which was made
 * without them, and loses 25 ms.
 */
export function optimiseLater(length: RunLength): void {
  const major = process.versions.node.split('.', 1)[0]!;
  for (const flag of FLAGS[length][major] ?? []) setFlagsFromString(flag);
}

const FLAGS: Readonly<Record<RunLength, Readonly<Record<string, readonly string[]>>>> = {
  short: {
    20: ['--interrupt-budget=500000'],
    22: ['--invocation-count-for-turbofan=22500', '--invocation-count-for-osr=6000'],
  },
  long: { 20: ['--interrupt-budget=200000'] },
};
