import {
  EvpairError,
  type Failure,
  type InputReport,
  type Instant,
  type TimeBasis,
  type Unpaired,
} from '../model/index.js';
import { type Column, float64Column, uint32Column } from './column.js';
import { Contributions } from './contributions.js';
import { type IdentityHash, IdentityHasher } from './identity.js';
import { StringPool } from './string-pool.js';

/** An input that rows of a ledger come from. */
export interface LedgerInput {
  readonly report: InputReport;
  /** The part of the input that was read; `all`, or `from-to` in bytes. */
  readonly range: string;
  /** Recognised events that have an identity, copies included. */
  readonly identified: number;
}

export interface LedgerOptions {
  /** Count copies of an event once, by its identity. Default: record-id. */
  readonly dedupe?: 'record-id' | 'none' | undefined;
  /** Epoch milliseconds; a row whose date order is decided late is dropped then if it lies outside. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/**
 * The table of what was recognised: a set of compact rows, about 60 bytes each, from which every summary follows.
 * A row is keyed by (identity, definition); of two rows with one key the richer stays and the least position. Rows
 * without identity all stay. So `merge` is set union: commutative, associative, idempotent.
 */
export class Ledger {
  readonly contributions = new Contributions();
  readonly inputNames = new StringPool();
  readonly #options: LedgerOptions;
  readonly #hasher = new IdentityHasher();
  readonly #identity: readonly Column<Uint32Array>[] = [uint32Column(), uint32Column(), uint32Column(), uint32Column()];
  readonly #epochMs = float64Column();
  readonly #clock = uint32Column();
  readonly #contribution = uint32Column();
  readonly #recordId = uint32Column();
  readonly #input = uint32Column();
  readonly #offset = float64Column();
  readonly #length = uint32Column();
  /** The other reading of local dates whose order is undecided; only rows of the input at hand have one. */
  readonly #alternatives = new Map<number, number>();
  readonly #dropped = new Set<number>();
  #slots = new Uint32Array(1 << 10);
  #identified = 0;
  readonly #inputs = new Map<string, LedgerInput>();
  /** Recognised events with identity of the input at hand. */
  #identifiedHere = 0;
  #lastInput = -1;
  #lastOffset = -1;

  constructor(options: LedgerOptions = {}) {
    this.#options = options;
  }

  /** How many rows there are, dropped ones included. */
  get size(): number {
    return this.#contribution.length;
  }

  /** The inputs whose rows are here, in the order of their names. */
  inputs(): readonly LedgerInput[] {
    return [...this.#inputs.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, input]) => input);
  }

  /** Adds what one definition made of one event. What several made of it comes one after the other. */
  add(item: Failure | Unpaired): void {
    const { time, position, recordId, observer, channel } = item;
    const isUndecided = time?.alternative !== undefined;
    const identity =
      this.#options.dedupe !== 'none' &&
      time !== undefined &&
      !isUndecided &&
      recordId !== undefined &&
      observer !== undefined &&
      channel !== undefined
        ? this.#hasher.hash(observer, channel, recordId, time.epochMs)
        : undefined;
    const input = this.inputNames.intern(position.input);
    if (identity !== undefined && (input !== this.#lastInput || position.offset !== this.#lastOffset)) {
      this.#identifiedHere += 1;
    }
    this.#lastInput = input;
    this.#lastOffset = position.offset;
    const row = this.#place({
      identity,
      epochMs: time?.epochMs ?? Number.NaN,
      clock: time === undefined ? 0 : packClock(time),
      contribution: this.contributions.intern(item),
      recordId: this.#packRecordId(recordId),
      input,
      offset: position.offset,
      length: position.length,
    });
    if (time?.alternative !== undefined) this.#alternatives.set(row, time.alternative);
  }

  /** Ends an input: its report is kept, and rows whose date order was undecided take the reading that holds. */
  endInput(report: InputReport, range = 'all'): void {
    this.#resolve(report.dateOrder?.swap === true);
    this.#addInput({ report, range, identified: this.#identifiedHere });
    this.#identifiedHere = 0;
    this.#lastInput = -1;
  }

