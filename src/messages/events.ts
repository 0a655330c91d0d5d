import { ofBestCulture } from './choice.js';
import type { Candidate, Shelf } from './shelf.js';
import type { MessageTemplate } from './template.js';
import type { PlainTemplates } from './verbatim.js';

/** The templates of each event, in all languages and of all files, once it was asked for. */
export class Events {
  readonly #shelves: readonly Shelf[];
  readonly #plain: PlainTemplates;
  readonly #providers = new Map<string, number>();
  readonly #table = new EventTable();
  /** By the tag of the event's first template. */
  readonly #candidates = new Map<number, readonly Candidate[]>();
  /** By tag; and all that have a text where several do, by the tag of the first. */
  readonly #templates: MessageTemplate[] = [];
  readonly #uses = new Map<number, MessageTemplate[]>();
  readonly #cultures: (string | undefined)[] = [];

  constructor(shelves: readonly Shelf[], plain: PlainTemplates) {
    this.#shelves = shelves;
    this.#plain = plain;
  }

  /** Where to find the event, -1 when there are no templates of it. It holds until the next event is looked for. */
  find(provider: string, eventId: number): number {
    const providerNumber = this.#providers.get(provider);
    const place = providerNumber === undefined ? -1 : this.#table.find(providerNumber, eventId);
    return place < 0 ? this.#read(provider, eventId) : place;
  }

  /** The event in the library's plain templates; 0 where there are none. */
  plainEvent(place: number): number {
    return this.#table.plainEvent(place);
  }

  /** Few events ever need them: those whose messages take more than the plain templates. */
  candidates(place: number): readonly Candidate[] {
    if (place < 0) return [];
    const firstTag = this.#table.firstTag(place);
    let candidates = this.#candidates.get(firstTag);
    if (candidates === undefined) {
      candidates = this.#readCandidates(this.#templates[firstTag]!);
      this.#candidates.set(firstTag, candidates);
    }
    return candidates;
  }

  #readCandidates({ provider, eventId }: MessageTemplate): readonly Candidate[] {
    return this.#shelves.flatMap(shelf => shelf.candidates(shelf.reader.entriesOf(provider, eventId)));
  }

  /** What the tag of a plain event's template stands for. */
  template(tag: number): MessageTemplate {
    return this.#templates[tag]!;
  }

  /** Likewise, in the language given if the text is used in it. */
  templateIn(tag: number, culture: string): MessageTemplate {
    const uses = this.#uses.get(tag);
    return uses === undefined ? this.#templates[tag]! : ofBestCulture(uses, culture);
  }

  #read(provider: string, eventId: number): number {
    const entries = this.#shelves.map(shelf => shelf.reader.entriesOf(provider, eventId));
    const many = entries.reduce((sum, { length }) => sum + length, 0);
    // What the catalogue does not hold is not remembered: a log may name any number of events.
    if (many === 0) return -1;
    const firstTag = this.#templates.length;
    // Before its rows, so that they lie next to it.
    const plain = this.#plain.reserveEvent(many);
    const rows: number[] = [];
    const tags: number[] = [];
    const cultures: number[] = [];
    entries.forEach((own, index) => {
      for (const entry of own) {
        const { row, template } = this.#shelves[index]!.layOut(entry);
        const tag = this.#templates.push(template) - 1;
        const known = rows.indexOf(row);
        if (known >= 0) {
          this.#addUse(tags[known]!, template);
          continue;
        }
        rows.push(row);
        tags.push(tag);
        cultures.push(this.#cultureNumber(template.culture));
      }
    });
    this.#plain.fillEvent(plain, rows, tags, cultures);
    const providerNumber = this.#providers.get(provider) ?? this.#providers.size;
    this.#providers.set(provider, providerNumber);
    return this.#table.add(providerNumber, eventId, firstTag, plain);
  }

  /** The culture of a plain event's template, told by its kind: so that the template need not be fetched. */
  culture(kind: number): string | undefined {
    return this.#cultures[kind];
  }

  #cultureNumber(culture: string | undefined): number {
    const number = this.#cultures.indexOf(culture);
    return number < 0 ? this.#cultures.push(culture) - 1 : number;
  }

  #addUse(tag: number, template: MessageTemplate): void {
    const uses = this.#uses.get(tag);
    if (uses === undefined) this.#uses.set(tag, [this.#templates[tag]!, template]);
    else uses.push(template);
  }
}

/**
 * (provider, event ID) → the tag of the event's first template and its place in the plain templates, by open addressing. Where many events are
 * asked for, each lookup waits for memory: so all of a slot stands in one line of it, and there are no more slots than are
 * needed.
 */
class EventTable {
  #slots = new Int32Array(FIRST_SLOTS * SLOT_WORDS);
  #used = 0;

  /** The place of its slot, -1 when it is not there. */
  find(provider: number, eventId: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = home(provider, eventId) & mask; ; at = (at + SLOT_WORDS) & mask) {
      if (slots[at] === 0) return -1;
      if (slots[at] === provider + 1 && slots[at + 1] === eventId) return at;
    }
  }

  firstTag(place: number): number {
    return this.#slots[place + 2]!;
  }

  plainEvent(place: number): number {
    return this.#slots[place + 3]!;
  }

  /** One that is not there. Returns the place of its slot. */
  add(provider: number, eventId: number, firstTag: number, plainEvent: number): number {
    if (++this.#used * SLOT_WORDS * 2 > this.#slots.length) this.#grow();
    return this.#fill(provider, eventId, firstTag, plainEvent);
  }

  #fill(provider: number, eventId: number, firstTag: number, plainEvent: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = home(provider, eventId) & mask;
    while (slots[at] !== 0) at = (at + SLOT_WORDS) & mask;
    slots[at] = provider + 1;
    slots[at + 1] = eventId;
    slots[at + 2] = firstTag;
    slots[at + 3] = plainEvent;
    return at;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (let at = 0; at < old.length; at += SLOT_WORDS) {
      if (old[at] !== 0) this.#fill(old[at]! - 1, old[at + 1]!, old[at + 2]!, old[at + 3]!);
    }
  }
}

/** Where a slot had best be: a multiple of its words, to be cut to the size of the table. */
function home(provider: number, eventId: number): number {
  const hash = Math.imul(Math.imul(provider, 0x9e3779b1) ^ eventId, 0x85ebca6b);
  return (hash ^ (hash >>> 15)) << 2;
}

/** 1 + the provider's number or 0, event ID, the tag of its first template, plain event. */
const SLOT_WORDS = 4;
const FIRST_SLOTS = 256;
