import type { ByteWindow } from '../../bytes/byte-window.js';
import { writeWanted } from '../../bytes/wanted-table.js';
import { type EventScan, SCAN_OUT, type ScanEvents, WasmMemory } from '../../bytes/window-memory.js';
import type { Finder } from './finder.js';
import type { FastScan, FrameSink } from './frame.js';
import type { Units } from './units.js';
import type { Wanted } from './wanted.js';

/**
 * The fast path over a window that stands on WebAssembly memory; undefined where it does not. Events that it drops it
 * only counts.
 */
export function createSimdScan(
  window: ByteWindow,
  sink: FrameSink,
  dropped: (events: number) => void,
  wanted: Wanted | undefined,
  /** Drop by the header alone; else only what was parsed. */
  usesPrefilter: boolean,
  maxEventBytes: number,
  /** Takes the repeats that were passed. */
  takeRepeats: (units: Units, window: ByteWindow) => void,
): { readonly scan: FastScan; readonly finder: Finder } | undefined {
  const { memory } = window;
  if (!(memory instanceof WasmMemory)) return undefined;
  const { find8, find16 } = memory.scan;
  const hasWanted = wanted !== undefined && writeWanted(window.bytes, wanted.byProvider);
  const filter = hasWanted ? (usesPrefilter ? 'header' : 'parsed') : 'none';
  const [narrow, wide] = [scanOf(memory.scan, filter, 1), scanOf(memory.scan, filter, 2)];
  let isUnfinished = false;
  let out: Uint32Array = new Uint32Array(0);
  return {
    scan: {
      get isUnfinished() {
        return isUnfinished;
      },
      scan(window, units, from, to) {
        const width = units.BYTES_PER_ELEMENT;
        const shift = width - 1;
        const scan = width === 1 ? narrow : wide;
        const end = to * width;
        if (out.buffer !== units.buffer) out = new Uint32Array(units.buffer, SCAN_OUT, 4);
        let at = from * width;
        for (;;) {
          const result = scan(at, end, maxEventBytes);
          at = out[0]!;
          const passed = out[3]!;
          if (passed > 0) dropped(passed);
          takeRepeats(units, window);
          if (result === PAUSE) continue;
          if (result !== CANDIDATE) {
            isUnfinished = result === UNFINISHED;
            return at >> shift;
          }
          const start = out[1]!;
          sink.candidate(units, start >> shift, out[2]! >> shift, window.offsetOf(start));
        }
      },
    },
    finder: {
      reset() {},
      find(units: Units, from: number, to: number) {
        const width = units.BYTES_PER_ELEMENT;
        const found = (width === 1 ? find8 : find16)(from * width, to * width) / width;
        return found < to ? found : -1;
      },
    },
  };
}

/**
 * The search that hands over all events, or drops those that nobody wants by their header alone or once they are parsed.
 * `width` is that of a unit, in bytes.
 */
function scanOf(scan: EventScan, filter: 'none' | 'header' | 'parsed', width: number): ScanEvents {
  if (filter === 'none') return width === 1 ? scan.frame8 : scan.frame16;
  if (filter === 'header') return width === 1 ? scan.scan8 : scan.scan16;
  return width === 1 ? scan.sweep8 : scan.sweep16;
}

// What the search returns: see `assembly/event-scan.ts`.
export const GAP = 0;
const CANDIDATE = 1;
export const UNFINISHED = 3;
export const PAUSE = 4;
