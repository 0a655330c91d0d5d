// Searches JSON and counts its lines for ../../read/event-json/provider-prefilter.ts: lines in which nothing wanted can
// stand are counted, and nothing else in them is looked at.

import { OUT, WANTED } from './layout';
import { stands } from './units';

// What is searched for lies where XML has what is wanted: how many needles (u32), for each byte 1 where an escape of it
// could hide a part of a needle, the needles. A needle: its length and the index of a pair of bytes in it that is rare,
// a byte each, its bytes.
const COUNT: usize = WANTED;
const HIDDEN: usize = COUNT + 4;
const NEEDLES: usize = HIDDEN + 256;

const SIGNS = memory.data<u8>([117, 48, 38, 10]); // u0, &, a line feed

/** Whether a needle stands in [from, to), or an escape that could hide a part of one. */
export function mayHold8(from: usize, to: usize): bool {
  for (let p = nextMarked(from, to); p < to; p = nextMarked(p + 32, to)) if (firstOf(p, from, to) < to) return true;
  return false;
}

/**
 * Counts lines from `at`, where one starts, that end before `end`, and stores how many at OUT. Gives where it stopped: in
 * front of a line that may hold something wanted, does not begin with an object and its first key, or is longer than
 * `maxBytes`.
 */
export function quietLines8(at: usize, end: usize, maxBytes: usize): usize {
  let line = at;
  let lines: u32 = 0;
  let goesOn = beginsObject(at, end);
  let p = at;
  while (goesOn) {
    p = nextMarked(p, end);
    if (p >= end) break;
    const found = firstOf(p, at, end);
    const feeds0 = v128.eq<u8>(v128.load(p), v128.splat<u8>(10));
    const feeds1 = v128.eq<u8>(v128.load(p, 16), v128.splat<u8>(10));
    for (let feeds = bits(feeds0, feeds1); feeds != 0 && goesOn; feeds &= feeds - 1) {
      const lineFeed = p + <usize>ctz(feeds);
      goesOn = lineFeed < found && lineFeed - line <= maxBytes;
      if (!goesOn) break;
      lines += 1;
      line = lineFeed + 1;
      goesOn = beginsObject(line, end);
    }
    goesOn = goesOn && found == end;
    p += 32;
  }
  store<u32>(OUT, lines);
  return line;
}

/**
 * The next 32 bytes that hold a line feed, `&`, `u0` or the rare pair of a needle; `end` or more when there are none. It
 * is a function of its own, takes no more than 32 bytes at a time and loads what it compares with: else V8 keeps much of
 * it on the stack, and it takes twice as long.
 */
function nextMarked(at: usize, end: usize): usize {
  const written = v128.load_splat<u16>(SIGNS);
  const ampersands = v128.load_splat<u8>(SIGNS, 2);
  const lineFeeds = v128.load_splat<u8>(SIGNS, 3);
  const pair = v128.load_splat<u16>(pairOf(NEEDLES));
  const isOne = load<u32>(COUNT) == 1;
  let p = at;
  for (; p < end; p += 32) {
    const v0 = v128.load(p);
    const w0 = v128.load(p, 1);
    const v1 = v128.load(p, 16);
    const w1 = v128.load(p, 17);
    const signs0 = v128.or(v128.eq<u8>(v0, ampersands), v128.eq<u8>(v0, lineFeeds));
    const signs1 = v128.or(v128.eq<u8>(v1, ampersands), v128.eq<u8>(v1, lineFeeds));
    const pairs0 = v128.or(holdsPair(v0, w0, written), holdsPair(v0, w0, pair));
    const pairs1 = v128.or(holdsPair(v1, w1, written), holdsPair(v1, w1, pair));
    if (v128.any_true(v128.or(v128.or(signs0, pairs0), v128.or(signs1, pairs1)))) break;
    if (!isOne && holdsOther(p)) break;
  }
  return p;
}

/** Marks where the two bytes that each lane of `pair` holds stand, in `v` or, a byte further on, in `w`. */
// @ts-ignore: decorator
@inline
function holdsPair(v: v128, w: v128, pair: v128): v128 {
  return v128.or(v128.eq<u16>(v, pair), v128.eq<u16>(w, pair));
}

