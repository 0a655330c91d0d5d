// Interns tuples of 32-bit numbers: equal tuples get one id, counted from 0. Called by ../../correlate/fast-tuples.ts, which
// names the same places. Memory grows as there are more tuples; when there is none left, no further tuple gets an id.

/** Tuples that are asked for, one behind the other, and the ids that they get. */
const INPUT: usize = 4096;
const INPUT_BYTES: usize = 262_144;
const IDS: usize = INPUT + INPUT_BYTES;
const MOST_TUPLES: usize = 4096;
/** By 65,536 ids: where the addresses of their tuples stand, as numbers of words. */
const DIRECTORY: usize = IDS + MOST_TUPLES * 4;
const MOST_CHUNKS: u32 = 8192;
const BASE: usize = DIRECTORY + <usize>MOST_CHUNKS * 4; // 315,392

/** Of a tuple that is not here and finds no room. */
const NONE: u32 = u32.MAX_VALUE;

// A tuple: its id, its length, its words.
const LENGTH: usize = 4;
const HEAD: usize = 8;
// A slot: the tuple's address, 0 if it is free, and its hash. A tuple is looked at only where the hashes are equal.
const SLOT: usize = 8;
const FIRST_SLOTS: usize = 16_384;

const CHUNK: usize = 262_144;
const CHUNK_IDS: u32 = 65_536;
const PAGE: u64 = 65_536;
/** Memory that nobody has touched costs nothing. */
const MORE_PAGES: i32 = 64;
const MOST_PAGES: u64 = 65_535;

/** Of so many tuples all that is loaded ahead stays in the first cache. */
const BATCH: u32 = 128;
const HASHES: usize = memory.data(512, 8);
const FOUND: usize = memory.data(512, 8);

// Addresses come near 2^32: what is left is compared, since a sum may go round.
let size: u32 = 0;
let full: bool = false;
let top: usize = BASE;
let table: usize = 0;
let slots: usize = 0;
/** Where the next tuple goes, and up to where; then what a smaller table has left. */
let next: usize = 0;
let limit: usize = 0;
let spare: usize = 0;
let spareLimit: usize = 0;
let loaded: u32 = 0;

export function isFull(): bool {
  return full;
}

/** Gives `count` tuples of `length` words at INPUT their ids, at IDS; @returns how many tuples there are. */
export function intern(length: usize, count: u32): u32 {
  const bytes = length << 2;
  for (let from: u32 = 0; from < count; from += BATCH) {
    const batch = min(count - from, BATCH);
    while (!full && <usize>(size + batch) * 4 > slots * 3) full = !enlarge();
    if (slots == 0) break;
    const tuples = INPUT + <usize>from * bytes;
    loadAhead(tuples, length, batch);
    for (let at: u32 = 0; at < batch; at++) {
      const id = idOf(load<u32>(HASHES + (<usize>at << 2)), tuples + <usize>at * bytes, length);
      store<u32>(IDS + (<usize>(from + at) << 2), id);
    }
  }
  if (slots == 0) memory.fill(IDS, 0xff, <usize>count * 4); // NONE
  return size;
}

/** Puts the word at place `at` of each of `count` tuples from `first` on to INPUT. */
export function column(at: usize, first: u32, count: u32): void {
  for (let k: u32 = 0; k < count; k++) {
    const tuple = <usize>load<u32>(placeOf(first + k)) << 2;
    store<u32>(INPUT + (<usize>k << 2), load<u32>(tuple + HEAD + (at << 2)));
  }
}

/**
 * Hashes the tuples, and loads the slots and tuples that the look for each begins with: in loops so short many loads are
 * under way, where each look would wait for two.
 */
// @ts-ignore: decorator
@inline
function loadAhead(tuples: usize, length: usize, count: u32): void {
  const bytes = length << 2;
  for (let at: usize = 0; at < <usize>count; at++) {
    store<u32>(HASHES + (at << 2), hashOf(tuples + at * bytes, length));
  }
  for (let at: usize = 0; at < <usize>count; at++) {
    const hash = load<u32>(HASHES + (at << 2));
    const slot = load<u64>(table + firstSlot(hash));
    store<u32>(FOUND + (at << 2), <u32>(slot >> 32) == hash ? <u32>slot : 0);
  }
  let sum: u32 = 0;
  for (let at: usize = 0; at < <usize>count; at++) {
    const tuple = <usize>load<u32>(FOUND + (at << 2));
    // A tuple of some words lies in two lines of the cache as a rule. One of the same hash may be shorter, and the last.
    if (tuple != 0) sum ^= load<u32>(tuple) ^ load<u32>(min(tuple + HEAD + bytes, top) - 4);
  }
  // Kept, since a compiler leaves out loads of which nothing comes.
  loaded = sum;
}

