import { Crc32 } from '../../bytes/crc32.js';
import { RawInflater } from '../../stream/decompress.js';
import type { ByteSource } from './byte-source.js';
import { endsInside, type PackedSource, sourceOfBlocks, type Tell, UnpackError } from './unpack-source.js';

/**
 * gzip (RFC 1952), all members one after the other. Own framing round Node's inflate, since Node's gunzip drops what
 * follows the last member without a word. Each member's CRC-32 and length are checked; zeros at the end are padding.
 */
export function readGzip(packed: PackedSource, tell: Tell): ByteSource {
  let member: { readonly inflater: RawInflater; readonly crc: Crc32; length: number } | undefined;

  const next = async (): Promise<Uint8Array | undefined> => {
    for (;;) {
      if (member === undefined) {
        if (!(await hasMember(packed, tell))) return undefined;
        await takeHeader(packed);
        member = { inflater: new RawInflater(packed), crc: new Crc32(), length: 0 };
      }
      const chunk = await inflateNext(member.inflater, packed, 'the gzip data');
      if (chunk !== undefined) {
        member.crc.update(chunk);
        member.length += chunk.length;
        return chunk;
      }
      const trailer = viewOf(await packed.take(8, 'a gzip member'));
      if (trailer.getUint32(0, true) !== member.crc.value || trailer.getUint32(4, true) !== member.length % 2 ** 32) {
        throw new UnpackError(
          'damaged',
          `the gzip member that ends at byte ${packed.offset} does not have the checksum or length that it names`,
        );
      }
      member = undefined;
    }
  };
  return sourceOfBlocks(next, () => member?.inflater.close());
}

/** The inflater's next chunk, with an error that says where the damage stands. */
export async function inflateNext(
  inflater: RawInflater,
  packed: PackedSource,
  what: string,
): Promise<Uint8Array | undefined> {
  try {
    return await inflater.next();
  } catch (error) {
    if (error instanceof UnpackError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw endsInside(what, packed.offset);
    if (code?.startsWith('Z_') !== true) throw error;
    throw new UnpackError('damaged', `${what} is damaged before byte ${packed.offset} (${message})`);
  }
}

/** True before another member; tells of what is neither a member nor padding. */
async function hasMember(packed: PackedSource, tell: Tell): Promise<boolean> {
  for (;;) {
    const head = await packed.peek(3);
    if (head.length === 0) return false;
    if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return true;
    if (head[0] !== 0) {
      tell('trailing-data', `what follows the gzip data at byte ${packed.offset} is no gzip data and is not read`);
      return false;
    }
    await packed.skip(1);
  }
}

const HAS_HEADER_CRC = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;

async function takeHeader(packed: PackedSource): Promise<void> {
  const flags = (await packed.take(10, 'a gzip header'))[3]!;
  if (flags & HAS_EXTRA) {
    const length = viewOf(await packed.take(2, 'a gzip header')).getUint16(0, true);
    await packed.take(length, 'a gzip header');
  }
  if (flags & HAS_NAME) await skipString(packed);
  if (flags & HAS_COMMENT) await skipString(packed);
  if (flags & HAS_HEADER_CRC) await packed.take(2, 'a gzip header');
}

async function skipString(packed: PackedSource): Promise<void> {
  for (;;) {
    const bytes = await packed.peek(256);
    const end = bytes.indexOf(0);
    if (bytes.length === 0) throw endsInside('a gzip header', packed.offset);
    await packed.skip(end === -1 ? bytes.length : end + 1);
    if (end !== -1) return;
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
