/// <reference path="./unpack-bzip2-block.d.ts" />
import type { ByteSource } from './byte-source.js';
import { endsInside, type PackedSource, sourceOfBlocks, type Tell, UnpackError } from './unpack-source.js';

/**
 * bzip2, all streams one after the other, block by block, with the checksum of each block and stream. A block that is
 * cut short or fails its checksum gives nothing; those before it are read. The decoder of a block is the package
 * unbzip2-stream's, whose own stream keeps a number for each byte of a block.
 */
export async function readBzip2(packed: PackedSource, tell: Tell): Promise<ByteSource> {
  const { default: bzip2 } = await import('unbzip2-stream/lib/bzip2.js');
  const output = new GrowingBytes();
  /** The bits of the next byte that belong to what was read. */
  let usedBits = 0;
  let scratch: Int32Array | undefined;
  let checksum = 0;

  const next = async (): Promise<Uint8Array | undefined> => {
    for (;;) {
      if (scratch === undefined) {
        if (!(await hasStream(packed, tell))) return undefined;
        const level = (await packed.take(4, 'a bzip2 header'))[3]! - 0x30;
        // Sets up the tables that all blocks share.
        bzip2.header(bitsOf(HEADER_OF_LEVEL_9, 0).read);
        scratch = new Int32Array(level * 100_000);
        checksum = 0;
      }
      const bytes = await packed.peek(MOST_BLOCK_BYTES);
      const bits = bitsOf(bytes, usedBits);
      output.length = 0;
      let result: number | null;
      try {
        result = bzip2.decompress(bits.read, output.push, scratch, scratch.length, checksum);
      } catch (error) {
        if (error === END_OF_BITS) throw endsInside('a bzip2 block', packed.offset + bytes.length);
        throw new UnpackError(
          'damaged',
          `the bzip2 block at byte ${packed.offset} is damaged or its checksum is wrong`,
        );
      }
      usedBits = bits.usedBits();
      await packed.skip(bits.usedBytes());
      if (result === null) scratch = undefined;
      else {
        checksum = result;
        return output.copy();
      }
    }
  };
  return sourceOfBlocks(next);
}

const HEADER_OF_LEVEL_9 = Uint8Array.from(Buffer.from('BZh9'));

/** No block is longer: it has at most 32,767 groups of 50 symbols of 20 bits each, and its tables. */
const MOST_BLOCK_BYTES = 32_767 * 50 * 2.5 + 65_536;

const END_OF_BITS = new Error('no more bits');

async function hasStream(packed: PackedSource, tell: Tell): Promise<boolean> {
  const head = await packed.peek(4);
  if (head.length === 0) return false;
  if (head[0] === 0x42 && head[1] === 0x5a && head[2] === 0x68 && head[3]! >= 0x31 && head[3]! <= 0x39) return true;
  tell('trailing-data', `what follows the bzip2 data at byte ${packed.offset} is no bzip2 data and is not read`);
  return false;
}

/** Reads `bytes` as bits, the highest of a byte first, from bit `from`; `read(null)` goes on to the next whole byte. */
function bitsOf(bytes: Uint8Array, from: number) {
  let at = 0;
  let used = from;
  return {
    usedBytes: () => at,
    usedBits: () => used,
    read(count: number | null): number {
      if (count === null) {
        if (used > 0) at += 1;
        used = 0;
        return 0;
      }
      let value = 0;
      let wanted = count;
      while (wanted > 0) {
        if (at >= bytes.length) throw END_OF_BITS;
        const taken = Math.min(wanted, 8 - used);
        value = (value << taken) | ((bytes[at]! >> (8 - used - taken)) & ((1 << taken) - 1));
        used += taken;
        wanted -= taken;
        if (used === 8) {
          used = 0;
          at += 1;
        }
      }
      return value;
    },
  };
}

/** A block's output: 900,000 bytes as a rule, up to 46 million where runs were packed. */
class GrowingBytes {
  #bytes = new Uint8Array(1 << 20);
  length = 0;

  readonly push = (byte: number): void => {
    if (this.length === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.length++] = byte;
  };

  copy(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}
