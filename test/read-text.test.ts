import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import t from 'tap';
import { ByteWindow } from '../src/bytes/byte-window.js';
import type { EventRecord, Reject, Warning } from '../src/model/index.js';
import { createClixmlReader, detectClixml } from '../src/read/clixml/index.js';
import { eventOfXml, insertionsOfXml } from '../src/read/clixml/xml-event.js';
import { parseXmlTree } from '../src/read/clixml/xml-tree.js';
import { createEventTextReader, detectEventText } from '../src/read/event-text/index.js';
import type { FormatReader, FormatReport, ReadOptions } from '../src/read/format-reader.js';
import { lookAtHead } from '../src/read/head.js';
import { growthByFour } from './growth.js';

const SAMPLES = join(fileURLToPath(new URL('..', import.meta.url)), 'samples/dialects');

type Item = EventRecord | Reject | Warning;
type Create = (options: ReadOptions) => FormatReader;
interface Outcome {
  readonly items: Item[];
  readonly events: EventRecord[];
  readonly rejects: Reject[];
  readonly report: FormatReport;
}

function read(create: Create, bytes: Uint8Array, options: Partial<ReadOptions> = {}, step = 65_536): Outcome {
  const reader = create({ input: 'x', ...options });
  const window = new ByteWindow();
  const items: Item[] = [];
  for (let at = 0; at < bytes.length; at += step) {
    const chunk = bytes.subarray(at, at + step);
    window.reserve(chunk.length).set(chunk);
    window.commit(chunk.length);
    reader.read(window, false, item => items.push(item));
  }
  reader.read(window, true, item => items.push(item));
  return {
    items,
    events: items.filter((item): item is EventRecord => item.type === 'event'),
    rejects: items.filter((item): item is Reject => item.type === 'reject'),
    report: reader.report(),
  };
}

const sample = (file: string): Buffer => readFileSync(join(SAMPLES, file));
const readText = (text: string, options?: Partial<ReadOptions>): Outcome =>
  read(createEventTextReader, Buffer.from(text), options);

const VALUES = [
  [
    'CAS01.contoso.local',
    'CAS03.contoso.local',
    'https://cas03.contoso.local/ews/exchange.asmx',
    'cas03.contoso.local',
  ],
  ['CAS01.contoso.local', 'CAS02.contoso.local', 'https://10.0.0.2/ews/exchange.asmx', 'cas02.contoso.local'],
];
const SEED = {
  provider: 'MSExchange Web Services',
  eventId: 5,
  channel: 'Application',
  computer: 'CAS01.contoso.local',
  level: 2,
};
/** The seed's message from its first word to its last. */
const FRENCH = /^Le serveur d'accès client CAS01[\s\S]*\(IIS\)\.?$/;
const FIRST = Date.UTC(2011, 2, 4, 11, 5, 0);
const SECOND = Date.UTC(2011, 2, 4, 11, 20, 30);

t.test('a copied event is read in its language, and its XML wins where it is there', async t => {
  for (const file of ['copied-details-de.txt', 'copied-details-fr.txt', 'copied-details-ja.txt']) {
    const bytes = sample(file);
    t.equal(detectEventText(lookAtHead(bytes).text), 0.9, `${file} is detected`);
    const { events, report } = read(createEventTextReader, bytes);
    t.match(report, { format: 'event-text', events: 1, malformed: 0, rejects: 0, warnings: { 'local-time': 1 } }, file);
    t.equal(report.timezone?.basis, 'assumed');
    t.match(
      events[0],
      {
        ...SEED,
        message: file.includes('-fr')
          ? FRENCH
          : /^The Client Access server CAS01.*\n.*\nServer: cas03\.contoso\.local$/,
      },
      file,
    );
    t.equal(events[0]?.time?.epochMs, FIRST, `${file}: day before month, or year first`);
    t.equal(events[0]?.insertions, undefined);
  }
  t.equal(read(createEventTextReader, sample('copied-details-ja.txt')).report.encoding, 'utf-16le');
  const { events, report } = read(createEventTextReader, sample('copied-details-en.txt'));
  t.equal(report.events, 2);
  t.match(events[0], {
    ...SEED,
    recordId: '1060',
    qualifiers: 49152,
    time: { epochMs: FIRST, basis: 'export', digits: 9 },
  });
  t.same(events[0]?.insertions, VALUES[0]);
  t.match(events[0]?.message, /tried to proxy/);
  t.notMatch(events[0]?.message, /<Event/);
  t.match(events[1]?.time, { epochMs: Date.UTC(2011, 2, 14, 11, 20, 30), basis: 'assumed' });
  t.same(report.dateOrder, { order: 'mdy', basis: 'found' }, 'the 14th of March in month-day order decides');
});

