import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { type Plan, planShares } from '../pipelines/plan-shares.js';
import { openShareReader } from '../pipelines/read-share.js';
import type { Share, ShareResult } from '../pipelines/shares.js';
import { type SummarizeCommand, summarize } from '../pipelines/summarize.js';
import { sweepFirst } from '../pipelines/sweep-first.js';
import {
  compileDefinitions,
  createWindowMemory,
  type InputSource,
  openSweep,
  type Reject,
  readRange,
  readSwept,
  SHIPPED_DEFINITIONS,
  sweepSettings,
  type Threads,
  type Warning,
  type WindowMemory,
} from '../src/index.js';
import { generateExport } from './bench/generate.js';
import { FAILURE, FAILURE_WITHOUT_COMPUTER, JSON_LINES, LOCAL_TIME_LINE, SAMPLE_EVENTS } from './pieces.js';

const samples = fileURLToPath(new URL('../samples/', import.meta.url));
const program = fileURLToPath(new URL('../dist/evpair.cjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'evpair-jobs-'));
t.teardown(() => rmSync(folder, { recursive: true }));

const compiled = compileDefinitions(SHIPPED_DEFINITIONS);

// --- in one process: threads that are none, so that thousands of cuts are tried

interface Settings {
  readonly parseAll: boolean;
  readonly prefersRejects: boolean;
  readonly isPartial: boolean;
  readonly maxEventBytes: number;
}

interface Jobs {
  readonly count: number;
  readonly rangeBytes: number;
  readonly shareBytes: number;
  /** How many threads' worth of shares are read ahead of whom they wait for. */
  readonly room: number;
}

const PLAIN: Settings = { parseAll: false, prefersRejects: false, isPartial: false, maxEventBytes: 16 << 20 };

/** What the readers read in, in one run after the other. */
const memories = [createWindowMemory(), createWindowMemory()] as const;

/** Everything that a run of `summarize` shows, in its order. */
async function run(inputs: readonly InputSource[], settings: Settings, jobs: Jobs | undefined) {
  const lines: string[] = [];
  const told: string[] = [];
  const read: SummarizeCommand['read'] = {
    parseAll: settings.parseAll,
    keepRejectBytes: settings.prefersRejects,
    maxEventBytes: settings.maxEventBytes,
    onProgress(bytes) {
      longest = Math.max(longest, bytes);
    },
  };
  /** How many bytes came at once at most. */
  let longest = 0;
  const tell = (item: Reject | Warning) => {
    const bytes = 'bytes' in item && item.bytes !== undefined ? { bytes: Buffer.from(item.bytes).toString('hex') } : {};
    told.push(JSON.stringify({ ...item, ...bytes }));
  };
  let shares = 0;
  let sweeps = 0;
  // Two that take turns, each with what it learnt; the first sweeps what it can.
  const open = async (memory: WindowMemory) => openShareReader({ compiled, extract: {}, ledger: {}, read, memory });
  const [first, second] = memories;
  const readers = [
    sweepFirst(sweepSettings(compiled.selection, read), jobs?.count ?? 1, () => open(first)),
    await open(second),
  ].map(reader => {
    let before: Promise<unknown> = Promise.resolve();
    return (share: Share) => {
      const context = { signal: new AbortController().signal, onProgress: () => undefined };
      const result = before.then(() => reader(share, context));
      before = result.catch(() => undefined);
      return result;
    };
  });
  const threads: Threads<Share, ShareResult> = {
    async run(share) {
      shares += 1;
      busy += 1;
      await new Promise(resolve => setImmediate(resolve));
      const result = await readers[shares % 2]!(structuredClone(share));
      busy -= 1;
      if (result.kind === 'swept') sweeps += 1;
      return structuredClone(result);
    },
    get room() {
      return Math.max(0, (jobs?.room ?? 0) - busy);
    },
    stop: () => undefined,
    close: async () => undefined,
  };
  let busy = 0;
  const output = {
    line: (text: string) => void lines.push(text),
    lines: (bytes: Uint8Array) => void lines.push(Buffer.from(bytes).toString()),
    drain: () => undefined,
    flush: async () => undefined,
  };
  const outcome = await summarize({
    tool: 'evpair',
    inputs,
    missing: [],
    read,
    definitions: undefined,
    options: {},
    output: { ...output, line: text => void lines.push(text) },
    tell: {
      reject: tell,
      warning: tell,
      failed: (input, error) => void told.push(`${input.name}: ${(error as Error).message}`),
    },
    extract: {},
    ledger: {},
    summarise: {},
    form: settings.isPartial ? 'partial' : 'ndjson',
    runOutput: { ...output, line: text => void lines.push(text) },
    isForPerson: false,
    width: 80,
    extraction: {},
    ...(jobs === undefined ? {} : { jobs: { ...jobs, available: () => 8, open: () => threads } }),
  });
  return { shown: { lines, told, outcome }, shares, sweeps, longest };
}

function written(name: string, bytes: Uint8Array): InputSource {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return { name, path };
}

// --- what the inputs are made of

const inside = (text: string) => FAILURE.replace('<EventData>', `<EventData>${text}`);
const XML_PIECES: readonly string[] = [
  ...SAMPLE_EVENTS.slice(0, 6),
  FAILURE_WITHOUT_COMPUTER,
  FAILURE_WITHOUT_COMPUTER.replace('<EventRecordID>1060', '<EventRecordID>7'),
  inside(`<Data><![CDATA[${FAILURE}]]></Data>`),
  inside('<Data><![CDATA[<Event xmlns="x">]]></Data>'),
  inside(`<!-- ${FAILURE} -->`),
  `<!-- ${FAILURE} -->`,
  '<!-- <Event > -->',
  '<Event xmlns="x"><System><Provider Name="Other"/><EventID>1</EventID></System></Event>',
  '<Event/>',
  '<Event >',
  '<Event><![CDATA[',
  '<Event><!--',
  '</Event >',
  FAILURE.slice(0, 400),
  FAILURE.replace('</Data>', ' & </Data>'),
  FAILURE.replace('<Level>2', '<Level>zwei'),
  FAILURE.replace('</System>', '</Sys>'),
  '<Eve',
  'no event',
  '<Events>',
  '</Events>',
  '<?xml version="1.0"?>',
  '\ufeff',
  'Record 7\n',
  '\r\n',
  ' ',
  'x'.repeat(300),
];
const JSON_PIECES: readonly string[] = [
  ...JSON_LINES.flatMap(line => [`${line}\n`, `${line}\r\n`]),
  `${JSON_LINES[0]!.slice(0, 200)}\n`,
  `${JSON_LINES[0]}${JSON_LINES[1]}\n`,
  `${LOCAL_TIME_LINE}\n`,
  '\n',
  '  \n',
  '{\n',
  '}\n',
  '{\n"a": 1\n}\n',
  'no event\n',
  '[\n',
  '],\n',
  'Record 12\n',
  '{"a":"<Event >"}\n',
  '\ufeff',
];

const UTF16BE = (text: string) => Buffer.from(text, 'utf16le').swap16();
/** What a file is made of: short to print, so that a counterexample can be read. */
interface Recipe {
  readonly form: 'xml' | 'filled' | 'json' | 'other';
  readonly encoding: 'utf8' | 'latin1' | 'utf16le' | 'utf16be' | 'mixed';
  readonly isMarked: boolean;
  readonly pieces: readonly number[];
}

const recipe: fc.Arbitrary<Recipe> = fc.record({
  form: fc.constantFrom('xml', 'xml', 'filled', 'filled', 'json', 'json', 'other'),
  encoding: fc.constantFrom('utf8', 'utf8', 'latin1', 'utf16le', 'utf16be', 'mixed'),
  isMarked: fc.boolean(),
  pieces: fc.array(fc.nat(1000), { minLength: 2, maxLength: 14 }),
});

/** Mostly events that nobody wants, so that a range can be swept; among them what is wanted, damaged or odd. */
function filled(piece: number): string[] {
  const value = 'v'.repeat(piece % 97);
  const filler = `<Event xmlns="x"><System><Provider Name="Filler"/><EventID>${piece % 7}</EventID><Level>4</Level><Computer>DC${piece}</Computer></System><EventData><Data Name="a">${value}</Data><Data>${piece}</Data></EventData></Event>`;
  const odd = piece % 5 === 0 ? [XML_PIECES[piece % XML_PIECES.length]!] : [];
  const space = ['\n', '\r\n', '', ' \t'][piece % 4]!;
  return [
    ...new Array<string>(piece % 23).fill(`${filler}${space}`),
    SAMPLE_EVENTS[piece % SAMPLE_EVENTS.length]!,
    ...odd,
  ];
}

function cooked({ form, encoding, isMarked, pieces }: Recipe): { readonly name: string; readonly bytes: Buffer } {
  const of = (choices: readonly string[]) => pieces.map(piece => choices[piece % choices.length]!);
  if (form === 'other') {
    const name = OTHER_FILES[pieces[0]! % OTHER_FILES.length]!;
    return { name: name.replace('/', '-'), bytes: readFileSync(join(samples, name)) };
  }
  if (form === 'json') {
    const text = `${isMarked ? '\ufeff' : ''}${JSON_LINES[0]}\n${of(JSON_PIECES).join('')}`;
    return { name: 'a.ndjson', bytes: Buffer.from(text, encoding === 'latin1' ? 'latin1' : 'utf8') };
  }
  const pieceTexts = form === 'filled' ? pieces.flatMap(filled) : of(XML_PIECES);
  const parts = [isMarked ? '\ufeff' : '', FAILURE, ...pieceTexts].map((text, at) => {
    if (encoding === 'utf16be') return UTF16BE(text);
    if (encoding !== 'mixed') return Buffer.from(text, encoding);
    return [Buffer.from(text), Buffer.from(text, 'utf16le'), UTF16BE(text)][(at * at) % 3]!;
  });
  return { name: 'a.xml', bytes: Buffer.concat(parts) };
}

const OTHER_FILES = [
  'CAS02-Application.csv',
  'dialects/wevtutil.txt',
  'dialects/get-winevent.clixml',
  'dialects/get-winevent-7.json',
];
const settingsArbitrary: fc.Arbitrary<Settings> = fc.record({
  parseAll: fc.boolean(),
  prefersRejects: fc.boolean(),
  isPartial: fc.boolean(),
  maxEventBytes: fc.constantFrom(1024, 6000, 16 << 20),
});
const jobsArbitrary: fc.Arbitrary<Jobs> = fc.record({
  count: fc.integer({ min: 2, max: 8 }),
  rangeBytes: fc.integer({ min: 1, max: 12_000 }),
  shareBytes: fc.constantFrom(1, 2000, 1 << 20),
  room: fc.integer({ min: 0, max: 8 }),
});

t.test('any number of jobs, any ranges and any order of who reads what give the same bytes out', async t => {
  let ranges = 0;
  let sweeps = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(recipe, { minLength: 1, maxLength: 4 }),
      settingsArbitrary,
      jobsArbitrary,
      async (recipes, settings, jobs) => {
        const files = recipes.map(cooked);
        const inputs = files.map(({ name, bytes }, at) => written(`${at}-${name}`, bytes));
        const fewRanges = files.reduce((sum, { bytes }) => sum + bytes.length, 0) / 150;
        const alone = await run(inputs, settings, undefined);
        const shared = await run(inputs, settings, {
          ...jobs,
          rangeBytes: Math.max(jobs.rangeBytes, Math.ceil(fewRanges)),
        });
        ranges += shared.shares;
        sweeps += shared.sweeps;
        return JSON.stringify(shared.shown) === JSON.stringify(alone.shown);
      },
    ),
    { numRuns: 250 },
  );
  t.ok(ranges > 500, `shares were read ahead: ${ranges}`);
  t.ok(sweeps > 50, `ranges were swept: ${sweeps}`);
});

