import { EvpairError } from '../model/index.js';
import { fileTemplates } from './file-templates.js';
import type { GramTables } from './grams.js';
import { compileTemplate, type MessageTemplate } from './template.js';

/**
 * The bytes of an indexed catalogue. Reading belongs to whoever opens the file: this folder does no I/O.
 */
export interface CatalogueSource {
  /** In bytes. */
  readonly size: number;
  /** Exactly these bytes; they are not changed afterwards. Called with ranges inside `size` only. */
  read(offset: number, length: number): Uint8Array;
}

/** One (provider, event ID, language) of a catalogue and the number of its text. */
export interface CatalogueEntry {
  readonly provider: string;
  readonly eventId: number;
  readonly culture: string | undefined;
  readonly textNumber: number;
}

/**
 * Writes templates as an indexed catalogue: little-endian words, every section at a multiple of 4.
 *
 * ```
 * magic "EVPTMPL1", then one word each: version, texts, entries, names, key slots, offset and byte length of 10 sections
 * names:    offsets, bytes (UTF-16LE)          providers and cultures
 * texts:    offsets, bytes (a byte: 0 Latin-1, 1 UTF-16LE, then the text), each text once
 * entries:  provider, event ID, 1 + culture or 0, text    sorted by provider and event ID
 * keys:     1 + first entry, by the hash of provider and event ID, open addressing
 * uses:     offsets, then the entries of each text
 * grams:    bits, slots, postings (see GramTables)
 * ```
 * The same templates in any order give the same bytes, and duplicates are dropped.
 */
export function buildCatalogue(templates: Iterable<MessageTemplate>): Uint8Array {
  const sorted = sortTemplates(templates);
  const names = new Numbering();
  const texts = new Numbering();
  const entries = new Uint32Array(sorted.length * ENTRY_WORDS);
  const slotCount = 2 ** Math.ceil(Math.log2(sorted.length * 2 + 2));
  const keys = new Uint32Array(slotCount);
  sorted.forEach((template, index) => {
    const { provider, eventId, culture, text } = template;
    const cultureNumber = culture === undefined ? 0 : names.of(culture) + 1;
    entries.set([names.of(provider), eventId, cultureNumber, texts.of(text)], index * ENTRY_WORDS);
    const previous = sorted[index - 1];
    if (previous?.provider === provider && previous.eventId === eventId) return;
    let slot = hashKey(provider, eventId) & (slotCount - 1);
    while (keys[slot] !== 0) slot = (slot + 1) & (slotCount - 1);
    keys[slot] = index + 1;
  });
  const grams = fileTemplates(texts.list.map(compileTemplate));
  const sections = [
    ...blob(names.list, text => Buffer.from(text, 'utf16le')),
    ...blob(texts.list, encodeText),
    entries,
    keys,
    usesOf(entries, texts.list.length),
    grams.bits,
    grams.slots,
    grams.postings,
  ];
  return assemble([texts.list.length, sorted.length, names.list.length, slotCount], sections);
}

/** Reads a catalogue by offset: opening reads its header alone, and lookups read what they need. */
export class CatalogueReader {
  readonly entryCount: number;
  readonly textCount: number;
  readonly #source: CatalogueSource;
  readonly #slotCount: number;
  readonly #header: Uint32Array;
  readonly #tables: (Uint32Array | undefined)[] = [];
  readonly #names: string[] = [];
  #grams: GramTables | undefined;

