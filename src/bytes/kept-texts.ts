import type { SlicedBuffer } from './ascii-texts.js';
import type { GrowableMemory } from './byte-window.js';
import { LONGEST_KEPT, WasmMemory } from './window-memory.js';

/**
 * Turns UTF-8 bytes into text. Failures come in floods, and each pair's message is one long text over and over: one that
 * was seen before is compared with its bytes and not decoded again, and is the same string, so that what was made of it
 * is found again without a look at it. Where texts never repeat, only a hash is kept (`assembly/long-texts.ts`).
 */
export class KeptTexts {
  readonly #long8: (from: number, to: number) => number;
  /** One array for all who read the memory: what stands in it by which number is the memory's, and no one reader's. */
  readonly #texts: string[];

  /** Undefined where the bytes do not lie in WebAssembly memory: hashing them would cost what decoding does. */
  static of(memory: GrowableMemory): KeptTexts | undefined {
    return memory instanceof WasmMemory ? new KeptTexts(memory) : undefined;
  }

  private constructor(memory: WasmMemory) {
    this.#long8 = memory.scan.long8;
    this.#texts = memory.longTexts;
  }

  /** The text of `bytes[from, to)`, which is valid UTF-8 and stands in the memory that this was made for. */
  text(bytes: Buffer, from: number, to: number): string {
    const length = to - from;
    if (length < SHORTEST_KEPT || length > LONGEST_KEPT) return (bytes as SlicedBuffer).utf8Slice(from, to);
    const slot = this.slot(bytes, from, to);
    return slot < 0 ? (bytes as SlicedBuffer).utf8Slice(from, to) : this.#texts[slot]!;
  }

  /** The number of the same text, by which it is kept until another one takes its place; -1 when it is not kept. */
  slot(bytes: Buffer, from: number, to: number): number {
    const slot = this.#long8(from, to);
    if (slot < NEW) return slot;
    this.#texts[slot - NEW] = (bytes as SlicedBuffer).utf8Slice(from, to);
    return slot - NEW;
  }

  /** The text of a number that `slot` gave last. */
  at(slot: number): string {
    return this.#texts[slot]!;
  }
}

const SHORTEST_KEPT = 64;
/** As in `assembly/long-texts.ts`. */
const NEW = 0x10000;
