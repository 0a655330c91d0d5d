import { codePage, loadCodePage } from '../../bytes/code-pages.js';
import { Crc32 } from '../../bytes/crc32.js';
import { RawInflater } from '../../stream/decompress.js';
import type { ByteSource } from './byte-source.js';
import type { ArchiveVisitor } from './unpack-archive.js';
import { inflateNext, viewOf } from './unpack-gzip.js';
import { PackedSource, SliceSource, sourceOfBlocks, type Tell, UnpackError } from './unpack-source.js';

/**
 * zip, from its first entry to its directory, so that it can come from a pipe or lie in another archive. (fflate's
 * streaming Unzip finds the end of an entry of unknown length by searching for a mark, which data may hold, and checks
 * no checksum.) Format: PKWARE APPNOTE 6.3, sections 4.3 to 4.5.
 */
export async function readZip(packed: PackedSource, archive: ArchiveVisitor): Promise<void> {
  // "PK00" or the spanning mark may stand before the first entry of an archive that was meant to be split (8.5.4).
  const first = await signature(packed);
  if (first === SPANNED || first === SPANNED_TEMPORARY) await packed.skip(4);
  for (;;) {
    const offset = packed.offset;
    const mark = await signature(packed);
    if (mark !== LOCAL_HEADER) {
      if (ENDINGS.has(mark)) return;
      throw new UnpackError('damaged', `neither a zip entry nor the zip directory stands at byte ${offset}`);
    }
    const entry = await takeLocalHeader(packed);
    archive.countEntry();
    if (entry.name.endsWith('/')) {
      await packed.skip(entry.packedBytes);
      continue;
    }
    await readEntry(packed, entry, archive);
    if (archive.isStopped()) return;
  }
}

const LOCAL_HEADER = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const SPANNED = DESCRIPTOR;
const SPANNED_TEMPORARY = 0x30304b50;
/** Directory entry, end of directory, its 64-bit forms, archive extra data, digital signature. */
const ENDINGS: ReadonlySet<number> = new Set([0x02014b50, 0x06054b50, 0x06064b50, 0x07064b50, 0x08064b50, 0x05054b50]);

const IS_ENCRYPTED = 1 << 0;
const HAS_DESCRIPTOR = 1 << 3;
const IS_UTF8 = 1 << 11;

const STORED = 0;
const DEFLATED = 8;
const METHODS: ReadonlyMap<number, string> = new Map([
  [1, 'Shrink'],
  [6, 'Implode'],
  [9, 'Deflate64'],
  [12, 'bzip2'],
  [14, 'LZMA'],
  [93, 'Zstandard'],
  [95, 'xz'],
  [98, 'PPMd'],
]);

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** True when lengths and checksum stand behind the data only. */
  readonly isOpenEnded: boolean;
}

async function signature(packed: PackedSource): Promise<number> {
  const bytes = await packed.peek(4);
  return bytes.length < 4 ? 0 : viewOf(bytes).getUint32(0, true);
}

async function takeLocalHeader(packed: PackedSource): Promise<Entry> {
  const head = Uint8Array.from(await packed.take(30, 'a zip entry'));
  const view = viewOf(head);
  const nameLength = view.getUint16(26, true);
  const rest = await packed.take(nameLength + view.getUint16(28, true), 'a zip entry');
  const flags = view.getUint16(6, true);
  const lengths = lengthsOf(view, rest.subarray(nameLength));
  return {
    name: await nameOf(Buffer.from(rest.subarray(0, nameLength)), (flags & IS_UTF8) !== 0),
    flags,
    method: view.getUint16(8, true),
    crc: view.getUint32(14, true),
    ...lengths,
    isOpenEnded: (flags & HAS_DESCRIPTOR) !== 0 && lengths.packedBytes === 0,
  };
}

/** The lengths, from the ZIP64 extra field (4.5.3) where the 32-bit ones say so. */
function lengthsOf(header: DataView, extra: Uint8Array): { packedBytes: number; unpackedBytes: number } {
  let packedBytes = header.getUint32(18, true);
  let unpackedBytes = header.getUint32(22, true);
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = view.getUint16(at + 2, true);
    let field = at + 4;
    const end = Math.min(field + length, extra.length);
    if (view.getUint16(at, true) === 1) {
      const take = (now: number) => {
        if (now !== 0xffffffff || field + 8 > end) return now;
        field += 8;
        return Number(view.getBigUint64(field - 8, true));
      };
      unpackedBytes = take(unpackedBytes);
      packedBytes = take(packedBytes);
    }
    at = end;
  }
  return { packedBytes, unpackedBytes };
}

