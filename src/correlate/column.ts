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

/** A column of 128-bit hashes, the four words of a row side by side; all zero stands for none. */
export class HashColumn {
  readonly #chunks: Uint32Array[] = [];
  length = 0;

  push(hash: Uint32Array | undefined): void {
    const chunk = this.length >>> SHIFT;
    if (chunk === this.#chunks.length) this.#chunks.push(new Uint32Array(4 * CHUNK));
    this.length += 1;
    if (hash !== undefined) this.set(this.length - 1, hash);
  }

  set(row: number, hash: Uint32Array): void {
    const words = this.#chunks[row >>> SHIFT]!;
    const at = (row & MASK) << 2;
    words[at] = hash[0]!;
    words[at + 1] = hash[1]!;
    words[at + 2] = hash[2]!;
    words[at + 3] = hash[3]!;
  }

  /** The first word: 0 when the row has no hash. */
  first(row: number): number {
    return this.#chunks[row >>> SHIFT]![(row & MASK) << 2]!;
  }

  equals(row: number, hash: Uint32Array): boolean {
    const words = this.#chunks[row >>> SHIFT]!;
    const at = (row & MASK) << 2;
    return words[at] === hash[0] && words[at + 1] === hash[1] && words[at + 2] === hash[2] && words[at + 3] === hash[3];
  }

  /** A copy; undefined when the row has none. */
  get(row: number): Uint32Array | undefined {
    const at = (row & MASK) << 2;
    const hash = this.#chunks[row >>> SHIFT]!.slice(at, at + 4);
    return hash[0] === 0 ? undefined : hash;
  }
}
