/**
 * A sliding window onto an input's bytes, in one reused buffer. Whoever fills it calls `reserve` and `commit`, or
 * `reserveAhead` and `commitAhead` for bytes that arrive while the reader is at work; the format reader looks at
 * `bytes[start, end)` and calls `release` for what it has done with.
 *
 * Invariant: while no `realign` is asked for, an absolute offset keeps its index modulo 64 over any number of moves: so
 * 16-bit code units stay aligned, and files are read at full speed (see `LINE_BYTES`).
 */
export class ByteWindow {
  /** The buffer. Replaced when the window grows: read it again after `reserve`. */
  bytes: Uint8Array;
  /** Index in `bytes` of the first byte not released. */
  start: number;
  /** Index in `bytes` past the last byte that is filled. */
  end: number;
  /** Absolute offset in the input of the byte at index 0 of `bytes`; may be negative. */
  origin: number;
  /** What the window stands on. */
  readonly memory: GrowableMemory;
  /** Index of the room that was reserved ahead. While there is one, the buffer is neither moved nor grown. */
  #ahead: number | undefined;

  constructor(memory: GrowableMemory = plainMemory()) {
    this.memory = memory;
    this.bytes = memory.bytes();
    this.start = memory.base;
    this.end = memory.base;
    this.origin = -memory.base;
  }

  /** The absolute offset in the input of index `index`. */
  offsetOf(index: number): number {
    return this.origin + index;
  }

  /** Goes on, empty, at an absolute offset of the input. */
  moveTo(offset: number): void {
    this.start = this.#placeOf(offset, this.memory.base);
    this.end = this.start;
    this.origin = offset - this.start;
  }

  /** Room for `length` more bytes after `end`: the caller writes into it and then commits. Moves or grows the buffer. */
  reserve(length: number): Uint8Array {
    const isCheap = this.end - this.start <= CHEAP_TO_MOVE;
    if (isCheap || this.end + length + SLACK > this.bytes.length) this.#makeRoom(length);
    return this.bytes.subarray(this.end, this.end + length);
  }

  /** `length` bytes of the reserved room are filled. */
  commit(length: number): void {
    this.end += length;
  }

  /**
   * Room apart from the live bytes for `length` bytes that follow them. It stays in its place, so that it may be filled
   * while the live bytes are read, until `commitAhead`.
   */
  reserveAhead(length: number): Uint8Array {
    const next = this.offsetOf(this.end);
    const low = this.#placeOf(next, this.memory.base + HEADROOM);
    const isLowFree = this.start === this.end || low + length + SLACK <= this.start;
    const at = isLowFree ? low : this.#placeOf(next, this.end + SLACK + HEADROOM);
    this.#growTo(at + length + 2 * SLACK);
    this.#ahead = at;
    return this.bytes.subarray(at, at + length);
  }

  /** `length` bytes of the room reserved ahead are filled; the live bytes are moved in front of them. */
  commitAhead(length: number): void {
    let at = this.#ahead!;
    this.#ahead = undefined;
    const live = this.end - this.start;
    if (live > HEADROOM) {
      const apart = this.bytes.slice(at, at + length);
      this.reserve(length).set(apart);
      this.commit(length);
      return;
    }
    if (((at ^ this.end) & 1) !== 0) {
      // Realigned since.
      this.bytes.copyWithin(at + 1, at, at + length);
      at += 1;
    }
    this.bytes.copyWithin(at - live, this.start, this.end);
    this.origin += this.end - at;
    this.start = at - live;
    this.end = at + length;
  }

  /** Everything before `index` is done with. */
  release(index: number): void {
    this.start = index;
  }

  /** Moves the live bytes by one, so that an odd offset becomes an even index; indices change, offsets do not. */
  realign(): void {
    if (this.end + 1 + SLACK > this.bytes.length) this.#makeRoom(1);
    this.bytes.copyWithin(this.start + 1, this.start, this.end);
    this.start += 1;
    this.end += 1;
    this.origin -= 1;
  }

  #makeRoom(length: number): void {
    const live = this.end - this.start;
    const target = this.#placeOf(this.offsetOf(this.start), this.memory.base);
    const needed = target + live + length + SLACK;
    if (needed > this.bytes.length)
      this.#growTo(Math.max(needed, Math.min(this.bytes.length * 2, needed + (64 << 20))));
    this.bytes.copyWithin(target, this.start, this.end);
    this.origin += this.start - target;
    this.start = target;
    this.end = target + live;
  }

  /** The first index from `least` on for the byte at an absolute offset. */
  #placeOf(offset: number, least: number): number {
    const parity = Math.abs(this.origin % 2);
    const ahead = (offset - parity - least) % LINE_BYTES;
    return least + (ahead < 0 ? ahead + LINE_BYTES : ahead);
  }

  #growTo(length: number): void {
    if (length <= this.bytes.length) return;
    this.memory.grow(length);
    this.bytes = this.memory.bytes();
  }
}

/** Memory that a window stands on: plain, or a WebAssembly memory that a SIMD search reads in place. */
export interface GrowableMemory {
  /** The first index that input bytes may take, even; what lies below is the memory's own (tables, values). */
  readonly base: number;
  /** The whole memory as it is now. */
  bytes(): Uint8Array;
  /** Makes the memory at least `length` bytes, keeping its contents. */
  grow(length: number): void;
}

/** So many live bytes are moved for each room, so that it is still in the processor's cache since the last one. */
const CHEAP_TO_MOVE = 16 * 1024;

/**
 * An index and its offset differ by a multiple of this, or by one less where a `realign` was asked for. AMD's Zen copies out
 * of the page cache at a sixth of the speed (1.9 GB/s for 11) to where lies 1 to 31 bytes further in its page than from
 * where, since it takes what it reads for what it has just written.
 */
const LINE_BYTES = 64;

/** Bytes that a 64-byte-wide search may read (never use) past the end. Even. */
const SLACK = 128;

/** What is kept free in front of room reserved ahead, for the live bytes: most events are shorter. Even. */
const HEADROOM = 256 * 1024;

/** Memory of JavaScript alone. */
export function plainMemory(): GrowableMemory {
  let memory = new Uint8Array((1 << 19) + SLACK);
  return {
    base: 0,
    bytes: () => memory,
    grow(length) {
      if (length <= memory.length) return;
      const larger = new Uint8Array(length);
      larger.set(memory);
      memory = larger;
    },
  };
}