/** UTF-8 where the entry says so or where it is valid; else code page 437, as the format has it (appendix D). */
async function nameOf(bytes: Buffer, isUtf8: boolean): Promise<string> {
  const text = bytes.toString('utf8');
  if (isUtf8 || !text.includes('\ufffd')) return text;
  await loadCodePage('cp437');
  return codePage('cp437')(bytes);
}

async function readEntry(packed: PackedSource, entry: Entry, archive: ArchiveVisitor): Promise<void> {
  const refusal = refusalOf(entry);
  if (refusal !== undefined) {
    if (entry.isOpenEnded) {
      await archive.refuse(entry.name, refusal, 0);
      throw new UnpackError(
        'damaged',
        `the zip entry that ends after byte ${packed.offset} tells its length nowhere before, so that those behind it cannot be found`,
      );
    }
    await archive.refuse(entry.name, refusal, entry.packedBytes);
    await skipWhole(packed, entry.packedBytes);
    await skipDescriptor(packed, entry);
    return;
  }
  if (entry.isOpenEnded) {
    const isStored = entry.method === STORED;
    const source = isStored ? openEndedStored(packed) : openEndedDeflate(packed);
    try {
      await archive.visit(entry.name, source, { isUnpacking: !isStored });
      if (!archive.isStopped()) await drain(source);
    } finally {
      source.close();
    }
    return;
  }
  const slice = new SliceSource(packed, entry.packedBytes);
  const isStored = entry.method === STORED;
  const source = sizedSource(slice, entry, async () =>
    isStored ? slice : unpackSlice(slice, entry.method, archive.tell),
  );
  try {
    await archive.visit(entry.name, source, { isUnpacking: !isStored });
  } finally {
    source.close();
  }
  if (!archive.isStopped()) {
    await skipWhole(packed, slice.left);
    await skipDescriptor(packed, entry);
  }
}

function refusalOf(entry: Entry): string | undefined {
  if ((entry.flags & IS_ENCRYPTED) !== 0 || entry.method === 99) {
    return 'the zip entry is encrypted; unpack it with its password (7z x FILE) and give the files';
  }
  const isRead =
    [STORED, DEFLATED].includes(entry.method) || ([12, 93, 95].includes(entry.method) && !entry.isOpenEnded);
  if (isRead) return undefined;
  const method = METHODS.get(entry.method) ?? `number ${entry.method}`;
  return `the zip entry is packed by the method ${method}, which evpair does not read; unpack it (7z x FILE) and give the files`;
}

/** Unpacks a slice of known length. */
async function unpackSlice(slice: SliceSource, method: number, tell: Tell): Promise<ByteSource> {
  const packed = new PackedSource(slice);
  if (method === 12) return (await import('./unpack-bzip2.js')).readBzip2(packed, tell);
  if (method === 93) return (await import('./unpack-zstd.js')).readZstd(packed, tell);
  if (method === 95) return (await import('./unpack-xz.js')).readXz(packed, tell);
  const inflater = new RawInflater(packed);
  return sourceOfBlocks(
    () => inflateNext(inflater, packed, 'the zip entry'),
    () => inflater.close(),
  );
}

/** An entry that told its lengths and checksum beforehand, opened at the first read and checked at its end. */
function sizedSource(slice: SliceSource, entry: Entry, open: () => Promise<ByteSource>): ByteSource {
  const crc = new Crc32();
  let source: ByteSource | undefined;
  let length = 0;
  return {
    size: entry.unpackedBytes,
    async read(room) {
      source ??= await open();
      const read = await source.read(room);
      length += read;
      crc.update(room.subarray(0, read));
      // With a descriptor behind the data the header's checksum may be 0.
      const isUnchecked = (entry.flags & HAS_DESCRIPTOR) !== 0 && entry.crc === 0;
      if (
        read === 0 &&
        room.length > 0 &&
        (length !== entry.unpackedBytes || (!isUnchecked && crc.value !== entry.crc))
      ) {
        throw wrongChecksum();
      }
      return read;
    },
    close: () => (source ?? slice).close(),
  };
}

