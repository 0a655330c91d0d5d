import type { ByteWindow } from '../../bytes/byte-window.js';
import type { UnitEncoding } from './unit-encoding.js';
import type { Units } from './units.js';

/**
 * A window of bytes, seen as the units of an encoding that may change. Places are indices of `units`; those that outlive a
 * window are absolute offsets in the input. UTF-16BE is swapped in place, each byte once, so that all that reads units
 * sees the machine's order.
 */
export class UnitWindow {
  encoding: UnitEncoding;
  /** To be set before `look`. */
  window!: ByteWindow;
  units: Units = new Uint8Array(0);
  /** Bytes of a unit. */
  width = 1;
  /** The units that are live: [low, high). */
  low = 0;
  high = 0;
  /** The absolute offset up to which UTF-16BE was swapped. */
  #swappedTo = 0;

  constructor(encoding: UnitEncoding) {
    this.encoding = encoding;
  }

  /** What stands from the index `start` of the window on is in this encoding, and not swapped. */
  begin(encoding: UnitEncoding, start: number): void {
    this.encoding = encoding;
    this.#swappedTo = this.window.offsetOf(start);
  }

  /** Sees the window as units again: it moves and grows between reads, and after a change of encoding. */
  look(): void {
    const { window } = this;
    if (this.encoding === 'utf-8') {
      this.width = 1;
      this.units = window.bytes;
      this.low = window.start;
      this.high = window.end;
      return;
    }
    if ((window.start & 1) !== 0) window.realign();
    if (this.encoding === 'utf-16be') this.#swap();
    const { bytes } = window;
    if (this.width === 1 || this.units.buffer !== bytes.buffer) {
      this.units = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
    }
    this.width = 2;
    this.low = window.start >> 1;
    this.high = window.end >> 1;
  }

  /** The absolute offset of a unit. */
  offset(at: number): number {
    return this.window.origin + at * this.width;
  }

  /** The index of the unit at an absolute offset. */
  index(offset: number): number {
    return (offset - this.window.origin) / this.width;
  }

  /** The input's byte at an index of the window, whether it was swapped or not. */
  readonly rawByte = (index: number): number => {
    const { window } = this;
    const isSwapped = this.encoding === 'utf-16be' && index < this.#swappedTo - window.origin;
    return window.bytes[isSwapped ? index ^ 1 : index]!;
  };

  /** What `look` gives while the bytes in [from, to) of the window are as the input has them. */
  asStored<T>(from: number, to: number, look: () => T): T {
    this.#swapBack(from, to);
    const seen = look();
    this.#swapBack(from, to);
    return seen;
  }

  /** Gives the bytes from the index `from` on back as the input has them; `begin` must follow. */
  restore(from: number): void {
    this.#swapBack(from, this.window.end);
  }

  #swap(): void {
    const { window } = this;
    const from = Math.max(window.start, this.#swappedTo - window.origin);
    const to = window.end & ~1;
    if (to <= from) return;
    Buffer.from(window.bytes.buffer as ArrayBuffer, window.bytes.byteOffset + from, to - from).swap16();
    this.#swappedTo = window.offsetOf(to);
  }

  /** Swaps once more what was swapped of these bytes: gives the input's, or takes that back. */
  #swapBack(from: number, to: number): void {
    if (this.encoding !== 'utf-16be') return;
    const { bytes, origin } = this.window;
    const first = from & ~1;
    const length = Math.max(0, Math.min((to + 1) & ~1, this.#swappedTo - origin) - first);
    Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset + first, length).swap16();
  }
}

/** Bytes of UTF-16BE that were swapped, as the input has them. */
export function swapBack(bytes: Uint8Array): void {
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const first = bytes[at]!;
    bytes[at] = bytes[at + 1]!;
    bytes[at + 1] = first;
  }
}
