import { freemem } from 'node:os';
import fc from 'fast-check';
import t from 'tap';
import { hasSimd } from '../src/bytes/web-assembly.js';
import { createFastRows } from '../src/correlate/fast-rows.js';
import { createFastTuples } from '../src/correlate/fast-tuples.js';
import { StringPool } from '../src/correlate/string-pool.js';
import { TuplePool } from '../src/correlate/tuple-pool.js';
import {
  correlateFailures,
  EvpairError,
  type Failure,
  formatInstant,
  Ledger,
  type LedgerOptions,
  type PairSummary,
  PartialReader,
  type RunSummary,
  readPartial,
  type SummariseOptions,
  summarise,
  summariseRun,
  writePartial,
} from '../src/index.js';
import { xorshift } from './bench/generate.js';
import { fakeInputsArb, fakeReport, type Item, ledgerOfInputs } from './properties/fake-rows.js';
import { expectedPairs, expectedRun } from './properties/summary-oracle.js';
import { withMemory, withoutMemory } from './without-memory.js';

const seed = process.env.EVPAIR_SEED === undefined ? Date.now() & 0x7fffffff : Number(process.env.EVPAIR_SEED);
t.comment(`seed ${seed}`);
const check = (property: fc.IRawProperty<unknown>, numRuns = 300) => fc.assert(property, { seed, numRuns });

const FACTS = { tool: 'evpair', options: {}, definitions: [] };
const GAP_MS = 15 * 60_000;

const linesOf = (ledger: Ledger, options: SummariseOptions = {}) =>
  [...summarise(ledger, options)].map(pair => JSON.stringify(pair));
const runOf = (ledger: Ledger) => summariseRun(ledger, FACTS);
const resultOf = (ledger: Ledger) => ({ pairs: linesOf(ledger), run: runOf(ledger) });

function merged(parts: readonly Ledger[]): Ledger {
  const ledger = new Ledger();
  for (const part of parts) ledger.merge(part);
  return ledger;
}

const partialLines = (ledger: Ledger, configHash = 'same') => [...writePartial(ledger, { configHash, facts: {} })];

function aFailure(more: Partial<Failure> = {}): Failure {
  return {
    type: 'failure',
    kind: 'failure',
    definition: 'ews',
    provider: 'MSExchange Web Services',
    eventId: 5,
    channel: 'Application',
    recordId: '7',
    observer: 'cas01.contoso.local',
    time: { epochMs: Date.UTC(2011, 2, 4, 8), nanos: 0, digits: 7, basis: 'export' },
    source: 'cas01.contoso.local',
    destination: 'cas02.contoso.local',
    placeholders: { '%1': 'cas01.contoso.local' },
    attributes: {},
    recognizedBy: 'event_id',
    extractedFrom: 'data',
    certainty: 'exact',
    position: { input: 'a.xml', offset: 0, length: 10 },
    ...more,
  };
}

/** A failure as Event Viewer's CSV gives it: without computer, channel and record ID. */
function anUnidentified(more: Partial<Failure> = {}): Failure {
  const { channel: _, recordId: __, observer: ___, ...rest } = aFailure();
  return { ...rest, ...more };
}

const at = (offset: number, input = 'a.xml') => ({ input, offset, length: 10 });
const after = (ms: number, nanos = 0) => ({
  epochMs: Date.UTC(2011, 2, 4, 8) + ms,
  nanos,
  digits: 7,
  basis: 'export' as const,
});

function ledgerOf(items: readonly Item[], options: LedgerOptions = {}, report = fakeReport('a.xml', items.length)) {
  const ledger = new Ledger(options);
  for (const item of items) ledger.add(item);
  ledger.endInput(report);
  return ledger;
}

const onlyPair = (ledger: Ledger, options: SummariseOptions = {}): PairSummary => {
  const [pair, ...others] = [...summarise(ledger, options)];
  if (pair === undefined || others.length > 0) throw new Error(`not one pair but ${others.length + 1}`);
  return pair;
};

t.test('the summaries are what brute force finds', async t => {
  check(
    fc.property(
      fakeInputsArb,
      fc.constantFrom(0, 300_000, GAP_MS),
      fc.integer({ min: 0, max: 3 }),
      (inputs, gapMs, values) => {
        const found = [...summarise(ledgerOfInputs(inputs), { gapMs, values })].map(pair => ({
          ...pair,
          evidence: { first: positionOf(pair.evidence.first), last: positionOf(pair.evidence.last) },
        }));
        const expected = expectedPairs(inputs, { gapMs, values }).map(pair => ({
          type: 'pair',
          schema_version: 1,
          ...pair,
        }));
        t.same(found.map(withoutUndefined), expected.map(withoutUndefined));
      },
    ),
  );
});

t.test('the accounting is what brute force finds, and each event is in one bucket', async t => {
  check(
    fc.property(fakeInputsArb, inputs => {
      const ledger = ledgerOfInputs(inputs);
      const run = runOf(ledger);
      t.match(run, expectedRun(inputs));
      t.equal(bucketSum(run), run.events);
      t.equal(
        run.extracted,
        [...summarise(ledger)].reduce((sum, pair) => sum + pair.count, 0),
      );
      t.equal(
        run.inputs.reduce((sum, input) => sum + input.failures, 0),
        run.failures,
      );
    }),
  );
});

