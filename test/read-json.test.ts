import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import streamArray from 'stream-json/streamers/stream-array.js';
import t from 'tap';
import { ByteWindow } from '../src/bytes/byte-window.js';
import { createWindowMemory, giveBackWindowMemory } from '../src/bytes/window-memory.js';
import type { EventRecord, Reject, Selection, Warning } from '../src/model/index.js';
import { detectEventJson } from '../src/read/event-json/detect.js';
import { createEventJsonReader } from '../src/read/event-json/index.js';
import { type JsonDocument, withJsonText } from '../src/read/event-json/json-document.js';
import { parseJsonTime } from '../src/read/event-json/json-time.js';
import { KeyTable } from '../src/read/event-json/key-table.js';
import { zonedTime } from '../src/read/event-json/zoned-time.js';
import type { FormatReport, ReadOptions } from '../src/read/format-reader.js';
import { parseIsoInstant } from '../src/time/instant-text.js';
import { growthByFour } from './growth.js';
import { repeatsTo } from './repeats.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SAMPLES = join(ROOT, 'samples/dialects');
const REAL = process.env.EVPAIR_REAL_SAMPLES ?? join(ROOT, '..', 'shared', 'samples-real');
const RUNS = { numRuns: 400 };

type Item = EventRecord | Reject | Warning;
interface Outcome {
  readonly items: Item[];
  readonly events: EventRecord[];
  readonly rejects: Reject[];
  readonly report: FormatReport;
}

function read(
  bytes: Uint8Array,
  options: Partial<ReadOptions> = {},
  cuts: (at: number) => number = () => 65_536,
): Outcome {
  const reader = createEventJsonReader({ input: 'x', ...options });
  const window = new ByteWindow(createWindowMemory());
  const items: Item[] = [];
  for (let at = 0; at < bytes.length; ) {
    const chunk = bytes.subarray(at, at + Math.max(1, cuts(at)));
    window.reserve(chunk.length).set(chunk);
    window.commit(chunk.length);
    reader.read(window, false, item => items.push(item));
    at += chunk.length;
  }
  reader.read(window, true, item => items.push(item));
  giveBackWindowMemory(window.memory);
  return {
    items,
    events: items.filter((item): item is EventRecord => item.type === 'event'),
    rejects: items.filter((item): item is Reject => item.type === 'reject'),
    report: reader.report(),
  };
}

const text = (content: string): Buffer => Buffer.from(content);
const readText = (content: string, options?: Partial<ReadOptions>): Outcome => read(text(content), options);

const SEED = {
  provider: 'MSExchange Web Services',
  eventId: 5,
  channel: 'Application',
  computer: 'CAS01.contoso.local',
  recordId: '1060',
  level: 2,
};
const VALUES = [
  [
    'CAS01.contoso.local',
    'CAS03.contoso.local',
    'https://cas03.contoso.local/ews/exchange.asmx',
    'cas03.contoso.local',
  ],
  ['CAS01.contoso.local', 'CAS02.contoso.local', 'https://10.0.0.2/ews/exchange.asmx', 'cas02.contoso.local'],
];
const TIMES = [Date.UTC(2011, 2, 4, 11, 5, 0), Date.UTC(2011, 2, 4, 11, 20, 30)];

/** What each sample holds of the two seed events, and what its form has lost. */
const DIALECT_SAMPLES: readonly {
  readonly file: string;
  readonly dialect: string;
  readonly lacks?: readonly (keyof typeof SEED)[];
  readonly qualifiers?: number;
  readonly insertions?: 'all' | 'none';
  readonly names?: readonly string[];
  readonly warnings?: Readonly<Record<string, number>>;
  readonly hasMessage?: boolean;
  readonly encoding?: string;
  readonly millisecond?: number;
}[] = [
  { file: 'get-winevent-5.1.json', dialect: 'get-winevent', qualifiers: 49152, encoding: 'utf-16le' },
  {
    file: 'get-winevent-5.1-shallow.json',
    dialect: 'get-winevent',
    qualifiers: 49152,
    insertions: 'none',
    warnings: { 'insertions-lost': 2 },
    encoding: 'utf-16le',
  },
  { file: 'get-winevent-7.json', dialect: 'get-winevent', qualifiers: 49152 },
  { file: 'get-eventlog.json', dialect: 'get-eventlog', qualifiers: 49152, lacks: ['channel'] },
  { file: 'evtx_dump.json', dialect: 'event-tree', qualifiers: 49152, hasMessage: false },
  { file: 'evtx_dump-separate.jsonl', dialect: 'event-tree', qualifiers: 49152, hasMessage: false },
  { file: 'evtxecmd.json', dialect: 'evtxecmd', warnings: { 'values-joined': 2 }, hasMessage: false },
  { file: 'winlogbeat.ndjson', dialect: 'winlogbeat', names: ['param1', 'param2', 'param3', 'param4'] },
  { file: 'winlogbeat-6.ndjson', dialect: 'winlogbeat-6', names: ['param1', 'param2', 'param3', 'param4'] },
  { file: 'elasticsearch-hits.json', dialect: 'winlogbeat', names: ['param1', 'param2', 'param3', 'param4'] },
  {
    file: 'nxlog.json',
    dialect: 'nxlog',
    insertions: 'none',
    warnings: { 'local-time': 2, 'unnamed-data-lost': 2 },
  },
  { file: 'velociraptor.json', dialect: 'event-tree', qualifiers: 49152, millisecond: 250 },
  { file: 'fluent-bit.json', dialect: 'fluent-bit', qualifiers: 49152 },
  { file: 'otel-body.json', dialect: 'otel', qualifiers: 49152 },
  { file: 'otel-otlp.json', dialect: 'otel', qualifiers: 49152 },
  { file: 'osquery.json', dialect: 'osquery', lacks: ['recordId'], hasMessage: false },
  { file: 'splunk.json', dialect: 'splunk', insertions: 'none', warnings: { 'unnamed-data-lost': 2 } },
  { file: 'splunk-xml.json', dialect: 'xml-field', qualifiers: 49152, hasMessage: false },
];

t.test('each dialect gives the same two events, up to what its form has lost', async t => {
  for (const sample of DIALECT_SAMPLES) {
    const bytes = readFileSync(join(SAMPLES, sample.file));
    t.match(detectEventJson(bytes), { score: 0.95, dialect: sample.dialect }, `${sample.file} is detected`);
    const { events, report } = read(bytes);
    t.equal(events.length, 2, `${sample.file} holds two events`);
    t.match(report, { events: 2, malformed: 0, rejects: 0, unparsed: 0, withoutTime: 0 }, sample.file);
    t.same(report.warnings, sample.warnings ?? {}, `${sample.file} says what it has lost`);
    t.equal(report.encoding, sample.encoding ?? 'utf-8');
    for (const [at, event] of events.entries()) {
      const expected = { ...SEED, recordId: String(1060 + at) };
      for (const [field, value] of Object.entries(expected)) {
        const isLacking = sample.lacks?.includes(field as keyof typeof SEED) === true;
        t.equal(event[field as keyof typeof SEED], isLacking ? undefined : value, `${sample.file}: ${field}`);
      }
      t.equal(event.qualifiers, sample.qualifiers, `${sample.file}: qualifiers`);
      t.equal(event.time?.epochMs, TIMES[at]! + (sample.millisecond ?? 0), `${sample.file}: time`);
      t.same(event.insertions, sample.insertions === 'none' ? undefined : VALUES[at], `${sample.file}: insertions`);
      t.same(event.names, sample.names, `${sample.file}: names`);
      const isWhole = /tried to proxy [\s\S]*Server: |a tenté d'envoyer par proxy[\s\S]*\(IIS\)/.test(
        event.message ?? '',
      );
      t.equal(isWhole, sample.hasMessage ?? true, `${sample.file}: message`);
      const slice = bytes.subarray(event.position.offset, event.position.offset + event.position.length);
      const shown = report.encoding === 'utf-16le' ? slice.toString('utf16le') : slice.toString();
      t.ok(shown.startsWith('{') && shown.endsWith('}'), `${sample.file}: the position is the object's`);
      t.doesNotThrow(() => JSON.parse(shown));
    }
  }
});