t.test('a file cut at many of its bytes gives the same bytes out', async t => {
  const xml = [
    '<Events>',
    FAILURE,
    inside('<Data><![CDATA[<Event xmlns="x"><Event >]]></Data>'),
    '<!-- <Event > -->',
    'no event',
    inside('<!-- <Event x=""> -->'),
    FAILURE_WITHOUT_COMPUTER,
    FAILURE.slice(0, 90),
    SAMPLE_EVENTS[1],
    '</Events>',
  ].join('\n');
  const json = `${JSON_LINES[0]}\n${JSON_LINES[1]}\n\n{\n"a": 1\n}\nno event\n${JSON_LINES[2]}\n`;
  const cases = [
    { name: 'cut.xml', bytes: Buffer.from(xml), step: 7 },
    { name: 'cut-16.xml', bytes: Buffer.from(`\ufeff${xml}`, 'utf16le'), step: 31 },
    { name: 'cut.ndjson', bytes: Buffer.from(json), step: 7 },
  ];
  for (const { name, bytes, step } of cases) {
    const input = written(name, bytes);
    const settings = { ...PLAIN, parseAll: true };
    const alone = JSON.stringify((await run([input], settings, undefined)).shown);
    // Two ranges, so that the second begins all over the second half; the first half is covered by thirds.
    let different = 0;
    for (let rangeBytes = Math.floor(bytes.length / 4); rangeBytes < bytes.length / 2; rangeBytes += step) {
      const jobs = { count: 4, rangeBytes, shareBytes: 1, room: 8 };
      if (JSON.stringify((await run([input], settings, jobs)).shown) !== alone) different += 1;
    }
    t.equal(different, 0, `${name}: cuts that show`);
  }
});

