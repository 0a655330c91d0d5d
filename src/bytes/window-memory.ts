import type { NumberedTexts } from '../model/index.js';
import { type GrowableMemory, plainMemory } from './byte-window.js';
import { EVENT_SCAN_WASM } from './generated/event-scan.js';
import { compileOnce, hasSimd, PAGE_BYTES, WebAssembly } from './web-assembly.js';

/**
 * Memory for a window that a WebAssembly search reads in place, where the machine has SIMD; else plain memory, in which
 * readers search with `Buffer.indexOf`. Either gives the same answers.
 */
export function createWindowMemory(): GrowableMemory {
  return hasSimd() ? new WasmMemory(spare.pop()) : plainMemory();
}

/**
 * Gives back a memory that nobody will use any more, for the next one to stand on: to map 10 MB and to compile for them
 * takes longer than to read a small export.
 */
export function giveBackWindowMemory(memory: GrowableMemory): void {
  if (!(memory instanceof WasmMemory)) return;
  const ground = memory.leave();
  if (spare.length < MOST_SPARE && ground.memory.buffer.byteLength <= MOST_SPARE_BYTES) spare.push(ground);
}

/** Calls `use` with a memory: the one that is given, or one of its own, which is given back behind it. */
export async function withWindowMemory<Result>(
  given: GrowableMemory | undefined,
  use: (memory: GrowableMemory) => Promise<Result>,
): Promise<Result> {
  if (given !== undefined) return use(given);
  const memory = createWindowMemory();
  try {
    return await use(memory);
  } finally {
    giveBackWindowMemory(memory);
  }
}

/** What a memory stands on: it can be stood on again, and holds what was put into the caches of texts. */
interface Ground {
  readonly memory: InstanceType<typeof WebAssembly.Memory>;
  /** Compiled at the first need: not every form is searched. */
  scan: EventScan | undefined;
  readonly longTexts: string[];
  readonly values: string[];
  readonly versions: Uint32Array;
}

/** Grounds that were given back. */
const spare: Ground[] = [];
const MOST_SPARE = 2;
const MOST_SPARE_BYTES = 16 << 20;

function newGround(): Ground {
  return {
    memory: new WebAssembly.Memory({ initial: INITIAL_PAGES }),
    scan: undefined,
    longTexts: [],
    values: new Array<string>(CACHE_SLOTS).fill(''),
    versions: new Uint32Array(CACHE_SLOTS + 1).fill(1),
  };
}

/** A WebAssembly memory with the functions of `assembly/event-scan.ts` bound to it. Addresses are indices of its bytes. */
export class WasmMemory implements GrowableMemory {
  readonly base = BASE;
  /** Who has learnt something here sees by it whether that still stands. */
  timesForgotten = 0;
  #ground: Ground | undefined;
  /** Of the long texts kept in this memory, the strings. */
  readonly longTexts: string[];
  /** Of the values in the cache, the strings: by slot, of whoever cleared the cache last. */
  readonly values: string[];
  /** The same by their numbers, which are their slots; the one behind these is that of the empty text. */
  readonly texts: NumberedTexts;

  constructor(ground: Ground = newGround()) {
    this.#ground = ground;
    const { values, versions, longTexts } = ground;
    this.longTexts = longTexts;
    this.values = values;
    this.texts = {
      count: CACHE_SLOTS + 1,
      versions,
      text: number => (number === CACHE_SLOTS ? '' : values[number]!),
    };
  }

  get scan(): EventScan {
    const ground = this.#stoodOn();
    // With SIMD there is a module; its source declares what it exports.
    ground.scan ??= new WebAssembly.Instance(eventScanModule()!, { env: { memory: ground.memory } })
      .exports as unknown as EventScan;
    return ground.scan;
  }

  /** Forgets what was learnt of earlier inputs, which the next may lay out or encode otherwise. */
  forget(): void {
    this.scan.clearCache();
    this.timesForgotten += 1;
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#stoodOn().memory.buffer);
  }

  grow(length: number): void {
    const { memory } = this.#stoodOn();
    const missing = length - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  }

  /** Lets go of what it stands on; it is of no use from then on. */
  leave(): Ground {
    const ground = this.#stoodOn();
    this.#ground = undefined;
    return ground;
  }

  #stoodOn(): Ground {
    if (this.#ground === undefined) throw new Error('this memory was given back');
    return this.#ground;
  }
}

