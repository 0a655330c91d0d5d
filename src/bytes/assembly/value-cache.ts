// Values that repeat from event to event get the same number each time, so that JavaScript decodes them once. Direct-
// mapped and of fixed size: a new value takes the slot of an older one. A hit is verified byte by byte.

import { CACHE, CACHE_SLOTS, LONGEST_CACHED } from './layout';

/** Set in a reference when the slot was taken just now: the text is to be decoded and kept. */
export const NEW: i32 = 0x10000;
/** The text is in no slot. */
export const UNCACHED: i32 = 0x20000;

// A slot's head: length in bytes and one (0: free), whether it was taken in the event of the stamp, that event's stamp.
const LENGTH: u32 = 0xff;
const IS_NEW: u32 = 0x100;
const STAMP: u32 = 16;

/** Of the event being parsed. It comes round after 65,536 events, and then costs a value its slot for once. */
let stamp: u32 = 0;

export function beginEvent(): void {
  stamp = (stamp + 1) & 0xffff;
}

export function clearCache(): void {
  for (let k: usize = 0; k < CACHE_SLOTS; k++) store<u32>(CACHE + (k << 6), 0);
}

/** The slot of the bytes, with NEW if they were not there; UNCACHED when they are too long to be kept. */
export function slotOf(from: usize, length: usize): i32 {
  if (length > LONGEST_CACHED) return UNCACHED;
  const tail = length & 7;
  const whole = length - tail;
  // Shifting by 64 would shift by none.
  const mask: u64 = tail == 0 ? 0 : (<u64>-1) >> (<u64>(64 - tail * 8));
  let hash: u64 = <u64>length * 0x9e3779b97f4a7c15;
  for (let k: usize = 0; k < whole; k += 8) hash = rotl<u64>(hash ^ load<u64>(from + k), 29) * 0x9e3779b97f4a7c15;
  if (tail != 0) hash = rotl<u64>(hash ^ (load<u64>(from + whole) & mask), 29) * 0x9e3779b97f4a7c15;
  const slot = <u32>(hash >> 48) & (CACHE_SLOTS - 1);
  const at = CACHE + (<usize>slot << 6);
  const head = load<u32>(at);
  const isOfThisEvent = head >> STAMP == stamp;
  if ((head & LENGTH) == <u32>length + 1) {
    let k: usize = 0;
    while (k < whole && load<u64>(at + 4 + k) == load<u64>(from + k)) k += 8;
    if (k == whole && (tail == 0 || (load<u64>(at + 4 + k) & mask) == (load<u64>(from + k) & mask))) {
      if (isOfThisEvent) return (head & IS_NEW) != 0 ? <i32>slot | NEW : <i32>slot;
      store<u32>(at, (<u32>length + 1) | (stamp << STAMP));
      return <i32>slot;
    }
  }
  // Two values of one event never share a slot, so that they may be decoded in any order.
  if (isOfThisEvent && (head & LENGTH) != 0) return UNCACHED;
  store<u32>(at, (<u32>length + 1) | IS_NEW | (stamp << STAMP));
  // By words: the rest of the last one is never compared.
  for (let k: usize = 0; k < length; k += 8) store<u64>(at + 4 + k, load<u64>(from + k));
  return <i32>slot | NEW;
}
