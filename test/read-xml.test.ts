import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import t from 'tap';
import { ByteWindow } from '../src/bytes/byte-window.js';
import { createWindowMemory, giveBackWindowMemory } from '../src/bytes/window-memory.js';
import type { EventRecord, Reject, Selection, Warning } from '../src/model/index.js';
import { createEventXmlReader } from '../src/read/event-xml/index.js';
import type { FormatReport, ReadOptions } from '../src/read/format-reader.js';
import { formatInstant } from '../src/time/instant-text.js';
import { growthByFour } from './growth.js';
import { repeatsTo, variationsTo } from './repeats.js';

const REAL = process.env.EVPAIR_REAL_SAMPLES ?? new URL('../../shared/samples-real', import.meta.url).pathname;
const noReal = existsSync(REAL) ? false : `no real samples at ${REAL}`;

interface Reading {
  readonly items: readonly (EventRecord | Reject | Warning)[];
  readonly events: readonly EventRecord[];
  readonly rejects: readonly Reject[];
  readonly report: FormatReport;
}

/** Reads `bytes` in chunks of the given sizes, the last size repeating. */
function read(bytes: Uint8Array, options: Partial<ReadOptions> = {}, chunks: readonly number[] = [262_144]): Reading {
  const reader = createEventXmlReader({ input: 'test.xml', ...options });
  const isPlain = options.search === 'plain' || options.search === 'indexof';
  const window = isPlain ? new ByteWindow() : new ByteWindow(createWindowMemory());
  const items: (EventRecord | Reject | Warning)[] = [];
  const emit = (item: EventRecord | Reject | Warning) => items.push(item);
  let turn = 0;
  for (let at = 0; at < bytes.length; turn++) {
    const part = bytes.subarray(at, at + chunks[Math.min(turn, chunks.length - 1)]!);
    window.reserve(part.length).set(part);
    window.commit(part.length);
    at += part.length;
    reader.read(window, false, emit);
  }
  reader.read(window, true, emit);
  giveBackWindowMemory(window.memory);
  return {
    items,
    events: items.filter(item => item.type === 'event'),
    rejects: items.filter(item => item.type === 'reject'),
    report: reader.report(),
  };
}

const readText = (text: string, options: Partial<ReadOptions> = {}): Reading => read(Buffer.from(text), options);

const SYSTEM = `<System><Provider Name='P'/><EventID>7</EventID></System>`;
const event = (body: string, system = SYSTEM): string => `<Event xmlns='urn:e'>${system}${body}</Event>`;
const data = (body: string): readonly string[] | undefined =>
  readText(event(`<EventData>${body}</EventData>`)).events[0]?.insertions;

const utf16le = (text: string): Buffer => Buffer.from(text, 'utf16le');
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

t.test('every event of the Event Viewer files equals what an independent parser says', { skip: noReal }, async t => {
  let total = 0;
  for (const name of ['Application.xml', 'Security.xml', 'System.xml']) {
    const bytes = readFileSync(`${REAL}/eventviewer-xml/${name}`);
    const expected = saxesEvents(bytes.toString('utf8'));
    for (const search of ['simd', 'indexof', 'plain'] as const) {
      const { events, report, rejects } = read(bytes, { search });
      t.equal(report.events, expected.length, `${name}: as many events (${search})`);
      t.same(rejects, []);
      t.same(events.map(essence), expected, `${name}: the same events (${search})`);
    }
    total += expected.length;
  }
  t.equal(total, 3328);
});

t.test('other tools’ real XML is read to the end, and what is rejected is no event', { skip: noReal }, async t => {
  const expected: Record<string, readonly [folder: RegExp, events: number]> = {
    'derived/python-evtx': [/xml$/, 366 + 2261 + 1881],
    'ipban-tests': [/txt$/, 68],
    otel: [/xml$/, 2],
    'evtx_dump-rust': [/xml.*snap$/, 7],
  };
  for (const [folder, [files, count]] of Object.entries(expected)) {
    let events = 0;
    for (const name of readdirSync(`${REAL}/${folder}`).filter(name => files.test(name))) {
      const bytes = readFileSync(`${REAL}/${folder}/${name}`);
      const reading = read(bytes, { keepRejectBytes: true });
      t.equal(reading.report.malformed, 0, `${name}: no event is malformed`);
      t.equal(reading.events.length, reading.report.events);
      for (const reject of reading.rejects) {
        const { offset, length } = reject.position;
        t.equal(reject.reason, 'no-event');
        t.notMatch(Buffer.from(reject.bytes!).toString(), /<Event\b/, `${name}: no event hides in a reject`);
        t.same(Buffer.from(reject.bytes!), bytes.subarray(offset, offset + length));
      }
      for (const each of reading.events) t.ok(each.time && each.provider && each.computer && each.recordId, name);
      events += reading.report.events;
    }
    t.equal(events, count, folder);
  }
});

t.test('insertion strings keep their place, their names and their text', async t => {
  t.same(data('<Data>a</Data><Data></Data><Data/><Data>b</Data>'), ['a', '', '', 'b']);
  t.same(
    data('\n<Data>\n    </Data>\r\n<Data>\r\n</Data> <Data>  </Data>'),
    ['', '', '  '],
    'a pretty-printer’s lone line break means empty',
  );
  t.same(
    data('<Data>\n</Data>'),
    ['\n'],
    'where tags follow each other directly, it is a value: Windows Search 1003 has one',
  );
  t.same(data('<Data>&#13;&#10;</Data>'), ['\r\n'], 'but not one that was written as a reference');
  t.same(data('<Data>a\r\nb\rc&#13;&#10;d</Data>'), ['a\nb\nc\r\nd']);
  t.same(data('<Data>&lt;a&gt; &amp;amp; &quot;&apos; &#x41;&#65;&#x1F600;</Data>'), [`<a> &amp; "' AA😀`]);
  t.same(data('<Data>\x01\x02&#1;&#0;</Data>'), ['\x01\x02\x01\0'], 'control characters, raw and by reference');
  t.same(data('<Data>a<![CDATA[<b>&amp;</Event>]]>c<!-- </Event> -->d</Data>'), ['a<b>&amp;</Event>cd']);
  t.same(data('<Data>R&D &foo; &#xZZ; && &amp</Data>'), ['R&D &foo; &#xZZ; && &amp']);
  t.same(data('<Data>]]></Data>'), [']]>']);
  t.same(data('<Data>a</Data><Binary>00FF</Binary>'), ['a'], 'Binary is no insertion string');
  t.same(data('<ComplexData Name="x">00</ComplexData><Data>b</Data>'), ['00', 'b']);
  t.same(
    data(
      '<Data>&lt;string&gt;A&lt;/string&gt;\n&lt;string&gt;&lt;/string&gt;\n&lt;string&gt;B&lt;/string&gt;\n</Data>\n<Binary></Binary>',
    ),
    ['A', '', 'B'],
    'the string arrays of python-evtx',
  );
  t.same(data('<Data>&lt;string&gt;A&lt;/string&gt;</Data>'), ['<string>A</string>'], 'without Binary it is a value');
  const named = readText(
    event(`<EventData Name='T'><Data Name='a'>1</Data><Data Name="a">2</Data><Data>3</Data></EventData>`),
  );
  t.same(named.events[0]?.names, ['a', 'a', undefined], 'names may repeat');
  t.notOk('names' in readText(event('<EventData><Data>3</Data></EventData>')).events[0]!, 'no name, no names');
  t.notOk('insertions' in readText(event('<RenderingInfo><Message>m</Message></RenderingInfo>')).events[0]!);
  t.same(readText(event('<EventData/>')).events[0]?.insertions, []);
  t.equal(readText(event('<EventData><Data>R&D</Data></EventData>')).report.warnings['bare-ampersand'], 1);
});

