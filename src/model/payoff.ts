/** How many tries decide, and how long a memory that gives nothing is left alone. */
const TRIES = 4096;
const REST = 16 * TRIES;

/**
 * Whether remembering pays: in a flood nearly every look finds something, in other logs none does, and keeping what
 * never comes again costs more than making it. Changes what a run costs, never what it gives.
 */
export class Payoff {
  #tries = 0;
  #finds = 0;
  #rest = 0;

  /** Asked before each look. */
  isWorthATry(): boolean {
    if (this.#rest === 0) return true;
    this.#rest -= 1;
    return false;
  }

  /** Told after each look. */
  count(hasFound: boolean): void {
    this.#tries += 1;
    if (hasFound) this.#finds += 1;
    if (this.#tries < TRIES) return;
    if (this.#finds * 8 < this.#tries) this.#rest = REST;
    this.#tries = 0;
    this.#finds = 0;
  }
}
