import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import Table from 'cli-table3';
import { parse as parseCsv } from 'csv-parse/sync';
import fc from 'fast-check';
import t from 'tap';
import {
  type EventRecord,
  escapeForTerminal,
  type Failure,
  formatInstant,
  type PairSummary,
  pairCsvHeader,
  pairCsvRow,
  pairLine,
  pairTable,
  parseLine,
  type Reject,
  summarise,
  summariseInColumns,
  summariseRun,
  type Unpaired,
  writeItem,
  writePair,
  writePartial,
  writeRun,
} from '../../src/index.js';
import { packClock, unpackClock } from '../../src/time/clock.js';
import { createEpisodeText } from '../../src/write/episode-text.js';
import { withoutMemory } from '../without-memory.js';
import { fakeInputsArb, fakeReport, ledgerOfInputs } from './fake-rows.js';

const seed = process.env.EVPAIR_SEED === undefined ? Date.now() & 0x7fffffff : Number(process.env.EVPAIR_SEED);
t.comment(`seed ${seed}`);
const check = (property: fc.IRawProperty<unknown>, numRuns = 300) => fc.assert(property, { seed, numRuns });

const schemas = new URL('../../src/write/schemas/', import.meta.url);
const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true });
const validators = new Map(
  readdirSync(schemas).map(file => [
    file.replace('.json', ''),
    ajv.compile(JSON.parse(readFileSync(new URL(file, schemas), 'utf8'))),
  ]),
);

/** Why a line does not fit its schema; empty when it does. */
function misfit(line: string, schema?: string): string {
  const value = JSON.parse(line);
  const validate = validators.get(schema ?? value.type);
  if (validate === undefined) return `no schema for ${value.type}`;
  return validate(value) ? '' : `${ajv.errorsText(validate.errors)}: ${line.slice(0, 300)}`;
}

/** Any text a log may hold: lone surrogates, controls, line separators. */
const textArb = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\ud800', '\udfff x', '\u0000\u001b[31m', '\u2028', '%1', '"\\', '\r\n', '__proto__'),
);
const sampleLedger = () =>
  ledgerOfInputs(
    fc.sample(fakeInputsArb, { seed: 1, numRuns: 50 }).find(each => each.some(input => input.items.length > 8))!,
  );
const optional = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: undefined });
const timeArb = fc
  .record({
    epochMs: fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
    ticks: fc.nat(9999),
    digits: fc.constantFrom(0, 3, 7),
    basis: fc.constantFrom('export' as const, 'given' as const, 'assumed' as const),
    days: optional(fc.integer({ min: 1, max: 300 })),
  })
  .map(({ epochMs, ticks, digits, basis, days }) => {
    const ms = digits === 0 ? Math.floor(epochMs / 1000) * 1000 : epochMs;
    return {
      epochMs: ms,
      nanos: digits === 7 ? ticks * 100 : 0,
      digits,
      basis,
      ...(days === undefined || ms > 2e14 ? {} : { alternative: ms + days * 86_400_000 }),
    };
  });
const positionArb = fc.record({ input: textArb, offset: fc.maxSafeNat(), length: fc.nat() });
const whoArb = {
  provider: textArb,
  eventId: fc.integer({ min: 0, max: 65_535 }),
  channel: optional(textArb),
  recordId: optional(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)),
  time: optional(timeArb),
  position: positionArb,
};

const eventArb: fc.Arbitrary<EventRecord> = fc
  .record({
    type: fc.constant('event'),
    ...whoArb,
    computer: optional(textArb),
    level: optional(fc.nat(5)),
    qualifiers: optional(fc.nat(65_535)),
    insertions: optional(fc.array(textArb)),
    names: optional(fc.array(optional(textArb))),
    isUnordered: optional(fc.constant(true)),
    message: optional(textArb),
    culture: optional(textArb),
  })
  .map(event => strip(event) as EventRecord); // only absent fields are taken out
const failureArb: fc.Arbitrary<Failure> = fc
  .record({
    type: fc.constant('failure'),
    kind: fc.constantFrom('failure', 'recovery', 'context'),
    definition: textArb,
    ...whoArb,
    source: textArb,
    destination: textArb,
    observer: optional(textArb),
    placeholders: fc.dictionary(
      fc.integer({ min: 1, max: 99 }).map(n => `%${n}`),
      textArb,
    ),
    attributes: fc.dictionary(textArb, textArb),
    recognizedBy: fc.constantFrom('event_id', 'message', 'shape'),
    extractedFrom: fc.constantFrom('data', 'message'),
    certainty: fc.constantFrom('exact', 'ambiguous'),
    damaged: optional(fc.array(textArb)),
  })
  .map(failure => strip(failure) as Failure);
