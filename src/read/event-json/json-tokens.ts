// Where the tokens of JSON end, in UTF-8 bytes or UTF-16 code units. RFC 8259 says what they are.

export type JsonUnits = Uint8Array | Uint16Array;

// What a string holds that is more than its characters; beside the kinds of nodes in `json-document.ts`.
export const HAS_ESCAPE = 16;
export const HAS_NON_ASCII = 32;

/** 1 for ASCII that stands for itself inside a string. */
export const PLAIN = new Uint8Array(256);
for (let unit = 0x20; unit < 0x80; unit++) PLAIN[unit] = unit === 0x22 || unit === 0x5c ? 0 : 1;

export function isBlank(unit: number): boolean {
  return unit <= 0x20 && (unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09);
}

/** The index of the next quote that no backslash escapes, or the complement of `to`. `from` is not inside an escape. */
export function quoteAfter(view: Buffer, from: number, to: number): number {
  for (let at = view.indexOf(0x22, from); at >= 0 && at < to; at = view.indexOf(0x22, at + 1)) {
    let first = at;
    while (first > from && view[first - 1] === 0x5c) first -= 1;
    if (((at - first) & 1) === 0) return at;
  }
  return ~to;
}

/** 1 for the letters that may follow a backslash, other than `u`. */
const ESCAPED = new Uint8Array(256);
for (const letter of '"\\/bfnrt') ESCAPED[letter.charCodeAt(0)] = 1;

/** What the last call of `endOfString` saw. */
export let seenFlags = 0;

/** The index of the closing quote of a string that is scanned from `at`, or the complement of where it breaks. */
export function endOfString(units: JsonUnits, from: number, to: number): number {
  let at = from;
  seenFlags = 0;
  while (at < to) {
    const unit = units[at]!;
    if (PLAIN[unit] === 1) {
      at += 1;
    } else if (unit === 0x5c) {
      seenFlags |= HAS_ESCAPE;
      const letter = at + 1 < to ? units[at + 1]! : 0;
      if (ESCAPED[letter] === 1) {
        at += 2;
        continue;
      }
      if (letter !== 0x75) return ~at;
      if (at + 6 > to) return ~to;
      for (let digit = at + 2; digit < at + 6; digit++) if (!isHexDigit(units[digit]!)) return ~digit;
      at += 6;
    } else if (unit === 0x22) {
      return at;
    } else {
      if (unit < 0x20) return ~at;
      seenFlags |= HAS_NON_ASCII;
      at += 1;
    }
  }
  return ~to;
}

function isHexDigit(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x66);
}

function isDigit(unit: number | undefined): boolean {
  return unit !== undefined && unit >= 0x30 && unit <= 0x39;
}

export function endOfWord(units: JsonUnits, from: number, to: number, word: string): number {
  if (from + word.length > to) return -1;
  for (let at = 0; at < word.length; at++) if (units[from + at] !== word.charCodeAt(at)) return -1;
  return from + word.length;
}

/** The index past a number as RFC 8259 has it; -1 when there is none. */
export function endOfNumber(units: JsonUnits, from: number, to: number): number {
  let at = from;
  if (units[at] === 0x2d) at += 1;
  if (at >= to || !isDigit(units[at])) return -1;
  if (units[at] === 0x30) at += 1;
  else while (at < to && isDigit(units[at])) at += 1;
  if (at < to && units[at] === 0x2e) {
    const fraction = at + 1;
    at = fraction;
    while (at < to && isDigit(units[at])) at += 1;
    if (at === fraction) return -1;
  }
  if (at < to && (units[at]! | 0x20) === 0x65) {
    at += 1;
    if (at < to && (units[at] === 0x2b || units[at] === 0x2d)) at += 1;
    const exponent = at;
    while (at < to && isDigit(units[at])) at += 1;
    if (at === exponent) return -1;
  }
  return at;
}
