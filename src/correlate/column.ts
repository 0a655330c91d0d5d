const SHIFT = 16;
const CHUNK = 1 << SHIFT;
const MASK = CHUNK - 1;

type Numbers = Uint32Array | Float64Array;

/** A growing column of numbers in chunks: it never doubles, so a million rows cost what they hold. */
export class Column<T extends Numbers> {
  readonly #make: (length: number) => T;
  readonly #chunks: T[] = [];
  length = 0;

  constructor(make: (length: number) => T) {
    this.#make = make;
  }

  push(value: number): void {
    const chunk = this.length >> SHIFT;
    if (chunk === this.#chunks.length) this.#chunks.push(this.#make(CHUNK));
    this.#chunks[chunk]![this.length & MASK] = value;
    this.length += 1;
  }

  get(row: number): number {
    return this.#chunks[row >> SHIFT]![row & MASK]!;
  }

  set(row: number, value: number): void {
    this.#chunks[row >> SHIFT]![row & MASK] = value;
  }
}

export function uint32Column(): Column<Uint32Array> {
  return new Column(length => new Uint32Array(length));
}

export function float64Column(): Column<Float64Array> {
  return new Column(length => new Float64Array(length));
}
