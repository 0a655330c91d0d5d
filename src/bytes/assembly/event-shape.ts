// Events of one kind are the same but for their values. `learn` keeps of an event that was read tag by tag what is between
// its values, and `replay` reads the next such event by comparing: what stood the test of `walk` once, byte for byte the same,
// with other values in the same places, would stand it again.

import { AT_DATA, AT_MESSAGE, AT_TIME, BODY, EVENT_ID, GATHERING, LEVEL, QUALIFIERS, reset, takeAttribute, takeText } from './event-fields';
import { areSame, pastTextTo, plainValueEnd, textEnd, textFlags } from './event-text';
import { EVENT, NOTES, NOTES_END, SHAPE_BYTES, SHAPES, SHAPES_END, VARIED, VARIED_END } from './layout';
import { findUnit, unit } from './units';
import { isAscii, isUtf8 } from './utf8';

// What stands at a place. Up to AT_MESSAGE the places of `event-fields.ts`.
/** The value of an attribute that is no field. */
export const ATTRIBUTE: i32 = 20;
/** Text that is no field. */
export const TEXT: i32 = 21;
/** `<Data/>`: a value without a text of its own. */
export const EMPTY_DATA: i32 = 22;
// An attribute that is a field and the same in each event has its tag's place: IN_RENDERING, AT_PROVIDER.

const NOTE: usize = 24;
let noted: usize = NOTES;

export function beginNotes(): void {
  noted = NOTES;
}

/** The text or attribute value in [from, to) belongs to the tag at `tag`; [nameFrom, nameTo) is what names it. */
// @ts-ignore: decorator
@inline
export function note(kind: i32, from: usize, to: usize, tag: usize, nameFrom: usize, nameTo: usize): void {
  if (noted < NOTES_END) {
    store<i32>(noted, kind);
    store<u32>(noted, <u32>from, 4);
    store<u32>(noted, <u32>to, 8);
    store<u32>(noted, <u32>tag, 12);
    store<u32>(noted, <u32>nameFrom, 16);
    store<u32>(noted, <u32>nameTo, 20);
  }
  noted += NOTE;
}

// A shape: its key; when it was met last; the fields that are the same in each event; how many steps it has; the steps;
// and the bytes between the values.
const KEY: usize = 0; // 0: there is none
const STAMP: usize = 4;
const FIELDS: usize = 8; // EVENT_ID, QUALIFIERS, LEVEL, BODY
const COUNT: usize = 24;
const LEARNT: usize = 28; // its number among all that were learnt
const FIRST_STEP: usize = 32;
// A step: how many bytes stand before the value, its kind, how far before it the tag and the name start, the name's length.
const STEP: usize = 20;

/** Goes round after four billion events, and then a shape is given up too early for once. */
let stamp: u32 = 0;

let learnt: u32 = 0;

/** The shape that `replay` found last, and its number among all that were learnt. */
export let shapeAt: usize = 0;
export let shapeLearnt: u32 = 0;

/** Whether a value of the event that `replay` read is not ASCII; all are UTF-8. */
export let isWide: bool = false;

/** Reads the event in [start, end) if it has a shape that was learnt. */
export function replay<T>(start: usize, end: usize): bool {
  return replayTo<T>(start, end) == end;
}

/**
 * Reads the event at `start` if it has a shape that was learnt, and ends before or at `end`; gives its end, or 0. No value
 * holds a `<`, and what is between them is that of an event that was framed: so its end is where the framer sees it.
 */
export function replayTo<T>(start: usize, end: usize): usize {
  const key = keyOf<T>(start, end);
  if (key == 0) return 0;
  const first = setOf(key);
  for (let shape = first; shape < first + WAYS * SHAPE_BYTES; shape += SHAPE_BYTES) {
    if (load<u32>(shape, KEY) != key) continue;
    const eventEnd = follow<T>(shape, start, end);
    if (eventEnd == 0) continue;
    store<u32>(shape, ++stamp, STAMP);
    shapeAt = shape;
    shapeLearnt = load<u32>(shape, LEARNT);
    return eventEnd;
  }
  return 0;
}

/** Keeps the shape of the event that was just read, unless there is no room for it or what is in it is not UTF-8. */
export function learn<T>(start: usize, end: usize): void {
  const key = keyOf<T>(start, end);
  if (key == 0 || noted > NOTES_END) return;
  const shape = oldestOf(setOf(key));
  store<u32>(shape, 0, KEY);
  store<u32>(VARIED + shapeNumber(shape) * 4, 0);
  const count = (noted - NOTES) / NOTE;
  let step = shape + FIRST_STEP;
  let bytes = step + (count + 1) * STEP;
  let at = start;
  for (let each = NOTES; each <= noted; each += NOTE) {
    // Behind the last value stands the rest of the event.
    const from = each == noted ? end : <usize>load<u32>(each, 4);
    const length = from - at;
    if (from < at || bytes + length + 16 > shape + SHAPE_BYTES) return;
    if (sizeof<T>() == 1 && !isUtf8(at, from)) return;
    memory.copy(bytes, at, length);
    bytes += length;
    store<u32>(step, <u32>length);
    if (each == noted) break;
    store<i32>(step, load<i32>(each), 4);
    store<u32>(step, <u32>from - load<u32>(each, 12), 8);
    store<u32>(step, <u32>from - load<u32>(each, 16), 12);
    store<u32>(step, load<u32>(each, 20) - load<u32>(each, 16), 16);
    at = <usize>load<u32>(each, 8);
    step += STEP;
  }
  store<u32>(shape, load<u32>(EVENT, EVENT_ID), FIELDS);
  store<u32>(shape, load<u32>(EVENT, QUALIFIERS), FIELDS + 4);
  store<u32>(shape, load<u32>(EVENT, LEVEL), FIELDS + 8);
  store<u32>(shape, load<u32>(EVENT, BODY), FIELDS + 12);
  store<u32>(shape, <u32>count, COUNT);
  store<u32>(shape, ++learnt, LEARNT);
  store<u32>(shape, ++stamp, STAMP);
  store<u32>(shape, key, KEY);
}