t.test('what a sweep keeps is read where it stood', async t => {
  let runs = 0;
  for (const encoding of ['utf-8', 'utf-16le'] as const) {
    const bytes = Buffer.concat([
      ...generateExport({ format: 'xml', density: 0.1, size: 600_000, seed: 21, encoding }),
    ]);
    const { path, name: input } = written(`swept-${encoding}.xml`, bytes);
    for (const parseAll of [false, true]) {
      const options = { input, parseAll, selection: compiled.selection };
      const sweep = openSweep(sweepSettings(compiled.selection, options))!;
      for (let from = 50_001; from < bytes.length - 100_000; from += 70_000) {
        const range = { path: path!, format: 'event-xml', from, to: from + 70_000, units: encoding, isExact: false };
        const swept = sweep(range)!;
        runs += swept.starts.length;
        const [kept, read]: unknown[][] = [[], []];
        const part = readSwept(swept, range, options, item => kept!.push(item), createWindowMemory());
        const { bytes: _, ...reading } = await readRange(range, options, item => read!.push(item));
        const { bytes: end, ...sweeping } = part;
        t.same(kept, read);
        t.same(sweeping, reading);
        t.equal(end, reading.stop?.offset);
      }
    }
  }
  t.ok(runs > 100, `with much dropped between: ${runs} runs`);
});

