import { ofBestCulture } from './choice.js';
import type { Candidate, Shelf } from './shelf.js';
import type { MessageTemplate } from './template.js';
import type { PlainTemplates } from './verbatim.js';

/** The templates of each event, in all languages and of all files, once it was asked for. */
export class Events {
  readonly #shelves: readonly Shelf[];
  readonly #plain: PlainTemplates;
  readonly #providers = new Map<string, number>();
  readonly #table: EventTable;
  readonly #known: (readonly Candidate[])[] = [];
  /** For each text of each event a template that has it, and all candidates where several languages do. */
  readonly #templates: MessageTemplate[] = [];
  readonly #uses = new Map<number, readonly Candidate[]>();

  constructor(shelves: readonly Shelf[], plain: PlainTemplates) {
    this.#shelves = shelves;
    this.#plain = plain;
    this.#table = new EventTable(shelves.reduce((sum, shelf) => sum + shelf.reader.entryCount, 0));
  }

  /** The event's slot in the table, -1 when there are no templates of it. */
  find(provider: string, eventId: number): number {
    const number = this.#providers.get(provider);
    const slot = number === undefined ? -1 : this.#table.find(number, eventId);
    return slot < 0 ? this.#read(provider, eventId) : slot;
  }

  /** The event in the library's plain templates; 0 where there are none. */
  plainEvent(slot: number): number {
    return this.#table.plainEvent(slot);
  }

  candidates(slot: number): readonly Candidate[] {
    return slot < 0 ? [] : this.#known[this.#table.number(slot)]!;
  }

  /** What the tag of a plain event's template stands for, in the language given if the text is used in it. */
  template(tag: number, culture: string | undefined): MessageTemplate {
    const uses = culture === undefined ? undefined : this.#uses.get(tag);
    return uses === undefined ? this.#templates[tag]! : ofBestCulture(uses, culture).template;
  }

  #read(provider: string, eventId: number): number {
    const candidates = this.#shelves.flatMap(shelf => shelf.of(provider, eventId));
    // What the catalogue does not hold is not remembered: a log may name any number of events.
    if (candidates.length === 0) return -1;
    const byRow = new Map<number, Candidate[]>();
    for (const candidate of candidates) byRow.set(candidate.row, [...(byRow.get(candidate.row) ?? []), candidate]);
    const tags = [...byRow.values()].map(uses => this.#tag(uses));
    const number = this.#providers.get(provider) ?? this.#providers.size;
    this.#providers.set(provider, number);
    const plain = this.#plain.addEvent([...byRow.keys()], tags);
    return this.#table.add(number, eventId, plain, this.#known.push(candidates) - 1);
  }

  #tag(uses: readonly Candidate[]): number {
    const tag = this.#templates.push(uses[0]!.template) - 1;
    if (uses.length > 1) this.#uses.set(tag, uses);
    return tag;
  }
}

/** (provider, event ID) → plain event and number, by open addressing: a lookup touches one line of memory. */
class EventTable {
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(events: number) {
    const size = 2 ** Math.ceil(Math.log2(events * 2 + 2));
    this.#slots = new Int32Array(size * SLOT_WORDS);
    this.#mask = size - 1;
  }

  find(provider: number, eventId: number): number {
    const slots = this.#slots;
    for (let slot = this.#home(provider, eventId); ; slot = (slot + 1) & this.#mask) {
      const at = slot * SLOT_WORDS;
      if (slots[at] === 0) return -1;
      if (slots[at] === provider + 1 && slots[at + 1] === eventId) return slot;
    }
  }

  add(provider: number, eventId: number, plain: number, number: number): number {
    let slot = this.#home(provider, eventId);
    while (this.#slots[slot * SLOT_WORDS] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots.set([provider + 1, eventId, plain, number], slot * SLOT_WORDS);
    return slot;
  }

  plainEvent(slot: number): number {
    return this.#slots[slot * SLOT_WORDS + 2]!;
  }

  number(slot: number): number {
    return this.#slots[slot * SLOT_WORDS + 3]!;
  }

  #home(provider: number, eventId: number): number {
    const hash = Math.imul(Math.imul(provider, 0x9e3779b1) ^ eventId, 0x85ebca6b);
    return (hash ^ (hash >>> 15)) & this.#mask;
  }
}

/** 1 + the provider's number or 0, event ID, plain event, number. */
const SLOT_WORDS = 4;
