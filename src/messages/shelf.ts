import type { KnownEvent } from './catalogue.js';
import type { CatalogueEntry, CatalogueReader } from './catalogue-file.js';
import { pickUse } from './choice.js';
import { lookUpGrams } from './grams.js';
import { type CompiledTemplate, compileTemplate, type MessageTemplate } from './template.js';
import type { PlainFit, PlainIndex, PlainTemplates } from './verbatim.js';

/** A text of a shelf, with one of the events that use it. */
export interface Candidate {
  readonly compiled: CompiledTemplate;
  /** Its row in the library's plain templates. */
  readonly row: number;
  readonly template: MessageTemplate;
  /** How many characters the literals have: what a match proves. */
  readonly weight: number;
}

/** One catalogue file, with what was read of it. */
export class Shelf {
  readonly reader: CatalogueReader;
  readonly #plain: PlainTemplates;
  readonly #texts: (CompiledTemplate | undefined)[] = [];
  readonly #uses: (readonly Candidate[] | undefined)[] = [];
  /** The template of each text that only one event uses. */
  readonly #onlyUses: (MessageTemplate | undefined)[] = [];
  readonly #rows: Int32Array;
  #index: PlainIndex | undefined;
  /** How many texts the last lookup found; -1 where the plain way must find them. */
  #count = -1;

  constructor(reader: CatalogueReader, plain: PlainTemplates) {
    this.reader = reader;
    this.#plain = plain;
    this.#rows = new Int32Array(reader.textCount);
  }

  candidates(entries: readonly CatalogueEntry[]): Candidate[] {
    return entries.map(entry => this.#candidate(entry));
  }

  /**
   * What the texts make of the message that `plain` has read: the only one that fits; `'none'` when none fits as the
   * message is; undefined when several do, or it takes more to tell. `found` then gives the texts to try.
   */
  lookUp(): PlainFit | 'none' | undefined {
    if (this.reader.textCount === 0) return 'none';
    this.#index ??= this.#plain.addIndex(this.reader.grams(), this.reader.textCount, number => this.row(number));
    if (this.#index === undefined) return undefined;
    const found = this.#plain.search(this.#index);
    this.#count = this.#plain.listedCount;
    return found;
  }

  /** The numbers of the texts whose literals may stand in the message that was looked up last, each once. */
  found(message: string): readonly number[] {
    if (this.reader.textCount === 0) return [];
    if (this.#count >= 0) return this.#plain.listed(this.#index!, this.#count);
    const found = new Set<number>();
    lookUpGrams(this.reader.grams(), message, number => found.add(number));
    return [...found];
  }

  /** The text's row in the library's plain templates. */
  row(number: number): number {
    return this.#rows[number] === 0 ? this.#lay(number, this.reader.text(number)) : this.#rows[number]!;
  }

  /** What is compiled is not kept: few texts are ever needed so. */
  #lay(number: number, text: string): number {
    const row = this.#plain.add(this.#texts[number] ?? compileTemplate(text));
    this.#rows[number] = row;
    return row;
  }

  /** An event's template, and the row of its text. */
  layOut(entry: CatalogueEntry): { readonly template: MessageTemplate; readonly row: number } {
    const template = this.#template(entry);
    const row = this.#rows[entry.textNumber]!;
    return { template, row: row === 0 ? this.#lay(entry.textNumber, template.text) : row };
  }

  text(number: number): CompiledTemplate {
    this.#texts[number] ??= compileTemplate(this.reader.text(number));
    return this.#texts[number]!;
  }

  /** Of the events that use a text, the one that fits best what is known, else the first. */
  template(number: number, known: KnownEvent): MessageTemplate {
    const only = this.#onlyUses[number];
    if (only !== undefined) return only;
    const uses = this.usesOf(number);
    if (uses.length === 1) this.#onlyUses[number] = uses[0]!.template;
    return pickUse(uses, known).template;
  }

  usesOf(number: number): readonly Candidate[] {
    this.#uses[number] ??= this.reader.usesOf(number).map(entry => this.#candidate(entry));
    return this.#uses[number]!;
  }

  #candidate(entry: CatalogueEntry): Candidate {
    const compiled = this.text(entry.textNumber);
    const row = this.row(entry.textNumber);
    let weight = 0;
    for (const literal of compiled.literals) weight += literal.length;
    return { compiled, row, template: this.#template(entry, compiled.text), weight };
  }

  #template({ provider, eventId, culture, textNumber }: CatalogueEntry, known?: string): MessageTemplate {
    const text = known ?? this.reader.text(textNumber);
    // No spread: each of its objects would have a shape of its own, and every look at one would cost as much as a search.
    return culture === undefined ? { provider, eventId, text } : { provider, eventId, culture, text };
  }
}
