// How rendered messages fit message templates, and which templates may fit. Laid out by ../../messages/verbatim.ts.
//
// The message stands at MESSAGE as UTF-16LE. A template stands at an address of its own, as short as can be, since where
// there are many of them most of the time goes into fetching it:
//   a word: how many inserts (8 bits), flags (8), the highest number (8), the length of its key in units (8; 0: it has none)
//   a word: how far from the template its text starts (16 bits); the unit of the text that its key starts at (16)
//   for each insert a byte for the index of the first one with its number, and one for the number
//   for each literal, 16 bits each: the unit of the text that it starts at; where in it its anchor starts, and how long
//   that is, or 0 (see ../../messages/anchors.ts); behind the last, the unit that it ends at
//   (a key is the longest piece of firm ASCII in an anchor, see `isFirm`: the least likely to stand in other messages)
//   the text of all literals with LF for line breaks, a byte a unit, or two where IS_WIDE

import {
  FETCHED,
  LINES,
  LIST,
  LIST_LIMIT,
  LISTED,
  MESSAGE,
  OUT,
  PAIRS,
  PLACES_A,
  PLACES_B,
  READINGS,
  ROWS,
  SHAPE,
  WAYS_A,
  WAYS_B,
} from './fit-layout';
import { lookUp } from './message-grams';

const NONE: i32 = 0;
const ONE: i32 = 1;
const UNSURE: i32 = -1;

const HEAD: usize = 8;
/** No parameter references, no white space in front, not too many inserts. */
const IS_PLAIN: u32 = 1;
const HAS_REPEATS: u32 = 2;
const IS_WIDE: u32 = 4;
/** Some literals are spaces alone, within lines, or line breaks alone. */
const HAS_BARE: u32 = 8;
/** Some literal is white space alone that an export may have cut without a trace. */
const MAY_HIDE: u32 = 16;

/** Readings are counted no further, as in ../../messages/readings.ts. */
const READINGS_LIMIT: u32 = 1000;
/** So many units of false starts of literals are compared in one message before it is left to what is linear. */
const FALSE_STARTS: i32 = 8192;
const NOT_FOUND: usize = 0;
const GAVE_UP: usize = 1;

/** Where the message with LF for line breaks starts and ends, and its end without white space: addresses. */
let textStart: usize = 0;
let textEnd: usize = 0;
let trimmedEnd: usize = 0;
/** How many CRLF it has. */
let pairs: u32 = 0;
/** It may hold an unfilled insert, or damage. */
let hasOddities: bool = false;
/** What stands for characters that an encoding lost stands in it. */
let hasLosses: bool = false;
let hasBreaks: bool = false;
let isAscii: bool = false;
/** Folding drops units of it: ONE or NONE, UNSURE where nobody asked. */
let dropped: i32 = UNSURE;
let falseStarts: i32 = 0;

/** The template being looked at: its literals' starts, its text, and whether that has two bytes a unit. */
let bounds: usize = 0;
let text: usize = 0;
let isWide: bool = false;

/** Takes in the message of so many units that stands at MESSAGE. */
export function prepare(length: u32): void {
  const end = MESSAGE + <usize>(length << 1);
  falseStarts = 0;
  dropped = UNSURE;
  // What stood there before is not read as text.
  v128.store(end, i16x8.splat(0));
  const cr = i16x8.splat(13);
  const lf = i16x8.splat(10);
  const percent = i16x8.splat(37);
  const question = i16x8.splat(63);
  const lost = i16x8.splat(<i16>0xfffd);
  let percents = i16x8.splat(0);
  let losses = i16x8.splat(0);
  let returns = i16x8.splat(0);
  let feeds = i16x8.splat(0);
  let all = i16x8.splat(0);
  for (let at = MESSAGE; at < end; at += 16) {
    const units = v128.load(at);
    all = v128.or(all, units);
    percents = v128.or(percents, i16x8.eq(units, percent));
    losses = v128.or(losses, v128.or(i16x8.eq(units, lost), i16x8.eq(units, question)));
    returns = v128.or(returns, i16x8.eq(units, cr));
    feeds = v128.or(feeds, i16x8.eq(units, lf));
  }
  hasLosses = v128.any_true(losses);
  isAscii = !v128.any_true(v128.and(all, i16x8.splat(<i16>0xff80)));
  hasOddities = hasLosses || v128.any_true(percents);
  textStart = MESSAGE;
  textEnd = end;
  pairs = 0;
  hasBreaks = v128.any_true(feeds);
  if (v128.any_true(returns)) {
    hasBreaks = true;
    foldBreaks(end);
  }
  let trimmed = textEnd;
  while (trimmed > textStart && isSpace(load<u16>(trimmed - 2))) trimmed -= 2;
  trimmedEnd = trimmed;
}

