// Compares an event in JSON with the shape of one that was read before: the same keys, brackets and blanks, other
// strings and numbers. What fits is well-formed, since the event that gave the shape was; what does not is left to the
// strict parser in ../../read/event-json/json-document.ts. The differential tests hold the two to the same answers.

import { VALUES, VALUES_END } from './layout';
import { beginEvent, slotOf, UNCACHED } from './value-cache';

// A shape: how many parts, then 8 bytes each: address of the text that must stand there (u32), its length (u16), what
// comes behind it (u8), and who asks for that value (u8): nobody's and other askers' values get no slot; those that are
// another one in each event never do.
const PARTS: usize = 8;
const END: u32 = 0;
const STRING: u32 = 1;
const NUMBER: u32 = 2;

// What `match8` returns.
const DIFFERS: i32 = 0;
const FITS: i32 = 1;
/** It fits, if it is UTF-8. */
const FITS_AS_UTF8: i32 = 2;

const NEW_EACH_TIME: u32 = 3;

/** Of a value: its text is to be made of escapes, and is in no slot. */
const HAS_ESCAPE: i32 = 0x40000;

/** What `pastShape` found: whether there were bytes beyond ASCII. */
let isWide: bool = false;

/** Compares; the values stand at VALUES as text references (from, to, slot and flags), without their slots. */
export function match8(shape: usize, from: usize, to: usize): i32 {
  if (pastShape(shape, from, to) != to) return DIFFERS;
  beginEvent();
  return isWide ? FITS_AS_UTF8 : FITS;
}

/** Past what fits the shape at `from`, or 0 when nothing does; it ends before `to`, or there. Values as `match8` has them. */
export function pastShape(shape: usize, from: usize, to: usize): usize {
  const count = load<u32>(shape);
  let p = from;
  let value = VALUES;
  let high = v128.splat<u8>(0);
  let part = shape + PARTS;
  for (let k: u32 = 0; k < count; k++, part += 8) {
    const text = <usize>load<u32>(part);
    const length = <usize>load<u16>(part, 4);
    if (p + length > to || !isSame(p, text, length)) return 0;
    p += length;
    const kind = <u32>load<u8>(part, 6);
    if (kind == END) break;
    if (value == VALUES_END - (VALUES_END - VALUES) % 12) return 0;
    store<u32>(value, <u32>p);
    let flags: i32 = <u32>load<u8>(part, 7) == NEW_EACH_TIME ? UNCACHED : 0;
    if (kind == STRING) {
      for (;;) {
        const bytes = v128.load(p);
        const stops = v128.or(
          v128.or(v128.eq<u8>(bytes, v128.splat<u8>(34)), v128.eq<u8>(bytes, v128.splat<u8>(92))),
          v128.lt<u8>(bytes, v128.splat<u8>(32)),
        );
        const mask = <u32>v128.bitmask<u8>(stops);
        // Bytes past the string only make more events than need be look like UTF-8.
        high = v128.or(high, bytes);
        if (mask == 0) {
          p += 16;
          if (p >= to) return 0;
          continue;
        }
        p += <usize>ctz(mask);
        if (p >= to) return 0;
        const c = load<u8>(p);
        if (c == 34) break;
        if (c != 92) return 0;
        p = pastEscape(p, to);
        if (p == 0) return 0;
        flags = HAS_ESCAPE | UNCACHED;
      }
    } else {
      p = pastNumber(p, to);
      if (p == 0) return 0;
    }
    store<u32>(value, <u32>p, 4);
    store<i32>(value, flags, 8);
    value += 12;
  }
  isWide = v128.bitmask<u8>(high) != 0;
  return p;
}

/** Whether what `pastShape` went past may hold bytes beyond ASCII. */
export function wasWide(): bool {
  return isWide;
}

/** Gives the values that `asker` asks for their slots. Each must then be asked for once. */
export function resolve8(shape: usize, asker: u32): void {
  const count = load<u32>(shape);
  let value = VALUES;
  let part = shape + PARTS;
  for (let k: u32 = 0; k < count; k++, part += 8, value += 12) {
    if (<u32>load<u8>(part, 7) != asker || load<i32>(value, 8) != 0) continue;
    const from = <usize>load<u32>(value);
    const to = <usize>load<u32>(value, 4);
    if (from != to) store<i32>(value, slotOf(from, to - from), 8);
  }
}

// @ts-ignore: decorator
@inline
function isSame(at: usize, text: usize, length: usize): bool {
  let k: usize = 0;
  for (; k + 16 <= length; k += 16) {
    if (v128.any_true(v128.xor(v128.load(at + k), v128.load(text + k)))) return false;
  }
  if (k == length) return true;
  const mask = (<u32>1 << <u32>(length - k)) - 1;
  return (<u32>v128.bitmask<u8>(v128.eq<u8>(v128.load(at + k), v128.load(text + k))) & mask) == mask;
}

/** Past the escape at `at`, or 0 when it is none. */
function pastEscape(at: usize, to: usize): usize {
  if (at + 1 >= to) return 0;
  const c = <u32>load<u8>(at, 1);
  // " \ / b f n r t
  if (c == 34 || c == 92 || c == 47 || c == 98 || c == 102 || c == 110 || c == 114 || c == 116) return at + 2;
  if (c != 117 || at + 6 > to) return 0;
  for (let k: usize = 2; k < 6; k++) {
    const digit = <u32>load<u8>(at + k);
    if (digit - 48 > 9 && (digit | 32) - 97 > 5) return 0;
  }
  return at + 6;
}

/** Past the number at `at` as RFC 8259 has it, or 0 when there is none. The shape's next text shows that it ends there. */
function pastNumber(at: usize, to: usize): usize {
  let p = at;
  if (p < to && load<u8>(p) == 45) p += 1;
  if (p >= to || !isDigit(p)) return 0;
  if (load<u8>(p) == 48) p += 1;
  else p = pastDigits(p, to);
  if (p < to && load<u8>(p) == 46) {
    const fraction = p + 1;
    p = pastDigits(fraction, to);
    if (p == fraction) return 0;
  }
  if (p < to && (load<u8>(p) | 32) == 101) {
    p += 1;
    if (p < to && (load<u8>(p) == 43 || load<u8>(p) == 45)) p += 1;
    const exponent = p;
    p = pastDigits(exponent, to);
    if (p == exponent) return 0;
  }
  return p;
}

// @ts-ignore: decorator
@inline
function isDigit(at: usize): bool {
  return <u32>load<u8>(at) - 48 <= 9;
}

function pastDigits(at: usize, to: usize): usize {
  let p = at;
  while (p < to && isDigit(p)) p += 1;
  return p;
}
