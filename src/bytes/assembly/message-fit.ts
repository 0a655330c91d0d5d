// How rendered messages fit message templates, and which templates may fit. Laid out by ../../messages/verbatim.ts.
//
// The message stands at MESSAGE as UTF-16LE. A template stands at an address of its own, in words:
//   how many inserts; flags; two sets of line ends (see `endsLikeCut`), two words each;
//   for each insert the index of the first one with its number; for each insert its number (not read here);
//   the bounds of the literals with line breaks as LF, then those with CRLF: addresses of UTF-16LE text

import {
  FETCHED,
  LIST,
  LIST_LIMIT,
  LISTED,
  MESSAGE,
  OUT,
  PLACES_A,
  PLACES_B,
  READINGS,
  ROWS,
  WAYS_A,
  WAYS_B,
} from './fit-layout';
import { lookUp } from './message-grams';

const NONE: i32 = 0;
const ONE: i32 = 1;
const UNSURE: i32 = -1;

const HEAD: usize = 24;
/** No parameter references, no white space in front, not too many inserts. */
const IS_PLAIN: u32 = 1;
const HAS_REPEATS: u32 = 2;

/** Readings are counted no further, as in ../../messages/readings.ts. */
const READINGS_LIMIT: u32 = 1000;
/** So many units of false starts of literals are compared in one message before it is left to what is linear. */
const FALSE_STARTS: i32 = 8192;
const NOT_FOUND: usize = 0;
const GAVE_UP: usize = 1;

/** The end of the message, and its end without white space: addresses. */
let textEnd: usize = 0;
let trimmedEnd: usize = 0;
let isPlain: bool = false;
let isCrlf: bool = false;
let hasReturns: bool = false;
/** The line breaks at the end are not all of one form, that of the others. */
let isTailOdd: bool = false;
/** It may hold an unfilled insert, or damage. */
let hasOddities: bool = false;
/** No space stands before a line break or the end: an export may have cut such spaces. */
let mayBeCut: bool = false;
let falseStarts: i32 = 0;

/** Takes in the message of so many units that stands at MESSAGE. */
export function prepare(length: u32): void {
  const end = MESSAGE + <usize>(length << 1);
  textEnd = end;
  falseStarts = 0;
  // What stood there before is not read as text.
  v128.store(end, i16x8.splat(0));
  let trimmed = end;
  while (trimmed > MESSAGE && isSpace(load<u16>(trimmed - 2))) trimmed -= 2;
  trimmedEnd = trimmed;
  const cr = i16x8.splat(13);
  const lf = i16x8.splat(10);
  const percent = i16x8.splat(37);
  const question = i16x8.splat(63);
  const lost = i16x8.splat(<i16>0xfffd);
  let odd = i16x8.splat(0);
  let breaks = i16x8.splat(0);
  for (let at = MESSAGE; at < end; at += 16) {
    const units = v128.load(at);
    odd = v128.or(odd, v128.or(i16x8.eq(units, lost), v128.or(i16x8.eq(units, percent), i16x8.eq(units, question))));
    breaks = v128.or(breaks, v128.or(i16x8.eq(units, cr), i16x8.eq(units, lf)));
  }
  hasOddities = v128.any_true(odd);
  isPlain = true;
  isCrlf = false;
  hasReturns = false;
  isTailOdd = false;
  mayBeCut = end > MESSAGE && !isBlank(load<u16>(end - 2));
  if (v128.any_true(breaks)) readBreaks(end, trimmed);
}

