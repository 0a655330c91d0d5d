// Searches text and counts lines for ../../read/event-json: what lies before the next place where something wanted may
// stand is counted and not looked at.

import { findUnit } from './units';

/**
 * Counts lines from `at`, where one starts, that end before `end`. Stops in front of a line that does not begin with an
 * object and its first key, or is longer than `maxBytes`: such are for the framer. Stores how many at `count`.
 */
export function lines8(at: usize, end: usize, maxBytes: usize, count: usize): usize {
  let lines: u32 = 0;
  let p = at;
  // {" as a little-endian number.
  while (p + 1 < end && load<u16>(p) == 0x227b) {
    const lineFeed = lineFeedAfter(p, end);
    if (lineFeed == end || lineFeed - p > maxBytes) break;
    lines += 1;
    p = lineFeed + 1;
  }
  store<u32>(count, lines);
  return p;
}

/** The first line feed in [at, end), or `end`. Lines are long: 64 bytes at a time, as far as none is in them. */
function lineFeedAfter(at: usize, end: usize): usize {
  const lineFeeds = v128.splat<u8>(10);
  let p = at;
  for (; p + 64 <= end; p += 64) {
    const m0 = v128.eq<u8>(v128.load(p), lineFeeds);
    const m1 = v128.eq<u8>(v128.load(p, 16), lineFeeds);
    const m2 = v128.eq<u8>(v128.load(p, 32), lineFeeds);
    const m3 = v128.eq<u8>(v128.load(p, 48), lineFeeds);
    if (v128.any_true(v128.or(v128.or(m0, m1), v128.or(m2, m3)))) break;
  }
  return findUnit<u8>(p, end, 10);
}

/**
 * The first place in [at, end) where the `length` bytes at `needle` stand, or `end`. The bytes at `one` and `other` of
 * the needle are what is looked for first: two that are rare.
 */
export function text8(at: usize, end: usize, needle: usize, length: usize, one: usize, other: usize): usize {
  if (at + length > end) return end;
  const ones = v128.splat<u8>(load<u8>(needle + one));
  const others = v128.splat<u8>(load<u8>(needle + other));
  const last = end - length;
  for (let p = at; p <= last; p += 64) {
    const q = p + one;
    const n0 = v128.eq<u8>(v128.load(q), ones);
    const n1 = v128.eq<u8>(v128.load(q, 16), ones);
    const n2 = v128.eq<u8>(v128.load(q, 32), ones);
    const n3 = v128.eq<u8>(v128.load(q, 48), ones);
    if (!v128.any_true(v128.or(v128.or(n0, n1), v128.or(n2, n3)))) continue;
    const r = p + other;
    const m0 = v128.and(n0, v128.eq<u8>(v128.load(r), others));
    const m1 = v128.and(n1, v128.eq<u8>(v128.load(r, 16), others));
    const m2 = v128.and(n2, v128.eq<u8>(v128.load(r, 32), others));
    const m3 = v128.and(n3, v128.eq<u8>(v128.load(r, 48), others));
    if (!v128.any_true(v128.or(v128.or(m0, m1), v128.or(m2, m3)))) continue;
    const low = <u64>v128.bitmask<u8>(m0) | (<u64>v128.bitmask<u8>(m1) << 16);
    const high = <u64>v128.bitmask<u8>(m2) | (<u64>v128.bitmask<u8>(m3) << 16);
    let mask = low | (high << 32);
    do {
      const found = p + <usize>ctz(mask);
      if (found > last) return end;
      let k: usize = 0;
      while (k < length && load<u8>(found + k) == load<u8>(needle + k)) k += 1;
      if (k == length) return found;
      mask &= mask - 1;
    } while (mask != 0);
  }
  return end;
}

/** The first place in [at, end) of `u00` or `&#`, with which JSON or XML in it could write a character otherwise; or `end`. */
export function written8(at: usize, end: usize): usize {
  for (let p = at; p < end; p += 32) {
    const m0 = mayWrite(p);
    const m1 = mayWrite(p + 16);
    if (!v128.any_true(v128.or(m0, m1))) continue;
    let mask = <u32>v128.bitmask<u8>(m0) | (<u32>v128.bitmask<u8>(m1) << 16);
    do {
      const found = p + <usize>ctz(mask);
      if (load<u8>(found) == 38 ? found + 2 <= end : found + 3 <= end && load<u8>(found, 2) == 48) return found;
      mask &= mask - 1;
    } while (mask != 0);
  }
  return end;
}

/** Marks `u0` and `&#`. */
// @ts-ignore: decorator
@inline
function mayWrite(at: usize): v128 {
  const first = v128.load(at);
  const second = v128.load(at, 1);
  return v128.or(
    v128.and(v128.eq<u8>(first, v128.splat<u8>(117)), v128.eq<u8>(second, v128.splat<u8>(48))),
    v128.and(v128.eq<u8>(first, v128.splat<u8>(38)), v128.eq<u8>(second, v128.splat<u8>(35))),
  );
}
