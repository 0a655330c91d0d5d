import { createFastRows, type FastRows } from './fast-rows.js';
import type { Ledger } from './ledger.js';
import type { LedgerRows } from './ledger-rows.js';
import { FAILURE, ROW_KINDS, type RowKind } from './outlines.js';
import { BESIDE_OTHERS, LONE, type RowBlock, TAKEN_OUT, UNPROVED, UNPROVED_BESIDE_OTHERS } from './row-blocks.js';

export interface Buckets {
  /** Events by the richest kind of their rows; copies count once. */
  readonly events: Record<RowKind, number>;
  /** Events with identity; copies count once. */
  identified: number;
  /** Rows of failures: what all pairs count together. */
  extracted: number;
  ambiguous: number;
  withoutTime: number;
  possibleDuplicates: number;
  /** Events that are failures, by the interned name of the input whose copy stands first. */
  readonly failuresByInput: Map<number, number>;
}

/** Counts a ledger's rows and events. */
export function countBuckets({ rows }: Ledger): Buckets {
  const buckets: Buckets = {
    events: { failure: 0, recovery: 0, context: 0, no_pair: 0, not_extracted: 0 },
    identified: 0,
    extracted: 0,
    ambiguous: 0,
    withoutTime: 0,
    possibleDuplicates: 0,
    failuresByInput: new Map(),
  };
  const { contributions } = rows;
  const rowsByContribution = new Uint32Array(contributions.size);
  const { outlines } = contributions;
  const isFailure = contributions.kinds().map(kind => Number(kind === FAILURE));
  const besideOthers = new Uint32Array(outlines.size);
  const failuresByInput = new Uint32Array(rows.inputNames.size);
  const tally: Tally = { rowsByContribution, isFailure, failuresByInput, identified: 0, withoutTime: 0, inDoubt: 0 };
  tallyRows(rows, tally, row => {
    besideOthers[contributions.outlineIdOf(rows.contributionOf(row))]! += 1;
    const eventKind = kindOfEventAt(rows, row);
    if (eventKind === undefined) return;
    buckets.events[eventKind] += 1;
    if (rows.hasIdentity(row)) buckets.identified += 1;
    if (eventKind === 'failure') failuresByInput[firstInputOf(rows, row)]! += 1;
  });
  const rowsByOutline = new Float64Array(outlines.size);
  for (let id = 0; id < rowsByContribution.length; id++) {
    rowsByOutline[contributions.outlineIdOf(id)]! += rowsByContribution[id]!;
  }
  for (const [outline, count] of rowsByOutline.entries()) {
    const { kind, certainty } = outlines.get(outline);
    buckets.events[kind] += count - besideOthers[outline]!;
    if (kind !== 'failure') continue;
    buckets.extracted += count;
    if (certainty === 'ambiguous') buckets.ambiguous += count;
  }
  for (const [input, count] of failuresByInput.entries()) if (count > 0) buckets.failuresByInput.set(input, count);
  buckets.identified += tally.identified;
  buckets.withoutTime = tally.withoutTime;
  if (tally.inDoubt > 0) {
    const failures = rowsByContribution.map((count, id) => count * isFailure[id]!);
    buckets.possibleDuplicates = countPossibleDuplicates(rows, failures);
  }
  return buckets;
}

interface Tally {
  readonly rowsByContribution: Uint32Array;
  /** By contribution: 1 where it tells of a failure. */
  readonly isFailure: Uint8Array;
  readonly failuresByInput: Uint32Array;
  identified: number;
  withoutTime: number;
  /** Failures without identity. */
  inDoubt: number;
}

/** Counts all rows; calls `onBeside` for each that stands beside others of its event. */
function tallyRows(rows: LedgerRows, tally: Tally, onBeside: (row: number) => void): void {
  const tellBeside = (standing: Uint8Array, from: number, length: number) => {
    for (let at = 0; at < length; at++) {
      const stands = standing[at]!;
      if (stands === BESIDE_OTHERS || stands === UNPROVED_BESIDE_OTHERS) onBeside(from + at);
    }
  };
  if (tallyFast(rows, tally, tellBeside)) return;
  for (const block of rows.blocks()) if (tallyBlock(block, tally)) tellBeside(block.standing, block.from, block.length);
}