/** Copies the message to LINES, with LF for CRLF and CR. */
function foldBreaks(end: usize): void {
  let at = MESSAGE;
  let to = LINES;
  while (at < end) {
    const units = v128.load(at);
    v128.store(to, units);
    const mask = i16x8.bitmask(i16x8.eq(units, i16x8.splat(13)));
    if (mask == 0) {
      at += 16;
      to += 16;
      continue;
    }
    const before = <usize>(ctz(mask) << 1);
    at += before + 2;
    to += before;
    if (at < end && load<u16>(at) == 10) {
      store<u16>(PAIRS + <usize>(pairs << 1), <u16>((to - LINES) >> 1));
      pairs++;
      at += 2;
    }
    store<u16>(to, 10);
    to += 2;
  }
  // The last block may have gone past the end.
  textStart = LINES;
  textEnd = to - (at - end);
  v128.store(textEnd, i16x8.splat(0));
}

/**
 * Places the literals: 0 if the message does not fit as it is, 1 if in one way, more if in so many (counted to the
 * limit), -1 if it takes more to tell. OUT then holds, for each insert, where its value starts and ends, in units.
 */
export function fit(row: usize): i32 {
  const head = load<u32>(row);
  const flags = head >>> 8;
  if ((flags & IS_PLAIN) == 0) return UNSURE;
  const last = head & 0xff;
  bounds = row + HEAD + <usize>(last << 1);
  text = row + <usize>load<u16>(row, 4);
  isWide = (flags & IS_WIDE) != 0;
  const firstSize = literalStart(1) << 1;
  const size = <u32>(textEnd - textStart);
  if (firstSize > 0 && size > 0 && unitOf(0) != load<u16>(textStart)) {
    // White space in front of the message does not count.
    const start = indentEnd();
    let needed = firstSize;
    // Nor does that at its end, if this is the only literal.
    if (last == 0) while (needed > 0 && isSpace(unitOf((needed >> 1) - 1))) needed -= 2;
    return start > textStart && start + needed <= textEnd && stands(start, 0, needed) ? UNSURE : NONE;
  }
  if (last == 0) return fitOnly(firstSize, size);
  const final = literalStart(last);
  let finalSize = literalSize(last);
  if (firstSize > size || !stands(textStart, 0, firstSize)) return NONE;

  // White space at the end of the last literal and of the message may differ, but where the literal is nothing else.
  let end = textEnd - finalSize;
  let misfit = NONE;
  let dropsEnd = false;
  let isCut = false;
  if (finalSize > size || !stands(end, final, finalSize)) {
    isCut = true;
    while (finalSize > 0 && isSpace(unitOf(final + (finalSize >> 1) - 1))) finalSize -= 2;
    if (finalSize == 0) {
      // What stands in the place of a final line break is no value's.
      end = textEnd;
      dropsEnd = (flags & HAS_REPEATS) == 0;
    } else {
      if (finalSize > trimmedEnd - textStart) return NONE;
      end = trimmedEnd - finalSize;
      if (!stands(end, final, finalSize)) return NONE;
    }
  } else if (finalSize > 0 && textEnd - trimmedEnd >= finalSize) {
    // All white space: it may also be the value's, with the literal's cut off, if it does not fit so.
    misfit = UNSURE;
  }

  let at = textStart + firstSize;
  // Where the last literal with an anchor ends: what is bare may have gone.
  let solid = at;
  // The anchors are where the literals are, and have no other place.
  let isSure = true;
  place(0, textStart);
  for (let k: u32 = 1; k < last; k++) {
    const literal = literalStart(k);
    const own = literalSize(k);
    const anchor = anchorSize(k);
    let found: usize;
    if (anchor == 0) {
      found = find(literal, own, at, end);
    } else {
      const offset = anchorOffset(k);
      found = find(literal + (offset >> 1), anchor, solid, end);
      if (found > GAVE_UP) {
        found -= offset;
        if (found < at || found + own > end || !hasEdges(found, literal, own, offset, anchor)) {
          found = find(literal, own, at, end);
          isSure = false;
        }
      }
      solid = found + own;
    }
    if (found <= GAVE_UP) return found == GAVE_UP ? UNSURE : misfit;
    place(k, found);
    at = found + own;
  }
  if (at > end) return misfit;
  place(last, end);
  let readings: i32 = 1;
  // From the right: while every later literal has one place, this one's other places can only lie before it.
  solid = end;
  for (let k = last - 1; k >= 1; k--) {
    const anchor = anchorSize(k);
    if (isSure && anchor != 0) {
      const own = placed(k) + anchorOffset(k);
      const found = find(literalStart(k) + (anchorOffset(k) >> 1), anchor, own + 2, solid);
      solid = own;
      if (found == NOT_FOUND) continue;
      isSure = false;
    }
    const found = find(literalStart(k), literalSize(k), placed(k) + 2, placed(k + 1));
    if (found == GAVE_UP) return UNSURE;
    if (found != NOT_FOUND) {
      if ((flags & HAS_REPEATS) != 0) return UNSURE;
      readings = count(last, end);
      if (readings == UNSURE) return UNSURE;
      break;
    }
  }
  if (readings == 1 && last > 1) {
    if ((flags & HAS_BARE) != 0) {
      // Where something was cut, white space alone between values may have been cut too.
      if (isCut) return UNSURE;
      readings = proof(flags, last);
      if (readings == UNSURE) return UNSURE;
    }
    if (!isSure && readings == 1 && (isCut || mayHaveSeam(last))) return UNSURE;
  }
  if ((flags & HAS_REPEATS) != 0 && !agree(row, last)) return misfit;
  let before: u32 = 0;
  for (let k: u32 = 0; k < last; k++) {
    const from = valueOf(k);
    let to = placed(k + 1);
    if (dropsEnd && k == last - 1 && to > trimmedEnd) to = trimmedEnd > from ? trimmedEnd : from;
    if (hasOddities && isOdd(from, to)) return UNSURE;
    before = pairsBefore(from, before);
    const start = (<u32>(from - textStart) >> 1) + before;
    before = pairsBefore(to, before);
    const stop = (<u32>(to - textStart) >> 1) + before;
    store<u32>(OUT + k * 8, start | (stop << 16));
    store<u32>(OUT + k * 8, load<u8>(row + HEAD + <usize>(k << 1), 1), 4);
  }
  store<u32>(SHAPE, (head & 0xff0000) | last);
  return readings;
}

