import type { ValueCounts } from '../model/index.js';
import type { Contributions } from './contributions.js';
import { byCodeUnits, byPlaceholder, type Outline } from './outlines.js';

/** What the failures of a pair say, counted over their distinct contributions. */
export class Tallies {
  readonly #contributions: Contributions;
  readonly #ids: Uint32Array;
  readonly #counts: Uint32Array;

  /**
   * @param ids what the failures say, each once.
   * @param counts by contribution: how many failures say it.
   */
  constructor(contributions: Contributions, ids: Uint32Array, counts: Uint32Array) {
    this.#contributions = contributions;
    this.#ids = ids;
    this.#counts = counts;
  }

  sourceNames(): string[] {
    return this.#names(id => this.#contributions.sourceOf(id));
  }

  destinationNames(): string[] {
    return this.#names(id => this.#contributions.destinationOf(id));
  }

  observerNames(): string[] {
    return this.#names(id => this.#contributions.observerOf(id));
  }

  /** How many failures have each value of a field of their outline. */
  countBy(of: (outline: Outline) => string): Record<string, number> {
    const counts = new Map<string, number>();
    this.#each((id, count) => {
      const value = of(this.#contributions.outlineOf(id));
      counts.set(value, (counts.get(value) ?? 0) + count);
    });
    return Object.fromEntries([...counts].sort(([a], [b]) => byCodeUnits(a, b)));
  }

  countIf(is: (outline: Outline) => boolean): number {
    let sum = 0;
    this.#each((id, count) => {
      if (is(this.#contributions.outlineOf(id))) sum += count;
    });
    return sum;
  }

  /** The `listed` most frequent values of each placeholder. */
  placeholders(listed: number): Record<string, ValueCounts> {
    return this.#values(listed, outline => ({ names: outline.placeholders, from: 0 }));
  }

  attributes(listed: number): Record<string, ValueCounts> {
    return this.#values(listed, outline => ({ names: outline.attributes, from: outline.placeholders.length }));
  }

  #each(visit: (id: number, count: number) => void): void {
    for (let at = 0; at < this.#ids.length; at++) visit(this.#ids[at]!, this.#counts[this.#ids[at]!]!);
  }

  #names(of: (id: number) => number): string[] {
    const names = new Set<number>();
    this.#each(id => names.add(of(id)));
    names.delete(-1);
    return [...names].map(name => this.#contributions.strings.text(name)).sort(byCodeUnits);
  }

  #values(listed: number, placesOf: (outline: Outline) => Places): Record<string, ValueCounts> {
    if (this.#ids.length === 1 && listed > 0) return this.#valuesOfOne(placesOf);
    const byName = new Map<string, Map<number, number>>();
    this.#each((id, count) => {
      const { names, from } = placesOf(this.#contributions.outlineOf(id));
      for (let place = 0; place < names.length; place++) {
        let values = byName.get(names[place]!);
        if (values === undefined) {
          values = new Map();
          byName.set(names[place]!, values);
        }
        const value = this.#contributions.valueOf(id, from + place);
        values.set(value, (values.get(value) ?? 0) + count);
      }
    });
    return Object.fromEntries(
      [...byName]
        .sort(([a], [b]) => byPlaceholder(a, b))
        .map(([name, values]) => [name, this.#mostFrequent(values, listed)]),
    );
  }

  /** As `#values`, where all failures say the same: so with most pairs of a log in which many fail once. */
  #valuesOfOne(placesOf: (outline: Outline) => Places): Record<string, ValueCounts> {
    const id = this.#ids[0]!;
    const count = this.#counts[id]!;
    const { names, from } = placesOf(this.#contributions.outlineOf(id));
    return Object.fromEntries(
      names.map((name, place) => {
        const value = this.#contributions.strings.text(this.#contributions.valueOf(id, from + place));
        return [name, { values: [{ value, count }] }];
      }),
    );
  }

  /** By count (descending), then value; a bounded list is kept, so that a million values cost one look each. */
  #mostFrequent(counts: ReadonlyMap<number, number>, listed: number): ValueCounts {
    const best: { value: string; count: number }[] = [];
    let others = 0;
    for (const [id, count] of counts) {
      others += count;
      const last = best[listed - 1];
      if (listed === 0 || (last !== undefined && count < last.count)) continue;
      const value = this.#contributions.strings.text(id);
      if (last !== undefined && count === last.count && value > last.value) continue;
      insert(best, { value, count }, listed);
    }
    for (const { count } of best) others -= count;
    return { values: best, ...(others === 0 ? {} : { other_count: others }) };
  }
}

/** Names of values, and the place of the first. */
interface Places {
  readonly names: readonly string[];
  readonly from: number;
}

function insert(best: { value: string; count: number }[], item: { value: string; count: number }, most: number): void {
  let low = 0;
  let high = best.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = best[middle]!;
    if (other.count > item.count || (other.count === item.count && other.value < item.value)) low = middle + 1;
    else high = middle;
  }
  best.splice(low, 0, item);
  if (best.length > most) best.pop();
}
