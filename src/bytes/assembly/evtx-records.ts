// Reads records of .evtx that hold nothing out of the ordinary, as ../../read/evtx/fast-records.ts asks for: writes their
// lines, or passes those that nobody wants. It stops in front of the first that is damaged, odd or wanted, and the strict
// reader answers.

import { CHUNK, FOUND, INNER_VALUES, INPUT, LINES, LINES_END, VALUES } from './evtx-layout';
import { mayTrim } from './evtx-names';
import {
  ABSENT,
  beginPlans,
  BODY,
  BODY_DEPENDENCY,
  CHANNEL,
  COMPUTER,
  COUNT,
  DATA,
  DEPENDENCY,
  END,
  EVENT_ID,
  FIXED,
  FRAGMENT,
  INDEX,
  KIND,
  LENGTH,
  LEVEL,
  NO_BODY,
  OWN_BODY,
  planAt,
  PROVIDER,
  QUALIFIERS,
  RECORD,
  RECORD_ID,
  ROOT_DEPENDENCY,
  STEPS,
  TEXT,
  TIME,
  WEIGHT,
} from './evtx-plan';
import {
  ARRAY,
  BYTE,
  endOfString,
  entryAt,
  FILETIME,
  FRAGMENT_VALUE,
  isWritable,
  loadValues,
  NULL,
  NUMBER,
  placeOf,
  putTime,
  putValue,
  sizeOf,
  STRING,
  STRINGS,
  typeOf,
  WORD,
} from './evtx-values';
import { put, putNumber, putText } from './json-text';
import { isWanted } from './wanted';

/** The chunk's bytes. */
let limit: usize = CHUNK;
/** Where the chunk stands in the input. */
let origin: u64 = 0;
let inputLength: usize = 0;
/** What the strict reader would have spent on the records passed here, at least. */
let steps: u32 = 0;

/** Of the instance read last. */
let plan: usize = 0;
/** Where the next line goes. */
let out: usize = LINES;

/** A chunk of `length` bytes has come. */
export function begin(length: u32, offset: f64, inputBytes: u32): void {
  limit = CHUNK + length;
  origin = <u64>offset;
  inputLength = inputBytes;
  steps = 0;
  beginPlans(length);
}

/** Writes the lines of records from `at` on, which end at `end`, and of at most `maxBytes` each. */
export function write(at: u32, end: u32, maxBytes: u32): void {
  run(at, end, maxBytes, true);
}

/** Passes records that nobody wants. */
export function pass(at: u32, end: u32, maxBytes: u32): void {
  run(at, end, maxBytes, false);
}

// @ts-ignore: decorator
@inline
function run(from: u32, to: u32, maxBytes: u32, isWriting: bool): void {
  let at = CHUNK + from;
  const end = CHUNK + to;
  let count: u32 = 0;
  let last: i32 = -1;
  out = LINES;
  while (end - at >= 28 && load<u32>(at) == RECORD_MARK && steps < MOST_CHUNK_STEPS) {
    const size = load<u32>(at, 4);
    if (size < 28 || size > <u32>(end - at) || size > maxBytes || load<u32>(at + size - 4) != size) break;
    if (!instance(at + 24, at + size - 4, VALUES, RECORD)) break;
    if (isWriting ? !writeLine(at, size) : !isUnwanted()) break;
    steps += 100;
    last = <i32>(at - CHUNK);
    at += size;
    count++;
  }
  store<u32>(FOUND, at - CHUNK);
  store<u32>(FOUND, count, 4);
  store<i32>(FOUND, last, 8);
  store<u32>(FOUND, out, 12);
  store<u32>(FOUND, steps, 16);
}

