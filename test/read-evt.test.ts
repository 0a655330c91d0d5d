import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import type { EventRecord, InputReport, ReadItem, Reject } from '../src/index.js';
import { writeEvt } from './evt-writer.js';
import type { WritableEvent } from './evtx-writer.js';
import { growthByFour } from './growth.js';
import { type RunOptions, readItems } from './properties/run-evpair.js';

const seed = process.env.EVPAIR_SEED === undefined ? Date.now() & 0x7fffffff : Number(process.env.EVPAIR_SEED);
t.comment(`seed ${seed}`);

const read = (bytes: Uint8Array, options: RunOptions = {}) => readItems({ name: 'log.evt', bytes }, options);
const eventsOf = (items: readonly ReadItem[]) => items.filter((item): item is EventRecord => item.type === 'event');
const rejectsOf = (items: readonly ReadItem[]) => items.filter((item): item is Reject => item.type === 'reject');
const reportOf = (items: readonly ReadItem[]) => items.at(-1) as InputReport;
const withoutPosition = ({ position: _p, type: _t, ...event }: EventRecord) => sorted(event);
const sorted = (value: object) => Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));

const TEXTS = ['', 'EX01', 'ex02.contoso.local', 'a\nb', 'Zeitüberschreitung', '再試行', '\ud800', 'x'.repeat(200)];
const logEvents = fc
  .array(
    fc.record({
      eventId: fc.nat(65_535),
      qualifiers: fc.constantFrom(0, 0x8000, 0xc004),
      level: fc.constantFrom(2, 3, 4),
      computer: fc.constantFrom('EX01', 'ex02.contoso.local'),
      insertions: fc.array(fc.constantFrom(...TEXTS), { maxLength: 6 }),
      seconds: fc.integer({ min: 0, max: 0xffff_ffff }),
    }),
    { minLength: 5, maxLength: 40 },
  )
  .map(all =>
    all.map(({ seconds, ...event }): WritableEvent => {
      const time = { epochMs: seconds * 1000, nanos: 0, digits: 0, basis: 'export' as const };
      return { ...event, time, provider: `Provider ${event.eventId % 3}` };
    }),
  );

/**
 * In a log of 2812 bytes the last one runs over the end, and what goes on behind the header looks like a record: its data
 * begins with a record's mark, behind an l of its last value, and the same l of an older record stands where it would end.
 */
const LOOKS_LIKE_A_RECORD: WritableEvent[] = [
  [],
  ['', '', TEXTS[4]!, 'EX01'],
  ['', TEXTS[5]!, TEXTS[7]!],
  [TEXTS[2]!, ''],
  ['', ''],
  [TEXTS[2]!, 'EX01', TEXTS[6]!],
  [TEXTS[2]!, TEXTS[3]!, 'EX01', TEXTS[7]!],
  [TEXTS[4]!, TEXTS[6]!, 'EX01', TEXTS[3]!],
  [TEXTS[2]!],
  [TEXTS[4]!, TEXTS[4]!, TEXTS[5]!],
  [TEXTS[5]!, TEXTS[4]!, TEXTS[2]!],
].map((insertions, index) => ({
  eventId: 0,
  qualifiers: 0,
  level: 2,
  computer: [3, 7, 9, 10].includes(index) ? 'EX01' : 'ex02.contoso.local',
  insertions,
  time: { epochMs: 0, nanos: 0, digits: 0, basis: 'export' },
  provider: 'Provider 0',
}));

