import type { ByteSource } from './byte-source.js';
import { endsInside, type PackedSource, sourceOfBlocks, type Tell, UnpackError } from './unpack-source.js';

/**
 * Zstandard (RFC 8878), all frames, with their checksums. The package zstddec holds the reference decoder as
 * WebAssembly; its own streaming loop never ends on damaged data, so the decoder is driven here. Windows of up to
 * 128 MiB are taken, as by the zstd command.
 */
export async function readZstd(packed: PackedSource, tell: Tell): Promise<ByteSource> {
  const decoder = await loadDecoder();
  const context = decoder.ZSTD_createDCtx();
  const inputAt = decoder.malloc(IN_BYTES);
  const outputAt = decoder.malloc(OUT_BYTES);
  // Two structs of three 32-bit fields each: address, size, position.
  const inBuffer = decoder.malloc(24);
  const outBuffer = inBuffer + 12;
  let inputLength = 0;
  let inputPosition = 0;
  let isAtFrame = true;
  let isDone = false;
  let isOpen = true;

  const next = async (): Promise<Uint8Array | undefined> => {
    while (!isDone) {
      if (inputPosition === inputLength) {
        const piece = await packed.takePiece(IN_BYTES);
        if (piece.length === 0) {
          if (!isAtFrame) throw endsInside('a zstd frame', packed.offset);
          return undefined;
        }
        new Uint8Array(decoder.memory.buffer).set(piece, inputAt);
        inputLength = piece.length;
        inputPosition = 0;
      }
      const block = step();
      if (block.length > 0) return block;
    }
    return undefined;
  };

  const step = (): Uint8Array => {
    const before = new Uint32Array(decoder.memory.buffer, inBuffer, 6);
    before.set([inputAt, inputLength, inputPosition, outputAt, OUT_BYTES, 0]);
    const result = decoder.ZSTD_decompressStream(context, outBuffer, inBuffer) | 0;
    const after = new Uint32Array(decoder.memory.buffer, inBuffer, 6);
    inputPosition = after[2]!;
    const block = new Uint8Array(decoder.memory.buffer).slice(outputAt, outputAt + after[5]!);
    if (result < 0 && result > -LAST_ERROR) fail(-result);
    else isAtFrame = result === 0;
    return block;
  };

  const fail = (code: number) => {
    const at = packed.offset - inputLength + inputPosition;
    if (isAtFrame && code === PREFIX_UNKNOWN) {
      isDone = true;
      tell('trailing-data', `what follows the zstd data at byte ${at} is no zstd data and is not read`);
      return;
    }
    if (code === WINDOW_TOO_LARGE) {
      throw new UnpackError(
        'form-not-read',
        'its zstd frames need more than 128 MiB of memory; use: zstd -dc --long=31 FILE | evpair -',
      );
    }
    if (code === DICTIONARY_WRONG) {
      throw new UnpackError(
        'form-not-read',
        'its zstd data needs a dictionary; use: zstd -dc -D DICTIONARY FILE | evpair -',
      );
    }
    throw new UnpackError(
      'damaged',
      code === CHECKSUM_WRONG
        ? `the zstd frame before byte ${at} does not have the checksum that it names`
        : `the zstd data is damaged near byte ${at}`,
    );
  };

  return sourceOfBlocks(next, () => {
    if (!isOpen) return;
    isOpen = false;
    decoder.ZSTD_freeDCtx(context);
    for (const address of [inputAt, outputAt, inBuffer]) decoder.free(address);
  });
}

const IN_BYTES = 128 * 1024;
const OUT_BYTES = 128 * 1024;

/** zstd_errors.h: codes are returned as their negative, all below 120. */
const LAST_ERROR = 120;
const PREFIX_UNKNOWN = 10;
const WINDOW_TOO_LARGE = 16;
const CHECKSUM_WRONG = 22;
const DICTIONARY_WRONG = 32;

interface Decoder {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(length: number): number;
  free(address: number): void;
  ZSTD_createDCtx(): number;
  ZSTD_freeDCtx(context: number): void;
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

let loaded: Promise<Decoder> | undefined;

function loadDecoder(): Promise<Decoder> {
  loaded ??= (async () => {
    const { ZSTDDecoder } = await import('zstddec/stream');
    const decoder = new ZSTDDecoder();
    let instance: { readonly exports: unknown } | undefined;
    const keep = decoder._init;
    decoder._init = result => {
      instance = result.instance;
      keep(result);
    };
    await decoder.init();
    // The names above are the exports of zstddec 0.3.4's module, which the test of zstd calls one and all.
    return instance!.exports as Decoder;
  })();
  return loaded;
}
