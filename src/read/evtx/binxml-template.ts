/**
 * Windows' binary XML as the event log service writes it (libyal/libevtx, "Windows XML Event Log (EVTX) format"): tokens
 * with names and templates given by their offset in the chunk. A fragment is parsed once into a tree; a template's tree is
 * filled with the values of every record that uses it.
 */
export interface BinElement {
  readonly name: string;
  /** The substitution whose absence leaves the element out, or -1. */
  readonly dependency: number;
  readonly attributes: readonly { readonly name: string; readonly parts: readonly BinPart[] }[];
  readonly children: readonly BinPart[];
}

export type BinPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'element'; readonly element: BinElement }
  | { readonly kind: 'substitution'; readonly index: number; readonly isOptional: boolean }
  | { readonly kind: 'instance'; readonly instance: TemplateInstance };

/** A template with the places of the values that fill it. */
export interface TemplateInstance {
  readonly parts: readonly BinPart[];
  readonly values: readonly BinValue[];
}

/** A value as it stands in the chunk. */
export interface BinValue {
  readonly type: number;
  readonly at: number;
  readonly size: number;
}

/** What is wrong with a record's bytes; it never leaves the reader. */
export class DamagedRecord extends Error {
  /** Where in the chunk. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Nested elements and templates; real events stay below 20. */
const MAX_DEPTH = 64;
/** Values of one template instance; the index of a substitution has 16 bits, and real events stay below 200. */
const MAX_VALUES = 4096;

/** Reads the fragments of one chunk, with the names and templates that its records share. */
export class ChunkBinXml {
  readonly #bytes: DataView;
  readonly #text: Buffer;
  readonly #names = new Map<number, string>();
  readonly #templates = new Map<number, { readonly parts: readonly BinPart[]; readonly end: number }>();
  #at = 0;
  #end = 0;
  #depth = 0;
  #isTemplate = false;

