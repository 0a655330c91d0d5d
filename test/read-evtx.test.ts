import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { EventRecord, InputReport, ReadItem, Reject } from '../src/index.js';
import { createFastRecords } from '../src/read/evtx/fast-records.js';
import { linesGiven, readEvtx } from './evtx-reader.js';
import {
  eventRoot,
  NULL_VALUE,
  stringValue,
  systemValues,
  type WritableEvent,
  type WrittenElement,
  type WrittenValue,
  writeEvtx,
  writeRecords,
} from './evtx-writer.js';
import { type RunOptions, readItems } from './properties/run-evpair.js';
import { withoutMemory } from './without-memory.js';

const seed = process.env.EVPAIR_SEED === undefined ? Date.now() & 0x7fffffff : Number(process.env.EVPAIR_SEED);
t.comment(`seed ${seed}`);

const read = readEvtx;
const eventsOf = (items: readonly ReadItem[]) => items.filter((item): item is EventRecord => item.type === 'event');
const rejectsOf = (items: readonly ReadItem[]) => items.filter((item): item is Reject => item.type === 'reject');
const reportOf = (items: readonly ReadItem[]) => items.at(-1) as InputReport;

const text = fc.string({
  unit: fc.constantFrom(...'aZ09 .,;<>&"\'\\/ä€あ\ud800', '\u200e', '\t', '\n', '\x02'),
  maxLength: 40,
});
const someEvent: fc.Arbitrary<WritableEvent> = fc.record(
  {
    provider: text.map(each => `P${each}`),
    eventId: fc.nat(0xffff),
    qualifiers: fc.nat(0xffff),
    level: fc.nat(5),
    channel: fc.constantFrom('Application', 'Microsoft-Windows-X/Operational'),
    computer: fc.constantFrom('CAS01.contoso.local', 'cas02'),
    recordId: fc.nat().map(String),
    time: fc
      .tuple(fc.integer({ min: -11_644_473_600_000, max: 253_402_300_799_999 }), fc.nat(9999))
      .map(([epochMs, ticks]) => ({ epochMs, nanos: ticks * 100, digits: 7, basis: 'export' as const })),
    insertions: fc.array(text, { maxLength: 8 }),
  },
  { requiredKeys: ['provider', 'eventId'] },
);

t.test('what is written as a log is read back, whatever it says', async t => {
  fc.assert(
    fc.property(fc.array(someEvent, { maxLength: 60 }), fc.boolean(), (events, isNamed) => {
      const written = events.map(event =>
        isNamed && (event.insertions?.length ?? 0) > 0
          ? { ...event, names: event.insertions!.map((_, index) => (index % 3 === 2 ? undefined : `Name${index}`)) }
          : event,
      );
      const items = read(writeEvtx(written));
      assert.deepEqual(rejectsOf(items), []);
      assert.deepEqual(reportOf(items).warnings, written.length === 0 ? {} : {});
      const found = eventsOf(items).map(({ type: _t, position: _p, ...event }) => sorted(event));
      assert.deepEqual(found, written.map(sorted));
    }),
    { seed, numRuns: 150 },
  );
  const many = Array.from({ length: 3000 }, (_, index) => ({
    provider: 'P',
    eventId: index,
    insertions: [`value ${index}`],
  }));
  t.equal(eventsOf(read(writeEvtx(many))).length, 3000, 'in many chunks');
});

