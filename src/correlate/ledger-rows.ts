import { type Clock, compareClarity, nanosOf } from './clock.js';
import { Float64Column, Uint32Column } from './column.js';
import { Contributions } from './contributions.js';
import { IdentityIndex } from './identity-index.js';
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
 * The rows of a ledger in columns: 36 bytes each, and 5 to 11 more where identities must be looked up. A row with
 * identity is keyed by (identity, definition): of two with one key the richer's contents stay, and the least position.
 * Rows without identity all stay.
 */
export class LedgerRows {
  readonly contributions = new Contributions();
  readonly inputNames = new StringPool();
  readonly #epochMs = new Float64Column();
  readonly #clock = new Uint32Column();
  readonly #contribution = new Uint32Column();
  readonly #recordId = new Uint32Column();
  readonly #input = new Uint32Column();
  readonly #offset = new Float64Column();
  readonly #length = new Uint32Column();
  readonly #index = new IdentityIndex(this);

  /** How many rows there are, dropped ones included. */
  get size(): number {
    return this.#contribution.length;
  }

  /**
   * Adds a row. Identity wants a time, a record ID, and a contribution that names a log; without them it has none.
   * @returns its number, or that of the row with the same key that took it in.
   */
  place(
    hasIdentity: boolean,
    epochMs: number,
    clock: Clock,
    contribution: number,
    recordId: string | undefined,
    input: number,
    offset: number,
    length: number,
  ): number {
    const packedId = this.#packRecordId(recordId);
    const log = hasIdentity && recordId !== undefined ? this.contributions.logOf(contribution) : -1;
    const isIdentified = log >= 0 && !Number.isNaN(epochMs);
    let same = -1;
    let flags = 0;
    if (isIdentified) {
      flags = HAS_IDENTITY;
      this.#index.find(log, packedId, epochMs, other => {
        if (this.#isOfOneDefinition(this.#contribution.get(other), contribution)) {
          same = other;
          return true;
        }
        flags |= HAS_SIBLING;
        this.#clock.set(other, this.#clock.get(other) | HAS_SIBLING);
        return false;
      });
      if (same >= 0) {
        this.#uniteContents(same, epochMs, clock, contribution);
        this.#unitePosition(same, input, offset, length);
        return same;
      }
    }
    const row = this.size;
    this.#epochMs.push(epochMs);
    this.#clock.push(clock | flags);
    this.#contribution.push(contribution);
    this.#recordId.push(packedId);
    this.#input.push(input);
    this.#offset.push(offset);
    this.#length.push(length);
    if (isIdentified) this.#index.fill(row);
    return row;
  }

  /** Gives a row its identity late: it is placed anew, since its key may be here already. */
  identify(row: number): void {
    this.place(
      true,
      this.#epochMs.get(row),
      this.clockOf(row),
      this.#contribution.get(row),
      this.recordIdOf(row),
      this.#input.get(row),
      this.#offset.get(row),
      this.#length.get(row),
    );
    this.drop(row);
  }

  /** Takes a row out for good. */
  drop(row: number): void {
    this.#clock.set(row, this.#clock.get(row) | DROPPED);
  }

  isDropped(row: number): boolean {
    return (this.#clock.get(row) & DROPPED) !== 0;
  }

  setEpochMs(row: number, epochMs: number): void {
    this.#epochMs.set(row, epochMs);
  }

  contributionOf(row: number): number {
    return this.#contribution.get(row);
  }

  /** NaN when the event has no time. */
  epochMsOf(row: number): number {
    return this.#epochMs.get(row);
  }

  clockOf(row: number): Clock {
    return this.#clock.get(row) & CLOCK;
  }

  nanosOf(row: number): number {
    return nanosOf(this.#clock.get(row));
  }

  hasIdentity(row: number): boolean {
    return (this.#clock.get(row) & HAS_IDENTITY) !== 0;
  }

  /** The log that the row's event stands in, of a row with identity. */
  logOf(row: number): number {
    return this.contributions.logOf(this.#contribution.get(row));
  }

  packedRecordIdOf(row: number): number {
    return this.#recordId.get(row);
  }

  /** Whether another definition has a row of the same event; known of rows with identity only. */
  hasSibling(row: number): boolean {
    return (this.#clock.get(row) & HAS_SIBLING) !== 0;
  }

  inputOf(row: number): number {
    return this.#input.get(row);
  }

  offsetOf(row: number): number {
    return this.#offset.get(row);
  }

  lengthOf(row: number): number {
    return this.#length.get(row);
  }

  recordIdOf(row: number): string | undefined {
    const packed = this.#recordId.get(row);
    if (packed === NO_RECORD_ID) return undefined;
    return packed < INTERNED_RECORD_ID ? String(packed) : this.contributions.strings.text(packed - INTERNED_RECORD_ID);
  }

  row(row: number): LedgerRow {
    return {
      hasIdentity: this.hasIdentity(row),
      epochMs: this.#epochMs.get(row),
      clock: this.clockOf(row),
      contribution: this.#contribution.get(row),
      recordId: this.recordIdOf(row),
      input: this.inputNames.text(this.#input.get(row)),
      offset: this.#offset.get(row),
      length: this.#length.get(row),
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
      this.contributions.compare(contribution, this.#contribution.get(here)) ||
      compareClarity(clock, ownClock) ||
      epochMs - this.#epochMs.get(here) ||
      clock - ownClock;
    if (difference >= 0) return;
    this.#epochMs.set(here, epochMs);
    this.#clock.set(here, clock | (this.#clock.get(here) & ~CLOCK));
    this.#contribution.set(here, contribution);
  }

  /** Keeps the least position: by the input's name, then offset, then length. The record ID is part of the identity. */
  #unitePosition(here: number, input: number, offset: number, length: number): void {
    const own = this.#input.get(here);
    let isBefore: boolean;
    if (input !== own) isBefore = this.inputNames.text(input) < this.inputNames.text(own);
    else if (offset !== this.#offset.get(here)) isBefore = offset < this.#offset.get(here);
    else isBefore = length < this.#length.get(here);
    if (!isBefore) return;
    this.#input.set(here, input);
    this.#offset.set(here, offset);
    this.#length.set(here, length);
  }

  #packRecordId(recordId: string | undefined): number {
    if (recordId === undefined) return NO_RECORD_ID;
    const number = decimal(recordId);
    return number >= 0 ? number : INTERNED_RECORD_ID + this.contributions.strings.intern(recordId);
  }
}

/** A clock's own bits; those above are the row's. */
const CLOCK = (1 << 26) - 1;
const DROPPED = 1 << 28;
const HAS_IDENTITY = 1 << 29;
const HAS_SIBLING = 1 << 30;
const NO_RECORD_ID = 0xffff_ffff;
/** Record IDs from here on, and those that are no plain number, are interned strings. */
const INTERNED_RECORD_ID = 0xc000_0000;

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
