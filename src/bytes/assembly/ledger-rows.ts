// Loops over a ledger's rows: counts them, puts them pair after pair, and tells the episodes of a pair. Called by
// ../../correlate/fast-rows.ts, which names the same places.

/** Of a pair: failures, recoveries, context, those of each basis, episodes, and the runs of its first and last failures. */
const FACTS: usize = 4096;
const FAILURES: usize = FACTS;
const RECOVERIES: usize = FACTS + 4;
const CONTEXTS: usize = FACTS + 8;
const BASES: usize = FACTS + 12; // three
const EPISODES: usize = FACTS + 24;
const FIRST_RUN: usize = FACTS + 28; // from and to
const LAST_RUN: usize = FACTS + 36;

/** Of all blocks: rows that are events with identity, failures without time, failures without identity. */
const TALLY: usize = 4160;
const IDENTIFIED: usize = TALLY;
const WITHOUT_TIME: usize = TALLY + 4;
const IN_DOUBT: usize = TALLY + 8;

/** Of all rows put: how many belong behind the row before, and how many in front of it; those of one instant in both. */
const RISING: usize = 4176;
const FALLING: usize = 4180;

/** The columns of episodes, one more than are kept: for the latest. */
const PLACES: u32 = 1001;
const FIRST_MS: usize = 8192;
const LAST_MS: usize = FIRST_MS + 8 * PLACES;
const FIRST_CLOCKS: usize = LAST_MS + 8 * PLACES;
const LAST_CLOCKS: usize = FIRST_CLOCKS + 4 * PLACES;
const COUNTS: usize = LAST_CLOCKS + 4 * PLACES; // to 36,220

/** How the rows of a block stand beside others, a byte each. */
const STANDING: usize = 36_864;
/** Rows as ../../correlate/row-store.ts lays them out: the one before the block, the block's, the one behind it. */
const BLOCK_ROWS: usize = 8192;
const ROW_BYTES: usize = 40;
const BEFORE: usize = STANDING + BLOCK_ROWS;
const ROWS: usize = BEFORE + ROW_BYTES;
// Past the row behind, at 372,816, lie the tables that the caller makes.

// @ts-ignore: decorator
@inline
function epochMsOf(row: usize): f64 {
  return load<f64>(row);
}

// @ts-ignore: decorator
@inline
function offsetOf(row: usize): f64 {
  return load<f64>(row, 8);
}

// @ts-ignore: decorator
@inline
function clockOf(row: usize): u32 {
  return load<u32>(row, 16);
}

// @ts-ignore: decorator
@inline
function contributionOf(row: usize): u32 {
  return load<u32>(row, 20);
}

// @ts-ignore: decorator
@inline
function inputOf(row: usize): u32 {
  return load<u32>(row, 28);
}

const CLOCK_BITS: u32 = (1 << 26) - 1;
const DROPPED: u32 = 1 << 28;
const HAS_IDENTITY: u32 = 1 << 29;
const HAS_SIBLING: u32 = 1 << 30;

