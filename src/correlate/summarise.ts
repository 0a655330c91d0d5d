import type { Evidence, PairSummary, TimeBasis, ValueCounts } from '../model/index.js';
import { formatInstant } from '../time/instant-text.js';
import type { Contribution } from './contributions.js';
import type { Ledger } from './ledger.js';
import { byCodeUnits, PairTable } from './pair-table.js';

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
const MAX_EPISODES = 1000;

/**
 * The summaries of a ledger's pairs: by count (descending), then source, destination, definition. A pure function of
 * the set of rows. Each summary is made when it is asked for.
 */
export function* summarise(ledger: Ledger, options: SummariseOptions = {}): Generator<PairSummary> {
  const table = new PairTable(ledger);
  for (const pair of table.ranked(options.minCount ?? 1)) yield summarisePair(table, pair, options);
}

function summarisePair(table: PairTable, pair: number, options: SummariseOptions): PairSummary {
  const { ledger } = table;
  const rows = Array.from(table.rowsOf(pair)).sort((a, b) => compareRows(ledger, a, b));
  const kindOf = (row: number) => ledger.contributions.kindOf(ledger.contributionOf(row));
  const failures = rows.filter(row => kindOf(row) === 'failure');
  const tallies = new Tallies(ledger, failures, options.values ?? DEFAULT_VALUES);
  const timed = failures.filter(row => !Number.isNaN(ledger.epochMsOf(row)));
  const episodes = episodesOf(
    ledger,
    rows.filter(row => kindOf(row) !== 'context' && !Number.isNaN(ledger.epochMsOf(row))),
    options.gapMs ?? DEFAULT_GAP_MS,
  );
  const source = table.sourceOf(pair);
  const destination = table.destinationOf(pair);
  const first = timed[0];
  const last = timed.at(-1);
  return {
    type: 'pair',
    schema_version: 1,
    definition: table.definitionOf(pair),
    source: { host: source, names: tallies.distinct(each => each.source) },
    destination: { host: destination, names: tallies.distinct(each => each.destination) },
    ...(source === destination ? { self: true as const } : {}),
    observers: tallies.distinct(each => each.observer),
    count: failures.length,
    ...(first === undefined ? {} : { first_seen: formatInstant(ledger.timeOf(first)!) }),
    ...(last === undefined ? {} : { last_seen: formatInstant(ledger.timeOf(last)!) }),
    time_basis: countBases(ledger, timed),
    episodes: episodes.slice(0, MAX_EPISODES).map(episode => ({
      start: formatInstant(ledger.timeOf(episode.first)!),
      end: formatInstant(ledger.timeOf(episode.last)!),
      count: episode.count,
    })),
    episodes_total: episodes.length,
    placeholders: tallies.values(each => each.placeholders),
    attributes: tallies.values(each => each.attributes),
    recognized_by: tallies.counts(each => each.recognizedBy),
    extracted_from: tallies.counts(each => each.extractedFrom),
    ambiguous: tallies.countIf(each => each.certainty === 'ambiguous'),
    damaged: tallies.countIf(each => each.damaged.length > 0),
    recoveries: rows.filter(row => kindOf(row) === 'recovery').length,
    context: rows.filter(row => kindOf(row) === 'context').length,
    reverse_count: table.reverseFailuresOf(pair),
    evidence: { first: evidenceOf(ledger, failures[0]!), last: evidenceOf(ledger, failures.at(-1)!) },
  };
}

/** By time, those without time last; then by position, so that the order never depends on how rows came in. */
function compareRows(ledger: Ledger, a: number, b: number): number {
  const [aMs, bMs] = [ledger.epochMsOf(a), ledger.epochMsOf(b)];
  if (Number.isNaN(aMs) !== Number.isNaN(bMs)) return Number.isNaN(aMs) ? 1 : -1;
  return (
    (Number.isNaN(aMs) ? 0 : aMs - bMs || ledger.nanosOf(a) - ledger.nanosOf(b)) ||
    (ledger.timeOf(b)?.digits ?? 0) - (ledger.timeOf(a)?.digits ?? 0) ||
    byCodeUnits(ledger.inputNames.text(ledger.inputOf(a)), ledger.inputNames.text(ledger.inputOf(b))) ||
    ledger.offsetOf(a) - ledger.offsetOf(b)
  );
}

interface Episode {
  readonly first: number;
  last: number;
  count: number;
}

