import { deepStrictEqual as deepEqual } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import {
  compileDefinitions,
  type ExtractOptions,
  extractFailures,
  loadDefinitions,
  type PairDefinition,
  SHIPPED_DEFINITIONS,
} from '../src/extract/index.js';
import { outcomeOf } from '../src/extract/outcome.js';
import { createCatalogue } from '../src/messages/catalogue.js';
import { compileTemplate, renderTemplate } from '../src/messages/template.js';
import {
  type EventRecord,
  type ExtractItem,
  type Failure,
  isHost,
  isIpLiteral,
  isLocalHost,
  isSameHost,
  isSelected,
  isUrl,
  namesHost,
  normaliseHost,
  type ReadItem,
  type TextAt,
} from '../src/model/index.js';
import { growthByFour } from './growth.js';

const shipped = compileDefinitions(SHIPPED_DEFINITIONS);
const ews = SHIPPED_DEFINITIONS.find(({ name }) => name === 'exchange-ews-proxy-auth')!;
const [french, frenchLower] = ews.rules[0]!.messages.map(({ text }) => compileTemplate(text));
const A = 'CAS01.contoso.local';
const B = 'CAS02.contoso.local';
const SEED = [A, B, 'https://cas02.contoso.local/ews/exchange.asmx', 'cas02.contoso.local'];

function event(fields: Partial<EventRecord>): EventRecord {
  const position = { input: 'a.xml', offset: 0, length: 1 };
  return { type: 'event', provider: 'MSExchange Web Services', eventId: 5, position, ...fields };
}

function run(
  items: readonly ReadItem[],
  options: ExtractOptions = {},
  definitions: readonly PairDefinition[] = SHIPPED_DEFINITIONS,
) {
  const stage = extractFailures(
    definitions === SHIPPED_DEFINITIONS ? shipped : compileDefinitions(definitions),
    options,
  );
  const found: ExtractItem[] = [];
  for (const item of items) stage.push(item, out => found.push(out));
  found.push(...(stage.end?.() ?? []));
  return { found, stage };
}

/** Runs a property and tells its seed, so that a failure can be repeated. */
function law(t: Teller, property: fc.IProperty<unknown>, numRuns: number): void {
  const seed = Number(process.env.EVPAIR_SEED ?? Date.now() % 0x7fffffff);
  t.comment(`EVPAIR_SEED=${seed}`);
  fc.assert(property, { seed, numRuns });
  t.pass(`holds for ${numRuns} cases`);
}

interface Teller {
  comment(text: string): void;
  pass(text: string): boolean;
}

t.test('a host has one normal spelling', async t => {
  const cases: readonly [string, string][] = [
    ['CAS01', 'cas01'],
    ['CAS01.Contoso.LOCAL.', 'cas01.contoso.local'],
    ['https://CAS02.contoso.local:444/ews/x.asmx?y#z', 'cas02.contoso.local'],
    ['http://user@cas02/', 'cas02'],
    ['\\\\FS01\\Data', 'fs01'],
    ['\\FS01', 'fs01'],
    ['\\\\?\\UNC\\fs01\\data', 'fs01'],
    ['CONTOSO\\CAS1$', 'cas1'],
    ['CAS1$@CONTOSO.LOCAL', 'cas1'],
    ['HTTP/cas02.contoso.local', 'cas02.contoso.local'],
    ['host/CAS02:8080/service@REALM', 'cas02'],
    ['::ffff:10.0.0.5', '10.0.0.5'],
    ['::FFFF:0A00:0005', '10.0.0.5'],
    ['[2001:DB8:0:0::1]:443', '2001:db8::1'],
    ['fe80::1%12', 'fe80::1'],
    ['10.0.0.5:25', '10.0.0.5'],
    ['\u200eCAS1\u200e\u00a0', 'cas1'],
    ['BÜRO-PC', 'büro-pc'],
    ['CONTOSO\\jd', 'contoso\\jd'],
    ['  /OWA ', '/owa'],
    ['', ''],
  ];
  for (const [spelt, normal] of cases) t.equal(normaliseHost(spelt), normal, spelt);
});