t.test('Azure holds values as XML, as parameters, as JSON in a string, and as an array in a string', async t => {
  const { events, report } = read(readFileSync(join(SAMPLES, 'azure.json')));
  t.match(report, { events: 4, malformed: 0, warnings: {} });
  const [xml, parameters, json, dynamic] = events;
  const names = [
    'SubjectUserSid',
    'SubjectUserName',
    'TargetUserName',
    'Status',
    'WorkstationName',
    'IpAddress',
    'IpPort',
  ];
  const values = ['S-1-0-0', '-', 'svc-ews', '0xc000006d', 'CAS01', '10.0.0.1', '51123'];
  t.same([xml?.names, xml?.insertions], [names, values]);
  t.same([json?.names, json?.insertions], [names, values]);
  t.same([parameters?.insertions, parameters?.channel], [VALUES[0], 'Application']);
  t.same([dynamic?.insertions, dynamic?.names], [VALUES[1], undefined]);
});

t.test('a flat event keeps names and says that their order is none', async t => {
  const { events, report } = read(readFileSync(join(SAMPLES, 'logstash-flat.json')));
  t.same(events[0]?.names, [
    'SubjectUserSid',
    'SubjectUserName',
    'TargetUserName',
    'Status',
    'WorkstationName',
    'IpAddress',
    'IpPort',
  ]);
  t.equal(events[0]?.isUnordered, true);
  t.same(report.warnings, { 'data-order-lost': 1 });
  t.same(events[0]?.time, { epochMs: Date.UTC(2011, 2, 4, 11, 5, 1, 410), nanos: 0, digits: 3, basis: 'export' });
});

const tree = (data: string, provider = 'P'): string =>
  `{"System":{"Provider":{"Name":"${provider}"},"EventID":7,"EventRecordID":9007199254740993},"EventData":${data}}`;

t.test('values keep their order, their repetitions and their empty places', async t => {
  const one = (data: string): EventRecord | undefined => readText(tree(data)).events[0];
  t.same(one('{"2":"a","1":"b","x":"c"}')?.names, ['2', '1', 'x'], 'keys like integers are not moved to the front');
  t.same(one('{"LogonGuid":"a","LogonGuid":"b"}')?.insertions, ['a', 'b'], 'a repeated key loses no value');
  t.same(
    one('{"LogonGuid":"a","LogonGuid_1":"b"}')?.names,
    ['LogonGuid', 'LogonGuid'],
    "evtx_dump's numbering is undone",
  );
  t.same(one('{"Data":["a","",null,7]}')?.insertions, ['a', '', '', '7']);
  t.same(one('{"Data":[{"@Name":"n","#text":"v"},{"@Name":"m"}]}')?.names, ['n', 'm']);
  t.same(
    one('{"A":18446744073709551615,"B":1.50}')?.insertions,
    ['18446744073709551615', '1.50'],
    'numbers stay as written',
  );
  t.same(one('null')?.insertions, []);
  t.equal(one('null')?.recordId, '9007199254740993', 'a record ID past 2^53 keeps its digits');
  t.same(
    one('{"Data":"\\ud800 \\u0000 \\/"}')?.insertions,
    ['\ud800 \0 /'],
    'lone surrogates and control characters stay',
  );
});

t.test('winlogbeat leaves out empty values, and their numbers give the places back', async t => {
  const winlog = (data: string): string =>
    `{"@timestamp":"2011-03-04T11:05:00.1234567Z","winlog":{"event_id":4,"provider_name":"P","event_data":${data}}}\n`;
  const { events, report } = readText(
    winlog('{"param2":"b","param10":"j","Binary":"00"}') + winlog('{"Zeta":"z","Alpha":"a"}'),
  );
  t.same(events[0]?.insertions, ['', 'b', '', '', '', '', '', '', '', 'j']);
  t.same(events[1], { ...events[1], insertions: ['z', 'a'], names: ['Zeta', 'Alpha'], isUnordered: true });
  t.same(report.warnings, { 'empty-values-omitted': 1, 'data-order-lost': 1 });
  t.equal(
    readText(winlog('{"param999999999":"x"}')).events[0]?.insertions?.length,
    1,
    'a hostile number makes no long list',
  );
});

t.test('times are read in every form, and only those without zone are local', async t => {
  const at = (time: string, options?: Partial<ReadOptions>): EventRecord['time'] =>
    readText(`{"Id":1,"ProviderName":"P","TimeCreated":${time}}`, options).events[0]?.time;
  t.same(at('"\\/Date(1299236700123)\\/"'), { epochMs: 1299236700123, nanos: 0, digits: 3, basis: 'export' });
  t.equal(at('"\\/Date(1299236700123+0200)\\/"')?.epochMs, 1299236700123, 'the offset is for display');
  t.equal(at('{"value":"\\/Date(1299236700123)\\/","DisplayHint":2,"DateTime":"x"}')?.epochMs, 1299236700123);
  t.same(at('"2011-03-04T12:05:00.1234567+01:00"'), {
    epochMs: 1299236700123,
    nanos: 456700,
    digits: 7,
    basis: 'export',
  });
  t.equal(at('"2011-03-04T11:05:00"')?.basis, 'assumed');
  t.equal(at('"2011-03-04T11:05:00"', { timezone: 'UTC' })?.basis, 'given');
  t.same(at('1299236700.123456'), { epochMs: 1299236700123, nanos: 456000, digits: 6, basis: 'export' });
  t.equal(at('"no time"'), undefined);
});

const line = (at: number): string =>
  `{"EventID":${at},"SourceName":"P","TimeCreated":"2011-03-04T11:05:00Z","V":"v${at}"}`;
const ids = (outcome: Outcome): number[] => outcome.events.map(event => event.eventId);
const reasons = (outcome: Outcome): string[] => outcome.rejects.map(reject => `${reject.reason} ${reject.isEvent}`);