t.test("wevtutil's text is cut at its headings and keeps its times", async t => {
  const { events, report } = read(createEventTextReader, sample('wevtutil.txt'));
  t.match(report, { events: 2, malformed: 0, rejects: 0 });
  t.same(
    events.map(event => event.time?.epochMs),
    [FIRST, SECOND],
  );
  for (const event of events) t.match(event, { ...SEED, message: FRENCH });
  const utc = readText(sample('wevtutil.txt').toString().replaceAll('.000\r\n', '.1234567Z\r\n'));
  t.match(utc.events[0]?.time, { epochMs: FIRST + 123, nanos: 456_700, basis: 'export' });
  t.same(utc.report.warnings, {});
});

const block = (message: string, log = 'Log Name:      Application'): string =>
  `${log}\nSource:        P\nDate:          2011-03-04T11:05:00Z\nEvent ID:      7\nLevel:         Error\nComputer:      C1\nDescription:\n${message}\n`;

t.test('labels bend, descriptions hold anything but the start of another event', async t => {
  const tight = readText(
    'Protokollname:Application\nQuelle:P\nDatum:04.03.2011 11:05:00\nEreignis-ID:7\nAufgabenkategorie:Integrität\nEbene:Fehler\nBeschreibung:x',
  );
  t.match(tight.events[0], { provider: 'P', eventId: 7, level: 2, message: 'x' }, 'no space after the colon');
  const tricky = readText(block('Source: other\n\nEvent ID: 99\nLog Name: fake\nEvent[3]:\nend') + block('second'));
  t.same(
    tricky.events.map(event => [event.eventId, event.message?.split('\n').length]),
    [
      [7, 6],
      [7, 1],
    ],
  );
  t.match(readText(`>hello\n\n${block('m')}`).rejects, [
    { reason: 'no-event', isEvent: false, position: { offset: 0 } },
  ]);
  const broken = readText(
    block('one') + block('two').replace('Event ID:      7', 'Event ID:      seven') + block('three'),
  );
  t.same([broken.events.length, broken.rejects.map(reject => reject.reason)], [2, ['malformed']]);
  t.match(broken.report, { events: 3, malformed: 1 });
  const unwanted = readText(block('one'), { selection: { providers: [{ names: ['Q'] }] } });
  t.match(unwanted.report, { events: 1, malformed: 0 });
  t.equal(unwanted.items.length, 0);
  t.equal(readText(block('m'.repeat(3000)) + block('n'), { maxEventBytes: 1000 }).rejects[0]?.reason, 'too-long');
  const order = [block('a'), block('b')].map((text, at) =>
    text.replace('2011-03-04T11:05:00Z', at === 0 ? '14.03.2011 10:00:00' : '03.14.2011 10:00:00'),
  );
  t.match(readText(order.join('')).rejects, [{ reason: 'date-order', isEvent: true }]);
  t.equal(readText(block('m').replace('Computer:      C1\n', ''), { computer: 'GIVEN' }).events[0]?.computer, 'GIVEN');
});

const wide = (text: string, isBigEndian: boolean): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return isBigEndian ? bytes.swap16() : bytes;
};
const copied = (n: number, message: string): string => block(message).replace('ID:      7', `ID:      ${n}`);
const queried = (n: number, message: string): string =>
  `Event[${n}]:\n  Log Name: Application\n  Source: P\n  Date: 2011-03-04T11:05:00.000Z\n  Event ID: ${n}\n  Level: Error\n  Computer: C1\n  Description: \n${message}\n\n`;