  /** Adds all rows of another ledger. @throws EvpairError `ERR_PARTIAL` when an input is known with another size. */
  merge(other: Ledger): void {
    const known = new Set<string>();
    for (const input of other.#inputs.values()) {
      if (!this.#addInput(input)) known.add(input.report.path);
    }
    const contributions = new Map<number, number>();
    for (let row = 0; row < other.size; row++) {
      if (other.#dropped.has(row)) continue;
      const from = other.#contribution.get(row);
      let contribution = contributions.get(from);
      if (contribution === undefined) {
        contribution = this.contributions.adopt(other.contributions, from);
        contributions.set(from, contribution);
      }
      this.restore({ ...other.row(row), contribution }, known);
    }
  }

  /** Adds a row that was taken from a ledger; one without identity only if its input is not among `known`. */
  restore(row: LedgerRow, known: ReadonlySet<string>): void {
    if (row.identity === undefined && known.has(row.input)) return;
    this.#place({
      identity: row.identity,
      epochMs: row.epochMs,
      clock: row.clock,
      contribution: row.contribution,
      recordId: this.#packRecordId(row.recordId),
      input: this.inputNames.intern(row.input),
      offset: row.offset,
      length: row.length,
    });
  }

  /** Adds an input that was taken from a ledger. @returns false when it is here already. */
  restoreInput(input: LedgerInput): boolean {
    return this.#addInput(input);
  }

  isDropped(row: number): boolean {
    return this.#dropped.has(row);
  }

  contributionOf(row: number): number {
    return this.#contribution.get(row);
  }

  /** NaN when the event has no time. */
  epochMsOf(row: number): number {
    return this.#epochMs.get(row);
  }

  nanosOf(row: number): number {
    return this.#clock.get(row) & 0xfffff;
  }

