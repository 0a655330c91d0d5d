import { firstSlot, freeSlot, SlotTable } from './slot-table.js';

/**
 * What makes two copies one event: the log (computer and channel), the record ID in it, and the time floored to the
 * second, since tools differ in the fraction's digits. The three are compared themselves; their hash only finds them.
 */
export interface IdentityColumns {
  readonly size: number;
  hasIdentity(row: number): boolean;
  logOf(row: number): number;
  /** The record ID packed into a number: equal ones are equal texts. */
  packedRecordIdOf(row: number): number;
  epochMsOf(row: number): number;
}

/**
 * The rows of a ledger by identity. An export lists the records of a log in their order: while their IDs only rise, or
 * only fall, no two rows are one event and nothing need be looked up. The table is built at the first row that breaks
 * the order, and kept up from then on.
 */
export class IdentityIndex {
  readonly #rows: IdentityColumns;
  readonly #runs: Run[] = [];
  #table: SlotTable | undefined;
  #hash = 0;
  #at = 0;

  constructor(rows: IdentityColumns) {
    this.#rows = rows;
  }

  /** Whether a row of this identity is the next of its log's run, so that no other row can have it; then it is in. */
  goesOn(log: number, recordId: number): boolean {
    return this.#table === undefined && this.#continues(log, recordId);
  }

  /** Calls `visit` with each row of this identity until it gives true. `fill` then adds a row of it. */
  find(log: number, recordId: number, epochMs: number, visit: (row: number) => boolean): boolean {
    this.#table ??= this.#built();
    const second = Math.floor(epochMs / 1000);
    this.#hash = hashOf(log, recordId, second);
    const slots = this.#table.slots(this.#hash);
    const mask = slots.length - 1;
    let at = firstSlot(this.#hash, mask);
    for (; slots[at] !== 0; at = (at + 2) & mask) {
      if (slots[at + 1] !== this.#hash) continue;
      const row = slots[at]! - 1;
      if (this.#isOf(row, log, recordId, second) && visit(row)) return true;
    }
    this.#at = at;
    return false;
  }

  /** Adds the row of the identity that `find` has just not found. */
  fill(row: number): void {
    this.#table?.fill(this.#hash, this.#at, row);
  }

  /** The rows of a row's event. */
  siblingsOf(row: number): number[] {
    if (this.#table === undefined) return [row];
    const rows = this.#rows;
    const found: number[] = [];
    this.find(rows.logOf(row), rows.packedRecordIdOf(row), rows.epochMsOf(row), other => {
      found.push(other);
      return false;
    });
    return found;
  }

  #isOf(row: number, log: number, recordId: number, second: number): boolean {
    const rows = this.#rows;
    return (
      rows.packedRecordIdOf(row) === recordId &&
      rows.logOf(row) === log &&
      Math.floor(rows.epochMsOf(row) / 1000) === second
    );
  }

  /** Whether the record continues its log's run. */
  #continues(log: number, recordId: number): boolean {
    const run = this.#runs[log];
    if (run === undefined) {
      this.#runs[log] = { last: recordId, direction: 0 };
      return true;
    }
    const direction = Math.sign(recordId - run.last);
    if (direction === 0 || direction === -run.direction) return false;
    run.direction = direction;
    run.last = recordId;
    return true;
  }

  #built(): SlotTable {
    const rows = this.#rows;
    const table = new SlotTable();
    for (let row = 0; row < rows.size; row++) {
      if (!rows.hasIdentity(row)) continue;
      const hash = hashOf(rows.logOf(row), rows.packedRecordIdOf(row), Math.floor(rows.epochMsOf(row) / 1000));
      table.fill(hash, freeSlot(table.slots(hash), hash), row);
    }
    return table;
  }
}

/** How the record IDs of one log have gone so far. */
interface Run {
  last: number;
  /** 1: they rise, -1: they fall, 0: there is one. */
  direction: number;
}

function hashOf(log: number, recordId: number, second: number): number {
  let hash = Math.imul(log + 1, 0x9e3779b1) ^ Math.imul(recordId, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) ^ Math.imul(second, 0x27d4eb2f);
  hash ^= Math.floor(second / 0x1_0000_0000);
  hash = Math.imul(hash ^ (hash >>> 13), 0x85ebca6b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
