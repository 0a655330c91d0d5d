import { ByteWindow } from '../../bytes/byte-window.js';
import { BytesGatherer, type GatheredBytes } from '../../bytes/gathered-window.js';
import { writeWanted } from '../../bytes/wanted-table.js';
import {
  type EventScan,
  type KeepEvents,
  MOST_RUNS,
  RUNS,
  SCAN_OUT,
  type WasmMemory,
} from '../../bytes/window-memory.js';
import type { Selection } from '../../model/index.js';
import { DEFAULT_MAX_EVENT_BYTES, type ReadOptions, type UnitEncoding } from '../format-reader.js';
import { roomInRange } from '../range-rooms.js';
import { eventStartIn } from './ranges.js';
import { GAP, PAUSE, UNFINISHED } from './simd-scan.js';
import { endsName, isSpace, standsAt, type Units } from './units.js';
import { Wanted } from './wanted.js';

/** What events are dropped by, as plain data. */
export interface SweepSettings {
  /** By provider, the event IDs that someone wants; undefined: any. */
  readonly byProvider: ReadonlyMap<string, ReadonlySet<number> | undefined>;
  /** Whether events are dropped only once they were parsed and are well-formed. */
  readonly parseAll: boolean;
  /** In bytes. */
  readonly maxEventBytes: number;
}

/** What a reader with these options would drop events by. */
export function sweepSettings(
  selection: Selection,
  { parseAll = false, maxEventBytes = DEFAULT_MAX_EVENT_BYTES }: Pick<ReadOptions, 'parseAll' | 'maxEventBytes'>,
): SweepSettings {
  return { byProvider: new Wanted(selection).byProvider, parseAll, maxEventBytes };
}

/** A part of an input that is swept by itself. */
export interface SweptPart {
  /** An absolute offset. */
  readonly from: number;
  /** The offset past it. An event belongs to the part that it starts in. */
  readonly to: number;
  readonly units: UnitEncoding;
  /** Whether `from` is known to lie between two events; else the first place that looks so is taken. */
  readonly isExact: boolean;
}

/** What a sweep kept. */
export interface Swept extends GatheredBytes {
  /** Where the first event was taken to start. */
  readonly begin: number;
  /** Where it ended: at the next event's start past the part, or between two events where it leaves off. */
  readonly end: number;
  /** False where it left off: the rest is for a reader. */
  readonly isWhole: boolean;
  /** Most of what it passed was kept: to read it takes less time than to sweep it first. It leaves off as soon as that shows. */
  readonly isDense: boolean;
  /** How many events were dropped. */
  readonly dropped: number;
}

/**
 * Sweeps parts of an input: drops the events that nobody wants, as the reader's own fast path does and with the same
 * function, and keeps the bytes of the others for a reader. It decides nothing, knows nothing of what events mean, and
 * leaves off at the first thing out of the ordinary: so it is small enough for a thread that has just started.
 */
export class EventSweeper {
  readonly #memory: WasmMemory;
  readonly #settings: SweepSettings;
  /** One for all parts, so that its room is not made anew. */
  readonly #kept = new BytesGatherer();

  /** The memory must be its own. */
  constructor(memory: WasmMemory, settings: SweepSettings) {
    this.#memory = memory;
    this.#settings = settings;
  }

  /** Forgets what was learnt of an earlier input. */
  forget(): void {
    this.#memory.forget();
  }