/** A value with the texts that Windows makes of it, written down by hand. */
const VALUES: readonly (readonly [type: number, hex: string, ...texts: string[]])[] = [
  [0x01, '41006200e400', 'Abä'],
  [0x01, '410000000000', 'A'],
  [0x01, '41000d000a004200', 'A\nB'],
  [0x02, '4180e4', 'A€ä'],
  [0x03, 'ff', '-1'],
  [0x04, 'ff', '255'],
  [0x05, '0080', '-32768'],
  [0x06, 'ffff', '65535'],
  [0x07, '57000780', '-2147024809'],
  [0x08, '57000780', '2147942487'],
  [0x09, 'ffffffffffffffff', '-1'],
  [0x0a, 'ffffffffffffffff', '18446744073709551615'],
  [0x0a, '0000000001000000', '4294967296'],
  [0x0b, '0000c03f', '1.5'],
  [0x0c, '000000000000f8bf', '-1.5'],
  [0x0c, '00000000d0120341', '156250'],
  [0x0c, '000000205fa00242', '1e+10'],
  [0x0d, '00000000', 'false'],
  [0x0d, '01000000', 'true'],
  [0x0d, '00feff00', 'true'],
  [0x0e, '00abcdef', '00ABCDEF'],
  [0x0f, '33221100554477668899aabbccddeeff', '{00112233-4455-6677-8899-aabbccddeeff}'],
  [0x10, 'ff00ff00', '0xff00ff'],
  [0x10, 'ff000000ff000000', '0xff000000ff'],
  [0x11, 'c141d23cd1a9da01', '2024-05-19T09:45:09.4522305Z'],
  [0x11, 'ffffffffffffff7f', '30828-09-14T02:48:05.4775807Z'],
  [0x12, 'e807050000001300090031003200e703', '2024-05-19T09:49:50.999Z'],
  [0x13, '010100000000000512000000', 'S-1-5-18'],
  [0x13, '01020000000000052000000020020000', 'S-1-5-32-544'],
  [0x14, '000000c0', '0xc0000000'],
  [0x15, 'e703000000000000', '0x3e7'],
  [0x00, '', ''],
  [0x81, '4100000000004200', 'A', '', 'B'],
  [0x81, '410000004200000000000000', 'A', 'B', '', ''],
  [0x81, ''],
  [0x84, '0102', '1', '2'],
  [0x88, '0100000002000000', '1', '2'],
  [0x8d, '0100000000000000', 'true', 'false'],
  [0x93, '01010000000000051200000001020000000000052000000020020000', 'S-1-5-18', 'S-1-5-32-544'],
  [0x94, '0a000000ff000000', '0xa', '0xff'],
];

const someTime = { epochMs: 1_700_000_000_000, nanos: 0, digits: 7, basis: 'export' as const };

t.test('every type of value reads as Windows writes it, and an array as one Data for each of its elements', async t => {
  for (const [type, hex, ...texts] of VALUES) {
    const data: WrittenElement = { name: 'Data', attributes: [['Name', 'V']], children: [{ sub: 8 }] };
    const values = [
      ...systemValues({ provider: 'P', eventId: 1, time: someTime }),
      { type, bytes: Buffer.from(hex, 'hex') },
    ];
    const body = eventRoot([{ name: 'EventData', children: [data] }]);
    const [event] = eventsOf(read(writeRecords([{ root: body, values, number: 1n }])));
    t.same(event?.insertions, texts, `type 0x${type.toString(16)}, ${hex}`);
    t.same(event?.names, texts.length === 0 ? undefined : texts.map(() => 'V'));
  }
});

/** A body's tree whose values stand at 8 and after; `text` is what fills each. */
interface Body {
  readonly element: WrittenElement;
  readonly texts: readonly (string | undefined)[];
}

const plainText = fc.string({ unit: fc.constantFrom(...'aZ09 .<>&"\'ä'), maxLength: 12 });
const name = fc.constantFrom('Data', 'Binary', 'EventData', 'ComplexData', 'Param', 'Host', 'List');
const attributeName = fc.constantFrom('Name', 'id', 'xmlns');
const { tree } = fc.letrec<{ tree: WrittenElement }>(tie => ({
  tree: fc.record(
    {
      name,
      dependency: fc.nat(5).map(sub => sub + 8),
      attributes: fc.uniqueArray(
        fc.tuple(
          attributeName,
          fc.oneof(
            plainText,
            fc.nat(5).map(sub => ({ sub: sub + 8, isOptional: true })),
          ),
        ),
        {
          selector: ([each]) => each,
          maxLength: 2,
        },
      ),
      children: fc.oneof(
        { depthSize: 'small' },
        fc.array(
          fc.oneof(
            plainText,
            fc.nat(5).map(sub => ({ sub: sub + 8 })),
          ),
          { maxLength: 1 },
        ),
        fc.array(tie('tree'), { maxLength: 3 }),
      ),
    },
    { requiredKeys: ['name', 'children'] },
  ),
}));
const someBody: fc.Arbitrary<Body> = fc.record({
  element: fc.record({ name: fc.constantFrom('EventData', 'UserData'), children: fc.array(tree, { maxLength: 4 }) }),
  texts: fc.array(fc.option(plainText, { nil: undefined }), { minLength: 6, maxLength: 6 }),
});