t.test('merge is commutative, associative and idempotent, and merging the parts is reading the whole', async t => {
  check(
    fc.property(fakeInputsArb, inputs => {
      const whole = resultOf(ledgerOfInputs(inputs));
      const parts = inputs.map(input => ledgerOfInputs([input]));
      t.same(resultOf(merged(parts)), whole, 'in order');
      t.same(resultOf(merged([...parts].reverse())), whole, 'in reverse');
      t.same(resultOf(merged([...parts, ...parts, merged(parts)])), whole, 'again and again');
      t.same(resultOf(merged([merged(parts.slice(0, 2)), merged(parts.slice(1))])), whole, 'as an overlapping tree');
      const written = [...parts, merged(parts.slice(1))].flatMap(part => partialLines(part));
      t.same(resultOf(readPartial(written).ledger), whole, 'through partial ledgers, several in one file');
      t.same(resultOf(readPartial(partialLines(readPartial(written).ledger)).ledger), whole, 'written once more');
      t.same(resultOf(ledgerOfInputs([...inputs, ...inputs])), whole, 'inputs read twice in one run');
    }),
  );
});

t.test('merge is commutative where copies differ in any way at all', async t => {
  const spellingArb = fc.record({
    observer: fc.constantFrom('CAS01', 'cas01', 'Cas01'),
    source: fc.constantFrom('a', 'A', 'b'),
    recognizedBy: fc.constantFrom('event_id', 'message', 'shape'),
    extractedFrom: fc.constantFrom('data', 'message'),
    provider: fc.constantFrom('p', 'q'),
    placeholders: fc.dictionary(fc.constantFrom('%1', '%2', '%10'), fc.constantFrom('', 'x', 'y')),
    attributes: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('', 'x')),
    damaged: fc.constantFrom(undefined, ['%1'], ['%2']),
    time: fc.constantFrom(
      after(0),
      after(0, 100),
      { ...after(0), digits: 0 },
      { ...after(0), basis: 'given' as const },
    ),
    position: fc.constantFrom(at(0), at(5), at(0, 'b.xml'), { ...at(0), length: 9 }),
  });
  check(
    fc.property(fc.array(spellingArb, { minLength: 2, maxLength: 6 }), spellings => {
      const parts = spellings.map(({ damaged, ...spelling }, n) => {
        const ledger = new Ledger();
        ledger.add(aFailure({ ...(spelling as Partial<Failure>), ...(damaged === undefined ? {} : { damaged }) }));
        ledger.endInput(fakeReport(`part ${n}`, 1));
        return ledger;
      });
      const forward = merged(parts);
      t.equal(forward.rows.size, 1, 'one event');
      t.same(linesOf(merged([...parts].reverse())), linesOf(forward));
      t.same(linesOf(merged([merged(parts.slice(1)), parts[0]!])), linesOf(forward));
    }),
  );
});

t.test('of two copies the one that says more stays, with the least position', async t => {
  const copies: readonly (readonly [richer: Partial<Failure>, poorer: Partial<Failure>, what: string])[] = [
    [{}, { kind: 'recovery' }, 'a failure before a recovery'],
    [{ placeholders: {} }, { extractedFrom: 'message' }, 'values from data before more values from a message'],
    [{ placeholders: { '%1': 'x' } }, { placeholders: { '%1': '', '%2': '' } }, 'filled before empty placeholders'],
    [{}, { certainty: 'ambiguous' }, 'exact before ambiguous'],
    [{}, { damaged: ['%1'] }, 'whole before damaged'],
    [{}, { time: { ...after(0), digits: 0 } }, 'more digits before fewer'],
  ];
  for (const [richer, poorer, what] of copies) {
    const expected = onlyPair(ledgerOf([aFailure(richer)]));
    for (const order of [[poorer, richer] as const, [richer, poorer] as const]) {
      const items = order.map((more, n) => aFailure({ ...more, position: at(10 - n * 10) }));
      const pair = onlyPair(ledgerOf(items));
      t.same({ ...pair, evidence: expected.evidence }, expected, what);
      t.equal(pair.evidence.first.offset, 0, 'the least position');
    }
  }
});

