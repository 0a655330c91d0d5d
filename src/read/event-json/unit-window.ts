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
  /** Half a unit that `realign` left over; -1 when none. */
  half = -1;
  readonly #isBigEndian: boolean;

  constructor(isBigEndian: boolean) {
    this.#isBigEndian = isBigEndian;
  }

  /** Takes all whole units from the byte window and releases them there. */
  take(window: ByteWindow): void {
    if (this.half >= 0 && window.end > window.start) {
      this.#append(Uint8Array.of(this.half, window.bytes[window.start]!), 0, 1);
      this.half = -1;
      window.release(window.start + 1);
    }
    this.#append(window.bytes, window.start, (window.end - window.start) >> 1);
    window.release(window.start + 2 * ((window.end - window.start) >> 1));
  }

  /** Takes the whole units of `bytes`. */
  takeBytes(bytes: Uint8Array): void {
    this.#append(bytes, 0, bytes.length >> 1);
  }

  /** Drops all in front of the second byte of the unit at `at`; the units from there on begin with their second byte. */
  realign(at: number): void {
    const rest = this.half < 0 ? [] : [this.half];
    const bytes = Buffer.concat([this.bytesOf(at, this.end).subarray(1), Uint8Array.from(rest)]);
    this.start = at;
    this.end = at;
    this.#append(bytes, 0, bytes.length >> 1);
    this.half = rest.length > 0 ? -1 : bytes.at(-1)!;
  }

  #append(bytes: Uint8Array, from: number, length: number): void {
    this.#makeRoom(length);
    const high = this.#isBigEndian ? 0 : 1;
    let at = from;
    for (let unit = this.end; unit < this.end + length; unit++) {
      this.units[unit] = (bytes[at + high]! << 8) | bytes[at + 1 - high]!;
      at += 2;
    }
    this.end += length;
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
