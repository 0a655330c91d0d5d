import { HostJoiner } from './join-hosts.js';
import type { Ledger } from './ledger.js';
import { StringPool } from './string-pool.js';
import { TuplePool } from './tuple-pool.js';

/**
 * The rows of a ledger sorted into pairs, by counting sort over typed arrays: with a million pairs, those that
 * `--min-count` leaves out never cost a string.
 */
export class PairTable {
  readonly ledger: Ledger;
  readonly #hosts = new StringPool();
  readonly #pairs = new TuplePool();
  /** The pair of each contribution plus 1; 0 for those that have none. */
  readonly #pairOf: Uint32Array;
  /** Rows in the order of their pairs; those of pair `p` stand from `#starts[p]`. */
  readonly #rows: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #failures: Uint32Array;

  constructor(ledger: Ledger) {
    this.ledger = ledger;
    this.#pairOf = this.#joinContributions();
    const pairs = this.#pairs.size;
    this.#starts = new Uint32Array(pairs + 1);
    this.#failures = new Uint32Array(pairs);
    for (let row = 0; row < ledger.size; row++) {
      const pair = this.#pairOfRow(row);
      if (pair < 0) continue;
      this.#starts[pair + 1]! += 1;
      if (ledger.contributions.kindOf(ledger.contributionOf(row)) === 'failure') this.#failures[pair]! += 1;
    }
    for (let pair = 0; pair < pairs; pair++) this.#starts[pair + 1]! += this.#starts[pair]!;
    this.#rows = new Uint32Array(this.#starts[pairs]!);
    const next = this.#starts.slice(0, pairs);
    for (let row = 0; row < ledger.size; row++) {
      const pair = this.#pairOfRow(row);
      if (pair >= 0) this.#rows[next[pair]!++] = row;
    }
  }

  get size(): number {
    return this.#pairs.size;
  }

  failuresOf(pair: number): number {
    return this.#failures[pair]!;
  }

  /** All rows of a pair: failures, recoveries and context. */
  rowsOf(pair: number): Uint32Array {
    return this.#rows.subarray(this.#starts[pair]!, this.#starts[pair + 1]!);
  }

  definitionOf(pair: number): string {
    return this.ledger.contributions.strings.text(this.#pairs.at(pair, 0));
  }

  sourceOf(pair: number): string {
    return this.#hosts.text(this.#pairs.at(pair, 1));
  }

  destinationOf(pair: number): string {
    return this.#hosts.text(this.#pairs.at(pair, 2));
  }

  /** Failures of the same definition from destination to source. */
  reverseFailuresOf(pair: number): number {
    const reverse = this.#pairs.find([this.#pairs.at(pair, 0), this.#pairs.at(pair, 2), this.#pairs.at(pair, 1)]);
    return reverse < 0 ? 0 : this.failuresOf(reverse);
  }

  /** The pairs with at least `minCount` failures: by count, then source, destination and definition by code units. */
  ranked(minCount: number): number[] {
    const kept: number[] = [];
    for (let pair = 0; pair < this.size; pair++) {
      if (this.failuresOf(pair) >= Math.max(1, minCount)) kept.push(pair);
    }
    return kept.sort(
      (a, b) =>
        this.failuresOf(b) - this.failuresOf(a) ||
        byCodeUnits(this.sourceOf(a), this.sourceOf(b)) ||
        byCodeUnits(this.destinationOf(a), this.destinationOf(b)) ||
        byCodeUnits(this.definitionOf(a), this.definitionOf(b)),
    );
  }

  #pairOfRow(row: number): number {
    return this.ledger.isDropped(row) ? -1 : this.#pairOf[this.ledger.contributionOf(row)]! - 1;
  }

  /** Names are joined last, over all names of the ledger. */
  #joinContributions(): Uint32Array {
    const { contributions } = this.ledger;
    const isUsed = new Uint8Array(contributions.size);
    for (let row = 0; row < this.ledger.size; row++) {
      if (!this.ledger.isDropped(row)) isUsed[this.ledger.contributionOf(row)] = 1;
    }
    const hasPair = (id: number) => {
      const kind = contributions.kindOf(id);
      return isUsed[id] === 1 && kind !== 'no_pair' && kind !== 'not_extracted';
    };
    const joiner = new HostJoiner();
    const isNameKnown = new Uint8Array(contributions.strings.size);
    const learn = (name: number) => {
      if (isNameKnown[name] === 1) return;
      isNameKnown[name] = 1;
      joiner.add(contributions.strings.text(name));
    };
    for (let id = 0; id < contributions.size; id++) {
      if (!hasPair(id)) continue;
      const [, source, destination] = contributions.endsOf(id);
      learn(source);
      learn(destination);
    }
    const hostOfName = new Uint32Array(contributions.strings.size);
    const host = (name: number) => {
      hostOfName[name] ||= this.#hosts.intern(joiner.hostOf(contributions.strings.text(name))) + 1;
      return hostOfName[name]! - 1;
    };
    const pairOf = new Uint32Array(contributions.size);
    for (let id = 0; id < contributions.size; id++) {
      if (!hasPair(id)) continue;
      const [definition, source, destination] = contributions.endsOf(id);
      pairOf[id] = this.#pairs.intern([definition, host(source), host(destination)]) + 1;
    }
    return pairOf;
  }
}

/** The order of all output: by UTF-16 code units, the same in every locale. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