/** A fragment that is an instance of a template of that kind: its plan, and its values in the frame. */
function instance(at: usize, to: usize, frame: usize, kind: u32): bool {
  if (to - at > 4 && load<u8>(at) == START_OF_STREAM) at += 4;
  if (to - at < 10 || (load<u8>(at) & ~MORE) != TEMPLATE) return false;
  const id = load<u32>(at, 2);
  const offset = load<u32>(at, 6);
  at += 10;
  if (offset < 128 || offset > 65_512 || offset + 24 > <u32>(limit - CHUNK)) return false;
  const template = CHUNK + offset;
  if (load<u32>(template, 4) != id) return false;
  plan = planAt(offset);
  if (plan == 0 || load<u32>(plan, KIND) != kind) return false;
  if (!loadValues(frame, at == template ? <usize>load<u32>(plan, END) : at, to)) return false;
  return !isMissing(load<i32>(plan, ROOT_DEPENDENCY), frame);
}

/** Whether provider and event ID are known to be wanted by nobody. */
function isUnwanted(): bool {
  if (!hasPlainSystem() || isMissing(load<i32>(plan + PROVIDER, DEPENDENCY), VALUES)) return false;
  if (isMissing(load<i32>(plan + EVENT_ID, DEPENDENCY), VALUES)) return false;
  let name: usize;
  let length: u32;
  if (load<i32>(plan + PROVIDER, INDEX) == FIXED) {
    name = <usize>load<u32>(plan + PROVIDER, TEXT);
    length = load<u32>(plan + PROVIDER, LENGTH);
  } else {
    const entry = entryAt(VALUES, load<i32>(plan + PROVIDER, INDEX));
    if (typeOf(entry) != STRING) return false;
    name = placeOf(entry);
    length = <u32>(endOfString(entry) - name);
  }
  length >>= 1;
  // Only plain names of the usual length are in the table.
  if (length > 255) return false;
  for (let k: u32 = 0; k < length; k++) {
    const c = <u32>load<u16>(name + (<usize>k << 1));
    if (c - 0x20 > 0x5e) return false;
  }
  return !isWanted<u16>(name, length, <u32>load<u16>(placeOf(entryAt(VALUES, load<i32>(plan + EVENT_ID, INDEX)))));
}

/** The fields of System, made and filled as nearly all are. */
function hasPlainSystem(): bool {
  return (
    isText(PROVIDER) &&
    isNumber(EVENT_ID, WORD, 2, false) &&
    isNumber(QUALIFIERS, WORD, 2, true) &&
    isNumber(LEVEL, BYTE, 1, true) &&
    isNumber(RECORD_ID, NUMBER, 8, true) &&
    isText(CHANNEL) &&
    isText(COMPUTER) &&
    isNumber(TIME, FILETIME, 8, false) &&
    isWritable(load<u64>(placeOf(entryAt(VALUES, load<i32>(plan + TIME, INDEX)))))
  );
}

/** A text, a string, or nothing. */
function isText(field: usize): bool {
  const index = load<i32>(plan + field, INDEX);
  if (index < 0) return true;
  const type = typeOf(entryAt(VALUES, index));
  return type == STRING || type == NULL;
}

/** A value of that type, or nothing where that may be. */
function isNumber(field: usize, type: u32, size: u32, mayMiss: bool): bool {
  const index = load<i32>(plan + field, INDEX);
  if (index == ABSENT) return mayMiss;
  if (index == FIXED) return mayMiss && load<u32>(plan + field, LENGTH) == 0;
  if (isMissing(load<i32>(plan + field, DEPENDENCY), VALUES)) return mayMiss;
  const entry = entryAt(VALUES, index);
  if (typeOf(entry) == NULL) return mayMiss;
  return typeOf(entry) == type && sizeOf(entry) >= size;
}

// @ts-ignore: decorator
@inline
function isMissing(dependency: i32, frame: usize): bool {
  return dependency >= 0 && typeOf(entryAt(frame, dependency)) == NULL;
}

/** The entry of the field's value; 0 when it is missing. */
function valueOf(field: usize): usize {
  const index = load<i32>(plan + field, INDEX);
  if (index < 0 || isMissing(load<i32>(plan + field, DEPENDENCY), VALUES)) return 0;
  const entry = entryAt(VALUES, index);
  return typeOf(entry) == NULL ? 0 : entry;
}

