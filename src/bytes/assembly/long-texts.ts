// Long texts that come again get the same number each time, so that JavaScript decodes each once: a flood of failures
// brings the same few messages over and over. Sets of four, since two messages that wanted one place would drive each
// other out for ever. A hit is verified byte by byte. A text is kept when it comes for the second time; of one that never
// comes again there is a hash for a while.

import { hashOf } from './event-parse';
import { areSame } from './event-text';
import { LONG_HEADS, LONG_SEEN, LONG_SEEN_COUNT, LONG_SETS, LONG_TEXTS, LONGEST_KEPT } from './layout';

/** The text was put there just now: it is to be decoded and kept. */
const NEW: i32 = 0x10000;
const NOT_KEPT: i32 = -1;

/** Which of a full set gives way next. */
let turn: u32 = 0;

/** The number of the text in [from, to), with NEW if it was not there; -1 when it is not kept. */
export function long8(from: usize, to: usize): i32 {
  const length = to - from;
  if (length == 0 || length > LONGEST_KEPT) return NOT_KEPT;
  const hash = hashOf(from, to);
  const first = (hash & (LONG_SETS - 1)) << 2;
  let free: u32 = 4;
  for (let way: u32 = 0; way < 4; way++) {
    const head = LONG_HEADS + (<usize>(first + way) << 3);
    const kept = <usize>load<u32>(head, 4);
    if (kept == 0) {
      free = way;
      break;
    }
    if (kept == length && load<u32>(head) == hash && areSame(textAt(first + way), from, length)) {
      return <i32>(first + way);
    }
  }
  const seen = LONG_SEEN + (<usize>(hash >> 16) & (LONG_SEEN_COUNT - 1)) * 4;
  if (load<u32>(seen) != hash) {
    store<u32>(seen, hash);
    return NOT_KEPT;
  }
  if (free == 4) free = turn++ & 3;
  const head = LONG_HEADS + (<usize>(first + free) << 3);
  store<u32>(head, hash);
  store<u32>(head, <u32>length, 4);
  memory.copy(textAt(first + free), from, length);
  return <i32>(first + free) | NEW;
}

// @ts-ignore: decorator
@inline
function textAt(slot: u32): usize {
  return LONG_TEXTS + <usize>slot * LONGEST_KEPT;
}