t.test('one framing rule serves arrays, lines, objects one after another, and wrappers', async t => {
  const pretty = (at: number, indent = '  '): string => JSON.stringify(JSON.parse(line(at)), null, indent);
  const frames: Record<string, string> = {
    array: `[${line(1)},${line(2)}]`,
    'pretty array': JSON.stringify(
      [1, 2].map(at => JSON.parse(line(at))),
      null,
      4,
    ),
    lines: `${line(1)}\n\r\n${line(2)}\r\n`,
    'lines without an end': `${line(1)}\n${line(2)}`,
    'objects after one another': line(1) + line(2),
    'pretty objects': `${pretty(1)}\n${pretty(2)}\n`,
    'record lines': `Record 1\n${pretty(1)}\nRecord 2\n${pretty(2)}\n`,
    'record lines between lines': `Record 1\n${line(1)}\nRecord 2\n${line(2)}\n`,
    'a pretty object amid lines': `${line(1)}\n${pretty(2)}\n`,
    'byte order marks': `\ufeff${line(1)}\n\ufeff${line(2)}\n`,
    wrapper: `{"count":2,"value":[${line(1)},${line(2)}],"next":"x"}`,
    'wrapper in lines': `{"Records":[\n${line(1)},\n${line(2)}\n]}`,
    'two wrappers': `{"Records":[${line(1)}]}\n{"Records":[${line(2)}]}\n`,
    'nested wrapper': `{"a":{"b":[1]},"hits":{"hits":[{"_source":${line(1)}},{"_source":${line(2)}}],"n":1},"z":0}`,
    'empty wrapper and array': `{"Records":[]}\n`.replace(/.*/s, `[${line(1)},${line(2)}]`),
  };
  for (const [name, content] of Object.entries(frames)) {
    for (const encoded of [
      text(content),
      Buffer.from(`\ufeff${content}`, 'utf16le'),
      Buffer.from(content, 'utf16le'),
      Buffer.from(`\ufeff${content}`, 'utf16le').swap16(),
    ]) {
      const outcome = read(encoded);
      t.same([ids(outcome), reasons(outcome), outcome.report.events], [[1, 2], [], 2], name);
      t.same(outcome.report.warnings['unclosed-array'], undefined, name);
    }
  }
  const single = readText(pretty(1));
  t.same([ids(single), single.report.events], [[1], 1], 'a single object');
});

t.test('what breaks costs itself only', async t => {
  const check = (content: string, expected: readonly number[], rejected: readonly string[], name: string): void => {
    const outcome = readText(content);
    t.same([ids(outcome), reasons(outcome)], [expected, rejected], name);
    t.equal(outcome.report.events, expected.length + rejected.filter(reason => reason.endsWith('true')).length, name);
  };
  const cut = '{"EventID":9,"SourceName":"P","V":"cut';
  check(`${line(1)}\n${cut}\n${line(2)}\n`, [1, 2], ['malformed true'], 'a line cut inside a string');
  check(
    `${line(1)}\n{"EventID":9,"V":\n${line(2)}\n`,
    [1, 2],
    ['malformed true'],
    'a line cut where a value could follow',
  );
  check(`${cut}\n${line(1)}\n${line(2)}\n`, [1, 2], ['malformed true'], 'the first line is the broken one');
  check(`tail of a line"}\n${line(1)}\n${line(2)}\n`, [1, 2], ['no-event false'], 'the head was cut off');
  check(`${line(1)}\nnot json\n${line(2)}\n`, [1, 2], ['malformed true'], 'each line of NDJSON is an event');
  check(`${line(1)}\n${line(2)}\n${cut}`, [1, 2], ['truncated true'], 'the last line is cut');
  check(`[${line(1)},\n${cut},\n${line(2)}]`, [1, 2], ['malformed true'], 'an element with a line break in a string');
  check(
    `[${line(1)},{"EventID":9,${line(2)},${line(3)}]`,
    [1, 2, 3],
    ['malformed true'],
    'an element that never closes',
  );
  check(`[${line(1)},{"EventID":9]`, [1], ['malformed true'], 'the array closes before its element');
  check(`[${line(1)},{"EventID" 9},${line(2)}]`, [1, 2], ['malformed true'], 'a fault inside, brackets right');
  check(`[${line(1)},"text",${line(2)}]`, [1, 2], ['no-event false'], 'an element that is no object');
  check(`[${line(1)},${line(2).slice(0, -1)}`, [1], ['truncated true'], 'the input ends inside an element');
  const indented = JSON.stringify(
    [1, 2, 3].map(at => JSON.parse(line(at))),
    null,
    4,
  );
  check(indented.replace('"v2"\n    }', '"v2'), [1, 3], ['malformed true'], 'a pretty element without its end');
  const many = Array.from({ length: 20_000 }, (_, at) => (at === 7777 ? '{"EventID":7,' : line(1)));
  t.equal(readText(`[${many.join(',\n')}]`).events.length, 19_999, 'one bad element among many');
  t.equal(readText(`[${line(1)},`).report.warnings['unclosed-array'], 1, 'an array that never closes is told');
});

t.test('limits: a long line, a long element, and deep nesting are rejected and the rest is read', async t => {
  const long = `{"EventID":9,"SourceName":"P","V":"${'x'.repeat(5000)}"}`;
  const options = { maxEventBytes: 1000, keepRejectBytes: true };
  for (const content of [`${line(1)}\n${long}\n${line(2)}\n`, `[${line(1)},${long},${line(2)}]`]) {
    for (const step of [1, 7, 65_536]) {
      const outcome = read(text(content), options, () => step);
      t.same([ids(outcome), reasons(outcome)], [[1, 2], ['too-long true']]);
      t.match(outcome.rejects[0]?.position, { offset: content.indexOf(long), length: long.length });
      t.equal(Buffer.from(outcome.rejects[0]?.bytes ?? []).toString(), long.slice(0, 1000));
    }
  }
  const deep = `{"EventID":9,"V":${'['.repeat(600)}${']'.repeat(600)}}`;
  for (const content of [`${line(1)}\n${deep}\n${line(2)}\n`, `[${line(1)},${deep},${line(2)}]`]) {
    const outcome = readText(content);
    t.same([ids(outcome), reasons(outcome)], [[1, 2], ['limit true']]);
  }
});

t.test('hostile input takes time linear in its length', async t => {
  const pieces = [
    '{',
    '[',
    '"',
    '{"',
    '{"a":',
    '{"a":[',
    '{"a":\n',
    '{\n',
    '{"Records":[',
    '\\',
    '{"a":"\\',
    '{  ',
    'x{ ',
    '}',
    '],',
  ];
  for (const piece of [...pieces, '\\u0041', 'Record 1', '{"Records":[{}]', '{"a":[{"b":', `{"x":"${' '.repeat(99)}`]) {
    const growth = growthByFour(size => {
      const content = text(piece.repeat(Math.ceil(size / piece.length)));
      for (const cut of [65_536, 1 << 20]) read(content, {}, () => cut);
    }, 1 << 20);
    t.ok(growth < 12, `${JSON.stringify(piece)} over and over: ${growth.toFixed(1)} times for four times`);
  }
});

const SELECTION: Selection = {
  providers: [{ names: ['MSExchange Web Services'] }, { names: ['Service Control Manager'], eventIds: [7036] }],
};

t.test('the prefilter drops no wanted event, however its provider is written', async t => {
  const written = [
    'MSExchange Web Services',
    'MSExchange \\u0057eb Services',
    '\\u004d\\u0053Exchange Web Services',
    'MSExchange\\u0020Web Services',
  ];
  const lines = written.map(name => `{"EventID":5,"SourceName":"${name}","TimeCreated":"2011-03-04T11:05:00Z"}`);
  const key = '{"\\u0045ventID":5,"Sourc\\u0065Name":"MSExchange Web Services","TimeCreated":"2011-03-04T11:05:00Z"}';
  const nested = JSON.stringify({
    _raw: `<Event><System><Provider Name='MSExchange &#87;eb Services'/><EventID>5</EventID></System></Event>`,
  });
  const columns = { data: '{}', eventid: '5', provider_name: 'MSExchange Web Services' };
  const content = [...lines, key, nested, JSON.stringify({ columns }), line(1)].join('\n');
  const outcome = readText(content, { selection: SELECTION });
  t.equal(outcome.events.length, 7);
  t.match(outcome.report, { events: 8, unparsed: 1, malformed: 0 });
  t.equal(readText(content, { selection: SELECTION, parseAll: true }).report.unparsed, 0);
});