t.test('hosts, URLs and IP literals are told from what only looks like them', async t => {
  const hosts = [
    'CAS01',
    'cas01.contoso.local',
    'a',
    '10.0.0.5',
    '::1',
    '[::1]:443',
    'cas01:443',
    'cas01.',
    'büro',
    'a_b',
    '9livesx',
  ];
  const none = [
    '',
    '-',
    '1234',
    '12-34',
    '15.0.1497.2222',
    '/ews',
    'owa/auth',
    'w3wp.exe',
    'W3WP.EXE',
    'a b',
    'a..b',
    '.a',
    'https://a',
    '\\\\a',
    'a$',
    'a@b',
    'x'.repeat(300),
    '10.0.0.256',
    '1:2:3',
    "a'b",
  ];
  for (const text of hosts) t.ok(isHost(text), text);
  for (const text of none) t.notOk(isHost(text), text);
  for (const text of ['http://a', 'HTTPS://cas01.contoso.local:444/x', 'https://[::1]/']) t.ok(isUrl(text), text);
  for (const text of ['ftp://a', 'https://', 'https:///rpc', 'a', 'https://a b/', 'x https://a'])
    t.notOk(isUrl(text), text);
  for (const text of ['10.0.0.5', '::1', '[::1]', 'fe80::1%eth0', '::ffff:10.0.0.5']) t.ok(isIpLiteral(text), text);
  for (const text of ['10.0.0', '10.0.0.05', 'cas01', '1::2::3', '::g', '10.0.0.5:25', ''])
    t.notOk(isIpLiteral(text), text);
  for (const text of ['127.0.0.1', '127.1.2.3', '::1', 'LOCALHOST', '::ffff:127.0.0.1', '0.0.0.0'])
    t.ok(isLocalHost(text), text);
  for (const text of ['10.0.0.1', '127.example.com', 'local']) t.notOk(isLocalHost(text), text);
  t.ok(isSameHost('srv01', 'srv01.contoso.local'));
  t.notOk(isSameHost('srv01', 'srv010.contoso.local'));
  t.notOk(isSameHost('10.0.0.5', '10.0.0.5.contoso.local'));
});

