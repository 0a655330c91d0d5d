import { findFirst, findLast } from './find.js';

/** A template's literals as they look under one normalisation, and the text under the same. */
export interface Alignable {
  readonly text: string;
  /** Where the message starts and ends in `text`. */
  readonly from: number;
  readonly to: number;
  readonly literals: readonly string[];
  readonly inserts: readonly number[];
  readonly hasRepeats: boolean;
  /**
   * True where runs of white space count as one: the space that ends a literal and the space that starts the next one
   * may then be the same character of the text, with an empty value between them.
   */
  readonly sharesSpaces: boolean;
  /** That of literals which are nothing else, between inserts, is not. */
  readonly keepsBare?: boolean;
  /** White space at the end of the last value is none of its own. */
  readonly dropsEnd?: boolean;
}

/**
 * A reading says where each literal starts (`starts[0]` is always `from`); what lies between is the values. `count` is 0,
 * 1, or more, up to `READINGS_LIMIT`; different readings have different values. `isCut` when the bounded search for
 * readings with repeated inserts gave up: there may be more than `count`.
 */
export interface Readings {
  readonly count: number;
  readonly starts: Int32Array;
  readonly isCut: boolean;
}

/** Readings are counted no further than this. */
export const READINGS_LIMIT = 1000;

/** Steps that the search for repeated inserts may take; a step is a place tried or 16 characters compared. */
export const REPEATS_BUDGET = 100_000;

/**
 * All readings of a text by a template. Without repeated inserts it is complete and takes O(text × inserts): each
 * literal has a leftmost and a rightmost place that any reading can give it, every occurrence in between is part of
 * some reading, and so there is exactly one reading when the two places are the same for every literal. The reading
 * returned is the leftmost: every value as short as the values before it allow. With repeated inserts, which must agree,
 * finding a reading is NP-complete in general: the search is bounded.
 */
export function findReadings(input: Alignable): Readings {
  const leftmost = placeLeftmost(input);
  if (leftmost === undefined) return NONE;
  if (input.inserts.length < 2) return { count: 1, starts: leftmost, isCut: false };
  const rightmost = placeRightmost(input, leftmost);
  if (input.hasRepeats) return findAgreeing(input, leftmost, rightmost);
  for (let k = 1; k < leftmost.length; k++) {
    if (leftmost[k] !== rightmost[k]) {
      return { count: countReadings(input, leftmost, rightmost), starts: leftmost, isCut: false };
    }
  }
  return { count: 1, starts: leftmost, isCut: false };
}

/** True when there is one reading, whether repeated inserts agree or not. */
export function hasOneReading(input: Alignable): boolean {
  const leftmost = placeLeftmost(input);
  if (leftmost === undefined) return false;
  const rightmost = placeRightmost(input, leftmost);
  return leftmost.every((place, k) => place === rightmost[k]);
}

/** The least and the greatest place of each literal in any reading, whether repeated inserts agree or not; undefined when there is none. */
export function placesOf(input: Alignable): { readonly least: Int32Array; readonly greatest: Int32Array } | undefined {
  const least = placeLeftmost(input);
  return least === undefined ? undefined : { least, greatest: placeRightmost(input, least) };
}

/** The value of the insert before literal `k`: its bounds in the text. */
export function valueStart(input: Alignable, starts: Int32Array, k: number): number {
  return Math.min(starts[k - 1]! + input.literals[k - 1]!.length, starts[k]!);
}

const NONE: Readings = { count: 0, starts: new Int32Array(0), isCut: false };

function placeLeftmost(input: Alignable): Int32Array | undefined {
  const { text, from, to, literals } = input;
  const last = literals.length - 1;
  const first = literals[0]!;
  if (last === 0) {
    return to - from === first.length && text.startsWith(first, from) ? Int32Array.of(from) : undefined;
  }
  const end = to - literals[last]!.length;
  if (from + first.length > to || end < from) return undefined;
  if (!text.startsWith(first, from) || !text.startsWith(literals[last]!, end)) return undefined;
  const starts = new Int32Array(last + 1);
  starts[0] = from;
  let at = from + first.length - shared(input, 0);
  for (let k = 1; k < last; k++) {
    const place = findFirst(text, literals[k]!, at, to);
    if (place < 0) return undefined;
    starts[k] = place;
    at = place + literals[k]!.length - shared(input, k);
  }
  if (at > end) return undefined;
  starts[last] = end;
  return starts;
}

/** Called only when a leftmost placing exists: then a rightmost one does. */
function placeRightmost(input: Alignable, leftmost: Int32Array): Int32Array {
  const { text, literals } = input;
  const last = literals.length - 1;
  const starts = new Int32Array(last + 1);
  starts[0] = leftmost[0]!;
  starts[last] = leftmost[last]!;
  for (let k = last - 1; k >= 1; k--) {
    starts[k] = findLast(text, literals[k]!, leftmost[k]!, starts[k + 1]! + shared(input, k));
  }
  return starts;
}

/** How many characters literal `k` may share with the next one, empty ones aside. */
export function shared({ sharesSpaces, literals, keepsBare }: Alignable, k: number): number {
  if (!sharesSpaces || !literals[k]!.endsWith(' ')) return 0;
  const last = literals.length - 1;
  let next = k + 1;
  while (next < last && literals[next] === '') next++;
  if (keepsBare === true && ((k > 0 && literals[k] === ' ') || (next < last && literals[next] === ' '))) return 0;
  return literals[next]!.startsWith(' ') ? 1 : 0;
}

