import {
  COMPUTER_PLACE,
  type NumberedTexts,
  type TextAt,
  type Unpaired,
  type VariedEvent,
  type VariedFailure,
} from '../model/index.js';
import { type Contributions, DESTINATION, OBSERVER, OUTLINE, SOURCE, VALUES } from './contributions.js';

/**
 * Interns what events say that are like one of which it is known, from the numbers of their texts: no object is made,
 * and each text is judged and looked up once.
 */
export class VariedContributions {
  /** What the last event said: a contribution for each failure, or for each reason why there is none; and their logs. */
  readonly ids: Uint32Array;
  readonly logs: Int32Array;
  readonly #contributions: Contributions;
  readonly #event: VariedEvent;
  readonly #texts: NumberedTexts;
  readonly #tuples: readonly Tuple[];
  readonly #parts: Part[] = [];
  readonly #labels: Label[] = [];
  /** Of each two texts that must differ: where they are among the event's places, and by number what tells them apart. */
  readonly #apart: readonly (readonly [Label, Label])[];
  /** By number: the version that is known of it, the places at which it was judged, those at which it is alike, its id. */
  readonly #known: Uint32Array;
  /** By tuple: what the expected events say, those of each event side by side. */
  readonly #expected: { readonly ids: Uint32Array; readonly logs: Int32Array }[];
  /** Which of them is next. */
  #next = 0;
  /** Where the texts of the expected events start. */
  #starts = new Uint32Array(0);

