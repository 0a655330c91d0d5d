import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { ByteWindow } from '../src/bytes/byte-window.js';
import { Crc32 } from '../src/bytes/crc32.js';
import { EventText } from '../src/bytes/event-text.js';
import { EPISODE_TEXT_WASM } from '../src/bytes/generated/episode-text.js';
import { LEDGER_ROWS_WASM } from '../src/bytes/generated/ledger-rows.js';
import { MESSAGE_FIT_WASM } from '../src/bytes/generated/message-fit.js';
import { writeWanted } from '../src/bytes/wanted-table.js';
import { compileOnce, WebAssembly } from '../src/bytes/web-assembly.js';
import {
  BASE,
  createWindowMemory,
  giveBackWindowMemory,
  MOST_RUNS,
  RUNS,
  SCAN_OUT,
  WasmMemory,
} from '../src/bytes/window-memory.js';
import { parseIsoInstant } from '../src/time/instant-text.js';
import { parseInstantUnits } from '../src/time/instant-units.js';
import { type ExportShape, FAILURE, generateExport } from './bench/generate.js';

t.test(
  'a window gives back what was put in, at its offset and with its parity, however it moves and grows',
  async t => {
    const step = fc.record({
      length: fc.nat(400_000),
      consume: fc.double({ min: 0, max: 1, noNaN: true }),
      realign: fc.nat(9),
      isAhead: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.boolean(), fc.nat(2 ** 40), (steps, isWasm, from) => {
        const window = isWasm ? new ByteWindow(createWindowMemory()) : new ByteWindow();
        const byteAt = (offset: number): number => (offset * 31 + (offset >> 8)) & 0xff;
        let written = from;
        let shift = 0;
        window.moveTo(from);
        for (const { length, consume, realign, isAhead } of steps) {
          const room = isAhead ? window.reserveAhead(length) : window.reserve(length);
          assert.equal(room.length, length);
          const consumed = window.start + Math.floor((window.end - window.start) * consume);
          if (isAhead) {
            // The reader goes on with what is there while the room is filled.
            for (let k = 0; k < length; k += 2) room[k] = byteAt(written + k);
            if (realign % 3 === 0) {
              window.realign();
              shift += 1;
            }
            for (let at = window.start; at < window.end; at += 997) {
              assert.equal(window.bytes[at], byteAt(window.offsetOf(at)), 'the room is apart');
            }
            window.release(Math.max(window.start, consumed));
            for (let k = 1; k < length; k += 2) room[k] = byteAt(written + k);
            window.commitAhead(length);
          } else {
            for (let k = 0; k < length; k++) room[k] = byteAt(written + k);
            window.commit(length);
          }
          written += length;
          if (realign === 0) {
            window.realign();
            shift += 1;
          }
          assert.ok(window.start >= window.memory.base);
          assert.equal(window.offsetOf(window.end), written);
          assert.equal((window.start - window.offsetOf(window.start) - shift) & 1, 0, 'parity');
          if (shift === 0) assert.equal(Math.abs(window.origin % 64), 0, 'as the pages of a file lie');
          for (let at = window.start; at < window.end; at += 997) {
            assert.equal(window.bytes[at], byteAt(window.offsetOf(at)));
          }
          window.release(window.start + Math.floor((window.end - window.start) * consume));
        }
      }),
      { numRuns: 120 },
    );
    t.pass('120 runs');
  },
);

