import type { CoverageLine, InputReport, RunInput, RunSummary } from '../model/index.js';
import { countBuckets } from './count-buckets.js';
import type { LedgerInput } from './known-inputs.js';
import type { Ledger } from './ledger.js';
import { byCodeUnits, ROW_KINDS } from './outlines.js';

/** What the ledger cannot know of a run. */
export interface RunFacts {
  readonly tool: string;
  readonly options: RunSummary['options'];
  readonly definitions: RunSummary['definitions'];
  /** Warnings that belong to no input, by code. */
  readonly warnings?: Readonly<Record<string, number>> | undefined;
  /** False when a signal ended the run early or an input could not be opened. */
  readonly complete?: boolean | undefined;
}

/**
 * The accounting: each event of each input in exactly one bucket, the first that applies: duplicate, failure, recovery,
 * context, no_pair, not_extracted, not_selected. It follows from the rows and the inputs' reports alone, so it is the
 * same after any merge. An input that was read in ranges is one input again.
 */
export function summariseRun(ledger: Ledger, facts: RunFacts): RunSummary {
  const known = ledger.inputs();
  const inputs = joinRanges(known);
  const sum = (of: (report: InputReport) => number) => inputs.reduce((total, report) => total + of(report), 0);
  const buckets = countBuckets(ledger);
  const failuresOf = new Map(
    [...buckets.failuresByInput].map(([input, count]) => [ledger.rows.inputNames.text(input), count]),
  );
  const identified = Math.max(
    buckets.identified,
    known.reduce((total, input) => total + input.identified, 0),
  );
  const duplicates = identified - buckets.identified;
  const recognised = ROW_KINDS.reduce((total, kind) => total + buckets.events[kind], 0) + duplicates;
  // Rows whose input's report is lost (an interrupted pipe) are events all the same.
  const reported = sum(report => report.events);
  const events = Math.max(reported, recognised);
  const coverage = sumCoverage(inputs.map(report => report.coverage ?? []));
  return {
    type: 'run',
    schema_version: 1,
    tool: facts.tool,
    options: facts.options,
    definitions: facts.definitions,
    inputs: inputs.map(report => runInput(report, failuresOf.get(report.path) ?? 0)),
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
    excluded_without_time: sum(report => report.excludedWithoutTime ?? 0),
    possible_duplicates: buckets.possibleDuplicates,
    ...(coverage.length === 0 ? {} : { coverage }),
    warnings: sumByCode([facts.warnings ?? {}, ...inputs.map(report => report.warnings)]),
    complete: facts.complete !== false && events === reported && inputs.every(report => report.isComplete),
  };
}

function runInput(report: InputReport, failures: number): RunInput {
  const { type: _, ...rest } = report;
  return { ...rest, failures };
}

/** One report a path. The ranges come in their order; what only the whole has (a hash) is left out of several. */
function joinRanges(inputs: readonly LedgerInput[]): InputReport[] {
  const joined: InputReport[] = [];
  for (const { report } of inputs) {
    const before = joined.at(-1);
    if (before?.path === report.path) joined[joined.length - 1] = joinReports(before, report);
    else joined.push(report);
  }
  return joined;
}

function joinReports(one: InputReport, other: InputReport): InputReport {
  const { sha256: _, coverage: __, ...first } = one;
  const timezone = one.timezone ?? other.timezone;
  const dateOrder = one.dateOrder ?? other.dateOrder;
  const coverage = sumCoverage([one.coverage ?? [], other.coverage ?? []]);
  const excludedWithoutTime = (one.excludedWithoutTime ?? 0) + (other.excludedWithoutTime ?? 0);
  return {
    ...first,
    bytes: one.bytes + other.bytes,
    events: one.events + other.events,
    unparsed: one.unparsed + other.unparsed,
    malformed: one.malformed + other.malformed,
    rejects: one.rejects + other.rejects,
    withoutTime: one.withoutTime + other.withoutTime,
    ...(timezone === undefined ? {} : { timezone }),
    ...(dateOrder === undefined ? {} : { dateOrder }),
    warnings: sumByCode([one.warnings, other.warnings]),
    ...(coverage.length === 0 ? {} : { coverage }),
    ...(excludedWithoutTime === 0 ? {} : { excludedWithoutTime }),
    isComplete: one.isComplete && other.isComplete,
  };
}

function sumByCode(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const each of counts) {
    for (const [code, count] of Object.entries(each)) sums.set(code, (sums.get(code) ?? 0) + count);
  }
  return Object.fromEntries([...sums].sort(([a], [b]) => byCodeUnits(a, b)));
}

/** Sums lines of coverage by provider and event ID, in that order. */
export function sumCoverage(lists: readonly (readonly CoverageLine[])[]): CoverageLine[] {
  const sums = new Map<string, CoverageLine>();
  for (const line of lists.flat()) {
    const key = `${line.event_id} ${line.provider}`;
    const sum = sums.get(key);
    sums.set(key, {
      provider: line.provider,
      event_id: line.event_id,
      exact: line.exact + (sum?.exact ?? 0),
      ambiguous: line.ambiguous + (sum?.ambiguous ?? 0),
      none: line.none + (sum?.none ?? 0),
    });
  }
  return [...sums.values()].sort((a, b) => byCodeUnits(a.provider, b.provider) || a.event_id - b.event_id);
}
