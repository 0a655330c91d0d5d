// The message being looked at: it stands at MESSAGE, as UTF-16LE, and is looked at with LF for line breaks.

import { LINES, MESSAGE, PAIRS } from './fit-layout';

/** Where the message with LF for line breaks starts and ends, and its end without white space: addresses. */
export let textStart: usize = 0;
export let textEnd: usize = 0;
export let trimmedEnd: usize = 0;
/** How many CRLF it has. */
let pairs: u32 = 0;
/** It may hold an unfilled insert, or damage. */
export let hasOddities: bool = false;
/** What stands for characters that an encoding lost stands in it. */
export let hasLosses: bool = false;
export let hasBreaks: bool = false;
let isAscii: bool = false;
/** Folding drops units of it, if that was asked. */
let hasDropped: bool = false;
let isAsked: bool = false;
let falseStarts: i32 = 0;
/** So many units of false starts of literals are compared in one message before it is left to what is linear. */
const FALSE_STARTS: i32 = 8192;

const SIGNS = memory.data<u16>([13, 10, 37, 63, 0xfffd]); // line breaks, %, ? and what stands for what was lost

/** Takes in the message of so many units that stands at MESSAGE. */
export function prepare(length: u32): void {
  const end = MESSAGE + <usize>(length << 1);
  falseStarts = 0;
  isAsked = false;
  // What stood there before is not read as text.
  v128.store(end, i16x8.splat(0));
  // Loaded: V8 would make constants anew in each round.
  const cr = v128.load_splat<u16>(SIGNS);
  const lf = v128.load_splat<u16>(SIGNS, 2);
  const percent = v128.load_splat<u16>(SIGNS, 4);
  const question = v128.load_splat<u16>(SIGNS, 6);
  const lost = v128.load_splat<u16>(SIGNS, 8);
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

/** Where white space in front of the message ends. */
export function indentEnd(): usize {
  let at = textStart;
  while (at < trimmedEnd && isSpace(load<u16>(at))) at += 2;
  return at;
}

/** How many CRLF stand before an address of the text, at least so many. */
// @ts-ignore: decorator
@inline
export function pairsBefore(at: usize, least: u32): u32 {
  const unit = <u32>(at - textStart) >> 1;
  while (least < pairs && <u32>load<u16>(PAIRS + <usize>(least << 1)) < unit) least++;
  return least;
}

/** What may be an unfilled insert, or damage: `%1` for a value, `??`, `?1`, U+FFFD. */
export function isOdd(from: usize, to: usize): bool {
  for (let at = from; at < to; at += 2) {
    const c = load<u16>(at);
    if (c == 0xfffd) return true;
    if (c != 37 && c != 63) continue;
    const next: u32 = at + 2 < to ? load<u16>(at, 2) : 0;
    if (next == 63 ? c == 63 : next >= 48 && next <= 57 && (c == 63 || at == from)) return true;
  }
  return false;
}

/** So many more units were compared where a literal only seemed to start: true when that is too much for one message. */
// @ts-ignore: decorator
@inline
export function deceives(units: u32): bool {
  falseStarts += <i32>units;
  return falseStarts > FALSE_STARTS;
}

/** Units that folding drops may stand in the message, where no template has them. */
export function mayHaveDropped(): bool {
  if (isAscii) return false;
  if (!isAsked) hasDropped = findDropped();
  isAsked = true;
  return hasDropped;
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

/**
 * What no view changes, nor makes of another unit; with losses nothing but ASCII is sure, and a "?" may stand for anything.
 * See ../../messages/normalise.ts.
 */
export function isFirm(c: u32): bool {
  if (c < 0x7f) return c > 32 && c != 0x22 && c != 0x27 && c != 0x2d && c != 0x60 && !(c == 63 && hasLosses);
  if (hasLosses || c < 0xc0 || (c >= 0x2b9 && c <= 0x2c8) || c == 0x61c || c == 0x1680 || c == 0x3000) return false;
  return c < 0x2000 || (c > 0x2212 && c < 0xfeff);
}

// @ts-ignore: decorator
@inline
export function isSpace(c: u32): bool {
  return c == 32 || c == 10 || c == 13 || c == 9;
}

/** White space of any kind, as `\s` of a regular expression has it. */
export function isWhite(c: u32): bool {
  if (c < 0xa0) return c == 32 || (c >= 9 && c <= 13);
  if (c < 0x2000) return c == 0xa0 || c == 0x1680;
  return c <= 0x200a || (c >= 0x2028 && c <= 0x2029) || c == 0x202f || c == 0x205f || c == 0x3000 || c == 0xfeff;
}
