/**
 * Growing columns of numbers in chunks of 65,536 rows: a column never doubles, so its rows cost what they hold, and
 * filling it copies nothing. Two classes, since one over both kinds of arrays measured three times slower.
 */
const SHIFT = 16;
const CHUNK = 1 << SHIFT;
const MASK = CHUNK - 1;

export class Uint32Column {
  readonly #chunks: Uint32Array[] = [];
  length = 0;

  push(value: number): void {
    const chunk = this.length >>> SHIFT;
    if (chunk === this.#chunks.length) this.#chunks.push(new Uint32Array(CHUNK));
    this.#chunks[chunk]![this.length & MASK] = value;
    this.length += 1;
  }

  get(row: number): number {
    return this.#chunks[row >>> SHIFT]![row & MASK]!;
  }

  set(row: number, value: number): void {
    this.#chunks[row >>> SHIFT]![row & MASK] = value;
  }
}

export class Float64Column {
  readonly #chunks: Float64Array[] = [];
  length = 0;

  push(value: number): void {
    const chunk = this.length >>> SHIFT;
    if (chunk === this.#chunks.length) this.#chunks.push(new Float64Array(CHUNK));
    this.#chunks[chunk]![this.length & MASK] = value;
    this.length += 1;
  }

  get(row: number): number {
    return this.#chunks[row >>> SHIFT]![row & MASK]!;
  }

  set(row: number, value: number): void {
    this.#chunks[row >>> SHIFT]![row & MASK] = value;
  }
}
