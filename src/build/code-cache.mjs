// dist/evpair-bundle.cjs → dist/evpair-bundle.cache: V8's code cache of the functions that plain runs call. It is made after
// such runs, so that what is compiled at the first call is in it too: over XML and .evtx, since every start pays for what
// is in it (5 ms more with CSV and JSON).
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const self = fileURLToPath(import.meta.url);

/** @param {string} root the project's folder, with a slash at its end */
export function buildCodeCache(root) {
  const { status, stderr } = spawnSync(process.execPath, [self, root], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the code cache could not be made: ${stderr}`);
}

if (process.argv[1] === self) {
  const [, , root] = process.argv;
  const bundle = `${root}dist/evpair-bundle.cjs`;
  const script = new Script(readFileSync(bundle, 'latin1'), { filename: bundle });
  const evtx = `${root}samples/dialects/application.evtx`;
  const runs = [
    ['--jobs', '1', `${root}samples/CAS01-System-wevtutil.xml`, evtx],
    ['events', evtx],
  ];
  const require = createRequire(bundle);
  const module = { exports: {} };
  script.runInThisContext()(require, module, module.exports, `${root}dist`);
  for (const args of runs) {
    process.argv = [process.argv[0], bundle, '--quiet', '-o', devNull, ...args];
    await module.exports.run();
  }
  process.on('exit', status => {
    if (status === 0) writeFileSync(bundle.replace(/cjs$/, 'cache'), script.createCachedData());
  });
}
