// The templates whose literals may stand in the message: `lookUpGrams` of ../../messages/grams.ts, which says how the
// tables are made and why this is right. The two are kept alike by test.

import {
  BITS,
  BITS_MASK,
  FOLDED,
  FOLDS,
  LIST,
  LIST_LIMIT,
  MESSAGE,
  POSTINGS,
  SLOTS,
  SLOTS_MASK,
} from './fit-layout';

const LONG: usize = 16 * 2;
const SHORT: usize = 3 * 2;

/** Where templates are to be noted, and how many were. */
let out: usize = 0;
let found: u32 = 0;
let firstEdge: u32 = 0;
let lastEdge: u32 = 0;

/**
 * Lists the numbers of the texts filed under a gram of the message of `length` units, each once. Returns how many: more
 * than there is room for when it had to stop.
 */
export function lookUp(length: u32, index: usize): u32 {
  const bits = <usize>load<u32>(index, BITS);
  const bitsMask = load<u32>(index, BITS_MASK);
  const slots = <usize>load<u32>(index, SLOTS);
  const slotsMask = load<u32>(index, SLOTS_MASK);
  const postings = <usize>load<u32>(index, POSTINGS);
  const limit = load<u32>(index, LIST_LIMIT);
  const end = fold(MESSAGE + <usize>(length << 1), load<u32>(index, FOLDS));
  out = load<u32>(index, LIST);
  found = 0;
  firstEdge = edgeAt(load<u16>(FOLDED) == 32 ? FOLDED + 2 : FOLDED, end);
  const trimmed = end > FOLDED && load<u16>(end - 2) == 32 ? end - 2 : end;
  lastEdge = trimmed - FOLDED < 4 ? 0 : edgeAt(trimmed - 4, end);
  let isWordBefore = false;
  let isPlainBefore = true;
  for (let at = FOLDED; at + SHORT <= end; at += 2) {
    const c = load<u16>(at);
    const isPlain = c < 128;
    const isWord = isPlain && isWordCode(c);
    const isAnchor = !isPlain || (isWord && isPlainBefore && !isWordBefore);
    isWordBefore = isWord;
    isPlainBefore = isPlain;
    if (!isAnchor) continue;
    const short = mix(<i32>load<u32>(at) * 0x2c1b3c6d + <i32>load<u16>(at, 4) * 0x297a2d39);
    if (bitOf(bits, short & bitsMask)) probe(slots, slotsMask, postings, short, limit);
    if (at + LONG > end) continue;
    const products = i32x4.add(
      i32x4.mul(v128.load(at), i32x4(0x2c1b3c6d, 0x297a2d39, 0x5bd1e995, 0x1b873593)),
      i32x4.mul(v128.load(at, 16), i32x4(0x38b34ae5, 0x27d4eb2f, 0x165667b1, 0x3c6ef373)),
    );
    const sum =
      i32x4.extract_lane(products, 0) +
      i32x4.extract_lane(products, 1) +
      i32x4.extract_lane(products, 2) +
      i32x4.extract_lane(products, 3);
    const long = mix(sum);
    if (bitOf(bits, long & bitsMask)) probe(slots, slotsMask, postings, long, limit);
    if (found > limit) return found;
  }
  return found;
}

// @ts-ignore: decorator
@inline
function bitOf(bits: usize, bit: u32): bool {
  return ((load<u32>(bits + <usize>((bit >>> 5) << 2)) >>> (bit & 31)) & 1) != 0;
}

function probe(slots: usize, mask: u32, postings: usize, key: u32, limit: u32): void {
  for (let slot = (key >>> 7) & mask; ; slot = (slot + 1) & mask) {
    const start = load<u32>(slots + <usize>(slot << 3), 4);
    if (start == 0) return;
    if (load<u32>(slots + <usize>(slot << 3)) != key) continue;
    let at = postings + <usize>(start << 2);
    const end = at + <usize>(load<u32>(at - 4) * 12);
    for (; at < end; at += 12) {
      const first = load<u32>(at, 4);
      if (first != 0 && first != firstEdge) continue;
      const last = load<u32>(at, 8);
      if (last != 0 && last != lastEdge) continue;
      if (isListed(load<u32>(at))) continue;
      if (found < limit) store<u32>(out + <usize>(found << 2), load<u32>(at));
      if (++found > limit) return;
    }
    return;
  }
}

/** Under a gram that stands in the message twice. */
function isListed(number: u32): bool {
  for (let k: u32 = 0; k < found; k++) if (load<u32>(out + <usize>(k << 2)) == number) return true;
  return false;
}

function edgeAt(at: usize, end: usize): u32 {
  return at + 4 > end ? 0 : (<u32>load<u16>(at) << 16) | <u32>load<u16>(at, 2);
}

/** Folds the message into FOLDED, any white space as one space; returns the end. */
function fold(end: usize, folds: usize): usize {
  let to = FOLDED;
  let at = MESSAGE;
  let isSpaceBefore = false;
  while (at < end) {
    // Eight units of plain text without two spaces in a row.
    if (at + 16 <= end) {
      const units = v128.load(at);
      const spaces = i16x8.eq(units, i16x8.splat(32));
      const odd = v128.or(
        i16x8.gt_u(i16x8.sub(units, i16x8.splat(32)), i16x8.splat(94)),
        v128.or(i16x8.eq(units, i16x8.splat(96)), v128.and(spaces, i16x8.eq(v128.load(at, 2), i16x8.splat(32)))),
      );
      if (!v128.any_true(odd) && !(isSpaceBefore && load<u16>(at) == 32)) {
        v128.store(to, units);
        to += 16;
        at += 16;
        isSpaceBefore = load<u16>(at - 2) == 32;
        continue;
      }
    }
    const stop = at + 16 < end ? at + 16 : end;
    for (; at < stop; at += 2) {
      let c: u32 = load<u16>(at);
      if (c >= 127 || c == 96) c = load<u16>(folds + <usize>(c << 1));
      if (c == 0xffff) continue;
      if (c <= 32 && (c == 32 || (c >= 9 && c <= 13))) {
        if (isSpaceBefore) continue;
        c = 32;
      }
      isSpaceBefore = c == 32;
      store<u16>(to, <u16>c);
      to += 2;
    }
  }
  return to;
}

// @ts-ignore: decorator
@inline
function isWordCode(c: u32): bool {
  return c - 48 < 10 || (c | 32) - 97 < 26;
}

/** The low bits choose a bit, the others a slot. */
// @ts-ignore: decorator
@inline
function mix(sum: i32): u32 {
  let hash = <u32>sum;
  hash = (hash ^ (hash >>> 15)) * 0x85ebca6b;
  return hash ^ (hash >>> 13);
}
