import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import t from 'tap';
import { buildCatalogue, bytesSource } from '../src/messages/catalogue-file.js';
import {
  createCatalogue,
  importTemplates,
  invertLine,
  type LearningEvent,
  learningLines,
  openTemplateFiles,
  TemplateLearner,
  templateLine,
} from '../src/messages/index.js';
import { compileTemplate, renderTemplate } from '../src/messages/template.js';

const SAMPLES = process.env.EVPAIR_REAL_SAMPLES ?? join(import.meta.dirname, '../../shared/samples-real');

function file(name: string, text: string, encoding: BufferEncoding = 'utf8'): { name: string; bytes: Uint8Array } {
  return { name, bytes: Buffer.from(text, encoding) };
}

t.test('templates come out of NDJSON, wevtutil, PowerShell, manifests and message text files', async t => {
  const ndjson =
    '{"provider":"P","event_id":1,"culture":"de-DE","template":"a %1"}\nnonsense\n\n{"provider":"P","event_id":-1,"template":""}\n';
  t.same(importTemplates([file('x.ndjson', ndjson)]), {
    templates: [{ provider: 'P', eventId: 1, culture: 'de-DE', text: 'a %1' }],
    problems: [
      'x.ndjson: line 2: is not JSON',
      'x.ndjson: line 4: has no whole number "event_id" from 0 to 4294967295',
    ],
  });
  const wevtutil = `<provider name="Foo-Bar" guid="{1}" xmlns="http://x"><channels><channel name="Foo-Bar/Operational" message="No event"/></channels><events>
    <event value="7" version="0" message="Service %1&#13;&#10;stopped &amp; gone."></event><event value="8" version="0"/></events></provider>
    <provider name='Two'><events><event value='9' message='%1 &lt;%2&gt;'/></events></provider>`;
  const wanted = [
    { provider: 'Foo-Bar', eventId: 7, culture: 'fr-FR', text: 'Service %1\r\nstopped & gone.' },
    { provider: 'Two', eventId: 9, culture: 'fr-FR', text: '%1 <%2>' },
  ];
  t.same(importTemplates([file('gp.xml', wevtutil)], { culture: 'fr-FR' }).templates, wanted);
  t.same(importTemplates([file('gp.xml', `\ufeff${wevtutil}`, 'utf16le')], { culture: 'fr-FR' }).templates, wanted);
  const powershell = JSON.stringify(
    [
      {
        Name: 'Foo',
        Events: [
          { Id: 3, Version: 0, Description: 'x %1' },
          { Id: 4, Description: null },
        ],
      },
    ],
    null,
    2,
  );
  t.same(importTemplates([file('p.json', powershell)]).templates, [{ provider: 'Foo', eventId: 3, text: 'x %1' }]);
  const shallow = JSON.stringify({ Name: 'Foo', Events: ['System.Diagnostics.Eventing.Reader.EventMetadata'] });
  t.match(importTemplates([file('p.json', shallow)]).problems, [/-Depth 5/]);
  const manifest = `<?xml version="1.0"?><instrumentationManifest xmlns="http://m"><instrumentation><events><provider name="Man" guid="{2}"><events>
    <event symbol="A" value="5" message="$(string.a)"/><event value="6" message="$(string.gone)"/></events></provider></events></instrumentation>
    <localization><resources culture="en-US"><stringTable><string id="a" value="Hello %1"/></stringTable></resources>
    <resources culture="hu-HU"><stringTable><string id="a" value="Szia %1"/></stringTable></resources></localization></instrumentationManifest>`;
  t.match(importTemplates([file('x.man', manifest)]), {
    templates: [
      { provider: 'Man', eventId: 5, culture: 'en-US', text: 'Hello %1' },
      { provider: 'Man', eventId: 5, culture: 'hu-HU', text: 'Szia %1' },
    ],
    problems: [/string gone is missing in en-US/, /hu-HU/],
  });
  const mc =
    ';// comment\r\nMessageIdTypedef=DWORD\r\nLanguageNames=(English=0x409:MSG00409\r\n               French=0x40c:MSG0040c)\r\n\r\nMessageId=0x10\r\nSeverity=Error\r\nLanguage=English\r\nFailed %1\r\nagain.\r\n.\r\nLanguage=French\r\nEchec %1\r\n.\r\nMessageId=\r\nLanguage=English\r\nNext\r\n.\r\nMessageId=+5\r\nLanguage=English\r\nLater\r\n.\r\n';
  t.same(importTemplates([file('m.mc', mc)], { provider: 'Mc' }).templates, [
    { provider: 'Mc', eventId: 16, culture: 'en-US', text: 'Failed %1\r\nagain.\r\n' },
    { provider: 'Mc', eventId: 16, culture: 'fr-FR', text: 'Echec %1\r\n' },
    { provider: 'Mc', eventId: 17, culture: 'en-US', text: 'Next\r\n' },
    { provider: 'Mc', eventId: 22, culture: 'en-US', text: 'Later\r\n' },
  ]);
  t.match(importTemplates([file('m.mc', mc)]).problems, [/does not name its provider/]);
  t.match(importTemplates([file('photo.jpg', '\xff\xd8\xff\xe0', 'latin1'), file('none', '')]).problems, [
    /no known form/,
    /empty/,
  ]);
});