  /** Throws ERR_CATALOGUE when the bytes are no catalogue of this version, or not whole. */
  constructor(source: CatalogueSource) {
    if (source.size < HEADER_BYTES) throw notACatalogue('it is shorter than a header');
    const bytes = source.read(0, HEADER_BYTES);
    for (let index = 0; index < MAGIC.length; index++) {
      if (bytes[index] !== MAGIC.charCodeAt(index)) throw notACatalogue('it does not start as one');
    }
    this.#header = words(bytes.subarray(MAGIC.length));
    if (this.#header[0] !== VERSION) throw notACatalogue(`it is of version ${this.#header[0]}, not ${VERSION}`);
    for (let section = 0; section < SECTION_COUNT; section++) {
      const [offset, length] = this.#section(section);
      if (offset + length > source.size) throw notACatalogue('it is cut short');
    }
    this.#source = source;
    this.textCount = this.#header[1]!;
    this.entryCount = this.#header[2]!;
    this.#slotCount = this.#header[4]!;
  }

  /** The entries of a provider and event ID. */
  entriesOf(provider: string, eventId: number): CatalogueEntry[] {
    if (this.entryCount === 0) return [];
    const keys = this.#table(KEYS);
    const entries = this.#table(ENTRIES);
    const mask = this.#slotCount - 1;
    const home = hashKey(provider, eventId);
    const found: CatalogueEntry[] = [];
    for (let step = 0; step <= mask && found.length === 0; step++) {
      const first = keys[(home + step) & mask]!;
      if (first === 0) return found;
      for (let index = first - 1; index < this.entryCount; index++) {
        const row = index * ENTRY_WORDS;
        if (entries[row + 1] !== eventId || this.#name(entries[row]!) !== provider) break;
        found.push(this.entry(index));
      }
    }
    return found;
  }

  entry(index: number): CatalogueEntry {
    const entries = this.#table(ENTRIES);
    const row = index * ENTRY_WORDS;
    const culture = entries[row + 2] === 0 ? undefined : this.#name(entries[row + 2]! - 1);
    return { provider: this.#name(entries[row]!), eventId: entries[row + 1]!, culture, textNumber: entries[row + 3]! };
  }

  /** The entries that use a text. */
  usesOf(textNumber: number): CatalogueEntry[] {
    const uses = this.#table(USES);
    const found: CatalogueEntry[] = [];
    const start = this.textCount + 1;
    for (let use = uses[textNumber]!; use < uses[textNumber + 1]!; use++) found.push(this.entry(uses[start + use]!));
    return found;
  }

  text(textNumber: number): string {
    const bytes = this.#piece(TEXTS, textNumber);
    return Buffer.from(bytes.buffer, bytes.byteOffset + 1, bytes.length - 1).toString(
      bytes[0] === 0 ? 'latin1' : 'utf16le',
    );
  }

  /** The gram tables, read at their first use. */
  grams(): GramTables {
    this.#grams ??= {
      bits: this.#table(GRAM_BITS),
      slots: this.#table(GRAM_SLOTS),
      postings: this.#table(GRAM_POSTINGS),
    };
    return this.#grams;
  }

  #name(number: number): string {
    let name = this.#names[number];
    if (name === undefined) {
      const bytes = this.#piece(NAMES, number);
      name = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf16le');
      this.#names[number] = name;
    }
    return name;
  }

  #section(section: number): [offset: number, length: number] {
    return [this.#header[HEADER_COUNTS + section * 2]!, this.#header[HEADER_COUNTS + section * 2 + 1]!];
  }

  #piece(section: number, number: number): Uint8Array {
    const bounds = this.#table(section);
    const start = bounds[number]!;
    return this.#source.read(this.#header[HEADER_COUNTS + (section + 1) * 2]! + start, bounds[number + 1]! - start);
  }

  /** A section of words, read whole at its first use. */
  #table(section: number): Uint32Array {
    let table = this.#tables[section];
    if (table === undefined) {
      table = words(this.#source.read(...this.#section(section)));
      this.#tables[section] = table;
    }
    return table;
  }
}