t.test('where WebAssembly has SIMD the window stands on it, elsewhere on plain memory', async t => {
  const memory = createWindowMemory();
  t.ok(memory instanceof WasmMemory);
  if (memory instanceof WasmMemory) {
    t.ok(memory.scan.constantsEnd() <= SCAN_OUT, 'the module’s constants end before its tables');
    const before = memory.bytes();
    before[BASE] = 7;
    memory.grow(before.length + 1);
    t.ok(memory.bytes().length > before.length);
    t.equal(memory.bytes()[BASE], 7, 'growing keeps the contents');
  }
  const constantsEnd = (base64: string) => {
    const env = { memory: new WebAssembly.Memory({ initial: 3 }) };
    return (
      new WebAssembly.Instance(compileOnce(base64)()!, { env }).exports as { constantsEnd(): number }
    ).constantsEnd();
  };
  t.ok(constantsEnd(MESSAGE_FIT_WASM) <= 1000, 'nor do those of the inverter reach into what it writes');
  t.ok(constantsEnd(EPISODE_TEXT_WASM) <= 4096, 'nor those of the episodes’ writer');
  t.ok(constantsEnd(LEDGER_ROWS_WASM) <= 4096, 'nor those of the loops over rows');
  const wasm = Reflect.get(globalThis, 'WebAssembly') as { Module: unknown; validate: unknown };
  const { Module, validate } = wasm;
  wasm.validate = () => false;
  wasm.Module = function refuse() {
    throw new Error('a module with SIMD must not be compiled here');
  };
  try {
    const without = await t.mockImport<typeof import('../src/bytes/window-memory.js')>('../src/bytes/window-memory.js');
    const plain = without.createWindowMemory();
    t.notOk(plain instanceof without.WasmMemory);
    plain.grow(1 << 21);
    t.ok(plain.bytes().length >= 1 << 21);
  } finally {
    wasm.Module = Module;
    wasm.validate = validate;
  }
});

t.test('a memory that was given back is stood on again, unless it has grown large', async t => {
  const first = createWindowMemory();
  const { buffer } = first.bytes();
  giveBackWindowMemory(first);
  t.throws(() => first.bytes(), /given back/);
  const second = createWindowMemory();
  t.equal(second.bytes().buffer, buffer);
  const other = createWindowMemory();
  t.not(other.bytes().buffer, buffer, 'two at once');
  second.grow(17 << 20);
  const grown = second.bytes().buffer;
  giveBackWindowMemory(second);
  t.not(createWindowMemory().bytes().buffer, grown);
});