/** Counts the rows of the block by what they say, in `counts`; those that were taken out nowhere. */
export function count(length: u32, counts: usize): void {
  for (let row = ROWS, end = ROWS + length * ROW_BYTES; row < end; row += ROW_BYTES) {
    if ((clockOf(row) & DROPPED) != 0) continue;
    const at = counts + ((<usize>contributionOf(row)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

// How a row may stand beside others, as in ../../correlate/row-blocks.ts.
const TAKEN_OUT: u8 = 0;
const LONE: u8 = 1;
const BESIDE_OTHERS: u8 = 2;
const UNPROVED: u8 = 3;
const UNPROVED_BESIDE_OTHERS: u8 = 4;

/**
 * Counts the rows of the block as `count` does, and adds to `TALLY` and `failuresByInput` those that stand alone of their
 * events. `isFailure` has a byte for each contribution. `hasBefore` and `hasBehind` say whether there are rows around the
 * block. Gives how many rows stand beside others; how each stands is at `STANDING`.
 */
export function tally(
  length: u32,
  hasBefore: bool,
  hasBehind: bool,
  isFailure: usize,
  counts: usize,
  failuresByInput: usize,
): u32 {
  let identified: u32 = 0;
  let withoutTime: u32 = 0;
  let inDoubt: u32 = 0;
  let beside: u32 = 0;
  let isAgain = hasBefore && isOneEvent(BEFORE, ROWS);
  for (let at: u32 = 0; at < length; at++) {
    const row = ROWS + at * ROW_BYTES;
    const clock = clockOf(row);
    let stands = (clock & HAS_SIBLING) == 0 ? LONE : BESIDE_OTHERS;
    const wasAgain = isAgain;
    isAgain = false;
    if ((clock & DROPPED) != 0) {
      store<u8>(STANDING + at, TAKEN_OUT);
      continue;
    }
    if ((clock & HAS_IDENTITY) == 0) {
      // Without identity, what several definitions made of one event stands row after row.
      isAgain = (at + 1 < length || hasBehind) && isOneEvent(row, row + ROW_BYTES);
      stands = wasAgain || isAgain ? UNPROVED_BESIDE_OTHERS : UNPROVED;
    }
    store<u8>(STANDING + at, stands);
    const contribution = <usize>contributionOf(row);
    const failure = <u32>load<u8>(isFailure + contribution);
    const counted = counts + (contribution << 2);
    store<u32>(counted, load<u32>(counted) + 1);
    if (isNaN(epochMsOf(row))) withoutTime += failure;
    if (stands >= UNPROVED) inDoubt += failure;
    if (stands == BESIDE_OTHERS || stands == UNPROVED_BESIDE_OTHERS) {
      beside += 1;
      continue;
    }
    const input = failuresByInput + ((<usize>inputOf(row)) << 2);
    store<u32>(input, load<u32>(input) + failure);
    if (stands == LONE) identified += 1;
  }
  store<u32>(IDENTIFIED, load<u32>(IDENTIFIED) + identified);
  store<u32>(WITHOUT_TIME, load<u32>(WITHOUT_TIME) + withoutTime);
  store<u32>(IN_DOUBT, load<u32>(IN_DOUBT) + inDoubt);
  return beside;
}

function isOneEvent(one: usize, other: usize): bool {
  return (
    ((clockOf(one) | clockOf(other)) & (HAS_IDENTITY | DROPPED)) == 0 &&
    offsetOf(one) == offsetOf(other) &&
    inputOf(one) == inputOf(other)
  );
}

/**
 * Puts the seconds of the block's failures, doubled and with 1 more where they have no identity, in `keys`; `failures` has by
 * contribution how many there are, `next` where the next one goes.
 */
export function putSeconds(length: u32, failures: usize, next: usize, keys: usize): void {
  for (let row = ROWS, end = ROWS + length * ROW_BYTES; row < end; row += ROW_BYTES) {
    if ((clockOf(row) & DROPPED) != 0) continue;
    const contribution = <usize>contributionOf(row) << 2;
    if (load<u32>(failures + contribution) == 0) continue;
    const place = <usize>load<u32>(next + contribution);
    store<u32>(next + contribution, place + 1);
    const ms = epochMsOf(row);
    const second = isNaN(ms) ? NO_SECOND : Math.floor(ms / 1000);
    store<f64>(keys + (place << 3), second * 2 + ((clockOf(row) & HAS_IDENTITY) == 0 ? 1 : 0));
  }
}

/** Past any that a time in milliseconds may have. */
const NO_SECOND: f64 = 1_125_899_906_842_624;

/**
 * How many of the failures at [from, to) of `keys`, which say the same, may be copies: of those of one second all that have no
 * identity, but one where none has. -1 where they are not in order.
 */
export function countCopies(from: u32, to: u32, keys: usize): i32 {
  let copies: i32 = 0;
  let last: f64 = -Infinity;
  let at = keys + ((<usize>from) << 3);
  for (const end = keys + ((<usize>to) << 3); at < end; ) {
    const start = at;
    const second = Math.floor(load<f64>(at) / 2);
    let unproved: i32 = 0;
    for (; at < end; at += 8) {
      const key = load<f64>(at);
      if (key < last) return -1;
      if (Math.floor(key / 2) != second) break;
      if (key != second * 2) unproved += 1;
      last = key;
    }
    copies += unproved == <i32>((at - start) >> 3) ? unproved - 1 : unproved;
  }
  return copies;
}

/**
 * Puts the rows of the block, which stand from `from` on in the ledger, where they belong: `rankOf` has by contribution the
 * rank of its pair plus 1, or 0; `kinds` its kind; `next` by rank where its next row goes in `rows`, `times` and `marks`.
 */
export function put(
  length: u32,
  from: u32,
  rankOf: usize,
  kinds: usize,
  next: usize,
  rows: usize,
  times: usize,
  marks: usize,
): void {
  let lastMs = putMs;
  let lastRest = putRest;
  let rising = load<u32>(RISING);
  let falling = load<u32>(FALLING);
  for (let at: u32 = 0; at < length; at++) {
    const row = ROWS + at * ROW_BYTES;
    if ((clockOf(row) & DROPPED) != 0) continue;
    const contribution = <usize>contributionOf(row);
    const rank = load<u32>(rankOf + (contribution << 2));
    if (rank == 0) continue;
    const ms = epochMsOf(row);
    const clock = clockOf(row) & CLOCK_BITS;
    const kind = <u32>load<u8>(kinds + contribution);
    const nextOfRank = next + ((<usize>rank - 1) << 2);
    const place = <usize>load<u32>(nextOfRank);
    store<u32>(nextOfRank, place + 1);
    store<u32>(rows + (place << 2), from + at);
    store<f64>(times + (place << 3), ms);
    store<u32>(marks + (place << 2), clock | (kind << KIND_SHIFT));
    // Nothing is said of the first, and of one without time.
    const rest = nanosOf(clock) * KINDS + kind;
    if (ms > lastMs || (ms == lastMs && rest >= lastRest)) rising += 1;
    if (ms < lastMs || (ms == lastMs && rest <= lastRest)) falling += 1;
    lastMs = ms;
    lastRest = rest;
  }
  putMs = lastMs;
  putRest = lastRest;
  store<u32>(RISING, rising);
  store<u32>(FALLING, falling);
}

/** Of the row that was put last. */
let putMs: f64 = NaN;
let putRest: u32 = 0;

const KIND_SHIFT: u32 = 26;
/** As many as `ROW_KINDS` of ../../correlate/outlines.ts names, of which these are the first. */
const KINDS: u32 = 5;
const FAILURE: u32 = 0;
const RECOVERY: u32 = 1;

/** What the rows of a pair, which stand in [from, to) of `times` and `marks`, say about time: see `FACTS`. */
export function tell(from: u32, to: u32, times: usize, marks: usize, gapMs: f64): void {
  memory.fill(FACTS, 0, LAST_RUN + 8 - FACTS);
  let isOpen = false;
  for (let place = from; place < to; place++) {
    const ms = load<f64>(times + ((<usize>place) << 3));
    const mark = load<u32>(marks + ((<usize>place) << 2));
    const kind = mark >> KIND_SHIFT;
    if (kind == FAILURE) {
      const clock = mark & CLOCK_BITS;
      witness(place, ms, nanosOf(clock), times, marks);
      add(FAILURES);
      if (isNaN(ms)) continue;
      add(BASES + (((clock >> 24) & 3) << 2));
      isOpen = addToEpisode(ms, clock, isOpen, gapMs);
    } else if (kind == RECOVERY) {
      add(RECOVERIES);
      if (!isNaN(ms)) isOpen = false;
    } else {
      add(CONTEXTS);
    }
  }
}

/**
 * The failures of the first instant and of the last stand together, since rows come in the order of time and those without
 * any are the last, which only count where no other does.
 */
function witness(place: u32, ms: f64, nanos: u32, times: usize, marks: usize): void {
  if (load<u32>(FAILURES) == 0) {
    setRun(FIRST_RUN, place);
    setRun(LAST_RUN, place);
    return;
  }
  if (isOfRun(FIRST_RUN, ms, nanos, times, marks)) store<u32>(FIRST_RUN, place + 1, 4);
  if (isOfRun(LAST_RUN, ms, nanos, times, marks)) store<u32>(LAST_RUN, place + 1, 4);
  else if (!isNaN(ms)) setRun(LAST_RUN, place);
}

function setRun(run: usize, place: u32): void {
  store<u32>(run, place);
  store<u32>(run, place + 1, 4);
}

function isOfRun(run: usize, ms: f64, nanos: u32, times: usize, marks: usize): bool {
  const place = <usize>load<u32>(run);
  const other = load<f64>(times + (place << 3));
  if (ms != other && !(isNaN(ms) && isNaN(other))) return false;
  return nanosOf(load<u32>(marks + (place << 2))) == nanos;
}

/**
 * An episode is a maximal run of failures in which no two neighbours lie further apart than the gap, and after none of which
 * (but the last) a recovery came before the next. Its ends are told by the failure of that instant that tells it best.
 */
function addToEpisode(ms: f64, clock: u32, isOpen: bool, gapMs: f64): bool {
  const total = load<u32>(EPISODES);
  if (total > 0) {
    const latest = <usize>min(total, PLACES) - 1;
    const lastMs = load<f64>(LAST_MS + (latest << 3));
    const lastClock = load<u32>(LAST_CLOCKS + (latest << 2));
    if (lastMs == ms && nanosOf(lastClock) == nanosOf(clock)) {
      // A recovery of this instant stands after all its failures, so the episode is still open.
      add(COUNTS + (latest << 2));
      if (isClearer(clock, lastClock)) {
        const firstClock = load<u32>(FIRST_CLOCKS + (latest << 2));
        const isOneInstant = load<f64>(FIRST_MS + (latest << 3)) == ms && nanosOf(firstClock) == nanosOf(clock);
        if (isOneInstant) store<u32>(FIRST_CLOCKS + (latest << 2), clock);
        store<u32>(LAST_CLOCKS + (latest << 2), clock);
      }
      return isOpen;
    }
    const since = ms - lastMs;
    if (isOpen && (since < gapMs || (since == gapMs && nanosOf(clock) <= nanosOf(lastClock)))) {
      store<f64>(LAST_MS + (latest << 3), ms);
      store<u32>(LAST_CLOCKS + (latest << 2), clock);
      add(COUNTS + (latest << 2));
      return true;
    }
  }
  store<u32>(EPISODES, total + 1);
  const place = <usize>min(total + 1, PLACES) - 1;
  store<f64>(FIRST_MS + (place << 3), ms);
  store<u32>(FIRST_CLOCKS + (place << 2), clock);
  store<f64>(LAST_MS + (place << 3), ms);
  store<u32>(LAST_CLOCKS + (place << 2), clock);
  store<u32>(COUNTS + (place << 2), 1);
  return true;
}

// @ts-ignore: decorator
@inline
function add(counter: usize): void {
  store<u32>(counter, load<u32>(counter) + 1);
}

// A clock is laid out as `packClock` of ../../time/clock.ts does.
// @ts-ignore: decorator
@inline
function nanosOf(clock: u32): u32 {
  return clock & 0xfffff;
}

/** As `compareClarity`: with more digits, then with a better known zone. */
function isClearer(clock: u32, other: u32): bool {
  const digits = (clock >> 20) & 15;
  const digitsOfOther = (other >> 20) & 15;
  return digits > digitsOfOther || (digits == digitsOfOther && clock >> 24 < other >> 24);
}

/** Where the module's own constants end; they must not reach into the rest. */
export function constantsEnd(): usize {
  return __heap_base;
}
