import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { type FollowCommand, follow } from '../pipelines/follow.js';
import type { StateStore } from '../pipelines/state/input-memory.js';
import { type SummarizeCommand, summarize } from '../pipelines/summarize.js';
import { summarizeWithState } from '../pipelines/summarize-with-state.js';
import type { EvpairError, InputSource } from '../src/index.js';
import { FAILURE, FAILURE_WITHOUT_COMPUTER, JSON_LINES, LOCAL_TIME_LINE, SAMPLE_EVENTS } from './pieces.js';

const samples = fileURLToPath(new URL('../samples/', import.meta.url));
const program = fileURLToPath(new URL('../dist/evpair.cjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'evpair-state-'));
t.teardown(() => rmSync(folder, { recursive: true }));

// --- in one process

/** A state that is kept in memory. */
class MemoryStore implements StateStore {
  readonly name = 's.state';
  saved: readonly string[] | undefined;
  saves = 0;

  lines(): Iterable<string> | undefined {
    return this.saved;
  }

  save(lines: Iterable<string>): void {
    this.saved = [...lines];
    this.saves += 1;
  }
}

interface Settings {
  readonly parseAll?: boolean;
  readonly hash?: boolean;
  readonly extraction?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

/** A run's command, and what it shows. */
function commandOf(names: readonly string[], settings: Settings = {}) {
  const lines: string[] = [];
  const told: string[] = [];
  const read = { bytes: 0 };
  const output = {
    line: (text: string) => void lines.push(text),
    lines: (bytes: Uint8Array) => void lines.push(Buffer.from(bytes).toString().replace(/\n$/, '')),
    drain: () => undefined,
    flush: async () => undefined,
  };
  const { sources, missing } = inputsOf(names);
  const command: SummarizeCommand = {
    tool: 'evpair',
    inputs: sources,
    missing,
    read: {
      parseAll: settings.parseAll ?? false,
      hash: settings.hash ?? false,
      onProgress: bytes => {
        read.bytes += bytes;
      },
      ...(settings.signal === undefined ? {} : { signal: settings.signal }),
    },
    definitions: undefined,
    options: {},
    output,
    tell: {
      reject: reject => void told.push(`${reject.reason} ${reject.position.input} ${reject.position.offset}`),
      warning: warning => void told.push(`${warning.code} ${warning.input}`),
      failed: (input, error) => void told.push(`failed ${input.name}: ${(error as Error).message}`),
    },
    extract: {},
    ledger: {},
    summarise: {},
    form: 'ndjson',
    runOutput: output,
    isForPerson: false,
    width: 80,
    extraction: settings.extraction ?? {},
  };
  return { command, lines, told, read };
}

function inputsOf(names: readonly string[]) {
  const isThere = (name: string) => existsSync(join(folder, name));
  return {
    sources: names.filter(isThere).map((name): InputSource => ({ name, path: join(folder, name) })),
    missing: names.filter(name => !isThere(name)).map(name => ({ name, reason: 'no such file or folder' })),
  };
}

async function runPlain(names: readonly string[], settings?: Settings) {
  const { command, lines } = commandOf(names, settings);
  return { lines, outcome: await summarize(command) };
}

async function runWithState(store: MemoryStore, names: readonly string[], settings?: Settings) {
  const { command, lines, read, told } = commandOf(names, settings);
  const outcome = await summarizeWithState(command, store);
  return { lines, outcome, told, bytes: read.bytes };
}

/** Says what of the lines fits no schema. */
function unfitting(lines: readonly string[]): string[] {
  return lines.flatMap(line => {
    const { type } = JSON.parse(line) as { type: string };
    const validate = SCHEMAS.get(type) ?? SCHEMAS.get(type.startsWith('state') ? 'state' : 'partial')!;
    return validate(JSON.parse(line)) ? [] : [`${JSON.stringify(validate.errors)}: ${line.slice(0, 300)}`];
  });
}

const schemas = fileURLToPath(new URL('../src/write/schemas/', import.meta.url));
const SCHEMAS = new Map(
  ['pair', 'pair_gone', 'run', 'state', 'partial'].map(name => [
    name,
    new Ajv2020().compile(JSON.parse(readFileSync(join(schemas, `${name}.json`), 'utf8'))),
  ]),
);

// --- what the files are made of

const XML_PIECES: readonly string[] = [
  ...SAMPLE_EVENTS.slice(0, 6),
  FAILURE.replace('<EventRecordID>', '<EventRecordID>9').replace('CAS02', 'CAS07'),
  FAILURE_WITHOUT_COMPUTER,
  FAILURE_WITHOUT_COMPUTER.replace('CAS02', 'CAS08'),
  FAILURE.replace('<EventData>', `<EventData><Data><![CDATA[${FAILURE}]]></Data>`),
  `<!-- ${FAILURE} -->`,
  '<Event >',
  FAILURE.slice(0, 400),
  FAILURE.replace('</Data>', ' & </Data>'),
  FAILURE.replace('</System>', '</Sys>'),
  'no event',
  '<Events>',
  '</Events>',
  '\r\n',
  FAILURE.replace('<EventData>', `<EventData><Data>${'x'.repeat(80_000)}</Data>`),
];
const JSON_PIECES: readonly string[] = [
  ...JSON_LINES.flatMap(line => [`${line}\n`, `${line}\r\n`]),
  ...JSON_LINES.map((line, at) => `${line.replaceAll(/CAS0(\d)/gi, `CAS${at}$1`)}\n`),
  `${LOCAL_TIME_LINE}\n`,
  `${JSON_LINES[0]!.slice(0, 200)}\n`,
  '\n',
  '{\n"a": 1\n}\n',
  'no event\n',
  `{"a":"${'x'.repeat(80_000)}"}\n`,
];
const csv = readFileSync(join(samples, 'CAS02-Application.csv'));

/** Enough to be read in parts. */
const XML_BASE = Buffer.from(`<Events>\n${SAMPLE_EVENTS.join('\n').repeat(12)}`);
const JSON_BASE = Buffer.from(
  `${JSON_LINES.join('\n')}\n`.repeat(Math.ceil(190_000 / `${JSON_LINES.join('\n')}\n`.length)),
);
const UTF16_BASE = Buffer.from(`\ufeff${SAMPLE_EVENTS.join('\n').repeat(6)}`, 'utf16le');

const FILES = ['a.xml', 'b.ndjson', 'c.xml', 'd.csv'] as const;
type Name = (typeof FILES)[number];
const BASES: Readonly<Record<Name, Buffer>> = {
  'a.xml': XML_BASE,
  'b.ndjson': JSON_BASE,
  'c.xml': UTF16_BASE,
  'd.csv': csv,
};

interface Step {
  readonly file: Name;
  readonly what: 'append' | 'truncate' | 'rewrite' | 'rotate' | 'spoil' | 'remove' | 'touch';
  readonly pieces: readonly number[];
  /** Of what the step writes or takes away; in the middle of an event more often than not. */
  readonly share: number;
  /** Whether the inputs are looked at after it. */
  readonly isLooked: boolean;
}

const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  file: fc.constantFrom(...FILES),
  what: fc.constantFrom(
    'append',
    'append',
    'append',
    'append',
    'append',
    'truncate',
    'rewrite',
    'rotate',
    'spoil',
    'remove',
    'touch',
  ),
  pieces: fc.array(fc.nat(1000), { minLength: 1, maxLength: 8 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  isLooked: fc.boolean(),
});

function pieceBytes(file: Name, pieces: readonly number[]): Buffer {
  if (file === 'd.csv') return csv.subarray(0, pieces[0]! * 10);
  const choices = file === 'b.ndjson' ? JSON_PIECES : XML_PIECES;
  const text = pieces.map(piece => choices[piece % choices.length]!).join('');
  return Buffer.from(text, file === 'c.xml' ? 'utf16le' : 'utf8');
}

function take(step: Step): void {
  const path = join(folder, step.file);
  const bytes = pieceBytes(step.file, step.pieces);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (step.what === 'append') {
    appendFileSync(path, bytes.subarray(0, Math.ceil(bytes.length * step.share)));
  } else if (step.what === 'rewrite') {
    writeFileSync(path, Buffer.concat([BASES[step.file], bytes]).subarray(Math.floor(step.share * 3000)));
  } else if (step.what === 'rotate') {
    if (size > 0) renameSync(path, `${path}.1`);
    writeFileSync(path, step.share < 0.5 ? bytes : Buffer.concat([BASES[step.file], bytes]));
  } else if (step.what === 'remove') {
    rmSync(path, { force: true });
  } else if (size > 0 && step.what === 'truncate') {
    truncateSync(path, Math.floor(size * step.share));
  } else if (size > 0) {
    const whole = readFileSync(path);
    // Somewhere in the ends, where a change is promised to be seen.
    const at = Math.min(size - 1, 65_535, Math.floor(step.share * 65_536));
    const from = step.pieces[0]! % 2 === 0 ? at : size - 1 - at;
    if (step.what === 'spoil') whole[from] = whole[from] === 0x41 ? 0x42 : 0x41;
    writeFileSync(path, whole);
  }
}

/** Files named with what they were rotated to. */
const NAMES = FILES.flatMap(name => [name, `${name}.1`]);

function begin(): void {
  for (const name of NAMES) rmSync(join(folder, name), { force: true });
  for (const name of FILES) writeFileSync(join(folder, name), BASES[name]);
}

/** Says where two values part. */
function isSame(t: Test, got: unknown, wanted: unknown): boolean {
  const [one, other] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (one === other) return true;
  let at = 0;
  while (one[at] === other[at]) at += 1;
  t.comment(`got    … ${one.slice(Math.max(0, at - 100), at + 200)}`);
  t.comment(`wanted … ${other.slice(Math.max(0, at - 100), at + 200)}`);
  return false;
}

const settingsArbitrary: fc.Arbitrary<Settings> = fc.record({
  parseAll: fc.boolean(),
  hash: fc.constantFrom(false, false, false, true),
});

t.test(
  'the output with a state is that of one run over everything as it stands, whatever happened to the files',
  async t => {
    let bytesRead = 0;
    let bytesThere = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(stepArbitrary, { minLength: 1, maxLength: 14 }),
        settingsArbitrary,
        async (steps, settings) => {
          begin();
          let store = new MemoryStore();
          await runWithState(store, NAMES, settings);
          for (const step of steps) {
            take(step);
            // What is gone counts as it was read last; here each run's inputs are all there.
            if (step.what === 'remove') store = new MemoryStore();
            if (!step.isLooked && step !== steps.at(-1)) continue;
            const there = NAMES.filter(name => existsSync(join(folder, name)));
            const plain = await runPlain(there, settings);
            const kept = await runWithState(store, there, settings);
            bytesRead += kept.bytes;
            bytesThere += there.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
            if (!isSame(t, kept.lines, plain.lines) || !isSame(t, kept.outcome, plain.outcome)) return false;
            const again = await runWithState(store, there, settings);
            if (!isSame(t, again.lines, plain.lines)) return false;
            if (again.bytes > 0) throw new Error(`${again.bytes} bytes of inputs that are known were read again`);
          }
          return true;
        },
      ),
      { numRuns: 40 },
    );
    t.ok(bytesRead < bytesThere * 0.7, `${bytesRead} of ${bytesThere} bytes were read`);
  },
);

t.test('a file that grows byte by byte shows the same at each of its ends as one reading', async t => {
  for (const name of ['a.xml', 'b.ndjson'] as const) {
    begin();
    const path = join(folder, name);
    const more = pieceBytes(name, [0, 3, 1, 8]);
    const store = new MemoryStore();
    await runWithState(store, [name]);
    const ends = Array.from({ length: 60 }, (_, at) => Math.floor((more.length * (at + 1)) / 60));
    let different = 0;
    let bytes = 0;
    for (const [at, to] of ends.entries()) {
      appendFileSync(path, more.subarray(ends[at - 1] ?? 0, to));
      const kept = await runWithState(store, [name]);
      bytes = Math.max(bytes, kept.bytes);
      if (JSON.stringify(kept.lines) !== JSON.stringify((await runPlain([name])).lines)) different += 1;
    }
    t.equal(different, 0, name);
    t.ok(bytes < 3 * 65_536, `${name}: no more than the end is read again: ${bytes}`);
  }
});

t.test('what two inputs hold of one event outlives either of them', async t => {
  for (const name of NAMES) rmSync(join(folder, name), { force: true });
  const [a, b] = [join(folder, 'a.xml'), join(folder, 'c.xml')];
  writeFileSync(a, SAMPLE_EVENTS.join('\n'));
  writeFileSync(b, SAMPLE_EVENTS.join('\n'));
  const store = new MemoryStore();
  const both = await runWithState(store, ['a.xml', 'c.xml']);
  t.ok(JSON.parse(both.lines.at(-1)!).duplicates > 0);
  writeFileSync(a, '<Events></Events>');
  const rest = await runWithState(store, ['a.xml']);
  t.strictSame(rest.lines, (await runPlain(['a.xml', 'c.xml'])).lines);
  t.equal(JSON.parse(rest.lines.at(-1)!).duplicates, 0);
});

t.test('an input that is not named any more, or is gone, counts as it was read last', async t => {
  begin();
  const store = new MemoryStore();
  const all = await runWithState(store, ['a.xml', 'd.csv']);
  t.strictSame((await runWithState(store, ['a.xml'])).lines, all.lines);
  rmSync(join(folder, 'd.csv'));
  const gone = await runWithState(store, ['a.xml', 'd.csv']);
  t.strictSame(gone.lines, all.lines);
  t.match(gone.told, ['failed d.csv: d.csv: no such file or folder']);
  t.equal(gone.outcome.isIncomplete, true);
});

t.test('an interrupted run keeps what it read whole and reads the rest again', async t => {
  begin();
  const store = new MemoryStore();
  const controller = new AbortController();
  const { command, lines } = commandOf(['a.xml', 'b.ndjson', 'd.csv'], { signal: controller.signal });
  const onProgress = command.read.onProgress!;
  let bytes = 0;
  const read: SummarizeCommand['read'] = {
    ...command.read,
    onProgress(more) {
      onProgress(more);
      bytes += more;
      if (bytes > XML_BASE.length + 100_000) controller.abort();
    },
  };
  const outcome = await summarizeWithState({ ...command, read }, store);
  t.equal(outcome.isIncomplete, true);
  t.equal(JSON.parse(lines.at(-1)!).complete, false);
  const after = await runWithState(store, ['a.xml', 'b.ndjson', 'd.csv']);
  t.strictSame(after.lines, (await runPlain(['a.xml', 'b.ndjson', 'd.csv'])).lines);
  t.ok(after.bytes < bytes + csv.length + JSON_BASE.length, 'the first file is not read again');
});

t.test('no change of a state file goes unnoticed', async t => {
  begin();
  const store = new MemoryStore();
  await runWithState(store, ['a.xml', 'd.csv']);
  const bytes = Buffer.from(`${store.saved!.join('\n')}\n`);
  const errorOf = async (spoilt: Buffer) => {
    const broken = new MemoryStore();
    broken.saved = spoilt.toString().split('\n').slice(0, -1);
    try {
      await runWithState(broken, ['a.xml', 'd.csv']);
      return undefined;
    } catch (error) {
      return error as EvpairError;
    }
  };
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 3), fc.constantFrom(...'0aZ"{,\n '), async (at, char) => {
      const spoilt = Buffer.from(bytes);
      if (spoilt[at] === char.charCodeAt(0)) return;
      spoilt[at] = char.charCodeAt(0);
      if ((await errorOf(spoilt))?.code !== 'ERR_STATE') throw new Error(`${char} at ${at}`);
    }),
    { numRuns: 150 },
  );
  for (const line of [0, 1, 2, 5]) {
    const cut = Buffer.from(`${store.saved!.slice(0, line).join('\n')}${line === 0 ? '' : '\n'}`);
    const error = await errorOf(cut);
    t.equal(error?.code, 'ERR_STATE');
    t.match(error?.hint, /Remove the file/);
  }
});

