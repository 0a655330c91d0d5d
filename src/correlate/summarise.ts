import type { Evidence, PairSummary, TimeBasis } from '../model/index.js';
import { formatInstant } from '../time/instant-text.js';
import { basisOf, unpackClock } from './clock.js';
import { Episodes, type FailureInstant } from './episodes.js';
import type { Ledger } from './ledger.js';
import type { LedgerRows } from './ledger-rows.js';
import { PairTable } from './pair-table.js';
import { Tallies } from './tallies.js';

export interface SummariseOptions {
  /** Longest silence inside one episode, in milliseconds. Default: 900,000 (15 minutes). */
  readonly gapMs?: number | undefined;
  /** Pairs with fewer failures are left out. Default: 1. */
  readonly minCount?: number | undefined;
  /** How many values of a placeholder are listed, the most frequent first. Default: 10. */
  readonly values?: number | undefined;
}

const DEFAULT_GAP_MS = 15 * 60_000;
const DEFAULT_VALUES = 10;

/**
 * The summaries of a ledger's pairs: by count (descending), then source, destination, definition by code units. A pure
 * function of the set of rows; each summary is made when it is asked for. Add nothing to the ledger meanwhile.
 *
 * An episode is a maximal run of failures in which no two neighbours lie further apart than the gap and after none of
 * which (but the last) a recovery of the pair came before the next; a recovery at the very instant of a failure comes
 * after it. Failures without time are in no episode. Where several failures of one instant give it with different
 * digits, the most digits are shown.
 */
export function* summarise(ledger: Ledger, options: SummariseOptions = {}): Generator<PairSummary> {
  ledger.inputs(); // an input that never ended is settled by this
  const table = new PairTable(ledger, options.minCount ?? 1);
  for (let rank = 0; rank < table.ranked.length; rank++) yield summarisePair(table, rank, options);
}

function summarisePair(table: PairTable, rank: number, options: SummariseOptions): PairSummary {
  const { rows } = table;
  const pair = table.ranked[rank]!;
  const gapMs = options.gapMs ?? DEFAULT_GAP_MS;
  const { episodes, failures, ids, bases, recoveries, context } = walk(rows, table.rowsOf(rank), gapMs);
  const tallies = new Tallies(rows.contributions, ids);
  const values = options.values ?? DEFAULT_VALUES;
  const [source, destination] = [table.sourceOf(pair), table.destinationOf(pair)];
  return {
    type: 'pair',
    schema_version: 1,
    definition: table.definitionOf(pair),
    source: { host: source, names: tallies.sourceNames() },
    destination: { host: destination, names: tallies.destinationNames() },
    ...(source === destination ? { self: true as const } : {}),
    observers: tallies.observerNames(),
    count: failures.length,
    ...(episodes.first === undefined ? {} : { first_seen: textOf(episodes.first) }),
    ...(episodes.last === undefined ? {} : { last_seen: textOf(episodes.last) }),
    time_basis: bases,
    episodes: episodes.kept.map(({ first, last, count }) => ({ start: textOf(first), end: textOf(last), count })),
    episodes_total: episodes.total,
    placeholders: tallies.placeholders(values),
    attributes: tallies.attributes(values),
    recognized_by: tallies.countBy(outline => outline.recognizedBy),
    extracted_from: tallies.countBy(outline => outline.extractedFrom),
    ambiguous: tallies.countIf(outline => outline.certainty === 'ambiguous'),
    damaged: tallies.countIf(outline => outline.damaged.length > 0),
    recoveries,
    context,
    reverse_count: table.reverseFailuresOf(pair),
    evidence: evidenceOf(rows, failures),
  };
}

/** Goes through a pair's rows, which are ordered by time, once: they lie all over the ledger, and looking there is what costs. */
function walk(rows: LedgerRows, ordered: Uint32Array, gapMs: number) {
  const episodes = new Episodes(gapMs);
  const failures = new Uint32Array(ordered.length);
  const ids = new Uint32Array(ordered.length);
  const bases = { export: 0, given: 0, assumed: 0 };
  let count = 0;
  let recoveries = 0;
  let context = 0;
  for (let at = 0; at < ordered.length; at++) {
    const row = ordered[at]!;
    const id = rows.contributionOf(row);
    const { kind } = rows.contributions.outlineOf(id);
    if (kind === 'failure') {
      failures[count] = row;
      ids[count++] = id;
      const epochMs = rows.epochMsOf(row);
      if (Number.isNaN(epochMs)) continue;
      const clock = rows.clockOf(row);
      bases[basisOf(clock)] += 1;
      episodes.add(epochMs, clock);
    } else if (kind === 'recovery') {
      recoveries += 1;
      if (!Number.isNaN(rows.epochMsOf(row))) episodes.recover();
    } else if (kind === 'context') {
      context += 1;
    }
  }
  const counted = Object.entries(bases).filter(([, count]) => count > 0);
  return {
    episodes,
    failures: failures.subarray(0, count),
    ids: ids.subarray(0, count),
    bases: Object.fromEntries(counted) as Partial<Record<TimeBasis, number>>,
    recoveries,
    context,
  };
}

function textOf({ epochMs, clock }: FailureInstant): string {
  return formatInstant({ epochMs, ...unpackClock(clock) });
}

/** The first and the last failure by time, then position; those without time only where none has one. */
function evidenceOf(rows: LedgerRows, failures: Uint32Array): PairSummary['evidence'] {
  let timed = failures.length;
  while (timed > 0 && Number.isNaN(rows.epochMsOf(failures[timed - 1]!))) timed -= 1;
  const end = timed === 0 ? failures.length : timed;
  let first = failures[0]!;
  for (let at = 1; at < end && isAtOneInstant(rows, failures[at]!, first); at++) {
    if (comparePositions(rows, failures[at]!, first) < 0) first = failures[at]!;
  }
  let last = failures[end - 1]!;
  for (let at = end - 2; at >= 0 && isAtOneInstant(rows, failures[at]!, last); at--) {
    if (comparePositions(rows, failures[at]!, last) > 0) last = failures[at]!;
  }
  return { first: pointerTo(rows, first), last: pointerTo(rows, last) };
}

function isAtOneInstant(rows: LedgerRows, a: number, b: number): boolean {
  return Object.is(rows.epochMsOf(a), rows.epochMsOf(b)) && rows.nanosOf(a) === rows.nanosOf(b);
}

function comparePositions(rows: LedgerRows, a: number, b: number): number {
  const [one, other] = [rows.inputOf(a), rows.inputOf(b)];
  if (one !== other) return rows.inputNames.text(one) < rows.inputNames.text(other) ? -1 : 1;
  return (
    rows.offsetOf(a) - rows.offsetOf(b) ||
    rows.lengthOf(a) - rows.lengthOf(b) ||
    rows.contributions.compare(rows.contributionOf(a), rows.contributionOf(b))
  );
}

function pointerTo(rows: LedgerRows, row: number): Evidence {
  const { eventId, channel } = rows.contributions.outlineOf(rows.contributionOf(row));
  const recordId = rows.recordIdOf(row);
  return {
    input: rows.inputNames.text(rows.inputOf(row)),
    event_id: eventId,
    ...(channel === undefined ? {} : { channel }),
    ...(recordId === undefined ? {} : { record_id: recordId }),
    offset: rows.offsetOf(row),
    length: rows.lengthOf(row),
  };
}
