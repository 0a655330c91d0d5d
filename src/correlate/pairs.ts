import { ByKey } from './by-key.js';
import { type Contributions, DESTINATION, SOURCE } from './contributions.js';
import { HostJoiner } from './join-hosts.js';
import { StringPool } from './string-pool.js';

/**
 * The pairs that contributions tell of, and their failures. What contributions say is put side by side by source, column by
 * column, and each source's destinations are told apart by marks. So memory is gone through in as many streams as there are
 * sources; to look each of a million pairs up takes half again as long, since each look waits for a page.
 */
export class Pairs {
  readonly size: number;
  /** By pair: how many failures tell of it. */
  readonly failures: Uint32Array;
  /** By contribution: its pair plus 1; 0 for those that have none, or that no row says. */
  readonly ofContribution: Uint32Array;
  /** By pair: the numbers of its names. Those of one source stand side by side, and among them those of one definition. */
  readonly definitions: Uint32Array;
  readonly sources: Uint32Array;
  readonly destinations: Uint32Array;
  /** By number: definitions' names and joined hosts. From 1. */
  readonly names: readonly string[];

  /** `rowsOf`, `failuresOf`: by contribution, how many rows and how many failures say it. */
  constructor(contributions: Contributions, rowsOf: Uint32Array, failuresOf: Uint32Array) {
    const names = new Names();
    const { said, definitions, sources, destinations, lastDefinition } = endsOf(contributions, rowsOf, names);
    const most = names.list.length - 1;
    const byDefinition = lastDefinition === 1 ? said : new ByKey(said, definitions, lastDefinition).items;
    const order = new ByKey(byDefinition, sources, most);
    this.names = names.list;
    this.definitions = order.sorted(definitions);
    this.sources = order.sorted(sources);
    this.destinations = order.sorted(destinations);
    this.failures = order.sorted(failuresOf);
    const pairs = new Uint32Array(said.length);
    this.size = this.#unite(pairs, most);
    this.ofContribution = order.unsorted(pairs, contributions.size);
  }

  /** Unites what is said of one pair, in its place; `pairs` gets the number of each, from 1. @returns how many there are. */
  #unite(pairs: Uint32Array, most: number): number {
    const { definitions, sources, destinations, failures } = this;
    const marks = new Marks(most);
    let size = 0;
    for (let at = 0; at < pairs.length; at++) {
      const destination = destinations[at]!;
      marks.begin(sources[at]!, definitions[at]!);
      const pair = marks.at(destination);
      if (pair >= 0) {
        failures[pair]! += failures[at]!;
        pairs[at] = pair + 1;
        continue;
      }
      marks.put(destination, size);
      definitions[size] = definitions[at]!;
      sources[size] = sources[at]!;
      destinations[size] = destination;
      failures[size] = failures[at]!;
      size += 1;
      pairs[at] = size;
    }
    return size;
  }

  /** Of some pairs: the failures of the same definition from destination to source. */
  reverseFailures(pairs: Uint32Array): Uint32Array {
    const failures = new Uint32Array(pairs.length);
    if (pairs.length === 0) return failures;
    const most = this.names.length - 1;
    const destinations = pairs.map(pair => this.destinations[pair]!);
    const wanted = new ByKey(
      pairs.map((_, place) => place),
      destinations,
      most,
    );
    const marks = new Marks(most);
    for (let from = 0, to = 0; from < this.size; from = to) {
      const source = this.sources[from]!;
      const definition = this.definitions[from]!;
      const asked = wanted.at(source);
      marks.begin(source, definition);
      for (to = from; to < this.size && this.sources[to] === source && this.definitions[to] === definition; to++) {
        if (asked.length > 0) marks.put(this.destinations[to]!, to);
      }
      for (const place of asked) {
        const pair = pairs[place]!;
        if (this.definitions[pair] !== definition) continue;
        const reverse = marks.at(this.sources[pair]!);
        if (reverse >= 0) failures[place] = this.failures[reverse]!;
      }
    }
    return failures;
  }
}

/** What stands at names, for one source and definition after the other. */
class Marks {
  readonly #values: Uint32Array;
  /** By name: in which round it was marked. */
  readonly #rounds: Uint32Array;
  #round = 0;
  #source = 0;
  #definition = 0;

  constructor(most: number) {
    this.#values = new Uint32Array(most + 1);
    this.#rounds = new Uint32Array(most + 1);
  }

  /** Nothing is marked, if this is another source or definition than before. */
  begin(source: number, definition: number): void {
    if (source === this.#source && definition === this.#definition) return;
    this.#source = source;
    this.#definition = definition;
    this.#round += 1;
  }

  put(name: number, value: number): void {
    this.#values[name] = value;
    this.#rounds[name] = this.#round;
  }

  /** What was put there, or -1. */
  at(name: number): number {
    return this.#rounds[name] === this.#round ? this.#values[name]! : -1;
  }
}

/** Numbers names from 1. */
class Names {
  readonly list: string[] = [''];
  readonly #pool = new StringPool();
  readonly #numbers: number[] = [];

  numberOf(name: string): number {
    const id = this.#pool.intern(name);
    this.#numbers[id] ??= this.list.push(name) - 1;
    return this.#numbers[id];
  }
}

/**
 * The definitions, sources and destinations of contributions that have pairs and are said, by contribution; 0: none. Names
 * are joined last, over the names of all ends of the ledger. Observers join nothing: some formats name none, and the same
 * events are to make the same pairs in every format.
 */
function endsOf(contributions: Contributions, rowsOf: Uint32Array, names: Names) {
  const { outlines, strings, size } = contributions;
  const nameOfOutline = Uint32Array.from({ length: outlines.size }, (_, outline) => {
    const { hasPair, definition } = outlines.get(outline);
    return hasPair ? names.numberOf(definition) : 0;
  });
  const lastDefinition = names.list.length - 1;
  const said = new Uint32Array(size);
  const definitions = new Uint32Array(size);
  let count = 0;
  for (let id = 0; id < size; id++) {
    const name = rowsOf[id] === 0 ? 0 : nameOfOutline[contributions.outlineIdOf(id)]!;
    definitions[id] = name;
    if (name !== 0) said[count++] = id;
  }
  const sources = contributions.words(SOURCE);
  const destinations = contributions.words(DESTINATION);
  const ids = said.subarray(0, count);
  const joiner = new HostJoiner();
  const isKnown = new Uint8Array(strings.size);
  for (const column of [sources, destinations]) {
    for (let at = 0; at < count; at++) {
      const name = column[ids[at]!]!;
      if (isKnown[name] === 1) continue;
      isKnown[name] = 1;
      joiner.add(strings.text(name));
    }
  }
  const hostOfName = new Uint32Array(strings.size);
  for (const column of [sources, destinations]) {
    for (let at = 0; at < count; at++) {
      const name = column[ids[at]!]!;
      hostOfName[name] ||= names.numberOf(joiner.hostOf(strings.text(name)));
      column[ids[at]!] = hostOfName[name]!;
    }
  }
  return { said: ids, definitions, sources, destinations, lastDefinition };
}
