import type { ReadItem } from '../../model/index.js';
import { type ByteSource, PeekableSource } from './byte-source.js';
import { type ArchiveReader, readArchive } from './unpack-archive.js';
import { UnpackBudget } from './unpack-limits.js';
import { emitWhole, type Layer, type Nest, tellInto, type UnpackedInput, type UnpackOptions } from './unpack-nest.js';
import { PackedSource, type Tell, type UnpackError } from './unpack-source.js';

/**
 * Takes all packing off an input, by its first bytes and never by its name, and hands on each input inside: a plain file
 * and a compressed one as themselves, an archive's members one after the other, nested packing too. What is no input
 * (a form of packing that is not read, an encrypted member, a limit, an archive that breaks) is emitted, with a report.
 * Decoders are loaded when their mark is seen: a plain file pays for looking at 512 bytes.
 */
export async function unpack(
  source: ByteSource,
  name: string,
  options: UnpackOptions,
  visit: (input: UnpackedInput) => Promise<void>,
  emit: (item: ReadItem) => void,
): Promise<void> {
  const nest: Nest = {
    budget: new UnpackBudget(options.limits),
    options,
    visit,
    emit,
    unpackLayer: layer => unpackLayer(layer, nest),
  };
  const hashed = options.hashed?.(source);
  const outermost = new PeekableSource(nest.budget.counting(hashed ?? source));
  await unpackLayer(
    { source: outermost, name, depth: 1, warnings: [], sha256: hashed && (() => hashed.sha256()) },
    nest,
  );
}

async function unpackLayer(layer: Layer, nest: Nest): Promise<void> {
  const packing = packingOf(await layer.source.peek(HEAD_BYTES));
  if (packing === undefined) return nest.visit(layer);
  if ('hint' in packing) {
    return emitWhole(layer, nest, 'form-not-read', `this is ${packing.what}. ${packing.hint}`, layer.source.size ?? 0);
  }
  try {
    nest.budget.checkDepth(layer.depth);
  } catch (error) {
    return emitWhole(layer, nest, 'limit', (error as UnpackError).message, 0);
  }
  const packed = new PackedSource(layer.source);
  if ('members' in packing) return readArchive(packing.format, await packing.members(), packed, layer, nest);

  const tell = tellInto(layer.warnings, layer.name);
  const inner = nest.budget.limited(await packing.open(packed, tell));
  try {
    await unpackLayer({ ...layer, source: new PeekableSource(inner), depth: layer.depth + 1 }, nest);
  } finally {
    inner.close();
  }
}

/** Enough for tar, whose mark stands at byte 257 and whose header is checked whole. */
const HEAD_BYTES = 512;

type Packing =
  | { readonly marks: Marks; readonly open: (packed: PackedSource, tell: Tell) => Promise<ByteSource> }
  | { readonly marks: Marks; readonly format: string; readonly members: () => Promise<ArchiveReader> }
  | { readonly marks: Marks; readonly what: string; readonly hint: string };

type Marks = (head: Buffer) => boolean;

const startsWith =
  (...marks: readonly string[]): Marks =>
  head =>
    marks.some(mark => head.subarray(0, mark.length).equals(Buffer.from(mark, 'latin1')));

const SEVEN_ZIP_HINT = 'Unpack it with 7-Zip and give the files, or use: 7z e -so FILE | evpair -';

/** The forms of packing by their first bytes; a zip that is a document stands before zip. To add one: a row here. */
const PACKINGS: readonly Packing[] = [
  {
    marks: startsWith('\x1f\x8b\x08'),
    open: async (packed, tell) => (await import('./unpack-gzip.js')).readGzip(packed, tell),
  },
  {
    // A frame, or a skippable frame such as pzstd writes first.
    marks: head =>
      startsWith('\x28\xb5\x2f\xfd')(head) || (head.length >= 8 && (head.readUInt32LE(0) & ~15) === 0x184d2a50),
    open: async (packed, tell) => (await import('./unpack-zstd.js')).readZstd(packed, tell),
  },
  {
    // A block, or the end of a stream that holds none.
    marks: head =>
      startsWith('BZh')(head) && ['314159265359', '177245385090'].includes(head.subarray(4, 10).toString('hex')),
    open: async (packed, tell) => (await import('./unpack-bzip2.js')).readBzip2(packed, tell),
  },
  {
    marks: startsWith('\xfd7zXZ\0'),
    open: async (packed, tell) => (await import('./unpack-xz.js')).readXz(packed, tell),
  },
  {
    marks: head => startsWith('PK\x03\x04')(head) && startsWith('[Content_Types].xml')(head.subarray(30)),
    what: 'an Office document',
    hint: 'Save the sheet as CSV.',
  },
  {
    marks: startsWith('PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08PK\x03\x04', 'PK00PK\x03\x04'),
    format: 'zip',
    members: async () => (await import('./unpack-zip.js')).readZip,
  },
  { marks: startsWith('7z\xbc\xaf\x27\x1c'), what: 'a 7z archive', hint: SEVEN_ZIP_HINT },
  { marks: startsWith('Rar!\x1a\x07'), what: 'a RAR archive', hint: SEVEN_ZIP_HINT },
  { marks: startsWith('MSCF\0\0\0\0'), what: 'a cabinet', hint: SEVEN_ZIP_HINT },
  { marks: startsWith('\x1f\x9d'), what: 'a file packed by compress', hint: 'Use: gzip -dc FILE | evpair -' },
  { marks: startsWith('\x04\x22\x4d\x18'), what: 'a file packed by lz4', hint: 'Use: lz4 -dc FILE | evpair -' },
  {
    marks: startsWith('\x5d\0\0'),
    what: 'a file packed by lzma',
    hint: 'Use: xz --format=lzma -dc FILE | evpair -',
  },
  {
    marks: head => isTarHeader(head),
    format: 'tar',
    members: async () => (await import('./unpack-tar.js')).readTar,
  },
];

/** Whether the first bytes show packing of any kind. */
export function isPacked(head: Uint8Array): boolean {
  return packingOf(head.subarray(0, HEAD_BYTES)) !== undefined;
}

function packingOf(head: Uint8Array): Packing | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  return PACKINGS.find(packing => packing.marks(bytes));
}

/** A cheap look at 512 bytes for what may be a tar header: its own checksum, in octal digits. */
function isTarHeader(head: Buffer): boolean {
  if (head.length < 512 || head[0] === 0) return false;
  const digits = /^ *([0-7]{1,7})[ \0]/.exec(head.toString('latin1', 148, 156))?.[1];
  if (digits === undefined) return false;
  let sum = 8 * 0x20;
  for (let at = 0; at < 512; at++) if (at < 148 || at >= 156) sum += head[at]!;
  return Number.parseInt(digits, 8) === sum;
}