/** A message table resource (winnt.h, MESSAGE_RESOURCE_DATA), one block an entry. */
function messageTable(messages: readonly [id: number, text: string, isAnsi?: boolean][]): Buffer {
  const entries = messages.map(([, text, isAnsi]) => {
    const body = Buffer.from(`${text}\0`, isAnsi ? 'latin1' : 'utf16le');
    const entry = Buffer.alloc(Math.ceil((4 + body.length) / 4) * 4);
    entry.writeUInt16LE(entry.length, 0);
    entry.writeUInt16LE(isAnsi ? 0 : 1, 2);
    body.copy(entry, 4);
    return entry;
  });
  const head = Buffer.alloc(4 + messages.length * 12);
  head.writeUInt32LE(messages.length, 0);
  let at = head.length;
  messages.forEach(([id], index) => {
    head.writeUInt32LE(id >>> 0, 4 + index * 12);
    head.writeUInt32LE(id >>> 0, 8 + index * 12);
    head.writeUInt32LE(at, 12 + index * 12);
    at += entries[index]!.length;
  });
  return Buffer.concat([head, ...entries]);
}

/** A compiled manifest: CRIM, one provider with a channel table and an event table. */
function compiledManifest(channel: string, events: readonly [eventId: number, message: number][]): Buffer {
  const name = Buffer.from(`${channel}\0`, 'utf16le');
  const provider = 36;
  const chan = provider + 20 + 16;
  const evnt = chan + 12 + 16;
  const names = evnt + 16 + events.length * 48;
  const bytes = Buffer.alloc(names + 4 + name.length);
  bytes.write('CRIM', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length, 4);
  bytes.writeUInt32LE(1, 12);
  bytes.fill(0xab, 16, 32);
  bytes.writeUInt32LE(provider, 32);
  bytes.write('WEVT', provider, 'latin1');
  bytes.writeUInt32LE(0xffff_ffff, provider + 8);
  bytes.writeUInt32LE(2, provider + 12);
  bytes.writeUInt32LE(chan, provider + 20);
  bytes.writeUInt32LE(evnt, provider + 28);
  bytes.write('CHAN', chan, 'latin1');
  bytes.writeUInt32LE(1, chan + 8);
  bytes.writeUInt32LE(names, chan + 16);
  bytes.write('EVNT', evnt, 'latin1');
  bytes.writeUInt32LE(events.length, evnt + 8);
  events.forEach(([eventId, message], index) => {
    bytes.writeUInt16LE(eventId, evnt + 16 + index * 48);
    bytes.writeUInt32LE(message >>> 0, evnt + 16 + index * 48 + 16);
  });
  bytes.writeUInt32LE(4 + name.length, names);
  name.copy(bytes, names + 4);
  return bytes;
}

