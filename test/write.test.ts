import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import t from 'tap';
import {
  compileDefinitions,
  correlateFailures,
  type EventRecord,
  escapeForTerminal,
  extractFailures,
  Ledger,
  type PairSummary,
  pairCsvHeader,
  pairCsvRow,
  parseLine,
  SHIPPED_DEFINITIONS,
  summarise,
  summariseRun,
  writeItem,
  writeRun,
} from '../src/index.js';
import { readItems } from './properties/run-evpair.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const ajv = new Ajv2020({ allErrors: true });
const validators = new Map(
  readdirSync(join(root, 'src/write/schemas')).map(name => [
    name.replace('.json', ''),
    ajv.compile(JSON.parse(readFileSync(join(root, 'src/write/schemas', name), 'utf8'))),
  ]),
);

function check(t: { fail(message: string): unknown }, line: string): void {
  const value = JSON.parse(line);
  const validate = validators.get(value.type);
  if (validate === undefined) t.fail(`no schema for ${value.type}`);
  else if (!validate(value)) t.fail(`${ajv.errorsText(validate.errors)}: ${line.slice(0, 300)}`);
}

const compiled = compileDefinitions(SHIPPED_DEFINITIONS);

t.test('every line of every sample fits its schema, and comes back as it was', async t => {
  const ledger = new Ledger();
  const correlator = correlateFailures(ledger);
  const extractor = extractFailures(compiled);
  let lines = 0;
  const roundTrip = (line: string) => {
    check(t, line);
    lines += 1;
    const parsed = parseLine(line);
    if (!parsed.ok) return t.fail(`${parsed.reason}: ${line.slice(0, 300)}`);
    if (parsed.item.type === 'event' || parsed.item.type === 'failure' || parsed.item.type === 'unpaired') {
      if (writeItem(parsed.item) !== line) t.fail(`not the same line again: ${line.slice(0, 300)}`);
    }
  };
  for (const entry of readdirSync(join(root, 'samples'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath ?? entry.path, entry.name);
    const broken = readFileSync(file);
    const items = [
      ...readItems({ name: relative(root, file), bytes: readFileSync(file) }),
      ...readItems(
        { name: `cut ${entry.name}`, bytes: broken.subarray(0, broken.length - 40) },
        { keepRejectBytes: true },
      ),
    ];
    for (const item of items) {
      if (item.type === 'event' || item.type === 'reject') roundTrip(writeItem(item));
      extractor.push(item, each => {
        if (each.type === 'failure' || each.type === 'unpaired') roundTrip(writeItem(each));
        correlator.push(each, () => undefined);
      });
    }
  }
  const pairs = [...summarise(ledger, { values: 1 })];
  for (const pair of pairs) check(t, JSON.stringify(pair));
  const definitions = compiled.definitions.map(({ name, version, sha256 }) => ({ name, version, sha256 }));
  roundTrip(writeRun(summariseRun(ledger, { tool: 'evpair', options: { gap: '15m' }, definitions })));
  t.ok(pairs.length > 5 && lines > 50, `${pairs.length} pairs, ${lines} lines`);
});

t.test('an event with any text comes back as it was', async t => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('\ud800', 'a\u0000b', '\u202e', '\u2028', '"\\'),
  );
  const event = fc.record(
    {
      type: fc.constant('event' as const),
      provider: text,
      eventId: fc.nat(65_535),
      channel: text,
      computer: text,
      recordId: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
      level: fc.nat(5),
      qualifiers: fc.nat(65_535),
      time: fc.record({
        epochMs: fc.integer({ min: -2e12, max: 8e13 }),
        nanos: fc.nat(999_999),
        digits: fc.constant(9),
        basis: fc.constantFrom('export' as const, 'given' as const, 'assumed' as const),
      }),
      insertions: fc.array(text),
      message: text,
      position: fc.record({ input: text, offset: fc.nat(), length: fc.nat() }),
    },
    { requiredKeys: ['type', 'provider', 'eventId', 'position'] },
  );
  fc.assert(
    fc.property(event, made => {
      const line = writeItem(made as EventRecord);
      const parsed = parseLine(line);
      t.same(parsed, { ok: true, item: made });
      check(t, line);
      return !line.includes('\n');
    }),
  );
});

t.test('a line that evpair did not write says what is wrong and never throws', async t => {
  const cases = ['', '{', 'null', '[]', '{"type":"x"}', '{"type":"event"}', '{"type":"event","provider":1}'];
  for (const line of cases) t.match(parseLine(line), { ok: false, reason: /\w/ }, line);
  fc.assert(fc.property(fc.json(), json => parseLine(json).ok === false));
});

t.test('what a terminal would obey is shown and not sent', async t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const shown = escapeForTerminal(text);
      return (
        !/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(shown) && Buffer.from(shown).toString() === shown
      );
    }),
  );
  t.equal(escapeForTerminal('a\u001b[31mb\nc é « » 日本 😀'), 'a\\u{1b}[31mb\\u{a}c é « » 日本 😀');
});

t.test('a spreadsheet never runs what a log says', async t => {
  const end = (host: string) => ({ host, names: [host] });
  const evidence = { input: 'a,"b"', event_id: 1, offset: 0, length: 1 };
  const pair: PairSummary = {
    type: 'pair',
    schema_version: 1,
    definition: 'd',
    source: end('=HYPERLINK("http://x")'),
    destination: end('a\nb'),
    observers: [],
    count: 1,
    time_basis: {},
    episodes: [],
    episodes_total: 0,
    placeholders: {},
    attributes: {},
    recognized_by: {},
    extracted_from: {},
    ambiguous: 0,
    damaged: 0,
    recoveries: 0,
    context: 0,
    reverse_count: 0,
    evidence: { first: evidence, last: evidence },
  };
  t.match(pairCsvRow(pair), /^d,"'=HYPERLINK\(""http:\/\/x""\)","a\nb",1,/);
  t.equal(pairCsvHeader().split(',').length, 14);
});