function readBreaks(end: usize, trimmed: usize): void {
  let feeds = 0;
  let pairs = 0;
  let returns = 0;
  let tailFeeds = 0;
  let tailPairs = 0;
  let tailReturns = 0;
  for (let block = MESSAGE; block < end; block += 16) {
    const units = v128.load(block);
    let mask = i16x8.bitmask(v128.or(i16x8.eq(units, i16x8.splat(13)), i16x8.eq(units, i16x8.splat(10))));
    while (mask != 0) {
      const at = block + <usize>(ctz(mask) << 1);
      mask &= mask - 1;
      const isFeed = load<u16>(at) == 10;
      const isPair = isFeed && at > MESSAGE && load<u16>(at - 2) == 13;
      if (!isPair && at > MESSAGE && isBlank(load<u16>(at - 2))) mayBeCut = false;
      if (!isFeed) hasReturns = true;
      // Those at the end do not count; where there are no others, they tell.
      if (at >= trimmed) {
        if (isPair) tailPairs++;
        else if (isFeed) tailFeeds++;
        else tailReturns++;
        continue;
      }
      if (isPair) pairs++;
      else if (isFeed) feeds++;
      else returns++;
    }
  }
  isCrlf = returns > 0;
  isPlain = returns == 0 ? pairs == 0 : feeds == 0 && pairs == returns;
  if (returns == 0 && feeds == 0) isCrlf = tailReturns > 0;
  isTailOdd = isCrlf ? tailFeeds > 0 || tailPairs != tailReturns : tailReturns > 0;
}

/**
 * Places the literals: 0 if the message does not fit as it is, 1 if in one way, more if in so many (counted to the
 * limit), -1 if it takes more to tell. OUT then holds, for each insert, where its value starts and ends, in units.
 */
export function fit(row: usize): i32 {
  const flags = load<u32>(row, 4);
  if ((flags & IS_PLAIN) == 0 || !isPlain) return UNSURE;
  const last = load<u32>(row);
  const bounds = row + HEAD + <usize>(last * 8 + (isCrlf ? (last + 2) * 4 : 0));
  const first = load<u32>(bounds);
  const firstSize = load<u32>(bounds, 4) - first;
  const size = <u32>(textEnd - MESSAGE);
  if (firstSize > 0 && size > 0 && load<u16>(first) != load<u16>(MESSAGE)) {
    return isSpace(load<u16>(MESSAGE)) ? UNSURE : NONE;
  }
  if (last == 0) return fitOnly(first, firstSize, size);
  const final = load<u32>(bounds + last * 4);
  let finalSize = load<u32>(bounds + last * 4, 4) - final;
  // Then other literals too may stand among the line breaks at the end.
  if (isTailOdd && isBlankText(final, finalSize)) return UNSURE;
  if (firstSize > size || !stands(MESSAGE, first, firstSize)) return NONE;

  // White space at the end of the last literal and of the message may differ, but where the literal is nothing else.
  let end = textEnd - finalSize;
  if (finalSize > size || !stands(end, final, finalSize)) {
    while (finalSize > 0 && isSpace(load<u16>(final + finalSize - 2))) finalSize -= 2;
    if (finalSize == 0) {
      if (trimmedEnd < textEnd) return UNSURE;
      end = textEnd;
    } else {
      if (finalSize > trimmedEnd - MESSAGE) return NONE;
      end = trimmedEnd - finalSize;
      if (!stands(end, final, finalSize)) return NONE;
    }
  } else if (finalSize > 0 && textEnd - trimmedEnd >= finalSize) {
    // All white space: it may also be the value's, with the literal's cut off.
    return UNSURE;
  }

  let at = MESSAGE + firstSize;
  place(0, MESSAGE);
  for (let k: u32 = 1; k < last; k++) {
    const literal = load<u32>(bounds + k * 4);
    const own = load<u32>(bounds + k * 4, 4) - literal;
    const found = find(literal, own, at, end);
    if (found <= GAVE_UP) return found == GAVE_UP ? UNSURE : NONE;
    place(k, found);
    at = found + own;
  }
  if (at > end) return NONE;
  place(last, end);
  let readings: i32 = 1;
  // From the right: while every later literal has one place, this one's other places can only lie before it.
  for (let k = last - 1; k >= 1; k--) {
    const literal = load<u32>(bounds + k * 4);
    const own = load<u32>(bounds + k * 4, 4) - literal;
    const found = find(literal, own, placed(k) + 2, placed(k + 1));
    if (found == GAVE_UP) return UNSURE;
    if (found != NOT_FOUND) {
      if ((flags & HAS_REPEATS) != 0) return UNSURE;
      readings = count(bounds, last, end);
      if (readings == UNSURE) return UNSURE;
      break;
    }
  }
  if ((flags & HAS_REPEATS) != 0 && !agree(row, bounds, last)) return NONE;
  for (let k: u32 = 0; k < last; k++) {
    const from = placed(k) + (load<u32>(bounds + k * 4, 4) - load<u32>(bounds + k * 4));
    const to = placed(k + 1);
    if (hasOddities && isOdd(from, to)) return UNSURE;
    store<u32>(OUT + k * 8, <u32>(from - MESSAGE) >> 1);
    store<u32>(OUT + k * 8, <u32>(to - MESSAGE) >> 1, 4);
  }
  if (readings == 1 && mayBeCut && endsLikeCut(row)) return UNSURE;
  return readings;
}

