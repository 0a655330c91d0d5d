// A flood: events that repeat earlier ones, or differ from them in texts, of which JavaScript wants numbers alone. They
// are read by their shapes, those that stand one behind the other without a search for their ends, and many are handed over
// at a call.

import { contentOfAsked, knownContentOf } from './event-content';
import { CHANNEL, COMPUTER, DIGITS, EPOCH_MS, MESSAGE, NANOS, RECORD_ID, VALUE_COUNT } from './event-fields';
import { isWide, replayTo, shapeAt, shapeLearnt, shapeNumber } from './event-shape';
import { areSame, hasBareAmpersand } from './event-text';
import { CACHE_SLOTS, EVENT, MOST_REPEATS, NUMBERS, REPEATS, TAKERS, VALUES, VARIED } from './layout';
import { isSpace, unit } from './units';
import { beginEvent, heldSlotOf, seekSlot } from './value-cache';

// At REPEATS how many there are, and how many texts at NEW_TEXTS; then each: time and record ID as f64; then as 32 bits
// nanoseconds, digits, the number of its texts, its address and its length in bytes; and the place of its shape where its
// texts did not come together before: then the numbers of those that are wanted stand at NUMBERS, and that of all of them is
// -1 or will be known from now on.
const FIRST: usize = REPEATS + 8;
const REPEAT: usize = 40;
const NUMBERS_BYTES: usize = 64;

/** Where repeats do not come, they are looked for less often: each look reads an event that is read again then. */
let misses: u32 = 0;
/** Likewise where texts do not come together again, as long as their numbers do. */
let contentMisses: u32 = 0;
const PATIENCE: u32 = 16;

/** There are none at REPEATS as yet. */
// @ts-ignore: decorator
@inline
export function beginRepeats(): void {
  store<u64>(REPEATS, 0);
  beginEvent();
}

/** No more fit. */
// @ts-ignore: decorator
@inline
export function areRepeatsFull(): bool {
  return load<u32>(REPEATS) == MOST_REPEATS;
}

/**
 * Reads on from the start of an event as long as there stand repeats that somebody takes, and adds them to those at
 * REPEATS; gives the end of the last one, or `at`.
 */
export function flood8(at: usize, end: usize, maxBytes: usize): usize {
  return flood<u8>(at, end, maxBytes);
}

export function flood16(at: usize, end: usize, maxBytes: usize): usize {
  return flood<u16>(at, end, maxBytes);
}

// @ts-ignore: decorator
@inline
function flood<T>(at: usize, end: usize, maxBytes: usize): usize {
  const w = sizeof<T>();
  if (misses >= PATIENCE && (++misses & (PATIENCE - 1)) != 0) return at;
  let p = at;
  let count = load<u32>(REPEATS);
  for (let repeat = FIRST + <usize>count * REPEAT; count < MOST_REPEATS; repeat += REPEAT) {
    let start = p;
    // White space before a NUL is the start of UTF-16.
    while (start < end && isSpace(unit<T>(start)) && (w == 2 || (start + 1 < end && load<u8>(start + 1) != 0))) start += w;
    const eventEnd = replayTo<T>(start, end);
    if (eventEnd == 0 || eventEnd - start > maxBytes || load<i32>(EVENT, DIGITS) < 0) break;
    const wanted = load<u32>(VARIED + shapeNumber(shapeAt) * 4);
    const isAsked = wanted == 0 || contentMisses < PATIENCE || (contentMisses & (PATIENCE - 1)) == 0;
    let content = isAsked ? knownContentOf(shapeAt, shapeLearnt) : -1;
    let shape: i32 = -1;
    if (content < 0) {
      if (wanted == 0) break;
      contentMisses += 1;
      if (!numberTexts<T>(wanted, NUMBERS + <usize>count * NUMBERS_BYTES)) break;
      shape = <i32>shapeNumber(shapeAt);
      if (isAsked) content = contentOfAsked(shapeAt, shapeLearnt);
    } else {
      contentMisses = 0;
      if (load<u8>(TAKERS + <usize>content) == 0) break;
    }
    store<f64>(repeat, load<f64>(EVENT, EPOCH_MS));
    store<f64>(repeat, load<f64>(EVENT, RECORD_ID), 8);
    store<u32>(repeat, load<u32>(EVENT, NANOS), 16);
    store<u32>(repeat, load<u32>(EVENT, DIGITS), 20);
    store<i32>(repeat, content, 24);
    store<u32>(repeat, <u32>start, 28);
    store<u32>(repeat, <u32>(eventEnd - start), 32);
    store<i32>(repeat, shape, 36);
    count += 1;
    p = eventEnd;
  }
  store<u32>(REPEATS, count);
  if (p != at) misses = 0;
  else misses += 1;
  return p;
}

