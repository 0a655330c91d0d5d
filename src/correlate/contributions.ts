import { type Failure, Payoff, type Unpaired } from '../model/index.js';
import { Uint32Column } from './column.js';
import { keptValue } from './kept-value.js';
import { type Outline, Outlines } from './outlines.js';
import { StringPool } from './string-pool.js';
import { TuplePool } from './tuple-pool.js';

/** What a row says, without when and where: everything that many failures share. */
export interface Contribution extends Outline {
  readonly source: string;
  readonly destination: string;
  readonly observer: string | undefined;
  /** Parallel to the outline's names. */
  readonly placeholderValues: readonly string[];
  readonly attributeValues: readonly string[];
  /** Why there is no pair; empty for the kinds that have one. */
  readonly reason: string;
}

// Places in a tuple: outline, source (or the reason), destination, observer plus 1 (0: none), then the values.
export const OUTLINE = 0;
export const SOURCE = 1;
export const DESTINATION = 2;
export const OBSERVER = 3;
export const VALUES = 4;

const MOST_KNOWN = 20_000;

/** Contributions on their way to another thread: tuples, one behind the other, over lists of strings and outlines. */
export interface PackedContributions {
  readonly strings: readonly string[];
  readonly outlines: readonly Outline[];
  readonly words: Uint32Array<ArrayBuffer>;
  /** By id: where its tuple ends in `words`. */
  readonly ends: Uint32Array<ArrayBuffer>;
}

/** Interned contributions: tuples of numbers over interned strings and outlines. */
export class Contributions {
  readonly strings = new StringPool();
  readonly outlines = new Outlines();
  readonly #tuples = new TuplePool();
  readonly #logs = new Logs(this.strings);
  /** By contribution: its log plus 1; 0 for none. */
  readonly #logOf = new Uint32Column();
  /** By the object that holds the placeholders: the last failure with it. All are forgotten when there are too many. */
  readonly #known = new Map<object, { readonly item: Failure; readonly id: number }>();
  readonly #payoff = new Payoff();
  #tuple = new Uint32Array(64);

  get size(): number {
    return this.#tuples.size;
  }

  /** The id of what a failure or an unpaired event says. */
  intern(item: Failure | Unpaired): number {
    if (item.type === 'unpaired' || !this.#payoff.isWorthATry()) return this.#internAnew(item);
    // Who extracts gives the same placeholders again, as the same object: then what was interned of them is known.
    const known = this.#known.get(item.placeholders);
    const isKnown = known !== undefined && saysTheSame(known.item, item);
    this.#payoff.count(isKnown);
    if (isKnown) return known.id;
    const id = this.#internAnew(item);
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(item.placeholders, { item, id });
    return id;
  }

  #internAnew(item: Failure | Unpaired): number {
    const outline = this.outlines.idOf(item);
    const tuple = this.#room(outline);
    tuple[OUTLINE] = outline;
    tuple[OBSERVER] = item.observer === undefined ? 0 : this.idOfText(item.observer) + 1;
    if (item.type === 'unpaired') {
      tuple[SOURCE] = this.idOfText(item.reason);
      tuple[DESTINATION] = 0;
      return this.#internTuple(tuple, VALUES);
    }
    const source = this.idOfText(item.source);
    const destination = this.idOfText(item.destination);
    // The ends are values as a rule, the same strings: comparing two costs less than looking one up.
    const idOf = (text: string) =>
      text === item.source ? source : text === item.destination ? destination : this.idOfText(text);
    tuple[SOURCE] = source;
    tuple[DESTINATION] = destination;
    const { placeholders, attributes } = this.outlines.get(outline);
    let length = VALUES;
    for (const name of placeholders) tuple[length++] = idOf(item.placeholders[name as `%${number}`]!);
    for (const name of attributes) tuple[length++] = idOf(item.attributes[name]!);
    return this.#internTuple(tuple, length);
  }

  outlineOf(id: number): Outline {
    return this.outlines.get(this.outlineIdOf(id));
  }