t.test('bodies in other forms give their values in document order', async t => {
  const tree = readText(
    event(`<UserData><Root xmlns='urn:r' Version='2'><A x='1'>t</A><B/><C y='&amp;'><D>d</D>
<E>
      </E></C><auto-ns2:F>f</auto-ns2:F></Root></UserData>`),
  ).events[0];
  t.same(tree?.insertions, ['2', '1', 't', '', '&', 'd', '', 'f']);
  t.same(tree?.names, ['Root@Version', 'A@x', 'A', 'B', 'C@y', 'D', 'E', 'F']);
  const inside = readText(
    event(`<UserData><EventData xmlns='S'><Data Name='n'>v</Data><Other>o</Other></EventData></UserData>`),
  );
  t.same(inside.events[0]?.insertions, ['v', 'o']);
  t.same(inside.events[0]?.names, ['n', 'Other']);
  const payload = utf16le('Password Policy\0\0MINWINPC\0').toString('hex').toUpperCase();
  const failed = readText(
    event(
      `<ProcessingErrorData><ErrorCode>15005</ErrorCode><DataItemName>x</DataItemName><EventPayload>${payload}01050000FFFF</EventPayload></ProcessingErrorData>`,
    ),
  );
  t.same(failed.events[0]?.insertions, ['Password Policy', '', 'MINWINPC']);
  const rendered = readText(
    event(
      `<EventData/><RenderingInfo Culture='fr-FR'><Message>Le serveur&#13;&#10;d'accès</Message><Level>Erreur</Level><Provider>Anzeige</Provider></RenderingInfo>`,
    ),
  ).events[0];
  t.match(rendered, { message: "Le serveur\r\nd'accès", culture: 'fr-FR', provider: 'P', eventId: 7 });
  t.notOk('level' in rendered!, 'the level of RenderingInfo is a translation and not the level');
  const prefixed = readText(
    `<Event xmlns:e='urn:e'><e:System><e:Provider Name='Q'/><e:EventID>9</e:EventID></e:System><e:EventData><e:Data>v</e:Data></e:EventData></Event>`,
  );
  t.match(prefixed.events[0], { provider: 'Q', eventId: 9, insertions: ['v'] });
});

t.test('System fields are found by path, the first of each counts', async t => {
  const system = (inner: string): EventRecord | undefined => readText(event('', `<System>${inner}</System>`)).events[0];
  t.match(
    system(`<EventID Qualifiers='49152'> 10 </EventID><Provider Guid='{1}' Name='A &amp; B'/><Provider Name='C'/><EventID>11</EventID>
      <Level>Warning</Level><TimeCreated SystemTime='2016-07-08 18:12:51.681640'/><EventRecordID>18446744073709551615</EventRecordID><Channel>c</Channel><Computer>
      srv </Computer>`),
    {
      provider: 'A & B',
      eventId: 10,
      qualifiers: 49152,
      level: 3,
      recordId: '18446744073709551615',
      channel: 'c',
      computer: 'srv',
    },
  );
  t.match(system(`<EventID>3221225482</EventID>`), { provider: '', eventId: 10, qualifiers: 49152 });
  t.match(system(`<Provider Name='P'></Provider><EventID Qualifiers=""></EventID>`), { provider: 'P', eventId: 0 });
  const time = (text: string): string | undefined => {
    const instant = system(`<EventID>1</EventID><TimeCreated SystemTime="${text}"/>`)?.time;
    return instant && formatInstant(instant);
  };
  t.equal(time('2025-06-08T07:14:05.1454614Z'), '2025-06-08T07:14:05.1454614Z');
  t.equal(time('2025-10-29T20:48:38.001732500Z'), '2025-10-29T20:48:38.001732500Z');
  t.equal(time('2016-07-08 18:12:51.681640'), '2016-07-08T18:12:51.681640Z');
  t.equal(time('2014-01-01T00:00:00Z'), '2014-01-01T00:00:00Z');
  t.equal(time('2014-01-01T02:00:00.5+02:00'), '2014-01-01T00:00:00.5Z');
  t.equal(time('2014-02-30T00:00:00Z'), undefined);
  t.equal(readText(event('')).report.withoutTime, 1);
  const outer = readText(`<Event>${SYSTEM}<System><Provider Name='X'/><EventID>1</EventID></System></Event>`);
  t.match(outer.events[0], { provider: 'P', eventId: 7 });
});

t.test('what breaks the format is one reject with its place, and the rest is read', async t => {
  const good = event('<EventData><Data>ok</Data></EventData>');
  const cases: readonly [name: string, bad: string, reason: string, detail: RegExp, options?: Partial<ReadOptions>][] =
    [
      ['mismatched tags', event('<EventData><Data>a</EventData>'), 'malformed', /end tag/],
      ['unclosed element', event('<EventData>'), 'malformed', /end tag/],
      ['"<" in text', event('<EventData><Data>1 < 2</Data></EventData>'), 'malformed', /after "<"/],
      ['"<" in an attribute', event(`<EventData><Data Name='a<b'/></EventData>`), 'malformed', /attribute value/],
      ['an attribute twice', event(`<EventData><Data Name='a' Name='b'/></EventData>`), 'malformed', /twice/],
      ['no space between attributes', event(`<EventData><Data a='1'b='2'/></EventData>`), 'malformed', /white space/],
      ['an unquoted attribute', event('<EventData><Data a=1/></EventData>'), 'malformed', /quoted/],
      ['no System', '<Event><EventData/></Event>', 'malformed', /System/],
      ['an empty element', '<Event/>', 'malformed', /System/],
      ['an empty element with attributes', "<Event xmlns='a' />", 'malformed', /System/],
      ['EventID that is no number', event('', '<System><EventID>x</EventID></System>'), 'malformed', /EventID/],
      ['a cut event', `<Event>${SYSTEM}<EventData><Da`, 'cut-off', /starts inside/],
      ['an open comment', `<Event>${SYSTEM}<!-- `, 'cut-off', /comment/],
      ['an open CDATA section', `<Event>${SYSTEM}<![CDATA[ `, 'cut-off', /CDATA/],
      ['too long', event('x'.repeat(500)), 'too-long', /longer than/, { maxEventBytes: 400 }],
      ['too deep', event('<a>'.repeat(300) + '</a>'.repeat(300)), 'limit', /deeper/],
    ];
  for (const [name, bad, reason, detail, options] of cases) {
    const before = `${good}\n`;
    const reading = readText(`${before}${bad}\n${good}`, { keepRejectBytes: true, ...options });
    t.equal(reading.events.length, 2, `${name}: the neighbours are read`);
    t.match(reading.rejects, [{ reason, detail, isEvent: true, position: { offset: before.length } }], name);
    t.equal(reading.rejects.length, 1, name);
    t.match(reading.report, { events: 3, malformed: 1, rejects: 1 }, name);
    t.ok(
      Buffer.from(reading.rejects[0]!.bytes!).toString().startsWith(bad.slice(0, 399)),
      `${name}: its bytes are kept`,
    );
  }
  for (const tail of [
    '<Event ',
    '<Event>',
    `<Event>${SYSTEM}<EventData`,
    `<Event>${SYSTEM}<!-- </Event>`,
    `<Event>${SYSTEM}</Event`,
  ]) {
    const reading = readText(good + tail);
    t.match(reading.rejects, [{ reason: 'truncated', position: { offset: good.length, length: tail.length } }], tail);
    t.equal(reading.report.events, 2);
  }
});