const withoutPosition = ({ position: _, ...event }: EventRecord) => event;

t.test('a byte lost or added in UTF-16 text costs the events around it', t => {
  for (const [one, isBigEndian] of [
    [copied, false],
    [queried, true],
  ] as const) {
    const texts = Array.from({ length: 5 }, (_, n) => one(n, `größer, 级别 ${n}`).replaceAll('\n', '\r\n'));
    const starts = texts.map((_, n) => 2 + 2 * texts.slice(0, n).join('').length);
    const sound = wide(texts.join(''), isBigEndian);
    const whole = read(createEventTextReader, sound).events;
    assert.equal(whole.length, 5);
    for (let at = 2; at < sound.length; at++) {
      for (const added of [undefined, [0x00, 0x0a, 0x4c][at % 3]]) {
        const damaged = Buffer.concat([
          sound.subarray(0, at),
          Buffer.from(added === undefined ? [] : [added]),
          sound.subarray(added === undefined ? at + 1 : at),
        ]);
        const about = `${one.name}, ${isBigEndian}, ${at}, ${added}`;
        const { items, events, rejects, report } = read(createEventTextReader, damaged, { keepRejectBytes: true });
        const parts = read(createEventTextReader, damaged, { keepRejectBytes: true }, 1 + ((at * 7) % 97));
        assert.deepEqual(parts.items, items, about);
        assert.deepEqual(parts.report, report, about);
        const hit = starts.findLastIndex(start => start <= at);
        for (const event of whole) {
          if (Math.abs(event.eventId - hit) <= 1) continue;
          const found = events.find(({ eventId }) => eventId === event.eventId);
          assert.ok(found, `${about}: event ${event.eventId}`);
          assert.deepEqual(withoutPosition(found), withoutPosition(event), about);
          const moved = event.eventId < hit ? 0 : added === undefined ? -1 : 1;
          assert.equal(found.position.offset, event.position.offset + moved, about);
          assert.equal(found.position.length, event.position.length, about);
        }
        assert.equal(report.events, events.length + rejects.filter(({ isEvent }) => isEvent).length, about);
        for (const { position, bytes, detail } of rejects) {
          assert.ok(detail.length > 0);
          assert.deepEqual(
            Buffer.from(bytes!),
            damaged.subarray(position.offset, position.offset + position.length),
            about,
          );
        }
        // Only the mark in front and blanks between events stand in neither an event nor a reject.
        let done = 0;
        for (const item of items) {
          if (item.type === 'warning') continue;
          const { offset, length } = item.position;
          assert.ok(offset >= done, `${about}: no byte stands in two`);
          const between = damaged.subarray(done, offset);
          assert.ok(
            between.every(byte => [0, 0x0a, 0x0d, 0x20, 0xfe, 0xff].includes(byte)),
            `${about}: ${between.toString('hex')}`,
          );
          done = offset + length;
        }
        assert.ok(
          damaged.subarray(done).every(byte => [0, 0x0a, 0x0d, 0x20].includes(byte)),
          `${about}: the rest`,
        );
      }
    }
  }
  t.end();
});

t.test('damage in long UTF-16 text is passed before the input ends, any number of times', async t => {
  const texts = Array.from({ length: 1500 }, (_, n) => copied(n, `message ${n} ${'x'.repeat(n % 90)}`));
  for (const isBigEndian of [false, true]) {
    const sound = wide(texts.join(''), isBigEndian);
    const third = Math.floor(sound.length / 3);
    const damaged = Buffer.concat([
      sound.subarray(0, third),
      sound.subarray(third + 1, 2 * third),
      Buffer.of(0x41),
      sound.subarray(2 * third),
    ]);
    const options = { maxEventBytes: 20_000, keepRejectBytes: true };
    const { items, events, rejects, report } = read(createEventTextReader, damaged, options);
    t.ok(events.length >= 1496, `${events.length}`);
    t.ok(rejects.length <= 4, `${rejects.length}`);
    for (const { position, bytes } of rejects) {
      t.ok(damaged.subarray(position.offset, position.offset + position.length).equals(bytes!));
    }
    t.equal(report.malformed, rejects.filter(({ isEvent }) => isEvent).length);
    for (const step of [1001, damaged.length]) {
      assert.deepEqual(read(createEventTextReader, damaged, options, step).items, items);
    }
  }
});