t.test('an identity is the computer in any case, the channel, the record ID and the second', async t => {
  const sameEvent: readonly Partial<Failure>[] = [
    { observer: 'CAS01.CONTOSO.LOCAL' },
    { time: after(999, 999_999) },
    { source: 'elsewhere' },
    { eventId: 6 },
  ];
  for (const more of sameEvent) {
    const run = runOf(ledgerOf([aFailure(), aFailure({ ...more, position: at(50) })]));
    t.match(run, { failures: 1, duplicates: 1, extracted: 1 }, JSON.stringify(more));
  }
  const otherEvent: readonly Partial<Failure>[] = [
    { observer: 'cas02.contoso.local' },
    { channel: 'System' },
    { channel: 'application' },
    { recordId: '8' },
    { recordId: '07' },
    { recordId: '18446744073709551615' },
    { time: after(1000) },
    { time: after(-1) },
  ];
  for (const more of otherEvent) {
    const run = runOf(ledgerOf([aFailure(), aFailure({ ...more, position: at(50) })]));
    t.match(run, { failures: 2, duplicates: 0, extracted: 2 }, JSON.stringify(more));
  }
  const isOne = runOf(ledgerOf([aFailure(), aFailure({ position: at(50) })], { dedupe: 'none' }));
  t.match(isOne, { failures: 2, duplicates: 0, possible_duplicates: 1 }, 'dedupe none');
});

t.test('several definitions make one event, and each its own row', async t => {
  const both = (position: Failure['position']) => [aFailure({ position }), aFailure({ definition: 'owa', position })];
  const ledger = ledgerOf([...both(at(0)), ...both(at(20))], {}, fakeReport('a.xml', 2));
  t.match(runOf(ledger), { events: 2, failures: 1, duplicates: 1, extracted: 2, not_selected: 0 });
  const withoutIdentity = both(at(0)).map(({ recordId: _, ...item }) => item);
  const plain = ledgerOf(withoutIdentity, {}, fakeReport('a.xml', 1));
  t.match(runOf(plain), { events: 1, failures: 1, duplicates: 0, extracted: 2, possible_duplicates: 0 });
});

t.test('a short name joins a fully qualified one only if exactly one fits in the whole ledger', async t => {
  const hostsOf = (...pairs: readonly (readonly [string, string])[]) =>
    [
      ...summarise(
        ledgerOf(
          pairs.map(([source, destination], n) => anUnidentified({ source, destination, position: at(n * 10) })),
        ),
      ),
    ].map(pair => `${pair.source.host} > ${pair.destination.host} ${pair.count} ${pair.source.names.join('+')}`);
  t.same(hostsOf(['CAS01', 'x'], ['cas01.a.example.', 'x']), ['cas01.a.example > x 2 CAS01+cas01.a.example.']);
  t.same(hostsOf(['CAS01', 'x'], ['cas01.a.example', 'x'], ['y', 'cas01.b.example']), [
    'cas01 > x 1 CAS01',
    'cas01.a.example > x 1 cas01.a.example',
    'y > cas01.b.example 1 y',
  ]);
  t.same(hostsOf(['10', 'x'], ['10.0.0.5', 'x']), ['10 > x 1 10', '10.0.0.5 > x 1 10.0.0.5'], 'addresses never join');
  const self = onlyPair(ledgerOf([anUnidentified({ source: 'a', destination: 'A.example' })]));
  t.match(self, { self: true, source: { host: 'a.example' }, destination: { host: 'a.example' } });
});

t.test('an episode ends after the gap, at a recovery, and not at its own instant', async t => {
  const episodes = (...rows: readonly (readonly [minutes: number, kind?: Failure['kind'], nanos?: number])[]) =>
    onlyPair(
      ledgerOf(
        rows.map(([minutes, kind = 'failure', nanos = 0], n) =>
          anUnidentified({ kind, time: after(minutes * 60_000, nanos), position: at(n * 10) }),
        ),
      ),
    ).episodes.map(episode => episode.count);
  t.same(episodes([0], [15]), [2], 'exactly the gap');
  t.same(episodes([0], [15, 'failure', 100]), [1, 1], '100 ns more');
  t.same(episodes([15, 'failure', 0], [0], [30]), [3], 'in any order');
  t.same(episodes([0], [1, 'recovery'], [2]), [1, 1]);
  t.same(episodes([0], [1, 'context'], [2]), [2]);
  t.same(episodes([0], [2, 'recovery'], [2], [3]), [2, 1], 'a recovery at the instant of a failure comes after it');
  const many = Array.from({ length: 1200 }, (_, n) => anUnidentified({ time: after(n * 3_600_000), position: at(n) }));
  const pair = onlyPair(ledgerOf(many));
  t.equal(pair.episodes.length, 1000, 'at most 1,000 are printed');
  t.equal(pair.episodes_total, 1200, 'and all are counted');
  const lastTime = many.at(-1)!.time!;
  t.equal(pair.last_seen, formatInstant(lastTime), 'and the last is told');
});

t.test('failures without time count, and are in no episode', async t => {
  const { time: _, ...timeless } = anUnidentified();
  const ledger = ledgerOf([anUnidentified(), { ...timeless, position: at(20) }, { ...timeless, position: at(30) }]);
  t.match(onlyPair(ledger), { count: 3, time_basis: { export: 1 }, episodes: [{ count: 1 }], episodes_total: 1 });
  t.match(
    onlyPair(ledger).evidence,
    { first: { offset: 0 }, last: { offset: 0 } },
    'evidence is what the times rest on',
  );
  t.match(runOf(ledger), { without_time: 2, possible_duplicates: 1 });
  const none = onlyPair(
    ledgerOf([
      { ...timeless, position: at(30) },
      { ...timeless, position: at(20) },
    ]),
  );
  t.notOk('first_seen' in none);
  t.match(none.evidence, { first: { offset: 20 }, last: { offset: 30 } });
});