/**
 * The index of the only one of the event's templates that fits, READINGS then says in how many ways; -1 when none does,
 * -2 when it takes more to tell. An event is a count, and for each template its row, the unit it must start with or 0,
 * and a word of the host's.
 */
export function fitEvent(event: usize): i32 {
  if (!isPlain) return NOT_TOLD;
  const first = <u32>load<u16>(MESSAGE);
  const mayBeIndented = isSpace(first);
  const many = load<u32>(event);
  let only: i32 = NOBODY;
  let onlyRow: usize = 0;
  let row: usize = 0;
  for (let index: u32 = 0; index < many; index++) {
    const start = load<u32>(event + index * 12, 8);
    if (start != 0 && start != first && !mayBeIndented) continue;
    row = load<u32>(event + index * 12, 4);
    const readings = fit(row);
    if (readings == NONE) continue;
    if (readings == UNSURE || only != NOBODY) return NOT_TOLD;
    only = index;
    onlyRow = row;
    store<u32>(READINGS, readings);
  }
  // Others have been tried since.
  if (only != NOBODY && onlyRow != row) fit(onlyRow);
  return only;
}

/**
 * Likewise the number of the only one of the texts filed under a gram of the message, which has so many units; -3 when
 * they are more than there is room for. LISTED then says how many they are. -4 when some have no row yet: `fitListed`
 * goes on when they do.
 */
export function search(length: u32, index: usize): i32 {
  const count = lookUp(length, index);
  store<u32>(LISTED, count);
  if (count > load<u32>(index, LIST_LIMIT)) return TOO_MANY;
  const rows = <usize>load<u32>(index, ROWS);
  const list = <usize>load<u32>(index, LIST);
  // All rows are fetched at once, not each when the one before it was looked at.
  let fetched: u32 = 0;
  let isLaid = true;
  for (let k: u32 = 0; k < count; k++) {
    const row = load<u32>(rows + load<u32>(list + k * 4) * 4);
    if (row == 0) isLaid = false;
    fetched ^= load<u32>(row) ^ load<u32>(row, 64) ^ load<u32>(row, 128);
  }
  store<u32>(FETCHED, fetched);
  return isLaid ? fitListed(index, count) : NOT_LAID;
}

/** Likewise for the texts that are listed; all of them have rows. */
export function fitListed(index: usize, count: u32): i32 {
  if (!isPlain) return NOT_TOLD;
  const rows = <usize>load<u32>(index, ROWS);
  const list = <usize>load<u32>(index, LIST);
  let only: i32 = NOBODY;
  let onlyRow: usize = 0;
  let row: usize = 0;
  for (let k: u32 = 0; k < count; k++) {
    const number = load<u32>(list + k * 4);
    row = load<u32>(rows + number * 4);
    const readings = fit(row);
    if (readings == NONE) continue;
    if (readings == UNSURE || only != NOBODY) return NOT_TOLD;
    only = number;
    onlyRow = row;
    store<u32>(READINGS, readings);
  }
  // Others have been tried since.
  if (only != NOBODY && onlyRow != row) fit(onlyRow);
  return only;
}

const NOBODY: i32 = -1;
const NOT_TOLD: i32 = -2;
const TOO_MANY: i32 = -3;
const NOT_LAID: i32 = -4;

