import { type Clock, nanosOf } from '../time/clock.js';
import { createFastRows, type FastRows } from './fast-rows.js';
import type { LedgerRows } from './ledger-rows.js';
import { ROW_KINDS } from './outlines.js';
import { radixSort } from './radix-sort.js';
import type { RowBatch, RowBlock } from './row-blocks.js';
import { CLOCK_BITS } from './row-store.js';

/**
 * The rows of the ranked pairs in columns, pair after pair: who summarises a pair reads on, instead of waiting for each of
 * its rows, which lie all over the ledger. Those of a pair stand by time, those without time last; at one instant failures
 * before recoveries and context. In which order those of one instant and kind stand nobody can tell from a summary.
 */
export class RowsByPair {
  /** The rows of the pair at rank `r` stand from `starts[r]` to `starts[r + 1]`. */
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
  /** Times in epoch milliseconds, NaN where there is none. */
  readonly epochMs: Float64Array;
  /** Clocks, and the kinds above them. */
  readonly marks: Uint32Array;
  /** In whose memory all these stand, and who tells of them then. */
  readonly fast: FastRows | undefined;
  /** By contribution: the rank of its pair plus 1; 0 for those that have none. */
  readonly #rankOf: Uint32Array;
  /** By contribution: the place of its kind in `ROW_KINDS`. */
  readonly #kinds: Uint8Array;
  /** By rank: where its next row goes. */
  #next: Uint32Array;
  #lastMs = Number.NaN;
  #lastRest = 0;
  #rising = 0;
  #falling = 0;

  /**
   * @param rankOf by contribution: the rank of its pair plus 1; 0 for those that have none.
   * @param counts by contribution: how many rows say it.
   */
  constructor(rows: LedgerRows, rankOf: Uint32Array, counts: Uint32Array, ranks: number) {
    this.#rankOf = rankOf;
    this.#kinds = rows.contributions.kinds();
    this.starts = new Uint32Array(ranks + 1);
    for (let id = 0; id < rankOf.length; id++) if (rankOf[id]! > 0) this.starts[rankOf[id]!]! += counts[id]!;
    for (let rank = 0; rank < ranks; rank++) this.starts[rank + 1]! += this.starts[rank]!;
    const size = this.starts[ranks]!;
    const fast = createFastRows(rows.size, size * 16 + rankOf.length * 5 + ranks * 4);
    this.fast = fast;
    this.rows = fast?.words(size) ?? new Uint32Array(size);
    this.epochMs = fast?.doubles(size) ?? new Float64Array(size);
    this.marks = fast?.words(size) ?? new Uint32Array(size);
    this.#next = this.starts.slice();
    if (fast !== undefined) this.#putFast(fast, rows);
    else for (const block of rows.blocks()) this.#put(block);
    // Most exports are in the order of time, or in the reverse.
    if (this.#rising >= size - 1) return;
    const list = this.#sorted(rows, size);
    this.#next = this.starts.slice();
    for (const batch of rows.batches(list)) this.#put(batch, list.subarray(batch.from));
  }

  clockAt(place: number): number {
    return this.marks[place]! & CLOCK_BITS;
  }

  /** The place of the row's kind in `ROW_KINDS`. */
  kindAt(place: number): number {
    return this.marks[place]! >>> KIND_SHIFT;
  }

  /** As `#put` all rows. */
  #putFast(fast: FastRows, rows: LedgerRows): void {
    const tables = [
      fast.copy(this.#rankOf),
      fast.copy(this.#kinds),
      fast.copy(this.#next.subarray(0, -1)),
      this.rows,
      this.epochMs,
      this.marks,
    ] as const;
    const [rankOf, kinds, next, places, times, marks] = tables.map(table => table.byteOffset);
    fast.forEachBlock(rows, ({ from, length }) =>
      fast.loops.put(length, from, rankOf!, kinds!, next!, places!, times!, marks!),
    );
    const { rising, falling } = fast.order;
    this.#rising = rising;
    this.#falling = falling;
  }

  /**
   * Puts rows where they belong, and counts those that belong behind the row before, or in front of it, or either.
   * @param list the rows; undefined: those that stand from `from` on.
   */
  #put({ from, length, contributions, epochMs, clocks }: RowBlock | RowBatch, list?: Uint32Array): void {
    const rankOf = this.#rankOf;
    const kinds = this.#kinds;
    const next = this.#next;
    const [rows, times, marks] = [this.rows, this.epochMs, this.marks];
    let lastMs = this.#lastMs;
    let lastRest = this.#lastRest;
    let rising = 0;
    let falling = 0;
    for (let at = 0; at < length; at++) {
      const contribution = contributions[at]!;
      const rank = rankOf[contribution]!;
      // Past the end for a row that was taken out.
      if (!(rank > 0)) continue;
      const time = epochMs[at]!;
      const clock = clocks[at]! & CLOCK_BITS;
      const kind = kinds[contribution]!;
      const place = next[rank - 1]!++;
      rows[place] = list === undefined ? from + at : list[at]!;
      times[place] = time;
      marks[place] = clock | (kind << KIND_SHIFT);
      // Nothing is said of the first, and of one without time.
      const rest = restOf(clock, kind);
      if (time > lastMs || (time === lastMs && rest >= lastRest)) rising += 1;
      if (time < lastMs || (time === lastMs && rest <= lastRest)) falling += 1;
      lastMs = time;
      lastRest = rest;
    }
    this.#lastMs = lastMs;
    this.#lastRest = lastRest;
    this.#rising += rising;
    this.#falling += falling;
  }

  #sorted(rows: LedgerRows, size: number): Uint32Array<ArrayBuffer> {
    const list = new Uint32Array(size);
    let count = 0;
    for (const { from, length, contributions } of rows.blocks()) {
      for (let at = 0; at < length; at++) if (this.#rankOf[contributions[at]!]! > 0) list[count++] = from + at;
    }
    if (this.#falling >= size - 1) return list.reverse();
    let least = Infinity;
    for (const row of list) if (rows.epochMsOf(row) < least) least = rows.epochMsOf(row);
    const high = (row: number) => {
      const ms = rows.epochMsOf(row) - least;
      return Number.isNaN(ms) ? 0xffff_ffff : Math.floor(ms / 0x1_0000_0000);
    };
    let sorted = radixSort(list, row => restOf(rows.clockOf(row), this.#kinds[rows.contributionOf(row)]!));
    sorted = radixSort(sorted, row => rows.epochMsOf(row) - least);
    return radixSort(sorted, high);
  }
}

/** What orders rows of one millisecond. */
function restOf(clock: Clock, kind: number): number {
  return nanosOf(clock) * ROW_KINDS.length + kind;
}

const KIND_SHIFT = 26;