t.test('a state file is gone on with by the same definitions and options only, and says which differ', async t => {
  begin();
  const store = new MemoryStore();
  await runWithState(store, ['d.csv'], { extraction: { timezone: null, since: '2026-01-01' } });
  const other = runWithState(store, ['d.csv'], { extraction: { timezone: 'UTC', since: '2026-01-02' } });
  await t.rejects(other, {
    code: 'ERR_STATE',
    message: 's.state: this state file was made with other values of --timezone and --since',
  });
  store.saved = [store.saved![0]!.replace('"schema_version":1', '"schema_version":2'), ...store.saved!.slice(1)];
  await t.rejects(runWithState(store, ['d.csv']), { code: 'ERR_STATE', message: /another version of evpair/ });
});

// --- following

/** What whoever keeps the last line of each pair has in the end; throws where a revision does not count up by one. */
function gathered(lines: readonly string[]): Map<string, string> {
  const before = new Map<string, number>();
  const pairs = new Map<string, string>();
  for (const line of lines) {
    const { type, revision, ...rest } = JSON.parse(line);
    if (type === 'run') continue;
    const key = JSON.stringify([rest.definition, rest.source.host, rest.destination.host]);
    if (revision !== (before.get(key) ?? 0) + 1) throw new Error(`${key}: ${before.get(key)} before ${revision}`);
    before.set(key, revision);
    const text = JSON.stringify({ type, ...rest });
    if (pairs.get(key) === text) throw new Error(`${key} was written again without a change`);
    if (type === 'pair_gone') pairs.delete(key);
    else pairs.set(key, text);
  }
  return pairs;
}

