import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import t from 'tap';
import { type StateStore, type SummarizeCommand, summarize } from '../pipelines/summarize.js';
import { type InputSource, readState, writeState } from '../src/index.js';
import { generateExport } from './bench/generate.js';
import { asXml, eventsArb } from './properties/fake-events.js';

const program = fileURLToPath(new URL('../dist/evpair.cjs', import.meta.url));
const csv = readFileSync(fileURLToPath(new URL('../samples/CAS02-Application.csv', import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'evpair-state-'));
t.teardown(() => rmSync(folder, { recursive: true }));

/** What a run of `summarize` prints. */
async function run(inputs: readonly InputSource[], state?: StateStore): Promise<string[]> {
  const lines: string[] = [];
  const output = {
    line: (text: string) => void lines.push(text),
    drain: () => undefined,
    flush: async () => undefined,
  };
  const tell: SummarizeCommand['tell'] = { reject: () => {}, warning: () => {}, failed: () => {} };
  await summarize({
    ...{ tool: 'evpair', inputs, missing: [], read: {}, definitions: undefined, options: {}, output, tell },
    ...{ extract: {}, ledger: {}, summarise: {}, form: 'ndjson', runOutput: output, isForPerson: false, width: 80 },
    extraction: {},
    state,
  });
  return lines;
}

/** A state file that stands in memory, written and read as lines. */
function memoryStore(tailBytes: number): StateStore {
  let text: string | undefined;
  return {
    tailBytes,
    load: hash => (text === undefined ? undefined : readState(text.trimEnd().split('\n'), 'state', hash)),
    save(state) {
      text = '';
      for (const line of writeState(state)) text += `${line}\n`;
    },
  };
}

type Change =
  | { readonly kind: 'append'; readonly to: number; readonly bytes: number }
  | { readonly kind: 'replace' | 'cut' | 'gone'; readonly to: number; readonly bytes: number };

t.test('the output of each run is that of one run over everything as it stands then', async t => {
  const kinds = ['wevtutil', 'event-viewer', 'utf-16le', 'csv', 'ndjson'] as const;
  const change: fc.Arbitrary<Change> = fc.record({
    kind: fc.constantFrom('append', 'append', 'append', 'replace', 'cut', 'gone'),
    to: fc.nat(1),
    bytes: fc.nat(4000),
  });
  let goneOn = 0;
  const property = fc.asyncProperty(
    fc.tuple(eventsArb, eventsArb, eventsArb, eventsArb),
    fc.tuple(fc.constantFrom(...kinds), fc.constantFrom(...kinds)),
    fc.array(change, { minLength: 1, maxLength: 7 }),
    fc.constantFrom(0, 1, 300, 3000),
    async (sets, forms, changes, tailBytes) => {
      const store = memoryStore(tailBytes);
      const whole = sets.map((events, at) => {
        const form = forms[at % 2]!;
        if (form === 'csv') return csv;
        if (form !== 'ndjson') return asXml(events, form);
        return Buffer.from(
          events
            .map(({ recordId, computer }) =>
              JSON.stringify({
                Event: {
                  System: {
                    Provider: { '#attributes': { Name: 'P' } },
                    EventID: 1,
                    EventRecordID: recordId,
                    Computer: computer,
                  },
                },
              }),
            )
            .join('\n'),
        );
      });
      const stands: Buffer[] = [Buffer.alloc(0), Buffer.alloc(0)];
      const inputs = forms.map((form, at) => ({ name: `${at}-${form}`, path: join(folder, `${at}`) }));
      for (const { kind, to, bytes } of changes) {
        const all = Buffer.concat([whole[to]!, whole[to + 2]!]);
        const before = stands[to]!;
        if (kind === 'append') stands[to] = Buffer.concat([before, all.subarray(before.length, before.length + bytes)]);
        else if (kind === 'replace') stands[to] = whole[to + 2]!.subarray(0, bytes);
        else if (kind === 'cut') stands[to] = before.subarray(0, bytes);
        const named = kind === 'gone' ? inputs.filter((_, at) => at !== to) : inputs;
        for (const [at, input] of inputs.entries()) writeFileSync(input.path, stands[at]!);
        const again = await run(named, store);
        // What is not named any more stands as it was when it was read last.
        if (kind === 'gone') await run(inputs, store);
        else if (JSON.stringify(again) !== JSON.stringify(await run(inputs))) return false;
        goneOn += kind === 'append' && before.length > tailBytes ? 1 : 0;
      }
      return true;
    },
  );
  await fc.assert(property, { numRuns: Number(process.env.EVPAIR_RUNS ?? 150) });
  t.ok(goneOn > 20, `${goneOn} files went on`);
});

t.test('a run that is killed at any moment loses nothing and doubles nothing', async t => {
  const pieces = [...generateExport({ format: 'xml', size: 3_000_000, density: 1, seed: 11, rendered: 0 })];
  const all = Buffer.concat(pieces);
  const file = join(folder, 'killed.xml');
  const state = join(folder, 'killed.state');
  const args = [program, '-q', '--definition', 'exchange-ews-proxy-auth', '--state', state, file];
  let killed = 0;
  for (let at = 1; at <= 8; at++) {
    writeFileSync(file, all.subarray(0, Math.floor((all.length * at) / 8)));
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    const wasKilled = await new Promise(resolve => {
      const timer = setTimeout(() => child.kill('SIGKILL'), 60 + at * 18);
      child.on('exit', (_, signal) => {
        clearTimeout(timer);
        resolve(signal === 'SIGKILL');
      });
    });
    if (wasKilled) killed += 1;
  }
  t.ok(killed > 0, `${killed} of 8 runs were killed`);
  const last = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const fresh = spawnSync(process.execPath, [...args.slice(0, 4), file], { encoding: 'utf8' });
  t.equal(last.stderr, '');
  t.equal(last.stdout, fresh.stdout, 'the last run says what one run says');
  t.notOk(existsSync(`${state}.lock`), 'the lock of a run that is dead is taken over, and given back');
});

t.test('a state that does not fit says so, and nothing is read', async t => {
  const file = join(folder, 'some.xml');
  const state = join(folder, 'some.state');
  writeFileSync(file, Buffer.concat([...generateExport({ format: 'xml', size: 200_000, density: 1, seed: 3 })]));
  const evpair = (...args: string[]) => spawnSync(process.execPath, [program, '-q', ...args], { encoding: 'utf8' });
  t.equal(evpair('--state', state, file).status, 0);
  const good = readFileSync(state, 'utf8');
  const lines = good.split('\n');
  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['is empty', '', /line 0: it ends early/],
    ['is something else', 'hello\n', /line 1: this is no state of evpair/],
    ['is of a later version', good.replace('"schema_version":1', '"schema_version":2'), /line 1: .*another version/],
    ['was cut', good.slice(0, good.length / 2), /line \d+: /],
    ['lost a row', lines.toSpliced?.(6, 1).join('\n') ?? lines.filter((_, at) => at !== 6).join('\n'), /line \d+: /],
    ['lost its end', lines.slice(0, -2).join('\n'), /it ends early/],
  ];
  for (const [what, text, message] of wrong) {
    writeFileSync(state, text);
    const { status, stdout, stderr } = evpair('--state', state, file);
    t.match({ status, stdout, stderr }, { status: 2, stdout: '', stderr: message }, what);
    t.match(stderr, /Delete the file/, 'and what to do');
  }
  writeFileSync(state, good);
  const other = evpair('--state', state, '--since', '2020-01-01', file);
  t.match(other, { status: 2, stderr: /line 1: it was made with other definitions or options/ });
  writeFileSync(`${state}.lock`, String(process.pid));
  t.match(evpair('--state', state, file), { status: 2, stderr: /another run of evpair uses this state file/ });
  rmSync(`${state}.lock`);
  t.match(evpair('--state', state, '-'), { status: 2, stderr: /--state reads files/ });
});

