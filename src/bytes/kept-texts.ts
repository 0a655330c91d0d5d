import type { SlicedBuffer } from './ascii-texts.js';
import type { GrowableMemory } from './byte-window.js';
import { WasmMemory } from './window-memory.js';

/**
 * Turns UTF-8 bytes into text. Failures come in floods, and each pair's message is one long text over and over: one that
 * was seen before is compared with its bytes and not decoded again, and is the same string, so that what was made of it
 * is found again without a look at it. Where texts never repeat, only a hash is kept.
 */
export class KeptTexts {
  readonly #hash: (from: number, to: number) => number;
  readonly #kept = new Array<KeptText | undefined>(SLOTS).fill(undefined);
  readonly #hashes = new Int32Array(SLOTS);

  /** Undefined where the bytes do not lie in WebAssembly memory: hashing them would cost what decoding does. */
  static of(memory: GrowableMemory): KeptTexts | undefined {
    return memory instanceof WasmMemory ? new KeptTexts(memory.scan.hash8) : undefined;
  }

  private constructor(hash: (from: number, to: number) => number) {
    this.#hash = hash;
  }

  /** The text of `bytes[from, to)`, which is valid UTF-8 and stands in the memory that this was made for. */
  text(bytes: Buffer, from: number, to: number): string {
    const length = to - from;
    if (length < SHORTEST_KEPT || length > LONGEST_KEPT) return (bytes as SlicedBuffer).utf8Slice(from, to);
    const hash = this.#hash(from, to) | 0;
    const slot = hash & (SLOTS - 1);
    const kept = this.#kept[slot];
    if (kept !== undefined && kept.hash === hash && bytes.compare(kept.bytes, 0, kept.bytes.length, from, to) === 0) {
      return kept.text;
    }
    const text = (bytes as SlicedBuffer).utf8Slice(from, to);
    if (this.#hashes[slot] === hash) this.#kept[slot] = { hash, bytes: Buffer.from(bytes.subarray(from, to)), text };
    this.#hashes[slot] = hash;
    return text;
  }
}

interface KeptText {
  readonly hash: number;
  readonly bytes: Buffer;
  readonly text: string;
}

/** At most 512 texts of 4 KiB are kept: 2 MiB, and as much again as strings. */
const SLOTS = 512;
const SHORTEST_KEPT = 64;
const LONGEST_KEPT = 4096;