/** The place of a shape among all, from 0. */
// @ts-ignore: decorator
@inline
export function shapeNumber(shape: usize): usize {
  return (shape - SHAPES) / SHAPE_BYTES;
}

/** Forgets all shapes: those of another memory's use. */
export function forgetShapes(): void {
  for (let shape = SHAPES; shape < SHAPES_END; shape += SHAPE_BYTES) store<u32>(shape, 0, KEY);
  memory.fill(VARIED, 0, VARIED_END - VARIED);
}

/** The end of the event at `start` if it has this shape, else 0. */
function follow<T>(shape: usize, start: usize, end: usize): usize {
  reset();
  isWide = false;
  const last = shape + FIRST_STEP + <usize>load<u32>(shape, COUNT) * STEP;
  let bytes = last + STEP;
  let p = start;
  for (let step = shape + FIRST_STEP; ; step += STEP) {
    const length = <usize>load<u32>(step);
    if (p + length > end || !areSame(p, bytes, length)) return 0;
    p += length;
    bytes += length;
    if (step == last) break;
    const kind = load<i32>(step, 4);
    const name = p - <usize>load<u32>(step, 12);
    const nameEnd = name + <usize>load<u32>(step, 16);
    const from = p;
    if (kind >= GATHERING && kind <= AT_MESSAGE) {
      p = textEnd<T>(p, end);
      if (p >= end || !isClean<T>(from, p)) return 0;
      if (!takeText<T>(kind, from - <usize>load<u32>(step, 8), from, p, textFlags, name, nameEnd)) return 0;
    } else if (kind == AT_TIME || kind == ATTRIBUTE) {
      p = plainValueEnd<T>(p, end, unit<T>(p - sizeof<T>()));
      if (p == 0 || !isClean<T>(from, p)) return 0;
      if (kind == AT_TIME && !takeAttribute<T>(AT_TIME, from, p)) return 0;
    } else if (kind == TEXT) {
      p = pastTextTo<T>(p, end);
      if (p >= end || !isClean<T>(from, p)) return 0;
    } else if (kind == EMPTY_DATA) {
      if (!takeText<T>(AT_DATA, from - <usize>load<u32>(step, 8), from, from, 0, name, nameEnd)) return 0;
    } else {
      if (!takeAttribute<T>(kind, name, nameEnd)) return 0;
    }
  }
  store<u32>(EVENT, load<u32>(shape, FIELDS), EVENT_ID);
  store<u32>(EVENT, load<u32>(shape, FIELDS + 4), QUALIFIERS);
  store<u32>(EVENT, load<u32>(shape, FIELDS + 8), LEVEL);
  store<u32>(EVENT, load<u32>(shape, FIELDS + 12), BODY);
  return p;
}

/** What `learn` saw of the rest of the event holds of these bytes too. */
// @ts-ignore: decorator
@inline
function isClean<T>(from: usize, to: usize): bool {
  if (sizeof<T>() == 2 || isAscii(from, to)) return true;
  isWide = true;
  return isUtf8(from, to);
}

/**
 * A number of the provider's name and the event ID, if they stand where they usually do; else of other bytes, which finds
 * no shape. 0 when the event is too short.
 */
// @ts-ignore: decorator
@inline
function keyOf<T>(start: usize, end: usize): u32 {
  const w = sizeof<T>();
  const limit = min<usize>(end, start + 2048 * w);
  if (start + 160 * w > end) return 0;
  const system = findUnit<T>(start + 6 * w, limit, 62) + w;
  const provider = findUnit<T>(system + w, limit, 60);
  let eventId = findUnit<T>(provider + w, limit, 60);
  if (unit<T>(eventId + w) == 47) eventId = findUnit<T>(eventId + w, limit, 60);
  const digits = findUnit<T>(eventId, limit, 62) + w;
  if (digits + 16 > limit) return 0;
  const name = provider + 16 * w;
  let hash: u64 = (load<u64>(name) ^ <u64>w) * 0x9e3779b97f4a7c15;
  hash = (rotl<u64>(hash, 29) ^ load<u64>(name, 8)) * 0x9e3779b97f4a7c15;
  hash = (rotl<u64>(hash, 29) ^ load<u64>(digits)) * 0x9e3779b97f4a7c15;
  return <u32>(hash >> 32) | 1;
}

const WAYS: usize = 2;

// @ts-ignore: decorator
@inline
function setOf(key: u32): usize {
  const sets: u32 = <u32>((SHAPES_END - SHAPES) / (WAYS * SHAPE_BYTES));
  return SHAPES + <usize>((key >> 8) % sets) * WAYS * SHAPE_BYTES;
}

function oldestOf(set: usize): usize {
  const other = set + SHAPE_BYTES;
  if (load<u32>(set, KEY) == 0) return set;
  if (load<u32>(other, KEY) == 0) return other;
  return load<u32>(set, STAMP) <= load<u32>(other, STAMP) ? set : other;
}