  /** Of each: the place of its kind in `ROW_KINDS`. */
  kinds(): Uint8Array {
    const ofOutline = Uint8Array.from(
      { length: this.outlines.size },
      (_, outline) => this.outlines.get(outline).kindRank,
    );
    const kinds = new Uint8Array(this.size);
    for (let id = 0; id < kinds.length; id++) kinds[id] = ofOutline[this.outlineIdOf(id)]!;
    return kinds;
  }

  outlineIdOf(id: number): number {
    // Where there is one, a look at a million contributions is saved.
    return this.outlines.size === 1 ? 0 : this.#tuples.at(id, OUTLINE);
  }

  /** What stands at a place of each tuple. */
  words(place: number): Uint32Array {
    return this.#tuples.column(place);
  }

  /** The interned source; of kinds without a pair, the reason. */
  sourceOf(id: number): number {
    return this.#tuples.at(id, SOURCE);
  }

  destinationOf(id: number): number {
    return this.#tuples.at(id, DESTINATION);
  }

  /** The interned observer, or -1. */
  observerOf(id: number): number {
    return this.#tuples.at(id, OBSERVER) - 1;
  }

  /** The log that the event stands in: one number for each computer (in any case) and channel; -1 where one is unknown. */
  logOf(id: number): number {
    return this.#logOf.get(id) - 1;
  }

  /** The interned value at a place: first those of the outline's placeholders, then those of its attributes. */
  valueOf(id: number, place: number): number {
    return this.#tuples.at(id, VALUES + place);
  }

  get(id: number): Contribution {
    const outline = this.outlineOf(id);
    const text = (string: number) => this.strings.text(string);
    const observer = this.observerOf(id);
    const value = (place: number) => text(this.valueOf(id, place));
    return {
      ...outline,
      source: outline.hasPair ? text(this.sourceOf(id)) : '',
      destination: text(this.destinationOf(id)),
      observer: observer < 0 ? undefined : text(observer),
      placeholderValues: outline.placeholders.map((_, place) => value(place)),
      attributeValues: outline.attributes.map((_, place) => value(outline.placeholders.length + place)),
      reason: outline.hasPair ? '' : text(this.sourceOf(id)),
    };
  }