t.test('lines that nobody wants are counted unread, wherever they and a wanted one begin and end', async t => {
  const quiet = (length: number): string => `{"EventID":1,"SourceName":"MSExchange","u":"${'x'.repeat(length)}"}\n`;
  for (const name of ['MSExchange Web Services', 'MSExchange Web\\u0020Services', 'Service Control Manager']) {
    const outcomes = Array.from({ length: 70 }, (_, length) => {
      const wanted = `{"EventID":7036,"SourceName":"${name}","TimeCreated":"2011-03-04T11:05:00Z"}\n`;
      const content = text(
        `${quiet(length)}${quiet(3)}\n${quiet(3)}${wanted}${quiet(length)}${wanted}${quiet(2 * length)}`,
      );
      // The last line is too long from some length on.
      const options = { selection: SELECTION, maxEventBytes: quiet(100).length };
      const fast = read(content, options);
      assert.deepEqual(fast, read(content, { ...options, search: 'plain' }), `${name} behind ${length}`);
      return [fast.report.events, fast.report.unparsed, fast.events.length, reasons(fast)];
    });
    const expected = outcomes.map((_, length) => [7, length > 50 ? 4 : 5, 2, length > 50 ? ['too-long true'] : []]);
    t.strictSame(outcomes, expected, name);
  }
});

const sampleBytes = readdirSync(SAMPLES)
  .filter(file => /\.(json|jsonl|ndjson)$/.test(file))
  .map(file => readFileSync(join(SAMPLES, file)));
