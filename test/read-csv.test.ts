import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import t from 'tap';
import { ByteWindow } from '../src/bytes/byte-window.js';
import { loadCodePage } from '../src/bytes/code-pages.js';
import { createWindowMemory, giveBackWindowMemory, WasmMemory } from '../src/bytes/window-memory.js';
import type { EventRecord, Reject, Selection, Warning } from '../src/model/index.js';
import { unitSearch } from '../src/read/csv/find-unit.js';
import type { FormatReader, FormatReport } from '../src/read/format-reader.js';
import { detectFormat } from '../src/read/formats.js';
import { lookAtHead } from '../src/read/head.js';
import { parseColumns } from '../src/read/tool-csv/columns.js';
import { createToolCsvReader, detectToolCsv } from '../src/read/tool-csv/index.js';
import { readPythonList } from '../src/read/tool-csv/python-list.js';
import { createViewerCsvReader, detectViewerCsv } from '../src/read/viewer-csv/index.js';
import { VIEWER_LANGUAGES } from '../src/read/viewer-csv/languages.js';
import { createZone } from '../src/time/zones.js';
import { repeatsTo } from './repeats.js';

const seed = Date.now() & 0x7fffffff;
const runs = (numRuns: number) => ({ seed, numRuns });
t.comment(`fast-check seed ${seed}`);

type Item = EventRecord | Reject | Warning;
type ViewerOptions = Omit<Parameters<typeof createViewerCsvReader>[0], 'input'>;

interface Reading {
  readonly items: readonly Item[];
  readonly events: readonly EventRecord[];
  readonly rejects: readonly Reject[];
  readonly report: FormatReport;
  readonly steps: number;
}

/** Drives a reader over bytes in chunks of the sizes given, the last size again and again. */
function drive(reader: FormatReader, bytes: Uint8Array, sizes: readonly number[] = [1 << 18]): Reading {
  const window = new ByteWindow(createWindowMemory());
  const items: Item[] = [];
  const emit = (item: Item) => items.push(item);
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const part = bytes.subarray(at, at + (sizes[Math.min(n, sizes.length - 1)] ?? 1));
    window.reserve(part.length).set(part);
    window.commit(part.length);
    reader.read(window, false, emit);
    at += part.length;
  }
  reader.read(window, true, emit);
  giveBackWindowMemory(window.memory);
  return {
    items,
    events: items.filter((item): item is EventRecord => item.type === 'event'),
    rejects: items.filter((item): item is Reject => item.type === 'reject'),
    report: reader.report(),
    steps: (reader as unknown as { steps: number }).steps,
  };
}

function view(content: string | Uint8Array, options: ViewerOptions = {}, sizes?: readonly number[]): Reading {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return drive(createViewerCsvReader({ input: 'x.csv', ...options }), bytes, sizes);
}

const HEADER = 'Level,Date and Time,Source,Event ID,Task Category\r\n';
const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const row = (message: string, source = 'Srv', id = 7, date = '11/21/2017 3:35:24 PM') =>
  `Error,${date},${source},${id},None,${quoted(message)}\r\n`;
const TIME = Date.UTC(2017, 10, 21, 15, 35, 24);

t.test('an English export gives its events with everything that the form holds', async t => {
  const content = `\ufeff${HEADER}${row('short')}${row('two lines\r\nwith "quotes", and commas')}`;
  const { items, report } = view(content);
  const start = Buffer.byteLength(`\ufeff${HEADER}`);
  t.strictSame(items, [
    {
      type: 'warning',
      code: 'no-computer',
      input: 'x.csv',
      message: 'the rows name no computer that logged them; give it with --computer NAME',
    },
    {
      type: 'event',
      provider: 'Srv',
      eventId: 7,
      level: 2,
      message: 'short',
      culture: 'en',
      time: { epochMs: TIME, nanos: 0, digits: 0, basis: 'assumed' },
      position: { input: 'x.csv', offset: start, length: row('short').length - 2 },
    },
    {
      type: 'event',
      provider: 'Srv',
      eventId: 7,
      level: 2,
      message: 'two lines\r\nwith "quotes", and commas',
      culture: 'en',
      time: { epochMs: TIME, nanos: 0, digits: 0, basis: 'assumed' },
      position: {
        input: 'x.csv',
        offset: start + row('short').length,
        length: row('two lines\r\nwith "quotes", and commas').length - 2,
      },
    },
  ]);
  t.strictSame(report, {
    format: 'viewer-csv',
    encoding: 'utf-8',
    events: 2,
    unparsed: 0,
    malformed: 0,
    rejects: 0,
    withoutTime: 0,
    timezone: { name: 'UTC', basis: 'assumed' },
    dateOrder: { order: 'mdy', basis: 'found' },
    warnings: { 'no-computer': 1 },
  });
  t.equal(view(content, { computer: 'HOST' }).events[0]?.computer, 'HOST');
  t.same(view(content, { computer: 'HOST' }).report.warnings, {});
});

t.test('headers are known in every language, by level or keywords, with any apostrophe, space and case', async t => {
  for (const language of VIEWER_LANGUAGES) {
    for (const first of [language.level, language.keywords]) {
      const headers = [first, language.date, language.source, language.eventId, language.category];
      const [level = ''] = Object.keys(language.levels);
      for (const spell of [
        (word: string) => word,
        (word: string) => word.replaceAll("'", '\u2019').replaceAll(' ', '\u00a0'),
        (word: string) => word.toUpperCase(),
        (word: string) => word.normalize('NFD'),
      ]) {
        const content = `${headers.map(spell).join(',')}\r\n${level},2017/11/21 15:35:24,Srv,7,x,m\r\n`;
        const { events, report } = view(content);
        t.equal(report.format, 'viewer-csv', content);
        t.equal(events[0]?.culture, language.tag, content);
        t.equal(events[0]?.level, first === language.level ? language.levels[level] : undefined, content);
        t.equal(detectViewerCsv(lookAtHead(Buffer.from(content))), 0.95);
      }
    }
  }
});

t.test('no level word stands for two levels', async t => {
  const numbers = new Map<string, number>();
  for (const { levels } of VIEWER_LANGUAGES) {
    for (const [word, number] of Object.entries(levels)) {
      t.equal(numbers.get(word.toLowerCase()) ?? number, number, word);
      numbers.set(word.toLowerCase(), number);
    }
  }
});

const MESSAGE = 'a\tb, c; "d"\r\ne';

