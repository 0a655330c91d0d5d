import type { ArchiveVisitor } from './unpack-archive.js';
import { type PackedSource, SliceSource, UnpackError } from './unpack-source.js';

const BLOCK_BYTES = 512;

/** Names and extended headers longer than this are no honest ones. */
const MOST_NAME_BYTES = 1 << 20;

/**
 * tar: ustar, GNU and pax headers, old Unix ones. Read here, in 150 lines, since the streaming packages bring their own
 * streams and, of those, tar-stream seven megabytes of binaries for other runtimes. An archive that was appended to
 * another is read on (as by `tar -i`). Format: POSIX.1-2024 pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".
 */
export async function readTar(packed: PackedSource, archive: ArchiveVisitor): Promise<void> {
  let overruled: Overruled = {};
  let isBehindEnd = false;
  for (;;) {
    const offset = packed.offset;
    const block = await packed.peek(BLOCK_BYTES);
    if (block.length === 0) return;
    if (isZero(block)) {
      isBehindEnd = true;
      await packed.skip(block.length);
      continue;
    }
    const header = block.length === BLOCK_BYTES ? parseHeader(block) : undefined;
    if (header === undefined) {
      if (isBehindEnd) {
        archive.tell(
          'trailing-data',
          `what follows the tar archive at byte ${offset} is no tar archive and is not read`,
        );
        return;
      }
      throw new UnpackError('damaged', `no tar header stands at byte ${offset}`);
    }
    isBehindEnd = false;
    await packed.skip(BLOCK_BYTES);
    if (header.type === 'x' || header.type === 'L') {
      overruled = { ...overruled, ...(await takeOverruled(packed, header)) };
      continue;
    }
    archive.countEntry();
    const size = overruled.size ?? header.size;
    const name = overruled.name ?? header.name;
    const slice = new SliceSource(packed, hasData(header.type) ? size : 0);
    if (header.type === 'S' || overruled.isSparse === true) {
      await archive.refuse(name, 'the tar entry is a sparse file; unpack it (tar xf FILE) and give the files', size);
    } else if (isFile(header.type) && !name.endsWith('/')) {
      await archive.visit(name, slice, { isUnpacking: false });
    }
    overruled = {};
    if (archive.isStopped()) return;
    await skipWhole(packed, slice.left);
    // The last member's padding may be missing.
    await packed.skip((BLOCK_BYTES - (slice.size % BLOCK_BYTES)) % BLOCK_BYTES);
  }
}

interface Header {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

/** What extended headers say of the entry behind them. */
interface Overruled {
  readonly name?: string;
  readonly size?: number;
  readonly isSparse?: boolean;
}

/** Regular files: "0", the old NUL, contiguous "7". */
const isFile = (type: string) => type === '0' || type === '\0' || type === '7';

/** Links, devices and folders have no data, whatever their size says. */
const hasData = (type: string) => !'123456'.includes(type);

function parseHeader(block: Uint8Array): Header | undefined {
  const bytes = Buffer.from(block.buffer, block.byteOffset, BLOCK_BYTES);
  const size = numberAt(bytes, 124, 12);
  if (size === undefined || numberAt(bytes, 148, 8) !== checksumOf(bytes)) return undefined;
  const isUstar = bytes.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? textAt(bytes, 345, 155) : '';
  const name = textAt(bytes, 0, 100);
  return { name: prefix === '' ? name : `${prefix}/${name}`, size, type: bytes.toString('latin1', 156, 157) };
}

/** The sum of the header's bytes, its own field taken as spaces. */
function checksumOf(bytes: Buffer): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK_BYTES; at++) if (at < 148 || at >= 156) sum += bytes[at]!;
  return sum;
}

/** Octal digits, or GNU's base 256 when the first bit is set. */
function numberAt(bytes: Buffer, at: number, length: number): number | undefined {
  if (bytes[at] === 0x80) {
    let value = 0;
    for (const byte of bytes.subarray(at + 1, at + length)) value = value * 256 + byte;
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = /^ *([0-7]*)[ \0]*$/.exec(bytes.toString('latin1', at, at + length))?.[1];
  return digits === undefined ? undefined : Number.parseInt(`0${digits}`, 8);
}

function textAt(bytes: Buffer, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return textOf(end === -1 ? field : field.subarray(0, end));
}

/** Names are bytes: UTF-8 where they are valid. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? bytes.toString('latin1') : text;
}

async function takeOverruled(packed: PackedSource, header: Header): Promise<Overruled> {
  if (header.size > MOST_NAME_BYTES) {
    throw new UnpackError(
      'damaged',
      `the tar header before byte ${packed.offset} names ${header.size} bytes for a name`,
    );
  }
  const data = Buffer.from(await packed.take(header.size, 'a tar header'));
  await packed.skip((BLOCK_BYTES - (header.size % BLOCK_BYTES)) % BLOCK_BYTES);
  return header.type === 'L' ? { name: textAt(data, 0, data.length) } : paxOf(data);
}

/** Records "length key=value\n", the length in decimal and of the whole record. */
function paxOf(data: Buffer): Overruled {
  let found: Overruled = {};
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const length = space === -1 ? Number.NaN : Number.parseInt(data.toString('latin1', at, space), 10);
    if (!(length > space - at)) break;
    const record = data.subarray(space + 1, at + length - 1);
    const equals = record.indexOf(0x3d);
    const key = record.toString('latin1', 0, Math.max(equals, 0));
    const value = record.subarray(equals + 1);
    if (key === 'path') found = { ...found, name: textOf(value) };
    else if (key === 'size' && /^\d+$/.test(value.toString('latin1')))
      found = { ...found, size: Number(value.toString('latin1')) };
    else if (key.startsWith('GNU.sparse.')) found = { ...found, isSparse: true };
    at += length;
  }
  return found;
}

async function skipWhole(packed: PackedSource, length: number): Promise<void> {
  if ((await packed.skip(length)) < length) {
    throw new UnpackError('damaged', `the input ends at byte ${packed.offset}, inside a tar entry`);
  }
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every(byte => byte === 0);
}
