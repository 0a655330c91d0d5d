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
    const values: string[] = [];
    const counts: number[] = [];
    for (const id of this.#ids) {
      addTo(values, counts, of(this.#contributions.outlineOf(id)), this.#counts[id]!);
    }
    if (values.length === 1) return { [values[0]!]: counts[0]! };
    const entries = values.map((value, at): [string, number] => [value, counts[at]!]);
    return Object.fromEntries(entries.sort(([a], [b]) => byCodeUnits(a, b)));
  }

  countIf(is: (outline: Outline) => boolean): number {
    let sum = 0;
    for (const id of this.#ids) if (is(this.#contributions.outlineOf(id))) sum += this.#counts[id]!;
    return sum;
  }

  /** The `listed` most frequent values of each placeholder. */
  placeholders(listed: number): Record<string, ValueCounts> {
    return this.#values(listed, outline => ({ names: outline.placeholders, from: 0 }));
  }

  attributes(listed: number): Record<string, ValueCounts> {
    return this.#values(listed, outline => ({ names: outline.attributes, from: outline.placeholders.length }));
  }

  #names(of: (id: number) => number): string[] {
    const names = this.#ids.length <= FEW ? few(this.#ids, of) : [...new Set(Array.from(this.#ids, of))];
    const texts: string[] = [];
    for (const name of names) if (name >= 0) texts.push(this.#contributions.strings.text(name));
    return texts.length > 1 ? texts.sort(byCodeUnits) : texts;
  }

  #values(listed: number, placesOf: (outline: Outline) => Places): Record<string, ValueCounts> {
    if (this.#ids.length <= FEW && this.#haveOneOutline()) return this.#valuesOfFew(listed, placesOf);
    const byName = new Map<string, Map<number, number>>();
    for (const id of this.#ids) {
      const { names, from } = placesOf(this.#contributions.outlineOf(id));
      for (let place = 0; place < names.length; place++) {
        let values = byName.get(names[place]!);
        if (values === undefined) {
          values = new Map();
          byName.set(names[place]!, values);
        }
        const value = this.#contributions.valueOf(id, from + place);
        values.set(value, (values.get(value) ?? 0) + this.#counts[id]!);
      }
    }
    return Object.fromEntries(
      [...byName]
        .sort(([a], [b]) => byPlaceholder(a, b))
        .map(([name, values]) => [name, this.#mostFrequent([...values.keys()], [...values.values()], listed)]),
    );
  }

  #haveOneOutline(): boolean {
    const outline = this.#contributions.outlineIdOf(this.#ids[0]!);
    for (const id of this.#ids) if (this.#contributions.outlineIdOf(id) !== outline) return false;
    return true;
  }

  /** As `#values`, where failures say few different things: so with most pairs of a log in which many fail now and then. */
  #valuesOfFew(listed: number, placesOf: (outline: Outline) => Places): Record<string, ValueCounts> {
    const { names, from } = placesOf(this.#contributions.outlineOf(this.#ids[0]!));
    return Object.fromEntries(
      names.map((name, place) => {
        const values: number[] = [];
        const counts: number[] = [];
        for (const id of this.#ids) {
          addTo(values, counts, this.#contributions.valueOf(id, from + place), this.#counts[id]!);
        }
        return [name, this.#mostFrequent(values, counts, listed)];
      }),
    );
  }

  /** By count (descending), then value; a bounded list is kept, so that a million values cost one look each. */
  #mostFrequent(values: readonly number[], counts: readonly number[], listed: number): ValueCounts {
    const { strings } = this.#contributions;
    if (values.length === 1 && listed > 0) return { values: [{ value: strings.text(values[0]!), count: counts[0]! }] };
    const best: { value: string; count: number }[] = [];
    let others = 0;
    for (let at = 0; at < values.length; at++) {
      const count = counts[at]!;
      others += count;
      const last = best[listed - 1];
      if (listed === 0 || (last !== undefined && count < last.count)) continue;
      const value = strings.text(values[at]!);
      if (last !== undefined && count === last.count && value > last.value) continue;
      insert(best, { value, count }, listed);
    }
    for (const { count } of best) others -= count;
    return others === 0 ? { values: best } : { values: best, other_count: others };
  }
}

/** Up to so many, a look through a list costs less than a set or a map. */
const FEW = 16;

/** What the items give, each once. */
function few(items: Uint32Array, of: (item: number) => number): number[] {
  const found: number[] = [];
  for (const item of items) {
    const each = of(item);
    if (!found.includes(each)) found.push(each);
  }
  return found;
}

/** Adds to the count of a value; `counts` is parallel to `values`. */
function addTo<T>(values: T[], counts: number[], value: T, count: number): void {
  const at = values.indexOf(value);
  if (at < 0) {
    values.push(value);
    counts.push(count);
  } else {
    counts[at]! += count;
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