/** Follows the files; whenever it waits the next steps are taken, and after the last the signal comes. */
async function followSteps(steps: readonly Step[], store: MemoryStore | undefined) {
  const controller = new AbortController();
  const { command, lines, told } = commandOf(FILES, { signal: controller.signal });
  const left = [...steps];
  const followCommand: FollowCommand = {
    ...command,
    intervalMs: 1000,
    expand: async () => inputsOf(FILES),
    isFile: () => true,
    async sleep() {
      for (let step = left.shift(); step !== undefined; step = left.shift()) {
        take(step);
        if (step.isLooked) return;
      }
      controller.abort();
    },
    now: () => 0,
  };
  const outcome = await follow(followCommand, store);
  return { lines, told, outcome };
}

t.test('who keeps the last line of each pair that is followed has what one run gives in the end', async t => {
  let gone = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepArbitrary, { maxLength: 10 }),
      fc.array(stepArbitrary, { maxLength: 6 }),
      fc.boolean(),
      async (steps, later, hasState) => {
        begin();
        const store = hasState ? new MemoryStore() : undefined;
        const kept = steps.filter(({ what }) => what !== 'remove');
        const first = await followSteps(kept, store);
        const plain = await runPlain(FILES);
        const pairs = gathered(first.lines);
        if (!isSame(t, [...pairs.values()].sort(), plain.lines.slice(0, -1).sort())) return false;
        if (!isSame(t, first.lines.at(-1), plain.lines.at(-1))) return false;
        if (store === undefined) return true;
        // Another process goes on from the state: only what changed is written, the revisions count on.
        const second = await followSteps(
          later.filter(({ what }) => what !== 'remove'),
          store,
        );
        const all = gathered([...first.lines, ...second.lines]);
        const wrong = unfitting([...first.lines, ...second.lines, ...store.saved!]);
        if (wrong.length > 0) throw new Error(wrong[0]);
        gone += [...first.lines, ...second.lines].filter(line => line.includes('"type":"pair_gone"')).length;
        const now = await runPlain(FILES);
        return isSame(t, [...all.values()].sort(), now.lines.slice(0, -1).sort());
      },
    ),
    { numRuns: 40 },
  );
  t.ok(gone > 0, `${gone} pairs were told gone`);
});