/** Maximal runs of failures in which no two neighbours lie further apart than the gap and none recovered between. */
function episodesOf(ledger: Ledger, rows: readonly number[], gapMs: number): Episode[] {
  const episodes: Episode[] = [];
  let open: Episode | undefined;
  for (const row of rows) {
    if (ledger.contributions.kindOf(ledger.contributionOf(row)) === 'recovery') {
      open = undefined;
    } else if (open !== undefined && isWithin(ledger, open.last, row, gapMs)) {
      open.last = row;
      open.count += 1;
    } else {
      open = { first: row, last: row, count: 1 };
      episodes.push(open);
    }
  }
  return episodes;
}

function isWithin(ledger: Ledger, earlier: number, later: number, gapMs: number): boolean {
  const ms = ledger.epochMsOf(later) - ledger.epochMsOf(earlier);
  return ms < gapMs || (ms === gapMs && ledger.nanosOf(later) <= ledger.nanosOf(earlier));
}

function countBases(ledger: Ledger, rows: readonly number[]): Partial<Record<TimeBasis, number>> {
  const counts = { export: 0, given: 0, assumed: 0 };
  for (const row of rows) counts[ledger.timeOf(row)!.basis] += 1;
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function evidenceOf(ledger: Ledger, row: number): Evidence {
  const { eventId, channel } = ledger.contributions.get(ledger.contributionOf(row));
  const recordId = ledger.recordIdOf(row);
  return {
    input: ledger.inputNames.text(ledger.inputOf(row)),
    event_id: eventId,
    ...(channel === undefined ? {} : { channel }),
    ...(recordId === undefined ? {} : { record_id: recordId }),
    offset: ledger.offsetOf(row),
    length: ledger.lengthOf(row),
  };
}

/** What the failures of a pair say, counted: each distinct contribution once, with how many rows have it. */
class Tallies {
  readonly #counted: readonly (readonly [Contribution, number])[];
  readonly #listed: number;

  constructor(ledger: Ledger, rows: readonly number[], listed: number) {
    const counts = new Map<number, number>();
    for (const row of rows) {
      const id = ledger.contributionOf(row);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    this.#counted = [...counts].map(([id, count]) => [ledger.contributions.get(id), count]);
    this.#listed = listed;
  }

  distinct(of: (each: Contribution) => string | undefined): string[] {
    return [...new Set(this.#counted.map(([each]) => of(each)))].filter(name => name !== undefined).sort(byCodeUnits);
  }

  counts(of: (each: Contribution) => string): Record<string, number> {
    const counts = new Map<string, number>();
    for (const [each, count] of this.#counted) counts.set(of(each), (counts.get(of(each)) ?? 0) + count);
    return Object.fromEntries([...counts].sort(([a], [b]) => byCodeUnits(a, b)));
  }

  countIf(is: (each: Contribution) => boolean): number {
    return this.#counted.reduce((sum, [each, count]) => (is(each) ? sum + count : sum), 0);
  }

  values(of: (each: Contribution) => readonly (readonly [string, string])[]): Record<string, ValueCounts> {
    const byName = new Map<string, Map<string, number>>();
    for (const [each, count] of this.#counted) {
      for (const [name, value] of of(each)) {
        const values = byName.get(name) ?? new Map<string, number>();
        byName.set(name, values);
        values.set(value, (values.get(value) ?? 0) + count);
      }
    }
    return Object.fromEntries(
      [...byName].sort(([a], [b]) => byPlaceholder(a, b)).map(([name, values]) => [name, this.#mostFrequent(values)]),
    );
  }

  #mostFrequent(counts: ReadonlyMap<string, number>): ValueCounts {
    const sorted = [...counts].sort(([a, m], [b, n]) => n - m || byCodeUnits(a, b));
    const rest = sorted.slice(this.#listed).reduce((sum, [, count]) => sum + count, 0);
    return {
      values: sorted.slice(0, this.#listed).map(([value, count]) => ({ value, count })),
      ...(rest === 0 ? {} : { other_count: rest }),
    };
  }
}

/** `%2` before `%10`; other names by code units. */
function byPlaceholder(a: string, b: string): number {
  const [m, n] = [Number(a.slice(1)), Number(b.slice(1))];
  return a.startsWith('%') && b.startsWith('%') ? m - n : byCodeUnits(a, b);
}