t.test('where most is kept several ranges are read as one, ahead of the search', async t => {
  const part = (density: number, size: number, seed: number) =>
    Buffer.concat([...generateExport({ format: 'xml', density, size, seed })]).subarray(
      '<Events>'.length,
      -'</Events>'.length,
    );
  const mixed = Buffer.concat([
    part(1, 3e6, 31),
    part(0.01, 4e6, 32),
    part(1, 19e6, 33),
    Buffer.from('<Event'),
    part(1, 2e6, 34),
  ]);
  const input = written('mixed.xml', mixed);
  const alone = await run([input], PLAIN, undefined);
  for (const rangeBytes of [100_000, 1 << 20]) {
    const shared = await run([input], PLAIN, { count: 2, rangeBytes, shareBytes: 1, room: 4 });
    t.strictSame(shared.shown, alone.shown);
    t.ok(shared.sweeps > 0, 'where little is kept, what was swept is taken');
    t.ok(shared.longest > 2 * rangeBytes, `${shared.longest} bytes were read at once`);
  }
  const options = { input: input.name, parseAll: true, selection: compiled.selection };
  const sweep = openSweep(sweepSettings(compiled.selection, options))!;
  const range = { path: input.path!, format: 'event-xml', units: 'utf-8', isExact: false } as const;
  const dense = sweep({ ...range, from: 8_000_000, to: mixed.length })!;
  t.same([dense.isDense, dense.isWhole], [true, false]);
  t.ok(dense.end - dense.begin < 3 << 20, 'it leaves off early');
  t.equal(sweep({ ...range, from: 4_000_000, to: 6_000_000 })!.isDense, false);
  for (const [from, to] of [
    [1, 18_000_000],
    [5_000_000, 5_000_000 + (16 << 20)],
    [20_000_000, Infinity],
  ] as const) {
    const [plain, ahead]: unknown[][] = [[], []];
    const { bytes: _, ...reading } = await readRange({ ...range, from, to }, options, item => plain!.push(item));
    const { bytes, ...readingAhead } = await readRange({ ...range, from, to }, { ...options, readAhead: true }, item =>
      ahead!.push(item),
    );
    t.ok(plain!.length > 1000);
    t.equal(isDeepStrictEqual(ahead, plain), true, `from ${from}`);
    t.same(readingAhead, reading);
    t.ok(bytes >= (reading.stop?.offset ?? mixed.length) && bytes <= mixed.length);
  }
  // A folder opens, and cannot be read.
  const errors: unknown[][] = [[], []];
  for (const readAhead of [false, true]) {
    const at = { ...range, path: folder, from: 0, to: Infinity, isExact: true };
    const { isComplete } = await readRange(at, { ...options, readAhead }, item =>
      errors[Number(readAhead)]!.push(item),
    );
    t.equal(isComplete, false);
  }
  t.match(errors[0], [{ type: 'warning', code: 'read-error' }]);
  t.strictSame(errors[1], errors[0]);
});

