import type { Reject } from '../../model/index.js';
import type { Units } from './text-units.js';

/** What is known of a reject when its bytes begin. */
export type RejectStart = Pick<Reject, 'reason' | 'detail' | 'isEvent'> & {
  readonly line: number;
  /** Absolute byte offset. */
  readonly offset: number;
};

/** The bytes of one reject while they pass through the window; they are kept only when somebody wants them. */
export class RejectRegion {
  readonly #input: string;
  readonly #maxBytes: number;
  #start: RejectStart | undefined;
  #kept: Uint8Array[] = [];
  #length = 0;
  #keptLength = 0;

  /** @param maxBytes how many bytes are kept; 0: none, and the reject has no `bytes`. */
  constructor(input: string, maxBytes: number) {
    this.#input = input;
    this.#maxBytes = maxBytes;
  }

  begin(start: RejectStart): void {
    this.#start = start;
    this.#kept = [];
    this.#length = 0;
    this.#keptLength = 0;
  }

  /** The units in `[from, to)` belong to it; each is given once, in order. */
  add(units: Units, from: number, to: number): void {
    const width = units.BYTES_PER_ELEMENT;
    const length = (to - from) * width;
    const kept = Math.min(length, this.#maxBytes - this.#keptLength);
    this.#length += length;
    if (kept <= 0) return;
    this.#kept.push(new Uint8Array(units.buffer, units.byteOffset + from * width, kept).slice());
    this.#keptLength += kept;
  }

  end(): Reject {
    const { offset, line, reason, detail, isEvent } = this.#start!;
    this.#start = undefined;
    return {
      type: 'reject',
      reason,
      detail,
      position: { input: this.#input, offset, length: this.#length },
      line,
      isEvent,
      ...(this.#maxBytes === 0 ? {} : { bytes: Buffer.concat(this.#kept) }),
    };
  }
}
