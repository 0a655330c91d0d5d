import type { RejectReason } from '../../model/index.js';

/** Bytes that become one reject, gathered while the window moves on over them. */
export class Region {
  readonly reason: RejectReason;
  readonly isEvent: boolean;
  readonly detail: string;
  /** Absolute offset of the first byte. */
  readonly from: number;
  /** Absolute offset past the last byte that belongs to it so far. */
  to: number;
  #keptTo: number;
  readonly #keepLimit: number;
  readonly #kept: Uint8Array[] = [];

  /** `keepLimit`: how many of its bytes to keep, from the first. */
  constructor(reason: RejectReason, isEvent: boolean, detail: string, from: number, keepLimit: number) {
    this.reason = reason;
    this.isEvent = isEvent;
    this.detail = detail;
    this.from = from;
    this.to = from;
    this.#keptTo = from;
    this.#keepLimit = keepLimit;
  }

  /** Keeps the region's bytes up to the absolute offset `until`; `bytes[index]` is the byte at `origin + index`. */
  keep(bytes: Uint8Array, origin: number, until: number): void {
    const end = Math.min(until, this.from + this.#keepLimit);
    if (end <= this.#keptTo) return;
    this.#kept.push(bytes.slice(this.#keptTo - origin, end - origin));
    this.#keptTo = end;
  }

  /** The kept bytes of [from, to). */
  bytes(): Uint8Array {
    const all = Buffer.concat(this.#kept);
    return new Uint8Array(all.subarray(0, this.to - this.from));
  }
}
