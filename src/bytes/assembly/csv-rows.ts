// Walks rows of CSV in 8-bit text as ../../read/csv/record-framer.ts does, drops those that nobody wants, and hands the
// others over one by one. Whatever it does not expect (a row that breaks, that may be a header again, or whose date may
// tell the order of day and month) it leaves to the readable reader: it stops in front of it. The differential tests
// hold the two to the same answers.

import { contentOf, wasKnown } from './event-content';
import { CHANNEL, COMPUTER, MESSAGE, VALUE_COUNT } from './event-fields';
import { EVENT, MOST_REPEATS, OUT, REPEATS, ROW, ROW_FIELDS, TAKERS } from './layout';
import { count8, findUnit } from './units';
import { ANY, entryOf, holdsId, idsOf } from './wanted';

// What `rows8` returns.
const GAP: i32 = 0;
const CANDIDATE: i32 = 1;
const IRREGULAR: i32 = 2;
/** There may be more: room for repeats is full, or so much was read that it should be counted while it is at hand. */
const PAUSE: i32 = 3;
const PAUSE_BYTES: usize = 131_072;

// Fields at ROW, 32 bits each. Given: columns, the least number of fields, and the date that was seen last.
const SOURCE: usize = 0;
const EVENT_ID: usize = 4;
const DATE: usize = 8; // -1: no date can tell anything
const LEAST_FIELDS: usize = 12;
const HAS_HEADER: usize = 16;
const DATE_LENGTH: usize = 20;
const TIME: usize = 24; // the column in which rows that repeat each other differ; -1: nobody takes repeats
const DATE_BYTES: usize = 32;
// Found: the candidate.
const CONTENT_LENGTH: usize = 64;
const LENGTH: usize = 68;
const FIELD_COUNT: usize = 72;
const WAS_KNOWN: usize = 76; // its texts had a number before
const FIELD_AT: usize = 80;

// At REPEATS how many rows there are that repeat earlier ones, then each, and behind them the candidate, as 32 bits: the
// number of its texts, its address, its length without its line end, and where the field of its time begins and ends.
const FIRST: usize = REPEATS + 8;
const REPEAT: usize = 20;

const QUOTE: u32 = 34;

// How `frame` found a row.
const WHOLE: i32 = 0;
const OPEN: i32 = 1;
const ODD: i32 = 2;

let delimiter: u32 = 0;
/** The marks (quotes, delimiters, line ends) in the 64 bytes at `base`. */
let base: usize = 0;
let marks: u64 = 0;
// The row that was framed.
let contentEnd: usize = 0;
let next: usize = 0;
/** Delimiters between its fields. */
let delimiters: u32 = 0;

/**
 * Reads rows from `at`, where one starts. Stores at OUT where it stopped, the candidate's start, how many rows were
 * dropped, and how many line feeds it passed; at REPEATS, in front of the candidate, those that somebody takes as
 * repeats. Returns 0 where the rest is not whole yet, 1 behind a candidate, 2 in front of what it leaves to others, 3
 * when it is to be called again.
 */
export function rows8(at: usize, end: usize, maxBytes: usize, delimiterUnit: u32): i32 {
  delimiter = delimiterUnit;
  base = at;
  marks = marksOf(at);
  let dropped: u32 = 0;
  let repeats: u32 = 0;
  let p = at;
  let result = GAP;
  while (p < end) {
    const framed = load<u8>(p) == 0xef ? ODD : frame(p, min(end, p + maxBytes + 2));
    if (framed == OPEN) break;
    const content = contentEnd - p;
    if (framed == WHOLE && content == 0) {
      p = next;
      continue;
    }
    if (framed == ODD || content > maxBytes || delimiters + 1 < load<u32>(ROW, LEAST_FIELDS) || !isUsual(p)) {
      result = IRREGULAR;
      break;
    }
    if (mayWant(p)) {
      const number = numberOfRow(p, FIRST + <usize>repeats * REPEAT);
      if (number >= 0 && wasKnown() && load<u8>(TAKERS + <usize>number) != 0) {
        repeats += 1;
        p = next;
        if (repeats < MOST_REPEATS) continue;
        result = PAUSE;
        break;
      }
      store<u32>(ROW, number >= 0 && wasKnown() ? 1 : 0, WAS_KNOWN);
      store<u32>(OUT, <u32>p, 4);
      store<u32>(ROW, <u32>content, CONTENT_LENGTH);
      store<u32>(ROW, <u32>(next - p), LENGTH);
      store<u32>(ROW, delimiters + 1, FIELD_COUNT);
      p = next;
      result = CANDIDATE;
      break;
    }
    dropped += 1;
    p = next;
    if (p - at >= PAUSE_BYTES) {
      result = PAUSE;
      break;
    }
  }
  store<u32>(OUT, <u32>p);
  store<u32>(OUT, dropped, 8);
  store<u32>(OUT, count8(at, p, 10), 12);
  store<u32>(REPEATS, repeats);
  return result;
}