/** As `writeItem` in ../../write/lines.ts writes an event. */
function writeLine(at: usize, size: u32): bool {
  if (!hasPlainSystem()) return false;
  const record = plan;
  let data: usize = 0;
  let frame = VALUES;
  const body = load<i32>(record, BODY);
  if (body == OWN_BODY) {
    if (!isMissing(load<i32>(record, BODY_DEPENDENCY), VALUES)) data = record;
  } else if (body != NO_BODY) {
    const entry = entryAt(VALUES, body);
    const type = typeOf(entry);
    if ((type & ARRAY) != 0) return false;
    if (type == FRAGMENT_VALUE) {
      frame = INNER_VALUES;
      if (!instance(placeOf(entry), placeOf(entry) + sizeOf(entry), frame, FRAGMENT)) return false;
      data = plan;
      plan = record;
    }
  }
  const room = mostBytes(size, data, frame);
  if (room > LINES_END - LINES || out + room > LINES_END) return false;
  let to = put(out, '{"type":"event","schema_version":1,"provider":');
  to = putField(to, PROVIDER);
  to = putNumber(put(to, ',"event_id":'), <u64>load<u16>(placeOf(valueOf(EVENT_ID))));
  to = putTrimmed(to, CHANNEL, ',"channel":');
  if (to != 0) to = putTrimmed(to, COMPUTER, ',"computer":');
  if (to == 0) return false;
  const recordId = valueOf(RECORD_ID);
  if (recordId != 0) {
    to = putNumber(put(to, ',"record_id":"'), load<u64>(placeOf(recordId)));
    store<u8>(to++, 34);
  }
  const level = valueOf(LEVEL);
  if (level != 0) to = putNumber(put(to, ',"level":'), <u64>load<u8>(placeOf(level)));
  const qualifiers = valueOf(QUALIFIERS);
  if (qualifiers != 0) to = putNumber(put(to, ',"qualifiers":'), <u64>load<u16>(placeOf(qualifiers)));
  to = putTime(put(to, ',"time":"'), load<u64>(placeOf(valueOf(TIME))));
  to = put(to, '","time_basis":"export"');
  if (data != 0) {
    to = putData(to, data, frame);
    if (to == 0) return false;
  }
  to = put(to, ',"position":{"input":');
  memory.copy(to, INPUT, inputLength);
  to = putNumber(put(to + inputLength, ',"offset":'), origin + (at - CHUNK));
  to = put(putNumber(put(to, ',"length":'), <u64>size), '}}\n');
  out = to;
  return true;
}

/** A bound on the line's bytes; past all bounds where the strict reader might give up. */
function mostBytes(size: u32, data: usize, frame: usize): usize {
  let most = <usize>1024 + inputLength + load<u32>(plan, WEIGHT) + <usize>size * 3;
  let cost: u32 = 100 + (data == 0 ? 0 : load<u32>(data, STEPS));
  if (data != 0) {
    for (let source = data + DATA, last = source + load<u32>(data, COUNT) * 16; source < last; source += 16) {
      const entry = entryAt(frame, load<i32>(source, INDEX));
      const name = <usize>load<u32>(source, LENGTH) * 3 + 8;
      const bytes = <usize>sizeOf(entry);
      // An array of strings has at most one for each of its units.
      most += bytes * 3 + 48 + name * (typeOf(entry) == STRINGS ? bytes / 2 + 1 : 1);
      cost += 4 + <u32>(bytes >> 1);
      if (cost > MOST_RECORD_STEPS || most > LINES_END - LINES) return usize.MAX_VALUE >> 1;
    }
  }
  steps += cost;
  return most;
}

