// Frames Windows events in XML where nothing is out of the ordinary, drops those that nobody wants by their header, and
// hands the others over one by one. Whatever it does not expect it leaves to the readable framer in
// ../../read/event-xml/frame.ts: it stops in front of it. The differential tests hold the two to the same answers.

import { forgetContents } from './event-content';
import { areRepeatsFull, beginRepeats, flood16, flood8 } from './event-flood';
import { isUnwanted16, isUnwanted8 } from './event-parse';
import { forgetShapes } from './event-shape';
import { MOST_RUNS, OUT, RUNS } from './layout';
import { clearCache as clearValues } from './value-cache';
import { endsName, findUnit, isSpace, stands, unit } from './units';
import { ANY, entryOf, holdsId, idsOf } from './wanted';

// How `scan` drops events: not at all, by their header, or once they are parsed. Each way is a function of its own: what
// drops by the header is small, and so compiled in the time that a few windows take.
const NO_FILTER: i32 = 0;
const BY_HEADER: i32 = 1;
const BY_PARSE: i32 = 2;

// What `scan` returns.
const GAP: i32 = 0;
const CANDIDATE: i32 = 1;
const IRREGULAR: i32 = 2;
/** The event's end is not here yet. */
const UNFINISHED: i32 = 3;
/** The repeats must be taken before more are read. */
const PAUSE: i32 = 4;

const EVENT = memory.data<u8>([60, 69, 118, 101, 110, 116]); // <Event
const EVENT_END = memory.data<u8>([60, 47, 69, 118, 101, 110, 116, 62]); // </Event>
const SYSTEM = memory.data<u8>([60, 83, 121, 115, 116, 101, 109, 62]); // <System>
const PROVIDER = memory.data<u8>([60, 80, 114, 111, 118, 105, 100, 101, 114]); // <Provider
const PROVIDER_END = memory.data<u8>([60, 47, 80, 114, 111, 118, 105, 100, 101, 114, 62]); // </Provider>
const NAME = memory.data<u8>([78, 97, 109, 101, 61]); // Name=
const EVENT_ID = memory.data<u8>([60, 69, 118, 101, 110, 116, 73, 68]); // <EventID

export function frame8(at: usize, end: usize, maxBytes: usize): i32 {
  return scan<u8>(at, end, maxBytes, NO_FILTER);
}

export function frame16(at: usize, end: usize, maxBytes: usize): i32 {
  return scan<u16>(at, end, maxBytes, NO_FILTER);
}

export function scan8(at: usize, end: usize, maxBytes: usize): i32 {
  return scan<u8>(at, end, maxBytes, BY_HEADER);
}

export function scan16(at: usize, end: usize, maxBytes: usize): i32 {
  return scan<u16>(at, end, maxBytes, BY_HEADER);
}

export function sweep8(at: usize, end: usize, maxBytes: usize): i32 {
  return scan<u8>(at, end, maxBytes, BY_PARSE);
}

export function sweep16(at: usize, end: usize, maxBytes: usize): i32 {
  return scan<u16>(at, end, maxBytes, BY_PARSE);
}

export function keep8(at: usize, end: usize, maxBytes: usize, isParsed: bool): i32 {
  return keep<u8>(at, end, maxBytes, isParsed);
}

export function keep16(at: usize, end: usize, maxBytes: usize, isParsed: bool): i32 {
  return keep<u16>(at, end, maxBytes, isParsed);
}

export function find8(at: usize, end: usize): usize {
  return findMarkup<u8>(at, end);
}

export function find16(at: usize, end: usize): usize {
  return findMarkup<u16>(at, end);
}

/** The first byte `c` in [at, end), or `end`: a closing quote of CSV. */
export function byte8(at: usize, end: usize, c: u32): usize {
  return findUnit<u8>(at, end, c);
}

// @ts-ignore: decorator
@inline
function scan<T>(at: usize, end: usize, maxBytes: usize, filter: i32): i32 {
  const w = sizeof<T>();
  let dropped: u32 = 0;
  let p = at;
  let result = GAP;
  beginRepeats();
  for (;;) {
    // White space before a NUL is the start of UTF-16.
    while (p < end && isSpace(unit<T>(p)) && (w == 2 || (p + 1 < end && load<u8>(p + 1) != 0))) p += w;
    if (p + 7 * w > end || !stands<T>(p, EVENT, 6) || !endsName(unit<T>(p + 6 * w))) break;
    const start = p;
    const found = findMarkup<T>(start + 6 * w, end);
    if (found + 8 * w > end) {
      result = UNFINISHED;
      break;
    }
    // Only so far: a search through the whole window for each of many start tags without an end is quadratic.
    const tagEnd = findUnit<T>(start + 6 * w, found, 62);
    // An empty element, a comment, CDATA, another start, or an end tag with white space.
    if (tagEnd >= found || unit<T>(tagEnd - w) == 47 || !stands<T>(found, EVENT_END, 8)) {
      result = IRREGULAR;
      break;
    }
    const eventEnd = found + 8 * w;
    if (eventEnd - start > maxBytes) {
      result = IRREGULAR;
      break;
    }
    if (
      filter == NO_FILTER ||
      (filter == BY_HEADER
        ? mayHold<T>(tagEnd + w, eventEnd)
        : !(w == 1 ? isUnwanted8(start, eventEnd) : isUnwanted16(start, eventEnd)))
    ) {
      const behind = w == 1 ? flood8(start, end, maxBytes) : flood16(start, end, maxBytes);
      if (behind != start) {
        p = behind;
        if (!areRepeatsFull()) continue;
        result = PAUSE;
        break;
      }
      store<u32>(OUT + 4, <u32>start);
      store<u32>(OUT + 8, <u32>eventEnd);
      p = eventEnd;
      result = CANDIDATE;
      break;
    }
    dropped += 1;
    p = eventEnd;
  }
  store<u32>(OUT, <u32>p);
  store<u32>(OUT + 12, dropped);
  return result;
}

