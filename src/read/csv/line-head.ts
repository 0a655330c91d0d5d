import type { TextUnits, Units } from './text-units.js';

/**
 * Skips one short field of a line.
 * @returns the index behind the delimiter that ends it; -1 when the field is longer than any word that stands first in a row, holds a digit, or the line ends.
 */
export function skipField(units: Units, from: number, end: number, text: TextUnits, mayHoldDigits = false): number {
  let at = from;
  const isQuoted = at < end && text.code(units[at]!) === QUOTE;
  if (isQuoted) at += 1;
  const most = Math.min(end, from + MAX_FIELD);
  for (; at < most; at++) {
    const code = text.code(units[at]!);
    if (code === CR || code === LF) return -1;
    if (!mayHoldDigits && code >= 0x30 && code <= 0x39) return -1;
    if (isQuoted) {
      if (code !== QUOTE) continue;
      at += 1;
      return at < end && isDelimiter(text.code(units[at]!)) ? at + 1 : -1;
    }
    if (code === QUOTE) return -1;
    if (isDelimiter(code)) return at + 1;
  }
  return -1;
}

/**
 * Whether a date stands at `from`: up to four digits, one of `.`, `/`, `-`, and a digit, with marks, quotes and spaces
 * before and between. Digits of other scripts are more than one byte long and are not looked for.
 */
export function beginsWithDate(units: Units, from: number, end: number, text: TextUnits): boolean {
  let at = from;
  const most = Math.min(end, from + MAX_DATE);
  while (at < most && isBeforeDate(text.code(units[at]!))) at += 1;
  const digitsFrom = at;
  while (at < most && isDigit(text.code(units[at]!))) at += 1;
  if (at === digitsFrom || at - digitsFrom > 4) return false;
  while (at < most && isBeforeDate(text.code(units[at]!))) at += 1;
  const code = at < most ? text.code(units[at]!) : 0;
  if (code !== 0x2d && code !== 0x2e && code !== 0x2f) return false;
  at += 1;
  while (at < most && isBeforeDate(text.code(units[at]!))) at += 1;
  return at < most && isDigit(text.code(units[at]!));
}

const QUOTE = 0x22;
const CR = 0x0d;
const LF = 0x0a;
const MAX_FIELD = 128;
const MAX_DATE = 48;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isDelimiter(code: number): boolean {
  return code === 0x2c || code === 0x3b || code === 0x09;
}

/** Quotes, spaces, and whatever is no ASCII: U+200E before each part of a date is three bytes in UTF-8. */
function isBeforeDate(code: number): boolean {
  return code === QUOTE || code === 0x20 || code >= 0x80;
}
