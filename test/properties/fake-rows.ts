import fc from 'fast-check';
import { type Failure, type InputReport, type Instant, Ledger, type Unpaired } from '../../src/index.js';

/** What one definition made of one event, as the extractor hands it on. */
export type Item = Failure | Unpaired;

/** One input as the correlator sees it: items of its events in order of position, and how many events it held. */
export interface FakeInput {
  readonly name: string;
  readonly items: readonly Item[];
  readonly report: InputReport;
}

/** What really happened; every input that holds it shows a copy, each in its own way. */
interface Happening {
  readonly kinds: readonly (Failure['kind'] | Unpaired['bucket'])[];
  readonly source: string;
  readonly destination: string;
  readonly computer: string;
  readonly recordId: number;
  /** 100 ns since the day began. */
  readonly ticks: number;
}

/** How a tool shows an event. */
interface Showing {
  readonly hasIdentity: boolean;
  readonly hasTime: boolean;
  readonly digits: 0 | 3 | 7;
  readonly basis: Instant['basis'];
  readonly extractedFrom: Failure['extractedFrom'];
  readonly certainty: Failure['certainty'];
  readonly isDamaged: boolean;
  /** How many of the three placeholders are filled. */
  readonly filled: number;
}

const HOSTS = ['CAS01', 'cas01.contoso.local', 'cas02', 'cas02.a.example', 'CAS02.b.example', '10.0.0.5', 'web-7'];
const DEFINITIONS = ['ews', 'owa', 'ntds'];
const DAY = Date.UTC(2011, 2, 4);

const happeningArb: fc.Arbitrary<Happening> = fc.record({
  kinds: fc.oneof(
    { weight: 6, arbitrary: fc.constant(['failure'] as const) },
    { weight: 1, arbitrary: fc.constant(['recovery'] as const) },
    { weight: 1, arbitrary: fc.constant(['context'] as const) },
    {
      weight: 3,
      arbitrary: fc.array(fc.constantFrom('failure', 'recovery', 'context', 'no_pair', 'not_extracted'), {
        minLength: 1,
        maxLength: 3,
      }),
    },
  ),
  source: fc.constantFrom(...HOSTS),
  destination: fc.constantFrom(...HOSTS),
  computer: fc.constantFrom('CAS01.contoso.local', 'dc1'),
  recordId: fc.integer({ min: 1, max: 1000 }),
  // Two hours, in steps that often fall together and that hit the gap of 15 minutes exactly.
  ticks: fc
    .tuple(fc.integer({ min: 0, max: 24 }), fc.constantFrom(0, 0, 1, 1_230_000, 12_345_678))
    .map(([fives, more]) => fives * 300 * 1e7 + more),
});

const showingArb: fc.Arbitrary<Showing> = fc.record({
  hasIdentity: fc.constantFrom(true, true, true, false),
  hasTime: fc.constantFrom(true, true, true, true, false),
  digits: fc.constantFrom(0, 3, 7),
  basis: fc.constantFrom('export', 'given', 'assumed'),
  extractedFrom: fc.constantFrom('data', 'message'),
  certainty: fc.constantFrom('exact', 'ambiguous'),
  isDamaged: fc.boolean(),
  filled: fc.integer({ min: 0, max: 3 }),
});

/** Inputs that hold copies of some of one world's events, and events that nobody wants. */
export const fakeInputsArb: fc.Arbitrary<readonly FakeInput[]> = fc
  .uniqueArray(happeningArb, { minLength: 1, maxLength: 14, selector: each => `${each.computer} ${each.recordId}` })
  .chain(world =>
    fc
      .array(
        fc.record({
          copies: fc.array(fc.tuple(fc.nat(world.length - 1), showingArb), { maxLength: 12 }),
          others: fc.nat(5),
        }),
        { minLength: 1, maxLength: 4 },
      )
      .map(inputs =>
        inputs.map(({ copies, others }, at) => {
          const name = `input-${at}.xml`;
          const items = copies.flatMap(([happening, showing], place) =>
            itemsOf(world[happening]!, showing, { input: name, offset: place * 100, length: 90 }),
          );
          return { name, items, report: fakeReport(name, copies.length + others, copies.length * 100) };
        }),
      ),
  );

export function fakeReport(path: string, events: number, bytes = 1000, more: Partial<InputReport> = {}): InputReport {
  return {
    type: 'input',
    path,
    format: 'event-xml',
    encoding: 'utf-8',
    bytes,
    events,
    unparsed: 0,
    malformed: 0,
    rejects: 0,
    withoutTime: 0,
    warnings: {},
    isComplete: true,
    ...more,
  };
}

function itemsOf(happening: Happening, showing: Showing, position: Item['position']): Item[] {
  const time = showing.hasTime ? timeOf(happening.ticks, showing) : undefined;
  return happening.kinds.map((kind, at) => {
    const shared = {
      definition: DEFINITIONS[at]!,
      provider: 'MSExchange Web Services',
      eventId: 5,
      observer: happening.computer,
      ...(showing.hasIdentity ? { channel: 'Application', recordId: String(happening.recordId) } : {}),
      ...(time === undefined ? {} : { time }),
      position,
    };
    if (kind === 'no_pair' || kind === 'not_extracted') {
      return { type: 'unpaired', bucket: kind, reason: 'local', ...shared };
    }
    const values = [happening.source, happening.destination, `https://${happening.destination}/`];
    return {
      type: 'failure',
      kind,
      ...shared,
      source: happening.source,
      destination: happening.destination,
      placeholders: Object.fromEntries(values.map((value, n) => [`%${n + 1}`, n < showing.filled ? value : ''])),
      attributes: { status: values[2]! },
      recognizedBy: 'event_id',
      extractedFrom: showing.extractedFrom,
      certainty: showing.certainty,
      ...(showing.isDamaged ? { damaged: ['%1'] } : {}),
    };
  });
}

function timeOf(ticks: number, { digits, basis }: Showing): Instant {
  const shown = Math.floor(ticks / 10 ** (7 - digits)) * 10 ** (7 - digits);
  return { epochMs: DAY + Math.floor(shown / 1e4), nanos: (shown % 1e4) * 100, digits, basis };
}

export function ledgerOfInputs(inputs: readonly FakeInput[]): Ledger {
  const ledger = new Ledger();
  for (const { items, report } of inputs) {
    for (const item of items) ledger.add(item);
    ledger.endInput(report);
  }
  return ledger;
}
