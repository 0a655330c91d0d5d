import { loadBundle } from './load-bundle.js';
import { optimiseLater } from './short-run.js';

/**
 * The program's file. All is written when it has run: ending here spares the garbage collection that a process with time on
 * its hands would go through, a tenth of reading a small log.
 */
void loadBundle()
  .run(optimiseLater)
  .then(() => process.exit());
