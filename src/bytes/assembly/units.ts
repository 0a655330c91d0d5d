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
