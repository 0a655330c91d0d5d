import { type GrowableMemory, plainMemory } from './byte-window.js';
import { EVENT_SCAN_WASM } from './generated/event-scan.js';
import { compileOnce, type WasmModule, WebAssembly } from './web-assembly.js';

/**
 * Memory for a window that a WebAssembly search reads in place, where the machine has SIMD; else plain memory, in which
 * readers search with `Buffer.indexOf`. Either gives the same answers.
 */
export function createWindowMemory(): GrowableMemory {
  const module = eventScanModule();
  return module === undefined ? plainMemory() : new WasmMemory(module);
}

/** A WebAssembly memory with the functions of `assembly/event-scan.ts` bound to it. Addresses are indices of its bytes. */
export class WasmMemory implements GrowableMemory {
  readonly scan: EventScan;
  readonly #memory = new WebAssembly.Memory({ initial: INITIAL_PAGES });

  constructor(module: WasmModule) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    // The module's source declares these.
    this.scan = exports as unknown as EventScan;
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#memory.buffer);
  }

  grow(length: number): void {
    const missing = length - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
  }
}

/** The exports of `assembly/event-scan.ts`. */
export interface EventScan {
  /**
   * Frames from an event's start on; gives 0 between events, 1 at a wanted event, 2 at what it leaves to others, 3 at an
   * event whose end is not here.
   * `filter`: 0 drops nothing, 1 drops what the header shows nobody wants, 2 what the whole event, once parsed, shows.
   */
  scan8(at: number, end: number, maxBytes: number, filter: number): number;
  scan16(at: number, end: number, maxBytes: number, filter: number): number;
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
  /** Forgets the values and the shapes of earlier inputs. */
  clearCache(): void;
  /** Whether the bytes in [from, to) are UTF-8, whole characters. */
  isUtf8(from: number, to: number): number;
  constantsEnd(): number;
}

/** Where the module writes what it found, and where it reads what is wanted: as in `assembly/layout.ts`. */
export const SCAN_OUT = 4096;
export const SCAN_WANTED = 8192;
export const SCAN_WANTED_END = 32_768;

/** Where `parse8` and `parse16` write; the fields are named in `assembly/event-parse.ts`. */
export const PARSED_EVENT = 4160;
export const PARSED_VALUES = 32_768;
/** How many numbers there are for the texts of events. */
export const CONTENT_NUMBERS = 1024;
/** How many values the cache holds. */
export const CACHE_SLOTS = 2048;

const PAGE_BYTES = 65_536;
const INITIAL_PAGES = 53;

/** Undefined where the machine's WebAssembly has no SIMD. */
const eventScanModule = compileOnce(EVENT_SCAN_WASM);