t.test('the quirks of real files are read', async t => {
  const header = (delimiter: string) => HEADER.trim().split(',').join(delimiter);
  const line = (delimiter: string) =>
    ['Error', '11/21/2017 15:35:24', 'Srv', '7', 'None', quoted(MESSAGE)].join(delimiter);
  const cases: Record<string, string> = {
    'comma, LF': `${header(',')}\n${line(',')}\n`,
    'no line end at the end': `${header(',')}\n${line(',')}`,
    'lone CR': `${header(',')}\r${line(',')}\r`,
    'blank lines': `\r\n\r\n${header(',')}\r\n\r\n${line(',')}\r\n\r\n`,
    semicolon: `${header(';')}\r\n${line(';')}\r\n`,
    'tab, as TXT': `${header('\t')}\r\n${line('\t')}\r\n`,
    'sep= of a spreadsheet': `sep=;\r\n${header(';')}\r\n${line(';')}\r\n`,
    'every field quoted': `${header(',').replace(/[^,]+/g, '"$&"')}\n"Error","11/21/2017 15:35:24","Srv","7","None",${quoted(MESSAGE)}\n`,
    'an empty sixth header': `${header(',')},\r\n${line(',')}\r\n`,
    'a named message': `${header(',')},Description\r\n${line(',')}\r\n`,
    'labels appended to the row': `${header(',')}\r\n${line(',')},Normal,Benign\r\n`,
    'a byte order mark before rows': `${header(',')}\r\n\ufeff${line(',')}\r\n`,
    'the header again, in another language': `${header(',')}\r\n\ufeffEbene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie\r\n${line(',')}\r\n`,
    'a language that is not known': `Poziom,Data i godzina,Źródło,Identyfikator zdarzenia,Kategoria zadania\r\n${line(',')}\r\n`,
    'a header whose letters were lost': `Niveau,Date et heure,Source,ID de l??v?nement,Cat?gorie de la t?che\r\n${line(',')}\r\n`,
    'more columns, the message last': `Level,Keywords,User,Operational Code,Date and Time,Source,Event ID,Task Category\r\nError,Classic,N/A,Info,11/21/2017 15:35:24,Srv,7,None,${quoted(MESSAGE)}\r\n`,
    'Windows 2003, without header': `11/21/2017,3:35:24 PM,Srv,Error,None,7,N/A,HOST,${quoted(MESSAGE)}\r\n`,
  };
  for (const [what, content] of Object.entries(cases)) {
    const { events, rejects, report } = view(content);
    t.equal(report.events, 1, what);
    t.same(rejects, [], what);
    t.match(events[0], { provider: 'Srv', eventId: 7, level: 2, message: MESSAGE, time: { epochMs: TIME } }, what);
    const at = events[0]?.position ?? { offset: 0, length: 0 };
    const bytes = Buffer.from(content)
      .subarray(at.offset, at.offset + at.length)
      .toString();
    t.ok(bytes.includes('Srv') && !/^[\r\n]|[\r\n]$/.test(bytes), `${what}: the position holds the row`);
    t.ok(detectViewerCsv(lookAtHead(Buffer.from(content))) > 0.5, `${what}: is detected`);
  }
  const added = view(
    `Level,Date and Time,Source,Event ID,Task Category,Log,Computer\nError,11/21/2017 15:35:24,S,7,None,System,PC1,m\n`,
  );
  t.match(added.events[0], { channel: 'System', computer: 'PC1', message: 'm' });
  t.equal(added.report.warnings['no-computer'], undefined);
  t.equal(view(cases['Windows 2003, without header'] ?? '').events[0]?.computer, 'HOST');
  t.equal(
    view(`${HEADER}Error,11/21/2017 15:35:24,S,7,None,no quotes, but commas\r\n`).events[0]?.message,
    'no quotes, but commas',
  );
});

t.test('what is no Event Viewer CSV is one reject', async t => {
  for (const content of ['hello\nworld\n', 'a,b,c\n1,2,3\n', '{"a":1}\n', 'Level\n', '\n\n', ',,,,,\n']) {
    const { events, rejects, report } = view(content, { keepRejectBytes: true });
    t.equal(events.length, 0, content);
    t.match(rejects, [
      { reason: 'unknown-format', isEvent: false, line: 1, position: { offset: 0, length: content.length } },
    ]);
    t.equal(Buffer.from(rejects[0]?.bytes ?? []).toString(), content);
    t.match(report, { format: 'unknown', events: 0, rejects: 1, malformed: 0 });
    t.equal(detectViewerCsv(lookAtHead(Buffer.from(content))), 0);
  }
  t.match(view('').report, { events: 0, rejects: 0 });
  t.match(view(HEADER).report, { format: 'viewer-csv', events: 0, rejects: 0 });
});

t.test('a byte lost or added in a CSV in UTF-16 costs the rows around it', t => {
  const row = (n: number) =>
    `Erreur,21/11/2017 15:35:${n + 10},Srv,${n},Général,"été ""${n}""\r\nà côté, 级别\r\n"\r\n`;
  const header = 'Niveau,Date et heure,Source,ID de l’événement,Catégorie de la tâche\r\n';
  const whole = Array.from({ length: 12 }, (_, n) => n);
  const content = header + whole.map(row).join('');
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.option(fc.integer({ min: 0, max: 255 })),
      fc.integer({ min: 1, max: 900 }),
      (isBigEndian, where, added, size) => {
        const sound = Buffer.from(`\ufeff${content}`, 'utf16le');
        if (isBigEndian) sound.swap16();
        const from = 2 + header.length * 2;
        const at = from + Math.floor(where * (sound.length - from));
        const damaged = Buffer.concat([
          sound.subarray(0, at),
          added === null ? Buffer.alloc(0) : Buffer.of(added),
          sound.subarray(added === null ? at + 1 : at),
        ]);
        const { items, events, rejects, report } = view(damaged, { keepRejectBytes: true }, [size]);
        assert.deepEqual(items, view(damaged, { keepRejectBytes: true }).items, 'cuts');
        const lost = whole.filter(id => !events.some(({ eventId }) => eventId === id));
        // The row, the next one if its start is hit, and the last one, whose end may lack half a unit.
        assert.ok(lost.length <= 3, `${lost.length} lost`);
        for (const { position, eventId } of events) {
          const bytes = damaged.subarray(position.offset, position.offset + position.length);
          const found = (isBigEndian ? Buffer.from(bytes).swap16() : Buffer.from(bytes)).toString('utf16le');
          if (lost.length > 0) assert.ok(found.includes(`Srv,${eventId},`));
          else assert.equal(`${found}\r\n`, row(eventId));
        }
        for (const { position, bytes } of rejects) {
          assert.deepEqual(
            Buffer.from(bytes!),
            damaged.subarray(position.offset, position.offset + position.length),
            'what was rejected is what stands there',
          );
        }
        assert.equal(report.events, events.length + rejects.filter(({ isEvent }) => isEvent).length);
      },
    ),
    // A message without its opening quotation mark is unquoted, and seems to go on to the end.
    { ...runs(300), examples: [[false, 0.049999999999999996, null, 1]] },
  );
  t.end();
});

