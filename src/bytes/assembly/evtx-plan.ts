// What a template of binary XML makes of the values of a record, for one made as nearly all are: an Event of a System and
// one body, or an EventData of Data elements that one value each fills. It checks tokens and bounds as the strict parser in
// ../../read/evtx/binxml-chunk.ts does; where it meets anything else, or any fault, the template is odd, and that parser
// answers. The differential tests hold the two to the same answers.

import { CHUNK, PLANS, PLANS_END, PLAN_OF } from './evtx-layout';
import { hasColon, stands } from './evtx-names';

// A plan: kind, end of the template, bytes its fixed texts may take in a line, steps, body, what the body depends on, how many
// Data elements, what all of it depends on; then the fields of System, then the Data elements, all as SOURCE says.
export const KIND: usize = 0;
export const END: usize = 4;
export const WEIGHT: usize = 8;
export const STEPS: usize = 12;
export const BODY: usize = 16;
export const BODY_DEPENDENCY: usize = 20;
export const COUNT: usize = 24;
export const ROOT_DEPENDENCY: usize = 28;
export const FIELDS: usize = 32;
export const DATA: usize = FIELDS + 8 * 16;

export const RECORD: u32 = 1;
export const FRAGMENT: u32 = 2;

/** For BODY: none, or Data elements of this template; else the value that is the fragment. */
export const NO_BODY: i32 = -1;
export const OWN_BODY: i32 = -2;

// A source, 16 bytes: which value, the value without which it stays away or -1, a text's address and length. Of a field the
// text stands in for the value; of a Data element it is the name.
export const INDEX: usize = 0;
export const DEPENDENCY: usize = 4;
export const TEXT: usize = 8;
export const LENGTH: usize = 12;
/** For INDEX: the text alone. */
export const FIXED: i32 = -1;
/** For INDEX: there is no such element. */
export const ABSENT: i32 = -2;

export const PROVIDER: usize = FIELDS + 0;
export const EVENT_ID: usize = FIELDS + 16;
export const QUALIFIERS: usize = FIELDS + 32;
export const LEVEL: usize = FIELDS + 48;
export const TIME: usize = FIELDS + 64;
export const RECORD_ID: usize = FIELDS + 80;
export const CHANNEL: usize = FIELDS + 96;
export const COMPUTER: usize = FIELDS + 112;

const ODD: u32 = 1;
/** Real templates take some hundred. */
const MOST_STEPS: u32 = 4000;

// Tokens: see ../../read/evtx/tokens.ts.
const MORE: u32 = 0x40;
const OPEN_START: u32 = 1;
const CLOSE_START: u32 = 2;
const CLOSE_EMPTY: u32 = 3;
const END_ELEMENT: u32 = 4;
const VALUE: u32 = 5;
const ATTRIBUTE: u32 = 6;
const SUBSTITUTION: u32 = 13;
const OPTIONAL_SUBSTITUTION: u32 = 14;
const START_OF_STREAM: u32 = 15;
const STRING: u32 = 1;
const NO_DEPENDENCY: u32 = 0xffff;

/** Where the chunk's bytes end. */
let limit: usize = CHUNK;
/** Where the next plan goes. */
let top: usize = PLANS;

let at: usize = 0;
let end: usize = 0;
let steps: u32 = 0;
/** Of the name read last. */
let nameAt: usize = 0;
let nameLength: u32 = 0;
/** Of the start tag read last. */
let dependency: i32 = -1;
/** The texts and values read last: how many, and the first. */
let parts: u32 = 0;
let index: i32 = FIXED;
let textAt: usize = 0;
let textLength: u32 = 0;
/** The same of the attribute that was looked for. */
let wantedParts: u32 = 0;
let wantedIndex: i32 = FIXED;
let wantedAt: usize = 0;
let wantedLength: u32 = 0;

/** A chunk of `length` bytes has come. */
export function beginPlans(length: u32): void {
  limit = CHUNK + length;
  top = PLANS;
  memory.fill(PLAN_OF, 0, 65_536 * 4);
}

/** The plan of the template at `offset`, which lies in the chunk with its header; 0 for an odd one. */
export function planAt(offset: u32): usize {
  const slot = PLAN_OF + <usize>offset * 4;
  let plan = load<u32>(slot);
  if (plan == 0) {
    plan = parse(CHUNK + offset) ? <u32>top : ODD;
    if (plan != ODD) top += DATA + load<u32>(top, COUNT) * 16;
    store<u32>(slot, plan);
  }
  return plan == ODD ? 0 : plan;
}

