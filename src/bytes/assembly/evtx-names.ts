// Names and fixed texts in the binary XML of a chunk: UTF-16, at an address, of a length in bytes.

/** Whether the text is `expected`. */
// @ts-ignore: decorator
@inline
export function stands(at: usize, length: u32, expected: string): bool {
  return length == <u32>expected.length << 1 && memory.compare(at, changetype<usize>(expected), length) == 0;
}

export function hasColon(at: usize, length: u32): bool {
  for (const end = at + length; at < end; at += 2) if (load<u16>(at) == 58) return true;
  return false;
}

/** White space at an end, which `trim` would cut; odd characters count as such. */
export function mayTrim(at: usize, length: u32): bool {
  return length != 0 && (isOuter(load<u16>(at)) || isOuter(load<u16>(at + length - 2)));
}

function isOuter(c: u32): bool {
  return c <= 0x20 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x205f) || c == 0x3000 || c == 0xfeff;
}