  constructor(contributions: Contributions, event: VariedEvent, texts: NumberedTexts) {
    this.#contributions = contributions;
    this.#event = event;
    this.#texts = texts;
    this.#known = new Uint32Array(texts.count * KNOWN_WORDS);
    this.#tuples = [
      ...event.failures.map(failure => this.#tupleOf(failure)),
      ...event.unpaired.map(unpaired => this.#tupleOfUnpaired(unpaired)),
    ];
    this.#apart = event.apart.map(([one, other]) => [this.#labelOf(one), this.#labelOf(other)]);
    this.#expected = this.#tuples.map(() => roomFor(0));
    this.ids = new Uint32Array(this.#tuples.length);
    this.logs = new Int32Array(this.#tuples.length);
  }

  /**
   * Interns what events say, whose texts stand from each of the first `count` of `starts` on. `known` gets a 1 for each of
   * which it is known, else a 0.
   */
  expect(numbers: Uint16Array, starts: Uint32Array, count: number, known: Uint8Array): void {
    if (this.#starts.length < count) this.#starts = new Uint32Array(count * 2);
    const alike = this.#starts;
    let size = 0;
    for (let at = 0; at < count; at++) {
      const isKnown = this.#areAlike(numbers, starts[at]!);
      known[at] = Number(isKnown);
      if (isKnown) alike[size++] = starts[at]!;
    }
    for (let each = 0; each < this.#tuples.length; each++) {
      const tuple = this.#tuples[each]!;
      const { length } = tuple.words;
      const words = room(length * size);
      for (let at = 0; at < size; at++) this.#put(tuple, numbers, alike[at]!, words, at * length);
      if (this.#expected[each]!.ids.length < size) this.#expected[each] = roomFor(size * 2);
      const { ids, logs } = this.#expected[each]!;
      this.#contributions.internTuples(words, length, size, ids, logs);
    }
    this.#next = 0;
  }

  /** Goes on to the next event that was expected. */
  next(): void {
    for (let each = 0; each < this.ids.length; each++) {
      this.ids[each] = this.#expected[each]!.ids[this.#next]!;
      this.logs[each] = this.#expected[each]!.logs[this.#next]!;
    }
    this.#next += 1;
  }

  #areAlike(numbers: Uint16Array, from: number): boolean {
    const known = this.#known;
    const { versions } = this.#texts;
    const count = this.#event.places.length;
    for (let at = 0; at < count; at++) {
      const number = numbers[from + at]!;
      const word = number * KNOWN_WORDS;
      if (known[word] !== versions[number]) this.#begin(number);
      if ((known[word + ALIKE]! & (1 << at)) === 0 && !this.#judge(number, at)) return false;
    }
    for (let at = 0; at < this.#apart.length; at++) {
      const [one, other] = this.#apart[at]!;
      if (one.hashes[numbers[from + one.at]!] === other.hashes[numbers[from + other.at]!]) return false;
    }
    return true;
  }

  /** Puts the words of an event's tuple into `to`. */
  #put({ words, places, parts }: Tuple, numbers: Uint16Array, from: number, to: Uint32Array, start: number): void {
    const known = this.#known;
    for (let at = 0; at < words.length; at++) {
      if (places[at]! < 0) {
        to[start + at] = words[at]!;
        continue;
      }
      const number = numbers[from + places[at]!]!;
      const part = parts[at];
      const id = part === undefined ? known[number * KNOWN_WORDS + ID]! : part.ids[number]!;
      to[start + at] = at === OBSERVER ? id + 1 : id;
    }
  }

  #begin(number: number): void {
    const word = number * KNOWN_WORDS;
    this.#known[word] = this.#texts.versions[number]!;
    this.#known[word + JUDGED] = 0;
    this.#known[word + ALIKE] = 0;
    this.#known[word + ID] = this.#contributions.idOfText(this.#texts.text(number), true);
  }

  #judge(number: number, at: number): boolean {
    const word = number * KNOWN_WORDS;
    const bit = 1 << at;
    if ((this.#known[word + JUDGED]! & bit) !== 0) return false;
    this.#known[word + JUDGED]! |= bit;
    const place = this.#event.places[at]!;
    const text = this.#texts.text(number);
    if (!this.#event.isAlike(place, text)) return false;
    this.#known[word + ALIKE]! |= bit;
    for (const part of this.#parts) {
      if (part.place === place) part.ids[number] = this.#contributions.idOfText(part.of(text));
    }
    for (const label of this.#labels) if (label.at === at) label.hashes[number] = hashOf(label.of(text));
    return true;
  }

  #labelOf({ place, part }: TextAt): Label {
    const label = {
      at: this.#event.places.indexOf(place),
      of: part ?? (text => text),
      hashes: new Uint32Array(this.#texts.count),
    };
    this.#labels.push(label);
    return label;
  }

  #tupleOfUnpaired(unpaired: Unpaired): Tuple {
    const words = new Uint32Array(VALUES);
    const places = new Int32Array(VALUES).fill(-1);
    words[OUTLINE] = this.#contributions.outlines.idOf(unpaired);
    words[SOURCE] = this.#contributions.idOfText(unpaired.reason);
    if (unpaired.observer !== undefined) places[OBSERVER] = this.#event.places.indexOf(COMPUTER_PLACE);
    return { words, places, parts: new Array<undefined>(VALUES).fill(undefined) };
  }

  #tupleOf({ failure, source, destination, placeholders, attributes }: VariedFailure): Tuple {
    const { outlines } = this.#contributions;
    const outline = outlines.idOf(failure);
    const names = outlines.get(outline);
    const values = [
      ...names.placeholders.map(name => placeholders[name as `%${number}`]!),
      ...names.attributes.map(name => attributes[name]!),
    ];
    const words = new Uint32Array(VALUES + values.length);
    const places = new Int32Array(words.length).fill(-1);
    const parts = new Array<Part | undefined>(words.length).fill(undefined);
    const put = (word: number, { place, part }: TextAt) => {
      places[word] = this.#event.places.indexOf(place);
      if (part === undefined) return;
      parts[word] = { place, of: part, ids: new Uint32Array(this.#texts.count) };
      this.#parts.push(parts[word]);
    };
    words[OUTLINE] = outline;
    put(SOURCE, source);
    put(DESTINATION, destination);
    if (failure.observer !== undefined) put(OBSERVER, { place: COMPUTER_PLACE });
    for (const [at, value] of values.entries()) put(VALUES + at, value);
    return { words, places, parts };
  }
}

function roomFor(events: number) {
  return { ids: new Uint32Array(events), logs: new Int32Array(events) };
}

/** For the words of a batch of tuples, by whoever interns one. */
function room(words: number): Uint32Array {
  if (shared.length < words) shared = new Uint32Array(words * 2);
  return shared;
}

let shared = new Uint32Array(0);

interface Tuple {
  /** What is the same in each. */
  readonly words: Uint32Array;
  /** By word: which of the event's places its text is from; -1: none. */
  readonly places: Int32Array;
  /** By word: of what is no whole text. */
  readonly parts: readonly (Part | undefined)[];
}

interface Part {
  readonly place: number;
  readonly of: (text: string) => string;
  /** By number. */
  readonly ids: Uint32Array;
}

/** What must not be the same of two texts: where it is, it may be that of other texts with the same hash. */
interface Label {
  /** The place of its text among the event's places. */
  readonly at: number;
  readonly of: (text: string) => string;
  /** By number. */
  readonly hashes: Uint32Array;
}

function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x5bd1e995);
  return hash >>> 0;
}

const KNOWN_WORDS = 4;
const JUDGED = 1;
const ALIKE = 2;
const ID = 3;
