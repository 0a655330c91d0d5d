// A flood: events that repeat earlier ones, or differ from them in texts, of which JavaScript wants numbers alone. They
// are read by their shapes, those that stand one behind the other without a search for their ends, and many are handed over
// at a call.

import { contentOfAsked, knownContentOf } from './event-content';
import { CHANNEL, COMPUTER, DIGITS, EPOCH_MS, MESSAGE, NANOS, RECORD_ID, VALUE_COUNT } from './event-fields';
import { isWide, replayTo, shapeAt, shapeLearnt, shapeNumber } from './event-shape';
import { hasBareAmpersand } from './event-text';
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
    let content = knownContentOf(shapeAt, shapeLearnt);
    let shape: i32 = -1;
    if (content < 0) {
      const wanted = load<u32>(VARIED + shapeNumber(shapeAt) * 4);
      if (wanted == 0 || !numberTexts<T>(wanted, NUMBERS + <usize>count * NUMBERS_BYTES)) break;
      shape = <i32>shapeNumber(shapeAt);
      content = contentOfAsked(shapeAt, shapeLearnt);
    } else if (load<u8>(TAKERS + <usize>content) == 0) {
      break;
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
  // Sought where the numbers go.
  let put = to;
  for (let rest = wanted; rest != 0; rest &= rest - 1) {
    const text = textAt(<usize>ctz(rest));
    // What is not plain is decoded by who reads it.
    if (text >= last || load<u32>(text, 8) != 0) return false;
    const from = <usize>load<u32>(text);
    const length = <usize>load<u32>(text, 4) - from;
    // The one behind the slots stands for the empty text.
    store<u16>(put, <u16>(length == 0 ? <i32>CACHE_SLOTS : seekSlot(from, length)));
    put += 2;
  }
  put = to;
  for (let rest = wanted; rest != 0; rest &= rest - 1) {
    const text = textAt(<usize>ctz(rest));
    const from = <usize>load<u32>(text);
    const length = <usize>load<u32>(text, 4) - from;
    if (length != 0) {
      const slot = heldSlotOf(<i32>load<i16>(put), from, length, isWide);
      if (slot < 0) return false;
      store<u16>(put, <u16>slot);
    }
    put += 2;
  }
  return true;
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