t.test('what may stand between events is passed over, anything else is one reject a region', async t => {
  const good = event('');
  const silent = [
    '\ufeff<?xml version="1.0" encoding="utf-16"?>\r\n',
    '<Events>',
    '</Events>\ufeff',
    `<s:Envelope xmlns:s="a>b"><s:Body>`,
    '<!-- <Event> -->',
    '<?note <Event> ?>',
    'Record 12\n',
    '- ',
    '+ ',
    '<![CDATA[',
    ']]>',
    ' \t\r\n',
    '<a:b/>',
  ];
  for (const gap of silent) {
    const reading = readText(gap + good + gap + good);
    t.same(reading.rejects, [], JSON.stringify(gap));
    t.equal(reading.events.length, 2, JSON.stringify(gap));
  }
  const loud: readonly [text: string, trimmed: string][] = [
    ['\n  hello\n world \n', 'hello\n world'],
    ['<!DOCTYPE a [ <!ENTITY x "y"> ]>', '<!DOCTYPE a [ <!ENTITY x "y"> ]>'],
    ['<Events', '<Events'],
    ['<!-- ', '<!--'],
    ['\0\0\0', '\0\0\0'],
    ['Record 1 of 2', 'Record 1 of 2'],
    ['a < b & c', 'a < b & c'],
  ];
  for (const [gap, rejected] of loud) {
    const reading = readText(good + gap + good, { keepRejectBytes: true });
    t.equal(reading.events.length, 2, JSON.stringify(gap));
    t.same(
      reading.rejects.map(reject => [reject.reason, reject.isEvent, Buffer.from(reject.bytes!).toString()]),
      [['no-event', false, rejected]],
    );
    t.equal(reading.rejects[0]!.position.offset, good.length + gap.indexOf(rejected), 'offset');
  }
  const tree = `- <Event xmlns='x'>\n- <System>\n  <Provider Name='P' /> \n  <EventID>7</EventID> \n  </System>\n- <EventData>\n  <Data>v</Data> \n  </EventData>\n  </Event>`;
  t.match(
    readText(tree).items,
    [{ type: 'event', provider: 'P', eventId: 7, insertions: ['v'] }],
    'a tree copied from a browser',
  );
});

t.test('an event in a processing instruction counted, and one without an end costs nothing behind it', async t => {
  const good = event('');
  t.equal(readText(`<?note ${good} ?>${good}`).report.events, 1);
  t.equal(readText(`<?note ${good}<?xml version="1.0"?>${good}`).report.events, 2, 'the end of another one is not its');
  t.equal(readText(`<?xml version="1.0"${good}<?note ?>${good}`).report.events, 2, 'a declaration holds no event');
});

t.test('one input may change its encoding between events, at odd offsets too', async t => {
  const text = (n: number): string => event(`<EventData><Data>é${n} Ж 漢 \u2020</Data></EventData>`);
  const values = (bytes: Uint8Array, options: Partial<ReadOptions> = {}): unknown => {
    const reading = read(bytes, options);
    return [reading.rejects, reading.events.map(each => each.insertions?.[0])];
  };
  const want = (...numbers: number[]): unknown => [[], numbers.map(n => `é${n} Ж 漢 \u2020`)];
  const bom = '\ufeff';
  const eight = (n: number, end = ''): Buffer => Buffer.from(text(n) + end);
  const little = (n: number, lead = '', end = ''): Buffer => utf16le(lead + text(n) + end);
  const big = (n: number, lead = '', end = ''): Buffer => utf16be(lead + text(n) + end);
  const runs: readonly [string, Buffer[]][] = [
    ['LE', [little(1, bom), little(2, '\r\n')]],
    ['LE without mark', [little(1), little(2, '\r\n')]],
    ['BE', [big(1, bom), big(2, '\r\n')]],
    ['BE without mark', [big(1), big(2)]],
    ['8, LE with mark', [eight(1), little(2, bom)]],
    ['8 odd, LE', [eight(1, '\n'), little(2)]],
    ['8 odd, LE with mark', [eight(1, '\n'), little(2, bom)]],
    ['8, BE with mark', [eight(1), big(2, bom)]],
    ['8 odd, BE', [eight(1, '\n'), big(2)]],
    ['LE, 8 with mark', [little(1), Buffer.from(bom), eight(2)]],
    ['LE, 8', [little(1, bom, '\r\n'), eight(2, '\r\n')]],
    ['LE, 8 line break, LE', [little(1, bom), Buffer.from('\n'), little(2)]],
    ['LE, 8 CRLF, LE with mark', [little(1, bom), Buffer.from('\r\n'), little(2, bom)]],
    ['LE, BE with mark', [little(1, bom), big(2, bom)]],
    ['BE, 8', [big(1, bom), eight(2)]],
    ['BE, LE with mark', [big(1, bom, '\r\n'), little(2, bom)]],
  ];
  for (const [name, parts] of runs) {
    for (const lead of [eight(0, '\n'), eight(0, `${' '.repeat(700)}\n`), Buffer.alloc(0)]) {
      if (lead.length > 0 && name.startsWith('LE without')) continue;
      const bytes = Buffer.concat([...(/^[LB]E/.test(name) ? [] : [lead]), ...parts]);
      const hasLead = !/^[LB]E/.test(name) && lead.length > 0;
      t.same(values(bytes), hasLead ? want(0, 1, 2) : want(1, 2), name);
    }
    t.same(
      values(Buffer.concat([...parts, utf16le(bom + text(3)), Buffer.from(`${bom}${text(4)}`)])),
      want(1, 2, 3, 4),
      `${name}, LE, 8`,
    );
  }
  t.equal(read(little(1)).report.encoding, 'utf-16le');
  t.equal(read(big(1)).report.encoding, 'utf-16be');
  const lying = utf16le(`${bom}<?xml version="1.0" encoding="utf-8"?>${text(1)}`);
  t.same(values(lying), want(1), 'a declaration that contradicts the bytes');
  const oem = Buffer.concat([eight(1), Buffer.from(event('<EventData><Data>\x82t\x82</Data></EventData>'), 'latin1')]);
  const fallback = read(oem);
  t.equal(fallback.events[1]?.insertions?.[0], '‚t‚', 'windows-1252 where it is no UTF-8');
  t.equal(fallback.report.warnings['encoding-fallback'], 1);
  t.equal(fallback.events[0]?.insertions?.[0], 'é1 Ж 漢 \u2020', 'event by event');
  const broken = read(utf16be(`${bom}${text(1)} junk ${text(2)}`), { keepRejectBytes: true });
  t.same(Buffer.from(broken.rejects[0]!.bytes!), utf16be('junk'), 'kept bytes are the input’s');
  t.match(read(Buffer.concat([little(1, bom), Buffer.from('x')])).rejects, [
    { reason: 'no-event', position: { length: 1 } },
  ]);
});