t.test('a message in UTF-16 forges no event, whatever it holds half a unit off', async t => {
  const forged = Buffer.from(`\n${copied(666, 'forged').repeat(3)}`, 'utf16le');
  const value = Buffer.concat([Buffer.of(0x41), forged, Buffer.of(0x41)]).toString('utf16le');
  for (const tail of ['', '\n']) {
    const text = [copied(1, value), copied(2, value).trimEnd()].join('') + tail;
    const { events, rejects } = read(createEventTextReader, wide(text, false));
    t.same(
      events.map(({ eventId }) => eventId),
      [1, 2],
    );
    t.same(rejects, []);
  }
});

t.test('CLIXML gives the values in order, the time with its offset, and says what selection lost', async t => {
  const bytes = sample('get-winevent.clixml');
  t.equal(detectClixml(lookAtHead(bytes).text), 0.97);
  const { events, report } = read(createClixmlReader, bytes);
  t.match(report, { format: 'clixml', encoding: 'utf-16le', events: 2, malformed: 0, rejects: 0, warnings: {} });
  for (const [at, event] of events.entries()) {
    t.match(event, {
      ...SEED,
      recordId: String(1060 + at),
      qualifiers: 49152,
      message: /^The Client.*\r\nHost name: .*\r\nServer/,
    });
    t.same(event.insertions, VALUES[at]);
    t.match(event.time, { epochMs: [FIRST, SECOND][at]!, digits: 7, basis: 'export' });
    const { offset, length } = event.position;
    t.match(bytes.subarray(offset, offset + length).toString('utf16le'), /^<Obj RefId=[\s\S]*<\/Obj>$/);
  }
  const selected = read(createClixmlReader, sample('get-eventlog-selected.clixml'));
  t.match(selected.report, {
    events: 2,
    warnings: { 'insertions-lost': 2 },
    timezone: { name: 'UTC', basis: 'assumed' },
  });
  t.equal(selected.events[0]?.insertions, undefined);
  t.match(selected.events[0]?.message, FRENCH);
});

t.test('an object of CLIXML that lost its end costs itself only', async t => {
  const utf8 = sample('get-winevent.clixml')
    .toString('utf16le')
    .replace(/^\ufeff/, '');
  const cut = utf8.replace('</LST>\r\n      </Obj>\r\n    </Props>', '');
  const outcome = read(createClixmlReader, Buffer.from(cut));
  t.same(
    [outcome.events.map(event => event.recordId), outcome.rejects.map(reject => reject.reason)],
    [['1061'], ['cut-off']],
  );
  const ended = read(createClixmlReader, Buffer.from(utf8.slice(0, -200)));
  t.same([ended.events.length, ended.rejects.map(reject => reject.reason)], [1, ['truncated']]);
  const lost = read(createClixmlReader, Buffer.from(utf8.replaceAll(/<S N="Value">.*<\/S>/g, '')));
  t.same(lost.report.warnings, { 'insertions-lost': 2 });
});

t.test('the small XML reader takes event XML as it is and nothing else', async t => {
  const event = (data: string): string =>
    `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='P'/><EventID Qualifiers=''>7</EventID></System>${data}</Event>`;
  t.match(
    eventOfXml(
      event('<EventData><Data>a &amp; b &lt;c&gt; &#13;&#x41; &</Data><Data/><Binary>00</Binary></EventData>'),
    ),
    {
      provider: 'P',
      eventId: 7,
      insertions: ['a & b <c> \rA &', ''],
    },
  );
  t.match(eventOfXml(event("<EventData><Data Name='x'><![CDATA[<y>]]></Data></EventData>")), {
    names: ['x'],
    insertions: ['<y>'],
  });
  t.match(eventOfXml(event('<UserData><R><A>1</A><B><C>2</C></B></R></UserData>')), {
    names: ['A', 'C'],
    insertions: ['1', '2'],
  });
  t.same(insertionsOfXml('<Param>a</Param><Param></Param>'), { insertions: ['a', ''] });
  for (const bad of [
    '',
    'x',
    '<a>',
    '<a></b>',
    '<a/><b/>',
    '<a b></a>',
    '<a b="1></a>',
    '<!DOCTYPE a><a/>',
    '<a>'.repeat(200),
    '< a/>',
  ]) {
    t.equal(parseXmlTree(bad), undefined, JSON.stringify(bad.slice(0, 20)));
  }
});