/** Where white space in front of the message ends. */
function indentEnd(): usize {
  let at = textStart;
  while (at < trimmedEnd && isSpace(load<u16>(at))) at += 2;
  return at;
}

/** The rest of a literal, around its anchor, stands there too; mostly a space on either side. */
// @ts-ignore: decorator
@inline
function hasEdges(at: usize, literal: u32, own: u32, offset: u32, anchor: u32): bool {
  if (offset > 2 || own - offset - anchor > 2) return stands(at, literal, own);
  if (offset != 0 && load<u16>(at) != unitOf(literal)) return false;
  return offset + anchor == own || load<u16>(at + own - 2) == unitOf(literal + (own >> 1) - 1);
}

/** Whether a bare literal may have been cut with what stands beside it, or before a line break that a value starts with. */
function proof(flags: u32, last: u32): i32 {
  if ((flags & MAY_HIDE) != 0) return UNSURE;
  if (!hasBreaks) return ONE;
  for (let k: u32 = 1; k < last; k++) {
    if (anchorSize(k) != 0 || literalSize(k) == 0 || unitOf(literalStart(k)) == 10) continue;
    for (let at = valueOf(k - 1); at < placed(k + 1); at += 2) if (load<u16>(at) == 10) return UNSURE;
  }
  return ONE;
}

