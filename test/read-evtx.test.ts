import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import t from 'tap';
import type { EventRecord, InputReport, ReadItem, Reject } from '../src/index.js';
import { type RunOptions, readItems } from './properties/run-evpair.js';

const REAL = process.env.EVPAIR_REAL_SAMPLES ?? fileURLToPath(new URL('../../shared/samples-real', import.meta.url));
const seed = process.env.EVPAIR_SEED === undefined ? Date.now() & 0x7fffffff : Number(process.env.EVPAIR_SEED);
t.comment(`seed ${seed}`);
const skip = existsSync(REAL) ? false : `no real samples in ${REAL}`;

const evtx = (name: string) => readFileSync(join(REAL, 'evtx', name));
const read = (bytes: Uint8Array, options: RunOptions = {}) => readItems({ name: 'log.evtx', bytes }, options);
const eventsOf = (items: readonly ReadItem[]) => items.filter((item): item is EventRecord => item.type === 'event');
const rejectsOf = (items: readonly ReadItem[]) => items.filter((item): item is Reject => item.type === 'reject');
const reportOf = (items: readonly ReadItem[]) => items.at(-1) as InputReport;

t.test('the log says what Event Viewer’s XML of it says, for all 3,328 events', { skip }, async t => {
  let compared = 0;
  for (const log of ['Application', 'Security', 'System']) {
    const fromLog = eventsOf(read(evtx(`ts-evtx/${log}.evtx`)));
    const xml = readFileSync(join(REAL, 'eventviewer-xml', `${log}.xml`));
    const fromXml = new Map(eventsOf(read(xml)).map(event => [event.recordId, event]));
    t.equal(fromLog.length, fromXml.size, log);
    const differing = fromLog.filter(event => {
      const { message: _m, culture: _c, position: _p, ...expected } = fromXml.get(event.recordId) ?? { position: 0 };
      const { position: _q, ...found } = event;
      compared += 1;
      return JSON.stringify(sorted(found)) !== JSON.stringify(sorted(expected));
    });
    t.same(differing, [], `${log}: every field but the message, which a log does not hold`);
  }
  t.equal(compared, 3328);
});

t.test('forwarded Exchange events, which other readers fail on, give all their strings', { skip }, async t => {
  for (const name of ['MSExchange_Management_wec.evtx', 'issue_201.evtx']) {
    const items = read(evtx(`omerbenamram/${name}`));
    t.same(rejectsOf(items), []);
    const [event] = eventsOf(items);
    t.match(event, { provider: 'MSExchange CmdletLogs', eventId: 1, channel: 'MSExchange Management' });
    t.equal(event?.insertions?.length, 27);
    t.equal(event?.insertions?.[0], 'Set-Mailbox');
  }
});

t.test('a selection is pushed down: nothing else is rendered, and every record still counts', { skip }, async t => {
  const bytes = evtx('ts-evtx/Security.evtx');
  const all = eventsOf(read(bytes));
  const selection = { providers: [{ names: ['Microsoft-Windows-Security-Auditing'], eventIds: [4672] }] };
  const items = read(bytes, { selection });
  const wanted = all.filter(event => event.eventId === 4672);
  t.ok(wanted.length > 10 && wanted.length < all.length);
  t.same(eventsOf(items), wanted);
  t.equal(reportOf(items).events, all.length);
  t.equal(reportOf(items).unparsed, all.length - wanted.length);
  const plain = read(bytes, { selection, prefilter: false });
  t.same(eventsOf(plain), wanted);
});

t.test('the answer does not depend on how the bytes were cut', { skip }, async t => {
  const bytes = evtx('omerbenamram/sample_with_a_bad_chunk_magic.evtx');
  const whole = read(bytes);
  for (const chunkBytes of [997, 65_535, 65_536, 100_000])
    t.same(read(bytes, { chunkBytes }), whole, `cut at ${chunkBytes}`);
});

t.test('damage never throws, always ends, and the accounting adds up', { skip }, async _t => {
  const files = ['omerbenamram/Security_short_selected.evtx', 'omerbenamram/issue_201.evtx'].map(evtx);
  fc.assert(
    fc.property(
      fc.nat(files.length - 1),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 40 }),
      fc.option(fc.nat()),
      (file, damage, cut) => {
        const whole = Buffer.from(files[file]!);
        const used = 4096 + 8192;
        for (const [at, byte] of damage) whole[at % used] = byte;
        const bytes = cut === null ? whole : whole.subarray(0, cut % whole.length);
        const items = read(bytes, { keepRejectBytes: true, format: 'evtx' });
        const report = reportOf(items);
        const rejects = rejectsOf(items);
        if (report.rejects !== rejects.length) return false;
        if (report.malformed !== rejects.filter(reject => reject.isEvent).length) return false;
        if (report.events !== eventsOf(items).length + report.malformed) return false;
        return rejects.every(({ position, bytes: kept }) => kept?.length === position.length && position.length > 0);
      },
    ),
    { seed, numRuns: 500 },
  );
});

t.test('a checksum that does not fit is told, and the records are read all the same', { skip }, async t => {
  const items = read(evtx('omerbenamram/Application_no_crc32.evtx'));
  t.same(rejectsOf(items), []);
  t.equal(eventsOf(items).length, 17);
  t.equal(reportOf(items).warnings['chunk-checksum'], 1);
});

t.test('records in the slack of a chunk are read on demand, and told', { skip }, async t => {
  const bytes = Buffer.from(evtx('omerbenamram/Security_short_selected.evtx'));
  const all = eventsOf(read(bytes));
  // The chunk says that it is used up to its second record only.
  const second = all[1]!.position.offset - 4096;
  bytes.writeUInt32LE(second, 4096 + 48);
  t.same(eventsOf(read(bytes)), all.slice(0, 1));
  const recovered = read(bytes, { recover: true });
  t.same(eventsOf(recovered), all);
  t.equal(reportOf(recovered).warnings.recovered, all.length - 1);
});

t.test('a template that holds itself is a damaged record and no endless loop', { skip }, async t => {
  const bytes = Buffer.from(evtx('omerbenamram/Security_short_selected.evtx'));
  const before = eventsOf(read(bytes)).length;
  const record = bytes.indexOf(Buffer.from([0x2a, 0x2a, 0, 0]), 4096);
  // The template's first byte after the stream's start becomes an instance of that same template.
  const definition = bytes.readUInt32LE(record + 24 + 4 + 6);
  const body = 4096 + definition + 24;
  Buffer.from([0x0c, 1, 0, 0, 0, 0]).copy(bytes, body);
  bytes.writeUInt32LE(definition, body + 6);
  const items = read(bytes);
  t.ok(rejectsOf(items).length > 0);
  t.equal(reportOf(items).events, before);
});

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
