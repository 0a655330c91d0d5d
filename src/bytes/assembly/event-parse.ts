// Parses the framed event that holds nothing out of the ordinary: System, EventData with Data, RenderingInfo, plain
// ASCII tags, no comment, CDATA or prefix. It checks tags, nesting and attributes as the strict parser in
// ../../read/event-xml/parse-event.ts does; where it meets anything else, or any fault, it gives up and that parser
// answers. The differential tests hold the two to the same answers.

import { ATTRIBUTES, EVENT, STACK, VALUES, VALUES_END } from './layout';
import * as N from './names';
import { isSpace, unit } from './units';
import { isWanted } from './wanted';
import { beginEvent, slotOf, UNCACHED } from './value-cache';

const GIVE_UP: i32 = 0;
const PARSED: i32 = 1;
/** The event is not plain ASCII: call again once it is known to be UTF-8. */
const NOT_ASCII: i32 = 2;

// Fields at EVENT, 32 bits each unless told otherwise. A text reference is three: from, to (addresses), slot and flags.
const EVENT_ID: usize = 0;
const QUALIFIERS: usize = 4; // -1: none
const LEVEL: usize = 8; // -1: none
const DIGITS: usize = 12; // of the time's fraction; -1: no time
const EPOCH_MS: usize = 16; // f64
const RECORD_ID: usize = 24; // f64; -1: none
const NANOS: usize = 32;
const VALUE_COUNT: usize = 36;
const BODY: usize = 40; // 1: EventData was there; 2: a Binary; both 3
const UNNAMED: usize = 44;
const PROVIDER: usize = 48;
const CHANNEL: usize = 60;
const COMPUTER: usize = 72;
const MESSAGE: usize = 84;
const CULTURE: usize = 96;
const MESSAGE_HASH: usize = 108; // u32, of a message too long for the value cache

/** The text holds "&" or a carriage return. */
const UNPLAIN: i32 = 0x40000;

const IN_EVENT: i32 = 1;
const IN_SYSTEM: i32 = 2;
const IN_EVENT_DATA: i32 = 3;
const IN_RENDERING: i32 = 4;
const IN_OTHER: i32 = 5;
// From here on, the text of the element is wanted and no element may stand in it.
const GATHERING: i32 = 6;
const AT_EVENT_ID: i32 = 6;
const AT_LEVEL: i32 = 7;
const AT_RECORD_ID: i32 = 8;
const AT_CHANNEL: i32 = 9;
const AT_COMPUTER: i32 = 10;
const AT_DATA: i32 = 11;
const AT_MESSAGE: i32 = 12;
// Elements whose attributes alone are wanted.
const AT_PROVIDER: i32 = 13;
const AT_TIME: i32 = 14;

const MAX_DEPTH: i32 = 24;
const MAX_ATTRIBUTES: usize = 8;

export function parse8(start: usize, end: usize, isUtf8: bool): i32 {
  if (!isUtf8 && !isAscii(start, end)) return NOT_ASCII;
  return parse<u8>(start, end);
}

export function parse16(start: usize, end: usize): i32 {
  return parse<u16>(start, end);
}

// @ts-ignore: decorator
@inline
function parse<T>(start: usize, end: usize): i32 {
  if (!walk<T>(start, end)) return GIVE_UP;
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
  return PARSED;
}

/** Four lanes, since one would wait for each multiplication. Bytes past the end never count. */
function hashOf(from: usize, to: usize): u32 {
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
  if (!walk<T>(start, end)) return false;
  const from = <usize>load<u32>(EVENT + PROVIDER);
  const to = <usize>load<u32>(EVENT + PROVIDER, 4);
  if (to - from > 255 * sizeof<T>()) return false;
  for (let p = from; p < to; p += sizeof<T>()) if (unit<T>(p) > 126) return false;
  return !isWanted<T>(from, (to - from) / sizeof<T>(), load<u32>(EVENT, EVENT_ID));
}

function isAscii(start: usize, end: usize): bool {
  let p = start;
  let seen = i8x16.splat(0);
  for (; p + 16 <= end; p += 16) seen = v128.or(seen, v128.load(p));
  let rest: u32 = 0;
  for (; p < end; p++) rest |= <u32>load<u8>(p);
  return i8x16.bitmask(seen) == 0 && rest < 128;
}