/**
 * Whether the text may be read with a seam, as ../../messages/cut.ts has them of a template that fits as it stands: a literal
 * without the white space at its end would stand before a line break or at the end, or the first one that is not empty, without
 * that in front, at the start. What is bare hides.
 */
function mayHaveSeam(last: u32): bool {
  for (let k: u32 = 0; k < last; k++) {
    const literal = literalStart(k);
    const size = literalSize(k);
    let kept = size;
    while (kept > 0 && mayBeWhite(unitOf(literal + (kept >> 1) - 1))) kept -= 2;
    if (kept == size) continue;
    if (kept == 0) {
      if (k == 0) return true;
      continue;
    }
    let at = find(literal, kept, textStart, textEnd);
    while (at > GAVE_UP) {
      const behind = at + kept;
      if (behind == textEnd || behind == trimmedEnd || mayBeLineEnd(behind)) return true;
      at = find(literal, kept, at + 2, textEnd);
    }
    if (at == GAVE_UP) return true;
  }
  let first: u32 = 0;
  while (first < last && literalSize(first) == 0) first++;
  let size = literalSize(first);
  let literal = literalStart(first);
  while (size > 0 && mayBeWhite(unitOf(literal))) {
    literal++;
    size -= 2;
  }
  return first > 0 && size > 0 && textStart + size <= textEnd && stands(textStart, literal, size);
}

/** A line break, or what may be cut before one. */
function mayBeLineEnd(at: usize): bool {
  while (at < textEnd && mayBeWhite(load<u16>(at)) && load<u16>(at) != 10) at += 2;
  return at == textEnd || load<u16>(at) == 10;
}

/** White space of any kind, and a few more. */
// @ts-ignore: decorator
@inline
function mayBeWhite(c: u32): bool {
  return c <= 32 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x206f) || c == 0x3000 || c == 0xfeff;
}

/** The unit of the text that literal `k` starts at. */
// @ts-ignore: decorator
@inline
function literalStart(k: u32): u32 {
  return load<u16>(bounds + <usize>(k * 6));
}

/** In bytes of the message. */
// @ts-ignore: decorator
@inline
function literalSize(k: u32): u32 {
  return (<u32>load<u16>(bounds + <usize>(k * 6), 6) - literalStart(k)) << 1;
}

/** Likewise where in literal `k` its anchor starts, and how long that is. */
// @ts-ignore: decorator
@inline
function anchorOffset(k: u32): u32 {
  return (<u32>load<u16>(bounds + <usize>(k * 6), 2)) << 1;
}

// @ts-ignore: decorator
@inline
function anchorSize(k: u32): u32 {
  return (<u32>load<u16>(bounds + <usize>(k * 6), 4)) << 1;
}

// @ts-ignore: decorator
@inline
function unitOf(unit: u32): u32 {
  return isWide ? load<u16>(text + <usize>(unit << 1)) : load<u8>(text + <usize>unit);
}

/** How many CRLF stand before an address of the text, at least so many. */
// @ts-ignore: decorator
@inline
function pairsBefore(at: usize, least: u32): u32 {
  const unit = <u32>(at - textStart) >> 1;
  while (least < pairs && <u32>load<u16>(PAIRS + <usize>(least << 1)) < unit) least++;
  return least;
}

/**
 * The index of the only one of the event's templates that fits, READINGS then says in how many ways; -1 when none does,
 * -2 when it takes more to tell. An event is a count, and for each template its row, the unit it must start with or 0
 * with 16 bits of the host's above it, and a word of the host's.
 */