t.test('any tree of a body reads as its XML does', async () => {
  fc.assert(
    fc.property(someBody, fc.boolean(), ({ element, texts }, isEmbedded) => {
      const system = systemValues({ provider: 'P', eventId: 7, time: someTime });
      const filled = texts.map(filling);
      // An embedded fragment has values of its own, at the same numbers.
      const values: WrittenValue[] = isEmbedded
        ? [...system, { root: element, values: [...system, ...filled] }]
        : [...system, ...filled];
      const root = eventRoot([isEmbedded ? { sub: 8 } : element]);
      const log = writeRecords([{ root, values, number: 1n }]);
      const xml = `<Event><System><Provider Name="P"/><EventID>7</EventID></System>${xmlOf(element, texts)}</Event>`;
      const [fromLog, fromXml] = [read(log), readItems({ name: 'a.xml', bytes: Buffer.from(xml) })];
      assert.deepEqual(rejectsOf(fromLog), []);
      const [found] = eventsOf(fromLog);
      const [expected] = eventsOf(fromXml);
      assert.deepEqual(found?.insertions, expected?.insertions, xml);
      assert.deepEqual(found?.names, expected?.names, xml);
    }),
    { seed, numRuns: 400 },
  );
});

const systemText = fc.constantFrom('', '7', '3', '65543', 'P', 'log.contoso.local', '2011-03-04T05:06:07.1234567Z');
const systemPart = fc.oneof(
  systemText,
  fc.nat(5).map(sub => ({ sub: sub + 8 })),
);
const systemElement: fc.Arbitrary<WrittenElement> = fc.record(
  {
    name: fc.constantFrom(
      ...['Provider', 'EventID', 'Level', 'TimeCreated', 'EventRecordID', 'Channel', 'Computer', 'Task'],
    ),
    dependency: fc.nat(5).map(sub => sub + 8),
    attributes: fc.uniqueArray(
      fc.tuple(
        fc.constantFrom('Name', 'Qualifiers', 'SystemTime'),
        fc.oneof(
          systemText,
          fc.nat(5).map(sub => ({ sub: sub + 8, isOptional: true })),
        ),
      ),
      { selector: ([each]) => each, maxLength: 2 },
    ),
    children: fc.array(systemPart, { maxLength: 2 }),
  },
  { requiredKeys: ['name', 'children'] },
);

t.test('any System element reads as its XML does, made as usual or not', async () => {
  const fieldsOf = (items: readonly ReadItem[]) =>
    eventsOf(items).map(({ position: _, ...fields }) => JSON.stringify(Object.entries(fields).sort()));
  fc.assert(
    fc.property(
      fc.array(systemElement, { maxLength: 6 }),
      fc.array(fc.option(systemText, { nil: undefined }), { minLength: 6, maxLength: 6 }),
      (children, texts) => {
        const element = { name: 'System', children };
        const values = [...systemValues({ provider: '', eventId: 0 }), ...texts.map(filling)];
        const log = writeRecords([{ root: { name: 'Event', children: [element] }, values, number: 1n }]);
        const xml = `<Event>${xmlOf(element, texts)}</Event>`;
        const fromXml = readItems({ name: 'a.xml', bytes: Buffer.from(xml) }, { format: 'event-xml' });
        assert.deepEqual(fieldsOf(read(log)), fieldsOf(fromXml), xml);
        for (const eventId of [7, 3]) {
          const selection = { providers: [{ names: ['P'], eventIds: [eventId] }] };
          const wanted = eventsOf(read(log)).filter(event => event.provider === 'P' && event.eventId === eventId);
          assert.deepEqual(eventsOf(read(log, { selection })), wanted, xml);
        }
      },
    ),
    { seed, numRuns: 400 },
  );
});

