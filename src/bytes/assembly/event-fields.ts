// What the parsers found of an event, at EVENT and VALUES, and how texts and attributes become fields.

import { EVENT, VALUES, VALUES_END } from './layout';
import { UNCACHED } from './value-cache';
import { isSpace, unit } from './units';

// Fields at EVENT, 32 bits each unless told otherwise. A text reference is three: from, to (addresses), slot and flags.
export const EVENT_ID: usize = 0;
export const QUALIFIERS: usize = 4; // -1: none
export const LEVEL: usize = 8; // -1: none
export const DIGITS: usize = 12; // of the time's fraction; -1: no time
export const EPOCH_MS: usize = 16; // f64
export const RECORD_ID: usize = 24; // f64; -1: none
export const NANOS: usize = 32;
export const VALUE_COUNT: usize = 36;
export const BODY: usize = 40; // 1: EventData was there; 2: a Binary; both 3
export const UNNAMED: usize = 44;
export const PROVIDER: usize = 48;
export const CHANNEL: usize = 60;
export const COMPUTER: usize = 72;
export const MESSAGE: usize = 84;
export const CULTURE: usize = 96;
export const MESSAGE_HASH: usize = 108; // u32, of a message too long for the value cache

export const CONTENT: usize = 112; // i32: the number of the event's texts; -1: none

export const SHAPE: usize = 116; // i32: the place of the shape that the event was read by; -1: none
export const LEARNT: usize = 120; // u32: the number of that shape among all that were learnt

/** The text holds "&" or a carriage return. */
export const UNPLAIN: i32 = 0x40000;

// What an element, open or at hand, is for; 0 is nothing that the fast parsers know.
export const IN_EVENT: i32 = 1;
export const IN_SYSTEM: i32 = 2;
export const IN_EVENT_DATA: i32 = 3;
export const IN_RENDERING: i32 = 4;
export const IN_OTHER: i32 = 5;
// From here on, the text of the element is wanted and no element may stand in it.
export const GATHERING: i32 = 6;
export const AT_EVENT_ID: i32 = 6;
export const AT_LEVEL: i32 = 7;
export const AT_RECORD_ID: i32 = 8;
export const AT_CHANNEL: i32 = 9;
export const AT_COMPUTER: i32 = 10;
export const AT_DATA: i32 = 11;
export const AT_MESSAGE: i32 = 12;
// Elements whose attributes alone are wanted.
export const AT_PROVIDER: i32 = 13;
export const AT_TIME: i32 = 14;


export function reset(): void {
  store<u32>(EVENT, 0, EVENT_ID);
  store<i32>(EVENT, -1, QUALIFIERS);
  store<i32>(EVENT, -1, LEVEL);
  store<i32>(EVENT, -1, DIGITS);
  store<f64>(EVENT, -1, RECORD_ID);
  store<u32>(EVENT, 0, VALUE_COUNT);
  store<u32>(EVENT, 0, BODY);
  store<u32>(EVENT, 0, UNNAMED);
  for (let k: usize = 0; k < 60; k += 4) store<u32>(EVENT + PROVIDER + k, 0);
}

// @ts-ignore: decorator
@inline
export function takeAttribute<T>(place: i32, from: usize, to: usize): bool {
  switch (place) {
    case AT_PROVIDER:
      refer(EVENT + PROVIDER, from, to, 0);
      return true;
    case AT_EVENT_ID: {
      const number = decimal<T>(from, to, 5);
      if (number >= 0) store<i32>(EVENT, <i32>number, QUALIFIERS);
      return true;
    }
    case AT_TIME:
      return takeTime<T>(from, to);
    case IN_RENDERING:
      refer(EVENT + CULTURE, from, to, 0);
      return true;
  }
  return true;
}