t.test('every encoding is read, and positions are those of the bytes', async t => {
  await Promise.all(['cp850', 'cp437', 'windows-1251', 'shift_jis'].map(loadCodePage));
  const french = `Niveau,Date et heure,Source,ID de l'événement,Catégorie de la tâche\r\nErreur,21/11/2017 15:35:24,Srv,7,Général,"été\r\nà côté"\r\nErreur,21/11/2017 15:35:24,Srv,8,x,plain\r\n`;
  const russian = `Уровень,Дата и время,Источник,Код события,Категория задачи\r\nОшибка,21.11.2017 15:35:24,Srv,7,Общие,"Сбой, ещё\r\nраз"\r\nОшибка,21.11.2017 15:35:24,Srv,8,x,plain\r\n`;
  const cases: [string, Buffer, string | undefined, string, string][] = [
    [french, Buffer.from(french), undefined, 'utf-8', 'été\r\nà côté'],
    [french, Buffer.from(`\ufeff${french}`), 'cp850', 'utf-8', 'été\r\nà côté'],
    [french, iconv.encode(french, 'windows-1252'), undefined, 'windows-1252', 'été\r\nà côté'],
    [french, iconv.encode(french, 'cp850'), 'cp850', 'cp850', 'été\r\nà côté'],
    [french, iconv.encode(french, 'cp437'), 'cp437', 'cp437', 'été\r\nà côté'],
    [french, Buffer.from(french, 'utf16le'), undefined, 'utf-16le', 'été\r\nà côté'],
    [french, Buffer.from(`\ufeff${french}`, 'utf16le'), undefined, 'utf-16le', 'été\r\nà côté'],
    [french, Buffer.from(french, 'utf16le').swap16(), undefined, 'utf-16be', 'été\r\nà côté'],
    [french, Buffer.from(`\ufeff${french}`, 'utf16le').swap16(), undefined, 'utf-16be', 'été\r\nà côté'],
    [russian, iconv.encode(russian, 'windows-1251'), 'windows-1251', 'windows-1251', 'Сбой, ещё\r\nраз'],
    [russian, Buffer.from(russian, 'utf16le'), undefined, 'utf-16le', 'Сбой, ещё\r\nраз'],
  ];
  for (const [content, bytes, encoding, name, message] of cases) {
    for (const sizes of [[1 << 18], [1], [3]]) {
      const selection: Selection = { providers: [{ names: ['Srv'], eventIds: [7] }] };
      const { events, report } = view(bytes, { encoding, selection }, sizes);
      t.equal(report.encoding, name, `${name} in ${sizes}`);
      t.same(report.unparsed, 1);
      t.match(events, [{ provider: 'Srv', eventId: 7, level: 2, message, culture: content === french ? 'fr' : 'ru' }]);
      const { offset, length } = events[0]?.position ?? { offset: 0, length: 0 };
      const raw = iconv.decode(bytes.subarray(offset, offset + length), name);
      t.equal(
        raw,
        content.slice(content.indexOf('\n') + 1, content.indexOf('"\r') + 1),
        `${name}: bytes of the position`,
      );
    }
  }
  // Rows differ in their encoding, and a wrong code page leaves enough of the header.
  const mixed = Buffer.concat([Buffer.from(french), iconv.encode(french, 'windows-1252').subarray(70)]);
  t.match(view(mixed).report, { encoding: 'windows-1252', warnings: { 'encoding-fallback': 1 } });
  t.equal(view(iconv.encode(french, 'cp850')).events[0]?.culture, 'fr');
  t.equal(
    view(iconv.encode(russian, 'windows-1251')).events.length,
    2,
    'a header of unreadable letters above rows that fit',
  );
  t.match(view(Buffer.concat([Buffer.from(french, 'utf16le'), Buffer.from('E')])).rejects, [
    { reason: 'truncated', isEvent: false, position: { length: 1 } },
  ]);
});

const GOOD = row('fine');

t.test('a row that breaks costs itself only, and says its line and bytes', async t => {
  const broken: [string, string, Reject['reason']][] = [
    ['cut inside the quotes', 'Error,11/21/2017 3:35:24 PM,Srv,7,None,"cut here\r\n', 'malformed'],
    ['cut before the ID', 'Error,11/21/2017 3:35:24 PM,Sr\r\n', 'malformed'],
    ['text behind a closing quote', 'Error,11/21/2017 3:35:24 PM,Srv,7,None,"a" b\r\n', 'malformed'],
    ['quotes not doubled', 'Error,11/21/2017 3:35:24 PM,Srv,7,None,"say "hi" there"\r\n', 'malformed'],
    ['no number for an ID', 'Error,11/21/2017 3:35:24 PM,Srv,seven,None,x\r\n', 'malformed'],
    ['a stray line', 'garbage\r\n', 'malformed'],
    ['a level in no language that is known', 'Pohjaton,11/21/2017 3:35:24 PM,Srv,7,None,"x" y\r\n', 'malformed'],
    ['an empty level', ',11/21/2017 3:35:24 PM,Srv,7,None,"x" y\r\n', 'malformed'],
  ];
  for (const [what, line, reason] of broken) {
    const content = `${HEADER}${row('two\r\nlines')}${line}${row('next "one"')}${GOOD}`;
    const { events, rejects, report } = view(content, { keepRejectBytes: true });
    t.same(
      events.map(each => each.message),
      ['two\r\nlines', 'next "one"', 'fine'],
      what,
    );
    t.match(rejects, [{ reason, isEvent: true, line: 4 }], what);
    t.equal(
      Buffer.from(rejects[0]?.bytes ?? [])
        .toString()
        .trim(),
      line.trim(),
      what,
    );
    t.equal(rejects[0]?.position.offset, content.indexOf(line), what);
    t.match(report, { events: 4, malformed: 1, rejects: 1 }, what);
  }
  const long = view(`${HEADER}${GOOD}${row(`long ${'x\n'.repeat(200)}`)}${GOOD}`, { maxEventBytes: 300 });
  t.match(long.rejects, [{ reason: 'too-long', line: 3 }]);
  t.match(long.report, { events: 3, malformed: 1 });
  const atEnd = view(`${HEADER}${GOOD}Error,11/21/2017 3:35:24 PM,Srv,7,None,"open\r\nlines\r\n${GOOD}`);
  t.match(atEnd.rejects, [{ reason: 'truncated', line: 3 }]);
  t.equal(atEnd.events.length, 2, 'the row behind the open one is read');
  t.match(view(`${HEADER}${GOOD}Error,11/21/2017 3:35`).rejects, [{ reason: 'truncated', line: 3 }]);
});