t.test('undecided dates are decided by the report of their own input, and bounds apply then', async t => {
  const [march, april] = [Date.UTC(2011, 2, 4), Date.UTC(2011, 3, 3)];
  const undecided = (input: string) =>
    anUnidentified({
      time: { epochMs: march, nanos: 0, digits: 0, basis: 'assumed', alternative: april },
      position: at(0, input),
    });
  const decided = (order: readonly string[], options: LedgerOptions = {}) => {
    const ledger = new Ledger(options);
    for (const input of ['a.csv', 'b.csv']) ledger.add(undecided(input));
    for (const input of order) {
      const swap = input === 'b.csv' ? { swap: true } : {};
      ledger.endInput(fakeReport(input, 1, 10, { dateOrder: { order: 'dmy', basis: 'found', ...swap } }));
    }
    return ledger;
  };
  for (const order of [
    ['a.csv', 'b.csv'],
    ['b.csv', 'a.csv'],
  ]) {
    const pair = onlyPair(decided(order));
    t.match(pair, { first_seen: '2011-03-04T00:00:00', last_seen: '2011-04-03T00:00:00', count: 2 });
    const bounded = decided(order, { since: Date.UTC(2011, 3, 1) });
    t.match(onlyPair(bounded), {
      first_seen: '2011-04-03T00:00:00',
      count: 1,
      evidence: { first: { input: 'b.csv' } },
    });
    t.match(runOf(bounded), { events: 2, failures: 1, not_selected: 1, extracted: 1 });
    const until = decided(order, { until: april });
    t.match(onlyPair(until), { evidence: { first: { input: 'a.csv' } } }, 'until is exclusive');
  }
  // FullEventLogView writes record IDs beside local dates: copies are found once the order is known.
  const copy = aFailure({
    time: { ...after(0), epochMs: april, digits: 0, basis: 'assumed' },
    position: at(70, 'a.csv'),
  });
  const { recordId = '', channel = '', observer = '' } = copy;
  const late = new Ledger();
  late.add(copy);
  late.endInput(fakeReport('a.csv', 1));
  late.add({ ...undecided('b.csv'), recordId, channel, observer });
  late.endInput(fakeReport('b.csv', 1, 10, { dateOrder: { order: 'mdy', basis: 'found', swap: true } }));
  t.match(runOf(late), { events: 2, failures: 1, duplicates: 1 });
  t.equal(onlyPair(late).count, 1);
});

t.test('an input counts once by path and range, and unlike sizes or overlapping ranges are refused', async t => {
  const part = (range: string, offset: number, bytes = 100) => {
    const ledger = new Ledger();
    ledger.add(anUnidentified({ position: at(offset) }));
    ledger.endInput(fakeReport('a.xml', 1, bytes), range);
    return ledger;
  };
  const both = merged([part('0-100', 5), part('100-200', 105), part('0-100', 5)]);
  t.match(runOf(both), { events: 2, failures: 2, extracted: 2, inputs: [{ path: 'a.xml', bytes: 200, events: 2 }] });
  t.equal(runOf(both).inputs.length, 1, 'ranges are one input again');
  const again = merged([both, merged([part('100-200', 105), part('200-300', 205)])]);
  t.match(runOf(again), { events: 3, failures: 3, extracted: 3 });
  const refused: readonly (readonly [Ledger, Ledger, RegExp])[] = [
    [part('0-100', 5), part('0-100', 5, 99), /100 bytes, another 99/],
    [part('0-100', 5), part('50-150', 60), /overlap/],
    [part('all', 5), part('0-100', 5), /overlap/],
  ];
  for (const [one, other, message] of refused) {
    t.throws(() => merged([one, other]), { code: 'ERR_PARTIAL', message });
  }
});

t.test('rows of an interrupted pipe, which no report names, are events all the same', async t => {
  const items = [aFailure(), aFailure({ position: at(20) }), anUnidentified({ position: at(30) })];
  const ledger = new Ledger();
  for (const item of items) ledger.add(item);
  t.match(runOf(ledger), { events: 2, failures: 2, not_selected: 0, complete: false });
  const ended = ledgerOf(items, {}, fakeReport('failures.ndjson', 3));
  t.match(runOf(ended), { events: 3, failures: 2, duplicates: 1, not_selected: 0 });
  t.match(runOf(merged([ended, readPartial(partialLines(ended)).ledger])), { events: 3, failures: 2, duplicates: 1 });
});

