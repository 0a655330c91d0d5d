// Which templates a rendered message fits: of one event, or of all texts. Laid out by ../../messages/verbatim.ts.

import { FETCHED, LIST, LIST_LIMIT, LISTED, MESSAGE, READINGS, ROWS } from './fit-layout';
import { fit } from './fit-row';
import { mayFit } from './may-fit';
import { lookUp } from './message-grams';
import { hasLosses, isFirm, isSpace, prepare, textStart } from './message-text';
import { NONE, UNSURE } from './template-row';

export { fit, mayFit, prepare };

const NOBODY: i32 = -1;
const NOT_TOLD: i32 = -2;
const TOO_MANY: i32 = -3;
const NOT_LAID: i32 = -4;

/**
 * The index of the only one of the event's templates that fits, READINGS then says in how many ways; -1 when none does,
 * -2 when it takes more to tell. An event is a count, and for each template its row, the unit it must start with or 0
 * with 16 bits of the host's above it, and a word of the host's.
 */
export function fitEvent(event: usize): i32 {
  const first = <u32>load<u16>(textStart);
  const mayBeIndented = isSpace(first);
  const many = load<u32>(event);
  let only: i32 = NOBODY;
  for (let index: u32 = 0; index < many; index++) {
    const start = <u32>load<u16>(event + index * 12, 8);
    if (start != 0 && start != first && !mayBeIndented) continue;
    const readings = fit(load<u32>(event + index * 12, 4));
    if (readings == NONE) continue;
    if (readings == UNSURE || only != NOBODY) return NOT_TOLD;
    only = index;
    store<u32>(READINGS, readings);
  }
  if (only == NOBODY) return NOBODY;
  const isTold = many > 1 && isFirm(first);
  for (let index: u32 = 0; index < many; index++) {
    const start = <u32>load<u16>(event + index * 12, 8);
    if (index == only || (start != first && isTold && isFirm(start))) continue;
    if (mayFit(load<u32>(event + index * 12, 4))) return NOT_TOLD;
  }
  return only;
}

/**
 * Both at once. The templates that may fit are fetched meanwhile, all of them, not each line of memory when the one before
 * was looked at.
 */
export function prepareAndFitEvent(length: u32, event: usize): i32 {
  const first = <u32>load<u16>(MESSAGE);
  const many = load<u32>(event);
  let fetched: u32 = 0;
  for (let index: u32 = 0; index < many; index++) {
    const start = <u32>load<u16>(event + index * 12, 8);
    if (start != 0 && start != first) continue;
    const row = <usize>load<u32>(event + index * 12, 4);
    fetched ^= load<u32>(row) ^ load<u32>(row, 64) ^ load<u32>(row, 128) ^ load<u32>(row, 192) ^ load<u32>(row, 256);
  }
  store<u32>(FETCHED, fetched);
  prepare(length);
  return fitEvent(event);
}

/**
 * Likewise the number of the only one of the texts filed under a gram of the message, which has so many units; -3 when
 * they are more than there is room for. LISTED then says how many they are. -4 when some have no row yet: `fitListed`
 * goes on when they do.
 */
export function search(length: u32, index: usize): i32 {
  const count = lookUp(length, index, hasLosses);
  store<u32>(LISTED, count);
  if (count > load<u32>(index, LIST_LIMIT)) return TOO_MANY;
  const rows = <usize>load<u32>(index, ROWS);
  const list = <usize>load<u32>(index, LIST);
  // All rows are fetched at once, not each when the one before it was looked at.
  let fetched: u32 = 0;
  let isLaid = true;
  for (let k: u32 = 0; k < count; k++) {
    const row = load<u32>(rows + load<u32>(list + k * 4) * 4);
    if (row == 0) isLaid = false;
    fetched ^= load<u32>(row) ^ load<u32>(row, 64) ^ load<u32>(row, 128);
  }
  store<u32>(FETCHED, fetched);
  return isLaid ? fitListed(index, count) : NOT_LAID;
}

/** Likewise for the texts that are listed; all of them have rows. */
export function fitListed(index: usize, count: u32): i32 {
  const rows = <usize>load<u32>(index, ROWS);
  const list = <usize>load<u32>(index, LIST);
  let only: i32 = NOBODY;
  let onlyRow: usize = 0;
  for (let k: u32 = 0; k < count; k++) {
    const number = load<u32>(list + k * 4);
    const row = load<u32>(rows + number * 4);
    const readings = fit(row);
    if (readings == NONE) continue;
    if (readings == UNSURE || only != NOBODY) return NOT_TOLD;
    only = number;
    onlyRow = row;
    store<u32>(READINGS, readings);
  }
  if (only == NOBODY) return NOBODY;
  for (let k: u32 = 0; k < count; k++) {
    const row = load<u32>(rows + load<u32>(list + k * 4) * 4);
    if (row != onlyRow && mayFit(row)) return NOT_TOLD;
  }
  return only;
}

/** Where the module's own constants end; they must not reach into what fit-layout.ts lays out. */
export function constantsEnd(): usize {
  return __heap_base;
}