t.test('a message that is quoted as it should be is never split', async t => {
  for (const message of [
    GOOD,
    `${GOOD}${GOOD}`,
    `"\r\n${GOOD}"`,
    `x\r\n${HEADER}${GOOD}`,
    `\r\n,"${GOOD}`,
    '"',
    '""',
    '\r\n',
  ]) {
    const { events, rejects } = view(`${HEADER}${row(message)}${GOOD}`);
    t.same(rejects, []);
    t.same(
      events.map(each => each.message),
      [message, 'fine'],
    );
  }
});

const field = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.stringMatching(/^[a",;\r\n\té ]{0,8}$/),
  fc.constantFrom(GOOD, '"', '""', '\r\n', 'x'),
);

t.test('well-formed files are read as csv-parse reads them', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(field, field, fc.integer({ min: 0, max: 65_535 })), { maxLength: 8 }),
      fc.constantFrom(',' as const, ';' as const, '\t' as const),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      (rows, delimiter, lineEnd, quotesAll) => {
        const cell = (text: string) =>
          quotesAll || /[",;\t\r\n]/.test(text) || text.startsWith('\ufeff') ? `"${text.replaceAll('"', '""')}"` : text;
        const lines = rows.map(([source, message, id]) =>
          ['Error', '11/21/2017 15:35:24', source, String(id), 'None', message].map(cell).join(delimiter),
        );
        const header = HEADER.trim().split(',').map(cell).join(delimiter);
        const content = [header, ...lines, ''].join(lineEnd);
        const expected = parse(content, {
          delimiter,
          record_delimiter: lineEnd,
          relax_column_count: true,
        }) as string[][];
        const { events, rejects } = view(content);
        assert.deepEqual(rejects, []);
        assert.deepEqual(
          events.map(({ provider, eventId, message }) => [provider, String(eventId), message]),
          expected.slice(1).map(each => [each[2], each[3], each[5]]),
        );
      },
    ),
    runs(300),
  );
});

/** Lines whole, cut, broken and hostile, in any order. */
const anyLine = fc.oneof(
  fc.tuple(field, fc.constantFrom('Srv', 'Other', 'Sör'), fc.constantFrom(7, 8)).map(([m, s, id]) => row(m, s, id)),
  fc.constantFrom(
    'Error,11/21/2017 3:35:24 PM,Srv,7,None,"cut\r\n',
    'Error,11/21/2017 3:35:24 PM,Srv,7,None,"a" b\r\n',
    'Error,11/21/2017 3:35:24 PM,a",b,"c\r\n',
    'Error,1/2/2017 3:35:24 PM,Srv,7,None,x\r\n',
    'Error,21/2/2017 3:35:24 PM,Srv,7,None,x\r\n',
    'Error,1/2/2017 3:35:24 PM,Other,x,None,x\r\n',
    'Error,whenever,Srv,7,None,x\r\n',
    `\ufeff${HEADER}`,
    '"\r\n',
    '\r\n',
    'x\r',
    '\xff\xfe\r\n',
    'Error,11/21/2017',
    `Error,11/21/2017 3:35:24 PM,Srv,7,None,${'y'.repeat(400)}\r\n`,
  ),
);
const anyFile = fc
  .tuple(fc.constantFrom(HEADER, `\ufeff${HEADER}`), fc.array(anyLine, { maxLength: 12 }))
  .map(([header, lines]) => header + lines.join(''));
const SRV_7: Selection = { providers: [{ names: ['Srv'], eventIds: [7] }] };

t.test('answers do not depend on how the bytes were cut, down to one byte', async () => {
  fc.assert(
    fc.property(
      anyFile,
      fc.constantFrom('utf8' as const, 'latin1' as const, 'utf16le' as const),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 }),
      fc.constantFrom(undefined, SRV_7),
      (content, encoding, sizes, selection) => {
        const bytes = Buffer.from(content, encoding);
        const options: ViewerOptions = { maxEventBytes: 350, keepRejectBytes: true, selection };
        const whole = view(bytes, options);
        for (const cut of [[1], sizes]) {
          const parts = view(bytes, options, cut);
          assert.deepEqual(parts.items, whole.items);
          assert.deepEqual(parts.report, whole.report);
        }
        for (const { position, bytes: kept } of whole.rejects) {
          const expected = bytes.subarray(position.offset, position.offset + position.length).subarray(0, 350);
          assert.equal(Buffer.compare(Buffer.from(kept ?? []), expected), 0);
        }
      },
    ),
    runs(400),
  );
});

t.test('every byte of rows is an event, a reject, or a line end; the accounting adds up', async () => {
  fc.assert(
    fc.property(anyFile, content => {
      const bytes = Buffer.from(content);
      const { events, rejects, report } = view(bytes, { maxEventBytes: 350 });
      assert.equal(report.events, events.length + rejects.filter(each => each.isEvent).length);
      assert.equal(report.malformed, rejects.filter(each => each.isEvent).length);
      const left = Buffer.from(bytes);
      for (const { position } of [...events, ...rejects])
        left.fill(0x0a, position.offset, position.offset + position.length);
      const rest = left.toString().replaceAll('\ufeff', '').replaceAll(HEADER.trim(), '');
      assert.match(rest, /^[\r\n]*$/);
      for (const { line, position } of rejects) {
        assert.equal(line, bytes.subarray(0, position.offset).toString('latin1').split('\n').length);
      }
    }),
    runs(400),
  );
});

t.test('with the prefilter and without it, by SIMD, words or bytes, the same events come out', async () => {
  fc.assert(
    fc.property(anyFile, fc.constantFrom(SRV_7, { providers: [{ names: ['Sör', 'Srv'] }] }), (content, selection) => {
      const bytes = Buffer.from(content);
      const fast = view(bytes, { selection, maxEventBytes: 350 });
      const words = view(bytes, { selection, maxEventBytes: 350, search: 'indexof' });
      assert.deepEqual([words.items, words.report], [fast.items, fast.report]);
      const plain = view(bytes, { selection, maxEventBytes: 350, prefilter: false, search: 'plain' });
      assert.deepEqual(plain.items, fast.items);
      assert.deepEqual({ ...plain.report, unparsed: 0 }, { ...fast.report, unparsed: 0 });
      const strict = view(bytes, { selection, maxEventBytes: 350, parseAll: true });
      assert.deepEqual(strict.events.length, fast.events.length);
      assert.equal(strict.report.unparsed, 0);
      const all = view(bytes, { maxEventBytes: 350 });
      const wanted = (event: EventRecord) =>
        selection.providers.some(
          ({ names, eventIds }: Selection['providers'][number]) =>
            names.includes(event.provider) && (eventIds?.includes(event.eventId) ?? true),
        );
      assert.deepEqual(fast.events, all.events.filter(wanted));
      assert.deepEqual(strict.rejects, all.rejects);
    }),
    runs(400),
  );
});