  /**
   * `fill` reads the input's bytes from an offset on into a room and says how many there were, 0 at its end.
   * Undefined where no event seems to start, and of units that are not searched as they stand.
   */
  sweep(part: SweptPart, fill: (room: Uint8Array, offset: number) => number): Swept | undefined {
    if (part.units === 'utf-16be') return undefined;
    const window = new ByteWindow(this.#memory);
    if (!writeWanted(window.bytes, this.#settings.byProvider)) return undefined;
    // One byte before it, since what starts with the part starts after the byte before.
    const from = part.isExact ? part.from : part.from - 1;
    window.moveTo(from);
    const read = () => {
      const offset = window.offsetOf(window.end);
      const filled = fill(window.reserve(roomInRange(offset, part.to)), offset);
      window.commit(filled);
      return filled > 0;
    };
    if (!read()) return undefined;
    if (!part.isExact) {
      const { bytes, start, end } = window;
      const begin = eventStartIn(Buffer.from(bytes.buffer, start, end - start), 1, part.units);
      if (begin < 0) return undefined;
      window.release(start + begin);
    }
    const begin = window.offsetOf(window.start);
    return begin >= part.to
      ? undefined
      : new Sweep(this.#memory, window, part, this.#settings, this.#kept).run(begin, read);
  }
}

/** One part. Indices are those of bytes. */
class Sweep {
  readonly #window: ByteWindow;
  readonly #to: number;
  readonly #width: number;
  readonly #maxEventBytes: number;
  readonly #isParsed: boolean;
  readonly #keep: KeepEvents;
  readonly #find: EventScan['find8'];
  readonly #kept: BytesGatherer;
  #dropped = 0;
  #out = new Uint32Array(0);
  #runs = new Uint32Array(0);
  #units: Units = new Uint8Array(0);

  constructor(memory: WasmMemory, window: ByteWindow, part: SweptPart, settings: SweepSettings, kept: BytesGatherer) {
    this.#kept = kept;
    this.#window = window;
    this.#to = part.to;
    this.#width = part.units === 'utf-8' ? 1 : 2;
    this.#maxEventBytes = settings.maxEventBytes;
    this.#isParsed = settings.parseAll;
    this.#keep = memory.scan[this.#width === 1 ? 'keep8' : 'keep16'];
    this.#find = memory.scan[this.#width === 1 ? 'find8' : 'find16'];
  }

  run(begin: number, read: () => boolean): Swept {
    const window = this.#window;
    for (;;) {
      this.#look();
      const state = this.#pass();
      const end = window.offsetOf(window.start);
      const isShown = state === 'past' || end - begin >= LEAST_TO_JUDGE;
      const isDense = isShown && this.#kept.length * 2 >= end - begin;
      const mayGoOn = state === 'more' && !isDense && window.end - window.start < LONGEST_SEEN_TWICE;
      if (mayGoOn && read()) continue;
      return { begin, end, isWhole: state === 'past', isDense, dropped: this.#dropped, ...this.#kept.gathered() };
    }
  }

  /** The window moves and grows between reads. */
  #look(): void {
    const window = this.#window;
    if (this.#width === 2 && (window.start & 1) !== 0) window.realign();
    const { buffer } = window.bytes;
    if (this.#out.buffer === buffer) return;
    this.#out = new Uint32Array(buffer as ArrayBuffer, SCAN_OUT, 4);
    this.#runs = new Uint32Array(buffer as ArrayBuffer, RUNS, MOST_RUNS * 2);
    this.#units = this.#width === 1 ? window.bytes : new Uint16Array(buffer as ArrayBuffer);
  }

  /**
   * Drops and keeps events as far as the window shows them whole and they start in the part. `past`: the next one starts
   * behind it; `more`: more bytes may help; `odd`: what comes is for a reader.
   */
  #pass(): 'past' | 'more' | 'odd' {
    const window = this.#window;
    const { end, origin } = window;
    const width = this.#width;
    const last = end & -width;
    const limit = Math.min(last, this.#to - origin) & -width;
    let at = window.start;
    for (;;) {
      if (at < limit) {
        const [result, next] = this.#scanTo(at, limit);
        at = next;
        window.release(at);
        if (result !== GAP && result !== UNFINISHED) return 'odd';
      }
      at = this.#pastSpace(at);
      window.release(at);
      if (last - at < LOOKAHEAD * width) return 'more';
      if (!this.#isEventStart(at)) return 'odd';
      if (at + origin >= this.#to) return 'past';
      if (limit === last) return 'more';
      // It starts in the part and ends behind it.
      const eventEnd = this.#find(at + EVENT.length * width, last) + END_TAG.length * width;
      if (eventEnd > last) return 'more';
      const [, next] = this.#scanTo(at, eventEnd);
      if (next !== eventEnd) return 'odd';
      at = next;
    }
  }

  /** Runs the search from `at`, an event's start or white space before it, up to `end`; gives what it stopped at and where. */
  #scanTo(at: number, end: number): readonly [result: number, at: number] {
    const window = this.#window;
    const out = this.#out;
    for (let from = at; ; from = out[0]!) {
      const result = this.#keep(from, end, this.#maxEventBytes, this.#isParsed);
      this.#kept.add(window.bytes.subarray(from, out[1]!), this.#runs, out[2]!, window.origin);
      this.#dropped += out[3]!;
      if (result !== PAUSE) return [result, out[0]!];
    }
  }

  #pastSpace(at: number): number {
    const units = this.#units;
    const isWide = this.#width === 2;
    const end = Math.floor(this.#window.end / this.#width);
    let unit = at / this.#width;
    // White space before a NUL is the start of UTF-16.
    while (unit + 1 < end && isSpace(units[unit]) && (isWide || units[unit + 1] !== 0)) unit += 1;
    return unit * this.#width;
  }

  #isEventStart(at: number): boolean {
    const unit = at / this.#width;
    return standsAt(this.#units, unit, EVENT) && endsName(this.#units[unit + EVENT.length]);
  }
}

const EVENT = '<Event';
const END_TAG = '</Event>';
/** In units: enough to see a start tag's name. */
const LOOKAHEAD = 16;
/** In bytes: enough to tell how much of a part is kept. */
const LEAST_TO_JUDGE = 1 << 20;
/** A piece of an event is looked at again with each window: a longer one is left to the reader, which remembers. */
const LONGEST_SEEN_TWICE = 1 << 20;
