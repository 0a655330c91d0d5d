// `npm run build`: everything that is made from source and never committed.
//   generated modules (WebAssembly search, shipped definitions) → bundles (command, library) → type declarations
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildCodeCache } from './code-cache.mjs';
import { buildDefinitions } from './definitions.mjs';
import { buildSearch } from './wasm.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { version, dependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  legalComments: 'none',
  define: { __EVPAIR_VERSION__: JSON.stringify(version) },
};

/** Imported by `import()` alone, at the first need. */
const LAZY = Object.keys(dependencies).filter(name => name !== 'split2');

rmSync(`${root}dist`, { recursive: true, force: true });
await buildSearch(root);
await buildDefinitions(root);
await Promise.all([
  // The command: one CommonJS file, since an ESM bundle starts 5 ms later and separate files later still. The libraries
  // that a plain run does not use stay outside (they are dependencies): 1.5 MB less to read at each start.
  build({
    ...shared,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/evpair-bundle.cjs',
    format: 'cjs',
    external: LAZY,
    // A function for `load-bundle.ts` to call. Each of its characters is one byte.
    banner: { js: '(function (require, module, exports, __dirname) {' },
    footer: { js: '})' },
    charset: 'ascii',
    supported: { 'dynamic-import': false },
    plugins: [lazyBuiltins('node:crypto', 'node:stream', 'node:zlib', 'node:os', 'node:worker_threads')],
    minify: true,
  }),
  build({
    ...shared,
    entryPoints: ['src/cli/start-worker.ts'],
    outfile: 'dist/evpair-worker.cjs',
    format: 'cjs',
    // The first `import()` of a thread makes Node load its loader of modules, which takes 5 ms.
    supported: { 'dynamic-import': false },
    minify: true,
  }),
  build({
    ...shared,
    entryPoints: ['src/cli/start.ts'],
    outfile: 'dist/evpair.cjs',
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
    plugins: [lazyBuiltins('node:v8', 'node:worker_threads')],
  }),
  build({ ...shared, entryPoints: ['src/index.ts'], outfile: 'dist/index.js', format: 'esm', packages: 'external' }),
]);
buildCodeCache(root);
cpSync(`${root}src/write/schemas`, `${root}dist/schemas`, { recursive: true });
chmodSync(`${root}dist/evpair.cjs`, 0o755);
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`], {
  stdio: 'inherit',
});

/** Modules of Node that are loaded at the first use of what they export, not at the start. */
function lazyBuiltins(...names) {
  const listOf = name => Object.keys(createRequire(import.meta.url)(name));
  return {
    name: 'lazy-builtins',
    setup(build) {
      build.onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
        names.includes(path) && namespace === 'file' ? { path, namespace: 'lazy-builtin' } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, ({ path }) => ({
        contents: `let it; const get = () => it ??= require(${JSON.stringify(path)});
          module.exports = Object.defineProperties({}, Object.fromEntries(${JSON.stringify(listOf(path))}
            .map(key => [key, { enumerable: true, get: () => get()[key] }])));`,
      }));
    },
  };
}
