import { createFastTuples, type FastTuples, NO_TUPLE } from './fast-tuples.js';
import { PlainTuples } from './plain-tuples.js';

/**
 * Interns tuples of whole numbers below 2^32: equal tuples get one id, counted from 0. A tuple holds at most 65,534. Where
 * many come together, WebAssembly takes them, as long as it has memory.
 */
export class TuplePool {
  #fast: FastTuples | undefined;
  /** All tuples, or those for which the fast ones had no room: their ids go on from there. */
  #plain = new PlainTuples();
  /** So many are moved to the fast ones, once. */
  #many: number;
  readonly #id = new Uint32Array(1);

  /** @param many so many tuples are worth the start of WebAssembly. */
  constructor(many = MANY) {
    this.#many = many;
  }

  get size(): number {
    return this.#firstPlain + this.#plain.size;
  }

  /** The id of the first `length` words; a new one if that tuple was not seen before. */
  intern(words: Uint32Array, length: number): number {
    if (this.#fast === undefined) return this.#plain.intern(words, length);
    this.#internFast(this.#fast, words, length, 1, this.#id);
    return this.#id[0]!;
  }

  /** Interns `count` tuples of `length` words each, one behind the other, and puts their ids into `ids`. */
  internAll(words: Uint32Array, length: number, count: number, ids: Uint32Array): void {
    if (this.#plain.size >= this.#many) this.#moveToFast();
    if (this.#fast === undefined) this.#plain.internAll(words, length, count, ids);
    else this.#internFast(this.#fast, words, length, count, ids);
  }

  /** The number at place `at` of tuple `id`. */
  at(id: number, at: number): number {
    const plain = id - this.#firstPlain;
    return plain < 0 ? this.#fast!.at(id, at) : this.#plain.at(plain, at);
  }

  /** The number at place `at` of each tuple. */
  column(at: number): Uint32Array {
    const column = new Uint32Array(this.size);
    this.#fast?.copyColumn(at, column);
    this.#plain.copyColumn(at, column.subarray(this.#firstPlain));
    return column;
  }

  lengthOf(id: number): number {
    const plain = id - this.#firstPlain;
    return plain < 0 ? this.#fast!.lengthOf(id) : this.#plain.lengthOf(plain);
  }

  get #firstPlain(): number {
    return this.#fast === undefined ? 0 : this.#fast.size;
  }

  #internFast(fast: FastTuples, words: Uint32Array, length: number, count: number, ids: Uint32Array): void {
    fast.internAll(words, length, count, ids);
    if (!fast.isFull) return;
    for (let at = 0; at < count; at++) {
      if (ids[at] !== NO_TUPLE) continue;
      ids[at] = fast.size + this.#plain.intern(words.subarray(at * length), length);
    }
  }

  /** They keep their ids. */
  #moveToFast(): void {
    this.#many = Infinity;
    const fast = createFastTuples();
    if (fast === undefined) return;
    const plain = this.#plain;
    this.#fast = fast;
    this.#plain = new PlainTuples();
    for (let id = 0; id < plain.size; id++) {
      const length = plain.lengthOf(id);
      const words = Uint32Array.from({ length }, (_, at) => plain.at(id, at));
      this.#internFast(fast, words, length, 1, this.#id);
    }
  }
}

const MANY = 4096;