t.test('the values of a placeholder come by count, then by code units, and the rest is counted', async t => {
  const values = ['b', 'a', 'b', 'Z', 'é', 'c', 'a', 'b'];
  const ledger = ledgerOf(
    values.map((value, n) => anUnidentified({ placeholders: { '%10': value, '%2': 'x' }, position: at(n) })),
  );
  const { placeholders } = onlyPair(ledger, { values: 3 });
  t.same(Object.keys(placeholders), ['%2', '%10'], 'by number');
  t.same(placeholders['%10'], {
    values: [
      { value: 'b', count: 3 },
      { value: 'a', count: 2 },
      { value: 'Z', count: 1 },
    ],
    other_count: 2,
  });
  t.same(onlyPair(ledger, { values: 0 }).placeholders['%10'], { values: [], other_count: 8 });
});

t.test('a value over 1 KiB is kept as prefix, length and SHA-256', async t => {
  const keeps = (value: string) =>
    onlyPair(ledgerOf([anUnidentified({ placeholders: { '%1': value } })])).placeholders['%1']!.values[0]!.value;
  t.equal(keeps('x'.repeat(1024)), 'x'.repeat(1024));
  t.equal(keeps('\ud800 lone'), '\ud800 lone');
  const long = keeps('é'.repeat(513));
  t.match(long, /^é{256}… \[1026 bytes, sha256 [0-9a-f]{64}\]$/);
  t.not(keeps(`${'é'.repeat(512)}è`), long, 'long values that differ stay apart');
  t.ok(keeps('y'.repeat(1 << 20)).length < 400);
});

t.test('minCount leaves pairs out and changes neither the rest nor the accounting', async t => {
  check(
    fc.property(fakeInputsArb, fc.integer({ min: 1, max: 4 }), (inputs, minCount) => {
      const ledger = ledgerOfInputs(inputs);
      const all = [...summarise(ledger)];
      t.same(
        linesOf(ledger, { minCount }),
        all.filter(pair => pair.count >= minCount).map(pair => JSON.stringify(pair)),
      );
    }),
    100,
  );
});

t.test('what the extractor counted and warned stands in the report of the input it was about', async t => {
  const counted = { exact: 0, ambiguous: 0, none: 0 };
  let excluded = 0;
  const counts = {
    coverage: () => [{ provider: 'p', eventId: 5, ...counted }],
    get withoutTimeExcluded() {
      return excluded;
    },
  };
  const read = (name: string, exact: number) => {
    const ledger = new Ledger();
    const stage = correlateFailures(ledger, { counts });
    const push = (item: Parameters<typeof stage.push>[0]) => stage.push(item, () => t.fail('it gives nothing itself'));
    push({ type: 'warning', code: 'definition-needs-computer', input: name, message: '' });
    push({ type: 'warning', code: 'of-the-reader', input: name, message: '' });
    counted.exact += exact;
    excluded += 1;
    push(fakeReport(name, exact, 10, { warnings: { 'of-the-reader': 7 } }));
    t.equal(stage.end, undefined);
    return ledger;
  };
  const [one, two] = [read('a.csv', 3), read('b.csv', 4)];
  const run = runOf(merged([one, two, one]));
  t.same(
    run.coverage,
    [{ provider: 'p', event_id: 5, exact: 7 + 3, ambiguous: 0, none: 0 }],
    'a fresh stage counts from 0',
  );
  t.same(run.warnings, { 'definition-needs-computer': 2, 'of-the-reader': 14 });
  t.equal(run.excluded_without_time, 3);
});

t.test('a partial ledger that is cut off, damaged or unlike is refused with its line', async t => {
  const lines = partialLines(ledgerOf([aFailure(), anUnidentified({ position: at(20) })]));
  t.equal(readPartial(lines).ledger.rows.size, 2);
  const fails = (changed: readonly string[], message: RegExp) =>
    t.throws(() => readPartial(changed, 'p.ndjson'), { code: 'ERR_PARTIAL', message, hint: /.+/ });
  fails([], /p\.ndjson: there is no partial ledger/);
  fails(lines.slice(0, -1), /ends without its last line/);
  fails(lines.slice(1), /line 1: a partial ledger starts/);
  fails([...lines.slice(0, -1), ...lines], /line \d+: the partial ledger before this line ends without/);
  fails([...lines.slice(0, 2), ...lines.slice(3)], /line \d: (this line is damaged|the counts)/);
  fails(
    lines.map(line => line.replace('"ms"', '"sm"').replace(',100', ',101').replace('cas01', 'cas09')),
    /checksum/,
  );
  fails([lines[0]!.replace('"schema_version":1', '"schema_version":2'), ...lines.slice(1)], /line 1: .*version/);
  fails(
    [...lines, ...partialLines(ledgerOf([aFailure()]), 'other')],
    new RegExp(`line ${lines.length + 1}: .*other definitions`),
  );
  for (let n = 0; n < lines.length; n++) {
    fails([...lines.slice(0, n), lines[n]!.slice(0, -5), ...lines.slice(n + 1)], new RegExp(`line ${n + 1}: `));
  }
  const reader = new PartialReader();
  for (const line of lines.slice(0, -1)) reader.push(line, 'p', 1);
  t.equal(reader.ledger.rows.size, 0, 'nothing counts before the trailer');
  t.throws(() => reader.endInput('p'), { code: 'ERR_PARTIAL' });
});

