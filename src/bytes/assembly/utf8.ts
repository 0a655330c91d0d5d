// The check of UTF-8 by table lookups on vectors, after J. Keiser and D. Lemire, "Validating UTF-8 In Less Than One
// Instruction Per Byte", Software: Practice and Experience 51 (2021).

// What two bytes in a row may be wrong in: one bit each. A pair is wrong when a bit is set in all three tables.
const TOO_SHORT: u8 = 1;
const TOO_LONG: u8 = 2;
const OVERLONG_3: u8 = 4;
const TOO_LARGE: u8 = 8;
const SURROGATE: u8 = 16;
const OVERLONG_2: u8 = 32;
const TOO_LARGE_1000: u8 = 64;
const OVERLONG_4: u8 = 64;
const TWO_CONTINUATIONS: u8 = 128;
const CARRY: u8 = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS;
const LARGE: u8 = CARRY | TOO_LARGE | TOO_LARGE_1000;

/** By the high half of the first byte. */
const FIRST_HIGH = memory.data<u8>([
  TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
  TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS,
  TOO_SHORT | OVERLONG_2,
  TOO_SHORT,
  TOO_SHORT | OVERLONG_3 | SURROGATE,
  TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4,
]);
/** By the low half of the first byte. */
const FIRST_LOW = memory.data<u8>([
  CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4,
  CARRY | OVERLONG_2,
  CARRY, CARRY,
  CARRY | TOO_LARGE,
  LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE,
  LARGE | SURROGATE,
  LARGE, LARGE,
]);
/** By the high half of the second byte. */
const SECOND_HIGH = memory.data<u8>([
  TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
  TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
  TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE,
  TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE,
  TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE,
  TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
]);
/** Sixteen bytes from `16 - n` on are ones for the first n lanes. */
const FIRST_LANES = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

/** True when the bytes in [from, to) are UTF-8, whole characters. Reads up to 16 bytes past the end. */
export function isUtf8(from: usize, to: usize): bool {
  const firstHigh = v128.load(FIRST_HIGH);
  const firstLow = v128.load(FIRST_LOW);
  const secondHigh = v128.load(SECOND_HIGH);
  const low = i8x16.splat(15);
  let before = i8x16.splat(0);
  let wrong = i8x16.splat(0);
  // One vector more than there are bytes: after the last character ASCII must stand.
  for (let p = from; p <= to; p += 16) {
    let bytes = v128.load(p);
    if (to - p < 16) bytes = v128.and(bytes, v128.load(FIRST_LANES + 16 - (to - p)));
    // A vector of ASCII after ASCII cannot be wrong.
    if (v128.any_true(v128.and(v128.or(bytes, before), i8x16.splat(-128)))) {
      const one = v128.shuffle<i8>(before, bytes, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
      const two = v128.shuffle<i8>(before, bytes, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
      const three = v128.shuffle<i8>(before, bytes, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
      const pair = v128.and(
        v128.and(
          i8x16.swizzle(firstHigh, i8x16.shr_u(one, 4)),
          i8x16.swizzle(firstLow, v128.and(one, low)),
        ),
        i8x16.swizzle(secondHigh, i8x16.shr_u(bytes, 4)),
      );
      // The third and the fourth byte of a character must be continuations, and only they may follow one.
      const isThird = i8x16.sub_sat_u(two, i8x16.splat(<i8>(0xe0 - 0x80)));
      const isFourth = i8x16.sub_sat_u(three, i8x16.splat(<i8>(0xf0 - 0x80)));
      const isContinuation = v128.and(v128.or(isThird, isFourth), i8x16.splat(-128));
      wrong = v128.or(wrong, v128.xor(isContinuation, pair));
    }
    before = bytes;
  }
  return !v128.any_true(wrong);
}

/** True when no byte in [from, to) is above 127. Reads up to 16 bytes past the end. */
export function isAscii(from: usize, to: usize): bool {
  let p = from;
  let seen = i8x16.splat(0);
  for (; p + 16 <= to; p += 16) seen = v128.or(seen, v128.load(p));
  if (p < to) seen = v128.or(seen, v128.and(v128.load(p), v128.load(FIRST_LANES + 16 - (to - p))));
  return i8x16.bitmask(seen) == 0;
}