t.test('what is kept in one call is what the scan hands over one by one', async t => {
  const memory = createWindowMemory();
  if (!(memory instanceof WasmMemory)) return;
  const { scan } = memory;
  const event = (provider: string, more: string) =>
    `<Event><System><Provider Name='${provider}'/><EventID>1</EventID></System>${more}</Event>`;
  const piece = fc.oneof(
    {
      weight: 40,
      arbitrary: fc.string({ maxLength: 9 }).map(text => event('unwanted', text.replaceAll(/[<&!]/g, ''))),
    },
    { weight: 40, arbitrary: fc.nat(40).map(length => event('wanted', `<Data>${'x'.repeat(length)}</Data>`)) },
    { weight: 10, arbitrary: fc.constantFrom(' ', '\r\n', '<Event>?</Event>') },
    { weight: 1, arbitrary: fc.constantFrom('<Event>', '<!-- -->', '<Event/>', event('unwanted', '<Data>')) },
  );
  const seen = { runs: 0, full: 0, stops: new Set<number>() };
  const check = (text: string, isParsed: boolean, encoding: 'latin1' | 'utf16le'): void => {
    const source = Buffer.from(text, encoding);
    memory.grow(BASE + source.length + 64);
    const bytes = memory.bytes();
    const out = new Uint32Array(bytes.buffer as ArrayBuffer, SCAN_OUT, 4);
    const runs = new Uint32Array(bytes.buffer as ArrayBuffer, RUNS, MOST_RUNS * 2);
    const [keep, one] =
      encoding === 'latin1'
        ? [scan.keep8, isParsed ? scan.sweep8 : scan.scan8]
        : [scan.keep16, isParsed ? scan.sweep16 : scan.scan16];
    const end = BASE + source.length;
    assert.ok(writeWanted(bytes, new Map([['wanted', undefined]])));
    bytes.set(source, BASE);
    memory.forget();
    const expected = { stop: 0, at: 0, dropped: 0, runs: [] as string[], places: [] as number[] };
    let last = -1;
    for (let at = BASE; ; at = out[0]!) {
      expected.stop = one(at, end, 1 << 20);
      expected.at = out[0]!;
      expected.dropped += out[3]!;
      if (expected.stop !== 1) break;
      // Nothing was dropped in between, as after white space at the most.
      if (out[3] === 0 && last >= 0) expected.runs.push(expected.runs.pop()! + read(last, out[2]!));
      else {
        expected.runs.push(read(out[1]!, out[2]!));
        expected.places.push(out[1]!);
      }
      last = out[2]!;
    }
    function read(from: number, to: number): string {
      return Buffer.from(bytes.subarray(from, to)).toString(encoding);
    }
    bytes.set(source, BASE);
    memory.forget();
    const kept = { stop: 4, at: BASE, dropped: 0, runs: [] as string[], places: [] as number[] };
    while (kept.stop === 4) {
      const from: number = kept.at;
      kept.stop = keep(from, end, 1 << 20, isParsed);
      kept.at = out[0]!;
      kept.dropped += out[3]!;
      let place = from;
      for (let run = 0; run < out[2]!; run++) {
        kept.places.push(runs[run * 2]!);
        kept.runs.push(read(place, place + runs[run * 2 + 1]!));
        place += runs[run * 2 + 1]!;
      }
      assert.equal(out[1], place, 'where the kept bytes end');
      assert.equal(read(kept.at, end), source.subarray(kept.at - BASE).toString(encoding), 'the rest stands as it was');
      if (kept.stop === 4) seen.full += 1;
    }
    assert.deepEqual(kept, expected);
    seen.runs += kept.runs.length;
    seen.stops.add(kept.stop);
  };
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      fc.nat(120),
      fc.boolean(),
      fc.constantFrom('latin1', 'utf16le'),
      (pieces, cut, ...how) => check(pieces.join('').slice(0, cut < 60 ? undefined : -cut), ...how),
    ),
    { numRuns: 400 },
  );
  check(`${event('unwanted', '')}${event('wanted', '')}`.repeat(MOST_RUNS * 2 + 7), true, 'latin1');
  t.equal(seen.full, 2, 'twice there was no room for more runs');
  t.ok(seen.runs > 2000, `${seen.runs} runs`);
  t.same([...seen.stops].sort(), [0, 2, 3], 'all ends were seen');
});

t.test('the SIMD search finds what a loop over the bytes finds', async t => {
  const memory = createWindowMemory();
  if (!(memory instanceof WasmMemory)) return;
  const bytes = memory.bytes();
  const pieces = fc.array(
    fc.constantFrom(
      '<Event ',
      '<Event>',
      '</Event>',
      '<EventID>',
      '<!',
      '!',
      'Event',
      'E',
      '<',
      '/',
      'xxxxxxxxxxxxxxxxxxxxx',
      'EventData',
      '<Eve',
    ),
    {
      maxLength: 30,
    },
  );
  fc.assert(
    fc.property(pieces, fc.boolean(), fc.nat(31), (parts, isWide, lead) => {
      const text = 'x'.repeat(lead) + parts.join('');
      const encoded = Buffer.from(text, isWide ? 'utf16le' : 'latin1');
      bytes.fill(0, BASE, BASE + encoded.length + 256);
      bytes.set(encoded, BASE);
      const width = isWide ? 2 : 1;
      const end = BASE + encoded.length;
      let at = BASE;
      // Every place that matters is found; false alarms stand in the last units only.
      for (const match of text.matchAll(/<!|<\/?Event(?![A-Za-z])/g)) {
        let found = (isWide ? memory.scan.find16 : memory.scan.find8)(at, end);
        while (found < BASE + match.index * width) {
          assert.ok(found >= end - 7 * width || text[(found - BASE) / width] === '<');
          found = (isWide ? memory.scan.find16 : memory.scan.find8)(found + width, end);
        }
        assert.equal((found - BASE) / width, match.index);
        at = found + width;
      }
    }),
    { numRuns: 2000 },
  );
  t.pass('2000 runs');
});