const unpairedArb: fc.Arbitrary<Unpaired> = fc
  .record({
    type: fc.constant('unpaired'),
    bucket: fc.constantFrom('no_pair', 'not_extracted'),
    reason: textArb,
    definition: textArb,
    ...whoArb,
    observer: optional(textArb),
  })
  .map(unpaired => strip(unpaired) as Unpaired);

function strip(value: object): unknown {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}

t.test('what is written comes back as it was, and fits its schema', async t => {
  check(
    fc.property(fc.oneof(eventArb, failureArb, unpairedArb), item => {
      const line = writeItem(item);
      t.notMatch(
        line,
        /[\n\r\ud800-\udfff](?![\udc00-\udfff])(?<![\ud800-\udbff][\udc00-\udfff])/,
        'one line of UTF-8',
      );
      t.equal(misfit(line), '');
      const parsed = parseLine(line);
      if (!parsed.ok) return t.fail(`${parsed.reason}: ${line}`);
      t.strictSame(plain(parsed.item), plain(item));
      t.equal(Buffer.from(line).toString(), line, 'UTF-8 holds it');
      t.equal(JSON.stringify(JSON.parse(line)), line, 'put together by hand or not, it is what JSON.stringify writes');
      t.equal(writeItem(parsed.item as typeof item), line);
    }),
  );
});

t.test('rejects, pairs, runs and partial ledgers fit their schemas', async t => {
  check(
    fc.property(fakeInputsArb, optional(fc.uint8Array()), (inputs, bytes) => {
      const reject: Reject = {
        type: 'reject',
        reason: 'malformed',
        detail: 'a tag is cut',
        position: { input: 'a.xml', offset: 5, length: 7 },
        isEvent: true,
        line: 3,
        ...(bytes === undefined ? {} : { bytes }),
      };
      t.equal(misfit(writeItem(reject)), '');
      const ledger = ledgerOfInputs(inputs);
      const pairs = [...summarise(ledger)];
      for (const pair of pairs) t.equal(misfit(writePair(pair)), '');
      // Columns hold the episodes of one pair after the other.
      const lines: string[] = [];
      for (const { pair, episodes } of summariseInColumns(ledger))
        lines.push(Buffer.from(pairLine(pair, episodes)).toString());
      t.strictSame(
        lines,
        pairs.map(pair => `${JSON.stringify(pair)}\n`),
      );
      t.equal(misfit(runLine(ledger)), '');
      for (const line of writePartial(ledger, { configHash: 'x', facts: {} })) t.equal(misfit(line, 'partial'), '');
    }),
    60,
  );
});

t.test('an instant is written as the language itself writes it, with the digits asked for', async t => {
  const DAY = 86_400_000;
  check(
    fc.property(
      fc.oneof(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.integer({ min: -3 * DAY, max: 3 * DAY })),
      fc.nat(999_999),
      fc.nat(9),
      fc.boolean(),
      (epochMs, nanos, digits, isAssumed) => {
        const [whole] = new Date(epochMs).toISOString().split('Z');
        const fraction = `${whole!.slice(-3)}${String(nanos).padStart(6, '0')}`.slice(0, digits);
        t.equal(
          formatInstant({ epochMs, nanos, digits, basis: isAssumed ? 'assumed' : 'export' }),
          `${whole!.slice(0, -4)}${digits === 0 ? '' : `.${fraction}`}${isAssumed ? '' : 'Z'}`,
        );
      },
    ),
  );
});

t.test('the episodes of a pair line are those of its columns, in any year and however many', async t => {
  const [pair] = [...summarise(sampleLedger())];
  const [first, past] = [Date.UTC(1601, 0), Date.UTC(10_000, 0)];
  const timeArb = fc.oneof(
    { weight: 30, arbitrary: fc.integer({ min: first, max: past - 1 }) },
    {
      weight: 10,
      arbitrary: fc.constantFrom(first, past - 1, -1, 0, Date.UTC(2000, 1, 29), Date.UTC(1900, 1, 28, 24)),
    },
    { weight: 1, arbitrary: fc.constantFrom(first - 1, past, -8.64e15, 8.64e15) },
  );
  const clockArb = fc
    .record({ nanos: fc.nat(999_999), digits: fc.nat(9), basis: fc.constantFrom('export', 'given', 'assumed') })
    .map(packClock);
  const endArb = fc.tuple(timeArb, clockArb);
  const episodeArb = fc.tuple(endArb, optional(endArb), fc.oneof(fc.nat(200), fc.nat(0xffff_ffff)));
  check(
    fc.property(fc.array(episodeArb, { maxLength: 40 }), fc.constantFrom(1, 1, 1, 30), (few, times) => {
      const all = Array.from({ length: times }, () => few).flat();
      const kept = all.length;
      const columns = {
        kept,
        // Columns may be longer than what they hold.
        firstMs: Float64Array.from([...all.map(([first]) => first[0]), 7]),
        firstClocks: Uint32Array.from([...all.map(([first]) => first[1]), 7]),
        lastMs: Float64Array.from([...all.map(([first, last]) => (last ?? first)[0]), 7]),
        lastClocks: Uint32Array.from([...all.map(([first, last]) => (last ?? first)[1]), 7]),
        counts: Uint32Array.from([...all.map(([, , count]) => count), 7]),
      };
      const textOf = ([epochMs, clock]: [number, number]) => formatInstant({ epochMs, ...unpackClock(clock) });
      const episodes = all.map(([first, last, count]) => ({ start: textOf(first), end: textOf(last ?? first), count }));
      t.equal(
        Buffer.from(pairLine({ ...pair!, episodes: [] }, columns)).toString(),
        `${JSON.stringify({ ...pair!, episodes })}\n`,
      );
    }),
  );
});