/** Deflated data ends by itself; its lengths and checksum follow. */
function openEndedDeflate(packed: PackedSource): ByteSource {
  const crc = new Crc32();
  const inflater = new RawInflater(packed);
  let length = 0;
  return sourceOfBlocks(
    async () => {
      const chunk = await inflateNext(inflater, packed, 'the zip entry');
      if (chunk !== undefined) {
        crc.update(chunk);
        length += chunk.length;
        return chunk;
      }
      const described = descriptorLength(await packed.peek(24), crc.value, inflater.packedBytes, length);
      if (described === 0) {
        // Behind a descriptor of the usual form the next entry can be read all the same.
        if ((await signature(packed)) === DESCRIPTOR) await packed.skip(16);
        throw wrongChecksum();
      }
      await packed.skip(described);
      return undefined;
    },
    () => inflater.close(),
  );
}

/**
 * Stored data of unknown length ends at a descriptor that names the very checksum and length of what stands before it:
 * that this happens by chance, in a stored inner zip for example, takes 2^96 bytes.
 */
function openEndedStored(packed: PackedSource): ByteSource {
  const crc = new Crc32();
  let length = 0;
  return sourceOfBlocks(async () => {
    for (;;) {
      const ahead = await packed.peek(64 * 1024);
      const mark = Buffer.from(ahead.buffer, ahead.byteOffset, ahead.length).indexOf('PK\x07\x08');
      if (mark === 0) {
        const described = descriptorLength(ahead.subarray(0, 24), crc.value, length, length);
        if (described > 0) {
          await packed.skip(described);
          return undefined;
        }
      }
      const isLast = ahead.length < 64 * 1024;
      if (isLast && mark <= 0) {
        throw new UnpackError(
          'damaged',
          `the zip entry that ends after byte ${packed.offset} tells its length nowhere`,
        );
      }
      const taken = mark > 0 ? mark : mark === 0 ? 1 : ahead.length - 3;
      const chunk = Uint8Array.from(await packed.take(taken, 'a zip entry'));
      crc.update(chunk);
      length += chunk.length;
      return chunk;
    }
  });
}

/** How long the data descriptor (4.3.9) is that stands here: with or without mark, 32 or 64 bits; 0: none fits. */
function descriptorLength(bytes: Uint8Array, crc: number, packedBytes: number, unpackedBytes: number): number {
  const view = viewOf(bytes);
  for (const start of [4, 0]) {
    if (start === 4 && (bytes.length < 4 || view.getUint32(0, true) !== DESCRIPTOR)) continue;
    for (const width of [4, 8]) {
      const length = start + 4 + 2 * width;
      if (bytes.length < length || view.getUint32(start, true) !== crc) continue;
      const number = (at: number) => (width === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true)));
      const limit = width === 4 ? 2 ** 32 : Number.MAX_SAFE_INTEGER;
      if (number(start + 4) !== packedBytes % limit) continue;
      if (number(start + 4 + width) === unpackedBytes % limit) return length;
    }
  }
  return 0;
}

/** Behind data whose length was known a descriptor may stand all the same; another header begins with "PK". */
async function skipDescriptor(packed: PackedSource, entry: Entry): Promise<void> {
  if ((entry.flags & HAS_DESCRIPTOR) === 0) return;
  const bytes = await packed.peek(24);
  if (bytes.length < 4) return;
  const crc =
    viewOf(bytes).getUint32(0, true) === DESCRIPTOR
      ? viewOf(bytes.subarray(4)).getUint32(0, true)
      : viewOf(bytes).getUint32(0, true);
  await packed.skip(descriptorLength(bytes, crc, entry.packedBytes, entry.unpackedBytes));
}

async function skipWhole(packed: PackedSource, length: number): Promise<void> {
  if ((await packed.skip(length)) < length) {
    throw new UnpackError('damaged', `the input ends at byte ${packed.offset}, inside a zip entry`);
  }
}

async function drain(source: ByteSource): Promise<void> {
  const room = new Uint8Array(64 * 1024);
  while ((await source.read(room)) > 0);
}

function wrongChecksum(): UnpackError {
  return new UnpackError('damaged', 'the zip entry does not have the length or checksum that it names');
}
