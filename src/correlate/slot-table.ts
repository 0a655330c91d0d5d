const SEGMENTS = 64;
const FIRST_SLOTS = 16;

/**
 * Open addressing from 32-bit hashes to numbers, in 64 segments that double one after the other: a large table never
 * stands twice in memory. A slot holds its number plus 1; 0 is free. Callers probe a segment themselves:
 *
 * ```
 * const slots = table.slots(hash);
 * let at = hash & (slots.length - 1);
 * for (; slots[at] !== 0; at = (at + 1) & (slots.length - 1)) if (isIt(slots[at] - 1)) return …;
 * table.fill(hash, at, number);
 * ```
 */
export class SlotTable {
  readonly #hashOf: (number: number) => number;
  readonly #segments: Uint32Array[] = Array.from({ length: SEGMENTS }, () => new Uint32Array(FIRST_SLOTS));
  readonly #used = new Uint32Array(SEGMENTS);

  /** @param hashOf gives the hash again that a number was filled in under. */
  constructor(hashOf: (number: number) => number) {
    this.#hashOf = hashOf;
  }

  /** The segment in which a hash is probed: from `hash & (length - 1)` on, around its end. */
  slots(hash: number): Uint32Array {
    return this.#segments[hash >>> 26]!;
  }

  /** Puts a number in the free slot that a probe for its hash ended at. */
  fill(hash: number, at: number, number: number): void {
    const segment = hash >>> 26;
    const slots = this.#segments[segment]!;
    slots[at] = number + 1;
    this.#used[segment]! += 1;
    // Three quarters full: 5 to 11 bytes for each number.
    if (this.#used[segment]! * 4 > slots.length * 3) this.#segments[segment] = this.#doubled(slots);
  }

  #doubled(slots: Uint32Array): Uint32Array {
    const larger = new Uint32Array(slots.length * 2);
    const mask = larger.length - 1;
    for (const filled of slots) {
      if (filled === 0) continue;
      let at = this.#hashOf(filled - 1) & mask;
      while (larger[at] !== 0) at = (at + 1) & mask;
      larger[at] = filled;
    }
    return larger;
  }
}