// --- the program

function evpair(args: readonly string[], input?: string) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
  });
  return { stdout, stderr, status };
}

/** evpair with its output gathered; `until` waits for it to say something. */
function started(args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: 'pipe' });
  const said = { stdout: '', stderr: '' };
  const waiting: (() => void)[] = [];
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text: string) => {
      said[name] += text;
      for (const check of [...waiting]) check();
    });
  }
  const closed = new Promise<number | null>(resolve => child.once('close', resolve));
  return {
    child,
    said,
    closed,
    until: (holds: () => boolean) =>
      new Promise<void>((resolve, reject) => {
        const check = () => {
          if (holds()) resolve();
        };
        waiting.push(check);
        check();
        void closed.then(() => (holds() ? resolve() : reject(new Error(`it ended: ${JSON.stringify(said)}`))));
      }),
  };
}

const state = join(folder, 's.state');

function forget(): void {
  for (const name of ['s.state', 's.state.lock', 's.state.tmp']) rmSync(join(folder, name), { force: true });
}

t.test('evpair that is killed at any moment loses and doubles nothing', async t => {
  forget();
  const path = join(folder, 'k.ndjson');
  const line = `${JSON_LINES[0]}\n`;
  writeFileSync(path, '');
  let killed = 0;
  let held = 0;
  // Too early, it has not begun; too late, it has ended: what lies between is tried in steps.
  const lateMs = await msOf(() => {
    writeFileSync(path, JSON_BASE.toString().repeat(8));
    return evpair(['--quiet', '--state', 's.state', 'k.ndjson']);
  });
  for (let at = 0; at < 24; at++) {
    appendFileSync(path, `${JSON_LINES.join('\n')}\n${line.slice(0, 100 + at)}`);
    appendFileSync(path, at % 3 === 0 ? `${line.slice(100 + at)}` : `${line.slice(100 + at)}${line}`);
    const { child, closed } = started(['--quiet', '--state', 's.state', 'k.ndjson']);
    const timer = setTimeout(() => child.kill('SIGKILL'), (lateMs * (at + 6)) / 30);
    const code = await closed;
    clearTimeout(timer);
    if (code === null) killed += 1;
    if (existsSync(`${state}.lock`)) held += 1;
    if (at % 4 !== 3) continue;
    const after = evpair(['--quiet', '--state', 's.state', 'k.ndjson']);
    t.equal(after.stderr, '');
    t.equal(after.stdout, evpair(['--quiet', 'k.ndjson']).stdout);
  }
  t.ok(killed > 3, `${killed} were killed, ${held} of them held the lock`);
});