const typedValue: fc.Arbitrary<WrittenValue> = fc.oneof(
  text.map(stringValue),
  fc.constantFrom(...VALUES).map(([type, hex]) => ({ type, bytes: Buffer.from(hex, 'hex') })),
  fc.record({
    type: fc.oneof(fc.constantFrom(...VALUES.map(([type]) => type)), fc.nat(0xff)).filter(type => type !== 0x21),
    bytes: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 8, maxLength: 8 })),
  }),
);
const usualText = fc.string({ unit: fc.constantFrom(...'aZ09 <"\\ä€\ud800\udc00\0\r\n'), maxLength: 12 });
const usualData: fc.Arbitrary<WrittenElement> = fc.record(
  {
    name: fc.constantFrom('Data', 'Data', 'Data', 'Binary', 'ComplexData'),
    dependency: fc.nat(9),
    attributes: fc.oneof(
      { weight: 5, arbitrary: usualText.map(name => [['Name', name]] as const) },
      fc.constant([['xmlns', 'x']] as const),
      fc.constant([['Name', { sub: 1 }]] as const),
    ),
    children: fc.oneof(
      { weight: 5, arbitrary: fc.nat(9).map(sub => [{ sub }]) },
      fc.constant([]),
      usualText.map(each => [each]),
    ),
  },
  { requiredKeys: ['name', 'children'] },
);

t.test('records made as usual, of values of any type and length, are written as they are read', async t => {
  const before = linesGiven.count;
  const field = (usual: WrittenValue) => fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, typedValue);
  const someRecord = fc.record({
    system: fc.tuple(
      ...systemValues({
        provider: 'Wanted',
        eventId: 7,
        qualifiers: 3,
        level: 2,
        time: someTime,
        recordId: '9007199254740993',
        channel: 'System',
        computer: 'cas01',
      }).map(field),
    ),
    data: fc.array(usualData, { maxLength: 5 }),
    dependency: fc.option(fc.nat(9), { nil: undefined, freq: 4 }),
    values: fc.array(typedValue, { minLength: 2, maxLength: 10 }),
    isEmbedded: fc.boolean(),
    repeats: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(someRecord, { minLength: 1, maxLength: 6 }), fc.boolean(), (records, isSelected) => {
      const log = writeRecords(
        records.flatMap(({ system, data, dependency, values, isEmbedded, repeats }, index) => {
          const body: WrittenElement = {
            name: 'EventData',
            children: data,
            ...(dependency === undefined ? {} : { dependency }),
          };
          const record = isEmbedded
            ? { root: eventRoot([{ sub: 8, isOptional: true }]), values: [...system, { root: body, values }] }
            : { root: eventRoot([body]), values: [...system, ...values] };
          return Array.from({ length: repeats }, (_, repeat) => ({
            ...record,
            number: BigInt(index * 3 + repeat + 1),
          }));
        }),
      );
      read(log, isSelected ? { selection: { providers: [{ names: ['Wanted', ''], eventIds: [7] }] } } : {});
    }),
    { seed, numRuns: 300 },
  );
  t.ok(linesGiven.count - before > 200, `${linesGiven.count - before} records were written at once`);
});

function filling(text: string | undefined): WrittenValue {
  return text === undefined ? NULL_VALUE : stringValue(text);
}