t.test('a byte lost or added in UTF-16 cost every event behind it', async t => {
  const count = 12;
  const texts = Array.from({ length: count }, (_, n) => event(`<EventData><Data>value ${n} é Ж 漢</Data></EventData>`));
  const [lead, tail] = [texts.slice(0, count / 2).join('\r\n'), `\r\n${texts.slice(count / 2 + 1).join('\r\n')}`];
  const damaged = texts[count / 2]!;
  for (const [name, encode] of [
    ['UTF-16LE', utf16le],
    ['UTF-16BE', utf16be],
  ] as const) {
    const whole = encode(`\ufeff<Events>${lead}\r\n${damaged}${tail}</Events>`);
    const from = encode(`\ufeff<Events>${lead}`).length;
    const to = from + encode(`\r\n${damaged}\r\n`).length;
    for (let at = from; at < to; at++) {
      for (const by of [Buffer.alloc(0), Buffer.from('x!'), Buffer.from('\0\0')]) {
        const bytes = Buffer.concat([whole.subarray(0, at), by, whole.subarray(at + 1)]);
        for (const search of [(['simd', 'indexof', 'plain'] as const)[at % 3]!]) {
          const reading = read(bytes, { search, keepRejectBytes: true });
          const values = reading.events.map(each => each.insertions?.[0]);
          const isNear = (n: number): boolean => Math.abs(n - count / 2) <= 1;
          for (let n = 0; n < count; n++) {
            if (!isNear(n))
              assert.ok(values.includes(`value ${n} é Ж 漢`), `${name}, ${search}: ${n} with damage at ${at}`);
          }
          assert.ok(values.length >= count - 2, `${name}, ${search}: ${values.length} events with damage at ${at}`);
          for (const { position, bytes: kept } of reading.rejects) {
            const { offset, length } = position;
            assert.deepEqual(Buffer.from(kept!), bytes.subarray(offset, offset + length), 'kept bytes are the input’s');
          }
        }
      }
    }
    t.pass(name);
    const middle = from + encode(damaged).length / 2;
    const cut = Buffer.concat([whole.subarray(0, middle & ~1), whole.subarray((middle & ~1) + 1)]);
    const reading = read(cut);
    t.equal(reading.events.length, count - 1, `${name}: one event is lost`);
    t.match(reading.rejects, [{ reason: 'cut-off', isEvent: true, detail: /a byte is missing or too many/ }], name);
  }
});

t.test('a run in another encoding behind a cut event was lost', async t => {
  const text = (n: number): string => event(`<EventData><Data>${n}</Data></EventData>`);
  const half = text(1).slice(0, -30);
  const runs: readonly [string, Buffer, Buffer][] = [
    ['8, LE with mark', Buffer.from(half), utf16le(`\ufeff${text(2)}`)],
    ['8, BE with mark', Buffer.from(half), utf16be(`\ufeff${text(2)}`)],
    ['LE, 8', utf16le(`\ufeff${half}`), Buffer.from(text(2))],
    ['LE with half a unit, 8', utf16le(`\ufeff${half}`).subarray(0, -1), Buffer.from(text(2))],
    ['LE with half a unit, LE', utf16le(`\ufeff${half}`).subarray(0, -1), utf16le(`\ufeff${text(2)}`)],
    ['BE, LE', utf16be(`\ufeff${half}`), utf16le(`\ufeff${text(2)}`)],
    ['LE, BE', utf16le(`\ufeff${half}`), utf16be(`\ufeff${text(2)}`)],
  ];
  for (const [name, first, second] of runs) {
    const reading = read(Buffer.concat([first, second]));
    t.same(
      reading.events.map(each => each.insertions?.[0]),
      ['2'],
      name,
    );
    t.match(reading.rejects, [{ reason: 'cut-off' }], name);
  }
});

t.test('no text of a sound event starts another in other units', async t => {
  const forged = utf16le('x').subarray(0, 1);
  const shifted = Buffer.concat([
    forged,
    utf16le(event('<EventData><Data>forged</Data></EventData>')),
    Buffer.from('y'),
  ]);
  const text = shifted.toString('utf16le');
  for (const [encode, mark] of [
    [utf16le, 'utf-16le'],
    [utf16be, 'utf-16be'],
  ] as const) {
    const reading = read(encode(`\ufeff${event(`<EventData><Data>${text}</Data></EventData>`)}${event('')}`));
    t.equal(reading.report.events, 2, mark);
    t.notMatch(JSON.stringify(reading.events.map(each => each.insertions)), 'forged', mark);
  }
});

// —— Laws ——

const SELECTION: Selection = {
  providers: [
    { names: ['P', 'MSExchange Web Services'], eventIds: [7, 10] },
    { names: ['Any & all', 'Système'] },
    { names: ['P'], eventIds: [8] },
  ],
};

