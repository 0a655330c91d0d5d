/** Gives the input's bytes of the units [from, to) of the window at hand. */
export type BytesOf = (from: number, to: number) => Uint8Array;

/**
 * The bytes of an unfinished event or region, which may become a reject, kept while the window forgets them. Places are in
 * units, absolute but for those of the window, which `base` makes absolute.
 */
export class HeldBytes {
  readonly #unitBytes: 1 | 2;
  readonly #maxUnits: number;
  #from = NOTHING;
  #to = 0;
  #pieces: Uint8Array[] = [];

  /** Of each at most `maxUnits` are kept. */
  constructor(unitBytes: 1 | 2, maxUnits: number) {
    this.#unitBytes = unitBytes;
    this.#maxUnits = maxUnits;
  }

  /**
   * What starts at `from`, and is not finished, was looked at up to `done` of the window, which begins at `start`. `from`
   * is negative where nothing is unfinished.
   */
  hold(from: number, done: number, start: number, base: number, bytesOf: BytesOf): void {
    const to = done + base;
    if (from < 0 || from >= to) {
      this.#from = NOTHING;
      return;
    }
    if (this.#from !== from) {
      this.#from = from;
      this.#to = from;
      this.#pieces = [];
    }
    const first = Math.max(this.#to - base, start);
    const last = Math.min(done, from - base + this.#maxUnits);
    if (last > first) this.#pieces.push(bytesOf(first, last));
    this.#to = to;
  }

  /** The bytes of [from, to), as many as are kept: those held, and the rest from the window. */
  of(from: number, to: number, base: number, bytesOf: BytesOf): Uint8Array {
    const isHeld = this.#from === from;
    const last = Math.min(to, from + this.#maxUnits);
    const first = Math.max(isHeld ? this.#to : from, from) - base;
    const rest = last - base > first ? [bytesOf(first, last - base)] : [];
    const all = Buffer.concat([...(isHeld ? this.#pieces : []), ...rest]);
    return new Uint8Array(all.subarray(0, (last - from) * this.#unitBytes));
  }
}

const NOTHING = -1;