/** A catalogue whose bytes are at hand. */
export function bytesSource(bytes: Uint8Array): CatalogueSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** True for the first bytes of an indexed catalogue. */
export function isCatalogueHead(head: Uint8Array): boolean {
  return head.length >= MAGIC.length && Buffer.from(head.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;
}

const MAGIC = 'EVPTMPL1';
const VERSION = 4;
const HEADER_COUNTS = 5;
const SECTION_COUNT = 10;
const HEADER_BYTES = MAGIC.length + (HEADER_COUNTS + SECTION_COUNT * 2) * 4;
const ENTRY_WORDS = 4;
/** Section numbers; `NAMES` and `TEXTS` are offsets with their bytes in the next section. */
const NAMES = 0;
const TEXTS = 2;
const ENTRIES = 4;
const KEYS = 5;
const USES = 6;
const GRAM_BITS = 7;
const GRAM_SLOTS = 8;
const GRAM_POSTINGS = 9;

/** The low 16 bits: classic providers also count severity and facility into the identifier. */
export function plainEventId(eventId: number): number {
  return eventId & 0xffff;
}

function sortTemplates(templates: Iterable<MessageTemplate>): MessageTemplate[] {
  const unique = new Map<string, MessageTemplate>();
  for (const template of templates) {
    const eventId = plainEventId(template.eventId);
    const key = JSON.stringify([template.provider, eventId, template.culture ?? null, template.text]);
    unique.set(key, eventId === template.eventId ? template : { ...template, eventId });
  }
  return [...unique.values()].sort(
    (left, right) =>
      compare(left.provider, right.provider) ||
      left.eventId - right.eventId ||
      compare(left.culture ?? '', right.culture ?? '') ||
      compare(left.text, right.text),
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

class Numbering {
  readonly list: string[] = [];
  readonly #numbers = new Map<string, number>();

  of(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.list.push(text) - 1;
      this.#numbers.set(text, number);
    }
    return number;
  }
}

function blob(texts: readonly string[], encode: (text: string) => Uint8Array): [Uint32Array, Uint8Array] {
  const pieces = texts.map(encode);
  const offsets = new Uint32Array(pieces.length + 1);
  pieces.forEach((piece, index) => {
    offsets[index + 1] = offsets[index]! + piece.length;
  });
  return [offsets, Buffer.concat(pieces)];
}

function encodeText(text: string): Uint8Array {
  const isLatin1 = !/[^\u0000-\u00ff]/.test(text);
  return Buffer.concat([Buffer.of(isLatin1 ? 0 : 1), Buffer.from(text, isLatin1 ? 'latin1' : 'utf16le')]);
}

function usesOf(entries: Uint32Array, textCount: number): Uint32Array {
  const uses = new Uint32Array(textCount + 1 + entries.length / ENTRY_WORDS);
  for (let at = 3; at < entries.length; at += ENTRY_WORDS) uses[entries[at]! + 1]!++;
  for (let text = 0; text < textCount; text++) uses[text + 1]! += uses[text]!;
  const next = uses.slice(0, textCount);
  for (let at = 3; at < entries.length; at += ENTRY_WORDS) {
    const text = entries[at]!;
    uses[textCount + 1 + next[text]!] = (at - 3) / ENTRY_WORDS;
    next[text]!++;
  }
  return uses;
}

function assemble(counts: readonly number[], sections: readonly (Uint32Array | Uint8Array)[]): Uint8Array {
  const header = new Uint32Array(HEADER_COUNTS + SECTION_COUNT * 2);
  header.set([VERSION, ...counts]);
  let offset = HEADER_BYTES;
  sections.forEach((section, index) => {
    header.set([offset, section.byteLength], HEADER_COUNTS + index * 2);
    offset += Math.ceil(section.byteLength / 4) * 4;
  });
  const bytes = new Uint8Array(offset);
  bytes.set(Buffer.from(MAGIC, 'latin1'));
  bytes.set(new Uint8Array(header.buffer), MAGIC.length);
  sections.forEach((section, index) => {
    bytes.set(
      new Uint8Array(section.buffer, section.byteOffset, section.byteLength),
      header[HEADER_COUNTS + index * 2]!,
    );
  });
  return bytes;
}

/** Words of bytes at any alignment. All machines that Node runs on are little-endian. */
function words(bytes: Uint8Array): Uint32Array {
  if (bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  return new Uint32Array(new Uint8Array(bytes).buffer, 0, bytes.length >> 2);
}

/** FNV-1a over the provider's code units and the event ID. */
function hashKey(provider: string, eventId: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < provider.length; at++) hash = Math.imul(hash ^ provider.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ eventId, 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function notACatalogue(why: string): EvpairError {
  return new EvpairError('ERR_CATALOGUE', `this is no indexed catalogue: ${why}`, {
    hint: 'Write it anew with: evpair templates import',
  });
}