/** `insertions`, and `names` if there are any; 0 when a value is left to others. */
function putData(to: usize, data: usize, frame: usize): usize {
  const first = data + DATA;
  const last = first + load<u32>(data, COUNT) * 16;
  let isNamed = false;
  let isFirst = true;
  to = put(to, ',"insertions":[');
  for (let source = first; source < last; source += 16) {
    if (isMissing(load<i32>(source, DEPENDENCY), frame)) continue;
    const entry = entryAt(frame, load<i32>(source, INDEX));
    const type = typeOf(entry);
    if (type == STRINGS) {
      const before = to;
      to = putStrings(to, entry, isFirst);
      if (to == before) continue;
    } else {
      if (type == FRAGMENT_VALUE || (type & ARRAY) != 0) return 0;
      if (!isFirst) store<u8>(to++, 44);
      to = putValue(to, entry);
      if (to == 0) return 0;
    }
    isFirst = false;
    if (load<u32>(source, LENGTH) != 0) isNamed = true;
  }
  store<u8>(to++, 93);
  return isNamed ? putNames(to, first, last, frame) : to;
}

/** Each string of the array ends with NUL; the last one may not. */
function putStrings(to: usize, entry: usize, isFirst: bool): usize {
  let at = placeOf(entry);
  const end = at + (sizeOf(entry) & ~1);
  while (at < end) {
    let stop = at;
    while (stop < end && load<u16>(stop) != 0) stop += 2;
    if (!isFirst) store<u8>(to++, 44);
    isFirst = false;
    to = putText(to, at, stop);
    at = stop + 2;
  }
  return to;
}

function putNames(to: usize, first: usize, last: usize, frame: usize): usize {
  to = put(to, ',"names":[');
  let isFirst = true;
  for (let source = first; source < last; source += 16) {
    if (isMissing(load<i32>(source, DEPENDENCY), frame)) continue;
    const entry = entryAt(frame, load<i32>(source, INDEX));
    const name = <usize>load<u32>(source, TEXT);
    const length = <usize>load<u32>(source, LENGTH);
    for (let k = typeOf(entry) == STRINGS ? stringsIn(entry) : 1; k > 0; k--) {
      if (!isFirst) store<u8>(to++, 44);
      isFirst = false;
      to = length == 0 ? put(to, 'null') : putText(to, name, name + length);
    }
  }
  store<u8>(to, 93);
  return to + 1;
}

function stringsIn(entry: usize): u32 {
  const end = placeOf(entry) + (sizeOf(entry) & ~1);
  let count: u32 = 0;
  for (let at = placeOf(entry); at < end; at += 2) if (load<u16>(at) == 0) count++;
  return end > placeOf(entry) && load<u16>(end - 2) != 0 ? count + 1 : count;
}

/** A field's text as it stands. */
function putField(to: usize, field: usize): usize {
  if (load<i32>(plan + field, INDEX) >= 0) {
    const entry = valueOf(field);
    return entry == 0 ? put(to, '""') : putText(to, placeOf(entry), endOfString(entry));
  }
  const isMissed = isMissing(load<i32>(plan + field, DEPENDENCY), VALUES);
  const text = <usize>load<u32>(plan + field, TEXT);
  return putText(to, text, isMissed ? text : text + load<u32>(plan + field, LENGTH));
}

/** A field that is left out when it is empty; 0 when there may be something to trim. */
function putTrimmed(to: usize, field: usize, key: string): usize {
  const index = load<i32>(plan + field, INDEX);
  let from: usize = 0;
  let end: usize = 0;
  if (index >= 0) {
    const entry = valueOf(field);
    if (entry != 0) {
      from = placeOf(entry);
      end = endOfString(entry);
    }
  } else if (index == FIXED && !isMissing(load<i32>(plan + field, DEPENDENCY), VALUES)) {
    from = <usize>load<u32>(plan + field, TEXT);
    end = from + load<u32>(plan + field, LENGTH);
  }
  if (from == end) return to;
  return mayTrim(from, <u32>(end - from)) ? 0 : putText(put(to, key), from, end);
}

const RECORD_MARK: u32 = 0x2a2a;
const START_OF_STREAM: u32 = 0x0f;
const TEMPLATE: u32 = 0x0c;
const MORE: u32 = 0x40;
/** Far below what the strict reader spends before it gives up: records that may cost more are for it to judge. */
const MOST_RECORD_STEPS: u32 = 8000;
const MOST_CHUNK_STEPS: u32 = 1_000_000;