export function takeText<T>(place: i32, tag: usize, from: usize, to: usize, flags: i32, nameFrom: usize, nameTo: usize): bool {
  const w = sizeof<T>();
  if (place == AT_DATA) {
    const count = <usize>load<u32>(EVENT, VALUE_COUNT);
    const at = VALUES + count * 24;
    if (at + 24 > VALUES_END) return false;
    refer(at, from, isLoneBreak<T>(tag, from, to) ? from : to, flags);
    refer(at + 12, nameFrom, nameTo, 0);
    if (nameFrom == nameTo) store<u32>(EVENT, load<u32>(EVENT, UNNAMED) + 1, UNNAMED);
    store<u32>(EVENT, <u32>count + 1, VALUE_COUNT);
    return true;
  }
  if (place == AT_MESSAGE) {
    refer(EVENT + MESSAGE, from, isLoneBreak<T>(tag, from, to) ? from : to, flags);
    return true;
  }
  if (flags != 0) return false;
  switch (place) {
    case AT_EVENT_ID: {
      const number = decimal<T>(from, to, 5);
      if (number < 0 || number > 65535) return false;
      store<u32>(EVENT, <u32>number, EVENT_ID);
      return true;
    }
    case AT_LEVEL: {
      const number = decimal<T>(from, to, 3);
      if (number < 0) return false;
      store<i32>(EVENT, <i32>number, LEVEL);
      return true;
    }
    case AT_RECORD_ID: {
      const number = decimal<T>(from, to, 15);
      if (number < 0 || (unit<T>(from) == 48 && to - from > w)) return false;
      store<f64>(EVENT, <f64>number, RECORD_ID);
      return true;
    }
    default: {
      if (from == to) return true;
      const first = unit<T>(from);
      const last = unit<T>(to - w);
      // White space around it, which beyond ASCII has many forms, is left to the strict parser.
      if (first <= 32 || first >= 127 || last <= 32 || last >= 127) return false;
      refer(EVENT + (place == AT_CHANNEL ? CHANNEL : COMPUTER), from, to, 0);
      return true;
    }
  }
}

/** Nothing but white space with a line break in it, in an element that is itself indented. */
// @ts-ignore: decorator
@inline
function isLoneBreak<T>(tag: usize, from: usize, to: usize): bool {
  if (from == to || !isSpace(unit<T>(from)) || !isSpace(unit<T>(tag - sizeof<T>()))) return false;
  let hasBreak = false;
  for (let p = from; p < to; p += sizeof<T>()) {
    const c = unit<T>(p);
    if (!isSpace(c)) return false;
    if (c == 10 || c == 13) hasBreak = true;
  }
  return hasBreak;
}

function refer(at: usize, from: usize, to: usize, flags: i32): void {
  store<u32>(at, <u32>from);
  store<u32>(at, <u32>to, 4);
  store<i32>(at, flags == 0 ? 0 : UNCACHED | flags, 8);
}

/** The number of 1 to `most` digits; -1 when the text is no such number. */
// @ts-ignore: decorator
@inline
function decimal<T>(from: usize, to: usize, most: usize): i64 {
  if (from == to || to - from > most * sizeof<T>()) return -1;
  let number: i64 = 0;
  for (let p = from; p < to; p += sizeof<T>()) {
    const digit = unit<T>(p) - 48;
    if (digit > 9) return -1;
    number = number * 10 + <i64>digit;
  }
  return number;
}

/** As `parseInstantUnits`: `YYYY-MM-DD(T| )HH:MM:SS[.fffffffff][Z]`. */
function takeTime<T>(from: usize, to: usize): bool {
  const w = sizeof<T>();
  let end = to;
  if (end - from < 19 * w) return false;
  if (unit<T>(end - w) == 90) end -= w;
  const separator = unit<T>(from + 10 * w);
  if (end - from < 19 * w || (separator != 84 && separator != 32)) return false;
  if (unit<T>(from + 4 * w) != 45 || unit<T>(from + 7 * w) != 45 || unit<T>(from + 13 * w) != 58 || unit<T>(from + 16 * w) != 58) return false;
  const year = decimal<T>(from, from + 4 * w, 4);
  const month = decimal<T>(from + 5 * w, from + 7 * w, 2);
  const day = decimal<T>(from + 8 * w, from + 10 * w, 2);
  const hour = decimal<T>(from + 11 * w, from + 13 * w, 2);
  const minute = decimal<T>(from + 14 * w, from + 16 * w, 2);
  const second = decimal<T>(from + 17 * w, from + 19 * w, 2);
  // Early years, where calendars are odd, are left to the strict parser.
  if (year < 1601 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
  if (day > 28) {
    const isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    const days: i64 = month == 2 ? (isLeap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    if (day > days) return false;
  }
  let digits: i64 = 0;
  let nanos: i64 = 0;
  if (end > from + 19 * w) {
    if (unit<T>(from + 19 * w) != 46) return false;
    digits = <i64>((end - from) / w) - 20;
    nanos = decimal<T>(from + 20 * w, end, 9);
    if (nanos < 0) return false;
    for (let k = digits; k < 9; k++) nanos *= 10;
  }
  // Days since 1970-01-01, years counted from March.
  const y = month <= 2 ? year - 1 : year;
  const yearOfEra = y % 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  const dayNumber = (y / 400) * 146097 + dayOfEra - 719468;
  const seconds = ((dayNumber * 24 + hour) * 60 + minute) * 60 + second;
  store<f64>(EVENT, <f64>(seconds * 1000 + nanos / 1000000), EPOCH_MS);
  store<u32>(EVENT, <u32>(nanos % 1000000), NANOS);
  store<i32>(EVENT, <i32>digits, DIGITS);
  return true;
}