async function msOf(work: () => unknown): Promise<number> {
  const start = performance.now();
  work();
  return performance.now() - start;
}

t.test('a state file has one evpair at a time, and a lock whose holder is gone is taken over', async t => {
  forget();
  begin();
  const following = started(['--follow', '--interval', '50ms', '--state', 's.state', 'a.xml']);
  await following.until(() => following.said.stdout.includes('\n'));
  const second = evpair(['--state', 's.state', 'a.xml', '-o', 'kept.out']);
  t.equal(second.status, 2);
  t.match(second.stderr, `another evpair (process ${following.child.pid} on ${hostname()}) is working with this state`);
  t.notOk(existsSync(join(folder, 'kept.out')), 'the output is not touched');
  following.child.kill('SIGKILL');
  await following.closed;
  t.ok(existsSync(`${state}.lock`));
  t.equal(evpair(['--state', 's.state', 'a.xml']).stdout, evpair(['a.xml']).stdout);
  t.notOk(existsSync(`${state}.lock`));
  writeFileSync(`${state}.lock`, JSON.stringify({ pid: 1, host: 'elsewhere' }));
  t.match(evpair(['--state', 's.state', 'a.xml']), { status: 2, stderr: /process 1 on elsewhere.*s\.state\.lock/ });
  rmSync(`${state}.lock`);
});