function xmlOf(element: WrittenElement, texts: readonly (string | undefined)[]): string {
  if (element.dependency !== undefined && texts[element.dependency - 8] === undefined) return '';
  let attributes = '';
  for (const [attribute, value] of element.attributes ?? []) {
    const filled = typeof value === 'string' ? value : texts[value.sub - 8];
    if (filled !== undefined) attributes += ` ${attribute}="${escaped(filled)}"`;
  }
  const children = (element.children ?? []).map(child => {
    if (typeof child === 'string') return escaped(child);
    return 'name' in child ? xmlOf(child, texts) : escaped(texts[child.sub - 8] ?? '');
  });
  return `<${element.name}${attributes}>${children.join('')}</${element.name}>`;
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

const OWN = Buffer.from(
  writeEvtx(
    Array.from({ length: 40 }, (_, index) => ({
      provider: index % 2 === 0 ? 'Wanted' : 'Other',
      eventId: index % 4,
      recordId: String(index + 1),
      computer: 'CAS01',
      ...(index % 5 === 4
        ? {}
        : { time: { epochMs: 1_700_000_000_000 + index, nanos: 700, digits: 7, basis: 'export' as const } }),
      insertions: [`host${index}.contoso.local`, '', 'x'.repeat(index * 20)],
      ...(index % 3 === 0 ? { names: ['A', undefined, 'B'] } : {}),
    })),
  ),
);
const OWN_EVENTS = eventsOf(read(OWN));
/** Where the record with this index stands in OWN. */
const recordAt = (index: number) => OWN_EVENTS[index]!.position;

t.test('a damaged log of our own never throws, cuts or not, fast or plain, and the accounting adds up', async () => {
  const used = recordAt(39).offset + recordAt(39).length;
  const selection = { providers: [{ names: ['Wanted'], eventIds: [0, 2] }] };
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(used), fc.oneof(fc.nat(255), fc.constantFrom(0, 0x0c, 0x0d, 0x21))), { maxLength: 12 }),
      fc.option(fc.nat(used)),
      fc.option(fc.record({ from: fc.nat(used), length: fc.nat(3000) })),
      fc.integer({ min: 1, max: 70_000 }),
      fc.boolean(),
      (damage, cut, hole, chunkBytes, recover) => {
        const log = Buffer.from(OWN);
        for (const [at, byte] of damage) log[at] = byte;
        if (hole !== null) log.fill(0, hole.from, hole.from + hole.length);
        const bytes = cut === null ? log : log.subarray(0, cut);
        if (bytes.length === 0) return;
        const format = 'evtx';
        const whole = read(bytes, { format, recover });
        assert.deepEqual(
          read(bytes, { format, recover, chunkBytes: Math.max(chunkBytes, bytes.length >> 8, 1) }),
          whole,
        );
        const report = reportOf(whole);
        assert.equal(report.events, eventsOf(whole).length + report.malformed);
        assert.equal(report.rejects, rejectsOf(whole).length);
        for (const { position } of rejectsOf(whole)) {
          assert.ok(position.length > 0 && position.offset + position.length <= bytes.length);
        }
        const fast = read(bytes, { format, recover, selection });
        const plain = read(bytes, { format, recover, selection, prefilter: false });
        assert.deepEqual(
          eventsOf(fast),
          eventsOf(whole).filter(({ provider, eventId }) => provider === 'Wanted' && (eventId === 0 || eventId === 2)),
        );
        assert.deepEqual(eventsOf(plain), eventsOf(fast));
        assert.deepEqual(rejectsOf(plain), rejectsOf(fast));
        assert.equal(reportOf(plain).events, reportOf(fast).events);
      },
    ),
    { seed, numRuns: 300 },
  );
});