const CORPUS: readonly string[] = [
  event(`<EventData><Data Name='a'>x &amp; y</Data><Data/></EventData>`),
  event(
    '<EventData><Data>z</Data></EventData>',
    `<System><Provider Name='MSExchange Web Services' Guid='{1}'/><EventID Qualifiers='3'>10</EventID><TimeCreated SystemTime='2025-06-08T07:14:05.1454614Z'/><EventRecordID>5</EventRecordID><Channel>Application</Channel><Computer>C</Computer><Security/></System>`,
  ),
  event('', `<System><Provider Name='Nobody'/><EventID>1</EventID></System>`),
  event('<!-- c -->', `<System><Provider Name='Any &amp; all'></Provider>\r\n<EventID>1</EventID></System>`),
  event('<UserData><A b="c">d</A></UserData>', `<System><EventID>1</EventID><Provider Name="Système"/></System>`),
  event(
    '<EventData><Data><![CDATA[<Event>]]></Data></EventData>',
    `<System>\n  <Provider Name="P">\n  </Provider>\n  <EventID>8</EventID>\n</System>`,
  ),
  event(`<RenderingInfo Culture='de-DE'><Message>Größe&#13;&#10;</Message></RenderingInfo>`),
  event(
    `<EventData><Data Name='a'>x</Data><Data Name="a">x</Data><Data>y &amp; &</Data> <Data Name=''>\n</Data><Binary/></EventData>`,
    `<System><Provider Name='P' Name='P'/><EventID>7</EventID></System>`,
  ),
  event(
    '<EventData>\n<Data>\n </Data>\n<ComplexData Name="c">\r</ComplexData><Data x="1" Name="b">é</Data></EventData>',
    `<System><Provider Name='P'/><EventID Qualifiers=''>7</EventID><Level>Error</Level><EventRecordID>007</EventRecordID><TimeCreated SystemTime='2025-02-29T00:00:00Z'/></System>`,
  ),
  event(
    '<EventData><Data>&lt;string&gt;A&lt;/string&gt;\n&lt;string&gt;B&lt;/string&gt;\n</Data><Binary>00</Binary></EventData>',
    `<System><Provider Name='P'/><EventID>7</EventID><Level>2</Level><EventRecordID>18446744073709551615</EventRecordID><TimeCreated SystemTime='2016-07-08 18:12:51.681640'/><Channel> c </Channel><Computer>ünï</Computer></System>`,
  ),
  event(
    `<RenderingInfo Culture='en-US'><Message>${'The message of a flood, over & over. '.repeat(4)}</Message><Level>Error</Level><Keywords><Keyword>Classic</Keyword></Keywords></RenderingInfo>`,
  ),
  event(
    `<RenderingInfo Culture='en-US'><Message>${'Le message d’un déluge&#13;&#10;'.repeat(4)}</Message></RenderingInfo><EventData><Data>after</Data></EventData>`,
  ),
  event(
    '<EventData><Data>a<b/>c</Data></EventData>',
    `<System><Provider Name='P' Guid='{2}' /> <EventID >8</EventID ><Version>0</Version><Task/></System>`,
  ),
  `<?xml version="1.0"?>\r\n<Events>\r\n`,
  '</Events>\n',
  'Record 3\n',
  '<?a ',
  '?>',
  'noise',
  '<Event/>',
  '<Event>',
  '<!--',
  '-->',
];

/** Events in 16-bit units with a few bytes dropped and added. */
const arbitraryShifts = fc
  .record({
    pieces: fc.array(fc.constantFrom(...CORPUS), { minLength: 1, maxLength: 14 }),
    encode: fc.constantFrom(utf16le, utf16be),
    edits: fc.array(fc.record({ at: fc.nat(), byte: fc.constantFrom(-1, -1, 0, 60, 69, 255) }), { maxLength: 6 }),
  })
  .map(({ pieces, encode, edits }) => {
    let bytes = encode(`\ufeff${pieces.join('\n')}`);
    for (const { at, byte } of edits) {
      const place = at % (bytes.length + 1);
      const added = byte < 0 ? [] : [byte];
      bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from(added), bytes.subarray(place + 1 - added.length)]);
    }
    return bytes;
  });

const arbitraryInput = fc
  .record({
    pieces: fc.array(
      fc.record({
        text: fc.constantFrom(...CORPUS),
        encoding: fc.constantFrom('utf8', 'utf8', 'utf8', 'latin1', 'le', 'be'),
        mark: fc.boolean(),
      }),
      { maxLength: 14 },
    ),
    isMixed: fc.boolean(),
    edits: fc.array(
      fc.record({
        at: fc.nat(),
        kind: fc.nat(3),
        byte: fc.constantFrom(0, 9, 10, 33, 38, 39, 45, 47, 60, 62, 69, 93, 255, 254, 195),
      }),
      {
        maxLength: 4,
      },
    ),
  })
  .map(({ pieces, isMixed, edits }) => {
    const parts = pieces.map(({ text, encoding, mark }) => {
      const used = isMixed ? encoding : pieces[0]!.encoding;
      const full = isMixed && mark && used !== 'latin1' ? `\ufeff${text}` : text;
      return used === 'le' ? utf16le(full) : used === 'be' ? utf16be(full) : Buffer.from(full, used);
    });
    let bytes = Buffer.concat(parts);
    for (const { at, kind, byte } of edits) {
      const place = bytes.length === 0 ? 0 : at % bytes.length;
      const head = bytes.subarray(0, place);
      if (kind === 0) bytes = Buffer.concat([head, bytes.subarray(place + 1)]);
      else if (kind === 1) bytes = Buffer.concat([head, Buffer.from([byte]), bytes.subarray(place)]);
      else if (kind === 2) bytes = Buffer.concat([head, Buffer.from([byte]), bytes.subarray(place + 1)]);
      else bytes = Buffer.from(bytes.subarray(0, Math.max(place, 1)));
    }
    return bytes;
  });

t.test('the answer does not depend on how the bytes were cut', async t => {
  check(
    t,
    fc.property(
      fc.oneof(arbitraryInput, arbitraryShifts),
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(150, 1 << 20),
      (bytes, chunks, maxEventBytes) => {
        const options = { keepRejectBytes: true, maxEventBytes, selection: SELECTION };
        for (const search of ['simd', 'indexof', 'plain'] as const) {
          const whole = read(bytes, { ...options, search });
          assert.deepStrictEqual(plainly(read(bytes, { ...options, search }, chunks)), plainly(whole));
          assert.deepStrictEqual(plainly(read(bytes, { ...options, search }, [1])), plainly(whole));
        }
      },
    ),
    { numRuns: 400 },
  );
});

