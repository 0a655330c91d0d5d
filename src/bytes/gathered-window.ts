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

/** Gathers runs of an input's bytes. */
export class BytesGatherer {
  #bytes = new Uint8Array(FIRST_ROOM);
  #length = 0;
  #starts = new Uint32Array(FIRST_RUNS);
  #offsets = new Float64Array(FIRST_RUNS);
  #count = 0;

  /**
   * Adds `count` runs, whose bytes stand one behind the other. `runs` says two numbers of each: where it stood, from
   * `origin` on, and its length in bytes.
   */
  add(bytes: Uint8Array, runs: Uint32Array, count: number, origin: number): void {
    if (count === 0) return;
    this.#reserve(bytes.length, count);
    this.#bytes.set(bytes, this.#length);
    for (let run = 0; run < count; run++) {
      this.#starts[this.#count] = this.#length;
      this.#offsets[this.#count] = origin + runs[run * 2]!;
      this.#length += runs[run * 2 + 1]!;
      this.#count += 1;
    }
  }

  /** How many bytes were gathered. */
  get length(): number {
    return this.#length;
  }

  /** Gives what was gathered, and begins anew. */
  gathered(): GatheredBytes {
    const gathered = {
      bytes: this.#bytes.slice(0, this.#length),
      starts: this.#starts.slice(0, this.#count),
      offsets: this.#offsets.slice(0, this.#count),
    };
    this.#length = 0;
    this.#count = 0;
    return gathered;
  }

  #reserve(length: number, count: number): void {
    if (this.#length + length > this.#bytes.length) {
      const bytes = this.#bytes;
      this.#bytes = new Uint8Array(Math.max(bytes.length * 2, this.#length + length));
      this.#bytes.set(bytes);
    }
    if (this.#count + count > this.#starts.length) {
      const [starts, offsets] = [this.#starts, this.#offsets];
      const room = Math.max(starts.length * 2, this.#count + count);
      this.#starts = new Uint32Array(room);
      this.#starts.set(starts);
      this.#offsets = new Float64Array(room);
      this.#offsets.set(offsets);
    }
  }
}

const FIRST_ROOM = 1 << 18;
const FIRST_RUNS = 1 << 10;
