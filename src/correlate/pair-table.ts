import { HostJoiner } from './join-hosts.js';
import type { Ledger } from './ledger.js';
import type { LedgerRows } from './ledger-rows.js';
import { byCodeUnits, FAILURE } from './outlines.js';
import { radixSort } from './radix-sort.js';
import { RowsByPair } from './rows-by-pair.js';
import { StringPool } from './string-pool.js';
import { TuplePool } from './tuple-pool.js';

/**
 * The pairs of a ledger, and its rows by time, by linear sorts over typed arrays: with a million pairs, those that
 * `minCount` leaves out cost neither a string nor a place.
 */
export class PairTable {
  readonly rows: LedgerRows;
  /** By contribution: how many failures say it. */
  readonly failuresByContribution: Uint32Array;
  /** The pairs with enough failures: by count, then source, destination and definition by code units. */
  readonly ranked: Uint32Array;
  /** The rows of these pairs: failures, recoveries, context. */
  readonly rowsByPair: RowsByPair;
  /** Joined hosts, and the definitions' names. */
  readonly #names = new StringPool();
  /** By pair: definition, source and destination. */
  readonly #pairs = new TuplePool();
  readonly #failures: Uint32Array;
  /** The contributions that failures of ranked pairs say. */
  readonly #contributions: ByRank;

  constructor(ledger: Ledger, minCount: number) {
    this.rows = ledger.rows;
    const kinds = this.rows.contributions.kinds();
    const rowsByContribution = countRows(this.rows);
    const pairOf = this.#joinContributions(rowsByContribution);
    this.failuresByContribution = rowsByContribution.map((count, id) => (kinds[id] === FAILURE ? count : 0));
    this.#failures = this.#countByPair(pairOf);
    this.ranked = this.#rank(Math.max(1, minCount));
    const rankOf = this.#ranksOf(pairOf);
    this.rowsByPair = new RowsByPair(this.rows, rankOf, rowsByContribution, this.ranked.length);
    this.#contributions = new ByRank(this.#rankedContributions(rankOf), rankOf, this.ranked.length);
  }

  /** What the failures of the pair at a rank say, each once. */
  contributionsOf(rank: number): Uint32Array {
    return this.#contributions.at(rank);
  }

  failuresOf(pair: number): number {
    return this.#failures[pair]!;
  }

  definitionOf(pair: number): string {
    return this.#names.text(this.#pairs.at(pair, 0));
  }

  sourceOf(pair: number): string {
    return this.#names.text(this.#pairs.at(pair, 1));
  }

  destinationOf(pair: number): string {
    return this.#names.text(this.#pairs.at(pair, 2));
  }

  /** Failures of the same definition from destination to source. */
  reverseFailuresOf(pair: number): number {
    const [definition, source, destination] = [0, 1, 2].map(place => this.#pairs.at(pair, place));
    const reverse = this.#pairs.find(Uint32Array.of(definition!, destination!, source!), 3);
    return reverse < 0 ? 0 : this.failuresOf(reverse);
  }

  #countByPair(pairOf: Uint32Array): Uint32Array {
    const failures = new Uint32Array(this.#pairs.size);
    for (let id = 0; id < pairOf.length; id++) {
      if (pairOf[id] !== 0) failures[pairOf[id]! - 1]! += this.failuresByContribution[id]!;
    }
    return failures;
  }

  /** By contribution: the rank of its pair plus 1; 0 for those that have none. */
  #ranksOf(pairOf: Uint32Array): Uint32Array {
    const ranks = new Uint32Array(this.#pairs.size + 1);
    for (let rank = 0; rank < this.ranked.length; rank++) ranks[this.ranked[rank]! + 1] = rank + 1;
    return pairOf.map(pair => ranks[pair]!);
  }

  #rankedContributions(rankOf: Uint32Array): Uint32Array {
    const ranked = new Uint32Array(rankOf.length);
    let count = 0;
    for (let id = 0; id < rankOf.length; id++) {
      if (this.failuresByContribution[id]! > 0 && rankOf[id]! > 0) ranked[count++] = id;
    }
    return ranked.subarray(0, count);
  }