t.test('who takes repeats gets what came before, and all else is as without', async t => {
  const selection: Selection = { providers: [{ names: ['Srv'], eventIds: [7] }] };
  const messages = [
    'short',
    'two lines\r\nwith "quotes", and commas',
    'long '.repeat(100),
    'too long to be kept '.repeat(300),
  ];
  const dateArb = fc.oneof(
    {
      weight: 20,
      arbitrary: fc
        .tuple(fc.constantFrom('1/6/2025', '1/7/2025'), fc.nat(11), fc.nat(59))
        .map(([day, hour, minute]) => `${day} ${hour + 1}:${`${minute}`.padStart(2, '0')}:07 PM`),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '1/13/2025 3:35:24 PM',
        '13/1/2025 15:35:24',
        '2025-01-06 15:35:24',
        'yesterday',
        '',
        '1/6/2025 25:00:00',
        '٠٦/٠١/٢٠٢٥ 15:35:24',
      ),
    },
  );
  const rowArb = fc.oneof(
    {
      weight: 30,
      arbitrary: fc
        .tuple(fc.constantFrom(...messages), dateArb, fc.constantFrom('', '"'))
        .map(([message, date, quote]) => row(message, 'Srv', 7, `${quote}${date}${quote}`)),
    },
    { weight: 3, arbitrary: fc.constant(row('unwanted', 'Other')) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        HEADER,
        HEADER.replace('Level', 'Keywords'),
        '\r\n',
        'Error,1/6/2025 3:35:24 PM,Srv,7,None,"open',
        row('odd \xe9', 'Srv', 7),
        row('no id', 'Srv', Number.NaN),
      ),
    },
  );
  let most = 0;
  fc.assert(
    fc.property(
      fc.array(rowArb, { maxLength: 120, size: 'max' }),
      fc.constantFrom(0, 1),
      fc.nat(5000),
      (rows, latin1, size) => {
        const bytes = Buffer.from(HEADER + rows.join(''), latin1 === 1 ? 'latin1' : 'utf8');
        const all = view(bytes, { selection, search: 'plain' });
        const taken: EventRecord[] = [];
        const found = view(bytes, { selection, repeatsOf: first => repeatsTo(taken, first) }, [size + 1]);
        most = Math.max(most, taken.length);
        const events = [...found.events, ...taken].sort((a, b) => a.position.offset - b.position.offset);
        assert.deepStrictEqual(events, all.events);
        assert.deepStrictEqual(found.rejects, all.rejects);
        assert.deepStrictEqual(found.report, all.report);
      },
    ),
    runs(300),
  );
  t.ok(most > 30, `${most} rows of one file were repeats`);
});

t.test('the order of the date is found in rows that nobody wants too', async t => {
  const content = `${HEADER}${row('a', 'Srv', 7, '1/2/2017 8:00')}${row('b', 'Other', 1, '13/2/2017 8:00')}${row('c', 'Srv', 7, '3/2/2017 8:00')}${row('d', 'Srv', 7, '2/13/2017 8:00')}`;
  const { events, rejects, report } = view(content, { selection: SRV_7 });
  t.same(report.dateOrder, { order: 'dmy', basis: 'found', swap: true });
  t.match(events[0]?.time, { epochMs: Date.UTC(2017, 0, 2, 8), alternative: Date.UTC(2017, 1, 1, 8) });
  t.match(events[1]?.time, { epochMs: Date.UTC(2017, 1, 3, 8), alternative: undefined });
  t.match(rejects, [{ reason: 'date-order', line: 5, isEvent: true }]);
  t.match(report, { events: 4, unparsed: 1, malformed: 1 });
  const given = view(content, { selection: SRV_7, dateOrder: 'mdy' });
  t.same(given.report.dateOrder, { order: 'mdy', basis: 'given' });
  t.equal(given.events.length, 3);
});

t.test('a time zone is used, and the hours that a clock shows twice or never are counted', async t => {
  const content = `${HEADER}${['10/31/2021 2:30:00 AM', '3/28/2021 2:30:00 AM', '7/31/2021 2:30:00 AM'].map(date => row('m', 'S', 7, date)).join('')}`;
  const { events, report } = view(content, { timezone: 'Europe/Berlin', zone: createZone('Europe/Berlin') });
  t.same(
    events.map(({ time }) => time?.epochMs),
    ['2021-10-31T00:30Z', '2021-03-28T01:30Z', '2021-07-31T00:30Z'].map(Date.parse),
  );
  t.match(report, {
    timezone: { name: 'Europe/Berlin', basis: 'given' },
    warnings: { 'time-ambiguous': 1, 'time-skipped': 1 },
  });
  const odd = view(`${HEADER}${row('m', 'S', 7, 'Tuesday 5')}`);
  t.equal(odd.events[0]?.time, undefined);
  t.match(odd.report, { withoutTime: 1, warnings: { 'time-unreadable': 1 } });
});

t.test('hostile rows cost no more than a few looks at each byte', async t => {
  const start = 'Error,1/1/2020 1:1:1,';
  const hostile: Record<string, string> = {
    'every row opens a quote': `${start}S,7,None,"x\n`,
    'quotes that both readings take for an opening': `${start}a",b,"c\n`,
    'quotes beside delimiters': `${start}",","\n`,
    'doubled quotes': `${start}S,7,None,"""\n`,
    'lines without end of quotes': `${start}S,7,None,x\n`,
    'delimiters only': ',,,,,,,,,,,,\n',
  };
  for (const [what, line] of Object.entries(hostile)) {
    for (const last of ['', `${start}S,7,None,"`, '" x']) {
      const steps = [500, 2000].map(count => {
        const content = `${HEADER}${start}S,7,None,"open\n${line.repeat(count)}${last}`;
        return view(content, { maxEventBytes: 1 << 20 }).steps / content.length;
      });
      // A line's head is counted as 256 bytes, ten times the length of these lines.
      t.ok(
        steps[0]! < 25 && steps[1]! < 25,
        `${what} ${JSON.stringify(last)}: ${steps.map(each => each.toFixed(1))} looks a byte`,
      );
    }
  }
});

t.test('no pattern of quotes, delimiters and lines makes the looks at a byte grow with the input', async () => {
  const token = fc.constantFrom('Error,1/1/2020 1:1:1,', 'S,7,None,', '"', '""', ',', 'x', '\n');
  const pattern = fc.array(token, { minLength: 1, maxLength: 14 });
  fc.assert(
    fc.property(pattern, pattern, fc.constantFrom(400, 1 << 20), (repeated, last, maxEventBytes) => {
      const looks = [100, 800].map(count => {
        const content = HEADER + repeated.join('').repeat(count) + last.join('');
        return view(content, { maxEventBytes }).steps / content.length;
      });
      // Lines of one byte are the worst: the head of each is counted as 256.
      assert.ok(looks[1]! < 20 + 256 * (repeated.filter(each => each === '\n').length / repeated.join('').length));
    }),
    runs(300),
  );
});