t.test('what only one reader can do is left to one reader', async t => {
  const many = written('many-rejects.xml', Buffer.from(`${FAILURE}${'<Event >'.repeat(30_000)}${FAILURE}`));
  const own = written('own.ndjson', Buffer.from('{"type":"event","schema_version":1}\n'.repeat(20)));
  const jobs = { count: 3, rangeBytes: 100_000, shareBytes: 1, room: 4 };
  const inputs = [many, own, { name: 'gone.xml', path: join(folder, 'gone.xml') }];
  const alone = await run(inputs, PLAIN, undefined);
  const shared = await run(inputs, PLAIN, jobs);
  t.ok(alone.shown.told.length > 30_000);
  t.strictSame(shared.shown, alone.shown);
});

t.test('threads are planned where they pay, and never for less', async t => {
  const big = written('big.xml', Buffer.alloc(0));
  const { truncateSync } = await import('node:fs');
  truncateSync(big.path!, 2_000_000_000); // a hole: its head is no XML
  const available = () => 4;
  const plan = (inputs: readonly InputSource[], read: SummarizeCommand['read'], count?: number): Plan | undefined =>
    planShares({ inputs, read }, { count, available });
  const xml = { format: 'event-xml' };
  t.equal(plan([big], { ...xml, parseAll: true })?.count, 4);
  t.equal(plan([big], { ...xml, parseAll: true }, 1), undefined);
  t.equal(plan([big], { ...xml, parseAll: true }, 3)?.help, 'sweep');
  t.equal(plan([big], { ...xml, parseAll: true }, 4)?.help, 'read', 'what is dense is read by four');
  t.equal(plan([big], xml), undefined, 'events that are dropped unread');
  t.equal(plan([big], { ...xml, parseAll: true, hash: true }), undefined, 'one hash, one reader');
  t.equal(plan([big], { format: 'evtx' }), undefined, 'one file of a form without ranges');
  t.equal(plan([big, { ...big, name: 'other' }], { format: 'evtx' })?.count, 2);
  const csv = [big, { ...big, name: 'other' }];
  t.equal(plan(csv, { format: 'viewer-csv' }, 3)?.help, 'read');
  t.equal(plan(csv, { format: 'viewer-csv' })?.count, 2, 'there is enough for four, and there are two files');
  t.equal(
    planShares({ inputs: csv, read: { format: 'viewer-csv' } }, { count: undefined, available: () => 3 }),
    undefined,
    'three do not make up for what each learns anew',
  );
  truncateSync(big.path!, 1_000_000_000);
  t.equal(plan(csv, { format: 'viewer-csv' }), undefined, 'too little for four');
  truncateSync(big.path!, 20_000_000);
  t.equal(plan([big], { ...xml, parseAll: true }), undefined, 'little to do');
  t.equal(plan([big], xml, 3)?.count, 3, 'the user knows better');
  t.equal(
    planShares({ inputs: [big], read: { ...xml, parseAll: true } }, { count: undefined, available: () => 1 }),
    undefined,
  );
});

