// The providers and event IDs that somebody wants, as ../../read/event-xml/simd-scan.ts lays them out.

import { WANTED } from './layout';
import { stands } from './units';

/** The entry of a wanted provider, or 0. */
// @ts-ignore: decorator
@inline
export function entryOf<T>(name: usize, length: usize): usize {
  let entry = <usize>load<u16>(WANTED + length * 2);
  while (entry != 0) {
    const count = idsOf(entry);
    const text = entry + 4 + (count == ANY ? 0 : <usize>(count * 2));
    if (stands<T>(name, text, length)) return entry;
    entry = <usize>load<u16>(entry);
  }
  return 0;
}

/** How many event IDs the entry holds, or ANY. */
// @ts-ignore: decorator
@inline
export function idsOf(entry: usize): u32 {
  return <u32>load<u16>(entry, 2);
}

export const ANY: u32 = 0xffff;

// @ts-ignore: decorator
@inline
export function holdsId(entry: usize, eventId: u32): bool {
  const count = idsOf(entry);
  if (count == ANY) return true;
  for (let k: u32 = 0; k < count; k++) if (<u32>load<u16>(entry + <usize>(k * 2), 4) == eventId) return true;
  return false;
}

// @ts-ignore: decorator
@inline
export function isWanted<T>(name: usize, length: usize, eventId: u32): bool {
  const entry = entryOf<T>(name, length);
  return entry != 0 && holdsId(entry, eventId);
}
