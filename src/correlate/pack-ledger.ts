import type { PackedContributions } from './contributions.js';
import type { LedgerInput } from './known-inputs.js';
import type { Ledger } from './ledger.js';
import type { LedgerRows } from './ledger-rows.js';

/** A ledger as plain data that goes from thread to thread without being written and parsed. */
export interface PackedLedger {
  readonly inputs: readonly LedgerInput[];
  readonly contributions: PackedContributions;
  readonly inputNames: readonly string[];
  /** Columns, all of one length; `contribution` and `input` are places in what stands above. */
  readonly epochMs: Float64Array<ArrayBuffer>;
  readonly clock: Uint32Array<ArrayBuffer>;
  readonly contribution: Uint32Array<ArrayBuffer>;
  readonly input: Uint32Array<ArrayBuffer>;
  readonly offset: Float64Array<ArrayBuffer>;
  readonly length: Uint32Array<ArrayBuffer>;
  readonly hasIdentity: Uint8Array<ArrayBuffer>;
  /** A record ID that is a plain number, else -1 (none) or -2 less its place in `recordIdTexts`. */
  readonly recordId: Float64Array<ArrayBuffer>;
  readonly recordIdTexts: readonly string[];
}

/** Packs a ledger's rows in their order, and its inputs. The ledger stays as it is. */
export function packLedger(ledger: Ledger): PackedLedger {
  const inputs = ledger.inputs();
  const { rows } = ledger;
  const live: number[] = [];
  for (let row = 0; row < rows.size; row++) if (!rows.isDropped(row)) live.push(row);
  const column = <Column extends Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(
    to: Column,
    of: (row: number) => number,
  ) => {
    for (let at = 0; at < live.length; at++) to[at] = of(live[at]!);
    return to;
  };
  const numbers = () => new Float64Array(live.length);
  const counts = () => new Uint32Array(live.length);
  const placeOf = new Uint32Array(rows.contributions.size);
  const said: number[] = [];
  const packContribution = (id: number) => {
    placeOf[id] ||= said.push(id);
    return placeOf[id]! - 1;
  };
  const contribution = column(counts(), row => packContribution(rows.contributionOf(row)));
  const recordIdTexts: string[] = [];
  const packRecordId = (row: number) =>
    rows.recordNumberOf(row) ?? NO_RECORD_ID - recordIdTexts.push(rows.recordIdOf(row)!);
  return {
    inputs,
    contributions: rows.contributions.pack(said),
    inputNames: Array.from({ length: rows.inputNames.size }, (_, id) => rows.inputNames.text(id)),
    epochMs: column(numbers(), row => rows.epochMsOf(row)),
    clock: column(counts(), row => rows.clockOf(row)),
    contribution,
    input: column(counts(), row => rows.inputOf(row)),
    offset: column(numbers(), row => rows.offsetOf(row)),
    length: column(counts(), row => rows.lengthOf(row)),
    hasIdentity: Uint8Array.from(live, row => (rows.hasIdentity(row) ? 1 : 0)),
    recordId: column(numbers(), packRecordId),
    recordIdTexts,
  };
}

/** Where the rows of a packed ledger go. */
export interface PackedRowsTaker {
  /** Whether a row without identity is here already. */
  readonly isKnown?: (path: string, offset: number) => boolean;
  /** Told of each row that came in addition to those that are here, with its input. */
  readonly onNew?: (row: number, input: number) => void;
}

/** Adds the rows of a packed ledger to others, in their order. */
export function addPackedRows(packed: PackedLedger, rows: LedgerRows, { isKnown, onNew }: PackedRowsTaker): void {
  const contributions = rows.contributions.adoptPacked(packed.contributions);
  const inputs = packed.inputNames.map(path => rows.inputNames.intern(path));
  const { epochMs, clock, contribution, input, offset, length, recordId, recordIdTexts } = packed;
  for (let at = 0; at < clock.length; at++) {
    const hasIdentity = packed.hasIdentity[at] === 1;
    if (!hasIdentity && isKnown?.(packed.inputNames[input[at]!]!, offset[at]!) === true) continue;
    const { size } = rows;
    const number = recordId[at]!;
    const row = rows.place(
      hasIdentity,
      epochMs[at]!,
      clock[at]!,
      contributions[contribution[at]!]!,
      number < NO_RECORD_ID
        ? rows.packRecordId(recordIdTexts[NO_RECORD_ID - 1 - number])
        : rows.packRecordNumber(number),
      inputs[input[at]!]!,
      offset[at]!,
      length[at]!,
    );
    if (row === size) onNew?.(row, inputs[input[at]!]!);
  }
}

/** The buffers that need not be copied. */
export function buffersOf(packed: PackedLedger): ArrayBuffer[] {
  const {
    contributions: { words, ends },
    epochMs,
    clock,
    contribution,
    input,
    offset,
    length,
    hasIdentity,
    recordId,
  } = packed;
  return [words, ends, epochMs, clock, contribution, input, offset, length, hasIdentity, recordId].map(
    ({ buffer }) => buffer,
  );
}

const NO_RECORD_ID = -1;