t.test('no change to a partial ledger passes, and none crashes', async t => {
  const text = partialLines(ledgerOf([aFailure(), anUnidentified({ position: at(20), damaged: ['%1'] })])).join('\n');
  check(
    fc.property(
      fc.nat(text.length - 1),
      fc.constantFrom('', '0', '"', '[', '{', 'null', 'x', '-1', '1e99'),
      (place, by) => {
        const changed = text.slice(0, place) + by + text.slice(place + 1);
        if (changed === text) return;
        try {
          readPartial(changed.split('\n'));
          t.fail(`a change at ${place} to ${JSON.stringify(by)} went unseen`);
        } catch (error) {
          if (!(error instanceof EvpairError) || error.code !== 'ERR_PARTIAL') throw error;
          t.match(error.message, /line \d+|last line|bytes/);
        }
      },
    ),
    1000,
  );
});

t.test('a failure costs at most 64 bytes and a pair few more', async t => {
  const count = 5 * 65_536;
  const before = process.memoryUsage().arrayBuffers;
  const ledger = new Ledger();
  for (let n = 0; n < count; n++) ledger.add(aFailure({ recordId: String(n), time: after(n), position: at(n * 100) }));
  const bytes = (process.memoryUsage().arrayBuffers - before) / count;
  ledger.endInput(fakeReport('a.xml', count));
  // The pools of contributions and segments are there from the first row on.
  t.ok(bytes <= 64 + (1 << 20) / count, `${bytes.toFixed(1)} bytes a failure`);
  t.match(runOf(ledger), { failures: count, duplicates: 0 });
  t.equal(onlyPair(ledger).count, count);
});

t.test('a hundred thousand pairs are ranked, and only those asked for are summarised', async t => {
  const pairs = 100_000;
  const items: Failure[] = [];
  for (let n = 0; n < pairs * 1.2; n++) {
    const pair = n % pairs;
    items.push(
      anUnidentified({
        source: `s${pair % 400}.example`,
        destination: `d${Math.floor(pair / 400)}.example`,
        time: after(n),
        position: at(n),
      }),
    );
  }
  const ledger = ledgerOf(items);
  const kept = [...summarise(ledger, { minCount: 2 })];
  t.equal(kept.length, pairs * 0.2);
  t.ok(kept.every(pair => pair.count === 2));
  const names = kept.map(pair => `${pair.source.host} ${pair.destination.host}`);
  t.same(names, [...names].sort());
  let first = 0;
  for (const _ of summarise(ledger)) if (++first === 3) break;
  t.equal(first, 3, 'summaries are made as they are asked for');
});

t.test('rows by time, in the reverse order and in any other give the same summaries', async t => {
  const count = 3000; // some batches
  // Instants of one millisecond and of several, two rows to some; pairs have recoveries, and some rows belong to no pair.
  const items: Item[] = [];
  for (let n = 0; n < count; n++) {
    const time = after(Math.floor(n / 3) * 700_000, n % 3 === 2 ? 100 : 0);
    const failure = aFailure({ recordId: String(n), time, position: at(n * 100), destination: `cas${n % 7}.local` });
    if (n % 11 === 0) items.push({ ...failure, kind: 'recovery' });
    else if (n % 13 !== 0) items.push(failure);
    else {
      const { definition, provider, eventId, position } = failure;
      const unpaired = { type: 'unpaired', bucket: 'no_pair', reason: 'local' } as const;
      items.push({ ...unpaired, definition, provider, eventId, position, time });
    }
  }
  const forwards = linesOf(ledgerOf(items));
  t.equal(forwards.length, 7);
  t.same(linesOf(ledgerOf([...items].reverse())), forwards);
  check(
    fc.property(fc.shuffledSubarray(items, { minLength: items.length }), shuffled => {
      t.same(linesOf(ledgerOf(shuffled)), forwards);
    }),
    3,
  );
});