/** A PE file that is nothing but resources: [type, language, data]. */
function executable(
  resources: readonly [type: number | string, language: number, data: Buffer][],
  isPlus: boolean,
): Buffer {
  const rva = 0x2000;
  const raw = 0x400;
  const directories: Buffer[] = [];
  const root = Buffer.alloc(16 + resources.length * 8);
  root.writeUInt16LE(resources.filter(([type]) => typeof type === 'string').length, 12);
  root.writeUInt16LE(resources.filter(([type]) => typeof type === 'number').length, 14);
  let at = root.length;
  const leaves: Buffer[] = [];
  const size = root.length + resources.length * (24 + 24 + 16);
  let dataAt = size + 64;
  resources.forEach(([type, language, data], index) => {
    const item = Buffer.alloc(24);
    item.writeUInt16LE(1, 14);
    item.writeUInt32LE(1, 16);
    item.writeUInt32LE((at + 24 + 0x8000_0000) >>> 0, 20);
    const leaf = Buffer.alloc(24);
    leaf.writeUInt16LE(1, 14);
    leaf.writeUInt32LE(language, 16);
    leaf.writeUInt32LE(at + 48, 20);
    const entry = Buffer.alloc(16);
    entry.writeUInt32LE(rva + dataAt, 0);
    entry.writeUInt32LE(data.length, 4);
    root.writeUInt32LE(typeof type === 'number' ? type : (0x8000_0000 + size) >>> 0, 16 + index * 8);
    root.writeUInt32LE((at + 0x8000_0000) >>> 0, 20 + index * 8);
    directories.push(item, leaf, entry);
    leaves.push(data);
    at += 64;
    dataAt += data.length;
  });
  const name = Buffer.alloc(64);
  name.writeUInt16LE('WEVT_TEMPLATE'.length, 0);
  name.write('WEVT_TEMPLATE', 2, 'utf16le');
  const section = Buffer.concat([root, ...directories, name, ...leaves]);
  const head = Buffer.alloc(raw);
  head.write('MZ', 0, 'latin1');
  head.writeUInt32LE(0x80, 0x3c);
  head.write('PE\0\0', 0x80, 'latin1');
  head.writeUInt16LE(1, 0x86);
  const optional = isPlus ? 240 : 224;
  head.writeUInt16LE(optional, 0x94);
  head.writeUInt16LE(isPlus ? 0x20b : 0x10b, 0x98);
  head.writeUInt32LE(rva, 0x98 + (isPlus ? 112 : 96) + 16);
  const table = 0x98 + optional;
  head.write('.rsrc', table, 'latin1');
  head.writeUInt32LE(section.length, table + 8);
  head.writeUInt32LE(rva, table + 12);
  head.writeUInt32LE(section.length, table + 16);
  head.writeUInt32LE(raw, table + 20);
  return Buffer.concat([head, section]);
}

t.test('templates come out of Windows executables, bound to their events by the compiled manifest', async t => {
  const classic = executable(
    [
      [
        11,
        0x409,
        messageTable([
          [0xc0000005 | 0, 'Failed %1\r\n'],
          [0x40000006, 'Ok %1', true],
        ]),
      ],
    ],
    false,
  );
  t.same(importTemplates([{ name: 'C:\\x\\svc.dll', bytes: classic }], { provider: 'Svc' }).templates, [
    { provider: 'Svc', eventId: 5, culture: 'en-US', text: 'Failed %1\r\n' },
    { provider: 'Svc', eventId: 6, culture: 'en-US', text: 'Ok %1' },
  ]);
  const dll = executable(
    [
      [
        'WEVT_TEMPLATE',
        0x409,
        compiledManifest('Vendor-Foo/Operational', [
          [100, 0xb0000064],
          [101, 0xb0010064],
        ]),
      ],
    ],
    true,
  );
  const mui = executable(
    [
      [
        11,
        0x40e,
        messageTable([
          [0xb0000064 | 0, 'Egy %1'],
          [0xb0010064 | 0, 'Kettő %1'],
          [0x50000002, 'Hiba'],
        ]),
      ],
    ],
    true,
  );
  const imported = importTemplates([
    { name: 'foo.dll', bytes: dll },
    { name: 'foo.dll.mui', bytes: mui },
  ]);
  t.same(imported, {
    templates: [
      { provider: 'Vendor-Foo', eventId: 100, culture: 'hu-HU', text: 'Egy %1' },
      { provider: 'Vendor-Foo', eventId: 101, culture: 'hu-HU', text: 'Kettő %1' },
    ],
    problems: [],
  });
  t.match(importTemplates([{ name: 'foo.dll', bytes: dll }]).problems, [/foo\.dll\.mui/]);
});