t.test('the SIMD check of UTF-8 says what Node says', async t => {
  const memory = createWindowMemory();
  if (!(memory instanceof WasmMemory)) return t.comment('this machine has no SIMD');
  const text = fc.oneof(
    fc
      .constantFrom('plain', 'déluge', '日本', '😀', '\u07ff\u0800\uffff', 'x'.repeat(15))
      .map(part => Buffer.from(part)),
    fc
      .constantFrom('80', 'c0af', 'c1', 'c280', 'e08080', 'e0a0', 'eda080', 'edbfbf', 'ee8080', 'f0808080', 'f48fbfbf')
      .map(hex => Buffer.from(hex, 'hex')),
    fc.constantFrom('f4908080', 'f5808080', 'ff', 'f09f98', 'e697', 'c3').map(hex => Buffer.from(hex, 'hex')),
  );
  let wrong = 0;
  const property = fc.property(fc.array(text, { maxLength: 12 }), fc.nat(20), (parts, shift) => {
    const bytes = Buffer.concat(parts);
    const room = memory.bytes();
    room.fill(0xc3, BASE, BASE + 600);
    room.set(bytes, BASE + shift);
    const isValid = memory.scan.isUtf8(BASE + shift, BASE + shift + bytes.length) !== 0;
    if (!isUtf8(bytes)) wrong += 1;
    assert.equal(isValid, isUtf8(bytes), bytes.toString('hex'));
  });
  fc.assert(property, { numRuns: 20_000 });
  t.ok(wrong > 1000, `${wrong} of 20,000 were not UTF-8`);
});

t.test('a time read from units is the time read from text', async t => {
  const two = (low: number, high: number) => fc.integer({ min: low, max: high }).map(n => String(n).padStart(2, '0'));
  const time = fc
    .tuple(
      fc.integer({ min: 0, max: 9999 }),
      two(0, 13),
      two(0, 32),
      fc.constantFrom('T', ' ', 't', '_'),
      two(0, 25),
      two(0, 61),
      two(0, 61),
      fc.stringMatching(/^(\.\d{0,11}|,\d|)$/),
      fc.constantFrom('Z', '', 'z', '+02:00', ' '),
    )
    .map(
      ([year, month, day, t, hour, minute, second, fraction, zone]) =>
        `${String(year).padStart(4, '0')}-${month}-${day}${t}${hour}:${minute}:${second}${fraction}${zone}`,
    );
  let read = 0;
  fc.assert(
    fc.property(time, fc.boolean(), (text, isWide) => {
      const units = isWide ? Uint16Array.from(text, char => char.charCodeAt(0)) : Buffer.from(text);
      const instant = parseInstantUnits(units, 0, units.length);
      if (instant === undefined) return;
      read += 1;
      assert.deepStrictEqual(instant, parseIsoInstant(text));
    }),
    { numRuns: 3000 },
  );
  t.ok(read > 100, `${read} of 3000 were read`);
  for (const text of [
    '2025-06-08T07:14:05.1454614Z',
    '2016-07-08 18:12:51.681640',
    '2014-01-01T00:00:00Z',
    '2024-02-29T23:59:59.999999999Z',
  ]) {
    t.same(parseInstantUnits(Buffer.from(text), 0, text.length), parseIsoInstant(text), text);
  }
  t.equal(parseInstantUnits(Buffer.from('2023-02-29T00:00:00Z'), 0, 20), undefined);
});

