import { BANG, LESS, SLASH, type Units, UPPER_E } from './units.js';

/** Finds what may end, cut off or complicate an event. */
export interface Finder {
  /** The units may have changed since: forget what was seen. */
  reset(): void;
  /**
   * The first index in [from, to) of `<!`, `<E` or `</E`. A `<` so near `to` that the units after it are not there yet
   * counts as found; what else it finds may be a false alarm.
   * @returns -1 when there is none.
   */
  find(units: Units, from: number, to: number): number;
}

/** The byte loop that all others are measured against. */
export const PLAIN_FINDER: Finder = {
  reset() {},
  find(units, from, to) {
    for (let at = from; at < to; at++) {
      if (units[at] !== LESS) continue;
      if (at + 2 >= to) return at;
      const next = units[at + 1];
      if (next === BANG || next === UPPER_E || (next === SLASH && units[at + 2] === UPPER_E)) return at;
    }
    return -1;
  },
};

/**
 * `Buffer.indexOf` looks for a needle's first byte with memchr, so a needle must start with a rare one: `!` for markup
 * declarations, `E` of `Event` for tags. Both places are remembered, so that each byte is passed over once.
 */
export class IndexOfFinder implements Finder {
  #buffer = Buffer.alloc(0);
  #width = 1;
  #to = -1;
  #from = 0;
  #bang = -1;
  #event = -1;

  reset(): void {
    this.#to = -1;
  }

  find(units: Units, from: number, to: number): number {
    if (this.#to !== to || from < this.#from) this.#restart(units, to);
    this.#from = from;
    let at = from;
    for (;;) {
      if (this.#bang <= at) this.#bang = this.#next(BANG_NEEDLES, at + 1);
      if (this.#event <= at) this.#event = this.#next(EVENT_NEEDLES, at + 1);
      const found = Math.min(this.#bang, this.#event);
      if (found === Number.POSITIVE_INFINITY) break;
      const before = found - 1;
      if (before >= from && units[before] === LESS) return before;
      if (found === this.#event && before > from && units[before] === SLASH && units[before - 1] === LESS) {
        return before - 1;
      }
      at = found;
    }
    for (let tail = Math.max(from, to - TAIL); tail < to; tail++) if (units[tail] === LESS) return tail;
    return -1;
  }

  #restart(units: Units, to: number): void {
    this.#width = units.BYTES_PER_ELEMENT;
    this.#buffer = Buffer.from(units.buffer as ArrayBuffer, units.byteOffset, to * this.#width);
    this.#to = to;
    this.#bang = -1;
    this.#event = -1;
  }

  #next(needles: readonly [Buffer, Buffer], from: number): number {
    if (this.#width === 1) {
      const at = this.#buffer.indexOf(needles[0], from);
      return at < 0 ? Number.POSITIVE_INFINITY : at;
    }
    let at = this.#buffer.indexOf(needles[1], from * 2);
    // A match across two 16-bit units is none.
    while (at >= 0 && (at & 1) !== 0) at = this.#buffer.indexOf(needles[1], at + 1);
    return at < 0 ? Number.POSITIVE_INFINITY : at / 2;
  }
}

/** `</Event`: what the needles cannot see at the end. */
const TAIL = 7;
const BANG_NEEDLES = [Buffer.from('!'), Buffer.from('!', 'utf16le')] as const;
const EVENT_NEEDLES = [Buffer.from('Event'), Buffer.from('Event', 'utf16le')] as const;
