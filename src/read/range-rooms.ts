import { WINDOW_BYTES } from '../stream/file-windows.js';

/** How many bytes of a range that ends at `to` are read at once at `offset`; behind it a little, for its last event's end. */
export function roomInRange(offset: number, to: number): number {
  return Math.min(WINDOW_BYTES, Math.max(to - offset, 0) + OVERHANG_BYTES);
}

const OVERHANG_BYTES = 16 * 1024;
