import { endianness } from 'node:os';
import { type CsvLayout, LINE_HEAD_UNITS } from './csv-form.js';
import type { TextUnits, Units } from './text-units.js';

/** Where a search has come to. */
export interface FoundLine {
  readonly isFound: boolean;
  /**
   * Where the line starts (the input's end when there is none), or, when more units are needed to tell, up to where they
   * are done with.
   */
  readonly at: number;
  /** The line starts at the second byte of the unit, since a byte was lost or added in front of it. */
  readonly isShifted: boolean;
}

/**
 * Looks behind a row that broke for the next physical line that starts like a row. Each line is looked at once, and
 * only its head; what was looked at need not be kept. In UTF-16 it also sees lines half a unit off, which no unit shows.
 */
export class LineSearch {
  /** Units looked at. */
  steps = 0;
  /** Absolute index from where to look for a line's end, or of a line that waits for more of its head. */
  #at = 0;
  #isAtLine = false;
  #previous = 0;
  #onlyShifted = false;
  /** The line that waits is one half a unit off. */
  #isShifted = false;
  /** The unit in front, of which the window may have lost the bytes. */
  #before = NOTHING;
  /** Of the units half a unit off: the last one that is no line end. */
  #previousShifted = 0;
  readonly #shiftedHead = new Uint16Array(LINE_HEAD_UNITS);
  /** Line ends half a unit off since `begin`. */
  shiftedLines = 0;

  /** Starts behind the first line end after the absolute index `at`. */
  begin(at: number, onlyShifted: boolean): void {
    this.#at = at;
    this.#isAtLine = false;
    this.#previous = 0;
    this.#onlyShifted = onlyShifted;
    this.#isShifted = false;
    this.#before = NOTHING;
    this.#previousShifted = 0;
    this.shiftedLines = 0;
  }

  next(units: Units, end: number, isLast: boolean, origin: number, text: TextUnits, layout: CsvLayout): FoundLine {
    const cr = text.mark('\r');
    const lf = text.mark('\n');
    const isWide = text.width === 2;
    let at = this.#at - origin;
    for (;;) {
      if (this.#isAtLine) {
        // One more for a line half a unit off.
        if (!isLast && end - at <= LINE_HEAD_UNITS) break;
        this.steps += LINE_HEAD_UNITS;
        if (at < end && this.#startsRow(units, at, end, text, layout)) {
          return { isFound: true, at, isShifted: this.#isShifted };
        }
        this.#isAtLine = false;
        if (this.#isShifted) {
          this.#isShifted = false;
          this.#before = units[at]!;
          at += 1;
        }
      }
      const from = at;
      while (at < end && (this.#onlyShifted || (units[at] !== lf && units[at] !== cr))) {
        if (isWide) {
          if (this.#endsShiftedLine(shifted(this.#before, units[at]!), lf, cr)) break;
          this.#before = units[at]!;
        }
        at += 1;
      }
      this.steps += at - from;
      if (at > from) this.#previous = units[at - 1]!;
      if (at >= end) {
        if (isLast) return { isFound: true, at: end, isShifted: false };
        break;
      }
      if (this.#onlyShifted || (units[at] !== cr && units[at] !== lf)) {
        this.#isShifted = true;
      } else {
        if (units[at] === cr) {
          if (at + 1 >= end && !isLast) break;
          if (units[at + 1] === lf && at + 1 < end) at += 1;
        }
        this.#before = NOTHING;
        at += 1;
      }
      this.#isAtLine = true;
    }
    this.#at = at + origin;
    return { isFound: false, at, isShifted: false };
  }

  #startsRow(units: Units, at: number, end: number, text: TextUnits, layout: CsvLayout): boolean {
    if (!this.#isShifted) {
      return layout.startsRow(units, at, Math.min(end, at + LINE_HEAD_UNITS), text, text.code(this.#previous));
    }
    const head = this.#shiftedHead;
    const length = Math.min(LINE_HEAD_UNITS, end - at - 1);
    for (let k = 0; k < length; k++) head[k] = shifted(units[at + k]!, units[at + 1 + k]!);
    return length > 0 && layout.startsRow(head, 0, length, text, text.code(this.#previousShifted));
  }

  #endsShiftedLine(unit: number, lf: number, cr: number): boolean {
    if (unit === lf) {
      this.shiftedLines += 1;
      return true;
    }
    if (unit !== cr) this.#previousShifted = unit;
    return false;
  }
}

/** The unit between two: the second byte of the one and the first of the other, as it would stand in memory. */
function shifted(before: number, unit: number): number {
  return IS_LITTLE ? (before >> 8) | ((unit & 0xff) << 8) : ((before & 0xff) << 8) | (unit >> 8);
}

const IS_LITTLE = endianness() === 'LE';
/** Makes no line end with what stands behind it. */
const NOTHING = 0xffff;