export function fitEvent(event: usize): i32 {
  const first = <u32>load<u16>(textStart);
  const mayBeIndented = isSpace(first);
  const many = load<u32>(event);
  let only: i32 = NOBODY;
  for (let index: u32 = 0; index < many; index++) {
    const start = <u32>load<u16>(event + index * 12, 8);
    if (start != 0 && start != first && !mayBeIndented) continue;
    const readings = fit(load<u32>(event + index * 12, 4));
    if (readings == NONE) continue;
    if (readings == UNSURE || only != NOBODY) return NOT_TOLD;
    only = index;
    store<u32>(READINGS, readings);
  }
  if (only == NOBODY) return NOBODY;
  const isTold = many > 1 && isFirm(first);
  for (let index: u32 = 0; index < many; index++) {
    const start = <u32>load<u16>(event + index * 12, 8);
    if (index == only || (start != first && isTold && isFirm(start))) continue;
    if (mayFit(load<u32>(event + index * 12, 4))) return NOT_TOLD;
  }
  return only;
}

/**
 * Both at once. The templates that may fit are fetched meanwhile, all of them, not each line of memory when the one before
 * was looked at.
 */
export function prepareAndFitEvent(length: u32, event: usize): i32 {
  const first = <u32>load<u16>(MESSAGE);
  const many = load<u32>(event);
  let fetched: u32 = 0;
  for (let index: u32 = 0; index < many; index++) {
    const start = <u32>load<u16>(event + index * 12, 8);
    if (start != 0 && start != first) continue;
    const row = <usize>load<u32>(event + index * 12, 4);
    fetched ^= load<u32>(row) ^ load<u32>(row, 64) ^ load<u32>(row, 128) ^ load<u32>(row, 192) ^ load<u32>(row, 256);
  }
  store<u32>(FETCHED, fetched);
  prepare(length);
  return fitEvent(event);
}

/**
 * Likewise the number of the only one of the texts filed under a gram of the message, which has so many units; -3 when
 * they are more than there is room for. LISTED then says how many they are. -4 when some have no row yet: `fitListed`
 * goes on when they do.
 */
export function search(length: u32, index: usize): i32 {
  const count = lookUp(length, index, hasLosses);
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
  const rows = <usize>load<u32>(index, ROWS);
  const list = <usize>load<u32>(index, LIST);
  let only: i32 = NOBODY;
  let onlyRow: usize = 0;
  for (let k: u32 = 0; k < count; k++) {
    const number = load<u32>(list + k * 4);
    const row = load<u32>(rows + number * 4);
    const readings = fit(row);
    if (readings == NONE) continue;
    if (readings == UNSURE || only != NOBODY) return NOT_TOLD;
    only = number;
    onlyRow = row;
    store<u32>(READINGS, readings);
  }
  if (only == NOBODY) return NOBODY;
  for (let k: u32 = 0; k < count; k++) {
    const row = load<u32>(rows + load<u32>(list + k * 4) * 4);
    if (row != onlyRow && mayFit(row)) return NOT_TOLD;
  }
  return only;
}

/**
 * Whether the message may fit a template though it does not as it is: if more was done to it. What is firm in the anchors of
 * all literals must stand in the message, one behind the other. What `fit` has found out is kept.
 */
export function mayFit(row: usize): bool {
  const head = load<u32>(row);
  if (((head >>> 8) & IS_PLAIN) == 0) return true;
  const last = head & 0xff;
  bounds = row + HEAD + <usize>(last << 1);
  text = row + <usize>load<u16>(row, 4);
  isWide = ((head >>> 8) & IS_WIDE) != 0;
  if (differsAtEnds(last)) return false;
  if (mayHaveDropped()) return true;
  const key = head >>> 24;
  if (key != 0 && find(load<u16>(row, 6), <usize>(key << 1), textStart, textEnd) == NOT_FOUND) return false;
  let at = textStart;
  for (let k: u32 = 0; k <= last; k++) {
    const own = anchorSize(k) >> 1;
    if (own == 0) continue;
    const anchor = literalStart(k) + (anchorOffset(k) >> 1);
    const isFirst = k == 0 && anchorOffset(0) == 0 && isFirm(unitOf(anchor));
    at = isFirst ? behindAnchor(textStart, anchor, anchor + own) : findAnchor(at, anchor, anchor + own);
    if (at == GAVE_UP) return true;
    if (at == NOT_FOUND) return false;
  }
  return true;
}

