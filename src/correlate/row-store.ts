/**
 * Rows of numbers in chunks of 65,536: the store never doubles, and filling it copies nothing. A row's fields lie side by
 * side in 40 bytes, since whoever looks at one looks at most of them, and rows are looked at in any order.
 */
export class RowStore {
  readonly #doubles: Float64Array[] = [];
  readonly #words: Uint32Array[] = [];
  length = 0;

  push(
    epochMs: number,
    offset: number,
    clock: number,
    contribution: number,
    recordId: number,
    input: number,
    bytes: number,
  ): void {
    const chunk = this.length >>> SHIFT;
    if (chunk === this.#words.length) {
      const memory = new ArrayBuffer(ROW_BYTES << SHIFT);
      this.#doubles.push(new Float64Array(memory));
      this.#words.push(new Uint32Array(memory));
    }
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

  double(row: number, field: typeof EPOCH_MS | typeof OFFSET): number {
    return this.#doubles[row >>> SHIFT]![(row & MASK) * DOUBLES + field]!;
  }

  setDouble(row: number, field: typeof EPOCH_MS | typeof OFFSET, value: number): void {
    this.#doubles[row >>> SHIFT]![(row & MASK) * DOUBLES + field] = value;
  }

  word(row: number, field: WordField): number {
    return this.#words[row >>> SHIFT]![(row & MASK) * WORDS + field]!;
  }

  setWord(row: number, field: WordField, value: number): void {
    this.#words[row >>> SHIFT]![(row & MASK) * WORDS + field] = value;
  }

  /** A field of all rows. A loop over arrays is fast at once, one over `word` only when it has been compiled. */
  column(field: WordField): Uint32Array {
    const column = new Uint32Array(this.length);
    for (let chunk = 0, row = 0; row < this.length; chunk++) {
      const words = this.#words[chunk]!;
      const end = Math.min(this.length, row + (1 << SHIFT));
      for (let at: number = field; row < end; row++, at += WORDS) column[row] = words[at]!;
    }
    return column;
  }

  /** The same of a double. */
  doubleColumn(field: typeof EPOCH_MS | typeof OFFSET): Float64Array {
    const column = new Float64Array(this.length);
    for (let chunk = 0, row = 0; row < this.length; chunk++) {
      const doubles = this.#doubles[chunk]!;
      const end = Math.min(this.length, row + (1 << SHIFT));
      for (let at: number = field; row < end; row++, at += DOUBLES) column[row] = doubles[at]!;
    }
    return column;
  }
}

type WordField = typeof CLOCK | typeof CONTRIBUTION | typeof RECORD_ID | typeof INPUT | typeof BYTES;

const SHIFT = 16;
const MASK = (1 << SHIFT) - 1;
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