const forms = readdirSync(SAMPLES)
  .filter(file => /\.clixml$|copied-details|wevtutil\.txt/.test(file))
  .map(file => ({
    create: file.endsWith('.clixml') ? createClixmlReader : createEventTextReader,
    bytes: sample(file),
  }));
const mutatedArb = fc
  .record({
    form: fc.nat(forms.length - 1),
    edits: fc.array(
      fc.record({
        at: fc.nat(1 << 15),
        remove: fc.nat(80),
        insert: fc.constantFrom(
          '',
          '<',
          '>',
          '</Obj>',
          '\n  <Obj RefId="9">',
          '\n',
          'Log Name: x\n',
          'Event[0]:\n',
          ':',
          '\0',
          '\xff',
          '"',
        ),
      }),
      { maxLength: 5 },
    ),
  })
  .map(({ form, edits }) => {
    const { create, bytes } = forms[form]!;
    let mutated = bytes;
    for (const { at, remove, insert } of edits) {
      const from = at % (mutated.length + 1);
      mutated = Buffer.concat([
        mutated.subarray(0, from),
        Buffer.from(insert, 'latin1'),
        mutated.subarray(from + remove),
      ]);
    }
    return { create, bytes: mutated };
  });

t.test('mutated text and CLIXML never throw, any cut gives the same, and the accounts add up', async t => {
  fc.assert(
    fc.property(
      mutatedArb,
      fc.integer({ min: 2, max: 61 }),
      fc.constantFrom(700, 1 << 20),
      ({ create, bytes }, step, maxEventBytes) => {
        const options = { maxEventBytes, keepRejectBytes: true };
        const whole = read(create, bytes, options, Math.max(1, bytes.length));
        for (const cut of [1, step]) {
          const parts = read(create, bytes, options, cut);
          t.strictSame(parts.items, whole.items);
          t.strictSame(parts.report, whole.report);
        }
        const { events, rejects, report } = whole;
        const broken = rejects.filter(reject => reject.isEvent).length;
        return (
          t.passing() &&
          report.events === events.length + broken &&
          report.malformed === broken &&
          report.rejects === rejects.length
        );
      },
    ),
    { numRuns: 120 },
  );
});

/** UTF-16 that lost a byte near its start. */
const offByOne = (text: string): Buffer => {
  const sound = Buffer.from(`\ufeffx${text}`, 'utf16le');
  return Buffer.concat([sound.subarray(0, 3), sound.subarray(4)]);
};

t.test('hostile text takes time linear in its length', async t => {
  const pieces = ['Log Name:\n', 'Log Name:\nSource:\n', 'Event[0]:\n', ':', 'x', '\n', '<Event', 'Event Xml:\n<Event'];
  const tags = ['<Obj RefId="0">', '<', '<Obj "', '</Obj>', '<Obj RefId="0"/>', '\n  <Obj RefId="0">'];
  for (const [create, list] of [
    [createEventTextReader, pieces],
    [createClixmlReader, tags],
  ] as const) {
    for (const piece of list) {
      const forms: readonly ((text: string) => Buffer)[] = [text => Buffer.from(text), offByOne];
      for (const form of forms) {
        const growth = growthByFour(
          length => read(create, form(piece.repeat(Math.ceil(length / piece.length)))),
          1 << 20,
        );
        t.ok(growth < 12, `${JSON.stringify(piece)} over and over: ${growth.toFixed(1)} times for four times`);
      }
    }
  }
  const tree = `<a>${'<b>'.repeat(100_000)}`;
  t.equal(parseXmlTree(tree), undefined);
});
