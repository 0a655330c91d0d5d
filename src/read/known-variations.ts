import type { Variation } from '../model/index.js';

/** Who takes variations of the events of one shape, and whether it pays to ask. */
export class KnownVariations {
  readonly all: Variation[] = [];
  /** Most of such events are left: it costs more to look for those that are taken. */
  isLeftAlone = false;
  #asked = 0;
  #taken = 0;
  #left = 0;

  /** Whether somebody may take variations of one more. */
  get isOpen(): boolean {
    return !this.isLeftAlone && this.#asked < MOST_ASKED * 2;
  }

  /** Somebody was asked, and gave this. */
  add(variation: Variation | undefined): void {
    this.#asked += 1;
    if (variation !== undefined) this.all.push(variation);
    if (this.#asked === MOST_ASKED && this.all.length === 0) this.isLeftAlone = true;
  }

  /** An event was taken. */
  take(): void {
    this.#taken += 1;
  }

  /** An event was left, though somebody takes others of its shape. */
  leave(): void {
    this.#left += 1;
    if (this.#left > MOST_LEFT && this.#asked >= MOST_ASKED && this.#left > this.#taken * TAKEN_PAYS) {
      this.isLeftAlone = true;
    }
  }
}

/**
 * Of a shape of which so many events made nothing that varies no more are looked at, nor of one nearly all of whose events
 * are left: to make an event of one costs as much as to look at so many.
 */
const MOST_ASKED = 8;
const MOST_LEFT = 64;
const TAKEN_PAYS = 16;
/** So many are known of one input: each may hold a quarter of a megabyte for it. */
export const MOST_VARIATIONS = 128;