// --- the program, with its threads

const text = [...generateExport({ format: 'xml', density: 0.3, size: 9.5e6, seed: 11 })];
const big = written('nine.xml', Buffer.concat(text));
const lines = [...generateExport({ format: 'ndjson', density: 0.3, size: 9.5e6, seed: 12 })];
const bigLines = written('nine.ndjson', Buffer.concat([...lines, Buffer.from('{"broken\n')]));

function evpair(
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly input?: Uint8Array } = {},
) {
  // Set by `env`: what the test runner preloads into every node would load threads.
  const command = ['NODE_OPTIONS=', ...Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`)];
  const { status, stdout, stderr } = spawnSync('env', [...command, process.execPath, program, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...(options.input === undefined ? {} : { input: options.input }),
  });
  return { status, stdout, stderr };
}

t.test('the program prints the same with and without threads', async t => {
  const rejects = join(folder, 'rejects');
  const common = ['--rejects', rejects, '--templates', join(folder, 'templates'), '--timezone', 'Europe/Paris'];
  const learnt = evpair([
    'templates',
    'learn',
    join(samples, 'CAS01-Application.xml'),
    '-o',
    join(folder, 'templates'),
  ]);
  t.equal(learnt.status, 0, learnt.stderr);
  const inputs = [big.path!, bigLines.path!, samples, '-', join(folder, 'missing.xml')];
  const input = readFileSync(join(samples, 'CAS01-Application.xml'));
  for (const more of [[], ['--partial'], ['--definition', 'exchange-ews-proxy-auth', '--parse-all', '--gap', '1h']]) {
    const [alone, aloneRejects] = [
      evpair(['--jobs', '1', ...common, ...more, ...inputs], { input }),
      readFileSync(rejects),
    ];
    t.equal(alone.status, 1, alone.stderr.slice(-300));
    for (const count of [2, 3]) {
      const shared = evpair(['--jobs', String(count), ...common, ...more, ...inputs], { input });
      t.equal(shared.stdout === alone.stdout, true, `stdout with ${count} jobs ${more.join(' ')}`);
      t.equal(shared.stderr, alone.stderr);
      t.equal(shared.status, alone.status);
      t.ok(readFileSync(rejects).equals(aloneRejects), 'the rejects');
    }
  }
});

t.test('a thread that dies ends the run with 5 and prints nothing', async t => {
  const preload = join(folder, 'die.cjs');
  writeFileSync(
    preload,
    `const { isMainThread, parentPort } = require('node:worker_threads');
    if (!isMainThread) parentPort.on('message', message => 'task' in message && process.exit(7));`,
  );
  const { status, stdout, stderr } = evpair(['--jobs', '3', big.path!], {
    env: { NODE_OPTIONS: `--require ${preload}` },
  });
  t.equal(status, 5);
  t.equal(stdout, '');
  t.match(stderr, /a worker thread died: it ended with status 7; .*\n?.*--jobs 1/);
});

t.test('a thread that is started before the program is loaded does what others do', async t => {
  const large = written('large.xml', Buffer.concat([readFileSync(big.path!), Buffer.alloc(1e8, ' ')]));
  const alone = evpair(['--jobs', '1', large.path!]);
  t.equal(alone.status, 0, alone.stderr);
  for (const jobs of [['--jobs', '2'], ['--jobs=3']]) {
    const { status, stdout, stderr } = evpair([...jobs, '--parse-all', large.path!]);
    t.same({ status, stderr }, { status: 0, stderr: alone.stderr });
    t.equal(withoutRun(stdout), withoutRun(alone.stdout));
  }
  // Help opens no threads: what loads them has started one.
  for (const [args, isStarted] of [
    [['--jobs', '2', large.path!], true],
    [['--jobs', '1', large.path!], false],
    [['--jobs', '2', big.path!], false],
  ] as const) {
    const { status, stdout, stderr } = evpair([...args, '--help'], { env: listingThreads() });
    t.same({ status, stderr }, { status: 0, stderr: String(isStarted) });
    t.match(stdout, /--min-count/);
  }
  t.equal(evpair(['--jobs', '2', large.path!, '--nonsense']).status, 2);
  const kept = ['--jobs', '2', '--state', join(folder, 'early.state'), large.path!];
  t.equal(withoutRun(evpair(kept).stdout), withoutRun(alone.stdout), 'there is nothing for it to do');
  const preload = join(folder, 'die-at-once.cjs');
  writeFileSync(preload, `if (!require('node:worker_threads').isMainThread) process.exit(7);`);
  const died = evpair(['--jobs', '2', large.path!], { env: { NODE_OPTIONS: `--require ${preload}` } });
  // Its end is seen before or behind the first share that it is given, as the machine likes; nothing is lost either way.
  if (died.status === 0) t.equal(withoutRun(died.stdout), withoutRun(alone.stdout));
  else {
    t.equal(died.status, 5);
    t.match(died.stderr, /a worker thread died: it ended with status 7/);
  }
});

/** The run line says what was asked for. */
function withoutRun(stdout: string): string {
  return stdout.replace(/\{"type":"run".*\n/, '');
}

/** An environment in which a run says at its end whether it has loaded threads. */
function listingThreads(): NodeJS.ProcessEnv {
  const preload = join(folder, 'list.cjs');
  writeFileSync(
    preload,
    `process.on('exit', () => process.stderr.write(String(process.moduleLoadList.includes('NativeModule worker_threads'))));`,
  );
  return { NODE_OPTIONS: `--require ${preload}` };
}

t.test('threads are loaded by no run that needs none', async t => {
  const env = listingThreads();
  for (const args of [['--version'], ['-q', join(samples, 'CAS01-Application.xml')], ['-q', '--jobs', '4', samples]]) {
    t.equal(evpair(args, { env }).stderr, 'false', args.join(' '));
  }
  t.equal(evpair(['-q', '--jobs', '2', big.path!], { env }).stderr, 'true');
});

t.test('a signal ends the threads too, and what was found is printed and marked', async t => {
  // A signal that comes before evpair listens ends it without a word: then it gets more time.
  for (const patienceMs of [2000, 6000, 15_000]) {
    const child = spawn(process.execPath, [program, '--quiet', '--jobs', '2', big.path!, '-'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', chunk => chunks.push(chunk));
    const timer = setTimeout(() => child.kill('SIGINT'), patienceMs);
    const code = await new Promise<number | null>(resolve => child.once('close', resolve));
    clearTimeout(timer);
    if (code === null) continue;
    t.equal(code, 130);
    t.match(JSON.parse(Buffer.concat(chunks).toString().trim().split('\n').at(-1)!), { type: 'run', complete: false });
    return;
  }
  t.fail('evpair never listened to the signal');
});

t.test('a wrong number of jobs is a usage error', async t => {
  t.equal(evpair(['--jobs', '0', big.path!]).status, 2);
  t.equal(evpair(['events', '--jobs', '2', big.path!]).status, 2);
});
