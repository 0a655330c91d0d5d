import { EventStarts, LONGEST_LABEL_LINE } from './event-starts.js';
import type { TextSource } from './text-source.js';

/**
 * Looks inside one line of UTF-16 for an event that starts half a unit off, since a byte was lost or added in front of
 * it: lines half a unit off show no line end, so that all of them seem to be one.
 *
 * A message may hold these bytes as the characters of any script, and whoever writes one must not get to write events.
 * But its line ends, so only what goes on for longer than an event of Windows can be, or to the input's end, is taken.
 */
export class ShiftedLines {
  readonly #starts: EventStarts;
  #line: number;
  #at: number;
  #start = -1;

  /** @param line offset of the line. */
  constructor(line: number, isHeaded: boolean) {
    this.#starts = new EventStarts(isHeaded);
    this.#line = line;
    this.#at = line;
  }

  /** Offset of the first unit that is needed. */
  get needed(): number {
    if (this.#start >= 0) return this.#start;
    if (this.#starts.candidate >= 0) return this.#starts.candidate;
    return this.#at - this.#line > LONGEST_LABEL_LINE ? this.#at : this.#line;
  }

  /** Looks on up to `to`; gives the offset of the unit whose second byte starts an event, or -1. */
  find(source: TextSource, to: number, isEnd: boolean): number {
    this.#search(source, to);
    // In UTF-16 that ends with a whole unit, what lies half a unit off ends with half of one.
    const isSettled = to - this.#start >= SETTLED_UNITS || (isEnd && source.hasHalf);
    return this.#start >= 0 && isSettled ? this.#start : -1;
  }

  #search(source: TextSource, to: number): void {
    const { units, base, isBigEndian } = source;
    for (; this.#start < 0 && this.#at + 1 < to; this.#at++) {
      const at = this.#at - base;
      if (between(units[at]!, units[at + 1]!, isBigEndian) !== 0x0a) continue;
      const isShort = this.#at - this.#line <= LONGEST_LABEL_LINE;
      const text = isShort ? source.decodeShifted(this.#line - base, at) : undefined;
      if (this.#starts.takes(this.#line, text)) this.#start = this.#starts.candidate;
      this.#line = this.#at + 1;
    }
  }
}

/** The unit of the second byte of one and the first byte of the next. */
function between(unit: number, next: number, isBigEndian: boolean): number {
  return isBigEndian ? ((unit & 0xff) << 8) | (next >> 8) : (unit >> 8) | ((next & 0xff) << 8);
}

/** An event of Windows is smaller than 64 KiB; twice that, as a message may show a value more than once. */
const SETTLED_UNITS = 1 << 16;