function parse(template: usize): bool {
  at = template + 24;
  const size = load<u32>(template, 20);
  if (size > <u32>(limit - at) || top + DATA > PLANS_END) return false;
  end = at + size;
  steps = 0;
  store<u32>(top, end, END);
  store<u32>(top, 0, WEIGHT);
  store<i32>(top, NO_BODY, BODY);
  store<i32>(top, -1, BODY_DEPENDENCY);
  store<u32>(top, 0, COUNT);
  for (let field = top + FIELDS; field < top + DATA; field += 16) {
    store<i32>(field, ABSENT, INDEX);
    store<i32>(field, -1, DEPENDENCY);
    store<u32>(field, 0, LENGTH);
  }
  if (size > 4 && load<u8>(at) == START_OF_STREAM) at += 4;
  if (!open()) return false;
  store<i32>(top, dependency, ROOT_DEPENDENCY);
  if (stands(nameAt, nameLength, 'Event')) {
    store<u32>(top, RECORD, KIND);
    if (!readEvent()) return false;
  } else {
    if (!stands(nameAt, nameLength, 'EventData')) return false;
    store<u32>(top, FRAGMENT, KIND);
    store<i32>(top, OWN_BODY, BODY);
    if (!readData()) return false;
  }
  store<u32>(top, steps, STEPS);
  return at == end || load<u8>(at) == 0;
}

/** Behind the start of Event. */
function readEvent(): bool {
  if (readAttributes('') != CLOSE_START) return false;
  if (!open() || dependency >= 0 || !stands(nameAt, nameLength, 'System') || !readSystem()) return false;
  if (isNext(END_ELEMENT)) return true;
  if (isNext(OPEN_START)) {
    at--;
    if (!open() || !stands(nameAt, nameLength, 'EventData')) return false;
    store<i32>(top, OWN_BODY, BODY);
    store<i32>(top, dependency, BODY_DEPENDENCY);
    if (!readData()) return false;
  } else {
    if (!readParts() || parts != 1 || index < 0) return false;
    store<i32>(top, index, BODY);
  }
  return isNext(END_ELEMENT);
}

/** Behind the start of System. */
function readSystem(): bool {
  if (readAttributes('') != CLOSE_START) return false;
  while (!isNext(END_ELEMENT)) {
    if (!open()) return false;
    const name = nameAt;
    const length = nameLength;
    const needs = dependency;
    let field: usize = 0;
    let attribute = '';
    if (stands(name, length, 'Provider')) {
      field = PROVIDER;
      attribute = 'Name';
    } else if (stands(name, length, 'EventID')) {
      field = EVENT_ID;
      attribute = 'Qualifiers';
    } else if (stands(name, length, 'Level')) field = LEVEL;
    else if (stands(name, length, 'TimeCreated')) {
      field = TIME;
      attribute = 'SystemTime';
    } else if (stands(name, length, 'EventRecordID')) field = RECORD_ID;
    else if (stands(name, length, 'Channel')) field = CHANNEL;
    else if (stands(name, length, 'Computer')) field = COMPUTER;
    if (!readLeaf(attribute)) return false;
    if (field == 0) continue;
    if (load<i32>(top + field, INDEX) != ABSENT) return false;
    if (attribute.length == 0 || field == EVENT_ID) {
      if (!keep(field, needs, parts, index, textAt, textLength)) return false;
    } else if (!keep(field, needs, wantedParts, wantedIndex, wantedAt, wantedLength)) return false;
    if (field == EVENT_ID && !keep(QUALIFIERS, needs, wantedParts, wantedIndex, wantedAt, wantedLength)) return false;
  }
  return true;
}

/** Behind the start of EventData. */
function readData(): bool {
  const close = readAttributes('');
  if (close == CLOSE_EMPTY) return true;
  if (close != CLOSE_START) return false;
  let count: u32 = 0;
  while (!isNext(END_ELEMENT)) {
    if (!open()) return false;
    const isBinary = stands(nameAt, nameLength, 'Binary');
    if (!isBinary && !stands(nameAt, nameLength, 'Data') && !stands(nameAt, nameLength, 'ComplexData')) return false;
    const needs = dependency;
    if (!readLeaf('Name')) return false;
    if (isBinary) continue;
    if (wantedParts > 1 || wantedIndex >= 0 || parts > 1 || (parts == 1 && index < 0)) return false;
    const data = DATA + count * 16;
    if (top + data + 16 > PLANS_END) return false;
    if (!keep(data, needs, 1, index, wantedAt, wantedLength)) return false;
    count++;
  }
  store<u32>(top, count, COUNT);
  return true;
}

