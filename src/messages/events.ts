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
  /** By the event's number. */
  readonly #plainEvents: number[] = [];
  readonly #firstTags: number[] = [];
  readonly #candidates: (readonly Candidate[])[] = [];
  /** By tag; and all that have a text where several do, by the tag of the first. */
  readonly #templates: MessageTemplate[] = [];
  readonly #uses = new Map<number, MessageTemplate[]>();
  readonly #cultures: (string | undefined)[] = [];

  constructor(shelves: readonly Shelf[], plain: PlainTemplates) {
    this.#shelves = shelves;
    this.#plain = plain;
    this.#table = new EventTable(shelves.reduce((sum, shelf) => sum + shelf.reader.entryCount, 0));
  }

  /** The event's number, -1 when there are no templates of it. */
  find(provider: string, eventId: number): number {
    const providerNumber = this.#providers.get(provider);
    const number = providerNumber === undefined ? -1 : this.#table.find(providerNumber, eventId);
    return number < 0 ? this.#read(provider, eventId) : number;
  }

  /** The event in the library's plain templates; 0 where there are none. */
  plainEvent(number: number): number {
    return this.#plainEvents[number]!;
  }

  /** Few events ever need them: those whose messages take more than the plain templates. */
  candidates(number: number): readonly Candidate[] {
    if (number < 0) return [];
    this.#candidates[number] ??= this.#readCandidates(this.#templates[this.#firstTags[number]!]!);
    return this.#candidates[number]!;
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
    this.#firstTags.push(firstTag);
    return this.#table.add(providerNumber, eventId, this.#plainEvents.push(plain) - 1);
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

/** (provider, event ID) → number, by open addressing: a lookup touches one line of memory or two. */
class EventTable {
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(events: number) {
    const size = 2 ** Math.ceil(Math.log2(events * 2 + 2));
    this.#slots = new Int32Array(size * SLOT_WORDS);
    this.#mask = size - 1;
  }

  /** -1 when it is not there. */
  find(provider: number, eventId: number): number {
    const slots = this.#slots;
    for (let slot = this.#home(provider, eventId); ; slot = (slot + 1) & this.#mask) {
      const at = slot * SLOT_WORDS;
      if (slots[at] === 0) return -1;
      if (slots[at] === provider + 1 && slots[at + 1] === eventId) return slots[at + 2]!;
    }
  }

  add(provider: number, eventId: number, number: number): number {
    let slot = this.#home(provider, eventId);
    while (this.#slots[slot * SLOT_WORDS] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots.set([provider + 1, eventId, number], slot * SLOT_WORDS);
    return number;
  }

  #home(provider: number, eventId: number): number {
    const hash = Math.imul(Math.imul(provider, 0x9e3779b1) ^ eventId, 0x85ebca6b);
    return (hash ^ (hash >>> 15)) & this.#mask;
  }
}

/** 1 + the provider's number or 0, event ID, number. */
const SLOT_WORDS = 3;
