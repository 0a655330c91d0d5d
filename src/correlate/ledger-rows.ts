import { type Clock, compareClarity } from '../time/clock.js';
import { Contributions } from './contributions.js';
import { IdentityIndex } from './identity-index.js';
import { type BlockRoom, batchesOf, blocksOf, createBlockRoom, type RowBatch, type RowBlock } from './row-blocks.js';
import {
  BYTES,
  CLOCK,
  CLOCK_BITS,
  CONTRIBUTION,
  type DoubleField,
  DROPPED,
  EPOCH_MS,
  HAS_IDENTITY,
  HAS_SIBLING,
  INPUT,
  OFFSET,
  RECORD_ID,
  RowStore,
  type WordField,
} from './row-store.js';
import { StringPool } from './string-pool.js';

/** A row as it leaves a ledger and comes back. `contribution` belongs to the ledger that it came from. */
export interface LedgerRow {
  /** Whether copies of its event are known by what the row says. */
  readonly hasIdentity: boolean;
  /** NaN when the event has no time. */
  readonly epochMs: number;
  readonly clock: Clock;
  readonly contribution: number;
  readonly recordId: string | undefined;
  readonly input: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * The rows of a ledger in 40 bytes each, and 11 to 21 more where identities must be looked up. A row with
 * identity is keyed by (identity, definition): of two with one key the richer's contents stay, and the least position.
 * Rows without identity all stay.
 */
export class LedgerRows {
  readonly contributions = new Contributions();
  readonly inputNames = new StringPool();
  readonly #store = new RowStore();
  #index = new IdentityIndex(this);
  #blockRoom: BlockRoom | undefined;

  /** How many rows there are, dropped ones included. */
  get size(): number {
    return this.#store.length;
  }

  /** Lets all rows go. What they said and where they stood stays interned. */
  clear(): void {
    this.#store.clear();
    this.#index = new IdentityIndex(this);
  }

  /**
   * Adds a row. Identity wants a time, a record ID, and a contribution that names a log; without them it has none.
   * `packedId` is a record ID as `packRecordId` gives it, `log` what `logOf` gives for the contribution.
   * @returns its number, or that of the row with the same key that took it in.
   */
  place(
    hasIdentity: boolean,
    epochMs: number,
    clock: Clock,
    contribution: number,
    packedId: number,
    input: number,
    offset: number,
    length: number,
    log = hasIdentity ? this.contributions.logOf(contribution) : -1,
  ): number {
    const row = this.size;
    if (!hasIdentity || log < 0 || packedId === NO_RECORD_ID || Number.isNaN(epochMs)) {
      this.#store.push(epochMs, offset, clock, contribution, packedId, input, length);
    } else if (this.#index.goesOn(log, packedId)) {
      this.#store.push(epochMs, offset, clock | HAS_IDENTITY, contribution, packedId, input, length);
    } else {
      return this.#placeAmong(log, epochMs, clock, contribution, packedId, input, offset, length);
    }
    return row;
  }

