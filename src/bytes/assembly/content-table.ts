// Where texts of floods are kept: sets of four entries, each with a head and a number; heads lie close together, and the
// texts stand apart. ./event-content.ts and ./json-flood.ts say what is in a head, for one input the one or the other.

import { CONTENT_BYTES, CONTENT_HEADS, CONTENT_SETS, CONTENTS } from './layout';

export const HEAD_BYTES: usize = 24;
export const WAYS: usize = 4;
// In each head: when its texts were met last, and what makes it free when it is another than the present one.
export const STAMP: usize = 4;
export const EPOCH: usize = 20;

/** The entry of a set that is free, or was met longest ago. */
export function oldestOf(set: usize, epoch: u32): usize {
  let oldest = set;
  let oldestMet: u32 = u32.MAX_VALUE;
  for (let entry = set; entry < set + WAYS * HEAD_BYTES; entry += HEAD_BYTES) {
    const met: u32 = load<u32>(entry, EPOCH) == epoch ? load<u32>(entry, STAMP) : 0;
    if (met >= oldestMet) continue;
    oldest = entry;
    oldestMet = met;
  }
  return oldest;
}

// @ts-ignore: decorator
@inline
export function setOf(hash: u32): usize {
  return CONTENT_HEADS + <usize>(hash & (CONTENT_SETS - 1)) * WAYS * HEAD_BYTES;
}

// @ts-ignore: decorator
@inline
export function numberOf(entry: usize): i32 {
  return <i32>((entry - CONTENT_HEADS) / HEAD_BYTES);
}

// @ts-ignore: decorator
@inline
export function textsOf(entry: usize): usize {
  return CONTENTS + <usize>numberOf(entry) * CONTENT_BYTES;
}
