// Generic over the unit: `u8` for 8-bit text, `u16` for UTF-16LE. Pointers are byte addresses.

// @ts-ignore: decorator
@inline
export function unit<T>(at: usize): u32 {
  return sizeof<T>() == 1 ? <u32>load<u8>(at) : <u32>load<u16>(at);
}

// @ts-ignore: decorator
@inline
export function isSpace(c: u32): bool {
  return c == 32 || c == 10 || c == 13 || c == 9;
}

/** White space, `>` or `/`. */
// @ts-ignore: decorator
@inline
export function endsName(c: u32): bool {
  return c == 62 || c == 47 || isSpace(c);
}

/** True when the `length` ASCII bytes at `text` stand as units at `at`. */
// @ts-ignore: decorator
@inline
export function stands<T>(at: usize, text: usize, length: usize): bool {
  if (sizeof<T>() == 1 && length >= 4) {
    // Whole words, the last one over what the one before it saw.
    if (length < 8) return load<u32>(at) == load<u32>(text) && load<u32>(at + length - 4) == load<u32>(text + length - 4);
    for (let k: usize = 0; k + 8 < length; k += 8) if (load<u64>(at + k) != load<u64>(text + k)) return false;
    return load<u64>(at + length - 8) == load<u64>(text + length - 8);
  }
  for (let k: usize = 0; k < length; k++) {
    if (unit<T>(at + k * sizeof<T>()) != <u32>load<u8>(text + k)) return false;
  }
  return true;
}

/** The first unit `c` in [at, end), or `end`. Reads up to 16 bytes past the end. */
export function findUnit<T>(at: usize, end: usize, c: u32): usize {
  const wanted = v128.splat<T>(<T>c);
  let p = at;
  while (p < end) {
    const mask = v128.bitmask<T>(v128.eq<T>(v128.load(p), wanted));
    if (mask != 0) {
      const found = p + <usize>ctz(mask) * sizeof<T>();
      return found < end ? found : end;
    }
    p += 16;
  }
  return end;
}

/** How many bytes `c` stand in [at, end). */
export function count8(at: usize, end: usize, c: u32): u32 {
  const wanted = v128.splat<u8>(<u8>c);
  let counts = i32x4.splat(0);
  let p = at;
  while (p + 64 <= end) {
    // Each match takes one from a byte's count, which holds 255: sixty-three times four.
    let taken = i8x16.splat(0);
    const stop = min(end - 63, p + 63 * 64);
    for (; p < stop; p += 64) {
      taken = v128.add<i8>(taken, v128.eq<u8>(v128.load(p), wanted));
      taken = v128.add<i8>(taken, v128.eq<u8>(v128.load(p, 16), wanted));
      taken = v128.add<i8>(taken, v128.eq<u8>(v128.load(p, 32), wanted));
      taken = v128.add<i8>(taken, v128.eq<u8>(v128.load(p, 48), wanted));
    }
    const pairs = i16x8.extadd_pairwise_i8x16_u(v128.neg<i8>(taken));
    counts = v128.add<i32>(counts, i32x4.extadd_pairwise_i16x8_u(pairs));
  }
  let count: u32 =
    v128.extract_lane<i32>(counts, 0) +
    v128.extract_lane<i32>(counts, 1) +
    v128.extract_lane<i32>(counts, 2) +
    v128.extract_lane<i32>(counts, 3);
  for (; p < end; p++) if (<u32>load<u8>(p) == c) count += 1;
  return count;
}
