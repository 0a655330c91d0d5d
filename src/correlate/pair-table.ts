import type { Contributions } from './contributions.js';
import { HostJoiner } from './join-hosts.js';
import type { Ledger } from './ledger.js';
import type { LedgerRows } from './ledger-rows.js';
import { byCodeUnits, type RowKind } from './outlines.js';
import { radixSort } from './radix-sort.js';
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
  /** By row. */
  readonly #contributionOf: Uint32Array;
  /** Joined hosts, and the definitions' names. */
  readonly #names = new StringPool();
  /** By pair: definition, source and destination. */
  readonly #pairs = new TuplePool();
  readonly #failures: Uint32Array;
  /** By contribution: the rank of its pair plus 1; 0 for those that have none. */
  readonly #rankOf: Uint32Array;
  /** The contributions that failures of ranked pairs say. */
  readonly #contributions: ByRank;
  /** The rows of the ranked pairs (failures, recoveries, context) by time; those without time last. */
  readonly #rows: ByRank;

  constructor(ledger: Ledger, minCount: number) {
    this.rows = ledger.rows;
    this.#contributionOf = this.rows.contributionColumn();
    const rowsByContribution = countRows(this.#contributionOf, this.rows.contributions.size);
    const pairOf = this.#joinContributions(rowsByContribution);
    this.failuresByContribution = onlyFailures(rowsByContribution, this.rows.contributions);
    this.#failures = this.#countByPair(pairOf);
    this.ranked = this.#rank(Math.max(1, minCount));
    this.#rankOf = this.#ranksOf(pairOf);
    const contributionOf = this.#contributionOf;
    const rankOf = this.#rankOf;
    const rows = this.#byTime(this.#rankedRows());
    this.#rows = new ByRank(rows, row => rankOf[contributionOf[row]!]! - 1, this.ranked.length);
    this.#contributions = new ByRank(this.#rankedContributions(), id => rankOf[id]! - 1, this.ranked.length);
  }

  /** The rows of the pair at a rank (failures, recoveries, context) by time; those without time last. */
  rowsOf(rank: number): Uint32Array {
    return this.#rows.at(rank);
  }

  /** The kind of a row that is not dropped. */
  kindOf(row: number): RowKind {
    const id = this.#contributionOf[row]!;
    return this.failuresByContribution[id]! > 0 ? 'failure' : this.rows.contributions.outlineOf(id).kind;
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

  #ranksOf(pairOf: Uint32Array): Uint32Array {
    const ranks = new Uint32Array(this.#pairs.size + 1);
    for (let rank = 0; rank < this.ranked.length; rank++) ranks[this.ranked[rank]! + 1] = rank + 1;
    return pairOf.map(pair => ranks[pair]!);
  }

  #rankedRows(): Uint32Array<ArrayBuffer> {
    const contributionOf = this.#contributionOf;
    const rankOf = this.#rankOf;
    const ranked = new Uint32Array(contributionOf.length);
    let count = 0;
    for (let row = 0; row < contributionOf.length; row++) {
      // Past the end for a row that was taken out.
      if (rankOf[contributionOf[row]!]! > 0) ranked[count++] = row;
    }
    return ranked.subarray(0, count);
  }

  #rankedContributions(): Uint32Array {
    const rankOf = this.#rankOf;
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

  /** By time, those without time last; at one instant failures stand before recoveries and context. */
  #byTime(items: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
    const { rows } = this;
    if (this.#isByTime(items)) return items;
    let least = Infinity;
    for (const row of items) if (rows.epochMsOf(row) < least) least = rows.epochMsOf(row);
    const kindOf = (row: number) => rows.contributions.outlineOf(rows.contributionOf(row)).kindRank;
    const high = (row: number) => {
      const ms = rows.epochMsOf(row) - least;
      return Number.isNaN(ms) ? 0xffff_ffff : Math.floor(ms / 0x1_0000_0000);
    };
    let sorted = radixSort(items, row => rows.nanosOf(row) * 4 + kindOf(row));
    sorted = radixSort(sorted, row => rows.epochMsOf(row) - least);
    return radixSort(sorted, high);
  }

  /** Whether each row's time lies after that of the row before, as in most exports. */
  #isByTime(items: Uint32Array): boolean {
    const { rows } = this;
    let last = -Infinity;
    for (let at = 0; at < items.length; at++) {
      const epochMs = rows.epochMsOf(items[at]!);
      if (!(epochMs > last)) {
        const isLater = epochMs === last && rows.nanosOf(items[at]!) > rows.nanosOf(items[at - 1]!);
        if (!isLater) return false;
      }
      last = epochMs;
    }
    return true;
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

  constructor(items: Uint32Array, rankOf: (item: number) => number, ranks: number) {
    const starts = new Uint32Array(ranks + 1);
    for (let at = 0; at < items.length; at++) starts[rankOf(items[at]!) + 1]! += 1;
    for (let rank = 0; rank < ranks; rank++) starts[rank + 1]! += starts[rank]!;
    const next = starts.slice();
    const sorted = new Uint32Array(items.length);
    for (let at = 0; at < items.length; at++) sorted[next[rankOf(items[at]!)]!++] = items[at]!;
    this.#starts = starts;
    this.#items = sorted;
  }

  at(rank: number): Uint32Array {
    return this.#items.subarray(this.#starts[rank]!, this.#starts[rank + 1]!);
  }
}

function countRows(contributionOf: Uint32Array, contributions: number): Uint32Array {
  const counts = new Uint32Array(contributions);
  // Past the end, for a row that was taken out, nothing is counted.
  for (let row = 0; row < contributionOf.length; row++) counts[contributionOf[row]!]! += 1;
  return counts;
}

function onlyFailures(counts: Uint32Array, contributions: Contributions): Uint32Array {
  const { outlines } = contributions;
  const isFailure = Array.from({ length: outlines.size }, (_, outline) => outlines.get(outline).kind === 'failure');
  for (let id = 0; id < counts.length; id++) if (!isFailure[contributions.outlineIdOf(id)]) counts[id] = 0;
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
