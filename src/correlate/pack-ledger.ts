import type { Contributions, PackedContributions } from './contributions.js';
import type { LedgerInput } from './known-inputs.js';
import type { Ledger } from './ledger.js';
import type { LedgerRow } from './ledger-rows.js';

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
  const packRecordId = (text: string | undefined) => {
    if (text === undefined) return NO_RECORD_ID;
    if (/^(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
    return NO_RECORD_ID - recordIdTexts.push(text);
  };
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
    recordId: column(numbers(), row => packRecordId(rows.recordIdOf(row))),
    recordIdTexts,
  };
}

/** The rows of a packed ledger, their contributions interned in `contributions`. */
export function* unpackRows(packed: PackedLedger, contributions: Contributions): Generator<LedgerRow> {
  const ids = contributions.adoptPacked(packed.contributions);
  for (let row = 0; row < packed.clock.length; row++) {
    const recordId = packed.recordId[row]!;
    yield {
      hasIdentity: packed.hasIdentity[row] === 1,
      epochMs: packed.epochMs[row]!,
      clock: packed.clock[row]!,
      contribution: ids[packed.contribution[row]!]!,
      recordId:
        recordId >= 0
          ? String(recordId)
          : recordId === NO_RECORD_ID
            ? undefined
            : packed.recordIdTexts[NO_RECORD_ID - 1 - recordId],
      input: packed.inputNames[packed.input[row]!]!,
      offset: packed.offset[row]!,
      length: packed.length[row]!,
    };
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
