// Parses the framed event that holds nothing out of the ordinary: System, EventData with Data, RenderingInfo, plain
// ASCII tags, no comment, CDATA or prefix. It checks tags, nesting and attributes as the strict parser in
// ../../read/event-xml/parse-event.ts does; where it meets anything else, or any fault, it gives up and that parser
// answers. The differential tests hold the two to the same answers.

import { contentOf, wasKnown } from './event-content';
import { CHANNEL, COMPUTER, CONTENT, CULTURE, EVENT_ID, LEARNT, MESSAGE, MESSAGE_HASH, PROVIDER, SHAPE, UNNAMED, VALUE_COUNT } from './event-fields';
import { isWide, learn, replay, shapeAt, shapeLearnt, shapeNumber } from './event-shape';
import { walk } from './event-walk';
import { EVENT, VALUES } from './layout';
import { unit } from './units';
import { isAscii, isUtf8 } from './utf8';
import { beginEvent, slotOf } from './value-cache';
import { isWanted } from './wanted';

const GIVE_UP: i32 = 0;
const PARSED: i32 = 1;
/** Parsed, and not all of its values are ASCII. */
const PARSED_WIDE: i32 = 2;
/** Parsed, and its texts have the number at CONTENT, which was given before. */
const KNOWN: i32 = 3;

export function parse8(start: usize, end: usize): i32 {
  if (replay<u8>(start, end)) {
    if (isKnownContent()) return KNOWN;
    takeSlots();
    return isWide ? PARSED_WIDE : PARSED;
  }
  noShape();
  const isPlain = isAscii(start, end);
  // An event in a code page is for the strict parser, which knows the page.
  if (!isPlain && !isUtf8(start, end)) return GIVE_UP;
  if (!walk<u8>(start, end)) return GIVE_UP;
  learn<u8>(start, end);
  takeSlots();
  return isPlain ? PARSED : PARSED_WIDE;
}

export function parse16(start: usize, end: usize): i32 {
  if (replay<u16>(start, end)) {
    if (isKnownContent()) return KNOWN;
  } else {
    noShape();
    if (!walk<u16>(start, end)) return GIVE_UP;
    learn<u16>(start, end);
  }
  takeSlots();
  return PARSED;
}

/**
 * Parses an event that has a shape, as `parse` does, and looks up no more than its texts one by one; their number at
 * CONTENT stays what it was.
 */
export function reparse8(start: usize, end: usize): i32 {
  if (!replay<u8>(start, end)) return GIVE_UP;
  takeSlots();
  return isWide ? PARSED_WIDE : PARSED;
}

export function reparse16(start: usize, end: usize): i32 {
  if (!replay<u16>(start, end)) return GIVE_UP;
  takeSlots();
  return PARSED;
}

function noShape(): void {
  store<i32>(EVENT, -1, CONTENT);
  store<i32>(EVENT, -1, SHAPE);
}

function isKnownContent(): bool {
  store<i32>(EVENT, <i32>shapeNumber(shapeAt), SHAPE);
  store<u32>(EVENT, shapeLearnt, LEARNT);
  store<i32>(EVENT, contentOf(shapeAt, shapeLearnt), CONTENT);
  return wasKnown();
}

/** Gives the texts of the event their slots. */
function takeSlots(): void {
  beginEvent();
  resolve(EVENT + PROVIDER);
  resolve(EVENT + CHANNEL);
  resolve(EVENT + COMPUTER);
  resolve(EVENT + MESSAGE);
  resolve(EVENT + CULTURE);
  const message = <usize>load<u32>(EVENT + MESSAGE);
  store<u32>(EVENT, hashOf(message, <usize>load<u32>(EVENT + MESSAGE, 4)), MESSAGE_HASH);
  const count = <usize>load<u32>(EVENT, VALUE_COUNT);
  const isNamed = load<u32>(EVENT, UNNAMED) != <u32>count;
  for (let at = VALUES, last = VALUES + count * 24; at < last; at += 24) {
    resolve(at);
    if (isNamed) resolve(at + 12);
  }
}

/** Four lanes, since one would wait for each multiplication. Bytes past the end never count. */
export function hashOf(from: usize, to: usize): u32 {
  const factor: u64 = 0x9e3779b97f4a7c15;
  let a: u64 = <u64>(to - from);
  let b: u64 = 1;
  let c: u64 = 2;
  let d: u64 = 3;
  let p = from;
  for (; p + 32 <= to; p += 32) {
    a = (rotl<u64>(a, 29) ^ load<u64>(p)) * factor;
    b = (rotl<u64>(b, 29) ^ load<u64>(p, 8)) * factor;
    c = (rotl<u64>(c, 29) ^ load<u64>(p, 16)) * factor;
    d = (rotl<u64>(d, 29) ^ load<u64>(p, 24)) * factor;
  }
  for (; p < to; p++) a = (rotl<u64>(a, 29) ^ <u64>load<u8>(p)) * factor;
  const hash = (a ^ rotl<u64>(b, 17) ^ rotl<u64>(c, 31) ^ rotl<u64>(d, 47)) * factor;
  return <u32>(hash >> 32);
}

/** Gives the text of a reference its slot. */
// @ts-ignore: decorator
@inline
function resolve(at: usize): void {
  const from = <usize>load<u32>(at);
  const to = <usize>load<u32>(at, 4);
  if (from != to && load<i32>(at, 8) == 0) store<i32>(at, slotOf(from, to - from), 8);
}

/**
 * True when the event in [start, end) is well-formed and nobody wants it: then it needs no look from JavaScript. False
 * when someone may want it, or when it is for the strict parser.
 */
export function isUnwanted8(start: usize, end: usize): bool {
  return isUnwanted<u8>(start, end);
}

export function isUnwanted16(start: usize, end: usize): bool {
  return isUnwanted<u16>(start, end);
}

// @ts-ignore: decorator
@inline
function isUnwanted<T>(start: usize, end: usize): bool {
  if (!replay<T>(start, end)) {
    if (!walk<T>(start, end)) return false;
    learn<T>(start, end);
  }
  const from = <usize>load<u32>(EVENT + PROVIDER);
  const to = <usize>load<u32>(EVENT + PROVIDER, 4);
  if (to - from > 255 * sizeof<T>()) return false;
  for (let p = from; p < to; p += sizeof<T>()) if (unit<T>(p) > 126) return false;
  return !isWanted<T>(from, (to - from) / sizeof<T>(), load<u32>(EVENT, EVENT_ID));
}

