import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  compileDefinitions,
  type EventRecord,
  FORMATS,
  Ledger,
  type PairSummary,
  SHIPPED_DEFINITIONS,
} from '../../src/index.js';
import { type Form, type Holds, heldOf, keptTime, keptValues } from './forms/form.js';
import { FORM_DEFINITIONS, type FormEvent, formEventsArb } from './forms/form-events.js';
import { FORMS } from './forms/forms.js';
import { exactXml } from './forms/xml-forms.js';
import { ledgerOf, readInTurns, readItems, resultOf, runEvpair } from './run-evpair.js';

// Law 7: the same events in every form give the same summaries, up to what the table says that the form cannot hold.
const seed = process.env.EVPAIR_SEED === undefined ? Date.now() & 0x7fffffff : Number(process.env.EVPAIR_SEED);
t.comment(`seed ${seed}`);
const compiled = compileDefinitions([...SHIPPED_DEFINITIONS, ...FORM_DEFINITIONS]);
/** Events for each form, shared by its variants; more by EVPAIR_RUNS. */
const RUNS = Number(process.env.EVPAIR_RUNS ?? 16);

/** Checks for random events in each variant of a form. */
function check(form: Form, property: (events: readonly FormEvent[], variant: number) => void): void {
  const variants = form.variants ?? [''];
  const numRuns = Math.max(3, Math.floor(RUNS / variants.length));
  variants.forEach((name, variant) => {
    try {
      fc.assert(
        fc.property(formEventsArb, events => property(events, variant)),
        { seed: seed + variant, numRuns },
      );
    } catch (error) {
      throw new Error(`${form.name} ${name}`, { cause: error });
    }
  });
}

t.test('every form that evpair knows by name is in the table', async t => {
  t.same([...new Set(FORMS.map(({ format }) => format))].sort(), FORMATS.map(({ name }) => name).sort());
});

for (const form of FORMS) {
  t.test(`law 7, events: ${form.name} gives each event as it was, but for what the form cannot hold`, async t => {
    const told = new Set<string>();
    check(form, (events, variant) => {
      const read = readItems({ name: 'x', bytes: form.write(events, variant) }, { ...form.options });
      const of = (what: string) => read.filter(item => item.type === what);
      assert.deepEqual(of('reject'), []);
      const records = (of('event') as EventRecord[]).map(plainOf);
      const expected = events.flatMap(event => Array(form.copies ?? 1).fill(keptOf(event, form.holds)));
      assert.deepEqual(records, expected);
      const report = read.find(item => item.type === 'input');
      assert.equal(report?.type === 'input' && report.format, form.format);
      for (const item of read) if (item.type === 'warning') told.add(item.code);
    });
    t.same([...told].sort(), [...(form.tells ?? [])].sort(), 'evpair tells what was lost, and nothing else');
  });

  t.test(`law 7, summaries: ${form.name} gives the pairs of the same events as XML`, async t => {
    check(form, (events, variant) => {
      const options = { ...form.options, compiled };
      const input = { name: 'x', bytes: form.write(events, variant) };
      const { pairs, run } = runEvpair([input], options);
      const cut = events.map(event => cutTo(event, form.holds));
      const plain = runEvpair([{ name: 'x', bytes: exactXml(cut) }], { compiled });
      assert.deepEqual(
        pairs.map(pair => comparable(pair, form.holds)),
        plain.pairs.map(pair => comparable(pair, form.holds)),
      );
      assert.deepEqual(runEvpair([input], { ...options, chunkBytes: 97 }).pairs, pairs, 'however the bytes are cut');
      assert.deepEqual(runEvpair([input], { ...options, prefilter: false }).pairs, pairs, 'without prefilter');
      const copies = form.copies ?? 1;
      for (const bucket of [
        'failures',
        'recoveries',
        'context',
        'no_pair',
        'not_extracted',
        'rejects',
        'extracted',
      ] as const)
        assert.equal(run[bucket], plain.run[bucket], bucket);
      assert.equal(run.events, plain.run.events * copies);
      assert.equal(run.duplicates, plain.run.failures * (copies - 1));
    });
    t.pass();
  });
}

t.test('copies of an event in two forms count once, wherever both hold what makes its identity', async t => {
  const withIdentity = FORMS.filter(({ holds }) => holds.computer && holds.channel && holds.recordId);
  const formArb = fc.constantFrom(...withIdentity);
  fc.assert(
    fc.property(formEventsArb, formArb, formArb, (events, one, other) => {
      const ledger = new Ledger();
      for (const [at, form] of [one, other].entries()) {
        ledger.merge(ledgerOf([{ name: `input ${at}`, bytes: form.write(events, 0) }], { ...form.options, compiled }));
      }
      const { pairs, run } = resultOf(ledger);
      const failures = events.filter(({ pair }) => pair !== undefined).length;
      assert.equal(run.failures, failures);
      assert.equal(run.duplicates, failures * ((one.copies ?? 1) + (other.copies ?? 1) - 1));
      assert.equal(
        pairs.reduce((sum, { count }) => sum + count, 0),
        failures,
      );
    }),
    { seed, numRuns: 300 },
  );
  t.pass();
});

