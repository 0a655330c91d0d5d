// Reads an event tag by tag.

import {
  AT_CHANNEL, AT_COMPUTER, AT_DATA, AT_EVENT_ID, AT_LEVEL, AT_MESSAGE, AT_PROVIDER, AT_RECORD_ID, AT_TIME, BODY, GATHERING,
  IN_EVENT, IN_EVENT_DATA, IN_OTHER, IN_RENDERING, IN_SYSTEM, reset, takeAttribute, takeText,
} from './event-fields';
import { ATTRIBUTE, beginNotes, EMPTY_DATA, note, TEXT } from './event-shape';
import { isLetter, isSame, pastName, pastTextTo, plainValueEnd, textEnd, textFlags } from './event-text';
import { ATTRIBUTES, EVENT, STACK } from './layout';
import * as N from './names';
import { isSpace, unit } from './units';

const MAX_DEPTH: i32 = 24;
const MAX_ATTRIBUTES: usize = 8;

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

/** Whether the event in [start, end) is well-formed and holds nothing that the fast parsers do not know; notes its values. */
export function walk<T>(start: usize, end: usize): bool {
  const w = sizeof<T>();
  reset();
  beginNotes();
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
        if (place == IN_OTHER) note(ATTRIBUTE, from, p, tag, 0, 0);
        else if (place == AT_TIME) note(valueFrom == from ? AT_TIME : ATTRIBUTE, from, p, tag, 0, 0);
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
      if (valueFrom != 0 && (place == AT_PROVIDER || place == IN_RENDERING)) note(place, valueTo, valueTo, tag, valueFrom, valueTo);
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
        if (place >= AT_RECORD_ID) {
          if (!isEmpty) note(place, from, to, tag, valueFrom, valueTo);
          else if (place == AT_DATA) note(EMPTY_DATA, from, to, tag, valueFrom, valueTo);
        }
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
    const from = p;
    p = pastTextTo<T>(p, end);
    if (p >= end) return false;
    if (place == IN_OTHER) note(TEXT, from, p, from, 0, 0);
  }
  return false;
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
    note(AT_DATA, text, to, p, nameFrom, nameTo);
    p = to + 7 * w;
    while (isSpace(unit<T>(p))) p += w;
    // Text between the values: `walk` skips it.
    if (unit<T>(p) != 60) return p;
  }
  return p;
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
function rest<T>(name: usize, length: usize): u64 {
  return N.key<T>(name + 8 * sizeof<T>(), length - 8);
}