/**
 * Counts readings from left to right: a place of literal `k` is reached in as many ways as there are places of literal
 * `k - 1` that end before it. Every partial reading between the bounds can be completed, so counting stops at the limit.
 */
function countReadings(input: Alignable, leftmost: Int32Array, rightmost: Int32Array): number {
  const { text, literals } = input;
  let places = [leftmost[0]!];
  let ways = [1];
  for (let k = 1; k < literals.length; k++) {
    const literal = literals[k]!;
    const reach = literals[k - 1]!.length - shared(input, k - 1);
    const nextPlaces: number[] = [];
    const nextWays: number[] = [];
    let before = 0;
    let sum = 0;
    let total = 0;
    const limit = rightmost[k]! + literal.length;
    for (let at = leftmost[k]!; at >= 0; at = findFirst(text, literal, at + 1, limit)) {
      while (before < places.length && places[before]! + reach <= at) sum += ways[before++]!;
      if (sum > 0) {
        nextPlaces.push(at);
        nextWays.push(sum);
        total += sum;
      }
      if (total >= READINGS_LIMIT) return READINGS_LIMIT;
      if (at >= rightmost[k]!) break;
    }
    places = nextPlaces;
    ways = nextWays;
  }
  return ways.reduce((sum, count) => sum + count, 0);
}

/**
 * Depth-first over the places of the literals, left to right, each within its bounds. A value met again leaves one place;
 * so does the last value still open, since the lengths must add up.
 */
function findAgreeing(input: Alignable, leftmost: Int32Array, rightmost: Int32Array): Readings {
  const { text, literals, inserts } = input;
  const last = literals.length - 1;
  const firstLevel = firstLevels(inserts);
  const starts = new Int32Array(last + 1);
  starts[0] = leftmost[0]!;
  let chosen: Int32Array | undefined;
  let count = 0;
  let budget = REPEATS_BUDGET;
  let level = 1;
  let next = -1;
  while (level > 0 && budget > 0) {
    const valueFrom = starts[level - 1]! + literals[level - 1]!.length - shared(input, level - 1);
    const place = nextPlace(valueFrom);
    budget--;
    if (place < 0) {
      level--;
      next = starts[level]! + 1;
      continue;
    }
    starts[level] = place;
    if (level < last) {
      level++;
      next = -1;
      continue;
    }
    count++;
    if (chosen === undefined) {
      chosen = starts.slice();
    } else {
      budget = Math.min(budget, REPEATS_BUDGET / 10);
      if (count >= READINGS_LIMIT) break;
    }
    next = place + 1;
  }
  const isCut = level > 0 && count < 2;
  return { count, starts: chosen ?? NONE.starts, isCut };

  /** The next place to try for literal `level`, at or after `next` (-1: the first); -1 when there is none. */
  function nextPlace(valueFrom: number): number {
    const low = Math.max(valueFrom, leftmost[level]!);
    const high = rightmost[level]!;
    const earlier = firstLevel[level - 1]!;
    let only = -1;
    if (earlier < level) {
      const from = Math.min(starts[earlier - 1]! + literals[earlier - 1]!.length, starts[earlier]!);
      const length = starts[earlier]! - from;
      const own = starts[level - 1]! + literals[level - 1]!.length;
      budget -= length >> 4;
      if (length === 0)
        only = Math.max(valueFrom, next < 0 ? valueFrom : next) <= own ? emptyPlace(valueFrom, own) : -1;
      else if (text.startsWith(text.slice(from, from + length), own)) only = own + length;
      else return -1;
    } else if (level === last) {
      only = high;
    } else if (!input.sharesSpaces) {
      only = lastOpenPlace(valueFrom);
      if (only === -2) only = -1;
      else if (only === -1) return -1;
    }
    if (only >= 0) {
      if (only < low || only > high || only < next) return -1;
      budget -= literals[level]!.length >> 4;
      return text.startsWith(literals[level]!, only) ? only : -1;
    }
    if (earlier < level) return -1;
    const from = Math.max(low, next);
    const place = findFirst(text, literals[level]!, from, high + literals[level]!.length);
    if (place >= 0) budget -= (place - from) >> 4;
    else if (from <= high) budget -= (high - from) >> 4;
    return place;
  }

  /** An empty value: the literal follows at once, or on the space that both share. */
  function emptyPlace(valueFrom: number, own: number): number {
    if (valueFrom < own && next <= valueFrom && text.startsWith(literals[level]!, valueFrom)) return valueFrom;
    return own;
  }

  /** The one place that lengths allow when all later inserts are known or this one again; -2: not so; -1: none fits. */
  function lastOpenPlace(valueFrom: number): number {
    let times = 1;
    let rest = input.to - valueFrom - literals[level]!.length;
    for (let later = level + 1; later <= last; later++) {
      const earlier = firstLevel[later - 1]!;
      if (earlier === level) times++;
      else if (earlier < level) rest -= starts[earlier]! - starts[earlier - 1]! - literals[earlier - 1]!.length;
      else return -2;
      rest -= literals[later]!.length;
    }
    budget -= (last - level) >> 2;
    return rest >= 0 && rest % times === 0 ? valueFrom + rest / times : -1;
  }
}

/** For the insert before literal `k`, at index `k - 1`: the literal before which the same number stood first. */
function firstLevels(inserts: readonly number[]): Int32Array {
  const seen = new Map<number, number>();
  return Int32Array.from(inserts, (number, index) => {
    const first = seen.get(number) ?? index + 1;
    seen.set(number, first);
    return first;
  });
}
