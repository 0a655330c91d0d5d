import { originalSlice, type View, type ViewedText } from './normalise.js';
import { type Alignable, type Readings, valueStart } from './readings.js';
import type { CompiledTemplate } from './template.js';

/** What a message says about its template's values. */
export interface Inversion {
  /**
   * `exact`: exactly one assignment of values renders to this message, up to the normalisation of `view`, and no other
   * would give it if an export had cut spaces at the ends of lines or white space at the ends of the message, made blanks
   * of its line breaks or left them out (values differ in the white space around them at most). A line break alone between
   * two inserts is not taken to be cut, nor two spaces to have been made one where spaces alone stand between inserts. Of
   * a message that the template fits unchanged, it is not supposed that white space alone between two inserts was cut:
   * `%1 %2` reads `a b` as `a` and `b`, though `a b` and an empty value would give it once its end is trimmed.
   * `ambiguous`: several do, or it was not found out; `insertions` then hold the leftmost reading (every value as short as
   * the values before it allow), or nulls. `none`: the message does not come from the template.
   */
  readonly certainty: 'exact' | 'ambiguous' | 'none';
  /** `%n` is `[n - 1]`, as the text has it; null where the template does not use `%n`, or the text holds it unfilled. */
  readonly insertions: readonly (string | null)[];
  /** When ambiguous: how many readings there are, at least; counted up to `READINGS_LIMIT`. */
  readonly readings?: number;
  /** Why it is not exact. */
  readonly reason?: InversionReason;
  /** The numbers of the inserts whose text an encoding destroyed (`?` or U+FFFD stand in it). */
  readonly damaged?: readonly number[];
  /** What had to be assumed of the export for the message to match; see `View`. `damaged`: it lost characters too. */
  readonly view?: View | 'damaged';
}

/**
 * - `no-match`: the message does not come from the template, or from any
 * - `readings`: several assignments of values render to the message
 * - `views`: what was done to the white space cannot be told, and it matters
 * - `budget`: with repeated inserts the bounded search gave up
 * - `templates`: several templates fit and give different values
 * - `strings`: Windows' text for a missing template, whose lines may be one string or several
 */
export type InversionReason = 'no-match' | 'readings' | 'views' | 'budget' | 'templates' | 'strings';

export const NO_MATCH: Inversion = { certainty: 'none', insertions: [], reason: 'no-match' };

/** What a reading of a viewed text says; exact where it is the only one. */
export function toInversion(
  template: CompiledTemplate,
  input: Alignable,
  readings: Readings,
  raw: string,
  viewed: ViewedText,
  view: View | 'damaged',
): Inversion {
  const insertions: (string | null)[] = new Array(template.insertCount).fill(null);
  const shift = input.sharesSpaces && !viewed.text.startsWith(' ') ? 1 : 0;
  if (readings.count > 0) {
    for (let k = input.inserts.length; k > 0; k--) {
      const number = input.inserts[k - 1]!;
      if (number < 1) continue;
      const from = valueStart(input, readings.starts, k) - shift;
      const to = readings.starts[k]! - shift;
      const value = originalSlice(raw, viewed, from, to);
      insertions[number - 1] = input.dropsEnd && k === input.inserts.length ? withoutEnd(value) : value;
    }
  }
  dropUnfilled(insertions);
  const damaged = findDamage(insertions, view === 'damaged');
  const marks = damaged.length > 0 ? { damaged } : undefined;
  if (readings.count === 1 && !readings.isCut) return { certainty: 'exact', insertions, view, ...marks };
  const reason = readings.isCut ? 'budget' : 'readings';
  return { certainty: 'ambiguous', insertions, readings: readings.count, reason, view, ...marks };
}

/** Without the white space at its end, no-break spaces aside. */
function withoutEnd(value: string): string {
  let end = value.length;
  while (end > 0 && ' \t\r\n'.includes(value[end - 1]!)) end--;
  return value.slice(0, end);
}

/** Windows leaves an insert in the text for which the event has no string; strings are missing from the end only. */
function dropUnfilled(insertions: (string | null)[]): void {
  for (let index = insertions.length - 1; index >= 0; index--) {
    if (insertions[index] === null) continue;
    if (insertions[index] !== `%${index + 1}`) return;
    insertions[index] = null;
  }
}

/**
 * U+FFFD is always damage. `?` is when the template's own characters were lost too, or where no text has it: in a row
 * (but for the `\??\` of NT paths), or before a digit in the place of a mark (`?2/?28/?2024`).
 */
function findDamage(insertions: readonly (string | null)[], isLossy: boolean): number[] {
  const damaged: number[] = [];
  insertions.forEach((value, index) => {
    if (value === null) return;
    const isDamaged = value.includes('\ufffd') || (value.includes('?') && (isLossy || LOST.test(value)));
    if (isDamaged) damaged.push(index + 1);
  });
  return damaged;
}

const LOST = /(?<![\\?])\?\?|(?:^|[ /])\?\d/;

export function sameInsertions(left: readonly (string | null)[], right: readonly (string | null)[]): boolean {
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index++) {
    if ((left[index] ?? null) !== (right[index] ?? null)) return false;
  }
  return true;
}

/** The same but for white space around them. */
export function sameBut(left: readonly (string | null)[], right: readonly (string | null)[]): boolean {
  return sameInsertions(left.map(trim), right.map(trim));
}

function trim(text: string | null): string | null {
  return text?.trim() ?? null;
}
