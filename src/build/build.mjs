// `npm run build`: everything that is made from source and never committed.
//   generated modules (WebAssembly search, shipped definitions) → bundles (command, library) → type declarations
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
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
  // One CommonJS file: an ESM bundle starts 5 ms later, separate files later still. The libraries that a plain run does
  // not use stay outside (they are dependencies): 1.5 MB less to read at each start.
  build({
    ...shared,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/evpair.cjs',
    format: 'cjs',
    external: LAZY,
    banner: { js: '#!/usr/bin/env node' },
    minifySyntax: true,
    minifyWhitespace: true,
    minifyIdentifiers: true,
    keepNames: false,
  }),
  build({ ...shared, entryPoints: ['src/index.ts'], outfile: 'dist/index.js', format: 'esm', packages: 'external' }),
]);
cpSync(`${root}src/write/schemas`, `${root}dist/schemas`, { recursive: true });
chmodSync(`${root}dist/evpair.cjs`, 0o755);
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`], {
  stdio: 'inherit',
});