/** The template starts or ends with literals of which the message has other firm units there. */
function differsAtEnds(last: u32): bool {
  let at = indentEnd();
  const head = literalSize(0) >> 1;
  for (let unit: u32 = 0; unit < head && at < trimmedEnd && isFirm(unitOf(unit)); unit++) {
    if (load<u16>(at) != unitOf(unit)) return isFirm(load<u16>(at));
    at += 2;
  }
  const start = literalStart(last);
  let end = start + (literalSize(last) >> 1);
  while (end > start && isSpace(unitOf(end - 1))) end--;
  at = trimmedEnd;
  for (; end > start && at > textStart && isFirm(unitOf(end - 1)); end--) {
    at -= 2;
    if (load<u16>(at) != unitOf(end - 1)) return isFirm(load<u16>(at));
  }
  return false;
}

/** The address behind an anchor, of the first place that it may have; NOT_FOUND, or GAVE_UP. */
function findAnchor(from: usize, anchor: u32, end: u32): usize {
  let unit = anchor;
  while (unit < end && !isFirm(unitOf(unit))) unit++;
  const size = <usize>((firmEnd(unit, end) - unit) << 1);
  if (size == 0) return from;
  let at = find(unit, size, from, textEnd);
  while (at > GAVE_UP) {
    const behind = behindAnchor(at, unit, end);
    if (behind != NOT_FOUND) return behind;
    falseStarts += <i32>(end - unit);
    if (falseStarts > FALSE_STARTS) return GAVE_UP;
    at = find(unit, size, at + 2, textEnd);
  }
  return at;
}

/** The address behind an anchor whose first firm unit stands at `at`; between its words the message has what is not firm. */
function behindAnchor(at: usize, anchor: u32, end: u32): usize {
  let unit = anchor;
  while (unit < end) {
    const wordEnd = firmEnd(unit, end);
    const size = <usize>((wordEnd - unit) << 1);
    at = firmFrom(at);
    if (at + size > textEnd || !stands(at, unit, size)) return NOT_FOUND;
    at += size;
    unit = wordEnd;
    while (unit < end && !isFirm(unitOf(unit))) unit++;
  }
  return at;
}

function firmFrom(at: usize): usize {
  while (at < textEnd && !isFirm(load<u16>(at))) at += 2;
  return at;
}

function firmEnd(unit: u32, end: u32): u32 {
  while (unit < end && isFirm(unitOf(unit))) unit++;
  return unit;
}

/** What no view changes, nor makes of another unit; with losses nothing but ASCII is sure. See ../../messages/normalise.ts. */
function isFirm(c: u32): bool {
  if (c < 0x7f) return c > 32 && c != 0x22 && c != 0x27 && c != 0x2d && c != 0x60;
  if (hasLosses || c < 0xc0 || (c >= 0x2b9 && c <= 0x2c8) || c == 0x61c || c == 0x1680 || c == 0x3000) return false;
  return c < 0x2000 || (c > 0x2212 && c < 0xfeff);
}

/** Units that folding drops may stand in the message, where no template has them. */
function mayHaveDropped(): bool {
  if (isAscii) return false;
  if (dropped == UNSURE) dropped = findDropped() ? ONE : NONE;
  return dropped == ONE;
}

