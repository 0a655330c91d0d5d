// Ends of texts, of attribute values and of names.

import { UNPLAIN } from './event-fields';
import { findUnit, unit } from './units';

/** The next `<`, or beyond `end`. */
// @ts-ignore: decorator
@inline
export function pastTextTo<T>(from: usize, end: usize): usize {
  let p = from;
  while (p < end && unit<T>(p) != 60) {
    const mask = v128.bitmask<T>(v128.eq<T>(v128.load(p), v128.splat<T>(<T>60)));
    p += mask == 0 ? 16 : <usize>ctz(mask) * sizeof<T>();
  }
  return p;
}

/** UNPLAIN when the text that `textEnd` passed holds "&" or a carriage return. */
export let textFlags: i32 = 0;

/** The `<` that ends the text at `from`, or beyond `end`. */
// @ts-ignore: decorator
@inline
export function textEnd<T>(from: usize, end: usize): usize {
  let p = from;
  textFlags = 0;
  while (p < end) {
    const m = v128.load(p);
    const stop = v128.or(v128.eq<T>(m, v128.splat<T>(<T>60)), v128.or(v128.eq<T>(m, v128.splat<T>(<T>38)), v128.eq<T>(m, v128.splat<T>(<T>13))));
    const mask = v128.bitmask<T>(stop);
    if (mask == 0) {
      p += 16;
      continue;
    }
    p += <usize>ctz(mask) * sizeof<T>();
    if (unit<T>(p) == 60) return p;
    textFlags = UNPLAIN;
    p += sizeof<T>();
  }
  return p;
}

/** Whether an "&" of the text begins no reference, or one that is seldom enough to be looked at by who decodes it. */
export function hasBareAmpersand<T>(from: usize, to: usize): bool {
  const w = sizeof<T>();
  for (let p = findUnit<T>(from, to, 38); p < to; p = findUnit<T>(p, to, 38)) {
    p += w;
    if (p < to && unit<T>(p) == 35) {
      // With six it is a code point; with more it may be none.
      const digits = p + w;
      p = digits;
      while (p < to && p - digits < 6 * w && unit<T>(p) - 48 < 10) p += w;
      if (p == digits) return true;
    } else {
      const name = p;
      while (p < to && p - name < 4 * w && isLetter(unit<T>(p))) p += w;
      if (!isEntity<T>(name, (p - name) / w)) return true;
    }
    if (p >= to || unit<T>(p) != 59) return true;
  }
  return false;
}

/** `amp`, `lt`, `gt`, `quot` or `apos`. */
// @ts-ignore: decorator
@inline
function isEntity<T>(at: usize, length: usize): bool {
  const w = sizeof<T>();
  let name: u32 = 0;
  for (let k: usize = 0; k < length; k++) name |= unit<T>(at + k * w) << <u32>(k * 8);
  return name == 0x706d61 || name == 0x746c || name == 0x7467 || name == 0x746f7571 || name == 0x736f7061;
}

/** Where the quote stands; 0 when something in the value is not plain, or it has no end. */
export function plainValueEnd<T>(from: usize, end: usize, quote: u32): usize {
  let p = from;
  while (p < end) {
    const m = v128.load(p);
    const stop = v128.or(
      v128.or(v128.eq<T>(m, v128.splat<T>(<T>quote)), v128.lt<T>(m, v128.splat<T>(<T>32))),
      v128.or(v128.eq<T>(m, v128.splat<T>(<T>60)), v128.eq<T>(m, v128.splat<T>(<T>38))),
    );
    const mask = v128.bitmask<T>(stop);
    if (mask == 0) {
      p += 16;
      continue;
    }
    p += <usize>ctz(mask) * sizeof<T>();
    return p < end && unit<T>(p) == quote ? p : 0;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
export function isLetter(c: u32): bool {
  return (c | 32) - 97 < 26;
}

/** Past the letters, digits, `_`, `-` and `.` at `p`; an event ends with another unit. */
// @ts-ignore: decorator
@inline
export function pastName<T>(from: usize): usize {
  const all: i32 = sizeof<T>() == 1 ? 0xffff : 0xff;
  let p = from;
  for (;;) {
    const m = v128.load(p);
    const letters = v128.lt<T>(v128.sub<T>(v128.or(m, v128.splat<T>(<T>32)), v128.splat<T>(<T>97)), v128.splat<T>(<T>26));
    const digits = v128.lt<T>(v128.sub<T>(m, v128.splat<T>(<T>48)), v128.splat<T>(<T>10));
    const marks = v128.or(v128.eq<T>(m, v128.splat<T>(<T>95)), v128.or(v128.eq<T>(m, v128.splat<T>(<T>45)), v128.eq<T>(m, v128.splat<T>(<T>46))));
    const others = v128.bitmask<T>(v128.or(letters, v128.or(digits, marks))) ^ all;
    if (others != 0) return p + <usize>ctz(others) * sizeof<T>();
    p += 16;
  }
  return p;
}

/** The bytes are the same. Names are short. */
// @ts-ignore: decorator
@inline
export function isSame(one: usize, other: usize, length: usize): bool {
  let k: usize = 0;
  for (; k + 8 <= length; k += 8) if (load<u64>(one + k) != load<u64>(other + k)) return false;
  const tail = length - k;
  return tail == 0 || (load<u64>(one + k) ^ load<u64>(other + k)) << (<u64>(64 - tail * 8)) == 0;
}

/** The bytes are the same, any number of them. Reads up to 16 bytes past their ends. */
// @ts-ignore: decorator
@inline
export function areSame(one: usize, other: usize, length: usize): bool {
  let k: usize = 0;
  for (; k + 16 <= length; k += 16) {
    if (v128.any_true(v128.xor(v128.load(one + k), v128.load(other + k)))) return false;
  }
  const equal = <u32>i8x16.bitmask(i8x16.eq(v128.load(one + k), v128.load(other + k)));
  return (~equal & ((<u32>1 << <u32>(length - k)) - 1)) == 0;
}