function reset(): void {
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

/** A bit for each element that may stand once only; another one is left to the strict parser. */
let seen: u32 = 0;

// @ts-ignore: decorator
@inline
function isFirst(place: i32): bool {
  const bit: u32 = 1 << place;
  if ((seen & bit) != 0) return false;
  seen |= bit;
  return true;
}

/** What the start tag being read is for; 0: not for here. */
function placeOf<T>(parent: i32, name: usize, length: usize): i32 {
  const first = N.key<T>(name, length);
  if (parent == IN_EVENT_DATA) {
    if (length == 4 && first == N.DATA) return AT_DATA;
    if (length == 6 && first == N.BINARY) {
      store<u32>(EVENT, load<u32>(EVENT, BODY) | 2, BODY);
      return IN_OTHER;
    }
    return length == 11 && first == N.COMPLEX_DATA && rest<T>(name, length) == N.COMPLEX_DATA_2 ? AT_DATA : 0;
  }
  if (parent == IN_SYSTEM) {
    let place = IN_OTHER;
    switch (<i32>length) {
      case 5:
        if (first == N.LEVEL) place = AT_LEVEL;
        break;
      case 7:
        if (first == N.EVENT_ID) place = AT_EVENT_ID;
        else if (first == N.CHANNEL) place = AT_CHANNEL;
        break;
      case 8:
        if (first == N.PROVIDER) place = AT_PROVIDER;
        else if (first == N.COMPUTER) place = AT_COMPUTER;
        break;
      case 11:
        if (first == N.TIME_CREATED && rest<T>(name, length) == N.TIME_CREATED_2) place = AT_TIME;
        break;
      case 13:
        if (first == N.EVENT_RECORD_ID && rest<T>(name, length) == N.EVENT_RECORD_ID_2) place = AT_RECORD_ID;
        break;
    }
    return place == IN_OTHER || isFirst(place) ? place : 0;
  }
  if (parent == IN_OTHER || parent == AT_PROVIDER || parent == AT_TIME) return IN_OTHER;
  if (parent == IN_RENDERING) {
    if (length == 7 && first == N.MESSAGE) return isFirst(AT_MESSAGE) ? AT_MESSAGE : 0;
    return IN_OTHER;
  }
  if (parent == IN_EVENT) {
    if (length == 6 && first == N.SYSTEM) return isFirst(IN_SYSTEM) ? IN_SYSTEM : 0;
    if (length == 9 && first == N.EVENT_DATA && rest<T>(name, length) == N.EVENT_DATA_2) {
      store<u32>(EVENT, load<u32>(EVENT, BODY) | 1, BODY);
      return IN_EVENT_DATA;
    }
    if (length == 13 && first == N.RENDERING_INFO && rest<T>(name, length) == N.RENDERING_INFO_2) return isFirst(IN_RENDERING) ? IN_RENDERING : 0;
  }
  return 0;
}

function walk<T>(start: usize, end: usize): bool {
  const w = sizeof<T>();
  reset();
  seen = 0;
  let p = start;
  let depth: i32 = 0;
  let place: i32 = 0;
  for (;;) {
    // A tag starts at p.
    if (place == IN_EVENT_DATA) {
      p = pastTextTo<T>(pastData<T>(p, end), end);
      if (p >= end) return false;
    }
    if (unit<T>(p + w) == 47) {
      if (depth == 0) return false;
      const open = STACK + (<usize>depth << 4);
      const name = <usize>load<u32>(open);
      const length = <usize>load<u32>(open, 4);
      p += 2 * w;
      if (p + length + w > end || !isSame(p, name, length)) return false;
      p += length;
      if (unit<T>(p) != 62) return false;
      p += w;
      depth -= 1;
      place = load<i32>(STACK + (<usize>depth << 4), 8);
      if (depth == 0) return p == end && (seen & (1 << IN_SYSTEM)) != 0;
    } else {
      const tag = p;
      p += w;
      const name = p;
      let c = unit<T>(p);
      if (!isLetter(c)) return false;
      p = pastName<T>(p);
      c = unit<T>(p);
      const nameLength = p - name;
      const parent = place;
      place = depth == 0 ? IN_EVENT : placeOf<T>(parent, name, nameLength / w);
      if (place == 0) return false;
      let attribute: usize = 0;
      let valueFrom: usize = 0;
      let valueTo: usize = 0;
      // Attributes.
      for (;;) {
        const before = p;
        while (isSpace(c)) {
          p += w;
          c = unit<T>(p);
        }
        if (c == 62 || c == 47) break;
        if (p == before || p >= end || !isLetter(c)) return false;
        const attributeName = p;
        p = pastName<T>(p);
        c = unit<T>(p);
        const attributeLength = p - attributeName;
        if (c != 61) return false;
        p += w;
        const quote = unit<T>(p);
        if (quote != 39 && quote != 34) return false;
        p += w;
        const from = p;
        p = plainValueEnd<T>(p, end, quote);
        if (p == 0) return false;
        for (let k: usize = 0; k < attribute; k++) {
          const other = ATTRIBUTES + (k << 3);
          if (<usize>load<u32>(other, 4) == attributeLength && isSame(attributeName, <usize>load<u32>(other), attributeLength)) return false;
        }
        if (attribute == MAX_ATTRIBUTES) return false;
        store<u32>(ATTRIBUTES + (attribute << 3), <u32>attributeName);
        store<u32>(ATTRIBUTES + (attribute << 3), <u32>attributeLength, 4);
        attribute += 1;
        if (isWantedAttribute<T>(place, attributeName, attributeLength / w)) {
          valueFrom = from;
          valueTo = p;
        }
        p += w;
        c = unit<T>(p);
      }
      let isEmpty = false;
      if (c == 47) {
        p += w;
        if (unit<T>(p) != 62) return false;
        isEmpty = true;
      }
      p += w;
      if (p > end) return false;
      if (valueFrom != 0 && !takeAttribute<T>(place, valueFrom, valueTo)) return false;
      if (place >= GATHERING && place <= AT_MESSAGE) {
        // The whole element at once: its text, and its end tag right behind.
        const from = p;
        let to = p;
        let flags = 0;
        if (!isEmpty) {
          p = textEnd<T>(p, end);
          flags = textFlags;
          to = p;
          if (p + nameLength + 3 * w > end || unit<T>(p + w) != 47 || !isSame(p + 2 * w, name, nameLength)) return false;
          p += 2 * w + nameLength;
          if (unit<T>(p) != 62) return false;
          p += w;
        }
        if (!takeText<T>(place, tag, from, to, flags, valueFrom, valueTo)) return false;
        place = parent;
      } else if (!isEmpty) {
        depth += 1;
        if (depth > MAX_DEPTH) return false;
        const open = STACK + (<usize>depth << 4);
        store<u32>(open, <u32>name);
        store<u32>(open, <u32>nameLength, 4);
        store<i32>(open, place, 8);
      } else {
        if (depth == 0) return false;
        place = parent;
      }
    }
    // Text that nobody wants, up to the next tag.
    p = pastTextTo<T>(p, end);
    if (p >= end) return false;
  }
  return false;
}

/** The next `<`, or beyond `end`. */
// @ts-ignore: decorator
@inline
function pastTextTo<T>(from: usize, end: usize): usize {
  let p = from;
  while (p < end && unit<T>(p) != 60) {
    const mask = v128.bitmask<T>(v128.eq<T>(v128.load(p), v128.splat<T>(<T>60)));
    p += mask == 0 ? 16 : <usize>ctz(mask) * sizeof<T>();
  }
  return p;
}

/** UNPLAIN when the text that `textEnd` passed holds "&" or a carriage return. */
let textFlags: i32 = 0;

/** The `<` that ends the text at `from`, or beyond `end`. */
// @ts-ignore: decorator
@inline
function textEnd<T>(from: usize, end: usize): usize {
  let p = from;
  textFlags = 0;
  while (p < end) {
    const m = v128.load(p);
    const stop = v128.or(v128.eq<T>(m, v128.splat<T>(<T>60)), v128.or(v128.eq<T>(m, v128.splat<T>(<T>38)), v128.eq<T>(m, v128.splat<T>(<T>13))));
    const mask = v128.bitmask<T>(stop);
    if (mask == 0) {
      p += 16;
      continue;
    }
    p += <usize>ctz(mask) * sizeof<T>();
    if (unit<T>(p) == 60) return p;
    textFlags = UNPLAIN;
    p += sizeof<T>();
  }
  return p;
}

/** Past the `<Data>` and `<Data Name='…'>` at `from`, which come in rows; any other form is left to `walk`. */
// @ts-ignore: decorator
@inline
function pastData<T>(from: usize, end: usize): usize {
  const w = sizeof<T>();
  let p = from;
  for (;;) {
    const first = N.key<T>(p, 8);
    let text: usize = 0;
    let nameFrom: usize = 0;
    let nameTo: usize = 0;
    if (first == N.DATA_NAME) {
      if (N.key<T>(p + 8 * w, 3) != N.DATA_NAME_2) return p;
      const quote = unit<T>(p + 11 * w);
      if (quote != 39 && quote != 34) return p;
      nameFrom = p + 12 * w;
      nameTo = plainValueEnd<T>(nameFrom, end, quote);
      if (nameTo == 0 || unit<T>(nameTo + w) != 62) return p;
      text = nameTo + 2 * w;
    } else if ((first & 0xffffffffffff) == N.DATA_TAG) {
      text = p + 6 * w;
    } else {
      return p;
    }
    const to = textEnd<T>(text, end);
    const flags = textFlags;
    if (to + 8 * w > end || N.key<T>(to, 7) != N.DATA_END) return p;
    if (!takeText<T>(AT_DATA, p, text, to, flags, nameFrom, nameTo)) return p;
    p = to + 7 * w;
    while (isSpace(unit<T>(p))) p += w;
    // Text between the values: `walk` skips it.
    if (unit<T>(p) != 60) return p;
  }
  return p;
}

/** Where the quote stands; 0 when something in the value is not plain, or it has no end. */
function plainValueEnd<T>(from: usize, end: usize, quote: u32): usize {
  let p = from;
  while (p < end) {
    const m = v128.load(p);
    const stop = v128.or(
      v128.or(v128.eq<T>(m, v128.splat<T>(<T>quote)), v128.lt<T>(m, v128.splat<T>(<T>32))),
      v128.or(v128.eq<T>(m, v128.splat<T>(<T>60)), v128.eq<T>(m, v128.splat<T>(<T>38))),
    );
    const mask = v128.bitmask<T>(stop);
    if (mask == 0) {
      p += 16;
      continue;
    }
    p += <usize>ctz(mask) * sizeof<T>();
    return p < end && unit<T>(p) == quote ? p : 0;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function isWantedAttribute<T>(place: i32, name: usize, length: usize): bool {
  const first = N.key<T>(name, length);
  if (length == 4) return (place == AT_DATA || place == AT_PROVIDER) && first == N.NAME;
  if (length == 10) {
    if (place == AT_EVENT_ID) return first == N.QUALIFIERS && rest<T>(name, length) == N.QUALIFIERS_2;
    return place == AT_TIME && first == N.SYSTEM_TIME && rest<T>(name, length) == N.SYSTEM_TIME_2;
  }
  return length == 7 && place == IN_RENDERING && first == N.CULTURE;
}

// @ts-ignore: decorator
@inline
function takeAttribute<T>(place: i32, from: usize, to: usize): bool {
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

function takeText<T>(place: i32, tag: usize, from: usize, to: usize, flags: i32, nameFrom: usize, nameTo: usize): bool {
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

// @ts-ignore: decorator
@inline
function isLetter(c: u32): bool {
  return (c | 32) - 97 < 26;
}

/** Past the letters, digits, `_`, `-` and `.` at `p`; an event ends with another unit. */
// @ts-ignore: decorator
@inline
function pastName<T>(from: usize): usize {
  const all: i32 = sizeof<T>() == 1 ? 0xffff : 0xff;
  let p = from;
  for (;;) {
    const m = v128.load(p);
    const letters = v128.lt<T>(v128.sub<T>(v128.or(m, v128.splat<T>(<T>32)), v128.splat<T>(<T>97)), v128.splat<T>(<T>26));
    const digits = v128.lt<T>(v128.sub<T>(m, v128.splat<T>(<T>48)), v128.splat<T>(<T>10));
    const marks = v128.or(v128.eq<T>(m, v128.splat<T>(<T>95)), v128.or(v128.eq<T>(m, v128.splat<T>(<T>45)), v128.eq<T>(m, v128.splat<T>(<T>46))));
    const others = v128.bitmask<T>(v128.or(letters, v128.or(digits, marks))) ^ all;
    if (others != 0) return p + <usize>ctz(others) * sizeof<T>();
    p += 16;
  }
  return p;
}

// @ts-ignore: decorator
@inline
function rest<T>(name: usize, length: usize): u64 {
  return N.key<T>(name + 8 * sizeof<T>(), length - 8);
}

/** The bytes are the same. Names are short. */
// @ts-ignore: decorator
@inline
function isSame(one: usize, other: usize, length: usize): bool {
  let k: usize = 0;
  for (; k + 8 <= length; k += 8) if (load<u64>(one + k) != load<u64>(other + k)) return false;
  const tail = length - k;
  return tail == 0 || (load<u64>(one + k) ^ load<u64>(other + k)) << (<u64>(64 - tail * 8)) == 0;
}
