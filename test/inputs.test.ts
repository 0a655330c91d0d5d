import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync, crc32 as nodeCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import t from 'tap';
import { Crc32 } from '../src/bytes/crc32.js';
import { runLengthOf } from '../src/cli/run-length.js';
import type { InputReport, ReadItem } from '../src/model/index.js';
import type { FormatReader } from '../src/read/format-reader.js';
import { FORMATS, type Format } from '../src/read/formats.js';
import { type ByteSource, openSource, PeekableSource, sourceOfChunks } from '../src/read/inputs/byte-source.js';
import { expandInputs } from '../src/read/inputs/expand-inputs.js';
import { type ReadInputOptions, readInput, readSource } from '../src/read/inputs/read-input.js';
import { unpack } from '../src/read/inputs/unpack.js';
import type { UnpackLimits } from '../src/read/inputs/unpack-limits.js';

// ---- Made by the system's tools (zstd 1.5, bzip2 1.0.8, xz 5.4, Info-ZIP 3.0, Python's zipfile) of these two texts.

const FIRST = 'first event\nsecond event\n';
const THIRD = 'third event\n';

const decode = (base64: string) => Buffer.from(base64, 'base64');
const PACKED = {
  zstd: [
    decode('KLUv/SQZyQAAZmlyc3QgZXZlbnQKc2Vjb25kIGV2ZW50CjlUEbU='),
    decode('KLUv/SQMYQAAdGhpcmQgZXZlbnQK84hejA=='),
  ],
  bzip2: [
    decode('QlpoOTFBWSZTWZ5XHhoAAAXRgAAQQAAPIZ0AIAAxANAAlQNNHkM5mPOiSfuROKQuli7kinChITyuPDQ='),
    decode('QlpoOTFBWSZTWSN5TjYAAAVRgAAQQAAGYRUAIAAiBoYhADBBPcJTY8XckU4UJAjeU42A'),
  ],
  xz: [
    decode(
      '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAYZmlyc3QgZXZlbnQKc2Vjb25kIGV2ZW50CgAAAADDtPxsficjwQABMRlZGrCCH7bzfQEAAAAABFla',
    ),
    decode('/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQALdGhpcmQgZXZlbnQKAPnGPXelsDQ6AAEkDKYY2NgftvN9AQAAAAAEWVo='),
  ],
  gzip: [gzipSync(FIRST), gzipSync(THIRD)],
} as const;

/** Where a byte can be broken so that only a checksum tells. */
const CHECKSUM_BYTE = { zstd: -1, bzip2: 11, xz: 62, gzip: -6 } as const;

const XZ_SHA256 = decode(
  '/Td6WFoAAArh+wyhAgAhARYAAAB0L+WjAQAYZmlyc3QgZXZlbnQKc2Vjb25kIGV2ZW50CgAAAABuyvmMVP1OCzOSiohJlMLoFhqDGTFcbExAYONcC70KlQABSRmn6VZlGJtLmgEAAAAAClla',
);
const XZ_X86_FILTER = decode(
  '/Td6WFoAAATm1rRGAgEEACEBFgANhjUfAQAYZmlyc3QgZXZlbnQKc2Vjb25kIGV2ZW50CgAAAADDtPxsficjwQABMRlZGrCCH7bzfQEAAAAABFla',
);
const XZ_128_MIB = decode(
  '/Td6WFoAAATm1rRGAgAhAR4AAACbB1FmAQAYZmlyc3QgZXZlbnQKc2Vjb25kIGV2ZW50CgAAAADDtPxsficjwQABMRlZGrCCH7bzfQEAAAAABFla',
);
/** One frame with a window of 256 MiB and one raw block. */
const ZSTD_256_MIB = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x90, 0x09, 0, 0, 0x78]);
const ZSTD_SKIPPABLE = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
/** 46,000,000 zeros in 100 bytes. */
const BZIP2_BOMB = decode(
  'QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZudCH0AAAxdAAwAAEAAAIIAAgpTQZjUhbBQvF3JFOFCQpcNCbgA==',
);
const ZIP_ENCRYPTED = decode(
  'UEsDBBQACQAIAPmUd12aHtHTIQAAABkAAAAFABwAYS50eHRVVAkAA3WIBGt1iARrdXgLAAEEAAAAAAQAAAAAXh8l3YxgbV//2x/MoCkHcnFAb8LEJHDfeLE+phvmK/RLUEsHCJoe0dMhAAAAGQAAAFBLAQIeAxQACQAIAPmUd12aHtHTIQAAABkAAAAFABgAAAAAAAEAAACkgQAAAABhLnR4dFVUBQADdYgEa3V4CwABBAAAAAAEAAAAAFBLBQYAAAAAAQABAEsAAABwAAAAAAA=',
);
/** `zip - -`: lengths behind the data, 64-bit. */
const ZIP_STREAMED = decode(
  'UEsDBC0ACAAIAPmUd10AAAAA//////////8BABQALQEAEAAAAAAAAAAAAAAAAAAAAAAAS8ssKi5RSC1LzSvhKk5Nzs9LgXIAUEsHCJoe0dMVAAAAAAAAABkAAAAAAAAAUEsBAh4DLQAIAAgA+ZR3XZoe0dMVAAAAGQAAAAEAAAAAAAAAAQAAAIARAAAAAC1QSwUGAAAAAAEAAQAvAAAAYAAAAAAA',
);
/** bz.txt by bzip2, lz.txt by LZMA, st.txt stored. */
const ZIP_METHODS = decode(
  'UEsDBC4AAAAMAAAAIQCaHtHTOwAAABkAAAAGAAAAYnoudHh0QlpoOTFBWSZTWZ5XHhoAAAXRgAAQQAAPIZ0AIAAxANAAlQNNHkM5mPOiSfuROKQuli7kinChITyuPDRQSwMEPwACAA4AAAAhAKqERUAXAAAABAAAAAYAAABsei50eHQJBAUAXQAAgAAANhvKziZyg5//+xOAAFBLAwQUAAAAAAAAACEA3GepFQwAAAAMAAAABgAAAHN0LnR4dHRoaXJkIGV2ZW50ClBLAQIuAy4AAAAMAAAAIQCaHtHTOwAAABkAAAAGAAAAAAAAAAAAAACAAQAAAABiei50eHRQSwECPwM/AAIADgAAACEAqoRFQBcAAAAEAAAABgAAAAAAAAAAAAAAgAFfAAAAbHoudHh0UEsBAhQDFAAAAAAAAAAhANxnqRUMAAAADAAAAAYAAAAAAAAAAAAAAIABmgAAAHN0LnR4dFBLBQYAAAAAAwADAJwAAADKAAAAAAA=',
);
/** Python to a pipe: inner.zip stored, its length behind it and PK marks inside it; then b.txt deflated. */
const ZIP_STORED_OPEN_ENDED = decode(
  'UEsDBBQACAAAAAAAIQAAAAAAAAAAAAAAAAAJAAAAaW5uZXIuemlwUEsDBBQAAAAAAPmUd13cZ6kVDAAAAAwAAAAIAAAAZGVlcC50eHR0aGlyZCBldmVudApQSwECFAMUAAAAAAD5lHdd3GepFQwAAAAMAAAACAAAAAAAAAAAAAAAgAEAAAAAZGVlcC50eHRQSwUGAAAAAAEAAQA2AAAAMgAAAAAAUEsHCHjyVlB+AAAAfgAAAFBLAwQtAAgACAAAACEAAAAAAP//////////BQAUAGIudHh0AQAQAAAAAAAAAAAAAAAAAAAAAABLyywqLlFILUvNK+EqTk3Oz0uBcgBQSwcImh7R0xUAAAAAAAAAGQAAAAAAAABQSwECFAMUAAgAAAAAACEAePJWUH4AAAB+AAAACQAAAAAAAAAAAAAAgAEAAAAAaW5uZXIuemlwUEsBAi0DLQAIAAgAAAAhAJoe0dMVAAAAGQAAAAUAAAAAAAAAAAAAAIABtQAAAGIudHh0UEsFBgAAAAACAAIAagAAABkBAAAAAA==',
);