t.test(
  'names of values and of keywords in a compiled manifest are no events, and a file gives its name as it is',
  async t => {
    // As in the .NET runtime's resources: keywords, opcodes, levels, tasks, and the names of maps, beside one event.
    const names: [id: number, text: string][] = [0x1, 0x3, 0x5, 0x7, 0x9, 0xd, 0xf].map(top => [
      (top << 28) | 0x64,
      `a name of kind ${top}`,
    ]);
    const bytes = executable(
      [
        ['WEVT_TEMPLATE', 0x409, compiledManifest('Vendor-Foo/Operational', [[100, 0xb0000064]])],
        [11, 0x409, messageTable([[0xb0000064 | 0, 'One %1'], ...names])],
      ],
      true,
    );
    t.same(importTemplates([{ name: 'clretwrc.dll', bytes }]).templates, [
      { provider: 'Vendor-Foo', eventId: 100, culture: 'en-US', text: 'One %1' },
    ]);
    // As in nssm.exe: a table a language, facility and severity in the upper half of the ID.
    const text: [id: number, text: string][] = [[0xc0001389 | 0, 'x %1\r\n']];
    const tables = [0x409, 0x40c, 0x410].map(
      language => [11, language, messageTable(text)] as [number, number, Buffer],
    );
    t.same(
      importTemplates([{ name: 'C:\\PyISAPI_loader.DLL', bytes: executable(tables, false) }]).templates,
      ['en-US', 'fr-FR', 'it-IT'].map(culture => ({
        provider: 'PyISAPI_loader',
        eventId: 5001,
        culture,
        text: 'x %1\r\n',
      })),
    );
  },
);

t.test('a damaged executable is told of in a sentence, and read in a time that its size bounds', async t => {
  const table = messageTable([
    [0xb0000064 | 0, 'Egy %1'],
    [0xb0000065 | 0, 'Kettő %1'],
  ]);
  const manifest = compiledManifest('Vendor-Foo/Operational', [
    [100, 0xb0000064],
    [101, 0xb0000065],
  ]);
  const whole = executable(
    [
      ['WEVT_TEMPLATE', 0x409, manifest],
      [11, 0x40e, table],
    ],
    true,
  );
  // Counts, offsets and sizes, at the places where such stand: in words.
  const word = fc.constantFrom(0, 1, 2, 4, 12, 16, 0x7f, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff);
  const hit = fc.tuple(fc.nat({ max: (whole.length >> 2) - 2 }), fc.oneof(word, fc.nat({ max: whole.length })));
  let told = 0;
  fc.assert(
    fc.property(
      fc.array(hit, { minLength: 1, maxLength: 4 }),
      fc.nat({ max: whole.length }),
      fc.boolean(),
      (hits, size, isCut) => {
        const bytes = Buffer.from(whole.subarray(0, isCut ? Math.max(2, size) : whole.length));
        for (const [at, value] of hits) if (at > 0 && at * 4 + 4 <= bytes.length) bytes.writeUInt32LE(value, at * 4);
        const { templates, problems } = importTemplates([{ name: 'x.dll', bytes }]);
        if (problems.length > 0) told++;
        return templates.length < 100 && problems.every(problem => /^x\.dll: [a-z][^\n]+$/.test(problem));
      },
    ),
    { numRuns: 3000, verbose: 1 },
  );
  t.ok(told > 300);
  // 50,000 blocks that each hold the same 90,000 messages.
  const [size, first] = [50_000, 4 + 50_000 * 12];
  const blocks = Buffer.alloc(first + 90_000 * 4, Buffer.of(4, 0, 0, 0));
  blocks.writeUInt32LE(size);
  for (let block = 0; block < size; block++) {
    blocks.writeUInt32LE(0, 4 + block * 12);
    blocks.writeUInt32LE(89_999, 8 + block * 12);
    blocks.writeUInt32LE(first, 12 + block * 12);
  }
  t.match(importTemplates([{ name: 'x.dll', bytes: executable([[11, 0x409, blocks]], true) }]).problems, [/overlap/]);
});

