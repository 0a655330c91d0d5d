import { ByKey } from './by-key.js';
import { createFastRows } from './fast-rows.js';
import type { Ledger } from './ledger.js';
import type { LedgerRows } from './ledger-rows.js';
import { byCodeUnits, FAILURE } from './outlines.js';
import { Pairs } from './pairs.js';
import { radixSort } from './radix-sort.js';
import { RowsByPair } from './rows-by-pair.js';

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
  readonly #pairs: Pairs;
  /** By rank. */
  readonly #reverseFailures: Uint32Array;
  /** The contributions that failures of ranked pairs say. */
  readonly #contributions: ByKey;

  constructor(ledger: Ledger, minCount: number) {
    this.rows = ledger.rows;
    const kinds = this.rows.contributions.kinds();
    const rowsByContribution = countRows(this.rows);
    this.failuresByContribution = rowsByContribution.map((count, id) => (kinds[id] === FAILURE ? count : 0));
    this.#pairs = new Pairs(this.rows.contributions, rowsByContribution, this.failuresByContribution);
    this.ranked = this.#rank(Math.max(1, minCount));
    this.#reverseFailures = this.#pairs.reverseFailures(this.ranked);
    const rankOf = this.#ranksOf();
    this.rowsByPair = new RowsByPair(this.rows, rankOf, rowsByContribution, this.ranked.length);
    this.#contributions = new ByKey(this.#rankedContributions(rankOf), rankOf, this.ranked.length);
  }

  /** What the failures of the pair at a rank say, each once. */
  contributionsOf(rank: number): Uint32Array {
    return this.#contributions.at(rank + 1);
  }

  definitionOf(rank: number): string {
    return this.#pairs.names[this.#pairs.definitions[this.ranked[rank]!]!]!;
  }

  sourceOf(rank: number): string {
    return this.#pairs.names[this.#pairs.sources[this.ranked[rank]!]!]!;
  }

  destinationOf(rank: number): string {
    return this.#pairs.names[this.#pairs.destinations[this.ranked[rank]!]!]!;
  }

  /** Failures of the same definition from destination to source. */
  reverseFailuresOf(rank: number): number {
    return this.#reverseFailures[rank]!;
  }

  /** By contribution: the rank of its pair plus 1; 0 for those that have none. */
  #ranksOf(): Uint32Array {
    const ranks = new Uint32Array(this.#pairs.size + 1);
    for (let rank = 0; rank < this.ranked.length; rank++) ranks[this.ranked[rank]! + 1] = rank + 1;
    return this.#pairs.ofContribution.map(pair => ranks[pair]!);
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
    const { size, failures, names } = this.#pairs;
    let pairs = new Uint32Array(size);
    let kept = 0;
    for (let pair = 0; pair < size; pair++) if (failures[pair]! >= minCount) pairs[kept++] = pair;
    pairs = pairs.slice(0, kept);
    for (const part of [this.#pairs.definitions, this.#pairs.destinations, this.#pairs.sources]) {
      const ranks = rankNames(names, pairs, part);
      pairs = radixSort(pairs, pair => ranks[part[pair]!]!);
    }
    return radixSort(pairs, pair => ~failures[pair]!);
  }
}

function countRows(rows: LedgerRows): Uint32Array {
  const { size } = rows.contributions;
  const fast = createFastRows(rows.size, size * 4);
  if (fast !== undefined) {
    const counts = fast.words(size);
    fast.forEachBlock(rows, ({ length }) => fast.loops.count(length, counts.byteOffset));
    return counts.slice();
  }
  const counts = new Uint32Array(size);
  for (const { length, contributions } of rows.blocks()) {
    // Past the end, for a row that was taken out, nothing is counted.
    for (let at = 0; at < length; at++) counts[contributions[at]!]! += 1;
  }
  return counts;
}

/** The place of each name that pairs have among all that they have, by code units; by the name's number. */
function rankNames(names: readonly string[], pairs: Uint32Array, nameOf: Uint32Array): Uint32Array {
  const ranks = new Uint32Array(names.length);
  const used: number[] = [];
  for (let at = 0; at < pairs.length; at++) {
    const name = nameOf[pairs[at]!]!;
    if (ranks[name] !== 0) continue;
    ranks[name] = 1;
    used.push(name);
  }
  used.sort((a, b) => byCodeUnits(names[a]!, names[b]!));
  for (let rank = 0; rank < used.length; rank++) ranks[used[rank]!] = rank;
  return ranks;
}