t.test('episodes are left to JavaScript where WebAssembly has no memory to give', async t => {
  withoutMemory(() => t.equal(createEpisodeText(), undefined));
  t.ok(createEpisodeText());
});

t.test('the keys of pair and run lines stand in the order of the contract', async t => {
  const ledger = sampleLedger();
  const [pair] = [...summarise(ledger)];
  const inOrder = (keys: string, line: string) => {
    const wanted = keys.split(' ');
    t.same(
      Object.keys(JSON.parse(line)).filter(key => wanted.includes(key)),
      wanted,
    );
  };
  inOrder(
    'type schema_version definition source destination observers count first_seen last_seen time_basis episodes ' +
      'episodes_total placeholders recognized_by extracted_from ambiguous damaged recoveries reverse_count evidence',
    writePair(pair!),
  );
  inOrder(
    'type schema_version tool options definitions inputs events failures recoveries context no_pair duplicates ' +
      'not_extracted not_selected extracted unparsed rejects ambiguous without_time possible_duplicates warnings',
    runLine(ledger),
  );
});

t.test('a run line hands on all that its inputs reported', async t => {
  const report = fakeReport('a.csv', 3, 99, {
    unparsed: 1,
    malformed: 1,
    rejects: 2,
    withoutTime: 1,
    timezone: { name: 'Europe/Paris', basis: 'given' },
    dateOrder: { order: 'mdy', basis: 'found', swap: true },
    warnings: { 'read-error': 2 },
    coverage: [{ provider: 'p', event_id: 5, exact: 1, ambiguous: 2, none: 3 }],
    excludedWithoutTime: 4,
    sha256: 'a'.repeat(64),
    isComplete: false,
  });
  const line = runLine(ledgerOfInputs([{ name: 'a.csv', items: [], report }]));
  t.equal(misfit(line), '');
  const parsed = parseLine(line);
  t.strictSame(parsed.ok && parsed.item.type === 'run' && parsed.item.inputs, [report]);
  for (const [from, to] of [
    ['"mdy"', '"ydm"'],
    ['"given"', '"guessed"'],
    ['"read-error":2', '"read-error":"2"'],
    ['"none":3', '"none":-3'],
    ['"bytes":99', '"bytes":9.5'],
  ] as const) {
    t.match(parseLine(line.replace(from, to)), { ok: false, reason: /^its / }, `${from} → ${to}`);
  }
});

t.test('a line that evpair did not write is refused with a reason, whatever it holds', async t => {
  t.match(parseLine('{"type":"partial","schema_version":1}'), { ok: false, reason: /evpair merge/ });
  t.match(parseLine('{"type":"event"'), { ok: false, reason: /no JSON/ });
  check(
    fc.property(fc.oneof(eventArb, failureArb, unpairedArb), fc.nat(), fc.json(), (item, place, by) => {
      const fields = JSON.parse(writeItem(item));
      const keys = Object.keys(fields);
      fields[keys[place % keys.length]!] = JSON.parse(by);
      const line = JSON.stringify(fields);
      const parsed = parseLine(line);
      if (parsed.ok && !['reject', 'pair', 'run'].includes(parsed.item.type)) {
        t.equal(misfit(writeItem(parsed.item as typeof item)), '', 'what is taken can be written again');
      } else if (!parsed.ok) t.match(parsed.reason, /^(its |this line|an object is missing)/);
    }),
  );
  check(fc.property(fc.json(), json => t.type(parseLine(json).ok, 'boolean')));
});