t.test('bytes are found and counted alike by SIMD, by words and one by one', async t => {
  const window = new ByteWindow(createWindowMemory());
  t.equal(window.memory instanceof WasmMemory, true, 'this machine has SIMD');
  const [simd, words, plain] = [
    unitSearch(window, 1, 'simd'),
    unitSearch(window, 1, 'indexof'),
    unitSearch(window, 1, 'plain'),
  ];
  // Bytes that a word-wise test takes for each other when a carry runs over: 0x0a beside 0x0b, 0x8a and 0x09.
  const byte = fc.constantFrom(0x0a, 0x0a, 0x0b, 0x09, 0x8a, 0x00, 0xff);
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 300 }), fc.nat(70), fc.nat(300), (bytes, skip, length) => {
      window.release(window.end);
      window.reserve(bytes.length).set(bytes);
      const from = Math.min(window.end + skip, window.end + bytes.length);
      const to = Math.min(from + length, window.end + bytes.length);
      window.commit(bytes.length);
      for (const { find, count } of [simd, words]) {
        assert.equal(find(window.bytes, 0x0a, from, to), plain.find(window.bytes, 0x0a, from, to));
        assert.equal(count(window.bytes, 0x0a, from, to), plain.count(window.bytes, 0x0a, from, to));
      }
      const pairs = new Uint16Array(window.bytes.buffer, 0, window.bytes.length >> 1);
      assert.equal(words.find(pairs, 0x0a0a, from >> 1, to >> 1), plain.find(pairs, 0x0a0a, from >> 1, to >> 1));
      assert.equal(words.count(pairs, 0x0a0a, from >> 1, to >> 1), plain.count(pairs, 0x0a0a, from >> 1, to >> 1));
    }),
    runs(500),
  );
});

function tool(content: string | Uint8Array, options: ViewerOptions = {}, sizes?: readonly number[]) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return drive(createToolCsvReader({ input: 'x.csv', ...options }), bytes, sizes);
}

const csvLine = (...cells: readonly string[]) => `${cells.map(quoted).join(',')}\r\n`;
const payload = (data: unknown) => JSON.stringify({ EventData: { Data: data } });
const EVTXECMD =
  'RecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,ProcessId,ThreadId,Computer,ChunkNumber,UserId,MapDescription,UserName,RemoteHost,PayloadData1,PayloadData2,PayloadData3,PayloadData4,PayloadData5,PayloadData6,ExecutableInfo,HiddenRecord,SourceFile,Keywords,ExtraDataOffset,Payload\r\n';
const evtxEcmdRow = (data: string) =>
  csvLine(
    ...['1', '1042', '2016-10-06 01:47:21.9551972', '4625', 'LogAlways', 'Microsoft-Windows-Security-Auditing'],
    ...['Security', '4', '8', 'PC1.lan', '0', '', 'Failed logon', '', ' (fe80::1)', 'Target: A', '', '', '', '', ''],
    ...['', 'False', 'C:\\x.evtx', 'Audit failure', '0', data],
  );

t.test('EvtxECmd gives the values of its payload, be it an array, one item, a text or a tree', async t => {
  const cases: [string, Record<string, unknown>][] = [
    [payload([{ '@Name': 'A', '#text': 'x "y"' }, { '@Name': 'B' }]), { insertions: ['x "y"', ''], names: ['A', 'B'] }],
    [payload({ '@Name': 'A', '#text': 'one' }), { insertions: ['one'], names: ['A'] }],
    [payload('a, , b'), { insertions: ['a', '', 'b'], names: undefined }],
    [payload('a'), { insertions: ['a'], names: undefined }],
    [
      JSON.stringify({ UserData: { R: { '@xmlns': 'u', P: 'v', L: { Q: ['w', { '#text': 'x' }] } } } }),
      { insertions: ['v', 'w', 'x'], names: ['P', 'Q', 'Q'] },
    ],
    ['not json', { insertions: undefined }],
    ['', { insertions: undefined }],
  ];
  for (const [data, expected] of cases) {
    const { events, rejects, report } = tool(`\ufeff${EVTXECMD}${evtxEcmdRow(data)}`);
    t.same(rejects, []);
    t.match(
      events,
      [
        {
          provider: 'Microsoft-Windows-Security-Auditing',
          eventId: 4625,
          channel: 'Security',
          computer: 'PC1.lan',
          recordId: '1042',
          level: 0,
          time: { epochMs: Date.UTC(2016, 9, 6, 1, 47, 21, 955), nanos: 197_200, digits: 7, basis: 'export' },
          ...expected,
        },
      ],
      data,
    );
    t.equal(report.warnings['values-joined'], data.includes(', ,') ? 1 : undefined, data);
    t.equal(report.dateOrder, undefined);
    t.equal(report.timezone, undefined);
  }
});

t.test('what Export-Csv has destroyed is said, and the rest is read', async t => {
  const winEvent = [
    '#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n',
    '"Message","Id","Version","Qualifiers","Level","Task","Opcode","Keywords","RecordId","ProviderName","LogName","MachineName","TimeCreated","Properties"\r\n',
    '"two\r\nlines, ""quoted""","7036","0","16384","4","0","0","-9187343239835811840","12050","Service Control Manager","System","PC1","8/13/2021 6:34:56 PM","System.Collections.Generic.List`1[System.Diagnostics.Eventing.Reader.EventProperty]"\r\n',
  ];
  const cut = [...winEvent, '"cut\r\n', winEvent[2] ?? ''];
  for (const content of [winEvent.join(''), winEvent.slice(1).join(''), cut.join('')]) {
    const { events, report } = tool(content);
    t.match(events.at(-1), {
      provider: 'Service Control Manager',
      eventId: 7036,
      qualifiers: 16384,
      level: 4,
      recordId: '12050',
      channel: 'System',
      computer: 'PC1',
      message: 'two\r\nlines, "quoted"',
      time: { epochMs: Date.UTC(2021, 7, 13, 18, 34, 56), basis: 'assumed' },
    });
    t.equal(events.at(-1)?.insertions, undefined);
    t.same(report.warnings, { 'insertions-lost': 1 });
    t.same(report.dateOrder, { order: 'mdy', basis: 'found' });
  }
  const eventLog = [
    '#TYPE System.Diagnostics.EventLogEntry#system/Microsoft-Windows-GroupPolicy/1500\r\n',
    '"EventID","MachineName","Data","Index","Category","CategoryNumber","EntryType","Message","Source","ReplacementStrings","InstanceId","TimeGenerated","TimeWritten","UserName","Site","Container"\r\n',
    '"1500","PC2","System.Byte[]","77","(0)","0","Warning","????????","Microsoft-Windows-GroupPolicy","System.String[]","1073743324","2021/02/03 13:06:00","2021/02/03 13:06:00","","",""\r\n',
  ].join('');
  const { events, report } = tool(eventLog);
  t.match(events, [
    { provider: 'Microsoft-Windows-GroupPolicy', eventId: 1500, level: 3, recordId: '77', computer: 'PC2' },
  ]);
  t.equal(events[0]?.insertions, undefined);
  t.same(report.warnings, { 'insertions-lost': 1, 'text-destroyed': 1 });
});