t.test('exports that are read at the same time are read as each alone', async t => {
  const formArb = fc.constantFrom(...FORMS);
  fc.assert(
    fc.property(fc.array(fc.tuple(formEventsArb, formArb), { minLength: 2, maxLength: 4 }), fc.nat(999), (all, cut) => {
      const inputs = all.map(([events, form], at) => ({
        name: `input ${at}`,
        bytes: form.write(events, 0),
        options: { ...form.options, compiled, chunkBytes: cut + 1 },
      }));
      const alone = inputs.map(({ options, ...input }) => readItems(input, options));
      assert.deepEqual(readInTurns(inputs), alone);
    }),
    { seed, numRuns: 100 },
  );
  t.pass();
});

/** The event as a reader must give it. */
function keptOf(event: FormEvent, holds: Holds): object {
  return plainOf({
    provider: event.provider,
    eventId: event.eventId,
    time: keptTime(event, holds),
    ...(holds.computer ? { computer: event.computer } : {}),
    ...(holds.channel ? { channel: event.channel } : {}),
    ...(holds.recordId ? { recordId: String(event.recordId) } : {}),
    ...(holds.level ? { level: event.level } : {}),
    ...(holds.qualifiers && event.qualifiers !== undefined ? { qualifiers: event.qualifiers } : {}),
    ...(holds.message === 'no' ? {} : { message: keptMessage(event.message, holds) }),
    ...keptValues(event, holds),
  });
}

function keptMessage(message: string, holds: Holds): string {
  if (holds.message === 'one line') return message.replaceAll(/\r\n|\n/g, ' ');
  return holds.message === 'trimmed' ? message.trim() : message;
}

/** A record without its place, line breaks of the message alike, values of an unordered one by name. */
function plainOf(record: Partial<EventRecord>): object {
  const {
    type: _type,
    position: _position,
    culture: _culture,
    qualifiers,
    message,
    insertions,
    names,
    ...rest
  } = record;
  const order = (insertions ?? []).map((_, at) => at);
  if (rest.isUnordered === true) order.sort((a, b) => (names![a]! < names![b]! ? -1 : 1));
  return {
    ...rest,
    // 0 and none say the same.
    ...(qualifiers === undefined || qualifiers === 0 ? {} : { qualifiers }),
    ...(message === undefined ? {} : { message: message.replaceAll('\r\n', '\n') }),
    // So do no values and an empty list of them: an event without values loses none.
    ...(insertions === undefined || insertions.length === 0 ? {} : { insertions: order.map(at => insertions[at]) }),
    ...(names === undefined ? {} : { names: order.map(at => names[at]) }),
  };
}

/** The event as if it had been no more than what the form holds. */
function cutTo(event: FormEvent, holds: Holds): FormEvent {
  const time = keptTime(event, holds);
  const { insertions = event.insertions.map(value => inMessage(value, holds)) } =
    heldOf(event, holds) === 'by name' || heldOf(event, holds) === 'filled by name' ? event : keptValues(event, holds);
  const { names, ...rest } = event;
  return {
    ...rest,
    ...(names !== undefined && names.length === insertions.length ? { names } : {}),
    insertions,
    ms: time.epochMs,
    nanos: time.nanos,
  };
}

/** A value at the end of a message as it can be read back from it. */
function inMessage(value: string, holds: Holds): string {
  if (holds.lineBreaks === 'lf') return value.replaceAll('\r\n', '\n').trimEnd();
  if (holds.message === 'one line') return value.replaceAll(/\r\n|\n/g, ' ');
  return value;
}

/** What a pair says of what happened, and not of the form that told it. */
function comparable(pair: PairSummary, holds: Holds): object {
  const { evidence: _, recognized_by: _by, extracted_from: _from, time_basis, observers, placeholders, ...rest } = pair;
  const isByName = pair.definition === 'contoso-link' && /by name/.test(String(holds.named));
  const bare = (text: string) => text.replace(/(?:\.(\d*?)0*)?Z$/, (_, digits = '') => `.${digits}`);
  return {
    ...rest,
    ...(holds.computer ? { observers } : {}),
    ...(isByName ? {} : { placeholders }),
    timed: Object.values(time_basis).reduce((sum, count) => sum + count, 0),
    first_seen: bare(pair.first_seen!),
    last_seen: bare(pair.last_seen!),
    episodes: pair.episodes.map(each => ({ ...each, start: bare(each.start), end: bare(each.end) })),
  };
}