// ---- Sources, a tar writer, and what comes out.

/** Gives the bytes in chunks of `cut`, then fails if `failure` is given. */
function sourceOf(bytes: Uint8Array, cut = bytes.length, failure?: Error): ByteSource & { closed: number } {
  let at = 0;
  return {
    closed: 0,
    read(room) {
      if (at === bytes.length && failure !== undefined) throw failure;
      const length = Math.min(room.length, cut, bytes.length - at);
      room.set(bytes.subarray(at, at + length));
      at += length;
      return length;
    },
    close() {
      this.closed += 1;
    },
  };
}

interface TarEntry {
  readonly name: string;
  readonly data?: Uint8Array | string;
  readonly type?: string;
  readonly prefix?: string;
  readonly size?: string;
  readonly magic?: string;
}

function tarOf(entries: readonly TarEntry[], end = Buffer.alloc(1024)): Buffer {
  const blocks: Buffer[] = [];
  for (const { name, data = '', type = '0', prefix = '', size, magic = 'ustar\x0000' } of entries) {
    const body = Buffer.from(data);
    const header = Buffer.alloc(512);
    header.write(name, 0, 100, 'utf8');
    header.write('0000644\0', 100);
    header.write(size ?? `${body.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
    header.write('00000000000\0', 136);
    header.write(type, 156);
    header.write(magic, 257);
    header.write(prefix, 345, 155, 'utf8');
    header.fill(' ', 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    blocks.push(header, body, Buffer.alloc((512 - (body.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, end]);
}

const pax = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest) + 1;
  while (Buffer.byteLength(`${length}${rest}`) !== length) length = Buffer.byteLength(`${length}${rest}`);
  return `${length}${rest}`;
};

interface Outcome {
  /** `name: text` of each input inside, with the error that ended it. */
  readonly inner: Record<string, string>;
  readonly errors: Record<string, string>;
  readonly warnings: readonly string[];
  readonly items: readonly ReadItem[];
}

async function unpackAll(bytes: Uint8Array, limits: UnpackLimits = {}, cut?: number): Promise<Outcome> {
  const inner: Record<string, string> = {};
  const errors: Record<string, string> = {};
  const warnings: string[] = [];
  const items: ReadItem[] = [];
  await unpack(
    sourceOf(bytes, cut),
    'in',
    { limits },
    async input => {
      const room = new Uint8Array(1000);
      const chunks: Buffer[] = [];
      let size = 0;
      try {
        for (;;) {
          const length = await input.source.read(room);
          if (length === 0) break;
          size += length;
          if (size <= 1 << 20) chunks.push(Buffer.from(room.subarray(0, length)));
        }
      } catch (error) {
        errors[input.name] = (error as Error).message;
      }
      inner[input.name] = size > 1 << 20 ? `${size} bytes` : Buffer.concat(chunks).toString('latin1');
      warnings.push(...input.warnings.map(warning => `${warning.input}: ${warning.code}`));
    },
    item => items.push(item),
  );
  return { inner, errors, warnings, items };
}

const briefly = (items: readonly ReadItem[]) =>
  items.map(item => {
    if (item.type === 'reject') return `reject ${item.position.input} ${item.reason}`;
    if (item.type === 'warning') return `warning ${item.input} ${item.code}`;
    if (item.type === 'input') return `input ${item.path} ${item.format} ${item.isComplete ? 'whole' : 'partial'}`;
    return item.type;
  });

const folder = mkdtempSync(join(tmpdir(), 'evpair-inputs-'));
t.teardown(() => rmSync(folder, { recursive: true }));

// ---- Packing

for (const [kind, [first, third]] of Object.entries(PACKED) as [keyof typeof PACKED, readonly [Buffer, Buffer]][]) {
  t.test(`${kind}: streams one after the other are read as one, and damage ends what came out before it`, async t => {
    t.same((await unpackAll(first)).inner, { in: FIRST }, 'one stream');
    const both = Buffer.concat([first, third]);
    for (const cut of [1, 7, both.length]) {
      t.same(await unpackAll(both, {}, cut), { inner: { in: FIRST + THIRD }, errors: {}, warnings: [], items: [] });
    }
    const garbage = await unpackAll(Buffer.concat([first, Buffer.from('garbage, and not little')]));
    t.same(garbage.inner, { in: FIRST }, 'what stands before garbage is read');
    t.same(garbage.warnings, ['in: trailing-data'], 'garbage behind the data is told');
    t.same(garbage.errors, {});

    for (let length = 10; length < first.length; length++) {
      const { inner, errors } = await unpackAll(first.subarray(0, length));
      t.ok(FIRST.startsWith(inner.in!), `cut to ${length}: what came out is right`);
      t.match(errors.in, /^the input ends at byte \d+, inside /, `cut to ${length}: told as cut short`);
    }
    const cutInSecond = await unpackAll(both.subarray(0, both.length - 2));
    t.ok(cutInSecond.inner.in!.startsWith(FIRST), 'a cut in the second stream leaves the first');
    t.match(cutInSecond.errors.in, /inside/);

    const wrong = Buffer.from(first);
    const at = (CHECKSUM_BYTE[kind] + wrong.length) % wrong.length;
    wrong[at] = wrong[at]! ^ 0x10;
    t.match((await unpackAll(wrong)).errors.in, /checksum/, 'a wrong checksum is told');

    await fc.assert(
      fc.asyncProperty(fc.nat(first.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        const broken = Buffer.from(both);
        broken[at] = broken[at]! ^ bits;
        const { inner, errors, warnings, items } = await unpackAll(broken);
        // Bits that carry no data (a gzip header's time) may change; nothing wrong may come out without a word.
        if (
          errors.in === undefined &&
          warnings.length === 0 &&
          items.length === 0 &&
          inner.in !== broken.toString('latin1')
        ) {
          return inner.in === FIRST + THIRD;
        }
        return true;
      }),
      { numRuns: 100, verbose: false },
    );
  });
}

t.test('forms inside the formats that are not read say what to do', async t => {
  t.same(
    (await unpackAll(Buffer.concat([ZSTD_SKIPPABLE, PACKED.zstd[0]]))).inner,
    { in: FIRST },
    'skippable frames are skipped',
  );
  t.match((await unpackAll(ZSTD_256_MIB)).errors.in, /zstd -dc --long=31 FILE \| evpair -/);
  t.match((await unpackAll(XZ_X86_FILTER)).errors.in, /xz -dc FILE \| evpair -/);
  t.match((await unpackAll(XZ_128_MIB)).errors.in, /xz -dc FILE \| evpair -/);
  t.match((await unpackAll(XZ_SHA256)).errors.in, /SHA-256.*xz -dc FILE \| evpair -/);
  for (const [mark, hint] of [
    ['7z\xbc\xaf\x27\x1c\0\x04', '7z e -so FILE | evpair -'],
    ['Rar!\x1a\x07\x01\0', '7z e -so FILE | evpair -'],
    ['MSCF\0\0\0\0', '7z e -so FILE | evpair -'],
    ['\x1f\x9d\x90', 'gzip -dc FILE | evpair -'],
    ['\x04\x22\x4d\x18', 'lz4 -dc FILE | evpair -'],
    ['\x5d\0\0\x80\0', 'xz --format=lzma -dc FILE | evpair -'],
    [
      'PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0[Content_Types].xml',
      'Save the sheet as CSV',
    ],
  ] as const) {
    const { items, inner } = await unpackAll(Buffer.from(mark, 'latin1'));
    t.same(briefly(items), ['reject in form-not-read', 'input in unknown whole']);
    t.ok(items[0]?.type === 'reject' && items[0].detail.includes(hint), hint);
    t.same(inner, {});
  }
  t.same((await unpackAll(Buffer.from('BZh91 is no bzip2'))).inner, { in: 'BZh91 is no bzip2' }, 'half a mark is none');
});

t.test(
  'a gzip header may hold a name, a comment, more fields and a checksum; zeros behind the data are padding',
  async t => {
    const plain = gzipSync(FIRST);
    const header = Buffer.from(plain.subarray(0, 10));
    header[3] = 2 | 4 | 8 | 16;
    const full = Buffer.concat([
      header,
      Buffer.from([3, 0, 1, 2, 3]),
      Buffer.from(`${'name'.repeat(100)}\0comment\0`),
      Buffer.from([0, 0]),
      plain.subarray(10),
    ]);
    t.same(await unpackAll(full, {}, 1), { inner: { in: FIRST }, errors: {}, warnings: [], items: [] });
    t.same((await unpackAll(Buffer.concat([plain, Buffer.alloc(1000), plain]))).inner, { in: FIRST + FIRST });
    t.same((await unpackAll(gzipSync(''))).inner, { in: '' }, 'an empty one is an empty input');
  },
);

t.test('what came out before damage does not depend on how the bytes came in', async t => {
  const text = Array.from({ length: 40_000 }, (_, line) => `${line} ${Math.imul(line, 0x9e3779b1) >>> 0}\n`).join('');
  const packed = gzipSync(text);
  // Deflate goes on through most damage; here is some that it cannot.
  const isInvalid = () => {
    try {
      gunzipSync(packed);
    } catch (error) {
      return (error as Error).message.startsWith('invalid');
    }
    return false;
  };
  for (let at = packed.length >> 1; !isInvalid() && at < packed.length - 100; at++) packed[at] = (at * 167) & 0xff;
  const whole = await unpackAll(packed);
  t.match(whole.errors.in, /^the gzip data is damaged before byte \d+/);
  t.ok(text.startsWith(whole.inner.in!.slice(0, 100_000)), 'it is the right text');
  t.ok(whole.inner.in!.length > text.length / 2 - 100_000, `${whole.inner.in!.length} of ${text.length} came out`);
  for (const cut of [1000, 4097]) t.equal((await unpackAll(packed, {}, cut)).inner.in === whole.inner.in, true);
  const cutShort = await unpackAll(gzipSync(text).subarray(0, 100_000));
  t.ok(text.startsWith(cutShort.inner.in!) && cutShort.inner.in!.length > 200_000, 'a cut loses nothing before it');
});

t.test('the checksum of gzip and zip is the one that Node computes', async () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }), pieces => {
      const crc = new Crc32();
      for (const piece of pieces) crc.update(piece);
      return crc.value === nodeCrc32(Buffer.concat(pieces));
    }),
  );
});

// ---- Archives

t.test('each file of a zip is an input of its own', async t => {
  const zip = zipSync({
    'logs/': new Uint8Array(0),
    'logs/a.txt': strToU8(FIRST),
    'b.txt': [strToU8(THIRD), { level: 0 }],
    'größe.txt': strToU8('x'),
    'empty.txt': new Uint8Array(0),
    '../../etc/passwd': strToU8('a name is only a name'),
  });
  const want = {
    'in!logs/a.txt': FIRST,
    'in!b.txt': THIRD,
    'in!größe.txt': 'x',
    'in!empty.txt': '',
    'in!../../etc/passwd': 'a name is only a name',
  };
  for (const cut of [1, 13, zip.length])
    t.same(await unpackAll(zip, {}, cut), { inner: want, errors: {}, warnings: [], items: [] });
  t.same(
    (await unpackAll(Buffer.concat([Buffer.from('PK00'), zip]))).inner,
    want,
    'a mark of a split archive may stand before it',
  );
});

t.test('a zip that was written to a pipe tells lengths behind the data', async t => {
  for (const cut of [1, 5, 1000]) {
    t.same((await unpackAll(ZIP_STREAMED, {}, cut)).inner, { 'in!-': FIRST });
    t.same(await unpackAll(ZIP_STORED_OPEN_ENDED, {}, cut), {
      inner: { 'in!inner.zip!deep.txt': THIRD, 'in!b.txt': FIRST },
      errors: {},
      warnings: [],
      items: [],
    });
  }
  const wrong = Buffer.from(ZIP_STREAMED);
  const crcAt = wrong.indexOf('PK\x07\x08') + 4;
  wrong[crcAt] = wrong[crcAt]! ^ 1;
  const { inner, errors } = await unpackAll(wrong);
  t.same(inner, { 'in!-': FIRST });
  t.match(errors['in!-'], /checksum/);
});

t.test('zip entries by other methods are read or refused, each for itself', async t => {
  const methods = await unpackAll(ZIP_METHODS);
  t.same(methods.inner, { 'in!bz.txt': FIRST, 'in!st.txt': THIRD });
  t.same(briefly(methods.items), ['reject in!lz.txt form-not-read', 'input in!lz.txt unknown whole']);
  t.match(methods.items[0], { detail: /method LZMA.*7z x FILE/ });

  const encrypted = await unpackAll(ZIP_ENCRYPTED);
  t.same(encrypted.inner, {});
  t.match(encrypted.items[0], { reason: 'form-not-read', detail: /encrypted.*password/ });

  const broken = Buffer.from(zipSync({ 'a.txt': strToU8(FIRST), 'b.txt': strToU8(THIRD) }, { level: 0 }));
  broken[broken.indexOf('first')] = 0x46;
  const outcome = await unpackAll(broken);
  t.match(outcome.errors, { 'in!a.txt': /checksum/ });
  t.equal(outcome.inner['in!b.txt'], THIRD, 'the entry behind a broken one is read');
});

t.test('an archive that breaks gives the members before, and says where it broke', async t => {
  const zip = zipSync({ 'a.txt': strToU8(FIRST), 'b.txt': strToU8(THIRD) }, { level: 0 });
  const second = Buffer.from(zip).lastIndexOf('PK\x03\x04', zip.length - 100);
  const cut = await unpackAll(zip.subarray(0, second + 10));
  t.same(cut.inner, { 'in!a.txt': FIRST });
  t.same(briefly(cut.items), ['warning in read-error', 'input in zip partial']);
  t.match(cut.items[0], { message: new RegExp(`byte ${second + 10}, inside a zip entry`) });

  const overwritten = Buffer.from(zip).fill(0xee, second, second + 4);
  t.match((await unpackAll(overwritten)).items[0], { message: new RegExp(`at byte ${second}\\.`) });

  const tar = tarOf([
    { name: 'a.txt', data: FIRST },
    { name: 'b.txt', data: THIRD },
  ]);
  const cutInside = await unpackAll(tar.subarray(0, 1024 + 512 + 5));
  t.same(cutInside.inner, { 'in!a.txt': FIRST, 'in!b.txt': THIRD.slice(0, 5) });
  t.match(cutInside.errors, { 'in!b.txt': /inside a member/ });
  const cutHeader = await unpackAll(tar.subarray(0, 1024 + 100));
  t.same(briefly(cutHeader.items), ['warning in read-error', 'input in tar partial']);
  t.match(cutHeader.items[0], { message: /no tar header stands at byte 1024/ });

  const tgz = gzipSync(tar);
  tgz[tgz.length - 5] = tgz[tgz.length - 5]! ^ 1;
  const wrongCrc = await unpackAll(tgz);
  t.same(wrongCrc.inner, { 'in!a.txt': FIRST, 'in!b.txt': THIRD });
  t.same(briefly(wrongCrc.items), ['warning in read-error', 'input in tar partial'], 'the outer checksum is looked at');

  t.same(briefly((await unpackAll(zipSync({}))).items), ['warning in empty-archive', 'input in empty whole']);
  t.same(briefly((await unpackAll(tarOf([{ name: 'logs/', type: '5' }]))).items), [
    'warning in empty-archive',
    'input in empty whole',
  ]);
});

t.test('tar is read with long names, big numbers and appended archives', async t => {
  const long = `${'deep/'.repeat(60)}a.txt`;
  const tar = tarOf([
    { name: 'pax_global_header', type: 'g', data: pax('comment', 'x') },
    { name: 'folder/', type: '5' },
    { name: 'a.txt', data: FIRST, prefix: 'under/prefix' },
    { name: '././@LongLink', type: 'L', data: `${long}\0` },
    { name: 'cut', data: THIRD },
    { name: 'x', type: 'x', data: pax('mtime', '1.5') + pax('path', 'päx.txt') + pax('size', '12') },
    { name: 'cut', data: THIRD, size: '00000000000\0' },
    { name: 'link', type: '1' },
    { name: 'link2', type: '2' },
    { name: 'binary-size', data: THIRD, size: `\x80${'\0'.repeat(10)}\x0c` },
    { name: 'old', type: '\0', data: FIRST, magic: '' },
    { name: 'sparse', type: 'S', data: 'xxx' },
    { name: 'empty' },
    { name: 'a.txt', data: THIRD, prefix: 'under/prefix' },
  ]);
  const want = {
    'in!under/prefix/a.txt': FIRST,
    [`in!${long}`]: THIRD,
    'in!päx.txt': THIRD,
    'in!binary-size': THIRD,
    'in!old': FIRST,
    'in!empty': '',
    'in!under/prefix/a.txt#2': THIRD,
  };
  for (const cut of [1, 700, tar.length]) {
    const { inner, errors, items } = await unpackAll(tar, {}, cut);
    t.same([inner, errors], [want, {}]);
    t.same(briefly(items), ['reject in!sparse form-not-read', 'input in!sparse unknown whole']);
  }
  const appended = Buffer.concat([tarOf([{ name: 'a', data: FIRST }]), tarOf([{ name: 'b', data: THIRD }])]);
  t.same((await unpackAll(appended)).inner, { 'in!a': FIRST, 'in!b': THIRD });
  const garbage = Buffer.concat([tarOf([{ name: 'a', data: FIRST }]), Buffer.from('garbage')]);
  t.same(briefly((await unpackAll(garbage)).items), ['warning in trailing-data', 'input in tar whole']);
  const unpadded = tarOf([{ name: 'a', data: FIRST }], Buffer.alloc(0)).subarray(0, 512 + FIRST.length);
  t.same(await unpackAll(unpadded), { inner: { 'in!a': FIRST }, errors: {}, warnings: [], items: [] });
});

t.test('packing is taken off in any order, xz in xz too, as deep as four layers', async t => {
  const nested = zipSync({
    'a.evtx.gz': gzipSync(FIRST),
    'b.tar.gz': gzipSync(
      tarOf([
        { name: 'c.xz', data: PACKED.xz[0] },
        { name: 'd.bz2', data: PACKED.bzip2[1] },
      ]),
    ),
  });
  t.same(await unpackAll(nested), {
    inner: { 'in!a.evtx.gz': FIRST, 'in!b.tar.gz!c.xz': FIRST, 'in!b.tar.gz!d.bz2': THIRD },
    errors: {},
    warnings: [],
    items: [],
  });
  const five = gzipSync(nested);
  const outcome = await unpackAll(five);
  t.same(outcome.inner, { 'in!a.evtx.gz': FIRST });
  t.same(briefly(outcome.items), [
    'reject in!b.tar.gz!c.xz limit',
    'input in!b.tar.gz!c.xz unknown partial',
    'reject in!b.tar.gz!d.bz2 limit',
    'input in!b.tar.gz!d.bz2 unknown partial',
  ]);
  t.same(Object.keys((await unpackAll(five, { maxDepth: 5 })).inner).length, 3);

  const xzOfXz = execFileSync('xz', ['-c'], { input: execFileSync('xz', ['-c'], { input: FIRST }) });
  t.same((await unpackAll(xzOfXz)).inner, { in: FIRST });
});

t.test('bombs are stopped by ratio, size and number', async t => {
  const zeros = gzipSync(Buffer.alloc(80 << 20));
  const ratio = await unpackAll(zeros);
  t.match(ratio.errors.in, /bytes came out of \d+, more than 400 for one/);
  t.match(await unpackAll(zeros, { maxRatio: 2000 }), { inner: { in: `${80 << 20} bytes` }, errors: {} });
  t.match(
    (await unpackAll(zeros, { maxRatio: 2000, maxUnpackedBytes: 1e6 })).errors.in,
    /more than 1000000 bytes came out/,
  );
  const twice = gzipSync(gzipSync(Buffer.alloc(300 << 20), { level: 9 }));
  t.match((await unpackAll(twice)).errors.in, /more than 400/, 'counted over the whole nest');
  const many = tarOf([
    { name: 'a', data: BZIP2_BOMB },
    { name: 'b', data: BZIP2_BOMB },
    { name: 'c', data: FIRST },
  ]);
  const shared = await unpackAll(many);
  t.same([Object.keys(shared.inner), Object.keys(shared.errors)], [['in!a', 'in!b'], ['in!b']], 'and over all members');

  const names = tarOf(Array.from({ length: 12 }, (_, at) => ({ name: `${at}` })));
  const entries = await unpackAll(names, { maxEntries: 10 });
  t.equal(Object.keys(entries.inner).length, 10);
  t.same(briefly(entries.items), ['reject in limit', 'input in tar partial']);
  t.match(entries.items[1], { rejects: 1 });
});

// ---- Reading

/** One event a line that begins with EV; enough of a format to see what comes through. */
const TEST_FORMAT: Format = {
  name: 'test-lines',
  detect: head => (head.text.startsWith('EV ') ? 1 : 0),
  create(options): FormatReader {
    let events = 0;
    let rejects = 0;
    return {
      read(window, isLast, emit) {
        for (;;) {
          const live = Buffer.from(
            window.bytes.buffer,
            window.bytes.byteOffset + window.start,
            window.end - window.start,
          );
          const end = live.indexOf(10);
          if (end === -1 && (!isLast || live.length === 0)) return;
          const position = { input: options.input, offset: window.offsetOf(window.start), length: end + 1 };
          if (end === -1) {
            rejects += 1;
            emit({ type: 'reject', reason: 'truncated', detail: 'cut', isEvent: false, position });
            window.release(window.end);
            return;
          }
          events += 1;
          emit({ type: 'event', provider: 'P', eventId: 1, message: live.toString('latin1', 0, end), position });
          window.release(window.start + end + 1);
        }
      },
      report: () => ({
        format: 'test-lines',
        encoding: 'utf-8',
        events,
        unparsed: 0,
        malformed: 0,
        rejects,
        withoutTime: 0,
        warnings: {},
      }),
    };
  },
};
// The table is read-only for the program, not for its test.
(FORMATS as Format[]).push(TEST_FORMAT);

const LINES = Array.from({ length: 30_000 }, (_, line) => `EV ${line}\n`).join('');
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

function write(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function read(bytes: Uint8Array | string, options: ReadInputOptions = {}, cut?: number, failure?: Error) {
  const items: ReadItem[] = [];
  const source = sourceOf(Buffer.from(bytes), cut, failure);
  await readSource(source, { name: 'in', path: undefined }, options, item => items.push(item));
  t.equal(source.closed, 1, 'the source is closed once');
  const reports = items.filter((item): item is InputReport => item.type === 'input');
  const events = items.filter(item => item.type === 'event');
  return { items, reports, report: reports[0]!, events, brief: briefly(items.filter(item => item.type !== 'event')) };
}

t.test('a file is read whole, with its hash as stored and positions in the unpacked bytes', async t => {
  const items: ReadItem[] = [];
  const path = write('lines.txt', LINES);
  let progress = 0;
  await readInput({ name: 'lines.txt', path }, { hash: true, onProgress: bytes => (progress += bytes) }, item =>
    items.push(item),
  );
  t.equal(progress, LINES.length);
  t.match(items.at(-1), {
    path: 'lines.txt',
    events: 30_000,
    bytes: LINES.length,
    sha256: sha256(LINES),
    isComplete: true,
  });

  const packed = gzipSync(LINES);
  const gz = await read(packed, { hash: true });
  t.match(gz.report, { path: 'in', events: 30_000, bytes: LINES.length, sha256: sha256(packed), isComplete: true });
  t.same(
    gz.events.map(event => event.type === 'event' && event.position.offset),
    items.filter(item => item.type === 'event').map(event => event.type === 'event' && event.position.offset),
  );
  const zip = await read(zipSync({ 'x/lines.txt': strToU8(LINES), 'photo.jpg': strToU8('\xff\xd8\xff') }), {
    hash: true,
  });
  t.match(zip.reports, [
    { path: 'in!x/lines.txt', events: 30_000, bytes: LINES.length, sha256: sha256(LINES) },
    { path: 'in!photo.jpg', format: 'unknown', rejects: 1 },
  ]);
  await t.rejects(
    readInput({ name: 'none', path: join(folder, 'none') }, {}, () => {}),
    {
      code: 'ERR_INPUT',
      message: 'none: no such file',
    },
  );
});

t.test('members that share the reading memory do not see each other, whatever their size', async t => {
  const event = (value: string) =>
    `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='P'/><EventID>5</EventID>` +
    `<Computer>h</Computer></System><EventData><Data>${value}</Data></EventData></Event>\n`;
  const values = ['a', 'b'.repeat(3_000_000), 'c', 'b'.repeat(2_999_999), 'd'];
  const members = values.map((value, at) => ({ name: `${at}.xml`, data: event(value) }));
  const { items, reports } = await read(tarOf([...members, { name: 'cut.xml', data: event('z').slice(0, 100) }]));
  t.equal(
    values.every((value, at) =>
      items.some(
        item => item.type === 'event' && item.position.input === `in!${at}.xml` && item.insertions?.[0] === value,
      ),
    ),
    true,
  );
  t.same(
    reports.map(report => report.events - report.malformed),
    [1, 1, 1, 1, 1, 0],
  );
});

t.test('a large file, which is read ahead, gives what its bytes give from a slow source', async t => {
  // Events longer than what is read at once, than the room in front of it, and so placed that ends fall in between.
  const lengths = [5_000_000, 300_000, 8_000_000, 40, 2_000_000, 300_000];
  const event = (at: number) =>
    `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='P'/><EventID>5</EventID>` +
    `<EventRecordID>${at}</EventRecordID><Computer>h</Computer></System><EventData><Data>é${'b'.repeat(lengths[at / 1000] ?? at % 997)}</Data>` +
    '</EventData></Event>\n';
  const text = Array.from({ length: 6_000 }, (_, at) => event(at)).join('');
  const inUtf8 = Buffer.from(text);
  // An odd number of bytes before the switch to UTF-16.
  const both = Buffer.concat([Buffer.from(event(7).replace('é', '')), Buffer.from(`\ufeff${text}`, 'utf16le')]);
  for (const [name, bytes] of [
    ['utf-8', inUtf8],
    ['utf-8, then utf-16', both],
  ] as const) {
    t.ok(bytes.length > 16 << 20, 'large enough to be read ahead');
    const path = write('large.xml', bytes);
    const ahead: ReadItem[] = [];
    await readInput({ name: 'in', path }, { hash: true }, item => ahead.push(item));
    const slow = await read(bytes, { hash: true }, 1_000_003);
    t.equal(slow.events.length, name === 'utf-8' ? 6_000 : 6_001);
    t.equal(JSON.stringify(ahead) === JSON.stringify(slow.items), true, name);

    const stop = new AbortController();
    const cut: ReadItem[] = [];
    const options = { signal: stop.signal, onProgress: () => stop.abort() };
    await readInput({ name: 'in', path }, options, item => cut.push(item));
    t.match(cut.at(-1), { type: 'input', isComplete: false });
    await t.rejects(
      readInput({ name: 'in', path }, {}, () => {
        throw new Error('the taker failed');
      }),
      { message: 'the taker failed' },
    );
  }
  const noise = write('large.jpg', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(20_000_000)]));
  const items: ReadItem[] = [];
  await readInput({ name: 'p', path: noise }, { hash: true }, item => items.push(item));
  t.match(items[1], { format: 'unknown', bytes: 20_000_004, sha256: sha256(readFileSync(noise)) });
});

t.test('unknown and empty inputs are told as such', async t => {
  const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(1_000_000)]);
  t.match((await read(jpeg)).items, [
    { type: 'reject', reason: 'form-not-read', detail: /JPEG/, position: { offset: 0, length: 1_000_004 } },
    { type: 'input', format: 'unknown', bytes: 1_000_004, rejects: 1, isComplete: true },
  ]);
  const items: ReadItem[] = [];
  await readInput({ name: 'p', path: write('p.jpg', jpeg) }, { hash: true }, item => items.push(item));
  t.match(items[1], { bytes: 1_000_004, sha256: sha256(jpeg) }, 'a hash is of the whole file all the same');
  t.same((await read('plain text, no export')).brief, ['reject in unknown-format', 'input in unknown whole']);
  for (const empty of ['', gzipSync('')]) {
    t.same((await read(empty)).brief, ['warning in empty-input', 'input in empty whole']);
  }
});

t.test('an error in the middle ends the input, and what was read before is kept', async t => {
  const failed = await read(LINES.slice(0, 200_000), {}, 10_000, new Error('EIO: i/o error, read'));
  t.ok(failed.events.length > 20_000);
  t.match(
    failed.items.filter(item => item.type === 'warning'),
    [{ code: 'read-error', message: 'reading stopped: EIO: i/o error, read. What was read before is in the result' }],
  );
  t.match(failed.report, { isComplete: false, warnings: { 'read-error': 1 } });

  t.same((await read('', {}, 1, new Error('EIO'))).brief, ['warning in read-error', 'input in unknown partial']);
  const early = await read('EV 1\n', {}, 1, new Error('EIO'));
  t.same(
    [early.events.length, ...early.brief],
    [1, 'warning in read-error', 'input in test-lines partial'],
    'even in the first bytes',
  );

  const damaged = gzipSync(LINES);
  const cut = await read(damaged.subarray(0, damaged.length - 4), { hash: true });
  t.equal(cut.events.length, 30_000);
  t.match(cut.report, { isComplete: false, warnings: { 'read-error': 1 }, sha256: sha256(damaged.subarray(0, -4)) });
  t.match(
    (await read(gzipSync(Buffer.alloc(1 << 20)), { unpackLimits: { maxUnpackedBytes: 1e5 } })).brief.slice(0, 2),
    ['reject in limit', 'reject in unknown-format'],
  );
  const told = await read(Buffer.concat([gzipSync(LINES), Buffer.from('garbage')]));
  t.match(told.report, { events: 30_000, isComplete: true, warnings: { 'trailing-data': 1 } });

  const boom = new Error('the taker failed');
  const tar = tarOf([
    { name: 'a', data: 'EV 1\n' },
    { name: 'b', data: 'EV 2\n' },
  ]);
  await t.rejects(
    readSource(sourceOf(tar), { name: 'in', path: undefined }, {}, () => {
      throw boom;
    }),
    boom,
    'what the taker throws is no fault of the archive',
  );
});

t.test('an abort ends the reading after the window at hand', async t => {
  const stop = new AbortController();
  let windows = 0;
  const options = {
    hash: true,
    signal: stop.signal,
    afterWindow: () => {
      windows += 1;
      if (windows === 2) stop.abort();
      return undefined;
    },
  };
  const aborted = await read(LINES, options, 50_000);
  t.equal(windows, 2);
  t.ok(aborted.events.length > 5_000 && aborted.events.length < 30_000);
  t.equal(aborted.report.isComplete, false);
  t.notOk('sha256' in aborted.report, 'no hash of a part');
  windows = 0;
  const later = new AbortController();
  const tar = tarOf([
    { name: 'a', data: LINES },
    { name: 'b', data: LINES },
  ]);
  const inTar = await read(tar, { signal: later.signal, afterWindow: () => void later.abort() });
  t.same(
    inTar.reports.map(report => [report.path, report.isComplete]),
    [['in!a', false]],
    'no further member is read',
  );
});

t.test('a slow taker holds back the reading', async t => {
  let isWaiting = false;
  let readsWhileWaiting = 0;
  const source = sourceOf(Buffer.from(LINES), 50_000);
  const watched: ByteSource = {
    read: room => {
      if (isWaiting) readsWhileWaiting += 1;
      return source.read(room);
    },
    close: () => source.close(),
  };
  const afterWindow = () => {
    isWaiting = true;
    return new Promise<void>(resolve =>
      setTimeout(() => {
        isWaiting = false;
        resolve();
      }, 5),
    );
  };
  await readSource(watched, { name: 'in', path: undefined }, { afterWindow }, () => {});
  t.equal(readsWhileWaiting, 0);
});

t.test('what evpair wrote itself is handed on by the line, packed or not', async t => {
  const own = '{"type":"event","schema_version":1,"n":1}\n{"type":"run","schema_version":1}\n';
  const archive = tarOf([
    { name: 'a.ndjson', data: own },
    { name: 'b.txt', data: 'EV 1\n' },
  ]);
  for (const [bytes, name] of [
    [own, 'in'],
    [`\ufeff${own}`, 'in'],
    [gzipSync(own), 'in'],
    [archive, 'in!a.ndjson'],
  ] as const) {
    const lines: string[] = [];
    const { brief } = await read(bytes, { onLine: (line, input) => lines.push(`${input.name} ${line}`) }, 3);
    t.same(
      lines.filter(line => !line.endsWith(' ')),
      own
        .trimEnd()
        .split('\n')
        .map(line => `${name} ${line}`),
    );
    t.same(brief, bytes === archive ? ['input in!b.txt test-lines whole'] : [], 'it reports for itself');
  }
  t.same((await read(own)).brief, ['reject in unknown-format', 'input in unknown whole'], 'not without a taker');
  const lines: string[] = [];
  const cut = await read(gzipSync(own).subarray(0, -3), { onLine: line => lines.push(line) });
  t.equal(lines.length >= 2, true);
  t.same(cut.brief, ['warning in read-error', 'input in evpair-ndjson partial']);
  await t.rejects(
    read(own, {
      onLine: () => {
        throw new Error('the taker failed');
      },
    }),
    /the taker failed/,
  );
});

t.test('a pipe is read as it comes, without blocking or spinning', async t => {
  const script = `
    import { readInput } from ${JSON.stringify(fileURLToPath(new URL('../src/read/inputs/read-input.ts', import.meta.url)))};
    let ticks = 0;
    let cpu;
    const timer = setInterval(() => {
      ticks += 1;
      if (ticks !== 1) return;
      console.log('waiting');
      cpu = process.cpuUsage();
    }, 10);
    const lines = [];
    await readInput({ name: '-', path: undefined }, { onLine: line => lines.push(line) }, () => {});
    clearInterval(timer);
    const { user, system } = process.cpuUsage(cpu);
    console.log(JSON.stringify({ lines, ticks, waitCpuMs: (user + system) / 1000 }));
  `;
  const file = write('reader.mts', script);
  const child = spawn(process.execPath, [...process.execArgv, file], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = ['{"type":"event","schema_version":1}', '{"type":"run","schema_version":1}'];
  let out = '';
  child.stdout.setEncoding('utf8');
  const text = (async () => {
    for await (const chunk of child.stdout) out += chunk;
  })();
  child.stdin.write(lines[0]!.slice(0, 20));
  while (!out.includes('waiting')) await new Promise(resolve => setTimeout(resolve, 50));
  await new Promise(resolve => setTimeout(resolve, 1000));
  child.stdin.end(`${lines[0]!.slice(20)}\n${lines[1]}\n`);
  await text;
  const answer = JSON.parse(out.replace('waiting\n', ''));
  t.same(answer.lines, lines);
  t.ok(answer.ticks > 20, `timers ran ${answer.ticks} times while it waited`);
  t.ok(answer.waitCpuMs < 500, `it used ${answer.waitCpuMs} ms of processor time in a second of waiting`);
});

t.test('a stream of chunks and a file give the same bytes; a look ahead takes nothing away', async t => {
  const path = write('bytes.bin', Buffer.from('0123456789'));
  async function* chunks() {
    yield Buffer.from('01');
    yield Buffer.alloc(0);
    yield Buffer.from('23456789');
  }
  for (const source of [await openSource('bytes', path), sourceOfChunks(chunks())]) {
    const peekable = new PeekableSource(source);
    t.equal(Buffer.from(await peekable.peek(4)).toString(), '0123');
    t.equal(Buffer.from(await peekable.peek(2)).toString(), '01', 'a shorter look after a longer one');
    t.equal(Buffer.from(await peekable.peek(20)).toString(), '0123456789');
    let text = '';
    const room = new Uint8Array(3);
    for (;;) {
      const length = await peekable.read(room);
      if (length === 0) break;
      text += Buffer.from(room.subarray(0, length)).toString();
    }
    t.equal(text, '0123456789');
    peekable.close();
  }
});

// ---- Arguments

const NOBODY = 65_534;

t.test('a folder that is closed to us costs itself only, not those beside it', async t => {
  const root = mkdtempSync(join(tmpdir(), 'evpair-closed-'));
  chmodSync(root, 0o755);
  mkdirSync(join(root, 'a'));
  mkdirSync(join(root, 'closed'), { mode: 0 });
  for (const name of ['a/1.xml', 'z.xml']) writeFileSync(join(root, name), '');
  t.teardown(() => rmSync(root, { recursive: true }));

  // Nothing is closed to root, who looks as nobody.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  const { sources, missing } = await expandInputs([root], { inputRoot: root }).finally(() => {
    if (isRoot) process.seteuid?.(0);
  });

  t.same(
    sources.map(({ name }) => name),
    ['a/1.xml', 'z.xml'],
  );
  t.match(missing, [{ name: 'closed', reason: /EACCES/ }]);
});

t.test('folders are walked by code units, each file is read once, links go round no loop', async t => {
  const root = join(folder, 'tree');
  for (const name of ['b', 'a', 'a/z', 'B']) mkdirSync(join(root, name), { recursive: true });
  for (const name of ['b/1.xml', 'a/2.xml', 'a/z/3.xml', 'B/4.xml', 'ä.xml', 'Z.xml', 'a.xml', '.hidden.xml']) {
    writeFileSync(join(root, name), name);
  }
  symlinkSync(root, join(root, 'a/loop'));
  symlinkSync(join(root, 'a.xml'), join(root, 'twin.xml'));
  symlinkSync(join(root, 'nowhere'), join(root, 'dangling.xml'));
  const names = async (args: readonly string[], inputRoot?: string) => {
    const { sources, missing } = await expandInputs(args, { inputRoot });
    return { names: sources.map(source => source.name), missing };
  };
  const tree = ['.hidden.xml', 'B/4.xml', 'Z.xml', 'a/2.xml', 'a/z/3.xml', 'a.xml', 'b/1.xml', 'ä.xml'];
  t.same(await names([root], root), { names: tree, missing: [] });
  t.same(await names([root]), { names: tree.map(name => `${root}/${name}`), missing: [] });

  t.same((await names([join(root, 'Z.xml'), root, join(root, 'twin.xml')], root)).names, [
    'Z.xml',
    ...tree.filter(name => name !== 'Z.xml'),
  ]);
  t.same((await names([join(root, '{Z,a}.xml')], root)).names, ['Z.xml', 'a.xml'], 'globs, sorted');
  t.same((await names([join(root, '*', '?.xml')], root)).names, ['B/4.xml', 'a/2.xml', 'b/1.xml']);
  t.same(await names([join(root, 'none.xml'), join(root, '*.none'), '-'], root), {
    names: ['-'],
    missing: [
      { name: 'none.xml', reason: 'no such file or folder' },
      { name: '*.none', reason: 'no such file or folder' },
    ],
  });
  const odd = join(root, '[1].xml');
  writeFileSync(odd, 'x');
  t.same((await names([odd], root)).names, ['[1].xml'], 'a file that is there is no glob');
  t.match((await expandInputs(['-'])).sources, [{ name: '-', path: undefined }]);
  await t.rejects(expandInputs(['-', '-']), { code: 'ERR_USAGE' });
});

t.test('deflated data is read to its exact end, wherever the pieces are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ length: fc.nat(70_000), seed: fc.nat(), level: fc.integer({ min: 0, max: 9 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.integer({ min: 1, max: 40_000 }),
      async (members, cut) => {
        const texts = members.map(({ length, seed }) =>
          Buffer.from(Array.from({ length }, (_, at) => (seed * at * at) & 31)),
        );
        const packed = Buffer.concat(texts.map((text, at) => gzipSync(text, { level: members[at]!.level })));
        const { inner, errors, warnings } = await unpackAll(packed, {}, cut);
        return (
          inner.in === Buffer.concat(texts).toString('latin1') &&
          Object.keys(errors).length === 0 &&
          warnings.length === 0
        );
      },
    ),
    { numRuns: 25 },
  );
});

t.test('little to read are only files whose sizes are known and small together', t => {
  const root = t.testdir({ a: 'x', b: '', folder: {} });
  const source = (name: string) => ({ name, path: join(root, name) });
  truncateSync(source('b').path, 8_000_000 - 1);
  t.equal(runLengthOf([source('a'), source('b')]), 'short');
  t.equal(runLengthOf([source('a'), source('b'), source('a')]), 'long');
  t.equal(runLengthOf([source('a')]), undefined, 'saying so takes longer than reading it');
  t.equal(runLengthOf([source('a'), { name: '-', path: undefined }]), undefined, 'a pipe may be of any length');
  t.equal(runLengthOf([source('folder')]), undefined);
  t.equal(runLengthOf([source('not-there')]), undefined);
  t.end();
});