function isBlankText(at: usize, size: usize): bool {
  for (let k: usize = 0; k < size; k += 2) if (!isSpace(load<u16>(at + k))) return false;
  return true;
}

/** A template without inserts: white space at the end does not count. */
function fitOnly(literal: usize, length: u32, size: u32): i32 {
  let least = length;
  while (least > 0 && isSpace(load<u16>(literal + least - 2))) least -= 2;
  if (least == 0) return length == size && stands(MESSAGE, literal, size) ? ONE : UNSURE;
  return trimmedEnd - MESSAGE == <usize>least && stands(MESSAGE, literal, least) ? ONE : NONE;
}

/** The value of a number must be the same wherever it stands; the places are the only ones. */
function agree(row: usize, bounds: usize, last: u32): bool {
  for (let k: u32 = 0; k < last; k++) {
    const earlier = load<u32>(row + HEAD + k * 4);
    if (earlier == k) continue;
    const from = valueOf(bounds, k);
    const size = placed(k + 1) - from;
    const other = valueOf(bounds, earlier);
    if (placed(earlier + 1) - other != size || !stands(from, other, size)) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function valueOf(bounds: usize, k: u32): usize {
  return placed(k) + (load<u32>(bounds + k * 4, 4) - load<u32>(bounds + k * 4));
}

/** Where literal `k` was placed: behind the values' words, so that both fit. */
// @ts-ignore: decorator
@inline
function placed(k: u32): usize {
  return <usize>load<u32>(OUT + 1024 + k * 4);
}

// @ts-ignore: decorator
@inline
function place(k: u32, at: usize): void {
  store<u32>(OUT + 1024 + k * 4, <u32>at);
}

/** How many readings there are, as `countReadings` of ../../messages/readings.ts counts them. */
function count(bounds: usize, last: u32, end: usize): i32 {
  let places = PLACES_A;
  let ways = WAYS_A;
  let nextPlaces = PLACES_B;
  let nextWays = WAYS_B;
  let many: u32 = 1;
  store<u32>(places, <u32>MESSAGE);
  store<u32>(ways, 1);
  // The rightmost places, after the leftmost ones.
  let limit = end;
  for (let k = last - 1; k >= 1; k--) {
    const literal = load<u32>(bounds + k * 4);
    const own = load<u32>(bounds + k * 4, 4) - literal;
    // Nothing can stand between CR and LF, which count as one.
    if (own == 0 && hasReturns) return UNSURE;
    let at = own == 0 ? limit : placed(k);
    while (own > 0) {
      const later = find(literal, own, at + 2, limit);
      if (later == GAVE_UP) return UNSURE;
      if (later == NOT_FOUND) break;
      at = later;
    }
    store<u32>(OUT + 2048 + k * 4, <u32>at);
    limit = at;
  }
  for (let k: u32 = 1; k < last; k++) {
    const literal = load<u32>(bounds + k * 4);
    const own = load<u32>(bounds + k * 4, 4) - literal;
    const reach = literal - load<u32>(bounds + k * 4 - 4);
    const rightmost = <usize>load<u32>(OUT + 2048 + k * 4);
    let before: u32 = 0;
    let sum: u32 = 0;
    let total: u32 = 0;
    let found: u32 = 0;
    let at = placed(k);
    for (;;) {
      while (before < many && load<u32>(places + before * 4) + reach <= at) sum += load<u32>(ways + before++ * 4);
      if (sum > 0) {
        store<u32>(nextPlaces + found * 4, <u32>at);
        store<u32>(nextWays + found * 4, sum);
        found++;
        total += sum;
      }
      if (total >= READINGS_LIMIT) return READINGS_LIMIT;
      if (at >= rightmost) break;
      at = find(literal, own, at + 2, rightmost + own);
      if (at == GAVE_UP) return UNSURE;
      if (at == NOT_FOUND) break;
    }
    let swap = places;
    places = nextPlaces;
    nextPlaces = swap;
    swap = ways;
    ways = nextWays;
    nextWays = swap;
    many = found;
  }
  let total: u32 = 0;
  for (let k: u32 = 0; k < many; k++) total += load<u32>(ways + k * 4);
  return total >= READINGS_LIMIT ? READINGS_LIMIT : total;
}

/** Where the literal first stands within [from, to); NOT_FOUND, or GAVE_UP where starts deceive. Sizes in bytes. */
function find(literal: usize, size: usize, from: usize, to: usize): usize {
  if (from + size > to) return NOT_FOUND;
  if (size == 0) return from;
  const end = to - size;
  const first = i16x8.splat(load<u16>(literal));
  const last = i16x8.splat(load<u16>(literal + size - 2));
  for (let block = from; block <= end; block += 16) {
    let mask = i16x8.bitmask(
      v128.and(i16x8.eq(v128.load(block), first), i16x8.eq(v128.load(block + size - 2), last)),
    );
    while (mask != 0) {
      const at = block + <usize>(ctz(mask) << 1);
      if (at > end) return NOT_FOUND;
      if (stands(at, literal, size)) return at;
      falseStarts += <i32>(size >> 1);
      if (falseStarts > FALSE_STARTS) return GAVE_UP;
      mask &= mask - 1;
    }
  }
  return NOT_FOUND;
}

/** True when `size` bytes at either address are the same. Reads up to 16 bytes past them. */
function stands(at: usize, literal: usize, size: usize): bool {
  let k: usize = 0;
  for (; k + 16 <= size; k += 16) {
    if (v128.any_true(v128.xor(v128.load(at + k), v128.load(literal + k)))) return false;
  }
  if (k == size) return true;
  const same = i16x8.bitmask(i16x8.eq(v128.load(at + k), v128.load(literal + k)));
  return (~same & ((1 << (<i32>(size - k) >> 1)) - 1)) == 0;
}

/** What may be an unfilled insert, or damage: `%1` for a value, `??`, `?1`, U+FFFD. */
function isOdd(from: usize, to: usize): bool {
  for (let at = from; at < to; at += 2) {
    const c = load<u16>(at);
    if (c == 0xfffd) return true;
    if (c != 37 && c != 63) continue;
    const next: u32 = at + 2 < to ? load<u16>(at, 2) : 0;
    if (next == 63 ? c == 63 : next >= 48 && next <= 57 && (c == 63 || at == from)) return true;
  }
  return false;
}

/**
 * If an export cut spaces at the ends of lines, a literal that ended in them before an empty value now ends a line: true
 * when some line of the message ends as such a literal would, by the up to four units that it ends with. The template's
 * set has a bit for each, and one for how many units.
 */
function endsLikeCut(row: usize): bool {
  const set = load<u64>(row + (isCrlf ? 16 : 8));
  if (set == 0) return false;
  if (endsIn(set, trimmedEnd)) return true;
  for (let block = MESSAGE; block < trimmedEnd; block += 16) {
    let mask = i16x8.bitmask(i16x8.eq(v128.load(block), i16x8.splat(10)));
    while (mask != 0) {
      const at = block + <usize>(ctz(mask) << 1);
      mask &= mask - 1;
      if (endsIn(set, isCrlf ? at - 2 : at)) return true;
    }
  }
  return false;
}

function endsIn(set: u64, end: usize): bool {
  let hash: u32 = 0;
  for (let length: u32 = 1; length <= 4; length++) {
    const at = end - <usize>(length << 1);
    if (at < MESSAGE) return false;
    hash = (hash + load<u16>(at)) * 0x9e3779b1;
    if (((set >> <u64>(59 + length)) & 1) != 0 && ((set >> <u64>((hash >>> 16) % 60)) & 1) != 0) return true;
  }
  return false;
}

// @ts-ignore: decorator
@inline
function isSpace(c: u32): bool {
  return c == 32 || c == 10 || c == 13 || c == 9;
}

/** What an export may cut at the end of a line. */
// @ts-ignore: decorator
@inline
function isBlank(c: u32): bool {
  return c == 32 || c == 9;
}