// @ts-ignore: decorator
@inline
function idOf(hash: u32, words: usize, length: usize): u32 {
  let at = firstSlot(hash);
  for (; ; at = (at + SLOT) & (slots * SLOT - 1)) {
    const slot = load<u64>(table + at);
    const tuple = <usize>(<u32>slot);
    if (tuple == 0) break;
    if (<u32>(slot >> 32) != hash || <usize>load<u32>(tuple, LENGTH) != length) continue;
    if (areSame(tuple + HEAD, words, length)) return load<u32>(tuple);
  }
  const tuple: usize = full ? 0 : add(words, length);
  if (tuple == 0) return NONE;
  store<u64>(table + at, <u64>tuple | (<u64>hash << 32));
  return size - 1;
}

/** Adds a tuple with the next id; @returns its address, 0 when there is no room. */
function add(words: usize, length: usize): usize {
  const bytes = HEAD + (length << 2);
  if ((size & (CHUNK_IDS - 1)) == 0 && !addChunk()) return 0;
  if (bytes > limit - next && !addRoom(bytes)) return 0;
  const tuple = next;
  next += bytes;
  store<u32>(tuple, size);
  store<u32>(tuple, <u32>length, LENGTH);
  copy(tuple + HEAD, words, length);
  store<u32>(placeOf(size), <u32>(tuple >> 2));
  size += 1;
  return tuple;
}

/** Where the address of a tuple stands. */
// @ts-ignore: decorator
@inline
function placeOf(id: u32): usize {
  const chunk = <usize>load<u32>(DIRECTORY + (<usize>(id / CHUNK_IDS) << 2));
  return (chunk + <usize>(id & (CHUNK_IDS - 1))) << 2;
}

/** Room for the addresses of more tuples. */
function addChunk(): bool {
  const chunk = size / CHUNK_IDS;
  const at = chunk < MOST_CHUNKS ? reserve(<usize>CHUNK_IDS * 4) : 0;
  full = at == 0;
  if (!full) store<u32>(DIRECTORY + (<usize>chunk << 2), <u32>(at >> 2));
  return !full;
}

/** Room for more tuples. */
function addRoom(bytes: usize): bool {
  if (bytes <= spareLimit - spare) {
    next = spare;
    limit = spareLimit;
    spare = spareLimit;
    return true;
  }
  const room = max(bytes, CHUNK);
  next = reserve(room);
  limit = next == 0 ? 0 : next + room;
  full = next == 0;
  return !full;
}

/** Doubles the table; what the smaller one leaves is for tuples. */
function enlarge(): bool {
  const more = slots == 0 ? FIRST_SLOTS : slots * 2;
  const larger = reserve(more * SLOT);
  if (larger == 0) return false;
  const smaller = table;
  const end = smaller + slots * SLOT;
  table = larger;
  slots = more;
  for (let from = smaller; from < end; from += SLOT) {
    const slot = load<u64>(from);
    if (<u32>slot == 0) continue;
    let at = firstSlot(<u32>(slot >> 32));
    while (load<u32>(larger + at) != 0) at = (at + SLOT) & (more * SLOT - 1);
    store<u64>(larger + at, slot);
  }
  spare = smaller;
  spareLimit = end;
  return true;
}

/** Bytes that were never written to; 0 when there is no memory. */
function reserve(bytes: usize): usize {
  const at = top;
  const pages = (<u64>at + <u64>bytes + PAGE - 1) / PAGE;
  if (pages > MOST_PAGES) return 0;
  const missing = <i32>pages - memory.size();
  if (missing > 0 && memory.grow(max(missing, MORE_PAGES)) < 0 && memory.grow(missing) < 0) return 0;
  top = at + bytes;
  return at;
}

// @ts-ignore: decorator
@inline
function firstSlot(hash: u32): usize {
  return (<usize>hash & (slots - 1)) * SLOT;
}

// @ts-ignore: decorator
@inline
function hashOf(words: usize, length: usize): u32 {
  const factor: u64 = 0x9e3779b97f4a7c15;
  let a: u64 = <u64>length * factor;
  let b: u64 = factor;
  const end = words + (length << 2);
  let p = words;
  for (; p + 16 <= end; p += 16) {
    a = (rotl<u64>(a, 29) ^ load<u64>(p)) * factor;
    b = (rotl<u64>(b, 29) ^ load<u64>(p, 8)) * factor;
  }
  for (; p < end; p += 4) a = (rotl<u64>(a, 29) ^ <u64>load<u32>(p)) * factor;
  return <u32>(((a ^ rotl<u64>(b, 31)) * factor) >> 32);
}

// @ts-ignore: decorator
@inline
function areSame(one: usize, other: usize, length: usize): bool {
  let k: usize = 0;
  for (; k + 4 <= length; k += 4) {
    if (v128.any_true(v128.xor(v128.load(one + (k << 2)), v128.load(other + (k << 2))))) return false;
  }
  for (; k < length; k++) if (load<u32>(one + (k << 2)) != load<u32>(other + (k << 2))) return false;
  return true;
}

// @ts-ignore: decorator
@inline
function copy(to: usize, from: usize, length: usize): void {
  let k: usize = 0;
  for (; k + 4 <= length; k += 4) v128.store(to + (k << 2), v128.load(from + (k << 2)));
  for (; k < length; k++) store<u32>(to + (k << 2), load<u32>(from + (k << 2)));
}
