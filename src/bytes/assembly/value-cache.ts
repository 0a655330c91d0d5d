// Values that repeat from event to event get the same number each time, so that JavaScript decodes them once. Of fixed
// size, in sets of eight slots: where a set is full, a new value takes the slot of an older one. Of 4,000 values none is in a
// full set as a rule; in sets of four, 75 would push each other out again and again. A hit is verified byte by byte.

import { areSame } from './event-text';
import { CACHE, CACHE_SLOT_BYTES, CACHE_SLOTS, CACHE_TAGS, LONGEST_CACHED, NEW_TEXTS, REPEATS } from './layout';

/** Set in a reference when the slot was taken just now: the text is to be decoded and kept. */
export const NEW: i32 = 0x10000;
/** The text is in no slot. */
export const UNCACHED: i32 = 0x20000;

// By slot there is a tag, a hash of its value that is never 0 (0: it is free), so that those of a set are seen at once.
// A slot's head: the value's length in bytes, whether it was taken in the event of the stamp, that event's stamp.
const LENGTH: u32 = 0xff;
const IS_NEW: u32 = 0x100;
const STAMP: u32 = 16;
/** At NEW_TEXTS, of a text that is not ASCII. */
const WIDE: i32 = 0x8000;
const WAYS: u32 = 8;
const SETS: u32 = CACHE_SLOTS / WAYS;

/**
 * Of the event being parsed, or the repeats being gathered. It comes round after 65,536, and then costs a value its slot for
 * once.
 */
let stamp: u32 = 0;
/** Which of a full set goes next. */
let turn: u32 = 0;

export function beginEvent(): void {
  stamp = (stamp + 1) & 0xffff;
}

export function clearCache(): void {
  memory.fill(CACHE_TAGS, 0, <usize>CACHE_SLOTS * 4);
}

/** The slot of the bytes, with NEW if they were not there; UNCACHED when they are too long to be kept. */
export function slotOf(from: usize, length: usize): i32 {
  if (length > LONGEST_CACHED) return UNCACHED;
  const tag = tagOf(from, length);
  const known = find(tag, from, length);
  if (known >= 0) {
    const at = slotAt(known);
    const head = load<u32>(at);
    if (head >> STAMP == stamp) return (head & IS_NEW) != 0 ? known | NEW : known;
    store<u32>(at, <u32>length | (stamp << STAMP));
    return known;
  }
  const slot = takeSlot(tag, from, length);
  return slot < 0 ? UNCACHED : slot | NEW;
}

/** Puts the bytes into a slot of their set; -1 when none is free. */
// @ts-ignore: decorator
@inline
function takeSlot(tag: u32, from: usize, length: usize): i32 {
  const slot = freed(setOf(tag));
  if (slot < 0) return -1;
  const at = slotAt(slot);
  store<u32>(CACHE_TAGS + (<usize>slot << 2), tag);
  store<u32>(at, <u32>length | IS_NEW | (stamp << STAMP));
  // By words: the rest of the last one is never compared.
  for (let k: usize = 0; k < length; k += 8) store<u64>(at + 4 + k, load<u64>(from + k));
  return slot;
}

/** The slot of bytes that came before, else -1; nothing is kept. */
export function knownSlotOf(from: usize, length: usize): i32 {
  return length > LONGEST_CACHED ? -1 : find(tagOf(from, length), from, length);
}

/**
 * The slot that likely holds the bytes, else -1. Its memory is on its way then: who looks for several texts seeks them all
 * before looking at one, and waits once.
 */
export function seekSlot(from: usize, length: usize): i32 {
  if (length > LONGEST_CACHED) return -1;
  const tag = tagOf(from, length);
  const ways = waysOf(tag);
  if (ways == 0) return -1;
  const slot = <i32>setOf(tag) + ctz(ways);
  fetched ^= load<u32>(slotAt(slot));
  return slot;
}

/** Kept, since a compiler leaves out loads of which nothing comes. */
let fetched: u32 = 0;

/**
 * The slot of the bytes, which is theirs until the next event or repeats begin; -1 when there is none for them. `sought` is
 * what `seekSlot` gave. Those that were not there are listed at NEW_TEXTS, for JavaScript to decode before it asks for them.
 */
