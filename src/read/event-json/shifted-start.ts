/**
 * Where in `bytes`, UTF-16 text that is no sound object, another object starts that a reader of its units cannot see,
 * since a byte was lost or added and the units lie half a unit off; -1 where none does: the first of those that start a
 * line with the fewest blanks in front, as objects inside others have more; else the first behind a comma or bracket. One
 * that all of it begins with is the one.
 *
 * Only what ended without being sound is searched: the text of a sound event may hold these bytes as the characters of any
 * script, and whoever writes such a text must not get to write events.
 */
export function shiftedStart(bytes: Uint8Array, isBigEndian: boolean): number {
  const input = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
  const low = isBigEndian ? 1 : 0;
  // The unit at `at`, or -1 where it is none of ASCII.
  const unit = (at: number): number => (input[at + 1 - low] === 0 ? input[at + low]! : -1);
  const needle = isBigEndian ? Buffer.of(0, 0x7b) : Buffer.of(0x7b, 0);
  let inLine = -1;
  let found = -1;
  let fewest = Infinity;
  for (let at = input.indexOf(needle, 1); at >= 0; at = input.indexOf(needle, at + 1)) {
    if ((at & 1) === 0) continue;
    let next = at + 2;
    while (isBlank(unit(next))) next += 2;
    if (unit(next) !== 0x22) continue;
    let before = at - 2;
    while (before > 0 && unit(before) === 0x20) before -= 2;
    if (before < 0) return at;
    const blanks = (at - 2 - before) >> 1;
    if (unit(before) === 0x0a) {
      if (blanks >= fewest) continue;
      fewest = blanks;
      found = at;
      if (blanks === 0) break;
    } else if (inLine < 0 && isOpening(unit(before))) {
      inLine = at;
    }
  }
  return found < 0 ? inLine : found;
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x0d || unit === 0x0a || unit === 0x09;
}

/** A comma or a bracket. */
function isOpening(unit: number): boolean {
  return unit === 0x2c || unit === 0x5b;
}
