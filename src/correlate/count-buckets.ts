import type { Ledger } from './ledger.js';
import { type LedgerRows, NO_CONTRIBUTION } from './ledger-rows.js';
import { ROW_KINDS, type RowKind } from './outlines.js';
import { radixSort } from './radix-sort.js';

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
  const contributionOf = rows.contributionColumn();
  const inputOf = rows.inputColumn();
  const isLone = rows.loneColumn();
  // Nearly all rows stand alone: they are counted by what they say, in a loop over arrays that is fast from the start.
  const loneByContribution = new Uint32Array(contributions.size);
  const isFailure = Uint8Array.from(loneByContribution, (_, id) => Number(contributions.outlineOf(id).kindRank === 0));
  const failuresByInput = new Uint32Array(rows.inputNames.size);
  let isAnyInDoubt = false;
  for (let row = 0; row < contributionOf.length; row++) {
    const contribution = contributionOf[row]!;
    if (isLone[row] === 1) {
      loneByContribution[contribution]! += 1;
      failuresByInput[inputOf[row]!]! += isFailure[contribution]!;
      continue;
    }
    if (contribution === NO_CONTRIBUTION) continue;
    const { kind, certainty } = contributions.outlineOf(contribution);
    if (kind === 'failure') {
      buckets.extracted += 1;
      isAnyInDoubt ||= !rows.hasIdentity(row);
      if (certainty === 'ambiguous') buckets.ambiguous += 1;
      if (Number.isNaN(rows.epochMsOf(row))) buckets.withoutTime += 1;
    }
    const eventKind = kindOfEventAt(rows, row);
    if (eventKind === undefined) continue;
    buckets.events[eventKind] += 1;
    if (rows.hasIdentity(row)) buckets.identified += 1;
    if (eventKind === 'failure') failuresByInput[inputOf[row]!]! += 1;
  }
  for (let id = 0; id < loneByContribution.length; id++) {
    const count = loneByContribution[id]!;
    const { kind, certainty } = contributions.outlineOf(id);
    buckets.identified += count;
    buckets.events[kind] += count;
    if (kind !== 'failure') continue;
    buckets.extracted += count;
    if (certainty === 'ambiguous') buckets.ambiguous += count;
  }
  for (const [input, count] of failuresByInput.entries()) if (count > 0) buckets.failuresByInput.set(input, count);
  if (isAnyInDoubt) buckets.possibleDuplicates = countPossibleDuplicates(rows, buckets.extracted);
  return buckets;
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
 */
function countPossibleDuplicates(rows: LedgerRows, failures: number): number {
  const isFailure = (row: number) =>
    !rows.isDropped(row) && rows.contributions.outlineOf(rows.contributionOf(row)).kind === 'failure';
  let sorted = new Uint32Array(failures);
  for (let row = 0, at = 0; row < rows.size; row++) if (isFailure(row)) sorted[at++] = row;
  const secondOf = (row: number) => Math.floor(rows.epochMsOf(row) / 1000);
  sorted = radixSort(sorted, secondOf);
  sorted = radixSort(sorted, row => Math.floor(secondOf(row) / 0x1_0000_0000));
  // 0 and no time share these digits, so what has none is set apart.
  sorted = radixSort(sorted, row => (Number.isNaN(secondOf(row)) ? 1 : 0));
  sorted = radixSort(sorted, row => rows.contributionOf(row));
  let count = 0;
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    let without = 0;
    const isEqual = (row: number) =>
      rows.contributionOf(row) === rows.contributionOf(sorted[from]!) &&
      Object.is(secondOf(row), secondOf(sorted[from]!));
    for (to = from; to < sorted.length && isEqual(sorted[to]!); to++) if (!rows.hasIdentity(sorted[to]!)) without += 1;
    count += without === to - from ? without - 1 : without;
  }
  return count;
}