/**
 * Scans on behind each candidate, and moves the candidates together: from `at` to what is stored at OUT + 4 they stand one
 * behind the other, in runs between which events were dropped. Stored are at OUT where it stopped, at OUT + 8 how many runs
 * there are, at OUT + 12 how many events were dropped, at RUNS where each run stood and its length in bytes. Gives what the
 * scan stopped at, or PAUSE when there is no room for more runs.
 */
// @ts-ignore: decorator
@inline
function keep<T>(at: usize, end: usize, maxBytes: usize, isParsed: bool): i32 {
  let from = at;
  let to = at;
  let dropped: u32 = 0;
  let runs: u32 = 0;
  /** The run at hand; while it has no bytes there is none. */
  let run = at;
  let runEnd = at;
  let result: i32;
  for (;;) {
    if (sizeof<T>() == 1) result = isParsed ? sweep8(from, end, maxBytes) : scan8(from, end, maxBytes);
    else result = isParsed ? sweep16(from, end, maxBytes) : scan16(from, end, maxBytes);
    from = load<u32>(OUT);
    const passed = load<u32>(OUT + 12);
    dropped += passed;
    if (passed > 0 || result != CANDIDATE) {
      if (runEnd > run) {
        const length = runEnd - run;
        memory.copy(to, run, length);
        store<u32>(RUNS + <usize>runs * 8, <u32>run);
        store<u32>(RUNS + <usize>runs * 8 + 4, <u32>length);
        to += length;
        runs += 1;
        run = runEnd;
      }
      if (result != CANDIDATE) break;
    }
    if (runEnd == run) {
      run = load<u32>(OUT + 4);
      // The event is scanned once more.
      if (runs == MOST_RUNS) {
        from = run;
        runEnd = run;
        result = PAUSE;
        break;
      }
    }
    runEnd = from;
  }
  store<u32>(OUT, <u32>from);
  store<u32>(OUT + 4, <u32>to);
  store<u32>(OUT + 8, runs);
  store<u32>(OUT + 12, dropped);
  return result;
}

/**
 * The first `<` in [at, end) of `<!`, `<Event` or `</Event`, names ending there; `end` when there is none. Those too
 * near the end to be seen whole count as found. Two loads a vector: a `!`, or an `E` with no letter five units on, is
 * rare enough that what else must hold is looked at one by one. (A third load, for the `t`, cost more than it saved.)
 */
// @ts-ignore: decorator
@inline
function findMarkup<T>(at: usize, end: usize): usize {
  const w = sizeof<T>();
  let p = at;
  while (p < end) {
    const m0 = anchors<T>(p);
    const m1 = anchors<T>(p + 16);
    const m2 = anchors<T>(p + 32);
    const m3 = anchors<T>(p + 48);
    if (v128.any_true(v128.or(v128.or(m0, m1), v128.or(m2, m3)))) {
      const lanes: u64 = 16 / <u64>w;
      let mask = <u64>v128.bitmask<T>(m0) | (<u64>v128.bitmask<T>(m1) << lanes) | (<u64>v128.bitmask<T>(m2) << (lanes * 2)) | (<u64>v128.bitmask<T>(m3) << (lanes * 3));
      do {
        const anchor = p + <usize>ctz(mask) * w;
        if (anchor >= end) break;
        const before = anchor - w;
        if (before >= at) {
          const isBang = unit<T>(anchor) == 33;
          if (unit<T>(before) == 60) {
            if (isBang || anchor + 6 * w > end || isEventName<T>(anchor)) return before;
          } else if (unit<T>(before) == 47 && before > at && unit<T>(before - w) == 60) {
            if (!isBang && (anchor + 6 * w > end || isEventName<T>(anchor))) return before - w;
          }
        }
        mask &= mask - 1;
      } while (mask != 0);
    }
    p += 64;
  }
  // An anchor that is not here yet shows only by the "<" before it.
  let tail = end - at > 7 * w ? end - 7 * w : at;
  for (; tail < end; tail += w) if (unit<T>(tail) == 60) return tail;
  return end;
}

