// Compiles src/bytes/assembly/*.ts (AssemblyScript) into src/bytes/generated/, as TypeScript modules that hold base64:
// the bundle then needs no file beside it. `npm run build` calls it; `node src/build/wasm.mjs` does it alone.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const bytes = new URL('../bytes/', import.meta.url);
const MODULES = ['event-scan', 'evtx-records', 'message-fit', 'episode-text', 'ledger-rows', 'tuple-pool'];

export async function buildSearch() {
  await mkdir(new URL('generated/', bytes), { recursive: true });
  for (const name of MODULES) {
    const binary = fileURLToPath(new URL(`generated/${name}.wasm`, bytes));
    const { error, stderr } = await asc.main([
      fileURLToPath(new URL(`assembly/${name}.ts`, bytes)),
      ...['--outFile', binary],
      ...['--enable', 'simd', '--runtime', 'stub', '--importMemory', '--memoryBase', '512'],
      ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge', '--noAssert'],
      ...['--use', 'abort='],
    ]);
    if (error) throw new Error(`${name}: ${stderr.toString()}`, { cause: error });
    const base64 = (await readFile(binary)).toString('base64');
    const constant = `${name.replaceAll('-', '_').toUpperCase()}_WASM`;
    const source = `// Compiled from ../assembly/${name}.ts by src/build/wasm.mjs; not committed.\nexport const ${constant} =\n  '${base64}';\n`;
    await writeFile(new URL(`generated/${name}.ts`, bytes), source);
    await rm(binary);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildSearch();