/** The same in WebAssembly. @returns whether the machine has it. */
function tallyFast(
  rows: LedgerRows,
  tally: Tally,
  tellBeside: (standing: Uint8Array, from: number, length: number) => void,
): boolean {
  const { rowsByContribution, failuresByInput } = tally;
  const fast = createFastRows(rows.size, rowsByContribution.length * 5 + failuresByInput.length * 4);
  if (fast === undefined) return false;
  const isFailure = fast.copy(tally.isFailure);
  const counts = fast.words(rowsByContribution.length);
  const byInput = fast.words(failuresByInput.length);
  fast.forEachBlock(rows, ({ from, length, hasBefore, hasBehind }) => {
    const { byteOffset } = isFailure;
    const beside = fast.loops.tally(length, hasBefore, hasBehind, byteOffset, counts.byteOffset, byInput.byteOffset);
    if (beside > 0) tellBeside(fast.standing, from, length);
  });
  rowsByContribution.set(counts);
  for (let input = 0; input < byInput.length; input++) failuresByInput[input]! += byInput[input]!;
  const [identified, withoutTime, inDoubt] = fast.tallied;
  tally.identified += identified!;
  tally.withoutTime += withoutTime!;
  tally.inDoubt += inDoubt!;
  return true;
}

/**
 * Counts rows by what they say, and those that stand alone of their events as events too: nearly all do, so this is a small
 * loop over arrays that is compiled early. @returns whether some stand beside others.
 */
function tallyBlock({ length, contributions, inputs, epochMs, standing }: RowBlock, tally: Tally): boolean {
  const { rowsByContribution, isFailure, failuresByInput } = tally;
  let identified = 0;
  let withoutTime = 0;
  let inDoubt = 0;
  let beside = 0;
  for (let at = 0; at < length; at++) {
    const stands = standing[at]!;
    if (stands === TAKEN_OUT) continue;
    const contribution = contributions[at]!;
    const failure = isFailure[contribution]!;
    rowsByContribution[contribution]! += 1;
    if (Number.isNaN(epochMs[at]!)) withoutTime += failure;
    if (stands >= UNPROVED) inDoubt += failure;
    if (stands === BESIDE_OTHERS || stands === UNPROVED_BESIDE_OTHERS) {
      beside += 1;
      continue;
    }
    failuresByInput[inputs[at]!]! += failure;
    if (stands === LONE) identified += 1;
  }
  tally.identified += identified;
  tally.withoutTime += withoutTime;
  tally.inDoubt += inDoubt;
  return beside > 0;
}

/** The kind of the event whose first row this is; undefined for its other rows. */
function kindOfEventAt(rows: LedgerRows, row: number): RowKind | undefined {
  const rankOf = (other: number) => rows.contributions.outlineOf(rows.contributionOf(other)).kindRank;
  let best = rankOf(row);
  if (rows.hasIdentity(row)) {
    if (!rows.hasSibling(row)) return ROW_KINDS[best];
    for (const other of rows.siblingsOf(row)) {
      if (other < row) return undefined;
      best = Math.min(best, rankOf(other));
    }
    return ROW_KINDS[best];
  }
  // Without identity, what several definitions made of one event stands row after row.
  if (row > 0 && isSameEvent(rows, row - 1, row)) return undefined;
  for (let other = row + 1; other < rows.size && isSameEvent(rows, row, other); other++) {
    best = Math.min(best, rankOf(other));
  }
  return ROW_KINDS[best];
}

/** The input whose copy of the event stands first: its rows may stand in several, and come in any order. */
function firstInputOf(rows: LedgerRows, row: number): number {
  const own = rows.inputOf(row);
  if (!rows.hasIdentity(row) || !rows.hasSibling(row)) return own;
  const { inputNames } = rows;
  return rows
    .siblingsOf(row)
    .map(other => rows.inputOf(other))
    .reduce((first, input) => (inputNames.text(input) < inputNames.text(first) ? input : first), own);
}