/** A `!`, or an `E` with something below `A` five units on; signed, beyond ASCII counts as below. */
// @ts-ignore: decorator
@inline
function anchors<T>(p: usize): v128 {
  const here = v128.load(p);
  const past = v128.load(p + 5 * sizeof<T>());
  const isNoLetter = sizeof<T>() == 1 ? v128.gt<i8>(v128.splat<i8>(65), past) : v128.gt<i16>(v128.splat<i16>(65), past);
  return v128.or(v128.eq<T>(here, v128.splat<T>(33)), v128.and(v128.eq<T>(here, v128.splat<T>(69)), isNoLetter));
}

/** `Event`, of which the vectors saw the `E`. */
// @ts-ignore: decorator
@inline
function isEventName<T>(at: usize): bool {
  const w = sizeof<T>();
  if (w == 1) return load<u32>(at + 1) == 0x746e6576;
  return load<u64>(at + 2) == 0x0074_006e_0065_0076;
}

/** The twin of `Wanted.mayHold`: the header of an event whose start tag ends before `at`. */
function mayHold<T>(at: usize, end: usize): bool {
  const w = sizeof<T>();
  let p = pastSpace<T>(at, end);
  if (p + 8 * w > end || !stands<T>(p, SYSTEM, 8)) return true;
  p = pastSpace<T>(p + 8 * w, end);
  if (p + 10 * w > end || !stands<T>(p, PROVIDER, 9) || !isSpace(unit<T>(p + 9 * w))) return true;
  p = pastSpace<T>(p + 9 * w, end);
  if (p + 6 * w > end || !stands<T>(p, NAME, 5)) return true;
  const quote = unit<T>(p + 5 * w);
  if (quote != 39 && quote != 34) return true;
  const name = p + 6 * w;
  const limit = min<usize>(end, name + 256 * w);
  const nameEnd = findUnit<T>(name, limit, quote);
  if (nameEnd >= limit) return true;
  if (!isPlainName<T>(name, nameEnd)) return true;
  const entry = entryOf<T>(name, (nameEnd - name) / w);
  if (entry == 0) return false;
  if (idsOf(entry) == ANY) return true;
  p = findUnit<T>(nameEnd + w, end, 62) + w;
  if (p > end) return true;
  const isClosed = unit<T>(p - 2 * w) == 47;
  p = pastSpace<T>(p, end);
  if (!isClosed) {
    if (p + 11 * w > end || !stands<T>(p, PROVIDER_END, 11)) return true;
    p = pastSpace<T>(p + 11 * w, end);
  }
  if (p + 9 * w > end || !stands<T>(p, EVENT_ID, 8) || !endsName(unit<T>(p + 8 * w))) return true;
  p = findUnit<T>(p + 8 * w, end, 62) + w;
  if (p > end || unit<T>(p - 2 * w) == 47) return true;
  let eventId: u32 = 0;
  const digits = p;
  while (p < end && p < digits + 5 * w && unit<T>(p) >= 48 && unit<T>(p) <= 57) {
    eventId = eventId * 10 + unit<T>(p) - 48;
    p += w;
  }
  if (p == digits || p + 2 * w > end || unit<T>(p) != 60 || unit<T>(p + w) != 47 || eventId > 0xffff) return true;
  return holdsId(entry, eventId);
}

/** Printable ASCII without `&` and `<`: a name that stands for itself. */
// @ts-ignore: decorator
@inline
function isPlainName<T>(from: usize, to: usize): bool {
  for (let p = from; p < to; p += 16) {
    const units = v128.load(p);
    const odd = v128.or(
      v128.or(v128.lt<T>(units, v128.splat<T>(32)), v128.gt<T>(units, v128.splat<T>(126))),
      v128.or(v128.eq<T>(units, v128.splat<T>(38)), v128.eq<T>(units, v128.splat<T>(60))),
    );
    const mask = v128.bitmask<T>(odd);
    if (mask != 0 && p + <usize>ctz(mask) * sizeof<T>() < to) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function pastSpace<T>(at: usize, end: usize): usize {
  return at < end && isSpace(unit<T>(at)) ? pastSpaces<T>(at, end) : at;
}

function pastSpaces<T>(at: usize, end: usize): usize {
  let p = at;
  while (p < end && isSpace(unit<T>(p))) p += sizeof<T>();
  return p;
}

export { rows8 } from './csv-rows';
export { count8 } from './units';
export { mayHold8, quietLines8 } from './json-lines';
export { floodJson8, keepTexts8 } from './json-flood';
export { forgetContents } from './event-content';
export { match8, resolve8 } from './json-shapes';
export { slotOf as slot8 } from './value-cache';
export { long8 } from './long-texts';
export { hashOf as hash8, parse8, parse16, reparse8, reparse16 } from './event-parse';
export { isUtf8 } from './utf8';

/** Forgets what was learnt of earlier inputs, which this one may lay out or encode otherwise. */
export function clearCache(): void {
  clearValues();
  forgetShapes();
  forgetContents();
}

/** Where the module's own constants end; they must not reach into what layout.ts lays out. */
export function constantsEnd(): usize {
  return __heap_base;
}
