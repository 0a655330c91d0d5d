import fc from 'fast-check';
import type { PairDefinition } from '../../../src/index.js';
import { ewsFailureArb, type FakeEvent, frenchMessage } from '../fake-events.js';

/** A made-up event with all that any form may hold of it. */
export interface FormEvent extends FakeEvent {
  /** Nanoseconds past `ms`, whole hundreds: Windows counts in 100 ns. */
  readonly nanos: number;
  readonly level: 2 | 3 | 4;
  /** Absent for providers with a manifest. */
  readonly qualifiers?: number;
  /** The names of the values; absent for a provider that names none. */
  readonly names?: readonly string[];
  /** As Windows renders it, with CRLF. */
  readonly message: string;
}

/** Two definitions whose last value may hold anything: one of a provider that names no values, one of another that does. */
export const FORM_DEFINITIONS: readonly PairDefinition[] = [
  definitionOf('contoso-sync', 'Contoso Sync', 901, 'Server %1 could not reach %2 at %3.%nReason: %4'),
  definitionOf('contoso-link', 'Contoso-Windows-Link', 902, 'The link from %1 to %2 by %3 is down.%nReason: %4', [
    'FromServer',
    'ToServer',
    'Address',
    'Reason',
  ]),
];

function definitionOf(
  name: string,
  provider: string,
  eventId: number,
  text: string,
  names?: readonly string[],
): PairDefinition {
  const place = (position: number) => {
    const data = names?.[position - 1];
    return [data === undefined ? { position } : { position, data }];
  };
  return {
    name,
    version: 1,
    title: name,
    providers: [provider],
    rules: [
      {
        kind: 'failure',
        recognizeBy: ['event_id'],
        eventIds: [eventId],
        messages: [{ culture: 'en-US', text }],
        source: place(1),
        destination: place(2),
        placeholders: [1, 2, 3, 4],
        attributes: { address: place(3), reason: place(4) },
        when: [],
        local: [],
        isSelfLocal: false,
        agree: [],
      },
    ],
  };
}

/** What values are made of: all that some form quotes, escapes, parts or joins by. */
const PIECES = [
  ...[
    '"',
    '""',
    "'",
    ',',
    ', ',
    ';',
    '|',
    '\t',
    '\n',
    '\r\n',
    '\\',
    'C:\\temp\\',
    '/',
    ': ',
    '=',
    '{',
    '}',
    '[',
    ']',
    ' ',
  ],
  ...[
    '%1',
    '%%1843',
    '%4',
    '&',
    '&amp;',
    '<b>',
    ']]>',
    '</Data>',
    "<Event xmlns='x'>",
    '\\u0041',
    '\\n',
    '_x000D_',
    '#text',
  ],
  ...[
    'null',
    '0',
    'word',
    'Æther',
    'naïve',
    '日本語',
    'Ошибка',
    'שלום',
    '\u200f',
    '\u00a0',
    '\u202f',
    '\u{1f600}',
    'e\u0301',
  ],
  ...['\u0001', '\u0085', '\u2028', '\ufeff', '\u200e', '\v', '\u0002', '-', '«x»', 'x'.repeat(1500), '文'.repeat(700)],
];

/** Anything, but never blank alone: `<Data>` with a line break alone is how some tools write an empty one. */
const wildArb = fc
  .oneof(
    { weight: 1, arbitrary: fc.constant('') },
    {
      weight: 6,
      arbitrary: fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map(pieces => pieces.join('')),
    },
  )
  .filter(value => value === '' || value.trim() !== '')
  // Windows leaves `%4` in a text where it has no value for it: text forms cannot hold a value that reads so.
  .filter(value => !/^\s*%\d+\s*$/.test(value));

const hostArb = fc.constantFrom('CAS01.contoso.local', 'cas02.contoso.local', 'CAS03', 'web-7', '10.0.0.5');
const baseArb = fc.record({
  computer: hostArb,
  ms: fc.integer({ min: 0, max: 3 * 86_400_000 - 1 }).map(ms => Date.UTC(2011, 2, 14) + ms),
  nanos: fc.integer({ min: 0, max: 9_999 }).map(ticks => ticks * 100),
  level: fc.constantFrom(2, 3, 4),
});

const definedArb = fc
  .record({
    base: baseArb,
    isNamed: fc.boolean(),
    source: hostArb,
    destination: hostArb,
    isDirect: fc.boolean(),
    reason: wildArb,
  })
  .map(({ base, isNamed, source, destination, isDirect, reason }): Omit<FormEvent, 'recordId'> => {
    const definition = FORM_DEFINITIONS[isNamed ? 1 : 0]!;
    const address = isDirect ? `https://${destination}:8443/sync?to=${destination}&x=1` : '';
    const insertions = [source, destination, address, reason];
    const rule = definition.rules[0]!;
    const message = rule.messages[0]!.text.replace(/%(n|[1-4])/g, (_, what: string) =>
      what === 'n' ? '\r\n' : insertions[Number(what) - 1]!,
    );
    return {
      ...base,
      provider: definition.providers[0]!,
      eventId: rule.eventIds[0]!,
      ...(isNamed ? {} : { qualifiers: 49_152 }),
      channel: isNamed ? 'Contoso-Windows-Link/Operational' : 'Application',
      insertions,
      ...(isNamed ? { names: ['FromServer', 'ToServer', 'Address', 'Reason'] } : {}),
      message,
      pair: { definition: definition.name, source, destination },
    };
  });

const seedArb = fc.tuple(baseArb, ewsFailureArb).map(
  ([base, event]): Omit<FormEvent, 'recordId'> => ({
    ...event,
    ...base,
    qualifiers: 49_152,
    message: frenchMessage(event).replaceAll('\n', '\r\n'),
  }),
);

/** Events that no definition wants, with any number of values. */
const otherArb = fc
  .record({ base: baseArb, isNamed: fc.boolean(), insertions: fc.array(wildArb, { maxLength: 4 }) })
  .map(
    ({ base, isNamed, insertions }): Omit<FormEvent, 'recordId'> => ({
      ...base,
      provider: 'Service Control Manager',
      eventId: 7036,
      qualifiers: 16_384,
      channel: 'System',
      insertions,
      ...(isNamed && insertions.length > 0 ? { names: insertions.map((_, at) => `Value${'ABCD'[at]}`) } : {}),
      message: `The service said: ${insertions.join(' / ')}.`,
    }),
  );

/** Some events of one log, each once. */
export const formEventsArb: fc.Arbitrary<readonly FormEvent[]> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: definedArb },
      { weight: 1, arbitrary: seedArb },
      { weight: 1, arbitrary: otherArb },
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map(events => events.map((event, at) => ({ ...event, recordId: 1000 + at * 7 })));
