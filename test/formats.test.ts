import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { writeRun } from '../src/index.js';
import { LOG_SAMPLES } from './log-samples.js';
import { runEvpair } from './properties/run-evpair.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const isSnap = process.env.EVPAIR_SNAP === '1';

t.test('the samples that are logs are what the writers of the tests write', async t => {
  for (const [name, write] of Object.entries(LOG_SAMPLES)) {
    const path = join(root, 'samples', name);
    if (isSnap) writeFileSync(path, write());
    t.ok(existsSync(path) && readFileSync(path).equals(write()), name);
  }
});

t.test('each sample gives its golden pairs and accounting', async t => {
  const folder = join(root, 'test/golden/samples');
  const samples = readdirSync(join(root, 'samples'), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.\w+$/.test(name))
    .map(name => name.replaceAll('\\', '/'))
    .sort();
  if (isSnap) mkdirSync(folder, { recursive: true });
  for (const name of samples) {
    const { pairs, run } = runEvpair([{ name, bytes: readFileSync(join(root, 'samples', name)) }]);
    const lines = [...pairs.map(pair => JSON.stringify(pair)), writeRun(run), ''].join('\n');
    const path = join(folder, `${name.split('/').at(-1)}.ndjson`);
    if (isSnap) writeFileSync(path, lines);
    t.equal(lines, existsSync(path) ? readFileSync(path, 'utf8') : '', name);
    t.equal(run.rejects, 0, `${name} is read whole`);
    t.ok(run.events > 0, `${name} holds events`);
  }
  const goldens = readdirSync(folder).map(name => name.replace(/\.ndjson$/, ''));
  t.same(
    goldens.filter(name => !samples.some(sample => sample.split('/').at(-1) === name)),
    [],
    'no golden result is left of a sample that is gone',
  );
});
