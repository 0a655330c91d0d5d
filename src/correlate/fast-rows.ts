import { LEDGER_ROWS_WASM } from '../bytes/generated/ledger-rows.js';
import { compileOnce, instantiate, PAGE_BYTES } from '../bytes/web-assembly.js';
import type { LedgerRows } from './ledger-rows.js';

/**
 * Loops over a ledger's rows in WebAssembly, and memory for the tables that they use, which are made by the methods that
 * name their kind. A log of medium size has thirty thousand rows: they are counted, put in order and told before JavaScript
 * is compiled for that.
 */
export class FastRows {
  /** The exports of `assembly/ledger-rows.ts`; tables are given by their `byteOffset`. */
  readonly loops: RowLoops;
  readonly #memory: ArrayBuffer;
  #end = TABLES;

  constructor(loops: RowLoops, memory: ArrayBuffer) {
    this.loops = loops;
    this.#memory = memory;
  }

  words(length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#memory, this.#reserve(length * 4), length);
  }

  doubles(length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#memory, this.#reserve(length * 8), length);
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory, this.#reserve(length), length);
  }

  /** A table that says what the array does. */
  copy(array: Uint32Array): Uint32Array<ArrayBuffer>;
  copy(array: Uint8Array): Uint8Array<ArrayBuffer>;
  copy(array: Uint32Array | Uint8Array): Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> {
    const table = array instanceof Uint8Array ? this.bytes(array.length) : this.words(array.length);
    table.set(array);
    return table;
  }

  /** Calls `use` for each block of rows, when they and the rows around them stand where the loops look for them. */
  forEachBlock(rows: LedgerRows, use: (block: BlockOfRows) => void): void {
    const { size } = rows;
    for (let from = 0; from < size; from += BLOCK_ROWS) {
      const length = Math.min(size - from, BLOCK_ROWS);
      const hasBefore = from > 0;
      const hasBehind = from + length < size;
      const place = ROWS - (hasBefore ? ROW_BYTES : 0);
      rows.copyWhole(
        from - (hasBefore ? 1 : 0),
        from + length + (hasBehind ? 1 : 0),
        new Uint32Array(this.#memory, place),
      );
      use({ from, length, hasBefore, hasBehind });
    }
  }

  /** How the rows of the block stand beside others, as `row-blocks.ts` names it; told by `tally`. */
  get standing(): Uint8Array {
    return new Uint8Array(this.#memory, STANDING, BLOCK_ROWS);
  }

  /** Counted by `tally` over all blocks: events with identity, failures without time, failures without identity. */
  get tallied(): Uint32Array {
    return new Uint32Array(this.#memory, TALLY, 3);
  }

  /** How many of the rows that were put stand behind the one before in time, and how many in front of it. */
  get order(): { readonly rising: number; readonly falling: number } {
    const [rising, falling] = new Uint32Array(this.#memory, ORDER, 2);
    return { rising: rising!, falling: falling! };
  }

  /**
   * What `tell` told of a pair: failures, recoveries, context, those of each basis, episodes, and where the failures of the
   * first and of the last instant stand, from and to.
   */
  get facts(): Uint32Array {
    return new Uint32Array(this.#memory, FACTS, 11);
  }

  /** The episodes that `tell` told. */
  get episodes() {
    const ends = FIRST_MS + 16 * PLACES;
    return {
      firstMs: new Float64Array(this.#memory, FIRST_MS, PLACES),
      lastMs: new Float64Array(this.#memory, FIRST_MS + 8 * PLACES, PLACES),
      firstClocks: new Uint32Array(this.#memory, ends, PLACES),
      lastClocks: new Uint32Array(this.#memory, ends + 4 * PLACES, PLACES),
      counts: new Uint32Array(this.#memory, ends + 8 * PLACES, PLACES),
    };
  }

  #reserve(bytes: number): number {
    const place = this.#end;
    this.#end += Math.ceil(bytes / 8) * 8;
    return place;
  }
}

/**
 * Loops over so many rows with memory for tables of so many bytes. Undefined where the machine has no WebAssembly or not as
 * much memory, and for few rows, over which JavaScript has gone before the loops are compiled: it tells the same.
 */
export function createFastRows(rows: number, bytes: number): FastRows | undefined {
  if (rows < FEW_ROWS) return undefined;
  const pages = Math.ceil((TABLES + bytes + MOST_PADDING) / PAGE_BYTES);
  const made = instantiate<RowLoops>(rowsModule(), pages);
  return made && new FastRows(made.exports, made.memory.buffer);
}

/** A block of rows on its way through the loops. */
export interface BlockOfRows {
  /** The number of the first row. */
  readonly from: number;
  readonly length: number;
  /** Whether there are rows around it. */
  readonly hasBefore: boolean;
  readonly hasBehind: boolean;
}

/** The exports of `assembly/ledger-rows.ts`, which says what they do. */
interface RowLoops {
  count(length: number, counts: number): void;
  tally(
    length: number,
    hasBefore: boolean,
    hasBehind: boolean,
    isFailure: number,
    counts: number,
    failuresByInput: number,
  ): number;
  putSeconds(length: number, failures: number, next: number, keys: number): void;
  countCopies(from: number, to: number, keys: number): number;
  put(
    length: number,
    from: number,
    rankOf: number,
    kinds: number,
    next: number,
    rows: number,
    times: number,
    marks: number,
  ): void;
  tell(from: number, to: number, times: number, marks: number, gapMs: number): void;
}

// As `assembly/ledger-rows.ts` lays it out.
const FACTS = 4096;
const TALLY = 4160;
const ORDER = 4176;
const PLACES = 1001;
const FIRST_MS = 8192;
const STANDING = 36_864;
const BLOCK_ROWS = 8192;
const ROW_BYTES = 40;
const ROWS = STANDING + BLOCK_ROWS + ROW_BYTES;
const TABLES = ROWS + (BLOCK_ROWS + 1) * ROW_BYTES;

/** Measured: over so many both take as long. */
const FEW_ROWS = 512;

/** So much is lost where eight tables begin at multiples of 8. */
const MOST_PADDING = 64;

const rowsModule = compileOnce(LEDGER_ROWS_WASM);
