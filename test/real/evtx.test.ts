import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { EventRecord, InputReport, ReadItem, Reject } from '../../src/index.js';
import { readEvtx } from '../evtx-reader.js';
import { readItems } from '../properties/run-evpair.js';
import { REAL, skip } from './samples.js';

/**
 * Real logs against Windows' own XML of them and against libevtx, an independent reader, where it is installed. What is
 * rejected of the damaged ones stands in golden/real-samples.json.
 */
const evtx = (name: string) => readFileSync(join(REAL, 'evtx', name));
const read = readEvtx;
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

/** The logs of the sample folder, and those in its 7z archives where 7-Zip is installed. */
function* allLogs(): Generator<readonly [name: string, path: string]> {
  for (const file of logsIn(join(REAL, 'evtx'))) yield [file, join(REAL, 'evtx', file)];
  if (has7z) for (const file of logsIn(museum())) yield [`museum/${file}`, join(museum(), file)];
}

function logsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.evtx'))
    .map(name => name.replaceAll('\\', '/'))
    .sort();
}

let unpacked: string | undefined;
function museum(): string {
  if (unpacked !== undefined) return unpacked;
  const folder = mkdtempSync(join(tmpdir(), 'evpair-museum-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const archive of readdirSync(join(REAL, 'evtx', 'museum-7z'))) {
    execFileSync('7z', ['x', '-y', '-bd', `-o${folder}`, join(REAL, 'evtx', 'museum-7z', archive)], {
      stdio: 'ignore',
    });
  }
  unpacked = folder;
  return folder;
}

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const has7z = has('7z');

t.test('two museums of Windows 10 logs are read without a reject', async t => {
  if (skip !== false || !has7z) return t.comment(skip || 'no 7z on this machine');
  let events = 0;
  for (const file of logsIn(museum())) {
    const items = read(readFileSync(join(museum(), file)));
    t.same(rejectsOf(items), [], file);
    t.equal(reportOf(items).malformed, 0, file);
    events += eventsOf(items).length;
  }
  t.equal(events, 48_571);
});

/** How many of our records the independent reader does not give, and why. */
const LOST_BY_PEER: Readonly<Record<string, number>> = {
  // It stops at the first record that it cannot read: arrays in UserData, forwarded events.
  'omerbenamram/E_ShadowCopy6_windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx': 370,
  'omerbenamram/E_Windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx': 316,
  'omerbenamram/MSExchange_Management_wec.evtx': 1,
  'omerbenamram/issue_201.evtx': 1,
  'museum/Microsoft-Windows-Ntfs%4Operational.evtx': 178,
  // Behind a torn or damaged record it gives up the chunk.
  'omerbenamram/2-vss_0-Microsoft-Windows-RemoteDesktopServices-RdpCoreTS%4Operational.evtx': 40,
  'omerbenamram/2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx': 21,
  'omerbenamram/sample-with-zero-data-size-event.evtx': 115,
  'omerbenamram/sample_with_a_bad_chunk_magic.evtx': 31,
};

t.test('evtxexport of libevtx gives the same records and the same values of every log', async t => {
  if (skip !== false || !has('evtxexport')) return t.comment(skip || 'no evtxexport on this machine');
  const deviations = new Map<string, number>();
  let compared = 0;
  for (const [name, path] of allLogs()) {
    const { stdout } = spawnSync('evtxexport', ['-f', 'xml', path], { maxBuffer: 1 << 29 });
    const theirs = new Map<string, EventRecord[]>();
    for (const event of eventsOf(readItems({ name: 'x.xml', bytes: stdout }, { format: 'event-xml' }))) {
      const key = event.recordId ?? '';
      theirs.set(key, [...(theirs.get(key) ?? []), event]);
    }
    const differing: unknown[] = [];
    let lost = 0;
    for (const event of eventsOf(read(readFileSync(path)))) {
      const other = theirs.get(event.recordId ?? '')?.shift();
      // A value such as "<lambda_1>" makes XML of it that nobody can read.
      if (other === undefined)
        lost += event.insertions?.some(text => text.includes('<')) === true && !(name in LOST_BY_PEER) ? 0 : 1;
      else {
        compared += 1;
        if (!isSame(event, other, deviations)) differing.push([event, other]);
      }
    }
    t.same(differing.slice(0, 3), [], `${name}: ${differing.length} differ`);
    t.equal(lost, LOST_BY_PEER[name] ?? 0, `${name}: records that it does not give`);
    t.same([...theirs.values()].flat(), [], `${name}: records that only it gives`);
  }
  t.comment(`${compared} records compared`, Object.fromEntries(deviations));
  t.ok(compared > (has7z ? 69_000 : 20_000));
});

function isSame(ours: EventRecord, theirs: EventRecord, deviations: Map<string, number>): boolean {
  const { provider, eventId, qualifiers, time, computer, channel, level, insertions = [] } = ours;
  const fields = [
    provider,
    eventId,
    qualifiers,
    time?.epochMs,
    time?.nanos,
    computer,
    channel,
    level,
    insertions.length,
  ];
  const { insertions: strings = [], ...other } = theirs;
  const expected = [other.provider, other.eventId, other.qualifiers, other.time?.epochMs, other.time?.nanos];
  expected.push(other.computer, other.channel, other.level, strings.length);
  if (fields.some((field, index) => field !== expected[index])) return false;
  return insertions.every((text, index) => {
    if (text === strings[index]) return true;
    const deviation = DEVIATIONS.find(([, explains]) => explains(text, strings[index]!));
    if (deviation === undefined) return false;
    deviations.set(deviation[0], (deviations.get(deviation[0]) ?? 0) + 1);
    return true;
  });
}

/** In what libevtx differs from the XML that Windows makes, which the first test compares with. */
const DEVIATIONS: readonly (readonly [what: string, explains: (ours: string, theirs: string) => boolean])[] = [
  ['letters of a GUID in upper case', (ours, theirs) => isGuid(ours) && ours.toUpperCase() === theirs.toUpperCase()],
  [
    'hexadecimal numbers padded with zeros',
    (ours, theirs) => isHex(ours) && isHex(theirs) && BigInt(ours) === BigInt(theirs),
  ],
  ['sizes in decimal', (ours, theirs) => isHex(ours) && /^\d+$/.test(theirs) && BigInt(ours) === BigInt(theirs)],
  ['times with nine digits', (ours, theirs) => /:\d\d\.\d{7}Z$/.test(ours) && ours.replace('Z', '00Z') === theirs],
  [
    'negative numbers without their highest bit',
    (ours, theirs) =>
      /^-\d+$/.test(ours) &&
      [32, 64].some(bits => BigInt.asUintN(bits - 1, BigInt(ours)) === -BigInt(/^-\d+$/.test(theirs) ? theirs : '1')),
  ],
  [
    'fractions with an exponent',
    (ours, theirs) =>
      /e[+-]\d+$/.test(theirs) && Math.abs(Number(ours) - Number(theirs)) <= Math.abs(Number(theirs)) * 1e-5,
  ],
  ['white space lost', (ours, theirs) => ours.trim() === theirs.trim()],
  [
    'markup in a value not escaped',
    (ours, theirs) => ours.includes('<') && ours.replaceAll(/<[^>]*>/g, '').trim() === theirs.trim(),
  ],
];

const isGuid = (text: string) => /^\{[\da-f-]{36}\}$/i.test(text);
const isHex = (text: string) => /^0x[\da-f]+$/i.test(text);

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Logs of before Windows Vista: ours, and real ones in the folder that EVPAIR_REAL_EVT names (none may be published). */
function* oldLogs(): Generator<string> {
  yield fileURLToPath(new URL('../../samples/dialects/system.evt', import.meta.url));
  const folder = process.env.EVPAIR_REAL_EVT;
  if (folder === undefined) return;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/\.evt$/i.test(name)) yield join(folder, name);
  }
}

