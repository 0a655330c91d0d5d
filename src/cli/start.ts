import { existsSync, readFileSync } from 'node:fs';
import { Script } from 'node:vm';

/**
 * The program's file: runs the bundle beside it with the code cache that the build made of it, which spares each start
 * some 20 ms of compiling. Another version of V8 than the build's refuses the cache and compiles as always.
 */
const bundle = `${__dirname}/evpair-bundle.cjs`;
const cache = `${__dirname}/evpair-bundle.cache`;
const script = new Script(readFileSync(bundle, 'latin1'), {
  filename: bundle,
  ...(existsSync(cache) && { cachedData: readFileSync(cache) }),
});
script.runInThisContext()(require, module, exports);
