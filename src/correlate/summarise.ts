import type { EpisodeColumns, Mutable, PairSummary } from '../model/index.js';
import { spansOf, textOf } from '../time/episode-spans.js';
import type { Ledger } from './ledger.js';
import { PairFacts } from './pair-facts.js';
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
  for (const { pair, episodes } of summariseInColumns(ledger, options)) yield { ...pair, episodes: spansOf(episodes) };
}

/**
 * As `summarise`, with the episodes in columns and not in the summary: for a writer, since of a log with a hundred thousand
 * of them making an object and two texts of each takes longer than all else.
 */
export function* summariseInColumns(
  ledger: Ledger,
  options: SummariseOptions = {},
): Generator<{ readonly pair: PairSummary; readonly episodes: EpisodeColumns }> {
  ledger.inputs(); // an input that never ended is settled by this
  const table = new PairTable(ledger, options.minCount ?? 1);
  const facts = new PairFacts(table.rowsByPair, options.gapMs ?? DEFAULT_GAP_MS);
  for (let rank = 0; rank < table.ranked.length; rank++) {
    yield { pair: summarisePair(table, rank, facts, options), episodes: facts.episodes };
  }
}

function summarisePair(table: PairTable, rank: number, facts: PairFacts, options: SummariseOptions): PairSummary {
  const { rows } = table;
  facts.read(rank);
  const { episodes } = facts;
  const tallies = new Tallies(rows.contributions, table.contributionsOf(rank), table.failuresByContribution);
  const values = options.values ?? DEFAULT_VALUES;
  const source = table.sourceOf(rank);
  const destination = table.destinationOf(rank);
  // Field by field, in the order of the output: spreads cost microseconds a pair.
  const summary: Partial<Mutable<PairSummary>> = {
    type: 'pair',
    schema_version: 1,
    definition: table.definitionOf(rank),
    source: { host: source, names: tallies.sourceNames() },
    destination: { host: destination, names: tallies.destinationNames() },
  };
  if (source === destination) summary.self = true;
  summary.observers = tallies.observerNames();
  summary.count = facts.failures;
  const { latest } = episodes;
  if (latest >= 0) {
    summary.first_seen = textOf(episodes.firstMs[0]!, episodes.firstClocks[0]!);
    summary.last_seen = textOf(episodes.lastMs[latest]!, episodes.lastClocks[latest]!);
  }
  summary.time_basis = facts.timeBasis();
  summary.episodes = NO_EPISODES;
  summary.episodes_total = episodes.total;
  summary.placeholders = tallies.placeholders(values);
  summary.attributes = tallies.attributes(values);
  summary.recognized_by = tallies.countBy(outline => outline.recognizedBy);
  summary.extracted_from = tallies.countBy(outline => outline.extractedFrom);
  summary.ambiguous = tallies.countIf(outline => outline.certainty === 'ambiguous');
  summary.damaged = tallies.countIf(outline => outline.damaged.length > 0);
  summary.recoveries = facts.recoveries;
  summary.context = facts.context;
  summary.reverse_count = table.reverseFailuresOf(rank);
  summary.evidence = facts.evidence(rows);
  return summary as PairSummary;
}

const NO_EPISODES: PairSummary['episodes'] = [];