t.test('fast and plain search give the same answers', async t => {
  check(
    t,
    fc.property(
      fc.oneof(arbitraryInput, arbitraryShifts),
      fc.constantFrom(SELECTION, undefined),
      fc.boolean(),
      (bytes, selection, parseAll) => {
        const plain = plainly(read(bytes, { selection, parseAll, search: 'plain' }));
        for (const search of ['simd', 'indexof', undefined] as const) {
          assert.deepStrictEqual(plainly(read(bytes, { selection, parseAll, search })), plain, `${search}`);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

t.test('the prefilter drops only what nobody wants', async t => {
  check(
    t,
    fc.property(arbitraryInput, bytes => {
      const all = read(bytes, { search: 'plain', prefilter: false, selection: SELECTION });
      for (const search of ['simd', 'plain'] as const) {
        const filtered = read(bytes, { search, selection: SELECTION });
        assert.deepStrictEqual(filtered.items, all.items);
        assert.equal(filtered.report.events, all.report.events);
        assert.equal(filtered.report.malformed, all.report.malformed);
      }
      assert.equal(read(bytes, { parseAll: true, selection: SELECTION }).report.unparsed, 0);
    }),
    { numRuns: 1000 },
  );
});

t.test(
  'every event start is in the accounting, and every byte that is neither event nor silent is in a reject',
  async t => {
    check(
      t,
      fc.property(arbitraryInput, bytes => {
        const { items, report, events, rejects } = read(bytes, { keepRejectBytes: true });
        assert.equal(report.events, events.length + rejects.filter(reject => reject.isEvent).length);
        assert.equal(report.rejects, rejects.length);
        assert.equal(report.malformed, rejects.filter(reject => reject.isEvent).length);
        let last = 0;
        for (const item of items) {
          if (item.type === 'warning') continue;
          assert.ok(
            item.position.offset >= last && item.position.length > 0,
            'items stand in order and do not overlap',
          );
          last = item.position.offset + item.position.length;
          if (item.type === 'reject')
            assert.deepStrictEqual(Buffer.from(item.bytes!), bytes.subarray(item.position.offset, last));
        }
        assert.ok(last <= bytes.length);
      }),
      { numRuns: 1000 },
    );
  },
);

t.test('events of a kind that was read before give what a parser gives that remembers none', async t => {
  const nasty = fc.constantFrom(
    ...[
      '',
      ' ',
      '\n ',
      '\r\n',
      'x',
      'plain value',
      '&amp;',
      '&',
      '&#13;',
      "'",
      '"',
      '<',
      '>',
      '</Data>',
      '<Data>',
      ']]>',
    ],
    ...[
      '<!--',
      '<![CDATA[<]]>',
      '\u00e9',
      '\u65e5\u672c',
      '\ufffd',
      '\u0001',
      '%1',
      '12',
      '4294967296',
      'a'.repeat(70),
    ],
    ...[
      '2025-02-28T00:00:00.1234567Z',
      '2025-02-29T00:00:00Z',
      '2025-02-28',
      'x\u00a0',
      'CAS01',
      '\u{1f600}'.repeat(5),
    ],
  );
  const value = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('a', 'bc', 'x\u00e9', '7') }, nasty);
  const kind = fc.record({
    provider: fc.constantFrom('MSExchange Web Services', 'P'),
    guid: fc.boolean(),
    names: fc.array(fc.constantFrom('', ' Name="a"', " Name='b'", ' Name="a" x="1"'), { maxLength: 5 }),
    space: fc.constantFrom('', '\r\n  '),
    isRendered: fc.boolean(),
    tail: fc.constantFrom('', '<Data/>', '<Binary>00</Binary>', '<Other a="1">t</Other>'),
  });
  const events = fc.array(
    fc.record({ of: fc.nat(2), values: fc.array(value, { minLength: 14, maxLength: 14 }), system: fc.nat(6) }),
    { minLength: 2, maxLength: 12 },
  );
  check(
    t,
    fc.property(
      fc.tuple(kind, kind, kind),
      events,
      fc.constantFrom('utf8', 'latin1', 'utf16le'),
      fc.constantFrom(SELECTION, undefined),
      fc.boolean(),
      (kinds, list, encoding, selection, parseAll) => {
        // All values plain but for one now and then: only then an event has the shape of the one before.
        const text = list.map(({ of, values, system }) => {
          const { provider, guid, names, space, isRendered, tail } = kinds[of]!;
          const [id, time, record, pid, channel, computer, task, level, message, ...data] = values.map((text, at) =>
            at === system
              ? text
              : ['9', '2025-02-28T00:00:00Z', '5', '8', 'c', 'm', '1', '2', 'x\u00e9 y', 'v'][Math.min(at, 9)]!,
          );
          return `<Event xmlns='urn:e'>${space}<System>${space}<Provider Name='${provider}'${guid ? " Guid='{0}'" : ''}/>${space}<EventID Qualifiers='0'>${system === 0 ? id : '10'}</EventID><Task>${task}</Task><Level>2</Level><TimeCreated SystemTime='${time}'/><EventRecordID>${record}</EventRecordID><Execution ProcessID='${pid}'/><Channel>${channel}</Channel><Computer>${computer}</Computer></System>${space}<EventData>${names.map((name, at) => `${space}<Data${name}>${data[at % data.length]}</Data>`).join('')}${tail}</EventData>${isRendered ? `<RenderingInfo Culture='fr-FR'><Message>${message}</Message><Level>${level}</Level></RenderingInfo>` : ''}</Event>`;
        });
        const bytes = Buffer.from(text.join('\n'), encoding as BufferEncoding);
        const plain = plainly(read(bytes, { selection, parseAll, search: 'plain' }));
        assert.deepStrictEqual(plainly(read(bytes, { selection, parseAll, search: 'simd' })), plain);
      },
    ),
    { numRuns: 1500 },
  );
});

t.test('who takes repeats gets all of them but the first, with what sets them apart', async t => {
  const at = (record: number, value: string, time = `2025-02-28T00:00:${10 + (record % 50)}.1234567Z`) =>
    event(
      `<EventData><Data>${value}</Data></EventData>`,
      `<System><Provider Name='P'/><EventID>7</EventID><TimeCreated SystemTime='${time}'/><EventRecordID>${record}</EventRecordID><Channel>c</Channel><Computer>m</Computer></System>`,
    );
  const list = Array.from({ length: 60 }, (_, k) => at(k + 10, `value ${k % 3}`));
  list.splice(30, 0, at(9, 'value 0', 'no time'), at(8, 'alone'));
  for (const bytes of [Buffer.from(list.join('\n')), utf16le(`\ufeff${list.join('\n')}`)]) {
    const all = read(bytes).events;
    const taken: EventRecord[] = [];
    let asked = 0;
    const { events, report } = read(bytes, {
      repeatsOf: first => {
        asked += 1;
        if (first.insertions?.[0] === 'value 2') return undefined;
        return repeatsTo(taken, first);
      },
    });
    t.equal(asked, 3, 'asked once for each text that repeats');
    t.ok(taken.length >= 30, `${taken.length} of 40 taken`);
    t.equal(report.events, 62);
    const together = [...events, ...taken].sort((a, b) => a.position.offset - b.position.offset);
    t.same(together, all);
  }
});

t.test('a flood of repeats is taken whole, whatever stands in it and wherever the bytes are cut', async t => {
  const at = (record: number, value: string, computer = 'm') =>
    event(
      `<EventData><Data>${value}</Data><Data>é ${value}</Data></EventData>`,
      `<System><Provider Name='P'/><EventID>7</EventID><TimeCreated SystemTime='2025-02-28T00:00:${10 + (record % 50)}.${1_000_000 + record}Z'/><EventRecordID>${record}</EventRecordID><Channel>c</Channel><Computer>${computer}</Computer></System>`,
    );
  const list = Array.from({ length: 1500 }, (_, k) => at(k + 10_000, k > 1300 ? `value ${k % 2}` : 'value'));
  const cut = at(1, 'value').slice(0, -8);
  list.splice(1200, 0, cut, '<!-- between -->', at(2, 'value', 'other'), at(3, 'a &lt; b'), at(4, 'value'.repeat(400)));
  list.splice(700, 0, at(5, '<![CDATA[value]]>'), at(6, 'value').replace('</Data>', '<!-- in it --></Data>'));
  const text = list.join('\r\n');
  for (const bytes of [Buffer.from(text), utf16le(`\ufeff${text}`)]) {
    const all = read(bytes, { search: 'plain', maxEventBytes: 4000 });
    for (const chunk of [[bytes.length], [4099], [65_537, 100_003]]) {
      const taken: EventRecord[] = [];
      const found = read(
        bytes,
        {
          maxEventBytes: 4000,
          repeatsOf: first => repeatsTo(taken, first),
        },
        chunk,
      );
      t.ok(taken.length > 1300, `${taken.length} of 1,500 taken`);
      t.same(
        [...found.events, ...taken].sort((a, b) => a.position.offset - b.position.offset),
        all.events,
      );
      t.same(found.rejects, all.rejects);
      t.same(found.report.events, all.report.events);
    }
  }
});

t.test('events that put texts together anew are taken, known ones and new, whatever stands among them', async t => {
  const values = [
    'a',
    'bé',
    '',
    'a longer value of 40 bytes, and so it is',
    'a &amp; b',
    'a & b',
    'x'.repeat(57),
    ' a ',
  ];
  const fresh = values.length;
  const messages = [
    ...['a', 'a &amp; b', 'a & b', '&lt;é&gt;&#13;&#10;&#9;&quot;b&apos;', '&#1114111;', '&#1114112;', '&#0000065;'],
    ...[
      '&#x41;',
      '&#;',
      '&#65',
      '&amp',
      '&lt',
      '&nbsp;',
      '&AMP;',
      '&',
      'a&',
      'a\r\nb',
      'a &amp; b '.repeat(20),
      '&lt;&',
    ],
  ];
  const computers = ['m', 'n', '', 'o.contoso.local'];
  const eventArb: fc.Arbitrary<FakeTexts> = fc.record({
    values: fc.tuple(
      fc.oneof({ weight: 4, arbitrary: fc.nat(values.length - 1) }, { weight: 3, arbitrary: fc.constant(fresh) }),
      fc.oneof({ weight: 2, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.constant(fresh) }),
      fc.oneof({ weight: 9, arbitrary: fc.nat(1) }, { weight: 1, arbitrary: fc.integer({ min: 4, max: 5 }) }),
    ),
    message: fc.oneof({ weight: 9, arbitrary: fc.nat(4) }, { weight: 1, arbitrary: fc.nat(messages.length - 1) }),
    computer: fc.nat(3),
    channel: fc.nat(1),
    recordId: fc.option(fc.nat(99), { nil: undefined, freq: 9 }),
    second: fc.option(fc.nat(59), { nil: undefined, freq: 9 }),
    form: fc.integer({ min: 0, max: 12 }),
  });
  const textOf = (
    { values: [a, b, c], message, computer, channel, recordId, second, form }: FakeTexts,
    index: number,
  ) => {
    const data = [a, b, c].map((at, place) => {
      const value = values[at] ?? `new ${index % 3 === 0 ? 'é ' : ''}${'long '.repeat(index % 30)}${place} ${index}`;
      return `<Data${form === 0 ? ` Name='n${place}'` : ''}>${value}</Data>`;
    });
    const body = form === 1 ? '<Data>alone</Data><Binary>00</Binary>' : data.join('');
    const rendered =
      form !== 2 && form < 9
        ? ''
        : `<RenderingInfo Culture='en-US'><Message>${messages[message]}</Message></RenderingInfo>`;
    return event(
      `<EventData>${body}</EventData>${rendered}`,
      `<System><Provider Name='P'/><EventID>${form === 3 ? 8 : 7}</EventID>${
        second === undefined ? '' : `<TimeCreated SystemTime='2025-02-28T00:00:${10 + (second % 50)}.1234567Z'/>`
      }${recordId === undefined ? '' : `<EventRecordID>${recordId}</EventRecordID>`}<Channel>${
        ['c', 'Other'][channel]
      }</Channel><Computer>${computers[computer]}</Computer></System>`,
    );
  };
  const selection: Selection = { providers: [{ names: ['P'], eventIds: [7] }] };
  let most = 0;
  check(
    t,
    fc.property(
      fc.array(eventArb, { maxLength: 150, size: 'max' }),
      fc.boolean(),
      fc.constantFrom([1 << 20], [701, 1499]),
      fc.nat(7),
      fc.integer({ min: 2, max: 3 }),
      fc.boolean(),
      (events, isWide, chunk, refused, told, parseAll) => {
        const text = events.map(textOf).join('\n');
        const bytes = isWide ? utf16le(text) : Buffer.from(text);
        const all = read(bytes, { selection, parseAll, search: 'plain' });
        const taken: EventRecord[] = [];
        const isRefused = ({ insertions }: EventRecord) => insertions?.[0] === values[refused];
        const found = read(
          bytes,
          {
            selection,
            parseAll,
            repeatsOf: first => (isRefused(first) ? undefined : repeatsTo(taken, first)),
            variationsOf: (first, texts) =>
              isRefused(first) ? undefined : variationsTo(taken, first, texts, isRefused, told),
          },
          chunk,
        );
        const withoutMessage = ({ message: _, culture: __, ...event }: EventRecord) => ({
          ...event,
          insertions: event.insertions?.slice(0, told),
        });
        t.same(
          [...found.events, ...taken].sort((a, b) => a.position.offset - b.position.offset).map(withoutMessage),
          all.events.map(withoutMessage),
        );
        t.same(found.rejects, all.rejects);
        t.same(found.report, all.report);
        most = Math.max(most, taken.length);
      },
    ),
    { numRuns: 400 },
  );
  t.ok(most > 20, `as many as ${most} taken of one input`);
});

t.test('texts that drive each other out of their places are taken as they are', async t => {
  const at = (record: number) =>
    event(
      `<EventData><Data>é ${record}</Data><Data>text ${Math.floor(record / 2)}</Data><Data>${record % 7}</Data></EventData>`,
      `<System><Provider Name='P'/><EventID>7</EventID><TimeCreated SystemTime='2025-02-28T00:00:10.1234567Z'/><EventRecordID>${record}</EventRecordID><Channel>c</Channel><Computer>m</Computer></System>`,
    );
  const text = Array.from({ length: 40_000 }, (_, record) => at(record)).join('\n');
  for (const bytes of [Buffer.from(text), utf16le(text)]) {
    const taken: EventRecord[] = [];
    const found = read(bytes, {
      repeatsOf: first => repeatsTo(taken, first),
      variationsOf: (first, texts) => variationsTo(taken, first, texts, () => false),
    });
    t.ok(taken.length > 39_900, `${taken.length} of 40,000 taken`);
    const together = [...found.events, ...taken].sort((a, b) => a.position.offset - b.position.offset);
    t.same(
      together.map(({ insertions }) => insertions),
      Array.from(together, (_, record) => [`é ${record}`, `text ${Math.floor(record / 2)}`, `${record % 7}`]),
    );
  }
});

t.test('events of more texts than are numbered are read as they are', async t => {
  const at = (record: number, count: number) =>
    event(
      `<EventData>${Array.from({ length: count }, (_, k) => `<Data>${(record * (k + 3)) % 7}</Data>`).join('')}</EventData>`,
      `<System><Provider Name='P'/><EventID>7</EventID><TimeCreated SystemTime='2025-02-28T00:00:10.1234567Z'/><EventRecordID>${record}</EventRecordID><Channel>c</Channel><Computer>m</Computer></System>`,
    );
  for (const count of [29, 30, 31, 40]) {
    const bytes = Buffer.from(Array.from({ length: 400 }, (_, record) => at(record, count)).join('\n'));
    const taken: EventRecord[] = [];
    const found = read(bytes, {
      variationsOf: (first, texts) => variationsTo(taken, first, texts, () => false),
    });
    t.equal(taken.length > 300, count <= 30, `${taken.length} of 400 with ${count} values taken`);
    t.same(
      [...found.events, ...taken].sort((a, b) => a.position.offset - b.position.offset),
      read(bytes, { search: 'plain' }).events,
    );
  }
});

t.test('real files mutated at random read alike on every path', { skip: noReal }, async t => {
  const whole = readFileSync(`${REAL}/eventviewer-xml/System.xml`);
  const selection: Selection = {
    providers: [
      { names: ['Service Control Manager'], eventIds: [7040, 7045] },
      { names: ['DCOM', 'Microsoft-Windows-DistributedCOM'] },
    ],
  };
  check(
    t,
    fc.property(
      fc.nat(whole.length - 40_000),
      fc.array(fc.tuple(fc.nat(39_999), fc.nat(255)), { maxLength: 20 }),
      fc.boolean(),
      (from, edits, isWide) => {
        let bytes: Buffer = Buffer.from(whole.subarray(from, from + 40_000));
        for (const [at, byte] of edits) bytes[at] = byte;
        if (isWide) bytes = utf16le(bytes.toString('latin1'));
        const plain = plainly(read(bytes, { selection, search: 'plain' }));
        assert.deepStrictEqual(plainly(read(bytes, { selection, search: 'simd' })), plain);
        assert.deepStrictEqual(plainly(read(bytes, { selection, search: 'indexof' }, [777])), plain);
        assert.deepStrictEqual(
          plainly(read(bytes, { search: 'simd' }, [4096])),
          plainly(read(bytes, { search: 'plain' })),
        );
      },
    ),
    { numRuns: 60 },
  );
});

t.test('hostile input takes linear time', async t => {
  const fill = (text: string, size: number): Buffer => Buffer.from(text.repeat(Math.ceil(size / text.length)));
  for (const text of [
    '<!--',
    '<Event><!--',
    '<Event><![CDATA[',
    '<',
    '<a ',
    '<Event ',
    '&',
    '</Event ',
    '<Event>&&&&',
    ']]>',
    'Record ',
    '- ',
    '\0',
    '\xff',
  ]) {
    for (const search of ['simd', 'indexof', 'plain'] as const) {
      // In one window too: what searches all of it again and again is linear in windows of one size.
      for (const chunks of search === 'simd' ? [[1 << 18], [1 << 20]] : [[1 << 18]]) {
        const growth = growthByFour(size => read(fill(text, size), { search }, chunks), 1 << 20);
        const what = `${JSON.stringify(text)} over and over, ${search}, ${chunks[0]! >> 10} KiB at once`;
        t.ok(growth < 12, `${what}: ${growth.toFixed(1)} times for four times`);
      }
    }
  }
  const shifted = ['<Event>', '<Event><!--', '<Event><![CDATA[', '<Event><!-- --><x>'];
  for (const encode of [utf16le, utf16be]) {
    for (const text of shifted) {
      const unit = Buffer.concat([encode(text), Buffer.from('x'), encode(text), Buffer.from('x')]);
      const ends = encode(`--><x>]]>${' '.repeat(64)}`);
      const build = (size: number): Buffer =>
        Buffer.concat([
          encode('\ufeff'),
          ...Array.from({ length: size / 2 / unit.length }, () => unit),
          ...Array.from({ length: size / 2 / ends.length }, () => ends),
        ]);
      const growth = growthByFour(size => read(build(size), {}), 1 << 19);
      t.ok(growth < 12, `${JSON.stringify(text)} half a unit off in turn: ${growth.toFixed(1)} times for four times`);
    }
  }
});

t.test('an event larger than the window makes the window grow', async t => {
  const value = 'v'.repeat(3_000_000);
  const bytes = Buffer.from(event(`<EventData><Data>${value}</Data></EventData>`) + event(''));
  for (const search of ['simd', 'indexof', 'plain'] as const) {
    t.same(
      read(bytes, { search }, [65_536]).events.map(each => each.insertions?.[0]?.length),
      [value.length, undefined],
    );
    const short = read(bytes, { search, maxEventBytes: 100_000 }, [65_536]);
    t.same(
      short.rejects.map(reject => reject.reason),
      ['too-long'],
    );
    t.equal(short.events.length, 1);
  }
});

/** Runs a property; its seed and the shrunk input stand in the failure's message. */
interface FakeTexts {
  readonly values: readonly [number, number, number];
  /** Which of several messages it has, where it has one. */
  readonly message: number;
  readonly computer: number;
  readonly channel: number;
  readonly recordId: number | undefined;
  readonly second: number | undefined;
  /** Which of several kinds of event it is. */
  readonly form: number;
}

function check<T>(t: { pass(name: string): void }, property: fc.IProperty<T>, options: fc.Parameters<T>): void {
  fc.assert(property, options);
  t.pass(`${options.numRuns} runs`);
}

function plainly({ items, report }: Reading): unknown {
  return [items, report];
}

function essence(record: EventRecord): unknown {
  const { provider, eventId, recordId, computer, channel, level, insertions, message } = record;
  const time = record.time === undefined ? undefined : formatInstant(record.time);
  return { provider, eventId, recordId, computer, channel, level, time, insertions, message };
}

/** What saxes, which knows nothing of our code, says of an Event Viewer file whose bodies are EventData or UserData. */
function saxesEvents(xml: string): unknown[] {
  const found: unknown[] = [];
  const parser = new SaxesParser();
  let path: string[] = [];
  let text = '';
  let isLeaf = false;
  let fields: Record<string, string> = {};
  let attributes: Record<string, string> = {};
  let insertions: string[] | undefined;
  parser.on('opentag', tag => {
    path.push(tag.name);
    text = '';
    isLeaf = true;
    attributes = tag.attributes as Record<string, string>;
    const at = path.slice(2).join('/');
    if (at === '') fields = {};
    if (path.length === 2) insertions = undefined;
    if (at === 'System/Provider') fields.provider = attributes.Name!;
    if (at === 'System/TimeCreated') fields.time = attributes.SystemTime!;
    if (at === 'EventData' || at === 'UserData') insertions = [];
    if (path[2] === 'UserData' && path.length > 3) {
      for (const [name, value] of Object.entries(attributes)) if (!name.startsWith('xmlns')) insertions!.push(value);
    }
  });
  parser.on('text', part => {
    text += part;
  });
  parser.on('closetag', () => {
    const at = path.slice(2).join('/');
    if (path[2] === 'System') fields[at] ??= text;
    if (at === 'EventData/Data') insertions!.push(text);
    if (path[2] === 'UserData' && path.length > 4 && isLeaf) insertions!.push(text);
    if (at === 'RenderingInfo/Message') fields[at] = text;
    if (path.length === 2) {
      found.push({
        provider: fields.provider,
        eventId: Number(fields['System/EventID']),
        recordId: fields['System/EventRecordID'],
        computer: fields['System/Computer'],
        channel: fields['System/Channel'],
        level: Number(fields['System/Level']),
        time: fields.time,
        insertions,
        message: fields['RenderingInfo/Message'],
      });
    }
    isLeaf = false;
    path = path.slice(0, -1);
  });
  parser.write(xml.replace(/^\ufeff/, '')).close();
  return found;
}