t.test('a learnt template renders its events again and inverts others like them', async t => {
  const values = fc.array(fc.constantFrom('CAS01', 'cas02.contoso.local', 'x', '0x17', 'a b', 'C:\\x', '', '100 %'), {
    minLength: 3,
    maxLength: 3,
  });
  const text = 'A kiszolgáló (%1) nem éri el: %2.%nOka: %3, 100%% biztos.';
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 12 }), rows => {
      const learner = new TemplateLearner();
      const compiled = compileTemplate(text);
      for (const insertions of rows)
        learner.add({
          provider: 'P',
          eventId: 1,
          culture: 'hu-HU',
          insertions,
          message: renderTemplate(compiled, insertions),
        });
      const { templates } = learner.learn();
      const total = templates.reduce((sum, { support }) => sum + support, 0);
      return (
        total === rows.length && templates.every(({ template, support }) => support > 0 && template.culture === 'hu-HU')
      );
    }),
    { numRuns: 300, verbose: 1 },
  );
  const learner = new TemplateLearner();
  const compiled = compileTemplate(text);
  for (let row = 0; row < 10; row++) {
    const insertions = [`SRV${row}`, `dc${row % 3}.example`, `0x${row.toString(16)}`];
    learner.add({
      provider: 'P',
      eventId: 1,
      culture: 'hu-HU',
      insertions,
      message: renderTemplate(compiled, insertions),
    });
  }
  learner.add({ provider: 'P', eventId: 2, insertions: ['w3wp.exe', '4'], message: 'Nothing of the kind.' });
  learner.add({ provider: 'P', eventId: 3, message: 'no values' });
  const report = learner.learn();
  t.match(report.templates[0], {
    template: { text },
    support: 10,
    messages: 10,
    constant: [],
    unplaced: [],
    heldOut: { tried: 5, agreed: 5, disagreed: 0 },
  });
  t.match(report.disagreements, [{ eventId: 2, events: 1, reason: 'no-value-in-message' }]);
  t.equal(report.skipped, 1);
  t.equal([...learningLines(report)].length, 3);
});

t.test('templates pass through files and pipes', async t => {
  const template = { provider: 'P', eventId: 1, culture: 'en-US', text: 'Cannot reach %1 at %3.' };
  const lines = Buffer.from(`${templateLine(template)}\n`);
  const loose = openTemplateFiles([{ name: 'a.ndjson', source: bytesSource(lines) }]);
  const indexed = openTemplateFiles(
    [{ name: 'a', source: bytesSource(buildCatalogue([template])) }],
    [{ provider: 'Q', eventId: 2, text: 'x %1' }],
  );
  for (const catalogue of [loose, indexed]) {
    t.same(JSON.parse(invertLine(catalogue, '{"message":"Cannot reach a at b."}', false)), {
      insertions: ['a', null, 'b'],
      certainty: 'exact',
      template: template.text,
      culture: 'en-US',
      provider: 'P',
      event_id: 1,
      found_by: 'literals',
      assumed: 'verbatim',
    });
    t.match(JSON.parse(invertLine(catalogue, 'Cannot reach a at b.', true)), { certainty: 'exact' });
    t.match(JSON.parse(invertLine(catalogue, 'no json', false)), { certainty: 'none', reason: 'bad-line' });
    const numbered = '{"provider":"P","event_id":"1","message":"Cannot reach a at b."}';
    t.match(JSON.parse(invertLine(catalogue, numbered, false)), { certainty: 'exact', found_by: 'event' });
    for (const odd of ['', '[]', 'null', '{}', '{"message":null}', '{"message":7}'])
      t.match(JSON.parse(invertLine(catalogue, odd, false)), { certainty: 'none', reason: 'bad-line' }, odd);
  }
  t.equal(indexed.size, 2);
  t.throws(() => openTemplateFiles([{ name: 'x.jpg', source: bytesSource(Buffer.from('\xff\xd8', 'latin1')) }]), {
    code: 'ERR_CATALOGUE',
  });
});