t.test('a file that is no longer the one that was read is told, and replaces what was known of it', async t => {
  const file = join(folder, 'rotated.xml');
  const state = join(folder, 'rotated.state');
  const evpair = (...args: string[]) => spawnSync(process.execPath, [program, ...args, file], { encoding: 'utf8' });
  for (const seed of [21, 22]) {
    writeFileSync(file, Buffer.concat([...generateExport({ format: 'xml', size: 300_000, density: 1, seed })]));
    const again = evpair('--state', state);
    if (seed === 22) t.match(again.stderr, /no longer the file that was read before/);
    t.equal(again.stdout, evpair().stdout);
  }
});

t.test('--follow prints each pair that changed, with its revision, and ends with the run line', async t => {
  const all = Buffer.concat([
    ...generateExport({ format: 'xml', size: 60_000, density: 1, seed: 5, pairs: 3, rendered: 0 }),
  ]);
  const file = join(folder, 'growing.xml');
  const half = Math.floor(all.length / 2);
  writeFileSync(file, all.subarray(0, half));
  const args = [program, '-q', '--definition', 'exchange-ews-proxy-auth', '--follow', '--interval', '50ms', file];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', chunk => {
    text += chunk;
  });
  const until = async (isThere: () => boolean) => {
    for (let turn = 0; turn < 400 && !isThere(); turn++) await new Promise(resolve => setTimeout(resolve, 50));
  };
  const linesOf = () =>
    text
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line));
  const one = spawnSync(process.execPath, [...args.slice(0, 4), file], { encoding: 'utf8' });
  const first = one.stdout.trimEnd().split('\n').slice(0, -1);
  await until(() => linesOf().length >= first.length);
  t.same(
    linesOf(),
    first.map(line => ({ ...JSON.parse(line), revision: 1 })),
    'first all pairs, as one run has them',
  );
  appendFileSync(file, all.subarray(half));
  await until(() => linesOf().length > first.length);
  child.kill('SIGTERM');
  const status = await new Promise(resolve => child.on('exit', resolve));
  t.equal(status, 143);
  const whole = spawnSync(process.execPath, [...args.slice(0, 4), file], { encoding: 'utf8' })
    .stdout.trimEnd()
    .split('\n');
  const latest = new Map<string, Record<string, unknown>>();
  for (const line of linesOf())
    if (line.type === 'pair') latest.set(`${line.source.host} ${line.destination.host}`, line);
  for (const line of whole.slice(0, -1)) {
    const pair = JSON.parse(line);
    const { revision, ...shown } = latest.get(`${pair.source.host} ${pair.destination.host}`)!;
    t.same(shown, pair, 'the last revision is what one run over everything says');
    t.ok(Number(revision) >= 1);
  }
  t.ok(
    [...latest.values()].some(({ revision }) => Number(revision) > 1),
    'a pair that changed was printed again',
  );
  const { inputs: _, ...account } = linesOf().at(-1);
  const { inputs: __, ...expected } = JSON.parse(whole.at(-1)!);
  t.same(account, expected, 'the run line accounts for everything');
  t.match(spawnSync(process.execPath, [program, '--follow', '-']), { status: 2 });
});
