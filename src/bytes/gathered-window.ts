import { ByteWindow, type GrowableMemory } from './byte-window.js';

/** Runs of an input's bytes, put one behind the other. */
export interface GatheredBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of each run: where it begins in `bytes`, rising from 0. */
  readonly starts: Uint32Array<ArrayBuffer>;
  /** Of each run: the absolute offset in the input that it begins at. */
  readonly offsets: Float64Array<ArrayBuffer>;
}

/** A window that holds gathered bytes and tells where in the input each of them stood. */
export class GatheredWindow extends ByteWindow {
  /** None while the bytes are put in: until then, and where there are none, it is a window as any other. */
  #starts: Uint32Array = new Uint32Array(0);
  #offsets: Float64Array = new Float64Array(0);
  #first = 0;
  /** The run that was asked for last: mostly the next index is in it or in the one behind it. */
  #run = 0;

  constructor({ bytes, starts, offsets }: GatheredBytes, memory: GrowableMemory) {
    super(memory);
    this.moveTo(0);
    this.reserve(bytes.length).set(bytes);
    this.commit(bytes.length);
    this.#starts = starts;
    this.#offsets = offsets;
    this.#first = this.start;
  }

  override offsetOf(index: number): number {
    const starts = this.#starts;
    if (starts.length === 0) return super.offsetOf(index);
    const at = index - this.#first;
    let run = this.#run;
    while (run + 1 < starts.length && at >= starts[run + 1]!) run += 1;
    while (run > 0 && at < starts[run]!) run -= 1;
    this.#run = run;
    return this.#offsets[run]! + at - starts[run]!;
  }
}

/** Gathers runs of the bytes that pass through a window. */
export class BytesGatherer {
  #bytes = new Uint8Array(FIRST_ROOM);
  #length = 0;
  #starts: number[] = [];
  #offsets: number[] = [];
  /** The run at hand, by its indices in the window; from -1: there is none. */
  #from = -1;
  #to = -1;

  /** Takes what stands from the end of the run at hand to `to`, or begins a run at `from`. */
  take(from: number, to: number): void {
    if (this.#from < 0) this.#from = from;
    this.#to = to;
  }

  /** Ends the run at hand: what follows was passed over, or the window is about to move. */
  endRun(window: ByteWindow): void {
    if (this.#from < 0) return;
    const length = this.#to - this.#from;
    if (this.#length + length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(window.bytes.subarray(this.#from, this.#to), this.#length);
    this.#starts.push(this.#length);
    this.#offsets.push(window.offsetOf(this.#from));
    this.#length += length;
    this.#from = -1;
  }

  /** Gives what was gathered, and begins anew. */
  gathered(): GatheredBytes {
    const gathered = {
      bytes: this.#bytes.slice(0, this.#length),
      starts: Uint32Array.from(this.#starts),
      offsets: Float64Array.from(this.#offsets),
    };
    this.#length = 0;
    this.#starts = [];
    this.#offsets = [];
    return gathered;
  }
}

const FIRST_ROOM = 1 << 18;
