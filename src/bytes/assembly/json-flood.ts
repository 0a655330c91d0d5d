// A flood in NDJSON: lines that have the shape of the event before and hold the texts of an earlier one, whose repeats
// somebody takes. Many are handed over at a call. What sets them apart, time and record ID, is left to JavaScript.

import { EPOCH, HEAD_BYTES, numberOf, oldestOf, setOf, STAMP, textsOf, WAYS } from './content-table';
import { epochOfContents } from './event-content';
import { areSame } from './event-text';
import { pastShape, wasWide } from './json-shapes';
import { CONTENT_BYTES, MOST_REPEATS, REPEATS, VALUES } from './layout';
import { isUtf8 } from './utf8';

// In a head stand beside: the hash of its texts, the shape, and how many bytes its texts take. Each text has its length in
// 32 bits in front.
const HASH: usize = 0;
const SHAPE: usize = 8;
const SIZE: usize = 12;

// A shape's parts, as ./json-shapes.ts has them.
const PARTS: usize = 8;
const ASKED_FIRST: u32 = 1;
const ASKED_THEN: u32 = 2;

// At REPEATS how many there are, then each: number of its texts, address, length; of time and record ID where they start
// and end, 0 where there is none.
const FIRST: usize = REPEATS + 8;
const REPEAT: usize = 40;
const LONGEST_ID: usize = 15;

let stamp: u32 = 0;
/** Of the texts at hand. */
let size: usize = 0;

/** Keeps the texts of the event that fitted the shape last; their number, from 0, or -1 when they are too long. */
export function keepTexts8(shape: usize): i32 {
  const hash = hashOfTexts(shape);
  if (size > CONTENT_BYTES) return -1;
  const set = setOf(hash);
  const epoch = epochOfContents();
  for (let entry = set; entry < set + WAYS * HEAD_BYTES; entry += HEAD_BYTES) {
    if (load<u32>(entry, EPOCH) == epoch && holds(entry, hash, shape)) return numberOf(entry);
  }
  const oldest = oldestOf(set, epoch);
  store<u32>(oldest, hash, HASH);
  store<u32>(oldest, ++stamp, STAMP);
  store<u32>(oldest, <u32>shape, SHAPE);
  store<u32>(oldest, <u32>size, SIZE);
  store<u32>(oldest, epoch, EPOCH);
  let to = textsOf(oldest);
  const count = load<u32>(shape);
  let value = VALUES;
  let part = shape + PARTS;
  for (let k: u32 = 1; k < count; k++, part += 8, value += 12) {
    if (!isLasting(part)) continue;
    const from = <usize>load<u32>(value);
    const length = <usize>load<u32>(value, 4) - from;
    store<u32>(to, <u32>length);
    memory.copy(to + 4, from, length);
    to += 4 + length;
  }
  return numberOf(oldest);
}

/**
 * Reads lines on from `at`, where one starts, as long as each is a repeat, has at most `maxBytes` and ends before `end`;
 * gives the start of the line behind the last. `time` and `recordId` are the numbers of the shape's values, or -1.
 */
export function floodJson8(shape: usize, at: usize, end: usize, maxBytes: usize, time: i32, recordId: i32): usize {
  let p = at;
  let count: u32 = 0;
  for (let repeat = FIRST; count < MOST_REPEATS; repeat += REPEAT) {
    const eventEnd = pastShape(shape, p, end);
    if (eventEnd == 0) break;
    let lineEnd = eventEnd;
    if (lineEnd < end && load<u8>(lineEnd) == 13) lineEnd += 1;
    if (lineEnd >= end || load<u8>(lineEnd) != 10 || lineEnd - p > maxBytes) break;
    if (wasWide() && !isUtf8(p, eventEnd)) break;
    const number = numberOfTexts(shape);
    if (number < 0) break;
    if (!takePlace(repeat + 12, time) || !takePlace(repeat + 20, recordId)) break;
    if (recordId >= 0 && !isUsualId(<usize>load<u32>(repeat, 20), <usize>load<u32>(repeat, 24))) break;
    store<i32>(repeat, number);
    store<u32>(repeat, <u32>p, 4);
    store<u32>(repeat, <u32>(eventEnd - p), 8);
    count += 1;
    p = lineEnd + 1;
  }
  store<u32>(REPEATS, count);
  return p;
}

