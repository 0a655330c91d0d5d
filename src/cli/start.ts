import { writeSync } from 'node:fs';
import { startEarly } from './early-thread.js';
import { loadBundle } from './load-bundle.js';
import { optimiseLater } from './optimise-later.js';

declare const __EVPAIR_VERSION__: string;

/**
 * The program's file. All is written when it has run: ending here spares the garbage collection that a process with time on
 * its hands would go through, a tenth of reading a small log.
 */
if (!printVersion()) {
  const thread = startEarly(process.argv.slice(2));
  void loadBundle()
    .run({ onLength: optimiseLater, thread })
    .then(() => process.exit());
}

/** The version alone is not worth loading the bundle. False where it was not asked for, or could not be written at once. */
function printVersion(): boolean {
  const [, , option, ...others] = process.argv;
  if (others.length > 0 || (option !== '--version' && option !== '-V')) return false;
  try {
    writeSync(1, `evpair ${__EVPAIR_VERSION__}\n`);
    return true;
  } catch {
    return false;
  }
}