  /**
   * Below 0 when `a` is to stay instead of `b`, 0 when they are equal: a failure before a recovery, context, no_pair,
   * not_extracted; values from data before those from a message; more placeholders filled; exact before ambiguous;
   * undamaged before damaged; then the least by a canonical form. A total order that no ledger's ids enter.
   */
  compare(a: number, b: number): number {
    if (a === b) return 0;
    const [one, other] = [this.outlineOf(a), this.outlineOf(b)];
    return (
      one.kindRank - other.kindRank ||
      Number(one.extractedFrom === 'message') - Number(other.extractedFrom === 'message') ||
      this.#filled(b, other) - this.#filled(a, one) ||
      Number(one.certainty === 'ambiguous') - Number(other.certainty === 'ambiguous') ||
      Number(one.damaged.length > 0) - Number(other.damaged.length > 0) ||
      (this.#canonical(a) < this.#canonical(b) ? -1 : 1)
    );
  }

  /** Translates the ids of another pool's contributions into ids here, each once. */
  adopt(other: Contributions): (id: number) => number {
    const outlines = new Map<number, number>();
    const strings = new Uint32Array(other.strings.size);
    const ids = new Uint32Array(other.size);
    const string = (id: number) => {
      strings[id] ||= this.strings.intern(other.strings.text(id)) + 1;
      return strings[id]! - 1;
    };
    return id => {
      const known = ids[id]!;
      if (known !== 0) return known - 1;
      const from = other.outlineIdOf(id);
      let outline = outlines.get(from);
      if (outline === undefined) {
        outline = this.outlines.intern(other.outlines.get(from));
        outlines.set(from, outline);
      }
      const tuple = this.#room(outline);
      const length = other.#tuples.lengthOf(id);
      tuple[OUTLINE] = outline;
      const observer = other.observerOf(id);
      tuple[OBSERVER] = observer < 0 ? 0 : string(observer) + 1;
      for (const place of [SOURCE, DESTINATION]) tuple[place] = string(other.#tuples.at(id, place));
      for (let place = VALUES; place < length; place++) tuple[place] = string(other.#tuples.at(id, place));
      ids[id] = this.#internTuple(tuple, length) + 1;
      return ids[id]! - 1;
    };
  }

  /** These contributions as plain data, for another thread. */
  pack(ids: ArrayLike<number>): PackedContributions {
    const strings: string[] = [];
    const outlines: Outline[] = [];
    const string = placesIn(strings, this.strings.size, id => this.strings.text(id));
    const outline = placesIn(outlines, this.outlines.size, id => this.outlines.get(id));
    const ends = new Uint32Array(ids.length);
    let length = 0;
    for (let at = 0; at < ids.length; at++) ends[at] = length += this.#tuples.lengthOf(ids[at]!);
    const words = new Uint32Array(length);
    for (let each = 0, at = 0; each < ids.length; each++) {
      const from = at;
      for (; at < ends[each]!; at++) {
        const word = this.#tuples.at(ids[each]!, at - from);
        if (at - from === OUTLINE) words[at] = outline(word);
        else if (at - from === OBSERVER) words[at] = word === 0 ? 0 : string(word - 1) + 1;
        else words[at] = string(word);
      }
    }
    return { strings, outlines, words, ends };
  }

  /** Interns what `pack` gave. @returns the ids here, by the ids there. */
  adoptPacked({ strings, outlines, words, ends }: PackedContributions): Uint32Array {
    const string = Uint32Array.from(strings, text => this.strings.intern(text));
    const outline = Uint32Array.from(outlines, each => this.outlines.intern(each));
    return ends.map((end, id) => {
      const from = id === 0 ? 0 : ends[id - 1]!;
      const tuple = this.#room(outline[words[from + OUTLINE]!]!);
      for (let at = from + SOURCE; at < end; at++) tuple[at - from] = string[words[at]!]!;
      tuple[OUTLINE] = outline[words[from + OUTLINE]!]!;
      const observer = words[from + OBSERVER]!;
      tuple[OBSERVER] = observer === 0 ? 0 : string[observer - 1]! + 1;
      return this.#internTuple(tuple, end - from);
    });
  }

  #internTuple(tuple: Uint32Array, length: number): number {
    const id = this.#tuples.intern(tuple, length);
    if (id === this.#logOf.length) this.#logOf.push(this.#logOfTuple(tuple, 0) + 1);
    return id;
  }

  /**
   * The ids of `count` tuples over this pool's strings and outlines, of `length` words, one behind the other, and their logs,
   * as `logOf` gives them: of a million contributions each look at one waits for memory.
   */
  internTuples(tuples: Uint32Array, length: number, count: number, ids: Uint32Array, logs: Int32Array): void {
    this.#tuples.internAll(tuples, length, count, ids);
    for (let at = 0; at < count; at++) {
      logs[at] = this.#logOfTuple(tuples, at * length);
      if (ids[at] === this.#logOf.length) this.#logOf.push(logs[at]! + 1);
    }
  }

  #logOfTuple(tuples: Uint32Array, from: number): number {
    const { channel } = this.outlines.get(tuples[from + OUTLINE]!);
    const observer = tuples[from + OBSERVER]! - 1;
    return observer < 0 || channel === undefined ? -1 : this.#logs.idOf(channel, observer);
  }

  /**
   * The id of a text as contributions hold it.
   *
   * @param isWhole the text is no slice of a longer one.
   */
  idOfText(text: string, isWhole = false): number {
    return this.strings.intern(keptValue(text), isWhole);
  }

  #room(outline: number): Uint32Array {
    const { placeholders, attributes } = this.outlines.get(outline);
    const length = VALUES + placeholders.length + attributes.length;
    if (length > this.#tuple.length) this.#tuple = new Uint32Array(length * 2);
    return this.#tuple;
  }

  /** How many placeholders have a value that is not empty. */
  #filled(id: number, outline: Outline): number {
    let filled = 0;
    for (let place = 0; place < outline.placeholders.length; place++) if (this.valueOf(id, place) !== 0) filled += 1;
    return filled;
  }

  /** A text that is equal for equal contributions of any ledger, and for no others. */
  #canonical(id: number): string {
    const { kind, definition, provider, eventId, channel, recognizedBy, ...rest } = this.get(id);
    return JSON.stringify([
      [kind, definition, provider, eventId, channel ?? null, recognizedBy],
      [rest.source, rest.destination, rest.observer ?? null, rest.reason],
      [rest.damaged, rest.placeholders, rest.placeholderValues, rest.attributes, rest.attributeValues],
      [rest.extractedFrom, rest.certainty],
    ]);
  }
}

/** Puts what is asked for into a list, each once; gives its place there. */
function placesIn<Item>(list: Item[], size: number, itemOf: (id: number) => Item): (id: number) => number {
  const places = new Uint32Array(size);
  return id => {
    places[id] ||= list.push(itemOf(id));
    return places[id]! - 1;
  };
}

/** Whether two failures with the same placeholders make one contribution. */
function saysTheSame(a: Failure, b: Failure): boolean {
  return (
    a.attributes === b.attributes &&
    a.source === b.source &&
    a.destination === b.destination &&
    a.observer === b.observer &&
    a.definition === b.definition &&
    a.provider === b.provider &&
    a.eventId === b.eventId &&
    a.channel === b.channel &&
    a.kind === b.kind &&
    a.recognizedBy === b.recognizedBy &&
    a.extractedFrom === b.extractedFrom &&
    a.certainty === b.certainty &&
    a.damaged === b.damaged
  );
}

/** Numbers logs, each a computer's channel. */
class Logs {
  readonly #strings: StringPool;
  readonly #byChannel = new Map<string, ChannelLogs>();
  /** Events of one channel stand together. */
  #last: ChannelLogs | undefined;
  /** By interned name: a log of that computer plus 1, and the number of its channel: mostly it has one. */
  #logs = new Uint32Array(0);
  #channels = new Uint32Array(0);
  #count = 0;

