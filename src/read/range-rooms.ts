/** How many bytes of a range that ends at `to` are read at once at `offset`; behind it a little, for its last event's end. */
export function roomInRange(offset: number, to: number, most = ROOM_BYTES): number {
  return Math.min(most, Math.max(to - offset, 0) + OVERHANG_BYTES);
}

/**
 * Each room takes some calls, and after a few thousand of them V8 optimises what is called, in each thread anew, while all
 * threads want the processors: two read a gigabyte of XML in 0.95 of the time that they take with half of it. With twice as
 * much a room no longer stays in the second cache until it is searched.
 */
const ROOM_BYTES = 512 * 1024;
const OVERHANG_BYTES = 16 * 1024;
