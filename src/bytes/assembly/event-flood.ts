// A flood: events that repeat earlier ones, of which JavaScript wants numbers alone. They are read by their shapes, those
// that stand one behind the other without a search for their ends, and many are handed over at a call.

import { knownContentOf } from './event-content';
import { DIGITS, EPOCH_MS, NANOS, RECORD_ID } from './event-fields';
import { replayTo, shapeAt, shapeLearnt } from './event-shape';
import { EVENT, MOST_REPEATS, REPEATS, TAKERS } from './layout';
import { isSpace, unit } from './units';

// At REPEATS how many there are, then each: time and record ID as f64; then as 32 bits nanoseconds, digits, the number of
// its texts, its address and its length in bytes.
const FIRST: usize = REPEATS + 8;
const REPEAT: usize = 40;

/** Where repeats do not come, they are looked for less often: each look reads an event that is read again then. */
let misses: u32 = 0;
const PATIENCE: u32 = 16;

/** There are none at REPEATS as yet. */
// @ts-ignore: decorator
@inline
export function beginRepeats(): void {
  store<u32>(REPEATS, 0);
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
    const content = knownContentOf(shapeAt, shapeLearnt);
    if (content < 0 || load<u8>(TAKERS + <usize>content) == 0) break;
    store<f64>(repeat, load<f64>(EVENT, EPOCH_MS));
    store<f64>(repeat, load<f64>(EVENT, RECORD_ID), 8);
    store<u32>(repeat, load<u32>(EVENT, NANOS), 16);
    store<u32>(repeat, load<u32>(EVENT, DIGITS), 20);
    store<i32>(repeat, content, 24);
    store<u32>(repeat, <u32>start, 28);
    store<u32>(repeat, <u32>(eventEnd - start), 32);
    count += 1;
    p = eventEnd;
  }
  store<u32>(REPEATS, count);
  if (p != at) misses = 0;
  else misses += 1;
  return p;
}