/**
 * Stores the numbers of the texts that are wanted, by the bits of `wanted`: 0 is the channel, 1 the computer, 2 the first
 * value. False when one of them has none, or a reader must tell of something in the others.
 */
function numberTexts<T>(wanted: u32, to: usize): bool {
  const last = VALUES + <usize>load<u32>(EVENT, VALUE_COUNT) * 24;
  if (mayHaveBareAmpersand<T>(EVENT + MESSAGE)) return false;
  for (let text = VALUES; text < last; text += 24) if (mayHaveBareAmpersand<T>(text)) return false;
  let count: usize = 0;
  for (let rest = wanted; rest != 0; rest &= rest - 1, count++) {
    const text = textAt(<usize>ctz(rest));
    // What is not plain is decoded by who reads it.
    if (text >= last || load<u32>(text, 8) != 0) return false;
    store<u32>(TEXTS + (count << 2), <u32>text);
    store<i16>(to + (count << 1), <i16>(hasTwin(count, text) ? TWIN : seekSlot(startOf(text), lengthOf(text))));
  }
  for (let k: usize = 0; k < count; k++) {
    const number = to + (k << 1);
    const text = <usize>load<u32>(TEXTS + (k << 2));
    const sought = <i32>load<i16>(number);
    let slot = <i32>CACHE_SLOTS; // the one behind them stands for the empty text
    if (sought == TWIN) slot = <i32>load<u16>(to + (<usize>load<u8>(TWINS + k) << 1));
    else if (lengthOf(text) != 0) {
      slot = heldSlotOf(sought, startOf(text), lengthOf(text), isWide);
      if (slot < 0) return false;
      findTwin(k, slot, to);
    }
    store<u16>(number, <u16>slot);
  }
  return true;
}

// Many events name one thing twice: their computer as a value, or a value in two places. Such a text is compared with the
// one that it was the same as in an event before, and not looked up.
/** Of each of the texts that are wanted, 32 at most: which earlier one it was the same as last; before that, the first. */
const TWINS: usize = memory.data(32);
/** Where the event at hand has them, a word each. */
const TEXTS: usize = memory.data(128, 4);
const TWIN: i32 = -2;

// @ts-ignore: decorator
@inline
function hasTwin(at: usize, text: usize): bool {
  const twin = <usize>load<u8>(TWINS + at);
  if (twin >= at) return false;
  const other = <usize>load<u32>(TEXTS + (twin << 2));
  return lengthOf(other) == lengthOf(text) && areSame(startOf(other), startOf(text), lengthOf(text));
}

// @ts-ignore: decorator
@inline
function findTwin(at: usize, slot: i32, numbers: usize): void {
  for (let k: usize = 0; k < at; k++) if (<i32>load<u16>(numbers + (k << 1)) == slot) store<u8>(TWINS + at, <u8>k);
}

// @ts-ignore: decorator
@inline
function startOf(text: usize): usize {
  return <usize>load<u32>(text);
}

// @ts-ignore: decorator
@inline
function lengthOf(text: usize): usize {
  return <usize>(load<u32>(text, 4) - load<u32>(text));
}

// @ts-ignore: decorator
@inline
function mayHaveBareAmpersand<T>(text: usize): bool {
  return load<u32>(text, 8) != 0 && hasBareAmpersand<T>(<usize>load<u32>(text), <usize>load<u32>(text, 4));
}

// @ts-ignore: decorator
@inline
function textAt(place: usize): usize {
  return place == 0 ? EVENT + CHANNEL : place == 1 ? EVENT + COMPUTER : VALUES + (place - 2) * 24;
}
