import { Uint32Column } from './column.js';
import { firstSlot, SlotTable } from './slot-table.js';

const CHUNK_BITS = 16;
const CHUNK_WORDS = 1 << CHUNK_BITS;

/**
 * Interns tuples of whole numbers below 2^32: equal tuples get one id, counted from 0. Everything lies in chunks of
 * typed arrays, so that a million distinct tuples cost their numbers and little else. A tuple holds at most 65,535.
 */
export class TuplePool {
  /** Each tuple stands in one chunk: its length, then its numbers. */
  readonly #chunks: Uint32Array[] = [];
  #free = CHUNK_WORDS;
  /** By id: the chunk in the high 16 bits, the place in it in the low ones. */
  readonly #places = new Uint32Column();
  readonly #table = new SlotTable();

  get size(): number {
    return this.#places.length;
  }

  /** The id of the first `length` words; a new one if that tuple was not seen before. */
  intern(words: Uint32Array, length: number): number {
    const hash = hashOf(words, length);
    const slots = this.#table.slots(hash);
    const mask = slots.length - 1;
    let at = firstSlot(hash, mask);
    for (; slots[at] !== 0; at = (at + 2) & mask) {
      if (slots[at + 1] === hash && this.#equals(slots[at]! - 1, words, length)) return slots[at]! - 1;
    }
    const id = this.#append(words, length);
    this.#table.fill(hash, at, id);
    return id;
  }

  /** The id of the tuple, or -1. */
  find(words: Uint32Array, length: number): number {
    const hash = hashOf(words, length);
    const slots = this.#table.slots(hash);
    const mask = slots.length - 1;
    for (let at = firstSlot(hash, mask); slots[at] !== 0; at = (at + 2) & mask) {
      if (slots[at + 1] === hash && this.#equals(slots[at]! - 1, words, length)) return slots[at]! - 1;
    }
    return -1;
  }

  /** The number at place `at` of tuple `id`. */
  at(id: number, at: number): number {
    const place = this.#places.get(id);
    return this.#chunks[place >>> CHUNK_BITS]![(place & (CHUNK_WORDS - 1)) + 1 + at]!;
  }

  lengthOf(id: number): number {
    const place = this.#places.get(id);
    return this.#chunks[place >>> CHUNK_BITS]![place & (CHUNK_WORDS - 1)]!;
  }

  #equals(id: number, words: Uint32Array, length: number): boolean {
    const place = this.#places.get(id);
    const chunk = this.#chunks[place >>> CHUNK_BITS]!;
    const start = place & (CHUNK_WORDS - 1);
    if (chunk[start] !== length) return false;
    for (let at = 0; at < length; at++) if (chunk[start + 1 + at] !== words[at]) return false;
    return true;
  }

  #append(words: Uint32Array, length: number): number {
    if (this.#free + length + 1 > CHUNK_WORDS) {
      this.#chunks.push(new Uint32Array(CHUNK_WORDS));
      this.#free = 0;
    }
    const chunk = this.#chunks.length - 1;
    const numbers = this.#chunks[chunk]!;
    numbers[this.#free] = length;
    for (let at = 0; at < length; at++) numbers[this.#free + 1 + at] = words[at]!;
    this.#places.push(((chunk << CHUNK_BITS) | this.#free) >>> 0);
    this.#free += length + 1;
    return this.size - 1;
  }
}

function hashOf(words: Uint32Array, length: number): number {
  let hash = 0x9747b28c ^ length;
  for (let at = 0; at < length; at++) {
    hash = Math.imul(hash ^ words[at]!, 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