t.test('a state file in a folder that is read is no input', async t => {
  forget();
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  begin();
  t.equal(evpair(['--state', 's.state', '.']).status, 1, 'the lines that are no event');
  const { stdout, stderr } = evpair(['--state', 's.state', '.']);
  t.equal(stderr, '');
  t.strictSame(
    JSON.parse(stdout.trim().split('\n').at(-1)!).inputs.map(({ path }: { path: string }) => path),
    [...FILES],
  );
  t.equal(statSync(state).mode & 0o077, 0, 'it holds raw log text');
});

t.test('a file is followed as it grows and is rotated, and a signal ends it with the run line', async t => {
  forget();
  const path = join(folder, 'f.ndjson');
  const line = `${JSON_LINES[0]}\n`;
  const other = line.replaceAll(/"(EventRecordID|RecordId|record_id)":\s*\d+/gi, '"$1":4242');
  writeFileSync(path, line);
  const following = started(['--follow', '--interval', '20ms', '--state', 's.state', 'f.ndjson']);
  const linesOf = (type: string) => following.said.stdout.split('\n').filter(each => each.includes(`"type":"${type}"`));
  await following.until(() => linesOf('pair').length === 1);
  appendFileSync(path, other.slice(0, 50));
  await new Promise(resolve => setTimeout(resolve, 200));
  t.equal(following.said.stderr, '', 'half a line is no reject as long as more may come');
  appendFileSync(path, other.slice(50));
  await following.until(() => linesOf('pair').length === 2);
  renameSync(path, `${path}.1`);
  writeFileSync(path, other);
  await following.until(() => linesOf('pair').length === 3);
  t.match(following.said.stderr, /f\.ndjson: another file has this name now/);
  following.child.kill('SIGTERM');
  t.equal(await following.closed, 143);
  t.strictSame(
    linesOf('pair').map(each => [JSON.parse(each).revision, JSON.parse(each).count]),
    [
      [1, 1],
      [2, 2],
      [3, 1],
    ],
  );
  t.match(JSON.parse(following.said.stdout.trim().split('\n').at(-1)!), { type: 'run', failures: 1, complete: true });

  const again = started(['--follow', '--interval', '20ms', '--state', 's.state', 'f.ndjson']);
  const pairs = () => again.said.stdout.split('\n').filter(each => each.includes('"type":"pair"'));
  await new Promise(resolve => setTimeout(resolve, 400));
  t.equal(pairs().length, 0, 'nothing changed');
  appendFileSync(path, line);
  await again.until(() => pairs().length === 1);
  again.child.kill('SIGINT');
  t.equal(await again.closed, 130);
  t.match(JSON.parse(pairs()[0]!), { revision: 4, count: 2 });
});