function isSameEvent(rows: LedgerRows, a: number, b: number): boolean {
  return (
    rows.offsetOf(a) === rows.offsetOf(b) &&
    rows.inputOf(a) === rows.inputOf(b) &&
    !rows.hasIdentity(a) &&
    !rows.hasIdentity(b) &&
    !rows.isDropped(a) &&
    !rows.isDropped(b)
  );
}

/**
 * Failures that may be copies though nothing proves it: rows without identity whose contribution (definition, provider,
 * event ID, channel, names, values, how they were found) and time to the second equal those of another failure. Of a
 * group of equals all count but one, and all where one of the group has an identity.
 * @param failures by contribution: how many rows of failures say it
 */
function countPossibleDuplicates(rows: LedgerRows, failures: Uint32Array): number {
  // By contribution; then by time, which a library sorts in bounded time whatever stands in a log.
  const starts = new Uint32Array(failures.length + 1);
  for (let id = 0; id < failures.length; id++) starts[id + 1] = starts[id]! + failures[id]!;
  const size = starts[failures.length]!;
  const fast = createFastRows(rows.size, size * 8 + failures.length * 8);
  const keys = fast === undefined ? secondsOf(rows, failures, starts) : secondsFast(fast, rows, failures, starts);
  let count = 0;
  for (let id = 0; id < failures.length; id++) {
    if (failures[id]! < 2) continue;
    const [from, to] = [starts[id]!, starts[id + 1]!];
    const inOrder = fast?.loops.countCopies(from, to, keys.byteOffset) ?? -1;
    if (inOrder >= 0) {
      count += inOrder;
      continue;
    }
    const group = keys.subarray(from, to).sort();
    count += fast?.loops.countCopies(from, to, keys.byteOffset) ?? countCopies(group);
  }
  return count;
}

/**
 * The seconds of failures, contribution by contribution, doubled and with 1 more where a failure has no identity.
 * @param starts by contribution: where its failures begin
 */
function secondsOf(rows: LedgerRows, failures: Uint32Array, starts: Uint32Array): Float64Array {
  const keys = new Float64Array(starts[failures.length]!);
  const next = starts.slice();
  for (const { length, contributions, epochMs, standing } of rows.blocks()) {
    for (let at = 0; at < length; at++) {
      const contribution = contributions[at]!;
      // Past the end for a row that was taken out.
      if (!(failures[contribution]! > 0)) continue;
      const second = Math.floor(epochMs[at]! / 1000);
      keys[next[contribution]!++] =
        (Number.isNaN(second) ? NO_SECOND : second) * 2 + (standing[at]! >= UNPROVED ? 1 : 0);
    }
  }
  return keys;
}

/** The same in WebAssembly, in whose memory they stand. */
function secondsFast(fast: FastRows, rows: LedgerRows, failures: Uint32Array, starts: Uint32Array): Float64Array {
  const keys = fast.doubles(starts[failures.length]!);
  const [counts, next] = [fast.copy(failures), fast.copy(starts.subarray(0, -1))];
  fast.forEachBlock(rows, ({ length }) =>
    fast.loops.putSeconds(length, counts.byteOffset, next.byteOffset, keys.byteOffset),
  );
  return keys;
}

/** How many of failures that say the same may be copies, from their seconds in order. */
function countCopies(keys: Float64Array): number {
  let count = 0;
  for (let from = 0, to = 0; from < keys.length; from = to) {
    const second = Math.floor(keys[from]! / 2);
    let unproved = 0;
    for (to = from; to < keys.length && Math.floor(keys[to]! / 2) === second; to++) {
      if (keys[to] !== second * 2) unproved += 1;
    }
    count += unproved === to - from ? unproved - 1 : unproved;
  }
  return count;
}

/** Past any that a time in milliseconds may have. */
const NO_SECOND = 2 ** 50;
