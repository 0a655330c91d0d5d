import type { ByteWindow } from '../../bytes/byte-window.js';

/**
 * The 16-bit code units of an input, taken over from the byte window as they come, so that they are aligned and in the
 * machine's order whatever the input's. Costs a copy; UTF-16 exports are the exception.
 */
export class UnitWindow {
  units = new Uint16Array(1 << 16);
  start = 0;
  end = 0;
  /** Offset in code units of the unit at index 0. */
  origin = 0;
  readonly #isBigEndian: boolean;

  constructor(isBigEndian: boolean) {
    this.#isBigEndian = isBigEndian;
  }

  /** Takes all whole units from the byte window and releases them there. */
  take(window: ByteWindow): void {
    const length = (window.end - window.start) >> 1;
    this.#makeRoom(length);
    const { bytes } = window;
    const high = this.#isBigEndian ? 0 : 1;
    let at = window.start;
    for (let unit = this.end; unit < this.end + length; unit++) {
      this.units[unit] = (bytes[at + high]! << 8) | bytes[at + 1 - high]!;
      at += 2;
    }
    this.end += length;
    window.release(at);
  }

  /** The bytes of `[from, to)` as they stood in the input. */
  bytesOf(from: number, to: number): Uint8Array {
    const bytes = Buffer.from(this.units.slice(from, to).buffer);
    return this.#isBigEndian ? bytes.swap16() : bytes;
  }

  #makeRoom(length: number): void {
    if (this.end + length <= this.units.length) return;
    const live = this.end - this.start;
    let { units } = this;
    if (live + length > units.length / 2) units = new Uint16Array(Math.max(live + length, units.length) * 2);
    units.set(this.units.subarray(this.start, this.end));
    this.units = units;
    this.origin += this.start;
    this.start = 0;
    this.end = live;
  }
}
