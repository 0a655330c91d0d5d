import { asInXml, STRING, utf16Text } from './bin-values.js';
import {
  type BinAttribute,
  type BinElement,
  type BinPart,
  DamagedRecord,
  ELEMENT,
  INSTANCE,
  localName,
  ROLES,
  roleOf,
  SUBSTITUTION,
  TEXT,
  type TemplateInstance,
} from './binxml.js';
import { dataPlanOf } from './data-plan.js';
import { internedName } from './interned-names.js';
import { systemPlanOf } from './system-plan.js';
import {
  ATTRIBUTE,
  CDATA,
  CHAR_REFERENCE,
  CLOSE_EMPTY,
  CLOSE_START,
  END_ELEMENT,
  ENTITY_REFERENCE,
  EOF,
  MORE,
  OPEN_START,
  OPTIONAL_SUBSTITUTION,
  PI_DATA,
  PI_TARGET,
  START_OF_STREAM,
  SUBSTITUTION_TOKEN,
  TEMPLATE,
  VALUE,
} from './tokens.js';
import type { ValueFrame } from './value-frame.js';

/**
 * Parses the binary XML of one chunk. Names and templates stand where they are used first and are referred to by their
 * offset in the chunk; each is parsed once. Work is bounded for any bytes: `spend` throws when it is not.
 */
export class BinXmlChunk {
  readonly bytes: Buffer;
  /** Where the content of the fragment that was opened last ends. */
  contentEnd = 0;
  readonly #names = new Map<number, string>();
  readonly #templates = new Map<number, { readonly parts: readonly BinPart[] | undefined; readonly end: number }>();
  #at = 0;
  #end = 0;
  #depth = 0;
  #isTemplate = false;
  #chunkSteps = CHUNK_STEPS;
  #recordSteps = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** A record of `size` bytes begins: what it may cost. */
  begin(size: number): void {
    this.#recordSteps = RECORD_STEPS + size * STEPS_A_BYTE;
    this.#depth = 0;
  }

  /** So much of what the chunk may cost was spent elsewhere. */
  charge(steps: number): void {
    this.#chunkSteps -= steps;
  }

