// pipelines/definitions/*.yaml → src/extract/generated/shipped-definitions.ts: plain data, validated, so that a run without a
// definition of the user's own loads neither yaml nor zod.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** @param {string} root the project's folder, with a slash at its end */
export async function buildDefinitions(root) {
  const generated = `${root}src/extract/generated/`;
  const loader = `${generated}load-definitions.mjs`;
  mkdirSync(generated, { recursive: true });
  await build({
    absWorkingDir: root,
    stdin: {
      contents: `export { loadDefinitions } from './load-definitions.js'; export { hashOfDefinition } from './hash-of-definition.js';`,
      resolveDir: `${root}src/extract`,
    },
    outfile: loader,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  try {
    const { loadDefinitions, hashOfDefinition } = await import(
      `${pathToFileURL(loader).href}?${process.hrtime.bigint()}`
    );
    const folder = `${root}pipelines/definitions/`;
    const files = readdirSync(folder)
      .filter(name => name.endsWith('.yaml'))
      .sort();
    const definitions = [];
    for (const name of files) {
      for (const definition of await loadDefinitions(
        readFileSync(folder + name, 'utf8'),
        `pipelines/definitions/${name}`,
      )) {
        if (`${definition.name}.yaml` !== name)
          throw new Error(`${name} must hold the definition of its name, not ${definition.name}`);
        definitions.push(definition);
      }
    }
    writeFileSync(`${generated}shipped-definitions.ts`, moduleText(definitions, definitions.map(hashOfDefinition)));
  } finally {
    rmSync(loader, { force: true });
  }
}

function moduleText(definitions, hashes) {
  return `// Made from pipelines/definitions/*.yaml by npm run build.
import type { PairDefinition } from '../definition.js';

/** The pair definitions that evpair ships, by name. */
export const SHIPPED_DEFINITIONS: readonly PairDefinition[] = ${JSON.stringify(definitions, undefined, 1)};

/** The hash of each, so that a plain run need not load a hash function. */
export const SHIPPED_HASHES: readonly string[] = ${JSON.stringify(hashes)};
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await buildDefinitions(fileURLToPath(new URL('../../', import.meta.url)));
