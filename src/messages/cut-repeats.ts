import { findFirst } from './find.js';
import { type Alignable, placesOf, shared, valueStart } from './readings.js';

/**
 * The numbers of the inserts of a reading whose repeated inserts need not agree, where each is the fullest of its number;
 * 0 for the others, which are the same but for white space that comes and goes: at the ends of the message, blanks at the
 * end of a line, and beside that of a literal where runs of it are one. Undefined where they differ in more.
 */
export function fullestPlaces(input: Alignable, starts: Int32Array): number[] | undefined {
  const { text, literals, inserts, sharesSpaces } = input;
  const start = text.length - text.trimStart().length;
  const places = inserts.map((number, index): Place => {
    const from = valueStart(input, starts, index + 1);
    const to = starts[index + 1]!;
    let behind = to;
    while (text[behind] === ' ' || text[behind] === '\t') behind++;
    return {
      number,
      value: text.slice(from, to),
      isOpenBefore: from <= start || (sharesSpaces && literals[index]!.endsWith(' ')),
      isOpenBehind: behind === text.length || (sharesSpaces && literals[index + 1]!.startsWith(' ')),
      endsLine: text[behind] === '\n',
    };
  });
  const fullest = new Map<number, Place>();
  for (const place of places) {
    const other = fullest.get(place.number);
    if (other === undefined || isFuller(place, other)) fullest.set(place.number, place);
  }
  if (!places.every(place => isLike(place, fullest.get(place.number)!))) return undefined;
  return places.map(place => (fullest.get(place.number) === place ? place.number : 0));
}

interface Place {
  readonly number: number;
  readonly value: string;
  /** White space may have come or gone on this side. */
  readonly isOpenBefore: boolean;
  readonly isOpenBehind: boolean;
  /** Blanks may have gone behind it. */
  readonly endsLine: boolean;
}

/** What stands amid a line is whole. */
function isFuller(place: Place, other: Place): boolean {
  const isWhole = ({ isOpenBefore, isOpenBehind, endsLine }: Place) => !isOpenBefore && !isOpenBehind && !endsLine;
  if (isWhole(place) !== isWhole(other)) return isWhole(place);
  return place.value.length > other.value.length;
}

/** The same but for what may have been cut from or added to either. */
function isLike(place: Place, other: Place): boolean {
  const cut = (text: string): string => {
    const started = place.isOpenBefore || other.isOpenBefore ? text.trimStart() : text;
    if (place.isOpenBehind || other.isOpenBehind) return started.trimEnd();
    return place.endsLine || other.endsLine ? started.replace(BLANKS_AT_END, '') : started;
  };
  return cut(place.value) === cut(other.value);
}

/** Behind a character that is none, so that a run of blanks is looked at once. */
const BLANKS_AT_END = /(?<![ \t])[ \t]+$/;

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
  const inFront = text.slice(0, least[last]).trimEnd();
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
      budget -= 1 + ((value.length + text.length) >> 12);
      if (budget < 0) return true;
      values[level - 1] = value;
      if (value !== (inserts[level - 1] === BLANK ? '' : values[earlier]) || !mayComeAgain(level, value, at)) continue;
      if (level === last) budget -= text.length >> 4;
      if (level === last ? isOther(starts) : hasFrom(level + 1)) return true;
    }
    return false;
  }

  /** Whether the value stands in the text behind a place, and in front of the last literal, where its insert does. */
  function mayComeAgain(level: number, value: string, at: number): boolean {
    const next = inserts.indexOf(inserts[level - 1]!, level);
    if (next < 0) return true;
    return inserts[last - 1] === inserts[next] ? inFront.endsWith(value) : text.indexOf(value, at) >= 0;
  }
}

/** Steps of that search; a step is a place tried, 4096 characters passed there, or 16 of the text for each reading. */
const UNEVEN_BUDGET = 10_000;