const hostTextArb = fc.oneof(
  fc.constantFrom(
    A,
    'cas03',
    '10.0.0.5',
    '::ffff:10.0.0.5',
    '2001:DB8::7',
    'BÜRO-PC',
    'FS01$',
    'CONTOSO\\FS01$',
    'HTTP/x.y',
    '\\\\FS01\\c',
    'https://x.y:444/z',
  ),
  fc.constantFrom('-', '', '::1', '127.0.0.1', '0x0', '4242', 'w3wp.exe', '/ews', 'a b', '%4', '(null)', 'krbtgt'),
  fc.string({ unit: fc.constantFrom(...'aB1.:/\\$@[]%- \u200e?é'), maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

t.test('plain names, which are known at a glance, are judged as with a port, which is looked into', async t => {
  const nameArb = fc.string({ unit: fc.constantFrom(...'aZ0-_.', '.exe', '.1', 'é', '.', ' '), maxLength: 12 });
  fc.assert(
    fc.property(nameArb, name => {
      // A port is taken off, and the rest goes the long way.
      const long = `${name.trim()}:80`;
      return isHost(name) === isHost(long) && (!isHost(name) || normaliseHost(name) === normaliseHost(long));
    }),
    { numRuns: 3000 },
  );
  t.pass('3000 names');
});

t.test('law: normalising a host twice is normalising it once, and keeps what it names', async t => {
  law(
    t,
    fc.property(hostTextArb, text => {
      const once = normaliseHost(text);
      if (normaliseHost(once) !== once) return false;
      if (isHost(text) && !namesHost(text)) return false;
      return !namesHost(text) || isHost(once);
    }),
    3000,
  );
});

t.test('both French texts of the seed event are read from the message alone, CRLF, LF or one line', async t => {
  for (const template of [french!, frenchLower!]) {
    const text = renderTemplate(template, SEED).replaceAll('\r\n', '\n');
    for (const message of [
      text,
      text.replaceAll('\n', '\r\n'),
      text.replaceAll('\n', ' '),
      `\u200e${text} `.replaceAll("'", '\u2019').replaceAll(' :', '\u00a0:'),
    ]) {
      const { found, stage } = run([event({ message, computer: A })]);
      t.match(found, [
        {
          type: 'failure',
          kind: 'failure',
          source: A,
          destination: B,
          observer: A,
          placeholders: { '%1': A, '%2': B, '%3': SEED[2]!, '%4': SEED[3]! },
          recognizedBy: 'message',
          extractedFrom: 'message',
          certainty: 'exact',
        },
      ]);
      t.strictSame(stage.coverage(), [
        { provider: 'MSExchange Web Services', eventId: 5, exact: 1, ambiguous: 0, none: 0 },
      ]);
    }
  }
});

t.test('data win over the message, and their shape tells the event before its text does', async t => {
  const message = renderTemplate(french!, ['OTHER', B, SEED[2]!, SEED[3]!]);
  const { found } = run([event({ insertions: SEED, message })]);
  t.match(found, [{ type: 'failure', source: A, recognizedBy: 'shape', extractedFrom: 'data', certainty: 'exact' }]);
});

t.test('what an encoding destroyed is reported as damaged and not passed off as the value', async t => {
  const message = renderTemplate(french!, ['B\u00dcRO-PC', B, SEED[2]!, SEED[3]!]).replace(/[^\x00-\x7f]/g, '?');
  const { found } = run([event({ message })]);
  t.match(found, [{ type: 'failure', source: 'B?RO-PC', destination: B, damaged: ['%1'] }]);
});

const AMBIGUOUS = `
name: two-in-a-row
version: 1
title: T
provider: P
failure:
  event_id: 1
  messages: { text: "from %1 to %2 failed" }
  source: "%1"
  destination: "%2"
`;

t.test('a message with several readings gives a failure that says so', async t => {
  const definitions = await loadDefinitions(AMBIGUOUS, 'f');
  const { found, stage } = run(
    [event({ provider: 'P', eventId: 1, message: 'from a to b to c failed' })],
    {},
    definitions,
  );
  t.match(
    found,
    [{ type: 'unpaired', bucket: 'not_extracted', reason: 'message-ambiguous' }],
    '"b to c" names no host',
  );
  t.match(stage.coverage(), [{ ambiguous: 1 }]);
  const [context] = await loadDefinitions(AMBIGUOUS.replace('from %1 to %2 failed', '%3 from %1 to %2 failed'), 'f');
  const pair = run([event({ provider: 'P', eventId: 1, message: 'x from y from a to b failed' })], {}, [context!]);
  t.match(pair.found, [{ type: 'unpaired', reason: 'message-ambiguous' }]);
  const both = run([event({ provider: 'P', eventId: 1, message: 'from a to b failed from c' })], {}, [
    { ...definitions[0]!, rules: [{ ...definitions[0]!.rules[0]!, messages: [{ text: 'from %1 to %2 %3 %4' }] }] },
  ]);
  t.match(both.found, [{ type: 'failure', source: 'a', destination: 'b', certainty: 'ambiguous' }]);
  const exact = run([event({ provider: 'P', eventId: 1, message: 'from a to b failed' })], {}, definitions);
  t.match(exact.found, [{ source: 'a', destination: 'b', certainty: 'exact' }]);
  const none = run([event({ provider: 'P', eventId: 1, message: 'something else' })], {}, definitions);
  t.match(none.found, [{ type: 'unpaired', bucket: 'not_extracted', reason: 'message-not-inverted' }]);
  t.match(none.stage.coverage(), [{ exact: 0, none: 1 }]);
  const empty = run([event({ provider: 'P', eventId: 1 })], {}, definitions);
  t.match(empty.found, [{ type: 'unpaired', bucket: 'not_extracted', reason: 'no-values' }]);
  t.strictSame(empty.stage.coverage(), []);
});

t.test(
  "a catalogue's template serves where the definition has none, and the seed's shape then tells the event",
  async t => {
    const hungarian = 'A(z) %1 kiszolgáló a(z) %2 kiszolgálóhoz fordult. Gazdagép: %3. Cél: %4.';
    const catalogue = createCatalogue([
      { provider: 'MSExchange Web Services', eventId: 5, culture: 'hu-HU', text: hungarian },
      { provider: 'MSExchange OWA', eventId: 71, culture: 'en-US', text: 'server %1 tried server %2, and %2 refused' },
    ]);
    const seed = event({ message: renderTemplate(compileTemplate(hungarian), SEED), culture: 'hu-HU' });
    t.match(run([seed], { catalogue }).found, [
      { source: A, destination: B, recognizedBy: 'shape', extractedFrom: 'message' },
    ]);
    t.strictSame(run([seed]).found, []);
    const owa = event({
      provider: 'MSExchange OWA',
      eventId: 71,
      message: `server ${A} tried server ${B}, and ${B} refused`,
    });
    t.match(run([owa], { catalogue }).found, [{ source: A, destination: B, recognizedBy: 'event_id' }]);
    const disagreeing = { ...owa, message: `server ${A} tried server ${B}, and CAS03 refused` };
    t.match(run([disagreeing], { catalogue }).found, [{ type: 'unpaired', reason: 'message-not-inverted' }]);
  },
);

t.test("Windows' own text for a missing template gives its raw strings", async t => {
  const message = `The description for Event ID 5008 from source DFSR cannot be found. Either the component that raises this event is not installed on your local computer or the installation is corrupted. You can install or repair the component on the local computer.\r\n\r\nIf the event originated on another computer, the display information had to be saved with the event.\r\n\r\nThe following information was included with the event: \r\n\r\nE305FB2A\r\nFS02\r\nShares\r\nfs02.contoso.local\r\nFS02\r\n10.0.0.12\r\n1722\r\nThe RPC server is unavailable.\r\nE24AFD63\r\n\r\nThe message resource is present but the message was not found in the message table\r\n`;
  const { found } = run([event({ provider: 'DFSR', eventId: 5008, message, computer: 'FS01' })]);
  t.match(found, [{ type: 'failure', source: 'FS01', destination: 'FS02', extractedFrom: 'message' }]);
});

t.test('all definitions that yield a pair are told, and those that yield none only where no other does', async t => {
  const own = await loadDefinitions(
    ['one', 'two', 'three']
      .map(
        name =>
          `- { name: ${name}, version: 1, title: T, provider: P, failure: { event_id: 1, source: "%${name === 'three' ? 3 : 1}", destination: "%2" } }`,
      )
      .join('\n'),
    'f',
  );
  const names = (insertions: string[]) =>
    run([event({ provider: 'P', eventId: 1, insertions })], {}, own).found.map(
      item => `${item.type} ${(item as Failure).definition}`,
    );
  t.strictSame(names(['a', 'b']), ['failure one', 'failure two']);
  t.strictSame(names(['a', 'b', 'c']), ['failure one', 'failure two', 'failure three']);
  t.strictSame(names(['-', '-']), ['unpaired one', 'unpaired two', 'unpaired three']);
});

t.test('rejects, warnings and input reports go through unchanged and in their places', async t => {
  const reject: ReadItem = {
    type: 'reject',
    reason: 'malformed',
    detail: 'd',
    position: { input: 'a', offset: 1, length: 2 },
    isEvent: true,
  };
  const warning: ReadItem = { type: 'warning', code: 'c', message: 'm' };
  const input: ReadItem = {
    type: 'input',
    path: 'a',
    format: 'event-xml',
    encoding: 'utf-8',
    bytes: 1,
    events: 1,
    unparsed: 0,
    malformed: 0,
    rejects: 1,
    withoutTime: 0,
    warnings: {},
    isComplete: true,
  };
  const { found } = run([reject, event({ insertions: SEED }), warning, event({ provider: 'x' }), input]);
  t.equal(found[0], reject);
  t.match(found[1], { type: 'failure' });
  t.equal(found[2], warning);
  t.equal(found[3], input);
  t.equal(found.length, 4);
});

t.test('an event keeps its identity, its time and its evidence', async t => {
  const time = { epochMs: 5, nanos: 7, digits: 9, basis: 'export' } as const;
  const position = { input: 'b.xml', offset: 88_121, length: 1312 };
  const { found } = run([
    event({ insertions: SEED, channel: 'Application', recordId: '1042', time, position, computer: A }),
  ]);
  t.match(found, [
    { channel: 'Application', recordId: '1042', observer: A, provider: 'MSExchange Web Services', eventId: 5 },
  ]);
  t.equal((found[0] as Failure).time, time);
  t.equal((found[0] as Failure).position, position);
});

t.test('a definition that needs the computer says so once an input', async t => {
  t.ok(shipped.needsComputer);
  t.notOk(compileDefinitions([ews]).needsComputer);
  const dcom = { provider: 'Microsoft-Windows-DistributedCOM', eventId: 10028, insertions: ['FILE07', '1', 'x'] };
  const { found } = run([event(dcom), event(dcom), event({ ...dcom, position: { input: 'b', offset: 0, length: 1 } })]);
  t.strictSame(
    found.map(item => (item.type === 'warning' ? [item.code, item.input] : [(item as { reason?: string }).reason])),
    [
      ['definition-needs-computer', 'a.xml'],
      ['computer-absent'],
      ['computer-absent'],
      ['definition-needs-computer', 'b'],
      ['computer-absent'],
    ],
  );
  t.match(found[0], { message: /dcom-activation.*--computer NAME/ });
});

t.test('events outside the bounds are not recognised; those without time are counted', async t => {
  const at = (epochMs: number, alternative?: number) =>
    event({
      insertions: SEED,
      time: { epochMs, nanos: 0, digits: 0, basis: 'assumed', ...(alternative !== undefined && { alternative }) },
    });
  const timeless = event({ insertions: SEED });
  const items = [at(99), at(100), at(199), at(200), at(300, 150), at(300, 400), timeless, event({ provider: 'x' })];
  const { found, stage } = run(items, { since: 100, until: 200 });
  t.strictSame(
    found.map(item => (item as Failure).time?.epochMs),
    [100, 199, 300],
  );
  t.equal(stage.withoutTimeExcluded, 1);
  t.equal(run(items, { since: 0 }).found.length, 6);
  t.equal(run(items).found.length, 7);
  t.equal(run(items).stage.withoutTimeExcluded, 0);
});

t.test('conditions, guards and agreement keep an event from being a pair, each with its reason', async t => {
  const definitions = await loadDefinitions(
    `name: guarded
version: 1
title: T
provider: [P, P2]
provider_aliases: Display Name
failure:
  event_id: 1
  shape: { count: [3, 5], values: { "%3": number } }
  when: [{ value: "%3", is_not: ["0", "0x5"] }, { value: "%3", is: ["7", "8", "0x1f"] }]
  agree: [["%2", "%4"]]
  local: [WORKGROUP]
  source: ["%1", { value: "%5", between: ["[", "]"] }]
  destination: { value: "%2", after: "to " }
`,
    'f',
  );
  const outcome = (insertions: string[], provider = 'Display Name') => {
    const [item] = run([event({ provider, eventId: 1, insertions })], {}, definitions).found;
    return item?.type === 'failure'
      ? `${item.source}>${item.destination}`
      : (item as { reason?: string } | undefined)?.reason;
  };
  t.equal(outcome(['a', 'to b', '7', 'to c']), 'disagree');
  t.equal(outcome(['a', 'to b', '7', 'to b']), 'a>b');
  t.equal(outcome(['a', 'to b', '31', 'to b'], 'P2'), 'a>b', '31 is 0x1f');
  t.equal(outcome(['a', 'to b', '00', 'to b']), 'when');
  t.equal(outcome(['a', 'to b', '6', 'to b']), 'when');
  t.equal(outcome(['a', 'to b', '', 'to b']), 'when');
  t.equal(outcome(['a', 'to b', '8', 'to b', 'x', 'y']), 'shape');
  t.equal(outcome(['workgroup', 'to b', '8', 'to b']), 'local');
  t.equal(outcome(['workgroup', 'to b', '8', 'to b', 'at [c] there']), 'c>b');
  t.equal(outcome(['-', 'to b', '8', 'to b', 'at [c there']), 'source-absent');
  t.equal(outcome(['a', 'b', '8', 'b']), 'destination-absent');
  t.equal(outcome(['a b', 'to b', '8', 'to b']), 'source-no-host');
  t.equal(outcome(['a', 'to b', '8', 'to b'], 'p'), undefined, 'provider names match exactly');
});

const anyEventArb = fc
  .record({
    definition: fc.constantFrom(...SHIPPED_DEFINITIONS),
    isStray: fc.boolean(),
    idIndex: fc.nat(20),
    insertions: fc.option(fc.array(hostTextArb, { maxLength: 22 }), { nil: undefined }),
    computer: fc.option(hostTextArb, { nil: undefined }),
    messageIndex: fc.option(fc.nat(5), { nil: undefined }),
    strayProvider: fc.constantFrom('msexchange owa', 'MSExchange OWA ', '', 'Kerberos-Key', 'NETLOGON2'),
    strayId: fc.nat(0xffff),
  })
  .map(({ definition, isStray, idIndex, insertions, computer, messageIndex, strayProvider, strayId }) => {
    const rules = definition.rules;
    const ids = rules.flatMap(({ eventIds }) => eventIds);
    const messages = rules.flatMap(rule => rule.messages);
    const message =
      messageIndex === undefined ? undefined : messages[messageIndex % Math.max(1, messages.length)]?.text;
    return event({
      provider: isStray && idIndex % 2 ? strayProvider : definition.providers[idIndex % definition.providers.length]!,
      eventId: ids.length === 0 || isStray ? strayId : ids[idIndex % ids.length]!,
      ...(insertions && { insertions }),
      ...(computer !== undefined && { computer }),
      ...(message !== undefined && { message: renderTemplate(compileTemplate(message), insertions ?? []) }),
    });
  });

t.test('law: every event that any definition recognises is selected, and another provider never yields', async t => {
  let recognised = 0;
  law(
    t,
    fc.property(anyEventArb, item => {
      for (const definition of shipped.definitions) {
        const isProvider = definition.definition.providers.includes(item.provider);
        const outcome = isProvider ? outcomeOf(item, definition, undefined) : undefined;
        if (outcome) recognised += 1;
        if (outcome && !isSelected(shipped.selection, item.provider, item.eventId)) return false;
        const yields = run([item]).found.some(out => 'definition' in out && out.definition === definition.name);
        if (yields && !isProvider) return false;
      }
      return true;
    }),
    1000,
  );
  t.ok(recognised > 100, `${recognised} recognised`);
});

t.test('law: the ends of every failure name hosts', async t => {
  let failures = 0;
  law(
    t,
    fc.property(anyEventArb, item =>
      run([item]).found.every(out => {
        if (out.type !== 'failure') return true;
        failures += 1;
        return [out.source, out.destination].every(
          end => end !== '' && (namesHost(end) || end === item.computer?.trim() || out.damaged !== undefined),
        );
      }),
    ),
    2000,
  );
  t.ok(failures > 50, `${failures} failures`);
});

/** Definitions that ask more of an event's texts than those that we ship. */
const VARYING = `
name: varying-parts
version: 1
title: t
provider: Varying
failure:
  recognize_by: [shape, event_id]
  event_id: [1, 2]
  shape: { count: 4, values: { "%1": host, "%4": filled } }
  source: ["%1", { value: "%2", after: "/" }]
  destination: [{ value: "%3", part: url_host }, { value: "%3", part: unc_host }, "%4"]
  attributes: { code: ["%2", "%3"] }
  when: [{ value: "%4", is_not: ["7"] }]
  local: [workgroup]
---
name: varying-agreement
version: 1
title: t
provider: Varying
failure:
  event_id: 2
  source: "%1"
  destination: "%2"
  agree: [["%1", "%4"]]
`;

t.test('law: an event whose texts are alike makes what is told with its own texts', async t => {
  const texts = [
    'CAS01',
    'cas01.contoso.local',
    'CAS02.contoso.local',
    ' cas03 ',
    '10.0.0.5',
    '-',
    '',
    '  ',
    'a b',
    '7',
  ];
  const long = [
    'https://cas02/ews',
    '\\\\fs1\\share',
    'HTTP/cas02.contoso.local:443',
    'CONTOSO\\CAS03$',
    'CAS03$',
    '::1',
  ];
  const odd = ['localhost', '0x0', '0xc000006d', '3', '445', 'NtLmSsp', 'Kerberos', '127.0.0.1', 'WORKGROUP', 'CAS02'];
  const pool = [...texts, ...texts, ...long, ...odd];
  const textArb = fc.constantFrom(...pool);
  const both = [...SHIPPED_DEFINITIONS, ...(await loadDefinitions(VARYING, 'varying'))];
  const kinds = both.flatMap(definition => definition.rules.map(rule => ({ definition, rule })));
  const pairArb = fc
    .record({
      kind: fc.constantFrom(...kinds),
      at: fc.nat(20),
      hasNames: fc.boolean(),
      count: fc.integer({ min: 1, max: 22 }),
      values: fc.array(textArb, { minLength: 22, maxLength: 22 }),
      others: fc.array(fc.option(textArb, { nil: undefined, freq: 3 }), { minLength: 22, maxLength: 22 }),
      computers: fc.tuple(fc.option(textArb, { nil: undefined, freq: 9 }), fc.option(textArb, { nil: undefined })),
    })
    .map(({ kind: { definition, rule }, at, hasNames, count, values, others, computers }) => {
      const named = Object.values(rule.attributes).flat();
      const places = [...rule.source, ...rule.destination, ...named, ...rule.when.map(({ place }) => place)];
      const data = [...new Set(places.flatMap(place => place.data ?? []))];
      const length = hasNames && data.length > 0 ? Math.max(data.length, count) : (rule.shape?.count?.[0] ?? count);
      const names = hasNames && data.length > 0 ? values.slice(0, length).map((_, place) => data[place]) : undefined;
      const seedText = french === undefined || at % 3 > 0 ? undefined : renderTemplate(french, SEED);
      const make = (insertions: readonly string[], computer: string | undefined, message = seedText) =>
        event({
          provider: definition.providers[at % definition.providers.length]!,
          eventId: rule.eventIds[at % Math.max(1, rule.eventIds.length)] ?? at,
          channel: 'Application',
          insertions: insertions.slice(0, length),
          ...(names && { names }),
          ...(computer !== undefined && { computer }),
          ...(message !== undefined && { message }),
        });
      const [computer, other] = computers;
      return [
        make(values, computer),
        make(
          values.map((value, place) => others[place] ?? value),
          other ?? computer,
          at % 2 === 0 ? 'says nothing' : undefined,
        ),
      ] as const;
    });
  const stage = extractFailures(compileDefinitions(both));
  let alike = 0;
  let elsewhere = 0;
  let withoutPair = 0;
  law(
    t,
    fc.property(pairArb, ([one, other]) => {
      const varied = stage.varied(one);
      if (varied === undefined) return true;
      const textAt = (place: number) =>
        place === 0 ? (other.channel ?? '') : place === 1 ? (other.computer ?? '') : other.insertions![place - 2]!;
      const told = ({ place, part }: TextAt) => (part === undefined ? textAt(place) : part(textAt(place)));
      if (!varied.places.every(place => varied.isAlike(place, textAt(place)))) return true;
      if (varied.apart.some(([here, there]) => told(here) === told(there))) return true;
      alike += 1;
      if (varied.apart.length > 0 && one.computer !== other.computer) elsewhere += 1;
      const observer = other.computer === undefined ? {} : { observer: other.computer };
      const unpaired = varied.unpaired.map(({ observer: _, ...rest }) => ({ ...rest, ...observer }));
      if (unpaired.length > 0) withoutPair += 1;
      const failures = varied.failures.map(({ failure, source, destination, placeholders, attributes }) => {
        const of = (all: Readonly<Record<string, TextAt>>) =>
          Object.fromEntries(Object.entries(all).map(([name, at]) => [name, told(at)]));
        const { observer: _, ...rest } = failure;
        return {
          ...rest,
          source: told(source),
          destination: told(destination),
          placeholders: of(placeholders),
          attributes: of(attributes),
          ...observer,
        };
      });
      const fresh = extractFailures(compileDefinitions(both));
      const made: ExtractItem[] = [];
      fresh.push(other, item => made.push(item));
      deepEqual(made, [...failures, ...unpaired]);
      deepEqual(fresh.coverage(), []);
      return true;
    }),
    6000,
  );
  t.ok(alike > 300, `${alike} of 6,000 alike`);
  t.ok(elsewhere > 10, `${elsewhere} of them told by another machine of itself and others`);
  t.ok(withoutPair > 100, `${withoutPair} of them without a pair`);
});

t.test('law: the rendered message of an event yields what its data yield, wherever its inversion is exact', async t => {
  const templates = SHIPPED_DEFINITIONS.flatMap(definition =>
    definition.rules.flatMap(rule =>
      rule.messages.map(({ text }) => ({ definition, rule, template: compileTemplate(text) })),
    ),
  );
  let compared = 0;
  law(
    t,
    fc.property(
      fc.constantFrom(...templates),
      fc.array(hostTextArb, { minLength: 21, maxLength: 21 }),
      ({ definition, rule, template }, values) => {
        const insertions = values.slice(0, template.insertCount);
        const base = {
          provider: definition.providers[0]!,
          eventId: rule.eventIds[0] ?? 5,
          computer: 'OBSERVER.contoso.local',
        };
        const own = shipped.definitions.find(({ name }) => name === definition.name)!;
        const [fromData, fromMessage] = [
          outcomeOf(event({ ...base, insertions }), own, undefined),
          outcomeOf(event({ ...base, message: renderTemplate(template, insertions) }), own, undefined),
        ].map(outcome => outcome?.found);
        if (!fromData) return true; // the seed's shape does not tell these values
        if (fromMessage?.type !== 'failure') return true; // nothing claimed
        if (fromMessage.certainty !== 'exact' || fromMessage.damaged) return true;
        compared += 1;
        return (
          fromData.type === 'failure' &&
          fromData.source === fromMessage.source &&
          fromData.destination === fromMessage.destination
        );
      },
    ),
    3000,
  );
  t.ok(compared > 100, `${compared} compared`);
});

t.test('hostile values take time in proportion to their length', async t => {
  for (const piece of [
    'https://',
    '\\',
    'a.',
    'a',
    '$@',
    '[',
    ':',
    '1:',
    ' ',
    '\u200e',
    'CN=NTDS Settings,CN=',
    'x/',
  ]) {
    const growth = growthByFour(length => {
      const value = piece.repeat(length / piece.length);
      for (const definition of shipped.definitions) {
        const { rules, providers } = definition.definition;
        const insertions = new Array<string>(21).fill(value);
        const eventId = rules[0]!.eventIds[0] ?? 5;
        outcomeOf(event({ provider: providers[0]!, eventId, insertions, computer: 'a' }), definition, undefined);
      }
      normaliseHost(value);
    }, 2 ** 19);
    t.ok(growth < 12, `${JSON.stringify(piece)} over and over: ${growth.toFixed(1)} times for four times`);
  }
});

const samples = process.env.EVPAIR_REAL_SAMPLES ?? new URL('../../shared/samples-real', import.meta.url).pathname;
const real4625 = `${samples}/ipban-tests/EventViewerInput5.txt`;

t.test(
  'a real rendered 4625 gives its values',
  { skip: existsSync(real4625) ? false : `no real samples in ${samples}` },
  async t => {
    const text = readFileSync(real4625, 'utf8');
    const message = text.slice(text.indexOf('<Message>') + 9, text.indexOf('</Message>'));
    const { found } = run([
      event({ provider: 'Microsoft-Windows-Security-Auditing', eventId: 4625, message, computer: 'CPU123' }),
    ]);
    t.match(found, [
      {
        type: 'failure',
        source: 'thestation',
        destination: 'CPU123',
        certainty: 'exact',
        attributes: { logon_type: '3' },
      },
    ]);
  },
);

t.test('values whose order an export lost are placed by their names alone', async t => {
  const yaml = `
name: by-name
version: 1
title: T
provider: P
failure:
  event_id: 1
  source: { data: From, value: "%1" }
  destination: { data: To, value: "%2" }
---
name: by-number
version: 1
title: T
provider: P
failure:
  event_id: 1
  source: "%1"
  destination: "%2"
`;
  const parts = await Promise.all(yaml.split('---\n').map(part => loadDefinitions(part, 'unordered.yaml')));
  const compiled = compileDefinitions(parts.flat());
  const found: ExtractItem[] = [];
  const unordered = { insertions: ['b.example', 'a.example'], names: ['To', 'From'], isUnordered: true };
  extractFailures(compiled).push({ ...event({}), provider: 'P', eventId: 1, ...unordered }, item => found.push(item));
  t.match(found, [{ type: 'failure', definition: 'by-name', source: 'a.example', destination: 'b.example' }]);
  t.equal(found.length, 1, 'the definition that knows only numbers yields nothing');
  t.same((found[0] as Failure).placeholders, {}, 'no value is passed off as a %n');
});

t.test('what was remembered of a message is what an extractor without memory finds', async t => {
  const catalogue = createCatalogue([]);
  const message = (host: string) => renderTemplate(french!, [A, host, `https://${host}/ews/exchange.asmx`, host]);
  const anyEvent = fc
    .record({
      message: fc.constantFrom(message(B), message('CAS03.contoso.local'), message(A), 'no such text', ''),
      eventId: fc.constantFrom(5, 10, 4625),
      provider: fc.constantFrom(
        'MSExchange Web Services',
        'MSExchange Web Services',
        'Microsoft-Windows-Security-Auditing',
      ),
      computer: fc.constantFrom(undefined, A, B),
      culture: fc.constantFrom(undefined, 'fr-FR', 'en-US'),
      insertions: fc.constantFrom(undefined, undefined, [], SEED),
    })
    .map(({ computer, culture, insertions, ...fields }) =>
      event({
        ...fields,
        ...(computer && { computer }),
        ...(culture && { culture }),
        ...(insertions && { insertions }),
      }),
    );
  const anyRun = fc.array(fc.record({ item: anyEvent, hasCatalogue: fc.boolean() }), { maxLength: 40 });
  law(
    t,
    fc.property(anyRun, items => {
      const remembering = compileDefinitions(SHIPPED_DEFINITIONS);
      for (const { item, hasCatalogue } of items) {
        const forgetful = compileDefinitions(SHIPPED_DEFINITIONS);
        const options = hasCatalogue ? catalogue : undefined;
        for (const [index, definition] of (remembering.byProvider.get(item.provider) ?? []).entries()) {
          const alone = forgetful.byProvider.get(item.provider)![index]!;
          t.strictSame(outcomeOf(item, definition, options), outcomeOf(item, alone, options));
        }
      }
      return t.passing();
    }),
    25,
  );
});
