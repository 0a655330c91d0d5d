import { findFirst } from './find.js';
import { type Alignable, placesOf, shared, valueStart } from './readings.js';

/**
 * The numbers of the inserts of a reading whose repeated inserts need not agree, where each is the longest of its number;
 * 0 for the others, which are the same but for white space that an export cut behind them: at the end of the message, or
 * blanks at the end of a line. Undefined where they differ in more.
 */
export function longestPlaces(input: Alignable, starts: Int32Array): number[] | undefined {
  const { text, inserts } = input;
  const values = inserts.map((_, index) => text.slice(valueStart(input, starts, index + 1), starts[index + 1]));
  const longest = new Map<number, number>();
  inserts.forEach((number, index) => {
    const other = longest.get(number);
    if (other === undefined || values[index]!.length > values[other]!.length) longest.set(number, index);
  });
  const isSame = inserts.every((number, index) => {
    const whole = values[longest.get(number)!]!;
    const own = values[index]!;
    return own === whole || (whole.startsWith(own) && isCutFrom(text, starts[index + 1]!, whole.slice(own.length)));
  });
  return isSame ? inserts.map((number, index) => (longest.get(number) === index ? number : 0)) : undefined;
}

/** Whether an export may have cut so much at a place of the text. */
function isCutFrom(text: string, at: number, gone: string): boolean {
  if (gone.trim() !== '') return false;
  let end = at;
  while (end < text.length && (text[end] === ' ' || text[end] === '\t')) end++;
  return end === text.length || (text[end] === '\n' && !gone.includes('\n'));
}

/** The number of an insert that holds nothing but white space. */
export const BLANK = 0;

/**
 * Whether there is a reading that `isOther`, in which the places of each insert are the same but for white space around
 * them: of some, that was cut, or it ran together with a literal's. True as well when the bounded search gives up.
 */
export function hasUnevenReading(input: Alignable, isOther: (starts: Int32Array) => boolean): boolean {
  const places = placesOf(input);
  if (places === undefined) return false;
  const { text, literals, inserts } = input;
  const { least, greatest } = places;
  const last = literals.length - 1;
  const starts = least.slice();
  if (last === 0) return isOther(starts);
  const values = new Array<string>(last).fill('');
  let budget = UNEVEN_BUDGET;
  return hasFrom(1);

  function hasFrom(level: number): boolean {
    const literal = literals[level]!;
    const from = starts[level - 1]! + literals[level - 1]!.length - shared(input, level - 1);
    const limit = greatest[level]! + literal.length;
    const earlier = inserts.indexOf(inserts[level - 1]!);
    for (
      let at = findFirst(text, literal, Math.max(from, least[level]!), limit);
      at >= 0;
      at = findFirst(text, literal, at + 1, limit)
    ) {
      starts[level] = at;
      const value = text.slice(valueStart(input, starts, level), at).trim();
      budget -= 1 + (value.length >> 4);
      if (budget < 0) return true;
      values[level - 1] = value;
      if (value !== (inserts[level - 1] === BLANK ? '' : values[earlier])) continue;
      if (level === last ? isOther(starts) : hasFrom(level + 1)) return true;
    }
    return false;
  }
}

/** Steps of that search; a step is a place tried or 16 characters of a value. */
const UNEVEN_BUDGET = 10_000;