  /** Adds a row that others may have the identity of. */
  #placeAmong(
    log: number,
    epochMs: number,
    clock: Clock,
    contribution: number,
    packedId: number,
    input: number,
    offset: number,
    length: number,
  ): number {
    let same = -1;
    let flags = HAS_IDENTITY;
    this.#index.find(log, packedId, epochMs, other => {
      if (this.#isOfOneDefinition(this.#store.word(other, CONTRIBUTION), contribution)) {
        same = other;
        return true;
      }
      flags |= HAS_SIBLING;
      this.#store.setWord(other, CLOCK, this.#store.word(other, CLOCK) | HAS_SIBLING);
      return false;
    });
    if (same >= 0) {
      this.#uniteContents(same, epochMs, clock, contribution);
      this.#unitePosition(same, input, offset, length);
      return same;
    }
    const row = this.size;
    this.#store.push(epochMs, offset, clock | flags, contribution, packedId, input, length);
    this.#index.fill(row);
    return row;
  }

  /** A record ID as rows hold it, the same for the same text. */
  packRecordId(recordId: string | undefined): number {
    if (recordId === undefined) return NO_RECORD_ID;
    const number = decimal(recordId);
    return number >= 0 ? number : INTERNED_RECORD_ID + this.contributions.strings.intern(recordId);
  }

  /** The same of a number as text; of one below 0, that there is none. */
  packRecordNumber(recordId: number): number {
    if (recordId < 0) return NO_RECORD_ID;
    return recordId < INTERNED_RECORD_ID ? recordId : this.packRecordId(`${recordId}`);
  }

  /** Gives a row its identity late: it is placed anew, since its key may be here already. */
  identify(row: number): void {
    this.place(
      true,
      this.#store.double(row, EPOCH_MS),
      this.clockOf(row),
      this.#store.word(row, CONTRIBUTION),
      this.#store.word(row, RECORD_ID),
      this.#store.word(row, INPUT),
      this.#store.double(row, OFFSET),
      this.#store.word(row, BYTES),
    );
    this.drop(row);
  }

  /** Takes a row out for good. */
  drop(row: number): void {
    this.#store.setWord(row, CLOCK, this.#store.word(row, CLOCK) | DROPPED);
  }

  isDropped(row: number): boolean {
    return (this.#store.word(row, CLOCK) & DROPPED) !== 0;
  }

  setEpochMs(row: number, epochMs: number): void {
    this.#store.setDouble(row, EPOCH_MS, epochMs);
  }

  /** All rows as columns; the words are those of the store, with their flags, and the caller's to change. */
  columns() {
    const { size } = this;
    const words = (field: WordField) => {
      const column = new Uint32Array(size);
      this.#store.copyWords(field, 0, size, column);
      return column;
    };
    const doubles = (field: DoubleField) => {
      const column = new Float64Array(size);
      this.#store.copyDoubles(field, 0, size, column);
      return column;
    };
    return {
      epochMs: doubles(EPOCH_MS),
      offset: doubles(OFFSET),
      clock: words(CLOCK),
      contribution: words(CONTRIBUTION),
      recordId: words(RECORD_ID),
      input: words(INPUT),
      length: words(BYTES),
    };
  }

  /**
   * All rows in their order, some thousands at a time: who counts them needs no memory that grows with them. One reading
   * after the other, since all use the same arrays.
   */
  blocks(): Generator<RowBlock> {
    this.#blockRoom ??= createBlockRoom();
    return blocksOf(this.#store, this.#blockRoom);
  }

  /** The rows in [from, to) as they are, 40 bytes each, into the start of `words`. */
  copyWhole(from: number, to: number, words: Uint32Array): void {
    this.#store.copyWhole(from, to, words);
  }

  /** The rows of a list in its order, some hundreds at a time. */
  batches(list: Uint32Array): Generator<RowBatch> {
    return batchesOf(this.#store, list);
  }

  contributionOf(row: number): number {
    return this.#store.word(row, CONTRIBUTION);
  }

  /** NaN when the event has no time. */
  epochMsOf(row: number): number {
    return this.#store.double(row, EPOCH_MS);
  }

  clockOf(row: number): Clock {
    return this.#store.word(row, CLOCK) & CLOCK_BITS;
  }

  hasIdentity(row: number): boolean {
    return (this.#store.word(row, CLOCK) & HAS_IDENTITY) !== 0;
  }

  /** The log that the row's event stands in, of a row with identity. */
  logOf(row: number): number {
    return this.contributions.logOf(this.#store.word(row, CONTRIBUTION));
  }

  packedRecordIdOf(row: number): number {
    return this.#store.word(row, RECORD_ID);
  }

  /** Whether another definition has a row of the same event; known of rows with identity only. */
  hasSibling(row: number): boolean {
    return (this.#store.word(row, CLOCK) & HAS_SIBLING) !== 0;
  }

  inputOf(row: number): number {
    return this.#store.word(row, INPUT);
  }

  offsetOf(row: number): number {
    return this.#store.double(row, OFFSET);
  }

  lengthOf(row: number): number {
    return this.#store.word(row, BYTES);
  }

  recordIdOf(row: number): string | undefined {
    const packed = this.#store.word(row, RECORD_ID);
    if (packed === NO_RECORD_ID) return undefined;
    return packed < INTERNED_RECORD_ID ? String(packed) : this.contributions.strings.text(packed - INTERNED_RECORD_ID);
  }

  row(row: number): LedgerRow {
    return {
      hasIdentity: this.hasIdentity(row),
      epochMs: this.#store.double(row, EPOCH_MS),
      clock: this.clockOf(row),
      contribution: this.#store.word(row, CONTRIBUTION),
      recordId: this.recordIdOf(row),
      input: this.inputNames.text(this.#store.word(row, INPUT)),
      offset: this.#store.double(row, OFFSET),
      length: this.#store.word(row, BYTES),
    };
  }

  /** The rows of this row's event, by the identity that it has. */
  siblingsOf(row: number): number[] {
    return this.hasIdentity(row) ? this.#index.siblingsOf(row) : [row];
  }

  #isOfOneDefinition(a: number, b: number): boolean {
    return a === b || this.contributions.outlineOf(a).definition === this.contributions.outlineOf(b).definition;
  }

  /** Keeps the richer contribution; with equal ones the clearer time, then the earlier. */
  #uniteContents(here: number, epochMs: number, clock: Clock, contribution: number): void {
    const ownClock = this.clockOf(here);
    const difference =
      this.contributions.compare(contribution, this.#store.word(here, CONTRIBUTION)) ||
      compareClarity(clock, ownClock) ||
      epochMs - this.#store.double(here, EPOCH_MS) ||
      clock - ownClock;
    if (difference >= 0) return;
    this.#store.setDouble(here, EPOCH_MS, epochMs);
    this.#store.setWord(here, CLOCK, clock | (this.#store.word(here, CLOCK) & ~CLOCK_BITS));
    this.#store.setWord(here, CONTRIBUTION, contribution);
  }

  /** Keeps the least position: by the input's name, then offset, then length. The record ID is part of the identity. */
  #unitePosition(here: number, input: number, offset: number, length: number): void {
    const own = this.#store.word(here, INPUT);
    let isBefore: boolean;
    if (input !== own) isBefore = this.inputNames.text(input) < this.inputNames.text(own);
    else if (offset !== this.#store.double(here, OFFSET)) isBefore = offset < this.#store.double(here, OFFSET);
    else isBefore = length < this.#store.word(here, BYTES);
    if (!isBefore) return;
    this.#store.setWord(here, INPUT, input);
    this.#store.setDouble(here, OFFSET, offset);
    this.#store.setWord(here, BYTES, length);
  }
}

const NO_RECORD_ID = 0xffff_ffff;
/** Record IDs from here on, and those that are no plain number, are interned strings. */
const INTERNED_RECORD_ID = 0xc000_0000;

/** A packed record ID as a number, -1 when there is none; undefined where a text alone holds it. */
export function recordNumberOf(packedId: number): number | undefined {
  if (packedId === NO_RECORD_ID) return -1;
  return packedId < INTERNED_RECORD_ID ? packedId : undefined;
}

/** The number that the text writes without leading zeros, below the interned ones; else -1. */
function decimal(text: string): number {
  const { length } = text;
  if (length === 0 || length > 10 || (length > 1 && text.charCodeAt(0) === 0x30)) return -1;
  let number = 0;
  for (let at = 0; at < length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number < INTERNED_RECORD_ID ? number : -1;
}