export function heldSlotOf(sought: i32, from: usize, length: usize, isWide: bool): i32 {
  if (length > LONGEST_CACHED) return -1;
  let slot = sought;
  if (slot < 0 || !holds(slotAt(slot), from, length)) {
    const tag = tagOf(from, length);
    slot = find(tag, from, length);
    if (slot < 0) {
      slot = takeSlot(tag, from, length);
      if (slot < 0) return -1;
      const count = load<u32>(REPEATS, 4);
      store<u16>(NEW_TEXTS + (<usize>count << 1), <u16>(isWide ? slot | WIDE : slot));
      store<u32>(REPEATS, count + 1, 4);
      return slot;
    }
  }
  const at = slotAt(slot);
  const head = load<u32>(at);
  if (head >> STAMP != stamp) store<u32>(at, <u32>length | (stamp << STAMP));
  return slot;
}

/**
 * A slot of the set for a new value, or -1: two values of one event, or of repeats gathered together, never share one, so
 * that they are decoded in any order.
 */
function freed(set: u32): i32 {
  for (let slot = set; slot < set + WAYS; slot++) {
    if (load<u32>(CACHE_TAGS + (<usize>slot << 2)) == 0) return <i32>slot;
  }
  turn += 1;
  for (let way: u32 = 0; way < WAYS; way++) {
    const slot = set + ((turn + way) & (WAYS - 1));
    if (load<u32>(slotAt(<i32>slot)) >> STAMP != stamp) return <i32>slot;
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function slotAt(slot: i32): usize {
  return CACHE + <usize>slot * CACHE_SLOT_BYTES;
}

// @ts-ignore: decorator
@inline
function find(tag: u32, from: usize, length: usize): i32 {
  const set = setOf(tag);
  for (let ways = waysOf(tag); ways != 0; ways &= ways - 1) {
    const slot = <i32>set + ctz(ways);
    if (holds(slotAt(slot), from, length)) return slot;
  }
  return -1;
}

/** Which slots of its set have the tag, a bit each. */
// @ts-ignore: decorator
@inline
function waysOf(tag: u32): i32 {
  const tags = CACHE_TAGS + (<usize>setOf(tag) << 2);
  const sought = i32x4.splat(<i32>tag);
  return i32x4.bitmask(i32x4.eq(v128.load(tags), sought)) | (i32x4.bitmask(i32x4.eq(v128.load(tags, 16), sought)) << 4);
}

// @ts-ignore: decorator
@inline
function setOf(tag: u32): u32 {
  return ((tag >> 8) & (SETS - 1)) * WAYS;
}

// Values are of lengths that no processor foresees: the last bytes are read once more with some before them, so that there is
// a branch for each 16 bytes, and none for the bytes past them.

// @ts-ignore: decorator
@inline
function tagOf(from: usize, length: usize): u32 {
  const factor: u64 = 0x9e3779b97f4a7c15;
  let a: u64 = <u64>length * factor;
  let b: u64 = factor;
  if (length >= 8) {
    for (let k: usize = 0; k + 16 < length; k += 16) {
      a = rotl<u64>(a ^ load<u64>(from + k), 29) * factor;
      b = rotl<u64>(b ^ load<u64>(from + k + 8), 29) * factor;
    }
    const last = from + length - 8;
    a = rotl<u64>(a ^ load<u64>(length < 16 ? from : last - 8), 29) * factor;
    b = rotl<u64>(b ^ load<u64>(last), 29) * factor;
  } else if (length != 0) {
    a = rotl<u64>(a ^ (load<u64>(from) & maskOf(length)), 29) * factor;
  }
  return <u32>(((a ^ rotl<u64>(b, 31)) * factor) >> 32) | 1;
}

// @ts-ignore: decorator
@inline
function holds(at: usize, from: usize, length: usize): bool {
  if ((load<u32>(at) & LENGTH) != <u32>length) return false;
  return areSame(at + 4, from, length);
}

/** The first bytes of a word, one to seven. */
// @ts-ignore: decorator
@inline
function maskOf(bytes: usize): u64 {
  return (<u64>-1) >> (<u64>(64 - bytes * 8));
}
