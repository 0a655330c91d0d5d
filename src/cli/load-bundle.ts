import { existsSync, readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import type { ShareReader } from '../../pipelines/shares.js';
import type { StartedThread } from '../index.js';
import type { OnLength } from './run-length.js';
import type { WorkSetup } from './work.js';

/** What the bundle is run with. */
export interface Start {
  /** Called when it is known how much there is to read. */
  readonly onLength?: OnLength;
  /** A thread that has been started and waits for work. */
  readonly thread?: StartedThread | undefined;
}

/** What the bundle of the program exports: `main.ts`. */
export interface Bundle {
  run(start?: Start): Promise<void>;
  openWork(setup: WorkSetup): Promise<ShareReader>;
}

/**
 * Loads the bundle beside the program's file with the code cache that the build made of it, which spares each start
 * some 20 ms of compiling. Another version of V8 than the build's refuses the cache and compiles as always.
 */
export function loadBundle(): Bundle {
  const bundle = `${__dirname}/evpair-bundle.cjs`;
  const cache = `${__dirname}/evpair-bundle.cache`;
  const script = new Script(readFileSync(bundle, 'latin1'), {
    filename: bundle,
    ...(existsSync(cache) && { cachedData: readFileSync(cache) }),
  });
  const loaded = { exports: {} };
  script.runInThisContext()(require, loaded, loaded.exports, __dirname);
  return loaded.exports as Bundle; // the build makes it of main.ts
}