  constructor(strings: StringPool) {
    this.#strings = strings;
  }

  /** `computer` is an interned name. */
  idOf(channel: string, computer: number): number {
    const last = this.#last?.channel === channel ? this.#last : this.#logsOf(channel);
    this.#last = last;
    if (computer < this.#logs.length && this.#channels[computer] === last.number && this.#logs[computer] !== 0) {
      return this.#logs[computer]! - 1;
    }
    return this.#numberOf(last, computer);
  }

  #logsOf(channel: string): ChannelLogs {
    let logs = this.#byChannel.get(channel);
    if (logs === undefined) {
      logs = { channel, number: this.#byChannel.size, byName: new Map(), byFoldedName: new Map() };
      this.#byChannel.set(channel, logs);
    }
    return logs;
  }

  #numberOf(logs: ChannelLogs, computer: number): number {
    let id = logs.byName.get(computer);
    if (id === undefined) {
      const folded = this.#strings.text(computer).toLowerCase();
      id = logs.byFoldedName.get(folded) ?? this.#count++;
      logs.byFoldedName.set(folded, id);
      logs.byName.set(computer, id);
    }
    if (computer >= this.#logs.length) {
      const size = Math.max(computer + 1, this.#logs.length * 2, FIRST_NAMES);
      this.#logs = enlarged(this.#logs, size);
      this.#channels = enlarged(this.#channels, size);
    }
    this.#logs[computer] = id + 1;
    this.#channels[computer] = logs.number;
    return id;
  }
}

const FIRST_NAMES = 1024;

function enlarged(numbers: Uint32Array, size: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(size);
  larger.set(numbers);
  return larger;
}

interface ChannelLogs {
  readonly channel: string;
  readonly number: number;
  readonly byName: Map<number, number>;
  readonly byFoldedName: Map<string, number>;
}