function readEvents(path: string): LearningEvent[] {
  const events: LearningEvent[] = [];
  const open: string[] = [];
  let event = { provider: '', eventId: 0, culture: '', insertions: [] as string[], message: '' };
  let text = '';
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    open.push(name);
    text = '';
    if (name === 'Event') event = { provider: '', eventId: 0, culture: '', insertions: [], message: '' };
    if (name === 'Provider' && open.at(-2) === 'System') event.provider = attributes.Name as string;
    if (name === 'RenderingInfo') event.culture = attributes.Culture as string;
  });
  parser.on('text', piece => {
    text += piece;
  });
  parser.on('closetag', ({ name }) => {
    open.pop();
    if (name === 'Data') event.insertions.push(text);
    if (name === 'EventID') event.eventId = Number(text);
    if (name === 'Message') event.message = text;
    if (name === 'Event') events.push(event);
    text = '';
  });
  parser.write(readFileSync(path, 'utf8').replace(/^\ufeff/, '')).close();
  return events;
}

t.test(
  'line breaks at the end of a value that ends the message are the value’s; values in another order, or lost, teach nothing',
  async t => {
    const learner = new TemplateLearner();
    for (const status of ['a', 'b']) {
      const insertions = ['55c9', `\n1: ${status}\n2: x\n\n`];
      learner.add({
        provider: 'SPP',
        eventId: 1003,
        insertions,
        message: `Checked.\r\nId=55c9\r\nStatus=${insertions[1]}`,
      });
    }
    learner.add({ provider: 'L', eventId: 4672, insertions: ['x', 'y'], isUnordered: true, message: 'Of y from x' });
    // As forwarding leaves them: without values, but not without their text.
    for (const host of ['cas01', 'cas02'])
      learner.add({ provider: 'F', eventId: 5, insertions: [], message: `From ${host}` });
    const { templates, disagreements } = learner.learn();
    t.match(templates, [{ template: { text: 'Checked.%nId=%1%nStatus=%2' }, support: 2 }]);
    t.equal(templates.length, 1);
    t.match(disagreements, [
      { provider: 'F', eventId: 5, events: 2, reason: 'values-lost' },
      { provider: 'L', eventId: 4672, events: 1, reason: 'unordered' },
    ]);
  },
);

t.test('half of the rendered events of a real log make the other half readable', async t => {
  const path = join(SAMPLES, 'eventviewer-xml/Application.xml');
  if (!existsSync(path)) {
    t.comment(`skipped: no ${path}`);
    return;
  }
  const events = readEvents(path);
  t.equal(events.length, 366);
  const learner = new TemplateLearner();
  for (let index = 0; index < events.length; index += 2) learner.add(events[index]!);
  const catalogue = createCatalogue(learner.learn().templates.map(({ template }) => template));
  const taught = new Set(
    events.filter((_, index) => index % 2 === 0).map(({ provider, eventId }) => `${provider} ${eventId}`),
  );
  const plain = (text: string) => text.replaceAll('\r\n', '\n');
  const counts = {
    exact: 0,
    'exact, some values not in the text': 0,
    ambiguous: 0,
    'missed, type not taught': 0,
    missed: 0,
    wrong: 0,
  };
  for (let index = 1; index < events.length; index += 2) {
    const { provider, eventId, culture, insertions, message } = events[index]!;
    const found = catalogue.invert(message!, { provider, eventId, culture });
    if (found.certainty === 'ambiguous') counts.ambiguous++;
    else if (found.certainty === 'none')
      counts[taught.has(`${provider} ${eventId}`) ? 'missed' : 'missed, type not taught']++;
    else if (!found.insertions.every((text, at) => text === null || plain(text) === plain(insertions![at] ?? '')))
      counts.wrong++;
    else
      counts[
        insertions!.every((text, at) => text === '' || typeof found.insertions[at] === 'string')
          ? 'exact'
          : 'exact, some values not in the text'
      ]++;
  }
  t.comment(JSON.stringify(counts));
  t.equal(counts.wrong, 0);
  t.ok(counts.exact >= 162, 'at least those that were exact when this was written');
});