t.test(
  'every whole record of a ring is read, also the one that runs over the file’s end, however it was cut',
  async t => {
    let wrapped = 0;
    let overwritten = 0;
    const sizes = fc.integer({ min: 700, max: 1500 }).map(quarter => quarter * 4);
    fc.assert(
      fc.property(
        logEvents,
        sizes,
        fc.boolean(),
        fc.integer({ min: 1, max: 2000 }),
        (events, size, dirty, chunkBytes) => {
          const { bytes, left, offsets } = writeEvt(events, size, dirty);
          const items = read(bytes);
          assert.deepEqual(rejectsOf(items), []);
          assert.deepEqual(eventsOf(items).map(withoutPosition), left.map(sorted));
          assert.deepEqual(
            eventsOf(items).map(({ position }) => position.offset),
            offsets,
          );
          assert.deepEqual([reportOf(items).events, reportOf(items).format], [left.length, 'evt']);
          assert.deepEqual(read(bytes, { chunkBytes, format: 'evt' }), items, 'cut elsewhere');
          const last = eventsOf(items).at(-1)?.position;
          if (last !== undefined && last.offset + last.length > bytes.length) wrapped += 1;
          if (left.length < events.length) overwritten += 1;
        },
      ),
      { seed, numRuns: 300, examples: [[LOOKS_LIKE_A_RECORD, 2812, false, 1]] },
    );
    t.ok(
      wrapped > 10 && overwritten > 30,
      `${wrapped} rings with a record over the end, ${overwritten} with lost ones`,
    );
  },
);

t.test('what looks like records around the mark that ends the ring costs time in proportion to its size', async t => {
  const logOf = (count: number): Buffer => {
    const header = 48;
    const markAt = header + count * 8;
    const log = Buffer.alloc(markAt + 40 + count * 4);
    for (let each = 0; each < count; each++) {
      const from = header + each * 8;
      const end = markAt + 40 + each * 4;
      log.writeUInt32LE(end + 4 - from, from);
      log.write('LfLe', from + 4, 'latin1');
      log.writeUInt32LE(end + 4 - from, end);
    }
    Buffer.from('300000004c664c65', 'hex').copy(log);
    Buffer.from('2800000011111111222222223333333344444444', 'hex').copy(log, markAt);
    for (const [at, value] of [header, markAt, 2, 1, 40].entries()) log.writeUInt32LE(value, markAt + 20 + at * 4);
    return log;
  };
  t.equal(reportOf(read(logOf(1000))).events, 0, 'none of them is a record');
  const growth = growthByFour(size => {
    const log = logOf(size);
    for (let time = 0; time < 6; time++) read(log);
  }, 64 * 1024);
  t.ok(growth < 9, `${growth.toFixed(1)} times the time for four times the size`);
});

t.test('damage never throws, and every record that it did not touch is read', async t => {
  let damaged = 0;
  fc.assert(
    fc.property(
      logEvents,
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 6 }),
      fc.option(fc.record({ at: fc.nat(), length: fc.integer({ min: 1, max: 300 }) })),
      fc.option(fc.nat(), { freq: 2 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 3000 }),
      (events, flips, hole, cutAt, keepRejectBytes, chunkBytes) => {
        const { bytes: whole } = writeEvt(events, 4096);
        const before = eventsOf(read(whole));
        // The mark that ends the ring tells what is old; damage to it is the next test's.
        const mark = whole.indexOf(Buffer.from('2800000011111111', 'hex'));
        const safe = (at: number) => at < mark - 300 || at >= mark + 40;
        const log = Buffer.from(whole);
        const hits: [from: number, to: number][] = [];
        for (const [place, bits] of flips) {
          const at = 48 + (place % (log.length - 48));
          if (!safe(at)) continue;
          log[at] = log[at]! ^ bits;
          hits.push([at, at + 1]);
        }
        if (hole !== null) {
          const at = 48 + (hole.at % (log.length - 48));
          if (safe(at)) {
            log.fill(0, at, Math.min(log.length, at + hole.length));
            hits.push([at, at + hole.length]);
          }
        }
        const cut = cutAt === null ? log.length : 60 + (cutAt % (log.length - 60));
        const bytes = log.subarray(0, cut);
        if (cut < log.length) hits.push([cut, log.length]);
        const items = read(bytes, { keepRejectBytes, format: 'evt' });
        const [report, rejects] = [reportOf(items), rejectsOf(items)];
        assert.equal(report.rejects, rejects.length);
        assert.equal(report.malformed, rejects.filter(reject => reject.isEvent).length);
        assert.equal(report.events, eventsOf(items).length + report.malformed);
        assert.ok(rejects.every(({ position }) => position.length > 0 && position.offset < bytes.length));
        if (keepRejectBytes) assert.ok(rejects.every(({ bytes: kept, position }) => kept?.length === position.length));
        assert.deepEqual(read(bytes, { keepRejectBytes, format: 'evt', chunkBytes }), items);
        const found = new Map(eventsOf(items).map(event => [event.position.offset, event]));
        for (const event of before) {
          const { offset, length } = event.position;
          const isWrapped = offset + length > log.length;
          const wrappedTo = 48 + offset + length - log.length;
          const isHit = ([from, to]: [number, number]) =>
            (from < offset + length && to > offset) || (isWrapped && from < wrappedTo);
          if (hits.some(isHit)) damaged += 1;
          else assert.deepEqual(found.get(offset), event);
        }
      },
    ),
    { seed, numRuns: 500 },
  );
  t.ok(damaged > 300, `${damaged} records were hit`);
});

