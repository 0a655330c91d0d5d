import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What each room may import, besides itself. Imports run one way: src/README.md draws the picture. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/model': [],
  'src/stream': ['src/model'],
  'src/bytes': ['src/model'],
  'src/time': ['src/model'],
  'src/read': ['src/model', 'src/stream', 'src/bytes', 'src/time'],
  'src/messages': ['src/model', 'src/stream', 'src/bytes', 'src/time'],
  'src/extract': ['src/model', 'src/stream', 'src/bytes', 'src/time', 'src/messages'],
  'src/correlate': ['src/model', 'src/stream', 'src/bytes', 'src/time'],
  'src/write': ['src/model', 'src/stream', 'src/bytes', 'src/time'],
  'src/index.ts': [
    'src/model',
    'src/stream',
    'src/bytes',
    'src/time',
    'src/read',
    'src/messages',
    'src/extract',
    'src/correlate',
    'src/write',
    'src/workers',
  ],
  'src/workers': [
    'src/model',
    'src/stream',
    'src/bytes',
    'src/time',
    'src/read',
    'src/extract',
    'src/messages',
    'src/correlate',
  ],
  pipelines: ['src/index.ts'],
  'src/cli': ['src/model', 'src/time', 'src/write', 'src/index.ts', 'pipelines'],
};

/** The rooms that may know Node's own modules for streams and for the process. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  'node:stream': ['src/stream', 'src/cli', 'src/index.ts'],
  'node:stream/promises': ['src/stream', 'src/cli'],
  'node:fs': ['src/stream', 'src/read', 'src/cli', 'src/workers', 'pipelines'],
  'node:fs/promises': ['src/read', 'src/cli', 'src/workers', 'pipelines'],
  'node:worker_threads': ['src/workers'],
};

interface Import {
  readonly file: string;
  readonly room: string;
  readonly specifier: string;
}

const imports = ['src', 'pipelines'].flatMap(folder => sourcesBelow(join(root, folder))).flatMap(importsOf);

t.test('imports run one way', async t => {
  t.ok(imports.length > 50, 'the imports were found');
  for (const { file, room, specifier } of imports) {
    if (!specifier.startsWith('.')) continue;
    const target = roomOf(relative(root, resolve(root, dirname(file), specifier)));
    if (target === room) continue;
    const allowed = MAY_IMPORT[room];
    if (allowed?.includes(target) !== true) t.fail(`${file} imports ${specifier}: ${room} may not import ${target}`);
  }
});

t.test('streams, files and threads are touched only where they belong', async t => {
  for (const { file, room, specifier } of imports) {
    const allowed = MAY_USE[specifier];
    if (allowed !== undefined && !allowed.includes(room)) t.fail(`${file} imports ${specifier}: not in ${room}`);
  }
});

t.test('only the command line touches the process, the clock and the locale', async t => {
  for (const file of ['src', 'pipelines'].flatMap(folder => sourcesBelow(join(root, folder)))) {
    const name = relative(root, file);
    if (roomOf(name) === 'src/cli') continue;
    const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    for (const word of ['process.', 'Date.now', 'new Date()', 'localeCompare', 'toLocale', 'Intl.', 'Math.random']) {
      if (code.includes(word)) t.fail(`${name} uses ${word}`);
    }
  }
});

t.test('no file pipes by hand or awaits an event at a time', async t => {
  for (const file of ['src', 'pipelines'].flatMap(folder => sourcesBelow(join(root, folder)))) {
    const code = readFileSync(file, 'utf8');
    if (/\.pipe\(/.test(code)) t.fail(`${relative(root, file)} uses .pipe()`);
    if (/\.on\('data'/.test(code)) t.fail(`${relative(root, file)} listens to data events`);
  }
});

function importsOf(file: string): Import[] {
  const name = relative(root, file);
  return [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(match => ({
    file: name,
    room: roomOf(name),
    specifier: match[1]!,
  }));
}

/** `src/read/event-xml/frame.ts` stands in the room `src/read`; `src/index.ts` is a room of its own. */
function roomOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  if (top === 'pipelines') return 'pipelines';
  // The Transform factories are the other half of the public API's front door.
  return `src/${/^(index|stream-api)\.(js|ts)$/.test(second) ? 'index.ts' : second}`;
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !/(^|\/)(assembly|generated)\//.test(name))
    .map(name => join(folder, name));
}