t.test('no text reaches a terminal that could steer it or hide in it', async t => {
  check(
    fc.property(textArb, text => {
      const safe = escapeForTerminal(text);
      t.notMatch(safe, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      t.equal(escapeForTerminal(safe), safe);
    }),
    1000,
  );
  t.equal(escapeForTerminal('a\u001b[31mb\r\n'), 'a\\u{1b}[31mb\\u{d}\\u{a}');
  t.equal(escapeForTerminal('x\u202etxt.exe \u{e0041}'), 'x\\u{202e}txt.exe \\u{e0041}');
  t.equal(escapeForTerminal('é 漢字 😀 e\u0301 C:\\x'), 'é 漢字 😀 e\u0301 C:\\x', 'what can be seen stays');
});

t.test('the table fits any width from 40 columns on, whatever the names', async t => {
  // Characters on whose width terminals agree, and those that must be escaped.
  const charArb = fc.constantFrom(...'abcXYZ09.-_éß漢字カナ한글😀🤖', 'e\u0301', '\u001b', '\n', '\u202e', '\ud800');
  const nameArb = fc.oneof(fc.string({ unit: charArb }), fc.string({ unit: charArb, minLength: 60, maxLength: 300 }));
  check(
    fc.property(
      fc.array(fc.tuple(nameArb, nameArb, fc.nat()), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 40, max: 220 }),
      (rows, width) => {
        const table = pairTable(
          Table,
          rows.map(([source, destination, count]) => aPair(source, destination, count)),
          { width },
        );
        const lines = table.split('\n');
        t.equal(lines.length, rows.length + 1, 'a line a pair');
        for (const line of lines) {
          const wide = [...line].reduce((sum, char) => sum + (/\p{M}/u.test(char) ? 0 : isWide(char) ? 2 : 1), 0);
          if (wide > width) t.fail(`${wide} columns in ${width}: ${line}`);
          t.notMatch(line, /[\p{Cc}\p{Cf}\p{Cs}]/u);
        }
      },
    ),
  );
  const table = pairTable(Table, [aPair('cas01.contoso.local', 'cas02.contoso.local', 128)], { width: 200 });
  t.match(table, /count.*source.*destination.*definition.*first seen.*episodes/);
  t.match(table, /128 {2}cas01\.contoso\.local +cas02\.contoso\.local +ews +2011-03-04 08:12Z/);
  const narrow = pairTable(Table, [aPair('cas01.contoso.local', 'cas02.contoso.local', 128)], { width: 60 });
  t.match(narrow, /cas01\.contoso\.local +cas02\.contoso\.local +ews/, 'columns go before hosts are cut');
  t.notMatch(narrow, /reverse/);
});

t.test('the CSV of pairs is what a CSV reader reads, and runs nothing in a spreadsheet', async t => {
  check(
    fc.property(fc.array(fc.tuple(textArb, textArb), { minLength: 1, maxLength: 5 }), names => {
      const text = [pairCsvHeader(), ...names.map(([a, b]) => pairCsvRow(aPair(a, b, 1)))].join('\r\n');
      const rows = parseCsv(text, { columns: true, record_delimiter: '\r\n' }) as Record<string, string>[];
      t.equal(rows.length, names.length);
      rows.forEach((row, n) => {
        for (const [key, name] of [
          ['source', names[n]![0]],
          ['destination', names[n]![1]],
        ] as const) {
          const held = Buffer.from(name).toString(); // UTF-8 holds no lone surrogate
          t.equal(/^[=+\-@\t\r]/.test(name) ? row[key]?.slice(1) : row[key], held);
          t.notMatch(row[key]!, /^[=+\-@]/);
        }
      });
    }),
  );
});

function aPair(source: string, destination: string, count: number): PairSummary {
  return {
    type: 'pair',
    schema_version: 1,
    definition: 'ews',
    source: { host: source, names: [source] },
    destination: { host: destination, names: [destination] },
    observers: [],
    count,
    first_seen: '2011-03-04T08:12:55.1230000Z',
    last_seen: '2011-03-05T17:40:00',
    time_basis: { export: count },
    episodes: [],
    episodes_total: 7,
    placeholders: {},
    attributes: {},
    recognized_by: {},
    extracted_from: {},
    ambiguous: 0,
    damaged: 0,
    recoveries: 0,
    context: 0,
    reverse_count: 3,
    evidence: {
      first: { input: 'a.xml', event_id: 5, offset: 0, length: 1 },
      last: { input: 'a.xml', event_id: 5, offset: 0, length: 1 },
    },
  };
}

function runLine(ledger: Parameters<typeof summariseRun>[0]): string {
  return writeRun(summariseRun(ledger, { tool: 'evpair 1.0.0', options: {}, definitions: [] }));
}

/** Objects as their entries, so that prototypes and the order of keys play no part. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => [key, plain(field)]);
}

function isWide(char: string): boolean {
  return /[\p{Script=Han}\p{Script=Katakana}\p{Script=Hiragana}\p{Script=Hangul}\u{1f300}-\u{1faff}]/u.test(char);
}