t.test('the same shape gives the same export, with as many failures as it says', async t => {
  const take = (shape: ExportShape): { bytes: Buffer; events: number; failures: number } => {
    const pieces: Buffer[] = [];
    const generator = generateExport(shape);
    for (;;) {
      const { done, value } = generator.next();
      if (done) return { bytes: Buffer.concat(pieces), ...value };
      pieces.push(value);
    }
  };
  const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  for (const format of ['xml', 'csv', 'ndjson'] as const) {
    const shape: ExportShape = { format, size: 1_500_000, density: 0.05, seed: 4 };
    const { bytes, events, failures } = take(shape);
    t.equal(hash(take(shape).bytes), hash(bytes), `${format}: the same bytes again`);
    t.not(hash(take({ ...shape, seed: 5 }).bytes), hash(bytes));
    t.ok(Math.abs(bytes.length - shape.size) < 4096 * 8, `${format}: ${bytes.length} bytes`);
    const text = bytes.toString();
    const marks = {
      xml: `<Provider Name='${FAILURE.provider}'/><EventID Qualifiers='49156'>10<`,
      csv: `,${FAILURE.provider},10,`,
      ndjson: '"#text":10}',
    };
    t.equal(text.split(marks[format]).length - 1, failures, `${format}: ${failures} failures in ${events} events`);
  }
  const shape: ExportShape = { format: 'xml', size: 300_000, density: 0.5, seed: 1, oneLine: true };
  const narrow = take(shape).bytes;
  t.notOk(narrow.includes('\n'), 'one line');
  t.ok(take({ ...shape, encoding: 'utf-16le' }).bytes.equals(Buffer.from(narrow.toString(), 'utf16le')));
  const pairs = (count: number): number =>
    new Set(
      take({ ...shape, density: 1, pairs: count, size: 2_000_000 })
        .bytes.toString()
        .match(/<Data>CAS\d+[^<]*<\/Data><Data>CAS\d+[^<]*/g),
    ).size;
  t.equal(pairs(10), 10, 'as many pairs as asked for');
});

t.test(
  'texts that repeat are decoded as if they did not, in memory that a search reads and in plain memory',
  async () => {
    const part = fc.oneof(
      fc.constantFrom(
        'a',
        'é',
        'CAS01.contoso.local',
        'x'.repeat(48),
        'é'.repeat(40),
        'x'.repeat(64),
        'y'.repeat(5000),
        '',
      ),
      fc.string({ unit: 'grapheme', maxLength: 120 }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.record({ part, times: fc.integer({ min: 1, max: 4 }), isLatin: fc.boolean() }), { maxLength: 12 }),
        parts => {
          for (const memory of [createWindowMemory(), undefined]) {
            const text = new EventText('windows-1252', memory);
            const window = memory === undefined ? new ByteWindow() : new ByteWindow(memory);
            for (const { part, times, isLatin } of parts) {
              // The code page and Latin-1 agree on these characters.
              const isInBoth = isLatin && /^[ -~\u00a0-\u00ff]*$/.test(part);
              const encoded = Buffer.from(part, isInBoth ? 'latin1' : 'utf8');
              const expected = encoded.toString(isUtf8(encoded) ? 'utf8' : 'latin1');
              for (let time = 0; time < times; time++) {
                window.reserve(encoded.length).set(encoded);
                const from = window.end;
                window.commit(encoded.length);
                text.begin(window.bytes, from, window.end);
                assert.equal(text.decode(window.bytes, from, window.end), expected);
                window.release(window.end);
              }
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  },
);

t.test('a checksum is the same of any pieces, by our own loop and by Node’s', async t => {
  const bytes = Buffer.alloc(1 << 20, 'The quick brown fox jumps over the lazy dog');
  const sumOf = (piece: number) => {
    const sum = new Crc32();
    for (let at = 0; at < bytes.length; at += piece) sum.update(bytes.subarray(at, at + piece));
    return sum.value;
  };
  const check = new Crc32();
  check.update(Buffer.from('123456789'));
  t.equal(check.value, 0xcbf43926, 'the check value of the catalogue of CRCs');
  // The first pieces go through our loop, all after half a megabyte through Node's where it has one.
  const first = sumOf(4099);
  for (const piece of [1 << 20, 65_536, 999]) t.equal(sumOf(piece), first);
});