t.test('damage costs what it hits and no more', async t => {
  const without = (...lost: number[]) => OWN_EVENTS.filter((_, index) => !lost.includes(index));
  const damaged = (change: (log: Buffer) => void) => {
    const log = Buffer.from(OWN);
    change(log);
    return read(log);
  };
  const { offset, length } = recordAt(20);

  const zeroed = damaged(log => log.fill(0, offset, offset + length));
  t.same(eventsOf(zeroed), without(20), 'a zeroed record');
  t.match(rejectsOf(zeroed), [{ reason: 'no-event', isEvent: false, position: { offset, length } }]);
  t.equal(reportOf(zeroed).warnings['chunk-checksum'], 1);

  for (const size of [0, 24, length - 8, length + 8, 0xffff_ffff]) {
    const items = damaged(log => log.writeUInt32LE(size, offset + 4));
    t.same(eventsOf(items), OWN_EVENTS, `a size of ${size}: the content tells its end`);
    t.equal(reportOf(items).warnings['record-size'], 1);
  }
  t.same(eventsOf(damaged(log => log.fill(0xff, offset, offset + 4))), OWN_EVENTS, 'a lost mark between sound sizes');
  t.same(eventsOf(damaged(log => log.writeUInt32LE(1, offset + length - 4))), OWN_EVENTS, 'a lost copy of the size');

  const template = OWN.readUInt32LE(offset + 24 + 6 + 4) + 4096;
  const gone = damaged(log => log.fill(0x55, template + 4, template + 8));
  t.ok(rejectsOf(gone).length > 20, 'records without their template are rejected');
  t.match(rejectsOf(gone).at(-1), { reason: 'malformed', isEvent: true, detail: /template is gone/ });
  t.equal(reportOf(gone).events, OWN_EVENTS.length);

  const renumbered = Buffer.from(OWN);
  renumbered.fill(0x55, recordAt(2).offset + 24 + 6, recordAt(2).offset + 24 + 6 + 4);
  const secondOnly = { providers: [{ names: ['Wanted'], eventIds: [2] }] };
  for (const selection of [undefined, secondOnly]) {
    const items = read(renumbered, selection === undefined ? {} : { selection });
    t.match(
      rejectsOf(items).map(({ detail, position }) => ({ detail, offset: position.offset })),
      [{ detail: /template is gone/, offset: recordAt(2).offset }],
      'a template under another number is not taken, whether an earlier record has used it or not',
    );
  }

  const magic = damaged(log => log.write('xxxxxxxx', 4096));
  t.same(eventsOf(magic), OWN_EVENTS, 'a chunk without its mark');
  t.equal(reportOf(magic).warnings['chunk-mark'], 1);

  const many = Buffer.from(writeEvtx(Array.from({ length: 2000 }, (_, index) => ({ provider: 'P', eventId: index }))));
  const all = eventsOf(read(many)).map(({ eventId }) => eventId);
  const idsOf = (bytes: Buffer, options: RunOptions = {}) =>
    eventsOf(read(bytes, options)).map(({ eventId }) => eventId);
  t.same(
    idsOf(Buffer.concat([many.subarray(0, 4096), Buffer.from('torn'), many.subarray(4096)])),
    all,
    'chunks out of line',
  );
  const chunks = (many.length - 4096) / 65_536;
  t.ok(chunks >= 3);
  const lost = many.subarray(0, -65_536);
  t.equal(reportOf(read(lost)).warnings['chunks-missing'], 1);
  const cut = read(many.subarray(0, 4096 + 65_536 + 5000));
  t.equal(reportOf(cut).warnings['chunk-truncated'], 1);
  t.match(rejectsOf(cut), [{ reason: 'truncated', isEvent: true }]);
  const carved = Buffer.concat([Buffer.alloc(777, 0x61), many.subarray(4096 + 512, 4096 + 60_000)]);
  t.same(eventsOf(read(carved, { format: 'evtx' })), []);
  t.ok(idsOf(carved, { format: 'evtx', recover: true }).length > 250, 'records without chunk or file are carved');
});

