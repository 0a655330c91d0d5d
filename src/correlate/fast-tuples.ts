import { TUPLE_POOL_WASM } from '../bytes/generated/tuple-pool.js';
import { compileOnce, type Instantiated, instantiate } from '../bytes/web-assembly.js';

/** The tuples of `TuplePool` in WebAssembly: interned in half the time, and without a million looks to be compiled first. */
export class FastTuples {
  readonly #tuples: Instantiated<TuplePoolExports>;
  #words: Uint32Array<ArrayBuffer>;
  #size = 0;

  constructor(tuples: Instantiated<TuplePoolExports>) {
    this.#tuples = tuples;
    this.#words = new Uint32Array(tuples.memory.buffer);
  }

  get size(): number {
    return this.#size;
  }

  /** There is no memory for further tuples: those that are not here get `NO_TUPLE` instead of an id. */
  get isFull(): boolean {
    return this.#tuples.exports.isFull() !== 0;
  }

  /** Interns `count` tuples of `length` words each, one behind the other, and puts their ids into `ids`. */
  internAll(words: Uint32Array, length: number, count: number, ids: Uint32Array): void {
    const most = Math.min(MOST_TUPLES, Math.floor(INPUT_WORDS / length));
    for (let from = 0; from < count; from += most) {
      const size = Math.min(most, count - from);
      this.#words.set(words.subarray(from * length, (from + size) * length), INPUT);
      this.#size = this.#tuples.exports.intern(length, size);
      // An array over memory that has grown since is empty.
      if (this.#words.length === 0) this.#words = new Uint32Array(this.#tuples.memory.buffer);
      ids.set(this.#words.subarray(IDS, IDS + size), from);
    }
  }

  /** The number at place `at` of tuple `id`. */
  at(id: number, at: number): number {
    return this.#words[this.#placeOf(id) + HEAD_WORDS + at]!;
  }

  lengthOf(id: number): number {
    return this.#words[this.#placeOf(id) + 1]!;
  }

  /** The number at place `at` of each tuple, into the start of `column`. */
  copyColumn(at: number, column: Uint32Array): void {
    for (let from = 0; from < this.#size; from += INPUT_WORDS) {
      const count = Math.min(INPUT_WORDS, this.#size - from);
      this.#tuples.exports.column(at, from, count);
      column.set(this.#words.subarray(INPUT, INPUT + count), from);
    }
  }

  #placeOf(id: number): number {
    return this.#words[this.#words[DIRECTORY + (id >>> 16)]! + (id & 0xffff)]!;
  }
}

/** Undefined where the machine has no WebAssembly, or no memory for it. */
export function createFastTuples(): FastTuples | undefined {
  const made = instantiate<TuplePoolExports>(tuplePoolModule(), PAGES);
  return made && new FastTuples(made);
}

/** The exports of `assembly/tuple-pool.ts`, which says what they do. */
interface TuplePoolExports {
  intern(length: number, count: number): number;
  column(at: number, first: number, count: number): void;
  isFull(): number;
}

/** What a tuple gets instead of an id. */
export const NO_TUPLE = 2 ** 32 - 1;

// As `assembly/tuple-pool.ts` lays it out, in words.
const INPUT = 1024;
const INPUT_WORDS = 65_536;
const IDS = INPUT + INPUT_WORDS;
const MOST_TUPLES = 4096;
const DIRECTORY = IDS + MOST_TUPLES;
const HEAD_WORDS = 2;
/** All that lies in front of the tuples; the rest grows. */
const PAGES = 5;

const tuplePoolModule = compileOnce(TUPLE_POOL_WASM);
