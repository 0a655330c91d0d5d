// Failures come in floods: the same texts again and again, at other times. Of events that were read by a shape, the texts
// that differ between events of a shape are compared with those seen before; JavaScript makes nothing anew of known ones.

import { EPOCH, HEAD_BYTES, numberOf, oldestOf, setOf, STAMP, textsOf, WAYS } from './content-table';
import { CHANNEL, COMPUTER, MESSAGE, VALUE_COUNT } from './event-fields';
import { areSame } from './event-text';
import { CONTENT_BYTES, EVENT, TAKERS, VALUES } from './layout';

// In a head stand beside: the hash of its texts; the shape, and when that was learnt. Each text has its length before it;
// memory of entries that are not looked at is never brought in.
// A text of a flood is copied at the second time, so that one that never comes back costs a hash alone.
const HASH: usize = 0;
const SHAPE: usize = 8;
const LEARNT: usize = 12;
const IS_COPIED: usize = 16;

/** Goes round after four billion events, and then an entry is given up too early for once. */
let stamp: u32 = 0;
/** To forget all is to count on: writing to each entry would bring all of the memory in. */
let epoch: u32 = 1;
let isKnown: bool = false;

/** Whether `contentOf` found texts that it had given a number before. */
export function wasKnown(): bool {
  return isKnown;
}

/** The number of the event's texts, from 0; -1 when they have none. */
export function contentOf(shape: usize, learnt: u32): i32 {
  isKnown = false;
  if (sizeOfTexts() + 16 > CONTENT_BYTES) return -1;
  return keep(hashOfTexts(<u64>shape), shape, learnt);
}

/** As `contentOf`, of texts that `knownContentOf` was just asked about. */
export function contentOfAsked(shape: usize, learnt: u32): i32 {
  isKnown = false;
  return isAskedTooLong ? -1 : keep(hashOfAsked, shape, learnt);
}

let isAskedTooLong: bool = false;
let hashOfAsked: u32 = 0;

function keep(hash: u32, shape: usize, learnt: u32): i32 {
  const set = setOf(hash);
  for (let entry = set; entry < set + WAYS * HEAD_BYTES; entry += HEAD_BYTES) {
    if (load<u32>(entry, EPOCH) != epoch || load<u32>(entry, HASH) != hash) continue;
    const number = numberOf(entry);
    store<u32>(entry, ++stamp, STAMP);
    if (load<u32>(entry, IS_COPIED) != 0) {
      if (<usize>load<u32>(entry, SHAPE) == shape && load<u32>(entry, LEARNT) == learnt && hasTexts(entry)) {
        isKnown = true;
        return number;
      }
    }
    copyTexts(entry, shape, learnt);
    return number;
  }
  const oldest = oldestOf(set, epoch);
  store<u32>(oldest, hash, HASH);
  store<u32>(oldest, ++stamp, STAMP);
  store<u32>(oldest, 0, IS_COPIED);
  store<u32>(oldest, epoch, EPOCH);
  store<u8>(TAKERS + <usize>numberOf(oldest), 0);
  return -1;
}

/** The number that the event's texts were given before, or -1. As `contentOf`, but of others nothing is kept. */
export function knownContentOf(shape: usize, learnt: u32): i32 {
  isAskedTooLong = sizeOfTexts() + 16 > CONTENT_BYTES;
  if (isAskedTooLong) return -1;
  const hash = hashOfTexts(<u64>shape);
  hashOfAsked = hash;
  const set = setOf(hash);
  for (let entry = set; entry < set + WAYS * HEAD_BYTES; entry += HEAD_BYTES) {
    if (load<u32>(entry, HASH) != hash || load<u32>(entry, EPOCH) != epoch || load<u32>(entry, IS_COPIED) == 0) continue;
    if (<usize>load<u32>(entry, SHAPE) != shape || load<u32>(entry, LEARNT) != learnt || !hasTexts(entry)) continue;
    store<u32>(entry, ++stamp, STAMP);
    return numberOf(entry);
  }
  return -1;
}

/** Forgets all. */
export function forgetContents(): void {
  epoch += 1;
}

/** Entries of another are free; in an input of JSON those of `json-flood.ts` stand in the same place. */
export function epochOfContents(): u32 {
  return epoch;
}

// The texts are those at CHANNEL, COMPUTER and MESSAGE and the values; their names are the shape's.

// @ts-ignore: decorator
@inline
function lastText(): usize {
  return VALUES + <usize>load<u32>(EVENT, VALUE_COUNT) * 24;
}

// @ts-ignore: decorator
@inline
function nextText(at: usize): usize {
  if (at >= VALUES) return at + 24;
  return at == EVENT + CHANNEL ? EVENT + COMPUTER : at == EVENT + COMPUTER ? EVENT + MESSAGE : VALUES;
}

function sizeOfTexts(): usize {
  let size: usize = 0;
  for (let at = EVENT + CHANNEL, last = lastText(); at != last; at = nextText(at)) {
    size += 16 + (<usize>(load<u32>(at, 4) - load<u32>(at)) & ~7);
  }
  return size;
}

function hashOfTexts(seed: u64): u32 {
  const factor: u64 = 0x9e3779b97f4a7c15;
  let a = seed;
  let b: u64 = 1;
  for (let at = EVENT + CHANNEL, last = lastText(); at != last; at = nextText(at)) {
    let p = <usize>load<u32>(at);
    const to = <usize>load<u32>(at, 4);
    a ^= <u64>(to - p);
    for (; p + 16 <= to; p += 16) {
      a = (rotl<u64>(a, 29) ^ load<u64>(p)) * factor;
      b = (rotl<u64>(b, 29) ^ load<u64>(p, 8)) * factor;
    }
    if (p + 8 <= to) {
      b = (rotl<u64>(b, 29) ^ load<u64>(p)) * factor;
      p += 8;
    }
    // Shifting by 64 would shift by none.
    if (p < to) a = (rotl<u64>(a, 29) ^ (load<u64>(p) << (<u64>(64 - (to - p) * 8)))) * factor;
  }
  const hash = (a ^ rotl<u64>(b, 31)) * factor;
  return <u32>(hash >> 32);
}

function hasTexts(entry: usize): bool {
  let kept = textsOf(entry);
  for (let at = EVENT + CHANNEL, last = lastText(); at != last; at = nextText(at)) {
    const from = <usize>load<u32>(at);
    const length = <usize>load<u32>(at, 4) - from;
    // Of one shape there are as many texts in each event, but for their lengths.
    if (<usize>load<u32>(kept) != length || !areSame(kept + 8, from, length)) return false;
    kept += 8 + (length & ~7) + 8;
  }
  return true;
}

function copyTexts(entry: usize, shape: usize, learnt: u32): void {
  let kept = textsOf(entry);
  for (let at = EVENT + CHANNEL, last = lastText(); at != last; at = nextText(at)) {
    const from = <usize>load<u32>(at);
    const length = <usize>load<u32>(at, 4) - from;
    store<u32>(kept, <u32>length);
    memory.copy(kept + 8, from, length);
    kept += 8 + (length & ~7) + 8;
  }
  store<u32>(entry, <u32>shape, SHAPE);
  store<u32>(entry, learnt, LEARNT);
  store<u32>(entry, 1, IS_COPIED);
}
