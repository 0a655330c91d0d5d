import type { PackedContributions } from './contributions.js';
import type { LedgerInput } from './known-inputs.js';
import type { Ledger } from './ledger.js';
import { type LedgerRows, recordNumberOf } from './ledger-rows.js';
import { CLOCK_BITS, DROPPED, HAS_IDENTITY } from './row-store.js';

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
  const { epochMs, offset, clock, contribution, recordId: packedIds, input, length } = rows.columns();
  const hasIdentity = new Uint8Array(rows.size);
  const recordId = new Float64Array(rows.size);
  const placeOf = new Uint32Array(rows.contributions.size);
  const said: number[] = [];
  const recordIdTexts: string[] = [];
  // Rows that were taken out are written over.
  let size = 0;
  for (let row = 0; row < rows.size; row++) {
    if ((clock[row]! & DROPPED) !== 0) continue;
    const id = contribution[row]!;
    placeOf[id] ||= said.push(id);
    contribution[size] = placeOf[id]! - 1;
    const number = recordNumberOf(packedIds[row]!);
    recordId[size] = number ?? NO_RECORD_ID - recordIdTexts.push(rows.recordIdOf(row)!);
    hasIdentity[size] = (clock[row]! & HAS_IDENTITY) === 0 ? 0 : 1;
    clock[size] = clock[row]! & CLOCK_BITS;
    epochMs[size] = epochMs[row]!;
    offset[size] = offset[row]!;
    input[size] = input[row]!;
    length[size] = length[row]!;
    size += 1;
  }
  return {
    inputs,
    contributions: rows.contributions.pack(said),
    inputNames: Array.from({ length: rows.inputNames.size }, (_, id) => rows.inputNames.text(id)),
    epochMs: epochMs.subarray(0, size),
    clock: clock.subarray(0, size),
    contribution: contribution.subarray(0, size),
    input: input.subarray(0, size),
    offset: offset.subarray(0, size),
    length: length.subarray(0, size),
    hasIdentity: hasIdentity.subarray(0, size),
    recordId: recordId.subarray(0, size),
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