t.test('rows are counted, put in order and told the same with WebAssembly and without', async t => {
  const compare = (ledger: Ledger, options: SummariseOptions = {}) => {
    const lines = linesOf(ledger, options);
    const run = runOf(ledger);
    withoutMemory(() => {
      t.same(linesOf(ledger, options), lines);
      t.same(runOf(ledger), run);
    });
  };
  // So many that WebAssembly pays.
  const filler = Array.from({ length: 512 }, (_, n) =>
    aFailure({ recordId: String(n), definition: 'filler', time: after(n), position: at(n, 'filler.xml') }),
  );
  const many = ledgerOf(filler, {}, fakeReport('filler.xml', filler.length));
  check(
    fc.property(
      fakeInputsArb,
      fc.constantFrom(0, 300_000, GAP_MS),
      fc.integer({ min: 1, max: 3 }),
      (inputs, gapMs, minCount) => compare(merged([many, ledgerOfInputs(inputs)]), { gapMs, minCount }),
    ),
  );
  // More rows than stand in a block, and in a chunk of the store; with more episodes of a pair than are kept.
  const random = xorshift(seed + 1);
  const below = (limit: number) => Math.floor(random() * limit);
  for (const isInOrder of [true, false]) {
    const ledger = new Ledger();
    for (let n = 0; n < 70_000; n++) {
      const place = isInOrder ? n : below(70_000);
      const time =
        below(50) === 0 ? undefined : { ...after(place * 2_000_000 + below(2), below(3)), digits: below(10) };
      const item = {
        ...(below(4) === 0 ? anUnidentified() : aFailure({ recordId: String(below(3) === 0 ? below(n + 1) : n) })),
        destination: `cas${below(9) === 0 ? 0 : below(40)}.local`,
        position: at(n * 100, below(20) === 0 ? 'b.xml' : 'a.xml'),
        time,
      };
      const kind =
        below(30) === 0 ? ('recovery' as const) : below(30) === 0 ? ('context' as const) : ('failure' as const);
      ledger.add({ ...item, kind } as Failure);
      if (below(10) === 0) ledger.add({ ...item, kind, position: at(n * 100 + 50) } as Failure);
      // Several definitions make rows of one event.
      if (below(6) === 0) ledger.add({ ...item, kind, definition: 'ews-too' } as Failure);
      if (below(200) === 0) ledger.rows.drop(below(ledger.rows.size));
    }
    ledger.endInput(fakeReport('a.xml', 90_000));
    t.ok(runOf(ledger).possible_duplicates > 500, 'some may be copies');
    compare(ledger, { values: 3 });
    compare(ledger, { gapMs: 5_000_000, minCount: 2000 });
  }
  // The rows of one event on both sides of where a block ends; in the reverse order but for those of one millisecond.
  const events = Array.from({ length: 10_000 }, (_, n) =>
    (['recovery', 'failure', 'context'] as const).map(kind =>
      anUnidentified({
        kind,
        definition: `tells of ${kind}`,
        position: at(n),
        time: after(1e9 - Math.floor(n / 2) * 1e6, n % 2),
      }),
    ),
  );
  compare(ledgerOf(events.flat()));
  t.equal(createFastRows(1000, 2 ** 32), undefined, 'tables that WebAssembly has no room for are left to JavaScript');
});

t.test('strings go on in a further map before one is full', async t => {
  const pool = new StringPool(4);
  const texts = Array.from({ length: 50 }, (_, n) => `a rather long string ${n} é${n % 2 === 0 ? '漢' : ''}\ud800`);
  const ids = texts.map(text => pool.intern(text));
  t.same(
    ids,
    texts.map((_, n) => n + 1),
  );
  t.same(
    texts.map(text => pool.intern(text)),
    ids,
  );
  t.same(
    ids.map(id => pool.text(id)),
    texts,
  );
  const long = `${'x'.repeat(5000)}漢`;
  t.equal(pool.text(pool.intern(long)), long);
});

t.test('tuples that are interned all at once get the ids that they get one by one', async t => {
  const batchArb = fc
    .integer({ min: 1, max: 9 })
    .chain(length => fc.array(fc.array(fc.nat(3), { minLength: length, maxLength: length }), { maxLength: 400 }));
  const poolArb = fc.constantFrom(
    () => new TuplePool(), // JavaScript, since they are few
    () => new TuplePool(0), // WebAssembly
    () => new TuplePool(100), // from there on
  );
  check(
    fc.property(fc.array(batchArb, { maxLength: 6 }), poolArb, (batches, open) => {
      const pool = open();
      const known = new Map<string, number>();
      for (const tuples of batches) {
        const expected = tuples.map(tuple => {
          const id = known.get(`${tuple}`) ?? known.size;
          known.set(`${tuple}`, id);
          return id;
        });
        const ids = new Uint32Array(tuples.length + 1).fill(7);
        pool.internAll(Uint32Array.from(tuples.flat()), tuples[0]?.length ?? 1, tuples.length, ids);
        t.strictSame([...ids], [...expected, 7], 'and no more is written');
        t.strictSame(
          tuples.map(tuple => pool.intern(Uint32Array.from(tuple), tuple.length)),
          expected,
        );
      }
      t.equal(pool.size, known.size);
      t.strictSame(tuplesOf(pool), [...known.keys()], 'and are given back as they were');
      t.strictSame(
        [...pool.column(0)],
        [...known.keys()].map(tuple => Number.parseInt(tuple, 10)),
      );
    }),
    100,
  );
});

