// A message template as ../../messages/verbatim.ts lays it out, a row, and where its literals stand in a message. A row
// stands at an address of its own, as short as can be, since where there are many of them most of the time goes into
// fetching it:
//   a word: how many inserts (8 bits), flags (8), the highest number (8), the length of its key in units (8; 0: it has none)
//   a word: how far from the template its text starts (16 bits); the unit of the text that its key starts at (16)
//   for each insert a byte for the index of the first one with its number, and one for the number
//   for each literal, 16 bits each: the unit of the text that it starts at; where in it its anchor starts, and how long
//   that is, or 0 (see ../../messages/anchors.ts); behind the last, the unit that it ends at
//   (a key is the longest piece of firm ASCII in an anchor, see `isFirm`: the least likely to stand in other messages)
//   the text of all literals with LF for line breaks, a byte a unit, or two where IS_WIDE

import { deceives } from './message-text';

export const NONE: i32 = 0;
export const ONE: i32 = 1;
export const UNSURE: i32 = -1;

const HEAD: usize = 8;
/** No parameter references, no white space in front, not too many inserts. */
export const IS_PLAIN: u32 = 1;
export const HAS_REPEATS: u32 = 2;
const IS_WIDE: u32 = 4;
/** Some literals are spaces alone, within lines, or line breaks alone. */
export const HAS_BARE: u32 = 8;
/** Some literal is white space alone that an export may have cut without a trace. */
export const MAY_HIDE: u32 = 16;

export const NOT_FOUND: usize = 0;
export const GAVE_UP: usize = 1;

/** The template being looked at: its literals' starts, its text, and whether that has two bytes a unit. */
let bounds: usize = 0;
let text: usize = 0;
let isWide: bool = false;

/** Makes a row the one that all of this is about. */
// @ts-ignore: decorator
@inline
export function openRow(row: usize, head: u32): void {
  bounds = row + HEAD + <usize>((head & 0xff) << 1);
  text = row + <usize>load<u16>(row, 4);
  isWide = ((head >>> 8) & IS_WIDE) != 0;
}

/** The index of the first insert with the number of insert `k`, and that number. */
// @ts-ignore: decorator
@inline
export function firstWithNumber(row: usize, k: u32): u32 {
  return load<u8>(row + HEAD + <usize>(k << 1));
}

// @ts-ignore: decorator
@inline
export function insertNumber(row: usize, k: u32): u32 {
  return load<u8>(row + HEAD + <usize>(k << 1), 1);
}

/** The unit of the text that literal `k` starts at. */
// @ts-ignore: decorator
@inline
export function literalStart(k: u32): u32 {
  return load<u16>(bounds + <usize>(k * 6));
}

/** In bytes of the message. */
// @ts-ignore: decorator
@inline
export function literalSize(k: u32): u32 {
  return (<u32>load<u16>(bounds + <usize>(k * 6), 6) - literalStart(k)) << 1;
}

/** Likewise where in literal `k` its anchor starts, and how long that is. */
// @ts-ignore: decorator
@inline
export function anchorOffset(k: u32): u32 {
  return (<u32>load<u16>(bounds + <usize>(k * 6), 2)) << 1;
}

// @ts-ignore: decorator
@inline
export function anchorSize(k: u32): u32 {
  return (<u32>load<u16>(bounds + <usize>(k * 6), 4)) << 1;
}

// @ts-ignore: decorator
@inline
export function unitOf(unit: u32): u32 {
  return isWide ? load<u16>(text + <usize>(unit << 1)) : load<u8>(text + <usize>unit);
}

/** Where the literal first stands within [from, to); NOT_FOUND, or GAVE_UP where starts deceive. Sizes in bytes. */
export function find(literal: u32, size: usize, from: usize, to: usize): usize {
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
      if (deceives(<u32>(size >> 1))) return GAVE_UP;
      mask &= mask - 1;
    }
  }
  return NOT_FOUND;
}

/** True when the text from `unit` on stands at an address of the message, for so many bytes there. Reads up to 16 past them. */
export function stands(at: usize, unit: u32, size: usize): bool {
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
export function areSame(at: usize, other: usize, size: usize): bool {
  let k: usize = 0;
  for (; k + 16 <= size; k += 16) {
    if (v128.any_true(v128.xor(v128.load(at + k), v128.load(other + k)))) return false;
  }
  if (k == size) return true;
  const same = i16x8.bitmask(i16x8.eq(v128.load(at + k), v128.load(other + k)));
  return (~same & ((1 << (<i32>(size - k) >> 1)) - 1)) == 0;
}