const SNIPPETS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  ',',
  ':',
  '\n',
  '\n{',
  '{"a":',
  '\\u00',
  ' ',
  '\ufeff',
  'é',
  '\0',
  '\xff',
  'Record 3\n',
];
/** A sample with some bytes cut out, put in, or repeated. */
const mutatedArb = fc
  .record({
    sample: fc.nat(sampleBytes.length - 1),
    edits: fc.array(
      fc.record({
        at: fc.nat(1 << 16),
        remove: fc.nat(60),
        insert: fc.constantFrom('', ...SNIPPETS),
        copy: fc.nat(300),
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ sample, edits }) => {
    let bytes: Buffer = sampleBytes[sample]!;
    for (const { at, remove, insert, copy } of edits) {
      const from = at % (bytes.length + 1);
      const copied = bytes.subarray(from, from + (copy > 200 ? copy : 0));
      bytes = Buffer.concat([
        bytes.subarray(0, from),
        Buffer.from(insert, 'latin1'),
        copied,
        bytes.subarray(from + remove),
      ]);
    }
    return bytes;
  });

t.test('any cut into windows gives the same items and the same report', async t => {
  fc.assert(
    fc.property(
      mutatedArb,
      fc.integer({ min: 1, max: 97 }),
      fc.constantFrom(200, 1 << 20),
      (bytes, step, maxEventBytes) => {
        const options = { maxEventBytes, keepRejectBytes: true };
        const whole = read(bytes, options, () => bytes.length);
        for (const cut of [1, step]) {
          const parts = read(bytes, options, () => cut);
          t.strictSame(parts.items, whole.items);
          t.strictSame(parts.report, whole.report);
          if (!t.passing()) return false;
        }
        return true;
      },
    ),
    { numRuns: 120 },
  );
});

t.test(
  'a window of many megabytes is read as small ones are, whatever is longer than the parts it is searched in',
  async t => {
    const event = (id: number, padding: string) =>
      `{"Event":{"System":{"Provider":{"#attributes":{"Name":"MSExchange Web Services"}},"EventID":5,"EventRecordID":${id},"Channel":"Application","Computer":"cas1"},"EventData":{"Data":{"#text":["${padding}","b"]}}}}`;
    const few = (from: number) => Array.from({ length: 500 }, (_, k) => event(from + k, 'v'.repeat(k)));
    const lines = [
      ...few(0),
      event(1000, 'x'.repeat(700_000)),
      ...few(2000),
      event(3000, 'y'.repeat(3_000_000)),
      '{"broken": ',
      ...few(4000),
      `"no end ${'z'.repeat(600_000)}`,
    ];
    const selection: Selection = { providers: [{ names: ['MSExchange Web Services'], eventIds: [5] }] };
    for (const content of [lines.join('\n'), `[${lines.join(',\n')}`]) {
      for (const options of [{}, { selection }, { selection, keepRejectBytes: true, maxEventBytes: 1_000_000 }]) {
        const small = read(text(content), options, () => 50_000);
        const large = read(text(content), options, () => content.length);
        t.ok(small.events.length >= 1000, `${small.events.length} events`);
        assert.deepStrictEqual(large, small);
      }
    }
  },
);

t.test('who takes repeats is asked once for each text, and gets all that come again', async t => {
  const line = (id: number) =>
    `{"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":5,"TimeCreated":{"#attributes":{"SystemTime":"2025-02-28T00:00:${10 + id}Z"}},"EventRecordID":${id},"Computer":"m"},"EventData":{"Data":{"#text":["value ${id % 2}","b"]}}}}\n`;
  const lines = Array.from({ length: 40 }, (_, k) => line(k + 1)).join('');
  const asked: unknown[] = [];
  const taken: EventRecord[] = [];
  const { events, report } = readText(lines, {
    repeatsOf: event => {
      asked.push(event.insertions?.[0]);
      return asked.at(-1) === 'value 0' ? undefined : repeatsTo(taken, event);
    },
  });
  t.same(asked.sort(), ['value 0', 'value 1']);
  t.ok(taken.length >= 15, `${taken.length} of 20 taken`);
  t.equal(events.length + taken.length, 40);
  t.equal(report.events, 40);
});

t.test('mutated samples never throw, every byte range lies inside, and the accounts add up', async _t => {
  fc.assert(
    fc.property(mutatedArb, bytes => {
      const { items, events, rejects, report } = read(bytes);
      const broken = rejects.filter(reject => reject.isEvent).length;
      let end = 0;
      for (const item of items) {
        if (item.type === 'warning') continue;
        const { offset, length } = item.position;
        if (offset < end || length <= 0 || offset + length > bytes.length) return false;
        end = offset + length;
      }
      return (
        report.events === events.length + broken &&
        report.malformed === broken &&
        report.rejects === rejects.length &&
        report.unparsed === 0
      );
    }),
    RUNS,
  );
});

t.test('with and without the prefilter the same events, rejects and counts come out', async t => {
  fc.assert(
    fc.property(mutatedArb, bytes => {
      const fast = read(bytes, { selection: SELECTION });
      t.strictSame(read(bytes, { selection: SELECTION, search: 'plain' }), fast);
      const plain = read(bytes, { selection: SELECTION, prefilter: false, search: 'plain' });
      t.strictSame(fast.items, plain.items);
      t.strictSame({ ...fast.report, unparsed: 0 }, { ...plain.report, unparsed: 0 });
      const all = read(bytes, { selection: SELECTION, parseAll: true });
      t.strictSame(all.events, fast.events);
      return t.passing();
    }),
    RUNS,
  );
});

/** Strings as a log may hold them, and as it may not: escapes, other scripts, broken UTF-8. */
const anyString = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom('"a"', '"b"', '"CAS01.contoso.local"', '"2011-03-04T11:05:00Z"', '"7"', '""'),
  },
  { weight: 2, arbitrary: fc.constantFrom('"\\u00e9\\n\\"\\\\"', '"é"', '"\\ud83d"', '"<a>"') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[
        '"2011-03-04 12:05:00"',
        '"2011-13-04 12:05:00"',
        '"\\/Date(1299236700000)\\/"',
        '"Error"',
        '"3"',
        '"<Event>"',
      ],
      ...[{ Data: 'a, b' }, { Data: [{ '@Name': 'x', '#text': 'y' }, { '@Name': 'z' }] }, {}].map(data =>
        JSON.stringify(JSON.stringify({ EventData: data })),
      ),
      ...['"System.Diagnostics.Eventing.Reader.EventProperty"', '"System.String[]"', '"Warning"'],
      ...[
        '<Param>x</Param><Param Name="n">y</Param>',
        '<DataItem><EventData><Data Name="a">b</Data></EventData></DataItem>',
      ].map(xml => JSON.stringify(xml)),
      ...[{ EventData: { '': 'a', Binary: '' } }, [], ['a', 'b']].map(data => JSON.stringify(JSON.stringify(data))),
      ...['"2011-03-04 12:05:00 +0100"', '"2011-03-04T12:05:00.25-05:30"', '"1299236700.25"', '"1299236700250"'],
      '"<Event><System><Provider Name=\\"MSExchange Web Services\\"/><EventID>5</EventID></System></Event>"',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('"\\u12"', '"\\u12x4"', '"\\x"', '"tab\there"', '"open', '"\xff"', '""x', '7'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }).map(value => JSON.stringify(value)) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'grapheme', minLength: 60, maxLength: 200 }).map(value => JSON.stringify(value)),
  },
);
/** Numbers of every form, and what is none. */
const anyNumber = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('0', '4', '5', '65541', '3221291013', '1060') },
  { weight: 3, arbitrary: fc.constantFrom('-0', '1.0', '1e3', '1E+2', '12345678901234567890', '0.5e-7', '-12') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('01', '-01', '1.', '-', '.5', '1e', '1.e5', '+1', '0x5', '"5"', 'null', 'true', 'nul'),
  },
);
/** Events of few shapes, each a text with marks for its provider, its event ID, strings and numbers. */
const SHAPES = [
  '{"Event":{"System":{"Provider":{"#attributes":{"Name":@P}},"EventID":{"#attributes":{"Qualifiers":@N},"#text":@N},"Level":@N,"TimeCreated":{"#attributes":{"SystemTime":@S}},"EventRecordID":@N,"Channel":@S,"Computer":@S},"EventData":{"Data":{"#text":[@S,@S,"é"]}}}}',
  '{"System":{"Provider":{"Name":@P},"EventID":{"Value":@N},"Computer":@S,"Channel":"Application"},"EventData":{"a":@S,"b":@N,"a":@S,"Binary":@S,"c":true},"Message":@S}',
  '{ "Event" : {"System":{"Provider_attributes":{"Name":@P},"EventID":5,"Level":4,"Security":null,"TimeCreated_attributes":{"SystemTime":"2011-03-04T11:05:00.123Z"}},"UserData":{"x":{"y":@S,"z":[@N,@S]}},"RenderingInfo":{"@Culture":"x","Culture":"fr-FR","Message":@S}}}',
  '{"System":{"Provider":{"@Name":@P},"EventID":@S},"EventData":{"Data":[{"@Name":@S,"#text":@S},{"@Name":"b","#text":@N}]}}',
  '{"System":{"Provider":{"Name":@P},"EventID":5},"EventData":@S,"ProcessingErrorData":{"ErrorCode":@N}}',
  '{"System":{"Provider":{"Name":@P},"EventID":5},"ProcessingErrorData":{"ErrorCode":@N},"clé":1}',
  '{"@timestamp":@S,"message":@S,"event":{"code":"5","provider":@P},"log":{"level":@S},"winlog":{"event_id":"5","provider_name":@P,"record_id":@N,"computer_name":"a","event_data":{"param1":@S,"param3":@S}}}',
  '{"@timestamp":@S,"event":{"code":@S},"level":@S,"winlog":{"event_id":@N,"source_name":@P,"channel":@S,"event_data":{"b":@S,"a":@N,"xml_name":"x"}},"message":@S}',
  '{"@timestamp":"2011-03-04T11:05:00.123Z","event":{"code":5,"original":@S,"provider":@P},"winlog":{"provider_name":@P,"user_data":{"a":{"b":@S}}}}',
  '{"@timestamp":@S,"event_id":@N,"source_name":@P,"log_name":@S,"computer_name":@S,"record_number":@S,"level":@S,"event_data":{},"message":@S}',
  '{"Id":@N,"Qualifiers":@N,"Level":@N,"RecordId":@N,"ProviderName":@P,"LogName":@S,"MachineName":"a","TimeCreated":@S,"LevelDisplayName":@S,"Properties":[{"Value":@S},{"Value":@S}],"Message":@S}',
  '{"Id":5,"ProviderName":@P,"TimeCreated":{"value":@S,"DateTime":@S},"Properties":[@S,@S],"Message":@S}',
  '{"ProviderName":@P,"EventID":@N,"Level":@N,"TimeCreated":@S,"EventRecordID":@N,"Channel":@S,"Computer":@S,"StringInserts":[@S,@S],"Message":@S}',
  '{"EventTime":@S,"Hostname":@S,"SeverityValue":@N,"EventID":@N,"SourceName":@P,"RecordNumber":@N,"Channel":@S,"Message":@S,"a":@S,"b":null,"a":@S}',
  '{"EventTime":@S,"Level":@S,"SeverityValue":@N,"EventID":5,"SourceName":@P,"Message":@S,"SourceModuleType":"im_msvistalog"}',
  '{"SourceName":@P,"ProviderName":@P,"Level":@S,"Hostname":@S,"Computer":"b","TimeCreated":@S,"@timestamp":@S,"EventID":@N,"Message":@S,"Value":true}',
  '{"SourceName":@P,"TimeCreated":@S,"EventID":@N,"EventData":{"Data":[@S,@S]},"Message":@S}',
  '{"Computer":@S,"Payload":@S,"Channel":@S,"Provider":@P,"EventId":@N,"EventRecordId":@S,"Level":@S,"TimeCreated":@S}',
  '{"_source":{"EventID":@N,"SourceName":@P,"TimeCreated":@S,"a":@S}}',
  '{"Id":5,"ProviderName":@P,"TimeCreated":@S,"Properties":{"value":[@S,@S],"Count":@N},"Message":@S}',
  '{"EventID":@N,"MachineName":@S,"Index":@N,"EntryType":@N,"Source":@P,"ReplacementStrings":[@S,@S],"InstanceId":@N,"TimeGenerated":@S,"TimeWritten":{"value":@S},"Message":@S}',
  '{"EventID":65541,"MachineName":"a","EntryType":@S,"Source":@P,"ReplacementStrings":{"value":[@S],"Count":1},"InstanceId":@N,"TimeGenerated":{"value":@S,"DateTime":@S},"Message":@S}',
  '{"EventID":@N,"MachineName":"a","EntryType":1,"Source":@P,"ReplacementStrings":@S,"InstanceId":3221225477,"TimeGenerated":@S}',
  '{"TimeGenerated":@S,"Source":@P,"EventLog":@S,"Computer":@S,"EventLevel":@N,"EventLevelName":@S,"ParameterXml":@S,"EventID":@N,"RenderedDescription":@S,"Message":@S}',
  '{"TimeGenerated":@S,"EventSourceName":@P,"Channel":@S,"Computer":@S,"Level":@S,"EventData":@S,"EventID":@N,"ParameterXml":"<Param>a</Param>","TargetName":@S}',
  '{"TimeGenerated":@S,"TimeCreated":@S,"Provider":@P,"Computer":@S,"EventData":{},"EventData_dynamic":{"a":@S,"b":@N},"EventID":@N,"EventRecordId":@S}',
  '{"TimeGenerated":@S,"Provider":@P,"Computer":@S,"EventData":{},"ParameterXml":@N,"EventID":5}',
  '{"TimeGenerated":@S,"Provider":@P,"Computer":@S,"EventID":5,"TargetName":@S,"Other":@N}',
  '{"preview":@N,"result":{"_time":@S,"EventCode":@S,"Type":@S,"ComputerName":@S,"LogName":@S,"SourceName":@P,"RecordNumber":@N,"Message":@S,"b":@S}}',
  '{"_raw":@S,"result":{"_time":@S,"EventCode":@N,"SourceName":@P,"Message":@S}}',
  '{"body":{"channel":@S,"computer":@S,"event_data":{"data":[{"":@S},{"a":@S}]},"event_id":{"id":@N,"qualifiers":@N},"level":@S,"message":@S,"provider":{"name":@P},"record_id":@N,"system_time":@S}}',
  '{"event_data":{"b":@S,"a":@N},"event_id":{"id":5},"level":@S,"provider":{"guid":@S,"name":@P},"system_time":@S,"message":@S}',
  '{"event_data":{"param1":@S,"param3":@S},"event_id":{"id":@N},"provider":{"name":@P},"system_time":@S}',
  '{"event_data":{},"event_id":{"id":@N},"provider":{"name":@P},"system_time":@S}',
  '{"unixTime":@N,"columns":{"computer_name":@S,"data":@S,"datetime":@S,"eventid":@S,"level":@N,"provider_name":@P,"source":@S,"time":@S,"message":@S},"action":"added"}',
  '{"message":@S,"columns":{"data":{"value":@S},"eventid":@N,"provider_name":@P,"channel":@S,"time":@N}}',
];
const anyProvider = fc.constantFrom(
  ...['"MSExchange Web Services"', '"MSExchange Web Services"', '"Other"', '"Other"', 'null', '""'],
  '"MSExchange\\u0020Web Services"',
);
const shapedFile = fc
  .uniqueArray(fc.constantFrom(...SHAPES), { minLength: 1, maxLength: 3 })
  .chain(shapes =>
    fc.array(
      fc.record({
        shape: fc.constantFrom(...shapes),
        provider: anyProvider,
        strings: fc.array(anyString, { minLength: 6, maxLength: 6 }),
        numbers: fc.array(anyNumber, { minLength: 4, maxLength: 4 }),
        end: fc.constantFrom('\n', '\n', '\n', '\n', '\r\n', ' \n', '\n\n', ',\n', '}\n', '\n{\n', ''),
      }),
      { minLength: 1, maxLength: 60 },
    ),
  )
  .map(events =>
    Buffer.concat(
      events.map(({ shape, provider, strings, numbers, end }) => {
        let nextString = 0;
        let nextNumber = 0;
        const event = shape.replace(/@[PSN]/g, mark =>
          mark === '@P' ? provider : mark === '@S' ? strings[nextString++]! : numbers[nextNumber++]!,
        );
        // U+00FF stands for one byte that is no UTF-8.
        const [before = '', ...others] = `${event}${end}`.split('\xff');
        return Buffer.concat([Buffer.from(before), ...others.map(part => Buffer.from(`?${part}`).fill(0xff, 0, 1))]);
      }),
    ),
  );

