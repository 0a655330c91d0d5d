// Where texts of floods are kept: sets of four entries, each with a head and a number; heads lie close together, and the
// texts stand apart. ./event-content.ts and ./json-flood.ts say what is in a head, for one input the one or the other.

import { CONTENT_BYTES, CONTENT_HEADS, CONTENT_SETS, CONTENTS } from './layout';

export const HEAD_BYTES: usize = 24;
export const WAYS: usize = 4;

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