t.test('a pipe is followed as it comes, however slowly, and ends the run with its end', async t => {
  for (const padding of [0, 70_000]) {
    const text = `<Events>${'\n'.repeat(padding)}${FAILURE}${SAMPLE_EVENTS[1]}</Events>`;
    const cut = text.length - 700;
    const following = started(['--follow', '--interval', '20ms']);
    const pairs = () => following.said.stdout.split('\n').filter(each => each.includes('"type":"pair"'));
    following.child.stdin.write(text.slice(0, cut));
    await following.until(() => pairs().length === 1);
    following.child.stdin.end(text.slice(cut));
    t.equal(await following.closed, 0);
    t.equal(following.said.stderr, '');
    const plain = evpair([], text).stdout.trim().split('\n');
    const lines = following.said.stdout.trim().split('\n');
    t.strictSame([...gathered(lines).values()].sort(), plain.slice(0, -1).sort());
    t.equal(lines.at(-1), plain.at(-1));
  }
  t.match(evpair(['--state', 's.state', '-'], ''), { status: 2, stderr: /--state reads files/ });
  t.match(evpair(['--follow', '--partial', 'a.xml']), { status: 2, stderr: /--partial does not go with --follow/ });
});

t.test('what is not there yet is waited for, and costs next to nothing', async t => {
  const name = 'later.ndjson';
  const following = started(['--follow', '--interval', '30ms', name]);
  await following.until(() => following.said.stderr.includes('no such file'));
  await new Promise(resolve => setTimeout(resolve, 500));
  writeFileSync(join(folder, name), `${JSON_LINES[0]}\n`);
  await following.until(() => following.said.stdout.includes('"revision":1'));
  following.child.kill('SIGTERM');
  t.equal(await following.closed, 143);
  t.equal(following.said.stderr.split('\n').filter(line => line !== '').length, 1, 'it is told once');

  let pauses = 0;
  const controller = new AbortController();
  const { command } = commandOf([], { signal: controller.signal });
  await follow(
    {
      ...command,
      intervalMs: 1000,
      expand: async () => inputsOf([]),
      isFile: () => true,
      now: () => 0,
      async sleep(_, signal) {
        pauses += 1;
        await new Promise(resolve => setImmediate(resolve));
        if (signal.aborted) t.fail('a pause was cut short');
        if (pauses === 3) controller.abort();
      },
    },
    undefined,
  );
  t.equal(pauses, 3);
});

t.test('a file that is no longer the one that was read is told, and replaces what was known of it', async t => {
  forget();
  begin();
  evpair(['--state', 's.state', 'a.xml']);
  writeFileSync(join(folder, 'a.xml'), Buffer.concat([XML_BASE, XML_BASE]).subarray(5000));
  const again = evpair(['--state', 's.state', 'a.xml']);
  t.match(again.stderr, /a\.xml: what was read of the file was changed/);
  t.equal(again.stdout, evpair(['a.xml']).stdout);
});
