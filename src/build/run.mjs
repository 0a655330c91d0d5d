// `node src/build/run.mjs FILE.ts [ARGS]`: runs a TypeScript program of this project on any Node it supports.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [, , file, ...args] = process.argv;
const folder = join(root, 'dist', 'run');
mkdirSync(folder, { recursive: true });
const outfile = join(folder, `${file.replaceAll(/[^\w]+/g, '-')}.mjs`);
await build({
  absWorkingDir: root,
  entryPoints: [file],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
process.argv = [process.argv[0], outfile, ...args];
await import(pathToFileURL(outfile).href);