/** Whether the rare pair of a needle but the first stands in the 32 bytes at `at`. */
function holdsOther(at: usize): bool {
  const count = load<u32>(COUNT);
  let needle = NEEDLES;
  let marks = i8x16.splat(0);
  for (let k: u32 = 1; k < count; k++) {
    needle = nextNeedle(needle);
    const pair = v128.load_splat<u16>(pairOf(needle));
    marks = v128.or(marks, holdsPair(v128.load(at), v128.load(at, 1), pair));
    marks = v128.or(marks, holdsPair(v128.load(at, 16), v128.load(at, 17), pair));
  }
  return v128.any_true(marks);
}

/** The first of the 32 places at `at` where a needle that begins in [from, end) has its pair or an escape begins; or `end`. */
function firstOf(at: usize, from: usize, end: usize): usize {
  for (let marks = bits(mayBegin(at), mayBegin(at + 16)); marks != 0; marks &= marks - 1) {
    const found = at + <usize>ctz(marks);
    if (isWritten(found, end) || isInNeedle(found, from, end)) return found;
  }
  return end;
}

/** Marks `&`, `u0` and the rare pairs of needles. */
function mayBegin(at: usize): v128 {
  const v = v128.load(at);
  const w = v128.load(at, 1);
  const written = v128.and(v128.eq<u8>(v, v128.splat<u8>(117)), v128.eq<u8>(w, v128.splat<u8>(48)));
  let marks = v128.or(v128.eq<u8>(v, v128.splat<u8>(38)), written);
  const count = load<u32>(COUNT);
  let needle = NEEDLES;
  for (let k: u32 = 0; k < count; k++) {
    const pair = pairOf(needle);
    const firsts = v128.eq<u8>(v, v128.load_splat<u8>(pair));
    marks = v128.or(marks, v128.and(firsts, v128.eq<u8>(w, v128.load_splat<u8>(pair, 1))));
    needle = nextNeedle(needle);
  }
  return marks;
}

// @ts-ignore: decorator
@inline
function pairOf(needle: usize): usize {
  return needle + 2 + <usize>load<u8>(needle, 1);
}

// @ts-ignore: decorator
@inline
function nextNeedle(needle: usize): usize {
  return needle + 2 + <usize>load<u8>(needle);
}

/** Whether a needle in [from, end) has its rare pair here. */
function isInNeedle(at: usize, from: usize, end: usize): bool {
  const count = load<u32>(COUNT);
  let needle = NEEDLES;
  for (let k: u32 = 0; k < count; k++) {
    const length = <usize>load<u8>(needle);
    const start = at - <usize>load<u8>(needle, 1);
    if (start >= from && start + length <= end && stands<u8>(start, needle + 2, length)) return true;
    needle = nextNeedle(needle);
  }
  return false;
}

/** Whether `{"` stands here. */
// @ts-ignore: decorator
@inline
function beginsObject(at: usize, end: usize): bool {
  return at + 1 < end && load<u16>(at) == 0x227b;
}

/** Whether this is `&#`, or `u00XX` of a character that a needle has. */
function isWritten(at: usize, end: usize): bool {
  if (load<u8>(at) == 38) return load<u8>(at, 1) == 35 && at + 2 <= end;
  // u00 and a digit, as a little-endian number.
  if (at + 5 > end || (load<u32>(at) & 0xffffff) != 0x303075) return false;
  const high = hexDigit(load<u8>(at, 3));
  const low = hexDigit(load<u8>(at, 4));
  return (high | low) >= 0 && load<u8>(HIDDEN + <usize>((high << 4) | low)) != 0;
}

/** Of a hexadecimal digit its value, else -1. */
// @ts-ignore: decorator
@inline
function hexDigit(c: u8): i32 {
  if (c >= 48 && c <= 57) return c - 48;
  const letter = c | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** A bit for each of 32 bytes. */
// @ts-ignore: decorator
@inline
function bits(m0: v128, m1: v128): u32 {
  return <u32>v128.bitmask<u8>(m0) | (<u32>v128.bitmask<u8>(m1) << 16);
}