  /** A token parsed, a part walked, or eight characters of text made cost one step each. */
  spend(steps: number): void {
    this.#recordSteps -= steps;
    this.#chunkSteps -= steps;
    if (this.#recordSteps < 0 || this.#chunkSteps < 0) {
      throw new DamagedRecord('the event is far larger than the bytes it is made of', this.#at, true);
    }
  }

  /**
   * The tree of the fragment in [from, to), a record's or a value's, with the values that fill it in `frame`.
   * @throws DamagedRecord
   */
  open(from: number, to: number, frame: ValueFrame): readonly BinPart[] {
    if (from > to || to > this.bytes.length) throw new DamagedRecord('the fragment reaches past its chunk', from);
    this.#at = from;
    this.#end = to;
    this.#isTemplate = false;
    const { bytes } = this;
    if (to - from > 4 && bytes[from] === START_OF_STREAM) this.#at += 4;
    if (this.#at < to && (bytes[this.#at]! & ~MORE) === TEMPLATE) {
      this.#at += 1;
      const instance = this.#instance();
      this.contentEnd = frame.load(bytes, instance.table, to);
      return instance.parts;
    }
    frame.clear();
    const parts = this.#parts();
    this.contentEnd = this.#at;
    return parts;
  }

  #parts(): BinPart[] {
    const parts: BinPart[] = [];
    for (;;) {
      if (this.#at >= this.#end) return parts;
      this.spend(1);
      const start = this.#at;
      const token = this.#byte();
      switch (token & ~MORE) {
        case EOF:
        case END_ELEMENT:
          return parts;
        case OPEN_START:
          parts.push(part(ELEMENT, '', this.#element((token & MORE) !== 0)));
          break;
        case TEMPLATE: {
          const instance = this.#instance();
          this.#at = this.#skipValues(instance.table);
          parts.push({ ...part(INSTANCE, '', undefined), instance: { ...instance, end: this.#at } });
          break;
        }
        case START_OF_STREAM:
          this.#skip(3);
          break;
        case PI_TARGET:
          this.#name();
          break;
        case PI_DATA:
          this.#string();
          break;
        default: {
          const text = this.#textPart(token & ~MORE);
          if (text === undefined) {
            throw new DamagedRecord(`a token of binary XML was expected and 0x${token.toString(16)} found`, start);
          }
          parts.push(text);
        }
      }
    }
  }

  #element(hasAttributes: boolean): BinElement {
    if (++this.#depth > MAX_DEPTH) {
      throw new DamagedRecord(`elements nest deeper than ${MAX_DEPTH}`, this.#at, true);
    }
    // Only a template's elements name the value they depend on; forwarded records hold elements without a template.
    const dependency = this.#isTemplate ? this.#word() : NO_DEPENDENCY;
    this.#skip(4);
    const name = localName(this.#name());
    if (hasAttributes) this.#skip(4);
    const attributes: BinAttribute[] = [];
    let children: BinPart[] = [];
    for (;;) {
      this.spend(1);
      const start = this.#at;
      const token = this.#byte() & ~MORE;
      if (token === ATTRIBUTE) {
        const full = this.#name();
        const isNamespace = full === 'xmlns' || full.startsWith('xmlns:');
        attributes.push({ name: localName(full), isNamespace, parts: this.#attributeParts() });
        continue;
      }
      if (token === CLOSE_START) children = this.#parts();
      else if (token !== CLOSE_EMPTY) {
        throw new DamagedRecord(
          `an attribute or the end of a start tag was expected and 0x${token.toString(16)} found`,
          start,
        );
      }
      this.#depth -= 1;
      const role = roleOf(name);
      return {
        name,
        role,
        dependency: dependency === NO_DEPENDENCY ? -1 : dependency,
        attributes,
        children,
        dataPlan: role === ROLES.EventData ? dataPlanOf(children) : undefined,
        systemPlan: role === ROLES.System ? systemPlanOf(children) : undefined,
      };
    }
  }

  #attributeParts(): BinPart[] {
    const parts: BinPart[] = [];
    while (this.#at < this.#end) {
      this.spend(1);
      const start = this.#at;
      const text = this.#textPart(this.#byte() & ~MORE);
      if (text === undefined) {
        this.#at = start;
        break;
      }
      parts.push(text);
    }
    return parts;
  }

  /** What may stand in an element and in an attribute's value; undefined for any other token. */
  #textPart(token: number): BinPart | undefined {
    switch (token) {
      case VALUE: {
        const type = this.#byte();
        if (type !== STRING)
          throw new DamagedRecord(`a text was expected and type 0x${type.toString(16)} found`, this.#at - 1);
        return part(TEXT, asInXml(this.#string()), undefined);
      }
      case CDATA:
        return part(TEXT, asInXml(this.#string()), undefined);
      case CHAR_REFERENCE:
        return part(TEXT, String.fromCharCode(this.#word()), undefined);
      case ENTITY_REFERENCE: {
        const name = this.#name();
        return part(TEXT, ENTITIES[name] ?? `&${name};`, undefined);
      }
      case SUBSTITUTION_TOKEN:
      case OPTIONAL_SUBSTITUTION: {
        const index = this.#word();
        this.#skip(1);
        return { ...part(SUBSTITUTION, '', undefined), index, isOptional: token === OPTIONAL_SUBSTITUTION };
      }
      default:
        return undefined;
    }
  }

  /** Behind a template's token: which one, and where its values begin. Its definition stands here if this is its first use. */
  #instance(): Omit<TemplateInstance, 'end'> {
    this.#skip(1);
    const id = this.#long();
    const offset = this.#long();
    const isHere = offset === this.#at;
    let known = this.#templates.get(offset);
    if (known === undefined || this.bytes.readUInt32LE(offset + 4) !== id) {
      known = this.#template(offset, id);
      this.#templates.set(offset, known);
    }
    if (known.parts === undefined) throw new DamagedRecord('the template holds itself', offset);
    if (isHere) this.#at = known.end;
    return { parts: known.parts, table: this.#at };
  }

  #template(offset: number, id: number): { readonly parts: readonly BinPart[]; readonly end: number } {
    const { bytes } = this;
    if (offset < CHUNK_HEADER || offset + TEMPLATE_HEADER > bytes.length) {
      throw new DamagedRecord(`the template stands at ${offset}, outside its chunk`, this.#at);
    }
    // The template's number is the first part of its GUID: another one has been written over it.
    if (bytes.readUInt32LE(offset + 4) !== id) throw new DamagedRecord('the template is gone from its place', offset);
    const from = offset + TEMPLATE_HEADER;
    const end = from + bytes.readUInt32LE(offset + 20);
    if (end > bytes.length) throw new DamagedRecord('the template reaches past its chunk', offset);
    const [at, endBefore, wasTemplate] = [this.#at, this.#end, this.#isTemplate] as const;
    this.#templates.set(offset, { parts: undefined, end });
    if (++this.#depth > MAX_DEPTH) throw new DamagedRecord(`templates nest deeper than ${MAX_DEPTH}`, offset, true);
    try {
      this.#at = bytes[from] === START_OF_STREAM ? from + 4 : from;
      this.#end = end;
      this.#isTemplate = true;
      const parts = this.#parts();
      this.#depth -= 1;
      return { parts, end };
    } catch (damage) {
      // The next record that uses it shall say the same.
      this.#templates.delete(offset);
      throw damage;
    } finally {
      this.#at = at;
      this.#end = endBefore;
      this.#isTemplate = wasTemplate;
    }
  }

  #skipValues(table: number): number {
    this.#at = table;
    const count = this.#long();
    if (count > (this.#end - this.#at) / 4) {
      throw new DamagedRecord(`${count} values were announced, more than there is room for`, table);
    }
    let end = this.#at + count * 4;
    for (let index = 0; index < count; index++) end += this.bytes.readUInt16LE(this.#at + index * 4);
    if (end > this.#end) throw new DamagedRecord('the values of a template reach past its end', table);
    return end;
  }

  /** A name (next name, hash, length, text, NUL) stands where it is used first; later tokens give its offset. */
  #name(): string {
    const offset = this.#long();
    const isHere = offset === this.#at;
    const { bytes } = this;
    if (offset + NAME_HEADER > bytes.length) throw new DamagedRecord('a name stands outside its chunk', this.#at - 4);
    const from = offset + NAME_HEADER;
    const end = from + bytes.readUInt16LE(offset + 6) * 2;
    if (end + 2 > bytes.length) throw new DamagedRecord('a name reaches past its chunk', this.#at - 4);
    if (isHere) this.#at = end + 2;
    let name = this.#names.get(offset);
    if (name === undefined) {
      this.spend((end - from) >> 4);
      name = internedName(bytes, from, end, bytes.readUInt16LE(offset + 4));
      this.#names.set(offset, name);
    }
    return name;
  }

  #string(): string {
    const length = this.#word() * 2;
    this.#need(length);
    this.spend(length >> 4);
    this.#at += length;
    return utf16Text(this.bytes, this.#at - length, this.#at);
  }

  #byte(): number {
    this.#need(1);
    return this.bytes[this.#at++]!;
  }

  #word(): number {
    this.#need(2);
    this.#at += 2;
    return this.bytes[this.#at - 2]! | (this.bytes[this.#at - 1]! << 8);
  }

  #long(): number {
    this.#need(4);
    this.#at += 4;
    return this.bytes.readUInt32LE(this.#at - 4);
  }

  #skip(length: number): void {
    this.#need(length);
    this.#at += length;
  }

  #need(length: number): void {
    if (this.#at + length > this.#end) {
      throw new DamagedRecord(
        `${length} bytes were expected and ${Math.max(0, this.#end - this.#at)} are left`,
        this.#at,
      );
    }
  }
}

function part(kind: BinPart['kind'], text: string, element: BinElement | undefined): BinPart {
  return { kind, text, element, index: -1, isOptional: false, instance: undefined };
}

/** Real events stay below 20. */
const MAX_DEPTH = 128;
/** Bounds on work that real chunks stay far below: the largest records of our samples take some 3,000 steps. */
const RECORD_STEPS = 20_000;
const STEPS_A_BYTE = 16;
const CHUNK_STEPS = 4_000_000;

const CHUNK_HEADER = 128;
/** Next template, GUID, size. */
const TEMPLATE_HEADER = 24;
/** Next name, hash, length. */
const NAME_HEADER = 8;
const NO_DEPENDENCY = 0xffff;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