t.test('Log Parser, FullEventLogView and Azure are read', async t => {
  const parsed = tool(
    'EventLog,RecordNumber,TimeGenerated,TimeWritten,EventID,EventType,EventTypeName,EventCategory,EventCategoryName,SourceName,Strings,ComputerName,SID,Message,Data\r\n' +
      'System,12050,2012-03-14 04:17:38,2012-03-14 04:17:38,1073748860,4,Information event,0,None,Service Control Manager,Windows Modules Installer|stopped||,PC1,,The service entered the stopped state. ,5400\r\n' +
      'C:\\logs\\x.evt,2,2012-03-14 04:17:38,2012-03-14 04:17:38,5,1,Error event,0,None,Srv,,PC1,,m,\r\n',
  );
  t.match(parsed.events, [
    {
      provider: 'Service Control Manager',
      eventId: 7036,
      qualifiers: 16384,
      level: 4,
      channel: 'System',
      recordId: '12050',
      computer: 'PC1',
      insertions: ['Windows Modules Installer', 'stopped', '', ''],
      time: { epochMs: Date.UTC(2012, 2, 14, 4, 17, 38), basis: 'assumed', digits: 0 },
    },
    { provider: 'Srv', eventId: 5, level: 2, channel: undefined, insertions: [] },
  ]);
  t.same(parsed.report.warnings, { 'values-joined': 1 });
  t.same(parsed.report.dateOrder, { order: 'ymd', basis: 'found' });
  const nirSoft = tool(
    'Event Time,Record ID,Event ID,Level,Channel,Provider,Description,Opcode,Task,Keywords,Process ID,Thread ID,Computer,User\r\n' +
      '8/13/2021 6:34:56.123 PM,9,4625,Error,Security,Srv,"a\r\nb",,,,4,8,PC3,\r\n',
  );
  t.match(nirSoft.events, [
    { eventId: 4625, channel: 'Security', recordId: '9', level: 2, message: 'a\r\nb', computer: 'PC3' },
  ]);
  t.equal(nirSoft.events[0]?.time?.digits, 3);
  const inXml = `<DataItem type="System.XmlData"><EventData xmlns="u"><Data Name="A">1</Data><Data Name='B'/></EventData></DataItem>`;
  const azure = tool(
    '"TimeGenerated [UTC]",Source,EventLog,Computer,EventLevel,EventLevelName,ParameterXml,EventData,EventID,RenderedDescription\r\n' +
      '"8/13/2021, 6:34:56.123 PM",Srv,Application,PC4,1,Error,<Param>a &amp; b</Param><Param/><Param></Param>,,5,text\r\n' +
      `2021-08-13T18:34:56.5Z,Srv,Application,PC4,1,Error,,${quoted(inXml)},5,text\r\n` +
      `2021-08-13T18:34:56Z,Srv,Application,PC4,1,Error,,${quoted('[{"Name":"A","Value":"1"},"2"]')},5,text\r\n`,
  );
  t.match(azure.events, [
    {
      level: 2,
      channel: 'Application',
      insertions: ['a & b', '', ''],
      message: 'text',
      time: { epochMs: Date.UTC(2021, 7, 13, 18, 34, 56, 123), basis: 'export' },
    },
    { insertions: ['1', ''], names: ['A', 'B'], time: { digits: 1 } },
    { insertions: ['1', '2'], names: ['A', undefined] },
  ]);
});

t.test('columns that the user maps are read as said', async t => {
  const content = 'When;What;"No, really";From;To;Text\r\n13.3.2011 08:12:55;Srv;24;cas01;cas02;failed\r\n';
  const columns = parseColumns('time=When,provider=what,event_id="No, really",%1=From,%3=To,message=6');
  const { events, report } = tool(content, { columns, computer: 'PC' });
  t.match(events, [
    { provider: 'Srv', eventId: 24, insertions: ['cas01', '', 'cas02'], message: 'failed', computer: 'PC' },
  ]);
  t.same(report.dateOrder, { order: 'dmy', basis: 'found' });
  const numbers = tool("Srv;24;a|b\r\nSrv;25;[1, 'x']\r\n", {
    columns: parseColumns('provider=1,event_id=2,insertions=3'),
  });
  t.match(numbers.events, [
    { provider: 'Srv', eventId: 24, insertions: ['a', 'b'] },
    { eventId: 25, insertions: ['1', 'x'] },
  ]);
  // A language that evpair does not know, with the sixth field that has no header.
  const unknown = tool('Nivå,Dag,Källa,Nr,Sort\r\nFel,2011-03-04 1:00,Srv,24,x,text\r\n', {
    columns: parseColumns('provider=Källa,event_id=Nr,time=Dag,message=6'),
  });
  t.match(unknown.events, [{ provider: 'Srv', message: 'text' }]);
  t.match(tool(content, { columns: parseColumns('event_id=None') }).rejects, [{ reason: 'unknown-format' }]);
  const wrong = ['', 'provider=A', 'event_id', 'event_id=', 'event_id=A,event_id=B', 'event_id=A,who=B'];
  for (const text of [...wrong, 'event_id=A,%0=B', 'event_id=A,%1=B,%1=C', 'event_id=A,%999999999=B']) {
    t.throws(() => parseColumns(text), { code: 'ERR_USAGE' }, text);
  }
});

t.test('lists as Python writes them give their strings', async t => {
  const cases: [string, string[] | undefined][] = [
    ['[]', []],
    [`['a', "it's", 'say "x"']`, ['a', "it's", 'say "x"']],
    [String.raw`['C:\\x', 'a\nb\'c', '\xe9\u20ac\U0001F600', '\q']`, ['C:\\x', "a\nb'c", 'é€😀', '\\q']],
    ["['', None, 12]", ['', '', '12']],
    ["['a'", undefined],
    ["['a' 'b']", undefined],
    ["['a]", undefined],
    ['text', undefined],
  ];
  for (const [text, expected] of cases) t.same(readPythonList(text), expected, text);
});

t.test('the header of each tool is detected, and none is taken for another', async t => {
  const heads = [
    EVTXECMD,
    'ProviderName,Id,TimeCreated\r\n',
    'Event Time,Event ID,Provider\r\n',
    'computer_name,data_type,datetime,event_identifier,source_name\r\n',
  ];
  for (const head of heads) {
    t.equal(detectToolCsv(lookAtHead(Buffer.from(head))), 0.93, head);
    t.equal(detectViewerCsv(lookAtHead(Buffer.from(head))), 0, head);
  }
  for (const { level, date, source, eventId, category } of VIEWER_LANGUAGES) {
    const head = `${[level, date, source, eventId, category].join(',')}\r\n`;
    t.equal(detectToolCsv(lookAtHead(Buffer.from(head))), 0, head);
  }
});