/** The number of what the row holds beside its time, as `contentOf` gives it; writes down what JavaScript wants to know. */
function numberOfRow(start: usize, repeat: usize): i32 {
  store<i32>(repeat, -1);
  const column = load<i32>(ROW, TIME);
  if (column < 0) return -1;
  const from = fieldFrom(start, <u32>column);
  const to = fieldTo(start, <u32>column);
  setText(CHANNEL, start, from);
  setText(COMPUTER, to, contentEnd);
  setText(MESSAGE, start, start);
  store<u32>(EVENT, 0, VALUE_COUNT);
  const number = contentOf(ROW, delimiters);
  store<i32>(repeat, number);
  store<u32>(repeat, <u32>start, 4);
  store<u32>(repeat, <u32>(contentEnd - start), 8);
  store<u32>(repeat, <u32>from, 12);
  store<u32>(repeat, <u32>to, 16);
  return number;
}

// @ts-ignore: decorator
@inline
function setText(at: usize, from: usize, to: usize): void {
  store<u32>(EVENT + at, <u32>from);
  store<u32>(EVENT + at, <u32>to, 4);
}

/** Frames the row at `start`: a quote opens at a field's start only, and what is inside quotes is skipped. */
function frame(start: usize, limit: usize): i32 {
  let fields: u32 = 0;
  let fieldStart = start;
  // In registers: memory would be the slowest of it.
  let block = base;
  let left = marks;
  // Where marks count from: the row's start, and what follows a field in quotes.
  let from = start;
  store<u32>(ROW, 0, FIELD_AT);
  for (;;) {
    if (from - block < 64) {
      left = (left >> <u64>(from - block)) << <u64>(from - block);
    } else {
      block = from;
      left = marksOf(from);
    }
    let mark: usize;
    let c: u32;
    for (;;) {
      while (left == 0) {
        block += 64;
        if (block >= limit) return OPEN;
        left = marksOf(block);
      }
      mark = block + <usize>ctz(left);
      if (mark >= limit) return OPEN;
      c = <u32>load<u8>(mark);
      if (c == delimiter) {
        fields += 1;
        if (fields == ROW_FIELDS) return ODD;
        fieldStart = mark + 1;
        store<u32>(ROW + <usize>(fields << 2), <u32>(fieldStart - start), FIELD_AT);
      } else if (c != QUOTE || mark == fieldStart) {
        // A quote amid a field that no quote opened stands for itself.
        break;
      }
      left &= left - 1;
    }
    if (c == QUOTE) {
      from = mark + 1;
      for (;;) {
        from = findQuote(from, limit) + 1;
        if (from >= limit) return OPEN;
        c = <u32>load<u8>(from);
        if (c != QUOTE) break;
        from += 1;
      }
      if (c == delimiter) continue;
      if (c != 10 && c != 13) return ODD;
      mark = from;
    }
    next = mark + 1;
    if (c == 13) {
      if (next >= limit) return OPEN;
      if (load<u8>(next) == 10) next += 1;
    }
    contentEnd = mark;
    delimiters = fields;
    base = block;
    marks = left;
    return WHOLE;
  }
}

// @ts-ignore: decorator
@inline
function marksOf(at: usize): u64 {
  return marksOf16(at) | (marksOf16(at + 16) << 16) | (marksOf16(at + 32) << 32) | (marksOf16(at + 48) << 48);
}