t.test('evtexport of libevt gives the same records and the same values of old logs', async t => {
  if (!has('evtexport')) return t.comment('no evtexport on this machine');
  for (const path of oldLogs()) {
    const { stdout } = spawnSync('evtexport', [path], { encoding: 'utf8', maxBuffer: 1 << 29 });
    const theirs = stdout
      .split(/^(?=Event number\t)/m)
      .slice(1)
      .map(block => ({
        recordId: field(block, 'Event number'),
        eventId: Number(/\((\d+)\)/.exec(field(block, 'Event identifier') ?? '')?.[1]) & 0xffff,
        provider: field(block, 'Source name') ?? '',
        computer: field(block, 'Computer name'),
        time: new Date(`${field(block, 'Written time')}`).getTime(),
        // Behind the last string stand the event's data, if it has any.
        insertions: block
          .split(/^String: \d+\t+: ?/m)
          .slice(1)
          .map(text => text.replace(/\nData\t*[^\n]*:\n[0-9a-f]{8} {2}[\s\S]*$/, '').trim()),
      }));
    const events = eventsOf(readItems({ name: 'a.evt', bytes: readFileSync(path) }));
    const ours = events.map(event => ({
      recordId: event.recordId,
      eventId: event.eventId,
      provider: event.provider,
      computer: event.computer,
      time: event.time?.epochMs,
      insertions: event.insertions?.map(text => text.trim()) ?? [],
    }));
    t.ok(events.length > 0, path);
    const given = new Set(theirs.map(({ recordId }) => recordId));
    const wrapped = events.filter(({ position: { offset, length } }) => offset + length > readFileSync(path).length);
    const lost = ours.filter(({ recordId }) => !given.has(recordId)).map(({ recordId }) => recordId);
    t.same(
      lost,
      wrapped.map(({ recordId }) => recordId).filter(id => !given.has(id)),
      'it loses what runs past the end',
    );
    t.same(
      ours.filter(({ recordId }) => given.has(recordId)),
      theirs,
      path,
    );
  }
});

function field(block: string, name: string): string | undefined {
  return new RegExp(`^${name}\\t+: (.*)$`, 'm').exec(block)?.[1];
}