function keep(source: usize, needs: i32, count: u32, which: i32, text: usize, length: u32): bool {
  if (count > 1) return false;
  const to = top + source;
  store<i32>(to, which, INDEX);
  store<i32>(to, needs, DEPENDENCY);
  store<u32>(to, text, TEXT);
  store<u32>(to, length, LENGTH);
  store<u32>(top, load<u32>(top, WEIGHT) + length * 3, WEIGHT);
  return true;
}

/** Behind the start of an element that holds texts and values alone: reads it to its end. */
function readLeaf(attribute: string): bool {
  const close = readAttributes(attribute);
  parts = 0;
  index = FIXED;
  textLength = 0;
  if (close == CLOSE_EMPTY) return true;
  return close == CLOSE_START && readParts() && isNext(END_ELEMENT);
}

/** To the end of a start tag, which it gives; 0 for anything else. */
function readAttributes(attribute: string): u32 {
  wantedParts = 0;
  wantedIndex = FIXED;
  wantedLength = 0;
  let isFound = false;
  while (at < end && ++steps <= MOST_STEPS) {
    const token = <u32>load<u8>(at++) & ~MORE;
    if (token != ATTRIBUTE) return token == CLOSE_START || token == CLOSE_EMPTY ? token : 0;
    if (!readName()) return 0;
    const isNamespace = nameLength >= 10 && stands(nameAt, 10, 'xmlns') && (nameLength == 10 || load<u16>(nameAt, 10) == 58);
    if (!isNamespace && hasColon(nameAt, nameLength)) return 0;
    const isWanted = !isFound && !isNamespace && attribute.length > 0 && stands(nameAt, nameLength, attribute);
    if (!readParts()) return 0;
    if (!isWanted) continue;
    isFound = true;
    wantedParts = parts;
    wantedIndex = index;
    wantedAt = textAt;
    wantedLength = textLength;
  }
  return 0;
}

/** Texts and values up to any other token. False where one is of another kind. */
function readParts(): bool {
  parts = 0;
  index = FIXED;
  textLength = 0;
  while (at < end) {
    if (++steps > MOST_STEPS) return false;
    const token = <u32>load<u8>(at) & ~MORE;
    if (token == VALUE) {
      if (end - at < 4 || load<u8>(at, 1) != STRING) return false;
      const length = <u32>load<u16>(at, 2) * 2;
      at += 4;
      if (<u32>(end - at) < length) return false;
      steps += length >> 4;
      if (parts++ == 0) {
        textAt = at;
        textLength = length;
      }
      at += length;
    } else if (token == SUBSTITUTION || token == OPTIONAL_SUBSTITUTION) {
      if (end - at < 4) return false;
      if (parts++ == 0) index = <i32>load<u16>(at, 1);
      at += 4;
    } else {
      // Character data of other kinds.
      return token < 7 || token > 9;
    }
  }
  return true;
}

/** The start of a start tag. */
function open(): bool {
  if (end - at < 7 || ++steps > MOST_STEPS) return false;
  const token = <u32>load<u8>(at++);
  if ((token & ~MORE) != OPEN_START) return false;
  const needs = <u32>load<u16>(at);
  dependency = needs == NO_DEPENDENCY ? -1 : <i32>needs;
  at += 6;
  if (!readName() || hasColon(nameAt, nameLength)) return false;
  if ((token & MORE) != 0) {
    if (end - at < 4) return false;
    at += 4;
  }
  return true;
}

/** A name: next name, hash, length, text, NUL. It stands where it is used first; later tokens give its offset. */
function readName(): bool {
  if (end - at < 4) return false;
  const offset = load<u32>(at);
  at += 4;
  if (offset > <u32>(limit - CHUNK) || <u32>(limit - CHUNK) - offset < 8) return false;
  const name = CHUNK + offset;
  nameAt = name + 8;
  nameLength = <u32>load<u16>(name, 6) * 2;
  const after = nameAt + nameLength + 2;
  if (after > limit) return false;
  steps += nameLength >> 4;
  if (name == at) at = after;
  return true;
}

/** Passes the token if it is the next one. */
function isNext(token: u32): bool {
  if (at >= end) return false;
  const next = <u32>load<u8>(at);
  if (next != token && (next & ~MORE) != token) return false;
  at++;
  steps++;
  return true;
}
