import { Uint32Column } from './column.js';
import { firstSlot, SlotTable } from './slot-table.js';

const CHUNK_BITS = 16;
const CHUNK_WORDS = 1 << CHUNK_BITS;
const HEAD_WORDS = 2;

/**
 * The tuples of `TuplePool` in JavaScript. Everything lies in chunks of typed arrays, so that a million distinct tuples cost
 * their numbers and little else.
 */
export class PlainTuples {
  /** Each tuple stands in one chunk: its id, its length, then its numbers. */
  readonly #chunks: Uint32Array[] = [];
  #free = CHUNK_WORDS;
  /** By id: the chunk in the high 16 bits, the place in it in the low ones. */
  readonly #places = new Uint32Column();
  /** To places: who finds a tuple looks at it at once, and nowhere else. */
  readonly #table = new SlotTable();

  get size(): number {
    return this.#places.length;
  }

  /** The id of the first `length` words; a new one if that tuple was not seen before. */
  intern(words: Uint32Array, length: number): number {
    return this.#internAt(hashOf(words, 0, length), words, 0, length);
  }

  /** Interns `count` tuples of `length` words each, one behind the other, and puts their ids into `ids`. */
  internAll(words: Uint32Array, length: number, count: number, ids: Uint32Array): void {
    for (let at = 0; at < count; at++) {
      const from = at * length;
      ids[at] = this.#internAt(hashOf(words, from, length), words, from, length);
    }
  }

  #internAt(hash: number, words: Uint32Array, from: number, length: number): number {
    const found = this.#look(hash, words, from, length);
    if (found >= 0) return found;
    this.#table.fill(hash, ~found, this.#append(words, from, length));
    return this.size - 1;
  }

  /** The id of the tuple; `~at` where there is none, with the free slot that the search for it ended at. */
  #look(hash: number, words: Uint32Array, from: number, length: number): number {
    const slots = this.#table.slots(hash);
    const mask = slots.length - 1;
    let at = firstSlot(hash, mask);
    for (; slots[at] !== 0; at = (at + 2) & mask) {
      if (slots[at + 1] !== hash) continue;
      const id = this.#idAt(slots[at]! - 1, words, from, length);
      if (id >= 0) return id;
    }
    return ~at;
  }

  /** The number at place `at` of tuple `id`. */
  at(id: number, at: number): number {
    const place = this.#places.get(id);
    return this.#chunks[place >>> CHUNK_BITS]![(place & (CHUNK_WORDS - 1)) + HEAD_WORDS + at]!;
  }

  /** The number at place `at` of each tuple, into the start of `column`. */
  copyColumn(at: number, column: Uint32Array): void {
    for (let id = 0; id < this.size; id++) column[id] = this.at(id, at);
  }

  lengthOf(id: number): number {
    const place = this.#places.get(id);
    return this.#chunks[place >>> CHUNK_BITS]![(place & (CHUNK_WORDS - 1)) + 1]!;
  }

  /** The id of the tuple at `place` if it is this one, else -1. */
  #idAt(place: number, words: Uint32Array, from: number, length: number): number {
    const chunk = this.#chunks[place >>> CHUNK_BITS]!;
    const start = place & (CHUNK_WORDS - 1);
    if (chunk[start + 1] !== length) return -1;
    for (let at = 0; at < length; at++) if (chunk[start + HEAD_WORDS + at] !== words[from + at]) return -1;
    return chunk[start]!;
  }

  /** Adds a tuple with the next id. @returns its place. */
  #append(words: Uint32Array, from: number, length: number): number {
    if (this.#free + length + HEAD_WORDS > CHUNK_WORDS) {
      this.#chunks.push(new Uint32Array(CHUNK_WORDS));
      this.#free = 0;
    }
    const chunk = this.#chunks.length - 1;
    const numbers = this.#chunks[chunk]!;
    numbers[this.#free] = this.size;
    numbers[this.#free + 1] = length;
    for (let at = 0; at < length; at++) numbers[this.#free + HEAD_WORDS + at] = words[from + at]!;
    const place = ((chunk << CHUNK_BITS) | this.#free) >>> 0;
    this.#places.push(place);
    this.#free += length + HEAD_WORDS;
    return place;
  }
}

function hashOf(words: Uint32Array, from: number, length: number): number {
  let hash = 0x9747b28c ^ length;
  for (let at = from; at < from + length; at++) {
    hash = Math.imul(hash ^ words[at]!, 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
