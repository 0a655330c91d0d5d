// Writes JSON as `JSON.stringify` does. Each function writes at `out` and gives the end of what it wrote; up to sixteen
// bytes past that end may be overwritten.

/** ASCII. */
export function put(out: usize, text: string): usize {
  const from = changetype<usize>(text);
  const length = <usize>text.length;
  for (let k: usize = 0; k < length; k += 8) {
    const units = v128.load(from + (k << 1));
    v128.store64_lane(out + k, i8x16.narrow_i16x8_u(units, units), 0);
  }
  return out + length;
}

/** The text of the UTF-16 units in [from, to), in quotes, its line breaks as an XML parser gives them. */
export function putText(out: usize, from: usize, to: usize): usize {
  store<u8>(out++, QUOTE);
  for (let at = from; at < to; ) {
    if (to - at >= 16) {
      const units = v128.load(at);
      if (isPlain(units)) {
        v128.store64_lane(out, i8x16.narrow_i16x8_u(units, units), 0);
        out += 8;
        at += 16;
        continue;
      }
    }
    const c = <u32>load<u16>(at);
    at += 2;
    if (c - 0x20 < 0x60 && c != QUOTE && c != BACKSLASH) store<u8>(out++, c);
    else if (c < 0x80) {
      if (c == 13 && at < to && load<u16>(at) == 10) at += 2;
      out = putEscaped(out, c == 13 ? 10 : c);
    } else if (c < 0x800) {
      store<u8>(out, 0xc0 | (c >> 6));
      store<u8>(out + 1, 0x80 | (c & 0x3f));
      out += 2;
    } else if ((c & 0xf800) != 0xd800) {
      store<u8>(out, 0xe0 | (c >> 12));
      store<u8>(out + 1, 0x80 | ((c >> 6) & 0x3f));
      store<u8>(out + 2, 0x80 | (c & 0x3f));
      out += 3;
    } else {
      const low = c < 0xdc00 && at < to ? <u32>load<u16>(at) : 0;
      if ((low & 0xfc00) == 0xdc00) {
        at += 2;
        const point = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
        store<u8>(out, 0xf0 | (point >> 18));
        store<u8>(out + 1, 0x80 | ((point >> 12) & 0x3f));
        store<u8>(out + 2, 0x80 | ((point >> 6) & 0x3f));
        store<u8>(out + 3, 0x80 | (point & 0x3f));
        out += 4;
      } else out = putUnit(out, c);
    }
  }
  store<u8>(out, QUOTE);
  return out + 1;
}

export function putNumber(out: usize, number: u64): usize {
  let digits: usize = 1;
  for (let rest = number; rest > 9; rest /= 10) digits++;
  for (let at = out + digits; at > out; number /= 10) store<u8>(--at, 48 + <u8>(number % 10));
  return out + digits;
}

/** At least `digits` digits; `letters` is the code of the letter for ten. */
export function putHex(out: usize, number: u64, digits: usize, letters: u32): usize {
  while (digits < 16 && number >> (<u64>digits << 2) != 0) digits++;
  for (let at = out + digits; at > out; number >>= 4) {
    const digit = <u32>(number & 15);
    store<u8>(--at, digit < 10 ? 48 + digit : letters + digit - 10);
  }
  return out + digits;
}

/** A number below 100, without a division, which is slow in code that has run little. */
export function putTwo(out: usize, number: u32): usize {
  const tens = (number * 205) >> 11;
  store<u8>(out, 48 + tens);
  store<u8>(out, 48 + number - tens * 10, 1);
  return out + 2;
}

/** The same of a number below 1,000. */
export function putThree(out: usize, number: u32): usize {
  const hundreds = (number * 41) >> 12;
  store<u8>(out, 48 + hundreds);
  return putTwo(out + 1, number - hundreds * 100);
}

/** Exactly `digits` digits. */
export function putDigits(out: usize, number: u32, digits: usize): usize {
  for (let at = out + digits; at > out; number /= 10) store<u8>(--at, 48 + (number % 10));
  return out + digits;
}

/** 0x20 to 0x7f but for quote and backslash. */
// @ts-ignore: decorator
@inline
function isPlain(units: v128): bool {
  const isInside = i16x8.lt_u(i16x8.sub(units, i16x8.splat(0x20)), i16x8.splat(0x60));
  const isEscaped = v128.or(i16x8.eq(units, i16x8.splat(<i16>QUOTE)), i16x8.eq(units, i16x8.splat(<i16>BACKSLASH)));
  return i16x8.all_true(v128.andnot(isInside, isEscaped));
}

function putEscaped(out: usize, c: u32): usize {
  const letter: u32 =
    c == QUOTE || c == BACKSLASH ? c : c == 10 ? 110 : c == 9 ? 116 : c == 8 ? 98 : c == 12 ? 102 : 0;
  if (letter == 0) return putUnit(out, c);
  store<u8>(out, BACKSLASH);
  store<u8>(out + 1, letter);
  return out + 2;
}

/** `\u` and four digits. */
function putUnit(out: usize, c: u32): usize {
  store<u8>(out, BACKSLASH);
  store<u8>(out + 1, 117);
  return putHex(out + 2, c, 4, 97);
}

const QUOTE: u32 = 34;
const BACKSLASH: u32 = 92;