/** The exports of `assembly/event-scan.ts`. */
export interface EventScan {
  /**
   * Frames from an event's start on; gives 0 between events, 1 at a wanted event, 2 at what it leaves to others, 3 at an
   * event whose end is not here.
   * Those that repeat events whose texts' numbers are marked at `TAKERS` it stores at `REPEATS`; gives 4 when these are
   * full.
   * `frame` drops nothing, `scan` what the header shows nobody wants, `sweep` what the whole event, once parsed, shows.
   */
  frame8: ScanEvents;
  frame16: ScanEvents;
  scan8: ScanEvents;
  scan16: ScanEvents;
  sweep8: ScanEvents;
  sweep16: ScanEvents;
  /**
   * Does as `sweep`, or as `scan`, but goes on behind wanted events: it moves them together to `at`, in runs between which
   * events were dropped. Where the runs stood and how long they are stands at `RUNS`; gives 4 when there is no room for more.
   */
  keep8: KeepEvents;
  keep16: KeepEvents;
  /** The first `<` of what may end, cut off or complicate an event, or `end`. */
  find8(at: number, end: number): number;
  find16(at: number, end: number): number;
  /** The first byte `c` in [at, end), or `end`. */
  byte8(at: number, end: number, c: number): number;
  /** How many bytes `c` stand in [at, end). */
  count8(at: number, end: number, c: number): number;
  /**
   * Parses the framed event at [start, end); gives 1 when it did, 2 when its values are UTF-8 beyond ASCII, 3 when its
   * texts have a number that was given before, 0 when it leaves the event to the strict parser.
   */
  parse8(start: number, end: number): number;
  parse16(start: number, end: number): number;
  /** The same of an event that has a shape, whatever number its texts have; that number stays what it was. */
  reparse8(start: number, end: number): number;
  reparse16(start: number, end: number): number;
  /**
   * Walks rows of CSV from `at` on; gives 0 where the rest is not whole, 1 behind a row that may be wanted, 2 in front
   * of what it leaves to others.
   */
  rows8(at: number, end: number, maxBytes: number, delimiter: number): number;
  /** Whether a needle of those at `SCAN_WANTED` stands in [from, to), or an escape that could hide a part of one. */
  mayHold8(from: number, to: number): number;
  /**
   * Counts lines of JSON from `at` on that end before `end`, as long as each begins with `{"`, has at most `maxBytes` and
   * surely no needle; stores how many at `SCAN_OUT`, gives where it stopped.
   */
  quietLines8(at: number, end: number, maxBytes: number): number;
  /**
   * Compares an event in JSON with the shape at `shape`: 0 when it differs, 1 when it fits, 2 when it fits if it is UTF-8.
   * The values are text references at `PARSED_VALUES`.
   */
  match8(shape: number, from: number, to: number): number;
  /** Gives the values that `asker` asks for their slots in the cache. Each must then be asked for once. */
  resolve8(shape: number, asker: number): void;
  /** The slot of a text in [from, from + length), with `0x10000` if it is new there: then it is to be decoded; or `0x20000`. */
  slot8(from: number, length: number): number;
  /** Keeps the texts of the event that fitted the shape last: their number, below `CONTENT_NUMBERS`, or -1. */
  keepTexts8(shape: number): number;
  /**
   * Reads lines on from `at` as long as they have the shape and hold texts that were kept, at most `MOST_REPEATS`. Stores
   * them at `REPEATS` as `assembly/json-flood.ts` says and gives where it stopped.
   */
  floodJson8(shape: number, at: number, end: number, maxBytes: number, time: number, recordId: number): number;
  /** Forgets the texts that were kept. */
  forgetContents(): void;
  /** A 32-bit hash of the bytes in [from, to). */
  hash8(from: number, to: number): number;
  /**
   * The number, below 512, of the text in [from, to) among the long ones that came before, with `0x10000` if it is
   * new there; -1 when it is not kept.
   */
  long8(from: number, to: number): number;
  /** Forgets the values and the shapes of earlier inputs. */
  clearCache(): void;
  /** Whether the bytes in [from, to) are UTF-8, whole characters. */
  isUtf8(from: number, to: number): number;
  constantsEnd(): number;
}

export type ScanEvents = (at: number, end: number, maxBytes: number) => number;
export type KeepEvents = (at: number, end: number, maxBytes: number, isParsed: boolean) => number;

/** Where the module writes what it found, and where it reads what is wanted: as in `assembly/layout.ts`. */
export const SCAN_OUT = 4096;
export const SCAN_WANTED = 8192;
export const SCAN_WANTED_END = 32_768;

/** What `rows8` is given and finds; the fields are named in `assembly/csv-rows.ts`. */
export const CSV_ROW = 4608;

/** Where `parse8` and `parse16` write; the fields are named in `assembly/event-parse.ts`. */
export const PARSED_EVENT = 4160;
export const PARSED_VALUES = 32_768;
/** How many numbers there are for the texts of events. */
export const CONTENT_NUMBERS = 1024;
/** Where the shapes of JSON events lie, which `match8` compares with; laid out as `assembly/json-shapes.ts` says. */
export const JSON_SHAPES = 598_016;
export const JSON_SHAPES_END = 663_552;
/** Where floods are handed over: see `assembly/event-flood.ts`. */
export const TAKERS = 5_316_608;
export const REPEATS = TAKERS + CONTENT_NUMBERS;
export const MOST_REPEATS = 512;
/** A word for each shape of events, and the numbers of texts: see `assembly/event-flood.ts`. */
export const VARIED = 5_363_008;
export const SHAPE_COUNT = 64;
export const NUMBERS = 7_483_392;
/** Runs of events that were kept, two 32-bit numbers each: in the place of the numbers of repeats. */
export const RUNS = 7_483_392;
export const MOST_RUNS = 4096;
/** How many values the cache holds, and how many bytes one may have. */
export const CACHE_SLOTS = 16_384;
export const LONGEST_CACHED = 120;
/** Where its slots stand: see `assembly/value-cache.ts`; and those whose texts came with repeats, 16 bits each. */
export const CACHE = 7_516_160;
export const CACHE_SLOT_BYTES = 128;
export const NEW_TEXTS = 9_613_312;
/** A longer text is not kept. */
export const LONGEST_KEPT = 4096;

/** Where input bytes begin: past all that `assembly/layout.ts` lays out. */
export const BASE = 9_646_080;
const INITIAL_PAGES = 156;

const eventScanModule = compileOnce(EVENT_SCAN_WASM);