  #rank(minCount: number): Uint32Array {
    let kept = 0;
    for (const count of this.#failures) if (count >= minCount) kept += 1;
    let pairs = new Uint32Array(kept);
    kept = 0;
    for (let pair = 0; pair < this.#failures.length; pair++) {
      if (this.#failures[pair]! >= minCount) pairs[kept++] = pair;
    }
    const definitions = rankStrings(this.#names, pairs, pair => this.#pairs.at(pair, 0));
    const sources = rankStrings(this.#names, pairs, pair => this.#pairs.at(pair, 1));
    const destinations = rankStrings(this.#names, pairs, pair => this.#pairs.at(pair, 2));
    pairs = radixSort(pairs, pair => definitions[this.#pairs.at(pair, 0)]!);
    pairs = radixSort(pairs, pair => destinations[this.#pairs.at(pair, 2)]!);
    pairs = radixSort(pairs, pair => sources[this.#pairs.at(pair, 1)]!);
    return radixSort(pairs, pair => ~this.#failures[pair]!);
  }

  /**
   * Names are joined last, over the names of all ends of the ledger. Observers join nothing: some formats name none,
   * and the same events are to make the same pairs in every format.
   */
  #joinContributions(rowsByContribution: Uint32Array): Uint32Array {
    const { contributions } = this.rows;
    const joiner = new HostJoiner();
    const isKnown = new Uint8Array(contributions.strings.size);
    const learn = (name: number) => {
      if (isKnown[name] === 1) return;
      isKnown[name] = 1;
      joiner.add(contributions.strings.text(name));
    };
    const { outlines } = contributions;
    // By outline: its definition's name, plus 1; 0 where it has no pair.
    const nameOfOutline = Uint32Array.from({ length: outlines.size }, (_, outline) => {
      const { hasPair, definition } = outlines.get(outline);
      return hasPair ? this.#names.intern(definition) + 1 : 0;
    });
    for (let id = 0; id < contributions.size; id++) {
      if (rowsByContribution[id] === 0 || nameOfOutline[contributions.outlineIdOf(id)] === 0) continue;
      learn(contributions.sourceOf(id));
      learn(contributions.destinationOf(id));
    }
    const hostOfName = new Uint32Array(contributions.strings.size);
    const host = (name: number) => {
      hostOfName[name] ||= this.#names.intern(joiner.hostOf(contributions.strings.text(name))) + 1;
      return hostOfName[name]! - 1;
    };
    const pairOf = new Uint32Array(contributions.size);
    // What waits to be interned: contributions, the tuples of their pairs, and the pairs.
    const waiting = new Uint32Array(PAIRS_AT_ONCE);
    const tuples = new Uint32Array(PAIRS_AT_ONCE * 3);
    const pairs = new Uint32Array(PAIRS_AT_ONCE);
    let count = 0;
    const intern = () => {
      this.#pairs.internAll(tuples, 3, count, pairs);
      for (let at = 0; at < count; at++) pairOf[waiting[at]!] = pairs[at]! + 1;
      count = 0;
    };
    for (let id = 0; id < contributions.size; id++) {
      const name = nameOfOutline[contributions.outlineIdOf(id)]!;
      if (rowsByContribution[id] === 0 || name === 0) continue;
      tuples[count * 3] = name - 1;
      tuples[count * 3 + 1] = host(contributions.sourceOf(id));
      tuples[count * 3 + 2] = host(contributions.destinationOf(id));
      waiting[count++] = id;
      if (count === PAIRS_AT_ONCE) intern();
    }
    intern();
    return pairOf;
  }
}

const PAIRS_AT_ONCE = 1024;

/** Items by the rank of their pairs; those of one rank in the order in which they came. */
class ByRank {
  /** Those at rank `r` stand from `#starts[r]`. */
  readonly #starts: Uint32Array;
  readonly #items: Uint32Array;

  /** @param rankOf by item: the rank, plus 1. */
  constructor(items: Uint32Array, rankOf: Uint32Array, ranks: number) {
    const starts = new Uint32Array(ranks + 1);
    for (let at = 0; at < items.length; at++) starts[rankOf[items[at]!]!]! += 1;
    for (let rank = 0; rank < ranks; rank++) starts[rank + 1]! += starts[rank]!;
    const next = starts.slice();
    const sorted = new Uint32Array(items.length);
    for (let at = 0; at < items.length; at++) sorted[next[rankOf[items[at]!]! - 1]!++] = items[at]!;
    this.#starts = starts;
    this.#items = sorted;
  }

  at(rank: number): Uint32Array {
    return this.#items.subarray(this.#starts[rank]!, this.#starts[rank + 1]!);
  }
}

function countRows(rows: LedgerRows): Uint32Array {
  const counts = new Uint32Array(rows.contributions.size);
  for (const { length, contributions } of rows.blocks()) {
    // Past the end, for a row that was taken out, nothing is counted.
    for (let at = 0; at < length; at++) counts[contributions[at]!]! += 1;
  }
  return counts;
}

/** The place of each string that is used among all that are, by code units; by the string's id. */
function rankStrings(pool: StringPool, pairs: Uint32Array, stringOf: (pair: number) => number): Uint32Array {
  const ranks = new Uint32Array(pool.size);
  const used: number[] = [];
  for (const pair of pairs) {
    const id = stringOf(pair);
    if (ranks[id] !== 0) continue;
    ranks[id] = 1;
    used.push(id);
  }
  used.sort((a, b) => byCodeUnits(pool.text(a), pool.text(b)));
  for (let rank = 0; rank < used.length; rank++) ranks[used[rank]!] = rank;
  return ranks;
}