t.test('every record that damage did not touch is read as it was', async t => {
  // The first records define what all the others refer to: names, and the templates of both shapes.
  const first = 4;
  const from = recordAt(first).offset;
  const to = recordAt(39).offset + recordAt(39).length;
  const place = fc.integer({ min: from, max: to - 1 });
  const isTouched = ({ position: { offset, length } }: EventRecord, at: number, size: number) =>
    at < offset + length && at + size > offset;
  let lost = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(place, fc.nat(255)), { maxLength: 6 }),
      fc.array(fc.tuple(place, fc.integer({ min: 1, max: 1500 }), fc.constantFrom(0, 0xff, 0x2a)), { maxLength: 2 }),
      fc.option(place, { freq: 3 }),
      (flips, holes, cut) => {
        const log = Buffer.from(OWN);
        for (const [at, bits] of flips) log[at] = log[at]! ^ bits;
        for (const [at, length, byte] of holes) log.fill(byte, at, at + length);
        const hits: [number, number][] = [
          ...flips.map(([at]): [number, number] => [at, 1]),
          ...holes.map(([at, length]): [number, number] => [at, length]),
          ...(cut === null ? [] : [[cut, OWN.length] as [number, number]]),
        ];
        const found = new Map(
          eventsOf(read(cut === null ? log : log.subarray(0, cut))).map(each => [each.position.offset, each]),
        );
        for (const event of OWN_EVENTS) {
          if (hits.some(([at, size]) => isTouched(event, at, size))) lost += 1;
          else assert.deepEqual(found.get(event.position.offset), event);
        }
      },
    ),
    { seed, numRuns: 400 },
  );
  t.ok(lost > 400, `${lost} records were touched`);
});

t.test('of a torn record nothing is given, since its last value may be half of one', async t => {
  const { offset, length } = recordAt(21);
  for (const kept of [length >> 1, length - 60, length - 8]) {
    const log = Buffer.from(OWN);
    // What a disk that lost its power leaves: zeros to the end of the sectors, and so no next record to end it.
    log.fill(0, offset + kept, 4096 + 65_536);
    const items = read(log);
    t.same(eventsOf(items), OWN_EVENTS.slice(0, 21));
    t.match(rejectsOf(items), [{ reason: 'malformed', isEvent: true, position: { offset }, detail: /is torn/ }]);
  }
  const sizeless = Buffer.from(OWN);
  sizeless.writeUInt32LE(0, offset + 4);
  sizeless.writeUInt32LE(0, offset + length - 4);
  t.same(eventsOf(read(sizeless)), OWN_EVENTS, 'a record without any size, which its content fills up to the next');
});

t.test('records in the slack of a chunk are read on demand, and told', async t => {
  const log = Buffer.from(OWN);
  const second = recordAt(20).offset;
  log.writeUInt32LE(second - 4096, 4096 + 48);
  // Records whose numbers follow on were written after the header was: they are no slack.
  t.same(eventsOf(read(log)), OWN_EVENTS);
  t.equal(reportOf(read(log)).warnings['dirty-chunk'], 20);
  log.writeBigUInt64LE(1000n, second + 8);
  t.same(eventsOf(read(log)), OWN_EVENTS.slice(0, 20), 'a number that does not follow on is another use of the chunk');
  const recovered = read(log, { recover: true });
  t.same(eventsOf(recovered), OWN_EVENTS);
  t.equal(reportOf(recovered).warnings.recovered, 20);
});

t.test('a log that was not closed is read to its last record, whatever its header says', async t => {
  const many = Buffer.from(writeEvtx(Array.from({ length: 2000 }, (_, index) => ({ provider: 'P', eventId: index }))));
  const whole = eventsOf(read(many));
  many.writeUInt32LE(1, 120);
  many.writeUInt16LE(1, 42);
  t.same(eventsOf(read(many)), whole, 'the header knows one chunk only');
  t.same(reportOf(read(many)).warnings, {});
  const padded = Buffer.concat([many, Buffer.alloc(3 * 65_536)]);
  t.same(eventsOf(read(padded)), whole, 'room that was taken and not used yet');
  t.same(rejectsOf(read(padded)), []);
});