  timeOf(row: number): Instant | undefined {
    const epochMs = this.#epochMs.get(row);
    return Number.isNaN(epochMs) ? undefined : { epochMs, ...unpackClock(this.#clock.get(row)) };
  }

  hasIdentity(row: number): boolean {
    return this.#identity[0]!.get(row) !== 0;
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
      identity: this.hasIdentity(row) ? Uint32Array.from(this.#identity, column => column.get(row)) : undefined,
      epochMs: this.#epochMs.get(row),
      clock: this.#clock.get(row),
      contribution: this.#contribution.get(row),
      recordId: this.recordIdOf(row),
      input: this.inputNames.text(this.#input.get(row)),
      offset: this.#offset.get(row),
      length: this.#length.get(row),
    };
  }

  /** The least number of a row with this row's identity (each definition has its own row); the row itself without one. */
  leaderOf(row: number): number {
    let leader = row;
    this.forSameEvent(row, other => {
      if (other < leader) leader = other;
    });
    return leader;
  }

  /** Calls back for every row with this row's identity, the row included. */
  forSameEvent(row: number, each: (row: number) => void): void {
    if (!this.hasIdentity(row)) {
      each(row);
      return;
    }
    const mask = this.#slots.length - 1;
    for (let slot = this.#identity[0]!.get(row) & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const other = this.#slots[slot]! - 1;
      if (this.#identity.every(column => column.get(other) === column.get(row))) each(other);
    }
  }

  #place(row: PackedRow): number {
    if (row.identity === undefined) return this.#append(row, NO_IDENTITY);
    const mask = this.#slots.length - 1;
    const definition = this.contributions.definitionOf(row.contribution);
    let slot = row.identity[0]! & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const other = this.#slots[slot]! - 1;
      if (!this.#hasIdentity(other, row.identity)) continue;
      if (this.contributions.definitionOf(this.#contribution.get(other)) !== definition) continue;
      this.#unite(other, row);
      return other;
    }
    this.#slots[slot] = this.#append(row, row.identity) + 1;
    this.#identified += 1;
    if (this.#identified * 10 > this.#slots.length * 7) this.#rehash();
    return this.size - 1;
  }

  #append(row: PackedRow, identity: IdentityHash): number {
    for (let word = 0; word < 4; word++) this.#identity[word]!.push(identity[word]!);
    this.#epochMs.push(row.epochMs);
    this.#clock.push(row.clock);
    this.#contribution.push(row.contribution);
    this.#recordId.push(row.recordId);
    this.#input.push(row.input);
    this.#offset.push(row.offset);
    this.#length.push(row.length);
    return this.size - 1;
  }

  /** The union of a row that is here with one of the same key: the richer's contents, the lesser's position. */
  #unite(here: number, row: PackedRow): void {
    if (this.#isRicher(row, here)) {
      this.#epochMs.set(here, row.epochMs);
      this.#clock.set(here, row.clock);
      this.#contribution.set(here, row.contribution);
    }
    const hereName = this.inputNames.text(this.#input.get(here));
    const name = this.inputNames.text(row.input);
    const isBefore = name === hereName ? row.offset < this.#offset.get(here) : name < hereName;
    if (!isBefore) return;
    this.#input.set(here, row.input);
    this.#offset.set(here, row.offset);
    this.#length.set(here, row.length);
    this.#recordId.set(here, row.recordId);
  }

  #isRicher(row: PackedRow, here: number): boolean {
    const other = this.#contribution.get(here);
    if (row.contribution !== other) {
      const difference = this.contributions.richness(row.contribution) - this.contributions.richness(other);
      if (difference !== 0) return difference > 0;
      const [a, b] = [this.contributions.canonical(row.contribution), this.contributions.canonical(other)];
      if (a !== b) return a < b;
    }
    const digits = ((row.clock >> 20) & 15) - ((this.#clock.get(here) >> 20) & 15);
    if (digits !== 0) return digits > 0;
    const ms = row.epochMs - this.#epochMs.get(here);
    return ms !== 0 ? ms < 0 : row.clock < this.#clock.get(here);
  }

  #hasIdentity(row: number, identity: IdentityHash): boolean {
    for (let word = 0; word < 4; word++) if (this.#identity[word]!.get(row) !== identity[word]) return false;
    return true;
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let row = 0; row < this.size; row++) {
      if (!this.hasIdentity(row)) continue;
      let slot = this.#identity[0]!.get(row) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = row + 1;
    }
    this.#slots = slots;
  }

  #resolve(isSwapped: boolean): void {
    const { since = -Infinity, until = Infinity } = this.#options;
    for (const [row, alternative] of this.#alternatives) {
      if (isSwapped) this.#epochMs.set(row, alternative);
      const epochMs = this.#epochMs.get(row);
      if (epochMs < since || epochMs >= until) this.#dropped.add(row);
    }
    this.#alternatives.clear();
  }

  #addInput(input: LedgerInput): boolean {
    const key = `${input.report.path}\0${input.range}`;
    const known = this.#inputs.get(key);
    if (known === undefined) {
      this.#inputs.set(key, input);
      return true;
    }
    if (known.report.bytes !== input.report.bytes) {
      throw new EvpairError(
        'ERR_PARTIAL',
        `${input.report.path}: one part says it has ${known.report.bytes} bytes, another ${input.report.bytes}.`,
        { hint: 'Read it again, or tell two inputs of one name apart with --input-root.' },
      );
    }
    return false;
  }

  #packRecordId(recordId: string | undefined): number {
    if (recordId === undefined) return NO_RECORD_ID;
    const number = Number(recordId);
    if (number < INTERNED_RECORD_ID && String(number) === recordId && Number.isInteger(number)) return number;
    return INTERNED_RECORD_ID + this.contributions.strings.intern(recordId);
  }
}

/** A row as it is written to a partial ledger. `contribution` belongs to the ledger that it came from. */
export interface LedgerRow {
  readonly identity: IdentityHash | undefined;
  /** NaN when the event has no time. */
  readonly epochMs: number;
  /** Nanoseconds, digits and basis of the time, packed. */
  readonly clock: number;
  readonly contribution: number;
  readonly recordId: string | undefined;
  readonly input: string;
  readonly offset: number;
  readonly length: number;
}

interface PackedRow {
  readonly identity: IdentityHash | undefined;
  readonly epochMs: number;
  readonly clock: number;
  readonly contribution: number;
  readonly recordId: number;
  readonly input: number;
  readonly offset: number;
  readonly length: number;
}

const NO_IDENTITY = new Uint32Array(4);
const NO_RECORD_ID = 0xffff_ffff;
/** Record IDs from here on, and those that are no plain number, are interned strings. */
const INTERNED_RECORD_ID = 0xc000_0000;
const BASES: readonly TimeBasis[] = ['export', 'given', 'assumed'];

function packClock(time: Instant): number {
  return time.nanos | (time.digits << 20) | (BASES.indexOf(time.basis) << 24);
}

function unpackClock(clock: number): Omit<Instant, 'epochMs' | 'alternative'> {
  return { nanos: clock & 0xfffff, digits: (clock >> 20) & 15, basis: BASES[(clock >> 24) & 3]! };
}