t.test('tuples go on in JavaScript where WebAssembly has no memory left', async t => {
  /** As many as a batch holds of one length, all different but for every third, which is one from before. */
  const batchOf = (round: number, length: number) =>
    Uint32Array.from({ length: length * 512 }, (_, at) => {
      const tuple = Math.floor(at / length);
      const number = tuple % 3 === 2 && round > 0 ? (round - 1) * 512 + 1 : round * 512 + tuple;
      return at % length === 0 ? number : number ^ 0xffff_0000;
    });
  for (const [most, length] of [
    [12, 12],
    [24, 12],
    [24, 150],
    [40, 3],
  ] as const) {
    const plain = new TuplePool(Infinity);
    const ids = new Uint32Array(512);
    const limited = new Uint32Array(512);
    const pool = withMemory(most, () => {
      const pool = new TuplePool(0);
      pool.internAll(Uint32Array.of(1), 1, 1, limited);
      return pool;
    });
    plain.internAll(Uint32Array.of(1), 1, 1, ids);
    for (let round = 0; round < 80; round++) {
      const words = batchOf(round, length);
      plain.internAll(words, length, 512, ids);
      pool.internAll(words, length, 512, limited);
      if (!t.strictSame(limited, ids, `${most} pages, ${length} words, round ${round}`)) return;
    }
    t.strictSame(pool.column(0), plain.column(0));
    t.equal(pool.size, plain.size);
    t.strictSame(tuplesOf(pool).slice(-500), tuplesOf(plain).slice(-500));
  }
  withoutMemory(() => {
    const ids = new Uint32Array(3);
    new TuplePool(0).internAll(Uint32Array.of(5, 6, 5), 1, 3, ids);
    t.strictSame([...ids], [0, 1, 0], 'nor any to begin with');
  });
});

t.test('a tuple may be as long as 65,534 numbers, and the numbers as large as 32 bits', async t => {
  for (const pool of [new TuplePool(), new TuplePool(0)]) {
    const ids = new Uint32Array(3);
    for (const length of [1, 4096, 65_534]) {
      const words = new Uint32Array(3 * length).fill(2 ** 32 - 1);
      words[2 * length - 1] = 7; // the last of the second
      const before = pool.size;
      pool.internAll(words, length, 3, ids);
      t.strictSame([...ids], [before, before + 1, before]);
      t.equal(pool.lengthOf(before + 1), length);
      t.equal(pool.at(before + 1, length - 1), 7);
      t.equal(pool.at(before, length - 1), 2 ** 32 - 1);
      t.equal(pool.intern(words.subarray(length), length), before + 1);
    }
  }
});

t.test('many tuples are given back as they were', async t => {
  t.equal(createFastTuples() !== undefined, hasSimd(), 'WebAssembly takes them where it can');
  const count = 150_000;
  const words = Uint32Array.from({ length: count * 2 }, (_, at) => (at % 2 === 0 ? at : Math.imul(at, 0x9e3779b1)));
  for (const pool of [new TuplePool(Infinity), new TuplePool(0)]) {
    const ids = new Uint32Array(count);
    pool.internAll(words, 2, count, ids);
    t.ok(
      ids.every((id, at) => id === at),
      'ids are counted',
    );
    pool.internAll(words, 2, count, ids);
    t.ok(
      ids.every((id, at) => id === at),
      'and found again',
    );
    const [first, second] = [pool.column(0), pool.column(1)];
    const isWrong = (id: number) =>
      first[id] !== words[id * 2] || second[id] !== words[id * 2 + 1] || pool.at(id, 1) !== second[id];
    t.equal(
      ids.findIndex(id => isWrong(id)),
      -1,
    );
  }
});

const GIBIBYTE = 2 ** 30;
const hasRoom = Math.min(freemem(), process.constrainedMemory() || Infinity) > 8 * GIBIBYTE;
t.test('tuples fill all of 4 GiB', { skip: hasRoom ? false : 'less than 8 GiB of memory are free' }, async t => {
  const length = 60_000;
  const count = Math.ceil((4.1 * GIBIBYTE) / (length * 4));
  const pool = new TuplePool(0);
  const words = new Uint32Array(length);
  const ids = new Uint32Array(1);
  const idOf = (tuple: number) => {
    words[0] = tuple;
    words[length - 1] = ~tuple;
    pool.internAll(words, length, 1, ids);
    return ids[0]!;
  };
  let wrong = 0;
  for (let tuple = 0; tuple < count; tuple++) if (idOf(tuple) !== tuple) wrong += 1;
  t.equal(wrong, 0, 'ids are counted');
  for (let tuple = 0; tuple < count; tuple += 7) {
    const isRight =
      idOf(tuple) === tuple && pool.lengthOf(tuple) === length && pool.at(tuple, length - 1) === ~tuple >>> 0;
    if (!isRight) wrong += 1;
  }
  t.equal(wrong, 0, 'and found again');
  t.ok(
    pool.column(0).every((word, tuple) => word === tuple),
    'as they were',
  );
});

/** By id, what a pool holds. */
function tuplesOf(pool: TuplePool): string[] {
  return Array.from({ length: pool.size }, (_, id) =>
    Array.from({ length: pool.lengthOf(id) }, (_, at) => pool.at(id, at)).join(),
  );
}

function bucketSum(run: RunSummary): number {
  const { duplicates, failures, recoveries, context, no_pair, not_extracted, not_selected } = run;
  if (not_selected < 0) throw new Error(`${not_selected} events not selected`);
  return duplicates + failures + recoveries + context + no_pair + not_extracted + not_selected;
}

function positionOf({ input, offset, length }: PairSummary['evidence']['first']) {
  return { input, offset, length };
}

function withoutUndefined(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