t.test('events that have the shape of others are read as the parser reads them', async () => {
  fc.assert(
    fc.property(
      shapedFile,
      fc.boolean(),
      fc.constantFrom<Partial<ReadOptions>>({}, { selection: SELECTION }, { selection: SELECTION, parseAll: true }),
      fc.constantFrom(33, 1000, 65_536),
      (bytes, isArray, options, cut) => {
        const content = isArray ? Buffer.concat([Buffer.from('[\n'), bytes, Buffer.from(']')]) : bytes;
        const fast = read(content, { ...options, keepRejectBytes: true }, () => cut);
        const plain = read(content, { ...options, keepRejectBytes: true, search: 'plain' }, () => cut);
        assert.deepEqual(fast.items, plain.items);
        assert.deepEqual(fast.report, plain.report);
      },
    ),
    RUNS,
  );
});

/** Lines that repeat a few others but for time and record ID, and some that do not. */
const floodedFile = fc
  .record({
    shape: fc.constantFrom(...SHAPES),
    sets: fc.array(
      fc.record({
        provider: anyProvider,
        strings: fc.array(anyString, { minLength: 6, maxLength: 6 }),
        numbers: fc.array(fc.constantFrom('5', '5', '65541', '4', '1e1'), { minLength: 4, maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .chain(({ shape, sets }) =>
    fc.array(
      fc
        .record({
          set: fc.constantFrom(...sets),
          time: fc.oneof(
            fc.nat(59).map(second => `"2011-03-04T11:05:${String(second).padStart(2, '0')}.1234567Z"`),
            fc.nat(59).map(second => `"2011-03-04 11:05:${String(second).padStart(2, '0')}"`),
            fc.constantFrom('"2011-03-04T11:05:00.5+00:00"', '"03/04/2011 11:05:00"', '""', '"never"', '1299236700'),
            fc.constantFrom('"\\/Date(1299236700000)\\/"', '"/Date(1299236700001)/"', '"2011-03-04T12:05:00+01:00"'),
          ),
          recordId: fc.oneof(
            fc.integer({ min: 1, max: 9999 }).map(String),
            fc.constantFrom('0', '-1', '1e3', '12345678901234567890'),
          ),
          end: fc.constantFrom('\n', '\n', '\n', '\n', '\n', '\n', '\r\n', ' \n', '\n\n'),
        })
        .map(({ set, time, recordId, end }) => {
          let nextString = 0;
          let nextNumber = 0;
          const line = shape
            .replace(
              /("(?:TimeCreated|TimeGenerated|EventTime|@timestamp|SystemTime|system_time|datetime|_time)":)@S/g,
              (_, key) => key + time,
            )
            .replace(
              /("(?:EventRecordI[dD]|RecordId|RecordNumber|record_id|Index)":)@[NS]/g,
              (_, key) => key + recordId,
            )
            .replace(/@[PSN]/g, mark =>
              mark === '@P' ? set.provider : mark === '@S' ? set.strings[nextString++]! : set.numbers[nextNumber++]!,
            );
          return `${line}${end}`;
        }),
      { minLength: 20, maxLength: 120, size: 'max' },
    ),
  )
  .map(all => Buffer.from(all.join('')));

t.test('events of any shape that repeat others are taken for what they are', async t => {
  let most = 0;
  fc.assert(
    fc.property(floodedFile, fc.boolean(), fc.constantFrom(700, 10_000, 65_536), (bytes, isSelected, cut) => {
      const options = isSelected ? { selection: SELECTION } : {};
      const plain = read(bytes, { ...options, search: 'plain' });
      const taken: EventRecord[] = [];
      const fast = read(bytes, { ...options, repeatsOf: first => repeatsTo(taken, first) }, () => cut);
      most = Math.max(most, taken.length);
      const all = [...fast.events, ...taken].sort((a, b) => a.position.offset - b.position.offset);
      assert.deepEqual(all, plain.events);
      assert.deepEqual(fast.rejects, plain.rejects);
      assert.deepEqual(fast.report, plain.report);
    }),
    { numRuns: 100 },
  );
  t.ok(most > 20, `as many as ${most} taken`);
});

t.test('short texts with escapes are known again, whatever their hash is', async t => {
  const lines = Array.from({ length: 40 }, (_, n) =>
    `{"System":{"Provider":{"Name":"MSExchange Web Services"},"EventID":5,"TimeCreated":{"SystemTime":"2011-03-04T11:05:00Z"}},"EventData":{"a":"${n}\\n"}}\n`.repeat(
      3,
    ),
  );
  const taken: EventRecord[] = [];
  const { events } = read(Buffer.from(lines.join('')), { repeatsOf: first => repeatsTo(taken, first) });
  t.equal(events.length + taken.length, 120);
  // Of each text the first event is read; of the very first the second as well. Few share a place.
  t.ok(taken.length > 70, `${taken.length} of 79 taken`);
});

t.test('a time is read at a glance as it is read at length', async () => {
  const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
  const time = fc
    .tuple(
      fc.oneof(
        fc.constantFrom('2024-02-29', '2023-02-29', '0001-01-01', '2011-03-04'),
        fc.tuple(digits(4), digits(2), digits(2)).map(parts => parts.join('-')),
      ),
      fc.constantFrom('T', 'T', ' ', 't', '_'),
      fc.oneof(
        fc.constantFrom('11:05:00', '24:00:00', '23:59:60', '11:05'),
        fc.tuple(digits(2), digits(2), digits(2)).map(parts => parts.join(':')),
      ),
      fc.oneof(
        fc.constant(''),
        fc
          .nat(11)
          .chain(digits)
          .map(text => `.${text}`),
        fc.constant(',5'),
      ),
      fc.constantFrom('Z', 'Z', '', '+00:00', '+00:00', 'Z+00:00', '-00:00', '+0000', '+01:00', 'z', ' Z'),
    )
    .map(parts => parts.join(''));
  fc.assert(
    fc.property(time, fc.boolean(), (text, isUtc) => {
      const iso = parseIsoInstant(text, isUtc ? 'export' : 'assumed');
      assert.deepStrictEqual(parseJsonTime(text, isUtc), iso?.basis === 'export' ? iso : undefined);
    }),
    { numRuns: 3000 },
  );
});

t.test('a time that names its zone is read from its bytes as it is read at length', async () => {
  const number = fc.stringMatching(/^[0-9]{8,20}$/);
  const offset = fc.stringMatching(/^ {0,2}[-+][0-9]{2}:?[0-9]{2,3}$/);
  const iso = fc
    .tuple(
      fc.constantFrom(
        '2011-03-04T12:05:00',
        '2011-03-04 23:59:59',
        '2011-02-29 12:05:00',
        '2011-03-04 12:05',
        '12:05:00',
      ),
      fc.constantFrom('', '.5', '.123456789', '.1234567890', '.'),
      fc.oneof(offset, fc.constantFrom('Z', 'Z+01:00', 'z', '', '+01', '-01:00 ')),
    )
    .map(parts => parts.join(''));
  const unix = fc.oneof(
    number,
    fc.tuple(number, fc.stringMatching(/^[0-9]{0,11}$/)).map(parts => parts.join('.')),
  );
  const date = fc
    .tuple(
      fc.constantFrom('/', '', '\\/', 'x/'),
      fc.oneof(number, fc.constantFrom('', '-5', '5')),
      fc.constantFrom('', '+0100'),
    )
    .map(([slash, ms, zone]) => `${slash}Date(${ms}${zone})${slash}`);
  let read = 0;
  fc.assert(
    fc.property(fc.oneof(iso, unix, date), text => {
      const bytes = Buffer.from(`"${text}",`);
      const time = zonedTime(bytes, 1, bytes.length - 2);
      if (time === undefined) return;
      read += 1;
      for (const isUtc of [false, true]) {
        assert.deepStrictEqual(time, parseJsonTime(text.replaceAll('\\/', '/'), isUtc));
      }
    }),
    { numRuns: 3000 },
  );
  assert.ok(read > 100, `${read} of 3000 read`);
});

t.test('each form of a value is taken or left by shape as the parser takes or leaves it', async t => {
  const line = (number: string, text: string) =>
    `{"System":{"Provider":{"Name":"MSExchange Web Services"},"EventID":5,"EventRecordID":${number}},"EventData":{"a":${text},"b":"c"}}`;
  const numbers = [
    '0',
    '-0',
    '10',
    '01',
    '-01',
    '00',
    '1.',
    '1.0',
    '.5',
    '-',
    '1e3',
    '1E+2',
    '1e',
    '1e+',
    '1.e5',
    '+1',
    '1 ',
    ' 1',
    '1x',
  ];
  const escapes = [
    '\\n',
    '\\u00e9',
    '\\u12',
    '\\u12x4',
    '\\U0041',
    '\\x',
    '\\',
    '\\\\',
    '\\"',
    '\\/',
    '\\uD83D',
    'é',
    '\t',
    '\0',
    '\x7f',
    '\x1f',
  ];
  const texts = ['', ...escapes, 'x'.repeat(14), 'x'.repeat(15), 'x'.repeat(16), 'x'.repeat(60)];
  const odd = [...numbers.map(number => line(number, '"x"')), ...texts.map(part => line('7', `"x${part}"`))];
  const more = [
    ...texts.map(part => line('7', `"${'x'.repeat(16)}${part}y"`)),
    line('7', 'null'),
    `${line('7', '"x"')} `,
    `${line('7', '"x"')}}`,
  ];
  for (const each of [...odd, ...more]) {
    const content = [line('7', '"x"'), line('8', '"y"'), each, line('9', '"z"')].join('\n');
    const plain = readText(content, { search: 'plain' });
    t.strictSame(readText(content).items, plain.items, JSON.stringify(each));
    t.ok(plain.events.length >= 3);
  }
});

t.test('more shapes than are remembered, and shapes too large to be, are read all the same', async t => {
  const keys = (count: number) => Array.from({ length: count }, (_, n) => `"key${n}":"v${n}"`).join(',');
  const event = (count: number, n: number) =>
    `{"System":{"Provider":{"Name":"MSExchange Web Services"},"EventID":5,"EventRecordID":${n}},"EventData":{${keys(count)}}}\n`;
  const content = Array.from({ length: 600 }, (_, n) =>
    event([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 600, 900][n % 13]!, n),
  ).join('');
  const fast = readText(content);
  t.equal(fast.events.length, 600);
  t.strictSame(fast.items, readText(content, { search: 'plain' }).items);
});

t.test('a byte lost or added anywhere in UTF-16 costs the events around it', t => {
  const objects = Array.from({ length: 12 }, (_, n) => ({
    ProviderName: 'A',
    Id: 5,
    LevelDisplayName: 'Error',
    RecordId: n + 1,
    LogName: 'Application',
    Message: `Event ${n}, "größer", 级别`,
    Properties: [{ Value: `first ${n}` }, { Value: 'second' }],
  }));
  const forms = {
    lines: objects.map(object => `${JSON.stringify(object)}\r\n`).join(''),
    pretty: `${JSON.stringify(objects, null, 4)}\r\n`,
    compact: `${JSON.stringify(objects)}\r\n`,
  };
  const whole = readText(forms.lines).events.map(({ position: _, ...event }) => event);
  t.equal(whole.length, 12);
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(forms)),
      fc.boolean(),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.option(fc.integer({ min: 0, max: 255 })),
      fc.integer({ min: 1, max: 3000 }),
      (form, isBigEndian, where, added, cut) => {
        const sound = Buffer.from(`\ufeff${form}`, 'utf16le');
        if (isBigEndian) sound.swap16();
        const at = 2 + Math.floor(where * (sound.length - 2));
        const damaged = Buffer.concat([
          sound.subarray(0, at),
          added === null ? Buffer.alloc(0) : Buffer.of(added),
          sound.subarray(added === null ? at + 1 : at),
        ]);
        const { events, rejects, report } = read(damaged, {}, () => cut);
        const lost = whole.filter(({ recordId }) => !events.some(event => event.recordId === recordId));
        // The object, the next one if its start is hit, and the last one, whose end may lack half a unit.
        if (lost.length > 3) return false;
        for (const { position, ...event } of events) {
          const bytes = damaged.subarray(position.offset, position.offset + position.length);
          const object = JSON.parse((isBigEndian ? Buffer.from(bytes).swap16() : bytes).toString('utf16le'));
          if (String(object.RecordId) !== event.recordId) return false;
        }
        return report.events === events.length + rejects.filter(({ isEvent }) => isEvent).length;
      },
    ),
    RUNS,
  );
  t.end();
});

t.test('the text of a sound event in UTF-16 forges no event, whatever it holds half a unit off', t => {
  const forged = Buffer.from('\n{"ProviderName":"A","Id":5,"RecordId":666}\n', 'utf16le');
  const value = Buffer.concat([Buffer.of(0x41), forged, Buffer.of(0x41)]).toString('utf16le');
  const line = JSON.stringify({ ProviderName: 'A', Id: 5, LogName: 'Application', RecordId: 1, Message: value });
  for (const content of [`${line}\n${line}\n`, `[${line},\n${line}]`]) {
    const { events, rejects } = read(Buffer.from(`\ufeff${content}`, 'utf16le'), {}, () => 100);
    t.same(
      events.map(({ recordId }) => recordId),
      ['1', '1'],
    );
    t.same(rejects, []);
  }
  t.end();
});

/** Turns a document into what JSON.parse gives. */
function plainOf(doc: JsonDocument, node: number): unknown {
  if (doc.isObject(node)) {
    const object: Record<string, unknown> = {};
    for (let key = doc.first(node); key >= 0; key = doc.nextKey(node, key)) {
      Object.defineProperty(object, doc.keyText(key), {
        value: plainOf(doc, doc.valueOf(key)),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return object;
  }
  if (doc.isArray(node)) {
    const list: unknown[] = [];
    for (let item = doc.first(node); item >= 0; item = doc.nextItem(node, item)) list.push(plainOf(doc, item));
    return list;
  }
  if (doc.isString(node)) return doc.text(node);
  if (doc.isNumber(node)) return Number(doc.text(node));
  return doc.isNull(node) ? null : doc.text(node) === 'true';
}

t.test('the parser accepts what JSON.parse accepts and gives the same values', async t => {
  const editedArb = fc
    .tuple(
      fc.json({ maxDepth: 4 }),
      fc.nat(200),
      fc.constantFrom('', '"', '\\', ',', '{', '0', 'e', '\n', '-', '.', '\u0001', 'é'),
      fc.nat(3),
    )
    .map(([json, at, insert, remove]) => json.slice(0, at) + insert + json.slice(at + remove));
  fc.assert(
    fc.property(fc.oneof(fc.json(), editedArb, fc.string()), content => {
      const found = withJsonText(content, new KeyTable(), doc => ({ plain: plainOf(doc, 0) }));
      let expected: unknown;
      try {
        expected = JSON.parse(content);
      } catch {
        return found === undefined;
      }
      t.strictSame(found === undefined ? 'rejected' : found.plain, expected);
      return t.passing();
    }),
    { numRuns: 3000 },
  );
});

t.test('every element that stream-json finds in an array is an event of the reader, and no other', async t => {
  const eventArb = fc.record({
    EventID: fc.nat(0xffff),
    SourceName: fc.string({ minLength: 1 }),
    TimeCreated: fc.constant('2011-03-04T11:05:00Z'),
    Value: fc.oneof(fc.string(), fc.jsonValue({ maxDepth: 3 })),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(eventArb, { maxLength: 8 }),
      fc.constantFrom(0, 1, 4, '\t'),
      fc.integer({ min: 1, max: 64 }),
      async (events, indent, step) => {
        const bytes = text(JSON.stringify(events, null, indent));
        const found: unknown[] = [];
        const strict = streamArray.withParserAsStream();
        await pipeline(Readable.from([bytes]), strict, async source => {
          for await (const { value } of source as AsyncIterable<{ value: unknown }>) found.push(value);
        });
        const outcome = read(bytes, {}, () => step);
        const ranges = outcome.events.map(({ position: { offset, length } }) =>
          JSON.parse(bytes.subarray(offset, offset + length).toString()),
        );
        t.strictSame(ranges, found);
        t.equal(outcome.report.events, found.length);
        return t.passing();
      },
    ),
    { numRuns: 100 },
  );
});

t.test('an event that is no UTF-8 is read in the fallback code page, and told', async t => {
  const bytes = Buffer.concat([text(`${line(1)}\n`), Buffer.from(tree('{"Data":"caf\xe9"}'), 'latin1'), text('\n')]);
  const { events, report } = read(bytes);
  t.same(events[1]?.insertions, ['café']);
  t.same(report.warnings['encoding-fallback'], 1);
});

t.test('real exports', async t => {
  if (!existsSync(join(REAL, 'json-otrf'))) {
    t.comment(`no real samples at ${REAL}: skipped`);
    return;
  }
  const expected: Record<string, readonly [number, number, string | undefined]> = {
    'AADAuditEvents.json': [4, 4, undefined],
    'WindowsEvents.json': [38, 1, 'azure'],
    'covenant_persistwmi_2019-12-05044734.json': [1001, 0, 'nxlog'],
    'schtask_create_2020-12-1907003032.json': [1041, 0, 'flat'],
    'securityauditing_log4shell_cve2021_44228_java_serialized_object_2022-05-13045400.json': [39, 0, 'azure'],
    'sysmon_log4shell_cve2021_44228_java_serialized_object_2022-05-13045800.json': [487, 0, 'azure'],
  };
  for (const [file, [events, malformed, dialect]] of Object.entries(expected)) {
    const bytes = readFileSync(join(REAL, 'json-otrf', file));
    t.match(read(bytes).report, { events, malformed, rejects: malformed, withoutTime: 0 }, file);
    t.equal(detectEventJson(bytes.subarray(0, 65_536)).dialect, dialect, file);
  }
  const snap = (name: string): EventRecord | undefined => {
    const file = readFileSync(join(REAL, 'evtx_dump-rust', `test_record_samples__event_json_${name}.snap`), 'utf8');
    return readText(file.split('\n').slice(4).join('\n')).events[0];
  };
  t.equal(snap('with_multiple_data_elements-2')?.insertions?.length, 27, 'all 27 strings of an Exchange cmdlet event');
  t.same(snap('multiple_empty_data_nodes_not_ignored')?.insertions, snap('with_multiple_data_elements-2')?.insertions);
  t.same(snap('sample_with_event_data_with_attributes_and_text')?.insertions, [
    '10.00.',
    '15063',
    '',
    'Multiprocessor Free',
    '0',
  ]);
  t.same(snap('with_multiple_nodes_same_name')?.insertions, snap('with_multiple_nodes_same_name_separate')?.insertions);
});