  /** @param chunk the chunk's bytes; offsets in it count from its first. */
  constructor(chunk: Uint8Array) {
    this.#bytes = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }

  /** The parts of the fragment in [from, to): a record, or a value that is a fragment. @throws DamagedRecord */
  fragment(from: number, to: number): readonly BinPart[] {
    return this.#within(from, to, false);
  }

  #within(from: number, to: number, isTemplate: boolean): readonly BinPart[] {
    const [at, end, wasTemplate] = [this.#at, this.#end, this.#isTemplate] as const;
    if (from < 0 || to > this.#bytes.byteLength || from > to)
      throw new DamagedRecord('a fragment lies outside its chunk', from);
    [this.#at, this.#end, this.#isTemplate] = [from, to, isTemplate];
    try {
      return this.#nested(() => this.#parts());
    } finally {
      [this.#at, this.#end, this.#isTemplate] = [at, end, wasTemplate];
    }
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) {
      this.#depth -= 1;
      throw new DamagedRecord(`elements are nested deeper than ${MAX_DEPTH}`, this.#at);
    }
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }

  /** Parts up to the end of the element or fragment at hand. */
  #parts(): BinPart[] {
    const parts: BinPart[] = [];
    while (this.#at < this.#end) {
      const start = this.#at;
      const token = this.#byte();
      switch (token & ~MORE) {
        case EOF:
        case END_ELEMENT:
          return parts;
        case OPEN_START:
          parts.push({ kind: 'element', element: this.#nested(() => this.#element((token & MORE) !== 0)) });
          break;
        case VALUE:
          parts.push({ kind: 'text', text: this.#valueText() });
          break;
        case CDATA:
        case PI_DATA:
          parts.push({ kind: 'text', text: this.#string(this.#word()) });
          break;
        case CHAR_REFERENCE:
          parts.push({ kind: 'text', text: String.fromCharCode(this.#word()) });
          break;
        case ENTITY_REFERENCE:
          parts.push({ kind: 'text', text: ENTITIES[this.#name()] ?? '' });
          break;
        case PI_TARGET:
          this.#name();
          break;
        case TEMPLATE:
          parts.push({ kind: 'instance', instance: this.#nested(() => this.#instance()) });
          break;
        case SUBSTITUTION:
        case OPTIONAL_SUBSTITUTION: {
          const index = this.#word();
          this.#byte();
          parts.push({ kind: 'substitution', index, isOptional: (token & ~MORE) === OPTIONAL_SUBSTITUTION });
          break;
        }
        case START_OF_STREAM:
          this.#at += 3;
          break;
        default:
          throw new DamagedRecord(`a binary XML token was expected and 0x${token.toString(16)} found`, start);
      }
    }
    return parts;
  }

  #element(hasAttributes: boolean): BinElement {
    // Only a template's elements name the value they depend on; forwarded records hold elements without a template.
    const dependency = this.#isTemplate ? this.#word() : NO_DEPENDENCY;
    this.#long();
    const name = this.#name();
    const attributes: { name: string; parts: BinPart[] }[] = [];
    if (hasAttributes) this.#long();
    for (;;) {
      const start = this.#at;
      const token = this.#byte();
      switch (token & ~MORE) {
        case ATTRIBUTE:
          attributes.push({ name: this.#name(), parts: this.#attributeParts() });
          break;
        case CLOSE_START:
          return { name, dependency: dependencyOf(dependency), attributes, children: this.#parts() };
        case CLOSE_EMPTY:
          return { name, dependency: dependencyOf(dependency), attributes, children: [] };
        default:
          throw new DamagedRecord(
            `the end of <${name.slice(0, 40)}> was expected and 0x${token.toString(16)} found`,
            start,
          );
      }
    }
  }

  #attributeParts(): BinPart[] {
    const parts: BinPart[] = [];
    for (;;) {
      if (this.#at >= this.#end) throw new DamagedRecord('the record ends inside an element', this.#at);
      const token = this.#bytes.getUint8(this.#at) & ~MORE;
      if (token === VALUE) {
        this.#at += 1;
        parts.push({ kind: 'text', text: this.#valueText() });
      } else if (token === SUBSTITUTION || token === OPTIONAL_SUBSTITUTION) {
        this.#at += 1;
        const index = this.#word();
        this.#byte();
        parts.push({ kind: 'substitution', index, isOptional: token === OPTIONAL_SUBSTITUTION });
      } else if (token === CHAR_REFERENCE) {
        this.#at += 1;
        parts.push({ kind: 'text', text: String.fromCharCode(this.#word()) });
      } else if (token === ENTITY_REFERENCE) {
        this.#at += 1;
        parts.push({ kind: 'text', text: ENTITIES[this.#name()] ?? '' });
      } else {
        return parts;
      }
    }
  }

  /** A template's definition stands where it is used first; later records give its offset. */
  #instance(): TemplateInstance {
    this.#byte();
    this.#long();
    const definition = this.#long();
    const isHere = definition === this.#at;
    const { parts, end } = this.#template(definition);
    if (isHere) this.#at = end;
    const count = this.#long();
    if (count > MAX_VALUES) throw new DamagedRecord(`a template has ${count} values`, this.#at);
    const table = this.#at;
    this.#need(count * 4);
    let at = table + count * 4;
    const values: BinValue[] = [];
    for (let index = 0; index < count; index++) {
      const size = this.#bytes.getUint16(table + index * 4, true);
      const type = this.#bytes.getUint8(table + index * 4 + 2);
      if (at + size > this.#end) throw new DamagedRecord('a value lies outside its record', at);
      values.push({ type, at, size });
      at += size;
    }
    this.#at = at;
    return { parts, values };
  }

  #template(offset: number): { readonly parts: readonly BinPart[]; readonly end: number } {
    const known = this.#templates.get(offset);
    if (known !== undefined) return known;
    if (offset < CHUNK_HEADER || offset + TEMPLATE_HEADER > this.#bytes.byteLength) {
      throw new DamagedRecord(`the record's template lies at ${offset}, outside its chunk`, this.#at);
    }
    const size = this.#bytes.getUint32(offset + 20, true);
    const from = offset + TEMPLATE_HEADER;
    const end = from + size;
    if (end > this.#bytes.byteLength) throw new DamagedRecord('a template is longer than its chunk', offset);
    const template = { parts: this.#within(from, end, true), end };
    this.#templates.set(offset, template);
    return template;
  }

  /** A name stands where it is used first; later tokens give its offset. */
  #name(): string {
    const offset = this.#long();
    const isHere = offset === this.#at;
    let name = this.#names.get(offset);
    let end: number;
    if (offset + NAME_HEADER > this.#bytes.byteLength)
      throw new DamagedRecord('a name lies outside its chunk', this.#at);
    const length = this.#bytes.getUint16(offset + 6, true);
    end = offset + NAME_HEADER + length * 2 + 2;
    if (end > this.#bytes.byteLength) throw new DamagedRecord('a name is longer than its chunk', this.#at);
    if (name === undefined) {
      name = this.#text.toString('utf16le', offset + NAME_HEADER, end - 2);
      this.#names.set(offset, name);
    }
    if (isHere) this.#at = end;
    return name;
  }

  #valueText(): string {
    const type = this.#byte();
    if (type === 1) return this.#string(this.#word());
    throw new DamagedRecord(`a text was expected and a value of type 0x${type.toString(16)} found`, this.#at);
  }

  #string(length: number): string {
    this.#need(length * 2);
    const text = this.#text.toString('utf16le', this.#at, this.#at + length * 2);
    this.#at += length * 2;
    return text;
  }

  #byte(): number {
    this.#need(1);
    return this.#bytes.getUint8(this.#at++);
  }

  #word(): number {
    this.#need(2);
    this.#at += 2;
    return this.#bytes.getUint16(this.#at - 2, true);
  }

  #long(): number {
    this.#need(4);
    this.#at += 4;
    return this.#bytes.getUint32(this.#at - 4, true);
  }

  #need(length: number): void {
    if (this.#at + length > this.#end) {
      throw new DamagedRecord(`${length} bytes were expected and ${Math.max(0, this.#end - this.#at)} left`, this.#at);
    }
  }
}

function dependencyOf(word: number): number {
  return word === NO_DEPENDENCY ? -1 : word;
}

const NO_DEPENDENCY = 0xffff;
const MORE = 0x40;
const EOF = 0x00;
const OPEN_START = 0x01;
const CLOSE_START = 0x02;
const CLOSE_EMPTY = 0x03;
const END_ELEMENT = 0x04;
const VALUE = 0x05;
const ATTRIBUTE = 0x06;
const CDATA = 0x07;
const CHAR_REFERENCE = 0x08;
const ENTITY_REFERENCE = 0x09;
const PI_TARGET = 0x0a;
const PI_DATA = 0x0b;
const TEMPLATE = 0x0c;
const SUBSTITUTION = 0x0d;
const OPTIONAL_SUBSTITUTION = 0x0e;
const START_OF_STREAM = 0x0f;

const CHUNK_HEADER = 128;
/** Next template, GUID, size. */
const TEMPLATE_HEADER = 24;
/** Next name, hash, length. */
const NAME_HEADER = 8;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
