import { setFlagsFromString } from 'node:v8';

/**
 * For a run that has little to read: V8 shall optimise a function only once it has run seven times as often as usual. In a
 * run of a few tenths of a second the optimised code comes too late to pay for its making, a quarter of the time. Long
 * runs need it early. Only in versions of V8 where that was measured; others do not know these flags or gain nothing.
 */
export function optimiseLater(): void {
  const major = process.versions.node.split('.', 1)[0]!;
  for (const flag of FLAGS[major] ?? []) setFlagsFromString(flag);
}

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  20: ['--interrupt-budget=500000'],
  22: ['--invocation-count-for-turbofan=22500', '--invocation-count-for-osr=6000'],
};
