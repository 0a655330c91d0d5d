// Whether the message fits a template as it is, and where its values then are.

import { OUT, SHAPE } from './fit-layout';
import {
  hasBreaks,
  hasOddities,
  indentEnd,
  isOdd,
  isSpace,
  isWhite,
  pairsBefore,
  textEnd,
  textStart,
  trimmedEnd,
} from './message-text';
import { count, place, placed, valueOf } from './placed-literals';
import {
  anchorOffset,
  anchorSize,
  areSame,
  find,
  firstWithNumber,
  GAVE_UP,
  HAS_BARE,
  HAS_REPEATS,
  insertNumber,
  IS_PLAIN,
  literalSize,
  literalStart,
  MAY_HIDE,
  NONE,
  NOT_FOUND,
  ONE,
  openRow,
  stands,
  unitOf,
  UNSURE,
} from './template-row';

/**
 * Places the literals: 0 if the message does not fit as it is, 1 if in one way, more if in so many (counted to the
 * limit), -1 if it takes more to tell. OUT then holds, for each insert, where its value starts and ends, in units.
 */
export function fit(row: usize): i32 {
  const head = load<u32>(row);
  const flags = head >>> 8;
  if ((flags & IS_PLAIN) == 0) return UNSURE;
  const last = head & 0xff;
  openRow(row, head);
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
    // Where an insert stands several times, white space may have been cut at some of its places: then there are other values.
    if ((flags & HAS_REPEATS) != 0 && (!isSure || (flags & HAS_BARE) != 0)) return UNSURE;
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
    store<u32>(OUT + k * 8, insertNumber(row, k), 4);
  }
  store<u32>(SHAPE, (head & 0xff0000) | last);
  return readings;
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
    while (kept > 0 && isWhite(unitOf(literal + (kept >> 1) - 1))) kept -= 2;
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
  while (size > 0 && isWhite(unitOf(literal))) {
    literal++;
    size -= 2;
  }
  return first > 0 && size > 0 && textStart + size <= textEnd && stands(textStart, literal, size);
}

/** A line break, or what may be cut before one. */
function mayBeLineEnd(at: usize): bool {
  while (at < textEnd && isWhite(load<u16>(at)) && load<u16>(at) != 10) at += 2;
  return at == textEnd || load<u16>(at) == 10;
}

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
    const earlier = firstWithNumber(row, k);
    if (earlier == k) continue;
    const from = valueOf(k);
    const size = placed(k + 1) - from;
    const other = valueOf(earlier);
    if (placed(earlier + 1) - other != size || !areSame(from, other, size)) return false;
  }
  return true;
}
