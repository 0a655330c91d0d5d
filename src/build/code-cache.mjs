// dist/evpair-bundle.cjs → dist/evpair-bundle.cache: V8's code cache of the functions that a plain run calls. It is made after
// such a run, so that what is compiled at the first call is in it too.
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
  process.argv = [process.argv[0], bundle, '--quiet', '-o', devNull, `${root}samples/CAS01-System-wevtutil.xml`];
  const require = createRequire(bundle);
  const module = { exports: {} };
  script.runInThisContext()(require, module, module.exports, `${root}dist`);
  void module.exports.run();
  process.on('exit', status => {
    if (status === 0) writeFileSync(bundle.replace(/cjs$/, 'cache'), script.createCachedData());
  });
}
