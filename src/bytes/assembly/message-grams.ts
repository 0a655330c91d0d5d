// The templates whose literals may stand in the message: `lookUpGrams` of ../../messages/grams.ts, which says how the
// tables are made and why this is right. The two are kept alike by test.

import {
  BITS,
  BITS_MASK,
  FETCHED,
  FOLDED,
  FOLDS,
  HASHES,
  LIST,
  LIST_LIMIT,
  MESSAGE,
  POSTINGS,
  SEAT_COUNT,
  SEATS,
  SLOTS,
  SLOTS_MASK,
} from './fit-layout';

const LONG: usize = 16 * 2;
const SHORT: usize = 3 * 2;
/** So many units are looked at together. */
const GROUP: usize = 64 * 2;

/** Where templates are to be noted, and how many were. */
let out: usize = 0;
let found: u32 = 0;
let firstEdge: u32 = 0;
let lastEdge: u32 = 0;
/** Nothing of the message was lost, so that its first and last characters tell, whatever they are. */
let isWhole: bool = false;
/** What stands in the seats that grams of this message have taken: others than those of the message before. */
let taken: u32 = 0;
/** In the word of companions, above their seats. */
const ARE_ASCII: u32 = 1 << 30;

/**
 * Lists the numbers of the texts filed under a gram of the message of `length` units, each once. Returns how many: more
 * than there is room for when it had to stop.
 */
export function lookUp(length: u32, index: usize, hasLosses: bool): u32 {
  isWhole = !hasLosses;
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
  takeSeats();
  let last = HASHES;
  let wordBefore: u64 = 0;
  let otherBefore: u64 = 0;
  for (let group = FOLDED; group + SHORT <= end; group += GROUP) {
    let words: u64 = 0;
    let others: u64 = 0;
    for (let k: usize = 0; k < 4; k++) {
      const low = v128.load(group + k * 32);
      const high = v128.load(group + k * 32, 16);
      const lowWords = wordsIn(low);
      const highWords = wordsIn(high);
      words |= maskOf(lowWords, highWords) << (k << 4);
      others |= maskOf(othersIn(low, lowWords), othersIn(high, highWords)) << (k << 4);
    }
    let anchors = others | (words & ~((words << 1) | wordBefore | (others << 1) | otherBefore));
    wordBefore = words >> 63;
    otherBefore = others >> 63;
    const starts = ((end - SHORT - group) >> 1) + 1;
    if (starts < 64) anchors &= ((<u64>1) << starts) - 1;
    // Where words start is hard to foretell, and whether their grams are filed: so neither is branched on.
    for (; anchors != 0; anchors &= anchors - 1) {
      const at = group + (<usize>ctz(anchors) << 1);
      const short = mix(<i32>load<u32>(at) * 0x2c1b3c6d + <i32>load<u16>(at, 4) * 0x297a2d39);
      store<u8>(SEATS + <usize>seatOf(short), <u8>taken);
      store<u32>(last, short);
      last += <usize>(bitOf(bits, short & bitsMask) << 2);
      const long = mix(
        sumOf(
          i32x4.add(
            i32x4.mul(v128.load(at), i32x4(0x2c1b3c6d, 0x297a2d39, 0x5bd1e995, 0x1b873593)),
            i32x4.mul(v128.load(at, 16), i32x4(0x38b34ae5, 0x27d4eb2f, 0x165667b1, 0x3c6ef373)),
          ),
        ),
      );
      const isGram = <u32>(at + LONG <= end);
      // Where there is none, seat 0, which is taken anyhow.
      store<u8>(SEATS + <usize>(seatOf(long) & -isGram), <u8>taken);
      store<u32>(last, long);
      last += <usize>((bitOf(bits, long & bitsMask) & isGram) << 2);
    }
  }
  probeAll(last, slots, slotsMask, postings, limit);
  return found;
}

/** All seats are free, but for seat 0, which stands for none. */
function takeSeats(): void {
  taken++;
  if (taken > 0xff) {
    taken = 1;
    memory.fill(SEATS, 0, SEAT_COUNT);
  }
  store<u8>(SEATS, <u8>taken);
}

// @ts-ignore: decorator
@inline
function seatOf(hash: u32): u32 {
  return hash >>> 22;
}

/** Three grams that must stand in the message too. */
// @ts-ignore: decorator
@inline
function hasCompanions(seats: u32): bool {
  if (!isWhole && (seats & ARE_ASCII) == 0) return true;
  return isTaken(seats & 0x3ff) && isTaken((seats >>> 10) & 0x3ff) && isTaken((seats >>> 20) & 0x3ff);
}

// @ts-ignore: decorator
@inline
function isTaken(seat: u32): bool {
  return load<u8>(SEATS + <usize>seat) == taken;
}

/** A bit for each of sixteen lanes. */
// @ts-ignore: decorator
@inline
function maskOf(low: v128, high: v128): u64 {
  return <u64>i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
}