// @ts-ignore: decorator
@inline
function marksOf16(at: usize): u64 {
  const bytes = v128.load(at);
  const marks = v128.or(
    v128.or(v128.eq<u8>(bytes, v128.splat<u8>(34)), v128.eq<u8>(bytes, v128.splat<u8>(<u8>delimiter))),
    v128.or(v128.eq<u8>(bytes, v128.splat<u8>(10)), v128.eq<u8>(bytes, v128.splat<u8>(13))),
  );
  return <u64>v128.bitmask<u8>(marks);
}

/** The next quote, or `limit`; 64 bytes at a time, since messages are long. */
// @ts-ignore: decorator
@inline
function findQuote(at: usize, limit: usize): usize {
  const quotes = v128.splat<u8>(34);
  let p = at;
  while (p < limit) {
    const m0 = v128.eq<u8>(v128.load(p), quotes);
    const m1 = v128.eq<u8>(v128.load(p, 16), quotes);
    const m2 = v128.eq<u8>(v128.load(p, 32), quotes);
    const m3 = v128.eq<u8>(v128.load(p, 48), quotes);
    if (v128.any_true(v128.or(v128.or(m0, m1), v128.or(m2, m3)))) {
      const low = <u64>v128.bitmask<u8>(m0) | (<u64>v128.bitmask<u8>(m1) << 16);
      const high = <u64>v128.bitmask<u8>(m2) | (<u64>v128.bitmask<u8>(m3) << 16);
      return min(limit, p + <usize>ctz(low | (high << 32)));
    }
    p += 64;
  }
  return limit;
}

/** False when the row may be a header, or its date is written otherwise than the last one. */
// @ts-ignore: decorator
@inline
function isUsual(start: usize): bool {
  if (load<u32>(ROW, HAS_HEADER) != 0) {
    const column = load<u32>(ROW, EVENT_ID);
    let at = fieldFrom(start, column);
    const to = fieldTo(start, column);
    while (at < to && (load<u8>(at) == 34 || load<u8>(at) == 32)) at += 1;
    if (at >= to || load<u8>(at) < 48 || load<u8>(at) > 57) return false;
  }
  const date = load<i32>(ROW, DATE);
  if (date >= 0) {
    const from = fieldFrom(start, <u32>date);
    const length = <usize>load<u32>(ROW, DATE_LENGTH);
    if (length == 0 || from + length > fieldTo(start, <u32>date)) return false;
    for (let k: usize = 0; k < length; k++) if (load<u8>(from + k) != load<u8>(ROW + k, DATE_BYTES)) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function mayWant(start: usize): bool {
  const source = load<u32>(ROW, SOURCE);
  let from = fieldFrom(start, source);
  let to = fieldTo(start, source);
  if (from < to && load<u8>(from) == 34) {
    from += 1;
    to -= 1;
    if (findUnit<u8>(from, to, QUOTE) != to) return true;
  }
  if (to - from > 255) return false;
  const entry = entryOf<u8>(from, to - from);
  if (entry == 0) return false;
  if (idsOf(entry) == ANY) return true;
  const column = load<u32>(ROW, EVENT_ID);
  let at = fieldFrom(start, column);
  let last = fieldTo(start, column);
  if (at < last && load<u8>(at) == 34) {
    at += 1;
    last -= 1;
  }
  if (at >= last || last - at > 10) return true;
  let eventId: u64 = 0;
  for (; at < last; at++) {
    const digit = <u64>load<u8>(at) - 48;
    if (digit > 9) return true;
    eventId = eventId * 10 + digit;
  }
  return holdsId(entry, <u32>(eventId & 0xffff));
}

// @ts-ignore: decorator
@inline
function fieldFrom(start: usize, field: u32): usize {
  return start + <usize>load<u32>(ROW + <usize>(field << 2), FIELD_AT);
}

// @ts-ignore: decorator
@inline
function fieldTo(start: usize, field: u32): usize {
  return field < delimiters ? start + <usize>load<u32>(ROW + <usize>((field + 1) << 2), FIELD_AT) - 1 : contentEnd;
}