t.test('a broken row of a tool costs itself only', async t => {
  const good = evtxEcmdRow(payload('a'));
  const { events, rejects } = tool(
    `${EVTXECMD}${good}${good.slice(0, 150)}"x" y\r\nstray\r\n${good}${good.slice(0, -20)}`,
  );
  t.equal(events.length, 2);
  t.match(rejects, [
    { reason: 'malformed', line: 3 },
    { reason: 'truncated', line: 6 },
  ]);
});

const SAMPLES = join(import.meta.dirname, '../samples/dialects');
const VALUES = [
  [
    'CAS01.contoso.local',
    'CAS03.contoso.local',
    'https://cas03.contoso.local/ews/exchange.asmx',
    'cas03.contoso.local',
  ],
  ['CAS01.contoso.local', 'CAS02.contoso.local', 'https://10.0.0.2/ews/exchange.asmx', 'cas02.contoso.local'],
];

t.test('the same two events come out of the sample of each tool, up to what its form cannot hold', async t => {
  const cases: [
    string,
    { readonly hasValues: boolean; readonly lacks?: readonly string[]; readonly copies?: number },
  ][] = [
    ['evtxecmd', { hasValues: true }],
    ['log-parser', { hasValues: true }],
    ['plaso', { hasValues: true, copies: 2 }],
    ['azure-event', { hasValues: true, lacks: ['recordId'] }],
    ['get-winevent', { hasValues: false }],
    ['get-eventlog', { hasValues: false, lacks: ['channel'] }],
    ['full-event-log-view', { hasValues: false }],
  ];
  for (const [name, { hasValues, lacks = [], copies = 1 }] of cases) {
    const bytes = readFileSync(join(SAMPLES, `${name}.csv`));
    t.equal(detectFormat(lookAtHead(bytes))?.name, 'tool-csv', name);
    const { events, rejects } = tool(bytes);
    t.same(rejects, [], name);
    t.equal(events.length, 2 * copies, name);
    for (const [at, event] of events.entries()) {
      const n = Math.floor(at / copies);
      t.match(
        event,
        { provider: 'MSExchange Web Services', eventId: 5, computer: 'CAS01.contoso.local', level: 2 },
        name,
      );
      t.equal(event.channel, lacks.includes('channel') ? undefined : 'Application', name);
      t.equal(event.recordId, lacks.includes('recordId') ? undefined : ['1060', '1061'][n], name);
      t.equal(event.time?.epochMs, Date.parse(['2011-03-04T11:05:00Z', '2011-03-04T11:20:30Z'][n] ?? ''), name);
      if (hasValues) t.same(event.insertions, VALUES[n], name);
      else for (const value of VALUES[n] ?? []) t.ok(event.message?.includes(value), `${name}: ${value}`);
    }
  }
});

t.test('a NUL near the head costs no more than another character there, and makes no binary of a text', t => {
  for (const name of ['log-parser', 'get-winevent', 'full-event-log-view']) {
    const bytes = readFileSync(join(SAMPLES, `${name}.csv`));
    const header = bytes.indexOf('\n', name === 'get-winevent' ? bytes.indexOf('\n') + 1 : 0) + 1;
    for (let at = header; at < Math.min(bytes.length, 512); at++) {
      const [damaged, usual] = [0, 0x78].map(byte =>
        Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at)]),
      ) as [Buffer, Buffer];
      const formats = [damaged, usual].map(each => detectFormat(lookAtHead(each))?.name);
      if (formats[0] !== formats[1]) t.fail(`${name}, NUL at ${at}: ${formats[0]}`);
      if (tool(damaged).events.length < tool(usual).events.length) t.fail(`${name}, NUL at ${at}: events are lost`);
    }
    const wide = Buffer.from(bytes.toString('utf8'), 'utf16le');
    t.equal(lookAtHead(wide).encoding, 'utf-16le', name);
    t.equal(tool(wide).events.length, 2, name);
  }
  t.equal(lookAtHead(Buffer.from('a,b\0,c\u0001\r\n')).encoding, 'binary');
  t.equal(lookAtHead(Buffer.from('a,b\0,c\0\r\n')).encoding, 'binary', 'more NULs than a damage leaves');
  t.equal(lookAtHead(Buffer.from('级别,日期和时间\r\n', 'utf16le')).encoding, 'utf-16le');
  t.end();
});

const samples = process.env.EVPAIR_REAL_SAMPLES ?? join(import.meta.dirname, '../../shared/samples-real');
const timesketch = join(samples, 'timesketch-csv');
const isHere = existsSync(timesketch);

t.test(
  'the real exports of Timesketch are read as csv-parse reads them',
  { skip: !isHere && 'no samples' },
  async t => {
    for (const name of ['evtx_direct.csv', 'evtx_direct_without_label.csv', 'evtx_fails.csv', 'evtx_part.csv']) {
      const bytes = readFileSync(join(timesketch, name));
      const rows = parse(bytes, { columns: true }) as Record<string, string>[];
      t.equal(detectFormat(lookAtHead(bytes))?.name, 'tool-csv', name);
      for (const sizes of [[1 << 18], [1]]) {
        const { events, rejects, report } = tool(bytes, {}, sizes);
        t.same(rejects, [], name);
        t.match(report, { format: 'tool-csv', events: rows.length, malformed: 0, warnings: {} });
        t.same(
          events.map(each => [each.provider, `${each.eventId}`, each.recordId, each.computer, `${each.level}`]),
          rows.map(each =>
            ['source_name', 'event_identifier', 'record_number', 'computer_name', 'event_level'].map(key => each[key]),
          ),
          name,
        );
        for (const [at, event] of events.entries()) {
          t.equal((event.time?.epochMs ?? 0) * 1000 + (event.time?.nanos ?? 0) / 1000, Number(rows[at]?.timestamp));
          t.equal(event.channel, 'System');
          t.equal(event.qualifiers, event.eventId === 7036 ? 16384 : undefined);
          if (event.eventId !== 7036) continue;
          t.same(event.insertions?.slice(0, 2), ['Windows Modules Installer', 'stopped']);
          // The binary data is told from the strings where the XML stands beside them.
          t.equal(event.insertions?.length, name === 'evtx_part.csv' ? 2 : 3);
          const message = 'The Windows Modules Installer service entered the stopped state.';
          t.equal(event.message, name === 'evtx_fails.csv' ? undefined : message);
        }
      }
    }
  },
);