/** Letters and digits of scripts that part words. */
// @ts-ignore: decorator
@inline
function wordsIn(units: v128): v128 {
  const letters = i16x8.sub(v128.or(units, i16x8.splat(32)), i16x8.splat(97));
  return v128.or(
    v128.or(isBelow(i16x8.sub(units, i16x8.splat(48)), 10), isBelow(letters, 26)),
    v128.or(
      isBelow(i16x8.sub(units, i16x8.splat(0xc0)), 0x250 - 0xc0),
      isBelow(i16x8.sub(units, i16x8.splat(0x370)), 0x600 - 0x370),
    ),
  );
}

/** Characters of other scripts, and signs beyond ASCII. */
// @ts-ignore: decorator
@inline
function othersIn(units: v128, words: v128): v128 {
  return v128.andnot(i16x8.gt_u(units, i16x8.splat(127)), words);
}

// @ts-ignore: decorator
@inline
function isBelow(units: v128, limit: i16): v128 {
  return i16x8.lt_u(units, i16x8.splat(limit));
}

// @ts-ignore: decorator
@inline
function sumOf(four: v128): i32 {
  const two = i32x4.add(four, i32x4.shuffle(four, four, 2, 3, 0, 1));
  return i32x4.extract_lane(two, 0) + i32x4.extract_lane(two, 1);
}

// @ts-ignore: decorator
@inline
function bitOf(bits: usize, bit: u32): u32 {
  return (load<u32>(bits + <usize>((bit >>> 5) << 2)) >>> (bit & 31)) & 1;
}

/** All slots are fetched at once, then all lists, not each when the one before it was looked at. */
function probeAll(last: usize, slots: usize, mask: u32, postings: usize, limit: u32): void {
  let fetched: u32 = 0;
  for (let at = HASHES; at < last; at += 4) fetched ^= load<u32>(slots + <usize>(((load<u32>(at) >>> 7) & mask) << 3));
  let lists = HASHES;
  for (let at = HASHES; at < last; at += 4) {
    const start = startOf(slots, mask, load<u32>(at));
    if (start == 0) continue;
    const list = postings + <usize>(start << 2);
    store<u32>(lists, <u32>list);
    lists += 4;
    fetched ^= load<u32>(list) ^ load<u32>(list, 60);
  }
  store<u32>(FETCHED, fetched);
  for (let at = HASHES; at < lists && found <= limit; at += 4) listFitting(load<u32>(at), limit);
}

/** Where the postings of a gram start, in words; 0 when it is not filed. */
// @ts-ignore: decorator
@inline
function startOf(slots: usize, mask: u32, key: u32): u32 {
  let slot = (key >>> 7) & mask;
  let start: u32 = 0;
  for (;;) {
    start = load<u32>(slots + <usize>(slot << 3), 4);
    if (start == 0 || load<u32>(slots + <usize>(slot << 3)) == key) break;
    slot = (slot + 1) & mask;
  }
  return start;
}

function listFitting(at: usize, limit: u32): void {
  const end = at + <usize>(load<u32>(at - 4) << 4);
  for (; at < end; at += 16) {
    const first = load<u32>(at, 4);
    const last = load<u32>(at, 8);
    // Either is hard to foretell; that both are right is rare.
    const differs = (<u32>(first != 0) & <u32>(first != firstEdge)) | (<u32>(last != 0) & <u32>(last != lastEdge));
    if (differs != 0 && (isWhole || !mayHaveLost(first, firstEdge) || !mayHaveLost(last, lastEdge))) continue;
    if (!hasCompanions(load<u32>(at, 12))) continue;
    if (isListed(load<u32>(at))) continue;
    if (found < limit) store<u32>(out + <usize>(found << 2), load<u32>(at));
    if (++found > limit) return;
  }
}

/** An edge is none, or the message's own, or not all of ASCII, which no encoding loses. */
function mayHaveLost(edge: u32, own: u32): bool {
  return edge == 0 || edge == own || !isPlainEdge(edge);
}

/** Of ASCII, which no encoding loses. */
// @ts-ignore: decorator
@inline
function isPlainEdge(edge: u32): bool {
  return (edge & 0xff80ff80) == 0;
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
      const twice = v128.and(spaces, i16x8.eq(v128.load(at, 2), i16x8.splat(32)));
      const plain = v128.andnot(plainIn(units), v128.or(i16x8.eq(units, i16x8.splat(96)), twice));
      if (i16x8.all_true(plain) && !(isSpaceBefore && load<u16>(at) == 32)) {
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

/** Most of what folds to itself: printable ASCII, letters of European scripts, Chinese, Japanese and Korean. */
// @ts-ignore: decorator
@inline
function plainIn(units: v128): v128 {
  return v128.or(
    v128.or(
      isBelow(i16x8.sub(units, i16x8.splat(32)), 127 - 32),
      isBelow(i16x8.sub(units, i16x8.splat(0xc0)), 0x250 - 0xc0),
    ),
    v128.or(
      isBelow(i16x8.sub(units, i16x8.splat(0x370)), 0x600 - 0x370),
      isBelow(i16x8.sub(units, i16x8.splat(0x3001)), <i16>(0xd800 - 0x3001)),
    ),
  );
}

/** The low bits choose a bit, the others a slot. */
// @ts-ignore: decorator
@inline
function mix(sum: i32): u32 {
  let hash = <u32>sum;
  hash = (hash ^ (hash >>> 15)) * 0x85ebca6b;
  return hash ^ (hash >>> 13);
}
