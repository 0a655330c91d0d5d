import { type CsvLayout, LINE_HEAD_UNITS } from './csv-form.js';
import type { TextUnits, Units } from './text-units.js';

/**
 * Looks behind a row that broke for the next physical line that starts like a row. Each line is looked at once, and
 * only its head; what was looked at need not be kept.
 */
export class LineSearch {
  /** Units looked at. */
  steps = 0;
  /** Absolute index from where to look for a line's end, or of a line that waits for more of its head. */
  #at = 0;
  #isAtLine = false;
  #previous = 0;

  /** Starts behind the first line end after the absolute index `at`. */
  begin(at: number): void {
    this.#at = at;
    this.#isAtLine = false;
    this.#previous = 0;
  }

  /**
   * @returns where the line starts (the input's end when there is none), or, when more units are needed to tell, up to
   *   where they are done with.
   */
  next(
    units: Units,
    end: number,
    isLast: boolean,
    origin: number,
    text: TextUnits,
    layout: CsvLayout,
  ): { readonly isFound: boolean; readonly at: number } {
    const cr = text.mark('\r');
    const lf = text.mark('\n');
    let at = this.#at - origin;
    for (;;) {
      if (this.#isAtLine) {
        if (!isLast && end - at < LINE_HEAD_UNITS) break;
        this.steps += LINE_HEAD_UNITS;
        if (
          at < end &&
          layout.startsRow(units, at, Math.min(end, at + LINE_HEAD_UNITS), text, text.code(this.#previous))
        ) {
          return { isFound: true, at };
        }
        this.#isAtLine = false;
      }
      const from = at;
      while (at < end && units[at] !== lf && units[at] !== cr) at += 1;
      this.steps += at - from;
      if (at > from) this.#previous = units[at - 1]!;
      if (at >= end) {
        if (isLast) return { isFound: true, at: end };
        break;
      }
      if (units[at] === cr) {
        if (at + 1 >= end && !isLast) break;
        if (units[at + 1] === lf && at + 1 < end) at += 1;
      }
      at += 1;
      this.#isAtLine = true;
    }
    this.#at = at + origin;
    return { isFound: false, at };
  }
}