const EVENTS: readonly WritableEvent[] = Array.from({ length: 12 }, (_, index) => ({
  provider: 'MSExchangeTransport',
  eventId: 1001 + index,
  qualifiers: 0x8004,
  level: 3,
  computer: 'EX01',
  time: { epochMs: Date.UTC(2004, 1, index + 1, 8, 30), nanos: 0, digits: 0, basis: 'export' },
  insertions: ['EX02', '', String(index)],
}));
const idsOf = (items: readonly ReadItem[]) => eventsOf(items).map(({ eventId }) => eventId - 1000);

t.test('a log is known by its content, and its events stand at whole seconds of UTC', async t => {
  const [event] = eventsOf(read(writeEvt(EVENTS).bytes));
  const { position: _p, ...found } = event!;
  t.same(found, { type: 'event', ...EVENTS[0], recordId: '1' });
  t.same(idsOf(read(writeEvt(EVENTS).bytes.subarray(48))).length, 12, 'without its header too');
  t.same(eventsOf(read(writeEvt([]).bytes)), [], 'an empty log');
  t.same(rejectsOf(read(writeEvt([]).bytes)), []);
});

t.test('one damaged record is one reject, and the others are read', async t => {
  const { bytes, offsets } = writeEvt(EVENTS);
  const { offset, length } = eventsOf(read(bytes))[5]!.position;
  t.equal(offset, offsets[5]);
  const damaged = (change: (file: Buffer) => void, reason = 'malformed') => {
    const file = Buffer.from(bytes);
    change(file);
    const items = read(file);
    t.same(idsOf(items), [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12]);
    const isEvent = reason !== 'no-event';
    t.equal(reportOf(items).events, isEvent ? 12 : 11);
    t.match(rejectsOf(items), [{ reason, isEvent, position: { offset, length } }]);
    return rejectsOf(items)[0]?.detail;
  };
  t.match(
    damaged(file => file.writeUInt32LE(4000, offset)),
    'end with its size again',
  );
  t.match(
    damaged(file => file.writeUInt32LE(8, offset + length - 4)),
    'end with its size again',
  );
  t.match(
    damaged(file => file.writeUInt32LE(99_999, offset + 36)),
    'said to stand at 99999',
  );
  t.match(
    damaged(file => file.writeUInt16LE(60_000, offset + 26)),
    '60000 strings were expected',
  );
  t.match(
    damaged(file => file.fill(0x41, offset + 56, offset + length - 4)),
    'end of the source name',
  );
  t.match(
    damaged(file => file.fill(0, offset, offset + length), 'no-event'),
    'its mark is not there',
  );
  const cut = read(bytes.subarray(0, offset + 80));
  t.match(rejectsOf(cut), [{ reason: 'truncated', isEvent: true, position: { offset, length: 80 } }]);
  t.same(idsOf(cut), [1, 2, 3, 4, 5]);
  t.match(rejectsOf(read(bytes, { maxEventBytes: 100 })), new Array(12).fill({ reason: 'too-long', isEvent: true }));
});