function findDropped(): bool {
  for (let block = textStart; block < textEnd; block += 16) {
    const units = v128.load(block);
    const wide = i16x8.lt_u(i16x8.sub(units, i16x8.splat(0x200b)), i16x8.splat(0x5f));
    const others = v128.or(i16x8.eq(units, i16x8.splat(0xad)), i16x8.eq(units, i16x8.splat(0x61c)));
    if (!v128.any_true(v128.or(v128.or(wide, others), i16x8.ge_u(units, i16x8.splat(<i16>0xfeff))))) continue;
    for (let at = block; at < block + 16; at += 2) if (isDropped(load<u16>(at))) return true;
  }
  return false;
}

function isDropped(c: u32): bool {
  if (c == 0xad || c == 0x61c || c == 0xfeff || c == 0xffff) return true;
  return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069);
}

const NOBODY: i32 = -1;
const NOT_TOLD: i32 = -2;
const TOO_MANY: i32 = -3;
const NOT_LAID: i32 = -4;

/** A template without inserts: white space at the end does not count. */
function fitOnly(length: u32, size: u32): i32 {
  let least = length;
  while (least > 0 && isSpace(unitOf((least >> 1) - 1))) least -= 2;
  const isSame = least == 0 ? length == size : trimmedEnd - textStart == <usize>least;
  if (!isSame || !stands(textStart, 0, least)) return least == 0 ? UNSURE : NONE;
  store<u32>(SHAPE, 0);
  return ONE;
}

/** The value of a number must be the same wherever it stands; the places are the only ones. */
function agree(row: usize, last: u32): bool {
  for (let k: u32 = 0; k < last; k++) {
    const earlier = <u32>load<u8>(row + HEAD + <usize>(k << 1));
    if (earlier == k) continue;
    const from = valueOf(k);
    const size = placed(k + 1) - from;
    const other = valueOf(earlier);
    if (placed(earlier + 1) - other != size || !areSame(from, other, size)) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function valueOf(k: u32): usize {
  return placed(k) + literalSize(k);
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
function count(last: u32, end: usize): i32 {
  let places = PLACES_A;
  let ways = WAYS_A;
  let nextPlaces = PLACES_B;
  let nextWays = WAYS_B;
  let many: u32 = 1;
  store<u32>(places, <u32>textStart);
  store<u32>(ways, 1);
  // The rightmost places, after the leftmost ones.
  let limit = end;
  for (let k = last - 1; k >= 1; k--) {
    const literal = literalStart(k);
    const own = literalSize(k);
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
    const literal = literalStart(k);
    const own = literalSize(k);
    const reach = literalSize(k - 1);
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
function find(literal: u32, size: usize, from: usize, to: usize): usize {
  if (from + size > to) return NOT_FOUND;
  if (size == 0) return from;
  const end = to - size;
  const first = i16x8.splat(<i16>unitOf(literal));
  const last = i16x8.splat(<i16>unitOf(literal + <u32>(size >> 1) - 1));
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

/** True when the text from `unit` on stands at an address of the message, for so many bytes there. Reads up to 16 past them. */
function stands(at: usize, unit: u32, size: usize): bool {
  if (isWide) return areSame(at, text + <usize>(unit << 1), size);
  const from = text + <usize>unit;
  let k: usize = 0;
  for (; k + 16 <= size; k += 16) {
    if (v128.any_true(v128.xor(v128.load(at + k), v128.load8x8_u(from + (k >> 1))))) return false;
  }
  if (k == size) return true;
  const same = i16x8.bitmask(i16x8.eq(v128.load(at + k), v128.load8x8_u(from + (k >> 1))));
  return (~same & ((1 << (<i32>(size - k) >> 1)) - 1)) == 0;
}

/** Likewise for two addresses of UTF-16LE text. */
function areSame(at: usize, other: usize, size: usize): bool {
  let k: usize = 0;
  for (; k + 16 <= size; k += 16) {
    if (v128.any_true(v128.xor(v128.load(at + k), v128.load(other + k)))) return false;
  }
  if (k == size) return true;
  const same = i16x8.bitmask(i16x8.eq(v128.load(at + k), v128.load(other + k)));
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

// @ts-ignore: decorator
@inline
function isSpace(c: u32): bool {
  return c == 32 || c == 10 || c == 13 || c == 9;
}
