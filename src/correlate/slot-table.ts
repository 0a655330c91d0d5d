const SEGMENTS = 64;
const FIRST_SLOTS = 16;
/** Of every segment that nothing was put in: one slot that stays free. Small tables are made by the thousand. */
const NO_SLOTS = new Uint32Array(2);

/**
 * Open addressing from 32-bit hashes to numbers, in 64 segments that double one after the other: a large table never
 * stands twice in memory. A slot is two words: its number plus 1, 0 if it is free, and its hash, so that what a number
 * stands for, which lies somewhere else in memory, is looked at only where the hashes are equal. Callers probe a segment
 * themselves:
 *
 * ```
 * const slots = table.slots(hash);
 * const mask = slots.length - 1;
 * let at = firstSlot(hash, mask);
 * for (; slots[at] !== 0; at = (at + 2) & mask) if (slots[at + 1] === hash && isIt(slots[at] - 1)) return …;
 * table.fill(hash, at, number);
 * ```
 */
export class SlotTable {
  readonly #segments: Uint32Array[] = new Array<Uint32Array>(SEGMENTS).fill(NO_SLOTS);
  readonly #used = new Uint32Array(SEGMENTS);

  /** The segment in which a hash is probed: from `firstSlot` on, around its end. */
  slots(hash: number): Uint32Array {
    return this.#segments[hash >>> 26]!;
  }

  /** Puts a number in the free slot that a probe for its hash ended at. */
  fill(hash: number, at: number, number: number): void {
    const segment = hash >>> 26;
    let slots = this.#segments[segment]!;
    if (slots === NO_SLOTS) {
      slots = new Uint32Array(FIRST_SLOTS * 2);
      this.#segments[segment] = slots;
      at = firstSlot(hash, slots.length - 1);
    }
    slots[at] = number + 1;
    slots[at + 1] = hash;
    this.#used[segment]! += 1;
    // Three quarters full: 11 to 21 bytes for each number.
    if (this.#used[segment]! * 8 > slots.length * 3) this.#segments[segment] = doubled(slots);
  }
}

/** Where the probe for a hash begins; `mask` is the length of the segment less 1. */
export function firstSlot(hash: number, mask: number): number {
  return (hash << 1) & mask;
}

/** The free slot that a probe for a hash ends at when nothing is found on the way. */
export function freeSlot(slots: Uint32Array, hash: number): number {
  const mask = slots.length - 1;
  let at = firstSlot(hash, mask);
  while (slots[at] !== 0) at = (at + 2) & mask;
  return at;
}

function doubled(slots: Uint32Array): Uint32Array {
  const larger = new Uint32Array(slots.length * 2);
  for (let from = 0; from < slots.length; from += 2) {
    if (slots[from] === 0) continue;
    const at = freeSlot(larger, slots[from + 1]!);
    larger[at] = slots[from]!;
    larger[at + 1] = slots[from + 1]!;
  }
  return larger;
}