/** False where the value is empty: another field may stand in for it. */
// @ts-ignore: decorator
@inline
function takePlace(to: usize, place: i32): bool {
  if (place < 0) {
    store<u64>(to, 0);
    return true;
  }
  const range = load<u64>(VALUES + <usize>place * 12);
  store<u64>(to, range);
  return <u32>range != <u32>(range >> 32);
}

/** A number as nearly all are. */
function isUsualId(from: usize, to: usize): bool {
  if (to - from > LONGEST_ID || load<u8>(from) == 48) return false;
  for (let p = from; p < to; p++) if (<u32>load<u8>(p) - 48 > 9) return false;
  return true;
}

function numberOfTexts(shape: usize): i32 {
  const hash = hashOfTexts(shape);
  if (size > CONTENT_BYTES) return -1;
  const set = setOf(hash);
  const epoch = epochOfContents();
  for (let entry = set; entry < set + WAYS * HEAD_BYTES; entry += HEAD_BYTES) {
    if (load<u32>(entry, EPOCH) != epoch || !holds(entry, hash, shape)) continue;
    store<u32>(entry, ++stamp, STAMP);
    return numberOf(entry);
  }
  return -1;
}

/** Whether the entry's texts are those at hand. */
function holds(entry: usize, hash: u32, shape: usize): bool {
  if (load<u32>(entry, HASH) != hash || <usize>load<u32>(entry, SHAPE) != shape) return false;
  if (<usize>load<u32>(entry, SIZE) != size) return false;
  let kept = textsOf(entry);
  const count = load<u32>(shape);
  let value = VALUES;
  let part = shape + PARTS;
  for (let k: u32 = 1; k < count; k++, part += 8, value += 12) {
    if (!isLasting(part)) continue;
    const from = <usize>load<u32>(value);
    const length = <usize>load<u32>(value, 4) - from;
    if (<usize>load<u32>(kept) != length || !areSame(kept + 4, from, length)) return false;
    kept += 4 + length;
  }
  return true;
}

function hashOfTexts(shape: usize): u32 {
  const factor: u64 = 0x9e3779b97f4a7c15;
  let hash: u64 = <u64>shape;
  let bytes: usize = 0;
  const count = load<u32>(shape);
  let value = VALUES;
  let part = shape + PARTS;
  for (let k: u32 = 1; k < count; k++, part += 8, value += 12) {
    if (!isLasting(part)) continue;
    const from = <usize>load<u32>(value);
    const to = <usize>load<u32>(value, 4);
    bytes += 4 + (to - from);
    hash = (rotl<u64>(hash, 29) ^ <u64>(to - from)) * factor;
    let p = from;
    let other: u64 = 1;
    for (; p + 16 <= to; p += 16) {
      hash = (rotl<u64>(hash, 29) ^ load<u64>(p)) * factor;
      other = (rotl<u64>(other, 29) ^ load<u64>(p, 8)) * factor;
    }
    for (; p + 4 <= to; p += 4) hash = (rotl<u64>(hash, 29) ^ <u64>load<u32>(p)) * factor;
    for (; p < to; p++) hash = (rotl<u64>(hash, 29) ^ <u64>load<u8>(p)) * factor;
    hash ^= rotl<u64>(other, 17);
  }
  size = bytes;
  return <u32>((hash * factor) >> 32);
}

// @ts-ignore: decorator
@inline
function isLasting(part: usize): bool {
  const asker = <u32>load<u8>(part, 7);
  return asker == ASKED_FIRST || asker == ASKED_THEN;
}
