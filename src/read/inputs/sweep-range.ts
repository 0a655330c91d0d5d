import { closeSync, openSync, readSync } from 'node:fs';
import { createWindowMemory, WasmMemory } from '../../bytes/window-memory.js';
import { EventSweeper, type SweepSettings, type Swept } from '../event-xml/sweep.js';
import type { FileRange } from './read-range.js';

/** The form whose ranges are swept. */
export const SWEPT_FORMAT = 'event-xml';

/** Sweeps a range; undefined where there is nothing to win: then it is to be read. */
export type SweepRange = (range: FileRange) => Swept | undefined;

/**
 * Opens a sweeper of ranges of files in XML. An error of reading ends a sweep where it comes, and is told by who reads on
 * there. Undefined on a machine without SIMD.
 */
export function openSweep(settings: SweepSettings): SweepRange | undefined {
  const memory = createWindowMemory();
  if (!(memory instanceof WasmMemory)) return undefined;
  const sweeper = new EventSweeper(memory, settings);
  let path: string | undefined;
  return range => {
    const { units } = range;
    if (range.format !== SWEPT_FORMAT || units === undefined) return undefined;
    if (path !== range.path) sweeper.forget();
    path = range.path;
    let fd: number;
    try {
      fd = openSync(range.path, 'r');
    } catch {
      return undefined;
    }
    try {
      return sweeper.sweep({ ...range, units }, (room, offset) => tryRead(fd, room, offset));
    } finally {
      closeSync(fd);
    }
  };
}

function tryRead(fd: number, room: Uint8Array, offset: number): number {
  try {
    return readSync(fd, room, 0, room.length, offset);
  } catch {
    return 0;
  }
}
