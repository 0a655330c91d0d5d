// The values of a record, and their texts as Windows writes them into XML: what ../../read/evtx/bin-values.ts renders, but
// for the types that are rare, which it gives up.

import { CHUNK, MOST_VALUES } from './evtx-layout';
import { put, putDigits, putHex, putNumber, putText } from './json-text';
import { putSecond } from './time-text';

export const NULL: u32 = 0;
export const STRING: u32 = 1;
export const BYTE: u32 = 4;
export const WORD: u32 = 6;
export const NUMBER: u32 = 10;
export const FILETIME: u32 = 17;
export const FRAGMENT_VALUE: u32 = 0x21;
export const ARRAY: u32 = 0x80;
export const STRINGS: u32 = ARRAY | STRING;

/** How many values the frame at `frame` has. */
// @ts-ignore: decorator
@inline
export function countOf(frame: usize): u32 {
  return load<u32>(frame);
}

/**
 * Reads the table of values at `table`: their count, then size, type and a zero byte for each, then the values. False when
 * they reach past `end` or are too many.
 */
export function loadValues(frame: usize, table: usize, end: usize): bool {
  if (table + 4 > end) return false;
  const count = load<u32>(table);
  if (count > <u32>(end - table - 4) / 4 || count >= MOST_VALUES) return false;
  let at = table + 4 + count * 4;
  let entry = table + 4;
  for (let to = frame + 8, last = frame + 8 + count * 8; to < last; to += 8, entry += 4) {
    const size = <usize>load<u16>(entry);
    if (at + size > end) return false;
    store<u32>(to, at);
    store<u16>(to, size, 4);
    store<u16>(to, load<u8>(entry, 2), 6);
    at += size;
  }
  store<u32>(frame, count);
  return true;
}

/** The value's entry in the frame; of one that is not there, that of a null value. */
// @ts-ignore: decorator
@inline
export function entryAt(frame: usize, index: i32): usize {
  return <u32>index < countOf(frame) ? frame + 8 + <usize>index * 8 : NOTHING;
}

// @ts-ignore: decorator
@inline
export function typeOf(entry: usize): u32 {
  return <u32>load<u16>(entry, 6);
}

// @ts-ignore: decorator
@inline
export function sizeOf(entry: usize): u32 {
  return <u32>load<u16>(entry, 4);
}

// @ts-ignore: decorator
@inline
export function placeOf(entry: usize): usize {
  return <usize>load<u32>(entry);
}

/** What a provider counts in of its terminators is no text. */
export function endOfString(entry: usize): usize {
  const from = placeOf(entry);
  let to = from + (sizeOf(entry) & ~1);
  while (to > from && load<u16>(to - 2) == 0) to -= 2;
  return to;
}

/** Writes the value as a JSON string; 0 when its type is left to others. */
export function putValue(out: usize, entry: usize): usize {
  const type = typeOf(entry);
  const size = sizeOf(entry);
  const at = placeOf(entry);
  if (type == STRING) return putText(out, at, endOfString(entry));
  store<u8>(out, 34);
  out = size == 0 || type == NULL ? out + 1 : putPlain(out + 1, type, at, size);
  if (out == 0) return 0;
  store<u8>(out, 34);
  return out + 1;
}

/** Values whose texts need no escape. One too short for its type is empty. */
function putPlain(out: usize, type: u32, at: usize, size: u32): usize {
  switch (type) {
    case 3:
      return putSigned(out, <i64>load<i8>(at));
    case BYTE:
      return putNumber(out, <u64>load<u8>(at));
    case 5:
      return size < 2 ? out : putSigned(out, <i64>load<i16>(at));
    case WORD:
      return size < 2 ? out : putNumber(out, <u64>load<u16>(at));
    case 7:
      return size < 4 ? out : putSigned(out, <i64>load<i32>(at));
    case 8:
      return size < 4 ? out : putNumber(out, <u64>load<u32>(at));
    case 9:
      return size < 8 ? out : putSigned(out, load<i64>(at));
    case NUMBER:
      return size < 8 ? out : putNumber(out, load<u64>(at));
    case 13: // Boolean; any bit makes it true
      return isZero(at, min<u32>(size, 4)) ? put(out, 'false') : put(out, 'true');
    case 14: // binary
      for (const end = at + size; at < end; at++, out += 2) putHex(out, <u64>load<u8>(at), 2, 65);
      return out;
    case 15:
      return size < 16 ? out : putGuid(out, at);
    case 16: // a size
      if (size < 4) return out;
      return putHex(put(out, '0x'), size < 8 ? <u64>load<u32>(at) : load<u64>(at), 1, 97);
    case FILETIME:
      if (size < 8) return out;
      return isWritable(load<u64>(at)) ? putTime(out, load<u64>(at)) : 0;
    case 19:
      return size < 8 ? out : putSid(out, at, size);
    case 20:
      return size < 4 ? out : putHex(put(out, '0x'), <u64>load<u32>(at), 1, 97);
    case 21:
      return size < 8 ? out : putHex(put(out, '0x'), load<u64>(at), 1, 97);
    default:
      return 0;
  }
}

/** Whether the FILETIME lies before the year 10000. */
// @ts-ignore: decorator
@inline
export function isWritable(time: u64): bool {
  return time < 2_650_467_744_000_000_000;
}

/** An instant that `isWritable`, with the seven digits that a FILETIME has. */
export function putTime(out: usize, time: u64): usize {
  out = putSecond(out, time / 10_000_000);
  store<u8>(out, 46);
  out = putDigits(out + 1, <u32>(time % 10_000_000), 7);
  store<u8>(out, 90); // Z
  return out + 1;
}

function putSigned(out: usize, number: i64): usize {
  if (number >= 0) return putNumber(out, <u64>number);
  store<u8>(out, 45);
  return putNumber(out + 1, 0 - <u64>number);
}

function putGuid(out: usize, at: usize): usize {
  store<u8>(out, 123);
  out = putHex(out + 1, <u64>load<u32>(at), 8, 97);
  store<u8>(out, 45);
  out = putHex(out + 1, <u64>load<u16>(at, 4), 4, 97);
  store<u8>(out, 45);
  out = putHex(out + 1, <u64>load<u16>(at, 6), 4, 97);
  for (let k: usize = 8; k < 16; k++) {
    if (k == 8 || k == 10) store<u8>(out++, 45);
    out = putHex(out, <u64>load<u8>(at + k), 2, 97);
  }
  store<u8>(out, 125);
  return out + 1;
}

/** 0 for an authority of 2^32 and more. */
function putSid(out: usize, at: usize, size: u32): usize {
  if (load<u16>(at, 2) != 0) return 0;
  out = putNumber(put(out, 'S-'), <u64>load<u8>(at));
  store<u8>(out, 45);
  out = putNumber(out + 1, <u64>bswap<u32>(load<u32>(at, 4)));
  for (let k = min<u32>(load<u8>(at, 1), (size - 8) / 4); k > 0; k--, at += 4) {
    store<u8>(out, 45);
    out = putNumber(out + 1, <u64>load<u32>(at, 8));
  }
  return out;
}

function isZero(at: usize, size: u32): bool {
  for (const end = at + size; at < end; at++) if (load<u8>(at) != 0) return false;
  return true;
}

/** Where nothing is written: the entry of a value that is null. */
const NOTHING: usize = memory.data(8, 8);
