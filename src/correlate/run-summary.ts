import type { CoverageLine, RunInput, RunSummary } from '../model/index.js';
import { ROW_KINDS, type RowKind } from './contributions.js';
import type { Ledger } from './ledger.js';

/** What the ledger cannot know of a run. */
export interface RunFacts {
  readonly tool: string;
  readonly options: RunSummary['options'];
  readonly definitions: RunSummary['definitions'];
  readonly coverage?: readonly CoverageLine[] | undefined;
  /** Warnings that belong to no input, by code. */
  readonly warnings?: Readonly<Record<string, number>> | undefined;
  /** False when a signal ended the run early. */
  readonly complete?: boolean | undefined;
}

/**
 * The accounting: each event of each input in exactly one bucket, the first that applies: duplicate, failure, recovery,
 * context, no_pair, not_extracted, not_selected. It follows from the rows and the inputs' reports alone, so it is the
 * same after any merge.
 */
export function summariseRun(ledger: Ledger, facts: RunFacts): RunSummary {
  const inputs = ledger.inputs();
  const sum = (of: (report: (typeof inputs)[number]['report']) => number) =>
    inputs.reduce((total, { report }) => total + of(report), 0);
  const buckets = countBuckets(ledger);
  const identified = inputs.reduce((total, input) => total + input.identified, 0);
  const duplicates = identified - buckets.identified;
  const events = sum(report => report.events);
  const recognised = ROW_KINDS.reduce((total, kind) => total + buckets.events[kind], 0) + duplicates;
  return {
    type: 'run',
    schema_version: 1,
    tool: facts.tool,
    options: facts.options,
    definitions: facts.definitions,
    inputs: inputs.map(({ report }) => runInput(report, buckets.failuresByInput)),
    events,
    failures: buckets.events.failure,
    recoveries: buckets.events.recovery,
    context: buckets.events.context,
    no_pair: buckets.events.no_pair,
    duplicates,
    not_extracted: buckets.events.not_extracted,
    not_selected: events - recognised,
    extracted: buckets.extracted,
    unparsed: sum(report => report.unparsed),
    rejects: sum(report => report.rejects),
    malformed: sum(report => report.malformed),
    ambiguous: buckets.ambiguous,
    without_time: buckets.withoutTime,
    possible_duplicates: buckets.possibleDuplicates,
    ...(facts.coverage === undefined || facts.coverage.length === 0 ? {} : { coverage: facts.coverage }),
    warnings: sumByCode([facts.warnings ?? {}, ...inputs.map(({ report }) => report.warnings)]),
    complete: facts.complete !== false && inputs.every(({ report }) => report.isComplete),
  };
}

function runInput(
  report: Omit<RunInput, 'failures'> & { readonly type: 'input' },
  failures: ReadonlyMap<string, number>,
): RunInput {
  const { type: _, ...rest } = report;
  return { ...rest, failures: failures.get(report.path) ?? 0 };
}

interface Buckets {
  /** Events by the richest kind of their rows; copies count once. */
  readonly events: Record<RowKind, number>;
  /** Events with identity, copies counted once. */
  identified: number;
  /** Rows of failures. */
  extracted: number;
  ambiguous: number;
  withoutTime: number;
  possibleDuplicates: number;
  /** Events that are failures, by the input whose copy stands first. */
  readonly failuresByInput: Map<string, number>;
}

function countBuckets(ledger: Ledger): Buckets {
  const buckets: Buckets = {
    events: { failure: 0, recovery: 0, context: 0, no_pair: 0, not_extracted: 0 },
    identified: 0,
    extracted: 0,
    ambiguous: 0,
    withoutTime: 0,
    possibleDuplicates: 0,
    failuresByInput: new Map(),
  };
  const seen = new Set<string>();
  for (let row = 0; row < ledger.size; row++) {
    if (ledger.isDropped(row)) continue;
    const id = ledger.contributionOf(row);
    if (ledger.contributions.kindOf(id) === 'failure') {
      buckets.extracted += 1;
      if (ledger.contributions.isAmbiguous(id)) buckets.ambiguous += 1;
      if (Number.isNaN(ledger.epochMsOf(row))) buckets.withoutTime += 1;
      if (!ledger.hasIdentity(row) && isSeen(seen, ledger, row)) buckets.possibleDuplicates += 1;
    }
    const kind = kindOfEventAt(ledger, row);
    if (kind === undefined) continue;
    buckets.events[kind] += 1;
    if (ledger.hasIdentity(row)) buckets.identified += 1;
    if (kind !== 'failure') continue;
    const input = ledger.inputNames.text(ledger.inputOf(row));
    buckets.failuresByInput.set(input, (buckets.failuresByInput.get(input) ?? 0) + 1);
  }
  return buckets;
}

/** The kind of the event whose first row this is; undefined for its other rows. */
function kindOfEventAt(ledger: Ledger, row: number): RowKind | undefined {
  let best: number = ROW_KINDS.length;
  const consider = (other: number) => {
    best = Math.min(best, ROW_KINDS.indexOf(ledger.contributions.kindOf(ledger.contributionOf(other))));
  };
  if (ledger.hasIdentity(row)) {
    if (ledger.leaderOf(row) !== row) return undefined;
    ledger.forSameEvent(row, consider);
  } else {
    // Without identity, what several definitions made of one event stands row after row.
    if (row > 0 && isSameEvent(ledger, row - 1, row)) return undefined;
    for (let other = row; other < ledger.size && (other === row || isSameEvent(ledger, row, other)); other++)
      consider(other);
  }
  return ROW_KINDS[best]!;
}

function isSameEvent(ledger: Ledger, a: number, b: number): boolean {
  return (
    !ledger.hasIdentity(a) &&
    !ledger.hasIdentity(b) &&
    ledger.inputOf(a) === ledger.inputOf(b) &&
    ledger.offsetOf(a) === ledger.offsetOf(b)
  );
}

/** Two failures without identity that agree in contents and to the second may be two copies of one event. */
function isSeen(seen: Set<string>, ledger: Ledger, row: number): boolean {
  const key = `${ledger.contributionOf(row)} ${Math.floor(ledger.epochMsOf(row) / 1000)}`;
  if (seen.has(key)) return true;
  seen.add(key);
  return false;
}

function sumByCode(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const each of counts) {
    for (const [code, count] of Object.entries(each)) sums.set(code, (sums.get(code) ?? 0) + count);
  }
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}
