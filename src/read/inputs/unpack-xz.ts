import type { ByteSource } from './byte-source.js';
import { endsInside, type PackedSource, sourceOfBlocks, type Tell, UnpackError } from './unpack-source.js';

/**
 * xz, all streams one after the other, with their CRC-32 or CRC-64. The package xz-decompress holds xz-embedded (by the
 * authors of xz) as WebAssembly; it is driven here, since the package's own stream allows one file at a time, so that
 * an .xz in a .tar.xz would wait for itself for ever, and drops what came out before damage.
 */
export async function readXz(packed: PackedSource, tell: Tell): Promise<ByteSource> {
  const decoder = await newDecoder();
  const context = decoder.create_context();
  const fields = () => new Uint32Array(decoder.memory.buffer, context, 6);
  const bufferBytes = fields()[BUFFER_BYTES]!;
  let isAtEnd = false;
  let isDone = false;
  let idle = 0;

  const next = async (): Promise<Uint8Array | undefined> => {
    while (!isDone) {
      if (fields()[IN_POSITION] === fields()[IN_LENGTH]) {
        const piece = await packed.takePiece(bufferBytes);
        isAtEnd = piece.length === 0;
        new Uint8Array(decoder.memory.buffer).set(piece, fields()[IN_ADDRESS]!);
        decoder.supply_input(context, piece.length);
      }
      const block = step();
      if (block.length > 0) return block;
      if (isAtEnd && !isDone && ++idle > 2) throw endsInside('the xz data', packed.offset);
    }
    return undefined;
  };

  const step = (): Uint8Array => {
    fields()[OUT_POSITION] = 0;
    const result = decoder.get_next_output(context);
    const after = fields();
    const from = after[OUT_ADDRESS]!;
    const block = new Uint8Array(decoder.memory.buffer).slice(from, from + after[OUT_POSITION]!);
    const at = packed.offset - after[IN_LENGTH]! + after[IN_POSITION]!;
    if (result === STREAM_END) isDone = true;
    else if (result === FORMAT_ERROR) {
      isDone = true;
      tell('trailing-data', `what follows the xz data before byte ${at} is no xz data and is not read`);
    } else if (result !== OK) failure = failureOf(result, at, isAtEnd);
    if (block.length === 0 && failure !== undefined) throw failure;
    return block;
  };
  let failure: UnpackError | undefined;

  return sourceOfBlocks(async () => {
    if (failure !== undefined) throw failure;
    return next();
  });
}

// The context's first six 32-bit fields, and xz-embedded's results (xz.h).
const BUFFER_BYTES = 0;
const IN_ADDRESS = 1;
const IN_POSITION = 2;
const IN_LENGTH = 3;
const OUT_ADDRESS = 4;
const OUT_POSITION = 5;
const OK = 0;
const STREAM_END = 1;
const MEMORY_LIMIT = 4;
const FORMAT_ERROR = 5;
const OPTIONS_ERROR = 6;

function failureOf(result: number, at: number, isAtEnd: boolean): UnpackError {
  if (result === OPTIONS_ERROR || result === MEMORY_LIMIT) {
    return new UnpackError(
      'form-not-read',
      'its xz data uses a filter, a checksum (SHA-256) or a dictionary (over 64 MiB) that is not read; use: xz -dc FILE | evpair -',
    );
  }
  if (isAtEnd) return endsInside('the xz data', at);
  return new UnpackError('damaged', `the xz data is damaged, or its checksum is wrong, before byte ${at}`);
}

interface Decoder {
  readonly memory: { readonly buffer: ArrayBuffer };
  create_context(): number;
  supply_input(context: number, length: number): void;
  get_next_output(context: number): number;
}

/** An instance of its own for each input: its memory goes with it. */
async function newDecoder(): Promise<Decoder> {
  const { default: xz } = await import('xz-decompress');
  // What xz-decompress 0.2.3 keeps on its class; the test of xz calls all of it.
  const held = xz.XzReadableStream as unknown as {
    _getModuleInstance(): Promise<void>;
    _moduleInstance: { readonly exports: Decoder };
  };
  await held._getModuleInstance();
  return held._moduleInstance.exports;
}
