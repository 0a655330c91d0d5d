import { DROPPED, foldCode } from './normalise.js';

/** Lengths of grams: the long one serves nearly all templates, the short one those with short literals only. */
export const LONG = 16;
export const SHORT = 3;

/** The text's codes, folded as tolerance folds them, with any white space as one space; they hold until the next call. */
export function foldForGrams(text: string): Uint16Array {
  if (text.length > folded.length) folded = new Uint16Array(text.length * 2);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    let code = text.charCodeAt(at);
    if (code > 96 && code < 127) {
      folded[length++] = code;
      continue;
    }
    if (code >= 127 || code === 96) code = foldCode(code);
    if (code === DROPPED) continue;
    if (code <= 32 && (code === 32 || (code >= 9 && code <= 13))) {
      if (length > 0 && folded[length - 1] === 32) continue;
      code = 32;
    }
    folded[length++] = code;
  }
  return folded.subarray(0, length);
}

let folded = new Uint16Array(4096);

/** Characters that an encoding may lose are folded to ASCII, or dropped. */
export function hasHiddenLosses(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 128 && (foldCode(code) < 128 || foldCode(code) === DROPPED)) return true;
  }
  return false;
}

/** Grams start where words do, and at any character of scripts that may not part words: so few places need a look. */
export function isAnchor(before: number, code: number): boolean {
  return isWordCode(code) ? before < 128 && !isWordCode(before) : code >= 128;
}

/** Letters and digits of ASCII, and Latin, Greek, Cyrillic, Armenian and Hebrew letters. */
function isWordCode(code: number): boolean {
  if (code < 128) return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return (code >= 0xc0 && code < 0x250) || (code >= 0x370 && code < 0x600);
}

/** The hash of the gram of LONG or SHORT characters that starts at `at`. */
export function hashGram(codes: Uint16Array, at: number, size: number): number {
  return size === LONG ? hashLong(codes, at) : hashShort(codes, at);
}

/** Products of pairs of characters, which do not wait for each other as a rolling hash does. */
function hashLong(codes: Uint16Array, at: number): number {
  let sum = 0;
  for (let pair = 0; pair < LONG / 2; pair++) {
    sum += Math.imul(codes[at + pair * 2]! | (codes[at + pair * 2 + 1]! << 16), MULTIPLIERS[pair]!);
  }
  return mix(sum);
}

function hashShort(codes: Uint16Array, at: number): number {
  return mix(
    Math.imul(codes[at]! | (codes[at + 1]! << 16), MULTIPLIERS[0]!) + Math.imul(codes[at + 2]!, MULTIPLIERS[1]!),
  );
}

const MULTIPLIERS = Int32Array.of(
  ...[0x2c1b3c6d, 0x297a2d39, 0x5bd1e995, 0x1b873593, 0x38b34ae5, 0x27d4eb2f, 0x165667b1, 0x3c6ef373],
);

function mix(sum: number): number {
  const hash = Math.imul(sum ^ (sum >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** The first two characters, spaces aside; 0 if there are none. */
export function startEdge(codes: Uint16Array): number {
  const from = codes[0] === 32 ? 1 : 0;
  return codes.length - from < 2 ? 0 : codes[from]! * 65_536 + codes[from + 1]!;
}

/** Likewise the last two. */
export function endEdge(codes: Uint16Array): number {
  const to = codes.at(-1) === 32 ? codes.length - 1 : codes.length;
  return to < 2 ? 0 : codes[to - 2]! * 65_536 + codes[to - 1]!;
}

/**
 * Each gram of a message takes a seat, and a companion whose seat is free is not among them. Seat 0 stands for none, and
 * is always taken.
 */
export const SEAT_BITS = 10;
/** In the word of companions, above their seats. */
export const ARE_ASCII = 1 << 30;

export function seatOf(hash: number): number {
  return hash >>> (32 - SEAT_BITS);
}
