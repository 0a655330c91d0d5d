import type { SlicedBuffer } from '../../bytes/ascii-texts.js';
import { CONTENT_NUMBERS, CSV_ROW, REPEATS, TAKERS, type WasmMemory } from '../../bytes/window-memory.js';
import { type EventRecord, NOT_TAKEN, type Repeat, type RepeatsOf } from '../../model/index.js';
import type { LocalTimes } from '../../time/local-times.js';

/**
 * Gives rows that say what an earlier row said, at another time, to who takes such repeats. `rows8` numbers what rows
 * hold beside their time when it comes for the second time, and from then on hands over numbers and places alone.
 */
export class RowRepeats {
  readonly #memory: WasmMemory;
  readonly #repeatsOf: RepeatsOf;
  readonly #input: string;
  /** By the number of what a row holds: an event that held it. */
  readonly #known = new Array<KnownRow | undefined>(CONTENT_NUMBERS).fill(undefined);
  #bytes = Buffer.alloc(0);
  #words = new Int32Array(0);

  constructor(memory: WasmMemory, repeatsOf: RepeatsOf, input: string) {
    this.#memory = memory;
    this.#repeatsOf = repeatsOf;
    this.#input = input;
    this.forget();
  }

  /** Begins anew, for rows of other columns. */
  forget(): void {
    this.#memory.forget();
    this.look(this.#memory.bytes().buffer as ArrayBuffer);
    this.#bytes.fill(0, TAKERS, TAKERS + CONTENT_NUMBERS);
    this.#known.fill(undefined);
  }

  /** The memory's buffer, which growing replaces. */
  look(memory: ArrayBuffer): void {
    if (memory === this.#bytes.buffer) return;
    this.#bytes = Buffer.from(memory);
    this.#words = new Int32Array(memory);
  }

  /** How many rows `rows8` handed over as repeats; behind them, at the index `count`, stands the candidate. */
  get count(): number {
    return this.#words[COUNT]!;
  }

  /** Where a row starts. */
  start(index: number): number {
    return this.#words[FIRST + index * WORDS + 1]!;
  }

  /**
   * Gives a row to who takes it. False when it is to be read as any row: nobody takes it, or its time is not plain.
   * @param origin the offset in the input of the memory's first byte.
   */
  take(index: number, origin: number, times: LocalTimes): boolean {
    const word = FIRST + index * WORDS;
    const number = this.#words[word]!;
    if (number < 0) return false;
    if (index === this.count && !this.#isTaken(number)) return false;
    const time = this.#timeAt(word, times);
    if (typeof time === 'string') return false;
    const { repeat } = this.#known[number]!; // a mark at `TAKERS` says that there is one
    const offset = origin + this.#words[word + 1]!;
    const { epochMs, nanos, digits, basis, alternative } = time;
    repeat!.add(this.#input, epochMs, nanos, digits, -1, offset, this.#words[word + 2]!, basis, alternative);
    return true;
  }

  /** The candidate was this event, and nothing but its time and place is its own. */
  remember(event: EventRecord): void {
    const number = this.#words[FIRST + this.count * WORDS]!;
    if (number >= 0) this.#known[number] ??= { event, repeat: undefined };
  }

  /** Whether somebody takes the candidate; asks, when it has come again for the first time. */
  #isTaken(number: number): boolean {
    if (this.#words[WAS_KNOWN] === 0) {
      this.#bytes[TAKERS + number] = 0;
      this.#known[number] = undefined;
    }
    const known = this.#known[number];
    if (known === undefined) return false;
    known.repeat ??= this.#repeatsOf(known.event) ?? NOT_TAKEN;
    if (known.repeat === NOT_TAKEN) return false;
    this.#bytes[TAKERS + number] = 1;
    return true;
  }

  #timeAt(word: number, times: LocalTimes): ReturnType<LocalTimes['read']> {
    const bytes = this.#bytes;
    const field = this.#words[word + 3]!;
    const fieldEnd = this.#words[word + 4]!;
    const quote = field < fieldEnd && bytes[field] === QUOTE ? 1 : 0;
    const from = field + quote;
    const to = fieldEnd - quote;
    const plain = times.readPlain(bytes, from, to);
    if (plain !== undefined) return plain;
    for (let at = from; at < to; at++) if (bytes[at]! >= 0x80) return 'unreadable';
    return times.read((bytes as SlicedBuffer).latin1Slice(from, to));
  }
}

interface KnownRow {
  readonly event: EventRecord;
  /** Undefined: nobody was asked. */
  repeat: Repeat | undefined;
}

const QUOTE = 0x22;

// As `assembly/csv-rows.ts` lays it out.
const WAS_KNOWN = (CSV_ROW + 76) >> 2;
const COUNT = REPEATS >> 2;
const FIRST = (REPEATS + 8) >> 2;
const WORDS = 5;