t.test('two damaged neighbours are two rejects', async t => {
  const { bytes, offsets } = writeEvt(EVENTS);
  bytes.writeUInt32LE(8, offsets[6]! - 4);
  bytes.writeUInt32LE(8, offsets[7]! - 4);
  t.same(
    rejectsOf(read(bytes)).map(({ isEvent, position }) => [isEvent, position.offset]),
    [
      [true, offsets[5]],
      [true, offsets[6]],
    ],
  );
  t.equal(reportOf(read(bytes)).events, 12);
});

t.test('an end mark that names wrong places loses no record', async t => {
  for (const size of [65_536, 1600]) {
    const { bytes } = writeEvt(EVENTS, size);
    const whole = idsOf(read(bytes));
    const mark = bytes.indexOf(Buffer.from('2800000011111111', 'hex'));
    for (const place of [0, 48, 60, mark - 4, mark + 44, size, 0xffff_fff0]) {
      const log = Buffer.from(bytes);
      log.writeUInt32LE(place, mark + 20);
      t.same(idsOf(read(log)), whole, `the oldest record is said to stand at ${place}`);
    }
    const log = Buffer.from(bytes).fill(0, mark, mark + 40);
    t.same(idsOf(read(log)), whole, 'no end mark');
  }
});

t.test('a selection drops records before their strings are read, and all still count', async t => {
  const { bytes, offsets } = writeEvt(EVENTS);
  const selection = { providers: [{ names: ['MSExchangeTransport'], eventIds: [1002] }] };
  for (const prefilter of [true, false]) {
    const items = read(bytes, { selection, prefilter });
    t.same(idsOf(items), [2]);
    t.match(reportOf(items), { events: 12, unparsed: prefilter ? 11 : 0, malformed: 0 });
  }
  bytes.writeUInt32LE(99_999, offsets[0]! + 36);
  t.equal(reportOf(read(bytes, { selection })).malformed, 0);
  t.equal(reportOf(read(bytes, { selection, prefilter: false })).malformed, 0);
  t.equal(reportOf(read(bytes, { selection, parseAll: true })).malformed, 1);
});

t.test('records from before the log was cleared are read on demand only, and told', async t => {
  const old = writeEvt(EVENTS).bytes;
  const log = writeEvt([{ ...EVENTS[0]!, insertions: ['EX09', '', 'new'] }]).bytes;
  const { offset, length } = eventsOf(read(log))[0]!.position;
  old.copy(log, offset + length + 40, offset + length + 40);
  t.same(idsOf(read(log)), [1]);
  t.same(rejectsOf(read(log)), [], 'the rest of a record under the mark is no damage');
  const recovered = read(log, { recover: true });
  t.same(idsOf(recovered), [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  t.equal(reportOf(recovered).warnings.recovered, 10);
});

t.test('marks without records cost no more than their bytes', async t => {
  const mark = Buffer.from('28000000111111112222', 'hex');
  const log = Buffer.concat([writeEvt(EVENTS).bytes.subarray(0, 48), ...new Array<Buffer>(100_000).fill(mark)]);
  const items = read(log, { format: 'evt' });
  t.equal(rejectsOf(items).length, 1);
  t.equal(reportOf(items).events, 0);
});

t.test('evtexport of libevt says the same of a written log', async t => {
  if (spawnSync('sh', ['-c', 'command -v evtexport']).status !== 0) return t.comment('no evtexport on this machine');
  const folder = mkdtempSync(join(tmpdir(), 'evpair-evt-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const size of [65_536, 1600]) {
    const { bytes, left } = writeEvt(EVENTS, size);
    const path = join(folder, `${size}.evt`);
    writeFileSync(path, bytes);
    const text = execFileSync('evtexport', [path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const column = (label: string) =>
      text
        .split('\n')
        .filter(line => line.startsWith(label))
        .map(line => line.replace(/^.*\t: /, '').trim())
        .sort();
    t.same(column('Event number'), left.map(({ recordId }) => recordId).sort());
    t.same(
      column('Source name'),
      left.map(({ provider }) => provider),
    );
    t.same(
      column('Computer name'),
      left.map(({ computer }) => computer),
    );
    t.same(column('String: 3'), left.map(({ insertions }) => insertions?.[2]).sort());
  }
});