t.test('logs one behind the other, as 7z e -so gives them, are read to the end', async t => {
  const twice = Buffer.concat([OWN, OWN, OWN.subarray(0, 4096)]);
  for (const chunkBytes of [997, 65_536, 1 << 20]) {
    const items = read(twice, { chunkBytes });
    t.same(
      eventsOf(items).map(event => event.recordId),
      [...OWN_EVENTS, ...OWN_EVENTS].map(event => event.recordId),
    );
    t.same(rejectsOf(items), []);
    const { warnings } = items.at(-1) as InputReport;
    t.same(warnings, { 'chunks-missing': 1 }, 'the last one has lost its chunks');
  }
});

t.test('a selection is pushed down: a record that nobody wants is not even rendered', async t => {
  const selection = { providers: [{ names: ['Wanted'], eventIds: [2] }] };
  const wanted = OWN_EVENTS.filter(({ eventId }) => eventId === 2);
  const items = read(OWN, { selection });
  t.same(eventsOf(items), wanted);
  t.match(reportOf(items), { events: 40, unparsed: 40 - wanted.length });
  const unwanted = Buffer.from(OWN);
  // The body's template instance of an unwanted record becomes nonsense: rendering it would be a reject.
  const { offset, length } = recordAt(21);
  const body = unwanted.indexOf(Buffer.from([0x0f, 1, 1, 0, 0x0c]), offset + 29);
  t.ok(body > 0 && body < offset + length);
  unwanted[body + 4] = 0x7f;
  t.equal(rejectsOf(read(unwanted)).length, 1);
  t.same(rejectsOf(read(unwanted, { selection })), []);
  t.match(reportOf(read(unwanted, { selection })), { events: 40, malformed: 0 });
});

t.test('where WebAssembly has no memory to give every record is for the strict reader', async t => {
  const options = { input: 'a.evtx', onEventLines: () => {} };
  withoutMemory(() => t.equal(createFastRecords(options), undefined));
  t.ok(createFastRecords(options));
});

t.test('a template that holds itself is a damaged record and no endless loop', async t => {
  const log = Buffer.from(OWN);
  const definition = log.readUInt32LE(recordAt(0).offset + 24 + 4 + 6);
  const body = 4096 + definition + 24;
  Buffer.from([0x0c, 1]).copy(log, body);
  log.copy(log, body + 2, 4096 + definition + 4, 4096 + definition + 8);
  log.writeUInt32LE(definition, body + 6);
  const items = read(log);
  t.same(eventsOf(items), []);
  t.equal(reportOf(items).malformed, 40);
  t.match(rejectsOf(items)[0], { detail: /holds itself/ });
});

t.test('a template that multiplies a few bytes is stopped', async t => {
  let value: WrittenValue = stringValue('x'.repeat(2000));
  for (let level = 0; level < 6; level++) {
    const children = Array.from({ length: 60 }, () => ({ sub: 0 }));
    value = { root: { name: 'Data', children }, values: [value] };
  }
  const bomb = {
    root: eventRoot([{ name: 'EventData', children: [{ sub: 8 }] }]),
    values: [...systemValues({ provider: 'P', eventId: 1 }), value],
  };
  const items = read(writeRecords(Array.from({ length: 10 }, (_, index) => ({ ...bomb, number: BigInt(index + 1) }))));
  t.equal(eventsOf(items).length, 0);
  t.same(
    rejectsOf(items).map(({ reason }) => reason),
    new Array(10).fill('limit'),
  );
});

t.test('forwarded events keep the message they were rendered with', async t => {
  const rendering: WrittenElement = {
    name: 'RenderingInfo',
    attributes: [['Culture', 'fr-FR']],
    children: [{ name: 'Message', children: [{ sub: 8 }] }],
  };
  const values = [...systemValues({ provider: 'P', eventId: 1 }), stringValue('Échec\r\nde CAS01')];
  const [event] = eventsOf(read(writeRecords([{ root: eventRoot([rendering]), values, number: 1n }])));
  t.match(event, { message: 'Échec\nde CAS01', culture: 'fr-FR' });
});

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
