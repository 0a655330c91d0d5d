/**
 * Rows of numbers in chunks of 65,536, of which the first alone grows by doubling: a large store never stands twice in
 * memory. A row's fields lie side by side in 40 bytes, since whoever looks at one looks at most of them, and rows are looked
 * at in any order.
 */
export class RowStore {
  readonly #doubles: Float64Array[] = [];
  readonly #words: Uint32Array[] = [];
  /** How many rows there is room for. */
  #room = 0;
  length = 0;

  /** Lets all rows go; the first chunk is filled again. */
  clear(): void {
    this.#doubles.length = Math.min(this.#doubles.length, 1);
    this.#words.length = Math.min(this.#words.length, 1);
    this.#room = Math.min(this.#room, CHUNK_ROWS);
    this.length = 0;
  }

  push(
    epochMs: number,
    offset: number,
    clock: number,
    contribution: number,
    recordId: number,
    input: number,
    bytes: number,
  ): void {
    if (this.length === this.#room) this.#enlarge();
    const chunk = this.length >>> SHIFT;
    const row = this.length & MASK;
    const doubles = this.#doubles[chunk]!;
    const words = this.#words[chunk]!;
    doubles[row * DOUBLES + EPOCH_MS] = epochMs;
    doubles[row * DOUBLES + OFFSET] = offset;
    words[row * WORDS + CLOCK] = clock;
    words[row * WORDS + CONTRIBUTION] = contribution;
    words[row * WORDS + RECORD_ID] = recordId;
    words[row * WORDS + INPUT] = input;
    words[row * WORDS + BYTES] = bytes;
    this.length += 1;
  }

  /** Room for more rows: the first chunk doubles until it is as large as the others. */
  #enlarge(): void {
    const isFirst = this.#room < CHUNK_ROWS;
    const rows = isFirst ? Math.max(FIRST_ROWS, this.#room * 2) : CHUNK_ROWS;
    const chunk = isFirst ? 0 : this.#words.length;
    const memory = new ArrayBuffer(ROW_BYTES * rows);
    const words = new Uint32Array(memory);
    if (isFirst && this.#room > 0) words.set(this.#words[0]!);
    this.#words[chunk] = words;
    this.#doubles[chunk] = new Float64Array(memory);
    this.#room = chunk * CHUNK_ROWS + rows;
  }

  double(row: number, field: DoubleField): number {
    return this.#doubles[row >>> SHIFT]![(row & MASK) * DOUBLES + field]!;
  }

  setDouble(row: number, field: DoubleField, value: number): void {
    this.#doubles[row >>> SHIFT]![(row & MASK) * DOUBLES + field] = value;
  }

  word(row: number, field: WordField): number {
    return this.#words[row >>> SHIFT]![(row & MASK) * WORDS + field]!;
  }

  setWord(row: number, field: WordField, value: number): void {
    this.#words[row >>> SHIFT]![(row & MASK) * WORDS + field] = value;
  }

  /** The rows in [from, to) as they are, 40 bytes each, into the start of `words`. */
  copyWhole(from: number, to: number, words: Uint32Array): void {
    for (let row = from; row < to; ) {
      const end = Math.min(to, ((row >>> SHIFT) + 1) << SHIFT);
      const first = (row & MASK) * WORDS;
      words.set(this.#words[row >>> SHIFT]!.subarray(first, first + (end - row) * WORDS), (row - from) * WORDS);
      row = end;
    }
  }

  /**
   * The rows at `list[from, to)`, into the start of the columns. They may lie anywhere: a loop that does nothing else waits
   * for many of them at once.
   */
  gather(list: Uint32Array, from: number, to: number, { contributions, epochMs, clocks }: RowColumns): void {
    for (let at = from, put = 0; at < to; at++, put++) {
      const row = list[at]!;
      const words = this.#words[row >>> SHIFT]!;
      const word = (row & MASK) * WORDS;
      contributions[put] = words[word + CONTRIBUTION]!;
      clocks[put] = words[word + CLOCK]! & CLOCK_BITS;
      epochMs[put] = this.#doubles[row >>> SHIFT]![(row & MASK) * DOUBLES + EPOCH_MS]!;
    }
  }

  /** The rows in [from, to), into the start of the columns; their clocks with the flags of the rows. */
  copy(from: number, to: number, columns: RowColumns & { readonly inputs: Uint32Array }): void {
    const { contributions, epochMs, clocks, inputs } = columns;
    for (let row = from, put = 0; row < to; ) {
      const words = this.#words[row >>> SHIFT]!;
      const doubles = this.#doubles[row >>> SHIFT]!;
      const end = Math.min(to, ((row >>> SHIFT) + 1) << SHIFT);
      for (let word = (row & MASK) * WORDS; row < end; row++, put++, word += WORDS) {
        contributions[put] = words[word + CONTRIBUTION]!;
        clocks[put] = words[word + CLOCK]!;
        inputs[put] = words[word + INPUT]!;
        epochMs[put] = doubles[(word >> 1) + EPOCH_MS]!;
      }
    }
  }

  /**
   * A field of the rows in [from, to), into the start of `column`. A loop over arrays is fast at once, one over `word` only
   * when it has been compiled.
   */
  copyWords(field: WordField, from: number, to: number, column: Uint32Array): void {
    for (let row = from, put = 0; row < to; ) {
      const words = this.#words[row >>> SHIFT]!;
      const end = Math.min(to, ((row >>> SHIFT) + 1) << SHIFT);
      for (let at = (row & MASK) * WORDS + field; row < end; row++, at += WORDS) column[put++] = words[at]!;
    }
  }

  /** The same of a double. */
  copyDoubles(field: DoubleField, from: number, to: number, column: Float64Array): void {
    for (let row = from, put = 0; row < to; ) {
      const doubles = this.#doubles[row >>> SHIFT]!;
      const end = Math.min(to, ((row >>> SHIFT) + 1) << SHIFT);
      for (let at = (row & MASK) * DOUBLES + field; row < end; row++, at += DOUBLES) column[put++] = doubles[at]!;
    }
  }
}

/** Some fields of some rows. The arrays may be longer than what they hold. */
export interface RowColumns {
  readonly contributions: Uint32Array;
  /** Times in epoch milliseconds, NaN where there is none. */
  readonly epochMs: Float64Array;
  readonly clocks: Uint32Array;
}

export type DoubleField = typeof EPOCH_MS | typeof OFFSET;
export type WordField = typeof CLOCK | typeof CONTRIBUTION | typeof RECORD_ID | typeof INPUT | typeof BYTES;

const SHIFT = 16;
const CHUNK_ROWS = 1 << SHIFT;
const MASK = CHUNK_ROWS - 1;
const FIRST_ROWS = 1024;
const ROW_BYTES = 40;
const DOUBLES = ROW_BYTES / 8;
const WORDS = ROW_BYTES / 4;

// Fields: of doubles by doubles, of words by words.
export const EPOCH_MS = 0;
export const OFFSET = 1;
export const CLOCK = 4;
export const CONTRIBUTION = 5;
export const RECORD_ID = 6;
export const INPUT = 7;
export const BYTES = 8;

// A clock's own bits; those above are the row's.
export const CLOCK_BITS = (1 << 26) - 1;
export const DROPPED = 1 << 28;
export const HAS_IDENTITY = 1 << 29;
export const HAS_SIBLING = 1 << 30;
